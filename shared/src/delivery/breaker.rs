//! The circuit breaker of a destination: who does not answer is left alone for a while, then asked with one delivery, and
//! stopped after five days. What waits meanwhile loses no try of its schedule.

use serde::{Deserialize, Serialize};

use super::{End, Tried};
use crate::time::Timestamp;

/// So many failures in a row open the circuit. A receiver that fails three times in ten does so once in 170,000 deliveries.
const FAILURES: u32 = 10;
/// How long it is left alone the first time, and at most, in milliseconds: twice as long after each failure.
const FIRST_PAUSE_MS: i64 = 30_000;
const MAX_PAUSE_MS: i64 = 15 * 60_000;
/// Who has not answered for so long is stopped: as long as Svix waits, in milliseconds.
const MAX_SILENCE_MS: i64 = 120 * 3_600_000;

/// What is known of how a destination answers. The default is: well.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Breaker {
    /// Failures since the last success.
    pub failures: u32,
    /// When the first of them was, in milliseconds since 1970.
    pub failing_since: Option<i64>,
    /// What the last of them came to.
    pub last: String,
    /// Until when it is left alone, in milliseconds since 1970.
    pub rests_until: Option<i64>,
    /// Why it is told of nothing until somebody says that it may be again.
    pub stopped: Option<String>,
}

/// Whether something may be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Gate {
    /// Whatever is due.
    Open,
    /// One delivery, to see whether it answers again.
    One,
    /// Nothing before then.
    Rests(Timestamp),
    /// Nothing at all: why.
    Stopped(String),
}

impl Breaker {
    /// Whether something may be sent now.
    pub fn gate(&self, now: Timestamp) -> Gate {
        match (&self.stopped, self.rests_until) {
            (Some(why), _) => Gate::Stopped(why.clone()),
            (None, Some(until)) if until > now.as_ms() => Gate::Rests(Timestamp::from_ms(until)),
            (None, Some(_)) => Gate::One,
            (None, None) => Gate::Open,
        }
    }

    /// The same after a try. What is wrong with one message says nothing of the receiver, which did answer.
    pub fn after(self, tried: &Tried, now: Timestamp) -> Self {
        match tried.end {
            End::Confirmed | End::Refused => Self::default(),
            End::Gone => Self { stopped: Some(tried.says.clone()), ..self },
            End::Failed => {
                let failures = self.failures.saturating_add(1);
                let since = self.failing_since.unwrap_or(now.as_ms());
                let doublings = failures.saturating_sub(FAILURES).min(16);
                let pause_ms = (FIRST_PAUSE_MS << doublings).min(MAX_PAUSE_MS);
                let is_silent = now.as_ms() - since >= MAX_SILENCE_MS;
                Self {
                    failures,
                    failing_since: Some(since),
                    last: tried.says.clone(),
                    rests_until: (failures >= FAILURES).then_some(now.as_ms() + pause_ms),
                    stopped: is_silent.then(|| format!("no answer for five days; the last time: {}", tried.says)),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_ms(ms)
    }

    fn failing(times: u32, now: i64) -> Breaker {
        (0..times).fold(Breaker::default(), |breaker, _| breaker.after(&Tried::failed("down"), at(now)))
    }

    #[test]
    fn nine_failures_change_nothing_and_the_tenth_gives_the_receiver_a_rest() {
        assert_eq!(failing(9, 0).gate(at(0)), Gate::Open);
        assert_eq!(failing(10, 0).gate(at(0)), Gate::Rests(at(30_000)));
        assert_eq!(failing(10, 0).gate(at(30_000)), Gate::One);
    }

    #[test]
    fn each_failure_after_that_doubles_the_rest_up_to_a_quarter_of_an_hour() {
        let rests = |times| failing(times, 0).rests_until;
        assert_eq!((rests(11), rests(12)), (Some(60_000), Some(120_000)));
        assert_eq!((rests(15), rests(4_000)), (Some(900_000), Some(900_000)));
    }

    #[test]
    fn a_success_and_a_refusal_of_one_message_show_that_it_answers() {
        let confirmed = Tried::answered(200, None, "", false);
        let refused = Tried::answered(422, None, "", true);
        for tried in [confirmed, refused] {
            assert_eq!(failing(12, 0).after(&tried, at(1)), Breaker::default());
        }
    }

    #[test]
    fn who_wants_nothing_any_more_and_who_is_silent_for_five_days_is_stopped() {
        let gone = Breaker::default().after(&Tried::answered(410, None, "", false), at(0));
        assert_eq!(gone.gate(at(i64::MAX)), Gate::Stopped("answered 410, without a word".to_owned()));
        let silent = failing(1, 0).after(&Tried::failed("could not connect"), at(MAX_SILENCE_MS));
        assert!(matches!(silent.gate(at(MAX_SILENCE_MS)), Gate::Stopped(_)));
        assert_eq!(failing(1, 0).after(&Tried::failed(""), at(MAX_SILENCE_MS - 1)).stopped, None);
    }
}
