//! What the rules read: a form, words and values, as the page has them.

use std::collections::BTreeMap;

use js_sys::{Array, Object};
use json::{each, get, is, kind, list, maybe, text, texts};
use serde_json::{Map, Number, Value};
use shared::wire::form::{Country, FormRule, HiddenSource, Step};
use shared::wire::{Choice, Field, Form, FormKind, Given};
use wasm_bindgen::{JsCast, JsValue};

/// A form.
pub fn form(form: &JsValue) -> Option<Form> {
    Some(Form {
        id: maybe(form, "id")?,
        // What it is for is the edge's business.
        kind: FormKind::Inquiry,
        title: String::new(),
        intro: maybe(form, "intro"),
        submit_label: text(form, "submit_label"),
        fields: each(&list(form, "fields"), field),
        steps: each(&list(form, "steps"), |step| Step {
            title: text(step, "title"),
            fields: texts(&list(step, "fields")),
        }),
        rules: each(&list(form, "rules"), |rule| FormRule {
            field: text(rule, "field"),
            require: value(&get(rule, "require")),
            message: text(rule, "message"),
        }),
        result: None,
        translations: BTreeMap::new(),
    })
}

fn field(it: &JsValue) -> Field {
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
        blocked_domains: texts(&list(it, "blocked_domains")),
        no_free_mail: is(it, "no_free_mail"),
        options: each(&list(it, "options"), |option| Choice {
            value: text(option, "value"),
            label: text(option, "label"),
        }),
        countries: each(&list(it, "countries"), |country| Country {
            code: text(country, "code"),
            calling: text(country, "calling"),
        }),
        autocomplete: maybe(it, "autocomplete"),
        from: maybe(&from, "query").map(HiddenSource::Query).or(maybe(&from, "page").map(HiddenSource::Page)),
        once: is(it, "once"),
        progressive: is(it, "progressive"),
        ..Field::new(&text(it, "name"), kind(it), &text(it, "label"))
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
        if let Some(given) = one.or_else(|| it.dyn_ref::<Array>().map(|many| Given::Many(texts(many)))) {
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

fn entries(value: &JsValue, mut take: impl FnMut(String, &JsValue)) {
    if value.is_object() {
        for name in texts(&Object::keys(value.unchecked_ref::<Object>())) {
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
