//! A lead with 200 signals on cards of 100 rules, and a learner that has learnt.
//!
//! Two cards: one is made of the demo's rules, each five times with other numbers, so that rules are of the kinds that people
//! write; on the other three of ten rules count signals, ten of them the commonest one, which is more than anybody writes.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use shared::config::Config;
use shared::features;
use shared::learn::{Fact, Learner, Scored};
use shared::score::{Event, score};
use shared::time::Timestamp;

const RULES: usize = 100;
const SIGNALS: usize = 200;
/// Leads that differ, so that no branch is always taken the same way.
const LEADS: usize = 64;
/// What the learner knows before it is measured.
const LEARNT: usize = 2_000;
const KINDS: [&str; 10] = [
    "page_viewed",
    "pricing_viewed",
    "plan_focused",
    "period_switched",
    "seats_changed",
    "compare_opened",
    "cta_clicked",
    "pricing_left",
    "event",
    "form_started",
];
/// Saturday 28 November 2026, noon.
const NOW: i64 = 1_795_867_200;

/// Everything that is measured, ready to run.
pub struct Scoring {
    config: Config,
    of_signals: Config,
    facts: Vec<Value>,
    abouts: Vec<BTreeMap<String, String>>,
    learner: Learner,
    read: Vec<Vec<Fact>>,
    scored: Vec<Scored>,
}

impl Scoring {
    /// Builds the card, the leads and the learner. Nothing, where the demo workspace has become something else.
    pub fn ready() -> Option<Self> {
        let workspace = crate::demo()?;
        let demo = workspace.get("card")?.get("rules")?.as_array()?;
        let config = with_rules(
            &workspace,
            (0..RULES).map(|at| varied(demo.get(at % demo.len())?, at)).collect::<Option<_>>()?,
        )?;
        let of_signals = with_rules(&workspace, (0..RULES).map(rule).collect())?;
        let facts: Vec<Value> = (0..LEADS).map(lead).collect();
        let abouts = (0..SIGNALS).map(about).collect();
        let fields = features::grown(&[], config.source());
        let mut learner = Learner::new(fields.clone()).ok()?;
        let read: Vec<Vec<Fact>> = facts.iter().map(|facts| features::read(&fields, facts)).collect();
        for (at, facts) in read.iter().cycle().take(LEARNT).enumerate() {
            let scored = learner.predict(facts, points(at)).freeze(facts.clone(), points(at));
            learner.learn(&scored, is_won(at));
        }
        let of =
            |(at, facts): (usize, &Vec<Fact>)| learner.predict(facts, points(at)).freeze(facts.clone(), points(at));
        let scored = read.iter().enumerate().map(of).collect();
        Some(Self { config, of_signals, facts, abouts, learner, read, scored })
    }

    /// Scores leads by the card of the demo's rules; answers with the sum of their points.
    pub fn score(&self, rounds: u32) -> f64 {
        self.by(&self.config, rounds)
    }

    /// Scores leads by the card of many signals.
    pub fn score_signals(&self, rounds: u32) -> f64 {
        self.by(&self.of_signals, rounds)
    }

    /// Says chances; answers with their sum.
    pub fn predict(&self, rounds: u32) -> f64 {
        let leads = self.read.iter().enumerate().cycle().take(crate::times(rounds));
        leads.map(|(at, facts)| self.learner.predict(facts, points(at)).probability()).sum()
    }

    /// Learns outcomes; answers with what the learner then says of the first lead.
    pub fn learn(&mut self, rounds: u32) -> f64 {
        for (at, scored) in self.scored.iter().enumerate().cycle().take(crate::times(rounds)) {
            self.learner.learn(scored, is_won(at));
        }
        self.read.first().map_or(f64::NAN, |facts| self.learner.predict(facts, points(0)).probability())
    }
}

impl Scoring {
    /// Scores leads, each with all signals.
    fn by(&self, config: &Config, rounds: u32) -> f64 {
        let now = Timestamp::from_ms(NOW * 1_000);
        let event = |(at, about): (usize, _)| -> Option<Event<'_>> {
            let ago = i64::try_from(SIGNALS - at).ok()? * 6 * 3_600;
            Some(Event::new(Timestamp::from_ms((NOW - ago) * 1_000), KINDS.get(at % KINDS.len())?, about))
        };
        let events: Vec<Event<'_>> = self.abouts.iter().enumerate().filter_map(event).collect();
        let leads = self.facts.iter().cycle().take(crate::times(rounds));
        leads.map(|facts| f64::from(score(config.card(), facts, &events, now).total())).sum()
    }
}

fn with_rules(workspace: &Value, rules: Vec<Value>) -> Option<Config> {
    let mut workspace = workspace.clone();
    *workspace.get_mut("card")?.get_mut("rules")? = Value::Array(rules);
    Config::parse(1, serde_json::from_value(workspace).ok()?).ok()
}

/// A rule of the demo under another name, with another half-life.
fn varied(rule: &Value, at: usize) -> Option<Value> {
    let mut rule = rule.clone();
    *rule.get_mut("id")? = json!(format!("rule_{at}"));
    if let Some(half_life) = rule.pointer_mut("/events/half_life_days") {
        *half_life = json!(7 + at / 20);
    }
    Some(rule)
}

fn points(at: usize) -> i32 {
    i32::try_from(at % 60).unwrap_or(0) * 1_000
}

/// A few win, and more so those of teams: what the learner can find.
fn is_won(at: usize) -> bool {
    (at * 7 + at / LEADS * 3) % 10 < if at.is_multiple_of(4) { 5 } else { 1 }
}

/// Rules of every form, as a long card has them: six of ten are conditions, three count signals, one adds up numbers.
fn rule(at: usize) -> Value {
    let (id, says) = (format!("rule_{at}"), format!("Rule {at}"));
    let number = at / 10;
    let with = |group: &str, more: Value| {
        let mut rule = json!({ "id": id, "group": group, "says": says });
        if let (Some(rule), Value::Object(more)) = (rule.as_object_mut(), more) {
            rule.extend(more);
        }
        rule
    };
    let kind = KINDS.get(number % KINDS.len()).copied().unwrap_or_default();
    match at % 10 {
        0 => with("fit", json!({ "when": { "email.free": number.is_multiple_of(2) }, "points": 3 })),
        1 => with(
            "fit",
            json!({ "when": { "values.interest": "team", "visit.pages": { "$gte": number } }, "points": 2 }),
        ),
        2 => with(
            "intent",
            json!({ "when": { "page.pricing": true, "form.kind": { "$in": ["inquiry", "trial"] } }, "points": 1 }),
        ),
        3 => with("fit", json!({ "when": { "values.company": { "$exists": true } }, "points": 1, "unknown": 0 })),
        4 => with(
            "relationship",
            json!({ "first": [
            { "when": { "person.won": { "$gte": 2 } }, "points": 5 },
            { "when": { "person.won": 1 }, "points": 2 },
        ], "otherwise": -1 }),
        ),
        5 => with("intent", json!({ "when": { "pricing.visible_secs": { "$gte": 10 * number } }, "points": 2 })),
        6 => with(
            "intent",
            json!({ "events": { "kinds": [kind], "points": 0.5, "half_life_days": 7 + number }, "limits": { "max": 9 } }),
        ),
        7 => with(
            "intent",
            json!({ "events": { "kinds": [kind, "page_viewed"], "half_life_days": 14, "bands": [
            { "from": 1, "to": 1, "points": 2 }, { "from": 2, "to": 3, "points": 4 }, { "from": 4, "points": 6 },
        ] } }),
        ),
        8 => with(
            "intent",
            json!({ "events": { "kinds": [kind], "when": { "plan": "team" }, "points": 1, "window_days": 30 } }),
        ),
        _ => with(
            "relationship",
            json!({ "sum": { "facts": ["person.referrals", "person.reach"], "each": 0.5, "scale": "doublings" } }),
        ),
    }
}

/// A lead, with facts as a submission has them.
pub fn lead(at: usize) -> Value {
    let kind = ["inquiry", "trial", "inquiry"].get(at % 3).copied();
    let interest = ["myself", "team", "prices", "other"].get(at / 2 % 4).copied();
    json!({
        "form": { "id": kind, "kind": kind },
        "email": { "domain": format!("company{}.example.com", at % 9), "free": at.is_multiple_of(3) },
        "values": { "name": "Ada Example", "email": "ada@company.example.com", "interest": interest, "company": "Company" },
        "site": { "id": "platform", "partner": at.is_multiple_of(5) },
        "page": { "path": "/pricing/", "pricing": at.is_multiple_of(2) },
        "visit": { "pages": at % 12, "pricing_views": at % 4, "human": true, "events": ["lesson_finished"] },
        "pricing": { "days_30": at % 6, "best_plan": if at.is_multiple_of(4) { "team" } else { "pro" }, "visible_secs": at * 3 },
        "person": { "known": at.is_multiple_of(2), "items": at % 3, "won": at % 3, "customer": false, "referrals": at % 8, "reach": at * 10 },
        "campaign": { "source": "newsletter", "medium": "email" },
    })
}

fn about(at: usize) -> BTreeMap<String, String> {
    let plan = if at.is_multiple_of(3) { "team" } else { "pro" };
    BTreeMap::from([("plan".to_owned(), plan.to_owned()), ("visible_ms".to_owned(), format!("{}", at * 250))])
}
