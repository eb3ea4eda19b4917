//! Cases of the one condition language: `[name, condition, attributes, expected]`, and perhaps saved groups.

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use shared::condition::{Condition, SavedGroups};

use super::cases;

/// Evaluates every case, and says which did not give what was expected.
pub fn run(json: &Value) -> Result<Value> {
    let cases = cases(json, "evalCondition")?;
    let mut failures = Vec::new();
    for (number, case) in (1..).zip(cases) {
        let case = Case::read(case).with_context(|| format!("case {number} is not a case"))?;
        let got = Condition::read(case.condition).holds_with(case.attributes, &case.groups);
        if got != case.expected {
            failures.push(json!({
                "name": case.name,
                "condition": case.condition,
                "attributes": case.attributes,
                "expected": case.expected,
                "got": got,
            }));
        }
    }
    Ok(json!({ "passed": cases.len() - failures.len(), "failed": failures.len(), "failures": failures }))
}

struct Case<'a> {
    name: &'a str,
    condition: &'a Value,
    attributes: &'a Value,
    expected: bool,
    groups: SavedGroups,
}

impl<'a> Case<'a> {
    fn read(json: &'a Value) -> Result<Self> {
        let (name, condition, attributes, expected, groups) = match json.as_array().map(Vec::as_slice) {
            Some([name, condition, attributes, expected]) => (name, condition, attributes, expected, &Value::Null),
            Some([name, condition, attributes, expected, groups]) => (name, condition, attributes, expected, groups),
            _ => bail!("a case is a list: name, condition, attributes, expected, and perhaps saved groups"),
        };
        Ok(Self {
            name: name.as_str().context("its name is not a text")?,
            condition,
            attributes,
            expected: expected.as_bool().context("what it expects is neither true nor false")?,
            groups: SavedGroups::read(groups),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_what_holds_and_shows_what_does_not() {
        let passes = json!(["a", { "n": 1 }, { "n": 1 }, true]);
        let fails = json!(["b", { "n": { "$inGroup": "g" } }, { "n": 1 }, false, { "g": [1] }]);
        let agreed = json!({
            "passed": 1,
            "failed": 1,
            "failures": [{
                "name": "b",
                "condition": { "n": { "$inGroup": "g" } },
                "attributes": { "n": 1 },
                "expected": false,
                "got": true,
            }],
        });
        assert_eq!(run(&json!([passes, fails])).unwrap(), agreed);
        assert_eq!(run(&json!({ "evalCondition": [passes, fails], "hash": [] })).unwrap(), agreed);
    }

    #[test]
    fn says_what_is_wrong_with_a_file() {
        for (file, says) in [
            (json!(3), "it is neither a list of cases nor an object with a list \"evalCondition\""),
            (json!([["a", {}]]), "a case is a list: name, condition, attributes, expected, and perhaps saved groups"),
            (json!([["a", {}, {}, "true"]]), "what it expects is neither true nor false"),
        ] {
            assert_eq!(run(&file).unwrap_err().root_cause().to_string(), says);
        }
    }
}
