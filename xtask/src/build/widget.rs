//! The widget: built for size above all, since a visitor downloads it. One hash names its files, so they can be cached for ever.
//!
//! Nightly builds `std` like the rest of it, a panic aborts at once without a word, and no place in the source is kept. Measured
//! in brotli 11, of 28.5 KB: with messages for panics it is 6.2 KB more, with places 0.2 KB, and with `std`'s own
//! `optimize_for_size`, which takes other algorithms, 0.4 KB more as well.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::{Made, Mode, Part, wasm};
use crate::setup::Tools;
use crate::{fingerprint, paths, run};

pub const PART: Part = Part { name: "widget", record: |_| "widget", settings, build };

const FLAGS: &str = "-Cpanic=immediate-abort -Zunstable-options -Zlocation-detail=none";

/// The panel, and what is fetched when it is needed; see the first lines of each.
const SCRIPTS: [&str; 8] = ["panel", "sending", "outbox", "lite", "enhance", "known", "files", "turnstile"];

const WIDGET: wasm::Crate = wasm::Crate { name: "widget", profile: "widget", cargo, flags: FLAGS };
/// Fetched once the form can be seen.
const RULES: wasm::Crate = wasm::Crate { name: "rules", profile: "widget", cargo, flags: FLAGS };

fn settings(tools: &Tools, _mode: Mode) -> Result<String> {
    Ok(format!(
        "{}; {}",
        wasm::settings(&WIDGET, tools)?,
        fingerprint::of_files(&[&paths::root().join("rules/Cargo.toml")])?
    ))
}

fn cargo() -> Command {
    let mut cargo = run::nightly_cargo();
    cargo.args(["build", "-Zbuild-std=std,panic_abort"]);
    cargo.env("RUSTFLAGS", FLAGS);
    cargo
}

fn build(tools: &Tools, _mode: Mode) -> Result<Made> {
    let module = wasm::build(&WIDGET, tools)?;
    let (scripts, script_inputs) = scripts(tools, &module.folder, &module.folder.join(&module.js))?;
    let rules = wasm::build(&RULES, tools)?;
    let mut sources =
        vec![module.folder.join(&module.wasm), rules.folder.join(&rules.js), rules.folder.join(&rules.wasm)];
    sources.extend(scripts);

    let hash = wasm::hash_of(&sources.iter().map(AsRef::as_ref).collect::<Vec<_>>())?;
    let folder = paths::dist().join("public/w").join(&hash);
    std::fs::create_dir_all(&folder).context("cannot create dist/public/w")?;
    let mut outputs = Vec::new();
    for source in &sources {
        let output = folder.join(source.file_name().unwrap_or_default());
        std::fs::copy(source, &output).with_context(|| format!("cannot write {}", output.display()))?;
        outputs.push(output);
    }
    // For the loader, which is built next and carries this address.
    let address = address_file();
    std::fs::write(&address, format!("/w/{hash}/"))?;
    outputs.push(address);

    let mut inputs = module.inputs;
    inputs.extend(rules.inputs);
    inputs.extend(script_inputs);
    Ok(Made { inputs, outputs })
}

/// The panel around the widget, which the page side fetches first, and what is fetched only when it is needed. They find
/// each other, and the widget's module, beside themselves: so what is loaded twice is one.
fn scripts(tools: &Tools, folder: &Path, glue: &Path) -> Result<(Vec<PathBuf>, Vec<PathBuf>)> {
    let sources = paths::root().join("widget/loader");
    let css = folder.join("panel.css");
    run::quietly(
        run::program(&tools.npm.esbuild)
            .arg(sources.join("panel.css"))
            .args(["--minify", "--log-level=warning"])
            .arg(format!("--outfile={}", css.display())),
        "esbuild",
    )?;
    let css = std::fs::read_to_string(css).context("cannot read the panel's styles")?;
    let mut esbuild = run::program(&tools.npm.esbuild);
    for script in SCRIPTS {
        esbuild.arg(sources.join(format!("{script}.js"))).arg(format!("--external:./{script}.js"));
    }
    esbuild.arg("--external:./rules.js");
    // The glue travels in the panel: they are never of use apart.
    esbuild.arg(format!("--alias:widget-glue={}", glue.display()));
    run::quietly(
        esbuild
            .args(["--bundle", "--minify", "--format=esm", "--target=es2020", "--log-level=warning"])
            .arg(format!("--define:__PANEL_CSS__={}", serde_json::to_string(css.trim())?))
            .arg(format!("--outdir={}", folder.display())),
        "esbuild",
    )?;
    let outputs = SCRIPTS.iter().map(|script| folder.join(format!("{script}.js"))).collect();
    Ok((outputs, fingerprint::files_below(&sources)))
}

/// Holds the path, on the server, of the folder that was built last.
pub fn address_file() -> PathBuf {
    paths::dist().join(".work/widget-address")
}
