//! The one condition language: MongoDB-style conditions over facts, as GrowthBook's public conformance file has them.
//! Scoring and routing rules are written in it.
//!
//! ```
//! use shared::condition::Condition;
//! let condition = Condition::parse(&serde_json::json!({ "visit.pricing_views": { "$gte": 1 } })).unwrap();
//! assert!(condition.holds(&serde_json::json!({ "visit": { "pricing_views": 2 } })));
//! ```
//!
//! A condition is read once and refused whole where an operator is unknown. Types are strict: `"5"` is not `5`, and a
//! comparison between types is false. What is absent is `null`.

use serde_json::Value;
use std::cmp::Ordering;

/// The deepest nesting: deeper conditions are nobody's work, and would exhaust the stack.
const MAX_DEPTH: usize = 16;

/// A condition that is known to make sense.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition(Node);

/// Why a condition makes no sense, in words for the person who wrote it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConditionError {
    /// Not an object.
    #[error("a condition is an object, such as {{\"form.kind\": \"inquiry\"}}")]
    NotAnObject,
    /// `$and`, `$or`, `$nor` without a list.
    #[error("{0} takes a list of conditions")]
    NotAList(String),
    /// An operator this language does not have.
    #[error("there is no operator {0}")]
    UnknownOperator(String),
    /// An operator with a wrong argument.
    #[error("{0} takes {1}")]
    WrongArgument(String, &'static str),
    /// Nested too deep.
    #[error("the condition is nested more than {MAX_DEPTH} deep")]
    TooDeep,
}

#[derive(Debug, Clone, PartialEq)]
enum Node {
    All(Vec<Node>),
    Any(Vec<Node>),
    Not(Box<Node>),
    Fact { path: Vec<String>, test: Test },
}

#[derive(Debug, Clone, PartialEq)]
enum Test {
    Every(Vec<Test>),
    Not(Box<Test>),
    Equal(Value),
    Compare { want: &'static [Ordering], with: Value },
    In(Vec<Value>),
    HasAll(Vec<Value>),
    Size(u64),
    Exists(bool),
}

impl Condition {
    /// Reads a condition; `{}` always holds.
    ///
    /// # Errors
    /// The first thing in it that makes no sense.
    pub fn parse(json: &Value) -> Result<Self, ConditionError> {
        parse_node(json, MAX_DEPTH).map(Self)
    }

    /// Whether it holds for these facts.
    pub fn holds(&self, facts: &Value) -> bool {
        holds(&self.0, facts)
    }

    /// Whether it holds whatever the facts are: `{}`.
    pub fn is_always(&self) -> bool {
        matches!(&self.0, Node::All(nodes) if nodes.is_empty())
    }

    /// The first part of each path it reads: `visit` of `visit.pricing_views`.
    pub fn roots(&self) -> Vec<&str> {
        let mut roots = Vec::new();
        collect_roots(&self.0, &mut roots);
        roots
    }
}

fn parse_node(json: &Value, depth: usize) -> Result<Node, ConditionError> {
    let depth = depth.checked_sub(1).ok_or(ConditionError::TooDeep)?;
    let object = json.as_object().ok_or(ConditionError::NotAnObject)?;
    let nodes = object.iter().map(|(key, value)| match key.as_str() {
        "$and" => parse_list(key, value, depth).map(Node::All),
        "$or" => parse_list(key, value, depth).map(Node::Any),
        "$nor" => parse_list(key, value, depth).map(|nodes| Node::Not(Box::new(Node::Any(nodes)))),
        "$not" => parse_node(value, depth).map(|node| Node::Not(Box::new(node))),
        operator if operator.starts_with('$') => Err(ConditionError::UnknownOperator(key.clone())),
        path => {
            let path = path.split('.').map(str::to_owned).collect();
            parse_test(value, depth).map(|test| Node::Fact { path, test })
        }
    });
    nodes.collect::<Result<Vec<_>, _>>().map(Node::All)
}

fn parse_list(operator: &str, json: &Value, depth: usize) -> Result<Vec<Node>, ConditionError> {
    let list = json.as_array().ok_or_else(|| ConditionError::NotAList(operator.to_owned()))?;
    list.iter().map(|each| parse_node(each, depth)).collect()
}

/// What stands beside a path: an object of operators, or the value it must equal.
fn parse_test(json: &Value, depth: usize) -> Result<Test, ConditionError> {
    let depth = depth.checked_sub(1).ok_or(ConditionError::TooDeep)?;
    match json.as_object() {
        Some(operators) if !operators.is_empty() && operators.keys().all(|key| key.starts_with('$')) => {
            let tests = operators.iter().map(|(operator, with)| parse_operator(operator, with, depth));
            tests.collect::<Result<Vec<_>, _>>().map(Test::Every)
        }
        _ => Ok(Test::Equal(json.clone())),
    }
}

fn parse_operator(operator: &str, with: &Value, depth: usize) -> Result<Test, ConditionError> {
    let wrong = |takes| ConditionError::WrongArgument(operator.to_owned(), takes);
    let list = || with.as_array().cloned().ok_or_else(|| wrong("a list of values"));
    let compare = |want| match with {
        Value::Number(_) | Value::String(_) => Ok(Test::Compare { want, with: with.clone() }),
        _ => Err(wrong("a number or a text")),
    };
    Ok(match operator {
        "$eq" => Test::Equal(with.clone()),
        "$ne" => Test::Not(Box::new(Test::Equal(with.clone()))),
        "$gt" => compare(&[Ordering::Greater])?,
        "$gte" => compare(&[Ordering::Greater, Ordering::Equal])?,
        "$lt" => compare(&[Ordering::Less])?,
        "$lte" => compare(&[Ordering::Less, Ordering::Equal])?,
        "$in" => Test::In(list()?),
        "$nin" => Test::Not(Box::new(Test::In(list()?))),
        "$all" => Test::HasAll(list()?),
        "$size" => Test::Size(with.as_u64().ok_or_else(|| wrong("a whole number"))?),
        "$exists" => Test::Exists(with.as_bool().ok_or_else(|| wrong("true or false"))?),
        "$not" => Test::Not(Box::new(parse_test(with, depth)?)),
        _ => return Err(ConditionError::UnknownOperator(operator.to_owned())),
    })
}

fn holds(node: &Node, facts: &Value) -> bool {
    match node {
        Node::All(nodes) => nodes.iter().all(|node| holds(node, facts)),
        Node::Any(nodes) => nodes.is_empty() || nodes.iter().any(|node| holds(node, facts)),
        Node::Not(node) => !holds(node, facts),
        Node::Fact { path, test } => passes(test, look_up(facts, path)),
    }
}

fn passes(test: &Test, fact: &Value) -> bool {
    match test {
        Test::Every(tests) => tests.iter().all(|test| passes(test, fact)),
        Test::Not(test) => !passes(test, fact),
        Test::Equal(value) => equal(fact, value),
        Test::Compare { want, with } => compare(fact, with).is_some_and(|order| want.contains(&order)),
        Test::In(values) => match fact {
            Value::Array(items) => items.iter().any(|item| values.iter().any(|value| equal(item, value))),
            _ => values.iter().any(|value| equal(fact, value)),
        },
        Test::HasAll(values) => {
            fact.as_array().is_some_and(|items| values.iter().all(|value| items.iter().any(|item| equal(item, value))))
        }
        Test::Size(size) => fact.as_array().is_some_and(|items| u64::try_from(items.len()) == Ok(*size)),
        Test::Exists(wanted) => fact.is_null() != *wanted,
    }
}

/// Numbers are equal by value, however they are written: `1` is `1.0`.
fn equal(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a.as_f64() == b.as_f64(),
        _ => a == b,
    }
}

fn compare(a: &Value, b: &Value) -> Option<Ordering> {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a.as_f64()?.partial_cmp(&b.as_f64()?),
        (Value::String(a), Value::String(b)) => Some(a.cmp(b)),
        _ => None,
    }
}

fn look_up<'a>(facts: &'a Value, path: &[String]) -> &'a Value {
    path.iter().try_fold(facts, |at, key| at.get(key)).unwrap_or(&Value::Null)
}

fn collect_roots<'a>(node: &'a Node, roots: &mut Vec<&'a str>) {
    match node {
        Node::All(nodes) | Node::Any(nodes) => nodes.iter().for_each(|node| collect_roots(node, roots)),
        Node::Not(node) => collect_roots(node, roots),
        Node::Fact { path, .. } => roots.extend(path.first().map(String::as_str)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_empty_condition_always_holds() {
        assert!(holds_for(&json!({}), &json!(null)));
        assert!(Condition::parse(&json!({})).unwrap().is_always());
    }

    #[test]
    fn every_path_of_an_object_must_hold() {
        let condition = json!({ "form.kind": "inquiry", "page.pricing": true });
        assert!(holds_for(&condition, &json!({ "form": { "kind": "inquiry" }, "page": { "pricing": true } })));
        assert!(!holds_for(&condition, &json!({ "form": { "kind": "inquiry" } })));
    }

    #[test]
    fn types_are_strict() {
        assert!(!holds_for(&json!({ "n": "5" }), &json!({ "n": 5 })));
        assert!(!holds_for(&json!({ "n": { "$gt": 4 } }), &json!({ "n": "5" })));
        assert!(holds_for(&json!({ "n": 1.0 }), &json!({ "n": 1 })));
    }

    #[test]
    fn what_is_absent_is_null() {
        assert!(holds_for(&json!({ "a.b": { "$exists": false } }), &json!({})));
        assert!(holds_for(&json!({ "a.b": null }), &json!({ "a": {} })));
        assert!(holds_for(&json!({ "a": { "$ne": "x" } }), &json!({})));
        assert!(!holds_for(&json!({ "a": { "$lt": 1 } }), &json!({})));
    }

    #[test]
    fn lists_are_looked_into() {
        let facts = json!({ "tags": ["a", "b"] });
        assert!(holds_for(&json!({ "tags": { "$in": ["b", "z"] } }), &facts));
        assert!(holds_for(&json!({ "tags": { "$all": ["a", "b"], "$size": 2 } }), &facts));
        assert!(holds_for(&json!({ "tags": { "$nin": ["z"] } }), &facts));
    }

    #[test]
    fn the_connectives_combine() {
        let condition = json!({ "$or": [{ "a": 1 }, { "$not": { "b": { "$in": [2] } } }], "$nor": [{ "c": 3 }] });
        assert!(holds_for(&condition, &json!({ "a": 1, "b": 2 })));
        assert!(holds_for(&condition, &json!({ "a": 0, "b": 0 })));
        assert!(!holds_for(&condition, &json!({ "a": 0, "b": 2 })));
        assert!(!holds_for(&condition, &json!({ "a": 1, "c": 3 })));
    }

    #[test]
    fn what_makes_no_sense_is_refused_with_its_name() {
        for (condition, error) in [
            (json!([]), ConditionError::NotAnObject),
            (json!({ "$and": {} }), ConditionError::NotAList("$and".to_owned())),
            (json!({ "a": { "$near": 1 } }), ConditionError::UnknownOperator("$near".to_owned())),
            (json!({ "$xor": [] }), ConditionError::UnknownOperator("$xor".to_owned())),
            (json!({ "a": { "$in": 1 } }), ConditionError::WrongArgument("$in".to_owned(), "a list of values")),
        ] {
            assert_eq!(Condition::parse(&condition), Err(error), "{condition}");
        }
        let deep = (0..40).fold(json!({}), |inner, _| json!({ "$not": inner }));
        assert_eq!(Condition::parse(&deep), Err(ConditionError::TooDeep));
    }

    fn holds_for(condition: &Value, facts: &Value) -> bool {
        Condition::parse(condition).unwrap().holds(facts)
    }
}
