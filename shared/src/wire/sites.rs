//! What the console's Sites page reads and writes, under `/v1/console/`. For members whose roles let them.
//!
//! | call | body | answer |
//! | --- | --- | --- |
//! | `GET sites` | | [`SitesView`] |
//! | `POST sites` | [`ChangeSites`] with [`SiteChange`] | [`SitesView`] as it is then |

use serde::{Deserialize, Serialize};

use super::config::{SiteKind, SiteLimits, Theme};

/// All sites, and what they may be given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct SitesView {
    /// The version of the configuration this is: a change names it, so that two people never overwrite each other.
    pub version: u32,
    /// The sites, in order.
    pub sites: Vec<SiteView>,
    /// The forms there are.
    pub forms: Vec<Named>,
    /// The prompts there are.
    pub prompts: Vec<Named>,
    /// The languages the widget speaks, by tag.
    pub languages: Vec<Named>,
}

/// Something with an id and a name that people read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Named {
    /// The id.
    pub id: String,
    /// The name.
    pub name: String,
}

/// One site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct SiteView {
    /// Its id.
    pub id: String,
    /// Its public embed key.
    pub key: String,
    /// Whether it is switched off.
    pub off: bool,
    /// What can be edited.
    pub edit: SiteEdit,
    /// When a page last sent a signal under its key, RFC 3339; absent where none ever did.
    pub last_signal_at: Option<String>,
    /// When a form of it was last accepted, RFC 3339.
    pub last_submission_at: Option<String>,
}

/// What a marketer decides about a site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SiteEdit {
    /// The name staff read.
    pub name: String,
    /// Whose it is.
    pub kind: SiteKind,
    /// The origins it may be used from: `https://learn.example.com`.
    pub origins: Vec<String>,
    /// The ids of the forms it may show.
    pub forms: Vec<String>,
    /// The ids of the prompts it may show.
    #[serde(default)]
    pub prompts: Vec<String>,
    /// The words on its launcher; empty for none.
    #[serde(default)]
    pub launcher: String,
    /// Path patterns of its pricing pages.
    #[serde(default)]
    pub pricing: Vec<String>,
    /// The language it speaks; absent for the visitor's.
    #[serde(default)]
    pub lang: Option<String>,
    /// How it looks.
    #[serde(default)]
    pub theme: Theme,
    /// When its key ends, RFC 3339.
    #[serde(default)]
    pub expires_at: Option<String>,
    /// How much it may bring.
    #[serde(default)]
    pub limits: SiteLimits,
    /// Whether its submissions must carry a solved challenge.
    #[serde(default)]
    pub proof: bool,
}

/// A change, and the version of the configuration it was made on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ChangeSites {
    /// The version that the member saw.
    pub version: u32,
    /// What is to change.
    pub change: SiteChange,
}

/// What is to change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(tag = "act", rename_all = "snake_case", deny_unknown_fields)]
pub enum SiteChange {
    /// Make a site, with a new key.
    Create {
        /// What it is.
        edit: SiteEdit,
    },
    /// Change a site.
    Edit {
        /// Which.
        id: String,
        /// What it is then.
        edit: SiteEdit,
    },
    /// Give a site a new key. The old one is refused at once.
    RotateKey {
        /// Which.
        id: String,
    },
    /// Switch a site off: its key is refused at once.
    SwitchOff {
        /// Which.
        id: String,
    },
    /// Switch it on again, under the same key.
    SwitchOn {
        /// Which.
        id: String,
    },
}
