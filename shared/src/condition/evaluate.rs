//! The one evaluator. Its depth is limited: reading limits each condition's, and this file limits how many saved groups are
//! entered, each from the one before and all together.

use std::borrow::Cow;
use std::cell::Cell;
use std::cmp::Ordering;

use serde_json::Value;

use super::groups::{Group, SavedGroups};
use super::version::{Version, order};
use super::{Item, Kind, Node, Test, Truth, Unsure, Want, read};
use crate::submission::day::Day;

/// How many groups can name one another in a row.
const MAX_GROUPS_IN_A_ROW: usize = 16;
/// How many times one evaluation looks into a group that is a condition: groups that name each other twice double the work each time.
const MAX_GROUPS: usize = 1_000;

/// Whether a condition holds for these facts.
pub fn holds(node: &Node, facts: &Value, groups: &SavedGroups) -> Truth {
    holds_in(node, facts, &[], groups)
}

/// The same, with what stands in each slot.
pub fn holds_in(node: &Node, facts: &Value, slots: &[Cow<'_, Value>], groups: &SavedGroups) -> Truth {
    Evaluation { top: facts, slots, groups, left: &Cell::new(MAX_GROUPS), inside: None, row: MAX_GROUPS_IN_A_ROW }
        .node(node, facts)
}

#[derive(Clone, Copy)]
struct Evaluation<'a> {
    /// The facts, from the top.
    top: &'a Value,
    /// Some of them, looked up before.
    slots: &'a [Cow<'a, Value>],
    groups: &'a SavedGroups,
    left: &'a Cell<usize>,
    /// The groups that we are in: what names one of them again holds for nobody.
    inside: Option<&'a Inside<'a>>,
    row: usize,
}

struct Inside<'a> {
    id: &'a str,
    outside: Option<&'a Inside<'a>>,
}

impl Evaluation<'_> {
    fn node(&self, node: &Node, facts: &Value) -> Truth {
        match node {
            Node::All(nodes) => all(nodes.iter().map(|node| self.node(node, facts))),
            Node::Any(nodes) if nodes.is_empty() => Ok(true),
            Node::Any(nodes) => any(nodes.iter().map(|node| self.node(node, facts))),
            Node::Not(node) => self.node(node, facts).map(|holds| !holds),
            Node::Fact { path, slot, test } => match slot.and_then(|slot| self.slots.get(slot)) {
                Some(fact) => self.test(test, fact),
                None => self.test(test, &look_up(facts, path)),
            },
            Node::Group { id, attribute } => self.group(id, attribute.as_deref(), facts),
            Node::Fixed(truth) => *truth,
        }
    }

    fn group(&self, id: &str, attribute: Option<&str>, facts: &Value) -> Truth {
        let outer = std::iter::successors(self.inside, |inside| inside.outside);
        if outer.into_iter().any(|inside| inside.id == id) {
            return Ok(false);
        }
        match self.groups.get(id) {
            Some(Group::List { attribute: own, values }) => {
                let attribute = attribute.or(own.as_deref());
                Ok(attribute.is_some_and(|attribute| is_in(&look_up(facts, attribute), values, false)))
            }
            Some(Group::Condition(node)) => {
                let row = self.row.checked_sub(1).ok_or(Unsure::Malformed)?;
                self.left.set(self.left.get().checked_sub(1).ok_or(Unsure::Malformed)?);
                let inside = Inside { id, outside: self.inside };
                Evaluation { inside: Some(&inside), row, ..*self }.node(node, facts)
            }
            Some(Group::Unknown) => Err(Unsure::Unknown),
            Some(Group::Values(_) | Group::Malformed) | None => Ok(false),
        }
    }

    fn test(&self, test: &Test, fact: &Value) -> Truth {
        Ok(match test {
            Test::Every(tests) => return all(tests.iter().map(|test| self.test(test, fact))),
            Test::Not(test) => return self.test(test, fact).map(|passes| !passes),
            Test::Equal(value) => equal(fact, value),
            Test::EqualFolded(text) => fact.as_str().is_some_and(|fact| fact.to_lowercase() == *text),
            Test::Compare { want, with } => compare(fact, with).is_some_and(|order| want.has(order)),
            Test::SameAs { path, days } => equal(fact, &later(look_up(self.top, path), *days)),
            Test::CompareTo { want, path, days } => {
                compare(fact, &later(look_up(self.top, path), *days)).is_some_and(|order| want.has(order))
            }
            Test::Version { want, with } => {
                Version::of(fact).and_then(|fact| fact.compare(with)).is_some_and(|order| want.has(order))
            }
            Test::In { values, folded } => is_in(fact, values, *folded),
            Test::InGroup { id, inside } => match self.groups.get(id) {
                Some(Group::Values(values) | Group::List { values, .. }) => is_in(fact, values, false) == *inside,
                // Nobody is in a group that there is not.
                None => !*inside,
                Some(Group::Unknown) => return Err(Unsure::Unknown),
                Some(Group::Condition(_) | Group::Malformed) => false,
            },
            Test::HasAll(tests) => {
                let Some(items) = fact.as_array() else { return Ok(false) };
                return all(tests.iter().map(|test| any(items.iter().map(|item| self.test(test, item)))));
            }
            Test::Size(test) => match fact.as_array() {
                Some(items) => return self.test(test, &Value::from(items.len())),
                None => false,
            },
            Test::Exists(wanted) => fact.is_null() != *wanted,
            Test::Type(kind) => Kind::of(fact) == *kind,
            Test::AnyItem(item) => {
                let items = fact.as_array().into_iter().flatten().filter(|item| !item.is_null());
                return any(items.map(|value| match item {
                    Item::Value(test) => self.test(test, value),
                    Item::Fields(node) => self.node(node, value),
                }));
            }
            Test::Matches(pattern) => fact.as_str().is_some_and(|text| pattern.matches(text)),
            Test::Fixed(truth) => return *truth,
        })
    }
}

impl Want {
    fn has(self, order: Ordering) -> bool {
        match order {
            Ordering::Less => self.less,
            Ordering::Equal => self.equal,
            Ordering::Greater => self.greater,
        }
    }
}

fn all(truths: impl Iterator<Item = Truth>) -> Truth {
    settled(truths, false)
}

fn any(truths: impl Iterator<Item = Truth>) -> Truth {
    settled(truths, true)
}

/// One of these decides; else what is unknown does; what is malformed ends it.
fn settled(truths: impl Iterator<Item = Truth>, decides: bool) -> Truth {
    let mut result = Ok(!decides);
    for truth in truths {
        match truth {
            Ok(truth) if truth == decides => return Ok(truth),
            Ok(_) => {}
            Err(Unsure::Unknown) => result = truth,
            Err(Unsure::Malformed) => return truth,
        }
    }
    result
}

/// What stands at a dotted path; `null` if nothing does. A list has its items by number, and its `length`.
fn look_up<'a>(facts: &'a Value, path: &str) -> Cow<'a, Value> {
    walk(facts, path.split('.'))
}

/// The same, of a path in its parts.
pub fn walk<'a, 'k>(facts: &'a Value, keys: impl Iterator<Item = &'k str>) -> Cow<'a, Value> {
    let mut at = Cow::Borrowed(facts);
    for key in keys {
        let inner = match at {
            Cow::Borrowed(Value::Object(object)) => object.get(key).map(Cow::Borrowed),
            Cow::Borrowed(Value::Array(items)) if key == "length" => Some(Cow::Owned(Value::from(items.len()))),
            Cow::Borrowed(Value::Array(items)) => index(key).and_then(|index| items.get(index)).map(Cow::Borrowed),
            _ => None,
        };
        match inner {
            Some(inner) => at = inner,
            None => return Cow::Owned(Value::Null),
        }
    }
    at
}

/// A day so many days later; what is no day stays what it is, unless days were to be counted: then it is nothing.
fn later(value: Cow<'_, Value>, days: i32) -> Cow<'_, Value> {
    if days == 0 {
        return value;
    }
    let day = value.as_str().and_then(Day::parse);
    Cow::Owned(day.map_or(Value::Null, |day| Value::String(day.plus(days).to_text())))
}

/// `0` and `10`, but not `01` or `+1`.
fn index(key: &str) -> Option<usize> {
    let is_plain = key == "0" || (!key.starts_with('0') && key.bytes().all(|digit| digit.is_ascii_digit()));
    key.parse().ok().filter(|_| is_plain)
}

/// A scalar that is one of the values, or a list of which an item is.
fn is_in(fact: &Value, values: &[Value], folded: bool) -> bool {
    let has = |item: &Value| match item {
        Value::Array(_) | Value::Object(_) => false,
        Value::String(_) if folded => values.contains(&read::lower(item)),
        _ => values.iter().any(|value| equal(item, value)),
    };
    match fact {
        Value::Array(items) => items.iter().any(has),
        _ => has(fact),
    }
}

/// Numbers are equal by value, however they are written: `1` is `1.0`. Reading has limited the depth of the second.
pub fn equal(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| equal(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| equal(a, b)))
        }
        (Value::String(a), Value::String(b)) => a == b,
        (Value::Bool(a), Value::Bool(b)) => a == b,
        (Value::Null, Value::Null) => true,
        _ => false,
    }
}

fn compare(a: &Value, b: &Value) -> Option<Ordering> {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a.as_f64()?.partial_cmp(&b.as_f64()?),
        (Value::String(a), Value::String(b)) => Some(order(a, b)),
        _ => None,
    }
}
