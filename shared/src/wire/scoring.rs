//! What the console's Scoring page reads and writes, under `/v1/console/`. Everybody who is signed in may look; changing the
//! card, replaying it and asking what-if is for members whose roles let them.
//!
//! | call | body | answer |
//! | --- | --- | --- |
//! | `GET scoring` | | [`ScoringView`] |
//! | `GET scoring/versions/{version}` | | [`CardVersion`] |
//! | `POST scoring/check` | [`CheckCard`] | [`Checked`]: also where the card makes no sense |
//! | `PUT scoring/draft` | [`SaveDraft`] | [`ScoringView`]; 422 with every problem, 409 `stale` |
//! | `DELETE scoring/draft` | | [`ScoringView`] |
//! | `POST scoring/publish` | [`Publish`] | [`ScoringView`]; 409 `stale`, 404 `no_draft` |
//! | `POST scoring/roll-back` | [`RollBack`] | [`ScoringView`]; 409 `stale`, 422 with every problem |
//! | `DELETE scoring/rescoring` | | [`ScoringView`] |
//! | `POST scoring/replay` | [`Replay`] | [`ReplayPage`]; 422 with every problem |
//! | `POST scoring/what-if` | [`WhatIf`] | [`WhatIfAnswer`]; 422 with every problem |
//! | `GET scoring/basis/{item}` | | [`Basis`] |
//! | `GET scoring/learner` | | [`LearnerView`] |

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::card::Card;
use super::console::{LearntView, MemberRef, Outcome, RouteView, ScoreView};
use super::problem::FieldProblem;

/// The card in force, its draft, and what was in force before.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct ScoringView {
    /// The version of the configuration in force: what is published names it, so that two people never overwrite each other.
    pub version: u32,
    /// The card in force.
    pub card: Card,
    /// Whether this member may change it.
    pub may_change: bool,
    /// The draft, which all members share, if there is one.
    pub draft: Option<DraftView>,
    /// The versions in which the card changed, the latest first: the first of them is in force.
    pub versions: Vec<VersionView>,
    /// The scoring of open items by a card that was just published, while it goes on.
    pub rescoring: Option<Progress>,
    /// The facts that conditions may read, for an editor.
    pub facts: Vec<FactView>,
    /// What is odd in the card in force.
    pub hints: Vec<HintView>,
}

/// A card that is not in force yet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct DraftView {
    /// The card.
    pub card: Card,
    /// The version in force when it was begun.
    pub base: u32,
    /// Counts its savings: the next one names it.
    pub revision: u32,
    /// Who saved it last.
    pub by: MemberRef,
    /// When, RFC 3339.
    pub at: String,
    /// What is odd in it.
    pub hints: Vec<HintView>,
    /// Where it makes no sense any more, because the configuration around it changed.
    pub problems: Vec<FieldProblem>,
}

/// A version of the configuration in which the card changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct VersionView {
    /// Its number.
    pub version: u32,
    /// Who published it; absent where it was the operator.
    pub by: Option<MemberRef>,
    /// When, RFC 3339.
    pub at: String,
    /// Why, in their words.
    pub note: String,
}

/// The card of a version.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct CardVersion {
    /// The version.
    pub version: u32,
    /// The card.
    pub card: Card,
}

/// How far something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Progress {
    /// So many are done.
    pub done: u32,
    /// Of so many.
    pub of: u32,
}

/// A fact that conditions may read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct FactView {
    /// Its path: `email.free`.
    pub path: String,
    /// What it is, in plain words: `Writes from a free mailbox`.
    pub says: String,
    /// `text`, `one_of`, `number`, `yes_no`, `list` or `any`.
    pub kind: String,
    /// Its values and what people call them, where it is `one_of`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<(String, String)>,
}

/// Something odd in a card that can be saved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct HintView {
    /// Where: `card.rules[3].first[1]`.
    pub path: String,
    /// What, for machines.
    pub code: String,
    /// What, in words.
    pub says: String,
}

/// A card to look over.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CheckCard {
    /// The card, as far as it is written.
    pub card: Value,
}

/// What is wrong and what is odd in a card.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Checked {
    /// Everything that makes no sense; with any, it cannot be saved.
    pub problems: Vec<FieldProblem>,
    /// What is odd, where there is no problem.
    pub hints: Vec<HintView>,
}

/// A draft to keep.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SaveDraft {
    /// The card.
    pub card: Value,
    /// The revision that it was made from; 0 where there was no draft.
    pub revision: u32,
}

/// Puts the draft in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Publish {
    /// The version in force that the member saw.
    pub version: u32,
    /// The revision of the draft that they saw.
    pub revision: u32,
    /// Whether all open items are scored by it now; otherwise each is when something next happens to it.
    pub rescore: bool,
    /// Why, in their words.
    #[serde(default)]
    pub note: String,
}

/// Puts the card of an earlier version in force again, as a new version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RollBack {
    /// The version in force that the member saw.
    pub version: u32,
    /// The version whose card is wanted.
    pub to: u32,
    /// Whether all open items are scored by it now.
    pub rescore: bool,
}

/// Asks what would have been, had a card been in force. Items are looked at page by page: whoever stops asking has cancelled.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Replay {
    /// The card.
    pub card: Value,
    /// How many days back, 1 to 366.
    pub days: u32,
    /// Where this page starts: the `next` of the page before.
    #[serde(default)]
    pub after: Option<String>,
}

/// Some items as they would have been.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct ReplayPage {
    /// How many items were opened in that time.
    pub of: u32,
    /// The items of this page, in the order in which they were opened.
    pub items: Vec<Replayed>,
    /// How many items of this page cannot be replayed: an earlier version did not keep what they were scored by.
    pub skipped: u32,
    /// How many items of this page were decided by the rules in force, and come out otherwise now: 0, since decisions are
    /// deterministic.
    pub differ: u32,
    /// Where the next page starts; absent on the last.
    pub next: Option<String>,
}

/// One item, by the card in force and by the other one, both as of when it was opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Replayed {
    /// Its id.
    pub id: String,
    /// The person: their name, or their address.
    pub who: String,
    /// When it was opened, RFC 3339.
    pub opened_at: String,
    /// What became of it.
    pub outcome: Option<Outcome>,
    /// By the card in force.
    pub before: Decided,
    /// By the other one.
    pub after: Decided,
}

/// What a card and the routes make of an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Decided {
    /// `A1` to `C3`.
    pub tier: String,
    /// Points in all.
    pub total: i32,
    /// The queue.
    pub queue: String,
    /// The id of the routing rule.
    pub route: String,
}

/// What a score is made from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Basis {
    /// The facts, nested: `{"email": {"free": true}}`. What is not there is unknown.
    pub facts: Value,
    /// What the person did.
    #[serde(default)]
    pub events: Vec<EventView>,
    /// As of when, RFC 3339.
    pub at: String,
}

/// Something that a person did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct EventView {
    /// When, RFC 3339.
    pub at: String,
    /// `pricing_viewed`.
    pub kind: String,
    /// What more there is to it, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub about: BTreeMap<String, String>,
}

/// Asks what a score would be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct WhatIf {
    /// A card that is not in force, to compare.
    #[serde(default)]
    pub card: Option<Value>,
    /// Of what.
    pub basis: Basis,
}

/// What a score would be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct WhatIfAnswer {
    /// By the card in force.
    pub live: Supposed,
    /// By the other card, where one was given.
    pub draft: Option<Supposed>,
}

/// A score that nobody has, and where it would lead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Supposed {
    /// The score.
    pub score: ScoreView,
    /// What the learner would say; absent while it has learnt nothing.
    pub learnt: Option<LearntView>,
    /// Where it would go.
    pub route: RouteView,
}

/// What the learner has learnt, and how far it is to be trusted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct LearnerView {
    /// `rule_based`, `learning` or `predictive`.
    pub state: String,
    /// Leads that were won, of those it learnt.
    pub wins: u64,
    /// Leads that were not.
    pub losses: u64,
    /// How many of each it needs before it is more than rule-based.
    pub least_of_each: u64,
    /// What betting on it against the card has made of 1.
    pub e_value: f64,
    /// The e-value that is enough to trust it.
    pub enough: f64,
    /// How often it was trusted, and then was not better any more.
    pub steps_back: u32,
    /// How good its chances were, each said before its outcome was known.
    pub learner: RecordView,
    /// The same for the card, with chance and slope learnt: the best that the card can do.
    pub card: RecordView,
    /// How the figures came to be, in the order of outcomes.
    pub curve: Vec<CurvePoint>,
    /// Fields that seem to know the answer, in plain words.
    pub warnings: Vec<String>,
    /// What it goes by, in plain words.
    pub fields: Vec<String>,
    /// The building of it anew after a correction, while it goes on.
    pub rebuilding: Option<Progress>,
}

/// Running figures; none is given before there is anything to figure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct RecordView {
    /// The chance that who won had been ranked above who lost.
    pub auc: Option<f64>,
    /// Mean log loss in nats.
    pub log_loss: Option<f64>,
    /// Mean squared error.
    pub brier: Option<f64>,
    /// The mean distance of what was said from what came.
    pub calibration_error: Option<f64>,
    /// The curve of the calibration: the tenths of chances that have outcomes.
    pub tenths: Vec<TenthView>,
}

/// Of all that was said with a chance in one tenth.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct TenthView {
    /// How many outcomes.
    pub count: u64,
    /// The mean chance that was said.
    pub said: f64,
    /// The share that won.
    pub won: f64,
}

/// The figures after so many outcomes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct CurvePoint {
    /// So many.
    pub outcomes: u64,
    /// When the last of them was learnt, RFC 3339.
    pub at: String,
    /// `rule_based`, `learning` or `predictive`.
    pub state: String,
    /// The learner's.
    pub auc: Option<f64>,
    /// The learner's.
    pub log_loss: Option<f64>,
    /// The card's.
    pub card_auc: Option<f64>,
    /// The card's.
    pub card_log_loss: Option<f64>,
    /// The evidence.
    pub e_value: f64,
}
