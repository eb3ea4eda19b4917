//! One-hot slots: which number stands for which level of which field.
//!
//! Slots are handed out as levels are *learnt*, in that order, and never change their meaning. Scoring only looks them up, so it
//! changes nothing, and a level that nobody has learnt yet is [`UNSEEN`]: it says nothing and makes the score less certain.
//! Bounded: what comes after a field's or the dictionary's last slot shares the field's slot for the rest.

use serde::{Deserialize, Serialize};

use super::field::{Edges, Fact, Field, Kind};

/// The slot of everybody: the intercept.
pub const EVERYBODY: u16 = 0;
/// No slot yet.
pub const UNSEEN: u16 = u16::MAX;
/// The most levels of a field that get a slot of their own.
const MAX_LEVELS: usize = 128;
/// The most slots. Beyond them a field still gets the one for the rest and the one for nothing known.
const MAX_SLOTS: u16 = 2048;
/// How much of a text is shown.
const SHOWN: usize = 64;
/// How many values a field of numbers without edges waits for.
const VALUES: usize = 100;
/// Into how many bins of equal weight they are put.
const BINS: usize = 8;

/// The slots of every field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Slots {
    levels: Vec<Levels>,
    count: u16,
}

/// The slots of one field.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct Levels {
    /// Hashes of texts with their slots, sorted. The model keeps no word of anybody.
    texts: Vec<(u64, u16)>,
    /// Bins with their slots, sorted.
    bins: Vec<(u8, u16)>,
    empty: Option<u16>,
    rest: Option<u16>,
    /// Edges that the learner took itself.
    edges: Edges,
    /// The first values of a field without edges, until there are [`VALUES`]: then none.
    first: Edges,
}

impl Slots {
    pub fn new(fields: &[Field]) -> Self {
        Self { levels: fields.iter().map(|_| Levels::default()).collect(), count: 1 }
    }

    /// Has it these many fields, and no slot beyond its count?
    pub fn whole(&self, fields: usize) -> bool {
        self.levels.len() == fields && (0..fields).all(|index| self.of(index).iter().all(|slot| *slot < self.count))
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        usize::from(self.count)
    }

    /// The slots of these facts: everybody's, then one for each field. A fact that is not there is nothing known.
    pub fn find(&self, fields: &[Field], facts: &[Fact]) -> Vec<u16> {
        let mut slots = Vec::with_capacity(fields.len() + 1);
        slots.push(EVERYBODY);
        let facts = facts.iter().chain(std::iter::repeat(&Fact::Empty));
        slots.extend(self.levels.iter().zip(fields).zip(facts).map(|((levels, field), fact)| levels.find(field, fact)));
        slots
    }

    /// The same, and gives a slot to each level that has none.
    pub fn learn(&mut self, fields: &[Field], facts: &[Fact]) -> Vec<u16> {
        let mut slots = Vec::with_capacity(fields.len() + 1);
        slots.push(EVERYBODY);
        let facts = facts.iter().chain(std::iter::repeat(&Fact::Empty));
        for ((levels, field), fact) in self.levels.iter_mut().zip(fields).zip(facts) {
            levels.watch(field, fact);
            let slot = match levels.find(field, fact) {
                UNSEEN => levels.add(field, fact, &mut self.count),
                slot => slot,
            };
            slots.push(slot);
        }
        slots
    }

    /// The slots of a field.
    pub fn of(&self, index: usize) -> Vec<u16> {
        let Some(levels) = self.levels.get(index) else { return Vec::new() };
        let (texts, bins) = (levels.texts.iter().map(|(_, slot)| *slot), levels.bins.iter().map(|(_, slot)| *slot));
        texts.chain(bins).chain(levels.empty).chain(levels.rest).collect()
    }

    /// The level of a fact in words: the text, the bin's bounds, or that nothing is known.
    pub fn say(&self, fields: &[Field], index: usize, fact: &Fact) -> String {
        let (Some(field), Some(levels)) = (fields.get(index), self.levels.get(index)) else { return String::new() };
        match known(fact) {
            Fact::Empty => "not known".to_owned(),
            Fact::Text(text) => text.chars().take(SHOWN).collect(),
            Fact::Number(number) => {
                let edges = levels.edges(field);
                let bin = usize::from(bin(edges, *number));
                match (bin.checked_sub(1).and_then(|below| edges.get(below)), edges.get(bin)) {
                    (Some(from), Some(to)) => format!("{number} (from {from} to under {to})"),
                    (Some(from), None) => format!("{number} (from {from})"),
                    (None, Some(to)) => format!("{number} (under {to})"),
                    (None, None) => number.to_string(),
                }
            }
        }
    }
}

impl Levels {
    fn edges<'a>(&'a self, field: &'a Field) -> &'a [f64] {
        match &field.kind {
            Kind::Number(Edges(edges)) if !edges.is_empty() => edges,
            _ => &self.edges.0,
        }
    }

    fn find(&self, field: &Field, fact: &Fact) -> u16 {
        let own = match known(fact) {
            Fact::Empty => self.empty,
            Fact::Text(text) => self.place(text).ok().and_then(|at| self.texts.get(at)).map(|(_, slot)| *slot),
            Fact::Number(number) => {
                let bin = bin(self.edges(field), *number);
                self.bins.iter().find(|(known, _)| *known == bin).map(|(_, slot)| *slot)
            }
        };
        own.or(self.rest).unwrap_or(UNSEEN)
    }

    fn place(&self, text: &str) -> Result<usize, usize> {
        let hash = hash(text);
        self.texts.binary_search_by(|(known, _)| known.cmp(&hash))
    }

    fn add(&mut self, field: &Field, fact: &Fact, count: &mut u16) -> u16 {
        let slot = *count;
        let crowded = self.texts.len() >= MAX_LEVELS || slot >= MAX_SLOTS;
        match known(fact) {
            Fact::Empty => self.empty = Some(slot),
            Fact::Number(number) if slot < MAX_SLOTS => {
                let bin = bin(self.edges(field), *number);
                let at = self.bins.partition_point(|(known, _)| *known < bin);
                self.bins.insert(at, (bin, slot));
            }
            Fact::Text(text) if !crowded => {
                if let Err(at) = self.place(text) {
                    self.texts.insert(at, (hash(text), slot));
                }
            }
            Fact::Text(_) | Fact::Number(_) => self.rest = Some(slot),
        }
        *count += 1;
        slot
    }

    /// Takes edges of its own from the first values of a field without any: each bin gets about as many of them.
    fn watch(&mut self, field: &Field, fact: &Fact) {
        let (Kind::Number(Edges(given)), Fact::Number(number)) = (&field.kind, known(fact)) else { return };
        if !given.is_empty() || !self.edges.0.is_empty() || !self.bins.is_empty() && self.first.0.is_empty() {
            return;
        }
        let first = &mut self.first.0;
        first.push(*number);
        if first.len() < VALUES {
            return;
        }
        first.sort_by(f64::total_cmp);
        let mut edges: Vec<f64> = (1..BINS).filter_map(|bin| first.get(bin * VALUES / BINS).copied()).collect();
        edges.dedup();
        // A value on an edge is above it: an edge at the smallest value would leave bin 0 empty for good.
        edges.retain(|edge| first.first().is_some_and(|least| edge > least));
        self.edges = Edges(edges);
        self.first = Edges::default();
        // The one bin from before means something else now: its slot rests.
        if !self.edges.0.is_empty() {
            self.bins.clear();
        }
    }
}

/// A number that is none is nothing known.
fn known(fact: &Fact) -> &Fact {
    match fact {
        Fact::Number(number) if !number.is_finite() => &Fact::Empty,
        fact => fact,
    }
}

/// FNV-1a of 64 bits: short and the same everywhere. Two texts that share one are one level, which no table of levels notices.
fn hash(text: &str) -> u64 {
    let mix = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    text.as_bytes().iter().fold(0xcbf2_9ce4_8422_2325, mix)
}

/// In which bin a number is: how many edges it is not below.
fn bin(edges: &[f64], number: f64) -> u8 {
    u8::try_from(edges.partition_point(|edge| *edge <= number)).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_has_no_slot_until_it_is_learnt() {
        let fields = [category("a"), category("b")];
        let mut slots = Slots::new(&fields);
        let facts = [text("x"), Fact::Empty];
        assert_eq!(slots.find(&fields, &facts), [EVERYBODY, UNSEEN, UNSEEN]);
        assert_eq!(slots.learn(&fields, &facts), [0, 1, 2]);
        assert_eq!(slots.learn(&fields, &[text("y")]), [0, 3, 2], "what is missing is nothing known");
        assert_eq!(slots.find(&fields, &[text("x"), text("y")]), [0, 1, UNSEEN], "fields do not share levels");
    }

    #[test]
    fn an_edge_belongs_to_the_bin_above_it() {
        let fields = [number(&[1.0, 2.0])];
        let mut slots = Slots::new(&fields);
        let mut slot = |value| slots.learn(&fields, &[Fact::Number(value)])[1];
        assert_eq!([0.0, 0.99, 1.0, 1.99, 2.0, 9.0].map(&mut slot), [1, 1, 2, 2, 3, 3]);
    }

    #[test]
    fn numbers_without_edges_get_bins_of_equal_weight() {
        let fields = [number(&[])];
        let mut slots = Slots::new(&fields);
        for value in 0..u8::try_from(VALUES).unwrap() {
            slots.learn(&fields, &[Fact::Number(f64::from(value))]);
        }
        assert_eq!(slots.levels[0].edges.0, [12.0, 25.0, 37.0, 50.0, 62.0, 75.0, 87.0]);
        assert!(slots.levels[0].first.0.is_empty());
        let before = slots.levels[0].edges.clone();
        for _ in 0..300 {
            slots.learn(&fields, &[Fact::Number(1e9)]);
        }
        assert_eq!(slots.levels[0].edges, before, "they never move again: a slot keeps its meaning");
        assert_eq!(slots.say(&fields, 0, &Fact::Number(13.0)), "13 (from 12 to under 25)");
    }

    #[test]
    fn a_constant_number_is_one_level() {
        let fields = [number(&[])];
        let mut slots = Slots::new(&fields);
        for _ in 0..500 {
            slots.learn(&fields, &[Fact::Number(7.0)]);
        }
        assert_eq!(slots.count(), 2);
        assert!(slots.levels[0].first.0.is_empty());
    }

    #[test]
    fn ten_thousand_levels_take_a_bounded_number_of_slots() {
        let fields: Vec<Field> = (0..40).map(|n| category(&n.to_string())).collect();
        let mut slots = Slots::new(&fields);
        for row in 0..10_000 {
            let facts: Vec<Fact> = (0..40).map(|field| text(&format!("{row} {field}"))).collect();
            slots.learn(&fields, &facts);
        }
        assert!(slots.count() <= usize::from(MAX_SLOTS) + 2 * fields.len(), "{}", slots.count());
        let seen = slots.find(&fields, &[text("never seen")]);
        assert_eq!(seen[1], slots.levels[0].rest.unwrap());
    }

    fn category(name: &str) -> Field {
        Field { name: name.into(), kind: Kind::Category }
    }

    fn number(edges: &[f64]) -> Field {
        Field { name: "n".into(), kind: Kind::Number(Edges(edges.to_vec())) }
    }

    fn text(text: &str) -> Fact {
        Fact::Text(text.into())
    }
}
