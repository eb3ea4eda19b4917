//! The beta distribution.

use std::f64::consts::TAU;

use super::gamma::{deviance, stirling};

/// Steps of the continued fraction: it takes some multiple of the square root of the larger argument.
const STEPS: u32 = 200_000;

/// A beta distribution with two positive counts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Beta {
    /// Successes, with those that were there before: more than 0.
    pub a: f64,
    /// Failures, likewise.
    pub b: f64,
}

impl Beta {
    /// Its mean.
    pub fn mean(self) -> f64 {
        self.a / (self.a + self.b)
    }

    /// Its standard deviation.
    pub fn deviation(self) -> f64 {
        let n = self.a + self.b;
        (self.a * self.b / (n * n * (n + 1.0))).sqrt()
    }

    /// The density at `x`, which is between 0 and 1; of counts below 1 it would be unbounded at the ends, where it is taken
    /// for nothing.
    pub fn density(self, x: f64) -> f64 {
        let y = 1.0 - x;
        if x <= 0.0 || y <= 0.0 {
            return match (x <= 0.0, self) {
                (true, Self { a: 1.0, b }) => b,
                (false, Self { a, b: 1.0 }) => a,
                _ => 0.0,
            };
        }
        front(self.a, self.b, x, y) / (x * y)
    }

    /// How likely a value below `x` is, and one above it: each exact where it is small.
    pub fn split(self, x: f64) -> (f64, f64) {
        split(self.a, self.b, x, 1.0 - x)
    }
}

/// `x^a y^b / B(a, b)` where `y` is `1 - x`: from the distance to the mode, so that nothing cancels.
fn front(a: f64, b: f64, x: f64, y: f64) -> f64 {
    let n = a + b;
    let scale = (a / TAU * (b / n)).sqrt();
    scale * libm::exp(stirling(n) - stirling(a) - stirling(b) - deviance(a, n * x) - deviance(b, n * y))
}

/// The incomplete beta function: how likely values below and above `x` are, where `y` is `1 - x` and both are given, so that
/// neither is lost near an end.
pub fn split(a: f64, b: f64, x: f64, y: f64) -> (f64, f64) {
    if x <= 0.0 {
        return (0.0, 1.0);
    }
    if y <= 0.0 {
        return (1.0, 0.0);
    }
    let front = front(a, b, x, y);
    // How far `x` is below the mean, by whichever is near nothing.
    let ahead = if a <= b { a - (a + b) * x } else { (a + b) * y - b };
    if ahead >= 0.0 {
        let below = (front * fraction(a, b, x, y, ahead)).clamp(0.0, 1.0);
        (below, 1.0 - below)
    } else {
        let above = (front * fraction(b, a, y, x, -ahead)).clamp(0.0, 1.0);
        (1.0 - above, above)
    }
}

/// The continued fraction for an `x` that is `ahead / (a + b)` below the mean (DiDonato and Morris 1992, algorithm 708,
/// `BFRAC`). The usual one takes the difference of numbers that are nearly one, and of five million visitors leaves ten
/// digits.
fn fraction(a: f64, b: f64, x: f64, y: f64, ahead: f64) -> f64 {
    let (c, c0, c1) = (1.0 + ahead, b / a, 1.0 + 1.0 / a);
    let (mut p, mut s, mut n) = (1.0, a + 1.0, 0.0);
    let (mut an, mut bn, mut an_next, mut bn_next) = (0.0, 1.0, 1.0, c / c1);
    let mut result = c1 / c;
    for _ in 0..STEPS {
        n += 1.0;
        let t = n / a;
        let w = n * (b - n) * x;
        let e = a / s;
        let alpha = p * (p + c0) * e * e * (w * x);
        let e = (1.0 + t) / (c1 + t + t);
        let beta = n + w / s + e * (c + n * (1.0 + y));
        p = 1.0 + t;
        s += 2.0;
        (an, an_next) = (an_next, alpha * an + beta * an_next);
        (bn, bn_next) = (bn_next, alpha * bn + beta * bn_next);
        let before = result;
        result = an_next / bn_next;
        if (result - before).abs() <= f64::EPSILON * result {
            break;
        }
        an /= bn_next;
        bn /= bn_next;
        an_next = result;
        bn_next = 1.0;
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_what_can_be_worked_out_by_hand() {
        let flat = Beta { a: 1.0, b: 1.0 };
        assert!((flat.split(0.3).0 - 0.3).abs() < 1e-15 && (flat.density(0.3) - 1.0).abs() < 1e-14);
        let steep = Beta { a: 5.0, b: 1.0 };
        assert!((steep.split(0.7).0 - 0.168_07).abs() < 1e-15);
        assert!((steep.density(1.0), steep.density(0.0)) == (5.0, 0.0));
        let (below, above) = Beta { a: 3.0, b: 4.0 }.split(0.2);
        assert!((below - 0.098_88).abs() < 1e-15 && (above - 0.901_12).abs() < 1e-15);
    }

    #[test]
    fn tails_of_millions_keep_their_digits() {
        let beta = Beta { a: 250_001.0, b: 4_750_001.0 };
        let (below, above) = beta.split(beta.mean());
        assert!((below + above - 1.0).abs() < 1e-15 && (below - 0.500_5).abs() < 1e-3);
        let far = beta.split(beta.mean() + 8.0 * beta.deviation()).1;
        assert!(far > 5e-16 && far < 1e-15, "{far:e}");
    }
}
