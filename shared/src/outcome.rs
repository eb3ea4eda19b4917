//! What became of leads, as the platform's server says: read, and judged against what is known of the item.
//!
//! An outcome has a time of its own, which may be long ago. Of two that contradict each other the later one is right; the same
//! one twice changes nothing. Nothing here is half-taken: each outcome is judged whole.

mod read;

use crate::desk::act::{MAX_NOTE_CHARS, outcomes};
use crate::time::Timestamp;
use crate::wire::FormKind;
use crate::wire::console::Outcome;

pub use read::{Entry, Unread, csv, json};

/// How far ahead of ours another server's clock may be, in milliseconds.
const AHEAD_MS: i64 = 5 * 60 * 1_000;
/// The longest name of an item, in characters: an id, or a reference.
const MAX_ITEM_CHARS: usize = 80;

/// One outcome, as it was reported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reported {
    /// The item's id, or the reference that the visitor was given.
    pub item: String,
    /// What became of it.
    pub outcome: Outcome,
    /// Why, in the platform's words; may be empty, but not for `disqualified`.
    pub reason: String,
    /// When.
    pub at: Timestamp,
}

/// An item as it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// What opened it.
    pub kind: FormKind,
    /// When it was opened, and so scored.
    pub opened_at: Timestamp,
    /// Its outcome and when that was, if it is closed.
    pub outcome: Option<(Outcome, Timestamp)>,
}

/// What an outcome changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The item has its outcome now.
    Taken,
    /// It had another one, which is corrected.
    Corrected,
    /// It has this one already.
    Known,
}

impl Verdict {
    /// The stable name.
    pub fn code(self) -> &'static str {
        match self {
            Self::Taken => "taken",
            Self::Corrected => "corrected",
            Self::Known => "known",
        }
    }
}

/// Why an outcome is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// No item has this id or reference.
    #[error("there is no item with this id or reference")]
    UnknownItem,
    /// Items of its kind do not end so.
    #[error("an item of this kind does not end with this outcome")]
    WrongOutcome,
    /// It is older than the item.
    #[error("this is before the item was opened: an outcome comes after its score")]
    BeforeItem,
    /// It has not happened yet.
    #[error("this is in the future")]
    InFuture,
    /// A later outcome says something else.
    #[error("a later outcome says something else; send a later time to correct it")]
    Contradicts,
}

impl Refused {
    /// The stable name.
    pub fn code(self) -> &'static str {
        match self {
            Self::UnknownItem => "unknown_item",
            Self::WrongOutcome => "wrong_outcome",
            Self::BeforeItem => "before_item",
            Self::InFuture => "in_future",
            Self::Contradicts => "contradicts",
        }
    }
}

/// Judges an outcome.
///
/// # Errors
/// Why it is refused; nothing changes then.
pub fn judge(reported: &Reported, item: Standing, now: Timestamp) -> Result<Verdict, Refused> {
    if !outcomes(item.kind).contains(&reported.outcome) {
        return Err(Refused::WrongOutcome);
    }
    if reported.at < item.opened_at {
        return Err(Refused::BeforeItem);
    }
    if reported.at.as_ms() > now.as_ms() + AHEAD_MS {
        return Err(Refused::InFuture);
    }
    match item.outcome {
        None => Ok(Verdict::Taken),
        Some((outcome, _)) if outcome == reported.outcome => Ok(Verdict::Known),
        Some((_, at)) if reported.at > at => Ok(Verdict::Corrected),
        Some(_) => Err(Refused::Contradicts),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outcome_is_taken_once_and_known_after() {
        assert_eq!(judge(&won(20), item(None), at(30)), Ok(Verdict::Taken));
        assert_eq!(judge(&won(20), item(Some((Outcome::Won, at(15)))), at(30)), Ok(Verdict::Known));
        assert_eq!(judge(&won(20), item(Some((Outcome::Won, at(25)))), at(30)), Ok(Verdict::Known));
    }

    #[test]
    fn the_later_of_two_is_right() {
        assert_eq!(judge(&won(20), item(Some((Outcome::Lost, at(15)))), at(30)), Ok(Verdict::Corrected));
        assert_eq!(judge(&won(20), item(Some((Outcome::Lost, at(25)))), at(30)), Err(Refused::Contradicts));
        assert_eq!(judge(&won(20), item(Some((Outcome::Lost, at(20)))), at(30)), Err(Refused::Contradicts));
    }

    #[test]
    fn it_comes_after_the_score_and_not_from_the_future() {
        assert_eq!(judge(&won(9), item(None), at(30)), Err(Refused::BeforeItem));
        assert_eq!(judge(&won(10), item(None), at(30)), Ok(Verdict::Taken));
        assert_eq!(judge(&won(34), item(None), at(30)), Ok(Verdict::Taken), "clocks differ a little");
        assert_eq!(judge(&won(36), item(None), at(30)), Err(Refused::InFuture));
    }

    #[test]
    fn a_case_is_not_won() {
        let case = Standing { kind: FormKind::Support, ..item(None) };
        assert_eq!(judge(&won(20), case, at(30)), Err(Refused::WrongOutcome));
        assert_eq!(judge(&Reported { outcome: Outcome::Solved, ..won(20) }, case, at(30)), Ok(Verdict::Taken));
    }

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_ms(1_000_000_000_000 + minute * 60_000)
    }

    fn won(minute: i64) -> Reported {
        Reported { item: "i".to_owned(), outcome: Outcome::Won, reason: String::new(), at: at(minute) }
    }

    fn item(outcome: Option<(Outcome, Timestamp)>) -> Standing {
        Standing { kind: FormKind::Inquiry, opened_at: at(10), outcome }
    }
}
