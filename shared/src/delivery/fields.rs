//! Which of our values fills which field of another system: `{"firstname": "person.first_name", "lead_source": "=Website"}`.
//!
//! A path leads into the data of a message ([`super::message`]); what begins with `=` is written as it stands.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// What a path may begin with.
pub const ROOTS: [&str; 16] = [
    "item_id",
    "reference",
    "link",
    "kind",
    "form",
    "site",
    "summary",
    "values",
    "person",
    "page",
    "complaint",
    "score",
    "route",
    "answer_by",
    "outcome",
    "reason",
];
/// The most fields of a map.
pub const MAX_FIELDS: usize = 200;

/// The usual properties of HubSpot's contacts.
pub const HUBSPOT_USUAL: [(&str, &str); 6] = [
    ("email", "person.email"),
    ("firstname", "person.first_name"),
    ("lastname", "person.last_name"),
    ("phone", "person.phone"),
    ("company", "values.company"),
    ("message", "values.message"),
];
/// The usual fields of Salesforce's web form.
pub const FORM_USUAL: [(&str, &str); 7] = [
    ("email", "person.email"),
    ("first_name", "person.first_name"),
    ("last_name", "person.last_name"),
    ("phone", "person.phone"),
    ("company", "values.company"),
    ("description", "summary"),
    ("lead_source", "=Usher"),
];
/// The usual fields of Salesforce's leads. Who gave no name, and no company, has one all the same: Salesforce insists.
pub const LEAD_USUAL: [(&str, &str); 7] = [
    ("Email", "person.email"),
    ("FirstName", "person.first_name"),
    ("LastName", "person.last_name"),
    ("Phone", "person.phone"),
    ("Company", "values.company"),
    ("Description", "summary"),
    ("LeadSource", "=Usher"),
];

/// What a map says is filled with. What is not known is left out, rather than emptied.
pub fn filled<'a>(map: &'a BTreeMap<String, String>, data: &Map<String, Value>) -> Vec<(&'a str, String)> {
    let fill = |(name, from): (&'a String, &String)| Some((name.as_str(), value(from, data)?));
    map.iter().filter_map(fill).collect()
}

/// A map of our own, where none was made.
pub fn usual(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(name, from)| ((*name).to_owned(), (*from).to_owned())).collect()
}

/// Whether this says where a value comes from.
pub fn is_source(from: &str) -> bool {
    let root = from.split('.').next().unwrap_or_default();
    let is_path = ROOTS.contains(&root) && from.split('.').all(|key| !key.is_empty());
    is_path || from.strip_prefix('=').is_some_and(|text| !text.is_empty())
}

fn value(from: &str, data: &Map<String, Value>) -> Option<String> {
    match from.strip_prefix('=') {
        Some(text) => Some(text.to_owned()),
        None => text(at(data, from)?),
    }
}

/// What is at a path.
pub fn at<'a>(data: &'a Map<String, Value>, path: &str) -> Option<&'a Value> {
    let mut keys = path.split('.');
    let first = data.get(keys.next()?)?;
    keys.try_fold(first, |value, key| value.get(key))
}

/// A value in one line of text; lists as CRMs read them, with semicolons.
pub fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if text.is_empty() => None,
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(is_so) => Some(is_so.to_string()),
        Value::Array(all) => {
            Some(all.iter().filter_map(text).collect::<Vec<_>>().join(";")).filter(|all| !all.is_empty())
        }
        Value::Null | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_map_fills_what_is_known_and_leaves_out_what_is_not() {
        let data = json!({ "values": { "plan": ["pro", "team"], "seats": 4, "phone": "" }, "person": { "first_name": "Ana" } });
        let map = usual(&[
            ("firstname", "person.first_name"),
            ("plans", "values.plan"),
            ("seats", "values.seats"),
            ("phone", "values.phone"),
            ("lead_source", "=Website"),
            ("nothing", "values.nope.deeper"),
            ("person", "person"),
        ]);
        let filled = filled(&map, data.as_object().unwrap());
        let expected = [("firstname", "Ana"), ("lead_source", "Website"), ("plans", "pro;team"), ("seats", "4")];
        assert_eq!(filled, expected.map(|(name, text)| (name, text.to_owned())));
    }

    #[test]
    fn a_source_is_a_path_into_a_message_or_a_text_of_its_own() {
        assert!(is_source("values.email") && is_source("reference") && is_source("=x"));
        assert!(!is_source("=") && !is_source("email") && !is_source("values..x") && !is_source(""));
    }
}
