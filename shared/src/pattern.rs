//! Patterns in linear time: the one engine for `$regex` in conditions and for a form field's pattern.
//!
//! A pattern is written as in JavaScript, is compiled where a configuration is saved (feature `compile`), and is from then on a
//! small table: one step for each byte of the text, whatever the pattern. The table travels as text, so that a visitor's
//! widget runs the very table that the edge runs, without the compiler. Not here: what a text that does not match is told.
//!
//! ```
//! use shared::pattern::{MAX_CELLS, Pattern};
//! let pattern = Pattern::compile(r"^\d{4}\s?[A-Z]{2}$", false, MAX_CELLS).unwrap();
//! assert!(pattern.matches("1012 AB"));
//! assert_eq!(Pattern::from_text(&pattern.to_text()), Ok(pattern));
//! ```
//!
//! As `RegExp.test`: a match anywhere will do, unless `^` and `$` say otherwise. `\d`, `\w`, `\s` and `\b` are ASCII;
//! `.` and `[^x]` are whole characters. What needs memory of what was read (back-references, look-around) is refused.

#[cfg(feature = "compile")]
mod compile;
#[cfg(feature = "compile")]
mod parse;
mod text;

/// No match is possible any more.
const DEAD: u16 = 0;
/// There was a match.
const ACCEPT: u16 = 1;
/// The states before the first row of the table: nothing leads out of them.
const FIXED: usize = 2;
/// The largest table that is read or made: its text is some 30 KB at worst. A telephone number takes some 100 cells.
pub const MAX_CELLS: usize = 16_384;

/// A pattern, ready to run: a table with a row for each state and a column for each class of bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    start: u16,
    /// The class of each of the 256 bytes.
    classes: Vec<u8>,
    /// How many classes there are, which is the length of a row.
    width: usize,
    /// For each row: does a text that ends here match?
    ends: Vec<bool>,
    /// Row by row, the next state for each class.
    next: Vec<u16>,
}

/// Why there is no such pattern, in words for the person who wrote it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    /// It is not written right. Positions count characters from 1.
    #[error("the pattern is wrong at character {at}: {what}")]
    Syntax {
        /// Which character.
        at: usize,
        /// What is wrong there.
        what: &'static str,
    },
    /// It cannot be checked in linear time.
    #[error("the pattern has a {0}, which cannot be checked in linear time")]
    NotLinear(&'static str),
    /// Its table would be too large.
    #[error("the pattern is too big: use fewer alternatives and smaller repeat counts")]
    TooBig,
    /// A text that no pattern was turned into.
    #[error("this is not the text of a pattern")]
    NotAText,
}

impl Pattern {
    /// Whether it matches anywhere in the text. One step for each byte, and no allocation.
    pub fn matches(&self, text: &str) -> bool {
        let mut state = self.start;
        for byte in text.bytes() {
            if state <= ACCEPT {
                break;
            }
            let class = self.classes.get(usize::from(byte)).copied().unwrap_or_default();
            let cell = (usize::from(state) - FIXED) * self.width + usize::from(class);
            state = self.next.get(cell).copied().unwrap_or(DEAD);
        }
        match usize::from(state).checked_sub(FIXED) {
            None => state == ACCEPT,
            Some(row) => self.ends.get(row).copied().unwrap_or(false),
        }
    }
}

#[cfg(all(test, feature = "compile"))]
mod tests;
