//! Where a unit falls: the hashes of GrowthBook's libraries, so that an experiment may move from one to the other and nobody is
//! assigned anew.

use serde_json::Value;

/// How a unit is hashed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HashVersion {
    /// A thousand buckets, biased where keys are alike. Only for experiments that began with it.
    V1,
    /// Ten thousand buckets.
    V2,
}

impl HashVersion {
    /// The version of this number, if there is one.
    pub fn of(number: u64) -> Option<Self> {
        match number {
            1 => Some(Self::V1),
            2 => Some(Self::V2),
            _ => None,
        }
    }
}

/// The bucket of a unit: from 0 to below 1.
pub fn bucket(seed: &str, unit: &str, version: HashVersion) -> f64 {
    match version {
        HashVersion::V1 => f64::from(fnv1a(fnv1a(START, unit), seed) % 1_000) / 1_000.0,
        HashVersion::V2 => {
            let once = fnv1a(fnv1a(START, seed), unit);
            f64::from(fnv1a(START, &once.to_string()) % 10_000) / 10_000.0
        }
    }
}

/// What a hash begins with.
const START: u32 = 0x811c_9dc5;

/// FNV-1a of 32 bits, gone on with over the UTF-16 units of a text. Those of ASCII are its bytes.
fn fnv1a(mut hash: u32, text: &str) -> u32 {
    const PRIME: u32 = 0x0100_0193;
    if text.is_ascii() {
        for byte in text.as_bytes() {
            hash = (hash ^ u32::from(*byte)).wrapping_mul(PRIME);
        }
    } else {
        for unit in text.encode_utf16() {
            hash = (hash ^ u32::from(unit)).wrapping_mul(PRIME);
        }
    }
    hash
}

/// A value that can tell units apart, as the text that is hashed: a text that is not empty, or a number that is not zero,
/// written as JavaScript writes it. Nothing else is one: with `true` or an object everybody would be the same.
pub fn unit(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => number.as_f64().filter(|number| *number != 0.0 && number.is_finite()).map(javascript),
        _ => None,
    }
}

/// A finite number that is not zero, as JavaScript writes it (ECMA-262, 6.1.6.1.20): `12`, `0.5`, `1e+21`, `1.5e-7`.
fn javascript(number: f64) -> String {
    if (1e-6..1e21).contains(&number.abs()) {
        return number.to_string();
    }
    let text = format!("{number:e}");
    match text.split_once('e') {
        Some((digits, power)) if !power.starts_with('-') => format!("{digits}e+{power}"),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_tells_nobody_apart_is_no_unit() {
        for nobody in [json!(""), json!(0), json!(-0.0), json!(true), json!(null), json!({ "a": 1 }), json!(["a"])] {
            assert_eq!(unit(&nobody), None, "{nobody}");
        }
    }

    #[test]
    fn numbers_are_written_as_in_javascript() {
        for (number, text) in [
            (json!(123), "123"),
            (json!(1.0), "1"),
            (json!(-2.5), "-2.5"),
            (json!(1e21), "1e+21"),
            (json!(123_456_789_012_345_680_000_f64), "123456789012345680000"),
            (json!(0.000_001), "0.000001"),
            (json!(1.5e-7), "1.5e-7"),
            (json!(u64::MAX), "18446744073709552000"),
        ] {
            assert_eq!(unit(&number).as_deref(), Some(text));
        }
    }

    #[test]
    fn characters_beyond_ascii_are_two_units_or_one_as_in_javascript() {
        assert_eq!(bucket("", "josé", HashVersion::V1), 0.586);
        assert_eq!(bucket("", "用户123", HashVersion::V2), 0.3071);
    }
}
