//! Who changed what, beside items, which have a history of their own: `GET /v1/console/audit?after={cursor}`, for admins.

use serde::{Deserialize, Serialize};

use super::console::MemberRef;

/// A page of the audit log, the latest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct AuditPage {
    /// The entries.
    pub entries: Vec<AuditEntry>,
    /// Where the next page starts; absent on the last.
    pub next: Option<String>,
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct AuditEntry {
    /// Its number, counting up.
    pub seq: u64,
    /// When, RFC 3339.
    pub at: String,
    /// Who; absent where it was the operator.
    pub actor: Option<MemberRef>,
    /// What was done: the tag of a [`crate::audit::Deed`].
    pub what: String,
    /// More about it: a version and its note, a member, a token's name, a person's id; nothing else of people.
    pub text: String,
}
