//! What a visitor was shown and what they did with it: the little that fatigue is counted from.
//!
//! A display begins as a reservation, made as the edge answers "show it"; it becomes real when the page says that it was
//! shown, and lapses when the page does not.

use crate::time::Timestamp;

/// How long a reservation holds back other prompts without a word from the page: two minutes.
pub const RESERVED_MS: i64 = 120_000;

/// All that is kept of one visitor for prompts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct History {
    /// What was shown, or is about to be.
    pub displays: Vec<Display>,
    /// What was sent.
    pub conversions: Vec<Conversion>,
}

/// One prompt, shown once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Display {
    /// Its own id, random.
    pub id: String,
    /// The prompt's.
    pub prompt: String,
    /// When the edge said that it may be shown.
    pub reserved_at: Timestamp,
    /// When it was.
    pub shown_at: Option<Timestamp>,
    /// When the visitor closed it.
    pub dismissed_at: Option<Timestamp>,
    /// When they did what it asked for.
    pub answered_at: Option<Timestamp>,
}

/// A form that was sent and taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conversion {
    /// The form's id.
    pub form: String,
    /// When, the latest time.
    pub at: Timestamp,
}

/// What a page says became of a display.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// It was drawn.
    Shown,
    /// It was closed.
    Dismissed,
    /// Its button was pressed, or its form was sent.
    Answered,
}

impl Told {
    /// What a signal of this kind says.
    pub fn from_kind(kind: &str) -> Option<Self> {
        match kind {
            "prompt_shown" => Some(Self::Shown),
            "prompt_dismissed" => Some(Self::Dismissed),
            "prompt_answered" => Some(Self::Answered),
            _ => None,
        }
    }
}

impl Display {
    /// A display that is about to be.
    pub fn reserved(id: String, prompt: String, at: Timestamp) -> Self {
        Self { id, prompt, reserved_at: at, shown_at: None, dismissed_at: None, answered_at: None }
    }

    /// Takes in what the page says. What was said first stays; nothing happens before the reservation or after now, because
    /// a visitor's clock is never trusted. What was dismissed or answered was shown.
    pub fn tell(&mut self, told: Told, at: Timestamp, now: Timestamp) {
        let at = Some(at.clamp(self.reserved_at, now.max(self.reserved_at)));
        self.shown_at = self.shown_at.or(at);
        match told {
            Told::Shown => {}
            Told::Dismissed => self.dismissed_at = self.dismissed_at.or(at),
            Told::Answered => self.answered_at = self.answered_at.or(at),
        }
    }

    /// When it counts as seen: when it was shown, or while it is reserved now, because it may be drawn at this moment.
    fn seen_at(&self, now: Timestamp) -> Option<Timestamp> {
        let is_reserved = now.as_ms() - self.reserved_at.as_ms() < RESERVED_MS;
        self.shown_at.or(is_reserved.then_some(now))
    }
}

impl History {
    /// Takes in what is kept of the same person under another name: each display once, with what either knows of it.
    pub fn join(&mut self, other: Self) {
        for display in other.displays {
            match self.displays.iter_mut().find(|known| known.id == display.id) {
                None => self.displays.push(display),
                Some(known) => {
                    known.shown_at = known.shown_at.or(display.shown_at);
                    known.dismissed_at = known.dismissed_at.or(display.dismissed_at);
                    known.answered_at = known.answered_at.or(display.answered_at);
                }
            }
        }
        for sent in other.conversions {
            match self.conversions.iter_mut().find(|known| known.form == sent.form) {
                None => self.conversions.push(sent),
                Some(known) => known.at = known.at.max(sent.at),
            }
        }
    }

    /// The prompts that count as seen, and when.
    pub fn seen(&self, now: Timestamp) -> impl Iterator<Item = (&str, Timestamp)> {
        self.displays.iter().filter_map(move |display| Some((display.prompt.as_str(), display.seen_at(now)?)))
    }
}
