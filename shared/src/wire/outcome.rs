//! Outcomes as the platform's server reports them: `POST /v1/workspaces/{workspace}/outcomes`, as JSON or CSV.
//!
//! The writer's side is [`Report`]. The reader's is [`crate::outcome::read`], which judges each outcome by itself and names
//! everything that is wrong.

use serde::{Deserialize, Serialize};

use super::FieldProblem;
use super::console::Outcome;

/// The most bytes of a report.
pub const MAX_REPORT_BYTES: usize = 512 * 1024;
/// The most outcomes of a report.
pub const MAX_OUTCOMES: usize = 1_000;

/// What the platform's server says became of items: of one, or of up to [`MAX_OUTCOMES`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum Report {
    /// Of many.
    Many {
        /// The outcomes.
        outcomes: Vec<Reported>,
    },
    /// Of one.
    One(Reported),
}

/// What became of one item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Reported {
    /// The item: the reference that the visitor was given, or its id.
    pub item: String,
    /// What became of it.
    pub outcome: Outcome,
    /// Why, in a few words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// When, RFC 3339; where absent, now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
}

/// What became of each outcome of a report.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Told {
    /// How many changed something.
    pub taken: usize,
    /// How many were known already.
    pub known: usize,
    /// How many were refused.
    pub refused: usize,
    /// One for each outcome, in the order of the report.
    pub lines: Vec<Line>,
}

/// What became of one outcome.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Line {
    /// The line of the CSV, counted from 1 with its head; or the place in the JSON list, counted from 1.
    pub line: usize,
    /// The item it is about, as the report names it.
    pub item: String,
    /// `taken`, `corrected`, `known`; or why it was refused: `unknown_item`, `invalid`, `wrong_outcome`, `before_item`,
    /// `in_future`, `contradicts`.
    pub code: String,
    /// One sentence, for people; empty where it was taken.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub says: String,
    /// Every field that is wrong, where it is `invalid`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldProblem>,
}
