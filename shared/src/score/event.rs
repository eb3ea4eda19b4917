//! What was done, and what it is worth at a moment.
//!
//! Events are counted from the latest one back, and each brings what it adds: under bands, what the band it leads into gives
//! beyond the one before. That much fades from the moment of that event, or counts whole while its day is in the window. So
//! coming back makes fresh what the first band gives, and never costs a point where more gives more. Of a day that counts
//! once, the latest event does. What lies after the moment has not happened.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use super::fixed::{Milli, WHOLE, weight};
use crate::condition::{Condition, Flat};
use crate::time::Timestamp;
use crate::visit::{PRICING_VIEWED, Seen, Visit};
use crate::wire::scoring::EventView;

/// Something that a person did.
#[derive(Debug, Clone, PartialEq)]
pub struct Event<'a> {
    at: Timestamp,
    /// The day of that, kept because it costs a division.
    day: i64,
    kind: &'a str,
    mark: u64,
    about: Value,
    /// The marks of the names and values of that.
    details: Vec<(u64, u64)>,
}

impl<'a> Event<'a> {
    /// A signal.
    pub fn of(seen: &'a Seen) -> Self {
        Self::new(seen.at, &seen.kind, &seen.about)
    }

    /// What was done, and what more there is to it.
    pub fn new(at: Timestamp, kind: &'a str, details: &BTreeMap<String, String>) -> Self {
        let about = match details.is_empty() {
            true => Value::Null,
            false => details.iter().map(|(name, value)| (name.clone(), Value::from(value.as_str()))).collect(),
        };
        let details = details.iter().map(|(name, value)| (mark(name), mark(value))).collect();
        Self { at, day: at.day(), kind, mark: mark(kind), about, details }
    }

    /// As people see and write it.
    pub fn view(&self) -> EventView {
        let details = self.about.as_object().into_iter().flatten();
        let about = details.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned()))).collect();
        EventView { at: self.at.to_rfc3339(), kind: self.kind.to_owned(), about }
    }
}

/// What scoring reads of a visit, oldest first: what a person did, and of days that only the summary knows, that they looked
/// at the prices when the day began.
pub fn events(visit: &Visit) -> Vec<Event<'_>> {
    let of_person = visit.signals().iter().filter(|seen| seen.human);
    let mut events: Vec<Event<'_>> = of_person.map(Event::of).collect();
    let mut days: Vec<i64> = visit.summary().pricing.days.clone();
    let seen_on = |day: i64| events.iter().any(|event| event.kind == PRICING_VIEWED && event.day == day);
    days.retain(|day| !seen_on(*day));
    let none = BTreeMap::new();
    events.extend(days.into_iter().map(|day| Event::new(Timestamp::from_ms(day * DAY_MS), PRICING_VIEWED, &none)));
    events.sort_by_key(|event| event.at);
    events
}

pub(super) const DAY_MS: i64 = 86_400_000;
/// The most events that one rule counts, the latest: 10,000 of 10,000 points, weighed, are less than 2^61.
pub const MAX_COUNTED: u32 = 10_000;

/// Which events a rule counts, and what they give.
#[derive(Debug, Clone, PartialEq)]
pub struct Counting {
    /// What more it asks of an event; nothing, where absent.
    pub when: Option<When>,
    /// Whether only the latest of each day (UTC) counts.
    pub by_day: bool,
    /// What so many give.
    pub worth: Worth,
    /// For how long.
    pub span: Span,
}

/// What more is asked of an event.
#[derive(Debug, Clone, PartialEq)]
pub enum When {
    /// That each of these details is one of these texts, all by their marks.
    Is(Vec<(u64, Vec<u64>)>),
    /// Anything else.
    Other(Flat),
}

impl When {
    /// From a condition over what a signal is about; nothing where it always holds.
    pub fn of(when: Condition) -> Option<Self> {
        if when.is_always() {
            return None;
        }
        let sense = when.sense();
        let texts = sense.is_all().then(|| {
            let all = sense.facts().map(|(name, asked)| Some((mark(name), asked.texts()?.map(mark).collect())));
            all.collect::<Option<Vec<_>>>()
        });
        Some(texts.flatten().map_or_else(|| Self::Other(Flat::of(when.clone())), Self::Is))
    }

    fn holds(&self, event: &Event<'_>) -> bool {
        match self {
            Self::Is(asked) => asked
                .iter()
                .all(|(name, values)| event.details.iter().any(|(own, value)| own == name && values.contains(value))),
            Self::Other(when) => when.holds(&event.about),
        }
    }
}

/// What a number of events gives.
#[derive(Debug, Clone, PartialEq)]
pub enum Worth {
    /// Each one so much.
    Each(Milli),
    /// The band that the number lies in; between bands, nothing.
    Bands(Bands),
}

/// From one number to another, both in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Band {
    /// The first.
    pub from: u32,
    /// The last.
    pub to: u32,
    /// What they give together.
    pub points: Milli,
    /// In plain words; where absent, the rule's.
    pub says: Option<Arc<str>>,
}

/// Bands, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bands {
    bands: Vec<Band>,
    /// The numbers at which something is added, and what.
    steps: Vec<(u32, Milli)>,
}

impl Bands {
    /// From bands of which none reaches into the next.
    pub fn new(bands: Vec<Band>) -> Self {
        let of = |count: u32| find(&bands, count);
        let mut ends: Vec<u32> = bands.iter().flat_map(|band| [band.from, band.to.saturating_add(1)]).collect();
        ends.dedup();
        let steps = ends.into_iter().map(|count| (count, of(count.saturating_sub(1)).to(of(count))));
        let steps = steps.filter(|(_, added)| *added != Milli::ZERO).collect();
        Self { bands, steps }
    }

    /// The words of the band that a number lies in, where it has its own.
    fn says(&self, count: u32) -> Option<&Arc<str>> {
        self.bands.iter().find(|band| (band.from..=band.to).contains(&count))?.says.as_ref()
    }

    /// The bands.
    pub fn iter(&self) -> std::slice::Iter<'_, Band> {
        self.bands.iter()
    }
}

fn find(bands: &[Band], count: u32) -> Milli {
    let band = bands.iter().find(|band| (band.from..=band.to).contains(&count));
    band.map_or(Milli::ZERO, |band| band.points)
}

/// For how long events count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Span {
    /// Whole, on so many days (UTC), of which the present one is the last.
    Days(i64),
    /// Half of it after so long.
    HalfLife(i64),
}

impl Worth {
    /// What so many give.
    pub fn of(&self, count: u32) -> Milli {
        match self {
            Self::Each(points) => points.times(i64::from(count) * 1_000),
            Self::Bands(bands) => find(&bands.bands, count),
        }
    }

    /// What the last of so many adds.
    pub fn added(&self, count: u32) -> Milli {
        match self {
            Self::Each(points) => *points,
            Self::Bands(bands) => {
                bands.steps.iter().find(|(at, _)| *at == count).map_or(Milli::ZERO, |(_, added)| *added)
            }
        }
    }
}

/// The rules that count events, by what they count.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Counters {
    countings: Vec<Counting>,
    kinds: Vec<Kind>,
}

#[derive(Debug, Clone, PartialEq)]
struct Kind {
    name: String,
    mark: u64,
    countings: Vec<usize>,
}

/// What one counting came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    count: u32,
    last_day: i64,
    /// What they would give, had nothing faded.
    pub before: i64,
    /// What they give now. Both are weighed: see [`super::fixed::whole`].
    pub after: i64,
}

const NOTHING: Tally = Tally { count: 0, last_day: i64::MIN, before: 0, after: 0 };

impl Counters {
    /// Takes in what a rule counts, and says under which number.
    pub fn add(&mut self, kinds: &[String], counting: Counting) -> usize {
        let number = self.countings.len();
        for name in kinds {
            match self.kinds.iter_mut().find(|kind| &kind.name == name) {
                Some(kind) if kind.countings.contains(&number) => {}
                Some(kind) => kind.countings.push(number),
                None => self.kinds.push(Kind { name: name.clone(), mark: mark(name), countings: vec![number] }),
            }
        }
        self.countings.push(counting);
        // What has the same half-life comes one after another: its weight is computed once.
        let half_life = |number: &usize| match self.countings.get(*number).map(|counting| counting.span) {
            Some(Span::HalfLife(ms)) => ms,
            _ => 0,
        };
        self.kinds.iter_mut().for_each(|kind| kind.countings.sort_by_key(half_life));
        number
    }

    /// What a rule counts.
    pub fn get(&self, number: usize) -> Option<&Counting> {
        self.countings.get(number)
    }

    /// What a tally is in words, where its band has its own.
    pub fn says(&self, number: usize, tally: &Tally) -> Option<&Arc<str>> {
        match &self.countings.get(number)?.worth {
            Worth::Bands(bands) => bands.says(tally.count),
            Worth::Each(_) => None,
        }
    }

    /// All that they count, at a moment.
    pub fn tally(&self, events: &[Event<'_>], now: Timestamp) -> Vec<Tally> {
        let mut tallies = vec![NOTHING; self.countings.len()];
        let mut fading = Fading::default();
        self.each(events, now, |number, counting, event| {
            let Some(tally) = tallies.get_mut(number).filter(|tally| tally.is_counted(counting, event.day)) else {
                return;
            };
            tally.count(event.day);
            let Span::HalfLife(ms) = counting.span else { return };
            let mut weight = || fading.weight(now.as_ms() - event.at.as_ms(), ms);
            match &counting.worth {
                // Multiplied once, when all are added up.
                Worth::Each(_) => tally.after += weight(),
                Worth::Bands(_) => match counting.worth.added(tally.count) {
                    Milli::ZERO => {}
                    added => tally.after += added.weighed(weight()),
                },
            }
        });
        for (tally, counting) in tallies.iter_mut().zip(&self.countings) {
            let each = |weights: i64| match &counting.worth {
                Worth::Each(points) => points.weighed(weights),
                Worth::Bands(bands) => find(&bands.bands, tally.count).weighed(WHOLE),
            };
            let before = each(i64::from(tally.count) * WHOLE);
            tally.after = match (counting.span, &counting.worth) {
                (Span::Days(_), _) => before,
                (Span::HalfLife(_), Worth::Each(_)) => each(tally.after),
                (Span::HalfLife(_), Worth::Bands(_)) => tally.after,
            };
            tally.before = before;
        }
        tallies
    }

    /// When each event that counted happened, and what it added: for each counting.
    pub fn list(&self, events: &[Event<'_>], now: Timestamp) -> Vec<Vec<(Timestamp, Milli)>> {
        let mut tallies = vec![(NOTHING, Vec::new()); self.countings.len()];
        self.each(events, now, |number, counting, event| {
            let tally = tallies.get_mut(number).filter(|(tally, _)| tally.is_counted(counting, event.day));
            let Some((tally, list)) = tally else { return };
            tally.count(event.day);
            list.push((event.at, counting.worth.added(tally.count)));
        });
        tallies.into_iter().map(|(_, list)| list).collect()
    }

    /// Events are few and mostly of kinds that no rule asks for, so a look at the kind comes first.
    fn each(&self, events: &[Event<'_>], now: Timestamp, mut does: impl FnMut(usize, &Counting, &Event<'_>)) {
        let today = now.day();
        for event in events.iter().rev().filter(|event| event.at <= now) {
            let kind = self.kinds.iter().find(|kind| kind.mark == event.mark);
            let Some(kind) = kind else { continue };
            for number in &kind.countings {
                let Some(counting) = self.countings.get(*number) else { continue };
                if matches!(counting.span, Span::Days(days) if event.day <= today - days) {
                    continue;
                }
                if counting.when.as_ref().is_none_or(|when| when.holds(event)) {
                    does(*number, counting, event);
                }
            }
        }
    }
}

/// The weight that was computed last: the rules of a card share a half-life or two, and those that count one event come
/// one after another.
#[derive(Default)]
struct Fading {
    age: i64,
    half_life: i64,
    weight: i64,
}

impl Fading {
    fn weight(&mut self, age: i64, half_life: i64) -> i64 {
        if (age, half_life) != (self.age, self.half_life) {
            *self = Self { age, half_life, weight: weight(age, half_life) };
        }
        self.weight
    }
}

impl Tally {
    /// Whether one more counts: not another one of the same day, where days are counted. Relies on the order of events.
    fn is_counted(&self, counting: &Counting, day: i64) -> bool {
        self.count < MAX_COUNTED && !(counting.by_day && day == self.last_day)
    }

    fn count(&mut self, day: i64) {
        self.last_day = day;
        self.count += 1;
    }
}

/// A number that stands for a name: comparing 200 names with those of a card takes longer than all the rest. Two names that
/// share one do not turn up by chance, and whoever looks for one could as well send the name that it is to pass for.
fn mark(name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests;
