//! Errors as RFC 9457 problem details, with a stable `code` and every wrong field named.

use serde::{Deserialize, Serialize};

/// The body of every answer that is not a success (`application/problem+json`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Problem {
    /// The HTTP status, repeated (RFC 9457, 3.1.2).
    pub status: u16,
    /// Stable, for programs: `invalid_submission`.
    pub code: String,
    /// One sentence, for people.
    pub title: String,
    /// Each wrong field; empty where the problem is not in a field.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldProblem>,
}

/// What is wrong with one field.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct FieldProblem {
    /// The field's path: `email` for a value of the form, `page.url` or `submission_id` for what surrounds it.
    pub field: String,
    /// Stable, for programs: `required`, `too_long`.
    pub code: String,
    /// One sentence, for people.
    pub message: String,
}
