//! The only reader of the browser's clock, its time zone and its language.

use std::cell::Cell;
use std::time::Duration;

use js_sys::{Date, Object, Reflect};
use leptos::prelude::*;

use crate::when;

/// How often relative times are worded anew: the smallest step that they show is a minute.
const TICK: Duration = Duration::from_secs(10);
/// The `Date` header counts in seconds and is as old as the answer took: a smaller difference is no difference.
const WORTH_CORRECTING_MS: f64 = 30_000.0;

thread_local! {
    /// What to add to this machine's clock to have the server's. A wrong clock would call every promise overdue.
    static CORRECTION_MS: Cell<f64> = const { Cell::new(0.0) };
}

/// Milliseconds since 1970, as the server counts them.
pub fn now() -> i64 {
    // Whole milliseconds far below 2^53: nothing is lost.
    #[expect(clippy::cast_possible_truncation)]
    let now = (Date::now() + CORRECTION_MS.get()) as i64;
    now
}

/// A signal of [`now`] that ticks while its owner lives.
pub fn ticking() -> RwSignal<i64> {
    let time = RwSignal::new(now());
    if let Ok(ticks) = set_interval_with_handle(move || time.set(now()), TICK) {
        on_cleanup(move || ticks.clear());
    }
    let seen = window_event_listener(leptos::ev::visibilitychange, move |_| time.set(now()));
    on_cleanup(move || seen.remove());
    time
}

/// Takes the `Date` header of an answer.
pub fn heard(date: &str) {
    let difference = Date::parse(date) - Date::now();
    if difference.is_finite() {
        CORRECTION_MS.set(if difference.abs() < WORTH_CORRECTING_MS { 0.0 } else { difference });
    }
}

/// A moment in full, in the time zone of this browser: `Friday 20 November 2026 at 14:05`.
pub fn in_full(moment: &str) -> String {
    worded(moment, &[("dateStyle", "full"), ("timeStyle", "short")])
}

/// A moment in short: `20 Nov, 14:05`.
pub fn in_short(moment: &str) -> String {
    let style = [("day", "numeric"), ("month", "short"), ("hour", "2-digit"), ("minute", "2-digit")];
    worded(moment, &style)
}

/// A moment of a log: `20 Nov, 14:05:09`.
pub fn to_the_second(moment: &str) -> String {
    let style =
        [("day", "numeric"), ("month", "short"), ("hour", "2-digit"), ("minute", "2-digit"), ("second", "2-digit")];
    worded(moment, &style)
}

/// The time of a moment that is today: `14:05`.
pub fn time(moment: &str) -> String {
    worded(moment, &[("hour", "2-digit"), ("minute", "2-digit")])
}

/// The last day of a term, which ends with that day in UTC: `20 November 2026`, wherever it is read.
pub fn day(moment: &str) -> String {
    worded(moment, &[("day", "numeric"), ("month", "long"), ("year", "numeric"), ("timeZone", "UTC")])
}

/// What is typed in a field of a day and a time (`2026-11-24T09:30`), in this browser's time zone, as RFC 3339 in UTC;
/// nothing where it is no moment.
pub fn from_local(typed: &str) -> Option<String> {
    let date = Date::new(&typed.into());
    let is_moment = !typed.is_empty() && date.get_time().is_finite();
    is_moment.then(|| date.to_iso_string().into())
}

fn worded(moment: &str, style: &[(&str, &str)]) -> String {
    // What names no moment is shown as it came.
    let Some(millis) = when::millis(moment) else { return moment.to_owned() };
    let options = Object::new();
    for (key, value) in style {
        // Setting a property of a plain object cannot fail.
        let _ = Reflect::set(&options, &(*key).into(), &(*value).into());
    }
    #[expect(clippy::cast_precision_loss)]
    let date = Date::new(&(millis as f64).into());
    date.to_locale_string(&language(), &options).into()
}

/// The screens are in English: dates follow the reader's English, and are not half in another language.
fn language() -> String {
    window().navigator().language().filter(|it| it.starts_with("en")).unwrap_or_else(|| "en-GB".to_owned())
}
