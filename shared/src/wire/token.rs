//! Tokens of a workspace's own servers: `GET`, `POST` and `DELETE /v1/console/tokens`.

use serde::{Deserialize, Serialize};

/// All tokens, without what opens anything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct TokensView {
    /// By name.
    pub tokens: Vec<TokenView>,
    /// What a token may be for.
    pub scopes: Vec<String>,
    /// The token that was made just now. It is shown this once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
}

/// One token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct TokenView {
    /// Its name.
    pub name: String,
    /// Its first characters, by which somebody who has it knows which one it is; of one that was made long ago, nothing.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub prefix: String,
    /// What it is for.
    pub scopes: Vec<String>,
    /// When it was made.
    pub made_at: String,
    /// By whom; nothing, where it was the operator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub made_by: Option<String>,
    /// When it ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<String>,
    /// When it was used last, to the minute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub used_at: Option<String>,
}

/// A token that is to be made. One of the same name is replaced, and works no longer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct NewToken {
    /// Its name: lower-case letters, digits, `_` or `-`.
    pub name: String,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scopes: Vec<String>,
    /// The same, where it is for one thing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// When it ends: RFC 3339; where absent, when it is revoked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<String>,
}

/// What a program wants to be told: `POST /v1/workspaces/{workspace}/hooks`, as Zapier subscribes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Subscribe {
    /// Where.
    pub target_url: String,
    /// `item.opened`, or `item.closed`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<super::destination::EventKind>,
}

/// A subscription.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Subscribed {
    /// Its id, by which it ends: `DELETE .../hooks/{id}`.
    pub id: String,
    /// What it is signed with, as Standard Webhooks says. It is told this once.
    pub secret: String,
}

/// What a subscription brings, as its sample shows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Sample {
    /// What happened.
    #[serde(rename = "type")]
    pub kind: super::destination::EventKind,
    /// When: RFC 3339.
    pub timestamp: String,
    /// To what.
    pub data: serde_json::Map<String, serde_json::Value>,
}
