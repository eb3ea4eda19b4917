//! What the console's Experiments page reads and writes, under `/v1/console/`. For members whose roles let them.
//!
//! | call | body | answer |
//! | --- | --- | --- |
//! | `GET experiments` | | [`ExperimentsView`] |
//! | `POST experiments` | [`ChangeExperiments`] | [`ExperimentsView`] as it is then; 422 `invalid_experiment` with fields, 409 `stale` |
//! | `POST experiments/check` | [`Experiment`] | [`Checked`](super::scoring::Checked) |
//! | `POST experiments/plan` | [`AskPlan`] | [`PlanView`] |
//! | `GET experiments/{key}` | | [`ExperimentView`] |
//! | `GET experiments/{key}/results.csv` | | the same totals, as CSV |
//!
//! A number that nobody can tell is absent, and beside it stands why.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::experiment::{Experiment, ExperimentStatus, Measure};
use super::prompt::Prompt;
use super::scoring::FactView;
use super::sites::Named;

/// All experiments, and what one can be made of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct ExperimentsView {
    /// The version of the configuration this is: a change names it, so that two people never overwrite each other.
    pub version: u32,
    /// Whether this member may change them.
    pub may_change: bool,
    /// The experiments: those that run, drafts, then those that ended, the latest first.
    pub experiments: Vec<ExperimentLine>,
    /// The prompts there are: a control is one of them.
    pub prompts: Vec<Prompt>,
    /// The forms that a prompt may lead to.
    pub forms: Vec<Named>,
    /// What an audience may read.
    pub facts: Vec<FactView>,
}

/// An experiment in the list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct ExperimentLine {
    /// Its key.
    pub key: String,
    /// What staff call it.
    pub name: String,
    /// What is to be learnt.
    pub question: String,
    /// The control's prompt.
    pub prompt: String,
    /// Where it stands.
    pub status: ExperimentStatus,
    /// What decides.
    pub metric: Measure,
    /// When it began: RFC 3339.
    pub started_at: Option<String>,
    /// When it ended.
    pub ended_at: Option<String>,
    /// The verdict's tag, as it is or as it was at the end; empty for a draft.
    pub verdict: String,
    /// The same in a sentence.
    pub says: String,
    /// What was learnt.
    pub learnt: String,
}

/// A change, and the version of the configuration it was made on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ChangeExperiments {
    /// The version that the member saw.
    pub version: u32,
    /// What is to change.
    pub change: ExperimentChange,
}

/// What is to change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(tag = "act", rename_all = "snake_case", deny_unknown_fields)]
pub enum ExperimentChange {
    /// Make a draft (its key is empty: it gets one from its name), or put another in the place of one.
    Save {
        /// What it is then.
        experiment: Box<Experiment>,
    },
    /// Begin: from now on visitors are assigned.
    Start {
        /// Which.
        key: String,
    },
    /// Let more visitors take part, or fewer, and by other weights. Whoever has an arm keeps it.
    Ramp {
        /// Which.
        key: String,
        /// The share of visitors who take part.
        coverage: f64,
        /// Of each arm, the control first.
        weights: Vec<f64>,
    },
    /// End it: everybody sees the control again.
    Stop {
        /// Which.
        key: String,
        /// What was learnt.
        #[serde(default)]
        learnt: String,
    },
    /// End it, and make an arm the prompt. The control may be it.
    Declare {
        /// Which.
        key: String,
        /// The arm's key.
        arm: String,
        /// What was learnt.
        #[serde(default)]
        learnt: String,
    },
    /// Write down what was learnt, of one that has ended.
    Note {
        /// Which.
        key: String,
        /// What was learnt.
        learnt: String,
    },
    /// Throw away a draft.
    Drop {
        /// Which.
        key: String,
    },
}

/// Asks how long an answer takes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AskPlan {
    /// The control's prompt.
    pub prompt: String,
    /// What decides.
    pub metric: Measure,
    /// How many arms.
    pub arms: u32,
    /// The share of visitors who take part.
    pub coverage: f64,
    /// The share of visitors who do it today; where absent, what was seen in the last 14 days.
    #[serde(default)]
    pub base: Option<f64>,
    /// The smallest change that is worth finding, relative to that.
    pub looks_for: f64,
}

/// How long an answer takes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct PlanView {
    /// Visitors who saw the prompt in a day, on average of the last 14.
    pub seen_a_day: f64,
    /// The share of them who pressed its button; absent where nobody saw it.
    pub opened: Option<f64>,
    /// The share that was reckoned with; absent where nobody knows it.
    pub base: Option<f64>,
    /// Visitors that each arm takes.
    pub each: Option<u64>,
    /// Days until they came, and until the last of them has had their time.
    pub days: Option<u32>,
    /// The same in a sentence, or what is missing.
    pub says: String,
}

/// One experiment, and what came of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct ExperimentView {
    /// The version of the configuration this is.
    pub version: u32,
    /// Whether this member may change it.
    pub may_change: bool,
    /// As it was written.
    pub experiment: Experiment,
    /// What the control shows; absent where its prompt is gone.
    pub control: Option<Prompt>,
    /// What came of it; absent for a draft.
    pub results: Option<Results>,
}

/// What came of an experiment: read from totals alone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Results {
    /// The verdict's tag: `invalid_sample_ratio`, `invalid_crossed`, `guardrail_hit`, `winner`, `loser`, `open`, or why nothing
    /// can be said (`too_few`, `no_variance`, ..).
    pub verdict: String,
    /// The same in a sentence, for somebody who knows no statistics.
    pub says: String,
    /// What to do next, in a sentence.
    pub next: String,
    /// The arm that the verdict is about, by its place.
    pub arm: Option<usize>,
    /// The day in UTC up to which outcomes are known: `2026-11-29`.
    pub today: String,
    /// When a visitor is counted: `seen`, or `met` where arms come up at different moments.
    pub counted: String,
    /// Each arm, the control first.
    pub arms: Vec<ArmResult>,
    /// What decides.
    pub metric: MeasureResult,
    /// What must not get worse.
    pub guardrails: Vec<MeasureResult>,
    /// All other measures, for reading: corrected together, and deciding nothing.
    pub others: Vec<MeasureResult>,
    /// Whether arms got their shares.
    pub ratio: RatioResult,
    /// Whether visitors saw more than one arm.
    pub crossed: CrossedResult,
    /// The difference of what decides, day by day: for each day, each arm but the control.
    pub series: Vec<SeriesPoint>,
    /// What decides, in parts of the visitors: exploration, and no verdict.
    pub segments: Vec<SegmentResult>,
    /// Shares of visitors that a bandit would give the arms now; absent where it cannot tell.
    pub bandit: Option<Vec<f64>>,
    /// Days that are left until it is likely to be told, at the rate of the last days; absent where that cannot be told.
    pub days_left: Option<u32>,
}

/// An arm.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct ArmResult {
    /// Its key.
    pub key: String,
    /// What staff call it.
    pub name: String,
    /// Its share of those who take part.
    pub weight: f64,
    /// Visitors that count: each once, without those who saw another arm too.
    pub seen: u64,
    /// Visitors who saw another arm too.
    pub crossed: u64,
    /// How many of those that count did what so far, by measure: without regard to their time. No `cost`.
    pub so_far: BTreeMap<Measure, u64>,
}

/// One measure of all arms.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct MeasureResult {
    /// Which.
    pub measure: Measure,
    /// How many days a visitor has for it.
    pub window_days: u32,
    /// Of a guardrail: by how much it may get worse.
    pub margin: Option<f64>,
    /// Each arm: of the visitors who have had their time, how many did it; of `cost`, the mean.
    pub arms: Vec<Cell>,
    /// Visitors who have not had their time yet: they count as nothing until then.
    pub waiting: u64,
    /// Outcomes that were told of after that time: they are not in what decides.
    pub late: u64,
    /// Each arm but the control, against it.
    pub readings: Vec<ReadingView>,
}

/// An arm's number.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Cell {
    /// Visitors.
    pub n: u64,
    /// How many of them did it; of `cost`, the sum of milliseconds.
    pub did: u64,
    /// One by the other; absent where there is nobody.
    pub rate: Option<f64>,
}

/// An arm against the control.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct ReadingView {
    /// The arm, by its place.
    pub arm: usize,
    /// `better`, `worse` or `open`.
    pub call: String,
    /// How likely so much evidence is where there is nothing, whenever one looks.
    pub p: f64,
    /// The difference of the rates.
    pub difference: Option<EstimateView>,
    /// The same by the control's rate.
    pub lift: Option<EstimateView>,
    /// The chance that the arm is the better one (Bayesian, flat prior): for reading, and not for stopping.
    pub chance: Option<f64>,
    /// Why there is no number, in words.
    pub why: Option<String>,
}

/// A number, and where it is with 95 % confidence at every look. An end that is absent is open.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct EstimateView {
    /// The number.
    pub at: f64,
    /// From here.
    pub low: Option<f64>,
    /// To here.
    pub high: Option<f64>,
}

/// Whether arms got their shares.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct RatioResult {
    /// Whether they did not, so that nothing that the arms show is to be trusted.
    pub is_broken: bool,
    /// The p-value of one look; absent where there is nobody.
    pub p: Option<f64>,
    /// The factor by which the shares speak against the weights, watched from the beginning on.
    pub factor: Option<f64>,
    /// Visitors that each arm was to have.
    pub expected: Vec<f64>,
    /// In words.
    pub says: String,
}

/// Whether visitors saw more than one arm.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct CrossedResult {
    /// Whether too many did.
    pub is_broken: bool,
    /// How many.
    pub count: u64,
    /// Of all.
    pub share: f64,
}

/// The difference as it was known at the end of a day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct SeriesPoint {
    /// The day in UTC: `2026-11-29`.
    pub day: String,
    /// The arm, by its place.
    pub arm: usize,
    /// Visitors of both who had had their time.
    pub n: u64,
    /// The difference.
    pub difference: EstimateView,
}

/// What decides, among some of the visitors.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct SegmentResult {
    /// By what they are told apart: `site`, `device`.
    pub by: String,
    /// Which part: a site's name; `phone` or `desktop`.
    pub part: String,
    /// Each arm, so far.
    pub arms: Vec<Cell>,
}
