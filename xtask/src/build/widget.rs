//! The widget: built for size above all, since a visitor downloads it. One hash names both files, so they can be cached for ever.
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

const WIDGET: wasm::Crate = wasm::Crate { name: "widget", profile: "widget", cargo, flags: FLAGS };

fn settings(tools: &Tools, _mode: Mode) -> Result<String> {
    wasm::settings(&WIDGET, tools)
}

fn cargo() -> Command {
    let mut cargo = run::nightly_cargo();
    cargo.args(["build", "-Zbuild-std=std,panic_abort"]);
    cargo.env("RUSTFLAGS", FLAGS);
    cargo
}

fn build(tools: &Tools, _mode: Mode) -> Result<Made> {
    let module = wasm::build(&WIDGET, tools)?;
    let extras = paths::root().join("widget/static");
    let (panel, panel_inputs) = panel(tools, &module.folder)?;
    let mut sources = vec![module.folder.join(&module.js), module.folder.join(&module.wasm), panel];
    let statics = fingerprint::files_below(&extras);
    sources.extend(statics.iter().cloned());

    let hash = wasm::hash_of(&sources.iter().map(AsRef::as_ref).collect::<Vec<_>>())?;
    let folder = paths::dist().join("public/w").join(&hash);
    std::fs::create_dir_all(&folder).context("cannot create dist/public/w")?;
    let mut outputs = Vec::new();
    for source in &sources {
        let name = source
            .strip_prefix(&extras)
            .ok()
            .map_or_else(|| source.file_name().map(Into::into).unwrap_or_default(), Path::to_path_buf);
        let output = folder.join(name);
        if let Some(parent) = output.parent() {
            std::fs::create_dir_all(parent)?;
        }
        std::fs::copy(source, &output).with_context(|| format!("cannot write {}", output.display()))?;
        outputs.push(output);
    }
    // For the loader, which is built next and carries this address.
    let address = address_file();
    std::fs::write(&address, format!("/w/{hash}/{}", module.js))?;
    outputs.push(address);

    let mut inputs = module.inputs;
    inputs.extend(statics);
    inputs.extend(panel_inputs);
    Ok(Made { inputs, outputs })
}

/// The panel around the widget, which the loader fetches first; it finds the widget's two files beside itself.
fn panel(tools: &Tools, folder: &Path) -> Result<(PathBuf, Vec<PathBuf>)> {
    let sources = paths::root().join("widget/loader");
    let output = folder.join("panel.js");
    run::quietly(
        run::program(&tools.npm.esbuild)
            .arg(sources.join("panel.js"))
            .args(["--bundle", "--minify", "--format=esm", "--target=es2020", "--external:./widget.js"])
            .arg("--log-level=warning")
            .arg(format!("--outfile={}", output.display())),
        "esbuild",
    )?;
    Ok((output, fingerprint::files_below(&sources)))
}

/// Holds the path, on the server, of the glue that was built last.
pub fn address_file() -> PathBuf {
    paths::dist().join(".work/widget-address")
}
