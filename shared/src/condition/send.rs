//! A condition on its way to the widget, which has no compiler: the sources of patterns become their tables.

use serde_json::{Map, Value};

use super::read;
use super::{Condition, ConditionError};
use crate::pattern::{MAX_CELLS, Pattern};

/// The same condition with tables in the place of patterns, for [`Condition::parse_sent`].
///
/// # Errors
/// As [`Condition::parse`]: only what a configuration may contain is sent.
pub fn for_widget(json: &Value) -> Result<Value, ConditionError> {
    // Also limits the depth.
    Condition::parse(json)?;
    node(json)
}

fn node(json: &Value) -> Result<Value, ConditionError> {
    let nodes = json.as_object().into_iter().flatten().map(|(key, value)| {
        let value = match key.as_str() {
            "$and" | "$or" | "$nor" => list(value, node)?,
            "$not" => node(value)?,
            _ => test(value)?,
        };
        Ok((key.clone(), value))
    });
    nodes.collect::<Result<Map<_, _>, _>>().map(Value::Object)
}

fn test(json: &Value) -> Result<Value, ConditionError> {
    let Some(operators) = json.as_object().filter(|object| read::is_operators(object)) else {
        return Ok(json.clone());
    };
    let mut sent = Map::new();
    for (operator, with) in operators {
        let with = match operator.as_str() {
            "$not" | "$size" => test(with)?,
            "$all" | "$alli" => list(with, test)?,
            "$elemMatch" if read::asks_fields(with) => node(with)?,
            "$elemMatch" => test(with)?,
            "$regex" | "$regexi" | "$notRegex" | "$notRegexi" => {
                let name = if operator.starts_with("$not") { "$notTable" } else { "$table" };
                let source = with.as_str().unwrap_or_default();
                let pattern = Pattern::compile(source, operator.ends_with('i'), MAX_CELLS)
                    .map_err(|error| ConditionError::Pattern(operator.clone(), error))?;
                let tables = sent.entry(name).or_insert_with(|| Value::Array(Vec::new()));
                tables.as_array_mut().into_iter().for_each(|tables| tables.push(pattern.to_text().into()));
                continue;
            }
            _ => with.clone(),
        };
        sent.insert(operator.clone(), with);
    }
    Ok(Value::Object(sent))
}

fn list(json: &Value, rewrite: fn(&Value) -> Result<Value, ConditionError>) -> Result<Value, ConditionError> {
    json.as_array().into_iter().flatten().map(rewrite).collect()
}
