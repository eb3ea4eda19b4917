//! How good what was said turned out to be: running figures over everything that was learnt, in a fixed number of counters.

use serde::{Deserialize, Serialize};

use super::math::{from_micro, judged};
use super::refit::to_float;

/// Bins of the calibration, by chance.
const TENTHS: usize = 10;
/// Bins of the ranking, by log-odds from -8 to 8.
const RANKS: usize = 160;
const WIDEST: f64 = 8.0;

/// Running figures of one who says chances.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    count: u64,
    /// Sums of log losses and of squared errors, then of the chances in each tenth.
    #[serde(with = "super::bits")]
    sums: Vec<f64>,
    /// Outcomes in each tenth, and wins.
    tenths: Vec<(u64, u64)>,
    /// Losses and wins in each rank, from the first rank that has one.
    ranks: Vec<(u64, u64)>,
}

/// Of all that was said with a chance in one tenth.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tenth {
    /// How many outcomes.
    pub count: u64,
    /// The mean chance that was said.
    pub said: f64,
    /// The share that won.
    pub won: f64,
}

impl Record {
    pub(super) fn new() -> Self {
        Self { count: 0, sums: vec![0.0; 2 + TENTHS], tenths: vec![(0, 0); TENTHS], ranks: vec![(0, 0); RANKS] }
    }

    /// Is it as long as it was written?
    pub(super) fn whole(&self) -> bool {
        self.sums.len() == 2 + TENTHS && self.tenths.len() == TENTHS && self.ranks.len() == RANKS
    }

    /// Takes in what was said, in millionths of log-odds, and what came of it.
    pub(super) fn learn(&mut self, said: i32, won: bool) {
        let z = from_micro(said);
        let (p, likelihood) = judged(z, won);
        let missed = f64::from(u8::from(won)) - p;
        let tenth = place(p, TENTHS);
        self.count += 1;
        for (at, add) in [(0, -likelihood), (1, missed * missed), (2 + tenth, p)] {
            if let Some(sum) = self.sums.get_mut(at) {
                *sum += add;
            }
        }
        if let Some((count, wins)) = self.tenths.get_mut(tenth) {
            *count += 1;
            *wins += u64::from(won);
        }
        if let Some((losses, wins)) = self.ranks.get_mut(place((z + WIDEST) / (2.0 * WIDEST), RANKS)) {
            *(if won { wins } else { losses }) += 1;
        }
    }

    /// How many outcomes.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Mean log loss in nats; none before the first outcome.
    pub fn log_loss(&self) -> Option<f64> {
        self.mean(self.sums.first())
    }

    /// Mean squared error (Brier 1950).
    pub fn brier(&self) -> Option<f64> {
        self.mean(self.sums.get(1))
    }

    /// Expected calibration error in ten bins of equal width: the mean distance of what was said from what came.
    pub fn calibration_error(&self) -> Option<f64> {
        let off: f64 = self.tenths().iter().map(|tenth| to_float(tenth.count) * (tenth.said - tenth.won).abs()).sum();
        self.mean(Some(&off))
    }

    /// The curve of the calibration: the tenths that have outcomes.
    pub fn tenths(&self) -> Vec<Tenth> {
        let said = self.sums.iter().skip(2);
        let tenths = self.tenths.iter().zip(said).filter(|((count, _), _)| *count > 0);
        tenths
            .map(|((count, wins), said)| {
                let all = to_float(*count);
                Tenth { count: *count, said: said / all, won: to_float(*wins) / all }
            })
            .collect()
    }

    /// The chance that who won had been ranked above who lost; ties count half. What was said within a tenth of log-odds is a tie.
    /// None while there is no win or no loss.
    pub fn auc(&self) -> Option<f64> {
        auc(&self.ranks)
    }

    fn mean(&self, sum: Option<&f64>) -> Option<f64> {
        sum.filter(|_| self.count > 0).map(|sum| sum / to_float(self.count))
    }
}

/// The area under the curve of losses and wins in ascending ranks (Mann and Whitney 1947).
pub fn auc(ranks: &[(u64, u64)]) -> Option<f64> {
    let (mut below, mut wins_in_all, mut above) = (0.0, 0.0, 0.0);
    for (losses, wins) in ranks {
        let (losses, wins) = (to_float(*losses), to_float(*wins));
        above += wins * (below + losses / 2.0);
        below += losses;
        wins_in_all += wins;
    }
    let pairs = below * wins_in_all;
    (pairs > 0.0).then(|| above / pairs)
}

/// Which of so many equal parts of 0 to 1; what lies outside is in the nearest.
pub fn place(share: f64, parts: usize) -> usize {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and the number of parts")]
    let at = (share.clamp(0.0, 1.0) * to_float(parts as u64)) as usize;
    at.min(parts.saturating_sub(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::learn::math::{ln, micro, sigmoid};

    #[test]
    fn nothing_is_said_of_nothing() {
        let mut record = Record::new();
        assert_eq!(
            (record.auc(), record.log_loss(), record.brier(), record.calibration_error()),
            (None, None, None, None)
        );
        record.learn(0, true);
        assert_eq!(record.auc(), None, "no loss yet");
    }

    #[test]
    fn the_figures_are_those_of_the_definitions() {
        let mut record = Record::new();
        for (z, won) in [(-2.0, false), (-1.0, true), (1.0, false), (2.0, true), (2.0, false)] {
            record.learn(micro(z), won);
        }
        // Wins at -1 and 2 against losses at -2, 1 and 2: 1 of 3, then 2 and a half of 3.
        assert!((record.auc().unwrap() - 3.5 / 6.0).abs() < 1e-12);
        let p = [-2.0, -1.0, 1.0, 2.0, 2.0].map(sigmoid);
        let loss = -(ln(1.0 - p[0]) + ln(p[1]) + ln(1.0 - p[2]) + ln(p[3]) + ln(1.0 - p[4])) / 5.0;
        assert!((record.log_loss().unwrap() - loss).abs() < 1e-9);
        let brier = (2.0 * p[0].powi(2) + 2.0 * p[2].powi(2) + p[3].powi(2)) / 5.0;
        assert!((record.brier().unwrap() - brier).abs() < 1e-9);
        let off = (p[0] + (p[1] - 1.0).abs() + p[2] + (2.0 * p[3] - 1.0).abs()) / 5.0;
        assert!((record.calibration_error().unwrap() - off).abs() < 1e-9);
        assert_eq!(record.tenths().iter().map(|tenth| tenth.count).collect::<Vec<_>>(), [1, 1, 1, 2]);
    }
}
