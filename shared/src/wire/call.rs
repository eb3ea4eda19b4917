//! What a member writes down of somebody who did not fill in a form: a call, a visitor at the counter, a chat elsewhere.
//!
//! | call | body | answer |
//! | --- | --- | --- |
//! | `GET calls/forms` | | [`CallForms`] |
//! | `POST calls` | [`RecordCall`] | [`Recorded`] |

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::console::ItemRow;
use super::form::Form;
use super::receipt::Receipt;
use super::submit::Given;

/// The forms whose fields a call may be written down in: those that a site shows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct CallForms {
    /// The forms, in the order of the configuration, with what can be written down of each: nothing is required, and no rule between
    /// fields holds.
    pub forms: Vec<Form>,
}

/// A call, written down. It is scored and routed as what a visitor sends.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RecordCall {
    /// A UUID made by the sender, the same at each try: sent twice, it exists once.
    #[cfg_attr(feature = "openapi", schemars(extend("format" = "uuid")))]
    pub submission_id: String,
    /// The id of the form.
    pub form: String,
    /// The values by field name: what was said, and an address or a number, unless it is somebody who is known.
    pub values: BTreeMap<String, Given>,
    /// The id of the person, where it is somebody who is known: what is not written down is as it is known of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
    /// Whether whoever writes it down takes it on at once, where they work the queue that it goes to.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub mine: bool,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Recorded {
    /// What whoever called may be told.
    pub receipt: Receipt,
    /// Its line; absent where it went to a queue that the member does not work.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<ItemRow>,
}
