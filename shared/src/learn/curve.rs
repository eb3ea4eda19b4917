//! Which figures of the past are kept, so that people can see how the learner came along: often in the beginning, then ever
//! more rarely, so that a curve of a hundred thousand outcomes is still a few hundred points.

/// Whether the figures after so many outcomes are kept: each of the first forty, then about every twentieth part of so many.
pub fn is_kept(outcomes: u64) -> bool {
    let step = (outcomes / 20).checked_ilog2().map_or(1, |doublings| 1_u64 << doublings);
    outcomes > 0 && outcomes.is_multiple_of(step)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_are_all_kept_and_never_too_many() {
        assert!(!is_kept(0) && (1..=40).all(is_kept));
        let kept = |to: u64| (1..=to).filter(|outcomes| is_kept(*outcomes)).count();
        assert_eq!((kept(40), kept(100), kept(1_000)), (40, 65, 131));
        assert!(kept(100_000) < 300, "{}", kept(100_000));
    }
}
