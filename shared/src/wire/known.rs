//! What Usher knows already of somebody who proved who they are: `POST /v1/known/{site_key}`, as `text/plain` JSON.
//! Without a good token the answer is a 401, the same for people Usher knows and for people it does not.

use serde::{Deserialize, Serialize};

use super::submit::Given;

/// Asks what is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AskKnown {
    /// The platform's signed token.
    #[serde(default)]
    pub identity: String,
    /// The form that is about to be shown.
    pub form: String,
}

/// What is known, for fields of that form only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct KnownAnswer {
    /// In the form's order.
    pub known: Vec<KnownValue>,
}

/// One value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct KnownValue {
    /// The field's name.
    pub name: String,
    /// What they gave.
    pub value: Given,
    /// Since when, RFC 3339.
    pub at: String,
    /// Whether the platform vouches for it; otherwise they said so themselves, signed in.
    pub verified: bool,
}
