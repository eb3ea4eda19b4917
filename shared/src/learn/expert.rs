//! The experts: each turns a lead's slots and points into log-odds, and learns from outcomes.
//!
//! All are linear in the slots, so that a mixture of their log-odds is too, and the explanation of it exact. All start from the
//! card: 30 points are a chance of one in ten, and 10 points are 0.5 in log-odds.

use serde::{Deserialize, Serialize};

use super::math::{log_odds, shrinkage, sigmoid};
use super::slots::EVERYBODY;

/// What the card's points mean before anything is learnt: the chance at [`CENTRE`] points.
pub const CHANCE: f64 = 0.1;
/// The points at which it is that.
pub const CENTRE: f64 = 30.0;
/// Log-odds for ten points.
pub const SLOPE: f64 = 0.5;
/// How sure we are of the chance, as a variance: hardly.
const CHANCE_VARIANCE: f64 = 2.0;
/// How sure we are of the slope: somewhat.
const SLOPE_VARIANCE: f64 = 0.05;
/// How far a level may be expected to move the log-odds, as a variance.
pub const LEVEL_VARIANCE: f64 = 0.3;
/// The least curvature of an outcome: what is certain still teaches a little.
const LEAST_CURVATURE: f64 = 1e-4;

/// A lead as the experts see it.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'a> {
    /// Everybody's slot and one for each field. Those that nobody has learnt are beyond every list.
    pub slots: &'a [u16],
    /// Points, as `(points - CENTRE) / 10`.
    pub x: f64,
}

/// What a slot and the points are worth to an expert, in log-odds.
pub trait Linear {
    /// The weight of a slot.
    fn slot(&self, slot: u16) -> f64;
    /// The weight of `x`.
    fn points(&self) -> f64;
    /// By what the sum is divided for this lead.
    fn shrinkage(&self, seen: Seen) -> f64;

    /// Log-odds.
    fn log_odds(&self, seen: Seen) -> f64 {
        let sum: f64 = seen.slots.iter().map(|slot| self.slot(*slot)).sum();
        (sum + self.points() * seen.x) / self.shrinkage(seen)
    }
}

/// The card alone, with its chance and its slope learnt: Bayesian logistic regression with both variances and their covariance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Points {
    /// Intercept, slope, and their variances and covariance.
    #[serde(with = "super::bits")]
    kept: Vec<f64>,
}

impl Points {
    pub fn new() -> Self {
        Self { kept: vec![log_odds(CHANCE), SLOPE, CHANCE_VARIANCE, SLOPE_VARIANCE, 0.0] }
    }

    /// Is it as long as it was written?
    pub fn whole(&self) -> bool {
        self.kept.len() == 5
    }

    fn parts(&self) -> [f64; 5] {
        self.kept.as_slice().try_into().unwrap_or([0.0; 5])
    }

    /// One step of the extended Kalman filter: `m += C x (y - p) / d`, `C -= h (C x)(C x)' / d`, `d = 1 + h x' C x`.
    pub fn learn(&mut self, seen: Seen, won: bool) {
        let [intercept, slope, vi, vs, both] = self.parts();
        let (ci, cs) = (vi + both * seen.x, both + vs * seen.x);
        let variance = ci + cs * seen.x;
        let p = sigmoid((intercept + slope * seen.x) / shrinkage(variance));
        let h = (p * (1.0 - p)).max(LEAST_CURVATURE);
        let d = 1.0 + h * variance;
        let step = (f64::from(u8::from(won)) - p) / d;
        let after = [
            intercept + ci * step,
            slope + cs * step,
            vi - h * ci * ci / d,
            vs - h * cs * cs / d,
            both - h * ci * cs / d,
        ];
        self.kept.iter_mut().zip(after).for_each(|(kept, after)| *kept = after);
    }
}

impl Linear for Points {
    fn slot(&self, slot: u16) -> f64 {
        if slot == EVERYBODY { self.kept.first().copied().unwrap_or(0.0) } else { 0.0 }
    }

    fn points(&self) -> f64 {
        self.kept.get(1).copied().unwrap_or(0.0)
    }

    fn shrinkage(&self, _: Seen) -> f64 {
        1.0
    }
}

/// Bayesian logistic regression over the slots, each with a mean and a variance of its own.
///
/// The formulas are those of the data's README (a diagonal Gaussian, updated as in assumed-density filtering; compare Graepel
/// et al. 2010, "Web-scale Bayesian click-through rate prediction", section 3). With `keep` below 1 it forgets: before each
/// outcome the variances of its slots are divided by `keep`, and never pass where they started.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Gaussian {
    #[serde(with = "super::bits")]
    pub means: Vec<f64>,
    #[serde(with = "super::bits")]
    pub variances: Vec<f64>,
    /// The slope's mean and variance, then `keep`.
    #[serde(with = "super::bits")]
    slope: Vec<f64>,
}

impl Gaussian {
    pub fn new(keep: f64) -> Self {
        Self {
            means: vec![log_odds(CHANCE)],
            variances: vec![CHANCE_VARIANCE],
            slope: vec![SLOPE, SLOPE_VARIANCE, keep],
        }
    }

    /// Is it as long as it was written, for so many slots?
    pub fn whole(&self, count: usize) -> bool {
        self.means.len() == count && self.variances.len() == count && self.slope.len() == 3
    }

    /// The slope's mean and variance, and `keep`.
    pub fn slope(&self) -> [f64; 3] {
        self.slope.as_slice().try_into().unwrap_or([0.0, 0.0, 1.0])
    }

    /// Sets the slope's mean and variance.
    pub fn set_slope(&mut self, mean: f64, variance: f64) {
        self.slope.iter_mut().zip([mean, variance]).for_each(|(kept, after)| *kept = after);
    }

    /// The mean and the variance that a slot starts with.
    pub fn start(slot: usize) -> (f64, f64) {
        if slot == usize::from(EVERYBODY) { (log_odds(CHANCE), CHANCE_VARIANCE) } else { (0.0, LEVEL_VARIANCE) }
    }

    /// The mean and the variance that the slope starts with.
    pub fn start_of_slope() -> (f64, f64) {
        (SLOPE, SLOPE_VARIANCE)
    }

    pub fn grow(&mut self, count: usize) {
        self.means.resize(count, 0.0);
        self.variances.resize(count, LEVEL_VARIANCE);
    }

    fn variance(&self, seen: Seen) -> f64 {
        let levels: f64 = seen.slots.iter().map(|slot| self.of(*slot)).sum();
        let [_, slope, _] = self.slope();
        levels + slope * seen.x * seen.x
    }

    fn of(&self, slot: u16) -> f64 {
        self.variances.get(usize::from(slot)).copied().unwrap_or(LEVEL_VARIANCE)
    }

    /// `m += v x (y - p) / d`, `v -= h (v x)^2 / d`, `h = max(p (1 - p), 1e-4)`, `d = 1 + h s2`.
    pub fn learn(&mut self, seen: Seen, won: bool) {
        self.forget(seen);
        let variance = self.variance(seen);
        let sum: f64 = seen.slots.iter().map(|slot| self.slot(*slot)).sum();
        let p = sigmoid((sum + self.points() * seen.x) / shrinkage(variance));
        let h = (p * (1.0 - p)).max(LEAST_CURVATURE);
        let d = 1.0 + h * variance;
        // A division takes as long as everything else of a slot, so there is none in the loop.
        let (step, narrowed) = ((f64::from(u8::from(won)) - p) / d, h / d);
        for slot in seen.slots {
            let slot = usize::from(*slot);
            if let (Some(mean), Some(variance)) = (self.means.get_mut(slot), self.variances.get_mut(slot)) {
                *mean += *variance * step;
                *variance -= narrowed * *variance * *variance;
            }
        }
        let [mean, variance, _] = self.slope();
        let moved = variance * seen.x;
        self.set_slope(mean + moved * step, variance - narrowed * moved * moved);
    }

    fn forget(&mut self, seen: Seen) {
        let [mean, variance, keep] = self.slope();
        if keep >= 1.0 {
            return;
        }
        let widened = 1.0 / keep;
        for slot in seen.slots {
            let most = Self::start(usize::from(*slot)).1;
            if let Some(variance) = self.variances.get_mut(usize::from(*slot)) {
                *variance = (*variance * widened).min(most);
            }
        }
        self.set_slope(mean, (variance * widened).min(SLOPE_VARIANCE));
    }
}

impl Linear for Gaussian {
    fn slot(&self, slot: u16) -> f64 {
        self.means.get(usize::from(slot)).copied().unwrap_or(0.0)
    }

    fn points(&self) -> f64 {
        self.slope()[0]
    }

    fn shrinkage(&self, seen: Seen) -> f64 {
        shrinkage(self.variance(seen))
    }
}

/// Follow the regularised leader with a step of its own for each slot (McMahan et al. 2013, "Ad click prediction: a view from
/// the trenches", algorithm 1), without its L1 part, around the card.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Leader {
    /// The points' sum, then the slots'.
    #[serde(with = "super::bits")]
    sums: Vec<f64>,
    /// The roots of the sums of squared gradients, likewise.
    #[serde(with = "super::bits")]
    roots: Vec<f64>,
    /// The weights that follow from them, likewise: they are asked for more often than they change.
    #[serde(with = "super::bits")]
    weights: Vec<f64>,
}

/// One over the step size, its offset, and the pull back to the card: 1 / alpha, beta and lambda 2 of the paper.
const RATE: f64 = 10.0;
const OFFSET: f64 = 1.0;
const PULL: f64 = 1.0;

impl Leader {
    pub fn new() -> Self {
        Self { sums: vec![0.0; 2], roots: vec![0.0; 2], weights: vec![0.0; 2] }
    }

    pub fn grow(&mut self, count: usize) {
        for list in [&mut self.sums, &mut self.roots, &mut self.weights] {
            list.resize(count + 1, 0.0);
        }
    }

    /// Is it as long as it was written, for so many slots?
    pub fn whole(&self, count: usize) -> bool {
        [&self.sums, &self.roots, &self.weights].iter().all(|list| list.len() == count + 1)
    }

    /// The weight at a place: 0 is the points', a slot's is one further.
    fn weight(&self, at: usize) -> f64 {
        self.weights.get(at).copied().unwrap_or(0.0)
    }

    pub fn learn(&mut self, seen: Seen, won: bool) {
        let error = sigmoid(self.log_odds(seen)) - f64::from(u8::from(won));
        self.step(0, error * seen.x);
        for slot in seen.slots {
            self.step(usize::from(*slot) + 1, error);
        }
    }

    fn step(&mut self, at: usize, gradient: f64) {
        let kept = (self.sums.get_mut(at), self.roots.get_mut(at), self.weights.get_mut(at));
        if let (Some(sum), Some(root), Some(weight)) = kept {
            let grown = (*root * *root + gradient * gradient).sqrt();
            *sum += gradient - (grown - *root) * RATE * *weight;
            *root = grown;
            *weight = -*sum / ((OFFSET + grown) * RATE + PULL);
        }
    }
}

impl Linear for Leader {
    fn slot(&self, slot: u16) -> f64 {
        let start = if slot == EVERYBODY { log_odds(CHANCE) } else { 0.0 };
        start + self.weight(usize::from(slot) + 1)
    }

    fn points(&self) -> f64 {
        SLOPE + self.weight(0)
    }

    fn shrinkage(&self, _: Seen) -> f64 {
        1.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEEN: Seen = Seen { slots: &[0, 1], x: 1.0 };

    #[test]
    fn everybody_starts_as_the_card() {
        let card = log_odds(0.1) + 0.5;
        assert!((Points::new().log_odds(SEEN) - card).abs() < 1e-12);
        assert!((Leader::new().log_odds(SEEN) - card).abs() < 1e-12);
        let gaussian = Gaussian::new(1.0);
        assert!((gaussian.log_odds(SEEN) - card / shrinkage(2.0 + 0.3 + 0.05)).abs() < 1e-12);
    }

    #[test]
    fn one_win_moves_each_by_the_formula() {
        let mut gaussian = Gaussian::new(1.0);
        gaussian.grow(2);
        gaussian.learn(SEEN, true);
        let (m, s2) = (log_odds(0.1) + 0.5, 2.35);
        let p = sigmoid(m / (1.0 + std::f64::consts::PI * s2 / 8.0).sqrt());
        let d = 1.0 + p * (1.0 - p) * s2;
        assert!((gaussian.means[1] - 0.3 * (1.0 - p) / d).abs() < 1e-12);
        assert!((gaussian.variances[1] - (0.3 - p * (1.0 - p) * 0.09 / d)).abs() < 1e-12);

        let mut leader = Leader::new();
        leader.grow(2);
        let p = sigmoid(m);
        leader.learn(SEEN, true);
        assert!((leader.slot(1) - (1.0 - p) / ((1.0 + (1.0 - p)) / 0.1 + 1.0)).abs() < 1e-12);
    }

    #[test]
    fn the_card_learns_chance_and_slope_together() {
        let mut points = Points::new();
        for round in 0..2000 {
            let x = f64::from(round % 5) - 2.0;
            points.learn(Seen { slots: &[0], x }, x > 0.0 || round % 3 == 0);
        }
        assert!(points.slot(0) > log_odds(0.3) && points.points() > 0.7, "{points:?}");
        let [_, _, vi, vs, both] = points.parts();
        assert!(vi > 0.0 && vs > 0.0 && vi * vs > both * both, "still a covariance: {points:?}");
    }

    #[test]
    fn whoever_forgets_never_gets_less_sure_than_at_the_start() {
        let mut gaussian = Gaussian::new(0.5);
        gaussian.grow(3);
        for _ in 0..100 {
            gaussian.learn(SEEN, false);
        }
        assert!(gaussian.variances[0] <= 2.0 && gaussian.variances[1] <= 0.3 && gaussian.slope()[1] <= 0.05);
        assert_eq!(gaussian.variances[2].to_bits(), 0.3_f64.to_bits(), "only its own slots");
        let mut sure = Gaussian::new(1.0);
        sure.grow(3);
        for _ in 0..100 {
            sure.learn(SEEN, false);
        }
        assert!(sure.variances[1] < gaussian.variances[1]);
    }
}
