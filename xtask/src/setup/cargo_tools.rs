//! Tools that Cargo builds from crates.io, once for each version and machine.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use crate::{paths, run};

/// A package with programs in it.
pub struct Tool<'a> {
    /// The package.
    pub name: &'a str,
    /// Exactly this version.
    pub version: &'a str,
    /// What must be there afterwards.
    pub programs: &'a [&'a str],
    /// How long a person waits, as a range.
    pub minutes: &'a str,
}

/// Whether a version is in the cache.
pub fn installed(name: &str, version: &str) -> bool {
    paths::cached_tool(name, version).join("bin").is_dir()
}

/// Builds the tool unless it is in the cache, and returns the folder of its programs.
pub fn ensure(tool: &Tool<'_>) -> Result<PathBuf> {
    let folder = paths::cached_tool(tool.name, tool.version);
    if !installed(tool.name, tool.version) {
        install(tool, &folder)?;
    }
    let programs = folder.join("bin");
    for program in tool.programs {
        if !programs.join(program).is_file() {
            bail!("{} has no program {program}: delete {} and run this again", tool.name, folder.display());
        }
    }
    Ok(programs)
}

fn install(tool: &Tool<'_>, folder: &PathBuf) -> Result<()> {
    let parent = folder.parent().context("the cache folder has no parent")?;
    std::fs::create_dir_all(parent).with_context(|| format!("cannot create {}", parent.display()))?;
    // Moved into place when complete, so that an interrupted build is not taken for a finished one.
    let partial = parent.join(format!(".{}-{}-{}", tool.name, tool.version, std::process::id()));
    let what = format!("building {} {} once for this machine ({} minutes)", tool.name, tool.version, tool.minutes);
    run::timed(&what, || {
        let mut cargo = run::cargo();
        // Outside the checkout, whose Cargo settings are not theirs. Without --locked: wasm-bindgen-cli's own lock file
        // asks for a pre-release.
        cargo
            .current_dir(parent)
            .env_remove("CARGO_TARGET_DIR")
            .env_remove("RUSTFLAGS")
            // They work for a fraction of a second at a time, just as fast at 1 as at 3, and are built sooner.
            .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1")
            .args(["install", tool.name, "--version", &format!("={}", tool.version)])
            .arg("--root")
            .arg(&partial);
        run::quietly(&mut cargo, "cargo install")
    })
    .with_context(|| {
        format!(
            "{} could not be built. If crates.io cannot be reached from here, run `cargo install {} --version ={} --root {}` where it can and copy that folder",
            tool.name,
            tool.name,
            tool.version,
            folder.display()
        )
    })?;
    if std::fs::rename(&partial, folder).is_err() {
        // Another process was faster: its copy is as good.
        let _ = std::fs::remove_dir_all(&partial);
    }
    Ok(())
}
