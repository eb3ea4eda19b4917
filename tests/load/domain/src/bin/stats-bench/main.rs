//! Simulations of the product's own statistics, by a seed: how often they are wrong, how often they find what is there. One JSON
//! object: each figure with what it has to be. `cargo xtask bench stats` prints it.

#![allow(clippy::print_stdout, reason = "a command line tool speaks on standard output")]

mod arms;
mod bandit;
mod chance;
mod ratio;

use std::time::Instant;

use serde_json::{Value, json};

/// The seed of all of it.
const SEED: u64 = 20_261_121;
/// Base rates, in per cent: prompts live at the low end.
const RATES: [f64; 5] = [0.5, 1.0, 2.0, 5.0, 30.0];
/// Visitors of each arm.
const VISITORS: u64 = 20_000;
/// Visitors of each arm between two looks.
const LOOK: u64 = 200;

/// Simulations of each figure, unless one asks for another number: what is one in twenty is then known to a five-hundredth.
const TESTS: u32 = 10_000;

/// What a figure has to be.
#[derive(Clone, Copy)]
enum Wanted {
    AtMost(f64),
    AtLeast(f64),
    /// To compare with; nothing hangs on it.
    Shown,
}

/// A figure, of so many simulations.
struct Figure {
    name: String,
    value: f64,
    wanted: Wanted,
    simulations: u32,
}

fn main() {
    let tests = std::env::args().nth(1).and_then(|tests| tests.parse().ok()).unwrap_or(TESTS).max(100);
    let clock = Instant::now();
    let mut figures = Vec::new();
    let mut part = |name: &str, make: &dyn Fn() -> Vec<Figure>| {
        let started = Instant::now();
        figures.extend(make());
        eprintln!("  {name}: {:.0} s", started.elapsed().as_secs_f64());
    };
    part("A/A, a look after every visitor", &|| arms::false_alarms_by_visitor(tests));
    part("A/A, a look after every batch", &|| arms::false_alarms_by_batch(tests));
    part("A/A of means, a look after every visitor", &|| arms::false_alarms_of_means(tests / 4));
    part("power", &|| arms::power(tests));
    part("coverage", &|| arms::coverage(tests));
    part("sample ratio", &|| ratio::figures(tests));
    part("bandit", &|| bandit::figures(tests / 20));
    let figures: Vec<Value> = figures.iter().map(Figure::to_json).collect();
    println!("{}", json!({ "figures": figures, "seconds": clock.elapsed().as_secs_f64() }));
}

impl Figure {
    fn new(name: impl Into<String>, value: f64, wanted: Wanted, simulations: u32) -> Self {
        Self { name: name.into(), value, wanted, simulations }
    }

    /// A share of simulations.
    fn share(name: impl Into<String>, times: u32, wanted: Wanted, simulations: u32) -> Self {
        Self::new(name, f64::from(times) / f64::from(simulations), wanted, simulations)
    }

    fn to_json(&self) -> Value {
        let (sign, limit, is_met) = match self.wanted {
            Wanted::AtMost(most) => ("at_most", Some(most), self.value <= most),
            Wanted::AtLeast(least) => ("at_least", Some(least), self.value >= least),
            Wanted::Shown => ("shown", None, true),
        };
        json!({
            "name": self.name, "value": self.value, "wanted": sign, "limit": limit, "met": is_met,
            "simulations": self.simulations,
        })
    }
}
