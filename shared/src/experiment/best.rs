//! Which arm is the best, with what chance: exactly, by integration, for any number of arms.

use super::bayes::Better;
use super::inconclusive::{Inconclusive, finite};
use super::proportions::Counts;
use super::special::beta::Beta;
use super::special::normal;
use super::special::quadrature::{cuts, each};
use super::totals::Totals;

/// So many who did it, and who did not, and the normal approximation is as good: its error is in the third digit of a chance.
const MANY: u64 = 200;

/// What is believed of one arm.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Belief {
    /// Of a rate, exactly, however few visitors there are.
    Rate(Beta),
    /// Of any mean, once there are visitors enough.
    Mean {
        /// The middle.
        mean: f64,
        /// The standard deviation: more than nothing.
        deviation: f64,
    },
}

impl Belief {
    /// Of a proportion exactly, as long as few did it or few did not; of anything else as [`Belief::normal`].
    ///
    /// # Errors
    /// As [`Belief::normal`]; a proportion needs nobody, only counts that can be.
    pub fn of(totals: &Totals) -> Result<Self, Inconclusive> {
        match *totals {
            Totals::Proportion { n, sum } if sum >= 0.0 && sum.fract() == 0.0 => {
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole, and not negative")]
                let did = sum as u64;
                if did > n {
                    return Err(Inconclusive::BadTotals);
                }
                if did.min(n - did) >= MANY {
                    Self::normal(totals)
                } else {
                    Ok(Self::Rate(Counts { n, did }.posterior()))
                }
            }
            _ => Self::normal(totals),
        }
    }

    /// By the normal approximation, where nothing was believed before: a prior of some width would be far too sure of a mean
    /// in cents.
    ///
    /// # Errors
    /// Fewer than two visitors, or no variance.
    pub fn normal(totals: &Totals) -> Result<Self, Inconclusive> {
        let moments = totals.moments(0.0)?;
        let variance = match totals {
            Totals::Proportion { .. } => moments.variance / (moments.n - 1.0),
            _ => moments.variance / moments.n,
        };
        Ok(Self::Mean { mean: moments.mean, deviation: finite(variance.sqrt())? })
    }

    /// The middle.
    pub fn mean(self) -> f64 {
        match self {
            Self::Rate(beta) => beta.mean(),
            Self::Mean { mean, .. } => mean,
        }
    }

    /// The standard deviation.
    pub fn deviation(self) -> f64 {
        match self {
            Self::Rate(beta) => beta.deviation(),
            Self::Mean { deviation, .. } => deviation,
        }
    }

    fn density(self, x: f64) -> f64 {
        match self {
            Self::Rate(beta) => beta.density(x),
            Self::Mean { mean, deviation } => normal::density((x - mean) / deviation) / deviation,
        }
    }

    /// How likely it is worse than `x`.
    fn worse(self, x: f64, better: Better) -> f64 {
        match (self, better) {
            (Self::Rate(beta), Better::Higher) => beta.split(x).0,
            (Self::Rate(beta), Better::Lower) => beta.split(x).1,
            (Self::Mean { mean, deviation }, Better::Higher) => normal::below((x - mean) / deviation),
            (Self::Mean { mean, deviation }, Better::Lower) => normal::above((x - mean) / deviation),
        }
    }
}

/// How likely each is the best of them. They sum to one.
///
/// # Errors
/// Nobody to compare.
pub fn chances(beliefs: &[Belief], better: Better) -> Result<Vec<f64>, Inconclusive> {
    let around: Vec<(f64, f64)> = beliefs.iter().map(|belief| (belief.mean(), belief.deviation())).collect();
    // A rate is between 0 and 1; what is left of a normal one outside is nothing.
    let has_rates = beliefs.iter().any(|belief| matches!(belief, Belief::Rate(_)));
    let (low, high) = if has_rates { (0.0, 1.0) } else { (f64::NEG_INFINITY, f64::INFINITY) };
    let mut chances = vec![0.0; beliefs.len()];
    each(&cuts(&around, low, high), |x, weight| {
        let worse: Vec<f64> = beliefs.iter().map(|belief| belief.worse(x, better)).collect();
        for (at, (chance, belief)) in chances.iter_mut().zip(beliefs).enumerate() {
            let others = worse.iter().enumerate().filter(|(other, _)| *other != at);
            let others: f64 = others.map(|(_, worse)| worse).product();
            // Where it cannot be the best, how likely it is to be here need not be known.
            if others > 1e-30 {
                *chance += weight * belief.density(x) * others;
            }
        }
    });
    let all: f64 = chances.iter().sum();
    if !(all.is_finite() && all > 0.0) {
        return Err(Inconclusive::BadTotals);
    }
    Ok(chances.iter().map(|chance| chance / all).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arms_alike_are_as_likely_and_chances_sum_to_one() {
        let arm = Totals::Proportion { n: 50, sum: 4.0 };
        let beliefs = vec![Belief::of(&arm).unwrap(); 4];
        for better in [Better::Higher, Better::Lower] {
            assert!(chances(&beliefs, better).unwrap().iter().all(|chance| (chance - 0.25).abs() < 1e-12));
        }
    }

    #[test]
    fn where_many_did_it_the_normal_approximation_is_as_good() {
        for second in [200.0, 220.0, 250.0] {
            let arms = [200.0, second].map(|sum| Totals::Proportion { n: 2_000, sum });
            let counts = arms.map(|arm| match arm {
                Totals::Proportion { n, sum } => Belief::Rate(Beta { a: sum + 1.0, b: n as f64 - sum + 1.0 }),
                _ => panic!("it is a proportion"),
            });
            let exact = chances(&counts, Better::Higher).unwrap();
            let near = chances(&arms.map(|arm| Belief::of(&arm).unwrap()), Better::Higher).unwrap();
            assert!((exact[0] - near[0]).abs() < 0.002, "{exact:?} {near:?}");
        }
    }

    #[test]
    fn an_arm_without_visitors_may_be_the_best() {
        let arms = [Totals::Proportion { n: 0, sum: 0.0 }, Totals::Proportion { n: 1_000, sum: 100.0 }];
        let beliefs: Vec<Belief> = arms.iter().map(|arm| Belief::of(arm).unwrap()).collect();
        let chances = chances(&beliefs, Better::Higher).unwrap();
        assert!((chances[0] - 0.899_2).abs() < 1e-3, "{chances:?}");
    }

    #[test]
    fn what_cannot_be_compared_is_not() {
        assert_eq!(chances(&[], Better::Higher), Err(Inconclusive::BadTotals));
        assert_eq!(Belief::of(&Totals::Proportion { n: 3, sum: 4.0 }), Err(Inconclusive::BadTotals));
        assert_eq!(Belief::of(&Totals::Proportion { n: 1, sum: 0.5 }), Err(Inconclusive::TooFew));
    }
}
