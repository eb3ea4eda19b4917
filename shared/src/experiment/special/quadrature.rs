//! Integrals, by Gauss and Legendre's rule of sixteen points on each piece.

/// Half of the points of the rule on -1 to 1, which is symmetrical, and their weights (Abramowitz and Stegun, table 25.4).
const RULE: [(f64, f64); 8] = [
    (0.095_012_509_837_637_44, 0.189_450_610_455_068_5),
    (0.281_603_550_779_258_9, 0.182_603_415_044_923_6),
    (0.458_016_777_657_227_4, 0.169_156_519_395_002_54),
    (0.617_876_244_402_643_7, 0.149_595_988_816_576_73),
    (0.755_404_408_355_003, 0.124_628_971_255_533_87),
    (0.865_631_202_387_831_7, 0.095_158_511_682_492_78),
    (0.944_575_023_073_232_6, 0.062_253_523_938_647_89),
    (0.989_400_934_991_649_9, 0.027_152_459_411_754_095),
];

/// The integral of a smooth function from the first to the last of these points, which are in order.
pub fn integral(points: &[f64], f: impl Fn(f64) -> f64) -> f64 {
    let mut sum = 0.0;
    each(points, |x, weight| sum += weight * f(x));
    sum
}

/// Each point at which functions are to be asked, with what its values weigh, for several integrals at once.
pub fn each(points: &[f64], mut at: impl FnMut(f64, f64)) {
    for ends in points.windows(2) {
        let [from, to] = ends else { continue };
        let (middle, half) = ((from + to) / 2.0, (to - from) / 2.0);
        for (place, weight) in RULE {
            at(middle - half * place, half * weight);
            at(middle + half * place, half * weight);
        }
    }
}

/// Where to cut, so that each piece is smooth: around each of these means by their deviations, as far as anything is left, within
/// the limits, in order.
pub fn cuts(around: &[(f64, f64)], low: f64, high: f64) -> Vec<f64> {
    const STEPS: [f64; 9] = [-12.0, -8.0, -5.0, -2.0, 0.0, 2.0, 5.0, 8.0, 12.0];
    let each = |(mean, deviation): &(f64, f64)| STEPS.map(|step| mean + step * deviation);
    let mut points: Vec<f64> = around.iter().flat_map(each).collect();
    points.retain(|point| *point > low && *point < high);
    points.extend([low, high].into_iter().filter(|end| end.is_finite()));
    points.sort_by(f64::total_cmp);
    points.dedup();
    points
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integrates_a_bell() {
        let points = cuts(&[(1.0, 0.1), (0.0, 2.0)], f64::NEG_INFINITY, f64::INFINITY);
        let bell = integral(&points, |x| crate::experiment::special::normal::density((x - 1.0) / 0.1) / 0.1);
        assert!((bell - 1.0).abs() < 1e-13, "{bell}");
    }
}
