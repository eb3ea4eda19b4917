//! How many visitors an answer takes, and how many days.

use super::effect::Effect;
use super::inconclusive::{Inconclusive, level};
use super::sequence::{Sequence, Tuning};
use super::special::normal;

/// The most visitors of an arm that anybody plans with: as many as there are people.
const MOST: f64 = 1e10;

/// What is looked for: a rate, another, and how sure one wants to be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Plan {
    control: f64,
    treatment: f64,
    alpha: f64,
    power: f64,
}

impl Plan {
    /// From a base rate to one that is so much greater or less, relative to it.
    ///
    /// # Errors
    /// Rates that are none, an effect of nothing, a level or a power out of range.
    pub fn new(base: f64, relative_effect: f64, alpha: f64, power: f64) -> Result<Self, Inconclusive> {
        let treatment = base * (1.0 + relative_effect);
        let is_rate = |rate: f64| rate > 0.0 && rate < 1.0;
        if !(is_rate(base) && is_rate(treatment) && is_rate(power)) {
            return Err(Inconclusive::BadSetting);
        }
        if treatment == base {
            return Err(Inconclusive::NothingToFind);
        }
        Ok(Self { control: base, treatment, alpha: level(alpha)?, power })
    }

    /// The rate that is looked for.
    pub fn treatment(&self) -> f64 {
        self.treatment
    }

    fn difference(&self) -> f64 {
        (self.treatment - self.control).abs()
    }

    /// The standard deviation of one pair of visitors, where the rates differ and where they are the same.
    fn deviations(&self) -> (f64, f64) {
        let variance = |rate: f64| rate * (1.0 - rate);
        let pooled = variance((self.control + self.treatment) / 2.0);
        ((variance(self.control) + variance(self.treatment)).sqrt(), (2.0 * pooled).sqrt())
    }

    /// Visitors of each arm for one look, by the difference of arcsines (Cohen 1988), both tails counted.
    pub fn by_arcsine(&self) -> f64 {
        let angle = |rate: f64| 2.0 * libm::asin(rate.sqrt());
        let h = (angle(self.treatment) - angle(self.control)).abs();
        let critical = normal::exceeded_by(self.alpha / 2.0);
        let power = |distance: f64| normal::above(critical - distance) + normal::below(-critical - distance);
        // The distance in standard errors: Newton's method from the formula with one tail, which is all but the last digits.
        let mut distance = critical + normal::exceeded_by(1.0 - self.power);
        for _ in 0..50 {
            let slope = normal::density(critical - distance) - normal::density(critical + distance);
            let step = (power(distance) - self.power) / slope;
            if !step.is_finite() || step.abs() < 1e-15 * distance.abs() {
                break;
            }
            distance = (distance - step).max(0.0);
        }
        2.0 * (distance / h) * (distance / h)
    }

    /// Visitors of each arm for one look, by the score test.
    pub fn by_score(&self) -> f64 {
        let (apart, same) = self.deviations();
        let critical = normal::exceeded_by(self.alpha / 2.0);
        let needed = (critical * same + normal::exceeded_by(1.0 - self.power) * apart).max(0.0) / self.difference();
        needed * needed
    }

    /// The power of the score test with so many visitors in each arm, both tails counted.
    pub fn score_power(&self, visitors: f64) -> f64 {
        let (apart, same) = self.deviations();
        let critical = normal::exceeded_by(self.alpha / 2.0) * same / apart;
        let distance = self.difference() * visitors.max(0.0).sqrt() / apart;
        normal::above(critical - distance) + normal::below(-critical - distance)
    }

    /// Visitors of each arm after which a confidence sequence, looked at whenever one likes, has found it with this power:
    /// what an honest answer on any day takes. Tuned to be tightest there. Looks before the last one only add power, so it
    /// takes fewer than this.
    ///
    /// # Errors
    /// More visitors than there are people.
    pub fn by_sequence(&self) -> Result<f64, Inconclusive> {
        let sure = normal::exceeded_by(1.0 - self.power);
        let lacks = |visitors: f64| -> Result<bool, Inconclusive> {
            let (apart, _) = self.deviations();
            let effect = Effect {
                estimate: self.difference(),
                error: apart / visitors.sqrt(),
                degrees: 2.0 * visitors,
                n: 2.0 * visitors,
                control_mean: self.control,
                theta: 0.0,
            };
            let sequence = Sequence::two_sided(self.alpha, Tuning::at(2.0 * visitors)?)?;
            Ok(sequence.interval(&effect, self.alpha).low < sure * effect.error)
        };
        let (mut low, mut high) = (1.0, 2.0);
        while lacks(high)? {
            (low, high) = (high, high * 2.0);
            if high > MOST {
                return Err(Inconclusive::BadSetting);
            }
        }
        for _ in 0..60 {
            let middle = (low + high) / 2.0;
            if lacks(middle)? { low = middle } else { high = middle }
        }
        Ok(high)
    }
}

/// On how many days so many visitors come to each of so many arms, given how many come in a day to all of them: whole days,
/// at least one.
///
/// # Errors
/// Nobody comes, or it takes longer than anybody lives.
pub fn days(visitors_of_each: f64, arms: u32, visitors_a_day: f64) -> Result<u32, Inconclusive> {
    if !(visitors_a_day > 0.0 && visitors_a_day.is_finite()) {
        return Err(Inconclusive::NothingToFind);
    }
    let days = (visitors_of_each * f64::from(arms) / visitors_a_day).ceil();
    if !(0.0..=36_500.0).contains(&days) {
        return Err(Inconclusive::BadSetting);
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most 36,500")]
    let days = days as u32;
    Ok(days.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_to_six_per_cent_takes_so_many() {
        let plan = Plan::new(0.05, 0.2, 0.05, 0.8).unwrap();
        assert!((plan.by_score() - 8_158.0).abs() < 1.0, "{}", plan.by_score());
        assert!((plan.score_power(plan.by_score()) - 0.8).abs() < 1e-6);
        let sequence = plan.by_sequence().unwrap();
        assert!(sequence > plan.by_score() && sequence < 4.0 * plan.by_score(), "{sequence}");
        assert_eq!(days(sequence, 2, 1_000.0).map(f64::from), Ok((2.0 * sequence / 1_000.0).ceil()));
    }

    #[test]
    fn a_plan_that_is_none_is_refused() {
        for (base, effect, alpha, power, why) in [
            (0.0, 0.2, 0.05, 0.8, Inconclusive::BadSetting),
            (0.9, 0.2, 0.05, 0.8, Inconclusive::BadSetting),
            (0.5, -1.0, 0.05, 0.8, Inconclusive::BadSetting),
            (0.5, 0.0, 0.05, 0.8, Inconclusive::NothingToFind),
            (0.5, 0.1, 0.5, 0.8, Inconclusive::BadSetting),
            (0.5, 0.1, 0.05, 1.0, Inconclusive::BadSetting),
            (f64::NAN, 0.1, 0.05, 0.8, Inconclusive::BadSetting),
        ] {
            assert_eq!(Plan::new(base, effect, alpha, power), Err(why));
        }
        assert_eq!(days(100.0, 2, 0.0), Err(Inconclusive::NothingToFind));
        assert_eq!(days(1e9, 2, 1.0), Err(Inconclusive::BadSetting));
        assert_eq!(days(1.0, 2, 1e9), Ok(1));
    }
}
