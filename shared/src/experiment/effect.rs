//! The effect of an arm against the control: how large it is, and how sure.
//!
//! On the absolute scale it is what decides: the relative one breaks its promise where conversion is low, because the mean it
//! divides by is uncertain too (measured in DESIGN.md). On the relative scale it is for reading.

use super::inconclusive::{Inconclusive, finite};
use super::totals::{Moments, Totals, theta};

/// What an effect is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// The difference of the means.
    Absolute,
    /// The difference by the size of the control's mean.
    Relative,
}

/// An effect, and how sure it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Effect {
    /// The effect.
    pub estimate: f64,
    /// Its standard error: more than nothing.
    pub error: f64,
    /// Degrees of freedom, by Welch and Satterthwaite.
    pub degrees: f64,
    /// Visitors of both arms.
    pub n: f64,
    /// The control's mean, as it was.
    pub control_mean: f64,
    /// How much of what was there before was taken away.
    pub theta: f64,
}

/// An interval. An end where nothing bounds it is infinite.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// From here; minus infinity where nothing bounds it.
    pub low: f64,
    /// To here; infinity where nothing bounds it.
    pub high: f64,
}

impl Interval {
    /// So far to each side.
    pub fn around(middle: f64, half: f64) -> Self {
        Self { low: middle - half, high: middle + half }
    }

    /// Is it in it?
    pub fn has(&self, value: f64) -> bool {
        self.low <= value && value <= self.high
    }
}

impl Effect {
    /// The effect of a treatment.
    ///
    /// # Errors
    /// Why there is none: an arm with fewer than two visitors or without variance, totals that nobody can have, arms of
    /// different kinds, or, on the relative scale, a control whose mean is nothing.
    pub fn of(control: &Totals, treatment: &Totals, scale: Scale) -> Result<Self, Inconclusive> {
        let theta = theta(control, treatment)?;
        let (a, b) = (control.moments(theta)?, treatment.moments(theta)?);
        let (estimate, variance) = match scale {
            Scale::Absolute => (b.mean - a.mean, b.variance / b.n + a.variance / a.n),
            Scale::Relative => relative(&a, &b, control, theta)?,
        };
        if variance <= 0.0 {
            return Err(Inconclusive::NoVariance);
        }
        let (va, vb) = (a.variance / a.n, b.variance / b.n);
        let degrees = (va + vb) * (va + vb) / (va * va / (a.n - 1.0) + vb * vb / (b.n - 1.0));
        Ok(Self {
            estimate: finite(estimate)?,
            error: finite(variance.sqrt())?,
            degrees: finite(degrees)?,
            n: a.n + b.n,
            control_mean: a.plain_mean,
            theta,
        })
    }

    /// How many standard errors it is from nothing.
    pub fn z(&self) -> f64 {
        self.estimate / self.error
    }
}

/// The relative effect and its variance, by the delta method.
fn relative(a: &Moments, b: &Moments, control: &Totals, theta: f64) -> Result<(f64, f64), Inconclusive> {
    let size = a.plain_mean.abs();
    if size == 0.0 {
        return Err(Inconclusive::ZeroControl);
    }
    let ratio = b.plain_mean / a.plain_mean;
    let control_variance = match control {
        // What is adjusted: the mean it is divided by is not, and varies with it.
        Totals::Adjusted { post, pre, .. } => {
            post.variance(a.n) * ratio * ratio - 2.0 * theta * control.covariance() * ratio
                + theta * theta * pre.variance(a.n)
        }
        _ => a.variance * ratio * ratio,
    };
    let variance = (b.variance / b.n + control_variance / a.n) / (size * size);
    Ok(((b.mean - a.mean) / size, variance))
}
