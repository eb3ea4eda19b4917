//! The npm package that loads the widget (`npm/`), packed: `npm install {origin}/v1/usher-widget.tgz`.

use std::path::Path;

use anyhow::{Context, Result};

use super::{Made, Mode, Part};
use crate::setup::Tools;
use crate::{fingerprint, paths, run};

pub const PART: Part = Part { name: "package", record: |_| "package", settings, build };

/// The names of the files, since a new file must be packed too.
fn settings(_tools: &Tools, _mode: Mode) -> Result<String> {
    let ours = fingerprint::of_files(&[&paths::root().join("xtask/src/build/package.rs")])?;
    let names: Vec<String> = fingerprint::files_below(&folder()).iter().map(|file| paths::shown(file)).collect();
    Ok(format!("{ours}; {}", names.join(" ")))
}

fn build(_tools: &Tools, _mode: Mode) -> Result<Made> {
    let target = paths::dist().join("public/v1");
    let packed = paths::dist().join(".work/package");
    for needed in [&target, &packed] {
        std::fs::create_dir_all(needed).with_context(|| format!("cannot create {}", needed.display()))?;
    }
    run::quietly(
        run::program("npm")
            .current_dir(folder())
            .args(["pack", "--silent", "--ignore-scripts", "--pack-destination"])
            .arg(&packed),
        "npm pack",
    )?;
    let output = target.join("usher-widget.tgz");
    let made = newest(&packed)?;
    std::fs::copy(&made, &output).with_context(|| format!("cannot write {}", output.display()))?;
    std::fs::remove_dir_all(&packed).with_context(|| format!("cannot empty {}", packed.display()))?;
    Ok(Made { inputs: fingerprint::files_below(&folder()), outputs: vec![output] })
}

/// What was packed is named by its version.
fn newest(packed: &Path) -> Result<std::path::PathBuf> {
    let files = fingerprint::files_below(packed);
    files.into_iter().find(|file| file.extension().is_some_and(|it| it == "tgz")).context("npm pack left no file")
}

fn folder() -> std::path::PathBuf {
    paths::root().join("npm")
}
