//! How much each expert is listened to: by what it said before, judged by the outcomes that came.
//!
//! Weights are `prior * exp(sum of discounted log likelihoods)`: exponential weights, which for log loss is Bayes' rule over the
//! experts (Vovk 1990; Cesa-Bianchi and Lugosi 2006, "Prediction, learning, and games", section 3.3), with older outcomes
//! counting less so that drift changes the guide. What is mixed is log-odds and not chances: it ranked and calibrated as well
//! on the public streams, and keeps the explanation additive.

use serde::{Deserialize, Serialize};

use super::math::{exp, from_micro, log_likelihood};

/// How many experts there are: the card, the one that forgets, the leader, the steady one.
pub const EXPERTS: usize = 4;
/// Where their weights start, and what pulls them back: the steady one has earned it on every stream that does not drift.
const PRIOR: [f64; EXPERTS] = [0.5, 1.0, 1.0, 4.0];
/// An outcome counts half after 346 more.
const KEEP: f64 = 0.998;

/// What the experts have earned.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Mixture {
    /// Discounted log likelihoods.
    #[serde(with = "super::bits")]
    earned: Vec<f64>,
}

impl Mixture {
    pub fn new() -> Self {
        Self { earned: vec![0.0; EXPERTS] }
    }

    /// Is it as long as it was written?
    pub fn whole(&self) -> bool {
        self.earned.len() == EXPERTS
    }

    /// Weights that add up to 1.
    pub fn weights(&self) -> [f64; EXPERTS] {
        let mut weights = [0.0; EXPERTS];
        let best = self.earned.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        for ((weight, prior), earned) in weights.iter_mut().zip(PRIOR).zip(&self.earned) {
            *weight = prior * exp(earned - best);
        }
        let sum: f64 = weights.iter().sum();
        weights.map(|weight| weight / sum)
    }

    /// Takes in an outcome and what each expert had said, in millionths of log-odds.
    pub fn learn(&mut self, said: [i32; EXPERTS], won: bool) {
        for (earned, said) in self.earned.iter_mut().zip(said) {
            *earned = *earned * KEEP + log_likelihood(from_micro(said), won);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_was_right_lately_is_listened_to() {
        let mut mixture = Mixture::new();
        assert!(mixture.weights()[3] > 0.6, "the steady one leads before anything is known");
        for _ in 0..100 {
            mixture.learn([0, 0, 2_000_000, 0], true);
        }
        assert!(mixture.weights()[2] > 0.99);
        for _ in 0..1000 {
            mixture.learn([0, 2_000_000, 0, 0], true);
        }
        let weights = mixture.weights();
        assert!(weights[1] > 0.99, "older merits fade: {weights:?}");
        assert!((weights.iter().sum::<f64>() - 1.0).abs() < 1e-12);
    }

    #[test]
    fn a_hundred_thousand_blunders_are_forgiven() {
        let mut mixture = Mixture::new();
        for _ in 0..100_000 {
            mixture.learn([30_000_000, 0, 0, 0], false);
        }
        assert!(mixture.weights().iter().all(|weight| weight.is_finite()));
        for _ in 0..6000 {
            mixture.learn([1_000_000, 0, 0, 0], true);
        }
        assert!(mixture.weights()[0] > 0.9);
    }
}
