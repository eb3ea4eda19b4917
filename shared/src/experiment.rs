//! Experiments: who sees which arm, and what came of it.
//!
//! An experiment's arms are whole prompts. [`assign`] puts somebody into an arm by a hash of their id, so that the same
//! visitor sees the same thing and nothing has to be remembered; [`report`] says from totals alone what stands, at whatever
//! moment one asks. It knows no prompt, no storage, no clock and no chance: whoever is asked, the answer is the same.
//!
//! ```
//! use serde_json::json;
//! use shared::experiment::{Anybody, Experiment, assign};
//! let source = serde_json::from_value(json!({
//!     "key": "shorter", "status": "running",
//!     "arms": [{ "key": "now", "weight": 0.5 }, { "key": "short", "weight": 0.5 }],
//! })).unwrap();
//! let experiment = Experiment::parse(&source).unwrap();
//! let visitor = json!({ "visitor": "v_81" });
//! let anybody = Anybody::default();
//! let first = assign(&experiment, &anybody.subject(&visitor));
//! assert!(first.in_experiment);
//! assert_eq!(first, assign(&experiment, &anybody.subject(&visitor)));
//! ```
//!
//! **What decides.** Proportions by a gambler who is exact ([`Betting`]); everything else by confidence sequences on the absolute
//! scale ([`Sequence`]). Both hold at every look. Welch's test, posteriors and relative lifts are for reading. What cannot be
//! told is [`Inconclusive`], with its reason; nothing here is ever "not a number".

mod assign;
mod bandit;
mod bayes;
mod best;
mod betting;
mod definition;
mod effect;
mod hash;
mod inconclusive;
mod multiple;
mod power;
mod proportions;
mod query;
mod ranges;
mod read;
mod sample_ratio;
mod sequence;
pub mod special;
mod sticky;
#[cfg(test)]
mod tests;
mod totals;
mod verdict;
mod welch;

use std::collections::BTreeMap;

use serde_json::Value;

use crate::condition::SavedGroups;

pub use assign::{Assignment, Mode, Subject, Why, assign};
pub use bandit::{Allocation, FLOOR, allocate, floored};
pub use bayes::{Better, Posterior, Prior, posterior};
pub use best::{Belief, chances};
pub use betting::{Batch, Betting};
pub use definition::{Experiment, Filter, Gate, Requirement, Status, overlaps};
pub use effect::{Effect, Interval, Scale};
pub use hash::{HashVersion, bucket, unit};
pub use inconclusive::Inconclusive;
pub use multiple::{Correction, corrected};
pub use power::{Plan, days};
pub use proportions::{Believed, Counts, believed, chi_square, fisher, newcombe, pooled_z};
pub use query::forced_by;
pub use ranges::{Namespace, Range, bucket_ranges, choose, equal_weights};
pub use read::{filters, range, version};
pub use sample_ratio::{BROKEN_FACTOR, BROKEN_P, Looked, Phase, Watched, once, watched};
pub use sequence::{Sequence, Tuning};
pub use sticky::{Document, Documents, Versions};
pub use totals::{Moments, Sums, Totals, theta};
pub use verdict::{
    Broken, Call, Estimate, Guardrail, MOST_CROSSED, Method, Metric, Reading, Report, Standing, Verdict, report,
};
pub use welch::{Test, greater, two_sided};

/// What there is to say of somebody of whom nothing else is known: no groups, no arm that was chosen for them.
#[derive(Debug, Clone, Default)]
pub struct Anybody {
    groups: SavedGroups,
    required: BTreeMap<String, Value>,
    forced: BTreeMap<String, i64>,
}

impl Anybody {
    /// Somebody with these ids and facts.
    pub fn subject<'a>(&'a self, attributes: &'a Value) -> Subject<'a> {
        let Self { groups, required, forced } = self;
        Subject { attributes, groups, sticky: None, required, editor_url: "", forced, mode: Mode::Usual }
    }
}
