//! An experiment that can be assigned from: read strictly from what staff wrote ([`Experiment::parse`]), or leniently from what
//! GrowthBook's libraries take ([`Experiment::read`], in `read.rs`). Both are assigned by the same function.

use super::hash::HashVersion;
use super::ranges::{Namespace, Range, bucket_ranges};
use super::sticky::Versions;
use crate::condition::Condition;
use crate::wire::{self, FieldProblem};

/// Weights may miss one by so much, as three thirds do.
const ROUNDING: f64 = 1e-6;
/// The most arms: each takes its visitors from the others.
const MAX_ARMS: usize = 20;

/// An experiment.
#[derive(Debug, Clone, PartialEq)]
pub struct Experiment {
    pub(super) key: String,
    /// The keys of the arms, the control first.
    pub(super) arms: Vec<String>,
    /// Which buckets each arm has.
    pub(super) ranges: Vec<Range>,
    pub(super) seed: String,
    /// Nothing where it is hashed in a way that there is not.
    pub(super) hash: Option<HashVersion>,
    /// The name of the id by which visitors are told apart, and of another for those who do not have it.
    pub(super) unit: String,
    pub(super) second_unit: Option<String>,
    pub(super) gate: Gate,
    pub(super) audience: Option<Condition>,
    pub(super) requires: Vec<Requirement>,
    pub(super) versions: Versions,
    pub(super) is_sticky: bool,
    pub(super) status: Status,
    /// An arm for all who would be in it.
    pub(super) forced: Option<i64>,
}

/// Whose share of visitors it is.
#[derive(Debug, Clone, PartialEq)]
pub enum Gate {
    /// Everybody's.
    Open,
    /// A part of a namespace.
    Namespace(Namespace),
    /// All of these.
    Filters(Vec<Filter>),
}

/// Buckets of some hash.
#[derive(Debug, Clone, PartialEq)]
pub struct Filter {
    /// By which id.
    pub unit: String,
    /// With which seed.
    pub seed: String,
    /// Hashed how; nothing where there is no such way.
    pub hash: Option<HashVersion>,
    /// These.
    pub ranges: Vec<Range>,
}

/// Something else that has to have come to something.
#[derive(Debug, Clone, PartialEq)]
pub struct Requirement {
    /// What: a name.
    pub id: String,
    /// What is asked of `{"value": ..}`.
    pub condition: Condition,
}

/// Where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// It has not begun.
    Draft,
    /// It runs.
    Running,
    /// It has ended.
    Stopped,
}

impl Experiment {
    /// Reads an experiment of a configuration.
    ///
    /// # Errors
    /// Everything that is wrong with it, each with its place.
    pub fn parse(source: &wire::Experiment) -> Result<Self, Vec<FieldProblem>> {
        let mut problems = Problems(Vec::new());
        let audience = check(source, &mut problems);
        if !problems.0.is_empty() {
            return Err(problems.0);
        }
        let weights: Vec<f64> = source.arms.iter().map(|arm| arm.weight).collect();
        let namespace = source
            .namespace
            .as_ref()
            .map(|it| Namespace { id: it.id.clone(), range: Range { start: it.start, end: it.end } });
        Ok(Self {
            key: source.key.clone(),
            arms: source.arms.iter().map(|arm| arm.key.clone()).collect(),
            ranges: bucket_ranges(weights.len(), source.coverage, Some(&weights)),
            seed: source.seed.clone().unwrap_or_else(|| source.key.clone()),
            hash: Some(HashVersion::V2),
            unit: source.unit.clone(),
            second_unit: source.second_unit.clone(),
            gate: namespace.map_or(Gate::Open, Gate::Namespace),
            audience,
            requires: Vec::new(),
            versions: Versions { bucket: source.bucket_version, least: source.least_bucket_version },
            is_sticky: true,
            status: match source.status {
                wire::ExperimentStatus::Draft => Status::Draft,
                wire::ExperimentStatus::Running => Status::Running,
                wire::ExperimentStatus::Stopped => Status::Stopped,
            },
            forced: None,
        })
    }

    /// What it is called.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The keys of its arms, the control first.
    pub fn arms(&self) -> &[String] {
        &self.arms
    }

    /// The buckets of each arm.
    pub fn ranges(&self) -> &[Range] {
        &self.ranges
    }

    /// The names of the ids by which it tells visitors apart.
    pub fn units(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.unit.as_str()).chain(self.second_unit.as_deref())
    }
}

/// What was found so far.
struct Problems(Vec<FieldProblem>);

impl Problems {
    fn unless(&mut self, fine: bool, field: impl Into<String>, code: &str, message: impl Into<String>) {
        if !fine {
            self.0.push(FieldProblem { field: field.into(), code: code.to_owned(), message: message.into() });
        }
    }
}

fn check(source: &wire::Experiment, problems: &mut Problems) -> Option<Condition> {
    problems.unless(!source.key.trim().is_empty(), "key", "required", "an experiment has a key");
    let is_plain = source.key.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
    problems.unless(is_plain, "key", "characters", "a key is of letters, digits, -, _ and .");
    problems.unless(!source.unit.is_empty(), "unit", "required", "visitors are told apart by some id");
    problems.unless(source.second_unit.as_ref() != Some(&source.unit), "second_unit", "same", "both ids are the same");
    arms(source, problems);
    let coverage = source.coverage;
    problems.unless(
        (0.0..=1.0).contains(&coverage),
        "coverage",
        "out_of_range",
        format!("coverage is between 0 and 1, and {coverage} is not"),
    );
    if let Some(namespace) = &source.namespace {
        let (start, end) = (namespace.start, namespace.end);
        problems.unless(!namespace.id.is_empty(), "namespace.id", "required", "a namespace has a name");
        let is_range = 0.0 <= start && start < end && end <= 1.0;
        let message =
            format!("a part of a namespace begins before it ends, between 0 and 1: {start} to {end} does not");
        problems.unless(is_range, "namespace", "wrong_range", message);
    }
    let least = source.least_bucket_version <= source.bucket_version;
    problems.unless(least, "least_bucket_version", "out_of_range", "the least version is not above the version");
    match source.audience.as_ref().map(Condition::parse).transpose() {
        Ok(audience) => audience,
        Err(error) => {
            problems.unless(false, "audience", "condition", error.to_string());
            None
        }
    }
}

fn arms(source: &wire::Experiment, problems: &mut Problems) {
    let arms = &source.arms;
    problems.unless(arms.len() >= 2, "arms", "too_few", "an experiment has at least two arms");
    problems.unless(arms.len() <= MAX_ARMS, "arms", "too_many", format!("an experiment has at most {MAX_ARMS} arms"));
    for (at, arm) in arms.iter().enumerate() {
        let place = |of: &str| format!("arms[{at}].{of}");
        problems.unless(!arm.key.is_empty(), place("key"), "required", "an arm has a key");
        let is_new = arms.iter().take(at).all(|other| other.key != arm.key);
        problems.unless(is_new, place("key"), "duplicate", format!("two arms have the key {:?}", arm.key));
        let (fine, weight) = (arm.weight >= 0.0 && arm.weight.is_finite(), arm.weight);
        problems.unless(fine, place("weight"), "negative", format!("a weight is not negative, and {weight} is"));
    }
    let sum: f64 = arms.iter().map(|arm| arm.weight).sum();
    let off = sum - 1.0;
    if arms.iter().all(|arm| arm.weight >= 0.0) && !arms.is_empty() {
        let way = if off > 0.0 { "much" } else { "little" };
        let message = format!("the weights sum to {sum:.6}: {:.6} too {way}", off.abs());
        problems.unless(off.abs() <= ROUNDING, "arms", "weights_do_not_sum", message);
    }
}

/// Experiments that are to share a namespace and do not: whoever is in both parts would be in both experiments.
pub fn overlaps(experiments: &[wire::Experiment]) -> Vec<FieldProblem> {
    let mut problems = Problems(Vec::new());
    let parts = experiments.iter().enumerate().filter(|(_, it)| it.status != wire::ExperimentStatus::Stopped);
    let parts: Vec<_> = parts.filter_map(|(at, it)| Some((at, it, it.namespace.as_ref()?))).collect();
    for (place, (at, one, part)) in parts.iter().enumerate() {
        for (_, other, their) in parts.iter().take(place) {
            let (from, to) = (part.start.max(their.start), part.end.min(their.end));
            let message = format!(
                "{} and {} both have the part from {from} to {to} of the namespace {}",
                other.key, one.key, part.id
            );
            problems.unless(
                part.id != their.id || from >= to,
                format!("experiments[{at}].namespace"),
                "overlaps",
                message,
            );
        }
    }
    problems.0
}
