//! `cargo xtask test`: every check that CI runs, one after the other, with a table at the end.
//!
//! A stage that finds nothing to run fails: an empty folder is not a passed test.

mod deploy;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use clap::Args;
use clap::builder::PossibleValuesParser;

use crate::setup::{self, Tools};
use crate::{build, dist, faults, fingerprint, openapi, paths, run, serve};

#[derive(Args)]
pub struct Options {
    /// Run this stage only; can be given several times
    #[arg(long, value_name = "STAGE", value_parser = PossibleValuesParser::new(STAGES.map(|stage| stage.name)))]
    only: Vec<String>,
}

struct Stage {
    name: &'static str,
    what: &'static str,
    run: fn(&Tools) -> Result<()>,
}

const STAGES: [Stage; 11] = [
    Stage { name: "fmt", what: "formatting", run: fmt },
    Stage { name: "clippy", what: "lints, natively and for wasm, warnings denied", run: clippy },
    Stage { name: "unit", what: "unit tests and contract vectors, natively", run: unit },
    Stage { name: "contract", what: "contract vectors on wasm", run: contract },
    Stage { name: "build", what: "everything that ships", run: build },
    Stage { name: "http", what: "the API, against workerd", run: http },
    Stage { name: "schema", what: "the API against its specification, by schemathesis", run: schema },
    Stage { name: "browser", what: "pages in Chromium, and accessibility", run: browser },
    Stage { name: "promises", what: "the promises of SECURITY.md, in their short forms", run: promises },
    Stage { name: "dist", what: "the package for operators, installed and run", run: dist },
    Stage { name: "deploy", what: "what Cloudflare would get (dry run)", run: deploy::run },
];

pub fn run(options: &Options) -> Result<ExitCode> {
    let tools = setup::for_testing()?;
    let mut results: Vec<(&Stage, Duration, Result<()>)> = Vec::new();
    for stage in &STAGES {
        if !options.only.is_empty() && !options.only.iter().any(|name| name == stage.name) {
            continue;
        }
        println!("\n=== {}: {}", stage.name, stage.what);
        let start = Instant::now();
        let result = (stage.run)(&tools);
        if let Err(error) = &result {
            println!("{error:#}");
        }
        results.push((stage, start.elapsed(), result));
    }
    println!("\n=== summary");
    for (stage, time, result) in &results {
        let verdict = if result.is_ok() { "passed" } else { "FAILED" };
        println!("  {verdict}  {:<9} {:>8}  {}", stage.name, run::seconds(*time), stage.what);
        // Again, and its first line only: whoever sees nothing but the end knows what to look for.
        if let Some(why) =
            result.as_ref().err().and_then(|error| format!("{error:#}").lines().next().map(str::to_owned))
        {
            println!("          {why}");
        }
    }
    let failed = results.iter().filter(|(_, _, result)| result.is_err()).count();
    let total: Duration = results.iter().map(|(_, time, _)| *time).sum();
    println!("  in all {}", run::seconds(total));
    println!("{} passed, {failed} failed", results.len() - failed);
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn fmt(_: &Tools) -> Result<()> {
    run::aloud(run::cargo().args(["fmt", "--all", "--check"]), "cargo fmt")
}

fn clippy(_: &Tools) -> Result<()> {
    run::aloud(run::cargo().args(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]), "clippy")?;
    run::aloud(
        run::cargo()
            .args(["clippy", "--package", "edge", "--package", "rules", "--package", "widget", "--package", "console"])
            .args(["--target", build::wasm::TARGET, "--", "-D", "warnings"]),
        "clippy for wasm",
    )
}

fn unit(_: &Tools) -> Result<()> {
    run::aloud(run::cargo().args(["test", "--workspace", "--no-fail-fast"]), "cargo test")
}

fn contract(tools: &Tools) -> Result<()> {
    run::aloud(
        run::cargo()
            .args(["test", "--package", "shared", "--test", "contract", "--test", "pool", "--test", "score"])
            .args(["--test", "experiment"])
            .args(["--target", build::wasm::TARGET])
            .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", &tools.wasm_test_runner),
        "contract vectors on wasm",
    )
}

fn build(tools: &Tools) -> Result<()> {
    build::all(tools, build::Mode::Release, build::Say::Everything).map(|_| ())
}

fn http(tools: &Tools) -> Result<()> {
    node_tests(tools, "tests/http")
}

fn browser(tools: &Tools) -> Result<()> {
    node_tests(tools, "tests/browser")
}

fn dist(tools: &Tools) -> Result<()> {
    dist::make(tools)?;
    node_tests(tools, "tests/dist")
}

fn schema(tools: &Tools) -> Result<()> {
    openapi::ask(tools, &[])
}

fn promises(tools: &Tools) -> Result<()> {
    faults::short_forms(tools)
}

/// Runs the tests of a folder. They start their own servers, with this very program, on what is built now.
fn node_tests(tools: &Tools, folder: &str) -> Result<()> {
    build::all(tools, build::Mode::Release, build::Say::Work)?;
    let files: Vec<PathBuf> = fingerprint::files_below(&paths::root().join(folder))
        .into_iter()
        .filter(|file| file.to_string_lossy().ends_with(".test.mjs"))
        .collect();
    if files.is_empty() {
        bail!("there is no test in {folder}");
    }
    run::aloud(
        run::program("node")
            .args(["--test", "--test-reporter=spec"])
            .args(files)
            .env("USHER_XTASK", run::this_program()?)
            .env(serve::AS_BUILT, "1"),
        folder,
    )
}
