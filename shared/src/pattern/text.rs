//! A table as ASCII text, and back. Numbers are written as in source maps: base-64 digits of five bits, lowest first, the
//! sixth bit saying that more follow; nearly every number of a table is then one character.

use super::{FIXED, MAX_CELLS, Pattern, PatternError};

/// Comes first, so that another layout can be told from this one.
const LAYOUT: usize = 1;
const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const BYTES: usize = 256;

impl Pattern {
    /// The whole pattern as ASCII text: letters, digits, `-` and `_`.
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        for number in [LAYOUT, usize::from(self.start), self.ends.len(), self.width] {
            write(&mut text, number);
        }
        for run in self.classes.chunk_by(|a, b| a == b) {
            write(&mut text, run.first().copied().map_or(0, usize::from));
            write(&mut text, run.len() - 1);
        }
        for (row, ends) in self.next.chunks(self.width.max(1)).zip(&self.ends) {
            write(&mut text, usize::from(*ends));
            row.iter().for_each(|state| write(&mut text, usize::from(*state)));
        }
        text
    }

    /// Reads what [`Pattern::to_text`] wrote. Any text may come in: what is accepted never leads out of the table.
    ///
    /// # Errors
    /// If it is anything else.
    pub fn from_text(text: &str) -> Result<Self, PatternError> {
        read_table(text).ok_or(PatternError::NotAText)
    }
}

fn read_table(text: &str) -> Option<Pattern> {
    let mut numbers = Numbers(text.bytes());
    numbers.below(LAYOUT + 1).filter(|layout| *layout == LAYOUT)?;
    let start = numbers.below(FIXED + MAX_CELLS)?;
    let rows = numbers.below(MAX_CELLS + 1)?;
    let width = numbers.below(BYTES + 1).filter(|width| *width > 0)?;
    let states = rows + FIXED;
    if start >= states || rows * width > MAX_CELLS {
        return None;
    }
    let mut classes = Vec::with_capacity(BYTES);
    while classes.len() < BYTES {
        let class = u8::try_from(numbers.below(width)?).ok()?;
        let run = numbers.below(BYTES - classes.len())? + 1;
        classes.extend(std::iter::repeat_n(class, run));
    }
    let mut ends = Vec::with_capacity(rows);
    let mut next = Vec::with_capacity(rows * width);
    for _ in 0..rows {
        ends.push(numbers.below(2)? == 1);
        for _ in 0..width {
            next.push(u16::try_from(numbers.below(states)?).ok()?);
        }
    }
    let is_all = numbers.0.next().is_none();
    is_all.then_some(Pattern { start: u16::try_from(start).ok()?, classes, width, ends, next })
}

fn write(text: &mut String, mut number: usize) {
    loop {
        let more = if number >= 32 { 32 } else { 0 };
        text.push(DIGITS.get(number % 32 + more).copied().map_or('A', char::from));
        number /= 32;
        if more == 0 {
            return;
        }
    }
}

struct Numbers<'a>(std::str::Bytes<'a>);

impl Numbers<'_> {
    /// The next number, if there is one and it is below the limit.
    fn below(&mut self, limit: usize) -> Option<usize> {
        let mut number = 0;
        // Four digits hold more than any number of a table.
        for shift in [0, 5, 10, 15] {
            let digit = match self.0.next()? {
                letter @ b'A'..=b'Z' => letter - b'A',
                letter @ b'a'..=b'z' => letter - b'a' + 26,
                digit @ b'0'..=b'9' => digit - b'0' + 52,
                b'-' => 62,
                b'_' => 63,
                _ => return None,
            };
            number |= usize::from(digit % 32) << shift;
            if digit < 32 {
                return Some(number).filter(|number| *number < limit);
            }
        }
        None
    }
}
