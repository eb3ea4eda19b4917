//! GrowthBook's conformance cases of assignment, by the product's own functions.
//!
//! Sections that have to do with something else (features, payloads, encryption) are named, and not counted.

mod feature;
mod functions;
mod people;

use anyhow::{Context, Result, bail};
use serde_json::{Map, Value, json};

/// What became of one case: nothing, or what was expected and what came instead.
type Outcome = Option<Failure>;

/// A case that did not come to what was expected.
struct Failure {
    expected: Value,
    got: Value,
}

/// How a case is judged, which is a list.
type Judge = fn(&[Value]) -> Result<Outcome>;

/// How each section's cases are judged.
const SECTIONS: [(&str, Judge); 9] = [
    ("hash", functions::hash),
    ("getBucketRange", functions::bucket_range),
    ("chooseVariation", functions::choose_variation),
    ("inNamespace", functions::in_namespace),
    ("getEqualWeights", functions::equal_weights),
    ("getQueryStringOverride", functions::query_string_override),
    ("evalCondition", functions::condition),
    ("run", people::run),
    ("stickyBucket", people::sticky_bucket),
];

/// Judges every case of every section that is of assignment. A case that cannot be read is one that failed.
pub fn run(json: &Value) -> Result<Value> {
    let file = json.as_object().context("it is not an object of sections")?;
    let (mut sections, mut failures) = (Map::new(), Vec::new());
    let (mut passed, mut failed) = (0, 0);
    for (name, judge) in SECTIONS {
        let Some(cases) = file.get(name) else { continue };
        let cases = cases.as_array().with_context(|| format!("\"{name}\" is not a list of cases"))?;
        let mut wrong = 0;
        for case in cases {
            let parts = case.as_array().map(Vec::as_slice).unwrap_or_default();
            let failure = match judge(parts) {
                Ok(None) => continue,
                Ok(Some(Failure { expected, got })) => {
                    json!({ "section": name, "case": case, "expected": expected, "got": got })
                }
                Err(error) => json!({ "section": name, "case": case, "error": format!("{error:#}") }),
            };
            wrong += 1;
            failures.push(failure);
        }
        passed += cases.len() - wrong;
        failed += wrong;
        sections.insert(name.to_owned(), json!({ "passed": cases.len() - wrong, "failed": wrong }));
    }
    if sections.is_empty() {
        bail!("it has no section of assignment");
    }
    let is_judged = |name: &&String| SECTIONS.iter().any(|(judged, _)| judged == name);
    let not_counted: Vec<&String> = file.keys().filter(|name| !is_judged(name) && *name != "specVersion").collect();
    Ok(json!({
        "passed": passed, "failed": failed, "sections": sections, "not_counted": not_counted, "failures": failures,
    }))
}

/// Compares what was expected with what came.
fn judged(expected: &Value, got: Value) -> Outcome {
    if same(expected, &got) { None } else { Some(Failure { expected: expected.clone(), got }) }
}

/// Equal as JSON: numbers by value, however they are written.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| same(a, b)))
        }
        _ => a == b,
    }
}

/// As the cases are compared: eight places, cut off.
fn cut(number: f64) -> f64 {
    (number * 1e8).floor() / 1e8
}

#[cfg(test)]
mod tests {
    use super::*;

    /// GrowthBook's own cases, half of them (MIT, see the licence beside the file).
    const CASES: &str = include_str!("../../../tests/vectors/growthbook/assignment.json");

    #[test]
    fn every_case_of_the_given_half_passes() {
        let result = run(&serde_json::from_str(CASES).unwrap()).unwrap();
        assert_eq!(result["failed"], 0, "{}", result["failures"]);
        assert_eq!(result["passed"], 98);
        assert_eq!(result["sections"]["run"], json!({ "passed": 44, "failed": 0 }));
    }

    #[test]
    fn counts_shows_what_failed_and_names_what_it_does_not_judge() {
        let result = run(&json!({
            "specVersion": "0.12.0",
            "hash": [["", "a", 1, 0.22], ["", "a", 1, 0.23], ["", "a"]],
            "decrypt": [[]],
        }))
        .unwrap();
        assert_eq!((&result["passed"], &result["failed"]), (&json!(1), &json!(2)));
        assert_eq!(result["not_counted"], json!(["decrypt"]));
        assert_eq!(result["failures"][0]["got"], json!(0.22));
        assert_eq!(result["failures"][1]["error"], "it is not such a case");
    }

    #[test]
    fn says_what_is_wrong_with_a_file() {
        for (file, says) in [
            (json!([]), "it is not an object of sections"),
            (json!({ "decrypt": [] }), "it has no section of assignment"),
            (json!({ "hash": 3 }), "\"hash\" is not a list of cases"),
        ] {
            assert_eq!(run(&file).unwrap_err().root_cause().to_string(), says);
        }
    }
}
