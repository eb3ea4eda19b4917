//! The gamma function, by how far it is from Stirling's formula, and the tail of the chi-square distribution.

use std::f64::consts::TAU;

/// `ln(2 pi) / 2`.
const HALF_LN_TAU: f64 = 0.918_938_533_204_672_8;
/// From here on the series of [`stirling`] is exact to the last place.
const LARGE: f64 = 15.0;
/// Terms of a series or a continued fraction: it grows with the square root of its arguments, and is far below this.
const TERMS: u32 = 200_000;

/// What Stirling's formula lacks: `ln gamma(x) - ((x - 1/2) ln x - x + ln(2 pi) / 2)`, for `x > 0` (Abramowitz and Stegun
/// 6.1.41).
pub fn stirling(x: f64) -> f64 {
    let (mut x, mut less) = (x, 0.0);
    while x < LARGE {
        less += (x + 0.5) * libm::log1p(1.0 / x) - 1.0;
        x += 1.0;
    }
    let r = 1.0 / (x * x);
    let series = 1.0 / 12.0
        - r * (1.0 / 360.0
            - r * (1.0 / 1260.0
                - r * (1.0 / 1680.0
                    - r * (1.0 / 1188.0
                        - r * (691.0 / 360_360.0 - r * (1.0 / 156.0 - r * 0.029_550_653_594_771_24))))));
    less + series / x
}

/// The logarithm of the gamma function, for `x > 0`.
pub fn ln_gamma(x: f64) -> f64 {
    (x - 0.5) * libm::log(x) - x + HALF_LN_TAU + stirling(x)
}

/// `x ln(x / m) + m - x`, without cancellation where `x` is near `m` (Loader 2000, `bd0`). Both are positive.
pub fn deviance(x: f64, m: f64) -> f64 {
    if (x - m).abs() >= 0.1 * (x + m) {
        return x * libm::log(x / m) + m - x;
    }
    let v = (x - m) / (x + m);
    let (mut sum, mut term, mut odd) = ((x - m) * v, 2.0 * x * v, 1.0);
    for _ in 0..1_000 {
        term *= v * v;
        odd += 2.0;
        let next = sum + term / odd;
        if next == sum {
            break;
        }
        sum = next;
    }
    sum
}

/// The tail of the chi-square distribution: how likely a value above `x` is, with so many degrees of freedom (`x >= 0`, at
/// least one degree).
pub fn chi_square_above(x: f64, degrees: f64) -> f64 {
    above(degrees / 2.0, x / 2.0)
}

/// The regularised upper incomplete gamma function `Q(a, x)` (Numerical Recipes, 3rd edition, 6.2), for `a > 0`.
fn above(a: f64, x: f64) -> f64 {
    if x <= 0.0 {
        return 1.0;
    }
    // x^a e^-x / gamma(a)
    let front = (a / TAU).sqrt() * libm::exp(-deviance(a, x) - stirling(a));
    if x < a + 1.0 {
        let (mut term, mut sum, mut at) = (1.0 / a, 1.0 / a, a);
        for _ in 0..TERMS {
            at += 1.0;
            term *= x / at;
            sum += term;
            if term < sum * f64::EPSILON / 4.0 {
                break;
            }
        }
        return (1.0 - front * sum).clamp(0.0, 1.0);
    }
    let mut b = x + 1.0 - a;
    let (mut c, mut d) = (1.0 / f64::MIN_POSITIVE, 1.0 / b);
    let mut fraction = d;
    let mut at = 0.0;
    for _ in 0..TERMS {
        at += 1.0;
        let numerator = -at * (at - a);
        b += 2.0;
        d = 1.0 / away(numerator * d + b);
        c = away(b + numerator / c);
        let change = d * c;
        fraction *= change;
        if (change - 1.0).abs() < f64::EPSILON {
            break;
        }
    }
    (front * fraction).clamp(0.0, 1.0)
}

/// Not zero: what Lentz's method divides by.
fn away(x: f64) -> f64 {
    if x.abs() < f64::MIN_POSITIVE { f64::MIN_POSITIVE } else { x }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gamma_is_a_factorial() {
        for (x, value) in [(1.0, 1.0), (2.0, 1.0), (5.0, 24.0), (11.0, 3_628_800.0), (0.5, std::f64::consts::PI.sqrt())]
        {
            assert!((libm::exp(ln_gamma(x)) / value - 1.0).abs() < 1e-13, "{x}");
        }
        assert!((ln_gamma(1e6) - 12_815_504.569_147_612).abs() < 1e-7);
    }

    #[test]
    fn a_deviance_is_the_same_near_and_far() {
        for (x, m) in [(10.0, 12.2_f64), (1e6, 1.2e6), (3.0, 3.6)] {
            let plain = x * libm::log(x / m) + m - x;
            assert!((deviance(x, m) / plain - 1.0).abs() < 1e-9, "{x} {m}");
        }
        assert_eq!(deviance(7.0, 7.0), 0.0);
    }

    #[test]
    fn chi_square_tails_are_those_of_the_tables() {
        // Two degrees: exp(-x / 2). One: two-sided normal.
        for x in [0.1, 1.0, 5.0, 40.0] {
            assert!((chi_square_above(x, 2.0) / libm::exp(-x / 2.0) - 1.0).abs() < 1e-13, "{x}");
            let normal = libm::erfc((x / 2.0_f64).sqrt());
            assert!((chi_square_above(x, 1.0) / normal - 1.0).abs() < 1e-12, "{x}");
        }
        assert!((chi_square_above(18.307_038_053_275_15, 10.0) - 0.05).abs() < 1e-13);
        assert_eq!(chi_square_above(0.0, 3.0), 1.0);
    }
}
