//! What others are told: `{"type", "timestamp", "data"}`, as Standard Webhooks has it. Made once, with what happened.

use serde_json::{Map, Value, json};

use crate::config::Config;
use crate::desk::{Arrival, Decision};
use crate::score::Score;
use crate::time::Timestamp;
use crate::wire::Channel;
use crate::wire::destination::EventKind;

/// The most reasons of a score that are told.
const MAX_REASONS: usize = 5;

impl EventKind {
    /// The stable name.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Opened => "item.opened",
            Self::Closed => "item.closed",
            Self::Reopened => "item.reopened",
            Self::Test => "test",
        }
    }

    /// Reads a tag back.
    pub fn from_tag(tag: &str) -> Option<Self> {
        [Self::Opened, Self::Closed, Self::Reopened, Self::Test].into_iter().find(|kind| kind.tag() == tag)
    }
}

/// An item was opened.
pub fn opened(config: &Config, arrival: &Arrival<'_>, decision: &Decision) -> Value {
    let (submission, form, receipt) = (arrival.submission, arrival.form.source(), &decision.receipt);
    let name = decision.person.name.as_ref().map_or("", |name| &name.value);
    let (first_name, last_name) = parts_of(name);
    let owner = decision.pick.chosen.as_ref().and_then(|chosen| config.member(&chosen.member));
    let consents = decision.consents.iter().map(|consent| {
        json!({ "purpose": consent.purpose, "version": consent.version, "text": consent.text, "at": consent.at.to_rfc3339() })
    });
    wrapped(
        EventKind::Opened,
        arrival.at,
        json!({
            "item_id": decision.item.id,
            "reference": receipt.reference,
            "link": link(config, &decision.item.id),
            "kind": form.kind.tag(),
            "form": form.id,
            "site": arrival.site.id,
            "channel": submission.channel().tag(),
            "summary": decision.item.summary,
            "values": submission.values().to_json(),
            "person": {
                "id": decision.person.id, "new": decision.person.is_new, "name": name, "first_name": first_name,
                "last_name": last_name, "email": submission.email().map(|email| email.as_str()),
                "phone": submission.phone().map(|phone| phone.as_str()),
            },
            "page": { "url": submission.page().url, "title": submission.page().title },
            "complaint": decision.complaint.as_ref().map(|complaint| complaint.reason()),
            "score": {
                "tier": decision.rating.score.tier().to_string(), "total": decision.rating.score.total(),
                "chance": decision.rating.chance().map(|chance| f64::from(chance) / 1_000.0),
                "reasons": reasons(&decision.rating.score),
            },
            "route": {
                "queue": decision.route.queue, "pool": decision.route.pool, "team": decision.route.team,
                "rule": decision.route.rule, "says": decision.route.says, "owner": owner.map(|owner| &owner.name),
            },
            "consents": consents.collect::<Vec<_>>(),
            "answer_by": receipt.answer_by,
        }),
    )
}

/// An item that was closed, or is open again.
#[derive(Debug, Clone, Copy)]
pub struct Ended<'a> {
    /// Its id.
    pub item_id: &'a str,
    /// Its reference.
    pub reference: &'a str,
    /// Its kind's tag.
    pub kind: &'a str,
    /// Its queue.
    pub queue: &'a str,
    /// What became of it; nothing, where it is open again.
    pub outcome: Option<&'a str>,
    /// In words.
    pub reason: &'a str,
    /// Whose it was.
    pub owner: Option<&'a str>,
    /// When it happened.
    pub happened_at: Timestamp,
}

impl Ended<'_> {
    /// What is told of it.
    pub fn event(&self) -> EventKind {
        if self.outcome.is_some() { EventKind::Closed } else { EventKind::Reopened }
    }
}

/// An item was closed, has another outcome now, or is open again.
pub fn ended(config: &Config, ended: &Ended<'_>, at: Timestamp) -> Value {
    let owner = ended.owner.and_then(|owner| config.member(owner));
    wrapped(
        ended.event(),
        at,
        json!({
            "item_id": ended.item_id,
            "reference": ended.reference,
            "link": link(config, ended.item_id),
            "kind": ended.kind,
            "outcome": ended.outcome,
            "reason": ended.reason,
            "happened_at": ended.happened_at.to_rfc3339(),
            "route": { "queue": ended.queue, "owner": owner.map(|owner| &owner.name) },
        }),
    )
}

/// What is sent to try a destination: in the form of an item that was opened, and plainly made up.
pub fn sample(config: &Config, kind: EventKind, at: Timestamp) -> Value {
    wrapped(
        kind,
        at,
        json!({
            "item_id": "itm_test",
            "reference": "U-TEST",
            "link": config.source().address,
            "kind": "inquiry",
            "form": "inquiry",
            "site": config.source().sites.first().map(|site| &site.id),
            "channel": Channel::Web.tag(),
            "summary": "This is a test from Usher. Nothing has to be done.",
            "values": {
                "name": "Test Person", "email": "test.person@example.com", "phone": "+14155550123",
                "message": "This is a test from Usher. Nothing has to be done.",
            },
            "person": {
                "id": "per_test", "new": true, "name": "Test Person", "first_name": "Test", "last_name": "Person",
                "email": "test.person@example.com", "phone": "+14155550123",
            },
            "page": { "url": "https://www.example.com/pricing", "title": "Pricing" },
            "complaint": null,
            "score": { "tier": "A1", "total": 80, "chance": null, "reasons": ["Tests the way to you"] },
            "route": {
                "queue": config.source().queues.first().map(|queue| &queue.id), "pool": "test", "team": "Test",
                "rule": "test", "says": "A test", "owner": null,
            },
            "consents": [],
            "answer_by": at.to_rfc3339(),
        }),
    )
}

fn wrapped(kind: EventKind, at: Timestamp, data: Value) -> Value {
    json!({ "type": kind.tag(), "timestamp": at.to_rfc3339(), "data": data })
}

/// Where staff see an item; nothing, where the workspace does not say where the console is.
fn link(config: &Config, item: &str) -> Option<String> {
    let address = config.source().address.as_deref()?;
    Some(format!("{}/console/items/{item}", address.trim_end_matches('/')))
}

/// The first name, and the rest. Who gives one name only gave the last one: that is the one that other systems insist on.
fn parts_of(name: &str) -> (&str, &str) {
    let name = name.trim();
    name.split_once(char::is_whitespace).map_or(("", name), |(first, last)| (first, last.trim_start()))
}

/// The strongest reasons, in words.
fn reasons(score: &Score) -> Vec<&str> {
    let mut reasons: Vec<_> = score.reasons().iter().filter(|reason| reason.points != 0).collect();
    reasons.sort_by_key(|reason| core::cmp::Reverse(reason.points.unsigned_abs()));
    reasons.into_iter().take(MAX_REASONS).map(|reason| &*reason.says).collect()
}

/// The part of a message that says what happened; empty where it is no message of ours.
pub fn data(message: &Value) -> &Map<String, Value> {
    static NOTHING: std::sync::LazyLock<Map<String, Value>> = std::sync::LazyLock::new(Map::new);
    message.get("data").and_then(Value::as_object).unwrap_or(&NOTHING)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_a_last_part_at_least() {
        assert_eq!(parts_of("Ana Ruiz"), ("Ana", "Ruiz"));
        assert_eq!(parts_of(" Ana  Maria Ruiz "), ("Ana", "Maria Ruiz"));
        assert_eq!(parts_of("Ana"), ("", "Ana"));
        assert_eq!(parts_of(""), ("", ""));
    }
}
