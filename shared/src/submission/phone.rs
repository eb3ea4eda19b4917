//! Telephone numbers, as a form may take them.

use super::ValueError;

/// The most digits of an international number (ITU-T E.164, 6.2.1).
const MAX_DIGITS: usize = 15;
/// Fewer digits than this is no subscriber's number anywhere.
const MIN_DIGITS: usize = 7;

/// A number with 7 to 15 digits, perhaps with `+` and the usual separators.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phone {
    typed: String,
}

impl Phone {
    /// Reads a number; white space around it is not part of it.
    ///
    /// # Errors
    /// [`ValueError::Phone`] where it is not one.
    pub fn parse(typed: &str) -> Result<Self, ValueError> {
        let typed = typed.trim();
        let rest = typed.strip_prefix('+').unwrap_or(typed);
        let digits = rest.chars().filter(char::is_ascii_digit).count();
        let only_usual = rest.chars().all(|c| c.is_ascii_digit() || " -.()/".contains(c));
        if only_usual && (MIN_DIGITS..=MAX_DIGITS).contains(&digits) {
            Ok(Self { typed: typed.to_owned() })
        } else {
            Err(ValueError::Phone)
        }
    }

    /// The number as it was typed.
    pub fn as_str(&self) -> &str {
        &self.typed
    }

    /// What two spellings of one number share: its digits, and `+` where it was given.
    pub fn key(&self) -> String {
        self.typed.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_number_share_a_key() {
        for typed in ["+44 20 7946 0000", "+44 (20) 7946-0000", "+442079460000"] {
            assert_eq!(Phone::parse(typed).unwrap().key(), "+442079460000");
        }
    }

    #[test]
    fn what_is_not_a_number() {
        for bad in ["", "12345", "1234567890123456", "call me", "+44 20 7946 000x", "++442079460000"] {
            assert_eq!(Phone::parse(bad), Err(ValueError::Phone), "{bad:?}");
        }
    }
}
