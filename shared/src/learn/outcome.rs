//! What an outcome that arrives means for what was learnt. Whether it is believed at all is [`crate::outcome`]'s business.

use crate::wire::console::Outcome;

/// What is to be done about an outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Learn it: the item's first that teaches anything.
    Learn {
        /// Won, or not.
        won: bool,
    },
    /// It teaches something else than what was learnt: correct the log, and rebuild.
    Rebuild,
    /// Nothing to learn: the same again, another word for it, or one that teaches nothing.
    Nothing,
}

/// What an outcome teaches, if anything: whoever was disqualified never could have bought, which is learnt as lost; spam is
/// nobody's inquiry, and a duplicate another item's; and what has none (not decided yet, or opened again) is censored, which is not lost.
pub fn teaches(outcome: Option<Outcome>) -> Option<bool> {
    match outcome? {
        Outcome::Won => Some(true),
        Outcome::Lost | Outcome::Disqualified => Some(false),
        Outcome::Spam | Outcome::Solved | Outcome::Duplicate => None,
    }
}

/// What an outcome means after `before`, the item's last one.
pub fn step(before: Option<Outcome>, now: Option<Outcome>) -> Step {
    match (teaches(before), teaches(now)) {
        (None, Some(won)) => Step::Learn { won },
        (before, now) if before == now => Step::Nothing,
        _ => Step::Rebuild,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_outcome_is_learnt_once_and_corrected_when_it_teaches_something_else() {
        use Outcome::{Disqualified, Lost, Spam, Won};
        for (before, now, expected) in [
            (None, Some(Won), Step::Learn { won: true }),
            (None, Some(Disqualified), Step::Learn { won: false }),
            (Some(Spam), Some(Won), Step::Learn { won: true }),
            (None, Some(Spam), Step::Nothing),
            (None, None, Step::Nothing),
            (Some(Won), Some(Won), Step::Nothing),
            (Some(Lost), Some(Disqualified), Step::Nothing),
            (Some(Lost), Some(Won), Step::Rebuild),
            (Some(Won), Some(Spam), Step::Rebuild),
            (Some(Lost), None, Step::Rebuild),
        ] {
            assert_eq!(step(before, now), expected, "{before:?} {now:?}");
        }
    }
}
