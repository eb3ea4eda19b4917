//! What came of an experiment: read from totals alone, so it takes as long for a million visitors as for a thousand, and is the
//! same whoever asks when.
//!
//! **Who counts.** Of each measure only visitors who have had their time ([`super::measure`]), by what was known when it was over:
//! each enters once, with the weights by which they got their arm, and stays what they are. So the gambler's bets
//! ([`Betting`]) are made anew from the days in their order, and are to the bit what they were yesterday, with a day more.

use std::collections::BTreeMap;

use super::arms::{Counted, counted};
use super::says;
use super::tally::{Cohort, Count, PartRow, Tallies, TallyRow, last_day};
use crate::experiment::special::number;
use crate::experiment::{
    Batch, Better, Betting, Broken, Call, Correction, Counts, Effect, Estimate, FLOOR, Guardrail, Inconclusive,
    Interval, Metric, Phase, Plan, Reading, Report, Scale, Sequence, Standing, Sums, Totals, Tuning, Verdict, allocate,
    believed, corrected, days, report,
};
use crate::time::Timestamp;
use crate::wire::Workspace;
use crate::wire::experiment::{Experiment, Measure};
use crate::wire::experiments::{
    ArmResult, Cell, CrossedResult, EstimateView, MeasureResult, RatioResult, ReadingView, Results, SegmentResult,
    SeriesPoint,
};

/// The chance of any false winner or loser.
pub const ALPHA: f64 = 0.05;
/// How sure a plan is to find what it looks for.
pub const POWER: f64 = 0.8;
/// Days by whose visitors it is reckoned how long it takes.
const PACE_DAYS: i64 = 7;
/// A day, in milliseconds.
const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// What came of one measure, and what it is read from.
struct Measured {
    measure: Measure,
    totals: Vec<Totals>,
    bets: Vec<Betting>,
    waiting: u64,
    late: u64,
}

/// All that a results page shows, as it is known on a day (days since 1970, in UTC).
pub fn results(
    source: &Workspace,
    experiment: &Experiment,
    (rows, parts): (&[TallyRow], &[PartRow]),
    today: i64,
) -> Results {
    let tallies = Tallies::of(experiment, rows);
    let decides = Measured::of(experiment, &tallies, experiment.metric, today);
    let guards: Vec<Measured> =
        experiment.guardrails.iter().map(|guard| Measured::of(experiment, &tallies, guard.measure, today)).collect();
    let guardrails: Vec<Guardrail<'_>> = guards
        .iter()
        .zip(&experiment.guardrails)
        .map(|(guard, of)| Guardrail { metric: guard.metric(), margin: of.margin })
        .collect();
    let phases = phases(experiment, &tallies);
    let crossed = tallies.sum(|cohort| (0..tallies.arms()).map(|arm| cohort.count(arm, Count::Crossed)).sum());
    let standing = Standing {
        phases: &phases,
        crossed,
        metric: decides.metric(),
        guardrails: &guardrails,
        alpha: ALPHA,
        tuning: Tuning::USUAL,
    };
    let report = report(&standing);
    let arms = arms(experiment, &tallies);
    let ratio = ratio(&phases, report.as_ref());
    let mut results = Results {
        verdict: String::new(),
        says: String::new(),
        next: String::new(),
        arm: None,
        today: day(today),
        counted: counted(source, experiment).tag().to_owned(),
        metric: decides.view(None, report.as_ref().map(|report| report.readings.as_slice()).unwrap_or_default()),
        guardrails: guards
            .iter()
            .zip(&experiment.guardrails)
            .enumerate()
            .map(|(at, (guard, of))| {
                let readings = report.as_ref().ok().and_then(|report| report.guardrails.get(at));
                guard.view(Some(of.margin), readings.map(Vec::as_slice).unwrap_or_default())
            })
            .collect(),
        others: others(experiment, &tallies, today),
        crossed: CrossedResult {
            is_broken: report.as_ref().is_ok_and(|report| report.verdict == Verdict::Invalid(Broken::Crossed)),
            count: crossed,
            share: share(crossed, crossed.saturating_add(arms.iter().map(|arm| arm.seen).sum())).unwrap_or(0.0),
        },
        ratio,
        series: series(experiment, &tallies, today),
        segments: segments(experiment, parts),
        bandit: allocate(&decides.totals, experiment.metric.better(), FLOOR).ok().map(|allocation| allocation.weights),
        days_left: days_left(experiment, &tallies, &decides, today),
        arms,
    };
    let verdict = report.map_or_else(Verdict::Inconclusive, |report| report.verdict);
    says::tell(&mut results, experiment, verdict, today);
    results
}

impl Measured {
    fn of(experiment: &Experiment, tallies: &Tallies, measure: Measure, today: i64) -> Self {
        let arms = tallies.arms();
        let mature = |of: &dyn Fn(&Cohort) -> u64| {
            tallies.mature(measure, today).map(|(_, _, cohort)| of(cohort)).fold(0, u64::saturating_add)
        };
        let totals = (0..arms)
            .map(|arm| {
                let n = mature(&|cohort| cohort.visitors(arm));
                let did = mature(&|cohort| cohort.did(arm, measure));
                match measure {
                    Measure::Cost => {
                        let squares = mature(&|cohort| cohort.count(arm, Count::CostSquares));
                        Totals::Mean { n, of: Sums { sum: number(did), squares: number(squares) } }
                    }
                    // Whoever crossed after they did it is no visitor, and did nothing.
                    _ => Totals::Proportion { n, sum: number(did.min(n)) },
                }
            })
            .collect();
        let waits = |day: i64| last_day(measure, day) >= today;
        let waiting = tallies
            .cohorts()
            .filter(|(day, _, _)| waits(*day))
            .flat_map(|(_, _, cohort)| (0..arms).map(move |arm| cohort.visitors(arm)))
            .fold(0, u64::saturating_add);
        let late = tallies.sum(|cohort| (0..arms).map(|arm| cohort.count(arm, Count::Late(measure))).sum());
        Self { measure, totals, bets: bets(experiment, tallies, measure, today), waiting, late }
    }

    fn metric(&self) -> Metric<'_> {
        Metric { id: self.measure.tag(), totals: &self.totals, better: self.measure.better(), bets: &self.bets }
    }

    fn cells(&self) -> Vec<Cell> {
        let cell = |totals: &Totals| match *totals {
            Totals::Proportion { n, sum } | Totals::Mean { n, of: Sums { sum, .. } } => {
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a sum of counts")]
                let did = sum as u64;
                Cell { n, did, rate: share(did, n) }
            }
            _ => Cell { n: totals.n(), did: 0, rate: None },
        };
        self.totals.iter().map(cell).collect()
    }

    fn view(&self, margin: Option<f64>, readings: &[Reading]) -> MeasureResult {
        MeasureResult {
            measure: self.measure,
            window_days: self.measure.window_days(),
            margin,
            arms: self.cells(),
            waiting: self.waiting,
            late: self.late,
            readings: readings.iter().map(|reading| self.reading(reading)).collect(),
        }
    }

    fn reading(&self, reading: &Reading) -> ReadingView {
        let estimate = |estimate: &Result<Estimate, Inconclusive>| {
            estimate.ok().map(|estimate| view(estimate.at, estimate.interval))
        };
        let call = match reading.call {
            Call::Better => "better",
            Call::Worse => "worse",
            Call::Open => "open",
        };
        ReadingView {
            arm: reading.arm,
            call: call.to_owned(),
            p: reading.p,
            difference: estimate(&reading.difference),
            lift: estimate(&reading.lift),
            chance: self.chance(reading.arm),
            why: reading.difference.err().map(says::why),
        }
    }

    /// The chance that an arm is the better one, exactly, where nothing was believed before.
    fn chance(&self, arm: usize) -> Option<f64> {
        let counts = |at: usize| match self.totals.get(at)? {
            Totals::Proportion { n, sum } => {
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a sum of counts")]
                let did = *sum as u64;
                Some(Counts { n: *n, did })
            }
            _ => None,
        };
        let greater = believed(counts(0)?, counts(arm)?).ok()?.second_is_greater;
        Some(if self.measure.better() == Better::Higher { greater } else { 1.0 - greater })
    }
}

/// The weights that were in force in a phase, the last one's being those of the arms.
fn weights(experiment: &Experiment, phase: u32) -> Vec<f64> {
    let earlier = usize::try_from(phase).ok().and_then(|phase| experiment.earlier.get(phase));
    earlier.map_or_else(|| experiment.arms.iter().map(|arm| arm.weight).collect(), |earlier| earlier.weights.clone())
}

/// Who came, by the weights that were in force.
fn phases(experiment: &Experiment, tallies: &Tallies) -> Vec<Phase> {
    let mut users: BTreeMap<u32, Vec<u64>> = BTreeMap::new();
    for (_, phase, cohort) in tallies.cohorts() {
        let counts = users.entry(phase).or_insert_with(|| vec![0; tallies.arms()]);
        for (arm, count) in counts.iter_mut().enumerate() {
            *count = count.saturating_add(cohort.visitors(arm));
        }
    }
    users.into_iter().map(|(phase, users)| Phase { users, weights: weights(experiment, phase) }).collect()
}

/// One gambler for each arm but the control, who has seen the days in their order; none where a measure is no share of visitors,
/// or where their totals cannot be.
fn bets(experiment: &Experiment, tallies: &Tallies, measure: Measure, today: i64) -> Vec<Betting> {
    if measure == Measure::Cost {
        return Vec::new();
    }
    let bet = |arm: usize| -> Result<Betting, Inconclusive> {
        let mut bet = Betting::new(2)?;
        for (_, phase, cohort) in tallies.mature(measure, today) {
            let of = |arm: usize| {
                let n = cohort.visitors(arm);
                Batch { n, did: cohort.did(arm, measure).min(n) }
            };
            let weights = weights(experiment, phase);
            let weight = |arm: usize| weights.get(arm).copied().unwrap_or(0.0);
            bet.take(&[of(0), of(arm)], &[weight(0), weight(arm)])?;
        }
        Ok(bet)
    };
    (1..tallies.arms()).map(bet).collect::<Result<_, _>>().unwrap_or_default()
}

fn arms(experiment: &Experiment, tallies: &Tallies) -> Vec<ArmResult> {
    let so_far = |arm: usize, measure: Measure| {
        tallies.sum(|cohort| cohort.did(arm, measure).saturating_add(cohort.count(arm, Count::Late(measure))))
    };
    let arms = experiment.arms.iter().enumerate().map(|(at, arm)| ArmResult {
        key: arm.key.clone(),
        name: arm.name.clone(),
        weight: arm.weight,
        seen: tallies.sum(|cohort| cohort.visitors(at)),
        crossed: tallies.sum(|cohort| cohort.count(at, Count::Crossed)),
        so_far: Measure::ALL
            .into_iter()
            .filter(|measure| *measure != Measure::Cost)
            .map(|measure| (measure, so_far(at, measure)))
            .collect(),
    });
    arms.collect()
}

/// Every other measure by itself; corrected together (Benjamini and Hochberg), since one of many is always lucky.
fn others(experiment: &Experiment, tallies: &Tallies, today: i64) -> Vec<MeasureResult> {
    let is_other = |measure: &Measure| {
        *measure != experiment.metric && experiment.guardrails.iter().all(|guard| guard.measure != *measure)
    };
    let mut views: Vec<MeasureResult> = Measure::ALL
        .into_iter()
        .filter(is_other)
        .map(|measure| {
            let measured = Measured::of(experiment, tallies, measure, today);
            let standing = Standing {
                phases: &[],
                crossed: 0,
                metric: measured.metric(),
                guardrails: &[],
                alpha: ALPHA,
                tuning: Tuning::USUAL,
            };
            let readings = report(&standing).map(|report| report.readings).unwrap_or_default();
            measured.view(None, &readings)
        })
        .collect();
    let p: Vec<f64> = views.iter().flat_map(|view| view.readings.iter().map(|reading| reading.p)).collect();
    let corrected = corrected(&p, Correction::BenjaminiHochberg).unwrap_or(p);
    let readings = views.iter_mut().flat_map(|view| view.readings.iter_mut());
    for (reading, p) in readings.zip(corrected) {
        reading.p = p;
        if p > ALPHA {
            "open".clone_into(&mut reading.call);
        }
    }
    views
}

fn ratio(phases: &[Phase], report: Result<&Report, &Inconclusive>) -> RatioResult {
    let arms = phases.first().map_or(0, |phase| phase.users.len());
    let mut expected = vec![0.0; arms];
    for phase in phases {
        let all: f64 = phase.users.iter().map(|users| number(*users)).sum();
        let sum: f64 = phase.weights.iter().sum();
        for (expected, weight) in expected.iter_mut().zip(&phase.weights) {
            *expected += if sum > 0.0 { all * weight / sum } else { 0.0 };
        }
    }
    let looked = report.ok().and_then(|report| report.ratio.ok());
    let watched = report.ok().and_then(|report| report.watched.ok());
    let is_broken = report.is_ok_and(|report| report.verdict == Verdict::Invalid(Broken::SampleRatio));
    let factor = watched.map(|watched| libm::exp(watched.log_factor)).filter(|factor| factor.is_finite());
    let users: Vec<u64> = (0..arms)
        .map(|arm| phases.iter().filter_map(|phase| phase.users.get(arm)).copied().fold(0, u64::saturating_add))
        .collect();
    RatioResult {
        is_broken,
        p: looked.map(|looked| looked.p),
        factor,
        says: says::ratio(is_broken, &users, &expected),
        expected,
    }
}

/// The difference of what decides, as it was known after each day's visitors had had their time.
fn series(experiment: &Experiment, tallies: &Tallies, today: i64) -> Vec<SeriesPoint> {
    let measure = experiment.metric;
    let treatments = tallies.arms().saturating_sub(1).max(1);
    let share = ALPHA / number(u64::try_from(treatments).unwrap_or(1));
    let Ok(sequence) = Sequence::two_sided(share, Tuning::USUAL) else { return Vec::new() };
    let mut counts = vec![Counts { n: 0, did: 0 }; tallies.arms()];
    let mut points: BTreeMap<(i64, usize), SeriesPoint> = BTreeMap::new();
    for (on, _, cohort) in tallies.mature(measure, today) {
        for (arm, counts) in counts.iter_mut().enumerate() {
            let n = cohort.visitors(arm);
            counts.n = counts.n.saturating_add(n);
            counts.did = counts.did.saturating_add(cohort.did(arm, measure).min(n));
        }
        let totals: Vec<Totals> =
            counts.iter().map(|counts| Totals::Proportion { n: counts.n, sum: number(counts.did) }).collect();
        let Some((control, others)) = totals.split_first() else { continue };
        for (at, other) in others.iter().enumerate() {
            let Ok(effect) = Effect::of(control, other, Scale::Absolute) else { continue };
            let known_on = last_day(measure, on).saturating_add(1);
            let difference = view(effect.estimate, sequence.interval(&effect, share));
            let n = control.n().saturating_add(other.n());
            points.insert((known_on, at + 1), SeriesPoint { day: day(known_on), arm: at + 1, n, difference });
        }
    }
    points.into_values().collect()
}

/// What decides among some of the visitors, so far.
fn segments(experiment: &Experiment, parts: &[PartRow]) -> Vec<SegmentResult> {
    let mut segments: BTreeMap<(&str, &str), Vec<Cell>> = BTreeMap::new();
    let ours = |row: &&PartRow| row.experiment == experiment.key && row.version == experiment.bucket_version;
    for row in parts.iter().filter(ours) {
        let arm = experiment.arms.iter().position(|arm| arm.key == row.arm);
        let Some((arm, count)) = arm.zip(Count::from_tag(&row.what)) else { continue };
        let empty = || vec![Cell { n: 0, did: 0, rate: None }; experiment.arms.len()];
        let cells = segments.entry((row.by.as_str(), row.part.as_str())).or_insert_with(empty);
        let Some(cell) = cells.get_mut(arm) else { continue };
        match count {
            Count::Seen => cell.n = cell.n.saturating_add(row.n),
            Count::Did(measure) | Count::Late(measure) if measure == experiment.metric => {
                cell.did = cell.did.saturating_add(row.n);
            }
            _ => {}
        }
    }
    let segment = |((by, part), arms): ((&str, &str), Vec<Cell>)| SegmentResult {
        by: by.to_owned(),
        part: part.to_owned(),
        arms: arms.into_iter().map(|cell| Cell { rate: share(cell.did, cell.n), ..cell }).collect(),
    };
    segments.into_iter().map(segment).collect()
}

/// Days until as many have come, and had their time, as it takes to find what is looked for; none where that is known already.
fn days_left(experiment: &Experiment, tallies: &Tallies, decides: &Measured, today: i64) -> Option<u32> {
    let control = decides.cells().first().and_then(|cell| cell.rate).filter(|rate| *rate > 0.0 && *rate < 1.0);
    let each = Plan::new(control.or(experiment.base)?, experiment.looks_for, ALPHA, POWER).ok()?.by_sequence().ok()?;
    let arms = u32::try_from(tallies.arms()).ok()?;
    let all = |cohort: &Cohort| (0..tallies.arms()).map(|arm| cohort.visitors(arm)).fold(0, u64::saturating_add);
    let lately = tallies.cohorts().filter(|(day, _, _)| (today - PACE_DAYS..today).contains(day));
    let pace = tallies.cohorts().map(|(day, _, _)| today - day).max()?.clamp(1, PACE_DAYS);
    let a_day = number(lately.map(|(_, _, cohort)| all(cohort)).sum()) / number(u64::try_from(pace).ok()?);
    let missing = (each - number(tallies.sum(all)) / f64::from(arms)).max(0.0);
    if missing == 0.0 {
        return (decides.waiting > 0).then(|| decides.measure.window_days().saturating_add(1));
    }
    let days = days(missing, arms, a_day).ok()?;
    Some(days.saturating_add(decides.measure.window_days()))
}

fn view(at: f64, interval: Interval) -> EstimateView {
    let end = |end: f64| Some(end).filter(|end| end.is_finite());
    EstimateView { at, low: end(interval.low), high: end(interval.high) }
}

fn share(of: u64, all: u64) -> Option<f64> {
    (all > 0).then(|| number(of) / number(all))
}

/// A day as people write it: `2026-11-29`.
pub(super) fn day(days: i64) -> String {
    Timestamp::from_ms(days.saturating_mul(DAY_MS)).to_rfc3339().split('T').next().unwrap_or_default().to_owned()
}

impl Counted {
    /// What is said of it.
    pub fn says(self) -> &'static str {
        match self {
            Self::Seen => "Visitors are counted when they see the prompt.",
            Self::Met => {
                "The arms come up at different moments, so visitors are counted when the first trigger of any arm fires, whether \
                 they see their arm\u{2019}s prompt or not."
            }
        }
    }
}

#[cfg(test)]
mod tests;
