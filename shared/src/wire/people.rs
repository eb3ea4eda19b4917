//! Two records that are one person, under `/v1/console/`.
//!
//! | call | body | answer |
//! | --- | --- | --- |
//! | `GET people/{id}/alike?q={text}` | | [`Alike`]: who could be the same; with words, who has them |
//! | `POST people/{id}/merges` | [`Merge`] | [`MergeView`] |
//! | `DELETE people/{id}/merges/{merge}` | | 204 |

use serde::{Deserialize, Serialize};

use super::console::{IdentifierView, MemberRef};

/// Who could be the same person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Alike {
    /// At most twenty.
    pub people: Vec<PersonRow>,
}

/// A person, in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct PersonRow {
    /// Their id.
    pub id: String,
    /// Their name, if they gave one.
    pub name: Option<String>,
    /// E-mail addresses and telephone numbers.
    pub identifiers: Vec<IdentifierView>,
    /// How many items they have opened.
    pub items: u32,
    /// When the last one was opened, RFC 3339.
    pub last_at: Option<String>,
}

/// Makes another record part of this one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Merge {
    /// The other person's id.
    pub from: String,
}

/// A record that became part of another. It can be taken apart again: what the other one brought goes back, and what came since stays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct MergeView {
    /// Its id.
    pub id: String,
    /// Whom the record was of: their name, or their address.
    pub who: String,
    /// How many items it brought.
    pub items: u32,
    /// Who did it.
    pub by: MemberRef,
    /// When, RFC 3339.
    pub at: String,
}
