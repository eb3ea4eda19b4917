//! The edge worker, by worker-build: `index.js` and `index_bg.wasm`, in a folder for each mode.
//!
//! With `--panic-unwind`, so that a panic ends its own request and no other (nightly, since `std` is rebuilt to unwind).

use anyhow::Result;

use super::{Made, Mode, Part, wasm};
use crate::setup::Tools;
use crate::{fingerprint, paths, run};

pub const PART: Part = Part { name: "edge", record, settings, build };

fn record(mode: Mode) -> &'static str {
    match mode {
        Mode::Release => "edge",
        Mode::Dev => "edge-dev",
    }
}

fn settings(tools: &Tools, mode: Mode) -> Result<String> {
    let root = paths::root();
    let ours = fingerprint::of_files(&[
        &root.join("xtask/src/build/edge.rs"),
        &root.join("Cargo.toml"),
        &root.join("Cargo.lock"),
        &root.join("edge/Cargo.toml"),
        &root.join("shared/Cargo.toml"),
    ])?;
    Ok(format!("{}; {ours}; {}", tools.versions, arguments(mode).join(" ")))
}

fn arguments(mode: Mode) -> Vec<&'static str> {
    let mut arguments = vec!["--release", "--panic-unwind"];
    if mode == Mode::Dev {
        arguments.push("--no-opt");
    }
    arguments
}

fn build(tools: &Tools, mode: Mode) -> Result<Made> {
    let folder = paths::edge_build(mode);
    run::quietly(
        run::program(&tools.worker_build)
            .current_dir(paths::root().join("edge"))
            .args(arguments(mode))
            .arg("--out-dir")
            .arg(&folder)
            // Without these it would download its own.
            .env("WASM_BINDGEN_BIN", &tools.wasm_bindgen)
            .env("WASM_OPT_BIN", &tools.npm.wasm_opt)
            .env("ESBUILD_BIN", &tools.npm.esbuild),
        "worker-build",
    )?;
    let dep_info = paths::target().join(wasm::TARGET).join("release/edge.d");
    Ok(Made {
        inputs: fingerprint::files_in_dep_info(&dep_info)?,
        outputs: vec![folder.join("index.js"), folder.join("index_bg.wasm")],
    })
}
