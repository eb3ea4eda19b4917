//! A lead that nobody is: what-if, read from what somebody wrote, with everything named that makes no sense.

use serde_json::Value;

use crate::facts::{Type, type_of};
use crate::score::Event;
use crate::time::Timestamp;
use crate::visit::is_kind;
use crate::wire::scoring::{Basis, EventView};
use crate::wire::{FieldProblem, FormKind, Workspace};

/// The most events of a supposed lead: more than a visit keeps.
const MAX_EVENTS: usize = 500;

/// A lead that is only supposed.
#[derive(Debug, Clone)]
pub struct Supposed<'a> {
    /// What it would have opened.
    pub kind: FormKind,
    /// Its facts.
    pub facts: &'a Value,
    /// What it would have done, oldest first.
    pub events: Vec<Event<'a>>,
    /// As of when.
    pub at: Timestamp,
}

/// Reads a basis, or reports everything in it that makes no sense, by path (`basis.events[1].at`).
///
/// # Errors
/// Every problem.
pub fn read<'a>(basis: &'a Basis, workspace: &Workspace) -> Result<Supposed<'a>, Vec<FieldProblem>> {
    let mut problems = Vec::new();
    let mut wrong = |field: String, code: &str, message: &str| {
        problems.push(FieldProblem { field, code: code.to_owned(), message: message.to_owned() });
    };
    let at = Timestamp::parse(&basis.at);
    if at.is_none() {
        wrong("basis.at".to_owned(), "invalid_time", "this is no time");
    }
    if !basis.facts.is_object() {
        wrong("basis.facts".to_owned(), "invalid_facts", "facts are an object");
    }
    each_fact("", &basis.facts, &mut |path, value| {
        if let Some(kind) = type_of(path, workspace)
            && !fits(value, &kind)
        {
            wrong(format!("basis.facts.{path}"), "wrong_type", must_be(&kind));
        }
    });
    if basis.events.len() > MAX_EVENTS {
        wrong("basis.events".to_owned(), "too_many", "there are more than 500 events");
    }
    let mut events = Vec::with_capacity(basis.events.len());
    for (index, event) in basis.events.iter().take(MAX_EVENTS).enumerate() {
        if !is_kind(&event.kind) {
            wrong(format!("basis.events[{index}].kind"), "invalid_kind", "this names no signal");
        }
        match Timestamp::parse(&event.at) {
            Some(at) => events.push((at, event)),
            None => wrong(format!("basis.events[{index}].at"), "invalid_time", "this is no time"),
        }
    }
    let Some(at) = at.filter(|_| problems.is_empty()) else { return Err(problems) };
    events.sort_by_key(|(at, _)| *at);
    let events = events.into_iter().map(|(at, EventView { kind, about, .. })| Event::new(at, kind, about)).collect();
    Ok(Supposed { kind: kind(&basis.facts), facts: &basis.facts, events, at })
}

/// What a lead with these facts opens; an inquiry, where they do not say.
fn kind(facts: &Value) -> FormKind {
    let tag = facts.pointer("/form/kind").and_then(Value::as_str);
    let kinds = [FormKind::Inquiry, FormKind::Trial, FormKind::Support];
    kinds.into_iter().find(|kind| Some(kind.tag()) == tag).unwrap_or(FormKind::Inquiry)
}

fn each_fact(path: &str, value: &Value, tell: &mut impl FnMut(&str, &Value)) {
    match value {
        Value::Object(facts) => facts.iter().for_each(|(key, value)| {
            let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
            each_fact(&path, value, tell);
        }),
        value => tell(path, value),
    }
}

fn fits(value: &Value, kind: &Type) -> bool {
    value.is_null()
        || match kind {
            Type::Text | Type::OneOf(_) => value.is_string(),
            Type::Number => value.is_number(),
            Type::YesNo => value.is_boolean(),
            Type::List => value.is_array(),
            Type::Any => true,
        }
}

fn must_be(kind: &Type) -> &'static str {
    match kind {
        Type::Text | Type::OneOf(_) => "this is no text",
        Type::Number => "this is no number",
        Type::YesNo => "this is neither true nor false",
        Type::List | Type::Any => "this is no list",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::workspace;
    use serde_json::json;

    #[test]
    fn everything_that_makes_no_sense_is_named() {
        let event = |at: &str, kind: &str| EventView { at: at.to_owned(), kind: kind.to_owned(), about: [].into() };
        let basis = Basis {
            facts: json!({ "email": { "free": "yes" }, "visit": { "pages": 3, "events": "x" }, "values": { "old": 1 } }),
            events: vec![event("today", "pricing_viewed"), event("2026-01-01T00:00:00Z", "Looked!")],
            at: "now".to_owned(),
        };
        let problems = read(&basis, &workspace()).unwrap_err();
        let fields: Vec<&str> = problems.iter().map(|problem| problem.field.as_str()).collect();
        let expected = [
            "basis.at",
            "basis.facts.email.free",
            "basis.facts.visit.events",
            "basis.events[0].at",
            "basis.events[1].kind",
        ];
        assert_eq!(fields, expected);
    }

    #[test]
    fn an_event_may_be_written_in_any_order() {
        let event = |day: u32| EventView {
            at: format!("2026-01-0{day}T00:00:00Z"),
            kind: "pricing_viewed".to_owned(),
            about: [].into(),
        };
        let basis = Basis {
            facts: json!({ "form": { "kind": "trial" } }),
            events: vec![event(2), event(1)],
            at: "2026-01-03T00:00:00Z".to_owned(),
        };
        let supposed = read(&basis, &workspace()).unwrap();
        assert_eq!(supposed.kind, FormKind::Trial);
        let at: Vec<String> = supposed.events.iter().map(|event| event.view().at).collect();
        assert_eq!(at, [&basis.events[1].at, &basis.events[0].at].map(|at| Timestamp::parse(at).unwrap().to_rfc3339()));
    }
}
