//! Facts that many conditions read, each looked up once: a card's hundred rules read thirty facts between them.

use std::borrow::Cow;

use serde_json::Value;

use super::groups::SavedGroups;
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

impl Slots {
    /// The number of a path.
    pub fn of(&mut self, path: &str) -> usize {
        if let Some(slot) = self.0.iter().position(|slot| slot.path == path) {
            return slot;
        }
        self.0.push(Slot { path: path.to_owned(), keys: path.split('.').map(str::to_owned).collect() });
        self.0.len() - 1
    }

    /// The same condition, which finds its facts by number. It may be asked of these slots only.
    #[must_use]
    pub fn fit(&mut self, condition: Condition) -> Condition {
        Condition(self.fit_node(condition.0))
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

impl Condition {
    /// Whether it holds for these facts. It was fitted ([`Slots::fit`]) to the slots that they were found with.
    pub fn holds_in(&self, found: &Found<'_>) -> bool {
        evaluate::holds_in(&self.0, found.facts, &found.values, &found.groups) == Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_fitted_condition_holds_where_it_held_before() {
        let facts = json!({ "a": { "b": 2 }, "list": [{ "a": 1 }, { "a": 3 }], "same": 2 });
        let mut slots = Slots::default();
        for (source, holds) in [
            (json!({ "a.b": 2, "list.length": { "$gte": 2 } }), true),
            (json!({ "a.b": { "$gt": 2 } }), false),
            (json!({ "a.c": null, "$not": { "a.b": 3 } }), true),
            // The `a` of an item is not the `a` of the facts.
            (json!({ "list": { "$elemMatch": { "a": 3 } }, "a.b": { "$eq": { "$field": "same" } } }), true),
            (json!({ "$or": [{ "a.b": 1 }, { "list": { "$elemMatch": { "a": 2 } } }] }), false),
        ] {
            let condition = Condition::parse(&source).unwrap();
            assert_eq!(condition.holds(&facts), holds, "{source}");
            let fitted = slots.fit(condition);
            assert_eq!(fitted.holds_in(&slots.find(&facts)), holds, "{source}");
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
