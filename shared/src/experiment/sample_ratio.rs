//! Did each arm get its share of the visitors? If not, what the arms show is not what their prompts do, and no verdict stands.
//!
//! Two checks, because each misses what the other sees. [`once`] (chi-square) is for one look, and finds more at that look;
//! watched every day it cries wolf in 1.6 % of sound experiments. [`Watched`] (a Bayes factor of Dirichlet-multinomial
//! against the planned weights; Lindon and Malek 2020, "Anytime-valid inference for multinomial count data") may be watched
//! for ever, and finds less.
//!
//! An arm of weight zero gets nobody: it counts neither among the arms nor among the visitors, and who is found there all the
//! same is said apart ([`Looked::strays`]). Weights may change while an experiment runs: each [`Phase`] is judged by its own.

use super::inconclusive::Inconclusive;
use super::special::gamma::{chi_square_above, ln_gamma};
use super::special::number;

/// Below this, one look says that the ratio is broken.
pub const BROKEN_P: f64 = 0.001;
/// Above this, the watched factor does: a chance of at most one in a thousand, however often one looks.
pub const BROKEN_FACTOR: f64 = 1_000.0;
/// The weight of the planned shares in the prior, in visitors: finds 51 to 49 at 40,000 visitors best.
const CONCENTRATION: f64 = 2_000.0;

/// Visitors that came while the weights stood still.
#[derive(Debug, Clone, PartialEq)]
pub struct Phase {
    /// Of each arm.
    pub users: Vec<u64>,
    /// What each arm was to get; they need not sum to one.
    pub weights: Vec<f64>,
}

/// What one look says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Looked {
    /// How likely such shares are where nothing is broken.
    pub p: f64,
    /// Visitors found in arms that get nobody.
    pub strays: u64,
}

impl Phase {
    /// The weights as shares, of one.
    fn shares(&self) -> Result<Vec<f64>, Inconclusive> {
        let all: f64 = self.weights.iter().sum();
        let bad = self.weights.iter().any(|weight| !weight.is_finite() || *weight < 0.0);
        if bad || !all.is_finite() || all <= 0.0 || self.weights.len() != self.users.len() || self.users.len() < 2 {
            return Err(Inconclusive::BadSetting);
        }
        Ok(self.weights.iter().map(|weight| weight / all).collect())
    }

    /// Visitors of the arms that are to get some.
    fn counted(&self, shares: &[f64]) -> f64 {
        self.users.iter().zip(shares).filter(|(_, share)| **share > 0.0).map(|(users, _)| number(*users)).sum()
    }
}

/// Pearson's chi-square test over all phases together, for one look.
///
/// # Errors
/// Weights that are none, phases with other arms, nobody yet, or only one arm that is to get anybody.
pub fn once(phases: &[Phase]) -> Result<Looked, Inconclusive> {
    let arms = phases.first().map_or(0, |phase| phase.users.len());
    let (mut observed, mut expected, mut strays) = (vec![0.0; arms], vec![0.0; arms], 0_u64);
    for phase in phases {
        let shares = phase.shares()?;
        if shares.len() != arms {
            return Err(Inconclusive::Unlike);
        }
        let all = phase.counted(&shares);
        let sums = observed.iter_mut().zip(&mut expected);
        for ((observed, expected), (users, share)) in sums.zip(phase.users.iter().zip(&shares)) {
            if *share > 0.0 {
                *observed += number(*users);
                *expected += all * share;
            } else {
                strays = strays.saturating_add(*users);
            }
        }
    }
    let counted = || observed.iter().zip(&expected).filter(|(_, expected)| **expected > 0.0);
    let arms = counted().count();
    if arms < 2 {
        return Err(Inconclusive::TooFew);
    }
    let distance: f64 =
        counted().map(|(observed, expected)| (observed - expected) * (observed - expected) / expected).sum();
    let degrees = number(u64::try_from(arms - 1).unwrap_or(1));
    Ok(Looked { p: chi_square_above(distance, degrees), strays })
}

/// What watching says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Watched {
    /// The logarithm of the factor by which the shares speak against the weights.
    pub log_factor: f64,
}

impl Watched {
    /// Is it broken?
    pub fn is_broken(self) -> bool {
        self.log_factor > libm::log(BROKEN_FACTOR)
    }
}

/// The Bayes factor against the weights: the product of those of the phases, each of which is a fair game of its own.
///
/// # Errors
/// Weights that are none.
pub fn watched(phases: &[Phase]) -> Result<Watched, Inconclusive> {
    let mut log_factor = 0.0;
    for phase in phases {
        let shares = phase.shares()?;
        log_factor += ln_gamma(CONCENTRATION) - ln_gamma(CONCENTRATION + phase.counted(&shares));
        for (users, share) in phase.users.iter().zip(&shares).filter(|(_, share)| **share > 0.0) {
            let (users, prior) = (number(*users), CONCENTRATION * share);
            log_factor += ln_gamma(prior + users) - ln_gamma(prior) - users * libm::log(*share);
        }
    }
    if log_factor.is_finite() { Ok(Watched { log_factor }) } else { Err(Inconclusive::BadTotals) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phase(users: &[u64], weights: &[f64]) -> Vec<Phase> {
        vec![Phase { users: users.to_vec(), weights: weights.to_vec() }]
    }

    #[test]
    fn an_arm_of_weight_zero_is_no_arm() {
        // GrowthBook counts it among the arms and its visitors among all: it says .948 here.
        let looked = once(&phase(&[500, 510, 3], &[0.5, 0.5, 0.0])).unwrap();
        assert!((looked.p - 0.753_021_042_177_323_8).abs() < 1e-12, "{looked:?}");
        assert_eq!(looked.strays, 3);
        assert_eq!(once(&phase(&[500, 510], &[0.5, 0.5])).unwrap().p, looked.p);
        let watched_with = watched(&phase(&[500, 510, 3], &[0.5, 0.5, 0.0])).unwrap();
        assert_eq!(watched_with, watched(&phase(&[500, 510], &[0.5, 0.5])).unwrap());
    }

    #[test]
    fn weights_need_not_sum_to_one() {
        assert_eq!(once(&phase(&[900, 100], &[9.0, 1.0])).unwrap().p, 1.0);
    }

    #[test]
    fn new_weights_are_no_broken_ratio() {
        let before = Phase { users: vec![1_000, 1_010], weights: vec![0.5, 0.5] };
        let after = Phase { users: vec![9_050, 1_000], weights: vec![0.9, 0.1] };
        assert!(once(&[before.clone(), after.clone()]).unwrap().p > 0.1);
        assert!(!watched(&[before, after]).unwrap().is_broken());
        // Judged by the weights of today alone, all would be wrong.
        assert!(once(&phase(&[10_050, 2_010], &[0.9, 0.1])).unwrap().p < 1e-10);
    }

    #[test]
    fn a_broken_ratio_is_found() {
        let broken = phase(&[20_800, 19_200], &[0.5, 0.5]);
        assert!(once(&broken).unwrap().p < BROKEN_P && watched(&broken).unwrap().is_broken());
        let sound = phase(&[20_080, 19_920], &[0.5, 0.5]);
        assert!(once(&sound).unwrap().p > 0.3 && !watched(&sound).unwrap().is_broken());
    }

    #[test]
    fn without_visitors_or_weights_there_is_no_answer() {
        assert_eq!(once(&phase(&[0, 0], &[0.5, 0.5])), Err(Inconclusive::TooFew));
        assert_eq!(once(&[]), Err(Inconclusive::TooFew));
        assert_eq!(once(&phase(&[5, 5], &[1.0, 0.0])), Err(Inconclusive::TooFew));
        assert_eq!(once(&phase(&[5, 5], &[1.0, -1.0])), Err(Inconclusive::BadSetting));
        assert_eq!(once(&phase(&[5, 5], &[1.0, f64::NAN])), Err(Inconclusive::BadSetting));
        assert_eq!(watched(&phase(&[5, 5, 5], &[1.0, 1.0])), Err(Inconclusive::BadSetting));
        assert_eq!(watched(&phase(&[0, 0], &[0.5, 0.5])).unwrap().log_factor, 0.0);
    }
}
