//! A script under `tests/load` that drives the built system and prints what it measured as one JSON object.

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::{build, paths, run, serve, setup};

/// Runs one with these numbers, and prints what it measured: as it is, or as a table.
pub fn measure(script: &str, numbers: &[u32], is_json: bool) -> Result<()> {
    let tools = setup::for_testing()?;
    build::all(&tools, build::Mode::Release, build::Say::Work)?;
    let numbers: Vec<String> = numbers.iter().map(u32::to_string).collect();
    let text = run::read(
        run::program("node")
            .args(["--no-warnings", "--experimental-websocket"])
            .arg(paths::root().join("tests/load").join(script))
            .args(&numbers)
            .env("USHER_XTASK", run::this_program()?)
            .env(serve::AS_BUILT, "1"),
        &format!("node tests/load/{script}"),
    )?;
    if is_json {
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
