//! The sample ratio: how often a sound one is called broken, and a broken one is found.

use shared::experiment::{BROKEN_P, Phase, Watched, once, watched};

use super::chance::{Chance, Successes};
use super::{Figure, SEED, Wanted};

/// Visitors of both arms.
const VISITORS: u64 = 40_000;
const LOOKS: u64 = 100;

pub fn figures(tests: u32) -> Vec<Figure> {
    // One in a thousand takes more of them.
    let many = tests.saturating_mul(10);
    let [watched, looked, once_only] = alarms(0.5, many);
    let [found, found_looking, found_once] = alarms(0.51, tests);
    let share = Figure::share;
    vec![
        share("sound ratio called broken, Bayes factor at 100 looks", watched, Wanted::AtMost(0.001), many),
        share("the same, chi-square at one look", once_only, Wanted::Shown, many),
        share("the same, chi-square at 100 looks", looked, Wanted::Shown, many),
        share("51 to 49 found by 40,000 visitors, Bayes factor", found, Wanted::AtLeast(0.4), tests),
        share("the same, chi-square at one look", found_once, Wanted::AtLeast(0.7), tests),
        share("the same, chi-square at 100 looks", found_looking, Wanted::Shown, tests),
    ]
}

/// In how many each check ever says that it is broken: the factor, chi-square at every look, chi-square at the last.
fn alarms(share: f64, tests: u32) -> [u32; 3] {
    let draws = Successes::new(VISITORS / LOOKS, share);
    let mut alarms = [0; 3];
    for test in 0..tests {
        let chance = &mut Chance::of(SEED, test);
        let (mut first, mut ever) = (0, [false; 3]);
        for look in 1..=LOOKS {
            first += draws.draw(chance);
            let all = look * (VISITORS / LOOKS);
            let phase = [Phase { users: vec![first, all - first], weights: vec![0.5, 0.5] }];
            let is_off = once(&phase).is_ok_and(|looked| looked.p < BROKEN_P);
            let is_broken = watched(&phase).is_ok_and(Watched::is_broken);
            ever = [ever[0] || is_broken, ever[1] || is_off, is_off];
        }
        for (alarms, ever) in alarms.iter_mut().zip(ever) {
            *alarms += u32::from(ever);
        }
    }
    alarms
}
