//! How satisfied a visitor was with how their request for help was settled, and what that changes: whoever was not is not done with.
//!
//! Not here: how they are asked, or that it was they (`edge`).

use crate::wire::FormKind;
use crate::wire::console::ItemState;

/// As many stars, or fewer, open the item again.
pub const BAD: u8 = 2;
/// The longest text, in characters.
pub const MAX_CHARS: usize = 4_000;

/// What a visitor says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feedback {
    stars: u8,
    text: String,
}

/// Why it is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoFeedback {
    /// No number from 1 to 5.
    #[error("choose from one to five")]
    Stars,
    /// Too much text.
    #[error("this is too long: at most 4,000 characters")]
    Long,
}

impl Feedback {
    /// Reads what was sent, or says everything that is wrong with it.
    ///
    /// # Errors
    /// Each problem.
    pub fn parse(stars: &str, text: &str) -> Result<Self, Vec<NoFeedback>> {
        let given = stars.trim().parse().ok().filter(|stars| (1..=5).contains(stars));
        let is_long = text.chars().nth(MAX_CHARS).is_some();
        match (given, is_long) {
            (Some(stars), false) => Ok(Self { stars, text: text.trim().to_owned() }),
            (Some(_), true) => Err(vec![NoFeedback::Long]),
            (None, false) => Err(vec![NoFeedback::Stars]),
            (None, true) => Err(vec![NoFeedback::Stars, NoFeedback::Long]),
        }
    }

    /// From 1 to 5.
    pub fn stars(&self) -> u8 {
        self.stars
    }

    /// What they wrote; may be empty.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether an item as it stands is opened again by it, as a complaint.
    pub fn reopens(&self, kind: FormKind, state: ItemState) -> bool {
        asks(kind) && state == ItemState::Closed && self.stars <= BAD
    }
}

/// Whether somebody who sent this is asked.
pub fn asks(kind: FormKind) -> bool {
    kind == FormKind::Support
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_are_one_to_five() {
        for bad in ["", "0", "6", "-1", "good", "3.5"] {
            assert_eq!(Feedback::parse(bad, ""), Err(vec![NoFeedback::Stars]), "{bad}");
        }
        let long = "x".repeat(MAX_CHARS + 1);
        assert_eq!(Feedback::parse("7", &long), Err(vec![NoFeedback::Stars, NoFeedback::Long]));
        let said = Feedback::parse(" 4 ", " fine ").unwrap();
        assert_eq!((said.stars(), said.text()), (4, "fine"));
    }

    #[test]
    fn only_what_is_settled_badly_opens_again() {
        let said = |stars: &str| Feedback::parse(stars, "").unwrap();
        assert!(said("2").reopens(FormKind::Support, ItemState::Closed));
        assert!(!said("3").reopens(FormKind::Support, ItemState::Closed));
        assert!(!said("1").reopens(FormKind::Support, ItemState::Claimed));
        assert!(!said("1").reopens(FormKind::Inquiry, ItemState::Closed));
    }
}
