//! A lead that is only supposed: facts by their paths, and what was done so many days ago.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use shared::wire::scoring::{Basis, EventView};

use super::MISSING;
use crate::when;

const DAY_MS: f64 = 24.0 * 60.0 * 60.0 * 1_000.0;

/// A fact.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Fact {
    /// Its path.
    pub path: String,
    /// What it is; [`MISSING`] while it is not given.
    pub value: Value,
}

/// Something that was done.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Did {
    /// What.
    pub kind: String,
    /// What more there is to it.
    pub about: BTreeMap<String, String>,
    /// When; what has no number is not supposed.
    pub days_ago: Option<f64>,
}

/// The lead.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Lead {
    /// What is known of them.
    pub facts: Vec<Fact>,
    /// What they did.
    pub did: Vec<Did>,
    /// As of when, where it is an item's; a lead of nobody is as of now.
    pub at: Option<String>,
}

impl Lead {
    /// Somebody to begin with.
    pub fn usual() -> Self {
        let mut lead = Self::default();
        lead.suppose("form.kind".to_owned(), Value::String("inquiry".to_owned()));
        lead.suppose("email.free".to_owned(), Value::Bool(false));
        lead.did.push(Did { kind: "pricing_viewed".to_owned(), days_ago: Some(0.0), ..Did::default() });
        lead
    }

    /// An item's.
    pub fn of(basis: &Basis) -> Self {
        let mut lead = Self { at: Some(basis.at.clone()), ..Self::default() };
        lead.take("", &basis.facts);
        let at = when::millis(&basis.at);
        lead.did.extend(basis.events.iter().map(|event| {
            let ago = at.zip(when::millis(&event.at)).map(|(at, then)| (at - then) as f64 / DAY_MS);
            let days_ago = ago.map(|days| (days * 1_000.0).round() / 1_000.0);
            Did { kind: event.kind.clone(), about: event.about.clone(), days_ago }
        }));
        lead
    }

    fn take(&mut self, path: &str, value: &Value) {
        match value {
            Value::Object(facts) => facts.iter().for_each(|(key, value)| {
                self.take(&if path.is_empty() { key.clone() } else { format!("{path}.{key}") }, value);
            }),
            Value::Null => {}
            value => self.suppose(path.to_owned(), value.clone()),
        }
    }

    /// Supposes a fact; another one of the same path is replaced.
    pub fn suppose(&mut self, path: String, value: Value) {
        self.facts.retain(|fact| fact.path != path);
        self.facts.push(Fact { path, value });
    }

    /// As it is sent; `now` is when a lead of nobody is.
    pub fn basis(&self, now: &str) -> Basis {
        let at = self.at.clone().unwrap_or_else(|| now.to_owned());
        let mut facts = Map::new();
        for fact in self.facts.iter().filter(|fact| fact.value != MISSING) {
            let mut here = &mut facts;
            let mut parts = fact.path.split('.').peekable();
            while let Some(part) = parts.next() {
                if parts.peek().is_none() {
                    here.insert(part.to_owned(), fact.value.clone());
                    break;
                }
                let below = here.entry(part).or_insert_with(|| Value::Object(Map::new()));
                let Value::Object(below) = below else { break };
                here = below;
            }
        }
        let moment = when::millis(&at).unwrap_or_default();
        let events = self.did.iter().filter_map(|did| {
            let days = did.days_ago.filter(|days| days.is_finite())?;
            #[allow(
                clippy::cast_possible_truncation,
                reason = "a float becomes the nearest whole number that there is"
            )]
            let then = moment.saturating_sub((days * DAY_MS).round() as i64);
            Some(EventView { at: when::rfc3339(then)?, kind: did.kind.clone(), about: did.about.clone() })
        });
        Basis { events: events.collect(), facts: Value::Object(facts), at }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_items_basis_comes_back_as_it_was() {
        let facts =
            json!({ "form": { "kind": "trial" }, "visit": { "events": ["a"], "pages": 3 }, "complaint": false });
        let event = |at: &str| EventView { at: at.to_owned(), kind: "page_viewed".to_owned(), about: BTreeMap::new() };
        let events = vec![event("2026-11-01T12:00:00Z"), event("2026-11-03T00:00:00Z")];
        let basis = Basis { facts, events, at: "2026-11-03T12:00:00Z".to_owned() };
        let lead = Lead::of(&basis);
        assert_eq!(lead.did.iter().map(|did| did.days_ago).collect::<Vec<_>>(), [Some(2.0), Some(0.5)]);
        assert_eq!(lead.basis("2030-01-01T00:00:00Z"), basis);
    }

    #[test]
    fn what_is_not_filled_in_is_not_supposed() {
        let mut lead = Lead::usual();
        lead.suppose("visit.pages".to_owned(), MISSING);
        lead.suppose("email.free".to_owned(), Value::Bool(true));
        lead.did.push(Did { kind: "page_viewed".to_owned(), days_ago: Some(f64::NAN), ..Did::default() });
        let basis = lead.basis("2026-11-03T12:00:00Z");
        assert_eq!(basis.facts, json!({ "form": { "kind": "inquiry" }, "email": { "free": true } }));
        assert_eq!(basis.events.len(), 1);
        assert_eq!(basis.events[0].at, basis.at);
    }
}
