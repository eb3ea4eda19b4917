//! Business time: when a promise of so many working minutes falls due.
//!
//! A team's hours are a week of intervals in its own time zone, several a day where it has split shifts, less the days it is
//! closed. Where clocks go forward, an interval that begins in the hour that is left out begins when the clocks have moved;
//! where they go back, one that begins in the doubled hour begins the first time.
//!
//! Not here: which team promised what (`route`), or what happens when a promise is not kept (`edge`).

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

use crate::submission::day::Day;
use crate::time::Timestamp;
use crate::wire;

/// The days looked at before giving up: a promise of a year in a team that works an hour a week still ends.
const MAX_DAYS: u64 = 366 * 180;

/// A team's hours: at least one interval, each ending after it begins, none overlapping another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hours {
    zone: Tz,
    /// Monday first; each day's intervals in order.
    week: [Vec<(NaiveTime, NaiveTime)>; 7],
    closed: Vec<NaiveDate>,
}

/// Why hours make no sense.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HoursError {
    /// Not a name of the IANA time zone database.
    #[error("there is no time zone {0:?}: Europe/London is one")]
    Zone(String),
    /// Not `HH:MM`, or an end that is not after its beginning, or an overlap.
    #[error("{0} has hours that are not in order: [\"09:00\", \"17:00\"] is an interval")]
    Interval(&'static str),
    /// Not a date.
    #[error("{0:?} is no date: 2026-12-25 is one")]
    Date(String),
    /// No interval at all.
    #[error("nobody works at any time of the week")]
    Never,
}

impl Hours {
    /// Reads hours.
    ///
    /// # Errors
    /// The first thing in them that makes no sense.
    pub fn parse(hours: &wire::pool::Hours) -> Result<Self, HoursError> {
        let zone = hours.zone.parse().map_err(|_| HoursError::Zone(hours.zone.clone()))?;
        let days = &hours.week;
        let week = [
            read_day("monday", &days.monday)?,
            read_day("tuesday", &days.tuesday)?,
            read_day("wednesday", &days.wednesday)?,
            read_day("thursday", &days.thursday)?,
            read_day("friday", &days.friday)?,
            read_day("saturday", &days.saturday)?,
            read_day("sunday", &days.sunday)?,
        ];
        if week.iter().all(Vec::is_empty) {
            return Err(HoursError::Never);
        }
        let date = |text: &String| text.parse().map_err(|_| HoursError::Date(text.clone()));
        let closed = hours.closed.iter().map(date).collect::<Result<_, _>>()?;
        Ok(Self { zone, week, closed })
    }

    /// The instant at which so many working minutes have passed; the end of an interval belongs to it.
    pub fn after(&self, from: Timestamp, minutes: u32) -> Timestamp {
        self.after_ms(from, i64::from(minutes) * 60_000)
    }

    /// The same for milliseconds; none for less than none.
    pub fn after_ms(&self, from: Timestamp, ms: i64) -> Timestamp {
        let from: DateTime<Utc> = DateTime::from_timestamp_millis(from.as_ms()).unwrap_or(DateTime::UNIX_EPOCH);
        let mut left = TimeDelta::milliseconds(ms.max(0));
        let first_day = from.with_timezone(&self.zone).date_naive();
        for ahead in 0..MAX_DAYS {
            let Some(day) = first_day.checked_add_days(Days::new(ahead)) else { break };
            for (opens, closes) in self.on(day) {
                let begins = opens.max(from);
                let available = closes - begins;
                if available <= TimeDelta::zero() {
                    continue;
                }
                if available >= left {
                    return Timestamp::from_ms((begins + left).timestamp_millis());
                }
                left -= available;
            }
        }
        Timestamp::from_ms(i64::MAX)
    }

    /// The working milliseconds from one instant to another; none where the other is not later. [`Self::after_ms`] the other way
    /// round, over at most as many days.
    pub fn between(&self, from: Timestamp, to: Timestamp) -> i64 {
        let instant = |at: Timestamp| DateTime::from_timestamp_millis(at.as_ms()).unwrap_or(DateTime::UNIX_EPOCH);
        let (from, to): (DateTime<Utc>, DateTime<Utc>) = (instant(from), instant(to));
        let first_day = from.with_timezone(&self.zone).date_naive();
        let mut worked = TimeDelta::zero();
        for ahead in 0..MAX_DAYS {
            let Some(day) = first_day.checked_add_days(Days::new(ahead)) else { break };
            if self.instant(day, NaiveTime::MIN) >= to {
                break;
            }
            for (opens, closes) in self.on(day) {
                let (begins, ends) = (opens.max(from), closes.min(to));
                if ends > begins {
                    worked += ends - begins;
                }
            }
        }
        worked.num_milliseconds()
    }

    /// Whether somebody works then. An interval's end is no longer in it: who asks then waits for the next.
    pub fn is_open(&self, at: Timestamp) -> bool {
        self.after(at, 0) == at
    }

    /// The day that it is there then.
    pub fn day(&self, at: Timestamp) -> Day {
        let at: DateTime<Utc> = DateTime::from_timestamp_millis(at.as_ms()).unwrap_or(DateTime::UNIX_EPOCH);
        Day::from_1970(i64::from(at.with_timezone(&self.zone).date_naive().to_epoch_days()))
    }

    /// How many minutes the longest day of the week has.
    pub fn longest_day_minutes(&self) -> u32 {
        let minutes = |day: &Vec<(NaiveTime, NaiveTime)>| {
            day.iter().map(|(opens, closes)| (*closes - *opens).num_minutes()).sum::<i64>()
        };
        u32::try_from(self.week.iter().map(minutes).max().unwrap_or(0)).unwrap_or(0)
    }

    /// When the team's last working day before this day begins.
    pub fn day_before(&self, day: Day) -> Option<Timestamp> {
        let day = NaiveDate::from_epoch_days(day.since_1970())?;
        (1..MAX_DAYS).find_map(|back| {
            let (opens, _) = self.on(day.checked_sub_days(Days::new(back))?).next()?;
            Some(Timestamp::from_ms(opens.timestamp_millis()))
        })
    }

    /// The team's first working moment after this day.
    pub fn after_day(&self, day: Day) -> Option<Timestamp> {
        let day = NaiveDate::from_epoch_days(day.since_1970())?;
        (1..MAX_DAYS).find_map(|ahead| {
            let (opens, _) = self.on(day.checked_add_days(Days::new(ahead))?).next()?;
            Some(Timestamp::from_ms(opens.timestamp_millis()))
        })
    }

    /// The intervals of one day, in order.
    fn on(&self, day: NaiveDate) -> impl Iterator<Item = (DateTime<Utc>, DateTime<Utc>)> {
        let index = usize::try_from(day.weekday().num_days_from_monday()).unwrap_or(0);
        let intervals = self.week.get(index).filter(|_| !self.closed.contains(&day)).map_or(&[][..], Vec::as_slice);
        intervals.iter().map(move |(opens, closes)| (self.instant(day, *opens), self.instant(day, *closes)))
    }

    fn instant(&self, day: NaiveDate, time: NaiveTime) -> DateTime<Utc> {
        let local = day.and_time(time);
        // No zone leaves out more than a day (Samoa, 2011), and nearly all leave out an hour.
        let shifted =
            (0..=24).find_map(|hours| self.zone.from_local_datetime(&(local + TimeDelta::hours(hours))).earliest());
        shifted.map_or_else(|| local.and_utc(), |instant| instant.with_timezone(&Utc))
    }
}

fn read_day(name: &'static str, intervals: &[[String; 2]]) -> Result<Vec<(NaiveTime, NaiveTime)>, HoursError> {
    let time = |text: &str| NaiveTime::parse_from_str(text, "%H:%M").ok();
    let mut read: Vec<(NaiveTime, NaiveTime)> = Vec::with_capacity(intervals.len());
    for [opens, closes] in intervals {
        let interval = time(opens).zip(time(closes)).filter(|(opens, closes)| opens < closes);
        let (opens, closes) = interval.ok_or(HoursError::Interval(name))?;
        if read.last().is_some_and(|(_, before)| *before > opens) {
            return Err(HoursError::Interval(name));
        }
        read.push((opens, closes));
    }
    Ok(read)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[test]
    fn within_hours_the_clock_runs() {
        assert_eq!(due("2026-11-23T10:00:00Z", 120), "2026-11-23T12:00:00.000Z");
    }

    #[test]
    fn what_was_worked_between_two_instants_leads_from_the_one_to_the_other() {
        let week = json!({
            "zone": "America/New_York",
            "week": { "sunday": [["00:30", "04:00"]], "monday": [["09:00", "12:00"], ["13:30", "17:15"]], "friday": [["08:00", "23:59"]] },
            "closed": ["2026-11-27"],
        });
        let hours = Hours::parse(&serde_json::from_value(week).unwrap()).unwrap();
        let at = |text| Timestamp::parse(text).unwrap();
        assert_eq!(hours.between(at("2026-11-23T16:00:00Z"), at("2026-11-23T19:00:00Z")), 90 * 60_000);
        assert_eq!(hours.between(at("2026-11-23T19:00:00Z"), at("2026-11-23T16:00:00Z")), 0);
        // Over both nights on which clocks move, from any minute of the day to any other.
        for (start, minutes) in [("2026-03-05T00:00:00Z", 0..300), ("2026-10-29T00:00:00Z", 0..300)] {
            for step in minutes {
                let from = at(start).later_by_minutes(step * 37);
                let to = hours.after_ms(from, i64::from(step) * 61_001);
                assert_eq!(hours.between(from, to), i64::from(step) * 61_001, "{} {step}", from.to_rfc3339());
            }
        }
    }

    #[test]
    fn outside_hours_it_stands_still() {
        // Saturday night, Monday before nine, and Friday afternoon with an hour left.
        assert_eq!(due("2026-11-21T22:00:00Z", 120), "2026-11-23T11:00:00.000Z");
        assert_eq!(due("2026-11-23T03:00:00Z", 60), "2026-11-23T10:00:00.000Z");
        assert_eq!(due("2026-11-20T16:00:00Z", 120), "2026-11-23T10:00:00.000Z");
    }

    #[test]
    fn the_end_of_an_interval_belongs_to_it() {
        assert_eq!(due("2026-11-20T16:00:00Z", 60), "2026-11-20T17:00:00.000Z");
        assert_eq!(due("2026-11-20T17:00:00Z", 1), "2026-11-23T09:01:00.000Z");
    }

    #[test]
    fn hours_keep_to_the_clock_on_the_wall_when_it_moves() {
        // London: from 25 October 2026 nine o'clock is 09:00 UTC, until then 08:00; from 29 March 2026 08:00 again.
        assert_eq!(due("2026-10-23T15:00:00Z", 120), "2026-10-26T10:00:00.000Z");
        assert_eq!(due("2026-03-27T16:00:00Z", 120), "2026-03-30T09:00:00.000Z");
    }

    #[test]
    fn an_interval_in_the_hour_that_is_left_out_begins_after_it() {
        let night = json!({ "zone": "Europe/London", "week": { "sunday": [["01:30", "04:00"]] } });
        // 01:30 to 02:00 does not exist on 29 March 2026: the shift begins at 02:30 summer time.
        assert_eq!(due_in(night, "2026-03-28T12:00:00Z", 30), "2026-03-29T02:00:00.000Z");
    }

    #[test]
    fn split_shifts_and_closed_days_are_left_out() {
        let split = json!({
            "zone": "Asia/Colombo",
            "week": { "monday": [["09:00", "12:00"], ["14:00", "17:00"]], "tuesday": [["09:00", "12:00"]] },
            "closed": ["2026-11-24"],
        });
        // Monday 11:00 in Colombo is 05:30 UTC: an hour before the break, two after it, and no Tuesday.
        assert_eq!(due_in(split.clone(), "2026-11-23T05:30:00Z", 180), "2026-11-23T10:30:00.000Z");
        assert_eq!(due_in(split, "2026-11-23T05:30:00Z", 300), "2026-11-30T04:30:00.000Z");
    }

    #[test]
    fn a_team_is_there_from_the_first_moment_of_an_interval_until_before_its_last() {
        let week = json!({ "zone": "Europe/London", "week": { "monday": [["09:00", "12:00"], ["13:00", "17:00"]] } });
        let hours = Hours::parse(&serde_json::from_value(week).unwrap()).unwrap();
        let open = |at| hours.is_open(Timestamp::parse(at).unwrap());
        assert!(open("2026-11-23T09:00:00Z") && open("2026-11-23T11:59:59.999Z") && open("2026-11-23T13:00:00Z"));
        assert!(!open("2026-11-23T08:59:59.999Z") && !open("2026-11-23T12:00:00Z") && !open("2026-11-24T10:00:00Z"));
    }

    #[test]
    fn the_working_days_around_a_day() {
        let hours = json!({
            "zone": "Europe/London",
            "week": { "monday": [["09:00", "17:00"]], "friday": [["10:00", "12:00"], ["14:00", "17:00"]] },
            "closed": ["2026-11-23"],
        });
        let hours = Hours::parse(&serde_json::from_value(hours).unwrap()).unwrap();
        let day = |text: &str| Day::parse(text).unwrap();
        let before = |text: &str| hours.day_before(day(text)).unwrap().to_rfc3339();
        let after = |text: &str| hours.after_day(day(text)).unwrap().to_rfc3339();
        assert_eq!(before("2026-11-24"), "2026-11-20T10:00:00.000Z");
        assert_eq!(before("2026-11-30"), "2026-11-27T10:00:00.000Z");
        assert_eq!(after("2026-11-20"), "2026-11-27T10:00:00.000Z");
        assert_eq!(after("2026-07-03"), "2026-07-06T08:00:00.000Z");
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        let error = |hours: Value| Hours::parse(&serde_json::from_value(hours).unwrap()).unwrap_err();
        let week = |interval: Value| json!({ "zone": "UTC", "week": { "monday": interval } });
        assert_eq!(error(json!({ "zone": "Mars", "week": {} })), HoursError::Zone("Mars".to_owned()));
        assert_eq!(error(week(json!([]))), HoursError::Never);
        assert_eq!(error(week(json!([["17:00", "09:00"]]))), HoursError::Interval("monday"));
        assert_eq!(error(week(json!([["9", "10:00"]]))), HoursError::Interval("monday"));
        assert_eq!(error(week(json!([["09:00", "12:00"], ["11:00", "13:00"]]))), HoursError::Interval("monday"));
        let closed = json!({ "zone": "UTC", "week": { "monday": [["09:00", "12:00"]] }, "closed": ["Christmas"] });
        assert_eq!(error(closed), HoursError::Date("Christmas".to_owned()));
    }

    fn due(from: &str, minutes: u32) -> String {
        let day = [["09:00", "17:00"]];
        let week = json!({ "monday": day, "tuesday": day, "wednesday": day, "thursday": day, "friday": day });
        due_in(json!({ "zone": "Europe/London", "week": week }), from, minutes)
    }

    fn due_in(hours: Value, from: &str, minutes: u32) -> String {
        let hours = Hours::parse(&serde_json::from_value(hours).unwrap()).unwrap();
        hours.after(Timestamp::parse(from).unwrap(), minutes).to_rfc3339()
    }
}
