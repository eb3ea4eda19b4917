//! Promises in time: when somebody is warned that one is in danger, what is done about it, and how a clock that stood still
//! goes on.
//!
//! A promise has a length in working or calendar time. At 50, 75 and 90 percent of it whoever waits is told, and its
//! remedies are made at the percent that they name; at 100 it is missed. While the ball is with the visitor the clock
//! stands still: what is left is kept, and counts from the moment it goes on.
//!
//! Not here: what a remedy does to rows (`edge`), or business hours (`business`).

use crate::business::Hours;
use crate::time::Timestamp;
use crate::wire::pool::{Does, Remedy};

/// What is done where a rule does not say.
pub const USUAL: [Remedy; 4] = [
    Remedy { at: 50, does: Does::Nudge },
    Remedy { at: 75, does: Does::Widen },
    Remedy { at: 90, does: Does::Reassign },
    Remedy { at: 100, does: Does::Escalate },
];
/// When whoever waits is told, in percent; at the last one it is missed.
pub const WARNINGS: [u32; 4] = [50, 75, 90, MISSED];
/// All of it.
pub const MISSED: u32 = 100;
/// How many members an item is given to one after the other before it is left to its queue.
pub const MOST_OWNERS: usize = 3;

/// A clock that a promise goes by.
#[derive(Debug, Clone, Copy)]
pub enum Clock<'a> {
    /// It runs while these are kept.
    Business(&'a Hours),
    /// It always runs.
    Calendar,
}

impl Clock<'_> {
    /// When so many milliseconds have passed on it.
    pub fn after(self, from: Timestamp, ms: i64) -> Timestamp {
        match self {
            Self::Business(hours) => hours.after_ms(from, ms),
            Self::Calendar => Timestamp::from_ms(from.as_ms().saturating_add(ms.max(0))),
        }
    }

    /// How many milliseconds pass on it from one instant to another; none where the other is not later.
    pub fn between(self, from: Timestamp, to: Timestamp) -> i64 {
        match self {
            Self::Business(hours) => hours.between(from, to),
            Self::Calendar => to.as_ms().saturating_sub(from.as_ms()).max(0),
        }
    }
}

/// A promise that is kept an eye on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Promise {
    /// How long it is, in milliseconds of its clock.
    pub length: i64,
    /// How much of that is left.
    pub left: i64,
    /// The percent up to which everything was done.
    pub done: u32,
}

impl Promise {
    /// One of so many minutes, that begins.
    pub fn of_minutes(minutes: u32) -> Self {
        let length = i64::from(minutes) * 60_000;
        Self { length, left: length, done: 0 }
    }

    /// When it is missed, where its clock goes on at `now`.
    pub fn due(self, clock: Clock<'_>, now: Timestamp) -> Timestamp {
        clock.after(now, self.left)
    }

    /// The next percent at which something is to be done, and when that is, where its clock goes on at `now`; nothing once
    /// it is missed.
    pub fn next(self, remedies: &[Remedy], clock: Clock<'_>, now: Timestamp) -> Option<(u32, Timestamp)> {
        let all = WARNINGS.into_iter().chain(remedies.iter().map(|remedy| remedy.at));
        let percent = all.filter(|percent| *percent > self.done).min()?;
        let left_then = self.length * i64::from(MISSED - percent.min(MISSED)) / i64::from(MISSED);
        Some((percent, clock.after(now, self.left - left_then)))
    }
}

/// What is done at a percent.
pub fn at(remedies: &[Remedy], percent: u32) -> impl Iterator<Item = Does> + '_ {
    remedies.iter().filter(move |remedy| remedy.at == percent).map(|remedy| remedy.does)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn warnings_come_in_working_time_and_the_last_is_the_promise_itself() {
        let hours =
            json!({ "zone": "UTC", "week": { "monday": [["09:00", "11:00"]], "tuesday": [["09:00", "17:00"]] } });
        let hours = Hours::parse(&serde_json::from_value(hours).unwrap()).unwrap();
        let clock = Clock::Business(&hours);
        let start = at_("2026-11-23T10:00:00Z");
        let mut promise = Promise::of_minutes(120);
        let mut told = Vec::new();
        // Each step is found from the one before, as an alarm finds it.
        let mut now = start;
        while let Some((percent, then)) = promise.next(&USUAL, clock, now) {
            promise = Promise { left: promise.left - clock.between(now, then), done: percent, ..promise };
            now = then;
            told.push((percent, then.to_rfc3339()));
        }
        let expected = [
            (50, "2026-11-23T11:00:00.000Z"),
            (75, "2026-11-24T09:30:00.000Z"),
            (90, "2026-11-24T09:48:00.000Z"),
            (100, "2026-11-24T10:00:00.000Z"),
        ];
        assert_eq!(told, expected.map(|(percent, at)| (percent, at.to_owned())));
        assert_eq!(Promise::of_minutes(120).due(clock, start), now);
    }

    #[test]
    fn a_clock_that_stood_still_goes_on_with_what_was_left() {
        let start = at_("2026-11-23T10:00:00Z");
        let promise = Promise::of_minutes(60);
        let stopped = start.later_by_minutes(35);
        let left = Clock::Calendar.between(stopped, promise.due(Clock::Calendar, start));
        let later = at_("2026-12-01T08:00:00Z");
        let promise = Promise { left, done: 50, ..promise };
        assert_eq!(promise.next(&USUAL, Clock::Calendar, later), Some((75, later.later_by_minutes(10))));
        assert_eq!(promise.due(Clock::Calendar, later), later.later_by_minutes(25));
    }

    #[test]
    fn remedies_have_steps_of_their_own() {
        let remedies = [Remedy { at: 20, does: Does::Nudge }, Remedy { at: 100, does: Does::Escalate }];
        let now = at_("2026-11-23T10:00:00Z");
        let promise = Promise::of_minutes(10);
        assert_eq!(promise.next(&remedies, Clock::Calendar, now), Some((20, now.later_by_minutes(2))));
        assert_eq!(at(&remedies, 20).collect::<Vec<_>>(), [Does::Nudge]);
        assert_eq!(Promise { done: 100, ..promise }.next(&remedies, Clock::Calendar, now), None);
    }

    fn at_(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }
}
