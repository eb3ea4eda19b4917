//! The native side of the benchmark: one JSON object with the nanoseconds of each piece of work, and its sum.

#![allow(clippy::print_stdout, reason = "a command line tool speaks on standard output")]

use std::process::ExitCode;
use std::time::Instant;

use score_bench::Bench;
use serde_json::{Value, json};

const BATCHES: u32 = 10;

fn main() -> ExitCode {
    let rounds: Option<Vec<u32>> = std::env::args().skip(1).map(|argument| argument.parse().ok()).collect();
    let (Some(mut bench), Some([score, predict, learn])) = (Bench::ready(), rounds.as_deref()) else {
        eprintln!("usage: score-bench SCORES PREDICTIONS OUTCOMES");
        return ExitCode::FAILURE;
    };
    let measured = json!({
        "score": timed(*score, |rounds| bench.score(rounds)),
        "score_signals": timed(*score, |rounds| bench.score_signals(rounds)),
        "predict": timed(*predict, |rounds| bench.predict(rounds)),
        "learn": timed(*learn, |rounds| bench.learn(rounds)),
    });
    println!("{measured}");
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
