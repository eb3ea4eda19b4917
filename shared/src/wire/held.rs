//! Submissions that are held for review, as staff see them: `GET /v1/console/held`, `POST /v1/console/held/{id}`.

use serde::{Deserialize, Serialize};

use super::console::{MemberRef, ValueView};

/// A page of what waits for review, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct HeldPage {
    /// The submissions.
    pub held: Vec<HeldView>,
    /// Where the next page starts; absent on the last.
    pub next: Option<String>,
    /// How many wait in all.
    pub waiting: u32,
}

/// A submission that waits for review. Nobody is a person, and nothing an item, because of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct HeldView {
    /// Its id, for [`Review`].
    pub id: String,
    /// The reference the visitor was given.
    pub reference: String,
    /// The site it came from, by name.
    pub site: String,
    /// Whether that site is a partner's.
    pub partner: bool,
    /// The form's title.
    pub form: String,
    /// The page it was sent from.
    pub url: String,
    /// The values, in the form's order.
    pub values: Vec<ValueView>,
    /// Why it is held.
    pub reasons: Vec<HeldReason>,
    /// When it arrived, RFC 3339.
    pub received_at: String,
}

/// Why a submission is held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct HeldReason {
    /// The stable name: `trap`.
    pub tag: String,
    /// The same in a sentence.
    pub says: String,
}

/// What a member does with a submission that is held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(tag = "act", rename_all = "snake_case", deny_unknown_fields)]
pub enum Review {
    /// A person sent it: it is decided on now, and its promise counts from now.
    Release {
        /// Why, in the member's words.
        #[serde(default)]
        reason: String,
    },
    /// Nobody did: it is thrown out, and deleted after thirty days.
    Discard {
        /// Why, in the member's words.
        #[serde(default)]
        reason: String,
    },
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Reviewed {
    /// Its id.
    pub id: String,
    /// `released` or `discarded`.
    pub state: String,
    /// Who said so.
    pub by: MemberRef,
    /// The item it has become, where it was released.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<String>,
    /// How many still wait.
    pub waiting: u32,
}
