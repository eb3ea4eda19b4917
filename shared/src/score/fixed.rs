//! Numbers of the card in fixed point: thousandths of a point, and how they fade. All of it is integer arithmetic, so that
//! the browser, the edge and a test on this machine agree to the bit.
//!
//! A point fades to half in a half-life, in [`STEPS`] even steps of time: between two steps nothing changes, and each takes
//! 0.27 % of what is left.

use serde_json::Value;

use crate::wire::card::Amount;

/// Thousandths of a point.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Milli(i64);

/// The most points one rule may give or take, so that no sum leaves its integer.
pub const MAX_POINTS: i64 = 10_000;
/// The most that a fact may be in a sum.
const MAX_FACT: i64 = 100_000_000;
/// The steps in which a half-life passes.
pub const STEPS: i64 = 256;
/// What is whole, as a weight.
pub const WHOLE: i64 = 1 << WEIGHT_BITS;
const WEIGHT_BITS: u32 = 24;
/// The longest half-life: ten years.
const MAX_HALF_LIFE_MS: i64 = 3_650 * 86_400_000;
/// After so many half-lives not a thousandth of the most points is left.
pub const GONE_AFTER: i64 = 25;

impl Milli {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// A number of points as it was written: at most 10,000 either way, and in thousandths.
    pub fn parse(amount: Amount) -> Option<Self> {
        let thousandths = amount.0 * 1_000.0;
        let rounded = thousandths.round();
        let is_exact = (thousandths - rounded).abs() < 1e-6;
        #[allow(clippy::cast_possible_truncation, reason = "a cast to an integer saturates, and the range is checked")]
        let milli = rounded as i64;
        (is_exact && (-MAX_POINTS * 1_000..=MAX_POINTS * 1_000).contains(&milli)).then_some(Self(milli))
    }

    /// So many whole points.
    #[cfg(test)]
    pub fn points(points: i64) -> Self {
        Self(points * 1_000)
    }

    /// The number itself.
    pub fn as_milli(self) -> i64 {
        self.0
    }

    /// What is missing from this to the other.
    pub fn to(self, other: Self) -> Self {
        Self(other.0 - self.0)
    }

    /// The nearest whole points; a half goes away from zero.
    pub fn whole(self) -> i32 {
        nearest(self.0, 1_000)
    }

    /// With a weight, ready to be added up.
    pub fn weighed(self, weight: i64) -> i64 {
        // Less than 2^61 for all events that one rule counts. (Checked 64-bit products are slow in wasm.)
        self.0.wrapping_mul(weight)
    }

    /// So much for each one of a fact (in thousandths). What is more than any limit is as good as the limit.
    pub fn times(self, fact: i64) -> Self {
        // At most 10^7 by 10^11.
        let product = self.0.wrapping_mul(fact.clamp(-MAX_FACT * 1_000, MAX_FACT * 1_000));
        let half = if product < 0 { -500 } else { 500 };
        let limit = 2 * MAX_POINTS * 1_000;
        Self(((product + half) / 1_000).clamp(-limit, limit))
    }
}

/// What was weighed and added up, in whole points.
pub fn whole(weighed: i64) -> i32 {
    nearest(weighed, 1_000 * WHOLE)
}

fn nearest(number: i64, unit: i64) -> i32 {
    let half = if number < 0 { -unit / 2 } else { unit / 2 };
    i32::try_from(number.saturating_add(half) / unit).unwrap_or(if number < 0 { i32::MIN } else { i32::MAX })
}

/// A fact in thousandths, if it is a number: what JSON holds more exactly is rounded, what is too large is cut.
pub fn fact(value: &Value) -> Option<i64> {
    let number = value.as_f64()?;
    #[allow(clippy::cast_possible_truncation, reason = "a cast to an integer saturates")]
    let milli = (number * 1_000.0).round() as i64;
    Some(milli.clamp(-MAX_FACT * 1_000, MAX_FACT * 1_000))
}

/// The logarithm to base two of one more than a number, both in thousandths; of a negative number, 0.
pub fn doublings(milli: i64) -> i64 {
    const BITS: u32 = 30;
    let more = u64::try_from(milli.clamp(0, MAX_FACT * 1_000) + 1_000).unwrap_or(1_000);
    let whole = (more / 1_000).ilog2();
    // What is left lies between 1 and 2; squared, its first bit is the next one of the logarithm.
    let mut rest = match whole {
        ..20 => (more << BITS) / (1_000 << whole),
        _ => (more << (BITS - 20)) / (1_000 << (whole - 20)),
    };
    let mut log = i64::from(whole) << 16;
    for bit in (0..16).rev() {
        rest = (rest * rest) >> BITS;
        if rest >= 2 << BITS {
            rest >>= 1;
            log += 1 << bit;
        }
    }
    (log * 1_000 + (1 << 15)) >> 16
}

/// What is left of a whole after so long.
pub fn weight(age_ms: i64, half_life_ms: i64) -> i64 {
    let half_life_ms = half_life_ms.clamp(1, MAX_HALF_LIFE_MS);
    if age_ms <= 0 {
        return WHOLE;
    }
    if age_ms >= half_life_ms * GONE_AFTER {
        return 0;
    }
    // The whole part is exact, and several times faster than a division of 64-bit integers: the dividend has 51 bits at most,
    // and a quotient below 2^13 that is not whole is further than 2^-39 from a whole number, which rounding cannot bridge.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 25 times 256")]
    let steps = ((age_ms * STEPS) as f64 / half_life_ms as f64) as u32;
    let of_step = usize::try_from(steps % 256).ok().and_then(|step| TABLE.get(step));
    of_step.copied().unwrap_or_default() >> (steps / 256)
}

/// 2 to the power of minus each step.
const TABLE: [i64; 256] = table();

#[allow(clippy::indexing_slicing, clippy::cast_possible_truncation, reason = "computed by the compiler, and tested")]
const fn table() -> [i64; 256] {
    /// 2 to the power of -1/256, with 62 bits.
    const STEP: u128 = 4_599_216_278_082_138_665;
    let mut table = [0; 256];
    let mut power: u128 = 1 << 62;
    let mut step = 0;
    while step < 256 {
        // Rounded to the bits of a weight.
        table[step] = ((power + (1 << (61 - WEIGHT_BITS))) >> (62 - WEIGHT_BITS)) as i64;
        power = (power * STEP + (1 << 61)) >> 62;
        step += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn half_is_left_after_a_half_life_and_nothing_in_the_end() {
        let day = 86_400_000;
        assert_eq!(weight(0, 14 * day), WHOLE);
        assert_eq!(weight(14 * day, 14 * day), WHOLE / 2);
        assert_eq!(weight(28 * day, 14 * day), WHOLE / 4);
        assert_eq!(weight(GONE_AFTER * 14 * day, 14 * day), 0);
        assert_eq!(Milli::points(MAX_POINTS).weighed(weight(GONE_AFTER * day - 1, day)) / WHOLE, 0);
        assert_eq!((weight(i64::MAX, 1), weight(-5, day)), (0, WHOLE));
    }

    #[test]
    fn a_step_ends_at_its_last_millisecond() {
        for half_life in [1, 2, 3, 7, 255, 257, 86_400_000, 1_209_600_000, 1_209_600_001, MAX_HALF_LIFE_MS - 1] {
            for step in 1..GONE_AFTER * STEPS {
                // The first millisecond of this step, in integers.
                let begins = (step * half_life + STEPS - 1) / STEPS;
                for age in [begins - 1, begins] {
                    let steps = age * STEPS / half_life;
                    let exact = TABLE[usize::try_from(steps % STEPS).unwrap()] >> (steps / STEPS);
                    assert_eq!(weight(age, half_life), exact, "{age} {half_life}");
                }
            }
        }
    }

    #[test]
    fn the_table_is_the_powers_of_two_to_the_last_bit() {
        for (step, weight) in TABLE.iter().enumerate() {
            let exact = 2f64.powf(-(step as f64) / 256.0) * WHOLE as f64;
            assert!((*weight as f64 - exact).abs() <= 0.5001, "{step}");
        }
    }

    #[test]
    fn a_half_goes_away_from_zero() {
        for (milli, points) in [(499, 0), (500, 1), (1_499, 1), (-499, 0), (-500, -1), (-1_500, -2)] {
            assert_eq!(Milli(milli).whole(), points, "{milli}");
            assert_eq!(whole(Milli(milli).weighed(WHOLE)), points, "{milli}");
        }
    }

    #[test]
    fn points_are_read_to_the_thousandth_and_no_odd_number_is() {
        assert_eq!(Milli::parse(Amount(0.1)), Some(Milli(100)));
        assert_eq!(Milli::parse(Amount(-10_000.0)), Some(Milli(-10_000_000)));
        for odd in [f64::NAN, f64::INFINITY, -f64::INFINITY, 10_000.001, 0.0005, 1e300] {
            assert_eq!(Milli::parse(Amount(odd)), None, "{odd}");
        }
    }

    #[test]
    fn doublings_are_logarithms() {
        for (number, log) in [(0, 0), (1, 1_000), (3, 2_000), (7, 3_000), (1_023, 10_000), (2, 1_585), (99, 6_644)] {
            assert_eq!(doublings(number * 1_000), log, "{number}");
        }
        assert_eq!((doublings(-9_000), doublings(500)), (0, 585));
        for milli in (0..2_000_000).step_by(977) {
            let exact = (1.0 + milli as f64 / 1_000.0).log2() * 1_000.0;
            assert!((doublings(milli) as f64 - exact).abs() < 0.6, "{milli}");
        }
    }

    #[test]
    fn facts_are_numbers_or_nothing() {
        assert_eq!(fact(&json!(2)), Some(2_000));
        assert_eq!(fact(&json!(0.25)), Some(250));
        assert_eq!((fact(&json!("2")), fact(&json!(null)), fact(&json!(true))), (None, None, None));
        assert_eq!(fact(&json!(1e300)), Some(MAX_FACT * 1_000));
        assert_eq!(Milli::points(3).times(fact(&json!(2.5)).unwrap()), Milli(7_500));
        assert_eq!(Milli(-1).times(1_500), Milli(-2), "rounded once, away from zero");
        assert_eq!(Milli::points(MAX_POINTS).times(MAX_FACT * 1_000).whole(), 20_000);
    }
}
