//! `cargo xtask eval`: the very code that the product runs, on vectors and streams that others wrote.
//!
//! One JSON object on standard output and nothing else there. How many cases fail is a result, not an error: what ends
//! with 1 is a file that cannot be read, and of `assign` and `stats`, whose every case is to pass, one that fails.
//! Not here: which cases there are, and whether a result is good enough.

mod assign;
mod conditions;
mod decisions;
mod scoring;
mod stats;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::{Args, Subcommand};
use serde_json::Value;

#[derive(Args)]
pub struct Options {
    #[command(subcommand)]
    eval: Eval,
}

#[derive(Subcommand)]
enum Eval {
    /// Assignment: GrowthBook's cases.json, in total and by section; ends with 1 where a case fails
    Assign(File),
    /// Conditions: [name, condition, attributes, expected, saved groups], as GrowthBook's cases.json has them
    Conditions(File),
    /// Decisions: leads that nobody is, scored and routed by a workspace; `cargo xtask faults R22` compares them with the edge's
    Decisions(File),
    /// Statistics: every expected number of such a file; ends with 1 where one is not met
    Stats(File),
    /// Scoring: a stream of leads in the order of arrival, each scored before its outcome is learnt
    Scoring(scoring::Options),
}

#[derive(Args)]
struct File {
    /// A JSON file: a list of cases, or an object that has the list under the name that GrowthBook gives it
    file: PathBuf,
}

pub fn run(options: &Options) -> Result<ExitCode> {
    let result = match &options.eval {
        Eval::Assign(options) => return options.passed(assign::run),
        Eval::Stats(options) => return options.passed(stats::run),
        Eval::Conditions(options) => options.evaluated(conditions::run)?,
        Eval::Decisions(options) => options.evaluated(decisions::run)?,
        Eval::Scoring(options) => scoring::run(options)?,
    };
    println!("{result}");
    Ok(ExitCode::SUCCESS)
}

impl File {
    /// Prints what an evaluation says; well only where nothing failed.
    fn passed(&self, run: fn(&Value) -> Result<Value>) -> Result<ExitCode> {
        let result = self.evaluated(run)?;
        println!("{result}");
        let is_well = result.get("failed").and_then(Value::as_u64) == Some(0);
        Ok(if is_well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    /// What an evaluation says of the JSON in the file.
    fn evaluated(&self, run: fn(&Value) -> Result<Value>) -> Result<Value> {
        let file = self.file.display();
        let text = std::fs::read_to_string(&self.file).with_context(|| format!("cannot read {file}"))?;
        let json = serde_json::from_str(&text).with_context(|| format!("{file} is not JSON"))?;
        run(&json).with_context(|| format!("{file} does not hold such cases"))
    }
}

/// The list of cases: the whole file, or what it has under this name.
fn cases<'a>(json: &'a Value, name: &str) -> Result<&'a [Value]> {
    let list = json.as_array().or_else(|| json.get(name).and_then(Value::as_array));
    list.map(Vec::as_slice)
        .with_context(|| format!("it is neither a list of cases nor an object with a list \"{name}\""))
}
