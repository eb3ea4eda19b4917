//! Numbers as text that comes back to the bit.
//!
//! `serde_json` may read a fraction one place off from what was written. A model that is kept and read must go on as if it had
//! never been put away, so lists of fractions are written as the hexadecimal digits of their bits.

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serializer};

/// Digits of one number.
const DIGITS: usize = 16;

pub fn serialize<S: Serializer>(numbers: &[f64], serializer: S) -> Result<S::Ok, S::Error> {
    let text: String = numbers.iter().map(|number| format!("{:016x}", number.to_bits())).collect();
    serializer.serialize_str(&text)
}

/// Refuses what is not whole, and what is no finite number: no arithmetic makes one.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<f64>, D::Error> {
    let text = String::deserialize(deserializer)?;
    if text.len() % DIGITS != 0 {
        return Err(D::Error::custom("it was cut off"));
    }
    text.as_bytes().chunks(DIGITS).map(|digits| number(digits).ok_or_else(|| D::Error::custom("no number"))).collect()
}

fn number(digits: &[u8]) -> Option<f64> {
    let digits = std::str::from_utf8(digits).ok()?;
    let number = f64::from_bits(u64::from_str_radix(digits, 16).ok()?);
    number.is_finite().then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, serde::Serialize, Deserialize)]
    struct Row(#[serde(with = "super")] Vec<f64>);

    #[test]
    fn every_bit_comes_back() {
        let row = Row(vec![0.1 + 0.2, -0.0, f64::MIN_POSITIVE / 3.0, 1e300]);
        let text = serde_json::to_string(&row).unwrap();
        let back: Row = serde_json::from_str(&text).unwrap();
        assert_eq!(
            back.0.iter().map(|x| x.to_bits()).collect::<Vec<_>>(),
            row.0.iter().map(|x| x.to_bits()).collect::<Vec<_>>()
        );
    }

    #[test]
    fn a_damaged_row_is_an_error() {
        for text in ["\"3ff\"", "\"7ff8000000000000\"", "\"zzzzzzzzzzzzzzzz\"", "\"éééééééé\"", "3"] {
            assert!(serde_json::from_str::<Row>(text).is_err(), "{text}");
        }
    }
}
