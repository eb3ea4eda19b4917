//! The figures of a stream: exact, over all that was said and judged.

use std::ops::Range;

use serde_json::{Map, Value, json};

/// What was said of a row, and what came of it; nothing when that is not known.
#[derive(Clone, Copy)]
pub struct Said {
    pub p: f64,
    pub won: Option<bool>,
}

/// A judged row.
#[derive(Clone, Copy)]
struct Judged {
    p: f64,
    won: bool,
}

impl Judged {
    fn outcome(self) -> f64 {
        f64::from(u8::from(self.won))
    }
}

/// Every figure. What cannot be said (no rows, only one outcome) is null.
pub fn of(said: &[Said]) -> Map<String, Value> {
    let all = judged(said, 0..said.len());
    let part = |range: Range<usize>| auc(&judged(said, range));
    let last = said.len() - said.len() * 3 / 10;
    let figures = json!({
        "rows": said.len(),
        "rows_judged": all.len(),
        "won": all.iter().filter(|row| row.won).count(),
        "auc": auc(&all),
        "lift10": lift(&all),
        "brier": mean(&all, |row| (row.p - row.outcome()).powi(2)),
        "ece10": calibration_error(&all),
        "logloss": mean(&all, |row| -if row.won { row.p } else { 1.0 - row.p }.max(1e-12).ln()),
        "auc_0_500": part(0..500),
        "auc_500_1000": part(500..1000),
        "auc_1000_2000": part(1000..2000),
        "auc_last_30": part(last..said.len()),
    });
    match figures {
        Value::Object(figures) => figures,
        _ => Map::new(),
    }
}

fn judged(said: &[Said], rows: Range<usize>) -> Vec<Judged> {
    let rows = said.iter().skip(rows.start).take(rows.end.saturating_sub(rows.start));
    rows.filter_map(|said| Some(Judged { p: said.p, won: said.won? })).collect()
}

fn mean(rows: &[Judged], of: impl Fn(Judged) -> f64) -> Option<f64> {
    (!rows.is_empty()).then(|| rows.iter().map(|row| of(*row)).sum::<f64>() / float(rows.len()))
}

/// The chance that a row that won had been ranked above one that lost; ties count half.
fn auc(rows: &[Judged]) -> Option<f64> {
    let mut rows = rows.to_vec();
    rows.sort_by(|a, b| a.p.total_cmp(&b.p));
    let (mut below, mut wins, mut above) = (0.0, 0.0, 0.0);
    for tied in rows.chunk_by(|a, b| a.p == b.p) {
        let won = float(tied.iter().filter(|row| row.won).count());
        let lost = float(tied.len()) - won;
        above += won * (below + lost / 2.0);
        below += lost;
        wins += won;
    }
    (below * wins > 0.0).then(|| above / (below * wins))
}

/// How many times more often the best tenth was won than all. Of rows that tie at its edge, the mean counts.
fn lift(rows: &[Judged]) -> Option<f64> {
    let tenth = rows.len() / 10;
    let base = mean(rows, Judged::outcome).filter(|base| *base > 0.0 && tenth > 0)?;
    let mut rows = rows.to_vec();
    rows.sort_by(|a, b| b.p.total_cmp(&a.p));
    let (mut room, mut won) = (tenth, 0.0);
    for tied in rows.chunk_by(|a, b| a.p == b.p) {
        let taken = room.min(tied.len());
        won += mean(tied, Judged::outcome).unwrap_or(0.0) * float(taken);
        room -= taken;
    }
    Some(won / float(tenth) / base)
}

/// Expected calibration error in ten bins of equal width.
fn calibration_error(rows: &[Judged]) -> Option<f64> {
    let mut off = [0.0; 10];
    for row in rows {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 10")]
        let bin = (row.p * 10.0) as usize;
        if let Some(off) = off.get_mut(bin.min(9)) {
            *off += row.p - row.outcome();
        }
    }
    (!rows.is_empty()).then(|| off.map(f64::abs).iter().sum::<f64>() / float(rows.len()))
}

#[expect(clippy::cast_precision_loss, reason = "nobody has 2^53 rows")]
fn float(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_figures_are_those_of_the_definitions() {
        let rows = said(&[(0.9, true), (0.5, false), (0.5, true), (0.2, false)]);
        let figures = of(&rows);
        assert_eq!(figures["auc"], 3.5 / 4.0);
        assert!((figures["brier"].as_f64().unwrap() - (0.01 + 0.25 + 0.25 + 0.04) / 4.0).abs() < 1e-12);
        assert!((figures["ece10"].as_f64().unwrap() - (0.1 + 0.0 + 0.2) / 4.0).abs() < 1e-12);
        let loss = -(0.9_f64.ln() + 0.5_f64.ln() * 2.0 + 0.8_f64.ln()) / 4.0;
        assert!((figures["logloss"].as_f64().unwrap() - loss).abs() < 1e-12);
        assert_eq!((&figures["lift10"], &figures["auc_500_1000"]), (&Value::Null, &Value::Null));
    }

    #[test]
    fn lift_shares_a_tie_at_the_edge_and_parts_are_rows_of_the_stream() {
        let mut rows = vec![(0.1, false); 18];
        rows.extend([(0.8, true), (0.8, false)]);
        assert_eq!(of(&said(&rows))["lift10"], 10.0, "the best two of twenty hold the only win");
        let flat = said(&[(0.3, true), (0.3, false)].repeat(10));
        assert_eq!((&of(&flat)["lift10"], &of(&flat)["auc"]), (&json!(1.0), &json!(0.5)));
        let turned: Vec<Said> = (0..1000)
            .map(|at| Said { p: if (at < 500) == (at % 2 == 0) { 0.9 } else { 0.1 }, won: Some(at % 2 == 0) })
            .collect();
        let figures = of(&turned);
        assert_eq!((&figures["auc_0_500"], &figures["auc_500_1000"]), (&json!(1.0), &json!(0.0)));
        assert_eq!((&figures["auc_last_30"], &figures["auc_1000_2000"]), (&json!(0.0), &Value::Null));
    }

    #[test]
    fn nothing_is_said_of_nothing() {
        for name in ["auc", "lift10", "brier", "ece10", "logloss"] {
            assert_eq!(of(&[])[name], Value::Null, "{name}");
        }
    }

    fn said(rows: &[(f64, bool)]) -> Vec<Said> {
        rows.iter().map(|(p, won)| Said { p: *p, won: Some(*won) }).collect()
    }
}
