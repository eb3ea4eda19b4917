//! Instants, as milliseconds since 1970 in UTC. No clock: the instant is always an argument.

use chrono::{DateTime, SecondsFormat, Utc};

/// An instant between the years 1970 and 9999, to the millisecond.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

/// The last millisecond of the year 9999, the last that RFC 3339 can write.
const MAX_MS: i64 = 253_402_300_799_999;

impl Timestamp {
    /// From milliseconds since 1970; what lies outside the range becomes its nearer end.
    pub fn from_ms(ms: i64) -> Self {
        Self(ms.clamp(0, MAX_MS))
    }

    /// Milliseconds since 1970.
    pub fn as_ms(self) -> i64 {
        self.0
    }

    /// Reads RFC 3339.
    pub fn parse(text: &str) -> Option<Self> {
        DateTime::parse_from_rfc3339(text).ok().map(|at| Self::from_ms(at.timestamp_millis()))
    }

    /// Writes RFC 3339 in UTC with milliseconds: `2026-11-21T09:30:00.000Z`.
    pub fn to_rfc3339(self) -> String {
        let at: DateTime<Utc> = DateTime::from_timestamp_millis(self.0).unwrap_or(DateTime::UNIX_EPOCH);
        at.to_rfc3339_opts(SecondsFormat::Millis, true)
    }

    /// Writes it as mails have it (RFC 5322, 3.3): `Mon, 30 Nov 2026 09:00:00 +0000`.
    pub fn to_rfc2822(self) -> String {
        let at: DateTime<Utc> = DateTime::from_timestamp_millis(self.0).unwrap_or(DateTime::UNIX_EPOCH);
        at.format("%a, %d %b %Y %H:%M:%S +0000").to_string()
    }

    /// Writes it for a reader without a time zone of their own: `21 November 2026, 09:30 UTC`.
    pub fn in_words(self) -> String {
        let at: DateTime<Utc> = DateTime::from_timestamp_millis(self.0).unwrap_or(DateTime::UNIX_EPOCH);
        at.format("%-d %B %Y, %H:%M UTC").to_string()
    }

    /// The instant so many minutes later.
    pub fn later_by_minutes(self, minutes: u32) -> Self {
        Self::from_ms(self.0.saturating_add(i64::from(minutes) * 60_000))
    }

    /// The instant so many milliseconds earlier.
    pub fn earlier_by_ms(self, ms: u64) -> Self {
        Self::from_ms(self.0.saturating_sub(i64::try_from(ms).unwrap_or(i64::MAX)))
    }

    /// The beginning of a day in UTC.
    pub fn start_of(day: crate::submission::day::Day) -> Self {
        Self::from_ms(i64::from(day.since_1970()) * 86_400_000)
    }

    /// The day it lies in, counted from 1970 in UTC.
    pub fn day(self) -> i64 {
        self.0 / 86_400_000
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_back() {
        let at = Timestamp::from_ms(1_795_253_400_123);
        assert_eq!(Timestamp::parse(&at.to_rfc3339()), Some(at));
    }

    #[test]
    fn an_offset_is_read_into_utc() {
        let at = Timestamp::parse("2026-11-21T10:30:00+01:00").unwrap();
        assert_eq!(at.to_rfc3339(), "2026-11-21T09:30:00.000Z");
    }

    #[test]
    fn a_page_without_a_script_says_when_in_words() {
        let at = Timestamp::parse("2026-11-21T09:30:00Z").unwrap();
        assert_eq!(at.in_words(), "21 November 2026, 09:30 UTC");
    }

    #[test]
    fn no_sum_leaves_the_range() {
        assert_eq!(Timestamp::from_ms(5).earlier_by_ms(u64::MAX), Timestamp::from_ms(0));
        assert_eq!(Timestamp::from_ms(i64::MAX).later_by_minutes(u32::MAX).as_ms(), MAX_MS);
    }
}
