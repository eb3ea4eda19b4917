//! The native side of the benchmark: one JSON object with the nanoseconds of each piece of work, and its sum.

#![allow(clippy::print_stdout, reason = "a command line tool speaks on standard output")]

use std::process::ExitCode;
use std::time::Instant;

use domain_bench::Bench;
use serde_json::{Map, Value, json};

const BATCHES: u32 = 10;

fn main() -> ExitCode {
    let rounds = |argument: String| {
        let (name, rounds) = argument.split_once('=')?;
        Some((name.to_owned(), rounds.parse::<u32>().ok()?))
    };
    let work: Option<Vec<(String, u32)>> = std::env::args().skip(1).map(rounds).collect();
    let (Some(mut bench), Some(work)) = (Bench::ready(), work) else {
        eprintln!("usage: domain-bench WORK=ROUNDS...");
        return ExitCode::FAILURE;
    };
    let timed = work.into_iter().map(|(name, rounds)| {
        let measured = timed(rounds, |rounds| bench.run(&name, rounds));
        (name, measured)
    });
    println!("{}", Value::Object(timed.collect::<Map<_, _>>()));
    ExitCode::SUCCESS
}

/// Does the work in ten batches; the fastest counts, since whatever else the machine does only makes one slower.
fn timed(rounds: u32, mut work: impl FnMut(u32) -> f64) -> Value {
    let (mut fastest, mut sum) = (f64::INFINITY, 0.0);
    for _ in 0..BATCHES {
        let clock = Instant::now();
        sum += work(rounds / BATCHES);
        fastest = fastest.min(clock.elapsed().as_secs_f64() * 1e9 / f64::from(rounds / BATCHES));
    }
    json!({ "ns": fastest, "sum": sum })
}
