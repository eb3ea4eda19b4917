//! What narrows a list, the views that are kept of it, and what is done to many of its items at once, under `/v1/console/`.
//!
//! | call | body | answer |
//! | --- | --- | --- |
//! | `GET queues/{queue}/items?..` | the names of [`Filter`] beside `state`, `whose` and `after` | [`super::console::ItemPage`] |
//! | `POST items/actions` | [`ActOnMany`] | [`Many`] |
//! | `POST items/undo` | [`UndoMany`] | [`Many`] |
//! | `GET views` | | [`Views`] |
//! | `POST views` | [`SaveView`] | [`Views`] |
//! | `DELETE views/{id}` | | [`Views`] |

use serde::{Deserialize, Serialize};

use super::channel::Channel;
use super::console::{Act, ItemRow, MemberRef, Whose};
use super::form::FormKind;

/// The most items of one call.
pub const MOST_AT_ONCE: usize = 200;
/// The longest name of a view, in characters.
pub const MAX_VIEW_NAME_CHARS: usize = 60;
/// The most views of one member.
pub const MOST_VIEWS: usize = 50;
/// From here on, in percent, a promise presses.
pub const PRESSING: u32 = 50;

/// What a list is narrowed to: a row must be all of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Filter {
    /// What opened it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<FormKind>,
    /// The start of its tier: `A`, `B2`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub tier: String,
    /// The name of the site it came from.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub site: String,
    /// The id of whoever owns it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub owner: String,
    /// Whether it is a complaint.
    #[serde(skip_serializing_if = "core::ops::Not::not")]
    pub complaint: bool,
    /// Whether half of the time of a promise is gone.
    #[serde(skip_serializing_if = "core::ops::Not::not")]
    pub pressing: bool,
    /// How it came to us.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel: Option<Channel>,
    /// Words that must be in it: see [`crate::search`]. Only the server knows which rows have them.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub q: String,
}

impl Filter {
    /// Whether it narrows nothing.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether a row is all of it, as far as the row shows: of the words only the server knows.
    pub fn holds(&self, row: &ItemRow) -> bool {
        let owner = row.owner.as_ref().map_or("", |owner| owner.id.as_str());
        self.kind.is_none_or(|kind| kind == row.kind)
            && self.channel.is_none_or(|channel| channel == row.channel)
            && row.tier.starts_with(&self.tier)
            && (self.site.is_empty() || self.site == row.site)
            && (self.owner.is_empty() || self.owner == owner)
            && (!self.complaint || row.complaint)
            && (!self.pressing || row.urgency >= PRESSING)
    }
}

/// The same for many items. Each is judged by itself, and what is taken is written in one transaction: all of it, or none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ActOnMany {
    /// Their ids: 1 to [`MOST_AT_ONCE`], each once.
    pub items: Vec<String>,
    /// What: not a reply or a duplicate, which are about one item.
    pub act: Act,
}

/// What was done, and what was not.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Many {
    /// The items to which it was done, as they are now, in the order of the call.
    pub done: Vec<ItemRow>,
    /// Those to which it was not, in the order of the call.
    pub refused: Vec<NotDone>,
}

/// Why something was not done to an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct NotDone {
    /// Its id, as it was sent.
    pub id: String,
    /// The person, where the item is known.
    pub who: String,
    /// The stable name of the reason.
    pub code: String,
    /// The reason, as a sentence.
    pub says: String,
}

/// Takes back what one did oneself within ten minutes, where nothing else has happened to the item since.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct UndoMany {
    /// The items: 1 to [`MOST_AT_ONCE`].
    pub items: Vec<Undo>,
}

/// One item of [`UndoMany`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Undo {
    /// Its id.
    pub id: String,
    /// The number of the change that is taken back: [`ItemRow::changed`], as the act answered.
    pub changed: u64,
}

/// The views that somebody may use: their own, and those that others share, by name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Views {
    /// The views.
    pub views: Vec<SavedView>,
}

/// A kept view of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct SavedView {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The queue.
    pub queue: String,
    /// Whether it is of closed items.
    #[serde(default)]
    pub closed: bool,
    /// Of open ones, whose.
    #[serde(default)]
    pub whose: Whose,
    /// What the list is narrowed to.
    #[serde(default)]
    pub filter: Filter,
    /// Whether everybody who works the queue has it.
    #[serde(default)]
    pub shared: bool,
    /// Whose it is.
    pub by: MemberRef,
}

/// Keeps a view. One of the same name, queue and member is replaced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SaveView {
    /// Its name: 1 to [`MAX_VIEW_NAME_CHARS`] characters.
    pub name: String,
    /// The queue: one that the member works.
    pub queue: String,
    /// Whether it is of closed items.
    #[serde(default)]
    pub closed: bool,
    /// Of open ones, whose.
    #[serde(default)]
    pub whose: Whose,
    /// What the list is narrowed to.
    #[serde(default)]
    pub filter: Filter,
    /// Whether everybody who works the queue has it.
    #[serde(default)]
    pub shared: bool,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_row_is_all_of_what_a_list_is_narrowed_to() {
        let row: ItemRow = serde_json::from_value(json!({
            "id": "i1", "reference": "U-1", "queue": "sales", "kind": "inquiry", "state": "claimed", "who": "Ana", "summary": "Hi",
            "tier": "B2", "score": 40, "site": "Platform", "partner": false, "opened_at": "2026-11-20T09:00:00Z",
            "answer_by": "2026-11-20T13:00:00Z", "touched": true, "owner": { "id": "mara", "name": "Mara" }, "outcome": null,
            "changed": 3, "urgency": 50
        }))
        .unwrap();
        let holds = |filter: serde_json::Value| serde_json::from_value::<Filter>(filter).unwrap().holds(&row);
        for all in [
            json!({}),
            json!({ "kind": "inquiry", "tier": "B", "site": "Platform", "owner": "mara", "pressing": true }),
            json!({ "tier": "B2", "q": "whatever" }),
        ] {
            assert!(holds(all.clone()), "{all}");
        }
        for one in [
            json!({ "kind": "trial" }),
            json!({ "tier": "A" }),
            json!({ "tier": "B1" }),
            json!({ "site": "Partner" }),
            json!({ "owner": "theo" }),
            json!({ "complaint": true }),
        ] {
            assert!(!holds(one.clone()), "{one}");
        }
    }
}
