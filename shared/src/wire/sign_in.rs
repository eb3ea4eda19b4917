//! How staff sign in: what a workspace says of it, and the calls under `/v1/console/` before and around a session.
//!
//! | call | body | answer |
//! | --- | --- | --- |
//! | `GET sign-in/ways?workspace={id}` | | [`Ways`] |
//! | `POST sign-in/password` | [`PasswordSignIn`] | [`super::console::Session`], and a cookie |
//! | `POST sign-in/openid` | [`OpenIdSignIn`] | [`OpenIdStart`], and a cookie for the way back |
//! | `GET sign-in/openid/callback` | | back to the console, signed in or with `?trouble=` |
//! | `POST sign-in/access` | [`AccessSignIn`] | [`super::console::Session`], and a cookie |
//! | `GET account` | | [`Account`] |
//! | `PUT account/password` | [`SetPassword`] | [`Account`] |
//! | `DELETE account/sessions` | | [`Account`]: the others have ended |
//! | `GET members` | | [`Members`] |
//! | `POST members/{id}/sign-in-links` | | [`NewLink`] |
//!
//! What carries a password has no `Debug`, so that it is in no log.

use serde::{Deserialize, Serialize};

use super::console::MemberRef;

/// What a workspace says of signing in. Links work always: whoever is locked out gets in by one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct SignInRules {
    /// Whether members may have passwords.
    pub passwords: bool,
    /// A provider of OpenID Connect.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub openid: Option<OpenId>,
    /// Cloudflare Access in front of the console.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access: Option<Access>,
}

impl Default for SignInRules {
    fn default() -> Self {
        Self { passwords: true, openid: None, access: None }
    }
}

/// A provider of OpenID Connect. The client's secret is no part of it: it is the operator's, and given to the Worker alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct OpenId {
    /// What members call it: `Larkfield ID`.
    pub name: String,
    /// Its issuer, exactly as its discovery document says it: `https://id.example.com`.
    pub issuer: String,
    /// Who we are there.
    pub client_id: String,
}

/// Cloudflare Access.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Access {
    /// The origin of the team: `https://larkfield.cloudflareaccess.com`.
    pub team: String,
    /// The application's audience tag.
    pub audience: String,
}

/// The ways to sign in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Ways {
    /// Of which workspace; absent where there are several and none was named.
    pub workspace: Option<String>,
    /// Whether there are other workspaces here.
    #[serde(default)]
    pub several: bool,
    /// Whether by e-mail and password.
    pub passwords: bool,
    /// The name of the provider of OpenID Connect, if there is one.
    pub openid: Option<String>,
    /// Whether by Cloudflare Access.
    pub access: bool,
}

/// Signs in by a password.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PasswordSignIn {
    /// The workspace's id.
    pub workspace: String,
    /// The member's address.
    pub email: String,
    /// Their password.
    pub password: String,
}

/// Begins to sign in by OpenID Connect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct OpenIdSignIn {
    /// The workspace's id.
    pub workspace: String,
    /// Where to go then: a path below `/console`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
}

/// Where the provider asks who somebody is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct OpenIdStart {
    /// The whole address.
    pub url: String,
}

/// Signs in whoever Cloudflare Access let through.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AccessSignIn {
    /// The workspace's id.
    pub workspace: String,
}

/// How somebody who is signed in signs in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Account {
    /// Their address: what they sign in with.
    pub email: String,
    /// Whether members may have passwords here.
    pub passwords: bool,
    /// Whether they have one.
    pub has_password: bool,
    /// Whether the present password must be given to set another one.
    pub needs_current: bool,
    /// Whether they may set one now; if not, they have to sign in again first.
    pub may_set: bool,
    /// How this session began: `link`, `password`, `openid` or `access`.
    pub way: String,
    /// How many other sessions they have.
    pub others: u32,
}

/// Sets a password, and ends all other sessions.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SetPassword {
    /// The present one, where it is asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current: Option<String>,
    /// The new one.
    pub new: String,
}

/// Everybody who may sign in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Members {
    /// In the configuration's order.
    pub members: Vec<MemberAccess>,
}

/// How a member signs in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct MemberAccess {
    /// Who.
    pub member: MemberRef,
    /// Their address.
    pub email: String,
    /// Whether they have a password.
    pub has_password: bool,
    /// How many sessions they have.
    pub sessions: u32,
}

/// A link that signs a member in once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct NewLink {
    /// Its address, without the origin.
    pub url: String,
}
