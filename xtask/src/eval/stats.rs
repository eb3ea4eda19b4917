//! Numbers that others computed (gbstats, scipy, statsmodels), against the product's.
//!
//! Every expected number of a section that is of statistics is compared, and one that cannot be computed has failed. `null`
//! expects nothing. What an older version of a peer says (`expected_pypi_0_8_0`), what a peer is known to get wrong
//! (`gbstats_p`) and what a simulation was made with (`true`) are named, and not counted.

mod compare;
mod experiment;
mod sections;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use compare::Tally;

/// How what is expected of one entry is computed: from its input, one number or object for each expected one.
type Compute = fn(input: &Value, expected: &Value) -> Value;

/// The sections, what of an entry is expected, and how it is computed.
const SECTIONS: [(&str, &str, Compute); 5] = [
    ("experiments", "expected", experiment::computed),
    ("srm", "expected_p", sections::sample_ratio),
    ("multiple_testing", "expected", sections::multiple_testing),
    ("bandits", "expected", sections::bandit),
    ("power", "expected", sections::power),
];

/// Compares every expected number.
pub fn run(json: &Value) -> Result<Value> {
    let file = json.as_object().context("it is not an object of sections")?;
    let mut tally = Tally::default();
    let mut not_counted = std::collections::BTreeSet::new();
    let mut found = false;
    for (section, part, compute) in SECTIONS {
        let Some(entries) = file.get(section) else { continue };
        let entries = entries.as_array().with_context(|| format!("\"{section}\" is not a list"))?;
        found = true;
        for (at, entry) in entries.iter().enumerate() {
            let input = entry.get("input").unwrap_or(&Value::Null);
            let id = input.get("id").and_then(Value::as_str).map_or_else(|| format!("{section}-{at}"), str::to_owned);
            let others = entry.as_object().into_iter().flatten().map(|(name, _)| name);
            not_counted
                .extend(others.filter(|name| *name != "input" && *name != part).map(|it| format!("{section}.{it}")));
            let Some(expected) = entry.get(part) else {
                tally.missing(&id, part);
                continue;
            };
            tally.compare(&id, &[section], expected, &compute(input, expected));
        }
    }
    if !found {
        bail!("it has no section of statistics");
    }
    let mut result = tally.to_json();
    if let Some(result) = result.as_object_mut() {
        result.insert("not_counted".to_owned(), json!(not_counted));
    }
    Ok(result)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Some of the numbers that gbstats, scipy and statsmodels came to, with every edge.
    const VECTORS: &str = include_str!("../../../tests/vectors/stats.json");

    #[test]
    fn every_number_is_met() {
        let result = run(&serde_json::from_str(VECTORS).unwrap()).unwrap();
        assert_eq!(result["failed"], 0, "{}", result["failures"]);
        assert_eq!(result["passed"], 2_600);
    }

    #[test]
    fn what_cannot_be_computed_has_failed_and_nothing_odd_ends_it() {
        let result = run(&json!({
            "experiments": [
                { "input": { "id": "x", "kind": "quantile", "a": {}, "b": {} }, "expected": { "freq_relative": { "p_value": 0.1 } } },
                { "input": { "kind": "binomial", "a": { "n": -1, "sum": "inf" }, "b": null }, "expected": { "seq_absolute_N0": { "ci": ["-inf", 1] } } },
                { "input": { "kind": "mean", "a": { "n": 2, "sum": 1e308, "sum_squares": 1e308 }, "b": { "n": 9, "sum": 1, "sum_squares": 1e-300 } },
                  "expected": { "freq_absolute": { "expected": 1.0, "error": null }, "unheard_of": 3 } },
            ],
            "srm": [{ "input": { "users": [1, 2], "weights": [0, 0] }, "expected_p": 0.5 }, 7],
            "power": [{ "input": { "p": 2, "rel_mde": 0, "alpha": "x" }, "expected": { "p2": 1, "n_per_arm_score": null } }],
            "bandits": [{ "input": { "arms": [{ "n": 1 }] }, "expected": { "posterior_mean": [0.5] } }],
            "multiple_testing": [{ "input": { "p": [0.1, "x"] }, "expected": { "holm": [0.2, 1] } }],
        }))
        .unwrap();
        assert_eq!((&result["passed"], &result["failed"]), (&json!(0), &json!(11)), "{result}");
    }

    #[test]
    fn infinity_is_a_number_and_nothing_expected_is_nothing_compared() {
        let arms = json!({ "kind": "binomial", "a": { "n": 100, "sum": 5 }, "b": { "n": 100, "sum": 9 } });
        let expected = |high: &str| json!({ "freq_greater_absolute": { "ci": [null, high], "error": null } });
        let result =
            |high: &str| run(&json!({ "experiments": [{ "input": arms, "expected": expected(high) }] })).unwrap();
        assert_eq!((&result("inf")["passed"], &result("inf")["failed"]), (&json!(1), &json!(0)));
        assert_eq!((&result("-inf")["passed"], &result("-inf")["failed"]), (&json!(0), &json!(1)));
        assert_eq!(run(&json!({})).unwrap_err().to_string(), "it has no section of statistics");
    }
}
