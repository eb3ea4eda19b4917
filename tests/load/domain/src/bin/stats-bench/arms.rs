//! Two arms: how often a difference is seen where there is none, and where there is one.

use shared::experiment::{Batch, Betting, Effect, Inconclusive, Scale, Sequence, Sums, Totals, Tuning};

use super::chance::{Chance, Successes};
use super::{Figure, LOOK, RATES, SEED, VISITORS, Wanted};

const ALPHA: f64 = 0.05;
const EVEN: [f64; 2] = [0.5, 0.5];
const LOOKS: u64 = VISITORS / LOOK;

/// The gambler, looked at after every visitor, where arms are alike.
pub fn false_alarms_by_visitor(tests: u32) -> Vec<Figure> {
    let figure = |rate: &f64| {
        let times = count(tests, |chance| bets_by_visitor([rate / 100.0; 2], 2 * VISITORS, chance).is_some());
        let name = format!("A/A at {rate} %, e-process, a look after every visitor");
        Figure::share(name, times, Wanted::AtMost(ALPHA), tests)
    };
    RATES.iter().map(figure).collect()
}

/// Both methods, looked at after every batch; and what others do.
pub fn false_alarms_by_batch(tests: u32) -> Vec<Figure> {
    let mut figures = Vec::new();
    for rate in RATES {
        let rates = [rate / 100.0; 2];
        let mut add = |what: &str, wanted: Wanted, test: &dyn Fn(&mut Chance) -> bool| {
            figures.push(Figure::share(format!("A/A at {rate} %, {what}"), count(tests, test), wanted, tests));
        };
        add("e-process, a look after every batch", Wanted::AtMost(ALPHA), &|chance| bets_by_batch(rates, chance));
        add("sequence on the absolute scale, a look after every batch", Wanted::AtMost(ALPHA), &|chance| {
            misses(rates, Scale::Absolute, 0.0, LOOKS, chance)
        });
        add("the same on the relative scale, as the peer decides", Wanted::Shown, &|chance| {
            misses(rates, Scale::Relative, 0.0, LOOKS, chance)
        });
    }
    figures
}

/// The sequence of what is no proportion, looked at after every visitor from the second of each arm on: points with a long tail,
/// and money that two of a hundred spend.
pub fn false_alarms_of_means(tests: u32) -> Vec<Figure> {
    let points = |chance: &mut Chance| (1.5 * chance.normal()).exp();
    let money = |chance: &mut Chance| if chance.happens(0.02) { 50.0 * chance.normal().exp() } else { 0.0 };
    let figure = |what: &str, draw: &dyn Fn(&mut Chance) -> f64| {
        let times = count(tests, |chance| means_differ(VISITORS, draw, chance));
        Figure::share(format!("A/A of {what}, sequence, every visitor"), times, Wanted::AtMost(ALPHA), tests)
    };
    vec![figure("points with a long tail", &points), figure("money of 2 in 100", &money)]
}

/// How often a real difference is found: with so many visitors an arm, and with half of them, which is what the peers were
/// measured with.
pub fn power(tests: u32) -> Vec<Figure> {
    let rates = [0.05, 0.06];
    let (mut at_half, mut at_all) = (0, 0);
    for test in 0..tests {
        let after = bets_by_visitor(rates, 2 * VISITORS, &mut Chance::of(SEED, test));
        at_half += u32::from(after.is_some_and(|visitors| visitors <= VISITORS));
        at_all += u32::from(after.is_some());
    }
    let by_batch = count(tests, |chance| bets_by_batch(rates, chance));
    let by_sequence = |looks| count(tests, |chance| misses(rates, Scale::Absolute, 0.0, looks, chance));
    let name = |visitors: u64, what: &str| format!("5 % to 6 % found by {visitors} an arm, {what}");
    vec![
        Figure::share(name(VISITORS, "e-process, every visitor"), at_all, Wanted::AtLeast(0.64), tests),
        Figure::share(name(VISITORS, "e-process, every batch"), by_batch, Wanted::AtLeast(0.64), tests),
        Figure::share(name(VISITORS, "sequence, every batch"), by_sequence(LOOKS), Wanted::AtLeast(0.64), tests),
        Figure::share(name(VISITORS / 2, "e-process, every visitor"), at_half, Wanted::AtLeast(0.64), tests),
        Figure::share(name(VISITORS / 2, "sequence, every batch"), by_sequence(LOOKS / 2), Wanted::Shown, tests),
    ]
}

/// How often the sequence holds what is true, at every look: with no difference, and with a fifth more.
pub fn coverage(tests: u32) -> Vec<Figure> {
    let mut figures = Vec::new();
    for rate in RATES {
        for more in [1.0, 1.2] {
            let rates = [rate / 100.0, rate * more / 100.0];
            let truth = rates[1] - rates[0];
            let held = tests - count(tests, |chance| misses(rates, Scale::Absolute, truth, LOOKS, chance));
            let name = format!("sequence holds the truth at every look, {rate} % to {} %", rate * more);
            figures.push(Figure::share(name, held, Wanted::AtLeast(1.0 - ALPHA), tests));
        }
    }
    figures
}

/// In how many simulations it happens.
fn count(tests: u32, happens: impl Fn(&mut Chance) -> bool) -> u32 {
    let mut times = 0;
    for test in 0..tests {
        times += u32::from(happens(&mut Chance::of(SEED, test)));
    }
    times
}

/// After how many visitors the gambler is sure, asked after every one; half of them see each arm, by chance.
fn bets_by_visitor(rates: [f64; 2], visitors: u64, chance: &mut Chance) -> Option<u64> {
    let mut betting = Betting::new(2).ok()?;
    for visitor in 1..=visitors {
        let arm = usize::from(chance.happens(0.5));
        let did = u64::from(chance.happens(if arm == 0 { rates[0] } else { rates[1] }));
        let one = Batch { n: 1, did };
        let batch = if arm == 0 { [one, Batch::default()] } else { [Batch::default(), one] };
        betting.take(&batch, &EVEN).ok()?;
        if betting.log_e() >= -ALPHA.ln() {
            return Some(visitor);
        }
    }
    None
}

/// The same, asked after every batch.
fn bets_by_batch(rates: [f64; 2], chance: &mut Chance) -> bool {
    let Ok(mut betting) = Betting::new(2) else { return false };
    let draws = rates.map(|rate| Successes::new(LOOK, rate));
    (0..LOOKS).any(|_| {
        let batch = [0, 1].map(|arm| Batch { n: LOOK, did: draw(&draws, arm, chance) });
        betting.take(&batch, &EVEN).is_ok() && betting.p() <= ALPHA
    })
}

/// Whether the sequence ever finds a difference of means between arms that are alike, asked after every visitor.
fn means_differ(visitors: u64, draw: impl Fn(&mut Chance) -> f64, chance: &mut Chance) -> bool {
    let Ok(sequence) = Sequence::two_sided(ALPHA, Tuning::USUAL) else { return false };
    let mut sums = [(0_u64, Sums::default()); 2];
    (0..visitors).any(|_| {
        let (first, value) = (chance.happens(0.5), draw(chance));
        if let Some((n, of)) = sums.get_mut(usize::from(first)) {
            *n += 1;
            of.sum += value;
            of.squares += value * value;
        }
        let [control, treatment] = sums.map(|(n, of)| Totals::Mean { n, of });
        let effect = Effect::of(&control, &treatment, Scale::Absolute);
        effect.is_ok_and(|effect| !sequence.interval(&effect, ALPHA).has(0.0))
    })
}

/// Whether the sequence is ever without the truth, asked after every batch.
fn misses(rates: [f64; 2], scale: Scale, truth: f64, looks: u64, chance: &mut Chance) -> bool {
    let Ok(sequence) = Sequence::two_sided(ALPHA, Tuning::USUAL) else { return false };
    let draws = rates.map(|rate| Successes::new(LOOK, rate));
    let mut sums = [0, 0];
    (1..=looks).any(|look| {
        for (arm, sum) in sums.iter_mut().enumerate() {
            *sum += draw(&draws, arm, chance);
        }
        let [control, treatment] = sums.map(|sum: u64| {
            #[expect(clippy::cast_precision_loss, reason = "at most 20,000")]
            let sum = sum as f64;
            Totals::Proportion { n: look * LOOK, sum }
        });
        let effect: Result<Effect, Inconclusive> = Effect::of(&control, &treatment, scale);
        effect.is_ok_and(|effect| !sequence.interval(&effect, ALPHA).has(truth))
    })
}

fn draw(draws: &[Successes; 2], arm: usize, chance: &mut Chance) -> u64 {
    draws.get(arm).map_or(0, |draw| draw.draw(chance))
}
