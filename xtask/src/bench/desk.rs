//! The desk under load, as a person sees it: `tests/load/desk.mjs` drives the built system and Chromium, and this prints what it
//! measured.

use anyhow::{Context, Result, bail};
use clap::Args;
use serde_json::Value;

use crate::{build, paths, run, serve, setup};

#[derive(Args)]
pub struct Options {
    /// Print one JSON object instead of a table
    #[arg(long)]
    json: bool,
    /// How many items are open
    #[arg(long, default_value_t = 10_000)]
    items: u32,
    /// How long submissions arrive
    #[arg(long, default_value_t = 30)]
    seconds: u32,
    /// How often a connection is lost
    #[arg(long, default_value_t = 100)]
    disconnects: u32,
}

pub fn run(options: &Options) -> Result<()> {
    let tools = setup::for_testing()?;
    build::all(&tools, build::Mode::Release, build::Say::Work)?;
    let numbers = [options.items, options.seconds, options.disconnects].map(|number| number.to_string());
    let script = paths::root().join("tests/load/desk.mjs");
    let text = run::read(
        run::program("node")
            .args(["--no-warnings", "--experimental-websocket"])
            .arg(&script)
            .args(&numbers)
            .env("USHER_XTASK", run::this_program()?)
            .env(serve::AS_BUILT, "1"),
        "node tests/load/desk.mjs",
    )?;
    if options.json {
        print!("{text}");
        return Ok(());
    }
    let measured: Value = serde_json::from_str(text.trim()).with_context(|| format!("it said: {text}"))?;
    let Some(measured) = measured.as_object() else { bail!("it said: {text}") };
    for (name, value) in measured {
        println!("{:<26} {value}", name.replace('_', " "));
    }
    Ok(())
}
