//! `cargo xtask openapi`: writes `docs/openapi.json`. The crate `openapi` knows what is in it, and its tests whether it is; with
//! `--full` a running server is asked for a quarter of an hour whether it is true, as the stage `schema` of `test` does for a minute.

use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Args;

use crate::setup::{self, Tools};
use crate::{build, paths, run, serve};

/// Where it is kept. The build copies it to what is served, as `/openapi.json`.
const FILE: &str = "docs/openapi.json";

#[derive(Args)]
pub struct Options {
    /// Write nothing, but ask a running server for long whether what is written is true
    #[arg(long)]
    full: bool,
    /// Of all randomness
    #[arg(long, requires = "full")]
    seed: Option<u32>,
}

pub fn run(options: &Options) -> Result<ExitCode> {
    if options.full {
        let seed = options.seed.map(|seed| format!("--seed={seed}"));
        let mut arguments = vec!["--full"];
        arguments.extend(seed.as_deref());
        ask(&setup::for_testing()?, &arguments)?;
    } else {
        write()?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Asks a running server whether the document is true.
pub fn ask(tools: &Tools, arguments: &[&str]) -> Result<()> {
    let schemathesis = setup::for_schema()?;
    build::all(tools, build::Mode::Release, build::Say::Work)?;
    run::aloud(
        run::program("node")
            .arg("tests/schema/schema.mjs")
            .args(arguments)
            .env("USHER_SCHEMATHESIS", schemathesis)
            .env("USHER_XTASK", run::this_program()?)
            .env(serve::AS_BUILT, "1"),
        "schemathesis",
    )
}

fn write() -> Result<()> {
    let made = run::read(run::cargo().args(["run", "--quiet", "--package", "openapi"]), "the specification")?;
    let path = paths::root().join(FILE);
    // `read` trims; the file ends as files do.
    let text = format!("{made}\n");
    if std::fs::read_to_string(&path).is_ok_and(|known| known == text) {
        println!("{FILE} is up to date.");
        return Ok(());
    }
    std::fs::write(&path, text).with_context(|| format!("cannot write {FILE}"))?;
    println!("{FILE} is written: look at what changed, then check it in.");
    Ok(())
}
