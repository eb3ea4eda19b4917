//! The order of learning: what the model is rebuilt from, exactly.
//!
//! One entry for each item that taught something, in the order in which it did: what was frozen when it was scored, and its outcome.
//! A correction changes the entry where it stands, or takes it out; then the model is built anew, as if it had always been so.
//! Not here: where entries are kept. A desk has them as rows, and can build from an iterator over them ([`Learner::rebuild`]).

use std::collections::BTreeMap;

use super::outcome::{Step, step, teaches};
use super::{Learner, Scored};
use crate::wire::console::Outcome;

/// The items that were scored, what became of them, and the order in which that was learnt.
#[derive(Debug, Clone, Default)]
pub struct Log {
    items: BTreeMap<String, Item>,
    /// Ids of items, in the order of learning.
    order: Vec<String>,
}

#[derive(Debug, Clone)]
struct Item {
    scored: Scored,
    outcome: Option<Outcome>,
}

impl Log {
    /// Freezes what an item was scored by. Scored anew before it has an outcome, the last score counts; afterwards none does.
    pub fn scored(&mut self, item: &str, scored: Scored) {
        let outcome = self.items.get(item).and_then(|known| known.outcome);
        if teaches(outcome).is_none() {
            self.items.insert(item.to_owned(), Item { scored, outcome });
        }
    }

    /// Takes in an outcome, or that there is none any more, and brings the learner up to date. An item that was never scored
    /// teaches nothing.
    pub fn outcome(&mut self, learner: &mut Learner, item: &str, outcome: Option<Outcome>) -> Step {
        let Some(known) = self.items.get_mut(item) else { return Step::Nothing };
        let step = step(known.outcome, outcome);
        known.outcome = outcome;
        match step {
            Step::Nothing => {}
            Step::Learn { won } => {
                learner.learn(&known.scored, won);
                self.order.push(item.to_owned());
            }
            Step::Rebuild => {
                if teaches(outcome).is_none() {
                    self.order.retain(|learnt| learnt != item);
                }
                *learner = learner.rebuild(self.learnt());
            }
        }
        step
    }

    /// What was learnt, in its order.
    pub fn learnt(&self) -> impl Iterator<Item = (&Scored, bool)> {
        let items = self.order.iter().filter_map(|id| self.items.get(id));
        items.filter_map(|item| Some((&item.scored, teaches(item.outcome)?)))
    }
}
