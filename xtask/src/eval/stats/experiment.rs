//! Two arms: every method that the vectors name, in their words.
//!
//! Where the product says [`Inconclusive`], gbstats gives an answer that says nothing (no effect, `p` 1, an even chance)
//! beside a message; it is put into those words here, and nowhere else.

use serde_json::{Map, Value, json};
use shared::experiment::{
    Better, Counts, Effect, Inconclusive, Interval, Prior, Scale, Sequence, Sums, Totals, Tuning, believed, chi_square,
    fisher, greater, newcombe, pooled_z, posterior, theta, two_sided,
};

/// The level of all of them.
const ALPHA: f64 = 0.05;

/// What the product comes to for each key that is expected.
pub fn computed(input: &Value, expected: &Value) -> Value {
    let kind = input.get("kind").and_then(Value::as_str).unwrap_or_default();
    let arm = |name: &str| input.get(name).and_then(|arm| totals(kind, arm));
    let (Some(a), Some(b)) = (arm("a"), arm("b")) else { return Value::Null };
    let mut result = Map::new();
    for key in expected.as_object().into_iter().flatten().map(|(key, _)| key) {
        let value = match key.as_str() {
            "theta" => theta(&a, &b).map_or(Value::Null, |theta| json!(theta)),
            "independent" => independent(&a, &b),
            method => by_method(method, &a, &b).unwrap_or(Value::Null),
        };
        result.insert(key.clone(), value);
    }
    Value::Object(result)
}

/// An arm's totals.
fn totals(kind: &str, arm: &Value) -> Option<Totals> {
    let of = |name: &str| arm.get(name).and_then(Value::as_f64);
    let sums = |name: &str| Some(Sums { sum: of(&format!("{name}sum"))?, squares: of(&format!("{name}sum_squares"))? });
    let n = arm.get("n").and_then(|n| n.as_u64().or_else(|| n.as_f64().filter(|n| n.fract() == 0.0).map(whole)))?;
    Some(match kind {
        "binomial" | "proportion" => Totals::Proportion { n, sum: of("sum")? },
        "mean" => Totals::Mean { n, of: sums("")? },
        "ratio" => {
            let products = of("m_d_sum_of_products")?;
            Totals::Ratio { n, top: sums("m_")?, bottom: sums("d_")?, products }
        }
        "cuped" => {
            let products = of("post_pre_sum_of_products")?;
            Totals::Adjusted { n, post: sums("post_")?, pre: sums("pre_")?, products }
        }
        _ => return None,
    })
}

fn whole(number: f64) -> u64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "whole; what is negative becomes nobody"
    )]
    let whole = number as u64;
    whole
}

/// `freq_greater_relative`, `seq_absolute_N500`, `bayes_n03_inverse_relative`: a method, a scale, and a tuning.
fn by_method(key: &str, a: &Totals, b: &Totals) -> Option<Value> {
    let (key, tuning) = match key.rsplit_once("_N") {
        Some((key, tuning)) => (key, Some(Tuning::at(tuning.parse().ok()?).ok()?)),
        None => (key, None),
    };
    let (method, scale) = key.rsplit_once('_')?;
    let scale = match scale {
        "relative" => Scale::Relative,
        "absolute" => Scale::Absolute,
        _ => return None,
    };
    let effect = Effect::of(a, b, scale).and_then(|effect| match effect.control_mean {
        // gbstats refuses a control of nothing on either scale.
        0.0 => Err(Inconclusive::ZeroControl),
        _ => Ok(effect),
    });
    if let Some(prior) = method.strip_prefix("bayes_") {
        let (prior, better) = match prior.strip_suffix("_inverse") {
            Some(prior) => (prior, Better::Lower),
            None => (prior, Better::Higher),
        };
        let prior = match prior {
            "flat" => Prior::Flat,
            // n03: a standard deviation of 0.3.
            normal => Prior::Normal { mean: 0.0, deviation: normal.strip_prefix('n')?.parse::<f64>().ok()? / 10.0 },
        };
        return Some(bayes(effect, scale, prior, better));
    }
    let tested = effect.and_then(|effect| {
        let (interval, p) = match (method, tuning) {
            ("freq", None) => two_sided(&effect, ALPHA).map(|test| (test.interval, test.p))?,
            ("freq_greater", None) => greater(&effect, ALPHA).map(|test| (test.interval, test.p))?,
            ("seq", Some(tuning)) => {
                let sequence = Sequence::two_sided(ALPHA, tuning)?;
                (sequence.interval(&effect, ALPHA), sequence.p(&effect))
            }
            ("seq_greater", Some(tuning)) => {
                let sequence = Sequence::one_sided(ALPHA, tuning)?;
                let interval = Interval { low: sequence.above(&effect, ALPHA), high: f64::INFINITY };
                (interval, searched(&sequence, &effect))
            }
            _ => return Err(Inconclusive::BadSetting),
        };
        Ok((effect, interval, p))
    });
    match tested {
        Ok((effect, interval, p)) => Some(json!({
            "expected": effect.estimate, "ci": ends(interval), "p_value": p, "stddev": effect.error, "error": null,
        })),
        Err(Inconclusive::BadSetting) => None,
        Err(why) => Some(json!({ "expected": 0, "ci": [0, 0], "p_value": 1, "stddev": 0, "error": why.tag() })),
    }
}

fn bayes(effect: Result<Effect, Inconclusive>, scale: Scale, prior: Prior, better: Better) -> Value {
    match effect.and_then(|effect| posterior(&effect, scale, prior, better, ALPHA)) {
        Ok(it) => json!({
            "expected": it.mean, "ci": ends(it.interval), "chance_to_win": it.chance_to_win,
            "risk": [it.risk_of_control, it.risk_of_treatment], "stddev": it.deviation, "error": null,
        }),
        Err(why) => json!({
            "expected": 0, "ci": [0, 0], "chance_to_win": 0.5, "risk": [0, 0], "stddev": 0, "error": why.tag(),
        }),
    }
}

/// The one-sided p-value as gbstats looks for it: levels are halved between .00001 and .4999, until the lower end is within a
/// millionth of nothing. Where effects are small that is early: of .0044 with an error of .0016 it says .0723, and
/// [`Sequence::p_above`], which solves the equation, .0742. The expected numbers are its; the product's bound is what is
/// searched.
fn searched(sequence: &Sequence, effect: &Effect) -> f64 {
    let (mut low, mut high) = (1e-5, 0.4999);
    if sequence.above(effect, low) > 0.0 {
        return low;
    }
    if sequence.above(effect, high) < 0.0 {
        return high;
    }
    let mut level = 0.5 * (low + high);
    for _ in 0..100 {
        let end = sequence.above(effect, level);
        if end < 0.0 {
            low = level
        } else {
            high = level
        }
        level = 0.5 * (low + high);
        if end.abs() < 1e-6 {
            break;
        }
    }
    level
}

/// What scipy and statsmodels say of the same arms.
fn independent(a: &Totals, b: &Totals) -> Value {
    let mut result = Map::new();
    let mut put = |name: &str, value: Option<Value>| result.insert(name.to_owned(), value.unwrap_or(Value::Null));
    if let (Some(first), Some(second)) = (counts(a), counts(b)) {
        let z = pooled_z(first, second).ok();
        put("statsmodels_ztest_pooled", z.zip(chi_square(first, second).ok()).map(|(z, p)| json!({ "z": z, "p": p })));
        put("scipy_chi2_2x2_nocorr", chi_square(first, second).ok().map(|p| json!({ "p": p })));
        put("scipy_fisher_exact", fisher(first, second).ok().map(|p| json!({ "p": p })));
        put("statsmodels_ci_newcomb", newcombe(first, second, ALPHA).ok().map(ends));
        let exact = believed(first, second).ok().map(|it| {
            json!({
                "p_b_gt_a": it.second_is_greater, "loss_ship_b": it.loss_of_second, "loss_keep_a": it.loss_of_first,
                "check_mean_diff": it.loss_of_first - it.loss_of_second, "mean_diff": it.difference,
            })
        });
        put("beta_binomial_exact", exact);
    }
    let welch = Effect::of(a, b, Scale::Absolute).and_then(|effect| Ok((effect, two_sided(&effect, ALPHA)?)));
    // scipy takes the first less the second.
    put("scipy_welch", welch.ok().map(|(effect, test)| json!({ "t": effect.z(), "p": test.p })));
    Value::Object(result)
}

fn counts(totals: &Totals) -> Option<Counts> {
    match *totals {
        Totals::Proportion { n, sum } if sum >= 0.0 && sum.fract() == 0.0 => Some(Counts { n, did: whole(sum) }),
        _ => None,
    }
}

/// Both ends, the infinite ones as texts.
fn ends(interval: Interval) -> Value {
    let end = |end: f64| match end {
        f64::INFINITY => json!("inf"),
        f64::NEG_INFINITY => json!("-inf"),
        end => json!(end),
    };
    json!([end(interval.low), end(interval.high)])
}
