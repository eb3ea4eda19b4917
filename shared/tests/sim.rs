//! Promise R16: a desk in a world that goes wrong, by a seed, with a clock of its own. Whatever happens in it, what
//! `sim/rules.rs` says is true after every step, and once nothing goes wrong any more everything comes to its end. The same seed
//! does the same: two runs have the same hash of every step and of the disk at the end.
//!
//! The rules are the product's: `desk::decide` and `desk::act` on the demo's workspace, `Submission::parse`,
//! `delivery::{schedule, breaker, message}`, `lifecycle::read`, `fate`. What is around them is a **model** of the steps of
//! `edge/src/desk_do`, which runs in workerd alone. What ties each step of it to the real one:
//!
//! | step | the real one is shown by |
//! | --- | --- |
//! | a submission, its repeats, its receipt | `tests/http/submit.test.mjs`, `tests/faults/r01-r02-kill.mjs`, `r03-once.mjs` |
//! | a statement fails, the rest is undone | `tests/faults/r18-statements.mjs` |
//! | the alarm: set, late, repeated, after a restart | `tests/http/faults.test.mjs`, `tests/faults/r06-r07-alarm.mjs` |
//! | deliveries, their schedule, the breaker, replays | `tests/http/delivery.test.mjs`, `tests/faults/r04-receivers.mjs` |
//! | the platform's events | `tests/http/platform.test.mjs` |
//! | owners and their history | `tests/http/race.test.mjs` |
//!
//! Not in it: review, timers and promises, rating again, experiments, merging people, files, the journal, consoles, and that
//! what was delivered is deleted after thirty days. `sim/bug.rs` has bugs that are planted one at a time: each must be found.
//!
//! `USHER_SEEDS=1000000 cargo test --release -p shared --test sim -- --nocapture` runs more; `USHER_SEED=7` begins elsewhere;
//! `USHER_PLANT=no-alarm` plants a bug. A seed that fails is run once more, and prints each step.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    missing_docs,
    reason = "a test may fail by panicking, and says what it did"
)]
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "what is made here is small"
)]
#![cfg(not(target_arch = "wasm32"))]

#[path = "sim/bug.rs"]
mod bug;
#[path = "sim/desk.rs"]
mod desk;
#[path = "sim/disk.rs"]
mod disk;
#[path = "sim/rules.rs"]
mod rules;
mod seed;
#[path = "sim/world.rs"]
mod world;

use std::collections::BTreeMap;
use std::time::Instant;

use serde_json::json;
use shared::config::Config;

use bug::Bug;
use world::{Run, run, tell};

const DEMO: &str = include_str!("../../demo/workspace.json");
/// Steps of a run of the tests: 16 µs each without optimisation, so seven seconds of one core. `r16-simulation.mjs` takes a million.
const STEPS: u64 = 400_000;
/// A planted bug is found within so many seeds, or the simulation shows nothing.
const SEEDS_FOR_A_BUG: u64 = 10_000;
/// What must have happened in the course of a run.
const HAPPENS: [&str; 21] = [
    "submission settled",
    "report answered",
    "delivery answered",
    "alarm",
    "alarm too many",
    "act",
    "delivery acted on",
    "resume",
    "crash before the commit",
    "crash after the commit",
    "eviction",
    "throw",
    "jump",
    "alarm given up",
    "delivered at once",
    "delivered after several tries",
    "given up after ten tries",
    "given up after five days of silence",
    "given up: gone",
    "given up: refused",
    "given up by hand",
];

#[test]
fn whatever_goes_wrong_the_rules_hold() {
    let config = demo();
    let bug = std::env::var("USHER_PLANT").ok();
    let bug = bug.map(|name| Bug::named(&name).unwrap_or_else(|| panic!("no bug is called {name}")));
    let seeds = of_environment("USHER_SEEDS");
    let first = of_environment("USHER_SEED").unwrap_or(1);
    let began = Instant::now();
    let (mut steps, mut count, mut replayed) = (0, 0, 0);
    let mut seen: BTreeMap<&str, u64> = BTreeMap::new();
    while seeds.map_or(steps < STEPS, |seeds| count < seeds) {
        let seed = first.wrapping_add(count);
        let done = run(&config, seed, bug);
        (steps, count) = (steps + u64::from(done.steps), count + 1);
        if let Some(broken) = done.broken {
            tell(&config, seed, bug);
            panic!("seed {seed}, step {}: {}", broken.step, broken.rule);
        }
        done.seen.into_iter().for_each(|(kind, times)| *seen.entry(kind).or_default() += u64::from(times));
        if count.is_multiple_of(500) {
            let again = run(&config, seed, bug);
            assert_eq!(again.hash, done.hash, "seed {seed} replays");
            replayed += 1;
        }
    }
    println!(
        "{count} seeds from {first}, {steps} steps, {replayed} replayed, 0 broken, in {:.1} s",
        began.elapsed().as_secs_f64()
    );
    println!("{seen:?}");
    if count >= 3_000 {
        for kind in HAPPENS {
            assert!(seen.contains_key(kind), "this does not happen: {kind}");
        }
    }
}

#[test]
fn every_seed_replays_exactly() {
    let config = demo();
    let hashes = |seed| {
        let Run { steps, hash, .. } = run(&config, seed, None);
        (steps, hash)
    };
    let all: Vec<_> = (0..20).map(hashes).collect();
    assert_eq!((0..20).map(hashes).collect::<Vec<_>>(), all);
    let different: std::collections::BTreeSet<_> = all.iter().map(|(_, hash)| hash).collect();
    assert_eq!(different.len(), all.len(), "each seed is a world of its own");
}

#[test]
fn every_planted_bug_is_found() {
    let config = demo();
    let mut latest = 0;
    for bug in Bug::ALL {
        let found = (1..=SEEDS_FOR_A_BUG).find_map(|seed| run(&config, seed, Some(bug)).broken.map(|it| (seed, it)));
        let Some((seed, broken)) = found else { panic!("{} is not found in {SEEDS_FOR_A_BUG} seeds", bug.name()) };
        println!("{}: seed {seed}, step {}: {}", bug.name(), broken.step, broken.rule);
        latest = latest.max(seed);
    }
    println!("{} of {} planted bugs found, the last of them by seed {latest}", Bug::ALL.len(), Bug::ALL.len());
}

/// The demo's workspace, which tells three others.
fn demo() -> Config {
    let filled = DEMO
        .replace("__USHER_ORIGIN__", "http://localhost:8787")
        .replace("__USHER_ORIGIN_IP__", "http://127.0.0.1:8787")
        .replace("__PARTNER_ORIGIN__", "http://localhost:8788")
        .replace("__PARTNER_ORIGIN_IP__", "http://127.0.0.1:8788");
    let mut workspace: serde_json::Value = serde_json::from_str(&filled).unwrap();
    let hook = |id: &str, events: &[&str]| {
        let secret = "whsec_ZnJlc2hmcmVzaGZyZXNoZnJlc2hmcmVzaGZyZXNoZnI=";
        let url = format!("https://{id}.example.com/hook");
        json!({ "id": id, "events": events, "to": { "webhook": { "url": url, "secret": secret } } })
    };
    let both = ["item.opened", "item.closed"];
    workspace["destinations"] = json!([hook("sales", &both), hook("data", &both), hook("crm", &["item.opened"])]);
    Config::parse(1, serde_json::from_value(workspace).unwrap()).unwrap()
}

fn of_environment(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap())
}
