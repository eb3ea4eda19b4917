//! What somebody is told beside their queues, under `/v1/console/`.
//!
//! | call | body | answer |
//! | --- | --- | --- |
//! | `GET notices?after={cursor}` | | [`NoticePage`] |
//! | `POST notices/seen` | [`Seen`] | [`NoticePage`]: the first page |

use serde::{Deserialize, Serialize};

use super::console::MemberRef;

/// A page of what somebody was told, the latest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct NoticePage {
    /// The notices.
    pub notices: Vec<Notice>,
    /// Where the next page starts; absent on the last.
    pub next: Option<String>,
    /// How many of all were not seen yet.
    pub unseen: u32,
}

/// Something that somebody was told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Notice {
    /// Its number, counting up.
    pub seq: u64,
    /// [`crate::notice::NoticeKind`]'s tag.
    pub kind: String,
    /// The item's id.
    pub item: String,
    /// The item's person.
    pub who: String,
    /// The item's reference.
    pub reference: String,
    /// Who did it; absent where it was nobody of the staff.
    pub by: Option<MemberRef>,
    /// When, RFC 3339.
    pub at: String,
    /// What was written; may be empty.
    pub text: String,
    /// Whether it was seen.
    pub seen: bool,
}

/// Everything up to a notice was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Seen {
    /// The number of the latest.
    pub upto: u64,
}
