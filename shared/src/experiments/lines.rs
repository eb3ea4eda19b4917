//! Experiments in a list, and their totals as a file.

use super::results::day;
use super::says::name;
use super::tally::{Cohort, Count, Tallies, TallyRow};
use crate::export::guarded;
use crate::wire::experiment::{Experiment, Measure};
use crate::wire::experiments::{ExperimentLine, Results};

/// An experiment in the list. One that has ended says what it said then; one that runs what it says now.
pub fn line(experiment: &Experiment, results: Option<&Results>) -> ExperimentLine {
    let ended = experiment.ended.as_ref();
    let verdict = ended.map(|ended| (ended.verdict.clone(), ended.says.clone()));
    let verdict = verdict.or_else(|| results.map(|results| (results.verdict.clone(), results.says.clone())));
    let (verdict, says) = verdict.unwrap_or_default();
    ExperimentLine {
        key: experiment.key.clone(),
        name: experiment.name.clone(),
        question: experiment.question.clone(),
        prompt: experiment.prompt.clone(),
        status: experiment.status,
        metric: experiment.metric,
        started_at: experiment.started_at.clone(),
        ended_at: ended.map(|ended| ended.at.clone()),
        verdict,
        says,
        learnt: ended.map(|ended| ended.learnt.clone()).unwrap_or_default(),
    }
}

/// The totals as CSV (RFC 4180): a line for each day on which visitors were counted, each set of weights and each arm.
///
/// # Errors
/// None that a program can cause: writing to memory.
pub fn csv(experiment: &Experiment, rows: &[TallyRow]) -> Result<String, csv::Error> {
    let mut file = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    let fixed = ["day", "weights", "arm", "name", "visitors", "crossed"].map(str::to_owned);
    let of = |measure: Measure| [measure.tag().to_owned(), Count::Late(measure).tag()];
    let columns = || Measure::ALL.into_iter().flat_map(of).chain([Count::CostSquares.tag()]);
    file.write_record(fixed.into_iter().chain(columns()))?;
    for (on, phase, cohort) in Tallies::of(experiment, rows).cohorts() {
        for (at, arm) in experiment.arms.iter().enumerate() {
            let first = [day(on), (phase + 1).to_string(), guarded(&arm.key), guarded(&name(experiment, at))];
            let counts = [cohort.visitors(at), cohort.count(at, Count::Crossed)];
            let numbers = counts.into_iter().chain(numbers(cohort, at)).map(|number| number.to_string());
            file.write_record(first.into_iter().chain(numbers))?;
        }
    }
    let bytes = file.into_inner().map_err(|error| csv::Error::from(error.into_error()))?;
    Ok(String::from_utf8(bytes).unwrap_or_default())
}

fn numbers(cohort: &Cohort, arm: usize) -> impl Iterator<Item = u64> {
    let of = move |measure: Measure| [cohort.did(arm, measure), cohort.count(arm, Count::Late(measure))];
    Measure::ALL.into_iter().flat_map(of).chain([cohort.count(arm, Count::CostSquares)])
}
