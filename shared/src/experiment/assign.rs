//! Who is in an experiment, and in which arm.
//!
//! A function of the experiment and of who it is: no memory, no chance. The order of the questions is that of GrowthBook's
//! libraries, and the first that ends it is the reason that is given ([`Why`]).

use std::collections::BTreeMap;

use serde_json::Value;

use super::definition::{Experiment, Gate, Status};
use super::hash::{bucket, unit};
use super::query::forced_by;
use super::ranges::choose;
use super::sticky::{Document, Documents, Kept};
use crate::condition::SavedGroups;

/// Who it is, and how they are asked.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// Their ids and the facts of them, by name.
    pub attributes: &'a Value,
    /// The groups that conditions name.
    pub groups: &'a SavedGroups,
    /// What they were assigned to before; where absent, nothing is kept, and there is no second id.
    pub sticky: Option<&'a Documents>,
    /// What other things came to that the experiment requires, by name.
    pub required: &'a BTreeMap<String, Value>,
    /// The page's address, of an editor whose link is signed; empty for everybody else.
    pub editor_url: &'a str,
    /// Arms that were chosen for them, by experiment.
    pub forced: &'a BTreeMap<String, i64>,
    /// How.
    pub mode: Mode,
}

/// How somebody is asked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Mode {
    /// As anybody is.
    #[default]
    Usual,
    /// Nothing is assigned; what is forced is.
    Checking,
    /// Experiments are off.
    Off,
}

/// Why somebody is where they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Why {
    /// By the bucket they fall into.
    Bucket,
    /// They had it before.
    Sticky,
    /// A signed address named it.
    ForcedByEditor,
    /// It was chosen for them.
    ForcedForThem,
    /// It is chosen for all who would be in it.
    ForcedForAll,
    /// The arm that was chosen is none: they see the control.
    ForcedToNone,
    /// There are fewer than two arms.
    TooFewArms,
    /// Experiments are off.
    Off,
    /// It has not begun.
    Draft,
    /// It has ended.
    Stopped,
    /// Nothing tells them apart from others.
    NoUnit,
    /// They are in another experiment's share.
    OtherShare,
    /// They are not whom it is for.
    Audience,
    /// What it requires is not so.
    Requirement,
    /// It is hashed in a way that there is not.
    UnknownHash,
    /// They were in a version of it that takes no part any more.
    OldVersion,
    /// They are beyond its coverage.
    NotCovered,
    /// Somebody is checking.
    Checking,
}

/// Where somebody is.
#[derive(Debug, Clone, PartialEq)]
pub struct Assignment {
    /// What they see: the control where they are not in it.
    pub arm: usize,
    /// Whether they count.
    pub in_experiment: bool,
    /// Whether chance put them there: only then they are counted as seen.
    pub by_hash: bool,
    /// The bucket they fall into; known only where it decided, or would have.
    pub bucket: Option<f64>,
    /// By which id: its name, and the id.
    pub unit: Option<(String, String)>,
    /// Why.
    pub why: Why,
    /// What is to be kept of it; nothing where nothing is new.
    pub keep: Option<Document>,
}

impl Why {
    /// For logs, rows and the console; never renamed.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Bucket => "bucket",
            Self::Sticky => "sticky",
            Self::ForcedByEditor => "forced_by_editor",
            Self::ForcedForThem => "forced_for_them",
            Self::ForcedForAll => "forced_for_all",
            Self::ForcedToNone => "forced_to_none",
            Self::TooFewArms => "too_few_arms",
            Self::Off => "off",
            Self::Draft => "draft",
            Self::Stopped => "stopped",
            Self::NoUnit => "no_unit",
            Self::OtherShare => "other_share",
            Self::Audience => "audience",
            Self::Requirement => "requirement",
            Self::UnknownHash => "unknown_hash",
            Self::OldVersion => "old_version",
            Self::NotCovered => "not_covered",
            Self::Checking => "checking",
        }
    }
}

impl Subject<'_> {
    /// One of their ids.
    fn id(&self, name: &str) -> Option<String> {
        self.attributes.get(name).and_then(unit)
    }
}

/// Assigns somebody.
pub fn assign(experiment: &Experiment, subject: &Subject<'_>) -> Assignment {
    let own = subject.id(&experiment.unit);
    let sticky = subject.sticky.filter(|_| experiment.is_sticky);
    let second_name = experiment.second_unit.as_deref().filter(|_| sticky.is_some());
    let second = second_name.and_then(|name| Some((name, subject.id(name)?)));
    // What they are told apart by: the first id, or else the second.
    let unit = match (&own, &second) {
        (Some(id), _) => Some((experiment.unit.as_str(), id.as_str())),
        (None, Some((name, id))) => Some((*name, id.as_str())),
        (None, None) => None,
    };
    let placed = |arm: Option<usize>, why: Why| Assignment {
        arm: arm.unwrap_or(0),
        in_experiment: arm.is_some(),
        by_hash: false,
        bucket: None,
        unit: unit.map(|(name, id)| (name.to_owned(), id.to_owned())),
        why,
        keep: None,
    };
    let forced = |arm: i64, why: Why| match usize::try_from(arm).ok().filter(|arm| *arm < experiment.arms.len()) {
        Some(arm) => placed(Some(arm), why),
        None => placed(None, Why::ForcedToNone),
    };
    let out = |why: Why| placed(None, why);

    if experiment.arms.len() < 2 {
        return out(Why::TooFewArms);
    }
    if subject.mode == Mode::Off {
        return out(Why::Off);
    }
    if let Some(arm) = forced_by(&experiment.key, subject.editor_url, experiment.arms.len()) {
        return placed(Some(arm), Why::ForcedByEditor);
    }
    if let Some(arm) = subject.forced.get(&experiment.key) {
        return forced(*arm, Why::ForcedForThem);
    }
    if experiment.status == Status::Draft {
        return out(Why::Draft);
    }
    let Some(unit) = unit else { return out(Why::NoUnit) };
    let ids = [
        own.as_deref().map(|id| (experiment.unit.as_str(), id)),
        second.as_ref().map(|(name, id)| (*name, id.as_str())),
    ];
    let kept =
        sticky.map_or(Kept::Nothing, |sticky| sticky.kept(ids, &experiment.key, experiment.versions, &experiment.arms));
    // Whoever keeps an arm is asked no more whether it is for them.
    if !matches!(kept, Kept::Arm(_))
        && let Some(why) = kept_out(experiment, subject, unit.1)
    {
        return out(why);
    }
    let Some(version) = experiment.hash else { return out(Why::UnknownHash) };
    let bucket = bucket(&experiment.seed, unit.1, version);
    let (arm, why) = match kept {
        Kept::Blocked => return out(Why::OldVersion),
        Kept::Arm(arm) => (arm, Why::Sticky),
        Kept::Nothing => match choose(bucket, &experiment.ranges).filter(|arm| *arm < experiment.arms.len()) {
            Some(arm) => (arm, Why::Bucket),
            None => return out(Why::NotCovered),
        },
    };
    if let Some(arm) = experiment.forced {
        return forced(arm, Why::ForcedForAll);
    }
    if subject.mode == Mode::Checking {
        return out(Why::Checking);
    }
    if experiment.status == Status::Stopped {
        return out(Why::Stopped);
    }
    let keep = sticky
        .zip(experiment.arms.get(arm))
        .and_then(|(sticky, key)| sticky.with(unit, &experiment.key, experiment.versions, key));
    Assignment { by_hash: true, bucket: Some(bucket), keep, ..placed(Some(arm), why) }
}

/// Why somebody without an arm of old takes no part.
fn kept_out(experiment: &Experiment, subject: &Subject<'_>, unit: &str) -> Option<Why> {
    let is_let_in = match &experiment.gate {
        Gate::Open => true,
        Gate::Namespace(namespace) => namespace.has(unit),
        Gate::Filters(filters) => filters.iter().all(|filter| {
            let id = subject.id(&filter.unit);
            let bucket = id.zip(filter.hash).map(|(id, version)| bucket(&filter.seed, &id, version));
            bucket.is_some_and(|bucket| filter.ranges.iter().any(|range| range.has(bucket)))
        }),
    };
    if !is_let_in {
        return Some(Why::OtherShare);
    }
    let holds = |audience: &crate::condition::Condition| audience.holds_with(subject.attributes, subject.groups);
    if !experiment.audience.as_ref().is_none_or(holds) {
        return Some(Why::Audience);
    }
    let is_met = experiment.requires.iter().all(|requirement| {
        let came_to = subject.required.get(&requirement.id);
        let holds =
            |value: &Value| requirement.condition.holds_with(&serde_json::json!({ "value": value }), subject.groups);
        came_to.is_some_and(holds)
    });
    (!is_met).then_some(Why::Requirement)
}
