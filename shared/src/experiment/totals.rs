//! What is kept of an arm: how many visitors, and sums. Never a visitor's own number.
//!
//! Totals of shards add up ([`Totals::plus`]), so a results page reads as much for a thousand visitors as for a million.

use serde::{Deserialize, Serialize};

use super::inconclusive::{Inconclusive, finite};
use super::special::number;

/// The sum of some numbers, and of their squares.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Sums {
    /// Of the numbers.
    pub sum: f64,
    /// Of their squares.
    pub squares: f64,
}

/// The totals of one metric in one arm.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Totals {
    /// How many visitors, and how many of them did it.
    Proportion {
        /// Visitors.
        n: u64,
        /// Of them.
        sum: f64,
    },
    /// A number of each visitor: points, pages, money.
    Mean {
        /// Visitors.
        n: u64,
        /// Of the number.
        of: Sums,
    },
    /// One number by another, each of visitors: money by order.
    Ratio {
        /// Visitors.
        n: u64,
        /// What is divided.
        top: Sums,
        /// By what.
        bottom: Sums,
        /// The sum of their products.
        products: f64,
    },
    /// A number of each visitor, and the same from before the experiment, of which the chance part is taken away (CUPED: Deng
    /// and others 2013, "Improving the sensitivity of online controlled experiments").
    Adjusted {
        /// Visitors.
        n: u64,
        /// During it.
        post: Sums,
        /// Before it.
        pre: Sums,
        /// The sum of their products.
        products: f64,
    },
}

/// What an arm's totals come to: mean and variance of one visitor.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Moments {
    /// Visitors.
    pub n: f64,
    /// The mean; of what is adjusted, the adjusted one, which is for differences only.
    pub mean: f64,
    /// The mean as it was, which a relative effect is relative to.
    pub plain_mean: f64,
    /// The variance of one visitor.
    pub variance: f64,
}

impl Sums {
    fn plus(self, other: Self) -> Self {
        Self { sum: self.sum + other.sum, squares: self.squares + other.squares }
    }

    fn mean(self, n: f64) -> f64 {
        self.sum / n
    }

    /// Of one visitor, from at least two.
    pub(super) fn variance(self, n: f64) -> f64 {
        (self.squares - self.sum * self.sum / n) / (n - 1.0)
    }

    fn is_finite(self) -> bool {
        self.sum.is_finite() && self.squares.is_finite() && self.squares >= 0.0
    }
}

impl Totals {
    /// How many visitors.
    pub fn n(&self) -> u64 {
        match self {
            Self::Proportion { n, .. } | Self::Mean { n, .. } | Self::Ratio { n, .. } | Self::Adjusted { n, .. } => *n,
        }
    }

    /// Both together.
    ///
    /// # Errors
    /// They are of different kinds.
    pub fn plus(self, other: Self) -> Result<Self, Inconclusive> {
        Ok(match (self, other) {
            (Self::Proportion { n, sum }, Self::Proportion { n: m, sum: more }) => {
                Self::Proportion { n: n.saturating_add(m), sum: sum + more }
            }
            (Self::Mean { n, of }, Self::Mean { n: m, of: more }) => {
                Self::Mean { n: n.saturating_add(m), of: of.plus(more) }
            }
            (Self::Ratio { n, top, bottom, products }, Self::Ratio { n: m, top: t, bottom: b, products: p }) => {
                Self::Ratio { n: n.saturating_add(m), top: top.plus(t), bottom: bottom.plus(b), products: products + p }
            }
            (Self::Adjusted { n, post, pre, products }, Self::Adjusted { n: m, post: o, pre: r, products: p }) => {
                Self::Adjusted { n: n.saturating_add(m), post: post.plus(o), pre: pre.plus(r), products: products + p }
            }
            _ => return Err(Inconclusive::Unlike),
        })
    }

    /// Mean and variance, where what was there before counts so much (`theta`; nothing but for what is adjusted).
    ///
    /// # Errors
    /// Fewer than two visitors, totals that nobody can have, or visitors who are all alike.
    pub fn moments(&self, theta: f64) -> Result<Moments, Inconclusive> {
        self.check()?;
        let n = number(self.n());
        if self.n() < 2 {
            return Err(Inconclusive::TooFew);
        }
        let (mean, plain_mean, variance) = match *self {
            Self::Proportion { sum, .. } => {
                let mean = sum / n;
                (mean, mean, mean * (1.0 - mean))
            }
            Self::Mean { of, .. } => (of.mean(n), of.mean(n), of.variance(n)),
            Self::Ratio { top, bottom, products, .. } => {
                let (t, b) = (top.mean(n), bottom.mean(n));
                if b == 0.0 {
                    return Err(Inconclusive::NoVariance);
                }
                let ratio = top.sum / bottom.sum;
                let covariance = (products - top.sum * bottom.sum / n) / (n - 1.0);
                // The delta method.
                let variance =
                    (top.variance(n) - 2.0 * covariance * (t / b) + (t / b) * (t / b) * bottom.variance(n)) / (b * b);
                (ratio, ratio, variance)
            }
            Self::Adjusted { post, pre, .. } => {
                let covariance = self.covariance();
                let variance = post.variance(n) + theta * theta * pre.variance(n) - 2.0 * theta * covariance;
                (post.mean(n) - theta * pre.mean(n), post.mean(n), variance)
            }
        };
        let moments = Moments { n, mean: finite(mean)?, plain_mean: finite(plain_mean)?, variance: finite(variance)? };
        if variance <= 0.0 { Err(Inconclusive::NoVariance) } else { Ok(moments) }
    }

    /// How a number goes with itself from before, of one visitor; nothing but for what is adjusted.
    pub(super) fn covariance(&self) -> f64 {
        match *self {
            Self::Adjusted { n, post, pre, products } if n > 1 => {
                (products - post.sum * pre.sum / number(n)) / (number(n) - 1.0)
            }
            _ => 0.0,
        }
    }

    /// No totals that nobody can have: more successes than visitors, a negative sum of squares, what is no number.
    fn check(&self) -> Result<(), Inconclusive> {
        let fine = match *self {
            Self::Proportion { n, sum } => sum >= 0.0 && sum <= number(n),
            Self::Mean { of, .. } => of.is_finite(),
            Self::Ratio { top: a, bottom: b, products, .. } | Self::Adjusted { post: a, pre: b, products, .. } => {
                a.is_finite() && b.is_finite() && products.is_finite()
            }
        };
        if fine { Ok(()) } else { Err(Inconclusive::BadTotals) }
    }
}

/// How much of what was there before is taken away: the slope of one on the other, over both arms together. Nothing where one
/// of them does not vary.
///
/// # Errors
/// Arms of different kinds, or fewer than two visitors.
pub fn theta(control: &Totals, treatment: &Totals) -> Result<f64, Inconclusive> {
    let Totals::Adjusted { n, post, pre, .. } = control.plus(*treatment)? else { return Ok(0.0) };
    if n < 2 {
        return Err(Inconclusive::TooFew);
    }
    let (before, during) = (pre.variance(number(n)), post.variance(number(n)));
    if before <= 0.0 || during <= 0.0 {
        return Ok(0.0);
    }
    finite(control.plus(*treatment)?.covariance() / before)
}
