//! Numbers, as a form may take them: an optional sign, digits, and at most one decimal point.

/// The most digits: as many as a binary number of 64 bits always tells apart, so that no two numbers become one.
const MAX_DIGITS: usize = 15;
/// Exact as binary numbers, and so is every quotient of at most 15 digits rounded right.
const POWERS: [f64; MAX_DIGITS + 1] =
    [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

/// A number, as it is kept and as it is compared.
#[derive(Debug, Clone, PartialEq)]
pub struct Number {
    text: String,
    value: f64,
}

impl Number {
    /// Reads a number. The digits may be Arabic-Indic or Devanagari. One comma stands for the decimal point, unless
    /// exactly three digits follow it: `2,5` is two and a half, and `1,000` might be one or a thousand. An exponent,
    /// `NaN` and more than 15 digits are no numbers here.
    pub fn parse(typed: &str) -> Option<Self> {
        let (negative, typed) = match typed.strip_prefix(['-', '\u{2212}']) {
            Some(rest) => (true, rest),
            None => (false, typed.strip_prefix('+').unwrap_or(typed)),
        };
        let mut text = String::new();
        let (mut mantissa, mut count, mut point, mut comma) = (0_i64, 0, None, false);
        for c in typed.chars() {
            if let Some(digit) = ascii_digit(c) {
                count += 1;
                if count > MAX_DIGITS {
                    return None;
                }
                mantissa = mantissa * 10 + i64::from(digit);
                if text != "0" {
                    text.push(char::from(b'0' + digit));
                } else {
                    text.clear();
                    text.push(char::from(b'0' + digit));
                }
            } else if matches!(c, '.' | ',' | '\u{66b}') && point.is_none() && count > 0 {
                point = Some(count);
                comma = c == ',';
                text.push('.');
            } else {
                return None;
            }
        }
        let places = point.map_or(0, |at| count - at);
        if count == 0 || (point.is_some() && places == 0) || (comma && places == 3) {
            return None;
        }
        // Fifteen digits are below 2^53: exact.
        #[expect(clippy::cast_precision_loss)]
        let value = mantissa as f64 / POWERS.get(places).copied()?;
        if negative && mantissa != 0 {
            text.insert(0, '-');
            return Some(Self { text, value: -value });
        }
        Some(Self { text, value })
    }

    /// In ASCII, with a point, and without `+` or needless zeros before it: `-2.50`.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// What is compared.
    pub fn value(&self) -> f64 {
        self.value
    }
}

/// A digit of the scripts that Usher's languages are written in.
pub(crate) fn ascii_digit(c: char) -> Option<u8> {
    let zero = match c {
        '0'..='9' => '0',
        '\u{660}'..='\u{669}' => '\u{660}',
        '\u{6f0}'..='\u{6f9}' => '\u{6f0}',
        '\u{966}'..='\u{96f}' => '\u{966}',
        _ => return None,
    };
    u8::try_from(u32::from(c) - u32::from(zero)).ok()
}

/// A count in digits, without the machinery of `fmt`.
pub(crate) fn decimal(number: u32) -> String {
    let mut text = if number > 9 { decimal(number / 10) } else { String::new() };
    text.push(u8::try_from(number % 10).map_or('0', |digit| char::from(b'0' + digit)));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_kept_in_one_spelling() {
        for (typed, kept, value) in [
            ("5", "5", 5.0),
            ("007", "7", 7.0),
            ("+3", "3", 3.0),
            ("-2.50", "-2.50", -2.5),
            ("\u{2212}4", "-4", -4.0),
            ("-0", "0", 0.0),
            ("0.1", "0.1", 0.1),
            ("2,5", "2.5", 2.5),
            ("٢٥", "25", 25.0),
            ("३.५", "3.5", 3.5),
            ("999999999999999", "999999999999999", 999_999_999_999_999.0),
        ] {
            let number = Number::parse(typed).unwrap();
            assert_eq!((number.as_str(), number.value()), (kept, value), "{typed}");
        }
    }

    #[test]
    fn a_value_is_what_the_standard_library_reads() {
        for text in ["0.1", "0.3", "123456.789", "1.10", "0.00000000000001", "-99999999999999.9"] {
            assert_eq!(Number::parse(text).unwrap().value(), text.parse::<f64>().unwrap());
        }
    }

    #[test]
    fn what_is_not_a_number() {
        let bad = [
            "",
            "-",
            "+",
            ".",
            "5.",
            ".5",
            "1e3",
            "NaN",
            "inf",
            "1,000",
            "1.2.3",
            "1,2,3",
            "0x10",
            "1 000",
            "--1",
            "1234567890123456",
            "five",
            "1\u{200b}2",
        ];
        for text in bad {
            assert_eq!(Number::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_count_in_digits() {
        assert_eq!([decimal(0), decimal(9), decimal(10), decimal(u32::MAX)], ["0", "9", "10", "4294967295"]);
    }
}
