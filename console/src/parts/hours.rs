//! Working hours and leave as people type them: `09:00-12:30, 13:30-17:00` for a day, `2026-12-21 to 2027-01-04` for a leave.
//! Whether they make sense, the edge says.

use shared::wire::pool::{Leave, Week};

/// The days of a week, in order.
pub const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// A day's intervals as text.
pub fn to_text(intervals: &[[String; 2]]) -> String {
    let each = intervals.iter().map(|[opens, closes]| format!("{opens}-{closes}"));
    each.collect::<Vec<_>>().join(", ")
}

/// Reads a day's intervals; nothing where it is none.
pub fn read(text: &str) -> Option<Vec<[String; 2]>> {
    let each = text.split([',', ';']).map(str::trim).filter(|part| !part.is_empty());
    each.map(|part| {
        let (opens, closes) = part.split_once(['-', '\u{2013}'])?;
        Some([time(opens.trim())?, time(closes.trim())?])
    })
    .collect()
}

/// `9` and `9:00` are `09:00`.
fn time(text: &str) -> Option<String> {
    let (hours, minutes) = text.split_once([':', '.']).unwrap_or((text, "00"));
    let number = |text: &str, most: u32| text.parse::<u32>().ok().filter(|number| *number <= most && text.len() <= 2);
    Some(format!("{:02}:{:02}", number(hours, 23)?, number(minutes, 59)?))
}

/// A day of a week, by its place in [`DAYS`].
pub fn day(week: &Week, at: usize) -> &[[String; 2]] {
    let days =
        [&week.monday, &week.tuesday, &week.wednesday, &week.thursday, &week.friday, &week.saturday, &week.sunday];
    days.get(at).map_or(&[], |day| day)
}

/// The same, to be changed.
pub fn day_mut(week: &mut Week, at: usize) -> Option<&mut Vec<[String; 2]>> {
    let days = [
        &mut week.monday,
        &mut week.tuesday,
        &mut week.wednesday,
        &mut week.thursday,
        &mut week.friday,
        &mut week.saturday,
        &mut week.sunday,
    ];
    days.into_iter().nth(at)
}

/// A week of seven days.
pub fn week(days: [Vec<[String; 2]>; 7]) -> Week {
    let [monday, tuesday, wednesday, thursday, friday, saturday, sunday] = days;
    Week { monday, tuesday, wednesday, thursday, friday, saturday, sunday }
}

/// A leave as text.
pub fn leave_to_text(leave: &Leave) -> String {
    if leave.from == leave.until { leave.from.clone() } else { format!("{} to {}", leave.from, leave.until) }
}

/// Reads a leave: a day, or two.
pub fn read_leave(text: &str) -> Leave {
    let (from, until) = text.split_once("to").unwrap_or((text, text));
    Leave { from: from.trim().to_owned(), until: until.trim().to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_read_as_people_type_it_and_written_as_it_is_kept() {
        let split = [["09:00".to_owned(), "12:30".to_owned()], ["13:30".to_owned(), "17:00".to_owned()]];
        for text in ["09:00-12:30, 13:30-17:00", "9-12:30;13.30 \u{2013} 17", " 9:00 - 12:30 ,13:30-17:00,"] {
            assert_eq!(read(text).as_deref(), Some(&split[..]), "{text}");
        }
        assert_eq!(to_text(&split), "09:00-12:30, 13:30-17:00");
        assert_eq!(read(""), Some(Vec::new()));
        for text in ["nine to five", "9", "9-25", "9-12:75", "09:00-"] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn a_leave_is_a_day_or_two() {
        let leave = |from: &str, until: &str| Leave { from: from.to_owned(), until: until.to_owned() };
        assert_eq!(read_leave("2026-12-21 to 2027-01-04"), leave("2026-12-21", "2027-01-04"));
        assert_eq!(read_leave(" 2026-12-24 "), leave("2026-12-24", "2026-12-24"));
        assert_eq!(leave_to_text(&leave("2026-12-21", "2027-01-04")), "2026-12-21 to 2027-01-04");
        assert_eq!(leave_to_text(&leave("2026-12-24", "2026-12-24")), "2026-12-24");
    }
}
