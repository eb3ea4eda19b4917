//! What is said of destinations, of deliveries, and of how submissions ended.

use shared::wire::delivery::{DeliveryState, DeliveryView, DestinationView, Standing};
use shared::wire::destination::{EventKind, To};

use super::spelled;
use crate::when::{self, MINUTE};

/// A kind of destination, by its tag.
pub fn destination_kind(tag: &str) -> String {
    match tag {
        "webhook" => "Webhook".to_owned(),
        "chat" => "Chat".to_owned(),
        "smtp" => "Mail, by a mail server".to_owned(),
        "mail_api" => "Mail, by an HTTP API".to_owned(),
        "hubspot" => "HubSpot".to_owned(),
        "salesforce_form" => "Salesforce, by its web form".to_owned(),
        "salesforce" => "Salesforce, by its API".to_owned(),
        other => spelled(other),
    }
}

/// Where a destination is, as far as it is no secret.
pub fn whereabouts(to: &To) -> String {
    match to {
        To::Webhook(to) => host(&to.url).to_owned(),
        // Whoever knows the address may write there.
        To::Chat(_) => String::new(),
        To::Smtp(to) => to.to.join(", "),
        To::MailApi(to) => to.to.join(", "),
        To::Hubspot(to) => format!("account {}, form {}", to.portal, to.form),
        To::SalesforceForm(to) => format!("organisation {}", to.oid),
        To::Salesforce(to) => host(&to.instance).to_owned(),
    }
}

/// The host of an address, with its port; the whole of what is none.
fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split(['/', '?', '#']).next().filter(|host| !host.is_empty()).unwrap_or(url)
}

/// What was told.
pub fn told(event: EventKind) -> &'static str {
    match event {
        EventKind::Opened => "Item opened",
        EventKind::Closed => "Item closed",
        EventKind::Reopened => "Item open again",
        EventKind::Test => "Test",
    }
}

/// When a destination is told something: the end of a sentence.
pub fn told_when(events: &[EventKind], is_narrowed: bool) -> String {
    let which = if is_narrowed { "an item that meets its condition" } else { "an item" };
    match (events.contains(&EventKind::Opened), events.contains(&EventKind::Closed)) {
        (true, true) => format!("{which} is opened, or closed"),
        (true, false) => format!("{which} is opened"),
        (false, true) => format!("{which} is closed"),
        (false, false) => "never".to_owned(),
    }
}

/// Where something stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stands {
    /// As the style sheet knows it.
    pub tag: &'static str,
    /// In words.
    pub says: String,
}

/// How a destination answers. `time` words a moment of today.
pub fn standing(view: &DestinationView, now: i64, time: impl Fn(&str) -> String) -> Stands {
    let until = view.rests_until.as_deref();
    let rests = until.filter(|until| when::millis(until).is_some_and(|until| until > now));
    let (tag, says) = match (view.standing, rests) {
        (Standing::Off, _) => ("off", "Switched off".to_owned()),
        (Standing::Well, _) if view.delivered_at.is_none() => ("silent", "Nothing has arrived there yet".to_owned()),
        (Standing::Well, _) => ("well", "Answers".to_owned()),
        (Standing::Failing, _) => ("failing", because("Failing", &view.why)),
        (Standing::Resting, Some(until)) => {
            ("resting", because(&format!("Left alone until {}", time(until)), &view.why))
        }
        (Standing::Resting, None) => ("resting", because("About to be asked again, with one delivery", &view.why)),
        (Standing::Stopped, _) => ("stopped", because("Stopped", &view.why)),
    };
    Stands { tag, says }
}

/// Something, and why: a clause follows a colon, a sentence stands by itself.
fn because(what: &str, why: &str) -> String {
    match why.chars().next() {
        None => what.to_owned(),
        Some(first) if first.is_uppercase() => format!("{what}. {why}"),
        Some(_) => format!("{what}: {why}"),
    }
}

/// What a standing means, and what to do about it; nothing where all is well.
pub fn standing_means(standing: Standing) -> Option<&'static str> {
    match standing {
        Standing::Well => None,
        Standing::Off => Some("It is told of nothing. What waits for it is kept. Switch it on with Edit."),
        Standing::Failing => Some("What failed is tried again by itself, up to ten times over three days."),
        Standing::Resting => {
            Some("It failed many times in a row. It is asked again with one delivery then; nothing is lost meanwhile.")
        }
        Standing::Stopped => {
            Some("It is told of nothing, and what waits for it is kept. Put it right, then resume it.")
        }
    }
}

/// Where a delivery stands.
pub fn delivery_state(state: DeliveryState) -> &'static str {
    match state {
        DeliveryState::Due => "Waits",
        DeliveryState::Delivered => "Delivered",
        DeliveryState::Dead => "Given up",
    }
}

/// When it is tried next: a sentence's end. What is due is taken within moments, unless its destination is left alone.
pub fn next_try(now: i64, at: i64) -> String {
    match at - now {
        late if late <= -MINUTE => format!("due {}", when::ago(now, at)),
        left if left < MINUTE => "next try within a minute".to_owned(),
        _ => format!("next try {}", when::due(now, at)),
    }
}

/// What a delivery has come to, in one sentence: by its last try, where that is known.
pub fn came_to(view: &DeliveryView) -> String {
    let state = match (view.row.state, view.tries.is_empty()) {
        (DeliveryState::Due, true) => return "On its way".to_owned(),
        (DeliveryState::Due, false) => "Not delivered yet",
        (state, _) => delivery_state(state),
    };
    match view.tries.last() {
        // Why it was given up may be more than what the last try said.
        Some(last) if view.row.state != DeliveryState::Dead => {
            format!("{state}: {}, in {}", last.says, took(last.took_ms))
        }
        _ if view.row.last.is_empty() => state.to_owned(),
        _ => format!("{state}: {}", view.row.last),
    }
}

/// How long something took.
pub fn took(ms: u32) -> String {
    if ms < 1_000 { format!("{ms} ms") } else { format!("{}.{} s", ms / 1_000, ms / 100 % 10) }
}

/// `950 bytes`, `1.2 MB`.
pub fn size(bytes: u64) -> String {
    let tenths = |unit: u64| format!("{}.{}", bytes / unit, bytes / (unit / 10) % 10);
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{} KB", bytes.div_ceil(1_000)),
        1_000_000..1_000_000_000 => format!("{} MB", tenths(1_000_000)),
        _ => format!("{} GB", tenths(1_000_000_000)),
    }
}

/// `1,200`.
pub fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// How a submission ended.
pub fn fate(tag: &str) -> String {
    let why = match tag {
        "accepted" => return "Accepted".to_owned(),
        "duplicate" => return "Sent twice: answered as the first time".to_owned(),
        "held" => return "Held for review".to_owned(),
        "spam" => return "Thrown out in review".to_owned(),
        "appended" => return "Mail that answers an open item".to_owned(),
        "erased" => return "Held, and deleted before anybody had looked".to_owned(),
        "refused_too_large" => "too large",
        "refused_malformed" => "not readable",
        "refused_invalid" => "a field was wrong",
        "refused_unknown_site" => "its key is no site\u{2019}s",
        "refused_site_off" => "the site is switched off",
        "refused_site_expired" => "the site\u{2019}s key has ended",
        "refused_origin" => "from a page that the site does not list",
        "refused_unknown_form" => "the site does not show this form",
        "refused_id_reused" => "its id was used before",
        "refused_privacy" => "the visitor asked not to be tracked",
        "refused_quota" => "too many signals of one visitor",
        "refused_rate_limited" => "too many from one address",
        "refused_review_full" => "too many wait for review",
        "refused_automatic" => "a mail that no person wrote",
        "refused_unknown_mailbox" => "a mail to no mailbox of ours",
        "refused_erased" => "what was sent under its id was erased",
        other => return spelled(other),
    };
    format!("Refused: {why}")
}

/// A table of what grows.
pub fn rows_of(table: &str) -> String {
    match table {
        "submission" => "Submissions".to_owned(),
        "person" => "People".to_owned(),
        "item" => "Items".to_owned(),
        "identifier" => "Addresses and numbers".to_owned(),
        "history" => "Lines of history".to_owned(),
        "outbox" => "Deliveries".to_owned(),
        "audit" => "Lines of the audit log".to_owned(),
        other => spelled(other),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const NOW: &str = "2026-11-30T10:30:00Z";

    fn said(answers: &str, rests_until: Option<&str>, why: &str, delivered: bool) -> (&'static str, String) {
        let view = json!({
            "edit": { "id": "crm", "to": { "webhook": { "url": "https://hooks.example.com/a", "secret": "" } } },
            "standing": answers, "why": why, "rests_until": rests_until, "waiting": 0, "dead": 0,
            "delivered_at": delivered.then_some("2026-11-30T10:00:00Z"),
        });
        let view = serde_json::from_value(view).unwrap();
        let stands = standing(&view, when::millis(NOW).unwrap(), |at| at[11..16].to_owned());
        (stands.tag, stands.says)
    }

    #[test]
    fn a_destination_says_how_it_answers() {
        let stands = |tag: &'static str, says: &str| (tag, says.to_owned());
        let until = Some("2026-11-30T10:42:00Z");
        assert_eq!(said("well", None, "", false), stands("silent", "Nothing has arrived there yet"));
        assert_eq!(said("well", None, "", true), stands("well", "Answers"));
        assert_eq!(
            said("failing", None, "The last try failed.", true),
            stands("failing", "Failing. The last try failed.")
        );
        assert_eq!(
            said("resting", until, "answered 503", true),
            stands("resting", "Left alone until 10:42: answered 503")
        );
        assert_eq!(
            said("resting", Some(NOW), "", true),
            stands("resting", "About to be asked again, with one delivery")
        );
        assert_eq!(said("stopped", None, "answered 410", true), stands("stopped", "Stopped: answered 410"));
        assert_eq!(said("off", None, "", true), stands("off", "Switched off"));
    }

    #[test]
    fn where_a_destination_is_says_no_secret() {
        let to = |to: serde_json::Value| whereabouts(&serde_json::from_value(to).unwrap());
        assert_eq!(
            to(json!({ "webhook": { "url": "https://hooks.example.com:8443/a?key=1", "secret": "" } })),
            "hooks.example.com:8443"
        );
        assert_eq!(to(json!({ "chat": { "url": "https://hooks.slack.com/services/T0/B0/x" } })), "");
        assert_eq!(
            to(
                json!({ "smtp": { "host": "smtp.example.com", "port": 465, "from": "a@example.com", "to": ["b@example.com", "c@example.com"] } })
            ),
            "b@example.com, c@example.com"
        );
        assert_eq!(host("not an address"), "not an address");
    }

    #[test]
    fn when_a_destination_is_told_something_is_in_words() {
        let both = [EventKind::Opened, EventKind::Closed];
        assert_eq!(told_when(&both, false), "an item is opened, or closed");
        assert_eq!(told_when(&both[..1], true), "an item that meets its condition is opened");
        assert_eq!(told_when(&[], false), "never");
    }

    #[test]
    fn the_next_try_is_in_words() {
        let now = 1_800_000_000_000;
        assert_eq!(next_try(now, now + 25 * MINUTE), "next try in 25 min");
        assert_eq!(next_try(now, now + 5_000), "next try within a minute");
        assert_eq!(next_try(now, now), "next try within a minute");
        assert_eq!(next_try(now, now - 4 * MINUTE), "due 4 min ago");
    }

    #[test]
    fn what_a_delivery_came_to_is_one_sentence() {
        let view = |state: &str, last: &str, tries: &[&str]| {
            let tries: Vec<_> = tries.iter().map(|says| json!({ "at": "", "took_ms": 12, "says": says })).collect();
            let row = json!({ "id": "m", "destination": "crm", "event": "test", "state": state, "tries": 1, "at": "", "last": last });
            came_to(&serde_json::from_value(json!({ "row": row, "message": {}, "tries": tries })).unwrap())
        };
        assert_eq!(view("due", "", &[]), "On its way");
        assert_eq!(view("due", "answered 503", &["answered 503"]), "Not delivered yet: answered 503, in 12 ms");
        assert_eq!(view("delivered", "", &["answered 503", "answered 200"]), "Delivered: answered 200, in 12 ms");
        assert_eq!(view("dead", "given up by hand", &["answered 503"]), "Given up: given up by hand");
        assert_eq!(view("dead", "", &[]), "Given up");
    }

    #[test]
    fn lengths_and_sizes_are_short() {
        assert_eq!((took(132), took(1_450)), ("132 ms".to_owned(), "1.4 s".to_owned()));
        assert_eq!([0, 999, 1_000, 1_234_567].map(grouped), ["0", "999", "1,000", "1,234,567"]);
        let sizes = [999, 1_001, 1_250_000, 10_000_000_000].map(size);
        assert_eq!(sizes, ["999 bytes", "2 KB", "1.2 MB", "10.0 GB"]);
    }

    #[test]
    fn a_fate_of_another_version_is_spelled_out() {
        assert_eq!(fate("refused_invalid"), "Refused: a field was wrong");
        assert_eq!(fate("sent_to_the_moon"), "Sent to the moon");
    }
}
