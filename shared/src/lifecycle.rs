//! What happens to a customer, as the platform's server says: they begin a trial, buy, are onboarded, complete, renew, cancel, bring
//! others. An event has an id of its own, so that it may be sent again, and a time of its own, so that it may come late.
//!
//! ```
//! use shared::lifecycle::{Kind, read};
//! use shared::time::Timestamp;
//!
//! let now = Timestamp::parse("2026-11-30T09:00:00Z").unwrap();
//! let entries = read(r#"{"id": "e-1", "type": "purchased", "email": "ana@example.com"}"#, now).unwrap();
//! assert_eq!(entries[0].read.as_ref().unwrap().kind, Kind::Purchased);
//! ```
//!
//! Not here: how a person is found, or what an event does to their items (`edge::desk_do::lifecycle`).

use serde_json::{Map, Value};

use crate::person::{Identifier, IdentifierKind, Standing};
use crate::submission::email::Email;
use crate::time::Timestamp;
use crate::wire::FieldProblem;
use crate::wire::lifecycle::MAX_EVENTS;

/// How far ahead of ours another server's clock may be, in milliseconds.
const AHEAD_MS: i64 = 5 * 60 * 1_000;
/// The longest id, and the longest id of a user, in characters.
const MAX_ID_CHARS: usize = 200;
/// The longest note, in characters.
const MAX_NOTE_CHARS: usize = 500;
/// The fields of an event.
const FIELDS: [&str; 6] = ["id", "type", "user", "email", "at", "note"];

/// What happened. Tags are never renamed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// They tried.
    TrialStarted,
    /// They bought.
    Purchased,
    /// They were shown around.
    Onboarded,
    /// They finished what they bought.
    Completed,
    /// They stayed.
    Renewed,
    /// They left.
    Cancelled,
    /// They brought somebody.
    Referred,
}

impl Kind {
    /// All of them, in the order of a customer's way.
    pub const ALL: [Self; 7] = [
        Self::TrialStarted,
        Self::Purchased,
        Self::Onboarded,
        Self::Completed,
        Self::Renewed,
        Self::Cancelled,
        Self::Referred,
    ];

    /// The stable name.
    pub fn tag(self) -> &'static str {
        match self {
            Self::TrialStarted => "trial_started",
            Self::Purchased => "purchased",
            Self::Onboarded => "onboarded",
            Self::Completed => "completed",
            Self::Renewed => "renewed",
            Self::Cancelled => "cancelled",
            Self::Referred => "referred",
        }
    }

    /// Reads a tag back.
    pub fn from_tag(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.tag() == tag)
    }

    /// Whether it says where somebody stands; bringing others does not.
    pub fn is_stage(self) -> bool {
        self != Self::Referred
    }

    /// Whether somebody who stands there is a customer; nothing, where it does not say.
    pub fn is_customer(self) -> Option<bool> {
        match self {
            Self::Purchased | Self::Onboarded | Self::Completed | Self::Renewed => Some(true),
            Self::Cancelled => Some(false),
            Self::TrialStarted | Self::Referred => None,
        }
    }
}

/// One event, as it was reported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Its id, which the platform gave it.
    pub id: String,
    /// What.
    pub kind: Kind,
    /// To whom, the surest first: by the platform's id of them, by their address, or both. The platform knows its customers:
    /// both are verified.
    pub who: Vec<Identifier>,
    /// When.
    pub at: Timestamp,
    /// In the platform's words; may be empty.
    pub note: String,
}

/// One event of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its place, counted from 1.
    pub line: usize,
    /// Its id, as far as it has one.
    pub id: String,
    /// What it says, or every field that is wrong.
    pub read: Result<Event, Vec<FieldProblem>>,
}

/// Why a report cannot be read at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unread {
    /// Not JSON.
    #[error("the body is not JSON")]
    NotJson,
    /// JSON of another shape.
    #[error("the body is neither an event nor an object with a list `events`")]
    NoList,
    /// Nothing in it.
    #[error("there is no event in it")]
    Empty,
    /// Too many.
    #[error("there are more than {MAX_EVENTS} events in it: send them in several reports")]
    TooMany,
}

/// Reads one event, or an object with a list `events`. One without a time has happened `now`.
///
/// # Errors
/// Why nothing of it can be read.
pub fn read(text: &str, now: Timestamp) -> Result<Vec<Entry>, Unread> {
    let body: Value = serde_json::from_str(text).map_err(|_| Unread::NotJson)?;
    let list = match &body {
        Value::Object(object) => match object.get("events") {
            Some(events) => events.as_array().ok_or(Unread::NoList)?.as_slice(),
            None => std::slice::from_ref(&body),
        },
        _ => return Err(Unread::NoList),
    };
    match list.len() {
        0 => Err(Unread::Empty),
        1..=MAX_EVENTS => Ok(list.iter().enumerate().map(|(place, event)| entry(place + 1, event, now)).collect()),
        _ => Err(Unread::TooMany),
    }
}

fn entry(line: usize, event: &Value, now: Timestamp) -> Entry {
    let empty = Map::new();
    let object = event.as_object().unwrap_or(&empty);
    let mut wrong: Vec<FieldProblem> = Vec::new();
    for name in object.keys().filter(|name| !FIELDS.contains(&name.as_str())) {
        wrong.push(problem(name, "unknown_field", "An event has no such field."));
    }
    let mut text = |name: &str| match object.get(name) {
        None | Some(Value::Null) => "",
        Some(Value::String(text)) => text.trim(),
        Some(_) => {
            wrong.push(problem(name, "not_a_text", "This is a text."));
            ""
        }
    };
    let [id, kind, user, email, at, note] = FIELDS.map(&mut text);
    let mut unless = |fine: bool, name: &str, code: &str, says: &str| {
        // A field that is no text has been named already.
        if !fine && !wrong.iter().any(|it| it.field == name) {
            wrong.push(problem(name, code, says));
        }
    };
    unless(!id.is_empty(), "id", "required", "An event has an id of its own, so that it may be sent again.");
    unless(id.chars().count() <= MAX_ID_CHARS, "id", "too_long", "At most 200 characters.");
    let what = Kind::from_tag(kind);
    let kinds = Kind::ALL.map(Kind::tag).join(", ");
    unless(what.is_some(), "type", "unknown_type", &format!("It is one of {kinds}."));
    unless(user.chars().count() <= MAX_ID_CHARS, "user", "too_long", "At most 200 characters.");
    let address = Email::parse(email).ok();
    unless(email.is_empty() || address.is_some(), "email", "not_an_email", "This is no address.");
    let is_named = !(user.is_empty() && email.is_empty());
    unless(
        is_named,
        "user",
        "required",
        "Say to whom: by the platform\u{2019}s id of them, by their address, or both.",
    );
    let when = if at.is_empty() { Some(now) } else { Timestamp::parse(at) };
    unless(when.is_some(), "at", "not_a_time", "A time is written as in 2026-11-23T09:30:00Z.");
    let is_past = when.is_none_or(|when| when.as_ms() <= now.as_ms() + AHEAD_MS);
    unless(is_past, "at", "in_future", "This is in the future.");
    unless(note.chars().count() <= MAX_NOTE_CHARS, "note", "too_long", "At most 500 characters.");
    let who = [of_user(user), address.as_ref().map(of_email)].into_iter().flatten().collect();
    let read = match (what, when) {
        (Some(kind), Some(at)) if wrong.is_empty() => {
            Ok(Event { id: id.to_owned(), kind, who, at, note: note.to_owned() })
        }
        _ => Err(wrong),
    };
    Entry { line, id: id.chars().take(MAX_ID_CHARS).collect(), read }
}

fn of_user(user: &str) -> Option<Identifier> {
    let identifier = |user: &str| Identifier {
        kind: IdentifierKind::User,
        key: user.to_owned(),
        typed: user.to_owned(),
        standing: Standing::Verified,
    };
    (!user.is_empty()).then(|| identifier(user))
}

fn of_email(email: &Email) -> Identifier {
    Identifier {
        kind: IdentifierKind::Email,
        key: email.key(),
        typed: email.as_str().to_owned(),
        standing: Standing::Verified,
    }
}

fn problem(field: &str, code: &str, says: &str) -> FieldProblem {
    FieldProblem { field: field.to_owned(), code: code.to_owned(), message: says.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        Timestamp::parse("2026-11-30T09:00:00Z").unwrap()
    }

    #[test]
    fn an_event_is_to_somebody_and_the_platform_knows_who() {
        let read =
            read(r#"{"id": "e-1", "type": "renewed", "user": "u-7", "email": "Ana@Example.com"}"#, now()).unwrap();
        let event = read[0].read.as_ref().unwrap();
        assert_eq!((event.kind, event.at), (Kind::Renewed, now()));
        assert_eq!(
            event.who.iter().map(|who| who.kind).collect::<Vec<_>>(),
            [IdentifierKind::User, IdentifierKind::Email]
        );
        assert!(event.who.iter().all(|who| who.standing == Standing::Verified));
    }

    #[test]
    fn every_wrong_field_of_an_event_is_named_and_the_others_are_read() {
        let text = r#"{"events": [
            {"id": 7, "type": "bought", "email": "nobody", "at": "2027-01-01T00:00:00Z", "extra": 1},
            {"id": "e-2", "type": "purchased", "user": "u-1"}, {"id": "", "type": "referred"}, "e"]}"#;
        let entries = read(text, now()).unwrap();
        let fields = |at: usize| -> Vec<&str> {
            entries[at].read.as_ref().unwrap_err().iter().map(|it| it.field.as_str()).collect()
        };
        assert_eq!(fields(0), ["extra", "id", "type", "email", "at"]);
        assert!(entries[1].read.is_ok());
        assert_eq!(fields(2), ["id", "user"]);
        assert_eq!(fields(3), ["id", "type", "user"]);
    }

    #[test]
    fn a_report_that_is_none_is_refused_whole() {
        assert_eq!(read("nonsense", now()), Err(Unread::NotJson));
        assert_eq!(read("[]", now()), Err(Unread::NoList));
        assert_eq!(read(r#"{"events": {}}"#, now()), Err(Unread::NoList));
        assert_eq!(read(r#"{"events": []}"#, now()), Err(Unread::Empty));
        let many = serde_json::json!({ "events": vec![0; MAX_EVENTS + 1] }).to_string();
        assert_eq!(read(&many, now()), Err(Unread::TooMany));
    }

    #[test]
    fn who_cancelled_is_a_customer_no_more_and_a_trial_says_nothing_of_that() {
        assert_eq!(Kind::Renewed.is_customer(), Some(true));
        assert_eq!(Kind::Cancelled.is_customer(), Some(false));
        assert_eq!(Kind::TrialStarted.is_customer(), None);
    }
}
