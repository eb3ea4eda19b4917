//! How submissions ended, by day, as a chart has it: every day of the time, and the ends in five groups.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};
use shared::wire::delivery::FateDay;

/// The groups, from the bottom of a bar to its top.
pub const GROUPS: [&str; 5] = ["Accepted", "Sent twice", "Held", "Thrown out", "Refused"];
/// The most days that one chart shows: bars stay wide enough to be seen.
const MOST_DAYS: usize = 31;

/// A day and its groups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Day {
    /// `30 Nov`.
    pub name: String,
    /// How many of each group.
    pub counts: [u64; 5],
}

/// The group of a tag. What another version calls otherwise was not accepted, as far as this one knows.
fn group(tag: &str) -> usize {
    match tag {
        "accepted" => 0,
        "duplicate" => 1,
        "held" => 2,
        "spam" | "erased" => 3,
        _ => 4,
    }
}

/// The latest days, with those between on which nothing ended.
pub fn days(known: &[FateDay]) -> Vec<Day> {
    let read = |day: &FateDay| Some((day.day.parse::<NaiveDate>().ok()?, day.counts.clone()));
    let by_day: BTreeMap<NaiveDate, BTreeMap<String, u64>> = known.iter().filter_map(read).collect();
    let (Some(first), Some(last)) = (by_day.keys().next().copied(), by_day.keys().next_back().copied()) else {
        return Vec::new();
    };
    let mut days = Vec::new();
    let mut at = Some(last);
    while let Some(day) = at.filter(|day| *day >= first && days.len() < MOST_DAYS) {
        let mut counts = [0; 5];
        for (tag, count) in by_day.get(&day).into_iter().flatten() {
            if let Some(sum) = counts.get_mut(group(tag)) {
                *sum += count;
            }
        }
        days.push(Day { name: day.format("%-d %b").to_string(), counts });
        at = day.checked_sub_days(Days::new(1));
    }
    days.reverse();
    days
}

/// The tags that occur, in the order of their groups.
pub fn tags(known: &[FateDay], totals: &BTreeMap<String, u64>) -> Vec<String> {
    let of_days = known.iter().flat_map(|day| day.counts.iter());
    let some = of_days.chain(totals).filter(|(_, count)| **count > 0).map(|(tag, _)| tag.as_str());
    let all: BTreeSet<(usize, &str)> = some.map(|tag| (group(tag), tag)).collect();
    all.into_iter().map(|(_, tag)| tag.to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(day: &str, counts: &[(&str, u64)]) -> FateDay {
        let counts = counts.iter().map(|(tag, count)| ((*tag).to_owned(), *count)).collect();
        FateDay { day: day.to_owned(), counts }
    }

    #[test]
    fn a_day_on_which_nothing_ended_has_its_place() {
        let known = [
            day("2026-11-28", &[("accepted", 2)]),
            day("2026-11-30", &[("held", 1), ("refused_quota", 3), ("refused_origin", 1)]),
        ];
        let days = days(&known);
        assert_eq!(days.iter().map(|day| day.name.as_str()).collect::<Vec<_>>(), ["28 Nov", "29 Nov", "30 Nov"]);
        assert_eq!(days.iter().map(|day| day.counts).collect::<Vec<_>>(), [[2, 0, 0, 0, 0], [0; 5], [0, 0, 1, 0, 4]]);
    }

    #[test]
    fn the_latest_days_are_shown_and_what_is_no_day_is_not() {
        assert_eq!(days(&[day("yesterday", &[("accepted", 1)])]), []);
        let known = [day("2020-01-01", &[("accepted", 1)]), day("2026-11-30", &[("accepted", 1)])];
        let days = days(&known);
        assert_eq!((days.len(), days.last().map(|day| day.name.clone())), (MOST_DAYS, Some("30 Nov".to_owned())));
    }

    #[test]
    fn tags_that_occur_stand_in_the_order_of_their_groups() {
        let totals = [("spam".to_owned(), 1), ("duplicate".to_owned(), 0)].into();
        let known = [day("2026-11-30", &[("refused_quota", 1), ("accepted", 1)])];
        assert_eq!(tags(&known, &totals), ["accepted", "spam", "refused_quota"]);
    }
}
