//! The normal distribution.

use std::f64::consts::{FRAC_1_SQRT_2, SQRT_2};

/// `1 / sqrt(2 pi)`.
const PEAK: f64 = 0.398_942_280_401_432_7;

/// The density at `z`.
pub fn density(z: f64) -> f64 {
    PEAK * libm::exp(-0.5 * z * z)
}

/// How likely a value below `z` is.
pub fn below(z: f64) -> f64 {
    0.5 * libm::erfc(-z * FRAC_1_SQRT_2)
}

/// How likely a value above `z` is.
pub fn above(z: f64) -> f64 {
    0.5 * libm::erfc(z / SQRT_2)
}

/// The value that one above it is as likely as `q`, for `0 < q < 1`: a start (Abramowitz and Stegun 26.2.23) that Halley's
/// method makes exact.
pub fn exceeded_by(q: f64) -> f64 {
    if q > 0.5 {
        return -exceeded_by(1.0 - q);
    }
    let t = (-2.0 * libm::log(q)).sqrt();
    let mut z =
        t - (2.515_517 + t * (0.802_853 + t * 0.010_328)) / (1.0 + t * (1.432_788 + t * (0.189_269 + t * 0.001_308)));
    for _ in 0..4 {
        let step = (above(z) - q) / density(z);
        if !step.is_finite() {
            break;
        }
        z += step / (1.0 - 0.5 * z * step);
    }
    z
}

/// `E[max(0, X)]` of a normal variable with this mean and standard deviation, which is positive: what one loses on average by
/// going without it.
pub fn mean_gain(mean: f64, deviation: f64) -> f64 {
    let z = mean / deviation;
    (mean * below(z) + deviation * density(z)).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tails_and_quantiles_are_those_of_the_tables() {
        assert!((exceeded_by(0.025) - 1.959_963_984_540_054).abs() < 1e-14);
        assert!((exceeded_by(1e-10) - 6.361_340_902_404_056).abs() < 1e-13);
        assert!(exceeded_by(0.5).abs() < 1e-16);
        assert!((below(-1.0) - 0.158_655_253_931_457_05).abs() < 1e-16);
        for q in [1e-300, 1e-20, 0.001, 0.3, 0.7, 0.999_999] {
            assert!((above(exceeded_by(q)) / q - 1.0).abs() < 1e-11, "{q}");
        }
    }

    #[test]
    fn gains_of_both_sides_differ_by_the_mean() {
        for (mean, deviation) in [(0.3, 0.1), (-2.0, 0.5), (0.0, 1.0)] {
            let difference = mean_gain(mean, deviation) - mean_gain(-mean, deviation);
            assert!((difference - mean).abs() < 1e-15);
        }
    }
}
