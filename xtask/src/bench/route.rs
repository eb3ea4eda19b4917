//! What a routing decision costs: 200 rules, and a pool of 200 members that picks by fair share, natively and as wasm by the
//! edge's profile.

use anyhow::Result;
use clap::Args;
use serde_json::Value;

use super::Scratch;
use super::both::{self, Work};
use crate::setup;
use crate::stop::Stop;

const WORK: [Work; 2] = [
    Work { name: "route", what: "200 rules, 200 members, matched at any depth", rounds: 5_000 },
    Work { name: "route_last", what: "the same, matched by the last rule", rounds: 5_000 },
];

#[derive(Args)]
pub struct Options {
    /// Print one JSON object instead of a table
    #[arg(long)]
    json: bool,
}

pub fn run(options: &Options) -> Result<()> {
    let tools = setup::for_building()?;
    let stop = Stop::listen()?;
    let scratch = Scratch::new("route")?;
    let lines = both::compare(&tools, &scratch, &stop, &WORK)?;
    if options.json {
        println!("{}", Value::Object(both::to_json(&lines)));
    } else {
        both::print(&lines);
    }
    Ok(())
}
