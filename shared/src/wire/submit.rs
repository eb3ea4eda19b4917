//! A submission as it travels: `POST /v1/forms/{site_key}/{form}`, as JSON (`application/json` or, to spare a
//! preflight, `text/plain`) or as a plain HTML form.
//!
//! The writer's side is this struct. The reader's side is [`crate::submission::Submission::parse`], which takes any JSON
//! so that it can name every wrong field and not only the first.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use super::signal::Signal;

/// The largest body accepted, in bytes. What a browser will still send as its page closes (`keepalive`) is 64 KiB.
pub const MAX_BODY_BYTES: usize = 64 * 1024 - 1;

/// A sent form.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Submit {
    /// A UUID made by the sender, the same at each try: sent twice, it exists once.
    #[cfg_attr(feature = "openapi", schemars(extend("format" = "uuid")))]
    pub submission_id: String,
    /// The values by field name. Absent is not the same as empty, but both are "not given".
    pub values: BTreeMap<String, Given>,
    /// Where it was sent from.
    #[serde(default)]
    pub page: Page,
    /// What the visitor did on this page and was not sent yet.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub signals: Vec<Signal>,
    /// The language the visitor read the form in; its messages come back in it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub lang: String,
    /// The visitor's own id, once they have consented to one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub visitor: String,
    /// The token that `identify` was given: who the platform says they are.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub identity: String,
    /// The signed time of the configuration or page that the form came with.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub stamp: String,
    /// What stands in the field that no person sees; anything but nothing is a sign of a machine.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub trap: String,
    /// A solved challenge (ALTCHA), where the site asks for one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub proof: String,
    /// A Turnstile token, where the site asks for one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub turnstile: String,
    /// The prompt that opened the form, if one did.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub prompt: String,
}

/// One value as it travels.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum Given {
    /// One text.
    One(String),
    /// The choices of a `multiple_choice`.
    Many(Vec<String>),
}

impl Given {
    /// The text, where there is one only.
    pub fn one(&self) -> Option<&str> {
        match self {
            Self::One(text) => Some(text),
            Self::Many(_) => None,
        }
    }
}

/// The page that a submission was sent from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Page {
    /// Its address, with its query: campaign parameters are read from it at the edge.
    #[serde(default)]
    pub url: String,
    /// Its title.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// Where the visitor came from.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub referrer: String,
}
