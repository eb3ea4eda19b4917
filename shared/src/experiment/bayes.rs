//! What to believe of an effect: normal data, and a normal prior or none.
//!
//! For reading. "Chance to win above 95 %" at any look is wrong in 57 of 100 A/A tests, so no verdict is built on it.

use super::effect::{Effect, Interval, Scale};
use super::inconclusive::{Inconclusive, finite, level};
use super::special::normal;

/// What was believed of a relative effect before.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Prior {
    /// Nothing.
    Flat,
    /// That it is about so much, give or take.
    Normal {
        /// The middle.
        mean: f64,
        /// The standard deviation: more than nothing.
        deviation: f64,
    },
}

/// Which way is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Better {
    /// More of it.
    Higher,
    /// Less of it: complaints, seconds.
    Lower,
}

/// What is believed after.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Posterior {
    /// The middle.
    pub mean: f64,
    /// The standard deviation.
    pub deviation: f64,
    /// Where it is, at the level asked for.
    pub interval: Interval,
    /// How likely the treatment is better.
    pub chance_to_win: f64,
    /// What one loses on average by keeping the control.
    pub risk_of_control: f64,
    /// What one loses on average by taking the treatment.
    pub risk_of_treatment: f64,
}

/// Believes an effect, given a prior on the relative one.
///
/// # Errors
/// A level or a prior that is none; on the absolute scale, a prior that is relative to a control of nothing.
pub fn posterior(
    effect: &Effect,
    scale: Scale,
    prior: Prior,
    better: Better,
    alpha: f64,
) -> Result<Posterior, Inconclusive> {
    let alpha = level(alpha)?;
    let (mean, deviation) = match prior {
        Prior::Flat => (effect.estimate, effect.error),
        Prior::Normal { mean, deviation } => {
            let size = if scale == Scale::Absolute { effect.control_mean.abs() } else { 1.0 };
            if size == 0.0 {
                return Err(Inconclusive::ZeroControl);
            }
            let (mean, variance) = (mean * size, deviation * deviation * size * size);
            if !(variance > 0.0 && mean.is_finite() && variance.is_finite()) {
                return Err(Inconclusive::BadSetting);
            }
            let data = effect.error * effect.error;
            let precision = 1.0 / data + 1.0 / variance;
            ((effect.estimate / data + mean / variance) / precision, (1.0 / precision).sqrt())
        }
    };
    let half = normal::exceeded_by(alpha / 2.0) * finite(deviation)?;
    let (gain, loss) = (normal::mean_gain(mean, deviation), normal::mean_gain(-mean, deviation));
    let ((chance_to_win, risk_of_control, risk_of_treatment), mean) = match better {
        Better::Higher => ((normal::below(mean / deviation), gain, loss), finite(mean)?),
        Better::Lower => ((normal::above(mean / deviation), loss, gain), finite(mean)?),
    };
    let interval = Interval::around(mean, half);
    Ok(Posterior { mean, deviation, interval, chance_to_win, risk_of_control, risk_of_treatment })
}
