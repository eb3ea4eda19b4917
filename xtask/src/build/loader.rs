//! The loader: the one script that a page carries, `dist/public/v1/usher.js`. It knows the widget's current address.

use anyhow::{Context, Result};

use super::{Made, Mode, Part, widget};
use crate::setup::Tools;
use crate::{fingerprint, paths, run};

pub const PART: Part = Part { name: "loader", record: |_| "loader", settings, build };

fn settings(tools: &Tools, _mode: Mode) -> Result<String> {
    let ours = fingerprint::of_files(&[&paths::root().join("xtask/src/build/loader.rs")])?;
    Ok(format!("{}; {ours}", tools.npm.versions))
}

fn build(tools: &Tools, _mode: Mode) -> Result<Made> {
    let folder = paths::root().join("widget/loader");
    let address = std::fs::read_to_string(widget::address_file())
        .context("the widget has no address yet: it is built before the loader")?;
    let output = paths::dist().join("public/v1/usher.js");
    run::quietly(
        run::program(&tools.npm.esbuild)
            .arg(folder.join("usher.js"))
            .args(["--bundle", "--minify", "--format=iife", "--target=es2019", "--log-level=warning"])
            .arg(format!("--define:__WIDGET_PATH__=\"{}\"", address.trim()))
            .arg(format!("--outfile={}", output.display())),
        "esbuild",
    )?;
    let mut inputs = fingerprint::files_below(&folder);
    inputs.push(widget::address_file());
    Ok(Made { inputs, outputs: vec![output] })
}
