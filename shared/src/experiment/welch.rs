//! Welch's test: one look, at a sample size that was fixed before. For reading, and for whoever asks for it; it is wrong
//! in two A/A tests of five when looked at every day, so no verdict is built on it.

use super::effect::{Effect, Interval};
use super::inconclusive::{Inconclusive, level};
use super::special::student;

/// What a test says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Test {
    /// The interval, at the level asked for.
    pub interval: Interval,
    /// How likely such an effect is where there is none.
    pub p: f64,
}

/// Both directions.
///
/// # Errors
/// A level that is none.
pub fn two_sided(effect: &Effect, alpha: f64) -> Result<Test, Inconclusive> {
    let half = student::exceeded_by(level(alpha)? / 2.0, effect.degrees) * effect.error;
    Ok(Test { interval: Interval::around(effect.estimate, half), p: student::beyond(effect.z(), effect.degrees) })
}

/// Is the treatment greater? The interval has no upper end.
///
/// # Errors
/// A level that is none.
pub fn greater(effect: &Effect, alpha: f64) -> Result<Test, Inconclusive> {
    let half = student::exceeded_by(level(alpha)?, effect.degrees) * effect.error;
    let interval = Interval { low: effect.estimate - half, high: f64::INFINITY };
    Ok(Test { interval, p: student::above(effect.z(), effect.degrees) })
}
