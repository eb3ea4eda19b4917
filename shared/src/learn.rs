//! The learner: from outcomes it learns what the card could not know, and says how far it is to be trusted.
//!
//! It knows fields of facts, the card's points, and whether a lead was won. It does not know what a fact means, when anything
//! happened, or where the model is kept.
//!
//! ```
//! use shared::learn::{Fact, Field, Kind, Learner};
//! let fields = vec![Field { name: "source".into(), kind: Kind::Category }];
//! let mut learner = Learner::new(fields).unwrap();
//! let facts = vec![Fact::Text("partner".into())];
//! assert!(learner.predict(&facts, 30_000).probability() < 0.3, "not much for 30 points, before anything is learnt");
//! for _ in 0..50 {
//!     let scored = learner.predict(&facts, 30_000).freeze(facts.clone(), 30_000);
//!     learner.learn(&scored, true);
//! }
//! assert!(learner.predict(&facts, 30_000).probability() > 0.5);
//! ```
//!
//! Four experts ([`expert`]) start from the card and are mixed by what they said before ([`mixture`]). Every step is
//! deterministic, to the bit and on every target ([`math`]), so a model can be rebuilt from the log of what it learnt
//! ([`log`]). Scoring changes nothing; only learning does. All of it is bounded: at most 64 fields and some 2,200 slots.

pub(crate) mod bits;
mod curve;
mod evidence;
mod expert;
mod explain;
mod field;
mod log;
mod math;
mod mixture;
mod outcome;
mod record;
mod refit;
mod sentinel;
mod slots;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

pub use curve::is_kept;
pub use explain::{Explanation, Part};
pub use field::{Edges, Fact, Field, FieldsError, Kind, MAX_EDGES, MAX_FIELDS, check_fields};
pub use log::Log;
pub use outcome::{Step, step, teaches};
pub use record::{Record, Tenth};
pub use sentinel::{Knows, Warning};

use evidence::Evidence;
use expert::{Gaussian, Leader, Linear, Points, Seen};
use mixture::{EXPERTS, Mixture};
use refit::{Refit, scaled, to_float};
use sentinel::Sentinel;
use slots::{EVERYBODY, Slots};

/// Wins, and losses, before anything but the card is believed.
pub const LEAST_OF_EACH: u64 = 20;
/// What the expert that forgets keeps of its certainty at each outcome: it goes by the last 500 or so.
const FORGETTING: f64 = 0.998;
/// What the steady expert keeps: it goes by the last 2,000 of each level, because nothing stays true for ever.
const STEADY: f64 = 0.9995;

/// The model, with everything that is known about how good it is. Kept as JSON it comes back to the bit
/// ([`Learner::read`]).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Learner {
    fields: Vec<Field>,
    slots: Slots,
    points: Points,
    forgetting: Gaussian,
    leader: Leader,
    steady: Gaussian,
    refit: Refit,
    mixture: Mixture,
    wins: u64,
    losses: u64,
    /// The sum of the points that were learnt, as the experts see them.
    #[serde(with = "bits")]
    points_sum: Vec<f64>,
    evidence: Evidence,
    records: Records,
    sentinel: Sentinel,
}

/// What was said, and what came of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Records {
    learner: Record,
    card: Record,
}

/// Why a kept model cannot be read. It can be rebuilt from the log.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// Not JSON of a model.
    #[error("the model is not what was written")]
    Json(#[source] serde_json::Error),
    /// Parts that do not belong together.
    #[error("the parts of the model do not fit each other")]
    Parts,
}

/// How far the learner is to be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Fewer than 20 wins or 20 losses: the card decides, and its points are the score.
    RuleBased,
    /// It learns, and has not shown yet that it is better than the card.
    Learning,
    /// It has shown that it is better, and still is.
    Predictive,
}

impl State {
    /// The stable tag.
    pub fn tag(self) -> &'static str {
        match self {
            Self::RuleBased => "rule_based",
            Self::Learning => "learning",
            Self::Predictive => "predictive",
        }
    }
}

/// The learner's own report.
#[derive(Debug, Clone, Copy)]
pub struct Standing<'a> {
    /// How far it is to be trusted.
    pub state: State,
    /// Leads that were won, of those it learnt.
    pub wins: u64,
    /// Leads that were not.
    pub losses: u64,
    /// What betting on it against the card has made of 1 (an e-value; see the module `evidence`).
    pub e_value: f64,
    /// The e-value that is enough: above 20, and twice as much after each step back.
    pub enough: f64,
    /// How often it was trusted, and then was not better any more.
    pub steps_back: u32,
    /// How good the learner's chances were, each said before its outcome was known.
    pub learner: &'a Record,
    /// The same for the card's points, with chance and slope learnt: the best that the card can do.
    pub card: &'a Record,
}

/// What is said of a lead.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Prediction {
    log_odds: f64,
    said: Said,
}

/// What card, experts and mixture said, in millionths of log-odds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Said {
    experts: [i32; EXPERTS],
    mixed: i32,
}

/// What is frozen when a score is made: all that its outcome will teach from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Scored {
    facts: Vec<Fact>,
    points: i32,
    said: Said,
}

impl Prediction {
    /// The chance that the lead is won.
    pub fn probability(&self) -> f64 {
        math::sigmoid(self.log_odds)
    }

    /// The chance in points, on the card's scale.
    pub fn points(&self) -> i32 {
        explain::points(self.log_odds)
    }

    /// Freezes it with the facts and the points (in thousandths) that it was made from.
    pub fn freeze(self, facts: Vec<Fact>, points: i32) -> Scored {
        Scored { facts, points, said: self.said }
    }
}

/// The chance that the card's points (in thousandths) mean before anything is learnt: 30 points are one in ten, 10 are 0.5 in
/// log-odds.
pub fn card_probability(points: i32) -> f64 {
    let slots = [EVERYBODY];
    math::sigmoid(Points::new().log_odds(Seen { slots: &slots, x: scaled(points) }))
}

impl Learner {
    /// One that has learnt nothing.
    pub fn new(fields: Vec<Field>) -> Result<Self, FieldsError> {
        check_fields(&fields)?;
        Ok(Self::fresh(fields))
    }

    fn fresh(fields: Vec<Field>) -> Self {
        Self {
            slots: Slots::new(&fields),
            points: Points::new(),
            forgetting: Gaussian::new(FORGETTING),
            leader: Leader::new(),
            steady: Gaussian::new(STEADY),
            refit: Refit::new(),
            mixture: Mixture::new(),
            wins: 0,
            losses: 0,
            points_sum: vec![0.0],
            evidence: Evidence::new(),
            records: Records { learner: Record::new(), card: Record::new() },
            sentinel: Sentinel::new(fields.len()),
            fields,
        }
    }

    /// The same fields, taught these outcomes in this order: the model as it was, to the bit.
    pub fn rebuild<'a>(&self, learnt: impl IntoIterator<Item = (&'a Scored, bool)>) -> Self {
        let mut learner = Self::fresh(self.fields.clone());
        for (scored, won) in learnt {
            learner.learn(scored, won);
        }
        learner
    }

    /// Reads a model that was kept as JSON.
    pub fn read(json: &str) -> Result<Self, ModelError> {
        let learner: Self = serde_json::from_str(json).map_err(ModelError::Json)?;
        let (fields, count) = (learner.fields.len(), learner.slots.count());
        let whole = check_fields(&learner.fields).is_ok()
            && learner.slots.whole(fields)
            && learner.points.whole()
            && learner.forgetting.whole(count)
            && learner.leader.whole(count)
            && learner.steady.whole(count)
            && learner.mixture.whole()
            && learner.evidence.whole()
            && learner.records.learner.whole()
            && learner.records.card.whole()
            && learner.sentinel.whole(fields, count)
            && learner.points_sum.len() == 1;
        whole.then_some(learner).ok_or(ModelError::Parts)
    }

    /// The fields, in the order in which facts are given.
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// What it says of a lead with these facts (in the fields' order; missing ones are not known) and points, in thousandths.
    ///
    /// Before anything is learnt that ranks as the points do, and is nearer to a half than the card's own chance
    /// ([`card_probability`]) by as much as is unknown. How far it may be believed says [`Learner::standing`]: while that is
    /// rule-based, staff go by the card.
    pub fn predict(&self, facts: &[Fact], points: i32) -> Prediction {
        let slots = self.slots.find(&self.fields, facts);
        let seen = Seen { slots: &slots, x: scaled(points) };
        let said = self.experts().map(|expert| expert.log_odds(seen));
        let log_odds = said.iter().zip(self.mixture.weights()).map(|(said, weight)| said * weight).sum();
        Prediction { log_odds, said: Said { experts: said.map(math::micro), mixed: math::micro(log_odds) } }
    }

    /// Learns what became of a lead that was scored.
    pub fn learn(&mut self, scored: &Scored, won: bool) {
        let [card, ..] = scored.said.experts;
        self.evidence.learn(card, scored.said.mixed, won);
        self.records.learner.learn(scored.said.mixed, won);
        self.records.card.learn(card, won);
        self.mixture.learn(scored.said.experts, won);
        *(if won { &mut self.wins } else { &mut self.losses }) += 1;

        let slots = self.slots.learn(&self.fields, &scored.facts);
        let count = self.slots.count();
        let seen = Seen { slots: &slots, x: scaled(scored.points) };
        self.sentinel.learn(&slots, count, won);
        self.forgetting.grow(count);
        self.leader.grow(count);
        self.steady.grow(count);
        self.points.learn(seen, won);
        self.forgetting.learn(seen, won);
        self.leader.learn(seen, won);
        self.steady.learn(seen, won);
        self.refit.learn(&mut self.steady, &slots, scored.points, won);
        for sum in &mut self.points_sum {
            *sum += seen.x;
        }
    }

    /// How far it is to be trusted, and why.
    pub fn standing(&self) -> Standing<'_> {
        Standing {
            state: self.state(),
            wins: self.wins,
            losses: self.losses,
            e_value: self.evidence.e_value(),
            enough: self.evidence.enough(),
            steps_back: self.evidence.steps_back,
            learner: &self.records.learner,
            card: &self.records.card,
        }
    }

    fn state(&self) -> State {
        if self.wins.min(self.losses) < LEAST_OF_EACH {
            State::RuleBased
        } else if self.evidence.trusts() {
            State::Predictive
        } else {
            State::Learning
        }
    }

    /// Why it says what it says of a lead.
    pub fn explain(&self, facts: &[Fact], points: i32) -> Explanation {
        let slots = self.slots.find(&self.fields, facts);
        let seen = Seen { slots: &slots, x: scaled(points) };
        let shares = self.experts().map(|expert| expert.shrinkage(seen));
        let shares: Vec<(f64, &dyn Linear)> =
            self.mixture.weights().iter().zip(shares).map(|(weight, by)| weight / by).zip(self.experts()).collect();
        let worth = |slot: u16| shares.iter().map(|(share, expert)| share * expert.slot(slot)).sum::<f64>();
        let slope: f64 = shares.iter().map(|(share, expert)| share * expert.points()).sum();

        let learnt = to_float(self.wins + self.losses).max(1.0);
        let mean = self.points_sum.first().copied().unwrap_or(0.0) / learnt;
        let mut base = worth(EVERYBODY) + slope * mean;
        let mut all = worth(EVERYBODY) + slope * seen.x;
        let card = format!("{}", f64::from(points) / 1000.0);
        let mut parts = vec![(None, card, slope * (seen.x - mean))];
        for (index, (field, slot)) in self.fields.iter().zip(slots.iter().skip(1)).enumerate() {
            let levels = self.slots.of(index);
            let average =
                levels.iter().map(|slot| to_float(self.sentinel.count(*slot)) * worth(*slot)).sum::<f64>() / learnt;
            let own = worth(*slot);
            base += average;
            all += own;
            let level = self.slots.say(&self.fields, index, facts.get(index).unwrap_or(&Fact::Empty));
            parts.push((Some(field.name.clone()), level, own - average));
        }
        Explanation::new(all, base, parts)
    }

    /// Fields that seem to know the answer, for a person to look at.
    pub fn warnings(&self) -> Vec<Warning> {
        let fields = self.fields.iter().enumerate();
        fields
            .filter_map(|(index, field)| {
                let why = self.sentinel.knows(index, &self.slots.of(index))?;
                Some(Warning { field: field.name.clone(), why })
            })
            .collect()
    }

    fn experts(&self) -> [&dyn Linear; EXPERTS] {
        [&self.points, &self.forgetting, &self.leader, &self.steady]
    }
}
