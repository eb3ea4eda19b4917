use super::super::tests::{did, read, wire};
use super::*;
use crate::score::{Score, score};
use serde_json::{Value, json};

const DAY: i64 = 86_400_000;
const NOON: i64 = 100 * DAY + DAY / 2;

#[test]
fn points_differ_at_the_moment_that_is_named_and_not_before() {
    let rule = json!({ "group": "intent", "events": { "kinds": ["looked"], "points": 40 } });
    exact(&[rule], &json!({}), &[did(NOON - 3 * DAY, "looked"), did(NOON, "looked")]);
}

#[test]
fn a_window_ends_at_midnight() {
    let rule = json!({ "group": "intent", "events": { "kinds": ["looked"], "points": 40, "window_days": 7 } });
    let next = exact(&[rule], &json!({}), &[did(NOON - 3 * DAY, "looked")]);
    assert_eq!(next.points, Some(Timestamp::from_ms(104 * DAY)), "97 to 103 are seven days");
    assert_eq!(next.tier, next.points);
}

#[test]
fn a_window_over_bands_moves_to_the_band_below() {
    let bands = json!([{ "from": 1, "to": 1, "points": 8 }, { "from": 2, "points": 18 }]);
    let rule = json!({ "group": "intent", "events": { "kinds": ["looked"], "bands": bands, "window_days": 7 } });
    let days = [NOON - 3 * DAY, NOON - 2 * DAY, NOON].map(|at| did(at, "looked"));
    // Three days become two at midnight before the 104th: the same band. A day later it is one.
    let next = exact(&[rule], &json!({}), &days);
    assert_eq!(next.points, Some(Timestamp::from_ms(105 * DAY)));
}

#[test]
fn bands_that_give_less_for_more_fade_both_ways() {
    let bands = json!([{ "from": 1, "to": 1, "points": 20 }, { "from": 2, "points": 5 }]);
    let rule = json!({ "group": "intent", "events": { "kinds": ["looked"], "bands": bands, "half_life_days": 3 } });
    exact(&[rule], &json!({}), &[did(NOON - 3 * DAY, "looked"), did(NOON, "looked")]);
}

#[test]
fn what_the_limits_hide_is_no_change() {
    let rule = |points: i32| json!({ "group": "intent", "events": { "kinds": ["looked"], "points": points } });
    let mut held = rule(100);
    held["limits"] = json!({ "max": 10 });
    exact(&[held], &json!({}), &[did(NOON, "looked")]);
    // The group holds 50 of 200: it takes two half-lives.
    let next = exact(&[rule(200)], &json!({}), &[did(NOON, "looked")]);
    assert!(next.points.is_some_and(|at| at.as_ms() > NOON + 27 * DAY), "{next:?}");
}

#[test]
fn nothing_changes_by_itself_where_nothing_fades() {
    let fixed = json!({ "group": "intent", "points": 20 });
    let other =
        json!({ "group": "intent", "when": { "form.kind": "trial" }, "events": { "kinds": ["looked"], "points": 9 } });
    assert_eq!(exact(&[fixed, other], &json!({}), &[did(NOON, "looked")]), Next::default());
}

#[test]
fn a_customers_sign_ends_when_its_points_would() {
    let rule = json!({ "group": "intent", "events": { "kinds": ["pricing_viewed"], "points": 8, "window_days": 1 } });
    let facts = json!({ "person": { "customer": true } });
    let next = exact(&[rule], &facts, &[did(NOON, "pricing_viewed")]);
    assert_eq!((next.points, next.tier), (Some(Timestamp::from_ms(101 * DAY)), None));
}

/// What is computed, after it was compared with scores just before and at the moments that it names.
fn exact(rules: &[Value], facts: &Value, events: &[Event<'_>]) -> Next {
    let card = read(wire(rules));
    let now = Timestamp::from_ms(NOON);
    let points = |score: &Score| (GROUPS.map(|group| score.group(group)), score.signs().len());
    let at = |ms: i64| score(&card, facts, events, Timestamp::from_ms(ms));
    let next = next(&card, facts, events, now);
    match next.points.map(Timestamp::as_ms) {
        Some(ms) => {
            assert_ne!(points(&at(ms)), points(&at(NOON)));
            let between = (0..200).map(|part| NOON + (ms - 1 - NOON) * part / 199);
            between.for_each(|ms| assert_eq!(points(&at(ms)), points(&at(NOON))));
        }
        None => (0..2_000).for_each(|day| assert_eq!(points(&at(NOON + day * DAY)), points(&at(NOON)))),
    }
    match next.tier.map(Timestamp::as_ms) {
        Some(ms) => assert!(at(ms).tier() != at(NOON).tier() && at(ms - 1).tier() == at(NOON).tier()),
        None => (0..2_000).for_each(|day| assert_eq!(at(NOON + day * DAY).tier(), at(NOON).tier())),
    }
    next
}
