//! What a condition asks of each fact, as far as that can be told: enough to say that nothing can satisfy it, or that whatever
//! satisfies one satisfies another. Only what must hold together is looked at; of alternatives, patterns and lists nothing is said.

use serde_json::Value;

use super::evaluate::equal;
use super::{Condition, Node, Test};

/// What is asked of one fact.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    /// It is one of these.
    pub one_of: Option<Vec<Value>>,
    /// It is none of these.
    pub none_of: Vec<Value>,
    /// It is a number from here; whether this one is among them.
    pub from: Option<(f64, bool)>,
    /// It is a number up to here.
    pub to: Option<(f64, bool)>,
    /// Whether it is known at all, if that is asked.
    pub known: Option<bool>,
    /// It comes before or after a text.
    pub is_text: bool,
    /// Whether this is all that is asked of it.
    pub is_all: bool,
}

const NOTHING: Asked =
    Asked { one_of: None, none_of: Vec::new(), from: None, to: None, known: None, is_text: false, is_all: true };

/// What a condition asks.
#[derive(Debug, Clone, PartialEq)]
pub struct Sense<'a> {
    facts: Vec<(&'a str, Asked)>,
    /// Whether this is all that it asks.
    is_all: bool,
    never: bool,
}

impl Condition {
    /// What it asks of each fact.
    pub fn sense(&self) -> Sense<'_> {
        let mut sense = Sense { facts: Vec::new(), is_all: true, never: false };
        sense.take(&self.0);
        sense
    }
}

impl<'a> Sense<'a> {
    /// The facts, and what is asked of each.
    pub fn facts(&self) -> impl Iterator<Item = (&'a str, &Asked)> {
        self.facts.iter().map(|(path, asked)| (*path, asked))
    }

    /// What is asked by both together.
    #[must_use]
    pub fn and(mut self, other: &Self) -> Self {
        for (path, asked) in &other.facts {
            self.of(path).take(asked);
        }
        Self { is_all: self.is_all && other.is_all, never: self.never || other.never, ..self }
    }

    /// Whether the facts and what is asked of each are all that it asks.
    pub fn is_all(&self) -> bool {
        self.is_all && self.facts.iter().all(|(_, asked)| asked.is_all)
    }

    /// Whether it contradicts itself, whatever the facts are.
    pub fn is_never(&self) -> bool {
        self.never
    }

    /// Whether whatever satisfies this satisfies the other, as far as can be told.
    pub fn implies(&self, other: &Self) -> bool {
        let asked = |path: &str| self.facts.iter().find(|(own, _)| *own == path).map(|(_, asked)| asked);
        other.is_all()
            && other.facts.iter().all(|(path, theirs)| {
                asked(path).map_or_else(|| NOTHING.is_within(theirs), |own| own.is_within(theirs))
            })
    }

    fn take(&mut self, node: &'a Node) {
        match node {
            Node::All(nodes) => nodes.iter().for_each(|node| self.take(node)),
            Node::Fact { path, test, .. } => self.of(path).take(&asked(test)),
            Node::Fixed(Ok(true)) => {}
            Node::Fixed(_) => self.never = true,
            Node::Any(_) | Node::Not(_) | Node::Group { .. } => self.is_all = false,
        }
    }

    fn of(&mut self, path: &'a str) -> &mut Asked {
        let at = self.facts.iter().position(|(own, _)| *own == path).unwrap_or_else(|| {
            self.facts.push((path, NOTHING));
            self.facts.len() - 1
        });
        #[allow(clippy::indexing_slicing, reason = "it was found, or has just been pushed")]
        &mut self.facts[at].1
    }
}

/// Numbers are the same by value, as in the evaluator.
fn is_among(value: &Value, values: &[Value]) -> bool {
    values.iter().any(|other| equal(value, other))
}

fn asked(test: &Test) -> Asked {
    let mut asked = NOTHING;
    match test {
        Test::Every(tests) => tests.iter().for_each(|test| asked.take(&self::asked(test))),
        Test::Equal(Value::Null) => asked.known = Some(false),
        Test::Equal(value) => asked.one_of = Some(vec![value.clone()]),
        Test::In { values, folded: false } => asked.one_of = Some(values.clone()),
        Test::Exists(known) => asked.known = Some(*known),
        Test::Compare { want, with } => match with.as_f64() {
            Some(number) => {
                asked.from = want.greater.then_some((number, want.equal));
                asked.to = want.less.then_some((number, want.equal));
            }
            None => (asked.is_text, asked.is_all) = (true, false),
        },
        Test::Not(test) => match test.as_ref() {
            Test::Equal(Value::Null) => asked.known = Some(true),
            Test::Equal(value) => asked.none_of.push(value.clone()),
            Test::In { values, folded: false } => asked.none_of.clone_from(values),
            _ => asked.is_all = false,
        },
        _ => asked.is_all = false,
    }
    asked
}

impl Asked {
    fn take(&mut self, other: &Self) {
        self.one_of = match (self.one_of.take(), &other.one_of) {
            (Some(own), Some(theirs)) => Some(own.into_iter().filter(|value| is_among(value, theirs)).collect()),
            (own, theirs) => own.or_else(|| theirs.clone()),
        };
        self.none_of.extend(other.none_of.iter().cloned());
        let later = |own: (f64, bool), other: (f64, bool)| own.0 > other.0 || (own.0 == other.0 && !own.1);
        self.from = match (self.from, other.from) {
            (Some(own), Some(other)) => Some(if later(own, other) { own } else { other }),
            (own, other) => own.or(other),
        };
        let earlier = |own: (f64, bool), other: (f64, bool)| own.0 < other.0 || (own.0 == other.0 && !own.1);
        self.to = match (self.to, other.to) {
            (Some(own), Some(other)) => Some(if earlier(own, other) { own } else { other }),
            (own, other) => own.or(other),
        };
        match (self.known, other.known) {
            (Some(own), Some(other)) if own != other => self.one_of = Some(Vec::new()),
            (own, other) => self.known = own.or(other),
        }
        self.is_text |= other.is_text;
        self.is_all &= other.is_all;
    }

    /// Whether no value is all that.
    pub fn is_never(&self) -> bool {
        let is_empty_range = self
            .from
            .zip(self.to)
            .is_some_and(|((from, has_from), (to, has_to))| from > to || (from == to && !(has_from && has_to)));
        let is_nobody = |values: &Vec<Value>| values.iter().all(|value| !self.allows(value));
        let is_unknown = self.known == Some(false) && (self.from.is_some() || self.to.is_some());
        is_empty_range || is_unknown || self.one_of.as_ref().is_some_and(is_nobody)
    }

    /// The texts of which it is asked to be one, if that is all.
    pub fn texts(&self) -> Option<impl Iterator<Item = &str>> {
        let texts = self.one_of.as_ref()?;
        let is_plain = self.none_of.is_empty() && !self.is_range() && !self.is_text && self.known.is_none();
        (is_plain && texts.iter().all(Value::is_string)).then(|| texts.iter().filter_map(Value::as_str))
    }

    /// Whether the fact is asked to be a number within bounds.
    pub fn is_range(&self) -> bool {
        self.from.is_some() || self.to.is_some()
    }

    /// Whether this value is among those that it may have, its list of them apart.
    fn allows(&self, value: &Value) -> bool {
        let in_range = match value.as_f64() {
            Some(number) => {
                self.from.is_none_or(|(from, has)| number > from || (has && number == from))
                    && self.to.is_none_or(|(to, has)| number < to || (has && number == to))
            }
            None => !self.is_range(),
        };
        in_range && self.known != Some(value.is_null()) && !is_among(value, &self.none_of)
    }

    /// Whether this value is among those that it may have.
    pub fn may_be(&self, value: &Value) -> bool {
        self.one_of.as_ref().is_none_or(|values| is_among(value, values)) && self.allows(value)
    }

    /// Whether two ranges have a number in common.
    pub fn meets(&self, other: &Self) -> bool {
        let mut both = self.clone();
        both.take(other);
        !both.is_never()
    }

    /// Whether every value that is all this is all that the other asks.
    pub fn is_within(&self, other: &Self) -> bool {
        if let Some(values) = &self.one_of {
            return values.iter().filter(|value| self.allows(value)).all(|value| other.may_be(value));
        }
        let from = other.from.is_none_or(|(from, has)| {
            self.from.is_some_and(|(own, own_has)| own > from || (own == from && (has || !own_has)))
        });
        let to = other
            .to
            .is_none_or(|(to, has)| self.to.is_some_and(|(own, own_has)| own < to || (own == to && (has || !own_has))));
        let is_known = self.known.or(self.is_range().then_some(true));
        let known = other.known.is_none_or(|known| is_known == Some(known));
        let none = other.none_of.iter().all(|value| !self.allows(value));
        from && to && known && none && other.one_of.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_contradicts_itself_is_found() {
        for never in [
            json!({ "$and": [{ "a": "x" }, { "a": "y" }] }),
            json!({ "a": { "$gt": 3, "$lte": 3 } }),
            json!({ "a": { "$eq": 3, "$ne": 3 } }),
            json!({ "a": { "$in": [1, 2], "$gte": 3 } }),
            json!({ "a": { "$exists": false, "$gt": 3 } }),
            json!({ "$and": [{ "a": { "$exists": true } }, { "a": null }] }),
        ] {
            assert!(is_never(&never), "{never}");
        }
        for fine in [
            json!({ "a": { "$gte": 3, "$lte": 3 } }),
            json!({ "a": { "$in": [1, 3], "$gte": 3 } }),
            json!({ "a": { "$ne": 3 } }),
            json!({ "$or": [{ "a": 1 }, { "a": 2 }], "b": { "$regex": "x" } }),
            json!({}),
        ] {
            assert!(!is_never(&fine), "{fine}");
        }
    }

    #[test]
    fn what_one_asks_may_be_all_that_another_asks() {
        for (narrow, wide) in [
            (json!({ "a": { "$gte": 8 } }), json!({ "a": { "$gt": 7 } })),
            (json!({ "a": 8, "b": 1 }), json!({ "a": { "$gte": 8 } })),
            (json!({ "a": "x" }), json!({ "a": { "$in": ["x", "y"] } })),
            (json!({ "a": { "$gt": 0 } }), json!({ "a": { "$exists": true } })),
            (json!({ "a": "x" }), json!({ "a": { "$ne": "y" } })),
            (json!({ "a": "x" }), json!({})),
        ] {
            assert!(implies(&narrow, &wide), "{narrow} {wide}");
            assert!(!implies(&wide, &narrow), "{wide} {narrow}");
        }
        let pattern = json!({ "a": { "$regex": "x" } });
        assert!(!implies(&json!({ "a": "x" }), &pattern), "of patterns nothing is said");
        assert!(implies(&pattern, &json!({})));
    }

    fn is_never(condition: &Value) -> bool {
        let condition = Condition::parse(condition).unwrap();
        condition.sense().facts().any(|(_, asked)| asked.is_never())
    }

    fn implies(one: &Value, other: &Value) -> bool {
        let (one, other) = (Condition::parse(one).unwrap(), Condition::parse(other).unwrap());
        one.sense().implies(&other.sense())
    }
}
