//! What is kept of people and for how long, their export, and their erasure, under `/v1/console/`: for admins.
//!
//! | call | body | answer |
//! | --- | --- | --- |
//! | `GET people/{id}/privacy` | | [`PersonPrivacy`]: holds, consents, and whether they were erased |
//! | `GET people/{id}/export` | | [`PersonExport`], as a file |
//! | `POST people/{id}/erase` | [`ErasePerson`] | [`Erased`]; 409 `on_hold` |
//! | `POST people/{id}/hold` | [`ChangeHold`] | [`PersonPrivacy`]; 409 `on_hold`, `not_on_hold` |
//! | `GET privacy` | | [`PrivacyView`] |
//! | `POST privacy/retention` | [`ChangeRetention`] | [`PrivacyView`]; 409 `stale` |
//!
//! An item of somebody who was erased is answered with 410 `erased`.
//!
//! The platform's server does the same by a token for `people`, under `/v1/workspaces/{workspace}/`, and names somebody as it knows them:
//! `POST people/export` ([`FindPeople`], [`PeopleExport`]) and `POST people/erase` ([`ErasePeople`], [`PeopleErased`]; 409 `on_hold`).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::console::{MemberRef, Outcome};
use super::people::PersonRow;

/// What [`PersonExport::format`] says.
pub const EXPORT_FORMAT: &str = "usher.person.1";

/// How long things are kept, in days. What no rule names is kept until somebody deletes it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Retention {
    /// Of closed items; the first rule that matches wins.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<RetentionRule>,
    /// Submissions that wait for review, from when they arrived. What was decided goes after 30 days in any case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub undecided_days: Option<u32>,
    /// Deliveries that were given up, from then on. What was delivered goes after 30 days in any case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dead_days: Option<u32>,
}

impl Retention {
    /// Whether nothing is ever deleted for its age.
    pub fn is_off(&self) -> bool {
        *self == Self::default()
    }
}

/// How long closed items are kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RetentionRule {
    /// Those that this form opened; where absent, any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<String>,
    /// Those that this became of; where absent, anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
    /// For so many days after they were closed, 1 to 36,500; where absent, for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<u32>,
}

/// The Privacy page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct PrivacyView {
    /// The version of the configuration: [`ChangeRetention`] names it.
    pub version: u32,
    /// How long things are kept.
    pub retention: Retention,
    /// The forms that a rule may name.
    pub forms: Vec<FormRef>,
    /// The outcomes that a rule may name.
    pub outcomes: Vec<Outcome>,
    /// What was deleted for its age, by day, the latest first: at most 30 days on which something was.
    pub deleted: Vec<DeletedDay>,
    /// When it is looked next whether something is old enough, RFC 3339; absent where nothing is ever deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_at: Option<String>,
    /// Who is on hold, the latest first: at most 100.
    pub holds: Vec<HeldPerson>,
    /// Who was erased on request, the latest first: at most 50.
    pub erasures: Vec<Erased>,
}

/// A form, by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct FormRef {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
}

/// What was deleted for its age on a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct DeletedDay {
    /// The day, in UTC: `2026-11-30`.
    pub day: String,
    /// How many: `items`, `people`, `undecided`, `deliveries`.
    pub counts: BTreeMap<String, u64>,
}

/// Somebody on hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct HeldPerson {
    /// Who.
    pub person: PersonRow,
    /// Why, and since when.
    pub hold: HoldView,
}

/// Sets how long things are kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ChangeRetention {
    /// The version of the configuration that was read: where there is another by now, nothing is changed.
    pub version: u32,
    /// As it is to be.
    pub retention: Retention,
}

/// What is kept of one person, and why it may not be deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct PersonPrivacy {
    /// Their id.
    pub id: String,
    /// Their items.
    pub items: u32,
    /// Those of them that are open.
    pub open_items: u32,
    /// The hold that is on them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold: Option<HoldView>,
    /// Holds that were lifted, the latest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub past_holds: Vec<HoldView>,
    /// What they agreed to, the latest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub consents: Vec<ConsentRecord>,
    /// Where they were erased; nothing else is known then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub erased: Option<Erased>,
}

/// Something that somebody agreed to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct ConsentRecord {
    /// What it permits.
    pub purpose: String,
    /// The sentence, as it was shown.
    pub text: String,
    /// Its version.
    pub version: String,
    /// Its language.
    pub lang: String,
    /// When, RFC 3339.
    pub at: String,
    /// The site's id.
    pub site: String,
    /// The item that it came with.
    pub item: String,
}

/// A hold: as long as it is there, nothing of its person is deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct HoldView {
    /// Why it was placed, in a member's words.
    pub reason: String,
    /// By whom.
    pub by: MemberRef,
    /// When, RFC 3339.
    pub at: String,
    /// How it ended, if it has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lifted: Option<Lifted>,
}

/// How a hold ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Lifted {
    /// Why, in a member's words.
    pub reason: String,
    /// By whom.
    pub by: MemberRef,
    /// When, RFC 3339.
    pub at: String,
}

/// Places a hold, or lifts it. A reason has 1 to 500 characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(tag = "act", rename_all = "snake_case", deny_unknown_fields)]
pub enum ChangeHold {
    /// Nothing of them may be deleted from now on.
    Place {
        /// Why.
        reason: String,
    },
    /// It may again.
    Lift {
        /// Why.
        reason: String,
    },
}

/// Deletes everything that is known of somebody. It cannot be taken back; of somebody who was erased already it changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ErasePerson {
    /// Why.
    pub reason: ErasureReason,
}

/// Why somebody is erased: one of these and no words, since it is kept for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ErasureReason {
    /// They asked for it.
    Asked,
    /// They took back what they had agreed to.
    ConsentWithdrawn,
    /// Nobody needs it any more.
    NotNeeded,
    /// It should never have been kept.
    Unlawful,
    /// It was never anybody's: a test.
    Test,
    /// It was older than anything is kept. Nobody asks for it: it is found by itself.
    TooOld,
}

impl ErasureReason {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 5] = [Self::Asked, Self::ConsentWithdrawn, Self::NotNeeded, Self::Unlawful, Self::Test];

    /// The stable name.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::ConsentWithdrawn => "consent_withdrawn",
            Self::NotNeeded => "not_needed",
            Self::Unlawful => "unlawful",
            Self::Test => "test",
            Self::TooOld => "too_old",
        }
    }

    /// Reads a tag back.
    pub fn from_tag(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.tag() == tag)
    }
}

/// What is left of somebody: that they were, and that they were erased.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Erased {
    /// The id that their record had.
    pub person: String,
    /// When, RFC 3339.
    pub at: String,
    /// By whom; absent where it was a server, by its token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<MemberRef>,
    /// Why.
    pub reason: ErasureReason,
    /// How many rows went, by table.
    pub rows: BTreeMap<String, u64>,
    /// When the last of it was gone from visits, files and what mentions them, RFC 3339; absent while that is under way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub done_at: Option<String>,
}

/// Everything that is known of one person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct PersonExport {
    /// [`EXPORT_FORMAT`].
    pub format: String,
    /// The workspace's name.
    pub workspace: String,
    /// The person's id.
    pub person: String,
    /// When it was taken, RFC 3339.
    pub at: String,
    /// What is kept, by kind (`person`, `submission`, `journal.seen`, ...): records with their fields by name. An instant is a
    /// number of milliseconds since 1970, as it is kept.
    pub records: BTreeMap<String, Vec<Map<String, Value>>>,
}

/// Whom a server means: exactly one of these.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct FindPeople {
    /// Whoever gave this address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Whoever gave this telephone number, with its country: `+351 21 000 4711`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// The platform's own user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
}

/// Erases everybody who is known so; nobody, where one of them is on hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ErasePeople {
    /// Whom.
    pub who: FindPeople,
    /// Why.
    pub reason: ErasureReason,
}

/// Everything that is known of whoever is known so.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct PeopleExport {
    /// Each; empty, where nobody is.
    pub people: Vec<PersonExport>,
}

/// Who was erased.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct PeopleErased {
    /// Each; empty, where nobody was known so, also because they were erased before.
    pub people: Vec<Erased>,
}
