use super::*;
use crate::config::read_card;
use crate::demo::workspace;
use serde_json::json;
use std::collections::BTreeMap;

const DAY: i64 = 86_400_000;
const NOON: i64 = 100 * DAY + DAY / 2;

#[test]
fn the_total_is_the_sum_of_the_groups_after_their_limits() {
    let score = scored(&[points("fit", 30), points("fit", 30), points("intent", -9)], &json!({}));
    assert_eq!((score.group(Group::Fit), score.group(Group::Intent), score.total()), (50, 0, 50));
    let limits: Vec<_> = score.reasons().iter().filter(|reason| reason.kind == Kind::GroupLimit).collect();
    assert_eq!(
        limits.iter().map(|reason| (reason.group, reason.points)).collect::<Vec<_>>(),
        [(Some(Group::Fit), -10), (Some(Group::Intent), 9),]
    );
}

#[test]
fn the_total_has_limits_of_its_own_that_leave_the_tier() {
    let mut card = wire(&[points("fit", 40), points("intent", 40)]);
    card["limits"]["total"] = json!({ "min": 0, "max": 60 });
    let score = of(card, &json!({}), &[]);
    assert_eq!((score.total(), score.tier().to_string().as_str()), (60, "A1"));
    let last = score.reasons().last().unwrap();
    assert_eq!((last.group, last.kind, last.points, &*last.rule), (None, Kind::TotalLimit, -20, "total"));
}

#[test]
fn a_value_on_a_threshold_reaches_it() {
    for (fit, intent, tier) in [(20, 30, "A1"), (19, 29, "B2"), (10, 15, "B2"), (9, 14, "C3")] {
        let score = scored(&[points("fit", fit), points("intent", intent)], &json!({}));
        assert_eq!(score.tier().to_string(), tier, "{fit} {intent}");
    }
}

#[test]
fn a_rules_limits_are_a_line_of_their_own_and_come_before_the_groups() {
    let mut rule = points("fit", 60);
    rule["limits"] = json!({ "max": 15 });
    let score = scored(&[rule, points("fit", 20)], &json!({}));
    assert_eq!(score.group(Group::Fit), 35, "limited first, then added");
    let lines: Vec<_> =
        score.reasons().iter().map(|reason| (&*reason.rule, reason.kind.tag(), reason.points)).collect();
    assert_eq!(lines, [("r0", "rule", 60), ("r0", "rule_limit", -45), ("r1", "rule", 20)]);
}

#[test]
fn the_first_branch_that_holds_gives_its_points_and_its_words() {
    let rule = json!({ "group": "fit", "otherwise": 1, "first": [
        { "when": { "visit.pages": { "$gte": 8 } }, "points": 9, "says": "Read eight pages" },
        { "when": { "visit.pages": { "$gte": 4 } }, "points": 5 },
    ] });
    for (pages, points, says) in
        [(9, 9, "Read eight pages"), (8, 9, "Read eight pages"), (4, 5, "Says"), (3, 1, "Says")]
    {
        let score = scored(std::slice::from_ref(&rule), &json!({ "visit": { "pages": pages } }));
        let reason = &score.reasons()[0];
        assert_eq!((reason.points, &*reason.says), (points, says), "{pages}");
    }
}

#[test]
fn a_sum_grows_in_step_or_with_the_doublings() {
    let rule = |scale: &str| {
        let sum = json!({ "facts": ["person.items", "person.won"], "each": 2.5, "scale": scale });
        json!({ "group": "relationship", "sum": sum, "limits": { "max": 12 } })
    };
    let points = |scale: &str, items: i32| {
        let facts = json!({ "person": { "items": items, "won": 1 } });
        scored(&[rule(scale)], &facts).group(Group::Relationship)
    };
    assert_eq!([0, 1, 2, 9].map(|items| points("linear", items)), [3, 5, 8, 12]);
    // One more than the sum is 2, 4, 8 and 1,024: its doublings are 1, 2, 3 and 10.
    assert_eq!([0, 2, 6, 1_022].map(|items| points("doublings", items)), [3, 5, 8, 12]);
}

#[test]
fn what_is_unknown_is_null_and_nothing_unless_the_rule_says_what_it_gives() {
    let mut rule = json!({ "group": "fit", "when": { "email.free": { "$ne": true } }, "points": 8 });
    let facts = |free: Value| json!({ "email": { "free": free } });
    let given = |rule: &Value, free: Value| {
        let score = scored(std::slice::from_ref(rule), &facts(free));
        score.reasons().first().map(|reason| (reason.points, reason.kind))
    };
    assert_eq!(given(&rule, Value::Null), Some((8, Kind::Rule)), "null is not true");
    rule["unknown"] = json!(0);
    assert_eq!(given(&rule, Value::Null), None);
    rule["unknown"] = json!(-3);
    assert_eq!(given(&rule, Value::Null), Some((-3, Kind::Unknown)));
    assert_eq!((given(&rule, json!(false)), given(&rule, json!(true))), (Some((8, Kind::Rule)), None));
}

#[test]
fn a_sum_of_what_is_no_number_gives_what_the_rule_says() {
    let mut rule = json!({ "group": "relationship", "sum": { "facts": ["person.won"], "each": 4 } });
    let points = |rule: &Value, won: Value| {
        scored(std::slice::from_ref(rule), &json!({ "person": { "won": won } })).group(Group::Relationship)
    };
    assert_eq!((points(&rule, json!(2)), points(&rule, Value::Null)), (8, 0));
    rule["unknown"] = json!(7);
    assert_eq!([json!(2), json!("2"), Value::Null].map(|won| points(&rule, won)), [8, 7, 7]);
}

#[test]
fn a_condition_guards_whatever_the_rule_gives() {
    let guarded = |gives: (&str, Value)| {
        let mut rule = json!({ "group": "intent", "when": { "visit.human": true } });
        rule[gives.0] = gives.1;
        rule
    };
    let rules = [
        guarded(("points", json!(1))),
        guarded(("first", json!([{ "points": 2 }]))),
        guarded(("sum", json!({ "facts": ["visit.pages"], "each": 4 }))),
        guarded(("events", json!({ "kinds": ["page_viewed"], "points": 8 }))),
    ];
    let facts = |human: bool| json!({ "visit": { "human": human, "pages": 1 } });
    let event = [did(NOON, "page_viewed")];
    assert_eq!(of(wire(&rules), &facts(true), &event).group(Group::Intent), 15);
    assert_eq!(of(wire(&rules), &facts(false), &event).group(Group::Intent), 0);
}

#[test]
fn a_reason_says_what_it_was_before_it_faded_and_goes_when_it_is_gone() {
    let rule = json!({ "group": "intent", "events": { "kinds": ["form_started"], "points": 9 } });
    let score = of(wire(&[rule]), &json!({}), &[did(NOON - 14 * DAY, "form_started")]);
    let reason = &score.reasons()[0];
    assert_eq!((reason.points, reason.before, score.group(Group::Intent)), (5, 9, 5), "14 days where nothing is said");
}

#[test]
fn a_customers_look_at_the_prices_is_a_sign_and_no_points() {
    let looks = json!({ "group": "intent", "events": { "kinds": ["pricing_viewed"], "points": 8 } });
    let reads = json!({ "group": "intent", "when": { "pricing.days_30": { "$gte": 1 } }, "points": 5 });
    let mut leaves = json!({ "group": "intent", "when": { "page.path": "/cancel" }, "points": 5 });
    leaves["customers"] = json!("churn");
    let asks = json!({ "group": "intent", "when": {}, "points": 3 });
    let rules = [looks, reads, leaves, asks];
    let facts = |customer: Value| json!({ "person": { "customer": customer }, "page": { "path": "/cancel" }, "pricing": { "days_30": 2 } });
    let event = [did(NOON, "pricing_viewed")];
    let lead = of(wire(&rules), &facts(Value::Null), &event);
    assert_eq!((lead.group(Group::Intent), lead.signs().len()), (21, 0));
    let customer = of(wire(&rules), &facts(json!(true)), &event);
    assert_eq!(customer.group(Group::Intent), 3);
    let signs: Vec<_> = customer.signs().iter().map(|sign| (&*sign.rule, sign.tag())).collect();
    assert_eq!(signs, [("r0", "expansion"), ("r1", "expansion"), ("r2", "churn")]);
}

#[test]
fn whoever_is_excluded_has_no_points_and_the_reason() {
    let mut card = wire(&[points("fit", 30)]);
    card["excluded"] = json!([
        { "id": "rivals", "when": { "email.domain": "rival.example" }, "says": "Works for a competitor" },
        { "id": "staff", "when": { "email.domain": { "$in": ["us.example"] } }, "says": "One of us" },
    ]);
    let score = of(card.clone(), &json!({ "email": { "domain": "us.example" } }), &[]);
    assert_eq!(score.excluded().map(|excluded| (&*excluded.segment, &*excluded.says)), Some(("staff", "One of us")));
    assert_eq!((score.total(), score.tier().to_string().as_str(), score.reasons().len()), (0, "C3", 0));
    assert_eq!(of(card, &json!({ "email": { "domain": "else.example" } }), &[]).total(), 30);
}

#[test]
fn a_score_names_its_card_and_its_moment() {
    let score = scored(&[], &json!({}));
    assert_eq!((score.version(), score.at()), (7, Timestamp::from_ms(NOON)));
}

fn points(group: &str, points: i32) -> Value {
    json!({ "group": group, "points": points })
}

/// A card of these rules: groups from 0 to 50, A from 20 and B from 10, 1 from 30 and 2 from 15.
pub fn wire(rules: &[Value]) -> Value {
    let rules = rules.iter().enumerate().map(|(index, rule)| {
        let mut rule = rule.clone();
        rule["id"] = json!(format!("r{index}"));
        rule["says"] = json!("Says");
        rule
    });
    let range = json!({ "min": 0, "max": 50 });
    json!({
        "limits": { "fit": range, "intent": range, "relationship": range },
        "tiers": { "fit": [20, 10], "intent": [30, 15] },
        "rules": rules.collect::<Vec<_>>(),
    })
}

pub fn read(card: Value) -> Card {
    read_card(7, &serde_json::from_value(card).unwrap(), &workspace()).unwrap()
}

fn scored(rules: &[Value], facts: &Value) -> Score {
    of(wire(rules), facts, &[])
}

fn of(card: Value, facts: &Value, events: &[Event<'_>]) -> Score {
    let score = score(&read(card), facts, events, Timestamp::from_ms(NOON));
    for group in GROUPS {
        let lines = score.reasons().iter().filter(|reason| reason.group == Some(group));
        assert_eq!(lines.map(|reason| reason.points).sum::<i32>(), score.group(group), "the reasons add up");
    }
    assert_eq!(score.reasons().iter().map(|reason| reason.points).sum::<i32>(), score.total());
    score
}

pub fn did(ms: i64, kind: &str) -> Event<'_> {
    Event::new(Timestamp::from_ms(ms), kind, &BTreeMap::new())
}
