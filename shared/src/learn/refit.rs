//! A fresh start for the expert that never forgets, while there is little to go by: what it should believe after the outcomes so
//! far, found together instead of one after the other. That matters most where wins are rare.
//!
//! The penalised likelihood is climbed one slot at a time (coordinate-wise Newton steps, each held to 1 in log-odds: a full one
//! can diverge). Means become the top, variances `1 / diag(H)`: the diagonal of the inverse would be too sure of levels that
//! come together. Bounded: at most [`ROWS`] outcomes are kept, refits come further and further apart, and once enough is
//! known they are let go for good.

use serde::{Deserialize, Serialize};

use super::expert::{Gaussian, Seen};
use super::math::sigmoid;

/// The most outcomes kept. Where there are more, the oldest of the more frequent kind makes room and the others weigh more.
const ROWS: usize = 1000;
/// The first refit, in outcomes.
const FIRST: u64 = 20;
/// Passes over the slots.
const PASSES: usize = 3;
/// It ends when there are so many outcomes, and so many of the rarer kind, ...
const ENOUGH: u64 = 1000;
const ENOUGH_OF_EACH: u64 = 200;
/// ... or so many in all. Refits that come late undo what was learnt of a drift.
const LONGEST: u64 = 5_000;

/// The outcomes that are refitted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Refit {
    rows: Vec<Row>,
    /// How many were lost and won, also those that made room.
    seen: [u64; 2],
    /// How many of each are kept.
    kept: [u64; 2],
    /// The outcome at which the next refit is due; none when it has ended.
    next: Option<u64>,
    /// Where the search for one that makes room goes on.
    hand: usize,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Row {
    slots: Vec<u16>,
    /// Points in thousandths.
    points: i32,
    won: bool,
}

impl Refit {
    pub fn new() -> Self {
        Self { rows: Vec::new(), seen: [0, 0], kept: [0, 0], next: Some(FIRST), hand: 0 }
    }

    /// Keeps an outcome, and refits where that is due.
    pub fn learn(&mut self, expert: &mut Gaussian, slots: &[u16], points: i32, won: bool) {
        let Some(next) = self.next else { return };
        let [lost, wins] = &mut self.seen;
        *(if won { wins } else { lost }) += 1;
        self.keep(Row { slots: slots.to_vec(), points, won });
        let [lost, wins] = self.seen;
        let all = lost + wins;
        if all < next {
            return;
        }
        self.fit(expert);
        let enough = all >= ENOUGH && lost.min(wins) >= ENOUGH_OF_EACH;
        if enough || all >= LONGEST {
            *self = Self { next: None, ..Self::new() };
        } else {
            // By half, so that all refits together cost about what three of the last one do.
            self.next = Some(all + all / 2);
        }
    }

    fn keep(&mut self, row: Row) {
        let [lost, won] = &mut self.kept;
        let leaves = *won > *lost;
        *(if row.won { &mut *won } else { &mut *lost }) += 1;
        if self.rows.len() < ROWS {
            self.rows.push(row);
            return;
        }
        *(if leaves { won } else { lost }) -= 1;
        for _ in 0..self.rows.len() {
            let at = self.hand;
            self.hand = (at + 1) % ROWS;
            if let Some(old) = self.rows.get_mut(at)
                && old.won == leaves
            {
                *old = row;
                return;
            }
        }
    }

    fn fit(&self, expert: &mut Gaussian) {
        // What made room still counts: those of its kind weigh more.
        let [lost, won] = [0, 1].map(|kind| match (self.seen.get(kind), self.kept.get(kind)) {
            (Some(seen), Some(kept)) if *kept > 0 => to_float(*seen) / to_float(*kept),
            _ => 0.0,
        });
        let mut leads: Vec<Lead> = self
            .rows
            .iter()
            .map(|row| {
                let seen = Seen { slots: &row.slots, x: scaled(row.points) };
                let means = row.slots.iter().filter_map(|slot| expert.means.get(usize::from(*slot)));
                Lead {
                    x: seen.x,
                    weight: if row.won { won } else { lost },
                    won: f64::from(u8::from(row.won)),
                    z: means.sum::<f64>() + expert.slope()[0] * seen.x,
                }
            })
            .collect();
        let members = self.members(expert.means.len());
        for _ in 0..PASSES {
            climb(expert, &members, &mut leads);
        }
    }

    /// For each slot, the rows that have it.
    fn members(&self, count: usize) -> Vec<Vec<usize>> {
        let mut members = vec![Vec::new(); count];
        for (index, row) in self.rows.iter().enumerate() {
            for slot in &row.slots {
                if let Some(rows) = members.get_mut(usize::from(*slot)) {
                    rows.push(index);
                }
            }
        }
        members
    }
}

/// Points in thousandths, as the experts see them. A card that gives more than 500 points is held there.
pub fn scaled(points: i32) -> f64 {
    (f64::from(points) / 1000.0 - super::expert::CENTRE).clamp(-500.0, 500.0) / 10.0
}

/// Counts of outcomes are far below 2^53, up to which a fraction counts exactly.
#[expect(clippy::cast_precision_loss, reason = "nobody has 2^53 leads")]
pub fn to_float(count: u64) -> f64 {
    count as f64
}

struct Lead {
    x: f64,
    weight: f64,
    won: f64,
    /// Log-odds as they are now.
    z: f64,
}

/// One pass: a Newton step for each slot, then one for the slope.
fn climb(expert: &mut Gaussian, members: &[Vec<usize>], leads: &mut [Lead]) {
    for (slot, rows) in members.iter().enumerate() {
        let (Some(mean), Some(variance)) = (expert.means.get_mut(slot), expert.variances.get_mut(slot)) else {
            continue;
        };
        let (start, wide) = Gaussian::start(slot);
        let mut slope = (start - *mean) / wide;
        let mut curvature = 1.0 / wide;
        for lead in rows.iter().filter_map(|row| leads.get(*row)) {
            let p = sigmoid(lead.z);
            slope += lead.weight * (lead.won - p);
            curvature += lead.weight * p * (1.0 - p);
        }
        let step = (slope / curvature).clamp(-1.0, 1.0);
        *mean += step;
        *variance = 1.0 / curvature;
        for row in rows {
            if let Some(lead) = leads.get_mut(*row) {
                lead.z += step;
            }
        }
    }
    let (start, wide) = Gaussian::start_of_slope();
    let [mean, _, _] = expert.slope();
    let mut slope = (start - mean) / wide;
    let mut curvature = 1.0 / wide;
    for lead in leads.iter() {
        let p = sigmoid(lead.z);
        slope += lead.weight * lead.x * (lead.won - p);
        curvature += lead.weight * lead.x * lead.x * p * (1.0 - p);
    }
    let step = (slope / curvature).clamp(-1.0, 1.0);
    expert.set_slope(mean + step, 1.0 / curvature);
    for lead in leads.iter_mut() {
        lead.z += step * lead.x;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_levels_that_come_together_share_what_was_learnt_and_the_top_is_reached() {
        let mut expert = Gaussian::new(1.0);
        expert.grow(5);
        let mut refit = Refit::new();
        for round in 0_u32..200 {
            let good = round % 2 == 0;
            let slots: &[u16] = if good { &[0, 1, 2] } else { &[0, 3, 4] };
            refit.learn(&mut expert, slots, 30_000, round % 10 != 0 && good);
        }
        for _ in 0..50 {
            refit.fit(&mut expert);
        }
        assert!((expert.means[1] - expert.means[2]).abs() < 1e-6 && expert.means[1] > 0.5, "{expert:?}");
        // At the top the gradient of each mean is nothing: what is pulled back is what the outcomes pull.
        let p = sigmoid(expert.means[0] + expert.means[1] + expert.means[2]);
        let gradient = 80.0 - 100.0 * p - expert.means[1] / 0.3;
        assert!(gradient.abs() < 1e-4, "{gradient}");
    }

    #[test]
    fn rare_wins_are_kept_and_what_made_room_still_counts() {
        let mut expert = Gaussian::new(1.0);
        expert.grow(2);
        let mut refit = Refit::new();
        for round in 0..4_900 {
            refit.learn(&mut expert, &[0, 1], 30_000, round % 100 == 0);
        }
        assert_eq!((refit.rows.len(), refit.kept, refit.seen), (ROWS, [951, 49], [4_851, 49]));
        refit.fit(&mut expert);
        let p = sigmoid(expert.means[0] + expert.means[1]);
        assert!((p - 0.01).abs() < 0.001, "{p}");
    }

    #[test]
    fn it_ends_and_lets_go_of_every_row() {
        for (every, ends) in [(2, 1600), (1000, 7_000)] {
            let mut expert = Gaussian::new(1.0);
            let mut refit = Refit::new();
            for round in 0..ends {
                refit.learn(&mut expert, &[0], 30_000, round % every == 0);
            }
            assert_eq!((refit.rows.len(), refit.next), (0, None));
        }
    }
}
