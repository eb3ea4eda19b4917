//! JSON, as little of it as the widget needs: it writes a [`Submit`] and reads a form, a receipt and a list of problems.
//!
//! Writing is plain text work, so that a host page with its own `toJSON` (Prototype.js gave one to every array) changes
//! nothing. Reading goes through the browser's parser and takes own properties only, so that a polluted
//! `Object.prototype` changes nothing either. Unknown properties are passed over: a cached widget meets newer forms.

use std::collections::BTreeMap;

use js_sys::{Array, JSON, Object, Reflect};
use shared::wire::{Choice, Field, FieldKind, FieldProblem, Form, FormKind, Given, Page, Receipt, Signal, Submit};
use wasm_bindgen::{JsCast, JsValue};

/// The body of a submission.
pub fn write(submit: &Submit) -> String {
    let mut out = String::new();
    property(&mut out, "{\"submission_id\":", &submit.submission_id);
    out.push_str(",\"values\":");
    out.push_str(&values(&submit.values));
    property(&mut out, ",\"page\":{\"url\":", &submit.page.url);
    property(&mut out, ",\"title\":", &submit.page.title);
    property(&mut out, ",\"referrer\":", &submit.page.referrer);
    let mut before = "},\"signals\":[{\"kind\":";
    for signal in &submit.signals {
        property(&mut out, before, &signal.kind);
        property(&mut out, ",\"url\":", &signal.url);
        property(&mut out, ",\"title\":", &signal.title);
        out.push_str(",\"ago_ms\":");
        number_text(&mut out, signal.ago_ms);
        let mut about = ",\"about\":{";
        for (name, text) in &signal.about {
            property(&mut out, about, name);
            property(&mut out, ":", text);
            about = ",";
        }
        if !signal.about.is_empty() {
            out.push('}');
        }
        if signal.human {
            out.push_str(",\"human\":true");
        }
        before = "},{\"kind\":";
    }
    out.push_str(if submit.signals.is_empty() { "}}" } else { "}]}" });
    out
}

/// Values by name.
pub fn values(values: &BTreeMap<String, Given>) -> String {
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

/// Digits, without the machinery of `fmt`.
fn number_text(out: &mut String, number: u64) {
    if number > 9 {
        number_text(out, number / 10);
    }
    // The remainder is below ten, and so is the digit.
    out.push(char::from(b'0' + (number % 10) as u8));
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

/// Text as a value; `undefined` where it is not JSON.
pub fn parse(text: &str) -> JsValue {
    JSON::parse(text).unwrap_or(JsValue::UNDEFINED)
}

/// The form of this id in a boot configuration.
pub fn form(boot: &JsValue, id: &str) -> Option<Form> {
    let form = list(boot, "forms").iter().find(|form| text(form, "id") == id)?;
    Some(Form {
        kind: match text(&form, "kind").as_str() {
            "support" => FormKind::Support,
            "trial" => FormKind::Trial,
            _ => FormKind::Inquiry,
        },
        title: text(&form, "title"),
        intro: maybe(&form, "intro"),
        submit_label: text(&form, "submit_label"),
        fields: each(&list(&form, "fields"), field),
        steps: Vec::new(),
        rules: Vec::new(),
        result: None,
        translations: BTreeMap::new(),
        id: id.to_owned(),
    })
}

/// The widget's words, by name.
pub fn words(boot: &JsValue) -> BTreeMap<String, String> {
    let words = get(boot, "words");
    let names = words.dyn_ref::<Object>().map(Object::keys).unwrap_or_default();
    names.iter().filter_map(|name| name.as_string()).map(|name| (name.clone(), text(&words, &name))).collect()
}

fn field(value: &JsValue) -> Field {
    let kind = match text(value, "kind").as_str() {
        "email" => FieldKind::Email,
        "phone" => FieldKind::Phone,
        "long_text" => FieldKind::LongText,
        "drop_down" => FieldKind::DropDown,
        "consent" => FieldKind::Consent,
        _ => FieldKind::ShortText,
    };
    Field {
        help: maybe(value, "help"),
        required: get(value, "required").is_truthy(),
        max_chars: number(value, "max_chars"),
        options: each(&list(value, "options"), |option| Choice {
            value: text(option, "value"),
            label: text(option, "label"),
        }),
        autocomplete: maybe(value, "autocomplete"),
        ..Field::new(&text(value, "name"), kind, &text(value, "label"))
    }
}

/// A receipt; nothing where it proves nothing.
pub fn receipt(value: &JsValue) -> Option<Receipt> {
    Some(Receipt {
        submission_id: maybe(value, "submission_id")?,
        reference: maybe(value, "reference")?,
        team: text(value, "team"),
        answer_by: text(value, "answer_by"),
    })
}

/// The wrong fields of a problem.
pub fn problems(value: &JsValue) -> Vec<FieldProblem> {
    each(&list(value, "fields"), |problem| FieldProblem {
        field: text(problem, "field"),
        code: text(problem, "code"),
        message: text(problem, "message"),
    })
}

/// The page, as the loader tells it.
pub fn page(value: &JsValue) -> Page {
    Page { url: text(value, "url"), title: text(value, "title"), referrer: text(value, "referrer") }
}

/// The signals, as the loader tells them.
pub fn signals(values: &Array) -> Vec<Signal> {
    each(values, |value| Signal {
        kind: text(value, "kind"),
        ago_ms: number(value, "ago_ms").unwrap_or_default().into(),
        url: text(value, "url"),
        title: text(value, "title"),
        about: texts(&get(value, "about")),
        human: get(value, "human").is_truthy(),
    })
}

/// The own properties of an object that are strings.
fn texts(value: &JsValue) -> BTreeMap<String, String> {
    let entries = value.dyn_ref::<Object>().map(Object::entries).unwrap_or_default();
    entries.iter().filter_map(|entry| Some((element(&entry, 0)?, element(&entry, 1)?))).collect()
}

fn element(pair: &JsValue, at: u32) -> Option<String> {
    pair.unchecked_ref::<Array>().get(at).as_string()
}

/// A property that is a string, or nothing.
pub fn maybe(value: &JsValue, key: &str) -> Option<String> {
    get(value, key).as_string()
}

/// A property that is a string, or an empty one.
pub fn text(value: &JsValue, key: &str) -> String {
    maybe(value, key).unwrap_or_default()
}

fn number(value: &JsValue, key: &str) -> Option<u32> {
    let number = get(value, key).as_f64()?;
    // `as` saturates: a negative or huge number becomes the nearest one there is.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    Some(number as u32)
}

fn list(value: &JsValue, key: &str) -> Array {
    get(value, key).dyn_into().unwrap_or_default()
}

fn each<T>(values: &Array, mut read: impl FnMut(&JsValue) -> T) -> Vec<T> {
    let mut read_values = Vec::new();
    for index in 0..values.length() {
        read_values.push(read(&values.get(index)));
    }
    read_values
}

fn get(value: &JsValue, key: &str) -> JsValue {
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

    #[test]
    fn what_it_writes_is_what_any_parser_reads() {
        let awkward = "q\" b\\ n\n r\r t\t nul\0 esc\u{1b} \u{7f} \u{2028} 👩‍👩‍👧‍👦 שלום </script>";
        let submit = Submit {
            submission_id: "0b9d8f2e-6f0e-4b5e-9a59-0d8f6f1f9a10".to_owned(),
            values: [("message", awkward), ("email", "ana@example.com")]
                .map(|(k, v)| (k.to_owned(), Given::One(v.to_owned())))
                .into(),
            page: Page {
                url: "https://example.com/?a=1".to_owned(),
                title: awkward.to_owned(),
                referrer: String::new(),
            },
            signals: ["page_viewed", "pricing_viewed"]
                .map(|kind| Signal {
                    kind: kind.to_owned(),
                    ago_ms: 12,
                    url: "https://example.com/".to_owned(),
                    title: awkward.to_owned(),
                    about: BTreeMap::from([("plan".to_owned(), awkward.to_owned()), ("x".to_owned(), "1".to_owned())]),
                    human: kind == "page_viewed",
                })
                .into(),
            ..Submit::default()
        };
        let read: serde_json::Value = serde_json::from_str(&write(&submit)).unwrap();
        assert_eq!(read["submission_id"], submit.submission_id);
        assert_eq!(read["values"]["message"], awkward);
        assert_eq!(read["page"]["title"], awkward);
        assert_eq!(serde_json::from_value::<Vec<Signal>>(read["signals"].clone()).unwrap(), submit.signals);
    }
}
