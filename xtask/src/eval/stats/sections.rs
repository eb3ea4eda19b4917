//! Sample ratios, corrections, bandits and plans.

use serde_json::{Map, Value, json};
use shared::experiment::{
    Belief, Better, Correction, FLOOR, Inconclusive, Phase, Plan, Totals, chances, corrected, floored, once,
};

/// The p-value of one look at the sample ratio.
pub fn sample_ratio(input: &Value, _: &Value) -> Value {
    let list = |name: &str| input.get(name).and_then(Value::as_array);
    let users = list("users").and_then(|users| users.iter().map(count).collect::<Option<Vec<u64>>>());
    let weights = list("weights").and_then(|weights| weights.iter().map(Value::as_f64).collect::<Option<Vec<f64>>>());
    let Some((users, weights)) = users.zip(weights) else { return Value::Null };
    let nobody_came = users.iter().all(|users| *users == 0);
    match once(&[Phase { users, weights }]) {
        Ok(looked) => json!(looked.p),
        // gbstats's word for it.
        Err(Inconclusive::TooFew) if nobody_came => json!(1),
        Err(_) => Value::Null,
    }
}

/// Each correction that is expected.
pub fn multiple_testing(input: &Value, expected: &Value) -> Value {
    let p = input.get("p").and_then(Value::as_array);
    let Some(p) = p.and_then(|p| p.iter().map(Value::as_f64).collect::<Option<Vec<f64>>>()) else { return Value::Null };
    each(expected, |key| {
        let correction = match key {
            "holm" => Correction::Holm,
            "fdr_bh" => Correction::BenjaminiHochberg,
            "fdr_by" => Correction::BenjaminiYekutieli,
            "bonferroni" => Correction::Bonferroni,
            _ => return None,
        };
        corrected(&p, correction).ok().map(|p| json!(p))
    })
}

/// What is believed of each arm, the chance of each to be the best, and the weights by it. The vectors go by the normal
/// approximation; the product's own rates are exact.
pub fn bandit(input: &Value, expected: &Value) -> Value {
    let arms = input.get("arms").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let better = match input.get("inverse").and_then(Value::as_bool) {
        Some(true) => Better::Lower,
        _ => Better::Higher,
    };
    let belief = |arm: &Value| {
        let totals = Totals::Proportion { n: count(arm.get("n")?)?, sum: arm.get("sum")?.as_f64()? };
        Belief::normal(&totals).ok().map(shrunk)
    };
    let Some(beliefs) = arms.iter().map(belief).collect::<Option<Vec<Belief>>>() else { return Value::Null };
    let best = chances(&beliefs, better).ok();
    each(expected, |key| match key {
        "posterior_mean" => Some(json!(beliefs.iter().map(|belief| belief.mean()).collect::<Vec<_>>())),
        "posterior_sd" => Some(json!(beliefs.iter().map(|belief| belief.deviation()).collect::<Vec<_>>())),
        "best_arm_prob_exact" | "best_arm_prob_gbstats_mc" => best.as_ref().map(|best| json!(best)),
        "weights_exact" | "weights_gbstats_mc" => {
            best.as_ref().and_then(|best| floored(best, FLOOR).ok()).map(|weights| json!(weights))
        }
        _ => None,
    })
}

/// As gbstats believes: that a mean is about nothing, give or take a hundred. The product's prior is flat.
fn shrunk(belief: Belief) -> Belief {
    const PRECISION: f64 = 1e-4;
    let Belief::Mean { mean, deviation } = belief else { return belief };
    let precision = 1.0 / (deviation * deviation);
    Belief::Mean { mean: mean * precision / (precision + PRECISION), deviation: (1.0 / (precision + PRECISION)).sqrt() }
}

/// How many visitors a plan takes.
///
/// The vectors' `n_per_arm_score` is for half of the level that they name: statsmodels halves it once more for two sides than
/// its caller knew. It is asked for in the same way here, so that the formula is compared; [`Plan::by_score`] itself is for
/// the level one means.
pub fn power(input: &Value, expected: &Value) -> Value {
    let of = |name: &str| input.get(name).and_then(Value::as_f64);
    let plan = |share: f64| Plan::new(of("p")?, of("rel_mde")?, of("alpha")? * share, of("power")?).ok();
    let (Some(plan), Some(halved)) = (plan(1.0), plan(0.5)) else { return Value::Null };
    each(expected, |key| {
        Some(json!(match key {
            "p2" => plan.treatment(),
            "n_per_arm_arcsine_normal" => plan.by_arcsine(),
            "n_per_arm_score" => halved.by_score(),
            "power_at_n_score" => plan.score_power(halved.by_score().ceil()),
            _ => return None,
        }))
    })
}

fn each(expected: &Value, compute: impl Fn(&str) -> Option<Value>) -> Value {
    let keys = expected.as_object().into_iter().flatten().map(|(key, _)| key);
    Value::Object(keys.map(|key| (key.clone(), compute(key).unwrap_or(Value::Null))).collect::<Map<_, _>>())
}

fn count(json: &Value) -> Option<u64> {
    json.as_u64()
}
