//! The npm tools, at the versions of `package-lock.json`: the runtime, the bundler, the wasm optimiser, `wrangler`, and what
//! tests and benches import.
//!
//! Install scripts are not run: they only swap a launcher for the platform's own program, which is named here instead.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::{fingerprint, paths, run};

/// The programs.
pub struct Npm {
    /// The runtime that Usher runs on.
    pub workerd: PathBuf,
    /// Bundles and minifies JavaScript.
    pub esbuild: PathBuf,
    /// Makes wasm smaller.
    pub wasm_opt: PathBuf,
    /// Deploys to Cloudflare.
    pub wrangler: PathBuf,
    /// The pins, for fingerprints.
    pub versions: String,
}

/// Installs the pins unless they are in place.
pub fn ensure() -> Result<Npm> {
    let root = paths::root();
    let modules = root.join("node_modules");
    let marker = modules.join(".usher-installed");
    let pins = fingerprint::of_files(&[&root.join("package.json"), &root.join("package-lock.json")])?;
    if std::fs::read_to_string(&marker).ok().as_deref() != Some(&pins) {
        if !run::exists("npm") {
            bail!(
                "Node.js 20 or newer, with npm, is needed. Install it from https://nodejs.org or your package manager, then run this again."
            );
        }
        run::timed("npm ci (installing the npm tools)", || {
            run::quietly(
                run::program("npm").args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]),
                "npm ci",
            )
        })
        .context("the npm tools could not be installed. If the npm registry cannot be reached from here, point npm at a mirror with `npm config set registry ADDRESS`, then run this again")?;
        std::fs::write(&marker, &pins).context("cannot write the marker in node_modules")?;
    }
    let platform = platform()?;
    Ok(Npm {
        workerd: present(modules.join(format!("@cloudflare/workerd-{}/bin/workerd", platform.workerd)))?,
        esbuild: present(modules.join(format!("@esbuild/{}/bin/esbuild", platform.esbuild)))?,
        wasm_opt: present(modules.join("binaryen/bin/wasm-opt"))?,
        wrangler: present(modules.join("wrangler/bin/wrangler.js"))?,
        versions: format!("npm {pins}"),
    })
}

struct Platform {
    workerd: &'static str,
    esbuild: &'static str,
}

fn platform() -> Result<Platform> {
    let (workerd, esbuild) = match (std::env::consts::OS, std::env::consts::ARCH) {
        ("linux", "x86_64") => ("linux-64", "linux-x64"),
        ("linux", "aarch64") => ("linux-arm64", "linux-arm64"),
        ("macos", "x86_64") => ("darwin-64", "darwin-x64"),
        ("macos", "aarch64") => ("darwin-arm64", "darwin-arm64"),
        (os, arch) => bail!("workerd has no program for {os} on {arch}"),
    };
    Ok(Platform { workerd, esbuild })
}

fn present(path: PathBuf) -> Result<PathBuf> {
    if !Path::new(&path).is_file() {
        bail!("{} is missing: delete node_modules and run this again", paths::shown(&path));
    }
    Ok(path)
}
