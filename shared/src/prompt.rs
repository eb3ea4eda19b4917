//! Whether a prompt may be shown to this visitor, here and now, and if not, the first gate that stops it.
//!
//! The gates stand in one order, and each is asked only where those before it let the prompt pass: the site lists it; the
//! visitor has not sent what it asks for; of prompts that an experiment compares, it is theirs; the page; the schedule; the hours of a team; somebody at the desk; the audience;
//! how often this prompt; how long since any prompt; how many prompts in a visit, in 30 days, and how many were dismissed.
//!
//! Not here: what brings a prompt up (the page knows, `widget/loader/prompts.js`), or where the counters are kept
//! (`edge::journal_do`). A visit is a day in UTC, as it is everywhere in Usher.
//!
//! ```
//! use shared::prompt::{Gate, History, Offer, decide};
//! use shared::time::Timestamp;
//! use shared::wire::prompt::{Fatigue, HowOften};
//!
//! let offer = Offer { id: "help", form: None, how_often: HowOften::Once, cooldown_days: None, outside: Err(Gate::Page) };
//! let now = Timestamp::from_ms(0);
//! assert_eq!(decide(&offer, &History::default(), &Fatigue::default(), now), Err(Gate::Page));
//! ```

pub mod history;
pub mod page;

pub use history::{Conversion, Display, History, RESERVED_MS, Told};

use serde_json::{Value, json};

use crate::business::Hours;
use crate::condition::Condition;
use crate::config::{is_partner, is_pricing};
use crate::source;
use crate::time::Timestamp;
use crate::wire;
use crate::wire::config::Site;
use crate::wire::prompt::{Fatigue, Gates, HowOften};

/// A day, in milliseconds.
pub const DAY_MS: i64 = 24 * 60 * 60 * 1_000;
/// How far back fatigue and conversions count: 30 days.
pub const MONTH_MS: i64 = 30 * DAY_MS;
/// The most prompts that one question may name.
pub const MAX_ASKED: usize = 32;
/// The first parts of the paths that an audience may read.
pub const FACTS: &[&str] = &["visit", "touch", "page", "site", "campaign", "person"];

/// What stops a prompt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gate {
    /// The site does not list it.
    Site,
    /// The visitor sent what it asks for, or anything within 30 days.
    Converted,
    /// An experiment shows this visitor another one in its place.
    Arm,
    /// Its pages are others.
    Page,
    /// Its time has not come, or is over.
    Schedule,
    /// The team whose hours it keeps does not work now.
    Hours,
    /// Nobody of its team is at the desk.
    Online,
    /// It is for others.
    Audience,
    /// This visitor saw it as often as they may.
    HowOften,
    /// Another prompt was shown too short a while ago.
    Cooldown {
        /// When that ends.
        until: Timestamp,
    },
    /// This visit had as many prompts as it may.
    PerVisit {
        /// How many those are.
        most: u32,
    },
    /// These 30 days had as many prompts as they may.
    PerMonth {
        /// How many those are.
        most: u32,
    },
    /// The visitor dismissed so many that they are left alone for 30 days.
    Dismissals {
        /// How many those are.
        most: u32,
    },
}

impl Gate {
    /// The stable name shared by answers, logs and the overlay.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Site => "site",
            Self::Converted => "converted",
            Self::Arm => "arm",
            Self::Page => "page",
            Self::Schedule => "schedule",
            Self::Hours => "hours",
            Self::Online => "online",
            Self::Audience => "audience",
            Self::HowOften => "how_often",
            Self::Cooldown { .. } => "cooldown",
            Self::PerVisit { .. } => "per_visit",
            Self::PerMonth { .. } => "per_30_days",
            Self::Dismissals { .. } => "dismissals",
        }
    }

    /// The gate of a tag, for those that [`Prompt::outside`] names.
    pub fn outside_of_tag(tag: &str) -> Option<Self> {
        [Self::Site, Self::Arm, Self::Page, Self::Schedule, Self::Hours, Self::Online, Self::Audience]
            .into_iter()
            .find(|gate| gate.tag() == tag)
    }

    /// The same in a sentence, for the person who wrote the prompt.
    pub fn says(self) -> String {
        match self {
            Self::Site => "This site does not list it.".to_owned(),
            Self::Converted => "The visitor sent the form it leads to, or any form within the last 30 days.".to_owned(),
            Self::Arm => "An experiment shows this visitor another prompt in its place.".to_owned(),
            Self::Page => "None of its page rules is for this page.".to_owned(),
            Self::Schedule => "It is not scheduled for now.".to_owned(),
            Self::Hours => "The team whose hours it keeps does not work now.".to_owned(),
            Self::Online => "Nobody of its team is at the desk.".to_owned(),
            Self::Audience => "This visitor is not in its audience.".to_owned(),
            Self::HowOften => "This visitor has seen or answered it as often as they may.".to_owned(),
            Self::Cooldown { until } => {
                format!("A prompt was shown not long ago; the next one may be from {}.", until.in_words())
            }
            Self::PerVisit { most } => format!("This visit had its {most} of all prompts."),
            Self::PerMonth { most } => format!("This visitor had their {most} prompts of 30 days."),
            Self::Dismissals { most } => {
                format!("This visitor dismissed {most} within 30 days, and is left alone.")
            }
        }
    }
}

/// A prompt whose gates are read.
#[derive(Debug, Clone, PartialEq)]
pub struct Prompt {
    source: wire::Prompt,
    from: Option<Timestamp>,
    until: Option<Timestamp>,
    hours: Option<Hours>,
    audience: Option<Condition>,
}

/// What the gates outside the visitor's own history look at.
pub struct Circumstances<'a> {
    /// The page's address.
    pub url: &'a str,
    /// The instant.
    pub now: Timestamp,
    /// The pools of which somebody is at the desk.
    pub online: &'a [String],
    /// What audiences read; see [`facts`].
    pub facts: &'a Value,
}

impl Prompt {
    /// Reads a prompt. `hours` gives a pool's hours; a pool without any works at any time. `None` where a part of it cannot
    /// be read, which a checked configuration never has.
    pub fn read(source: wire::Prompt, hours: impl Fn(&str) -> Option<Hours>) -> Option<Self> {
        let gates = source.gates.clone().unwrap_or_default();
        let instant = |text: Option<String>| match text {
            None => Some(None),
            Some(text) => Timestamp::parse(&text).map(Some),
        };
        let audience = match &gates.audience {
            None => None,
            Some(condition) => Some(Condition::parse(condition).ok()?),
        };
        Some(Self {
            from: instant(gates.from)?,
            until: instant(gates.until)?,
            hours: gates.hours_of.as_deref().and_then(hours),
            audience,
            source,
        })
    }

    /// As it was written.
    pub fn source(&self) -> &wire::Prompt {
        &self.source
    }

    /// The pool of which somebody must be at the desk.
    pub fn online(&self) -> Option<&str> {
        self.source.gates.as_ref()?.online.as_deref()
    }

    /// Whether it asks who the visitor is.
    pub fn has_audience(&self) -> bool {
        self.audience.is_some()
    }

    /// The first gate outside the visitor's own history that stops it.
    ///
    /// # Errors
    /// That gate.
    pub fn outside(&self, around: &Circumstances<'_>) -> Result<(), Gate> {
        let now = around.now;
        if !page::matches(&self.source.pages, around.url) {
            return Err(Gate::Page);
        }
        if self.from.is_some_and(|from| now < from) || self.until.is_some_and(|until| until <= now) {
            return Err(Gate::Schedule);
        }
        if self.hours.as_ref().is_some_and(|hours| !hours.is_open(now)) {
            return Err(Gate::Hours);
        }
        if self.online().is_some_and(|pool| !around.online.iter().any(|online| online == pool)) {
            return Err(Gate::Online);
        }
        if self.audience.as_ref().is_some_and(|audience| !audience.holds(around.facts)) {
            return Err(Gate::Audience);
        }
        Ok(())
    }

    /// What the visitor's history decides on.
    pub fn offer(&self, outside: Result<(), Gate>) -> Offer<'_> {
        let gates = self.source.gates.as_ref();
        Offer {
            id: &self.source.id,
            form: self.source.form.as_deref(),
            how_often: gates.map_or(HowOften::default(), |gates| gates.how_often),
            cooldown_days: gates.and_then(|gates| gates.cooldown_days),
            outside,
        }
    }
}

/// A prompt that could be shown, as far as the visitor's own history decides on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer<'a> {
    /// Its id.
    pub id: &'a str,
    /// The form it leads to.
    pub form: Option<&'a str>,
    /// How often one visitor may see it.
    pub how_often: HowOften,
    /// Days since any prompt; where absent, the workspace's.
    pub cooldown_days: Option<u32>,
    /// What [`Prompt::outside`] said.
    pub outside: Result<(), Gate>,
}

/// Whether it may be shown now.
///
/// # Errors
/// The first gate that stops it.
pub fn decide(offer: &Offer<'_>, history: &History, fatigue: &Fatigue, now: Timestamp) -> Result<(), Gate> {
    if offer.outside == Err(Gate::Site) {
        return Err(Gate::Site);
    }
    let form_was_sent = offer.form.is_some_and(|form| history.conversions.iter().any(|sent| sent.form == form));
    if form_was_sent || history.conversions.iter().any(|sent| within(sent.at, MONTH_MS, now)) {
        return Err(Gate::Converted);
    }
    offer.outside?;
    if is_spent(offer, history, now) {
        return Err(Gate::HowOften);
    }
    let cooldown = i64::from(offer.cooldown_days.unwrap_or(fatigue.cooldown_days)) * DAY_MS;
    if let Some(last) = history.seen(now).map(|(_, at)| at).max() {
        let until = Timestamp::from_ms(last.as_ms() + cooldown);
        if now < until {
            return Err(Gate::Cooldown { until });
        }
    }
    let count = |is_counted: &dyn Fn(Timestamp) -> bool| history.seen(now).filter(|(_, at)| is_counted(*at)).count();
    if reaches(count(&|at| at.day() == now.day()), fatigue.per_visit) {
        return Err(Gate::PerVisit { most: fatigue.per_visit });
    }
    if reaches(count(&|at| within(at, MONTH_MS, now)), fatigue.per_30_days) {
        return Err(Gate::PerMonth { most: fatigue.per_30_days });
    }
    let dismissed = history.displays.iter().filter_map(|display| display.dismissed_at);
    if reaches(dismissed.filter(|at| within(*at, MONTH_MS, now)).count(), fatigue.dismissals) {
        return Err(Gate::Dismissals { most: fatigue.dismissals });
    }
    Ok(())
}

/// What is decided on several prompts together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice<'a> {
    /// The one to show.
    pub show: Option<&'a str>,
    /// Each, with the gate that stops it.
    pub why: Vec<(&'a str, Result<(), Gate>)>,
}

/// Decides on each, in the order in which they would be shown: the first that nothing stops is.
pub fn choose<'a>(offers: &[Offer<'a>], history: &History, fatigue: &Fatigue, now: Timestamp) -> Choice<'a> {
    let why: Vec<_> = offers.iter().map(|offer| (offer.id, decide(offer, history, fatigue, now))).collect();
    Choice { show: why.iter().find(|(_, decided)| decided.is_ok()).map(|(id, _)| *id), why }
}

/// What an audience reads. What is not known is absent, and so `null` to a condition.
pub fn facts(site: &Site, url: &str, visit: &Value, touch: &Value, person: &Value) -> Value {
    let path = source::path(url);
    let campaign: serde_json::Map<String, Value> =
        source::campaign(url).into_iter().map(|(name, value)| (name, Value::from(value))).collect();
    json!({
        "visit": visit,
        "touch": touch,
        "page": { "path": path, "pricing": is_pricing(site, path) },
        "site": { "id": site.id, "partner": is_partner(site) },
        "campaign": campaign,
        "person": person,
    })
}

/// A prompt as it is sent to a browser: in one language, and without what only the edge decides.
pub fn to_sent(prompt: &wire::Prompt, lang: &str) -> wire::Prompt {
    let mut sent = wire::Prompt { gates: None, translations: std::collections::BTreeMap::new(), ..prompt.clone() };
    let language = lang.split('-').next().unwrap_or(lang);
    let words = prompt.translations.get(lang).or_else(|| prompt.translations.get(language));
    for (name, word) in words.into_iter().flatten() {
        match name.as_str() {
            "title" => sent.title.clone_from(word),
            "body" => sent.body.clone_from(word),
            "action" => sent.action.clone_from(word),
            _ => {}
        }
    }
    sent
}

/// The pools that a prompt's gates name.
pub(crate) fn pools(gates: &Gates) -> impl Iterator<Item = (&'static str, &String)> {
    let named = [("hours_of", &gates.hours_of), ("online", &gates.online)];
    named.into_iter().filter_map(|(gate, pool)| Some((gate, pool.as_ref()?)))
}

fn is_spent(offer: &Offer<'_>, history: &History, now: Timestamp) -> bool {
    let seen = || history.seen(now).filter(|(prompt, _)| *prompt == offer.id).count();
    let is_answered =
        || history.displays.iter().any(|display| display.prompt == offer.id && display.answered_at.is_some());
    match offer.how_often {
        HowOften::Once => seen() > 0,
        HowOften::Times(most) => reaches(seen(), most) || is_answered(),
        HowOften::UntilAnswered => is_answered(),
        HowOften::Always => false,
    }
}

/// Whether it was less than so long ago.
fn within(at: Timestamp, ms: i64, now: Timestamp) -> bool {
    now.as_ms() - at.as_ms() < ms
}

fn reaches(count: usize, most: u32) -> bool {
    u32::try_from(count).unwrap_or(u32::MAX) >= most
}

#[cfg(test)]
mod tests;
