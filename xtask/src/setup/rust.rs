//! The Rust toolchains: the active one for most things, nightly where `std` itself is built (`edge` for panics that stay
//! in their own request, `widget` for its size).

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::run;

const TARGET: &str = "wasm32-unknown-unknown";

/// Makes both toolchains complete, and returns their versions.
pub fn ensure() -> Result<String> {
    let active = sysroot(None).context("Rust is not installed. Install it with rustup, from https://rustup.rs")?;
    if !active.join("lib/rustlib").join(TARGET).is_dir() {
        rustup(&["target", "add", TARGET])?;
    }
    for (program, component) in [("rustfmt", "rustfmt"), ("cargo-clippy", "clippy")] {
        // rustup puts a stand-in for each program on the path, also for those that are not installed.
        let elsewhere = !run::exists("rustup") && run::exists(program);
        if !active.join("bin").join(program).is_file() && !elsewhere {
            rustup(&["component", "add", component])?;
        }
    }
    let nightly = match sysroot(Some("+nightly")) {
        Ok(nightly) => nightly,
        Err(_) => {
            rustup(&["toolchain", "install", "nightly", "--profile", "minimal"])?;
            sysroot(Some("+nightly"))?
        }
    };
    if !nightly.join("lib/rustlib").join(TARGET).is_dir() {
        rustup(&["target", "add", TARGET, "--toolchain", "nightly"])?;
    }
    if !has_source(&nightly) {
        rustup(&["component", "add", "rust-src", "--toolchain", "nightly"])?;
    }
    Ok(format!("{}; {}", rustc(None, "-V")?, rustc(Some("+nightly"), "-V")?))
}

fn has_source(sysroot: &Path) -> bool {
    sysroot.join("lib/rustlib/src/rust/library/std").is_dir()
}

fn sysroot(toolchain: Option<&str>) -> Result<PathBuf> {
    rustc(toolchain, "--print=sysroot").map(PathBuf::from)
}

fn rustc(toolchain: Option<&str>, question: &str) -> Result<String> {
    let mut command = run::program("rustc");
    command.args(toolchain).arg(question);
    run::read(&mut command, "rustc")
}

fn rustup(arguments: &[&str]) -> Result<()> {
    let line = format!("rustup {}", arguments.join(" "));
    if !run::exists("rustup") {
        bail!(
            "`{line}` is needed, and rustup is not installed. Install it from https://rustup.rs, or add the same to your own toolchain, then run this again."
        );
    }
    run::timed(&line, || {
        run::quietly(run::program("rustup").args(arguments), &line)
    })
    .context("rustup could not install a part of the toolchain. If this machine cannot reach rustup's server, run that line where it can, or give rustup a mirror by RUSTUP_DIST_SERVER, then run this again")
}
