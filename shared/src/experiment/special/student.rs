//! Student's distribution.

use super::beta::split;
use super::gamma::stirling;
use super::normal;

/// How likely a value above `t` is, with so many degrees of freedom (more than 0).
pub fn above(t: f64, degrees: f64) -> f64 {
    let half = beyond(t, degrees) / 2.0;
    if t > 0.0 { half } else { 1.0 - half }
}

/// How likely a value further from nothing than `t` is, on either side (Abramowitz and Stegun 26.7.1).
pub fn beyond(t: f64, degrees: f64) -> f64 {
    let square = t * t;
    if !square.is_finite() {
        return 0.0;
    }
    let all = degrees + square;
    split(degrees / 2.0, 0.5, degrees / all, square / all).0
}

/// The value that one above it is as likely as `q`, for `0 < q < 1/2`. The tail is convex and heavier than the normal one, so
/// Newton's method climbs to it from the normal quantile and never passes it.
pub fn exceeded_by(q: f64, degrees: f64) -> f64 {
    let mut t = normal::exceeded_by(q);
    for _ in 0..200 {
        let step = (above(t, degrees) - q) / density(t, degrees);
        if !step.is_finite() {
            break;
        }
        let next = t + step;
        if step.abs() <= f64::EPSILON * t.abs() || next == t {
            return next;
        }
        t = next;
    }
    t
}

fn density(t: f64, degrees: f64) -> f64 {
    let (n, half) = (degrees, degrees / 2.0);
    // gamma((n + 1) / 2) / (gamma(n / 2) sqrt(n pi)), by Stirling's formula and what it lacks.
    let peak = libm::exp(stirling(half + 0.5) - stirling(half) + half * libm::log1p(1.0 / n) - 0.5)
        / std::f64::consts::TAU.sqrt();
    peak * libm::exp(-(n + 1.0) / 2.0 * libm::log1p(t * t / n))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_degree_is_cauchys() {
        for t in [0.1, 1.0, 12.706_204_736_432_1, 1e4] {
            let cauchy = 0.5 - libm::atan(t) / std::f64::consts::PI;
            assert!((above(t, 1.0) - cauchy).abs() < 1e-15, "{t}");
        }
        assert!((density(0.0, 1.0) - std::f64::consts::FRAC_1_PI).abs() < 1e-15);
    }

    #[test]
    fn quantiles_are_those_of_the_tables() {
        for (q, degrees, t) in [
            (0.025, 1.0, 12.706_204_736_174_705),
            (0.025, 10.0, 2.228_138_851_986_274),
            (0.05, 30.0, 1.697_260_886_593_957_4),
            (0.025, 1e7, 1.959_964_221_767_205),
        ] {
            assert!((exceeded_by(q, degrees) / t - 1.0).abs() < 1e-12, "{} {t}", exceeded_by(q, degrees));
        }
        for degrees in [0.7, 3.0, 200.0] {
            assert!((above(exceeded_by(1e-6, degrees), degrees) / 1e-6 - 1.0).abs() < 1e-11, "{degrees}");
        }
    }
}
