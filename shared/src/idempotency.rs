//! The key under which a call is done once: the header `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header), a string of
//! structured fields (RFC 9651), or the same without its quotes, as most programs send it.
//!
//! ```
//! use shared::idempotency::Key;
//! assert_eq!(Key::parse("\"8e03978e\""), Key::parse("8e03978e"));
//! assert!(Key::parse("two words").is_err() && Key::parse("\"two words\"").is_ok());
//! ```
//!
//! Not here: what is kept under a key, and for how long (`edge`).

/// The longest key, in characters.
pub const MAX_CHARS: usize = 255;

/// A key: 1 to [`MAX_CHARS`] printable letters of ASCII.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key(String);

/// Why a header is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a key is 1 to 255 printable letters of ASCII, in double quotes where it has others than A-Z, a-z, 0-9 and !#$%&'*+-.^_`|~:/="
)]
pub struct NoKey;

impl Key {
    /// Reads the header's value.
    ///
    /// # Errors
    /// [`NoKey`].
    pub fn parse(header: &str) -> Result<Self, NoKey> {
        let header = header.trim_matches([' ', '\t']);
        let key = match header.strip_prefix('"') {
            Some(quoted) => unquoted(quoted)?,
            None if header.bytes().all(is_bare) => header.to_owned(),
            None => return Err(NoKey),
        };
        let is_fine = !key.is_empty() && key.len() <= MAX_CHARS;
        is_fine.then_some(Self(key)).ok_or(NoKey)
    }

    /// The key.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What stands after the first quote, up to the last letter, which must be the other quote (RFC 9651, 4.2.5).
fn unquoted(rest: &str) -> Result<String, NoKey> {
    let mut key = String::with_capacity(rest.len());
    let mut letters = rest.chars();
    loop {
        match letters.next().ok_or(NoKey)? {
            '"' => return if letters.next().is_none() { Ok(key) } else { Err(NoKey) },
            '\\' => key.push(letters.next().filter(|letter| matches!(letter, '"' | '\\')).ok_or(NoKey)?),
            letter @ ' '..='~' => key.push(letter),
            _ => return Err(NoKey),
        }
    }
}

/// The letters of a token (RFC 9651, 3.3.4), and `=`, with which base64 ends.
fn is_bare(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~:/=".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_a_string_or_a_token() {
        for (header, key) in [
            ("\"8e03978e-40d5-43dd-bc93-6894a57f9324\"", "8e03978e-40d5-43dd-bc93-6894a57f9324"),
            (" 8e03978e ", "8e03978e"),
            ("\"a \\\"b\\\" \\\\c\"", "a \"b\" \\c"),
            ("YWJj+/==", "YWJj+/=="),
        ] {
            assert_eq!(Key::parse(header).as_ref().map(Key::as_str), Ok(key), "{header}");
        }
    }

    #[test]
    fn whatever_else_is_no_key() {
        let long = "x".repeat(MAX_CHARS + 1);
        for header in [
            "",
            " ",
            "\"\"",
            "\"a",
            "a\"",
            "\"a\"b",
            "\"a\", \"b\"",
            "a, b",
            "\"\\a\"",
            "\"\u{e9}\"",
            "\u{e9}",
            "a;b",
            "\"a\tb\"",
            "(a)",
            &long,
        ] {
            assert_eq!(Key::parse(header), Err(NoKey), "{header:?}");
        }
        assert!(Key::parse(&"x".repeat(MAX_CHARS)).is_ok());
    }
}
