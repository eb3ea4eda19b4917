//! Warns about a field that knows the answer: filled in after the outcome, or because of it.
//!
//! Each field is made to guess alone, from what its level's outcomes were before, and its ranking is kept. What ranks outcomes
//! better than any honest field of a lead does, or has a level that almost only winners have, is named for a person to
//! look at. It stops nothing: features are frozen before the outcome, and only people know what a field means.

use serde::{Deserialize, Serialize};

use super::record::{auc, place};
use super::refit::to_float;

/// The ranking alone that is suspicious. Honest fields of leads reach about .75; those that sales fill in later pass .9.
const SUSPICIOUS: f64 = 0.9;
/// Wins, and losses, before anything is said.
const LEAST: u64 = 30;
/// A level of a sure side: where so many of the other side would be expected, ...
const SURE_EXPECTED: f64 = 20.0;
/// ... at most this share of them is there (by chance less than once in a million: Poisson of 20, at most 2), ...
const SURE_SHARE: f64 = 0.1;
/// ... and this share of all outcomes of that side.
const SURE_PART: f64 = 0.25;
const RANKS: usize = 50;

/// What the sentinel has seen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sentinel {
    /// Losses and wins of each slot.
    slots: Vec<(u64, u64)>,
    /// For each field, losses and wins by the chance it had guessed.
    guesses: Vec<Vec<(u64, u64)>>,
}

/// A field to look at.
#[derive(Debug, Clone, PartialEq)]
pub struct Warning {
    /// The field's name.
    pub field: String,
    /// What is wrong.
    pub why: Knows,
}

/// Why a field seems to know the answer.
#[derive(Debug, Clone, PartialEq)]
pub enum Knows {
    /// Alone it ranks outcomes this well.
    Ranking(f64),
    /// This many outcomes of one of its levels went one way, and so many the other.
    Level {
        /// How many won.
        won: u64,
        /// How many lost.
        lost: u64,
    },
}

impl Warning {
    /// The warning in plain words.
    pub fn says(&self) -> String {
        let field = &self.field;
        match &self.why {
            Knows::Ranking(auc) => {
                format!("{field} alone tells winners from losers ({auc:.2} of 1). Is it filled in after the outcome?")
            }
            Knows::Level { won, lost } => {
                format!("One value of {field} has {won} won and {lost} lost. Is it filled in after the outcome?")
            }
        }
    }
}

impl Sentinel {
    pub fn new(fields: usize) -> Self {
        Self { slots: vec![(0, 0)], guesses: vec![vec![(0, 0); RANKS]; fields] }
    }

    /// Is it as long as it was written, for so many fields and slots?
    pub fn whole(&self, fields: usize, slots: usize) -> bool {
        self.slots.len() == slots
            && self.guesses.len() == fields
            && self.guesses.iter().all(|ranks| ranks.len() == RANKS)
    }

    /// How many of a slot's leads had an outcome.
    pub fn count(&self, slot: u16) -> u64 {
        self.slots.get(usize::from(slot)).map_or(0, |(lost, won)| lost + won)
    }

    /// Takes in the outcome of a lead: everybody's slot, then one for each field.
    pub fn learn(&mut self, slots: &[u16], count: usize, won: bool) {
        self.slots.resize(count, (0, 0));
        let (lost, wins) = self.slots.first().copied().unwrap_or_default();
        let base = (to_float(wins) + 0.5) / (to_float(lost + wins) + 1.0);
        for (slot, guesses) in slots.iter().skip(1).zip(&mut self.guesses) {
            let (lost, wins) = self.slots.get(usize::from(*slot)).copied().unwrap_or_default();
            let guess = (to_float(wins) + base) / (to_float(lost + wins) + 1.0);
            if let Some(rank) = guesses.get_mut(place(guess, RANKS)) {
                tally(rank, won);
            }
        }
        for slot in slots {
            if let Some(slot) = self.slots.get_mut(usize::from(*slot)) {
                tally(slot, won);
            }
        }
    }

    /// Why a field seems to know the answer, if it does. `slots` are those of the field.
    pub fn knows(&self, field: usize, slots: &[u16]) -> Option<Knows> {
        let (lost, won) = self.slots.first().copied()?;
        if lost < LEAST || won < LEAST {
            return None;
        }
        let alone = self.guesses.get(field).and_then(|guesses| auc(guesses));
        if let Some(alone) = alone.filter(|auc| *auc >= SUSPICIOUS) {
            return Some(Knows::Ranking(alone));
        }
        let levels = slots.iter().filter_map(|slot| self.slots.get(usize::from(*slot)));
        levels
            .copied()
            .find(|(l, w)| sure(*w, l + w, won, lost + won) || sure(*l, l + w, lost, lost + won))
            .map(|(lost, won)| Knows::Level { won, lost })
    }
}

fn tally((lost, wins): &mut (u64, u64), won: bool) {
    *(if won { wins } else { lost }) += 1;
}

/// Of `count` outcomes of a level `side` went one way, as `sides` of `all` did in all: is that too sure?
fn sure(side: u64, count: u64, sides: u64, all: u64) -> bool {
    let expected = to_float(count) * to_float(all - sides) / to_float(all);
    expected >= SURE_EXPECTED
        && to_float(count - side) <= SURE_SHARE * expected
        && to_float(side) >= SURE_PART * to_float(sides)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::learn::testing::Chance;

    #[test]
    fn a_field_that_sales_fill_in_is_named_and_honest_ones_are_not() {
        let mut chance = Chance::new(3);
        let mut sentinel = Sentinel::new(3);
        for _ in 0..2000 {
            let good = chance.happens(0.5);
            let won = chance.happens(if good { 0.6 } else { 0.1 });
            let told = won && chance.happens(0.5);
            let stage = if chance.happens(0.05) { !won } else { won };
            let slots = [0, 1 + u16::from(good), 3 + u16::from(told), 5 + u16::from(stage)];
            sentinel.learn(&slots, 7, won);
        }
        assert_eq!(sentinel.knows(0, &[1, 2]), None, "useful, and honest");
        assert!(
            matches!(sentinel.knows(1, &[3, 4]), Some(Knows::Level { won: 200.., lost: 0 })),
            "a box that winners tick"
        );
        assert!(matches!(sentinel.knows(2, &[5, 6]), Some(Knows::Ranking(auc)) if auc > 0.9), "the stage of the deal");
    }

    #[test]
    fn a_field_that_never_repeats_knows_nothing() {
        let mut chance = Chance::new(4);
        let mut sentinel = Sentinel::new(1);
        for slot in 1..2000 {
            sentinel.learn(&[0, slot], usize::from(slot) + 1, chance.happens(0.3));
        }
        let all: Vec<u16> = (1..2000).collect();
        assert_eq!(sentinel.knows(0, &all), None);
    }
}
