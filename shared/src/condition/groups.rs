//! Groups that are kept beside conditions and named by them.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Node, Unsure, read};

/// Saved groups by their ids.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SavedGroups(BTreeMap<String, Group>);

#[derive(Debug, Clone, PartialEq)]
pub enum Group {
    /// Only values: whoever asks says of which attribute.
    Values(Vec<Value>),
    /// Values, and perhaps of which attribute they are.
    List { attribute: Option<String>, values: Vec<Value> },
    /// Everybody for whom this holds.
    Condition(Node),
    /// Nobody can tell who is in it.
    Malformed,
    /// Of a type that this language does not have.
    Unknown,
}

impl SavedGroups {
    /// Reads an object of groups, as GrowthBook's libraries do: anything else is no groups, and what makes no sense has nobody in it.
    pub fn read(json: &Value) -> Self {
        let groups = json.as_object().into_iter().flatten();
        Self(groups.map(|(id, group)| (id.clone(), read_group(group))).collect())
    }

    pub(super) fn get(&self, id: &str) -> Option<&Group> {
        self.0.get(id)
    }
}

fn read_group(json: &Value) -> Group {
    if let Some(values) = json.as_array() {
        return Group::Values(scalars(values));
    }
    let Some(object) = json.as_object() else { return Group::Malformed };
    match object.get("type").and_then(Value::as_str) {
        Some("list") => match object.get("values").and_then(Value::as_array) {
            Some(values) => {
                let attribute = object.get("attributeKey").and_then(Value::as_str).map(str::to_owned);
                Group::List { attribute, values: scalars(values) }
            }
            None => Group::Malformed,
        },
        Some("condition") => match object.get("condition") {
            Some(condition @ Value::Object(_)) => {
                let node = read::Lenient::condition(condition);
                Group::Condition(node.unwrap_or(Node::Fixed(Err(Unsure::Malformed))))
            }
            _ => Group::Malformed,
        },
        _ => Group::Unknown,
    }
}

/// Lists and objects equal nothing, so they need not be kept.
fn scalars(values: &[Value]) -> Vec<Value> {
    values.iter().filter(|value| super::Kind::of(value).is_scalar()).cloned().collect()
}
