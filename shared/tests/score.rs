//! The contract of the score card: `tests/vectors/score.json`, read by the same code natively and as wasm. Cases written by
//! hand say what rules mean; a hundred thousand made by a seed say that every machine computes the same.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test may fail by panicking")]
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "what is made here is small"
)]

use std::collections::BTreeMap;

use serde_json::{Value, json};
use shared::config::read_card;
use shared::score::next::next;
use shared::score::{Card, Event, GROUPS, Score, score};
use shared::time::Timestamp;
use shared::wire::Workspace;

mod seed;

use seed::{Hash, Seed};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test;

const VECTORS: &str = include_str!("../../tests/vectors/score.json");
const DEMO: &str = include_str!("../../demo/workspace.json");
const DAY: i64 = 86_400_000;

#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
#[cfg_attr(not(target_arch = "wasm32"), test)]
fn scores_are_made_as_agreed() {
    let vectors: Value = serde_json::from_str(VECTORS).unwrap();
    for case in vectors["scores"].as_array().unwrap() {
        let card = read(case);
        let now = Timestamp::parse(case["now"].as_str().unwrap_or("2026-11-21T12:00:00Z")).unwrap();
        let events = events(case, now);
        let got = score(&card, &case["facts"], &events, now);
        let mut told = told(&got);
        if let Some(wanted) = case["score"].as_object() {
            // A case names what it is about.
            told.as_object_mut().unwrap().retain(|name, _| wanted.contains_key(name));
        }
        if case["score"].get("next").is_some() {
            let next = next(&card, &case["facts"], &events, now);
            told["next"] = json!([next.points.map(Timestamp::to_rfc3339), next.tier.map(Timestamp::to_rfc3339)]);
        }
        assert_eq!(told, case["score"], "{}", case["name"]);
    }
}

#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
#[cfg_attr(not(target_arch = "wasm32"), test)]
fn cards_are_refused_as_agreed() {
    let vectors: Value = serde_json::from_str(VECTORS).unwrap();
    for case in vectors["refused"].as_array().unwrap() {
        let card = serde_json::from_value(wire(case)).unwrap();
        let problems = read_card(1, &card, &workspace()).unwrap_err();
        let told: Vec<_> = problems.iter().map(|problem| format!("{} {}", problem.field, problem.code)).collect();
        assert_eq!(json!(told), case["problems"], "{}", case["name"]);
    }
}

/// 1,000 cards, and 100 leads for each.
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
#[cfg_attr(not(target_arch = "wasm32"), test)]
fn a_hundred_thousand_scores_are_the_same_on_every_machine() {
    let vectors: Value = serde_json::from_str(VECTORS).unwrap();
    let mut seed = Seed(vectors["generated"]["seed"].as_u64().unwrap());
    let workspace = workspace();
    let mut hash = Hash(0xcbf2_9ce4_8422_2325);
    for _ in 0..1_000 {
        let card = serde_json::from_value(seed.card()).unwrap();
        let card = read_card(1, &card, &workspace).unwrap();
        for lead in 0..100 {
            let now = Timestamp::from_ms(1_000 * DAY + seed.below(DAY));
            let facts = seed.facts();
            let happened: Vec<(Timestamp, &str, BTreeMap<String, String>)> = seed.events(now);
            let events: Vec<_> = happened.iter().map(|(at, kind, about)| Event::new(*at, kind, about)).collect();
            hash.of_score(&score(&card, &facts, &events, now));
            if lead == 0 {
                let next = next(&card, &facts, &events, now);
                hash.number(next.points.map_or(-1, Timestamp::as_ms));
                hash.number(next.tier.map_or(-1, Timestamp::as_ms));
            }
        }
    }
    assert_eq!(format!("{:016x}", hash.0), vectors["generated"]["hash"].as_str().unwrap());
}

/// What a score says, as the vectors write it.
fn told(score: &Score) -> Value {
    let lines = score.reasons().iter().map(|line| {
        let before = (line.before != line.points).then_some(line.before);
        json!([&*line.rule, line.kind.tag(), line.points, before])
    });
    json!({
        "tier": score.tier().to_string(),
        "groups": GROUPS.map(|group| score.group(group)),
        "total": score.total(),
        "lines": lines.collect::<Vec<_>>(),
        "says": score.reasons().iter().map(|line| &*line.says).collect::<Vec<_>>(),
        "signs": score.signs().iter().map(|sign| [&*sign.rule, sign.tag()]).collect::<Vec<_>>(),
        "excluded": score.excluded().map(|excluded| &*excluded.segment),
    })
}

/// A case's card: its own rules, and what it says of limits, tiers and segments.
fn wire(case: &Value) -> Value {
    let range = json!({ "min": 0, "max": 50 });
    let mut card = json!({
        "limits": { "fit": range, "intent": range, "relationship": range },
        "tiers": { "fit": [20, 10], "intent": [30, 15] },
        "rules": case["rules"],
    });
    for (name, own) in case["card"].as_object().into_iter().flatten() {
        card[name] = own.clone();
    }
    let count = case["copies"].as_u64().unwrap_or(1);
    if count > 1 {
        let copy = |number: u64| {
            let mut rule = case["rules"][0].clone();
            rule["id"] = json!(format!("r{number}"));
            rule
        };
        card["rules"] = (0..count).map(copy).collect();
    }
    for rule in card["rules"].as_array_mut().unwrap() {
        let id = rule["id"].clone();
        rule.as_object_mut().unwrap().entry("says").or_insert(id);
    }
    card
}

fn read(case: &Value) -> Card {
    let card = serde_json::from_value(wire(case)).unwrap();
    read_card(1, &card, &workspace()).unwrap_or_else(|problems| panic!("{}: {problems:?}", case["name"]))
}

/// `["pricing_viewed", "2026-11-20T12:00:00Z", { "plan": "team" }]`, or how many days before now.
fn events(case: &Value, now: Timestamp) -> Vec<Event<'_>> {
    let mut events: Vec<_> = (case["events"].as_array().into_iter().flatten())
        .map(|event| {
            let at = match event[1].as_f64() {
                Some(days) => Timestamp::from_ms(now.as_ms() - (days * DAY as f64) as i64),
                None => Timestamp::parse(event[1].as_str().unwrap()).unwrap(),
            };
            let about: BTreeMap<String, String> = serde_json::from_value(event[2].clone()).unwrap_or_default();
            (at, event[0].as_str().unwrap(), about)
        })
        .collect();
    events.sort();
    events.iter().map(|(at, kind, about)| Event::new(*at, kind, about)).collect()
}

fn workspace() -> Workspace {
    serde_json::from_str(DEMO).unwrap()
}

impl Hash {
    fn of_score(&mut self, score: &Score) {
        self.text(score.tier().to_string().as_bytes());
        self.number(score.total().into());
        for group in GROUPS {
            self.number(score.group(group).into());
        }
        for line in score.reasons() {
            self.text(line.rule.as_bytes());
            self.text(line.kind.tag().as_bytes());
            self.number(line.points.into());
            self.number(line.before.into());
        }
        for sign in score.signs() {
            self.text(sign.rule.as_bytes());
        }
        self.text(score.excluded().map_or("", |excluded| &excluded.segment).as_bytes());
    }
}

const KINDS: [&str; 5] = ["page_viewed", "pricing_viewed", "plan_focused", "form_started", "lesson_finished"];

impl Seed {
    /// Points with up to three decimals.
    fn points(&mut self) -> Value {
        let milli = self.below(60_000) - 15_000;
        json!(milli as f64 / self.pick(&[1_000.0, 1_000.0, 100.0]))
            .as_f64()
            .map(|it| json!((it * 1e3).round() / 1e3))
            .unwrap()
    }

    fn condition(&mut self) -> Value {
        let number = self.below(8);
        match self.below(9) {
            0 => json!({}),
            1 => json!({ "email.free": self.pick(&[true, false]) }),
            2 => json!({ "visit.pages": { "$gte": number } }),
            3 => json!({ "pricing.days_30": { "$gte": number, "$lt": number + 3 } }),
            4 => json!({ "form.kind": { "$in": ["inquiry", self.pick(&["trial", "support"])] } }),
            5 => json!({ "email.domain": { "$ne": self.pick(&["a.example", "b.example"]) } }),
            6 => json!({ "$or": [{ "site.partner": true }, { "person.items": { "$gt": number } }] }),
            7 => json!({ "person.customer": { "$exists": self.pick(&[true, false]) } }),
            _ => json!({ "visit.events": { "$in": [self.pick(&["lesson", "quiz"])] } }),
        }
    }

    fn card(&mut self) -> Value {
        let range = |low: i64, high: i64| json!({ "min": low, "max": high });
        let mut card = json!({
            "limits": {
                "fit": range(-self.below(20), 40), "intent": range(0, 30 + self.below(60)), "relationship": range(-5, 20),
                "total": range(-10, 90),
            },
            "tiers": { "fit": [20, 5], "intent": [30, 15] },
            "excluded": [{ "id": "staff", "when": { "email.domain": "us.example" }, "says": "Staff" }],
        });
        let count = 4 + self.below(12);
        card["rules"] = (0..count).map(|index| self.rule(index)).collect();
        card
    }

    fn rule(&mut self, index: i64) -> Value {
        let group = self.pick(&["fit", "intent", "intent", "relationship"]);
        let mut rule = json!({ "id": format!("r{index}"), "says": "Says", "group": group, "when": self.condition() });
        match self.below(if group == "fit" { 4 } else { 7 }) {
            0 => rule["points"] = self.points(),
            1 => {
                let count = 1 + self.below(3);
                let branch = |seed: &mut Self| json!({ "when": seed.condition(), "points": seed.points() });
                rule["first"] = (0..count).map(|_| branch(self)).collect();
                rule["otherwise"] = self.points();
            }
            2 | 3 => {
                let facts = self.pick(&[&["person.items"][..], &["visit.pages", "pricing.visible_secs"]]);
                let scale = self.pick(&["linear", "doublings"]);
                rule["sum"] = json!({ "facts": facts, "each": self.points(), "scale": scale });
            }
            _ => rule["events"] = self.counting(),
        }
        if self.below(3) == 0 {
            let low = self.below(40) - 30;
            rule["limits"] = json!({ "min": low, "max": low + self.below(30) });
        }
        if self.below(4) == 0 {
            rule["unknown"] = self.points();
        }
        rule
    }

    fn counting(&mut self) -> Value {
        let mut events = json!({ "kinds": [self.pick(&KINDS), self.pick(&KINDS)] });
        if self.below(2) == 0 {
            events["points"] = self.points();
        } else {
            let from = 1 + self.below(3);
            let bands = [(from, Some(from)), (from + 1 + self.below(2), Some(from + 4)), (from + 6, None)];
            let band = |(from, to): (i64, Option<i64>), seed: &mut Self| match to {
                Some(to) => json!({ "from": from, "to": to, "points": seed.points() }),
                None => json!({ "from": from, "points": seed.points() }),
            };
            events["bands"] = bands.into_iter().map(|one| band(one, self)).collect();
        }
        match self.below(3) {
            0 => events["half_life_days"] = json!((1 + self.below(60_000)) as f64 / 1_000.0),
            1 => events["window_days"] = json!(1 + self.below(40)),
            _ => {}
        }
        if self.below(2) == 0 {
            events["count"] = json!(self.pick(&["each", "days"]));
        }
        if self.below(3) == 0 {
            events["when"] = json!({ "plan": self.pick(&["team", "solo"]) });
        }
        events
    }

    fn facts(&mut self) -> Value {
        let mut maybe = |value: Value| if self.below(5) == 0 { Value::Null } else { value };
        let mut facts = json!({ "email": { "free": maybe(json!(true)) } });
        facts["form"] = json!({ "kind": self.pick(&["inquiry", "trial", "support"]) });
        let domains = ["a.example", "b.example", "c.example", "d.example", "us.example"];
        facts["email"]["domain"] = json!(self.pick(&domains));
        facts["visit"] = json!({ "pages": self.below(12), "events": [self.pick(&["lesson", "quiz", "other"])] });
        let secs = self.below(4_000) as f64 / 8.0;
        facts["pricing"] = json!({ "days_30": self.below(9), "visible_secs": secs });
        facts["site"] = json!({ "partner": self.below(2) == 0 });
        let customer = self.pick(&[Value::Null, json!(false), json!(true)]);
        facts["person"] = json!({ "items": self.below(1_000_000), "customer": customer });
        facts
    }

    fn events(&mut self, now: Timestamp) -> Vec<(Timestamp, &'static str, BTreeMap<String, String>)> {
        let count = self.below(12);
        let mut events: Vec<_> = (0..count)
            .map(|_| {
                let at = Timestamp::from_ms(now.as_ms() - self.below(40 * DAY) + DAY / 4);
                let plan = self.pick(&["team", "solo"]).to_owned();
                (at, self.pick(&KINDS), BTreeMap::from([("plan".to_owned(), plan)]))
            })
            .collect();
        events.sort();
        events
    }
}
