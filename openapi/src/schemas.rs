//! The schemas of the wire's types: as they are read where they are sent to us, and as they are written where we answer.
//!
//! The two differ: what has a default need not be sent, but is always answered. A type that is both, and differs, is called
//! `{Name}Input` where it is sent.

use std::collections::{BTreeMap, BTreeSet};

use schemars::generate::{Contract, SchemaSettings};
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value, json};
use shared::wire::lists::{MAX_VIEW_NAME_CHARS, MOST_AT_ONCE};
use shared::wire::outcome::MAX_OUTCOMES;

/// Limits that descriptions name: readers elsewhere have only their numbers.
const CONSTANTS: [(&str, usize); 3] =
    [("MAX_OUTCOMES", MAX_OUTCOMES), ("MAX_VIEW_NAME_CHARS", MAX_VIEW_NAME_CHARS), ("MOST_AT_ONCE", MOST_AT_ONCE)];
const PREFIX: &str = "#/components/schemas/";

/// Which way something travels.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// To us.
    Sent,
    /// From us.
    Answered,
}

/// Every schema that was asked for.
pub struct Schemas {
    sent: SchemaGenerator,
    answered: SchemaGenerator,
}

/// Makes the schema of something, for one way.
pub type Shape = fn(&mut Schemas, Way) -> Value;

/// The shape of a type.
pub fn of<T: JsonSchema>(schemas: &mut Schemas, way: Way) -> Value {
    match way {
        Way::Sent => schemas.sent.subschema_for::<T>().to_value(),
        Way::Answered => schemas.answered.subschema_for::<T>().to_value(),
    }
}

impl Default for Schemas {
    fn default() -> Self {
        let generator = |contract| {
            let settings = SchemaSettings::draft2020_12().with(|settings| {
                PREFIX.trim_start_matches('#').clone_into(settings.definitions_path.to_mut());
                settings.contract = contract;
            });
            settings.into_generator()
        };
        Self { sent: generator(Contract::Deserialize), answered: generator(Contract::Serialize) }
    }
}

impl Schemas {
    /// The components, and the document with its references to what is sent led to them.
    pub fn finish(mut self, document: &mut Value) -> Value {
        let mut sent: BTreeMap<String, Value> = self.sent.take_definitions(true).into_iter().collect();
        let mut all: BTreeMap<String, Value> = self.answered.take_definitions(true).into_iter().collect();
        let other = other_when_sent(&sent, &all);
        for schema in sent.values_mut() {
            lead(schema, &other);
        }
        lead_bodies(document, &other);
        for (name, schema) in sent {
            let name = if other.contains(&name) { format!("{name}Input") } else { name };
            all.insert(name, schema);
        }
        let mut all = Value::Object(all.into_iter().collect());
        tidy(&mut all);
        all
    }
}

/// The names of what is sent in another shape than it is answered in, itself or in what it has.
fn other_when_sent(sent: &BTreeMap<String, Value>, answered: &BTreeMap<String, Value>) -> BTreeSet<String> {
    let both = |name: &&String| answered.contains_key(*name);
    let mut other: BTreeSet<String> =
        sent.keys().filter(both).filter(|name| sent.get(*name) != answered.get(*name)).cloned().collect();
    loop {
        let names_one = |schema: &Value| names(schema).iter().any(|name| other.contains(*name));
        let more: Vec<String> = sent
            .iter()
            .filter(|(name, schema)| both(name) && !other.contains(*name) && names_one(schema))
            .map(|(name, _)| name.clone())
            .collect();
        if more.is_empty() {
            return other;
        }
        other.extend(more);
    }
}

fn names(schema: &Value) -> Vec<&str> {
    match schema {
        Value::Object(object) => object
            .iter()
            .flat_map(|(key, value)| match (key.as_str(), value) {
                ("$ref", Value::String(to)) => to.strip_prefix(PREFIX).into_iter().collect(),
                _ => names(value),
            })
            .collect(),
        Value::Array(items) => items.iter().flat_map(names).collect(),
        _ => Vec::new(),
    }
}

fn lead(schema: &mut Value, other: &BTreeSet<String>) {
    match schema {
        Value::Object(object) => {
            for (key, value) in object.iter_mut() {
                match value {
                    Value::String(to) if key == "$ref" => {
                        if to.strip_prefix(PREFIX).is_some_and(|name| other.contains(name)) {
                            to.push_str("Input");
                        }
                    }
                    _ => lead(value, other),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| lead(item, other)),
        _ => {}
    }
}

/// Only bodies and parameters are sent.
fn lead_bodies(document: &mut Value, other: &BTreeSet<String>) {
    let paths = document.get_mut("paths").and_then(Value::as_object_mut);
    for operation in
        paths.into_iter().flat_map(Map::values_mut).filter_map(Value::as_object_mut).flat_map(Map::values_mut)
    {
        for sent in ["requestBody", "parameters"] {
            if let Some(sent) = operation.get_mut(sent) {
                lead(sent, other);
            }
        }
    }
}

/// Comments become descriptions: as one paragraph each, and without links that only Rust's documentation follows. The bounds of
/// a number that its type has are written out.
pub fn tidy(schema: &mut Value) {
    match schema {
        Value::Object(object) => {
            if let Some(most) = object.get("format").and_then(Value::as_str).and_then(most) {
                object.entry("maximum").or_insert(most);
            }
            for (key, value) in object.iter_mut() {
                match value {
                    Value::String(text) if key == "description" => *text = plain(text),
                    _ => tidy(value),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(tidy),
        _ => {}
    }
}

fn most(format: &str) -> Option<Value> {
    match format {
        "uint8" => Some(json!(u8::MAX)),
        "uint16" => Some(json!(u16::MAX)),
        "uint32" => Some(json!(u32::MAX)),
        "uint64" | "uint" => Some(json!(u64::MAX)),
        "int32" => Some(json!(i32::MAX)),
        _ => None,
    }
}

fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("[`") {
        let Some((path, after)) = after.split_once("`]") else { break };
        let name = path.rsplit("::").next().unwrap_or(path);
        out.push_str(before);
        match CONSTANTS.iter().find(|(known, _)| *known == name) {
            Some((_, number)) => out.push_str(&number.to_string()),
            None => out.push_str(&format!("`{name}`")),
        }
        // A link with an address of its own: `[`Checked`](super::scoring::Checked)`.
        rest = match after.strip_prefix('(').and_then(|address| address.split_once(')')) {
            Some((_, after)) => after,
            None => after,
        };
    }
    out.push_str(rest);
    let paragraphs = out.split("\n\n").map(|paragraph| paragraph.split_whitespace().collect::<Vec<_>>().join(" "));
    paragraphs.collect::<Vec<_>>().join("\n\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_reads_as_people_write() {
        assert_eq!(plain("Their ids: 1 to\n[`super::lists::MOST`], each\nonce."), "Their ids: 1 to `MOST`, each once.");
        assert_eq!(plain("See [`Checked`](super::Checked)."), "See `Checked`.");
        assert_eq!(plain("At most [`super::lists::MOST_AT_ONCE`]."), "At most 200.");
        assert_eq!(plain("a [`b"), "a [`b");
    }

    #[test]
    fn what_differs_when_it_is_sent_has_a_name_of_its_own_and_so_has_what_holds_it() {
        let reference = |name: &str| json!({ "$ref": format!("{PREFIX}{name}") });
        let map = |inner: Value| -> BTreeMap<String, Value> {
            [
                ("Inner".to_owned(), inner),
                ("Outer".to_owned(), json!({ "items": reference("Inner") })),
                ("Same".to_owned(), json!({})),
            ]
            .into()
        };
        let other = other_when_sent(&map(json!({ "required": [] })), &map(json!({ "required": ["a"] })));
        assert_eq!(other.into_iter().collect::<Vec<_>>(), ["Inner", "Outer"]);
    }
}
