//! Experiments as GrowthBook's libraries take them: what makes no sense is left out, as they do, and nothing is refused.

use serde_json::Value;

use super::definition::{Experiment, Filter, Gate, Requirement, Status};
use super::hash::HashVersion;
use super::ranges::{Namespace, Range, bucket_ranges};
use super::sticky::Versions;
use crate::condition::Condition;

impl Experiment {
    /// Reads any JSON.
    pub fn read(json: &Value) -> Self {
        let key = text(json, "key").unwrap_or_default();
        let count = list(json, "variations").map_or(0, <[Value]>::len);
        let weights: Option<Vec<f64>> = list(json, "weights")
            // What is no number is no weight, and then all are equal.
            .map(|weights| weights.iter().map(|weight| weight.as_f64().unwrap_or(f64::NAN)).collect());
        let explicit = list(json, "ranges").filter(|ranges| !ranges.is_empty());
        let coverage = json.get("coverage").and_then(Value::as_f64).unwrap_or(1.0);
        Self {
            arms: (0..count).map(|at| arm_key(json, at)).collect(),
            ranges: explicit.map_or_else(|| bucket_ranges(count, coverage, weights.as_deref()), ranges),
            seed: text(json, "seed").filter(|seed| !seed.is_empty()).unwrap_or_else(|| key.clone()),
            hash: version(json, 1),
            unit: name(json, "hashAttribute").unwrap_or_else(|| "id".to_owned()),
            second_unit: name(json, "fallbackAttribute"),
            gate: gate(json),
            audience: json.get("condition").filter(|condition| !condition.is_null()).map(Condition::read),
            requires: list(json, "parentConditions").into_iter().flatten().map(requirement).collect(),
            versions: Versions { bucket: count_of(json, "bucketVersion"), least: count_of(json, "minBucketVersion") },
            is_sticky: json.get("disableStickyBucketing").and_then(Value::as_bool) != Some(true),
            status: status(json),
            forced: json.get("force").and_then(Value::as_i64),
            key,
        }
    }

    /// What it requires, by name.
    pub fn requires(&self) -> impl Iterator<Item = &str> {
        self.requires.iter().map(|requirement| requirement.id.as_str())
    }
}

/// Filters of a rule or an experiment.
pub fn filters(json: &Value) -> Option<Vec<Filter>> {
    let filter = |json: &Value| Filter {
        unit: name(json, "attribute").unwrap_or_else(|| "id".to_owned()),
        seed: text(json, "seed").unwrap_or_default(),
        hash: version(json, 2),
        ranges: list(json, "ranges").map(ranges).unwrap_or_default(),
    };
    list(json, "filters").filter(|filters| !filters.is_empty()).map(|filters| filters.iter().map(filter).collect())
}

/// A pair of numbers.
pub fn range(json: &Value) -> Option<Range> {
    match json.as_array().map(Vec::as_slice) {
        Some([start, end]) => Some(Range { start: start.as_f64()?, end: end.as_f64()? }),
        _ => None,
    }
}

/// How it is hashed: this way where it says nothing.
pub fn version(json: &Value, usual: u64) -> Option<HashVersion> {
    match json.get("hashVersion").filter(|version| !version.is_null()) {
        None => HashVersion::of(usual),
        Some(version) => match version.as_u64() {
            Some(0) => HashVersion::of(usual),
            version => version.and_then(HashVersion::of),
        },
    }
}

fn gate(json: &Value) -> Gate {
    if let Some(filters) = filters(json) {
        return Gate::Filters(filters);
    }
    match list(json, "namespace") {
        Some([id, start, end]) => {
            let (start, end) = (start.as_f64().unwrap_or(f64::NAN), end.as_f64().unwrap_or(f64::NAN));
            let id = id.as_str().unwrap_or_default().to_owned();
            Gate::Namespace(Namespace { id, range: Range { start, end } })
        }
        _ => Gate::Open,
    }
}

fn requirement(json: &Value) -> Requirement {
    let condition = json.get("condition").filter(|condition| !condition.is_null()).map(Condition::read);
    let always = || Condition::read(&serde_json::json!({}));
    Requirement { id: text(json, "id").unwrap_or_default(), condition: condition.unwrap_or_else(always) }
}

fn status(json: &Value) -> Status {
    let status = json.get("status").and_then(Value::as_str);
    match (status, json.get("active").and_then(Value::as_bool)) {
        (Some("draft"), _) | (_, Some(false)) => Status::Draft,
        (Some("stopped"), _) => Status::Stopped,
        _ => Status::Running,
    }
}

/// The key of an arm: what its description says, or its number.
fn arm_key(json: &Value, at: usize) -> String {
    let meta = list(json, "meta").and_then(|meta| meta.get(at));
    meta.and_then(|meta| name(meta, "key")).unwrap_or_else(|| at.to_string())
}

/// A range that is none has nobody in it.
fn ranges(list: &[Value]) -> Vec<Range> {
    list.iter().map(|json| range(json).unwrap_or(Range { start: 0.0, end: 0.0 })).collect()
}

fn list<'a>(json: &'a Value, name: &str) -> Option<&'a [Value]> {
    json.get(name).and_then(Value::as_array).map(Vec::as_slice)
}

fn text(json: &Value, name: &str) -> Option<String> {
    json.get(name).and_then(Value::as_str).map(str::to_owned)
}

fn name(json: &Value, at: &str) -> Option<String> {
    text(json, at).filter(|name| !name.is_empty())
}

fn count_of(json: &Value, name: &str) -> u64 {
    json.get(name).and_then(Value::as_u64).unwrap_or(0)
}
