//! From JSON to something that can be evaluated, in three ways that differ only in what they refuse.

use serde_json::{Map, Value};

use super::version::Version;
use super::{ConditionError, Item, Kind, MAX_DEPTH, Node, Test, Truth, Unsure, Want};
use crate::pattern::{Pattern, PatternError};

const NEVER: Truth = Ok(false);
/// What stands in a condition beside paths. `$not` also stands beside values.
const CONNECTIVES: [&str; 4] = ["$and", "$or", "$nor", "$savedGroup"];

const LESS: Want = Want { less: true, equal: false, greater: false };
const EQUAL: Want = Want { less: false, equal: true, greater: false };
const GREATER: Want = Want { less: false, equal: false, greater: true };
const AT_MOST: Want = Want { less: true, equal: true, greater: false };
const AT_LEAST: Want = Want { less: false, equal: true, greater: true };

/// Who wrote the condition. As types, so that the widget links only the one it uses.
#[derive(Clone, Copy)]
pub struct Way<const LENIENT: bool, const SENT: bool>;
/// A person, in a configuration: nothing is taken that makes no sense.
pub type Strict = Way<false, false>;
/// Ourselves: as strict, but patterns are tables.
pub type Sent = Way<false, true>;
/// Anybody: only too deep nesting is refused.
pub type Lenient = Way<true, false>;

impl<const LENIENT: bool, const SENT: bool> Way<LENIENT, SENT> {
    /// Reads a whole condition.
    ///
    /// # Errors
    /// The first thing that is refused in this way.
    pub fn condition(json: &Value) -> Result<Node, ConditionError> {
        Self.node(json, MAX_DEPTH)
    }

    fn node(self, json: &Value, depth: usize) -> Result<Node, ConditionError> {
        let depth = depth.checked_sub(1).ok_or(ConditionError::TooDeep)?;
        let Some(object) = json.as_object() else {
            return self.or_fixed(Err(ConditionError::NotAnObject), Node::Fixed);
        };
        let nodes = object.iter().map(|(key, value)| match key.as_str() {
            "$and" => self.nodes(key, value, depth, Node::All),
            "$or" => self.nodes(key, value, depth, Node::Any),
            "$nor" => self.nodes(key, value, depth, |nodes| Node::Not(Box::new(Node::Any(nodes)))),
            "$not" => self.node(value, depth).map(|node| Node::Not(Box::new(node))),
            "$savedGroup" if LENIENT => Ok(saved_group(value)),
            "$savedGroups" if LENIENT => Ok(Node::Fixed(NEVER)),
            operator if operator.starts_with('$') && !LENIENT => Err(ConditionError::UnknownOperator(key.clone())),
            path => self.test(path, value, depth).map(|test| Node::Fact { path: key.clone(), slot: None, test }),
        });
        nodes.collect::<Result<Vec<_>, _>>().map(Node::All)
    }

    fn nodes(
        self,
        operator: &str,
        json: &Value,
        depth: usize,
        join: impl FnOnce(Vec<Node>) -> Node,
    ) -> Result<Node, ConditionError> {
        match json {
            Value::Array(list) => {
                let nodes = list.iter().map(|each| self.node(each, depth));
                nodes.collect::<Result<Vec<_>, _>>().map(join)
            }
            // The libraries only ask for the length.
            Value::Object(none) if none.is_empty() && LENIENT => Ok(join(Vec::new())),
            _ => self.or_fixed(Err(ConditionError::NotAList(operator.to_owned())), Node::Fixed),
        }
    }

    /// What stands beside a path or an operator: an object of operators, or the value it must equal.
    fn test(self, of: &str, json: &Value, depth: usize) -> Result<Test, ConditionError> {
        let depth = depth.checked_sub(1).ok_or(ConditionError::TooDeep)?;
        let Some(object) = json.as_object() else { return literal(json, depth) };
        if is_operators(object) {
            if object.is_empty() && !LENIENT {
                return Err(ConditionError::WrongArgument(of.to_owned(), "a value, or an object of operators"));
            }
            let tests =
                object.iter().map(|(operator, with)| self.or_fixed(self.operator(operator, with, depth), Test::Fixed));
            return tests.collect::<Result<Vec<_>, _>>().map(Test::Every);
        }
        if !LENIENT && object.keys().any(|key| key.starts_with('$')) {
            return Err(ConditionError::WrongArgument(of.to_owned(), "either operators or a value, not both"));
        }
        literal(json, depth)
    }

    /// Leniently, what is refused becomes something that does not hold.
    fn or_fixed<T>(self, read: Result<T, ConditionError>, fixed: fn(Truth) -> T) -> Result<T, ConditionError> {
        match read {
            Err(error) if LENIENT => match error {
                ConditionError::TooDeep => Err(ConditionError::TooDeep),
                ConditionError::UnknownOperator(_) => Ok(fixed(Err(Unsure::Unknown))),
                ConditionError::NotAnObject | ConditionError::NotAList(_) => Ok(fixed(Err(Unsure::Malformed))),
                ConditionError::WrongArgument(..) | ConditionError::Pattern(..) => Ok(fixed(NEVER)),
            },
            read => read,
        }
    }

    fn operator(self, operator: &str, with: &Value, depth: usize) -> Result<Test, ConditionError> {
        let wrong = |takes| ConditionError::WrongArgument(operator.to_owned(), takes);
        // The contrary of a test that cannot be made holds.
        let not = |test| self.or_fixed(test, Test::Fixed).map(|test| Test::Not(Box::new(test)));
        let scalar = || {
            let test = Kind::of(with).is_scalar().then(|| Test::Equal(with.clone()));
            test.ok_or_else(|| wrong("a text, a number, true, false or null"))
        };
        let compare = |want| match with {
            Value::Number(_) | Value::String(_) => Ok(Test::Compare { want, with: with.clone() }),
            _ => Err(wrong("a number or a text")),
        };
        let version = |want| {
            let with = Version::of(with).filter(|_| LENIENT || with.is_string());
            with.map(|with| Test::Version { want, with }).ok_or_else(|| wrong("a version, such as \"1.2.3\""))
        };
        let list = || with.as_array().ok_or_else(|| wrong("a list of values"));
        let one_of = |folded| {
            let values = list()?;
            let are_fine = LENIENT || values.iter().all(|value| Kind::of(value).is_scalar());
            let values = values.iter().filter(|value| Kind::of(value).is_scalar());
            let values = values.map(|value| if folded { lower(value) } else { value.clone() }).collect();
            are_fine
                .then_some(Test::In { values, folded })
                .ok_or_else(|| wrong("a list of texts, numbers, true, false or null"))
        };
        let group = |inside| match with {
            Value::String(id) if LENIENT => Ok(Test::InGroup { id: id.clone(), inside }),
            _ if LENIENT => Err(wrong("the id of a saved group")),
            _ => Err(ConditionError::UnknownOperator(operator.to_owned())),
        };
        let pattern = |insensitive| self.pattern(operator, with, insensitive);
        if !LENIENT && let Some((path, days)) = compared(with).transpose().map_err(wrong)? {
            let compare_to = |want| Test::CompareTo { want, path: path.clone(), days };
            return Ok(match operator {
                "$eq" => Test::SameAs { path, days },
                "$ne" => Test::Not(Box::new(Test::SameAs { path, days })),
                "$gt" => compare_to(GREATER),
                "$gte" => compare_to(AT_LEAST),
                "$lt" => compare_to(LESS),
                "$lte" => compare_to(AT_MOST),
                _ => return Err(wrong("a value, and not another fact")),
            });
        }
        Ok(match operator {
            "$eq" => scalar()?,
            "$ne" => not(scalar())?,
            "$gt" => compare(GREATER)?,
            "$gte" => compare(AT_LEAST)?,
            "$lt" => compare(LESS)?,
            "$lte" => compare(AT_MOST)?,
            "$veq" => version(EQUAL)?,
            "$vne" => not(version(EQUAL))?,
            "$vgt" => version(GREATER)?,
            "$vgte" => version(AT_LEAST)?,
            "$vlt" => version(LESS)?,
            "$vlte" => version(AT_MOST)?,
            "$in" => one_of(false)?,
            "$ini" => one_of(true)?,
            "$nin" => Test::Not(Box::new(one_of(false)?)),
            "$nini" => Test::Not(Box::new(one_of(true)?)),
            "$inGroup" => group(true)?,
            "$notInGroup" => group(false)?,
            "$all" | "$alli" => {
                let tests = list()?.iter().map(|each| match each {
                    Value::String(text) if operator == "$alli" => Ok(Test::EqualFolded(text.to_lowercase())),
                    _ => self.test(operator, each, depth),
                });
                Test::HasAll(tests.collect::<Result<Vec<_>, _>>()?)
            }
            "$size" => {
                let is_fine = LENIENT || with.as_u64().is_some() || with.is_object();
                is_fine.then_some(()).ok_or_else(|| wrong("a whole number, or operators"))?;
                Test::Size(Box::new(self.test(operator, with, depth)?))
            }
            "$exists" => match with {
                Value::Bool(wanted) => Test::Exists(*wanted),
                _ if LENIENT => Test::Exists(is_something(with)),
                _ => return Err(wrong("true or false")),
            },
            "$type" => {
                let kind = with.as_str().and_then(kind_named);
                Test::Type(kind.ok_or_else(|| wrong("string, number, boolean, array, object or null"))?)
            }
            "$elemMatch" if asks_fields(with) => Test::AnyItem(Item::Fields(Box::new(self.node(with, depth)?))),
            "$elemMatch" => Test::AnyItem(Item::Value(Box::new(self.test(operator, with, depth)?))),
            "$regex" => pattern(false)?,
            "$regexi" => pattern(true)?,
            "$notRegex" => not(pattern(false))?,
            "$notRegexi" => not(pattern(true))?,
            "$table" if SENT => tables(with, |test| test)?,
            "$notTable" if SENT => tables(with, |test| Test::Not(Box::new(test)))?,
            "$not" => Test::Not(Box::new(self.test(operator, with, depth)?)),
            connective if LENIENT && CONNECTIVES.contains(&connective) => Test::Fixed(NEVER),
            _ => return Err(ConditionError::UnknownOperator(operator.to_owned())),
        })
    }

    /// The pattern of `$regex` and its family, where there is a compiler.
    fn pattern(self, operator: &str, with: &Value, case_insensitive: bool) -> Result<Test, ConditionError> {
        if SENT {
            return Err(ConditionError::UnknownOperator(operator.to_owned()));
        }
        let source = with.as_str().ok_or_else(|| ConditionError::WrongArgument(operator.to_owned(), "a pattern"))?;
        let pattern = compiled(source, case_insensitive);
        pattern.map(Test::Matches).map_err(|error| ConditionError::Pattern(operator.to_owned(), error))
    }
}

#[cfg(feature = "compile")]
fn compiled(source: &str, case_insensitive: bool) -> Result<Pattern, PatternError> {
    Pattern::compile(source, case_insensitive, crate::pattern::MAX_CELLS)
}

#[cfg(not(feature = "compile"))]
fn compiled(_: &str, _: bool) -> Result<Pattern, PatternError> {
    Err(PatternError::NotAText)
}

/// The other fact that a value is compared with, `{"$field": "values.start"}`, and how many days are counted on; `None`
/// where it is a value. The error says what such an object takes.
fn compared(with: &Value) -> Option<Result<(String, i32), &'static str>> {
    const TAKES: &str = "{\"$field\": \"a.path\"}, and perhaps \"$days\": a whole number of at most four digits";
    let object = with.as_object().filter(|object| object.contains_key("$field"))?;
    let path = object.get("$field").and_then(Value::as_str).filter(|path| !path.is_empty() && !path.starts_with('$'));
    let days = match object.get("$days") {
        None => Some(0),
        Some(days) => days.as_i64().and_then(|days| i32::try_from(days).ok()).filter(|days| days.abs() < 10_000),
    };
    let is_all = object.keys().all(|key| key == "$field" || key == "$days");
    Some(path.map(str::to_owned).zip(days).filter(|_| is_all).ok_or(TAKES))
}

/// Tables that are written out: all of them are asked.
fn tables(with: &Value, wrap: fn(Test) -> Test) -> Result<Test, ConditionError> {
    let wrong = || ConditionError::WrongArgument("$table".to_owned(), "a list of tables");
    let tests = with.as_array().ok_or_else(wrong)?.iter().map(|text| {
        let pattern = Pattern::from_text(text.as_str().unwrap_or_default());
        pattern
            .map(|pattern| wrap(Test::Matches(pattern)))
            .map_err(|error| ConditionError::Pattern("$table".to_owned(), error))
    });
    tests.collect::<Result<Vec<_>, _>>().map(Test::Every)
}

/// Reads a reference to a saved group, which is only ever read leniently.
fn saved_group(json: &Value) -> Node {
    let Some(id) = json.get("id").and_then(Value::as_str) else { return Node::Fixed(NEVER) };
    let attribute = match json.get("attributeKey") {
        None => None,
        Some(Value::String(attribute)) => Some(attribute.clone()),
        Some(_) => return Node::Fixed(NEVER),
    };
    Node::Group { id: id.to_owned(), attribute }
}

fn literal(json: &Value, depth: usize) -> Result<Test, ConditionError> {
    if is_deeper(json, depth) { Err(ConditionError::TooDeep) } else { Ok(Test::Equal(json.clone())) }
}

fn is_deeper(json: &Value, depth: usize) -> bool {
    let Some(depth) = depth.checked_sub(1) else { return true };
    match json {
        Value::Array(items) => items.iter().any(|item| is_deeper(item, depth)),
        Value::Object(object) => object.values().any(|value| is_deeper(value, depth)),
        _ => false,
    }
}

/// Whether an object beside a path holds operators. An empty one does: leniently, it asks nothing.
pub fn is_operators(object: &Map<String, Value>) -> bool {
    object.keys().all(|key| key.starts_with('$'))
}

/// Whether an `$elemMatch` is a condition on the fields of each item, and not on the items themselves.
pub fn asks_fields(with: &Value) -> bool {
    let object = with.as_object();
    object.is_none_or(|object| !is_operators(object) || CONNECTIVES.iter().any(|key| object.contains_key(*key)))
}

/// In lower case, if it is a text.
pub fn lower(value: &Value) -> Value {
    match value {
        Value::String(text) => Value::String(text.to_lowercase()),
        other => other.clone(),
    }
}

/// As other languages take any value for a yes or a no.
fn is_something(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(is) => *is,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(object) => !object.is_empty(),
    }
}

fn kind_named(name: &str) -> Option<Kind> {
    Some(match name {
        "null" => Kind::Null,
        "boolean" => Kind::Boolean,
        "number" => Kind::Number,
        "string" => Kind::String,
        "array" => Kind::Array,
        "object" => Kind::Object,
        _ => return None,
    })
}
