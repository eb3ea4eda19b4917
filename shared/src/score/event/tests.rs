use super::super::fixed::whole;
use super::*;
use crate::wire::visit::{Pricing, Summary};
use serde_json::json;

const NOON: i64 = 100 * DAY_MS + DAY_MS / 2;

#[test]
fn the_points_of_each_fade_from_its_own_moment() {
    let counting = counting(Worth::Each(Milli::points(8)), Span::HalfLife(14 * DAY_MS), false);
    assert_eq!(counted(counting.clone(), &[NOON]), (8, 8));
    assert_eq!(counted(counting.clone(), &[NOON - 14 * DAY_MS]), (8, 4));
    assert_eq!(counted(counting, &[NOON - 28 * DAY_MS, NOON - 14 * DAY_MS, NOON]), (24, 2 + 4 + 8));
}

#[test]
fn under_bands_each_adds_what_its_band_gives_beyond_the_one_before() {
    let days = |ago: &[i64]| ago.iter().map(|ago| NOON - ago * DAY_MS).collect::<Vec<_>>();
    let counting = counting(bands(&[(1, 1, 8), (2, 3, 18), (4, u32::MAX, 28)]), Span::HalfLife(14 * DAY_MS), true);
    assert_eq!(counted(counting.clone(), &days(&[14])), (8, 4));
    assert_eq!(counted(counting.clone(), &days(&[14, 0])), (18, 8 + 5));
    assert_eq!(counted(counting.clone(), &days(&[56, 28, 14, 0])), (28, 8 + 5 + 1), "a sixteenth of 10 is 0.6");
    // The third day back leads into no other band: it adds nothing.
    assert_eq!(counted(counting, &days(&[28, 14, 0])), (18, 8 + 5));
}

#[test]
fn both_ends_of_a_band_are_in_it_and_between_bands_is_nothing() {
    let worth = bands(&[(2, 3, 18), (5, 5, 28)]);
    let of: Vec<i32> = (0..7).map(|count| worth.of(count).whole()).collect();
    assert_eq!(of, [0, 0, 18, 18, 0, 28, 0]);
    let added: i32 = (1..=5).map(|count| worth.added(count).whole()).sum();
    assert_eq!(added, 28);
}

#[test]
fn days_are_those_of_utc_and_count_once() {
    let midnight = 100 * DAY_MS;
    let counting = counting(Worth::Each(Milli::points(5)), Span::Days(30), true);
    assert_eq!(counted(counting.clone(), &[midnight - 1, midnight]), (10, 10));
    assert_eq!(counted(counting, &[midnight, midnight + 1, NOON]), (5, 5));
}

#[test]
fn a_window_ends_with_its_last_day() {
    let counting = counting(Worth::Each(Milli::points(5)), Span::Days(2), false);
    let yesterday = 99 * DAY_MS;
    assert_eq!(counted(counting.clone(), &[yesterday]), (5, 5));
    assert_eq!(counted(counting, &[yesterday - 1]), (0, 0));
}

#[test]
fn what_is_to_come_has_not_happened() {
    let counting = counting(Worth::Each(Milli::points(5)), Span::HalfLife(DAY_MS), false);
    assert_eq!(counted(counting, &[NOON, NOON + 1]), (5, 5));
}

#[test]
fn an_event_is_asked_what_more_there_is_to_it() {
    let when = Condition::parse(&json!({ "plan": "team" })).unwrap();
    let mut counters = Counters::default();
    let counting = Counting { when: When::of(when), ..counting(Worth::Each(Milli::points(1)), Span::Days(1), false) };
    counters.add(&["looked".to_owned(), "looked".to_owned()], counting);
    let about = |plan: &str| BTreeMap::from([("plan".to_owned(), plan.to_owned())]);
    let at = Timestamp::from_ms(NOON);
    let events = [
        Event::new(at, "looked", &about("team")),
        Event::new(at, "looked", &about("solo")),
        Event::new(at, "looked", &BTreeMap::new()),
        Event::new(at, "pressed", &about("team")),
    ];
    assert_eq!(counters.tally(&events, at).iter().map(|tally| whole(tally.after)).collect::<Vec<_>>(), [1]);
    assert_eq!(counters.list(&events, at), [vec![(at, Milli::points(1))]]);
}

#[test]
fn details_are_asked_alike_by_their_marks_and_by_their_texts() {
    let about = |plan: &str| BTreeMap::from([("plan".to_owned(), plan.to_owned()), ("n".to_owned(), "1".to_owned())]);
    let at = Timestamp::from_ms(NOON);
    for (when, is_marks, of_team, of_solo, of_none) in [
        (json!({ "plan": "team" }), true, true, false, false),
        (json!({ "plan": { "$in": ["team", "pro"] }, "n": "1" }), true, true, false, false),
        (json!({ "plan": "team", "n": "2" }), true, false, false, false),
        (json!({ "plan": { "$ne": "team" } }), false, false, true, true),
        (json!({ "plan": { "$regex": "^t" } }), false, true, false, false),
        (json!({ "$or": [{ "plan": "solo" }, { "plan": null }] }), false, false, true, true),
    ] {
        let read = When::of(Condition::parse(&when).unwrap()).unwrap();
        assert_eq!(matches!(read, When::Is(_)), is_marks, "{when}");
        let holds = |about: &BTreeMap<String, String>| read.holds(&Event::new(at, "looked", about));
        let held = (holds(&about("team")), holds(&about("solo")), holds(&BTreeMap::new()));
        assert_eq!(held, (of_team, of_solo, of_none), "{when}");
    }
    assert_eq!(When::of(Condition::parse(&json!({})).unwrap()), None);
}

#[test]
fn only_a_persons_signals_count_and_days_of_the_summary_are_added() {
    let robot = Seen { human: false, ..Seen::new(Timestamp::from_ms(NOON), PRICING_VIEWED) };
    let person = Seen::new(Timestamp::from_ms(NOON + 5), PRICING_VIEWED);
    let pricing = Pricing { days: vec![90, 100], ..Pricing::default() };
    let visit = Visit::with_summary(vec![robot, person], Summary { pricing, ..Summary::default() });
    let at: Vec<i64> = events(&visit).iter().map(|event| event.at.as_ms()).collect();
    assert_eq!(at, [90 * DAY_MS, NOON + 5]);
}

fn counting(worth: Worth, span: Span, by_day: bool) -> Counting {
    Counting { when: None, by_day, worth, span }
}

fn bands(bands: &[(u32, u32, i64)]) -> Worth {
    let band = |(from, to, points): &(u32, u32, i64)| {
        let points = Milli::points(*points);
        Band { from: *from, to: *to, points, says: None }
    };
    Worth::Bands(Bands::new(bands.iter().map(band).collect()))
}

/// The points before and after fading, at noon of the 100th day.
fn counted(counting: Counting, at: &[i64]) -> (i32, i32) {
    let mut counters = Counters::default();
    counters.add(&["looked".to_owned()], counting);
    let none = BTreeMap::new();
    let events: Vec<Event<'_>> = at.iter().map(|at| Event::new(Timestamp::from_ms(*at), "looked", &none)).collect();
    let tally = counters.tally(&events, Timestamp::from_ms(NOON))[0];
    (whole(tally.before), whole(tally.after))
}
