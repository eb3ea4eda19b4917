//! What the visitor gets back.

use serde::{Deserialize, Serialize};

/// The answer to an accepted submission. Sending the submission again gets the same receipt, to the letter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Receipt {
    /// The submission it answers.
    pub submission_id: String,
    /// What the visitor may quote: `USH-4K7QD-2MX9T`.
    pub reference: String,
    /// Who answers: `Course advisers`.
    pub team: String,
    /// By when, as RFC 3339 in UTC; empty where it is held for review, and nothing was promised.
    pub answer_by: String,
}
