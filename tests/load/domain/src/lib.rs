//! The product's own work, the same natively and as wasm, each piece with a sum that must come out the same. Not here: the
//! clock, which whoever calls has.

mod routing;
mod scoring;

use serde_json::Value;
use wasm_bindgen::prelude::wasm_bindgen;

use routing::Routing;
use scoring::Scoring;

const WORKSPACE: &str = include_str!("../../../../demo/workspace.json");

/// Everything that is measured, ready to run.
#[wasm_bindgen]
pub struct Bench {
    scoring: Scoring,
    routing: Routing,
}

#[wasm_bindgen]
impl Bench {
    /// Makes everything ready. Nothing, where the demo workspace has become something else.
    pub fn ready() -> Option<Bench> {
        Some(Self { scoring: Scoring::ready()?, routing: Routing::ready()? })
    }

    /// Does one piece of work so many times; answers with its sum, which is no number where there is no such work.
    pub fn run(&mut self, name: &str, rounds: u32) -> f64 {
        match name {
            "score" => self.scoring.score(rounds),
            "score_signals" => self.scoring.score_signals(rounds),
            "predict" => self.scoring.predict(rounds),
            "learn" => self.scoring.learn(rounds),
            "route" => self.routing.route(rounds),
            "route_last" => self.routing.route_last(rounds),
            _ => f64::NAN,
        }
    }
}

/// The demo workspace.
fn demo() -> Option<Value> {
    let filled = WORKSPACE
        .replace("__USHER_ORIGIN_IP__", "http://127.0.0.1:1")
        .replace("__USHER_ORIGIN__", "http://localhost:1")
        .replace("__PARTNER_ORIGIN_IP__", "http://127.0.0.1:2")
        .replace("__PARTNER_ORIGIN__", "http://localhost:2");
    serde_json::from_str(&filled).ok()
}

fn times(rounds: u32) -> usize {
    usize::try_from(rounds).unwrap_or(usize::MAX)
}
