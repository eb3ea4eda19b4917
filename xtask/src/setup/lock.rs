//! Reads versions from `Cargo.lock`, so that no version is written down twice.

use anyhow::{Context, Result};

use crate::paths;

/// The version of a package in the tree.
pub fn version_of(package: &str) -> Result<String> {
    let lock = std::fs::read_to_string(paths::root().join("Cargo.lock")).context("cannot read Cargo.lock")?;
    find(&lock, package).with_context(|| format!("Cargo.lock has no package named {package}"))
}

fn find(lock: &str, package: &str) -> Option<String> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines();
    lines.find(|line| *line == name)?;
    let version = lines.next()?.strip_prefix("version = \"")?;
    Some(version.strip_suffix('"')?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::find;

    const LOCK: &str = "[[package]]\nname = \"worker-sys\"\nversion = \"0.8.6\"\n\n[[package]]\nname = \"worker\"\nversion = \"0.8.7\"\n";

    #[test]
    fn finds_the_package_and_not_one_that_begins_alike() {
        assert_eq!(find(LOCK, "worker").as_deref(), Some("0.8.7"));
    }

    #[test]
    fn finds_nothing_where_there_is_nothing() {
        assert_eq!(find(LOCK, "leptos"), None);
    }
}
