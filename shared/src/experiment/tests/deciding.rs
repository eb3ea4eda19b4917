//! What came of it: verdicts, and the mistakes of others that are not to be made here.

use crate::experiment::special::number;
use crate::experiment::*;

const ALPHA: f64 = 0.05;
const EVEN: [f64; 2] = [0.5, 0.5];

#[test]
fn the_relative_scale_breaks_its_promise_where_conversion_is_low_and_the_absolute_one_keeps_it() {
    // GrowthBook's default decides on the relative one.
    let sequence = Sequence::two_sided(ALPHA, Tuning::USUAL).unwrap();
    let wrong = |scale: Scale| {
        let is_wrong = |control: &Totals, treatment: &Totals| {
            Effect::of(control, treatment, scale).is_ok_and(|effect| !sequence.interval(&effect, ALPHA).has(0.0))
        };
        (0..300).filter(|seed| looks(*seed, [0.005, 0.005], is_wrong)).count()
    };
    let (absolute, relative) = (wrong(Scale::Absolute), wrong(Scale::Relative));
    assert!(absolute <= 15, "{absolute} of 300, and 15 are the promise");
    assert!(relative > 24, "{relative} of 300: otherwise there was nothing to correct");
}

#[test]
fn a_chance_to_win_is_no_verdict() {
    // Whoever stops at 95 % is wrong most of the time.
    let by_chance = |control: &Totals, treatment: &Totals| {
        let believed = Effect::of(control, treatment, Scale::Relative)
            .and_then(|effect| posterior(&effect, Scale::Relative, Prior::Flat, Better::Higher, ALPHA));
        believed.is_ok_and(|believed| !(0.05..=0.95).contains(&believed.chance_to_win))
    };
    let by_report = |control: &Totals, treatment: &Totals| {
        let totals = [*control, *treatment];
        let report = report(&standing(&metric(&totals, &[]), &even(control.n()))).unwrap();
        matches!(report.verdict, Verdict::Winner { .. } | Verdict::Loser)
    };
    let wrong = |is_wrong: &dyn Fn(&Totals, &Totals) -> bool| {
        (0..100).filter(|seed| looks(*seed, [0.05, 0.05], is_wrong)).count()
    };
    assert!(wrong(&by_chance) > 40);
    assert!(wrong(&by_report) <= 6);
}

#[test]
fn without_variance_there_is_no_answer_and_not_an_answer_of_no_effect() {
    // gbstats says: no effect, from 0 to 0, p 1.
    for (control, treatment, why) in [
        ((100, 0.0), (100, 5.0), Inconclusive::NoVariance),
        ((100, 100.0), (100, 100.0), Inconclusive::NoVariance),
        ((1, 1.0), (1, 0.0), Inconclusive::TooFew),
        ((0, 0.0), (0, 0.0), Inconclusive::TooFew),
        ((10, 11.0), (10, 1.0), Inconclusive::BadTotals),
        ((10, -1.0), (10, 1.0), Inconclusive::BadTotals),
        ((10, f64::NAN), (10, 1.0), Inconclusive::BadTotals),
    ] {
        let arms = [control, treatment].map(|(n, sum)| Totals::Proportion { n, sum });
        assert_eq!(Effect::of(&arms[0], &arms[1], Scale::Absolute), Err(why));
        let report = report(&standing(&metric(&arms, &[]), &even(50))).unwrap();
        assert_eq!((report.verdict, report.verdict.tag()), (Verdict::Inconclusive(why), why.tag()));
    }
}

#[test]
fn a_control_of_nothing_has_a_difference_and_no_lift() {
    let arm = |sum: f64| Totals::Mean { n: 100, of: Sums { sum, squares: 400.0 } };
    assert!(Effect::of(&arm(0.0), &arm(30.0), Scale::Absolute).is_ok());
    assert_eq!(Effect::of(&arm(0.0), &arm(30.0), Scale::Relative), Err(Inconclusive::ZeroControl));
    // Of what is negative, more is more: the lift has the sign of the difference.
    let lift = Effect::of(&arm(-30.0), &arm(-15.0), Scale::Relative).unwrap();
    assert!((lift.estimate - 0.5).abs() < 1e-12);
}

#[test]
fn a_one_sided_p_solves_its_equation() {
    // gbstats searches until the bound is within a millionth, and says .0723 here.
    let arms = [Totals::Proportion { n: 21_000, sum: 420.0 }, Totals::Proportion { n: 20_551, sum: 500.0 }];
    let effect = Effect::of(&arms[0], &arms[1], Scale::Absolute).unwrap();
    let sequence = Sequence::one_sided(ALPHA, Tuning::USUAL).unwrap();
    let p = sequence.p_above(&effect);
    assert!(p < 0.5 && sequence.above(&effect, p).abs() < 1e-14, "{p}");
    let two = Sequence::two_sided(ALPHA, Tuning::USUAL).unwrap();
    assert!(two.interval(&effect, two.p(&effect)).low.abs() < 1e-14);
}

#[test]
fn what_was_there_before_makes_surer_and_leaves_the_effect() {
    let arm = |sum: f64| Totals::Adjusted {
        n: 1_000,
        post: Sums { sum, squares: 30_000.0 },
        pre: Sums { sum: 5_000.0, squares: 29_000.0 },
        products: 29_000.0,
    };
    let plain = |sum: f64| Totals::Mean { n: 1_000, of: Sums { sum, squares: 30_000.0 } };
    let adjusted = Effect::of(&arm(5_000.0), &arm(5_100.0), Scale::Absolute).unwrap();
    let without = Effect::of(&plain(5_000.0), &plain(5_100.0), Scale::Absolute).unwrap();
    assert!((adjusted.estimate - without.estimate).abs() < 1e-12 && adjusted.error < 0.6 * without.error);
    assert!(adjusted.theta > 0.8);
    // Where nothing was there before, nothing is taken away.
    let new = Totals::Adjusted { n: 9, post: Sums { sum: 9.0, squares: 12.0 }, pre: Sums::default(), products: 0.0 };
    assert_eq!(Effect::of(&new, &new, Scale::Absolute).unwrap().theta, 0.0);
}

#[test]
fn shards_add_up_and_kinds_do_not_mix() {
    let part = Totals::Ratio {
        n: 10,
        top: Sums { sum: 5.0, squares: 9.0 },
        bottom: Sums { sum: 20.0, squares: 50.0 },
        products: 12.0,
    };
    let Totals::Ratio { n: 20, top, bottom, products } = part.plus(part).unwrap() else { panic!("it is no ratio") };
    assert_eq!((top.sum, bottom.squares, products), (10.0, 100.0, 24.0));
    assert_eq!(part.plus(Totals::Proportion { n: 1, sum: 0.0 }), Err(Inconclusive::Unlike));
    assert_eq!(Effect::of(&part, &Totals::Proportion { n: 9, sum: 1.0 }, Scale::Absolute), Err(Inconclusive::Unlike));
}

#[test]
fn a_winner_a_loser_and_what_is_open() {
    for (did, verdict) in
        [(800.0, Verdict::Winner { arm: 1 }), (300.0, Verdict::Loser), (510.0, Verdict::Open), (0.0, Verdict::Open)]
    {
        let arms = [(10_000, 500.0), (10_000, did)].map(|(n, sum)| Totals::Proportion { n, sum });
        let report = report(&standing(&metric(&arms, &[]), &even(10_000))).unwrap();
        let agreed = if did == 0.0 { Verdict::Inconclusive(Inconclusive::NoVariance) } else { verdict };
        assert_eq!(report.verdict, agreed);
    }
}

#[test]
fn a_gambler_is_sure_where_nobody_of_an_arm_did_it() {
    let (mut bet, mut arms) = (Betting::new(2).unwrap(), [(0, 0.0), (0, 0.0)]);
    for _ in 0..40 {
        bet.take(&[Batch { n: 100, did: 0 }, Batch { n: 100, did: 9 }], &EVEN).unwrap();
        arms = [(arms[0].0 + 100, 0.0), (arms[1].0 + 100, arms[1].1 + 9.0)];
    }
    let arms = arms.map(|(n, sum)| Totals::Proportion { n, sum });
    let bets = [bet];
    let report = report(&standing(&metric(&arms, &bets), &even(4_000))).unwrap();
    assert_eq!((report.verdict, report.readings[0].method), (Verdict::Winner { arm: 1 }, Method::Betting));
    assert_eq!(report.readings[0].lift, Err(Inconclusive::NoVariance));
}

#[test]
fn evidence_for_one_arm_is_never_a_verdict_for_the_other() {
    let (mut bet, mut arms) = (Betting::new(2).unwrap(), [(0, 0.0), (0, 0.0)]);
    let mut verdicts = Vec::new();
    for batch in 0..100 {
        // The treatment is far ahead at first, and far behind then.
        let did = if batch < 20 { [2, 12] } else { [40, 5] };
        bet.take(&[Batch { n: 100, did: did[0] }, Batch { n: 100, did: did[1] }], &EVEN).unwrap();
        arms = [(arms[0].0 + 100, arms[0].1 + number(did[0])), (arms[1].0 + 100, arms[1].1 + number(did[1]))];
        let totals = arms.map(|(n, sum)| Totals::Proportion { n, sum });
        let bets = [bet.clone()];
        verdicts.push(report(&standing(&metric(&totals, &bets), &even(arms[0].0))).unwrap().verdict);
    }
    verdicts.dedup();
    // Once it is no longer ahead nothing is said, until there is more evidence for the control than there was for it.
    let agreed = [Verdict::Open, Verdict::Winner { arm: 1 }, Verdict::Open, Verdict::Loser];
    assert_eq!(verdicts, agreed);
}

#[test]
fn what_is_less_is_better_where_less_is_good() {
    let arms = [(10_000, 800.0), (10_000, 500.0)].map(|(n, sum)| Totals::Proportion { n, sum });
    let metric = Metric { better: Better::Lower, ..metric(&arms, &[]) };
    assert_eq!(report(&standing(&metric, &even(10_000))).unwrap().verdict, Verdict::Winner { arm: 1 });
}

#[test]
fn of_several_arms_the_furthest_wins_and_each_is_read_more_strictly() {
    let arms = [500.0, 640.0, 800.0, 500.0].map(|sum| Totals::Proportion { n: 10_000, sum });
    let phases = [Phase { users: vec![10_000; 4], weights: vec![0.25; 4] }];
    let all = report(&standing(&metric(&arms, &[]), &phases)).unwrap();
    assert_eq!(all.verdict, Verdict::Winner { arm: 2 });
    let two = report(&standing(&metric(&arms[..2], &[]), &even(10_000))).unwrap();
    assert!(all.readings[0].p > two.readings[0].p, "the same arm, with others beside it");
    let width = |report: &Report| {
        let interval = report.readings[0].difference.unwrap().interval;
        interval.high - interval.low
    };
    assert!(width(&all) > width(&two));
}

#[test]
fn a_broken_ratio_or_crossed_visitors_leave_no_verdict_and_are_told_first() {
    let arms = [(20_800, 500.0), (19_200, 900.0)].map(|(n, sum)| Totals::Proportion { n, sum });
    let (metric, broken) = (metric(&arms, &[]), [Phase { users: vec![20_800, 19_200], weights: vec![0.5, 0.5] }]);
    let report_of =
        |phases: &[Phase], crossed: u64| report(&Standing { crossed, ..standing(&metric, phases) }).unwrap().verdict;
    assert_eq!(report_of(&broken, 0), Verdict::Invalid(Broken::SampleRatio));
    let sound = even(20_000);
    assert_eq!(report_of(&sound, 0), Verdict::Winner { arm: 1 });
    assert_eq!(report_of(&sound, 300), Verdict::Winner { arm: 1 });
    assert_eq!(report_of(&sound, 500), Verdict::Invalid(Broken::Crossed));
}

#[test]
fn a_guardrail_that_is_hit_comes_before_a_winner_and_a_little_harm_may_be_allowed() {
    let arms = [(10_000, 500.0), (10_000, 800.0)].map(|(n, sum)| Totals::Proportion { n, sum });
    let complaints = [(10_000, 100.0), (10_000, 220.0)].map(|(n, sum)| Totals::Proportion { n, sum });
    let (metric, harm) = (metric(&arms, &[]), Metric { better: Better::Lower, ..metric(&complaints, &[]) });
    let with = |margin: f64| {
        let guardrails = [Guardrail { metric: harm, margin }];
        report(&Standing { guardrails: &guardrails, ..standing(&metric, &even(10_000)) }).unwrap().verdict
    };
    assert_eq!(with(0.0), Verdict::GuardrailHit { arm: 1, guardrail: 0 });
    assert_eq!(with(0.02), Verdict::Winner { arm: 1 });
}

#[test]
fn whatever_the_totals_are_nothing_is_anything_but_a_number() {
    let numbers = [0.0, 1.0, -1.0, 0.5, 7.0, 1e-300, 1e300, -1e300, f64::INFINITY, f64::NAN];
    let counts = [0, 1, 2, 9, 1_000_000, u64::MAX];
    let mut seed = Seed(3);
    let mut of = || numbers[seed.below(numbers.len())];
    let mut pick = Seed(4);
    for _ in 0..4_000 {
        let n = counts[pick.below(counts.len())];
        let mut sums = || Sums { sum: of(), squares: of() };
        let all = [
            Totals::Mean { n, of: sums() },
            Totals::Proportion { n, sum: sums().sum },
            Totals::Ratio { n, top: sums(), bottom: sums(), products: sums().sum },
            Totals::Adjusted { n, post: sums(), pre: sums(), products: sums().sum },
        ];
        let arms = [all[pick.below(4)], all[pick.below(4)]];
        for scale in [Scale::Absolute, Scale::Relative] {
            let Ok(effect) = Effect::of(&arms[0], &arms[1], scale) else { continue };
            let sequence = Sequence::two_sided(ALPHA, Tuning::USUAL).unwrap();
            let interval = sequence.interval(&effect, ALPHA);
            let mut told = vec![effect.estimate, effect.error, effect.degrees, sequence.p(&effect)];
            told.extend([sequence.p_above(&effect), two_sided(&effect, ALPHA).unwrap().p]);
            if let Ok(it) = posterior(&effect, scale, Prior::Flat, Better::Lower, ALPHA) {
                told.extend([it.mean, it.deviation, it.chance_to_win, it.risk_of_control, it.risk_of_treatment]);
            }
            assert!(told.iter().all(|number| number.is_finite()), "{arms:?} {told:?}");
            assert!(!interval.low.is_nan() && !interval.high.is_nan());
        }
        let _ = report(&standing(&metric(&arms, &[]), &even(n)));
        let _ = allocate(&arms, Better::Higher, FLOOR);
    }
}

#[test]
fn what_makes_no_sense_together_is_refused() {
    let arms = [Totals::Proportion { n: 10, sum: 1.0 }; 2];
    let bets = [Betting::new(2).unwrap(), Betting::new(2).unwrap()];
    let (one, two_bets) = (metric(&arms[..1], &[]), metric(&arms, &bets));
    assert_eq!(report(&standing(&one, &even(10))), Err(Inconclusive::BadSetting));
    assert_eq!(report(&standing(&two_bets, &even(10))), Err(Inconclusive::BadSetting));
    let fine = metric(&arms, &[]);
    assert_eq!(report(&Standing { alpha: 0.7, ..standing(&fine, &[]) }), Err(Inconclusive::BadSetting));
    assert_eq!(Tuning::at(0.0), Err(Inconclusive::BadSetting));
    let effect = Effect::of(&arms[0], &arms[1], Scale::Absolute).unwrap();
    let prior = Prior::Normal { mean: 0.0, deviation: 0.0 };
    let believed = posterior(&effect, Scale::Absolute, prior, Better::Higher, ALPHA);
    assert_eq!(believed, Err(Inconclusive::BadSetting));
}

fn metric<'a>(totals: &'a [Totals], bets: &'a [Betting]) -> Metric<'a> {
    Metric { id: "accepted", totals, better: Better::Higher, bets }
}

fn standing<'a>(metric: &Metric<'a>, phases: &'a [Phase]) -> Standing<'a> {
    Standing { phases, crossed: 0, metric: *metric, guardrails: &[], alpha: ALPHA, tuning: Tuning::USUAL }
}

fn even(n: u64) -> Vec<Phase> {
    vec![Phase { users: vec![n, n], weights: vec![0.5, 0.5] }]
}

/// Whether it ever says so, looking after every 200 visitors of each arm, a hundred times.
fn looks(seed: u64, rates: [f64; 2], says: impl Fn(&Totals, &Totals) -> bool) -> bool {
    let mut seed = Seed(seed);
    let mut sums = [0_u64; 2];
    (1..=100).any(|look| {
        for (sum, rate) in sums.iter_mut().zip(rates) {
            *sum += (0..200).filter(|_| seed.unit() < rate).count() as u64;
        }
        let [control, treatment] = sums.map(|sum| Totals::Proportion { n: look * 200, sum: number(sum) });
        says(&control, &treatment)
    })
}

/// Chance by a seed (splitmix64).
struct Seed(u64);

impl Seed {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).unwrap()
    }

    fn unit(&mut self) -> f64 {
        number(self.next() >> 11) / 9_007_199_254_740_992.0
    }
}
