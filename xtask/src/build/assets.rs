//! Files that are served as they are: the demo platform, the demo partner, the edge worker's own, the API's specification,
//! and the header rules.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::{Made, Mode, Part};
use crate::setup::Tools;
use crate::{fingerprint, paths};

pub const PART: Part = Part { name: "assets", record: |_| "assets", settings, build };

/// A folder of the checkout and where its files go in `dist`.
const FOLDERS: [(&str, &str); 3] =
    [("public/platform", "public"), ("public/partner", "partner"), ("edge/static", "public")];

/// Files that go to the platform's site under another name.
const FILES: [(&str, &str); 1] = [("docs/openapi.json", "public/openapi.json")];

/// Rules for headers and addresses, read by Cloudflare and by our own static server under these names.
const RULES: [(&str, &str); 2] = [("xtask/runtime/headers", "_headers"), ("xtask/runtime/redirects", "_redirects")];

/// The names of the files, since a new file must be found, and not only a changed one.
fn settings(_tools: &Tools, _mode: Mode) -> Result<String> {
    let ours = fingerprint::of_files(&[&paths::root().join("xtask/src/build/assets.rs")])?;
    let names: Vec<String> = sources().iter().map(|(source, _)| paths::shown(source)).collect();
    Ok(format!("{ours}; {}", names.join(" ")))
}

fn build(_tools: &Tools, _mode: Mode) -> Result<Made> {
    let mut made = Made { inputs: Vec::new(), outputs: Vec::new() };
    for (source, output) in sources() {
        if let Some(folder) = output.parent() {
            std::fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
        }
        std::fs::copy(&source, &output).with_context(|| format!("cannot write {}", output.display()))?;
        made.inputs.push(source);
        made.outputs.push(output);
    }
    Ok(made)
}

/// The demo platform's pages, by their place among the static files.
pub fn demo_pages() -> Vec<PathBuf> {
    let folder = paths::root().join("public/platform");
    let files = fingerprint::files_below(&folder);
    files.iter().filter_map(|file| file.strip_prefix(&folder).ok()).map(Path::to_path_buf).collect()
}

fn sources() -> Vec<(PathBuf, PathBuf)> {
    let mut found = Vec::new();
    for (from, to) in FOLDERS {
        let folder = paths::root().join(from);
        let target = paths::dist().join(to);
        found.extend(fingerprint::files_below(&folder).into_iter().map(|file| {
            let name = file.strip_prefix(&folder).map(Path::to_path_buf);
            let output = target.join(name.unwrap_or_default());
            (file, output)
        }));
    }
    found.extend(FILES.map(|(file, to)| (paths::root().join(file), paths::dist().join(to))));
    for (file, name) in RULES {
        for site in ["public", "partner"] {
            found.push((paths::root().join(file), paths::dist().join(site).join(name)));
        }
    }
    found
}
