//! From a crate to the module and glue that a browser loads: cargo, wasm-bindgen, wasm-opt, esbuild.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::setup::Tools;
use crate::{fingerprint, paths, run};

/// The target of everything that is not run natively.
pub const TARGET: &str = "wasm32-unknown-unknown";

/// What every browser that we support has, and what rustc and wasm-bindgen use. Never `--all-features`: it lets wasm-opt
/// write encodings (compact imports) that Chromium refuses.
pub const FEATURES: [&str; 6] = [
    "--enable-mutable-globals",
    "--enable-sign-ext",
    "--enable-nontrapping-float-to-int",
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-reference-types",
];

/// A crate that becomes a module for browsers.
pub struct Crate {
    /// The package, which also names the files.
    pub name: &'static str,
    /// The profile in the root `Cargo.toml`.
    pub profile: &'static str,
    /// Cargo, with whatever flags the crate needs besides.
    pub cargo: fn() -> Command,
    /// What `cargo` adds, as text, for the fingerprint.
    pub flags: &'static str,
}

/// A finished module: both files are in `folder`.
pub struct Module {
    /// Where the files are.
    pub folder: PathBuf,
    /// The glue's file name.
    pub js: String,
    /// The module's file name.
    pub wasm: String,
    /// What the compiler read.
    pub inputs: Vec<PathBuf>,
}

/// Everything besides files that decides what comes out.
pub fn settings(krate: &Crate, tools: &Tools) -> Result<String> {
    let here = paths::root().join("xtask/src/build");
    let ours = fingerprint::of_files(&[
        &here.join("wasm.rs"),
        &here.join(format!("{}.rs", krate.name)),
        &paths::root().join("Cargo.toml"),
        &paths::root().join("Cargo.lock"),
        &paths::root().join(krate.name).join("Cargo.toml"),
        &paths::root().join("shared/Cargo.toml"),
    ])?;
    Ok(format!("{}; {}; {ours}", tools.versions, krate.flags))
}

/// Builds the module into `dist/.work/<crate>`.
pub fn build(krate: &Crate, tools: &Tools) -> Result<Module> {
    let compiled = compile(krate)?;
    let folder = paths::dist().join(".work").join(krate.name);
    if folder.exists() {
        std::fs::remove_dir_all(&folder).context("cannot empty dist/.work")?;
    }
    let bound = folder.join("bound");
    run::quietly(
        run::program(&tools.wasm_bindgen)
            .args(["--target", "web", "--no-typescript"])
            .args(["--remove-name-section", "--remove-producers-section"])
            .args(["--out-name", krate.name])
            .arg("--out-dir")
            .arg(&bound)
            .arg(&compiled),
        "wasm-bindgen",
    )?;
    let wasm = format!("{}_bg.wasm", krate.name);
    let js = format!("{}.js", krate.name);
    run::quietly(
        run::program(&tools.npm.wasm_opt)
            .args(["-Oz", "--strip-debug", "--strip-producers", "--strip-target-features"])
            .args(FEATURES)
            .arg(bound.join(&wasm))
            .arg("-o")
            .arg(folder.join(&wasm)),
        "wasm-opt",
    )?;
    // Bundled as well, so that the crates' own snippets of JavaScript are one file with the glue.
    run::quietly(
        run::program(&tools.npm.esbuild)
            .arg(bound.join(&js))
            .args(["--bundle", "--minify", "--format=esm", "--target=es2020", "--log-level=warning"])
            .arg(format!("--outfile={}", folder.join(&js).display())),
        "esbuild",
    )?;
    let inputs = fingerprint::files_in_dep_info(&compiled.with_extension("d"))?;
    std::fs::remove_dir_all(&bound).context("cannot empty dist/.work")?;
    Ok(Module { folder, js, wasm, inputs })
}

/// A short name for the contents of some files: the same contents, the same address, cached for ever.
pub fn hash_of(files: &[&Path]) -> Result<String> {
    let mut hash = fingerprint::of_files(files)?;
    hash.truncate(12);
    Ok(hash)
}

fn compile(krate: &Crate) -> Result<PathBuf> {
    let mut cargo = (krate.cargo)();
    cargo.args(["--target", TARGET, "--package", krate.name, "--lib", "--profile", krate.profile]);
    run::quietly(&mut cargo, "cargo build")?;
    Ok(paths::target().join(TARGET).join(krate.profile).join(format!("{}.wasm", krate.name)))
}
