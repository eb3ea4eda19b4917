//! A submission as it travels: `POST /v1/forms/{site_key}/{form}`, as JSON (`application/json` or, to spare a
//! preflight, `text/plain`) or as a plain HTML form.
//!
//! The writer's side is this struct. The reader's side is [`crate::submission::Submission::parse`], which takes any JSON
//! so that it can name every wrong field and not only the first.

use serde::Serialize;
use std::collections::BTreeMap;

use super::signal::Signal;

/// The largest body accepted, in bytes. What a browser will still send as its page closes (`keepalive`) is 64 KiB.
pub const MAX_BODY_BYTES: usize = 64 * 1024 - 1;

/// A sent form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Submit {
    /// A UUID made by the sender, the same at each try: sent twice, it exists once.
    pub submission_id: String,
    /// The values by field name. Absent is not the same as empty, but both are "not given".
    pub values: BTreeMap<String, String>,
    /// Where it was sent from.
    pub page: Page,
    /// What the visitor did on this page and was not sent yet.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub signals: Vec<Signal>,
}

/// The page that a submission was sent from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Page {
    /// Its address, with its query: campaign parameters are read from it at the edge.
    pub url: String,
    /// Its title.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// Where the visitor came from.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub referrer: String,
}
