//! Two proportions at one look, exactly or nearly so: for few visitors, where a normal approximation says too much.
//!
//! For reading, like every fixed-look test; see [`super::betting`] for what decides.

use super::effect::Interval;
use super::inconclusive::{Inconclusive, level};
use super::special::beta::Beta;
use super::special::gamma::chi_square_above;
use super::special::quadrature::{cuts, integral};
use super::special::{normal, number};

/// More visitors than there are people.
const MOST: u64 = 10_000_000_000;

/// Visitors, and those who did it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// Visitors.
    pub n: u64,
    /// Of them.
    pub did: u64,
}

/// What is believed of two rates that nothing was known of before.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Believed {
    /// How likely the second is greater.
    pub second_is_greater: f64,
    /// What taking the second loses on average.
    pub loss_of_second: f64,
    /// What keeping the first loses on average.
    pub loss_of_first: f64,
    /// The difference of the means, the second less the first.
    pub difference: f64,
}

impl Counts {
    fn check(self) -> Result<Self, Inconclusive> {
        match self {
            Self { n: 0, .. } => Err(Inconclusive::TooFew),
            Self { n, did } if did > n || n > MOST => Err(Inconclusive::BadTotals),
            fine => Ok(fine),
        }
    }

    fn rate(self) -> f64 {
        number(self.did) / number(self.n)
    }

    /// What is believed of its rate, if every rate was as likely before.
    pub fn posterior(self) -> Beta {
        Beta { a: number(self.did) + 1.0, b: number(self.n.saturating_sub(self.did)) + 1.0 }
    }

    /// Wilson's interval of one rate (1927).
    fn wilson(self, z: f64) -> Interval {
        let (n, rate) = (number(self.n), self.rate());
        let by = 1.0 + z * z / n;
        let half = z * (rate * (1.0 - rate) / n + z * z / (4.0 * n * n)).sqrt() / by;
        Interval::around((rate + z * z / (2.0 * n)) / by, half)
    }
}

/// The pooled z test, which is the chi-square test of the two-by-two table: how many standard errors the second is above the
/// first.
///
/// # Errors
/// Nobody in an arm; nobody or everybody did it.
pub fn pooled_z(first: Counts, second: Counts) -> Result<f64, Inconclusive> {
    let (first, second) = (first.check()?, second.check()?);
    let (a, b) = (number(first.n), number(second.n));
    let pooled = number(first.did + second.did) / (a + b);
    let variance = pooled * (1.0 - pooled) * (1.0 / a + 1.0 / b);
    if variance <= 0.0 { Err(Inconclusive::NoVariance) } else { Ok((second.rate() - first.rate()) / variance.sqrt()) }
}

/// The p-value of the two-by-two table without continuity correction.
///
/// # Errors
/// As [`pooled_z`].
pub fn chi_square(first: Counts, second: Counts) -> Result<f64, Inconclusive> {
    let z = pooled_z(first, second)?;
    Ok(chi_square_above(z * z, 1.0))
}

/// Fisher's exact test, in both directions: all tables with these margins that are no likelier than this one.
///
/// # Errors
/// Nobody in an arm, or counts that cannot be.
pub fn fisher(first: Counts, second: Counts) -> Result<f64, Inconclusive> {
    /// Tables that are as likely, though rounding says otherwise.
    const TIE: f64 = 1.0 + 1e-9;
    let (first, second) = (first.check()?, second.check()?);
    let did = first.did + second.did;
    let (low, high) = (did.saturating_sub(second.n), did.min(first.n));
    // From the likeliest table outwards each is a multiple of the one before; those that are too small to count are left out.
    let ratio = |k: u64| {
        number(first.n - k) * number(did - k) / (number(k + 1) * number((second.n + k + 1).saturating_sub(did)))
    };
    let mode = {
        let at = (number(first.n) + 1.0) * (number(did) + 1.0) / (number(first.n) + number(second.n) + 2.0);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between low and high")]
        let at = at.floor() as u64;
        at.clamp(low, high)
    };
    let upward = (mode..high).scan(1.0, |chance, k| {
        *chance *= ratio(k);
        (*chance > 1e-300).then_some((k + 1, *chance))
    });
    let downward = (low..mode).rev().scan(1.0, |chance, k| {
        *chance /= ratio(k);
        (*chance > 1e-300).then_some((k, *chance))
    });
    let tables: Vec<(u64, f64)> = std::iter::once((mode, 1.0)).chain(upward).chain(downward).collect();
    let all: f64 = tables.iter().map(|(_, chance)| chance).sum();
    let this = tables.iter().find(|(k, _)| *k == first.did).map_or(0.0, |(_, chance)| *chance);
    let as_unlikely = tables.iter().map(|(_, chance)| *chance).filter(|chance| *chance <= this * TIE);
    Ok((as_unlikely.sum::<f64>() / all).min(1.0))
}

/// Newcombe's interval of the difference, the second less the first (1998, method 10): honest for few visitors, and for none
/// who did it.
///
/// # Errors
/// Nobody in an arm, or a level that is none.
pub fn newcombe(first: Counts, second: Counts, alpha: f64) -> Result<Interval, Inconclusive> {
    let z = normal::exceeded_by(level(alpha)? / 2.0);
    let (first, second) = (first.check()?, second.check()?);
    let (a, b) = (first.wilson(z), second.wilson(z));
    let (p, q) = (first.rate(), second.rate());
    let length = |x: f64, y: f64| (x * x + y * y).sqrt();
    Ok(Interval { low: q - p - length(q - b.low, a.high - p), high: q - p + length(b.high - q, p - a.low) })
}

/// What is believed of both rates, exactly, where every rate was as likely before.
///
/// # Errors
/// Counts that cannot be. Nobody in an arm is no error: then nothing is known of it.
pub fn believed(first: Counts, second: Counts) -> Result<Believed, Inconclusive> {
    if first.did > first.n || second.did > second.n || first.n.max(second.n) > MOST {
        return Err(Inconclusive::BadTotals);
    }
    let (a, b) = (first.posterior(), second.posterior());
    let points = cuts(&[(a.mean(), a.deviation()), (b.mean(), b.deviation())], 0.0, 1.0);
    Ok(Believed {
        second_is_greater: integral(&points, |x| b.density(x) * a.split(x).0),
        // E[max(0, A - B)]: of positive parts only, so that a small loss keeps its digits.
        loss_of_second: integral(&points, |x| b.split(x).0 * a.split(x).1),
        loss_of_first: integral(&points, |x| a.split(x).0 * b.split(x).1),
        difference: b.mean() - a.mean(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn of(n: u64, did: u64) -> Counts {
        Counts { n, did }
    }

    #[test]
    fn fishers_tea_and_a_table_of_scipys_manual() {
        assert!((fisher(of(4, 3), of(4, 1)).unwrap() - 0.485_714_285_714_285_7).abs() < 1e-14);
        assert!((fisher(of(10, 8), of(6, 1)).unwrap() - 0.034_965_034_965_034_97).abs() < 1e-14);
        assert_eq!(fisher(of(5, 0), of(5, 0)), Ok(1.0));
    }

    #[test]
    fn few_visitors_have_an_answer_where_the_normal_has_none() {
        let interval = newcombe(of(100, 0), of(100, 5), 0.05).unwrap();
        assert!((interval.low - 0.003_327_940_846_157_152_7).abs() < 1e-12);
        let believed = believed(of(100, 0), of(100, 5)).unwrap();
        assert!((believed.second_is_greater - 0.985_523_495_952_628_9).abs() < 1e-10);
        assert!((believed.loss_of_first - believed.loss_of_second - believed.difference).abs() < 1e-12);
    }

    #[test]
    fn nobody_is_no_answer_and_what_cannot_be_is_refused() {
        assert_eq!(fisher(of(0, 0), of(3, 1)), Err(Inconclusive::TooFew));
        assert_eq!(pooled_z(of(3, 3), of(3, 3)), Err(Inconclusive::NoVariance));
        assert_eq!(newcombe(of(3, 4), of(3, 1), 0.05), Err(Inconclusive::BadTotals));
        assert!((believed(of(0, 0), of(0, 0)).unwrap().second_is_greater - 0.5).abs() < 1e-14);
    }
}
