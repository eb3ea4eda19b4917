//! Whole assignments: somebody, and an experiment.

use std::collections::BTreeSet;

use anyhow::{Result, bail};
use serde_json::{Map, Value, json};
use shared::experiment::{Assignment, Document, Documents, Why};

use super::feature::Context;
use super::{Failure, Outcome, judged, same};

/// `[name, context, experiment, value, whether they are in it, whether by hash]`.
pub fn run(case: &[Value]) -> Result<Outcome> {
    let [_, context, experiment, value, in_experiment, by_hash] = case else { bail!("it is not such a case") };
    let assignment = Context::read(context, None).run(experiment, &BTreeSet::new());
    let got = experiment.get("variations").and_then(|variations| variations.get(assignment.arm));
    Ok(judged(&json!([value, in_experiment, by_hash]), json!([got, assignment.in_experiment, assignment.by_hash])))
}

/// `[name, context, documents, feature, result, documents afterwards]`: of the result each part that the case names is
/// compared; documents that the case does not name have to be as they were.
pub fn sticky_bucket(case: &[Value]) -> Result<Outcome> {
    let [_, json, before, feature, expected, documents] = case else { bail!("it is not such a case") };
    let before: Vec<Document> = serde_json::from_value(before.clone())?;
    let before = Documents::new(before);
    let mut context = Context::read(json, Some(before.clone()));
    let came_to = context.feature(feature.as_str().unwrap_or_default(), &BTreeSet::new());
    let result = came_to.assigned.as_ref().map(|(experiment, it)| {
        let mut result = result(experiment, it, feature, &came_to.value);
        // The id as it was given: a number stays one.
        let id = it.unit.as_ref().and_then(|(name, _)| json.get("attributes")?.get(name));
        result.insert("hashValue".to_owned(), id.cloned().unwrap_or_else(|| json!("")));
        result
    });
    let after = context.sticky.unwrap_or_default();
    let is_result = match (expected, &result) {
        (Value::Object(parts), Some(got)) => {
            parts.iter().all(|(name, part)| got.get(name).is_some_and(|got| same(part, got)))
        }
        (Value::Null, None) => true,
        _ => false,
    };
    let named = |key: &str| documents.get(key);
    let untouched =
        after.iter().filter(|(key, _)| named(key).is_none()).all(|document| before.iter().any(|it| it == document));
    let kept: Map<String, Value> = after.iter().map(|(key, document)| (key.clone(), json!(document))).collect();
    let all = documents.as_object().into_iter().flatten();
    let are_kept = all.into_iter().all(|(key, document)| kept.get(key).is_some_and(|kept| same(document, kept)));
    if is_result && untouched && are_kept {
        return Ok(None);
    }
    Ok(Some(Failure { expected: json!([expected, documents]), got: json!([result, kept]) }))
}

/// An assignment, in GrowthBook's words.
fn result(experiment: &Value, assignment: &Assignment, feature: &Value, value: &Value) -> Map<String, Value> {
    let meta = experiment.pointer(&format!("/meta/{}", assignment.arm));
    let key = meta.and_then(|meta| meta.get("key")).cloned().unwrap_or_else(|| json!(assignment.arm.to_string()));
    let name = assignment.unit.as_ref().map(|(name, _)| name.as_str()).unwrap_or_default();
    let mut result = Map::new();
    let mut put = |name: &str, value: Value| result.insert(name.to_owned(), value);
    put("key", key);
    put("featureId", feature.clone());
    put("inExperiment", json!(assignment.in_experiment));
    put("hashUsed", json!(assignment.by_hash));
    put("variationId", json!(assignment.arm));
    put("value", value.clone());
    put("hashAttribute", json!(name));
    put("stickyBucketUsed", json!(assignment.why == Why::Sticky));
    if let Some(bucket) = assignment.bucket {
        put("bucket", json!(bucket));
    }
    for name in ["name", "passthrough"] {
        if let Some(value) = meta.and_then(|meta| meta.get(name)) {
            put(name, value.clone());
        }
    }
    result
}
