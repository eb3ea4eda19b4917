//! The console: its module, glue and stylesheet under one hashed folder, and a page that names them.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use super::{Made, Mode, Part, wasm};
use crate::setup::Tools;
use crate::{paths, run};

pub const PART: Part = Part { name: "console", record: |_| "console", settings, build };

const CONSOLE: wasm::Crate = wasm::Crate { name: "console", profile: "console", cargo, flags: ERASED };

/// Every component's view is one type, behind a pointer, instead of the type of all that is in it: leptos's own switch.
const ERASED: &str = "--cfg erase_components";

fn settings(tools: &Tools, _mode: Mode) -> Result<String> {
    wasm::settings(&CONSOLE, tools)
}

fn cargo() -> Command {
    let mut cargo = run::cargo();
    cargo.arg("build").env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", ERASED);
    cargo
}

fn build(tools: &Tools, _mode: Mode) -> Result<Made> {
    let module = wasm::build(&CONSOLE, tools)?;
    let crate_folder = paths::root().join("console");
    let page = crate_folder.join("index.html");
    let style = crate_folder.join("style.css");
    let small_style = module.folder.join("style.css");
    run::quietly(
        run::program(&tools.npm.esbuild)
            .arg(&style)
            .args(["--minify", "--log-level=warning"])
            .arg(format!("--outfile={}", small_style.display())),
        "esbuild",
    )?;
    // Named by the page's policy instead of being in the page; it imports the glue beside it.
    let boot = crate_folder.join("boot.js");
    let small_boot = module.folder.join("boot.js");
    run::quietly(
        run::program(&tools.npm.esbuild)
            .arg(&boot)
            .args(["--minify", "--target=es2020", "--log-level=warning"])
            .arg(format!("--outfile={}", small_boot.display())),
        "esbuild",
    )?;
    let js = module.folder.join(&module.js);
    let wasm = module.folder.join(&module.wasm);
    let hash = wasm::hash_of(&[&boot, &js, &wasm, &small_style])?;

    let public = paths::dist().join("public/console");
    let folder = public.join(&hash);
    std::fs::create_dir_all(&folder).context("cannot create dist/public/console")?;
    let mut outputs = Vec::new();
    for file in [&small_boot, &js, &wasm, &small_style] {
        let output = folder.join(file.file_name().unwrap_or_default());
        std::fs::copy(file, &output).with_context(|| format!("cannot write {}", output.display()))?;
        outputs.push(output);
    }
    let address = |file: &Path| {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        format!("/console/{hash}/{name}")
    };
    let html = std::fs::read_to_string(&page)
        .with_context(|| format!("cannot read {}", page.display()))?
        .replace("{{boot}}", &address(&small_boot))
        .replace("{{js}}", &address(&js))
        .replace("{{wasm}}", &address(&wasm))
        .replace("{{css}}", &address(&small_style));
    let output = public.join("index.html");
    std::fs::write(&output, html).context("cannot write the console's page")?;
    outputs.push(output);

    let mut inputs = module.inputs;
    inputs.extend([page, style, boot]);
    Ok(Made { inputs, outputs })
}
