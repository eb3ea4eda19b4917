//! Outcomes as the platform's server reports them: `POST /v1/workspaces/{workspace}/outcomes`, as JSON or CSV.

use serde::{Deserialize, Serialize};

use super::FieldProblem;

/// The most bytes of a report.
pub const MAX_REPORT_BYTES: usize = 512 * 1024;
/// The most outcomes of a report.
pub const MAX_OUTCOMES: usize = 1_000;

/// What became of each outcome of a report.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
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
