//! A prompt as data: a message that may open a form, what brings it up, and what holds it back.
//!
//! Two shapes share [`Prompt`]: as a marketer writes it, and as it is sent to a browser ([`super::Boot`]), in one language
//! and without what only the edge decides (`gates`).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A message that may open a form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Prompt {
    /// Names it in signals and logs: `pricing_help`.
    pub id: String,
    /// How it looks.
    pub look: Look,
    /// Its heading; may be empty for a bubble or a bar.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// What it says.
    pub body: String,
    /// The words on its button.
    pub action: String,
    /// The form that the button opens; where absent, [`Prompt::link`] is followed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<String>,
    /// Where the button leads: a path, or an address of one of the site's origins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// For `inline`: where it stands, as a CSS selector; the prompt is put after the element.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// What brings it up: any of these.
    pub triggers: Vec<Trigger>,
    /// The pages it may be shown on; where there are none, all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pages: Vec<PageRule>,
    /// How long after its trigger it is shown, in seconds; survives going to another page.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub delay_secs: u32,
    /// Events that call it off while it waits.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cancel_on: Vec<EventMatch>,
    /// Of two that could be shown, the higher one is.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub priority: u32,
    /// What holds it back; the edge decides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gates: Option<Gates>,
    /// Its words in other languages: by language tag, then by name (`title`, `body`, `action`).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub translations: BTreeMap<String, BTreeMap<String, String>>,
}

/// How a prompt looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Look {
    /// A small message at the launcher.
    Bubble,
    /// A bar along the foot of the window.
    Bar,
    /// A card that slides in at the corner.
    SlideIn,
    /// A dialog over the page.
    Dialog,
    /// A card within the page.
    Inline,
}

/// What brings a prompt up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Trigger {
    /// The page could be seen for so many seconds (1 to 3,600).
    VisibleSecs(u32),
    /// The visitor scrolled past so much of the page, in percent (1 to 100).
    ScrollPercent(u32),
    /// An element of this selector came into view.
    InView(String),
    /// The visitor is about to leave: the pointer leaves by the top, or on a touch screen a fast scroll upwards or a
    /// return after at least five seconds away.
    ExitIntent,
    /// Nothing was touched, typed or moved for so many seconds (5 to 600).
    IdleSecs(u32),
    /// An element of this selector was clicked.
    Click(String),
    /// The page reported an event, `usher('event', name, {..})`.
    Event(EventMatch),
    /// An element of this selector is on the page.
    Present(String),
}

/// An event of the page's, and what must hold of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct EventMatch {
    /// Its name.
    pub name: String,
    /// Its properties must be these, each as text.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub about: BTreeMap<String, String>,
}

/// A page, by one part of its address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PageRule {
    /// Which part; percent-encoding is undone first.
    pub part: PagePart,
    /// How it is compared.
    pub how: PageMatch,
    /// With what.
    pub with: String,
}

/// A part of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum PagePart {
    /// `learn.example.com`.
    Host,
    /// `/pricing`, without a slash at the end.
    Path,
    /// `a=b`, without the question mark.
    Query,
}

/// How a part of an address is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum PageMatch {
    /// It is this.
    Is,
    /// It is not this.
    IsNot,
    /// It starts with this.
    StartsWith,
    /// It ends with this.
    EndsWith,
    /// It holds this.
    Contains,
    /// It does not hold this.
    ContainsNot,
}

/// What holds a prompt back, in the order in which it is asked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Gates {
    /// From when it may be shown: RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Until when: RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// Only in the working hours of this pool.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hours_of: Option<String>,
    /// Only while a member of this pool is at the desk.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub online: Option<String>,
    /// A condition over `visit`, `touch`, `page`, `site`, `campaign`, `person`: whom it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audience: Option<Value>,
    /// How often one visitor may see it.
    pub how_often: HowOften,
    /// Days since any prompt was last seen; where absent, the workspace's; 0 asks nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cooldown_days: Option<u32>,
}

/// How often one visitor may see a prompt.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum HowOften {
    /// Once.
    #[default]
    Once,
    /// So many times, and not after it was answered.
    Times(u32),
    /// Until it was answered.
    UntilAnswered,
    /// Whenever its trigger fires.
    Always,
}

/// How much all prompts together may ask of one visitor, across sites and devices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Fatigue {
    /// The most prompts in one visit.
    pub per_visit: u32,
    /// The most prompts in 30 days.
    pub per_30_days: u32,
    /// Days between two prompts.
    pub cooldown_days: u32,
    /// Dismissed so often, no prompt is shown for 30 days.
    pub dismissals: u32,
}

impl Default for Fatigue {
    fn default() -> Self {
        Self { per_visit: 1, per_30_days: 3, cooldown_days: 7, dismissals: 2 }
    }
}

/// Asks, when a trigger has fired, whether a prompt may be shown: `POST /v1/prompts/{site_key}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct AskPrompts {
    /// The prompts whose triggers fired and whose page is this one, the likeliest first.
    pub prompts: Vec<String>,
    /// The page's address.
    pub url: String,
    /// Where the visitor came to this page from.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub referrer: String,
    /// The visitor's own id, once they have consented to one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub visitor: String,
    /// The token that `identify` was given.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub identity: String,
    /// Whether consent was denied on the page: nothing is kept of the visitor then, and so nothing is counted.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub private: bool,
    /// A signed editor link's token: every prompt is answered with its first gate, and nothing is counted.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub editor: String,
}

/// Which may be shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct PromptsAnswer {
    /// The one to show now; absent where each is held back.
    pub show: Option<String>,
    /// Names this display in the signals `prompt_shown`, `prompt_dismissed` and `prompt_answered` (`about.display`); empty
    /// where nothing is kept of the visitor.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub display: String,
    /// For an editor: each prompt of the site with the first gate that stops it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub why: Vec<Why>,
}

/// Why a prompt is not shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Why {
    /// The prompt's id.
    pub prompt: String,
    /// The first gate that stops it, by its stable name; absent where none does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gate: Option<String>,
    /// The same in a sentence.
    pub says: String,
}

fn is_zero(number: &u32) -> bool {
    *number == 0
}
