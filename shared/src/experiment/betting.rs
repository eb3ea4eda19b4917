//! An exact e-process for proportions: is there any difference between arms, at whatever moment one looks?
//!
//! A gambler bets on which arm each visitor was in, given whether they did it. For a visitor of arm `x` with outcome `y` the
//! stake is multiplied by `theta_x(y) / sum over arms of w theta(y)`, where `w` are the weights that arms are assigned by,
//! and `theta` is what is expected of each arm, from *past* data only: its rate, shrunk to the rate of all by [`SHRINKAGE`]
//! visitors. Where arms do not differ, the arm says nothing of the outcome, so the factor is one on average whatever the rate
//! is, even if it drifts; the stake exceeds `1 / alpha` with a chance of at most `alpha`, whenever one looks (Ville 1939).
//! Nothing is asymptotic, so nothing breaks where conversion is low.
//!
//! **Batches.** All that is needed is that `theta` was fixed before the outcomes it is applied to. A batch may therefore be of one
//! visitor or of a day: within it `theta` stands still, its visitors' factors are multiplied, and their product depends on the
//! batch's totals alone ([`Batch`]). Batches may be as long as one likes, by clock or by count, but not cut by what is
//! in them. What long batches cost is power: the first one teaches and wins nothing.
//!
//! **Whom to count.** A visitor enters once, when their outcome is known: at once for what is seen in the visit, and after the
//! window of the metric for what takes weeks. Whoever is counted as "did not" first and as "did" later would be a second visitor.
//!
//! **Weights.** They may change while it runs: a batch has the weights by which *its* visitors were assigned, so whoever was
//! assigned before a change and is known after it goes into a batch of their own. They must be the true ones: a broken sample
//! ratio breaks this too, which is why that is checked first.

use serde::{Deserialize, Serialize};

use super::inconclusive::Inconclusive;
use super::special::number;

/// How many visitors of the rate of all are put beside those of an arm: large, so that it takes evidence to bet at all.
pub const SHRINKAGE: f64 = 1_000.0;
/// Visitors that are there at the start, half of whom did it: so that the first outcomes are not impossible.
const FIRST: f64 = 1.0;

/// What one arm brought since the last batch.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Batch {
    /// Visitors whose outcome is known now.
    pub n: u64,
    /// Of them, those who did it.
    pub did: u64,
}

/// The gambler: what was seen of each arm, and what became of a stake of one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Betting {
    seen: Vec<Batch>,
    /// The logarithm of the stake, in `bits`, so that a row that is read again goes on to the bit.
    log_stake: LogStake,
    /// The most that it ever was, and which arm was ahead then: evidence that was found is not lost, and not turned round either.
    log_most: LogStake,
    ahead: Option<usize>,
}

/// A finite number that comes back from JSON to the bit.
#[derive(Debug, Clone, Copy, PartialEq)]
struct LogStake(f64);

impl Serialize for LogStake {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        crate::learn::bits::serialize(&[self.0], serializer)
    }
}

impl<'de> Deserialize<'de> for LogStake {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let numbers = crate::learn::bits::deserialize(deserializer)?;
        match numbers.as_slice() {
            [number] => Ok(Self(*number)),
            _ => Err(serde::de::Error::custom("one number was expected")),
        }
    }
}

impl Betting {
    /// A gambler who has seen nothing of so many arms.
    ///
    /// # Errors
    /// Fewer than two arms.
    pub fn new(arms: usize) -> Result<Self, Inconclusive> {
        if arms < 2 {
            return Err(Inconclusive::BadSetting);
        }
        let seen = vec![Batch::default(); arms];
        Ok(Self { seen, log_stake: LogStake(0.0), log_most: LogStake(0.0), ahead: None })
    }

    /// Takes in what each arm brought, and by which weights its visitors were assigned.
    ///
    /// # Errors
    /// More who did it than visitors, another number of arms, weights that are none, or visitors in an arm without weight.
    /// Then nothing is taken in.
    pub fn take(&mut self, batch: &[Batch], weights: &[f64]) -> Result<(), Inconclusive> {
        let all: f64 = weights.iter().sum();
        let bad = weights.iter().any(|weight| !weight.is_finite() || *weight < 0.0) || all <= 0.0;
        if bad || weights.len() != self.seen.len() || batch.len() != self.seen.len() {
            return Err(Inconclusive::BadSetting);
        }
        if batch.iter().zip(weights).any(|(arm, weight)| arm.did > arm.n || (*weight == 0.0 && arm.n > 0)) {
            return Err(Inconclusive::BadTotals);
        }
        let pooled = {
            let (did, n) = self.seen.iter().fold((0, 0), |(did, n), arm| (did + arm.did, n + arm.n));
            (number(did) + FIRST / 2.0) / (number(n) + FIRST)
        };
        let theta = |arm: &Batch| (number(arm.did) + SHRINKAGE * pooled) / (number(arm.n) + SHRINKAGE);
        let expected = self.seen.iter().zip(weights).map(|(arm, weight)| weight * theta(arm)).sum::<f64>() / all;
        let mut gained = 0.0;
        for (new, seen) in batch.iter().zip(&self.seen).filter(|(new, _)| new.n > 0) {
            let theta = theta(seen);
            if new.did > 0 {
                gained += number(new.did) * libm::log(theta / expected);
            }
            if new.did < new.n {
                gained += number(new.n - new.did) * libm::log((1.0 - theta) / (1.0 - expected));
            }
        }
        if !gained.is_finite() {
            return Err(Inconclusive::BadTotals);
        }
        for (new, seen) in batch.iter().zip(&mut self.seen) {
            seen.n = seen.n.saturating_add(new.n);
            seen.did = seen.did.saturating_add(new.did);
        }
        self.log_stake.0 += gained;
        if self.log_stake.0 > self.log_most.0 {
            self.log_most.0 = self.log_stake.0;
            let rates = self.seen.iter().map(|arm| number(arm.did) / number(arm.n.max(1))).enumerate();
            self.ahead = rates.max_by(|(_, a), (_, b)| a.total_cmp(b)).map(|(arm, _)| arm);
        }
        Ok(())
    }

    /// Takes in all that each arm brought so far, of which what is new is a batch: monotone totals, as shards report them.
    /// Taken twice, they change nothing.
    ///
    /// # Errors
    /// As [`Betting::take`], and totals that became less.
    pub fn catch_up(&mut self, totals: &[Batch], weights: &[f64]) -> Result<(), Inconclusive> {
        if totals.len() != self.seen.len() {
            return Err(Inconclusive::BadSetting);
        }
        let new = |(all, seen): (&Batch, &Batch)| {
            Some(Batch { n: all.n.checked_sub(seen.n)?, did: all.did.checked_sub(seen.did)? })
        };
        let batch: Option<Vec<Batch>> = totals.iter().zip(&self.seen).map(new).collect();
        self.take(&batch.ok_or(Inconclusive::BadTotals)?, weights)
    }

    /// The logarithm of the e-value: what became of a stake of one.
    pub fn log_e(&self) -> f64 {
        self.log_stake.0
    }

    /// A p-value that is valid whenever one looks: one by the most that the stake ever was.
    pub fn p(&self) -> f64 {
        libm::exp(-self.log_most.0)
    }

    /// Which arm had the highest rate when the stake was at its most: the one that the evidence is for.
    pub fn ahead(&self) -> Option<usize> {
        self.ahead
    }

    /// What was seen of each arm.
    pub fn seen(&self) -> &[Batch] {
        &self.seen
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVEN: [f64; 2] = [0.5, 0.5];

    fn arms(a: (u64, u64), b: (u64, u64)) -> [Batch; 2] {
        [Batch { n: a.0, did: a.1 }, Batch { n: b.0, did: b.1 }]
    }

    #[test]
    fn a_fair_game_is_worth_one_on_average_whatever_came_before() {
        // All that one more visitor can be, by how likely it is where arms do not differ: to the last places.
        for (seen, weights, rate) in
            [(arms((100, 3), (80, 9)), [0.5, 0.5], 0.05), (arms((9, 0), (1_000, 1_000)), [0.2, 0.8], 0.4)]
        {
            let mut before = Betting::new(2).unwrap();
            before.take(&seen, &weights).unwrap();
            let mut mean = 0.0;
            for (arm, weight) in weights.iter().enumerate() {
                for did in [0, 1] {
                    let mut after = before.clone();
                    let mut next = [Batch::default(); 2];
                    next[arm] = Batch { n: 1, did };
                    after.take(&next, &weights).unwrap();
                    let chance = if did == 1 { rate } else { 1.0 - rate };
                    mean += weight * chance * (after.log_e() - before.log_e()).exp();
                }
            }
            assert!((mean - 1.0).abs() < 1e-14, "{mean}");
        }
    }

    #[test]
    fn a_batch_is_worth_what_its_visitors_are_while_nothing_is_learnt_between() {
        let mut one = Betting::new(2).unwrap();
        one.take(&arms((500, 20), (500, 40)), &[1.0, 1.0]).unwrap();
        let before = one.log_e();
        let mut whole = one.clone();
        whole.take(&arms((3, 1), (2, 2)), &[1.0, 1.0]).unwrap();
        let mut sum = 0.0;
        for (a, b) in [((1, 1), (0, 0)), ((2, 0), (0, 0)), ((0, 0), (2, 2))] {
            let mut part = one.clone();
            part.take(&arms(a, b), &[1.0, 1.0]).unwrap();
            sum += part.log_e() - before;
        }
        assert!((whole.log_e() - before - sum).abs() < 1e-12);
    }

    #[test]
    fn a_first_batch_teaches_and_wins_nothing() {
        let mut betting = Betting::new(2).unwrap();
        betting.take(&arms((10_000, 0), (10_000, 9_000)), &[0.5, 0.5]).unwrap();
        assert_eq!((betting.log_e(), betting.p(), betting.ahead()), (0.0, 1.0, None));
        betting.take(&arms((100, 0), (100, 90)), &[0.5, 0.5]).unwrap();
        assert!(betting.p() < 1e-10 && betting.ahead() == Some(1));
    }

    #[test]
    fn nothing_makes_it_anything_but_a_number() {
        let mut betting = Betting::new(2).unwrap();
        for (a, b) in [((1, 0), (0, 0)), ((0, 0), (0, 0)), ((1_000_000_000, 0), (1, 1)), ((9, 9), (9, 9))] {
            betting.take(&arms(a, b), &[0.5, 0.5]).unwrap();
            assert!(betting.log_e().is_finite() && (0.0..=1.0).contains(&betting.p()));
        }
        let kept = betting.clone();
        assert_eq!(betting.take(&arms((1, 2), (0, 0)), &[0.5, 0.5]), Err(Inconclusive::BadTotals));
        assert_eq!(
            betting.take(&arms((1, 0), (1, 0)), &[1.0, 0.0]),
            Err(Inconclusive::BadTotals),
            "no weight, a visitor"
        );
        assert_eq!(betting.take(&arms((1, 0), (1, 0)), &[f64::NAN, 0.5]), Err(Inconclusive::BadSetting));
        assert_eq!(betting.take(&[], &[]), Err(Inconclusive::BadSetting));
        assert_eq!(Betting::new(1), Err(Inconclusive::BadSetting));
        assert_eq!(betting, kept, "what is refused leaves no trace");
    }

    #[test]
    fn totals_that_are_reported_twice_change_nothing_and_none_may_become_less() {
        let (mut by_totals, mut by_batches) = (Betting::new(2).unwrap(), Betting::new(2).unwrap());
        by_totals.catch_up(&arms((90, 5), (80, 9)), &EVEN).unwrap();
        by_totals.catch_up(&arms((90, 5), (80, 9)), &EVEN).unwrap();
        by_totals.catch_up(&arms((100, 6), (110, 14)), &EVEN).unwrap();
        by_batches.take(&arms((90, 5), (80, 9)), &EVEN).unwrap();
        by_batches.take(&arms((10, 1), (30, 5)), &EVEN).unwrap();
        assert_eq!(by_totals, by_batches);
        assert_eq!(by_totals.catch_up(&arms((100, 6), (109, 14)), &EVEN), Err(Inconclusive::BadTotals));
        assert_eq!(by_totals.catch_up(&arms((100, 6), (111, 16)), &EVEN), Err(Inconclusive::BadTotals));
    }

    #[test]
    fn a_row_that_is_read_again_goes_on_to_the_bit() {
        let mut betting = Betting::new(2).unwrap();
        for _ in 0..3 {
            betting.take(&arms((70, 3), (71, 9)), &[0.5, 0.5]).unwrap();
        }
        let row = serde_json::to_string(&betting).unwrap();
        assert_eq!(serde_json::from_str::<Betting>(&row).unwrap(), betting);
    }
}
