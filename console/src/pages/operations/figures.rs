//! What each figure says, what it means, and whether it is worth a look.

use shared::wire::delivery::OperationsView;

use crate::when::{self, MINUTE};
use crate::words;

/// What waits longer than an hour waits for somebody.
const LONG: i64 = 60 * MINUTE;
/// An alarm comes within moments of its time.
const LATE: i64 = 2 * MINUTE;
/// Cloudflare gives one database so much.
const MOST_BYTES: u64 = 10_000_000_000;

/// One figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    /// What it is of.
    pub name: &'static str,
    /// The figure.
    pub says: String,
    /// What belongs to it.
    pub about: String,
    /// What it means, and what to do where it is bad.
    pub means: &'static str,
    /// Whether it is worth a look.
    pub is_bad: bool,
    /// Where to look: an address below the console's, and its words.
    pub way: Option<(&'static str, &'static str)>,
}

/// All of them.
pub fn figures(view: &OperationsView, now: i64) -> Vec<Figure> {
    vec![waiting(view, now), dead(view), alarm(view, now), storage(view)]
}

fn waiting(view: &OperationsView, now: i64) -> Figure {
    let oldest = view.oldest_at.as_deref().and_then(when::millis).filter(|_| view.waiting > 0);
    Figure {
        name: "Waiting to be delivered",
        says: words::grouped(view.waiting.into()),
        about: oldest.map(|oldest| format!("the oldest from {}", when::ago(now, oldest))).unwrap_or_default(),
        means: "What is on its way to your other systems. Where it grows, or the oldest is hours old, a destination does not answer.",
        is_bad: oldest.is_some_and(|oldest| now - oldest > LONG),
        way: (view.waiting > 0).then_some(("/deliveries?state=due", "See what waits")),
    }
}

fn dead(view: &OperationsView) -> Figure {
    Figure {
        name: "Given up",
        says: words::grouped(view.dead.into()),
        about: String::new(),
        means: "What was tried for three days, or refused for good. Nothing is lost: put right what is wrong, then replay it.",
        is_bad: view.dead > 0,
        way: (view.dead > 0).then_some(("/deliveries?state=dead", "See what was given up, and why")),
    }
}

fn alarm(view: &OperationsView, now: i64) -> Figure {
    let at = view.alarm_at.as_deref().and_then(when::millis);
    let (says, is_bad) = match at {
        Some(at) if now - at > LATE => (format!("Late: it was due {}", when::ago(now, at)), true),
        Some(at) if at - now < MINUTE => ("Set, within a minute".to_owned(), false),
        Some(at) => (format!("Set, {}", when::due(now, at)), false),
        None if view.waiting > 0 => ("Not set, although something waits".to_owned(), true),
        None => ("Not set: nothing is to be done".to_owned(), false),
    };
    Figure {
        name: "Alarm",
        says,
        about: String::new(),
        means: "It wakes the desk for what is due: deliveries, promises, scores. Where it is late or missing, restart the server; any new submission sets it again.",
        is_bad,
        way: None,
    }
}

fn storage(view: &OperationsView) -> Figure {
    // In tenths of a percent.
    let share = view.storage_bytes.saturating_mul(1_000) / MOST_BYTES;
    let about = match share {
        0 => "under 0.1 % of 10 GB".to_owned(),
        _ => format!("{}.{} % of 10 GB", share / 10, share % 10),
    };
    Figure {
        name: "Storage",
        says: words::size(view.storage_bytes),
        about,
        means: "What this workspace\u{2019}s database takes. Cloudflare gives it 10 GB; on a server of your own its disk is the end. Ask who runs Usher before it is full.",
        is_bad: share >= 800,
        way: None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const NOW: &str = "2026-11-30T12:00:00Z";

    fn read(change: serde_json::Value) -> Vec<Figure> {
        let mut view =
            json!({ "fates": [], "totals": {}, "waiting": 0, "dead": 0, "storage_bytes": 1_250_000, "rows": {} });
        for (key, value) in change.as_object().unwrap() {
            view[key] = value.clone();
        }
        figures(&serde_json::from_value(view).unwrap(), when::millis(NOW).unwrap())
    }

    fn bad(change: serde_json::Value) -> Vec<&'static str> {
        read(change).into_iter().filter(|it| it.is_bad).map(|it| it.name).collect()
    }

    #[test]
    fn a_quiet_desk_is_worth_no_look() {
        assert_eq!(bad(json!({})), Vec::<&str>::new());
        assert_eq!(
            bad(json!({ "waiting": 3, "oldest_at": "2026-11-30T11:30:00Z", "alarm_at": "2026-11-30T12:00:05Z" })),
            Vec::<&str>::new()
        );
    }

    #[test]
    fn what_waits_for_hours_what_was_given_up_and_an_alarm_that_is_late_are() {
        let old = json!({ "waiting": 3, "oldest_at": "2026-11-30T09:00:00Z", "alarm_at": NOW });
        assert_eq!(bad(old), ["Waiting to be delivered"]);
        assert_eq!(bad(json!({ "dead": 1 })), ["Given up"]);
        assert_eq!(bad(json!({ "alarm_at": "2026-11-30T11:57:00Z" })), ["Alarm"]);
        assert_eq!(bad(json!({ "waiting": 1 })), ["Alarm"]);
        assert_eq!(bad(json!({ "storage_bytes": 8_000_000_000_u64 })), ["Storage"]);
    }

    #[test]
    fn figures_are_in_words() {
        let all =
            read(json!({ "waiting": 1200, "oldest_at": "2026-11-30T11:30:00Z", "alarm_at": "2026-11-30T12:25:00Z" }));
        let says: Vec<String> = all.iter().map(|it| format!("{} {}", it.says, it.about).trim().to_owned()).collect();
        assert_eq!(says, ["1,200 the oldest from 30 min ago", "0", "Set, in 25 min", "1.2 MB under 0.1 % of 10 GB"]);
    }
}
