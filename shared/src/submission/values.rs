//! What was typed against what the form asks: which fields are asked, what is kept of each, and all that is wrong.
//! The widget and the edge both read with [`read`], so they never disagree.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::day::Today;
use super::number::Number;
use super::value::{Found, TICKED, ValueError, read_value};
use crate::form::Form;
use crate::wire::form::HiddenSource;
use crate::wire::{FieldKind, FieldProblem, Given};
use crate::words::Words;

/// The country of a telephone number travels under the field's name and this.
pub const COUNTRY_SUFFIX: &str = "_country";
/// Under which conditions find the values.
const VALUES: &str = "values";

/// The values that were given, in the form's order; fields that were left empty, or are not asked, are absent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Values(Vec<Kept>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Kept {
    name: String,
    kind: FieldKind,
    value: Given,
}

impl Values {
    /// The value of a field that has one only.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.given(name).and_then(Given::one)
    }

    /// The value of a field.
    pub fn given(&self, name: &str) -> Option<&Given> {
        self.0.iter().find(|kept| kept.name == name).map(|kept| &kept.value)
    }

    /// Names and values, in the form's order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Given)> {
        self.0.iter().map(|kept| (kept.name.as_str(), &kept.value))
    }

    /// The same as a JSON object, as conditions read it: a `number` is a number, a `multiple_choice` a list, and a
    /// ticked box `true`.
    pub fn to_json(&self) -> Map<String, Value> {
        self.0.iter().map(|kept| (kept.name.clone(), to_json(kept.kind, &kept.value))).collect()
    }
}

fn to_json(kind: FieldKind, value: &Given) -> Value {
    match (kind, value) {
        (_, Given::Many(choices)) => Value::Array(choices.iter().map(|choice| Value::String(choice.clone())).collect()),
        (FieldKind::Checkbox | FieldKind::Consent, Given::One(text)) if text == TICKED => Value::Bool(true),
        (FieldKind::Number, Given::One(text)) => {
            let number = Number::parse(text).and_then(|number| serde_json::Number::from_f64(number.value()));
            number.map_or(Value::Null, Value::Number)
        }
        (_, Given::One(text)) => Value::String(text.clone()),
    }
}

/// What came of reading.
#[derive(Debug)]
pub struct Reading<'f> {
    values: Values,
    wrong: Vec<(&'f str, ValueError<'f>)>,
    asked: Vec<&'f str>,
}

impl<'f> Reading<'f> {
    /// What is kept, whether or not something else is wrong.
    pub fn values(&self) -> &Values {
        &self.values
    }

    /// What is kept.
    pub fn into_values(self) -> Values {
        self.values
    }

    /// The names of the fields that are asked, given what was typed.
    pub fn asked(&self) -> &[&'f str] {
        &self.asked
    }

    /// What is wrong: field by field in the form's order, then rule by rule, and at most one thing beside each field.
    pub fn wrong(&self) -> &[(&'f str, ValueError<'f>)] {
        &self.wrong
    }

    /// The same for a reader of these words.
    pub fn problems(&self, words: Words<'_>) -> Vec<FieldProblem> {
        let problem = |(field, error): &(&str, ValueError<'_>)| FieldProblem {
            field: (*field).to_owned(),
            code: error.code().to_owned(),
            message: error.message(words),
        };
        self.wrong.iter().map(problem).collect()
    }
}

/// Reads what was typed, one field after the other. What is found for a field that is not asked is left out.
///
/// `lang` is the language of the form's own sentences about what is wrong; a form that was sent to a browser has but one.
pub fn read<'f>(form: &'f Form, found: &dyn Fn(&str) -> Found<'f>, today: Today, lang: &str) -> Reading<'f> {
    let mut reading = Reading { values: Values::default(), wrong: Vec::new(), asked: Vec::new() };
    // What conditions read grows with each field that fits.
    let mut facts = Map::new();
    facts.insert(VALUES.to_owned(), Value::Object(Map::new()));
    let mut facts = Value::Object(facts);
    for field in form.fields() {
        let name = field.source.name.as_str();
        if field.when().is_some_and(|when| !when.holds(&facts)) {
            continue;
        }
        reading.asked.push(name);
        let fixed = match &field.source.from {
            Some(HiddenSource::Fixed(value)) => Some(Found::One(value.as_str())),
            _ => None,
        };
        let country = match found(&[name, COUNTRY_SUFFIX].concat()) {
            Found::One(code) if !field.source.countries.is_empty() => code,
            _ => "",
        };
        match read_value(field, fixed.unwrap_or_else(|| found(name)), country, today) {
            Ok(None) => {}
            Ok(Some(value)) => {
                if let Some(Value::Object(values)) = facts.get_mut(VALUES) {
                    values.insert(name.to_owned(), to_json(field.source.kind, &value));
                }
                reading.values.0.push(Kept { name: name.to_owned(), kind: field.source.kind, value });
            }
            Err(ValueError::Pattern { .. }) => {
                let message = form.pattern_message(field, lang);
                reading.wrong.push((name, ValueError::Pattern { message }));
            }
            Err(error) => reading.wrong.push((name, error)),
        }
    }
    for (index, rule) in form.rules().enumerate() {
        let is_wrong = |name: &str| reading.wrong.iter().any(|(wrong, _)| *wrong == name);
        let field = rule.source.field.as_str();
        let is_open = reading.asked.contains(&field) && !is_wrong(field) && !rule.reads().any(is_wrong);
        if is_open && !rule.holds(&facts) {
            reading.wrong.push((field, ValueError::Rule { message: form.rule_message(index, lang) }));
        }
    }
    reading
}

/// The same for values as a widget holds them.
pub fn read_typed<'f>(form: &'f Form, typed: &'f BTreeMap<String, Given>, today: Today) -> Reading<'f> {
    read(form, &|name| Found::from(typed.get(name)), today, "")
}
