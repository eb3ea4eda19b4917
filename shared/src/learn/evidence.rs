//! Whether the learner is better than the card, judged after every outcome without fooling oneself.
//!
//! What is compared is log loss, of chances held between 2 % and 98 %, so that a difference `d` (the card's less the learner's) lies
//! between -1 and 1 once it is divided by its bound. A gambler who starts with 1 stakes a fixed share of their wealth on the
//! learner at each outcome: `W *= 1 + share * d`. Where the learner is no better given what was learnt before, that is a
//! supermartingale that is never negative, so it ever exceeds 20 with a chance of at most 1 in 20, whenever one looks (Ville
//! 1939). The wealth here is the mean over several shares, which is one too. Sources: Waudby-Smith and Ramdas 2024, "Estimating means of
//! bounded random variables by betting", section 4; Choe and Ramdas 2023, "Comparing sequential forecasters".
//!
//! The other way round it is watched for ever: a second gambler bets on the card, and is given a new coin whenever theirs are
//! lost (the e-detector of the CUSUM kind: Shin, Ramdas and Rinaldo 2024, "E-detectors", definition 2.2). At 100 the
//! learner steps back, and has to earn its place anew with twice the evidence: over all attempts, undeserved trust has a chance
//! of at most 1/20 + 1/40 + ... = 1 in 10.

use serde::{Deserialize, Serialize};

use super::math::{from_micro, log_likelihood};

/// The wealth that is evidence enough the first time.
const TRUST: f64 = 20.0;
/// The wealth of who bets on the card that makes the learner step back.
const DISTRUST: f64 = 100.0;
/// What is staked, as shares of the wealth.
const SHARES: [f64; 5] = [0.05, 0.1, 0.2, 0.4, 0.8];
/// The log-odds of 98 %, and what two log losses of chances within can differ by.
const BOUND: f64 = 3.891_820_298_110_627;

/// Wealth is held here: more says no more, and from less nobody comes back. What the lower end gives away is nothing to 20.
const MOST: f64 = 1e100;
const LEAST: f64 = 1e-100;

/// The two gamblers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// What betting on the learner made of 1, for each share.
    #[serde(with = "super::bits")]
    learner: Vec<f64>,
    /// The same for the card since the learner was trusted, never below a new coin's.
    #[serde(with = "super::bits")]
    card: Vec<f64>,
    trusted: bool,
    /// How often trust was taken back.
    pub steps_back: u32,
}

impl Evidence {
    pub fn new() -> Self {
        Self { learner: vec![1.0; SHARES.len()], card: vec![1.0; SHARES.len()], trusted: false, steps_back: 0 }
    }

    /// Is it as long as it was written?
    pub fn whole(&self) -> bool {
        self.learner.len() == SHARES.len() && self.card.len() == SHARES.len()
    }

    /// Is the learner trusted?
    pub fn trusts(&self) -> bool {
        self.trusted
    }

    /// The e-value: what betting on the learner made of 1, since the start or since it last stepped back.
    pub fn e_value(&self) -> f64 {
        mean(&self.learner)
    }

    /// The e-value that is enough: 20, and twice as much after each step back, 20,480 at most.
    pub fn enough(&self) -> f64 {
        TRUST * f64::from(1_u32 << self.steps_back.min(10))
    }

    /// Takes in an outcome, and what card and learner had said in millionths of log-odds.
    pub fn learn(&mut self, card: i32, learner: i32, won: bool) {
        let said = |micro| log_likelihood(from_micro(micro).clamp(-BOUND, BOUND), won);
        let ahead = ((said(learner) - said(card)) / BOUND).clamp(-1.0, 1.0);
        for (wealth, share) in self.learner.iter_mut().zip(SHARES) {
            *wealth = (*wealth * (1.0 + share * ahead)).clamp(LEAST, MOST);
        }
        if !self.trusted {
            self.trusted = self.e_value() > self.enough();
            return;
        }
        for (wealth, share) in self.card.iter_mut().zip(SHARES) {
            *wealth = (wealth.max(1.0) * (1.0 - share * ahead)).min(MOST);
        }
        if mean(&self.card) >= DISTRUST {
            *self = Self { steps_back: self.steps_back + 1, ..Self::new() };
        }
    }
}

fn mean(wealth: &[f64]) -> f64 {
    wealth.iter().sum::<f64>() / super::refit::to_float(wealth.len().max(1) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::learn::math::{micro, sigmoid};
    use crate::learn::testing::Chance;

    #[test]
    fn a_learner_that_is_no_better_is_rarely_trusted() {
        // Each errs as much as the other: the card's chance is too high where the learner's is too low, about one in two.
        let mut trusted = 0;
        for seed in 0..400 {
            let mut chance = Chance::new(seed);
            let mut evidence = Evidence::new();
            let mut ever = false;
            for _ in 0..2000 {
                let off = if chance.happens(0.5) { 0.6 } else { -0.6 };
                evidence.learn(micro(off), micro(-off), chance.happens(0.5));
                ever |= evidence.trusts();
            }
            trusted += u32::from(ever);
        }
        assert!(trusted <= 20, "{trusted} of 400, and at most 20 are expected");
        assert!(trusted >= 1, "the bound is not idle");
    }

    #[test]
    fn a_learner_that_is_better_is_trusted_soon_and_one_that_turns_bad_steps_back() {
        let mut chance = Chance::new(7);
        let mut evidence = Evidence::new();
        let mut outcome = |evidence: &mut Evidence, good: bool| {
            let z = if chance.happens(0.5) { 1.2 } else { -1.2 };
            let said = if good { z } else { -z };
            evidence.learn(0, micro(said), chance.happens(sigmoid(z)));
        };
        let trusted = (0..1000).position(|_| {
            outcome(&mut evidence, true);
            evidence.trusts()
        });
        assert!(trusted.unwrap() < 300, "{trusted:?}");
        for _ in 0..2000 {
            outcome(&mut evidence, true);
        }
        assert!(evidence.trusts() && evidence.steps_back == 0);
        let back = (0..1000).position(|_| {
            outcome(&mut evidence, false);
            !evidence.trusts()
        });
        assert!(back.unwrap() < 100, "{back:?}");
        assert_eq!((evidence.steps_back, evidence.e_value(), evidence.enough()), (1, 1.0, 40.0));
    }

    #[test]
    fn equal_words_are_no_evidence_and_extreme_words_cannot_ruin() {
        let mut evidence = Evidence::new();
        evidence.learn(500_000, 500_000, true);
        assert_eq!(evidence.e_value(), 1.0);
        for _ in 0..10_000 {
            evidence.learn(30_000_000, -30_000_000, true);
        }
        assert!(evidence.e_value() >= 0.0 && !evidence.trusts());
        assert!((BOUND - crate::learn::math::log_odds(0.98)).abs() < 1e-12);
    }
}
