//! The desk under load, as a person sees it: `tests/load/desk.mjs` drives the built system and Chromium.

use anyhow::Result;
use clap::Args;

use super::script;

#[derive(Args)]
pub struct Options {
    /// Print one JSON object instead of a table
    #[arg(long)]
    json: bool,
    /// How many items are open
    #[arg(long, default_value_t = 10_000)]
    items: u32,
    /// How long submissions arrive
    #[arg(long, default_value_t = 30)]
    seconds: u32,
    /// How often a connection is lost
    #[arg(long, default_value_t = 100)]
    disconnects: u32,
}

pub fn run(options: &Options) -> Result<()> {
    script::measure("desk.mjs", &[options.items, options.seconds, options.disconnects], options.json)
}
