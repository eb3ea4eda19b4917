//! JSON, as little of it as a module on a visitor's page needs: properties in, texts out. For `widget` and `rules`.
//!
//! Writing is plain text work, so that a host page with its own `toJSON` (Prototype.js gave one to every array) changes
//! nothing. Reading takes own properties only, so that a polluted `Object.prototype` changes nothing either. Unknown
//! properties are passed over: a cached module meets newer forms.

use js_sys::{Array, Object, Reflect};
use shared::wire::FieldKind;
use wasm_bindgen::{JsCast, JsValue};

/// Writes a text.
pub fn string(out: &mut String, text: &str) {
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

/// Writes a list of texts.
pub fn strings<'t>(out: &mut String, texts: impl Iterator<Item = &'t str>) {
    let mut before = '[';
    for text in texts {
        out.push(before);
        string(out, text);
        before = ',';
    }
    out.push_str(if before == '[' { "[]" } else { "]" });
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

/// A property that is a text, or nothing.
pub fn maybe(value: &JsValue, key: &str) -> Option<String> {
    get(value, key).as_string()
}

/// A property that is a text, or an empty one.
pub fn text(value: &JsValue, key: &str) -> String {
    maybe(value, key).unwrap_or_default()
}

/// Whether a property says yes.
pub fn is(value: &JsValue, key: &str) -> bool {
    get(value, key).is_truthy()
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

/// The texts of a list.
pub fn texts(values: &Array) -> Vec<String> {
    each(values, |it| it.as_string().unwrap_or_default())
}

/// What a field takes; what we do not know is a short text.
pub fn kind(field: &JsValue) -> FieldKind {
    match text(field, "kind").as_str() {
        "email" => FieldKind::Email,
        "phone" => FieldKind::Phone,
        "long_text" => FieldKind::LongText,
        "number" => FieldKind::Number,
        "single_choice" => FieldKind::SingleChoice,
        "multiple_choice" => FieldKind::MultipleChoice,
        "drop_down" => FieldKind::DropDown,
        "checkbox" => FieldKind::Checkbox,
        "consent" => FieldKind::Consent,
        "date" => FieldKind::Date,
        "hidden" => FieldKind::Hidden,
        "file" => FieldKind::File,
        _ => FieldKind::ShortText,
    }
}
