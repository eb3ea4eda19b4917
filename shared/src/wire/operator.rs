//! What the person who runs Usher writes and reads, under `/v1/operator/workspaces/{workspace}`.
//!
//! | call | body | answer |
//! | --- | --- | --- |
//! | `PUT` | [`super::Workspace`] | [`Configured`] |
//! | `POST sign-in-links` | [`ForMember`] | [`super::sign_in::NewLink`] |
//! | `POST tokens` | [`super::token::NewToken`] | [`super::token::TokensView`] |
//! | `DELETE tokens/{name}` | | 204 |
//! | `POST editor-links` | [`ForPage`] | [`EditorLink`] |
//!
//! What carries a secret has no `Debug`, so that it is in no log.

use serde::{Deserialize, Serialize};

/// A configuration is in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Configured {
    /// Its version, counting up.
    pub version: u32,
}

/// For whom a sign-in link is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ForMember {
    /// The member's id.
    pub member: String,
}

/// To which page an editor link is to lead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ForPage {
    /// The embed key of a site.
    pub site: String,
    /// The address of one of its pages.
    pub page: String,
}

/// An editor link: on the page that it leads to, prompts say why they are not shown.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct EditorLink {
    /// The address.
    pub url: String,
    /// Until when it is one, RFC 3339.
    pub expires_at: String,
}
