//! Totals as they are kept: a row for each day on which visitors were counted, each arm, and each thing that is counted of them.
//! Rows only ever grow, so those of several shards add up, and a row that is read twice says the same.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::wire::experiment::{Experiment, Measure};

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Count {
    /// Visitors.
    Seen,
    /// Of them, those who saw another arm too, and so are none.
    Crossed,
    /// Those who did it within their time.
    Did(Measure),
    /// Of them, those of whom it turned out, within their time, that they did not.
    Undone(Measure),
    /// Those who did it later.
    Late(Measure),
    /// The sum of the squares of what it cost.
    CostSquares,
}

/// Ends of the tags of counts.
const UNDONE: &str = "_undone";
const LATE: &str = "_late";

impl Count {
    /// Its name in rows; never renamed.
    pub fn tag(self) -> String {
        match self {
            Self::Seen => "seen".to_owned(),
            Self::Crossed => "crossed".to_owned(),
            Self::Did(measure) => measure.tag().to_owned(),
            Self::Undone(measure) => format!("{}{UNDONE}", measure.tag()),
            Self::Late(measure) => format!("{}{LATE}", measure.tag()),
            Self::CostSquares => "cost_squares".to_owned(),
        }
    }

    /// The count of a name.
    pub fn from_tag(tag: &str) -> Option<Self> {
        Some(match tag {
            "seen" => Self::Seen,
            "crossed" => Self::Crossed,
            "cost_squares" => Self::CostSquares,
            _ => match (tag.strip_suffix(UNDONE), tag.strip_suffix(LATE)) {
                (Some(measure), _) => Self::Undone(Measure::from_tag(measure)?),
                (_, Some(measure)) => Self::Late(Measure::from_tag(measure)?),
                _ => Self::Did(Measure::from_tag(tag)?),
            },
        })
    }
}

/// What is counted when something that a visitor does is known on a day: nothing new where it was known before.
pub fn counted(measure: Measure, did: bool, seen_on: i64, today: i64) -> Count {
    match (today <= last_day(measure, seen_on), did) {
        (true, true) => Count::Did(measure),
        (true, false) => Count::Undone(measure),
        (false, _) => Count::Late(measure),
    }
}

/// The last day on which a visitor's outcome may become known, of somebody who was counted on a day.
pub fn last_day(measure: Measure, seen_on: i64) -> i64 {
    seen_on.saturating_add(i64::from(measure.window_days()))
}

/// A row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TallyRow {
    /// The experiment's key.
    pub experiment: String,
    /// Its bucket version.
    pub version: u64,
    /// Which of its weights were in force when the visitors got their arm.
    pub phase: u32,
    /// The arm's key.
    pub arm: String,
    /// The day on which they were counted, in days since 1970.
    pub day: i64,
    /// What is counted: a tag of [`Count`].
    pub what: String,
    /// How many.
    pub n: u64,
}

/// A row of some of the visitors only, for exploration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartRow {
    /// The experiment's key.
    pub experiment: String,
    /// Its bucket version.
    pub version: u64,
    /// The arm's key.
    pub arm: String,
    /// By what they are told apart: `site`, `device`.
    pub by: String,
    /// Which part.
    pub part: String,
    /// What is counted.
    pub what: String,
    /// How many.
    pub n: u64,
}

/// The visitors of one day, who were assigned by the same weights: of each arm, what was counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cohort(Vec<BTreeMap<Count, u64>>);

impl Cohort {
    /// One count of an arm.
    pub fn count(&self, arm: usize, count: Count) -> u64 {
        self.0.get(arm).and_then(|counts| counts.get(&count)).copied().unwrap_or(0)
    }

    /// Visitors of an arm.
    pub fn visitors(&self, arm: usize) -> u64 {
        self.count(arm, Count::Seen).saturating_sub(self.count(arm, Count::Crossed))
    }

    /// Of them, those who did it within their time.
    pub fn did(&self, arm: usize, measure: Measure) -> u64 {
        self.count(arm, Count::Did(measure)).saturating_sub(self.count(arm, Count::Undone(measure)))
    }
}

/// All cohorts of an experiment, by day and by the weights that were in force.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tallies {
    cohorts: BTreeMap<(i64, u32), Cohort>,
    arms: usize,
}

impl Tallies {
    /// Adds up the rows of all shards that are of this experiment as it is now; others are left out.
    pub fn of<'a>(experiment: &Experiment, rows: impl IntoIterator<Item = &'a TallyRow>) -> Self {
        let arms = experiment.arms.len();
        let mut cohorts: BTreeMap<(i64, u32), Cohort> = BTreeMap::new();
        let ours = |row: &&TallyRow| row.experiment == experiment.key && row.version == experiment.bucket_version;
        for row in rows.into_iter().filter(ours) {
            let arm = experiment.arms.iter().position(|arm| arm.key == row.arm);
            let Some((arm, count)) = arm.zip(Count::from_tag(&row.what)) else { continue };
            let cohort = cohorts.entry((row.day, row.phase)).or_insert_with(|| Cohort(vec![BTreeMap::new(); arms]));
            if let Some(counts) = cohort.0.get_mut(arm) {
                let n = counts.entry(count).or_default();
                *n = n.saturating_add(row.n);
            }
        }
        Self { cohorts, arms }
    }

    /// How many arms there are.
    pub fn arms(&self) -> usize {
        self.arms
    }

    /// Each day's visitors, by the weights that were in force, in order.
    pub fn cohorts(&self) -> impl Iterator<Item = (i64, u32, &Cohort)> {
        self.cohorts.iter().map(|((day, phase), cohort)| (*day, *phase, cohort))
    }

    /// Those who have had their time for a measure.
    pub fn mature(&self, measure: Measure, today: i64) -> impl Iterator<Item = (i64, u32, &Cohort)> {
        self.cohorts().filter(move |(day, _, _)| last_day(measure, *day) < today)
    }

    /// The sum of something over all cohorts.
    pub fn sum(&self, of: impl Fn(&Cohort) -> u64) -> u64 {
        self.cohorts.values().map(of).fold(0, u64::saturating_add)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_count_has_a_name_that_leads_back() {
        let of = |measure| [Count::Did(measure), Count::Undone(measure), Count::Late(measure)];
        let all = Measure::ALL.into_iter().flat_map(of).chain([Count::Seen, Count::Crossed, Count::CostSquares]);
        for count in all {
            assert_eq!(Count::from_tag(&count.tag()), Some(count));
        }
        assert_eq!(Count::from_tag("shown"), None);
    }

    #[test]
    fn what_is_known_too_late_is_late_whatever_it_is() {
        let measure = Measure::Accepted;
        assert_eq!(counted(measure, true, 100, 107), Count::Did(measure));
        assert_eq!(counted(measure, false, 100, 107), Count::Undone(measure));
        assert_eq!(counted(measure, true, 100, 108), Count::Late(measure));
        assert_eq!(counted(Measure::Opened, true, 100, 100), Count::Did(Measure::Opened));
        assert_eq!(counted(Measure::Opened, true, 100, 101), Count::Late(Measure::Opened));
    }
}
