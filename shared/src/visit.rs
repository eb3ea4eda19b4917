//! What a visitor did, as dated facts, and the small summary they fold into, which scoring and routing read.
//!
//! Only what a person was seen to do counts: what a robot, a link scanner or a page rendered ahead of time did is kept, and
//! folds into nothing. Not here: who the visitor is. A visit has no name.

use std::collections::BTreeMap;

use crate::time::Timestamp;
use crate::wire::visit::{Summary, Touch};

/// One signal, with the instant the edge gives it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Seen {
    /// When.
    pub at: Timestamp,
    /// `page_viewed`, `pricing_viewed`, `form_started`, ... An unknown one is kept.
    pub kind: String,
    /// The page's address.
    pub url: String,
    /// The page's title.
    pub title: String,
    /// What more there is to it, by name: `plan`, `visible_ms`.
    pub about: BTreeMap<String, String>,
    /// Whether a person was seen on the page, and no robot sent it.
    pub human: bool,
}

impl Seen {
    /// A signal of a person, of which nothing more is known.
    pub fn new(at: Timestamp, kind: &str) -> Self {
        let (url, title, about) = Default::default();
        Self { at, kind: kind.to_owned(), url, title, about, human: true }
    }
}

/// The longest name of a signal, in characters.
pub const MAX_KIND_CHARS: usize = 64;
/// The most signals that travel with a submission and stand on its item: the latest.
pub const MAX_KEPT: usize = 100;

/// A page was shown.
pub const PAGE_VIEWED: &str = "page_viewed";
/// A pricing page was looked at: once a visit, after five seconds that could be seen.
pub const PRICING_VIEWED: &str = "pricing_viewed";
/// Everything that is done with the prices: what [`crate::pricing`] folds.
pub const PRICING_KINDS: &[&str] = &[
    PRICING_VIEWED,
    "pricing_left",
    "plan_focused",
    "period_switched",
    "seats_changed",
    "compare_opened",
    "cta_clicked",
];
/// Something that the page itself reported, by `about.name`.
pub const EVENT: &str = "event";

/// So long without a signal, and a visit is over.
pub const VISIT_MS: i64 = 30 * 60 * 1_000;

/// Whether this may name a signal: lower-case letters, digits and `_`, starting with a letter.
pub fn is_kind(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.len() <= MAX_KIND_CHARS
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

/// What came before a submission.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Visit {
    signals: Vec<Seen>,
    summary: Summary,
}

impl Visit {
    /// Puts the signals of the journal and those that travelled with the submission in order, the latest
    /// [`MAX_KEPT`] of them.
    pub fn new(mut signals: Vec<Seen>) -> Self {
        signals.sort();
        let surplus = signals.len().saturating_sub(MAX_KEPT);
        signals.drain(..surplus);
        Self { signals, summary: Summary::default() }
    }

    /// The same, with what all signals of this visitor fold into.
    pub fn with_summary(signals: Vec<Seen>, summary: Summary) -> Self {
        Self { summary, ..Self::new(signals) }
    }

    /// What all signals of this visitor fold into.
    pub fn summary(&self) -> &Summary {
        &self.summary
    }

    /// Whether a person was seen.
    pub fn is_human(&self) -> bool {
        self.signals.iter().any(|seen| seen.human)
    }

    /// The signals, oldest first.
    pub fn signals(&self) -> &[Seen] {
        &self.signals
    }

    /// How many signals of a kind there were from a person.
    pub fn count(&self, kind: &str) -> usize {
        self.signals.iter().filter(|seen| seen.human && seen.kind == kind).count()
    }

    /// The names of the events that the page reported of a person, each once.
    pub fn events(&self) -> Vec<&str> {
        let events = self.signals.iter().filter(|seen| seen.human && seen.kind == EVENT);
        let mut names: Vec<&str> = events.filter_map(|seen| seen.about.get("name")).map(String::as_str).collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}

impl Summary {
    /// Takes in a signal, if a person sent it. Says whether it counts: a second look at the prices in one visit does not.
    pub fn fold(&mut self, seen: &Seen) -> bool {
        if !seen.human {
            return true;
        }
        let at = seen.at.as_ms();
        if self.visits == 0 || at > self.last_at + VISIT_MS {
            self.visits = self.visits.saturating_add(1);
            self.looked = false;
        }
        self.last_at = self.last_at.max(at);
        match seen.kind.as_str() {
            PAGE_VIEWED => self.pages = self.pages.saturating_add(1),
            PRICING_VIEWED if self.looked => return false,
            PRICING_VIEWED => self.looked = true,
            _ => {}
        }
        self.pricing.fold(seen);
        true
    }

    /// Takes in how somebody came.
    pub fn come(&mut self, touch: Touch) {
        if self.first.is_none() {
            self.first = Some(touch.clone());
        }
        let is_new = self.last.as_ref().is_none_or(|last| last.is_direct() || !touch.is_direct());
        if is_new {
            self.last = Some(touch);
        }
    }

    /// Takes in what another summary of the same visitor holds.
    pub fn merge(&mut self, other: Self) {
        let is_later = other.last_at > self.last_at;
        // The two overlap in the visit that is going on.
        let is_one_visit = self.visits > 0 && other.visits > 0 && (self.last_at - other.last_at).abs() <= VISIT_MS;
        self.visits = self.visits.saturating_add(other.visits).saturating_sub(u32::from(is_one_visit));
        self.pages = self.pages.saturating_add(other.pages);
        self.looked = if is_one_visit {
            self.looked || other.looked
        } else if is_later {
            other.looked
        } else {
            self.looked
        };
        self.last_at = self.last_at.max(other.last_at);
        self.pricing.merge(other.pricing);
        self.first = [self.first.take(), other.first].into_iter().flatten().min_by_key(|touch| touch.at);
        self.last =
            [self.last.take(), other.last].into_iter().flatten().max_by_key(|touch| (!touch.is_direct(), touch.at));
    }
}

/// The first `max` characters.
#[cfg(feature = "compile")]
pub(crate) fn cut(text: &str, max: usize) -> String {
    text.chars().take(max).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signals_stand_in_order_and_the_latest_are_kept() {
        let visit = Visit::new((0..150).rev().map(seen).collect());
        assert_eq!(visit.signals().len(), MAX_KEPT);
        assert_eq!(visit.signals().first().map(|seen| seen.at.as_ms()), Some(50));
        assert_eq!(visit.signals().last().map(|seen| seen.at.as_ms()), Some(149));
    }

    #[test]
    fn a_kind_is_a_plain_name() {
        assert!(is_kind("page_viewed") && is_kind("x2"));
        for bad in ["", "Page", "page viewed", "_x", "2x", "<b>"] {
            assert!(!is_kind(bad), "{bad}");
        }
    }

    #[test]
    fn what_no_person_did_is_kept_and_counts_for_nothing() {
        let robot = Seen { human: false, ..Seen::new(Timestamp::from_ms(1), PRICING_VIEWED) };
        let mut summary = Summary::default();
        assert!(summary.fold(&robot));
        assert_eq!(summary, Summary::default());
        let visit = Visit::new(vec![robot]);
        assert_eq!((visit.signals().len(), visit.count(PRICING_VIEWED), visit.is_human()), (1, 0, false));
    }

    #[test]
    fn the_prices_count_once_a_visit() {
        let mut summary = Summary::default();
        let mut look = |ms| summary.fold(&Seen::new(Timestamp::from_ms(ms), PRICING_VIEWED));
        assert!(look(0) && !look(VISIT_MS) && !look(2 * VISIT_MS) && look(3 * VISIT_MS + 1));
        assert_eq!((summary.visits, summary.pricing.days.len()), (2, 1));
    }

    #[test]
    fn typing_the_address_does_not_hide_the_advertisement() {
        let mut summary = Summary::default();
        for (at, source) in [(1, ""), (2, "letter"), (3, ""), (4, "paper"), (5, "")] {
            summary.come(came(at, source));
        }
        assert_eq!(summary.first, Some(came(1, "")));
        assert_eq!(summary.last, Some(came(4, "paper")));
    }

    #[test]
    fn consent_joins_the_day_to_what_was_known() {
        let mut known = Summary::default();
        known.come(came(5, "letter"));
        known.fold(&Seen::new(Timestamp::from_ms(5), PAGE_VIEWED));
        let mut today = Summary::default();
        let later = 10 * VISIT_MS;
        today.come(came(later, ""));
        today.fold(&Seen::new(Timestamp::from_ms(later), PRICING_VIEWED));
        known.merge(today);
        assert_eq!((known.visits, known.pages, known.looked), (2, 1, true));
        assert_eq!((known.first.map(|touch| touch.at), known.last.map(|touch| touch.at)), (Some(5), Some(5)));
        assert_eq!(known.last_at, later);
    }

    fn came(at: i64, source: &str) -> Touch {
        let campaign = [("source", source)].into_iter().filter(|(_, source)| !source.is_empty());
        let campaign = campaign.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        Touch { at, campaign, ..Touch::default() }
    }

    fn seen(ms: i64) -> Seen {
        Seen::new(Timestamp::from_ms(ms), PAGE_VIEWED)
    }
}
