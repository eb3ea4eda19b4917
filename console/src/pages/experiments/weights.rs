//! The shares of arms while they are edited.

/// Weights may miss one by so much while they are typed as percent; they are evened out before they are sent.
const ROUNDING: f64 = 0.0015;

/// The same share for each.
pub fn equal(arms: usize) -> Vec<f64> {
    // Arms are few.
    #[expect(clippy::cast_precision_loss)]
    let share = 1.0 / arms.max(1) as f64;
    vec![share; arms]
}

/// What they come to.
pub fn sum(weights: &[f64]) -> f64 {
    weights.iter().sum()
}

/// Whether they come to the whole, but for what rounding takes: three times 33.3 % do.
pub fn are_whole(weights: &[f64]) -> bool {
    (sum(weights) - 1.0).abs() <= ROUNDING
}

/// The same, coming to exactly one where only rounding is in the way.
pub fn evened(weights: &[f64]) -> Vec<f64> {
    let all = sum(weights);
    if are_whole(weights) { weights.iter().map(|weight| weight / all).collect() } else { weights.to_vec() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_shares_are_whole() {
        for arms in 1..=4 {
            assert!((sum(&equal(arms)) - 1.0).abs() < 1e-9);
        }
        assert_eq!(equal(0), Vec::<f64>::new());
    }

    #[test]
    fn thirds_may_be_typed_roughly() {
        let typed = [0.333, 0.333, 0.333];
        assert!(are_whole(&typed));
        assert!((sum(&evened(&typed)) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn what_is_not_whole_stays() {
        assert!(!are_whole(&[0.5, 0.4]));
        assert_eq!(evened(&[0.5, 0.4]), [0.5, 0.4]);
        assert!(!are_whole(&[0.5, f64::NAN]), "what is no number comes to nothing");
    }
}
