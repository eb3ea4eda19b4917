//! The product's own work, natively and as wasm by the edge's profile, side by side.
//!
//! Both sides run the same rounds and must come to the same sums, to the bit. They take turns, four each, and of
//! each the fastest counts: whatever else the machine did can only have made it slower.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde_json::{Map, Value, json};

use super::Scratch;
use crate::build::wasm::{FEATURES, TARGET};
use crate::setup::Tools;
use crate::stop::Stop;
use crate::{paths, run};

const CRATE: &str = "domain-bench";
/// How often each side has its turn.
const TURNS: u32 = 4;

/// A piece of work.
#[derive(Clone, Copy)]
pub struct Work {
    /// As the crate knows it.
    pub name: &'static str,
    /// In plain words.
    pub what: &'static str,
    /// How often it is done.
    pub rounds: u32,
}

/// What one costs, in nanoseconds.
pub struct Line {
    work: Work,
    native: f64,
    wasm: f64,
}

/// One piece of work on one side.
struct Cost {
    ns: f64,
    sum: f64,
}

/// Measures each on both sides.
pub fn compare(tools: &Tools, scratch: &Scratch, stop: &Stop, work: &[Work]) -> Result<Vec<Line>> {
    let native = run::timed("building the native side", native)?;
    let module = run::timed("building the wasm side", || wasm(tools, scratch.path()))?;
    let rounds: Vec<String> = work.iter().map(|work| format!("{}={}", work.name, work.rounds)).collect();
    let on_native = || costs(run::program(&native).args(&rounds), CRATE, work);
    let script = paths::root().join("tests/load/domain/run.cjs");
    // What V8 comes to after a while: here there is no time to wait until it has compiled what runs often.
    let on_wasm =
        || costs(run::program("node").arg("--no-liftoff").arg(&script).arg(&module).args(&rounds), "node", work);
    let (mut natively, mut as_wasm) = (Vec::new(), Vec::new());
    for turn in 0..TURNS {
        if stop.asked() {
            bail!("stopped");
        }
        if turn % 2 == 0 {
            natively.push(on_native()?);
            as_wasm.push(on_wasm()?);
        } else {
            as_wasm.push(on_wasm()?);
            natively.push(on_native()?);
        }
    }
    let line = |(at, work): (usize, &Work)| {
        let best = |runs: &[Vec<Cost>]| {
            let costs = runs.iter().filter_map(|run| run.get(at)).map(|cost| cost.ns);
            costs.fold(f64::INFINITY, f64::min)
        };
        let mut sums = natively.iter().chain(&as_wasm).map(|run| run.get(at).map(|cost| cost.sum.to_bits()));
        let first = sums.next();
        if sums.any(|sum| Some(sum) != first) {
            bail!("{} comes to another sum natively than as wasm", work.name);
        }
        Ok(Line { work: *work, native: best(&natively), wasm: best(&as_wasm) })
    };
    work.iter().enumerate().map(line).collect()
}

/// As a table, on standard output.
pub fn print(lines: &[Line]) {
    println!("{:<14} {:<46} {:>10} {:>10} {:>7}", "", "", "native us", "wasm us", "ratio");
    for Line { work, native, wasm } in lines {
        let Work { name, what, .. } = work;
        println!("{name:<14} {what:<46} {:>10.3} {:>10.3} {:>7.2}", native / 1e3, wasm / 1e3, wasm / native);
    }
}

/// As JSON, by name.
pub fn to_json(lines: &[Line]) -> Map<String, Value> {
    let line = |Line { work, native, wasm }: &Line| {
        let ratio = (wasm / native * 1_000.0).round() / 1_000.0;
        (work.name.to_owned(), json!({ "native_ns": native.round(), "wasm_ns": wasm.round(), "ratio": ratio }))
    };
    lines.iter().map(line).collect()
}

fn native() -> Result<PathBuf> {
    run::quietly(run::cargo().args(["build", "--release", "--package", CRATE, "--bins"]), "cargo build")?;
    Ok(paths::target().join("release").join(CRATE))
}

/// The module for Node, as the edge's is made: the same profile, then wasm-opt.
fn wasm(tools: &Tools, scratch: &Path) -> Result<PathBuf> {
    let lib = ["build", "--release", "--target", TARGET, "--package", CRATE, "--lib"];
    run::quietly(run::cargo().args(lib), "cargo build")?;
    let compiled = paths::target().join(TARGET).join("release/domain_bench.wasm");
    let folder = scratch.join("module");
    run::quietly(
        run::program(&tools.wasm_bindgen)
            .args(["--target", "nodejs", "--no-typescript", "--out-name", "bench", "--out-dir"])
            .arg(&folder)
            .arg(&compiled),
        "wasm-bindgen",
    )?;
    let module = folder.join("bench_bg.wasm");
    run::quietly(
        run::program(&tools.npm.wasm_opt).arg("-O").args(FEATURES).arg(&module).arg("-o").arg(&module),
        "wasm-opt",
    )?;
    // Its glue is CommonJS, whatever the folders around it say of theirs.
    std::fs::write(folder.join("package.json"), r#"{"type":"commonjs"}"#)
        .context("cannot write the module's package")?;
    Ok(folder.join("bench.js"))
}

/// What one side measured, in the order of the work.
fn costs(command: &mut std::process::Command, what: &str, work: &[Work]) -> Result<Vec<Cost>> {
    let text = run::read(command, what)?;
    let said: Value = serde_json::from_str(text.trim()).with_context(|| format!("{what} said: {text}"))?;
    let number = |name: &str, part: &str| said.get(name)?.get(part)?.as_f64();
    let cost = |work: &Work| Some(Cost { ns: number(work.name, "ns")?, sum: number(work.name, "sum")? });
    work.iter().map(cost).collect::<Option<Vec<Cost>>>().with_context(|| format!("{what} left something out: {text}"))
}
