//! What is odd in a routing table that can be saved: rules that nothing reaches, promises that no shift can keep, pools that
//! nobody needs, territories of two. Only what can be told for certain is told: patterns and alternatives are taken to hold.
//!
//! | code | what |
//! | --- | --- |
//! | `never` | nothing can match the rule |
//! | `unreachable` | a rule before it takes everything that it would match |
//! | `long_promise` | a first touch that takes longer than the pool's longest day |
//! | `idle_needs` | a rule asks something of a member, and its pool picks nobody |
//! | `unused_pool` | no rule and no other pool names it |
//! | `one_member` | a pool that picks has one member, and no wider pool |
//! | `overlap` | two members of a pool that is picked by territory have the same one |

use crate::config::Config;
use crate::hint::Hint;
use crate::wire::pool::{Pool, Strategy};

/// Everything odd, in the table's order.
pub fn lint(config: &Config) -> Vec<Hint> {
    let mut hints = Vec::new();
    let mut hint = |path: String, code, says: String| hints.push(Hint { path, code, says });
    let senses: Vec<_> = config.routes().iter().map(|rule| rule.when.sense()).collect();
    for (index, (rule, sense)) in config.routes().iter().zip(&senses).enumerate() {
        let path = format!("routes[{index}]");
        let strategy = config.rota(&rule.pool).map(|rota| rota.strategy);
        if sense.is_never() || sense.facts().any(|(_, asked)| asked.is_never()) {
            hint(format!("{path}.when"), "never", "nothing can match this".to_owned());
        } else if let Some((before, _)) =
            config.routes().iter().zip(&senses).take(index).find(|(_, earlier)| sense.implies(earlier))
        {
            let says = format!("{:?} before it takes everything that this would match", before.says);
            hint(path.clone(), "unreachable", says);
        }
        if let Some(longest) = rule.hours.as_ref().map(|hours| hours.longest_day_minutes())
            && rule.first_touch_minutes > longest
        {
            let says =
                format!("the pool's longest day has {longest} minutes: nobody is answered on the day they write");
            hint(format!("{path}.first_touch_minutes"), "long_promise", says);
        }
        if strategy == Some(Strategy::Claim) && !rule.needs.is_nothing() {
            let says = "the pool picks nobody, so what the rule needs is not asked for".to_owned();
            hint(format!("{path}.needs"), "idle_needs", says);
        }
    }
    let pools = &config.source().pools;
    for (index, pool) in pools.iter().enumerate() {
        let path = format!("pools[{index}]");
        let is_routed = config.routes().iter().any(|rule| rule.pool == pool.id);
        let is_wider = pools.iter().any(|other| other.widen_to.as_deref() == Some(pool.id.as_str()));
        if !is_routed && !is_wider {
            hint(path.clone(), "unused_pool", "no rule and no other pool names this pool".to_owned());
        }
        if pool.strategy != Strategy::Claim && pool.members.len() == 1 && pool.widen_to.is_none() {
            let says = "while its one member is not there everything waits".to_owned();
            hint(format!("{path}.members"), "one_member", says);
        }
        let by_territory = config.routes().iter().any(|rule| rule.pool == pool.id && rule.needs.territory.is_some());
        if by_territory && let Some((one, other, territory)) = overlap(config, pool) {
            let says = format!("{one} and {other} both have {territory}: the pool's strategy decides between them");
            hint(format!("{path}.members"), "overlap", says);
        }
    }
    hints
}

/// Two members with the same territory.
fn overlap<'a>(config: &'a Config, pool: &'a Pool) -> Option<(&'a str, &'a str, &'a str)> {
    let members: Vec<_> = pool.members.iter().filter_map(|place| config.member(&place.member)).collect();
    members.iter().enumerate().find_map(|(at, one)| {
        members.iter().skip(at + 1).find_map(|other| {
            let shared =
                one.territories.iter().find(|mine| other.territories.iter().any(|it| it.eq_ignore_ascii_case(mine)))?;
            Some((one.name.as_str(), other.name.as_str(), shared.as_str()))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[test]
    fn the_demos_table_has_nothing_odd() {
        assert_eq!(lint(&crate::demo::config()), []);
    }

    #[test]
    fn each_odd_thing_is_found_with_its_place_and_nothing_else_is() {
        let mut source = crate::demo::workspace_json();
        source["members"][0]["territories"] = json!(["DE", "AT"]);
        source["members"][1]["territories"] = json!(["at"]);
        let pool =
            |id: &str, members: Value| json!({ "id": id, "name": id, "members": members, "strategy": "ordered" });
        source["pools"][1]["strategy"] = json!("ordered");
        source["pools"]
            .as_array_mut()
            .unwrap()
            .extend([pool("alone", json!(["mara"])), pool("idle", json!(["mara", "theo"]))]);
        let rule = |id: &str, when: Value, pool: &str| json!({ "id": id, "when": when, "queue": "sales", "pool": pool, "first_touch_minutes": 60, "says": id });
        let mut early = vec![
            rule("wide", json!({ "visit.pages": { "$gte": 3 } }), "alone"),
            rule("narrow", json!({ "visit.pages": { "$gte": 5 }, "site.partner": true }), "alone"),
            rule("nothing", json!({ "visit.pages": { "$gt": 9, "$lt": 3 } }), "alone"),
            rule("other", json!({ "$or": [{ "visit.pages": 9 }, { "site.partner": true }] }), "alone"),
            rule("land", json!({ "site.partner": true }), "team_advisers"),
            rule("slow", json!({ "campaign.source": "letter" }), "course_advisers"),
        ];
        early[4]["needs"] = json!({ "territory": "campaign.source" });
        early[5]["first_touch_minutes"] = json!(600);
        early[5]["needs"] = json!({ "skills": { "courses": 1 } });
        source["members"][0]["skills"] = json!({ "courses": 1 });
        let routes = source["routes"].as_array_mut().unwrap();
        routes.splice(0..0, early);
        let config = Config::parse(1, serde_json::from_value(source).unwrap()).unwrap();
        let found: Vec<_> = lint(&config).into_iter().map(|hint| (hint.path, hint.code)).collect();
        let expected = [
            ("routes[1]", "unreachable"),
            ("routes[2].when", "never"),
            ("routes[5].first_touch_minutes", "long_promise"),
            ("routes[5].needs", "idle_needs"),
            ("pools[1].members", "overlap"),
            ("pools[4].members", "one_member"),
            ("pools[5]", "unused_pool"),
        ];
        assert_eq!(found, expected.map(|(path, code)| (path.to_owned(), code)));
    }
}
