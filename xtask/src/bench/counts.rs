//! Whether the totals of an experiment are exact while workerd is killed, and how long its page takes:
//! `tests/load/experiments.mjs` drives the built system and counts for itself.

use anyhow::Result;
use clap::Args;

use super::script;

#[derive(Args)]
pub struct Options {
    /// Print one JSON object instead of a table
    #[arg(long)]
    json: bool,
    /// How many visitors come
    #[arg(long, default_value_t = 100_000)]
    visitors: u32,
    /// How often workerd is killed
    #[arg(long, default_value_t = 20)]
    kills: u32,
    /// What their ids and deeds follow from
    #[arg(long, default_value_t = 1)]
    seed: u32,
}

/// Fails where a total is not what the recount says.
pub fn run(options: &Options) -> Result<()> {
    script::measure("experiments.mjs", &[options.visitors, options.kills, options.seed], options.json)
}
