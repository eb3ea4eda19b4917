//! Versions (`$vgt` and its family), in the order of GrowthBook's libraries: parts are compared as texts, numbers padded so that
//! 9 comes before 10, and a version without a pre-release comes after those with one.

use std::cmp::Ordering;

use serde_json::Value;

/// A version in the form in which texts compare as versions do. Versions written as numbers and as texts do not compare.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    is_number: bool,
    padded: String,
}

impl Version {
    /// Any text or number is a version; nothing else is.
    pub fn of(value: &Value) -> Option<Self> {
        match value {
            Value::String(text) => Some(Self { is_number: false, padded: padded(text) }),
            Value::Number(number) => {
                let text = number.to_string();
                Some(Self { is_number: true, padded: padded(text.strip_suffix(".0").unwrap_or(&text)) })
            }
            _ => None,
        }
    }

    /// How this one compares, if it does.
    pub fn compare(&self, other: &Self) -> Option<Ordering> {
        (self.is_number == other.is_number).then(|| order(&self.padded, &other.padded))
    }
}

/// The order of texts in JavaScript: by UTF-16 units.
pub fn order(a: &str, b: &str) -> Ordering {
    a.encode_utf16().cmp(b.encode_utf16())
}

/// `v1.2.3-rc.1+build` becomes `    1-    2-    3-rc-    1`.
fn padded(text: &str) -> String {
    let text = if text.is_empty() { "0" } else { text };
    let text = text.strip_prefix('v').unwrap_or(text);
    let text = text.split_once('+').map_or(text, |(version, _build)| version);
    let mut parts: Vec<String> = text.split(['.', '-']).map(padded_part).collect();
    if parts.len() == 3 {
        // Sorts after every ASCII letter: a version comes after its own pre-releases.
        parts.push("~".to_owned());
    }
    parts.join("-")
}

fn padded_part(part: &str) -> String {
    let is_number = !part.is_empty() && part.bytes().all(|digit| digit.is_ascii_digit());
    if is_number { format!("{part:>5}") } else { part.to_owned() }
}
