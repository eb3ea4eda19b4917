//! A stream of leads, scored as the edge scores them: each row is predicted when it arrives, and its outcome is learnt only
//! after so many further rows have arrived.
//!
//! One column for each field, one for the card's points, one for the outcome (1 or 0; nothing for a lead that is still open, which
//! is scored, and neither learnt nor judged). The figures are exact, not the learner's running ones.

mod figures;
mod stream;

use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, ValueEnum};
use serde_json::{Map, Value, json};
use shared::learn::{Learner, Scored, card_probability};

use figures::Said;
use stream::{Row, Stream};

#[derive(Args)]
pub struct Options {
    /// The stream: a CSV file with a line of column names, one lead on each further line, in the order of arrival
    stream: PathBuf,
    /// Its fields: {"fields": [{"name", "kind": "category" or "number", "bins"}], "points", "outcome"}
    schema: PathBuf,
    /// After how many further rows an outcome is learnt
    #[arg(long, default_value_t = 500)]
    delay: usize,
    /// Who scores: the points alone with a fixed meaning (30 are one in ten, 10 are 0.5 in log-odds), or the learner
    #[arg(long, value_enum, default_value_t = Card::Learner)]
    card: Card,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Card {
    Points,
    Learner,
}

/// Reads the whole stream, scores it, and gives the figures.
pub fn run(options: &Options) -> Result<Value> {
    let mut stream = Stream::open(&options.stream, &options.schema)?;
    let mut rows = Vec::new();
    while let Some(row) = stream.next()? {
        rows.push(row);
    }
    let (card, scored, report) = match options.card {
        Card::Points => ("points", points(&rows), json!({})),
        Card::Learner => {
            let (scored, report) = learner(Learner::new(stream.fields().to_vec())?, rows, options.delay);
            ("learner", scored, report)
        }
    };
    let mut result = figures::of(&scored);
    let about = json!({ "card": card, "delay": options.delay, "unreadable_numbers": stream.unreadable() });
    for part in [about, report] {
        if let Value::Object(part) = part {
            result.extend::<Map<String, Value>>(part);
        }
    }
    Ok(Value::Object(result))
}

fn points(rows: &[Row]) -> Vec<Said> {
    rows.iter().map(|row| Said { p: card_probability(row.points), won: row.won }).collect()
}

/// Row `t` is predicted, then row `t - delay` is learnt: `delay` further rows have arrived since.
fn learner(mut learner: Learner, rows: Vec<Row>, delay: usize) -> (Vec<Said>, Value) {
    let mut said = Vec::with_capacity(rows.len());
    let mut waiting: std::collections::VecDeque<(Scored, Option<bool>)> = std::collections::VecDeque::new();
    let mut states: Vec<Value> = Vec::new();
    let mut state = None;
    for (at, row) in rows.into_iter().enumerate() {
        let prediction = learner.predict(&row.facts, row.points);
        let now = learner.standing().state;
        if state != Some(now) {
            states.push(json!({ "row": at, "state": now.tag() }));
            state = Some(now);
        }
        said.push(Said { p: prediction.probability(), won: row.won });
        waiting.push_back((prediction.freeze(row.facts, row.points), row.won));
        if waiting.len() > delay
            && let Some((scored, Some(won))) = waiting.pop_front()
        {
            learner.learn(&scored, won);
        }
    }
    let standing = learner.standing();
    let warnings: Vec<String> = learner.warnings().iter().map(shared::learn::Warning::says).collect();
    let report = json!({
        "states": states,
        "wins_learnt": standing.wins,
        "losses_learnt": standing.losses,
        "e_value": standing.e_value,
        "steps_back": standing.steps_back,
        "warnings": warnings,
        "model_bytes": serde_json::to_string(&learner).map_or(0, |text| text.len()),
    });
    (said, report)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outcome_is_learnt_only_after_so_many_further_rows() {
        let fields = vec![shared::learn::Field { name: "a".into(), kind: shared::learn::Kind::Category }];
        let facts = vec![shared::learn::Fact::Text("x".into())];
        let rows = |count: usize| {
            (0..count)
                .map(|at| Row { facts: facts.clone(), points: 30_000, won: Some(at % 2 == 0) })
                .collect::<Vec<_>>()
        };
        for (delay, learnt) in [(0, 100), (30, 70), (100, 0), (500, 0)] {
            let (said, report) = learner(Learner::new(fields.clone()).unwrap(), rows(100), delay);
            let first = said.iter().position(|later| later.p != said[0].p);
            assert_eq!(first, (delay < 99).then_some(delay + 1), "delay {delay}");
            assert_eq!(report["wins_learnt"].as_u64().unwrap() + report["losses_learnt"].as_u64().unwrap(), learnt);
        }
    }

    #[test]
    fn an_open_lead_is_scored_and_neither_learnt_nor_judged() {
        let fields = vec![];
        let rows = (0..10).map(|_| Row { facts: vec![], points: 30_000, won: None }).collect();
        let (said, report) = learner(Learner::new(fields).unwrap(), rows, 0);
        assert_eq!((said.len(), report["losses_learnt"].as_u64()), (10, Some(0)));
        assert_eq!(figures::of(&said)["rows_judged"], 0);
    }
}
