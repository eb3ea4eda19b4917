//! Signals as the loader sends them: `POST /v1/signals/{site_key}`, batched, as `text/plain` JSON so that no preflight
//! is needed and a page that is closing can still send.

use serde::{Deserialize, Serialize};

/// The most signals read from one batch or one submission.
pub const MAX_SIGNALS: usize = 64;

/// One thing a visitor did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
}

/// What one `POST /v1/signals/{site_key}` carries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignalBatch {
    /// Unique to this batch, so that one sent twice counts once.
    pub batch_id: String,
    /// In the order they happened.
    pub signals: Vec<Signal>,
}
