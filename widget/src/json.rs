//! JSON, as little of it as the widget needs: properties in, values out.
//!
//! Writing is plain text work, so that a host page with its own `toJSON` (Prototype.js gave one to every array) changes
//! nothing. Reading takes own properties only, so that a polluted `Object.prototype` changes nothing either. Unknown
//! properties are passed over: a cached widget meets newer forms.

use js_sys::{Array, Object, Reflect};
use shared::wire::Given;
use wasm_bindgen::{JsCast, JsValue};

use crate::form::state::Values;

/// Values by name.
pub fn values(values: &Values) -> String {
    let mut out = String::new();
    let mut before = '{';
    for (name, value) in values {
        out.push(before);
        string(&mut out, name);
        match value {
            Given::One(value) => property(&mut out, ":", value),
            Given::Many(values) => {
                let mut before = ":[";
                for value in values {
                    property(&mut out, before, value);
                    before = ",";
                }
                out.push_str(if values.is_empty() { ":[]" } else { "]" });
            }
        }
        before = ',';
    }
    out.push_str(if values.is_empty() { "{}" } else { "}" });
    out
}

fn property(out: &mut String, before: &str, text: &str) {
    out.push_str(before);
    string(out, text);
}

fn string(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            '\n' => out.push_str("\\n"),
            // RFC 8259, 7: everything below U+0020 must be escaped; all of it starts with `\u00`.
            c if c < ' ' => {
                out.push_str(if c < '\u{10}' { "\\u000" } else { "\\u001" });
                out.push(char::from_digit(u32::from(c) & 15, 16).unwrap_or('0'));
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

/// A property that is a string, or nothing.
pub fn maybe(value: &JsValue, key: &str) -> Option<String> {
    get(value, key).as_string()
}

/// A property that is a string, or an empty one.
pub fn text(value: &JsValue, key: &str) -> String {
    maybe(value, key).unwrap_or_default()
}

/// Whether a property says yes.
pub fn is(value: &JsValue, key: &str) -> bool {
    get(value, key).is_truthy()
}

/// The texts of a list.
pub fn strings(values: &Array) -> Vec<String> {
    each(values, |it| it.as_string().unwrap_or_default())
}

/// A property that is a list, or an empty one.
pub fn list(value: &JsValue, key: &str) -> Array {
    get(value, key).dyn_into().unwrap_or_default()
}

/// One for each of a list.
pub fn each<T>(values: &Array, mut read: impl FnMut(&JsValue) -> T) -> Vec<T> {
    let mut read_values = Vec::new();
    for index in 0..values.length() {
        read_values.push(read(&values.get(index)));
    }
    read_values
}

/// A property of its own.
pub fn get(value: &JsValue, key: &str) -> JsValue {
    let key = JsValue::from_str(key);
    if value.is_object() && Object::has_own::<JsValue>(value.unchecked_ref(), &key) {
        Reflect::get(value, &key).unwrap_or(JsValue::UNDEFINED)
    } else {
        JsValue::UNDEFINED
    }
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
