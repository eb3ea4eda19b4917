//! What the platform's server says happened to a customer: `POST /v1/workspaces/{workspace}/events`; and what staff read of it, with
//! the person.

use serde::{Deserialize, Serialize};

use super::FieldProblem;

/// The most events of a report.
pub const MAX_EVENTS: usize = 1_000;

/// What became of each event of a report.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct EventsTold {
    /// How many changed something.
    pub taken: usize,
    /// How many were known already.
    pub known: usize,
    /// How many were refused.
    pub refused: usize,
    /// One for each event, in the order of the report.
    pub lines: Vec<EventLine>,
}

/// What became of one event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct EventLine {
    /// Its place in the list, counted from 1.
    pub line: usize,
    /// Its id, as the report has it.
    pub id: String,
    /// `taken`, `known`; or why it was refused: `invalid`, `id_reused`.
    pub code: String,
    /// The lead that it closed as won, by its reference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub won: Option<String>,
    /// One sentence, for people; empty where it was taken.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub says: String,
    /// Every field that is wrong, where it is `invalid`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldProblem>,
}

/// A report of events, as it is sent. It is read line by line ([`crate::lifecycle::read`]), so that one wrong event says nothing of the
/// others; one event may also be sent by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct EventsReport {
    /// At most a thousand.
    pub events: Vec<EventSent>,
}

/// One event, as it is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct EventSent {
    /// Its id, which the platform gives it.
    pub id: String,
    /// `trial_started`, `purchased`, `onboarded`, `completed`, `renewed`, `cancelled` or `referred`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The platform's id of the customer; this, `email`, or both.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// The customer's address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// When: RFC 3339; where absent, now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// In the platform's words: at most 500 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Where somebody stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct StageView {
    /// `trial_started`, `purchased`, `onboarded`, `completed`, `renewed` or `cancelled`.
    pub stage: String,
    /// Since when, RFC 3339.
    pub at: String,
    /// The event that says so, by the platform's id of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<String>,
}

/// Something that happened to somebody, as the platform said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct HappenedView {
    /// The platform's id of the event.
    pub id: String,
    /// As an event's `type`.
    pub kind: String,
    /// When it happened, RFC 3339.
    pub at: String,
    /// When Usher was told, RFC 3339.
    pub told_at: String,
    /// In the platform's words; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}
