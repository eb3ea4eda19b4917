//! JSON, as little of it as the rules need: a form, words and values in, a few lists out.
//!
//! Writing is plain text work, so that a host page with its own `toJSON` (Prototype.js gave one to every array) changes
//! nothing. Reading takes own properties only, so that a polluted `Object.prototype` changes nothing either. Unknown
//! properties are passed over: a cached module meets newer forms.

use std::collections::BTreeMap;

use js_sys::{Array, Object, Reflect};
use serde_json::{Map, Number, Value};
use shared::wire::form::{Country, FormRule, HiddenSource, Step};
use shared::wire::{Choice, Field, FieldKind, Form, FormKind, Given};
use wasm_bindgen::{JsCast, JsValue};

/// A list of texts.
pub fn list<'t>(out: &mut String, texts: impl Iterator<Item = &'t str>) {
    out.push('[');
    for (place, text) in texts.enumerate() {
        if place > 0 {
            out.push(',');
        }
        string(out, text);
    }
    out.push(']');
}

/// A text.
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

/// A form.
pub fn form(form: &JsValue) -> Option<Form> {
    Some(Form {
        id: maybe(form, "id")?,
        // What it is for is the edge's business.
        kind: FormKind::Inquiry,
        title: String::new(),
        intro: maybe(form, "intro"),
        submit_label: text(form, "submit_label"),
        fields: each(&items(form, "fields"), field),
        steps: each(&items(form, "steps"), |step| Step { title: text(step, "title"), fields: texts(step, "fields") }),
        rules: each(&items(form, "rules"), |rule| FormRule {
            field: text(rule, "field"),
            require: value(&get(rule, "require")),
            message: text(rule, "message"),
        }),
        result: None,
        translations: BTreeMap::new(),
    })
}

fn field(it: &JsValue) -> Field {
    let kind = match text(it, "kind").as_str() {
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
    };
    let when = get(it, "when");
    let from = get(it, "from");
    Field {
        help: maybe(it, "help"),
        required: is(it, "required"),
        when: when.is_object().then(|| value(&when)),
        min_chars: number(it, "min_chars"),
        max_chars: number(it, "max_chars"),
        min: maybe(it, "min"),
        max: maybe(it, "max"),
        pattern: maybe(it, "pattern"),
        pattern_message: maybe(it, "pattern_message"),
        blocked_domains: texts(it, "blocked_domains"),
        no_free_mail: is(it, "no_free_mail"),
        options: each(&items(it, "options"), |option| Choice {
            value: text(option, "value"),
            label: text(option, "label"),
        }),
        countries: each(&items(it, "countries"), |country| Country {
            code: text(country, "code"),
            calling: text(country, "calling"),
        }),
        autocomplete: maybe(it, "autocomplete"),
        from: maybe(&from, "query").map(HiddenSource::Query).or(maybe(&from, "page").map(HiddenSource::Page)),
        once: is(it, "once"),
        progressive: is(it, "progressive"),
        ..Field::new(&text(it, "name"), kind, &text(it, "label"))
    }
}

/// A condition, as `shared` reads it.
fn value(it: &JsValue) -> Value {
    if let Some(text) = it.as_string() {
        Value::String(text)
    } else if let Some(number) = it.as_f64() {
        numeric(number)
    } else if let Some(is) = it.as_bool() {
        Value::Bool(is)
    } else if let Some(items) = it.dyn_ref::<Array>() {
        Value::Array(each(items, value))
    } else if it.is_object() {
        let mut map = Map::new();
        entries(it, |name, it| drop(map.insert(name, value(it))));
        Value::Object(map)
    } else {
        Value::Null
    }
}

/// A number as JSON's text would have given it: a whole one is an integer, which conditions count days by.
fn numeric(number: f64) -> Value {
    // `as` saturates, and then the two differ.
    #[expect(clippy::cast_possible_truncation)]
    let whole = number as i32;
    if f64::from(whole).to_bits() == number.to_bits() {
        Value::from(whole)
    } else {
        Number::from_f64(number).map_or(Value::Null, Value::Number)
    }
}

/// What is given for each field: one text, or several.
pub fn given(it: &JsValue) -> BTreeMap<String, Given> {
    let mut values = BTreeMap::new();
    entries(it, |name, it| {
        let one = it.as_string().map(Given::One);
        if let Some(given) = one.or_else(|| it.dyn_ref::<Array>().map(|many| Given::Many(strings(many)))) {
            values.insert(name, given);
        }
    });
    values
}

/// Texts by name.
pub fn words(it: &JsValue) -> BTreeMap<String, String> {
    let mut words = BTreeMap::new();
    entries(it, |name, it| drop(it.as_string().map(|word| words.insert(name, word))));
    words
}

fn maybe(value: &JsValue, key: &str) -> Option<String> {
    get(value, key).as_string()
}

fn text(value: &JsValue, key: &str) -> String {
    maybe(value, key).unwrap_or_default()
}

fn is(value: &JsValue, key: &str) -> bool {
    get(value, key).is_truthy()
}

fn strings(values: &Array) -> Vec<String> {
    each(values, |it| it.as_string().unwrap_or_default())
}

fn items(value: &JsValue, key: &str) -> Array {
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

fn texts(value: &JsValue, key: &str) -> Vec<String> {
    strings(&items(value, key))
}

fn entries(value: &JsValue, mut take: impl FnMut(String, &JsValue)) {
    if value.is_object() {
        for name in strings(&Object::keys(value.unchecked_ref::<Object>())) {
            let it = get(value, &name);
            take(name, &it);
        }
    }
}

fn number(value: &JsValue, key: &str) -> Option<u32> {
    let number = get(value, key).as_f64()?;
    // `as` saturates: a negative or huge number becomes the nearest one there is.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    Some(number as u32)
}
