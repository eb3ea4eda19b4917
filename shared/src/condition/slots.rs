//! Conditions that are asked of the same facts again and again: each fact is looked up once, and most conditions come down
//! to a few comparisons. A card's hundred rules read thirty facts between them.

use std::borrow::Cow;

use serde_json::Value;

use super::groups::SavedGroups;
use super::sense::{Asked, Sense};
use super::{Condition, Node, evaluate};

/// The facts that a set of conditions reads, by number.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Slots(Vec<Slot>);

#[derive(Debug, Clone, PartialEq)]
struct Slot {
    path: String,
    keys: Vec<String>,
}

/// What stands in each slot, of one set of facts.
#[derive(Debug)]
pub struct Found<'a> {
    facts: &'a Value,
    values: Vec<Cow<'a, Value>>,
    groups: SavedGroups,
}

/// A condition that finds its facts by number. It may be asked of the slots that it was fitted to only.
#[derive(Debug, Clone, PartialEq)]
pub struct Fitted {
    condition: Condition,
    /// All that it asks, where that is little.
    asks: Option<Vec<Ask>>,
}

/// A condition over an object whose names have no dots: the details of a signal.
#[derive(Debug, Clone, PartialEq)]
pub struct Flat {
    condition: Condition,
    /// All that it asks of each name, where that is little.
    asks: Option<Vec<(String, Ask)>>,
}

/// What is asked of one fact that is neither a list nor an object.
#[derive(Debug, Clone, PartialEq)]
struct Ask {
    slot: usize,
    one_of: Option<Vec<Value>>,
    none_of: Vec<Value>,
    from: Option<(f64, bool)>,
    to: Option<(f64, bool)>,
    known: Option<bool>,
}

impl Slots {
    /// The number of a path.
    pub fn of(&mut self, path: &str) -> usize {
        if let Some(slot) = self.0.iter().position(|slot| slot.path == path) {
            return slot;
        }
        self.0.push(Slot { path: path.to_owned(), keys: path.split('.').map(str::to_owned).collect() });
        self.0.len() - 1
    }

    /// The same condition, which finds its facts by number.
    pub fn fit(&mut self, condition: Condition) -> Fitted {
        let condition = Condition(self.fit_node(condition.0));
        let sense = condition.sense();
        let is_plain = sense.is_all() && !sense.is_never();
        let asks = is_plain.then(|| sense.facts().map(|(path, asked)| Ask::of(self.of(path), asked)).collect());
        Fitted { condition, asks }
    }

    // What a list's items are asked keeps its paths: they are not those of the facts.
    fn fit_node(&mut self, node: Node) -> Node {
        match node {
            Node::All(nodes) => Node::All(nodes.into_iter().map(|node| self.fit_node(node)).collect()),
            Node::Any(nodes) => Node::Any(nodes.into_iter().map(|node| self.fit_node(node)).collect()),
            Node::Not(node) => Node::Not(Box::new(self.fit_node(*node))),
            Node::Fact { path, test, .. } => Node::Fact { slot: Some(self.of(&path)), path, test },
            other @ (Node::Group { .. } | Node::Fixed(_)) => other,
        }
    }

    /// Looks all of them up.
    pub fn find<'a>(&self, facts: &'a Value) -> Found<'a> {
        let find = |slot: &Slot| evaluate::walk(facts, slot.keys.iter().map(String::as_str));
        Found { facts, values: self.0.iter().map(find).collect(), groups: SavedGroups::default() }
    }
}

impl Found<'_> {
    /// What stands in a slot; `null` if nothing does.
    pub fn get(&self, slot: usize) -> &Value {
        self.values.get(slot).map_or(&Value::Null, |value| value.as_ref())
    }
}

impl Fitted {
    /// Whether it holds for these facts, which were found with the slots that it was fitted to.
    pub fn holds(&self, found: &Found<'_>) -> bool {
        let plainly = self.asks.as_ref().and_then(|asks| {
            for ask in asks {
                if !ask.passes(found.get(ask.slot))? {
                    return Some(false);
                }
            }
            Some(true)
        });
        plainly.unwrap_or_else(|| {
            evaluate::holds_in(&self.condition.0, found.facts, &found.values, &found.groups) == Ok(true)
        })
    }

    /// Whether it holds whatever the facts are.
    pub fn is_always(&self) -> bool {
        self.condition.is_always()
    }

    /// Each path that it reads.
    pub fn paths(&self) -> Vec<&str> {
        self.condition.paths()
    }

    /// What it asks of each fact.
    pub fn sense(&self) -> Sense<'_> {
        self.condition.sense()
    }
}

impl Flat {
    /// Of a condition whose paths are names.
    pub fn of(condition: Condition) -> Self {
        let sense = condition.sense();
        let is_plain = sense.is_all() && !sense.is_never();
        let ask = |(name, asked): (&str, &Asked)| (name.to_owned(), Ask::of(0, asked));
        let asks = is_plain.then(|| sense.facts().map(ask).collect());
        Self { condition, asks }
    }

    /// Whether it holds for this object, or for nothing.
    pub fn holds(&self, object: &Value) -> bool {
        let passes = |(name, ask): &(String, Ask)| ask.passes(object.get(name.as_str()).unwrap_or(&Value::Null));
        let plainly = self.asks.as_ref().and_then(|asks| {
            for ask in asks {
                if !passes(ask)? {
                    return Some(false);
                }
            }
            Some(true)
        });
        plainly.unwrap_or_else(|| self.condition.holds(object))
    }
}

impl Ask {
    fn of(slot: usize, asked: &Asked) -> Self {
        let Asked { one_of, none_of, from, to, known, .. } = asked.clone();
        Self { slot, one_of, none_of, from, to, known }
    }

    /// Whether a fact is all that; nothing for lists and objects, of which the evaluator knows more.
    fn passes(&self, fact: &Value) -> Option<bool> {
        if matches!(fact, Value::Array(_) | Value::Object(_)) {
            return None;
        }
        let is_among = |values: &[Value]| values.iter().any(|value| evaluate::equal(fact, value));
        if self.one_of.as_ref().is_some_and(|values| !is_among(values)) || is_among(&self.none_of) {
            return Some(false);
        }
        if self.from.is_some() || self.to.is_some() {
            let number = match fact {
                Value::Number(number) => number.as_f64(),
                _ => None,
            };
            let Some(number) = number else { return Some(false) };
            let from = self.from.is_none_or(|(from, has)| number > from || (has && number == from));
            let to = self.to.is_none_or(|(to, has)| number < to || (has && number == to));
            if !(from && to) {
                return Some(false);
            }
        }
        Some(self.known.is_none_or(|known| known != fact.is_null()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_fitted_condition_holds_where_it_held_before() {
        let facts = json!({ "a": { "b": 2 }, "list": [{ "a": 1 }, { "a": 3 }], "same": 2, "texts": ["x"] });
        let mut slots = Slots::default();
        for (source, holds) in [
            (json!({ "a.b": 2, "list.length": { "$gte": 2 } }), true),
            (json!({ "a.b": { "$gt": 2 } }), false),
            (json!({ "a.c": null, "$not": { "a.b": 3 } }), true),
            // The `a` of an item is not the `a` of the facts.
            (json!({ "list": { "$elemMatch": { "a": 3 } }, "a.b": { "$eq": { "$field": "same" } } }), true),
            (json!({ "$or": [{ "a.b": 1 }, { "list": { "$elemMatch": { "a": 2 } } }] }), false),
            // One item of a list is enough.
            (json!({ "texts": { "$in": ["x"] } }), true),
            (json!({ "texts": { "$nin": ["x"] } }), false),
        ] {
            let condition = Condition::parse(&source).unwrap();
            assert_eq!(condition.holds(&facts), holds, "{source}");
            let fitted = slots.fit(condition);
            assert_eq!(fitted.holds(&slots.find(&facts)), holds, "{source}");
        }
    }

    #[test]
    fn few_comparisons_and_the_evaluator_agree_on_every_value() {
        let values =
            [json!(null), json!(true), json!(3), json!(3.0), json!(-1), json!("3"), json!(""), json!(["x", 3])];
        let operands = values.iter().filter(|value| !value.is_array());
        let mut sources: Vec<Value> = Vec::new();
        for value in operands.clone() {
            sources.extend([json!({ "a": value }), json!({ "a": { "$ne": value } }), json!({ "a": { "$eq": value } })]);
            sources.extend([json!({ "a": { "$in": [value, 7] } }), json!({ "a": { "$nin": [value, 7] } })]);
            if value.is_number() || value.is_string() {
                let compared = ["$gt", "$gte", "$lt", "$lte"].map(|operator| json!({ "a": { operator: value } }));
                sources.extend(compared);
                sources.push(json!({ "a": { "$gte": value, "$ne": 3, "$lte": 9 } }));
            }
            sources.push(json!({ "a": { "$exists": true, "$ne": value } }));
        }
        sources.extend([json!({ "a": { "$exists": false } }), json!({})]);
        for source in sources {
            let condition = Condition::parse(&source).unwrap();
            let mut slots = Slots::default();
            let fitted = slots.fit(condition.clone());
            for value in &values {
                let facts = json!({ "a": value });
                assert_eq!(fitted.holds(&slots.find(&facts)), condition.holds(&facts), "{source} {value}");
                assert_eq!(Flat::of(condition.clone()).holds(&facts), condition.holds(&facts), "{source} {value}");
            }
        }
    }

    #[test]
    fn a_path_has_one_slot_however_many_read_it() {
        let mut slots = Slots::default();
        assert_eq!((slots.of("a.b"), slots.of("c"), slots.of("a.b")), (0, 1, 0));
        let facts = json!({ "c": 7 });
        let found = slots.find(&facts);
        assert_eq!((found.get(0), found.get(1), found.get(9)), (&Value::Null, &json!(7), &Value::Null));
    }
}
