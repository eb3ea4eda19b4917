//! The bandit: what it costs to look for the best arm, against looking at all alike.

use shared::experiment::{Better, FLOOR, Totals, allocate};

use super::chance::Chance;
use super::{Figure, SEED, Wanted};

const RATES: [f64; 5] = [0.1, 0.1, 0.1, 0.1, 0.12];
const BEST: usize = 4;
const BATCH: u32 = 200;
const BATCHES: u32 = 100;

pub fn figures(tests: u32) -> Vec<Figure> {
    let best = RATES.into_iter().fold(0.0, f64::max);
    let uniform: f64 = RATES.iter().map(|rate| best - rate).sum::<f64>() / 5.0 * f64::from(BATCH * BATCHES);
    let (mut regret, mut found) = (0.0, 0);
    for test in 0..tests {
        let (lost, is_found) = one(&mut Chance::of(SEED, test), best);
        regret += lost;
        found += u32::from(is_found);
    }
    let share = regret / f64::from(tests) / uniform;
    vec![
        Figure::new("bandit: regret, by that of equal shares", share, Wanted::AtMost(0.45), tests),
        Figure::share("bandit: the best arm is the likeliest at the end", found, Wanted::AtLeast(0.95), tests),
    ]
}

/// What one bandit loses, and whether it finds the best arm.
fn one(chance: &mut Chance, best: f64) -> (f64, bool) {
    let mut arms = [(0_u64, 0_u64); 5];
    let mut lost = 0.0;
    let mut likeliest = None;
    for _ in 0..BATCHES {
        #[expect(clippy::cast_precision_loss, reason = "at most 20,000")]
        let totals = arms.map(|(n, did)| Totals::Proportion { n, sum: did as f64 });
        let Ok(allocation) = allocate(&totals, Better::Higher, FLOOR) else { continue };
        let most = |a: &(usize, &f64), b: &(usize, &f64)| a.1.total_cmp(b.1);
        likeliest = allocation.best.iter().enumerate().max_by(most).map(|(arm, _)| arm);
        for _ in 0..BATCH {
            let (drawn, mut up_to) = (chance.unit(), 0.0);
            let arm = allocation.weights.iter().position(|weight| {
                up_to += weight;
                drawn < up_to
            });
            let arm = arm.unwrap_or(BEST);
            if let (Some((n, did)), Some(rate)) = (arms.get_mut(arm), RATES.get(arm)) {
                *n += 1;
                *did += u64::from(chance.happens(*rate));
                lost += best - rate;
            }
        }
    }
    (lost, likeliest == Some(BEST))
}
