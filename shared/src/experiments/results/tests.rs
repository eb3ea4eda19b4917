use super::*;
use crate::demo::workspace;
use crate::experiments::change::tests::on_first_prompt;
use crate::wire::experiment::{EarlierWeights, ExperimentStatus, Guard};

const TODAY: i64 = 20_000;

/// An arm: its key, its visitors and what they did.
type Arm<'a> = (&'a str, u64, &'a [(Measure, u64)]);

/// Rows of one day.
fn rows(day: i64, arms: &[Arm<'_>]) -> Vec<TallyRow> {
    let row = |arm: &str, count: Count, n: u64| TallyRow {
        experiment: "shorter".to_owned(),
        version: 0,
        phase: 0,
        arm: arm.to_owned(),
        day,
        what: count.tag(),
        n,
    };
    let of = |(arm, seen, did): &Arm<'_>| {
        let did: Vec<TallyRow> = did.iter().map(|(measure, n)| row(arm, Count::Did(*measure), *n)).collect();
        std::iter::once(row(arm, Count::Seen, *seen)).chain(did).collect::<Vec<_>>()
    };
    arms.iter().flat_map(of).collect()
}

/// Days of visitors, of whom so many did it in each arm.
fn days(many: i64, measure: Measure, a: (u64, u64), b: (u64, u64)) -> Vec<TallyRow> {
    let on = |day: i64| rows(TODAY - 20 - many + day, &[("a", a.0, &[(measure, a.1)]), ("b", b.0, &[(measure, b.1)])]);
    (0..many).flat_map(on).collect()
}

fn read(change: impl FnOnce(&mut Experiment), rows: &[TallyRow]) -> Results {
    let mut source = workspace();
    let mut experiment = on_first_prompt(&source, ExperimentStatus::Running);
    experiment.metric = Measure::Accepted;
    change(&mut experiment);
    source.experiments.push(experiment.clone());
    results(&source, &experiment, (rows, &[]), TODAY)
}

#[test]
fn a_better_arm_wins_and_the_sentence_says_by_how_much() {
    let results = read(|_| (), &days(20, Measure::Accepted, (1_000, 50), (1_000, 75)));
    assert_eq!((results.verdict.as_str(), results.arm), ("winner", Some(1)), "{}", results.says);
    assert!(results.says.starts_with("B brings 50 % more accepted leads than A, between "), "{}", results.says);
    assert!(results.says.ends_with("safe to stop."));
    assert_eq!(results.metric.arms[1], Cell { n: 20_000, did: 1_500, rate: Some(0.075) });
    assert_eq!(results.series.len(), 20);
    assert!(results.series.last().unwrap().difference.low.unwrap() > 0.0);
}

#[test]
fn a_worse_arm_loses() {
    let results = read(|_| (), &days(20, Measure::Accepted, (1_000, 75), (1_000, 50)));
    assert_eq!(results.verdict, "loser");
    assert!(results.says.contains("fewer accepted leads"), "{}", results.says);
}

#[test]
fn arms_that_are_alike_stay_open_and_nobody_is_told_to_stop() {
    let results = read(|_| (), &days(20, Measure::Accepted, (1_000, 50), (1_000, 51)));
    assert_eq!((results.verdict.as_str(), results.arm), ("open", None));
    assert!(results.says.starts_with("No difference was found yet"), "{}", results.says);
    assert!(results.next.starts_with("Let it run"), "{}", results.next);
}

#[test]
fn who_has_not_had_their_time_is_not_counted_as_lost() {
    // Seen yesterday: seven days for what decides are not over.
    let fresh = rows(TODAY - 1, &[("a", 500, &[]), ("b", 500, &[(Measure::Accepted, 20)])]);
    let results = read(|_| (), &fresh);
    assert_eq!(results.verdict, "too_few");
    assert_eq!((results.metric.waiting, results.metric.arms[0].n), (1_000, 0));
    assert_eq!(results.arms[1].so_far[&Measure::Accepted], 20);
    let all: Vec<TallyRow> = days(20, Measure::Accepted, (1_000, 50), (1_000, 75)).into_iter().chain(fresh).collect();
    let with = read(|_| (), &all);
    assert_eq!((with.metric.arms[1].n, with.metric.arms[1].did, with.metric.waiting), (20_000, 1_500, 1_000));
}

#[test]
fn an_arm_that_goes_missing_breaks_everything_whatever_it_won() {
    let results = read(|_| (), &days(20, Measure::Accepted, (1_000, 50), (900, 90)));
    assert_eq!(results.verdict, "invalid_sample_ratio");
    assert!(results.ratio.is_broken && results.says.starts_with("These results cannot be trusted"), "{}", results.says);
    assert!(results.says.contains("20,000 and 18,000 came where 19,000 and 19,000 were to come"), "{}", results.says);
    assert!(results.next.starts_with("Do not act"));
}

#[test]
fn visitors_who_saw_both_arms_are_none_and_too_many_of_them_break_everything() {
    let mut all = days(20, Measure::Accepted, (1_000, 50), (1_000, 75));
    let crossed =
        |arm: &str, n: u64| TallyRow { what: Count::Crossed.tag(), n, ..rows(TODAY - 30, &[(arm, 0, &[])])[0].clone() };
    all.extend([crossed("a", 10), crossed("b", 10)]);
    let few = read(|_| (), &all);
    assert_eq!((few.verdict.as_str(), few.crossed.count, few.arms[0].seen), ("winner", 20, 19_990));
    all.extend([crossed("a", 300), crossed("b", 300)]);
    let many = read(|_| (), &all);
    assert_eq!((many.verdict.as_str(), many.crossed.is_broken), ("invalid_crossed", true));
}

#[test]
fn a_guardrail_that_is_hit_stops_a_winner() {
    let day = |day: i64| {
        let a: &[(Measure, u64)] = &[(Measure::Accepted, 50), (Measure::Complaint, 4)];
        let b: &[(Measure, u64)] = &[(Measure::Accepted, 80), (Measure::Complaint, 30)];
        rows(TODAY - 80 + day, &[("a", 1_000, a), ("b", 1_000, b)])
    };
    let all: Vec<TallyRow> = (0..20).flat_map(day).collect();
    let guard = |it: &mut Experiment| it.guardrails = vec![Guard { measure: Measure::Complaint, margin: 0.005 }];
    let results = read(guard, &all);
    assert_eq!((results.verdict.as_str(), results.arm), ("guardrail_hit", Some(1)));
    assert_eq!(results.says, "B brings more complaints than A: 3 % against 0.4 %.");
    assert_eq!(results.guardrails[0].readings[0].call, "worse");
    assert_eq!(read(|_| (), &all).verdict, "winner");
}

#[test]
fn the_cost_of_a_prompt_is_a_mean_and_guards() {
    let day = |day: i64| {
        let row = |arm: &str, sum: u64, squares: u64| {
            let mut all = rows(TODAY - 80 + day, &[(arm, 1_000, &[(Measure::Accepted, 50), (Measure::Cost, sum)])]);
            all.push(TallyRow { what: Count::CostSquares.tag(), n: squares, ..all[0].clone() });
            all
        };
        [row("a", 8_000, 100_000), row("b", 90_000, 9_000_000)].concat()
    };
    let all: Vec<TallyRow> = (0..20).flat_map(day).collect();
    let results = read(|it| it.guardrails = vec![Guard { measure: Measure::Cost, margin: 50.0 }], &all);
    assert_eq!(results.verdict, "guardrail_hit", "{}", results.says);
    assert_eq!(results.says, "B takes more of the page\u{2019}s time than A: 90 ms against 8 ms.");
}

#[test]
fn nobody_one_visitor_and_all_or_none_never_win() {
    let of = |a: (u64, u64), b: (u64, u64)| read(|_| (), &days(1, Measure::Accepted, a, b));
    assert_eq!(read(|_| (), &[]).verdict, "too_few");
    assert_eq!(of((0, 0), (1, 1)).verdict, "too_few");
    assert_eq!(of((500, 0), (500, 0)).verdict, "no_variance");
    assert_eq!(of((500, 500), (500, 500)).verdict, "no_variance");
    // More did it than there were visitors: rows that cannot be make no winner.
    assert_ne!(of((500, 20), (500, 900)).verdict, "winner");
    for results in [of((1, 0), (0, 0)), of((500, 0), (500, 3))] {
        let text = serde_json::to_string(&results).unwrap();
        assert!(!text.contains("NaN") && !results.says.is_empty());
    }
}

#[test]
fn weights_that_change_are_each_held_against_their_own_visitors() {
    let earlier = |it: &mut Experiment| {
        it.earlier = vec![EarlierWeights { until: "2026-11-01T00:00:00Z".to_owned(), weights: vec![0.9, 0.1] }];
    };
    let mut all = days(10, Measure::Accepted, (9_000, 450), (1_000, 50));
    let later = days(10, Measure::Accepted, (5_000, 250), (5_000, 250));
    all.extend(later.into_iter().map(|row| TallyRow { phase: 1, day: row.day + 10, ..row }));
    let results = read(earlier, &all);
    assert_eq!((results.verdict.as_str(), results.ratio.is_broken), ("open", false), "{}", results.says);
    assert!(read(|_| (), &days(10, Measure::Accepted, (9_000, 450), (1_000, 50))).ratio.is_broken);
}

#[test]
fn an_earlier_version_and_other_experiments_are_left_out() {
    let all = days(20, Measure::Accepted, (1_000, 50), (1_000, 75));
    let results = read(|it| it.bucket_version = 1, &all);
    assert_eq!(results.arms[0].seen, 0);
}

#[test]
fn totals_in_any_order_and_from_any_shards_say_the_same() {
    let all = days(20, Measure::Accepted, (1_000, 50), (1_000, 75));
    let mut split: Vec<TallyRow> = Vec::new();
    for (at, row) in all.iter().enumerate() {
        let part = row.n * (at as u64 % 3) / 3;
        split.push(TallyRow { n: part, ..row.clone() });
        split.push(TallyRow { n: row.n - part, ..row.clone() });
    }
    split.reverse();
    assert_eq!(read(|_| (), &all), read(|_| (), &split));
}
