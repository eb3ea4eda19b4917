//! Arithmetic that gives the same bits natively and as wasm.
//!
//! Addition, multiplication, division and the square root are exact to the last place everywhere (IEEE 754, 5.4.1). `exp` and `ln`
//! are not: the platform's differ. So they come from `libm`, which is plain Rust and calls nothing of the platform.
//! Nothing here is fused or reordered, and no sum depends on the order of a hash table.

use std::f64::consts::PI;

/// The largest log-odds that anything says: one in 10^13.
pub const MOST: f64 = 30.0;

pub fn exp(x: f64) -> f64 {
    libm::exp(x)
}

pub fn ln(x: f64) -> f64 {
    libm::log(x)
}

/// The probability of these log-odds.
pub fn sigmoid(log_odds: f64) -> f64 {
    1.0 / (1.0 + exp(-log_odds))
}

/// The log-odds of a probability strictly between 0 and 1.
pub fn log_odds(probability: f64) -> f64 {
    ln(probability / (1.0 - probability))
}

/// The log of the probability that these log-odds gave to what happened: `-ln(1 + e^-z)`, without overflow.
pub fn log_likelihood(log_odds: f64, won: bool) -> f64 {
    let z = if won { log_odds } else { -log_odds };
    if z > 0.0 { -libm::log1p(exp(-z)) } else { z - libm::log1p(exp(z)) }
}

/// The probability of these log-odds, and the log of the probability that they gave to what happened: one exponential for both.
pub fn judged(log_odds: f64, won: bool) -> (f64, f64) {
    let small = exp(-log_odds.abs());
    let probability = if log_odds < 0.0 { small / (1.0 + small) } else { 1.0 / (1.0 + small) };
    let z = if won { log_odds } else { -log_odds };
    (probability, z.min(0.0) - libm::log1p(small))
}

/// By what the log-odds of an uncertain sum are divided, so that its sigmoid is about the mean probability:
/// `sqrt(1 + pi s2 / 8)` (MacKay 1992, "The evidence framework applied to classification networks", equation 10).
pub fn shrinkage(variance: f64) -> f64 {
    (1.0 + PI * variance / 8.0).sqrt()
}

/// Log-odds as whole millionths, which survive JSON to the bit.
pub fn micro(log_odds: f64) -> i32 {
    let held = if log_odds.is_finite() { log_odds.clamp(-MOST, MOST) } else { 0.0 };
    #[expect(clippy::cast_possible_truncation, reason = "at most 30 million")]
    let whole = (held * 1e6).round() as i32;
    whole
}

/// Back from [`micro`].
pub fn from_micro(micro: i32) -> f64 {
    f64::from(micro) / 1e6
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_judged_at_once_is_what_is_judged_apart() {
        for z in [-25.0, -1.5, -0.0, 0.0, 0.3, 25.0] {
            for won in [true, false] {
                let (probability, likelihood) = judged(z, won);
                assert!((probability - sigmoid(z)).abs() < 1e-15, "{z}");
                assert!((likelihood - log_likelihood(z, won)).abs() < 1e-15, "{z}");
            }
        }
    }

    #[test]
    fn exp_and_ln_have_these_very_bits() {
        let bits: Vec<u64> =
            [exp(0.5), exp(-7.25), ln(0.1), sigmoid(1.5), log_likelihood(-2.0, true)].map(f64::to_bits).into();
        assert_eq!(
            bits,
            [
                0x3ffa_6129_8e1e_069c,
                0x3f47_455f_e323_fafe,
                0xc002_6bb1_bbb5_5515,
                0x3fea_2991_f2a9_7914,
                0xc001_03f2_d543_01d5
            ],
            "{bits:x?}"
        );
    }

    #[test]
    fn no_log_odds_are_too_large() {
        for z in [-800.0, -40.0, 0.0, 40.0, 800.0] {
            for won in [false, true] {
                assert!(log_likelihood(z, won).is_finite() && log_likelihood(z, won) <= 0.0, "{z}");
            }
        }
        assert!((log_likelihood(1.2, true) - ln(sigmoid(1.2))).abs() < 1e-15);
    }

    #[test]
    fn millionths_are_held_in_bounds() {
        assert_eq!((micro(f64::NAN), micro(1e9), micro(-0.000_002)), (0, 30_000_000, -2));
        assert_eq!(from_micro(-2_197_225), -2.197_225);
    }
}
