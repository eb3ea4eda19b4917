//! Leads that nobody is, scored and routed natively: `{ "workspace": .., "cases": [basis, ..] }`, as *What if* takes them.
//!
//! What comes out is a list for each case, in the order in which `tests/faults/r22-same.mjs` reads the same from the edge; of one
//! that makes no sense, the places where it does not.

use anyhow::{Context, Result};
use serde::Deserialize;
use serde_json::{Value, json};
use shared::config::Config;
use shared::facts;
use shared::rating::supposed;
use shared::route::{Route, route};
use shared::score::{GROUPS, Score, score};
use shared::wire::Workspace;
use shared::wire::card::Group;
use shared::wire::scoring::Basis;

#[derive(Deserialize)]
struct Cases {
    workspace: Workspace,
    cases: Vec<Basis>,
}

/// Decides every case.
pub fn run(json: &Value) -> Result<Value> {
    let Cases { workspace, cases } = Cases::deserialize(json).context("it has no workspace, or no cases")?;
    let config = Config::parse(1, workspace)
        .map_err(|problems| anyhow::anyhow!("the workspace makes no sense: {problems:?}"))?;
    let decisions: Vec<Value> = cases.iter().map(|basis| decision(&config, basis)).collect();
    Ok(json!({ "decisions": decisions }))
}

fn decision(config: &Config, basis: &Basis) -> Value {
    let lead = match supposed::read(basis, config.source()) {
        Ok(lead) => lead,
        Err(problems) => return problems.into_iter().map(|problem| problem.field).collect(),
    };
    let score = score(config.card(), lead.facts, &lead.events, lead.at);
    let facts = facts::with_score(lead.facts.clone(), &score, None);
    json!([told(&score), route(config, &facts, lead.at).as_ref().map(led)])
}

fn told(score: &Score) -> Value {
    let lines = score.reasons().iter().map(|line| {
        let before = (line.before != line.points).then_some(line.before);
        json!([line.group.map_or("total", Group::tag), &*line.rule, &*line.says, line.points, before, line.kind.tag()])
    });
    json!([
        score.tier().to_string(),
        score.total(),
        GROUPS.map(|group| score.group(group)),
        lines.collect::<Vec<_>>(),
        score.signs().iter().map(|sign| json!([&*sign.rule, sign.tag()])).collect::<Vec<_>>(),
        score.excluded().map(|excluded| &*excluded.says),
    ])
}

fn led(route: &Route) -> Value {
    let passed_over: Vec<&str> = route.passed_over.iter().map(|(rule, _)| rule.as_str()).collect();
    json!([route.rule, route.queue, route.team, route.members, passed_over])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lead_is_scored_and_routed_and_one_that_makes_no_sense_is_named() {
        let text = include_str!("../../../demo/workspace.json");
        let workspace: Value = serde_json::from_str(
            &text
                .replace("__USHER_ORIGIN__", "http://localhost:1")
                .replace("__USHER_ORIGIN_IP__", "http://127.0.0.1:1")
                .replace("__PARTNER_ORIGIN__", "http://localhost:2")
                .replace("__PARTNER_ORIGIN_IP__", "http://127.0.0.1:2"),
        )
        .unwrap();
        let basis = |at: &str| json!({ "facts": { "form": { "kind": "inquiry" }, "values": { "interest": "team" } }, "events": [], "at": at });
        let cases = [basis("2026-11-30T12:00:00Z"), basis("now")];
        let decided = run(&json!({ "workspace": workspace, "cases": cases })).unwrap();
        assert_eq!(decided.pointer("/decisions/0/0/1"), Some(&json!(35)));
        assert_eq!(decided.pointer("/decisions/0/1/0"), Some(&json!("team")));
        assert_eq!(decided.pointer("/decisions/1"), Some(&json!(["basis.at"])));
        assert!(run(&json!([])).is_err());
    }
}
