//! Telephone numbers, as a form may take them.

use super::ValueError;
use super::number::ascii_digit;
use crate::wire::form::Country;

/// The most digits of an international number (ITU-T E.164, 6.2.1).
const MAX_DIGITS: usize = 15;
/// Fewer digits than this is no subscriber's number anywhere.
const MIN_DIGITS: usize = 7;
/// Countries whose numbers begin with a 0 that is dialled from abroad too.
const KEEP_ZERO: &[&str] = &["IT", "SM", "VA", "CI", "CG", "BF", "BJ"];
/// Countries where what is dialled before a number within the country is not 0.
const OTHER_TRUNKS: &[(&str, &str)] = &[("1", "1"), ("7", "8"), ("36", "06"), ("375", "80"), ("993", "8")];

/// A number with 7 to 15 digits, perhaps with `+` and the usual separators.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phone {
    typed: String,
}

impl Phone {
    /// Reads a number; white space around it is not part of it. Digits of other scripts become ASCII.
    ///
    /// # Errors
    /// [`ValueError::Phone`] where it is not one.
    pub fn parse(typed: &str) -> Result<Self, ValueError<'static>> {
        let typed = plain(typed);
        let rest = typed.strip_prefix('+').unwrap_or(&typed);
        let only_usual = rest.chars().all(|c| c.is_ascii_digit() || " -.()/".contains(c));
        if only_usual && (MIN_DIGITS..=MAX_DIGITS).contains(&count(rest)) {
            Ok(Self { typed })
        } else {
            Err(ValueError::Phone)
        }
    }

    /// Reads a number of a country, and makes it international: what is dialled before it within the country is left
    /// out, except where it belongs to the number. A number that is international already stays what it is, whichever
    /// country was chosen.
    ///
    /// # Errors
    /// As [`Self::parse`].
    pub fn parse_in(country: &Country, typed: &str) -> Result<Self, ValueError<'static>> {
        let typed = plain(typed);
        let abroad = typed.strip_prefix("00").map(|rest| ["+", rest.trim_start()].concat());
        let typed = abroad.unwrap_or(typed);
        if typed.starts_with('+') {
            // `+44 (0)20 7946 0000`, as letterheads write it.
            let keeps = KEEP_ZERO.contains(&country.code.as_str());
            return Self::parse(&if keeps { typed } else { typed.replacen("(0)", "", 1) });
        }
        let mut national = typed.clone();
        if !KEEP_ZERO.contains(&country.code.as_str()) {
            let trunk =
                OTHER_TRUNKS.iter().find(|(calling, _)| *calling == country.calling).map_or("0", |(_, trunk)| trunk);
            // An American number has ten digits without its 1, a Russian one without its 8.
            let belongs = matches!(country.calling.as_str(), "1" | "7") && count(&national) != 11;
            if !belongs {
                let bare = national.trim_start_matches(['(', ' ']);
                if let Some(rest) = bare.strip_prefix(trunk) {
                    // `(020) 7946` loses both brackets.
                    let rest = if bare.len() < typed.len() { rest.replacen(')', "", 1) } else { rest.to_owned() };
                    national = rest.trim_start_matches([' ', '-', '/', '.']).to_owned();
                }
            }
        }
        Self::parse(&["+", &country.calling, " ", &national].concat())
    }

    /// The number as it is kept.
    pub fn as_str(&self) -> &str {
        &self.typed
    }

    /// What two spellings of one number share: its digits, and `+` where it was given.
    pub fn key(&self) -> String {
        self.typed.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect()
    }
}

/// In ASCII, with one sort of space and hyphen.
fn plain(typed: &str) -> String {
    let plain = typed.trim().chars().map(|c| match (ascii_digit(c), c) {
        (Some(digit), _) => char::from(b'0' + digit),
        (_, '\u{ff0b}') => '+',
        (_, '\u{a0}' | '\u{2009}' | '\u{202f}') => ' ',
        (_, '\u{2010}'..='\u{2014}' | '\u{2212}') => '-',
        (_, c) => c,
    });
    plain.collect()
}

fn count(text: &str) -> usize {
    text.bytes().filter(u8::is_ascii_digit).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_number_share_a_key() {
        for typed in
            ["+44 20 7946 0000", "+44 (20) 7946-0000", "+442079460000", "+٤٤ ٢٠ ٧٩٤٦ ٠٠٠٠", "+44 20 7946\u{2011}0000"]
        {
            assert_eq!(Phone::parse(typed).unwrap().key(), "+442079460000");
        }
    }

    #[test]
    fn what_is_not_a_number() {
        for bad in ["", "12345", "1234567890123456", "call me", "+44 20 7946 000x", "++442079460000"] {
            assert_eq!(Phone::parse(bad), Err(ValueError::Phone), "{bad:?}");
        }
    }

    #[test]
    fn a_number_of_a_country_becomes_international() {
        for (code, calling, typed, kept) in [
            ("GB", "44", "020 7946 0000", "+44 20 7946 0000"),
            ("GB", "44", "(020) 7946 0000", "+44 20 7946 0000"),
            ("GB", "44", "20 7946 0000", "+44 20 7946 0000"),
            ("GB", "44", "+44 (0)20 7946 0000", "+44 20 7946 0000"),
            ("GB", "44", "+33 1 23 45 67 89", "+33 1 23 45 67 89"),
            ("GB", "44", "0033 1 23 45 67 89", "+33 1 23 45 67 89"),
            ("DE", "49", "030/123456", "+49 30/123456"),
            ("IT", "39", "06 6982 0000", "+39 06 6982 0000"),
            ("SM", "378", "0549 882 345", "+378 0549 882 345"),
            ("VA", "39", "06 6982", "+39 06 6982"),
            ("US", "1", "(202) 555-0142", "+1 (202) 555-0142"),
            ("US", "1", "1 202 555 0142", "+1 202 555 0142"),
            ("RU", "7", "8 (495) 123-45-67", "+7 (495) 123-45-67"),
            ("HU", "36", "06 1 234 5678", "+36 1 234 5678"),
            ("LK", "94", "077 123 4567", "+94 77 123 4567"),
            ("IN", "91", "०९८७६५ ४३२१०", "+91 98765 43210"),
        ] {
            let country = Country { code: code.to_owned(), calling: calling.to_owned() };
            let got = Phone::parse_in(&country, typed).map(|phone| phone.typed).unwrap_or_default();
            assert_eq!(got, kept, "{code} {typed}");
        }
    }
}
