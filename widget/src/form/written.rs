//! What the widget writes: what was typed, as JSON.

use json::{string, strings};
use shared::wire::Given;

use super::state::Values;

/// Values by name.
pub fn values(values: &Values) -> String {
    let mut out = String::new();
    let mut before = '{';
    for (name, value) in values {
        out.push(before);
        string(&mut out, name);
        out.push(':');
        match value {
            Given::One(value) => string(&mut out, value),
            Given::Many(values) => strings(&mut out, values.iter().map(String::as_str)),
        }
        before = ',';
    }
    out.push_str(if before == '{' { "{}" } else { "}" });
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn what_it_writes_is_what_any_parser_reads() {
        let awkward = "q\" b\\ n\n r\r t\t nul\0 esc\u{1b} \u{7f} \u{2028} 👩‍👩‍👧‍👦 שלום </script>";
        let typed: Values = vec![
            ("days".to_owned(), Given::Many(vec!["mo".to_owned(), awkward.to_owned()])),
            ("message".to_owned(), Given::One(awkward.to_owned())),
            ("none".to_owned(), Given::Many(Vec::new())),
        ];
        let read: BTreeMap<String, Given> = serde_json::from_str(&values(&typed)).unwrap();
        assert_eq!(read.into_iter().collect::<Values>(), typed);
        assert_eq!(values(&Values::new()), "{}");
    }
}
