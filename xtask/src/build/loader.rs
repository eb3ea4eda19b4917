//! What runs on a page before anybody opens a form: the loader (`dist/public/v1/usher.js`), and the page side without and
//! with prompts (`page.js` and `page-prompts.js` beside it), which the edge sends with a site's configuration in one
//! module; what an editor sees of prompts (`why.js`); and `proof.js`, which the panel fetches where a site asks for a proof
//! of work. The page side knows the widget's current address.

use anyhow::{Context, Result};

use super::{Made, Mode, Part, widget};
use crate::setup::Tools;
use crate::{fingerprint, paths, run};

pub const PART: Part = Part { name: "loader", record: |_| "loader", settings, build };

/// Each file, and what it becomes: a script of the page's, or a module.
const FILES: [(&str, &str); 6] = [
    ("usher.js", "iife"),
    ("page.js", "esm"),
    ("page-prompts.js", "esm"),
    ("why.js", "esm"),
    ("proof.js", "esm"),
    ("check.js", "esm"),
];

fn settings(tools: &Tools, _mode: Mode) -> Result<String> {
    let ours = fingerprint::of_files(&[&paths::root().join("xtask/src/build/loader.rs")])?;
    Ok(format!("{}; {ours}", tools.npm.versions))
}

fn build(tools: &Tools, _mode: Mode) -> Result<Made> {
    let folder = paths::root().join("widget/loader");
    let address = std::fs::read_to_string(widget::address_file())
        .context("the widget has no address yet: it is built before the loader")?;
    let target = paths::dist().join("public/v1");
    let mut outputs = Vec::new();
    for (file, format) in FILES {
        let output = target.join(file);
        run::quietly(
            run::program(&tools.npm.esbuild)
                .arg(folder.join(file))
                .args(["--bundle", "--minify", "--target=es2020", "--log-level=warning"])
                .arg(format!("--format={format}"))
                .arg(format!("--define:__PARTS__=\"{}\"", address.trim()))
                .arg(format!("--outfile={}", output.display())),
            "esbuild",
        )?;
        outputs.push(output);
    }
    let mut inputs = fingerprint::files_below(&folder);
    inputs.push(widget::address_file());
    Ok(Made { inputs, outputs })
}
