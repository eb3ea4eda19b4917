//! Passwords: which may be set, and how what is kept of one is written.
//!
//! By NIST SP 800-63B-4: a length, no rules of composition, no dates by which it ends, and a list of what everybody tries
//! first. What counts as too easy is what is left once the person's own words, the commonest words and runs of keys are
//! taken away.
//!
//! Not here: the hash (`edge::sign_in::subtle`), or who may set one (`edge::desk_do::passwords`). A password arrives in
//! Unicode's normal form C.

use crate::wire::FieldProblem;

/// The fewest characters. NIST asks for 15 where a password is all there is, and OWASP for 15 too (8 beside a second
/// factor); 12 with the waits of [`crate::patience`] is what people bear.
pub const MIN_CHARS: usize = 12;
/// The most, so that hashing one stays cheap; a sentence fits.
pub const MAX_CHARS: usize = 256;
/// Iterations of PBKDF2 with HMAC-SHA-256: what OWASP's cheat sheet on storing passwords asks for (2023 to today).
pub const ITERATIONS: u32 = 600_000;
/// The most that one call may do: what Cloudflare's Workers refuse to exceed. See [`Stored`].
pub const LINK: u32 = 100_000;
/// The most that a stored string may ask for.
pub const MAX_ITERATIONS: u32 = 10_000_000;
/// So much must be left of a password once what everybody knows is taken away.
const MIN_LEFT: usize = 5;
/// A password of fewer different characters is one key pressed again and again.
const MIN_DIFFERENT: usize = 5;
/// Own words that are shorter say nothing: a name such as Al is in many words.
const MIN_WORD: usize = 3;

/// What everybody tries first, and its parts.
const COMMON: &[&str] = &[
    "password",
    "passwort",
    "passw0rd",
    "p@ssword",
    "p@ssw0rd",
    "motdepasse",
    "contrasena",
    "letmein",
    "welcome",
    "iloveyou",
    "administrator",
    "admin",
    "changeme",
    "default",
    "trustno",
    "superman",
    "batman",
    "monkey",
    "dragon",
    "sunshine",
    "princess",
    "football",
    "baseball",
    "master",
    "shadow",
    "michael",
    "jennifer",
    "whatever",
    "starwars",
    "secret",
    "qwertyuiop",
    "qwertzuiop",
    "azertyuiop",
    "qwerty",
    "qwertz",
    "azerty",
    "asdfghjkl",
    "asdfgh",
    "zxcvbnm",
    "yxcvbnm",
    "1q2w3e4r5t6y",
    "1q2w3e4r5t",
    "1q2w3e4r",
    "1qaz2wsx3edc",
    "1qaz2wsx",
    "zaq12wsx",
    "q1w2e3r4",
    "correcthorsebatterystaple",
    "usher",
    "console",
    "login",
    "signin",
    "summer",
    "winter",
    "spring",
    "autumn",
    "test",
];

/// Why a password may not be set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Fewer than [`MIN_CHARS`].
    #[error(
        "a password has at least 12 characters: three or four words that have nothing to do with each other are easy to keep in mind"
    )]
    TooShort,
    /// More than [`MAX_CHARS`].
    #[error("a password has at most 256 characters")]
    TooLong,
    /// Little more than what everybody tries first.
    #[error("this is among the first that anybody would try")]
    Common,
    /// Little more than who they are, or where they work.
    #[error("this is little more than your name, your address or your workspace")]
    Own,
}

impl PasswordError {
    /// The stable name.
    pub fn tag(self) -> &'static str {
        match self {
            Self::TooShort => "too_short",
            Self::TooLong => "too_long",
            Self::Common => "too_common",
            Self::Own => "too_personal",
        }
    }

    /// As the problem of a field.
    pub fn problem(self, field: &str) -> FieldProblem {
        FieldProblem { field: field.to_owned(), code: self.tag().to_owned(), message: self.to_string() }
    }
}

/// Whether a password may be set by whoever has these words: their name, their address, their workspace.
///
/// # Errors
/// Why not.
pub fn check(password: &str, own: &[&str]) -> Result<(), PasswordError> {
    let chars = password.chars().count();
    if chars < MIN_CHARS {
        return Err(PasswordError::TooShort);
    }
    if chars > MAX_CHARS {
        return Err(PasswordError::TooLong);
    }
    let plain = squeezed(password);
    let mut different: Vec<char> = password.to_lowercase().chars().collect();
    different.sort_unstable();
    different.dedup();
    let common = without_runs(&without(&plain, COMMON.iter().map(|word| (*word).to_owned())));
    if different.len() < MIN_DIFFERENT || common.chars().count() < MIN_LEFT {
        return Err(PasswordError::Common);
    }
    let words = own.iter().flat_map(|own| words_of(own));
    let personal = without(&plain, words);
    if personal.len() < plain.len() {
        let left = without_runs(&without(&personal, COMMON.iter().map(|word| (*word).to_owned())));
        if left.chars().count() < MIN_LEFT {
            return Err(PasswordError::Own);
        }
    }
    Ok(())
}

/// Lower case, without what stands between words.
fn squeezed(text: &str) -> String {
    text.to_lowercase()
        .chars()
        .filter(|letter| !letter.is_whitespace() && !"-_.,;:!?'\"/+#*()".contains(*letter))
        .collect()
}

/// A name, an address or a title: as a whole, and its words.
fn words_of(own: &str) -> Vec<String> {
    let parts = own.split(|letter: char| !letter.is_alphanumeric());
    let words = parts.chain([own]).map(squeezed).filter(|word| word.chars().count() >= MIN_WORD);
    words.collect()
}

/// What is left without these words, the longest first.
fn without(text: &str, words: impl Iterator<Item = String>) -> String {
    let mut words: Vec<String> = words.collect();
    words.sort_by_key(|word| core::cmp::Reverse(word.len()));
    words.iter().fold(text.to_owned(), |left, word| left.replace(word.as_str(), ""))
}

/// What is left without years, and without four or more characters in a row that follow each other, or are the same.
fn without_runs(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let mut left: Vec<char> = Vec::with_capacity(letters.len());
    let mut rest = letters.as_slice();
    while let Some((first, more)) = rest.split_first() {
        let run = [0_i64, 1, -1].into_iter().map(|step| run_length(rest, step)).max().unwrap_or(1);
        let is_year = rest.get(..4).is_some_and(
            |four| matches!(four, ['1', '9', a, b] | ['2', '0', a, b] if a.is_ascii_digit() && b.is_ascii_digit()),
        );
        let skipped = if run >= 4 {
            run
        } else if is_year {
            4
        } else {
            0
        };
        if skipped > 0 {
            rest = rest.get(skipped..).unwrap_or_default();
        } else {
            left.push(*first);
            rest = more;
        }
    }
    left.into_iter().collect()
}

/// How many characters from the start on differ by `step` from the one before. After 9 comes 0.
fn run_length(letters: &[char], step: i64) -> usize {
    let follows = |pair: &[char]| match pair {
        [one, other] => {
            let (one, other) = (i64::from(u32::from(*one)), i64::from(u32::from(*other)));
            other - one == step || (step == 1 && (one, other) == (57, 48)) || (step == -1 && (one, other) == (48, 57))
        }
        _ => false,
    };
    1 + letters.windows(2).take_while(|pair| follows(pair)).count()
}

/// What is kept of a password: `$pbkdf2-sha256-chain$v=1$i=600000,l=100000${salt}${hash}`, both in hexadecimal.
///
/// The hash is a chain of PBKDF2 calls of at most `link` iterations each, `iterations` in all. The password is the key of
/// every call, and what one call gives is the salt of the next: no call can begin before the one before has ended, so that
/// a guess costs all of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// How much it costs.
    pub iterations: u32,
    /// How much of it is one call.
    pub link: u32,
    /// In hexadecimal.
    pub salt: String,
    /// In hexadecimal.
    pub hash: String,
}

impl Stored {
    /// Reads one; `None` where it is none.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.strip_prefix("$pbkdf2-sha256-chain$v=1$")?.split('$');
        let (cost, salt, hash, None) = (parts.next()?, parts.next()?, parts.next()?, parts.next()) else { return None };
        let (iterations, link) = cost.split_once(',')?;
        let iterations =
            iterations.strip_prefix("i=")?.parse().ok().filter(|count| (1..=MAX_ITERATIONS).contains(count))?;
        let link = link.strip_prefix("l=")?.parse().ok().filter(|count| (1..=LINK).contains(count))?;
        let is_hex =
            |text: &str, bytes: usize| text.len() == 2 * bytes && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        (is_hex(salt, 16) && is_hex(hash, 32)).then(|| Self {
            iterations,
            link,
            salt: salt.to_owned(),
            hash: hash.to_owned(),
        })
    }

    /// Writes it.
    pub fn write(&self) -> String {
        let Self { iterations, link, salt, hash } = self;
        format!("$pbkdf2-sha256-chain$v=1$i={iterations},l={link}${salt}${hash}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: &[&str] = &["Mara Lindqvist", "mara@larkfield.example.com", "Larkfield Learning"];

    #[test]
    fn words_that_nobody_knows_are_fine() {
        for good in [
            "umbrella tacit gravel",
            "4711-0815-2342-99",
            "ein ganzer Satz, den niemand errät",
            "Xk7$pQ2m!vR9",
            "смородина и мел",
            "mara keeps nine grey herons",
        ] {
            assert_eq!(check(good, OWN), Ok(()), "{good}");
        }
    }

    #[test]
    fn length_is_counted_in_characters() {
        assert_eq!(check("tacit gravel", OWN), Ok(()));
        assert_eq!(check("tacitgravel", OWN), Err(PasswordError::TooShort));
        assert_eq!(check("äöüßäöüßxyz", OWN), Err(PasswordError::TooShort));
        assert_eq!(check(&"umbrella ".repeat(28), OWN), Ok(()));
        assert_eq!(check(&"umbrella ".repeat(29), OWN), Err(PasswordError::TooLong));
    }

    #[test]
    fn what_everybody_tries_first_is_refused() {
        for bad in [
            "password123456",
            "Password2026!",
            "P@ssw0rd-1234",
            "123456789012",
            "987654321098",
            "qwertyuiop123",
            "1q2w3e4r5t6y",
            "correct horse battery staple",
            "aaaaaaaaaaaaaaaa",
            "abababababab",
            "Welcome-Welcome-2025",
            "letmein letmein",
            "abcdefghijklmnop",
        ] {
            assert_eq!(check(bad, OWN), Err(PasswordError::Common), "{bad}");
        }
    }

    #[test]
    fn who_they_are_and_where_they_work_is_refused() {
        for bad in [
            "Mara Lindqvist",
            "mara.lindqvist1",
            "mara@larkfield.example.com",
            "LarkfieldLearning",
            "Larkfield2026!!",
            "maralarkfield1234",
            "larkfield-password",
        ] {
            assert_eq!(check(bad, OWN), Err(PasswordError::Own), "{bad}");
        }
    }

    #[test]
    fn what_is_kept_says_how_it_was_made() {
        let stored = Stored { iterations: 600_000, link: LINK, salt: "0f".repeat(16), hash: "ab".repeat(32) };
        let text = stored.write();
        assert_eq!(text, format!("$pbkdf2-sha256-chain$v=1$i=600000,l=100000${}${}", "0f".repeat(16), "ab".repeat(32)));
        assert_eq!(Stored::parse(&text), Some(stored));
        for bad in [
            "",
            "$pbkdf2-sha256-chain$v=2$i=600000,l=100000$00$00",
            &text.replace("i=600000", "i=0"),
            &text.replace("i=600000", "i=99999999"),
            &text.replace("l=100000", "l=100001"),
            &text.replace("l=100000", "l=0"),
            &text.replace("0f0f", "0f"),
            &text.replace("abab", "zzab"),
            &format!("{text}$"),
        ] {
            assert_eq!(Stored::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn what_is_wrong_reads_as_a_sentence_of_the_field() {
        let problem = PasswordError::TooShort.problem("new");
        assert_eq!((problem.field.as_str(), problem.code.as_str()), ("new", "too_short"));
        assert!(problem.message.starts_with("a password has at least 12 characters"));
    }
}
