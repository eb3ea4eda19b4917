//! How often the product's statistics are wrong, and how often they find what is there: simulated, by a seed.
//!
//! Unlike a duration, such a figure does not hang on what else the machine does, so this bench ends with 1 where one is missed.

use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Args;
use serde_json::Value;

use crate::{paths, run};

const PROGRAM: &str = "stats-bench";

#[derive(Args)]
pub struct Options {
    /// Print one JSON object instead of a table
    #[arg(long)]
    json: bool,
    /// Simulations of each figure
    #[arg(long, default_value_t = 10_000)]
    simulations: u32,
}

pub fn run(options: &Options) -> Result<ExitCode> {
    let build = ["build", "--release", "--package", "domain-bench", "--bin", PROGRAM];
    run::timed("building the simulations", || run::quietly(run::cargo().args(build), "cargo build"))?;
    let program = paths::target().join("release").join(PROGRAM);
    let text = run::read(run::program(&program).arg(options.simulations.to_string()), PROGRAM)?;
    let said: Value = serde_json::from_str(text.trim()).with_context(|| format!("{PROGRAM} said: {text}"))?;
    let figures = said.get("figures").and_then(Value::as_array).context("there are no figures")?;
    let missed = figures.iter().filter(|figure| figure.get("met").and_then(Value::as_bool) != Some(true)).count();
    if options.json {
        println!("{said}");
    } else {
        print(figures);
        println!("{} figures, {missed} missed", figures.len());
    }
    Ok(if missed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn print(figures: &[Value]) {
    println!("{:<78} {:>8}  {:<16} {:>8}", "", "measured", "wanted", "of");
    for figure in figures {
        let number = |name: &str| figure.get(name).and_then(Value::as_f64);
        let per_cent = |name: &str| number(name).map_or_else(String::new, |it| format!("{:.2} %", it * 100.0));
        let wanted = match figure.get("wanted").and_then(Value::as_str) {
            Some("at_most") => format!("at most {}", per_cent("limit")),
            Some("at_least") => format!("at least {}", per_cent("limit")),
            _ => "(to compare)".to_owned(),
        };
        let mark = if figure.get("met").and_then(Value::as_bool) == Some(true) { "" } else { "  MISSED" };
        let name = figure.get("name").and_then(Value::as_str).unwrap_or_default();
        let of = number("simulations").unwrap_or_default();
        println!("{name:<78} {:>8}  {wanted:<16} {of:>8}{mark}", per_cent("value"));
    }
}
