//! Several metrics or arms at once: p-values as they must be read together.

use super::inconclusive::Inconclusive;
use super::special::number;

/// How they are corrected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Correction {
    /// The chance of any false alarm is kept (Holm 1979).
    Holm,
    /// The share of false alarms among alarms is kept, for p-values that do not work against each other (Benjamini and
    /// Hochberg 1995).
    BenjaminiHochberg,
    /// The same, whatever they do to each other (Benjamini and Yekutieli 2001).
    BenjaminiYekutieli,
    /// Each times their number; here to compare with.
    Bonferroni,
}

/// The corrected p-values, in the order in which they were given.
///
/// # Errors
/// One that is no p-value.
pub fn corrected(p: &[f64], correction: Correction) -> Result<Vec<f64>, Inconclusive> {
    if p.iter().any(|p| !(0.0..=1.0).contains(p)) {
        return Err(Inconclusive::BadSetting);
    }
    let mut order: Vec<(usize, f64)> = p.iter().copied().enumerate().collect();
    order.sort_by(|(_, a), (_, b)| a.total_cmp(b));
    let count = |n: usize| number(u64::try_from(n).unwrap_or(u64::MAX));
    let all = count(p.len());
    let mut result = vec![0.0; p.len()];
    let mut set = |at: usize, value: f64| {
        if let Some(place) = result.get_mut(at) {
            *place = value.min(1.0);
        }
    };
    match correction {
        Correction::Bonferroni => order.iter().for_each(|(at, p)| set(*at, p * all)),
        Correction::Holm => {
            let mut most = 0.0_f64;
            for (rank, (at, p)) in order.iter().enumerate() {
                most = most.max(p * (all - count(rank)));
                set(*at, most);
            }
        }
        Correction::BenjaminiHochberg | Correction::BenjaminiYekutieli => {
            let harmonic: f64 = (1..=p.len()).map(|rank| 1.0 / count(rank)).sum();
            let factor = if correction == Correction::BenjaminiYekutieli { harmonic } else { 1.0 };
            let mut least = 1.0_f64;
            for (rank, (at, p)) in order.iter().enumerate().rev() {
                least = least.min(p * factor / (count(rank + 1) / all));
                set(*at, least);
            }
        }
    }
    Ok(result)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn corrects_as_the_textbook_does() {
        let p = [0.01, 0.04, 0.03];
        let near = |got: Vec<f64>, want: [f64; 3]| got.iter().zip(want).all(|(got, want)| (got - want).abs() < 1e-15);
        assert!(near(corrected(&p, Correction::Holm).unwrap(), [0.03, 0.06, 0.06]));
        assert!(near(corrected(&p, Correction::BenjaminiHochberg).unwrap(), [0.03, 0.04, 0.04]));
        assert!(near(corrected(&p, Correction::Bonferroni).unwrap(), [0.03, 0.12, 0.09]));
        assert!(near(
            corrected(&p, Correction::BenjaminiYekutieli).unwrap(),
            [0.055, 0.073_333_333_333_333_33, 0.073_333_333_333_333_33]
        ));
    }

    #[test]
    fn nothing_is_nothing_and_no_number_is_no_answer() {
        assert_eq!(corrected(&[], Correction::Holm), Ok(vec![]));
        for bad in [f64::NAN, -0.1, 1.1] {
            assert_eq!(corrected(&[0.5, bad], Correction::BenjaminiHochberg), Err(Inconclusive::BadSetting));
        }
    }
}
