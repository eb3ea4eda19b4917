//! `cargo xtask bench`: numbers and ratios, never verdicts. What a number should be is in the design; a busy machine must not
//! fail a build. Only `stats` and `counts` say whether their figures are met: they are by a seed, and no clock is in them.
//!
//! The table goes to standard output, or one JSON object instead of it; everything else to standard error.

mod both;
mod counts;
mod desk;
mod disk;
mod load;
mod peer;
mod route;
mod score;
mod script;
mod size;
mod stats;
mod submit;
mod widget;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::setup::Tools;
use crate::stop::Stop;
use crate::workerd::{self, Data, Server};
use crate::{build, paths, seed};

#[derive(Args)]
pub struct Options {
    #[command(subcommand)]
    bench: Bench,
}

#[derive(Subcommand)]
enum Bench {
    /// Bytes that a visitor downloads until a form is visible
    Size(size::Options),
    /// A card of 100 rules on 200 signals, a prediction, an outcome learnt: natively and as wasm; a replay of 10,000 items
    Score(score::Options),
    /// 100,000 synthetic visitors of an experiment while workerd is killed: its totals, against a recount; ends with 1 where they differ
    Counts(counts::Options),
    /// A queue of 10,000 open items in Chromium, fifty consoles at 20 submissions a second, and a hundred lost connections
    Desk(desk::Options),
    /// A routing decision by 200 rules among 200 members: natively and as wasm
    Route(route::Options),
    /// False alarms, power and coverage of experiments' statistics, simulated; ends with 1 where a figure is missed
    Stats(stats::Options),
    /// Inquiries a second, scored, routed and committed, against the same job in TypeScript
    Submit(submit::Options),
    /// What a page pays for the widget in Chromium, against posthog-js surveys and a form written by hand
    Widget(widget::Options),
}

pub fn run(options: &Options) -> Result<ExitCode> {
    match &options.bench {
        Bench::Size(options) => size::run(options),
        Bench::Score(options) => score::run(options),
        Bench::Counts(options) => counts::run(options),
        Bench::Desk(options) => desk::run(options),
        Bench::Route(options) => route::run(options),
        Bench::Stats(options) => return stats::run(options),
        Bench::Submit(options) => submit::run(options),
        Bench::Widget(options) => widget::run(options),
    }
    .map(|()| ExitCode::SUCCESS)
}

/// What is signed with for a receiver that does not exist.
const NOBODYS_SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYqr";

/// A folder that is gone afterwards. It is in `target`, on a real disk: a folder in memory would flatter every commit.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Result<Self> {
        let folder = paths::target().join(format!("bench/{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
        Ok(Self(folder))
    }

    fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Usher itself, built, seeded and serving an empty workspace.
fn usher(tools: &Tools, scratch: &Scratch, stop: &Stop) -> Result<Server> {
    build::all(tools, build::Mode::Release, build::Say::Work)?;
    serve(tools, &scratch.path().join("usher"), workerd::free_ports()?, stop)
}

/// Usher as it was built, on a folder of its own, which is seeded unless it was before; it keeps to the ports that it had then.
fn serve(tools: &Tools, folder: &Path, [port, partner_port]: [u16; 2], stop: &Stop) -> Result<Server> {
    let data = Data::open(folder)?;
    let options = workerd::Options {
        mode: build::Mode::Release,
        port,
        partner_port,
        allow_private_destinations: false,
        trust_certificate: None,
        faults: false,
        turnstile_verify_url: None,
        console_host: None,
        password_iterations: None,
    };
    let server = Server::start(tools, &data, &options, stop)?;
    // A bench brings more in a minute than a site usually brings in a day: beyond its limit all would be held, then refused.
    let limits = json!({ "submissions_per_day": 1_000_000, "per_address": 1_000_000 });
    // Its outbox is written like the peer's, and like the peer's reaches nobody: no such name exists (RFC 2606, 3).
    let nobody = json!({ "id": "nobody", "to": { "webhook": { "url": "https://nobody.example.com/", "secret": NOBODYS_SECRET } } });
    seed::workspace_with(&server, |workspace| {
        if let Some(workspace) = workspace.as_object_mut() {
            workspace.insert("destinations".to_owned(), json!([nobody]));
        }
        for site in workspace.get_mut("sites").and_then(Value::as_array_mut).into_iter().flatten() {
            if let Some(site) = site.as_object_mut() {
                site.insert("limits".to_owned(), limits.clone());
            }
        }
    })?;
    Ok(server)
}
