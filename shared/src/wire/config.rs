//! A workspace's configuration as an operator writes it: `PUT /v1/operator/workspaces/{id}`. The rules are data.
//! [`crate::config::Config::parse`] checks the whole of it and names every problem.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::card::Card;
use super::destination::Destination;
use super::experiment::Experiment;
use super::form::{Form, FormKind};
use super::pool::{Capacity, Hours, Leave, Needs, Pool, Remedy};
use super::privacy::Retention;
use super::prompt::{Fatigue, Prompt};
use super::sign_in::SignInRules;

/// One organisation, whole.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Workspace {
    /// The name visitors and staff read.
    pub name: String,
    /// The language of all words here that are not translations: `en`.
    #[serde(default = "english")]
    pub lang: String,
    /// Where staff reach the console, so that what others are told can lead there: `https://usher.example.com`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Where the widget is embedded.
    pub sites: Vec<Site>,
    /// What visitors fill in.
    pub forms: Vec<Form>,
    /// The queues, in the console's order.
    pub queues: Vec<Queue>,
    /// Staff.
    pub members: Vec<Member>,
    /// The teams that routing names.
    pub pools: Vec<Pool>,
    /// What a submission is worth.
    pub card: Card,
    /// Which pool gets it; the first rule that matches wins, the last must always match.
    pub routes: Vec<RouteRule>,
    /// Where what happens is also told.
    #[serde(default)]
    pub destinations: Vec<Destination>,
    /// What visitors may be asked unbidden.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub prompts: Vec<Prompt>,
    /// Which other ones some visitors see in the place of one, to learn what works.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub experiments: Vec<Experiment>,
    /// How much all prompts together may ask of one visitor.
    #[serde(default)]
    pub fatigue: Fatigue,
    /// How the platform's server says who somebody is; where absent, `identify` is refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<Identity>,
    /// How members sign in; where absent, by links and passwords.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sign_in: Option<SignInRules>,
    /// The widget's own words in a language that is not shipped, or other ones in one that is: by language tag, then by
    /// name, as in [`crate::words`].
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub words: BTreeMap<String, BTreeMap<String, String>>,
    /// Words that make a support request a complaint, in any language; see [`crate::complaint`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub complaint_words: Vec<String>,
    /// What members may begin an answer with.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub templates: Vec<Template>,
    /// The addresses whose mail comes in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mailboxes: Vec<Mailbox>,
    /// How long things are kept; where absent, until somebody deletes them.
    #[serde(default, skip_serializing_if = "Retention::is_off")]
    pub retention: Retention,
}

/// An address whose mail comes in, as if its sender had sent a form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Mailbox {
    /// `help@example.com`.
    pub address: String,
    /// The id of the site that it counts for: its limits hold for mail too.
    pub site: String,
    /// The id of a form that the site shows, with a field for an address and one for several lines: what the mail says stands there.
    pub form: String,
}

/// What members may begin an answer with. Subject and text may have the placeholders of [`crate::template`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// `welcome`.
    pub id: String,
    /// The name staff read.
    pub name: String,
    /// What it answers; where empty, anything.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<FormKind>,
    /// The subject: at most 200 characters.
    pub subject: String,
    /// The text: at most 10,000 characters.
    pub text: String,
}

fn english() -> String {
    "en".to_owned()
}

/// How the platform's server says who somebody is: a short-lived JSON Web Token, signed with HMAC SHA-256.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Identity {
    /// The shared secret, at least 32 characters.
    pub secret: String,
}

/// Where the widget is embedded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Site {
    /// Names the site in conditions: `platform`.
    pub id: String,
    /// The name staff read.
    pub name: String,
    /// Whose it is.
    pub kind: SiteKind,
    /// The public embed key: `pk_demo_platform`.
    pub key: String,
    /// The origins it may be used from: `https://learn.example.com`.
    pub origins: Vec<String>,
    /// The ids of the forms it may show.
    pub forms: Vec<String>,
    /// The words on its launcher.
    pub launcher: String,
    /// Path patterns of its pricing pages: a path, or a prefix ending in `*`.
    #[serde(default)]
    pub pricing: Vec<String>,
    /// The ids of the prompts it may show.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub prompts: Vec<String>,
    /// The language it speaks; where absent, the visitor's, if it is one of [`crate::words::LANGUAGES`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lang: Option<String>,
    /// How it looks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub theme: Option<Theme>,
    /// When its key ends: RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<String>,
    /// Whether it is switched off: its key is refused at once.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub off: bool,
    /// How much it may bring.
    #[serde(default)]
    pub limits: SiteLimits,
    /// What a submission must pass.
    #[serde(default)]
    pub checks: SiteChecks,
}

/// How a site wants the widget to look. Colours as CSS writes them: `#2f5bd0`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Theme {
    /// `light` or `dark`; where absent, the visitor's own preference.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<String>,
    /// The colour of buttons.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accent: Option<String>,
    /// The colour of words on buttons.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accent_text: Option<String>,
    /// The roundness of the panel's corners, in pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub radius: Option<u32>,
}

/// How much a site may bring. What comes beyond it is held for review (submissions) or refused (signals).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct SiteLimits {
    /// The most submissions of one day (UTC).
    pub submissions_per_day: u32,
    /// The most submissions from one address within ten minutes; more are answered with 429.
    pub per_address: u32,
}

impl Default for SiteLimits {
    fn default() -> Self {
        Self { submissions_per_day: 10_000, per_address: 20 }
    }
}

/// What a submission must pass; what does not is held for review.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct SiteChecks {
    /// A fresh stamp: a submission without one, or sent within two seconds of it, is held even where nothing else is
    /// wrong. Off, these are weak signs, since a form that somebody wrote by hand has no stamp.
    #[serde(skip_serializing_if = "core::ops::Not::not")]
    pub stamp: bool,
    /// A solved challenge (ALTCHA).
    pub proof: bool,
    /// Turnstile.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub turnstile: Option<Turnstile>,
}

/// Cloudflare Turnstile's keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Turnstile {
    /// The public one.
    pub site_key: String,
    /// The secret one.
    pub secret: String,
}

/// Whose a site is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum SiteKind {
    /// The workspace's own.
    Own,
    /// A partner's.
    Partner,
}

/// A queue of items.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", schemars(rename = "WorkspaceQueue"))]
pub struct Queue {
    /// `sales`.
    pub id: String,
    /// `Sales`.
    pub name: String,
}

/// A member of staff.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Member {
    /// `mara`.
    pub id: String,
    /// `Mara Lindqvist`.
    pub name: String,
    /// Their address.
    pub email: String,
    /// The queues they work.
    pub queues: Vec<String>,
    /// What else they may do.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<Role>,
    /// When they work; where absent, when their pool does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<Hours>,
    /// When they are on leave.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub leave: Vec<Leave>,
    /// How many open items they may own.
    #[serde(default, skip_serializing_if = "Capacity::is_unbounded")]
    pub capacity: Capacity,
    /// What they can do, each with its level, from 1 on: `{"billing": 2}`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub skills: BTreeMap<String, u32>,
    /// The languages they answer in, by their first part: `["en", "de"]`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub languages: Vec<String>,
    /// Where those come from whom they answer, as the fact that a rule names has it: `["DE", "AT"]`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub territories: Vec<String>,
}

/// What a member may do besides working queues.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Everything.
    Admin,
    /// Change when others work, and hand over what is theirs.
    Manager,
    /// See and change sites.
    Marketer,
    /// See the team, and try score cards on leads and on the past.
    Analyst,
}

/// One routing rule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RouteRule {
    /// Names it in traces and logs.
    pub id: String,
    /// A condition over the facts and the score; `{}` always matches.
    pub when: Value,
    /// The queue the item stands in.
    pub queue: String,
    /// The team that answers.
    pub pool: String,
    /// By when somebody touches it first, in the pool's working time.
    pub first_touch_minutes: u32,
    /// By when the visitor is answered again once they have written again, in the same time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_reply_minutes: Option<u32>,
    /// By when it is closed, in the same time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub close_minutes: Option<u32>,
    /// How long nothing may be done about it while somebody has it in hand, in the same time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dwell_minutes: Option<u32>,
    /// Whether the clock runs outside the pool's hours too.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub calendar: bool,
    /// What is done when a promise is in danger; where absent, [`crate::promise::USUAL`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remedies: Option<Vec<Remedy>>,
    /// What the member must have to whom it is given.
    #[serde(default, skip_serializing_if = "Needs::is_nothing")]
    pub needs: Needs,
    /// Whether it is given to members outside their hours too.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub any_hour: bool,
    /// The rule in plain words, as staff will read it.
    pub says: String,
}
