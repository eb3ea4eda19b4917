//! Inquiries a second: parsed, scored, routed and committed, by Usher and by its peers on the same `workerd` and disk. There are two
//! of them: what is to be reached is the one that writes the same rows; the other writes as few as the job could be done with.
//!
//! Runs are interleaved (peers, Usher, floor, Usher, peers), because a machine's speed moves more from minute to minute than they
//! differ. Only the ratio travels from one machine to another; and the shares of what the machine could do in that minute: of
//! requests that nothing is done about (`tests/load/peer/floor.js`), and of writes to the disk, one after the other.

mod stored;

use anyhow::{Context, Result, bail};
use clap::Args;
use serde_json::{Value, json};

use super::load::{Load, Measured};
use super::peer::{Peer, Rows};
use super::{Scratch, disk};
use crate::stop::Stop;
use crate::{seed, setup};

/// How many connections are kept busy, one pass after the other.
const CONNECTIONS: [u32; 2] = [16, 64];
/// Long enough for V8 to have compiled what it runs often.
const WARM_UP_SECONDS: u32 = 3;
/// The form that is posted to.
const FORM: &str = "/v1/forms/pk_demo_platform/inquiry";

#[derive(Args)]
pub struct Options {
    /// Print one JSON object instead of a table
    #[arg(long)]
    json: bool,
    /// How long each run takes
    #[arg(long, default_value_t = 10)]
    seconds: u32,
    /// Compare a desk that has so many items with an empty one instead: 1000000 takes 12 GB of disk and some minutes
    #[arg(long)]
    stored: Option<u32>,
}

/// Runs, one right after the other.
struct Pair {
    connections: u32,
    usher: Measured,
    /// The peer that writes the same rows.
    peer: Measured,
    /// The one that writes few.
    few: Measured,
    /// Requests that nothing is done about.
    floor: Measured,
    /// What the disk could do just before.
    disk_syncs: f64,
}

pub fn run(options: &Options) -> Result<()> {
    let tools = setup::for_load()?;
    let stop = Stop::listen()?;
    let scratch = Scratch::new("submit")?;
    let usher = super::usher(&tools, &scratch, &stop)?;
    if let Some(items) = options.stored {
        return stored::run(&tools, &scratch, &stop, (&usher, items), options);
    }
    let peer = Peer::start(&tools, &scratch, Rows::Same, &usher.origin)?;
    let few = Peer::start(&tools, &scratch, Rows::Few, &usher.origin)?;
    let usher_form = format!("{}{FORM}", usher.origin_by_ip);
    let [peer_form, few_form] = [&peer, &few].map(|peer| format!("{}{FORM}", peer.origin));
    for form in [&usher_form, &peer_form, &few_form] {
        answers_with_a_receipt(form, &usher.origin)?;
    }

    let measure = |address: &str, connections: u32, seconds: u32| {
        if stop.asked() {
            bail!("stopped");
        }
        let load = Load { address, origin: &usher.origin, connections, seconds };
        load.run()
    };
    let mut pairs = Vec::new();
    for connections in CONNECTIONS {
        // Whom `wrk` leaves at the end of a run keeps their place with Usher for five seconds: it is never asked twice in a row.
        for form in [&peer_form, &few_form, &usher_form] {
            measure(form, connections, WARM_UP_SECONDS)?;
        }
        eprintln!("  {connections} connections, 7 runs of {} s", options.seconds);
        let run = |form: &String| measure(form, connections, options.seconds);
        let disk_syncs = disk::syncs_per_second(&scratch)?;
        let (same, lean, usher) = (run(&peer_form)?, run(&few_form)?, run(&usher_form)?);
        let floor = run(&peer.floor)?;
        pairs.push(Pair { connections, usher, peer: same, few: lean, floor, disk_syncs });
        let disk_syncs = disk::syncs_per_second(&scratch)?;
        let (usher, lean, same) = (run(&usher_form)?, run(&few_form)?, run(&peer_form)?);
        pairs.push(Pair { connections, usher, peer: same, few: lean, floor, disk_syncs });
    }
    if options.json {
        let runs: Vec<Value> = pairs.iter().map(Pair::as_json).collect();
        println!("{}", json!({ "seconds": options.seconds, "runs": runs }));
    } else {
        print_table(&pairs);
    }
    Ok(())
}

impl Pair {
    fn as_json(&self) -> Value {
        json!({
            "connections": self.connections,
            "usher_rps": self.usher.rps,
            "peer_rps": self.peer.rps,
            "ratio": share(self.usher.rps, self.peer.rps),
            "usher_p99_ms": self.usher.p99_ms,
            "peer_p99_ms": self.peer.p99_ms,
            "few_rows_rps": self.few.rps,
            "few_rows_ratio": share(self.usher.rps, self.few.rps),
            "few_rows_p99_ms": self.few.p99_ms,
            "floor_rps": self.floor.rps,
            "floor_p99_ms": self.floor.p99_ms,
            "disk_syncs_per_second": self.disk_syncs.round(),
            "usher_of_floor": share(self.usher.rps, self.floor.rps),
            "peer_of_floor": share(self.peer.rps, self.floor.rps),
            "usher_of_disk": share(self.usher.rps, self.disk_syncs),
            "peer_of_disk": share(self.peer.rps, self.disk_syncs),
        })
    }
}

/// A part of a whole, to a thousandth.
fn share(part: f64, whole: f64) -> f64 {
    (part / whole * 1000.0).round() / 1000.0
}

fn print_table(pairs: &[Pair]) {
    println!(
        "{:>11} {:>9} {:>9} {:>6} {:>9} {:>6} {:>14} {:>9} {:>12} {:>10} {:>10}",
        "connections",
        "usher rps",
        "peer rps",
        "ratio",
        "few rows",
        "ratio",
        "p99 ms u/p/f",
        "floor rps",
        "floor p99 ms",
        "of floor",
        "of disk"
    );
    for Pair { connections, usher, peer, few, floor, disk_syncs } in pairs {
        // Usher's share, and the peer's.
        let shares = |whole: f64| format!("{:.2}/{:.2}", usher.rps / whole, peer.rps / whole);
        let p99 = format!("{:.0}/{:.0}/{:.0}", usher.p99_ms, peer.p99_ms, few.p99_ms);
        println!(
            "{connections:>11} {:>9.0} {:>9.0} {:>6.2} {:>9.0} {:>6.2} {p99:>14} {:>9.0} {:>12.1} {:>10} {:>10}",
            usher.rps,
            peer.rps,
            usher.rps / peer.rps,
            few.rps,
            usher.rps / few.rps,
            floor.rps,
            floor.p99_ms,
            shares(floor.rps),
            shares(*disk_syncs)
        );
    }
}

/// One inquiry by hand, so that a refusal is read here and not counted by the thousand.
fn answers_with_a_receipt(form: &str, origin: &str) -> Result<()> {
    let body = json!({
        "submission_id": "00000000-0000-4000-8000-000000000001",
        "values": { "name": "Ada Example", "email": "ada@company.example.com", "message": "We would like to compare two plans." },
        "page": { "url": format!("{origin}/pricing/"), "title": "Pricing", "referrer": "" },
        "signals": [],
    });
    let mut response = seed::agent()
        .post(form)
        .header("origin", origin)
        .header("content-type", "text/plain;charset=UTF-8")
        .send(body.to_string().as_bytes())
        .with_context(|| format!("POST {form} got no answer"))?;
    let text = response.body_mut().read_to_string().unwrap_or_default();
    if response.status().as_u16() != 200 {
        bail!("POST {form} was refused: {} {text}", response.status());
    }
    eprintln!("  {form} answers {}", text.trim());
    Ok(())
}
