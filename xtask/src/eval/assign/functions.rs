//! The functions that assignment is made of, case by case.

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use shared::condition::{Condition, SavedGroups};
use shared::experiment::{HashVersion, Namespace, Range, bucket, bucket_ranges, choose, forced_by, range, unit};

use super::{Outcome, cut, judged};

/// `[seed, value, version, bucket]`, the bucket `null` where there is no such version.
pub fn hash(case: &[Value]) -> Result<Outcome> {
    let [seed, value, version, expected] = case else { bail!("it is not such a case") };
    let version = version.as_u64().and_then(HashVersion::of);
    // A number is hashed as the text that it is in JavaScript.
    let value = value.as_str().map(str::to_owned).or_else(|| unit(value)).context("its value is none")?;
    let got = version.map(|version| anyhow::Ok(bucket(text(seed)?, &value, version))).transpose()?;
    Ok(judged(expected, json!(got)))
}

/// `[name, [arms, coverage, weights], ranges]`.
pub fn bucket_range(case: &[Value]) -> Result<Outcome> {
    let [_, Value::Array(input), expected] = case else { bail!("it is not such a case") };
    let [arms, coverage, weights] = input.as_slice() else { bail!("its input is not three things") };
    let arms = usize::try_from(arms.as_i64().context("its arms are no number")?).unwrap_or(0);
    let weights = weights.as_array().map(|weights| numbers(weights)).transpose()?;
    let ranges = bucket_ranges(arms, coverage.as_f64().unwrap_or(1.0), weights.as_deref());
    let rounded = |ranges: &[Range]| ranges.iter().map(|range| json!([cut(range.start), cut(range.end)])).collect();
    let expected = ranges_of(expected)?;
    Ok(judged(&Value::Array(rounded(&expected)), Value::Array(rounded(&ranges))))
}

/// `[name, bucket, ranges, arm]`, the arm -1 where it is none's.
pub fn choose_variation(case: &[Value]) -> Result<Outcome> {
    let [_, bucket, ranges, expected] = case else { bail!("it is not such a case") };
    let arm = choose(bucket.as_f64().context("its bucket is no number")?, &ranges_of(ranges)?);
    Ok(judged(expected, arm.map_or(json!(-1), |arm| json!(arm))))
}

/// `[name, unit, [namespace, start, end], whether it is in it]`.
pub fn in_namespace(case: &[Value]) -> Result<Outcome> {
    let [_, unit, Value::Array(namespace), expected] = case else { bail!("it is not such a case") };
    let [id, start, end] = namespace.as_slice() else { bail!("its namespace is not three things") };
    let range = range(&json!([start, end])).context("its namespace has no range")?;
    let namespace = Namespace { id: text(id)?.to_owned(), range };
    Ok(judged(expected, json!(namespace.has(text(unit)?))))
}

/// `[arms, weights]`.
pub fn equal_weights(case: &[Value]) -> Result<Outcome> {
    let [arms, Value::Array(expected)] = case else { bail!("it is not such a case") };
    let arms = usize::try_from(arms.as_i64().context("its arms are no number")?).unwrap_or(0);
    let rounded = |weights: Vec<f64>| json!(weights.into_iter().map(cut).collect::<Vec<_>>());
    Ok(judged(&rounded(numbers(expected)?), rounded(shared::experiment::equal_weights(arms))))
}

/// `[name, key, address, arms, arm]`, the arm `null` where the address names none.
pub fn query_string_override(case: &[Value]) -> Result<Outcome> {
    let [_, key, url, arms, expected] = case else { bail!("it is not such a case") };
    let arms = usize::try_from(arms.as_i64().context("its arms are no number")?).unwrap_or(0);
    Ok(judged(expected, json!(forced_by(text(key)?, text(url)?, arms))))
}

/// `[name, condition, attributes, whether it holds]`, and perhaps saved groups.
pub fn condition(case: &[Value]) -> Result<Outcome> {
    let (condition, attributes, expected, groups) = match case {
        [_, condition, attributes, expected] => (condition, attributes, expected, &Value::Null),
        [_, condition, attributes, expected, groups] => (condition, attributes, expected, groups),
        _ => bail!("it is not such a case"),
    };
    Ok(judged(expected, json!(Condition::read(condition).holds_with(attributes, &SavedGroups::read(groups)))))
}

fn text(json: &Value) -> Result<&str> {
    json.as_str().context("it has no text where there should be one")
}

fn numbers(list: &[Value]) -> Result<Vec<f64>> {
    list.iter().map(|number| number.as_f64().context("a number is none")).collect()
}

fn ranges_of(json: &Value) -> Result<Vec<Range>> {
    let list = json.as_array().context("its ranges are no list")?;
    list.iter().map(|json| range(json).context("a range is not two numbers")).collect()
}
