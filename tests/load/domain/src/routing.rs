//! Leads on a table of 200 rules that end in a pool of 200 members: the rule is found, what it asks is read, a member is
//! picked by fair share among those whose hours, leave, capacity and skills allow it, and the team moves on.

use serde_json::{Value, json};
use shared::config::Config;
use shared::pool::{Item, Team, pick};
use shared::route::{route, wants};
use shared::time::Timestamp;
use shared::wire::FormKind;

use crate::scoring::lead;

const RULES: usize = 200;
const MEMBERS: usize = 200;
/// Leads that differ, so that no branch is always taken the same way.
const LEADS: usize = 64;
/// Monday 30 November 2026, ten o'clock: some work, some do not yet or no longer.
const NOW: i64 = 1_796_032_800_000;
const ZONES: [&str; 4] = ["Europe/London", "Europe/Berlin", "America/New_York", "Asia/Tokyo"];

/// What is measured.
pub struct Routing {
    config: Config,
    facts: Vec<Value>,
    team: Team,
}

impl Routing {
    /// Builds the rules, the members and the leads.
    pub fn ready() -> Option<Self> {
        let mut workspace = crate::demo()?;
        let members = (0..MEMBERS).map(member);
        workspace.get_mut("members")?.as_array_mut()?.extend(members);
        let places: Vec<Value> =
            (0..MEMBERS).map(|at| json!({ "member": id(at), "weight": 50 + at % 5 * 50 })).collect();
        let pool = json!({ "id": "bench", "name": "Bench", "members": places, "strategy": "weighted_fair" });
        workspace.get_mut("pools")?.as_array_mut()?.push(pool);
        *workspace.get_mut("routes")? = (0..RULES).map(rule).collect();
        let config = Config::parse(1, serde_json::from_value(workspace).ok()?).ok()?;
        let team = config.idle_team();
        Some(Self { config, facts: (0..LEADS).map(lead).collect(), team })
    }

    /// Routes leads that match at every depth of the table; answers with the sum of the places of whoever got them.
    pub fn route(&mut self, rounds: u32) -> f64 {
        self.decide(rounds, |facts| facts)
    }

    /// Routes leads that only the last rule matches.
    pub fn route_last(&mut self, rounds: u32) -> f64 {
        self.decide(rounds, |facts| facts.get("nothing").unwrap_or(&Value::Null))
    }

    fn decide(&mut self, rounds: u32, of: impl Fn(&Value) -> &Value) -> f64 {
        let at = Timestamp::from_ms(NOW);
        let mut sum = 0.0;
        for facts in self.facts.iter().cycle().take(crate::times(rounds)) {
            let facts = of(facts);
            let Some(found) = route(&self.config, facts, at) else { return f64::NAN };
            let (Some(rule), Some(rota)) = (self.config.route(&found.rule), self.config.rota(&found.pool)) else {
                return f64::NAN;
            };
            let wants = wants(rule, FormKind::Inquiry, "en", facts);
            let picked = pick(rota, &found.pool, &self.team, Item { wants: &wants, owner: None, had: &[] }, at);
            self.team.give(rota, &found.pool, &picked, FormKind::Inquiry, at);
            let chosen = picked.chosen.and_then(|chosen| chosen.place);
            sum += chosen.map_or(f64::NAN, |place| f64::from(u32::try_from(place).unwrap_or(0)));
        }
        sum
    }
}

fn id(at: usize) -> String {
    format!("bench_{at}")
}

/// Members in four zones, some of them on leave, with skills of three levels.
fn member(at: usize) -> Value {
    let day = json!([["08:00", "12:30"], ["13:30", "18:00"]]);
    let week = json!({ "monday": day, "tuesday": day, "wednesday": day, "thursday": day, "friday": day });
    let leave =
        if at.is_multiple_of(11) { json!([{ "from": "2026-11-23", "until": "2026-12-04" }]) } else { json!([]) };
    json!({
        "id": id(at), "name": format!("Member {at}"), "email": format!("m{at}@larkfield.example.com"), "queues": ["sales"],
        "hours": { "zone": ZONES.get(at % ZONES.len()), "week": week }, "leave": leave,
        "capacity": { "total": 1_000, "kinds": { "trial": 500 } }, "skills": { "courses": 1 + at % 3 }, "languages": ["en", "de"],
    })
}

/// Rules as people write them, each of which few leads match; the last one matches always.
fn rule(at: usize) -> Value {
    let number = at / 6;
    let when = match at % 6 {
        _ if at == RULES - 1 => json!({}),
        0 => json!({ "email.domain": format!("company{number}.example.com"), "site.partner": true }),
        1 => json!({ "values.interest": "team", "pricing.visible_secs": { "$gte": 400 - number } }),
        2 => json!({ "form.kind": "trial", "visit.pages": { "$gte": 40 - number } }),
        3 => {
            json!({ "$or": [{ "campaign.source": format!("letter_{number}") }, { "person.reach": { "$gt": 640 - number } }] })
        }
        4 => json!({ "person.won": { "$gte": 2 }, "pricing.days_30": { "$in": [number, number + 1] } }),
        _ => json!({ "page.path": format!("/courses/{number}/"), "score.number": 1 }),
    };
    let (id, says) = (format!("rule_{at}"), format!("Rule {at}"));
    let needs = json!({ "skills": { "courses": 1 + at % 3 }, "language": at.is_multiple_of(2) });
    json!({
        "id": id, "when": when, "queue": "sales", "pool": "bench", "first_touch_minutes": 60, "needs": needs, "says": says,
    })
}
