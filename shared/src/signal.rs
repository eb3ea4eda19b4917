//! Signals as they arrive: any JSON becomes [`Seen`] facts, or is named as wrong.
//!
//! In a batch each signal stands for itself: a wrong one is counted as refused, and the others are kept. What may name a
//! person is taken out here ([`crate::scrub`]), before anything is stored.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::scrub;
use crate::submission::{FieldErrors, SubmissionId};
use crate::time::Timestamp;
use crate::visit::{MAX_KIND_CHARS, Seen, cut, is_kind};
use crate::wire::signal::MAX_SIGNALS;

/// The most characters kept of each text: the visitor cannot mend a longer one, so the rest is cut.
const MAX_URL_CHARS: usize = 2_048;
const MAX_TITLE_CHARS: usize = 300;
const MAX_ABOUT_CHARS: usize = 200;
/// The most that is kept of what a signal says besides.
const MAX_ABOUT: usize = 8;

/// A batch that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// Unique to it.
    pub id: SubmissionId,
    /// What can be kept.
    pub signals: Vec<Seen>,
    /// How many were wrong, and what was wrong with them.
    pub wrong: u32,
    /// Everything wrong, by path.
    pub problems: FieldErrors,
    /// How many came beyond what one batch may hold.
    pub surplus: u32,
    /// Where the visitor came to the page from.
    pub referrer: String,
    /// The visitor's own id, once they have consented to one.
    pub visitor: Option<SubmissionId>,
    /// The visitor took their consent back: what is known is to be forgotten.
    pub forget: bool,
}

impl Batch {
    /// Reads the body of `POST /v1/signals/{site_key}` that arrived at `at`.
    ///
    /// # Errors
    /// What is wrong with the batch itself; its signals are judged one by one.
    pub fn parse(body: &Value, at: Timestamp) -> Result<Self, FieldErrors> {
        let mut errors = FieldErrors::default();
        let Some(body) = body.as_object() else {
            errors.push("", "not_an_object", "The body must be a JSON object.");
            return Err(errors);
        };
        let known = ["batch_id", "signals", "referrer", "human", "visitor", "forget"];
        errors.refuse_unknown(body, &known, "");
        let id = body.get("batch_id").and_then(Value::as_str).and_then(SubmissionId::parse);
        let Some(id) = id else {
            errors.push("batch_id", "not_a_uuid", "This must be a UUID.");
            return Err(errors);
        };
        let signals = match body.get("signals") {
            None => &Vec::new(),
            Some(Value::Array(signals)) => signals,
            Some(_) => {
                errors.push("signals", "not_a_list", "This must be a list.");
                return Err(errors);
            }
        };
        let is_set = |name: &str| body.get(name).and_then(Value::as_bool).unwrap_or(false);
        let human = is_set("human");
        let forget = is_set("forget");
        let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default();
        let (referrer, visitor) =
            (scrub::url(&cut(text("referrer"), MAX_URL_CHARS)), SubmissionId::parse(text("visitor")));
        if !errors.is_empty() {
            return Err(errors);
        }
        let surplus = signals.len().saturating_sub(MAX_SIGNALS);
        let mut kept = Vec::with_capacity(signals.len() - surplus);
        let mut wrong = 0;
        for (index, signal) in signals.iter().enumerate().skip(surplus) {
            match read(&format!("signals[{index}]"), signal, at, &mut errors) {
                Some(seen) => kept.push(Seen { human: seen.human || human, ..seen }),
                None => wrong += 1,
            }
        }
        let surplus = u32::try_from(surplus).unwrap_or(u32::MAX);
        Ok(Self { id, signals: kept, wrong, problems: errors, surplus, referrer, visitor, forget })
    }
}

/// Reads the signals that travel with a submission: the latest of them, or every field that is wrong.
pub fn read_all(value: Option<&Value>, at: Timestamp, errors: &mut FieldErrors) -> Vec<Seen> {
    let signals = match value {
        None => return Vec::new(),
        Some(Value::Array(signals)) => signals,
        Some(_) => {
            errors.push("signals", "not_a_list", "This must be a list.");
            return Vec::new();
        }
    };
    // The latest say most: of too many, the first are left out.
    let skipped = signals.len().saturating_sub(MAX_SIGNALS);
    let latest = signals.iter().enumerate().skip(skipped);
    latest.filter_map(|(index, signal)| read(&format!("signals[{index}]"), signal, at, errors)).collect()
}

/// One signal; nothing where a field of it is wrong.
fn read(path: &str, signal: &Value, at: Timestamp, errors: &mut FieldErrors) -> Option<Seen> {
    let before = errors.problems().len();
    let Some(signal) = signal.as_object() else {
        errors.push(path, "not_an_object", "This must be an object.");
        return None;
    };
    let prefix = format!("{path}.");
    errors.refuse_unknown(signal, &["kind", "ago_ms", "url", "title", "about", "human"], &prefix);
    let ago_ms = match signal.get("ago_ms") {
        None => 0,
        Some(ago) => ago.as_u64().unwrap_or_else(|| {
            errors.push(&format!("{prefix}ago_ms"), "not_a_number", "This must be a whole number of milliseconds.");
            0
        }),
    };
    let kind = text_of(signal, "kind", &prefix, MAX_KIND_CHARS, errors);
    if !is_kind(&kind) {
        errors.push(&format!("{prefix}kind"), "not_a_name", "This must be a name in lower case: page_viewed.");
    }
    let seen = Seen {
        at: at.earlier_by_ms(ago_ms),
        kind,
        url: scrub::url(&text_of(signal, "url", &prefix, MAX_URL_CHARS, errors)),
        title: scrub::text(&text_of(signal, "title", &prefix, MAX_TITLE_CHARS, errors)),
        about: about(signal.get("about"), &prefix, errors),
        human: signal.get("human").and_then(Value::as_bool).unwrap_or(false),
    };
    (errors.problems().len() == before).then_some(seen)
}

/// What a signal is about: of too much, what comes last by name is left out.
fn about(value: Option<&Value>, prefix: &str, errors: &mut FieldErrors) -> BTreeMap<String, String> {
    let path = format!("{prefix}about");
    let about = match value {
        None => return BTreeMap::new(),
        Some(Value::Object(about)) => about,
        Some(_) => {
            errors.push(&path, "not_an_object", "This must be an object of texts.");
            return BTreeMap::new();
        }
    };
    let mut kept = BTreeMap::new();
    for (name, value) in about {
        match value {
            Value::String(text) if is_kind(name) => {
                let plain: String = text.chars().filter(|c| !c.is_control()).take(MAX_ABOUT_CHARS).collect();
                if kept.len() < MAX_ABOUT && !plain.is_empty() {
                    kept.insert(name.clone(), scrub::text(&plain));
                }
            }
            Value::String(_) => errors.push(&path, "not_a_name", "This must have names in lower case: visible_ms."),
            _ => errors.push(&path, "not_text", "This must be an object of texts."),
        }
    }
    kept
}

fn text_of(object: &Map<String, Value>, key: &str, prefix: &str, max: usize, errors: &mut FieldErrors) -> String {
    match object.get(key) {
        None => String::new(),
        Some(Value::String(text)) => cut(text, max),
        Some(_) => {
            errors.push(&format!("{prefix}{key}"), "not_text", "This must be text.");
            String::new()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const ID: &str = "7d444840-9dc0-41d1-b245-5ffdce74fad2";

    #[test]
    fn a_wrong_signal_is_counted_and_the_others_are_kept() {
        let batch = parsed(
            json!([{ "kind": "page_viewed" }, { "kind": "<b>" }, 7, { "kind": "x", "ago_ms": -1 }, { "kind": "x", "about": { "n": 5 } }]),
        );
        assert_eq!((batch.signals.len(), batch.wrong), (1, 4));
        let fields: Vec<&str> = batch.problems.problems().iter().map(|problem| problem.field.as_str()).collect();
        assert_eq!(fields, ["signals[1].kind", "signals[2]", "signals[3].ago_ms", "signals[4].about"]);
    }

    #[test]
    fn of_too_many_the_latest_are_kept_and_the_rest_counted() {
        let many: Vec<Value> = (0..70).map(|index| json!({ "kind": format!("k{index}") })).collect();
        let batch = parsed(json!(many));
        assert_eq!((batch.signals.len(), batch.surplus), (MAX_SIGNALS, 70 - 64));
        assert_eq!(batch.signals.first().map(|seen| seen.kind.as_str()), Some("k6"));
    }

    #[test]
    fn what_names_a_person_is_taken_out() {
        let batch = parsed(json!([{
            "kind": "event", "url": "https://x.example/ana@example.com?token=1", "title": "Hello ana@example.com",
            "about": { "name": "seen", "mail": "ana@example.com", "empty": "" },
        }]));
        let seen = batch.signals.first().unwrap();
        assert_eq!((seen.url.as_str(), seen.title.as_str()), ("https://x.example/:email", "Hello :email"));
        let about: Vec<(&str, &str)> = seen.about.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(about, [("mail", ":email"), ("name", "seen")]);
    }

    #[test]
    fn evidence_of_a_person_counts_for_the_whole_batch() {
        let body = json!({ "batch_id": ID, "human": true, "signals": [{ "kind": "page_viewed" }] });
        assert!(Batch::parse(&body, Timestamp::from_ms(0)).unwrap().signals.iter().all(|seen| seen.human));
        assert!(parsed(json!([{ "kind": "page_viewed" }])).signals.iter().all(|seen| !seen.human));
    }

    #[test]
    fn a_batch_without_an_id_is_refused_whole() {
        for body in [json!([]), json!({}), json!({ "batch_id": "x" }), json!({ "batch_id": ID, "signals": 1 })] {
            assert!(Batch::parse(&body, Timestamp::from_ms(0)).is_err(), "{body}");
        }
    }

    fn parsed(signals: Value) -> Batch {
        Batch::parse(&json!({ "batch_id": ID, "signals": signals }), Timestamp::from_ms(0)).unwrap()
    }
}
