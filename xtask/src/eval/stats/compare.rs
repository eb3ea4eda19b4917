//! How near a number has to be, and the count of those that are.

use std::collections::BTreeMap;

use serde_json::{Value, json};

/// How far a number may be off.
#[derive(Clone, Copy)]
enum Tolerance {
    /// By so much of itself; what is nothing, by as much as rounding leaves of numbers around one.
    Relative(f64),
    /// By so much.
    Absolute(f64),
}

/// What rounding leaves of numbers around one.
const ROUNDING: f64 = 1e-15;

/// Every number that was compared.
#[derive(Default)]
pub struct Tally {
    passed: u64,
    failures: Vec<Value>,
    /// The largest error of each key, in the measure of its tolerance.
    worst: BTreeMap<String, f64>,
}

impl Tally {
    /// Compares what is expected at a path with what was computed, part by part.
    pub fn compare(&mut self, id: &str, path: &[&str], expected: &Value, got: &Value) {
        match expected {
            Value::Null => {}
            Value::Object(parts) => {
                for (name, expected) in parts {
                    let path: Vec<&str> = path.iter().copied().chain([name.as_str()]).collect();
                    self.compare(id, &path, expected, got.get(name).unwrap_or(&Value::Null));
                }
            }
            Value::Array(items) => {
                for (at, expected) in items.iter().enumerate() {
                    self.compare(id, path, expected, got.get(at).unwrap_or(&Value::Null));
                }
            }
            // That there is an answer, or none; why there is none has other names with others.
            Value::String(_) if path.last() == Some(&"error") => self.refused(id, path, expected, got, got.is_string()),
            Value::String(text) if text.eq_ignore_ascii_case("nan") || path.last() == Some(&"exception") => {
                self.refused(id, path, expected, got, got.is_null());
            }
            _ => self.number(id, path, expected, got),
        }
    }

    /// An entry without anything to compare with.
    pub fn missing(&mut self, id: &str, part: &str) {
        self.failures.push(json!({ "id": id, "key": part, "why": "there is nothing to compare with" }));
    }

    pub fn to_json(&self) -> Value {
        json!({ "passed": self.passed, "failed": self.failures.len(), "worst": self.worst, "failures": self.failures })
    }

    /// Where others have no answer, there is to be none.
    fn refused(&mut self, id: &str, path: &[&str], expected: &Value, got: &Value, is_refused: bool) {
        self.count(id, path, expected, got, if is_refused { 0.0 } else { f64::INFINITY }, is_refused);
    }

    fn number(&mut self, id: &str, path: &[&str], expected: &Value, got: &Value) {
        let (Some(want), Some(is)) = (number(expected), number(got)) else {
            return self.count(id, path, expected, got, f64::INFINITY, false);
        };
        if want.is_infinite() || is.is_infinite() {
            let same = want == is;
            return self.count(id, path, expected, got, if same { 0.0 } else { f64::INFINITY }, same);
        }
        let off = (want - is).abs();
        let (error, is_near) = match tolerance(path) {
            Tolerance::Absolute(most) => (off, off <= most),
            Tolerance::Relative(_) if off <= ROUNDING => (0.0, true),
            Tolerance::Relative(most) => (off / want.abs(), off <= most * want.abs()),
        };
        self.count(id, path, expected, got, error, is_near);
    }

    fn count(&mut self, id: &str, path: &[&str], expected: &Value, got: &Value, error: f64, is_near: bool) {
        let key = path.join(".");
        if error.is_finite() {
            let worst = self.worst.entry(key.clone()).or_insert(0.0);
            *worst = worst.max(error);
        }
        if is_near {
            self.passed += 1;
        } else {
            let error = error.is_finite().then_some(error);
            self.failures.push(json!({ "id": id, "key": key, "expected": expected, "got": got, "error": error }));
        }
    }
}

/// A number; infinite ones are texts in JSON.
fn number(json: &Value) -> Option<f64> {
    match json.as_str() {
        Some("inf" | "Infinity") => Some(f64::INFINITY),
        Some("-inf" | "-Infinity") => Some(f64::NEG_INFINITY),
        _ => json.as_f64(),
    }
}

/// As the README beside the vectors has them. It has none for `beta_binomial_exact`, whose numbers are quadratures that are off
/// themselves: their `check_mean_diff` misses their `mean_diff` by up to 7e-9, and of two arms that are alike they say .4999988.
/// So they are compared to what they are good to; that ours are exact there is tested in `shared`.
fn tolerance(path: &[&str]) -> Tolerance {
    let has = |part: &str| path.iter().any(|name| name.contains(part));
    let is = |name: &str| path.last() == Some(&name);
    if has("_mc") {
        Tolerance::Absolute(0.01)
    } else if has("best_arm_prob_exact") || has("weights_exact") {
        Tolerance::Absolute(1e-6)
    } else if has("beta_binomial_exact") && is("p_b_gt_a") {
        Tolerance::Absolute(1e-5)
    } else if has("beta_binomial_exact") && is("check_mean_diff") {
        Tolerance::Absolute(1e-7)
    } else if has("beta_binomial_exact") && has("loss_") {
        Tolerance::Relative(1e-5)
    } else if is("risk") {
        Tolerance::Relative(1e-6)
    } else if has("seq_greater") && is("p_value") {
        Tolerance::Absolute(1e-5)
    } else if is("p_value") && has("freq")
        || is("chance_to_win")
        || is("power_at_n_score")
        || is("p") && has("independent")
    {
        Tolerance::Absolute(1e-12)
    } else {
        Tolerance::Relative(1e-9)
    }
}
