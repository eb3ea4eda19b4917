//! The sources at one moment, and which of them differ from another moment.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::{fingerprint, paths};

/// Folders whose files make a difference to what runs. Tests do not.
const FOLDERS: [&str; 13] = [
    "shared/src",
    "edge/src",
    "edge/static",
    "widget/src",
    "widget/loader",
    "widget/streams-stub",
    "rules/src",
    "console/src",
    "public",
    "demo",
    "xtask/runtime",
    "xtask/src",
    ".cargo",
];

/// Single files that do.
const FILES: [&str; 11] = [
    "Cargo.toml",
    "Cargo.lock",
    "wrangler.toml",
    "shared/Cargo.toml",
    "edge/Cargo.toml",
    "widget/Cargo.toml",
    "rules/Cargo.toml",
    "console/Cargo.toml",
    "console/boot.js",
    "console/index.html",
    "console/style.css",
];

/// When each source was written, and how long it is.
pub struct Sources(BTreeMap<PathBuf, (SystemTime, u64)>);

impl Sources {
    /// Looks at all of them.
    pub fn now() -> Self {
        let root = paths::root();
        let below = FOLDERS.iter().flat_map(|folder| fingerprint::files_below(&root.join(folder)));
        let single = FILES.iter().map(|file| root.join(file));
        Self(
            below
                .chain(single)
                .filter_map(|file| {
                    let data = std::fs::metadata(&file).ok()?;
                    Some((file, (data.modified().ok()?, data.len())))
                })
                .collect(),
        )
    }

    /// What was changed, added or removed since.
    pub fn since(&self, before: &Self) -> Vec<PathBuf> {
        let changed = self.0.iter().filter(|(file, state)| before.0.get(*file) != Some(*state));
        let removed = before.0.iter().filter(|(file, _)| !self.0.contains_key(*file));
        changed.chain(removed).map(|(file, _)| file.clone()).collect()
    }
}

/// Whether workerd reads the file only when it starts.
pub fn is_read_at_start(file: &Path) -> bool {
    let name = paths::shown(file);
    name == "wrangler.toml" || name.starts_with("xtask/runtime/")
}

/// Whether the file is a part of this program.
pub fn is_ours(file: &Path) -> bool {
    paths::shown(file).starts_with("xtask/src/")
}

/// Whether the file is only read for an empty data folder.
pub fn is_seed(file: &Path) -> bool {
    paths::shown(file).starts_with("demo/")
}

/// The files, for a sentence.
pub fn names(files: &[PathBuf]) -> String {
    let names: Vec<String> = files.iter().take(3).map(|file| paths::shown(file)).collect();
    match files.len().saturating_sub(3) {
        0 => names.join(", "),
        more => format!("{} and {more} more", names.join(", ")),
    }
}
