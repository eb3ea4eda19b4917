//! Thompson sampling: each arm gets the share of visitors that is the chance of its being the best, and never less than a floor.
//!
//! The chances are integrated, not drawn, so the weights of the next batch are a function of the totals: the edge and a
//! replay agree. Who gets which arm is then assigned by hash, as in any experiment. The floor keeps every arm measured:
//! without it an arm that was unlucky at first is never looked at again.

use super::bayes::Better;
use super::best::{Belief, chances};
use super::inconclusive::Inconclusive;
use super::special::number;
use super::totals::Totals;

/// The least share of an arm, unless somebody says otherwise.
pub const FLOOR: f64 = 0.01;

/// The weights of the next batch of visitors.
#[derive(Debug, Clone, PartialEq)]
pub struct Allocation {
    /// How likely each arm is the best.
    pub best: Vec<f64>,
    /// What share of visitors each gets: they sum to one.
    pub weights: Vec<f64>,
}

/// The weights by what the arms brought so far.
///
/// # Errors
/// A floor that cannot be kept, fewer than two arms, or an arm of which nothing can be said.
pub fn allocate(arms: &[Totals], better: Better, floor: f64) -> Result<Allocation, Inconclusive> {
    let beliefs = arms.iter().map(Belief::of).collect::<Result<Vec<_>, _>>()?;
    let best = chances(&beliefs, better)?;
    let weights = floored(&best, floor)?;
    Ok(Allocation { best, weights })
}

/// Chances, with a floor under each: `floor + (1 - arms floor) chance`.
///
/// # Errors
/// A floor that cannot be kept, or fewer than two arms.
pub fn floored(chances: &[f64], floor: f64) -> Result<Vec<f64>, Inconclusive> {
    let spare = 1.0 - number(u64::try_from(chances.len()).unwrap_or(u64::MAX)) * floor;
    if chances.len() < 2 || !(floor >= 0.0 && spare >= 0.0) {
        return Err(Inconclusive::BadSetting);
    }
    Ok(chances.iter().map(|chance| floor + spare * chance).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_better_arm_gets_more_and_none_gets_less_than_the_floor() {
        let arms = [Totals::Proportion { n: 1_000, sum: 50.0 }, Totals::Proportion { n: 1_000, sum: 100.0 }];
        let up = allocate(&arms, Better::Higher, FLOOR).unwrap();
        assert!(up.weights[1] > 0.98 && up.weights[0] >= FLOOR, "{up:?}");
        assert!((up.weights.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        let down = allocate(&arms, Better::Lower, FLOOR).unwrap();
        assert!(down.weights[0] > 0.98 && down.weights[1] >= FLOOR, "{down:?}");
    }

    #[test]
    fn a_floor_that_cannot_be_kept_is_refused() {
        assert_eq!(floored(&[0.5, 0.5], 0.6), Err(Inconclusive::BadSetting));
        assert_eq!(floored(&[1.0], 0.1), Err(Inconclusive::BadSetting));
        assert_eq!(floored(&[0.5, 0.5], f64::NAN), Err(Inconclusive::BadSetting));
        assert_eq!(floored(&[0.9, 0.1], 0.5), Ok(vec![0.5, 0.5]));
    }
}
