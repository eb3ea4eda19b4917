//! Signals as the page sends them: `POST /v1/signals/{site_key}`, batched, as `text/plain` JSON so that no preflight is
//! needed and a page that is closing can still send.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::FieldProblem;

/// The most signals read from one batch or one submission.
pub const MAX_SIGNALS: usize = 64;

/// One thing a visitor did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Signal {
    /// Its name: `page_viewed`, `pricing_viewed`, `form_started`, ... An unknown one is kept and counted.
    pub kind: String,
    /// How long before sending it happened, in milliseconds: the visitor's clock is never trusted for a date.
    #[serde(default)]
    pub ago_ms: u64,
    /// The address of the page.
    #[serde(default)]
    pub url: String,
    /// The title of the page.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// What more there is to it, by name: `plan`, `visible_ms`, `prompt`; texts, at most 8.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub about: BTreeMap<String, String>,
    /// Whether a person was seen to move, press or scroll by the time it was told.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub human: bool,
}

/// What one `POST /v1/signals/{site_key}` carries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct SignalBatch {
    /// Unique to this batch, so that one sent twice counts once.
    #[cfg_attr(feature = "openapi", schemars(extend("format" = "uuid")))]
    pub batch_id: String,
    /// In the order they happened.
    pub signals: Vec<Signal>,
    /// Where the visitor came to this page from.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub referrer: String,
    /// Whether a person was seen to move, press or scroll on this page (trusted events only).
    #[serde(default)]
    pub human: bool,
    /// The visitor's own id, once they have consented to one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub visitor: String,
    /// Consent was taken back: what is known of the visitor is to be forgotten.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub forget: bool,
}

/// How the signals of a batch ended.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct BatchAnswer {
    /// How many, by fate: `accepted`, `duplicate`, `refused_invalid`, `refused_privacy`, ...
    pub fates: BTreeMap<String, i64>,
    /// What was wrong with those that were.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldProblem>,
}
