//! Confidence sequences: intervals that hold at every look together, however often and whenever one looks.
//!
//! Asymptotic ones, from totals alone (Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas 2024, "Time-uniform central limit
//! theory and asymptotic confidence sequences", theorem 2.2 and its appendix; the one-sided kind, B.1). They are tightest
//! where the visitors of both arms are about [`Tuning`]. Decide with them on the absolute scale; see [`super::effect`].

use super::effect::{Effect, Interval};
use super::inconclusive::{Inconclusive, level};

/// After how many visitors, of both arms, a sequence is tightest.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tuning(f64);

impl Tuning {
    /// Unless somebody plans otherwise.
    pub const USUAL: Self = Self(5_000.0);

    /// So many visitors, at least one.
    ///
    /// # Errors
    /// No number of visitors.
    pub fn at(visitors: f64) -> Result<Self, Inconclusive> {
        if visitors >= 1.0 && visitors.is_finite() { Ok(Self(visitors)) } else { Err(Inconclusive::BadSetting) }
    }
}

/// A sequence, as far as it depends on how many visitors there are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sequence {
    /// `rho^2`: how the mixture is spread.
    spread: f64,
}

impl Sequence {
    /// In both directions, tuned for this level.
    ///
    /// # Errors
    /// A level that is none.
    pub fn two_sided(alpha: f64, tuning: Tuning) -> Result<Self, Inconclusive> {
        Ok(Self::tuned(level(alpha)?, tuning))
    }

    /// In one direction, tuned for this level.
    ///
    /// # Errors
    /// A level that is none.
    pub fn one_sided(alpha: f64, tuning: Tuning) -> Result<Self, Inconclusive> {
        Ok(Self::tuned(2.0 * level(alpha)?, tuning))
    }

    fn tuned(alpha: f64, tuning: Tuning) -> Self {
        let log = -2.0 * libm::log(alpha);
        Self { spread: (log + libm::log(log + 1.0)) / tuning.0 }
    }

    /// Where the effect is, at this look and every other. Nobody was infinitely unsure: with an effect there is an interval.
    pub fn interval(self, effect: &Effect, alpha: f64) -> Interval {
        let log = libm::log(self.grown(effect.n).sqrt() / alpha);
        Interval::around(effect.estimate, effect.error * (self.width(effect.n) * log).sqrt())
    }

    /// The level at which nothing would just be outside of the interval: valid at every look.
    pub fn p(self, effect: &Effect) -> f64 {
        let (grown, z) = (self.grown(effect.n), effect.z());
        let log = 0.5 * libm::log(grown) - self.spread * z * z * effect.n / (2.0 * grown);
        if log >= 0.0 { 1.0 } else { libm::exp(log) }
    }

    /// The lower end, where there is no upper one.
    pub fn above(self, effect: &Effect, alpha: f64) -> f64 {
        let log = libm::log1p(self.grown(effect.n).sqrt() / (2.0 * alpha));
        effect.estimate - effect.error * (self.width(effect.n) * log).sqrt()
    }

    /// The level at which nothing would just be the lower end; a half where there is no sign of more.
    pub fn p_above(self, effect: &Effect) -> f64 {
        let (grown, z) = (self.grown(effect.n), effect.z());
        if z <= 0.0 {
            return 0.5;
        }
        (grown.sqrt() / (2.0 * libm::expm1(z * z / self.width(effect.n)))).min(0.5)
    }

    fn grown(self, n: f64) -> f64 {
        n * self.spread + 1.0
    }

    /// What the logarithm is multiplied by, in squared standard errors.
    fn width(self, n: f64) -> f64 {
        2.0 * self.grown(n) / (n * self.spread)
    }
}
