//! Tells whether a part of the build is up to date: by the content of what went into it, not by dates.
//!
//! Each part leaves a record of its inputs and outputs in `dist/.records`. What went into a crate is what the compiler says it
//! read, so a file that is included from another folder counts too.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Context, Result};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::paths;

/// What a finished part was made of, and made.
pub struct Record {
    /// Everything that is not a file: tool versions, arguments.
    pub settings: String,
    /// The files that were read.
    pub inputs: Vec<PathBuf>,
    /// The files that were written.
    pub outputs: Vec<PathBuf>,
}

/// Why a part has to be built, or nothing when it is up to date.
pub fn stale(part: &str, settings: &str) -> Option<String> {
    let Some(record) = read(part) else {
        return Some("not built yet".to_owned());
    };
    if record.get("settings").and_then(Value::as_str) != Some(settings) {
        return Some("its tools or settings changed".to_owned());
    }
    for output in strings(&record, "outputs") {
        if !paths::root().join(&output).exists() {
            return Some(format!("{output} is missing"));
        }
    }
    let inputs = record.get("inputs").and_then(Value::as_object)?;
    inputs.iter().find_map(|(name, hash)| {
        let now = of_files(&[&paths::root().join(name)]).ok();
        (now.as_deref() != hash.as_str()).then(|| format!("{name} changed"))
    })
}

/// Remembers a part that was built since `started`, and removes what the build before it made and this one did not.
pub fn remember(part: &str, record: &Record, started: SystemTime) -> Result<()> {
    let mut inputs = BTreeMap::new();
    for input in &record.inputs {
        // Changed while it was being read: whichever content was built, the next look must find a difference.
        let touched = std::fs::metadata(input).and_then(|data| data.modified()).is_ok_and(|time| time >= started);
        let hash = if touched { String::new() } else { of_files(&[input])? };
        inputs.insert(relative(input), hash);
    }
    let outputs: Vec<String> = record.outputs.iter().map(|path| relative(path)).collect();
    if let Some(before) = read(part) {
        for old in strings(&before, "outputs") {
            if !outputs.contains(&old) {
                discard(&paths::root().join(old));
            }
        }
    }
    let file = file_of(part);
    std::fs::create_dir_all(file.parent().unwrap_or(&file)).context("cannot create dist")?;
    let text = json!({ "settings": record.settings, "inputs": inputs, "outputs": outputs });
    // Moved into place, because others read it while we write.
    let partial = file.with_extension(format!("{}.tmp", std::process::id()));
    std::fs::write(&partial, format!("{text:#}\n"))
        .and_then(|()| std::fs::rename(&partial, &file))
        .with_context(|| format!("cannot write {}", file.display()))
}

/// One hash over the contents of some files, in this order. A missing file is an error.
pub fn of_files(files: &[&Path]) -> Result<String> {
    let mut hash = Sha256::new();
    for file in files {
        let bytes = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
        hash.update(u64::try_from(bytes.len()).unwrap_or(u64::MAX).to_le_bytes());
        hash.update(&bytes);
    }
    Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Every file below a folder, in order; nothing when there is no folder. Hidden files are left out.
pub fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| !path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.')))
        .collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            found.extend(files_below(&path));
        } else {
            found.push(path);
        }
    }
    found
}

/// The files that the compiler read, from the dependency file that it leaves beside what it made.
pub fn files_in_dep_info(file: &Path) -> Result<Vec<PathBuf>> {
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let mut files = parse_dep_info(&text);
    // What a build script wrote follows from what it read, which is in the list as well.
    files.retain(|file| !file.starts_with(paths::target()));
    Ok(files)
}

/// One line, as Make reads it: `made: read read\ with\ space`.
fn parse_dep_info(text: &str) -> Vec<PathBuf> {
    let Some((_, list)) = text.lines().next().and_then(|line| line.split_once(": ")) else {
        return Vec::new();
    };
    let mut files = Vec::new();
    let mut name = String::new();
    let mut characters = list.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\\' if characters.peek() == Some(&' ') => name.extend(characters.next()),
            ' ' => files.push(PathBuf::from(std::mem::take(&mut name))),
            other => name.push(other),
        }
    }
    files.push(PathBuf::from(name));
    files.retain(|file| !file.as_os_str().is_empty());
    files
}

fn relative(path: &Path) -> String {
    path.strip_prefix(paths::root()).unwrap_or(path).to_string_lossy().into_owned()
}

fn strings(record: &Value, key: &str) -> Vec<String> {
    record
        .get(key)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|value| value.as_str().map(ToOwned::to_owned))
        .collect()
}

/// Removes a file and the folders that it leaves empty.
fn discard(file: &Path) {
    let _ = std::fs::remove_file(file);
    for folder in file.ancestors().skip(1) {
        if folder == paths::dist() || std::fs::remove_dir(folder).is_err() {
            break;
        }
    }
}

fn file_of(part: &str) -> PathBuf {
    paths::dist().join(".records").join(format!("{part}.json"))
}

fn read(part: &str) -> Option<Value> {
    serde_json::from_str(&std::fs::read_to_string(file_of(part)).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::parse_dep_info;
    use std::path::PathBuf;

    #[test]
    fn reads_names_with_spaces() {
        let files = parse_dep_info("/t/libedge.so: /a/lib.rs /a/my\\ file.css\n");
        assert_eq!(files, [PathBuf::from("/a/lib.rs"), PathBuf::from("/a/my file.css")]);
    }

    #[test]
    fn reads_nothing_from_an_empty_file() {
        assert!(parse_dep_info("").is_empty());
    }
}
