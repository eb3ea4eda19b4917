//! What a results page says, as data: who wins, by how much, or why nobody can tell.
//!
//! In this order: an experiment whose visitors were not shared out as planned says nothing; an arm that hurts what must not
//! be hurt is stopped; then each arm is read against the control, at a level that holds for all of them and at any moment.
//! Proportions are decided by the gambler ([`Betting`]), which is exact; everything else by the confidence sequence on the
//! absolute scale. The relative lift is for reading and decides nothing. No arm wins on a number of fewer than two visitors,
//! and none wins without having been decided.

use super::bayes::Better;
use super::betting::Betting;
use super::effect::{Effect, Interval, Scale};
use super::inconclusive::{Inconclusive, level};
use super::multiple::{Correction, corrected};
use super::sample_ratio::{BROKEN_P, Looked, Phase, Watched, once, watched};
use super::sequence::{Sequence, Tuning};
use super::special::number;
use super::totals::Totals;

/// The share of visitors who saw more than one arm above which nothing can be told.
pub const MOST_CROSSED: f64 = 0.01;

/// A metric of all arms, the control first.
#[derive(Debug, Clone, Copy)]
pub struct Metric<'a> {
    /// What it is called.
    pub id: &'a str,
    /// Its totals, one for each arm.
    pub totals: &'a [Totals],
    /// Which way is good.
    pub better: Better,
    /// Of a proportion: one gambler for each arm but the control, who has seen the control and that arm. Empty where there is
    /// none.
    pub bets: &'a [Betting],
}

/// Something that must not get worse, and by how much it may, on the absolute scale.
#[derive(Debug, Clone, Copy)]
pub struct Guardrail<'a> {
    /// What is measured.
    pub metric: Metric<'a>,
    /// Harm up to here is none.
    pub margin: f64,
}

/// An experiment as it stands.
#[derive(Debug, Clone, Copy)]
pub struct Standing<'a> {
    /// Who came, by the weights that were in force.
    pub phases: &'a [Phase],
    /// Visitors who saw more than one arm; they are not in the totals.
    pub crossed: u64,
    /// What decides.
    pub metric: Metric<'a>,
    /// What must not be hurt.
    pub guardrails: &'a [Guardrail<'a>],
    /// The chance of any false winner or loser: .05.
    pub alpha: f64,
    /// Where the sequences are tightest.
    pub tuning: Tuning,
}

/// A number with what surrounds it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The number.
    pub at: f64,
    /// Where it is, at every look.
    pub interval: Interval,
}

/// What decided on an arm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// The gambler.
    Betting,
    /// The confidence sequence.
    Sequence,
}

/// What is said of one arm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Call {
    /// Better than the control.
    Better,
    /// Worse than it.
    Worse,
    /// Not decided yet.
    Open,
}

/// One arm against the control.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reading {
    /// Which arm; the control is 0.
    pub arm: usize,
    /// What is said of it.
    pub call: Call,
    /// By what.
    pub method: Method,
    /// How likely so much evidence is where there is nothing, at any look, corrected for the number of arms.
    pub p: f64,
    /// The difference of the means.
    pub difference: Result<Estimate, Inconclusive>,
    /// The same by the control's mean, to be read.
    pub lift: Result<Estimate, Inconclusive>,
}

/// Why an experiment says nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Broken {
    /// Arms did not get their shares.
    SampleRatio,
    /// Too many visitors saw more than one arm.
    Crossed,
}

/// The verdict.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Verdict {
    /// It says nothing, whatever the numbers are.
    Invalid(Broken),
    /// An arm hurts what must not be hurt: stop it.
    GuardrailHit {
        /// Which arm.
        arm: usize,
        /// Which guardrail, by its place.
        guardrail: usize,
    },
    /// This arm is better than the control, and of those that are it is the furthest.
    Winner {
        /// Which arm.
        arm: usize,
    },
    /// Every arm is worse than the control.
    Loser,
    /// Not decided: more visitors may tell.
    Open,
    /// Nothing can be said yet.
    Inconclusive(Inconclusive),
}

/// All that a results page shows.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// In one word.
    pub verdict: Verdict,
    /// Each arm but the control.
    pub readings: Vec<Reading>,
    /// The sample ratio at this look.
    pub ratio: Result<Looked, Inconclusive>,
    /// The sample ratio, watched.
    pub watched: Result<Watched, Inconclusive>,
    /// Each guardrail: each arm but the control.
    pub guardrails: Vec<Vec<Reading>>,
}

impl Verdict {
    /// For rows and the console; never renamed.
    pub fn tag(&self) -> &'static str {
        match self {
            Self::Invalid(Broken::SampleRatio) => "invalid_sample_ratio",
            Self::Invalid(Broken::Crossed) => "invalid_crossed",
            Self::GuardrailHit { .. } => "guardrail_hit",
            Self::Winner { .. } => "winner",
            Self::Loser => "loser",
            Self::Open => "open",
            Self::Inconclusive(why) => why.tag(),
        }
    }
}

/// Says what stands.
///
/// # Errors
/// A level that is none, fewer than two arms, or another number of arms in one place than in another.
pub fn report(standing: &Standing<'_>) -> Result<Report, Inconclusive> {
    level(standing.alpha)?;
    let arms = standing.metric.totals.len();
    let metrics =
        std::iter::once(&standing.metric).chain(standing.guardrails.iter().map(|guardrail| &guardrail.metric));
    for metric in metrics {
        let bets = metric.bets.len();
        if metric.totals.len() != arms || arms < 2 || (bets != 0 && bets != arms - 1) {
            return Err(Inconclusive::BadSetting);
        }
    }
    let (ratio, watched) = (once(standing.phases), watched(standing.phases));
    let readings = read(standing, &standing.metric, 0.0)?;
    let guardrails: Vec<Vec<Reading>> =
        standing.guardrails.iter().map(|it| read(standing, &it.metric, it.margin)).collect::<Result<_, _>>()?;
    let is_broken = watched.is_ok_and(Watched::is_broken) || ratio.is_ok_and(|looked| looked.p < BROKEN_P);
    let hit = guardrails.iter().enumerate().find_map(|(guardrail, readings)| {
        let reading = readings.iter().find(|reading| reading.call == Call::Worse)?;
        Some(Verdict::GuardrailHit { arm: reading.arm, guardrail })
    });
    let verdict = if is_broken {
        Verdict::Invalid(Broken::SampleRatio)
    } else if is_crossed(standing) {
        Verdict::Invalid(Broken::Crossed)
    } else {
        hit.unwrap_or_else(|| decided(&readings, standing.metric.better))
    };
    Ok(Report { verdict, readings, ratio, watched, guardrails })
}

fn is_crossed(standing: &Standing<'_>) -> bool {
    let kept: u64 =
        standing.phases.iter().flat_map(|phase| &phase.users).fold(0, |sum, users| sum.saturating_add(*users));
    number(standing.crossed) > MOST_CROSSED * (number(kept) + number(standing.crossed))
}

fn decided(readings: &[Reading], better: Better) -> Verdict {
    let size = |reading: &Reading| {
        let at = reading.difference.map_or(0.0, |difference| difference.at);
        if better == Better::Higher { at } else { -at }
    };
    let winners = readings.iter().filter(|reading| reading.call == Call::Better);
    if let Some(best) = winners.max_by(|a, b| size(a).total_cmp(&size(b))) {
        return Verdict::Winner { arm: best.arm };
    }
    if readings.iter().all(|reading| reading.call == Call::Worse) {
        return Verdict::Loser;
    }
    let reasons: Vec<Inconclusive> = readings.iter().filter_map(|reading| reading.difference.err()).collect();
    match reasons.first() {
        Some(why) if reasons.len() == readings.len() => Verdict::Inconclusive(*why),
        _ => Verdict::Open,
    }
}

/// Each arm against the control; harm within the margin is none.
fn read(standing: &Standing<'_>, metric: &Metric<'_>, margin: f64) -> Result<Vec<Reading>, Inconclusive> {
    let Some((control, treatments)) = metric.totals.split_first() else { return Ok(Vec::new()) };
    // Intervals of several arms hold together (Bonferroni); so do their p-values (Holm, which is finer).
    let share = standing.alpha / number(u64::try_from(treatments.len()).unwrap_or(1));
    let sequence = Sequence::two_sided(share, standing.tuning)?;
    let estimate = |effect: Effect| Estimate { at: effect.estimate, interval: sequence.interval(&effect, share) };
    let good = if metric.better == Better::Higher { 1.0 } else { -1.0 };
    let mut readings = Vec::new();
    for (at, treatment) in treatments.iter().enumerate() {
        let effect = Effect::of(control, treatment, Scale::Absolute);
        // A margin moves what counts as nothing, towards harm; a gambler bets on a difference of any size, so it is out of
        // that game.
        let bet = metric.bets.get(at).filter(|_| margin == 0.0);
        let shifted = |effect: Effect| Effect { estimate: effect.estimate + good * margin, ..effect };
        let (method, p) = match bet {
            Some(bet) => (Method::Betting, bet.p()),
            None => (Method::Sequence, effect.map_or(1.0, |effect| sequence.p(&shifted(effect)))),
        };
        readings.push(Reading {
            arm: at + 1,
            call: Call::Open,
            method,
            p,
            difference: effect.map(estimate),
            lift: Effect::of(control, treatment, Scale::Relative).map(estimate),
        });
    }
    let p: Vec<f64> = readings.iter().map(|reading| reading.p).collect();
    for (reading, p) in readings.iter_mut().zip(corrected(&p, Correction::Holm)?) {
        reading.p = p;
        if p > standing.alpha {
            continue;
        }
        let seen = reading.difference.ok().map(|difference| good * difference.at + margin);
        let bet = metric.bets.get(reading.arm - 1).filter(|_| reading.method == Method::Betting);
        let way = match bet {
            // Evidence that was found for one arm says nothing for the other, should that be ahead by now.
            Some(bet) => bet
                .ahead()
                .map(|arm| if arm == 0 { -good } else { good })
                .filter(|way| seen.is_none_or(|seen| seen * way > 0.0)),
            None => seen,
        };
        reading.call = match way {
            Some(way) if way > 0.0 => Call::Better,
            Some(way) if way < 0.0 => Call::Worse,
            _ => Call::Open,
        };
    }
    Ok(readings)
}
