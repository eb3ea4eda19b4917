//! Tails of the normal, Student's, chi-square and beta distributions.
//!
//! Owned, and not from a crate: of the well-kept ones `statrs` and `puruspe` take `ln` and `exp` from the platform, and
//! `special` in part, so that the edge and a test would differ in the last place. Everything here comes from `libm`,
//! additions, multiplications, divisions and square roots, and has the same bits natively and as wasm. Densities are computed
//! from their distance to the mode (Loader 2000, "Fast and accurate computation of binomial probabilities"), not as
//! differences of log gammas, which lose eight digits at five million visitors.

pub mod beta;
pub mod gamma;
pub mod normal;
pub mod quadrature;
pub mod student;

/// A count as a number: exact below 2^53, which no experiment reaches.
pub fn number(count: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "counts of visitors are far below 2^53")]
    let number = count as f64;
    number
}
