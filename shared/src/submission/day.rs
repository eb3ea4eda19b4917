//! Days of the calendar, as a form may take them, and what "today" is. Small on purpose: it runs in the widget, where a
//! calendar library would weigh more than the form.

use crate::time::Timestamp;

/// A day between the years 1000 and 9999, counted from 1 January 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(i32);

/// The day before year 1000 began and the day after 9999 ended are no days here.
const FIRST: i32 = -354_285;
const LAST: i32 = 2_932_896;

impl Day {
    /// Reads `2026-11-23`, if there was or will be such a day.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        if bytes.len() != 10 || bytes.get(4) != Some(&b'-') || bytes.get(7) != Some(&b'-') {
            return None;
        }
        let (year, month, day) = (digits(bytes.get(..4)?)?, digits(bytes.get(5..7)?)?, digits(bytes.get(8..)?)?);
        let read = from_civil(year, month, day);
        let exists = (1..=12).contains(&month) && day >= 1 && year >= 1_000 && to_civil(read) == (year, month, day);
        exists.then_some(Self(read))
    }

    /// The day so many days after 1 January 1970; what lies outside the range becomes its nearer end.
    pub fn from_1970(days: i64) -> Self {
        Self(i32::try_from(days).unwrap_or(if days < 0 { FIRST } else { LAST }).clamp(FIRST, LAST))
    }

    /// The day so many days later; earlier where it is negative.
    pub fn plus(self, days: i32) -> Self {
        Self(self.0.saturating_add(days).clamp(FIRST, LAST))
    }

    /// Days from 1 January 1970.
    pub fn since_1970(self) -> i32 {
        self.0
    }

    /// Writes `2026-11-23`.
    pub fn to_text(self) -> String {
        let (year, month, day) = to_civil(self.0);
        let mut text = String::with_capacity(10);
        for (number, places) in [(year, 1_000), (month, 10), (day, 10)] {
            if !text.is_empty() {
                text.push('-');
            }
            let mut place = places;
            while place > 0 {
                text.push(u8::try_from(number / place % 10).map_or('0', |digit| char::from(b'0' + digit)));
                place /= 10;
            }
        }
        text
    }
}

/// Which days may be today where the visitor is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Today {
    /// The earliest.
    pub earliest: Day,
    /// The latest.
    pub latest: Day,
}

impl Today {
    /// The one day of a visitor's own calendar.
    pub fn exactly(day: Day) -> Self {
        Self { earliest: day, latest: day }
    }

    /// What an instant says of a form that arrives then: it may come from any time zone, and a form that was sealed on
    /// the device may have waited 72 hours. So the edge never refuses a date that the widget took.
    pub fn around(at: Timestamp) -> Self {
        let day = Day::from_1970(at.day());
        Self { earliest: day.plus(-4), latest: day.plus(1) }
    }
}

/// An end of the range a date must lie in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DayLimit {
    /// This day.
    On(Day),
    /// So many days after today.
    FromToday(i32),
}

impl DayLimit {
    /// Reads `2026-12-01`, `today`, `today+14` or `today-7`; at most 9,999 days from today.
    pub fn parse(text: &str) -> Option<Self> {
        let Some(rest) = text.strip_prefix("today") else { return Day::parse(text).map(Self::On) };
        if rest.is_empty() {
            return Some(Self::FromToday(0));
        }
        let (sign, count) = match rest.strip_prefix('+') {
            Some(count) => (1, count),
            None => (-1, rest.strip_prefix('-')?),
        };
        let fits = (1..=4).contains(&count.len());
        digits(count.as_bytes()).filter(|_| fits).map(|count| Self::FromToday(sign * count))
    }

    /// The day, counted from this one.
    pub fn from(self, today: Day) -> Day {
        match self {
            Self::On(day) => day,
            Self::FromToday(days) => today.plus(days),
        }
    }
}

fn digits(bytes: &[u8]) -> Option<i32> {
    bytes.iter().try_fold(0_i32, |number, byte| {
        let digit = byte.is_ascii_digit().then(|| i32::from(byte - b'0'))?;
        number.checked_mul(10)?.checked_add(digit)
    })
}

/// Days from 1 January 1970 in the Gregorian calendar, by eras of 400 years that begin on 1 March.
fn from_civil(year: i32, month: i32, day: i32) -> i32 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

fn to_civil(days: i32) -> (i32, i32, i32) {
    let days = days + 719_468;
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + days.div_euclid(146_097) * 400 + i32::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{Datelike, NaiveDate};

    #[test]
    fn the_calendar_is_the_gregorian_one() {
        // Each 97th day of nine thousand years, against the calendar library.
        for days in (FIRST..LAST).step_by(97) {
            let date = NaiveDate::from_epoch_days(days).unwrap();
            assert_eq!(to_civil(days), (date.year(), date.month().cast_signed(), date.day().cast_signed()));
            let day = Day::from_1970(days.into());
            assert_eq!((day.to_text(), Day::parse(&day.to_text())), (date.to_string(), Some(day)));
        }
    }

    #[test]
    fn what_is_no_day_is_refused() {
        let no_days = [
            "",
            "2026-02-29",
            "2026-13-01",
            "2026-00-10",
            "2026-11-00",
            "2026-11-31",
            "26-11-23",
            "2026-1-1",
            "0999-12-31",
            "2026/11/23",
            "2026-11-23T",
            "20261-1-23",
            "-026-11-23",
            "२०२६-११-२३",
        ];
        for text in no_days {
            assert_eq!(Day::parse(text), None, "{text:?}");
        }
        assert!(Day::parse("2028-02-29").is_some() && Day::parse("9999-12-31").is_some());
    }

    #[test]
    fn a_limit_is_a_day_or_counts_from_today() {
        let today = Day::parse("2026-11-23").unwrap();
        let day = |text: &str| DayLimit::parse(text).map(|limit| limit.from(today).to_text());
        assert_eq!(day("today").as_deref(), Some("2026-11-23"));
        assert_eq!(day("today+14").as_deref(), Some("2026-12-07"));
        assert_eq!(day("today-23").as_deref(), Some("2026-10-31"));
        assert_eq!(day("2027-01-01").as_deref(), Some("2027-01-01"));
        for bad in ["tomorrow", "today+", "today 1", "today+x", "today+99999", "today+-1"] {
            assert_eq!(day(bad), None, "{bad}");
        }
    }

    #[test]
    fn no_sum_leaves_the_range() {
        assert_eq!(Day::from_1970(i64::MAX).plus(i32::MAX).to_text(), "9999-12-31");
        assert_eq!(Day::from_1970(i64::MIN).plus(i32::MIN).to_text(), "1000-01-01");
    }
}
