//! Experiments, natively and as wasm: GrowthBook's cases, the bits of assignments and of statistics, and whether 200,000 visitors
//! fall evenly and independently into 200 experiments.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail by panicking")]
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    clippy::cast_possible_wrap,
    reason = "what is made here is small"
)]

mod seed;

use serde_json::{Value, json};
use shared::experiment::*;

use seed::{Hash, Seed};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test;

const GROWTHBOOK: &str = include_str!("../../tests/vectors/growthbook/assignment.json");
const ALPHA: f64 = 0.05;

/// GrowthBook's own cases, half of them (MIT, see the licence beside the file). Those of features are judged by `cargo xtask eval
/// assign`, natively.
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
#[cfg_attr(not(target_arch = "wasm32"), test)]
fn everybody_is_where_growthbook_puts_them() {
    let file: Value = serde_json::from_str(GROWTHBOOK).unwrap();
    let cases = |section: &str| file[section].as_array().unwrap().clone();
    for case in cases("hash") {
        let version = HashVersion::of(case[2].as_u64().unwrap());
        let bucket = version.map(|version| bucket(text(&case[0]), text(&case[1]), version));
        assert_eq!(json!(bucket), case[3], "{case}");
    }
    for case in cases("getBucketRange") {
        let weights: Option<Vec<f64>> = serde_json::from_value(case[1][2].clone()).unwrap();
        let ranges =
            bucket_ranges(case[1][0].as_u64().unwrap() as usize, case[1][1].as_f64().unwrap(), weights.as_deref());
        for (got, agreed) in ranges.iter().zip(case[2].as_array().unwrap()) {
            let cut = |number: f64| (number * 1e8).floor();
            let agreed = [agreed[0].as_f64().unwrap(), agreed[1].as_f64().unwrap()];
            assert_eq!([got.start, got.end].map(cut), agreed.map(cut), "{case}");
        }
    }
    let run: Vec<Value> = cases("run").into_iter().filter(|case| case[1].get("features").is_none()).collect();
    assert!(run.len() > 40);
    for case in run {
        let groups = shared::condition::SavedGroups::read(&case[1]["savedGroups"]);
        let anybody = Anybody::default();
        let mode = match (&case[1]["enabled"], &case[1]["qaMode"]) {
            (Value::Bool(false), _) => Mode::Off,
            (_, Value::Bool(true)) => Mode::Checking,
            _ => Mode::Usual,
        };
        let url = case[1]["url"].as_str().unwrap_or_default();
        let subject = Subject { groups: &groups, editor_url: url, mode, ..anybody.subject(&case[1]["attributes"]) };
        let assignment = assign(&Experiment::read(&case[2]), &subject);
        let got =
            [&case[2]["variations"][assignment.arm], &json!(assignment.in_experiment), &json!(assignment.by_hash)];
        assert_eq!(got, [&case[3], &case[4], &case[5]], "{case}");
    }
}

/// The same people are in the same arms everywhere: the hash of 40,000 assignments, of all kinds of experiments and people.
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
#[cfg_attr(not(target_arch = "wasm32"), test)]
fn assignments_are_the_same_everywhere() {
    let mut seed = Seed(7);
    let mut hash = Hash(0xcbf2_9ce4_8422_2325);
    for number in 0..40 {
        let weights = seed.pick(&[vec![0.5, 0.5], vec![0.1, 0.9], vec![0.2, 0.3, 0.5], vec![1.0 / 3.0; 3]]);
        let arms: Vec<Value> = weights
            .iter()
            .enumerate()
            .map(|(arm, weight)| json!({ "key": format!("a{arm}"), "weight": weight }))
            .collect();
        let namespace = seed.pick(&[Value::Null, json!({ "id": "n", "start": 0.2, "end": 0.7 })]);
        let audience = seed.pick(&[Value::Null, json!({ "country": { "$in": ["LK", "DE"] } })]);
        let source = json!({
            "key": format!("experiment-{number}"), "status": "running", "arms": arms, "namespace": namespace,
            "audience": audience, "coverage": seed.pick(&[1.0, 0.72, 0.29]), "second_unit": "session",
        });
        let experiment = Experiment::parse(&serde_json::from_value(source).unwrap()).unwrap();
        let mut documents = Documents::default();
        for visitor in 0..1_000 {
            let id = seed.pick(&[json!(format!("v{visitor}")), json!(visitor), json!("日本"), json!(null), json!(0.5)]);
            let country = seed.pick(&["LK", "DE", "FR"]);
            let facts = json!({ "visitor": id, "session": format!("s{}", visitor / 3), "country": country });
            let anybody = Anybody::default();
            let assignment = assign(&experiment, &Subject { sticky: Some(&documents), ..anybody.subject(&facts) });
            hash.number(assignment.arm as i64);
            hash.text(assignment.why.tag().as_bytes());
            hash.number(assignment.bucket.map_or(-1, |bucket| (bucket * 1e4).round() as i64));
            if let Some(document) = assignment.keep {
                documents.keep(document);
            }
        }
    }
    assert_eq!(format!("{:016x}", hash.0), "b1f43a5af869bfce");
}

/// Statistics have the same bits everywhere: of 600 experiments, every number that is told.
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
#[cfg_attr(not(target_arch = "wasm32"), test)]
fn statistics_have_the_same_bits_everywhere() {
    let mut seed = Seed(23);
    let mut hash = Hash(0xcbf2_9ce4_8422_2325);
    let mut told = 0;
    let mut tell = |hash: &mut Hash, number: f64| {
        assert!(!number.is_nan());
        hash.number(number.to_bits() as i64);
        told += 1;
    };
    for _ in 0..600 {
        let kind = seed.below(4);
        let arms = [arm(kind, &mut seed), arm(kind, &mut seed)];
        for scale in [Scale::Absolute, Scale::Relative] {
            let effect = match Effect::of(&arms[0], &arms[1], scale) {
                Ok(effect) => effect,
                Err(why) => {
                    hash.text(why.tag().as_bytes());
                    continue;
                }
            };
            let tests = [two_sided(&effect, ALPHA).unwrap(), greater(&effect, ALPHA).unwrap()];
            let sequence = Sequence::two_sided(ALPHA, Tuning::USUAL).unwrap();
            let interval = sequence.interval(&effect, ALPHA);
            let prior = Prior::Normal { mean: 0.0, deviation: 0.3 };
            let believed = posterior(&effect, scale, prior, Better::Higher, ALPHA).unwrap();
            for number in [
                effect.estimate,
                effect.error,
                tests[0].interval.low,
                tests[0].p,
                tests[1].interval.low,
                tests[1].p,
                interval.low,
                interval.high,
                sequence.p(&effect),
                sequence.p_above(&effect),
                believed.mean,
                believed.chance_to_win,
                believed.risk_of_control,
                believed.risk_of_treatment,
            ] {
                tell(&mut hash, number);
            }
        }
        let [first, second] = [counts(&mut seed), counts(&mut seed)];
        let exact = believed(first, second).unwrap();
        let phase = Phase { users: vec![first.n, second.n, 5], weights: vec![0.4, 0.5, 0.1] };
        let mut bet = Betting::new(2).unwrap();
        for _ in 0..3 {
            let batch = [Batch { n: first.n, did: first.did }, Batch { n: second.n, did: second.did }];
            bet.take(&batch, &[0.5, 0.5]).unwrap();
        }
        let plan = Plan::new(0.04, 0.1 + seed.below(50) as f64 / 100.0, ALPHA, 0.8).unwrap();
        let rates = [first, second, counts(&mut seed)].map(|it| Totals::Proportion { n: it.n, sum: it.did as f64 });
        let mut numbers = vec![
            exact.second_is_greater,
            exact.loss_of_first,
            fisher(first, second).unwrap(),
            newcombe(first, second, ALPHA).unwrap().low,
            once(std::slice::from_ref(&phase)).unwrap().p,
            watched(std::slice::from_ref(&phase)).unwrap().log_factor,
            bet.log_e(),
            plan.by_arcsine(),
            plan.by_sequence().unwrap(),
        ];
        numbers.extend(allocate(&rates, Better::Higher, FLOOR).unwrap().weights);
        numbers.into_iter().for_each(|number| tell(&mut hash, number));
    }
    assert!(told > 20_000, "{told}");
    assert_eq!(format!("{:016x}", hash.0), "8521c9983f16f4fb");
}

/// Each experiment's visitors fall evenly into its buckets, and where they fall in one says nothing of where in another: 200
/// chi-square tests of twenty stretches, and 19,900 of pairs of halves. Natively only: it is 40 million hashes.
#[cfg(not(target_arch = "wasm32"))]
#[test]
fn two_hundred_thousand_visitors_fall_evenly_and_independently_into_two_hundred_experiments() {
    const VISITORS: usize = 200_000;
    const EXPERIMENTS: usize = 200;
    const STRETCHES: usize = 20;
    let visitors: Vec<String> = (0..VISITORS).map(|visitor| format!("v{visitor}")).collect();
    // Which half of the buckets each visitor is in, a bit each; and how many are in each stretch.
    let each = |experiment: usize| {
        let key = format!("e{experiment}");
        let (mut halves, mut stretches) = (vec![0_u64; VISITORS.div_ceil(64)], [0_u64; STRETCHES]);
        for (at, visitor) in visitors.iter().enumerate() {
            let bucket = bucket(&key, visitor, HashVersion::V2);
            stretches[(bucket * STRETCHES as f64) as usize] += 1;
            halves[at / 64] |= u64::from(bucket >= 0.5) << (at % 64);
        }
        (halves, stretches)
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let parts: Vec<(Vec<u64>, [u64; STRETCHES])> = std::thread::scope(|scope| {
        let ranges = (0..threads).map(|thread| thread * EXPERIMENTS / threads..(thread + 1) * EXPERIMENTS / threads);
        let handles: Vec<_> = ranges.map(|range| scope.spawn(move || range.map(each).collect::<Vec<_>>())).collect();
        handles.into_iter().flat_map(|handle| handle.join().unwrap()).collect()
    });
    let even = |users: &[u64]| {
        let phase = Phase { users: users.to_vec(), weights: vec![1.0; users.len()] };
        once(&[phase]).unwrap().p
    };
    let uniform: Vec<f64> = parts.iter().map(|(_, stretches)| even(stretches)).collect();
    let mut pairs = Vec::new();
    for (at, (one, _)) in parts.iter().enumerate() {
        for (other, _) in &parts[..at] {
            let apart: u32 = one.iter().zip(other).map(|(a, b)| (a ^ b).count_ones()).sum();
            // Both or neither, against one of the two: as often, if one says nothing of the other.
            pairs.push(even(&[u64::from(apart), VISITORS as u64 - u64::from(apart)]));
        }
    }
    assert_eq!((uniform.len(), pairs.len()), (EXPERIMENTS, EXPERIMENTS * (EXPERIMENTS - 1) / 2));
    for (what, p) in [("even", &uniform), ("independent", &pairs)] {
        let share = |below: f64| p.iter().filter(|p| **p < below).count() as f64 / p.len() as f64;
        let least = p.iter().copied().fold(1.0, f64::min);
        println!("{what}: least p {least:.2e}, below .05 {:.4}, below .001 {:.5}", share(0.05), share(0.001));
        // The least of so many, Bonferroni at one in a thousand; and not too many that are small.
        assert!(least > 0.001 / p.len() as f64, "{what}: {least:e}");
        let off = 4.0 * (0.05 * 0.95 / p.len() as f64).sqrt();
        assert!((share(0.05) - 0.05).abs() < off, "{what}: {}", share(0.05));
    }
}

fn arm(kind: i64, seed: &mut Seed) -> Totals {
    let n = 2 + {
        let most = seed.pick(&[20, 3_000, 5_000_000]);
        seed.below(most)
    } as u64;
    let of = n as f64;
    let mut sums = |about: f64| {
        let mean = about + seed.below(1_000) as f64 / 700.0;
        Sums { sum: of * mean, squares: of * (mean * mean + 0.3 + seed.below(100) as f64 / 40.0) }
    };
    let [a, b] = [sums(1.0), sums(3.0)];
    let products = a.sum * b.sum / of + of * 0.1;
    match kind {
        0 => Totals::Proportion { n, sum: seed.below(n as i64 + 1) as f64 },
        1 => Totals::Mean { n, of: a },
        2 => Totals::Ratio { n, top: a, bottom: b, products },
        _ => Totals::Adjusted { n, post: a, pre: b, products },
    }
}

fn counts(seed: &mut Seed) -> Counts {
    let n = 1 + {
        let most = seed.pick(&[9, 400, 30_000]);
        seed.below(most)
    } as u64;
    Counts { n, did: seed.below(n as i64 + 1) as u64 }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}
