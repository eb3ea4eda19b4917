//! Which buckets belong to which arm.
//!
//! Each arm has a stretch as long as its weight, and coverage trims each from its own start: so raising the coverage only ever
//! adds visitors, and never moves one.

use super::hash::{HashVersion, bucket};

/// Weights may miss one by so much: less is rounding.
const SLACK: std::ops::RangeInclusive<f64> = 0.99..=1.01;

/// Buckets from here to below there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Range {
    /// The first.
    pub start: f64,
    /// Behind the last.
    pub end: f64,
}

impl Range {
    /// Is it in it?
    pub fn has(self, bucket: f64) -> bool {
        self.start <= bucket && bucket < self.end
    }
}

/// A share of visitors that experiments divide among themselves, so that nobody is in two of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Namespace {
    /// Its name.
    pub id: String,
    /// The part of it that this experiment has.
    pub range: Range,
}

impl Namespace {
    /// Whether a unit is in this part.
    pub fn has(&self, unit: &str) -> bool {
        self.range.has(bucket(&format!("__{}", self.id), unit, HashVersion::V1))
    }
}

/// The same weight for each.
pub fn equal_weights(arms: usize) -> Vec<f64> {
    #[expect(clippy::cast_precision_loss, reason = "a handful")]
    let weight = 1.0 / arms as f64;
    vec![weight; arms]
}

/// The stretch of each arm, as GrowthBook's libraries lay them: weights that are none become equal ones. What we read ourselves
/// is refused before.
pub fn bucket_ranges(arms: usize, coverage: f64, weights: Option<&[f64]>) -> Vec<Range> {
    let coverage = if coverage.is_nan() { 1.0 } else { coverage.clamp(0.0, 1.0) };
    let sums_up = |weights: &&[f64]| {
        weights.len() == arms
            && weights.iter().all(|weight| weight.is_finite() && *weight >= 0.0)
            && SLACK.contains(&weights.iter().sum())
    };
    let weights = weights.filter(sums_up).map_or_else(|| equal_weights(arms), <[f64]>::to_vec);
    let mut taken = 0.0;
    let range = |weight: f64| {
        let start = taken;
        taken += weight;
        Range { start, end: start + coverage * weight }
    };
    weights.into_iter().map(range).collect()
}

/// The arm that has this bucket.
pub fn choose(bucket: f64, ranges: &[Range]) -> Option<usize> {
    ranges.iter().position(|range| range.has(bucket))
}
