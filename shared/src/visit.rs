//! What a visitor did, as dated facts, and the small summary that scoring and routing read.
//!
//! Not here: who the visitor is. A visit has no name, and leaves nothing on their device.

use std::collections::BTreeMap;

use crate::time::Timestamp;

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
}

/// The longest name of a signal, in characters.
pub const MAX_KIND_CHARS: usize = 64;
/// The most signals that travel with a submission and stand on its item: the latest.
pub const MAX_KEPT: usize = 100;

/// A page was shown.
pub const PAGE_VIEWED: &str = "page_viewed";
/// A pricing page was looked at.
pub const PRICING_VIEWED: &str = "pricing_viewed";

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
}

impl Visit {
    /// Puts the signals of the journal and those that travelled with the submission in order, the latest
    /// [`MAX_KEPT`] of them.
    pub fn new(mut signals: Vec<Seen>) -> Self {
        signals.sort();
        let surplus = signals.len().saturating_sub(MAX_KEPT);
        signals.drain(..surplus);
        Self { signals }
    }

    /// The signals, oldest first.
    pub fn signals(&self) -> &[Seen] {
        &self.signals
    }

    /// How many signals of a kind there were.
    pub fn count(&self, kind: &str) -> usize {
        self.signals.iter().filter(|seen| seen.kind == kind).count()
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

    fn seen(ms: i64) -> Seen {
        Seen {
            at: Timestamp::from_ms(ms),
            kind: PAGE_VIEWED.to_owned(),
            url: String::new(),
            title: String::new(),
            about: BTreeMap::new(),
        }
    }
}
