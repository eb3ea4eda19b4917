//! What the tests have from PyPI: schemathesis, which asks the server whether the specification is true, and `standardwebhooks`, which says
//! whether a webhook is signed. In a place of its own in this machine's cache, at the versions and hashes of `tests/requirements.txt`.

use std::path::PathBuf;

use anyhow::{Context, Result};

use super::apt;
use crate::{fingerprint, paths, run};

/// The folder of their programs, with a Python that knows them; installed unless it is in the cache.
pub fn ensure() -> Result<PathBuf> {
    let requirements = paths::root().join("tests/requirements.txt");
    let pins = fingerprint::of_files(&[&requirements])?;
    let folder = paths::cached_tool("python", pins.get(..16).unwrap_or(&pins));
    let marker = folder.join(".usher-installed");
    if !marker.is_file() {
        ensure_python()?;
        let _ = std::fs::remove_dir_all(&folder);
        run::timed("installing schemathesis and standardwebhooks (for the tests)", || {
            run::quietly(run::program("python3").args(["-m", "venv"]).arg(&folder), "python3 -m venv")?;
            run::quietly(
                run::program(folder.join("bin/python"))
                    .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary", ":all:"])
                    .args(["--require-hashes", "--requirement"])
                    .arg(&requirements),
                "pip install",
            )
        })
        .context("schemathesis and standardwebhooks could not be installed. If PyPI cannot be reached from here, name a mirror with `pip config set global.index-url ADDRESS`, then run this again")?;
        std::fs::write(&marker, &pins).context("cannot write in the cache")?;
    }
    Ok(folder.join("bin"))
}

/// Python, with what Debian ships apart from it.
fn ensure_python() -> Result<()> {
    apt::ensure("python3", &["python3", "python3-venv"], "the tests")?;
    let has_venv = run::program("python3").args(["-c", "import ensurepip, venv"]).output();
    if has_venv.is_ok_and(|output| output.status.success()) {
        return Ok(());
    }
    apt::install(&["python3-venv"], "the tests")
}
