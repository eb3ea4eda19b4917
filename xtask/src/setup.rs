//! Puts in place what the other commands need, says what it does, and does nothing where nothing is missing.
//!
//! Rust targets by rustup, two Cargo tools and the npm tools from their registries, and, only for tests and benches, a
//! browser and `wrk` by apt, and what the tests have from PyPI. Nothing is downloaded from anywhere else.

mod apt;
mod cargo_tools;
mod lock;
mod npm;
mod python;
mod rust;

use std::path::PathBuf;

use anyhow::Result;

/// The tools that a build runs, and one line that changes whenever one of them does.
pub struct Tools {
    /// Turns a compiled module into one that JavaScript can load.
    pub wasm_bindgen: PathBuf,
    /// Runs `#[wasm_bindgen_test]` tests under Node.
    pub wasm_test_runner: PathBuf,
    /// Builds the edge worker.
    pub worker_build: PathBuf,
    /// The tools from npm.
    pub npm: npm::Npm,
    /// Every version, for fingerprints.
    pub versions: String,
}

/// What `build`, `serve` and `dev` need.
pub fn for_building() -> Result<Tools> {
    let rust = rust::ensure()?;
    let npm = npm::ensure()?;
    // The CLI must be the version of the library in the tree, or the two do not understand each other.
    let wasm_bindgen_version = lock::version_of("wasm-bindgen")?;
    let worker_version = lock::version_of("worker")?;
    let wasm_bindgen = cargo_tools::ensure(&cargo_tools::Tool {
        name: "wasm-bindgen-cli",
        version: &wasm_bindgen_version,
        programs: &["wasm-bindgen", "wasm-bindgen-test-runner"],
        minutes: "2 to 4",
    })?;
    let worker_build_folder = cargo_tools::installed("worker-build", &worker_version);
    if !worker_build_folder {
        apt::ensure_headers()?;
    }
    let worker_build = cargo_tools::ensure(&cargo_tools::Tool {
        name: "worker-build",
        version: &worker_version,
        programs: &["worker-build"],
        minutes: "3 to 8",
    })?;
    Ok(Tools {
        versions: format!(
            "{rust}; wasm-bindgen {wasm_bindgen_version}; worker-build {worker_version}; {}",
            npm.versions
        ),
        wasm_test_runner: wasm_bindgen.join("wasm-bindgen-test-runner"),
        wasm_bindgen: wasm_bindgen.join("wasm-bindgen"),
        worker_build: worker_build.join("worker-build"),
        npm,
    })
}

/// What `test` needs on top: a browser, and what comes from PyPI.
pub fn for_testing() -> Result<Tools> {
    let tools = for_building()?;
    apt::ensure("chromium", &["chromium"], "the browser tests")?;
    python::ensure()?;
    Ok(tools)
}

/// What `test --only schema` needs on top: the program that asks whether the specification is true.
pub fn for_schema() -> Result<PathBuf> {
    Ok(python::ensure()?.join("schemathesis"))
}

/// The Python that knows what the tests have from PyPI.
pub fn python() -> Result<PathBuf> {
    Ok(python::ensure()?.join("python"))
}

/// What `bench submit` needs on top: a load generator.
pub fn for_load() -> Result<Tools> {
    let tools = for_building()?;
    apt::ensure("wrk", &["wrk"], "the load benchmark")?;
    Ok(tools)
}
