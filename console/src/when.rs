//! Times in words, from numbers: no clock here, and no time zone (`clock` has both).

/// One minute, in the milliseconds that all of these functions count in.
pub const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// The moment an RFC 3339 text names, in milliseconds since 1970. A text that names none has no relative time, and the
/// screen shows it as it is.
pub fn millis(text: &str) -> Option<i64> {
    chrono::DateTime::parse_from_rfc3339(text).ok().map(|moment| moment.timestamp_millis())
}

/// A moment as RFC 3339; nothing for one that no calendar has.
pub fn rfc3339(millis: i64) -> Option<String> {
    let moment = chrono::DateTime::from_timestamp_millis(millis)?;
    Some(moment.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true))
}

/// How pressing a promise is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Press {
    /// There is time.
    Calm,
    /// There is little.
    Near,
    /// There was.
    Late,
}

impl Press {
    /// As the style sheet knows it.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Calm => "calm",
            Self::Near => "near",
            Self::Late => "late",
        }
    }
}

/// `just now`, `5 min ago`.
pub fn ago(now: i64, then: i64) -> String {
    let passed = now - then;
    // Clocks differ by seconds; nothing that is listed here lies in the future.
    if passed < MINUTE { "just now".to_owned() } else { format!("{} ago", roughly(passed)) }
}

/// `in 25 min`, `due now`, `4 min overdue`.
pub fn due(now: i64, by: i64) -> String {
    let left = by - now;
    if left <= -MINUTE {
        format!("{} overdue", roughly(-left))
    } else if left < MINUTE {
        "due now".to_owned()
    } else {
        format!("in {}", span(left))
    }
}

/// A promise presses from a quarter of its time on, but at the earliest an hour and at the latest a quarter of an hour
/// before its end: a promise over a weekend does not press all Sunday, and none is seen for the first time when late.
pub fn press(now: i64, opened: i64, by: i64) -> Press {
    let left = by - now;
    let window = ((by - opened) / 4).clamp(15 * MINUTE, HOUR);
    if left < 0 {
        Press::Late
    } else if left <= window {
        Press::Near
    } else {
        Press::Calm
    }
}

/// How long before the submission something happened, or after it: `4 min before`.
pub fn beside(sent: i64, then: i64) -> String {
    let apart = (sent - then).abs();
    let side = if then > sent { "after" } else { "before" };
    if apart < MINUTE { format!("{} s {side}", apart / 1000) } else { format!("{} {side}", roughly(apart)) }
}

/// A length of time in one unit: what has passed is told roughly.
fn roughly(length: i64) -> String {
    if length < HOUR {
        format!("{} min", length / MINUTE)
    } else if length < 2 * DAY {
        format!("{} h", length / HOUR)
    } else {
        format!("{} days", length / DAY)
    }
}

/// A length of time with its minutes, as long as they matter: what is left is planned with.
fn span(length: i64) -> String {
    match (length / HOUR, length % HOUR / MINUTE) {
        (hours @ 1..10, minutes @ 1..) => format!("{hours} h {minutes} min"),
        _ => roughly(length),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_read_in_any_zone() {
        assert_eq!(millis("1970-01-01T01:00:00.250+01:00"), Some(250));
        assert_eq!(millis("1970-01-01T00:00:01Z"), Some(1000));
        assert_eq!(millis("yesterday"), None);
        assert_eq!(rfc3339(250).as_deref(), Some("1970-01-01T00:00:00.250Z"));
        assert_eq!(rfc3339(i64::MAX), None);
    }

    #[test]
    fn the_past_in_words() {
        assert_eq!(said(ago, 0), "just now");
        assert_eq!(said(ago, -5_000), "just now", "a clock that runs ahead");
        assert_eq!(said(ago, 59_999), "just now");
        assert_eq!(said(ago, MINUTE), "1 min ago");
        assert_eq!(said(ago, 59 * MINUTE + 59_999), "59 min ago");
        assert_eq!(said(ago, HOUR), "1 h ago");
        assert_eq!(said(ago, 2 * HOUR + 5 * MINUTE), "2 h ago");
        assert_eq!(said(ago, 11 * HOUR + 5 * MINUTE), "11 h ago");
        assert_eq!(said(ago, 47 * HOUR), "47 h ago");
        assert_eq!(said(ago, 3 * DAY), "3 days ago");
    }

    #[test]
    fn a_promise_in_words() {
        assert_eq!(due(0, 25 * MINUTE), "in 25 min");
        assert_eq!(due(0, HOUR), "in 1 h");
        assert_eq!(due(0, 2 * HOUR + 5 * MINUTE), "in 2 h 5 min");
        assert_eq!(due(0, 10 * HOUR + 5 * MINUTE), "in 10 h");
        assert_eq!(due(0, 30_000), "due now");
        assert_eq!(due(30_000, 0), "due now");
        assert_eq!(due(4 * MINUTE, 0), "4 min overdue");
        assert_eq!(due(26 * HOUR, 0), "26 h overdue");
    }

    #[test]
    fn a_promise_presses_near_its_end_only() {
        let four_hours = 4 * HOUR;
        assert_eq!(press(0, 0, four_hours), Press::Calm);
        assert_eq!(press(3 * HOUR, 0, four_hours), Press::Near);
        assert_eq!(press(four_hours + 1, 0, four_hours), Press::Late);
        assert_eq!(press(DAY, 0, 3 * DAY), Press::Calm, "a weekend between");
        assert_eq!(press(3 * DAY - HOUR, 0, 3 * DAY), Press::Near);
        assert_eq!(press(10 * MINUTE, 0, 20 * MINUTE), Press::Near, "a short promise still warns");
    }

    #[test]
    fn what_came_before_and_after_in_words() {
        assert_eq!(beside(42_000, 0), "42 s before");
        assert_eq!(beside(0, 5_000), "5 s after");
        assert_eq!(beside(12 * MINUTE, 0), "12 min before");
    }

    fn said(words: fn(i64, i64) -> String, passed: i64) -> String {
        let then = 1_800_000_000_000;
        words(then + passed, then)
    }
}
