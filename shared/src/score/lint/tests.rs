use super::super::tests::{read, wire};
use super::*;
use crate::demo::{config, workspace};
use serde_json::json;

#[test]
fn nothing_is_odd_in_the_demo() {
    assert_eq!(lint(config().card(), &workspace()), []);
}

#[test]
fn a_rule_that_can_never_match_is_told_with_the_reason() {
    for (when, says) in [
        (json!({ "form.kind": "enquiry" }), r#"form.kind is never "enquiry": it is inquiry, trial, support"#),
        (json!({ "visit.pages": "4" }), r#"visit.pages is never "4": it is a number"#),
        (json!({ "email.free": { "$gte": 1 } }), "email.free cannot be compared so: it is true or false"),
        (json!({ "visit.pages": { "$gt": 4, "$lt": 2 } }), "visit.pages cannot be all that at once"),
        (json!({ "values.interest": "teem" }), ""),
        (json!({ "$and": [{ "email.free": true }, { "email.free": false }] }), "email.free cannot be all that at once"),
    ] {
        let hints = of(&[json!({ "group": "fit", "when": when, "points": 30 }), reached()]);
        let hint = hints.first().unwrap();
        assert_eq!((hint.path.as_str(), hint.code), ("card.rules[0].when", "never"), "{when}");
        assert!(says.is_empty() || hint.says == says, "{}", hint.says);
    }
}

#[test]
fn what_may_match_is_left_alone() {
    for when in [
        json!({ "visit.events": { "$in": ["a"] }, "$and": [{ "visit.events": { "$in": ["b"] } }] }),
        json!({ "$or": [{ "form.kind": "trial" }, { "form.kind": "inquiry" }] }),
        json!({ "values.interest": { "$ne": "team" }, "email.domain": { "$regex": "edu$" } }),
        json!({ "person.customer": null, "visit.pages": { "$gte": 1 } }),
    ] {
        assert_eq!(of(&[json!({ "group": "fit", "when": when, "points": 30 }), reached()]), [], "{when}");
    }
}

#[test]
fn a_branch_behind_a_wider_one_is_told() {
    let branch = |from: i32| json!({ "when": { "visit.pages": { "$gte": from } }, "points": from });
    let rule = |branches: &[Value]| json!({ "group": "fit", "first": branches });
    assert_eq!(codes(&[rule(&[branch(30), branch(4)]), reached()]), [""; 0]);
    let behind = [branch(4), branch(30), json!({ "points": 20 }), json!({ "points": 1 })];
    let found = ["card.rules[0].first[1] shadowed", "card.rules[0].first[3] shadowed"];
    assert_eq!(codes(&[rule(&behind), reached()]), found);
    let mut closed = rule(&[json!({ "points": 20 })]);
    closed["otherwise"] = json!(2);
    assert_eq!(codes(&[closed, reached()]), ["card.rules[0].otherwise shadowed"]);
    let mut guarded = rule(&[json!({ "when": { "visit.pages": 2 }, "points": 20 })]);
    guarded["when"] = json!({ "visit.pages": { "$gte": 3 } });
    assert_eq!(codes(&[guarded, reached()]), ["card.rules[0].first[0].when never"]);
}

#[test]
fn thresholds_are_compared_with_the_points_that_there_are() {
    let some = |points: i32| json!({ "group": "fit", "when": { "email.free": false }, "points": points });
    assert_eq!(codes(&[some(12), reached()]), ["card.tiers.fit[0] out_of_reach"]);
    assert_eq!(codes(&[some(12), some(8), reached()]), [""; 0]);
    let always = json!({ "group": "fit", "points": 15 });
    assert_eq!(codes(&[always, some(8), reached()]), ["card.tiers.fit[1] everybody"]);
    // Nobody sends two forms at once: 12 and 12 never add up to 20.
    let kind = |kind: &str| json!({ "group": "fit", "when": { "form.kind": kind }, "points": 12 });
    assert_eq!(codes(&[kind("trial"), kind("inquiry"), reached()]), ["card.tiers.fit[0] out_of_reach"]);
}

#[test]
fn limits_that_do_nothing_or_take_all_are_told() {
    let limited = |points: i32, limits: Value| {
        let when = json!({ "email.free": false });
        json!({ "group": "fit", "when": when, "points": points, "limits": limits })
    };
    let ok = json!({ "group": "fit", "when": { "site.partner": true }, "points": 30 });
    let code = |rule: Value| codes(&[rule, ok.clone(), reached()]);
    assert_eq!(code(limited(9, json!({ "max": 0 }))), ["card.rules[0].limits pointless"]);
    assert_eq!(code(limited(9, json!({ "max": 12 }))), ["card.rules[0].limits.max idle_limit"]);
    assert_eq!(code(limited(-9, json!({ "min": -12 }))), ["card.rules[0].limits.min idle_limit"]);
    assert_eq!(code(limited(0, json!({}))), ["card.rules[0] pointless"]);
    assert_eq!(code(limited(60, json!({}))), ["card.rules[0] over_limit"]);
    assert_eq!(code(limited(60, json!({ "max": 40 }))), [""; 0]);
}

#[test]
fn bands_with_gaps_or_behind_a_limit_are_told() {
    let bands = json!([{ "from": 1, "to": 1, "points": 10 }, { "from": 3, "points": 20 }, { "from": 6, "points": 30 }]);
    let events = json!({ "kinds": ["looked"], "bands": bands });
    let rule = json!({ "group": "intent", "events": events, "limits": { "max": 20 } });
    let fit = json!({ "group": "fit", "when": { "email.free": false }, "points": 20 });
    let found = ["card.rules[0].events.bands[1] gap", "card.rules[0].events.bands[2] pointless"];
    assert_eq!(codes(&[rule, fit, reached()]), found);
}

#[test]
fn ranges_of_two_rules_that_overlap_in_part_are_told() {
    let rule = |range: Value| json!({ "group": "fit", "when": { "visit.pages": range }, "points": 10 });
    let two = |one: Value, other: Value| codes(&[rule(one), rule(other), reached()]);
    assert_eq!(two(json!({ "$gte": 2, "$lte": 4 }), json!({ "$gte": 4 })), ["card.rules[1].when overlap"]);
    assert_eq!(two(json!({ "$gte": 2, "$lt": 4 }), json!({ "$gte": 4 })), [""; 0]);
    assert_eq!(two(json!({ "$gte": 2 }), json!({ "$gte": 4 })), [""; 0], "one more step, on purpose");
}

#[test]
fn a_group_that_holds_nothing_is_told() {
    let mut card = wire(&[json!({ "group": "relationship", "points": 4 })]);
    card["limits"]["relationship"] = json!({ "min": -5, "max": 0 });
    let codes: Vec<&str> = lint(&read(card), &workspace()).iter().map(|hint| hint.code).collect();
    assert!(codes.contains(&"pointless"), "{codes:?}");
}

/// Reaches every threshold of intent.
fn reached() -> Value {
    json!({ "group": "intent", "events": { "kinds": ["looked"], "points": 5 } })
}

fn of(rules: &[Value]) -> Vec<Hint> {
    lint(&read(wire(rules)), &workspace())
}

fn codes(rules: &[Value]) -> Vec<String> {
    of(rules).into_iter().map(|hint| format!("{} {}", hint.path, hint.code)).collect()
}
