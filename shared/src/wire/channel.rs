//! How a submission came to us.

use serde::{Deserialize, Serialize};

/// How a submission came to us. Tags are shared by rows, conditions, exports and the console, and are never renamed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// By a form that the visitor sent: in the widget, on a page, or by a program that speaks like them.
    #[default]
    Web,
    /// By mail.
    Email,
    /// A member wrote it down: a call, somebody at the counter, a chat elsewhere.
    Phone,
}

impl Channel {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Web, Self::Email, Self::Phone];

    /// The stable name.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Web => "web",
            Self::Email => "email",
            Self::Phone => "phone",
        }
    }

    /// Reads a tag back.
    pub fn from_tag(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|channel| channel.tag() == tag)
    }
}
