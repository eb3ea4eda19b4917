//! When a delivery that failed is tried again: the schedule of Standard Webhooks, ten tries over 75 hours.

use super::{End, Tried};
use crate::time::Timestamp;

/// The wait before each try, in seconds: 0 s, 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h.
pub const WAITS_S: [i64; 10] = [0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];
/// The longest that a receiver may ask us to wait.
const MAX_WAIT_S: i64 = 86_400;

/// What becomes of a delivery after a try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// It is delivered.
    Delivered,
    /// It is tried again.
    Again(Timestamp),
    /// It is given up, and kept with the reason.
    Dead,
}

/// What comes after the try that was number `tries` (from 1). `random` spreads what failed together: up to a tenth of the wait.
pub fn next(tries: usize, tried: &Tried, now: Timestamp, random: u32) -> Next {
    match tried.end {
        End::Confirmed => Next::Delivered,
        End::Refused | End::Gone => Next::Dead,
        End::Failed => match WAITS_S.get(tries) {
            None => Next::Dead,
            Some(wait_s) => {
                let spread_ms = wait_s * 100;
                let jitter_ms = if spread_ms > 0 { i64::from(random) % spread_ms } else { 0 };
                let asked_ms = tried.wait_s.unwrap_or(0).min(MAX_WAIT_S) * 1_000;
                Next::Again(Timestamp::from_ms(now.as_ms() + (wait_s * 1_000 + jitter_ms).max(asked_ms)))
            }
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        Timestamp::from_ms(1_000_000)
    }

    #[test]
    fn ten_tries_take_75_hours_35_minutes_and_5_seconds_at_least_and_a_tenth_more_at_most() {
        for (random, most) in [(0, 1.0), (u32::MAX, 1.1)] {
            let mut at = now();
            let mut tries = 1;
            while let Next::Again(next) = next(tries, &Tried::failed("down"), at, random) {
                (at, tries) = (next, tries + 1);
            }
            assert_eq!(tries, 10);
            let took_s = (at.as_ms() - now().as_ms()) as f64 / 1_000.0;
            let least = f64::from(75 * 3_600 + 35 * 60 + 5);
            assert!((least..=least * most).contains(&took_s), "{took_s} s");
        }
    }

    #[test]
    fn a_receiver_is_left_alone_for_as_long_as_it_asks_but_never_for_more_than_a_day() {
        let asked = |wait_s| Tried { wait_s: Some(wait_s), ..Tried::failed("busy") };
        assert_eq!(next(1, &asked(120), now(), 0), Next::Again(Timestamp::from_ms(now().as_ms() + 120_000)));
        // What it asks is less than the schedule has anyway.
        assert_eq!(next(3, &asked(1), now(), 0), Next::Again(Timestamp::from_ms(now().as_ms() + 1_800_000)));
        assert_eq!(next(1, &asked(i64::MAX), now(), 0), Next::Again(Timestamp::from_ms(now().as_ms() + 86_400_000)));
    }

    #[test]
    fn what_never_works_is_given_up_at_once() {
        let ended = |end| next(1, &Tried { end, ..Tried::failed("") }, now(), 0);
        assert_eq!(ended(End::Refused), Next::Dead);
        assert_eq!(ended(End::Gone), Next::Dead);
        assert_eq!(ended(End::Confirmed), Next::Delivered);
    }
}
