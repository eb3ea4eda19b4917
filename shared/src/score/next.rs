//! When a score next differs, if nothing happens: points fade and windows end, so that a timer can be set for one item
//! instead of looking at all of them every night.
//!
//! Facts stay as they are given. What is computed here is exact: the score of the moment before is the score of now.

use serde_json::Value;

use super::card::{Gives, Rule};
use super::event::{Counting, DAY_MS, Span, Worth};
use super::fixed::{GONE_AFTER, Milli, STEPS, WHOLE, weight};
use super::{Card, Event, GROUPS, Range, Tier, excluded, fixed, holds, is_customer, unknown};
use crate::time::Timestamp;
use crate::wire::card::{Customers, Group};

/// When a score next differs; absent where it never does by itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Next {
    /// The points of a group, or a sign for success.
    pub points: Option<Timestamp>,
    /// The tier: what lists and routes go by.
    pub tier: Option<Timestamp>,
}

/// More changes than any card makes before all has faded: a bound on the work.
const MAX_CHANGES: usize = 20_000;

/// When the score of somebody next differs, if nothing happens to them.
pub fn next(card: &Card, facts: &Value, events: &[Event<'_>], now: Timestamp) -> Next {
    let found = card.slots.find(facts);
    if excluded(card, &found).is_some() {
        return Next::default();
    }
    let is_customer = is_customer(facts);
    let lists = card.counters.list(events, now);
    let mut courses = Vec::new();
    for rule in &card.rules {
        let Gives::Events(number) = rule.gives else { continue };
        let (Some(counting), Some(list)) = (card.counters.get(number), lists.get(number)) else { continue };
        let is_live = unknown(rule, &found).is_none() && holds(&rule.when, &found);
        if is_live && !list.is_empty() {
            courses.push(Course::of(rule, counting, list, is_customer && rule.customers != Customers::Points, now));
        }
    }
    follow(card, super::score(card, facts, events, now).unheld(), courses)
}

/// Lets time pass until the tier differs.
fn follow(card: &Card, mut sums: [i32; 3], mut courses: Vec<Course<'_>>) -> Next {
    let held = |sums: &[i32; 3]| {
        let mut held = GROUPS.iter().zip(sums).map(|(group, sum)| card.limits(*group).hold(*sum));
        [held.next(), held.next(), held.next()].map(Option::unwrap_or_default)
    };
    let tier = |[fit, intent, _]: [i32; 3]| Tier::of(card, fit, intent);
    let (points, first_tier) = (held(&sums), tier(held(&sums)));
    let mut next = Next::default();
    for _ in 0..MAX_CHANGES {
        let Some(at) = courses.iter().filter_map(|course| course.changes_at).min() else { break };
        let mut is_sign = false;
        for course in courses.iter_mut().filter(|course| course.changes_at == Some(at)) {
            let before = course.value;
            course.advance(at);
            if course.is_sign {
                is_sign = is_sign || (before != 0) != (course.value != 0);
            } else if let Some(sum) = sums.get_mut(index(course.group)) {
                *sum = sum.saturating_add(course.value.saturating_sub(before));
            }
        }
        let now = held(&sums);
        if next.points.is_none() && (is_sign || now != points) {
            next.points = Some(at);
        }
        if tier(now) != first_tier {
            next.tier = Some(at);
            break;
        }
    }
    next
}

fn index(group: Group) -> usize {
    GROUPS.iter().position(|each| *each == group).unwrap_or_default()
}

/// What one rule gives as time passes.
struct Course<'a> {
    group: Group,
    is_sign: bool,
    range: Range,
    counting: &'a Counting,
    events: &'a [(Timestamp, Milli)],
    value: i32,
    changes_at: Option<Timestamp>,
}

impl<'a> Course<'a> {
    fn of(
        rule: &Rule,
        counting: &'a Counting,
        events: &'a [(Timestamp, Milli)],
        is_sign: bool,
        now: Timestamp,
    ) -> Self {
        // A sign is there or not: its limits do not matter.
        let range = if is_sign { Range::FREE } else { rule.range };
        let mut course = Self { group: rule.group, is_sign, range, counting, events, value: 0, changes_at: None };
        course.advance(now);
        course
    }

    fn advance(&mut self, now: Timestamp) {
        self.value = self.at(now);
        self.changes_at = match self.counting.span {
            Span::Days(days) => self.next_day(now, days),
            Span::HalfLife(ms) => self.next_step(now, ms),
        };
    }

    /// What the rule gives at a moment, within its limits.
    fn at(&self, now: Timestamp) -> i32 {
        let weighed = match self.counting.span {
            Span::Days(days) => {
                let left = self.events.iter().filter(|(at, _)| at.day() > now.day() - days).count();
                let left = u32::try_from(left).unwrap_or(u32::MAX);
                match &self.counting.worth {
                    Worth::Each(points) => points.weighed(WHOLE).saturating_mul(i64::from(left)),
                    bands @ Worth::Bands(_) => bands.of(left).weighed(WHOLE),
                }
            }
            Span::HalfLife(ms) => {
                let each = self.events.iter().map(|(at, added)| added.weighed(weight(now.as_ms() - at.as_ms(), ms)));
                each.fold(0, i64::saturating_add)
            }
        };
        self.range.hold(fixed::whole(weighed))
    }

    /// The first midnight at which an event leaves the window and the points differ.
    fn next_day(&self, now: Timestamp, days: i64) -> Option<Timestamp> {
        let leaves = self.events.iter().map(|(at, _)| at.day() + days).filter(|day| *day > now.day());
        leaves.map(|day| Timestamp::from_ms(day * DAY_MS)).filter(|at| self.at(*at) != self.value).min()
    }

    /// The first moment at which so much has faded that the whole points differ.
    fn next_step(&self, now: Timestamp, half_life: i64) -> Option<Timestamp> {
        let last = Timestamp::from_ms(now.as_ms().saturating_add(half_life.saturating_mul(GONE_AFTER)));
        let differs = |at: Timestamp| self.at(at) != self.value;
        let only_falls = self.events.iter().all(|(_, added)| *added >= Milli::ZERO);
        let only_rises = self.events.iter().all(|(_, added)| *added <= Milli::ZERO);
        if only_falls || only_rises {
            return differs(last).then(|| first(now, last, differs));
        }
        // Where some fade up and some fade down, every step is looked at.
        let step = (half_life / STEPS).max(1);
        let mut at = now;
        while at < last {
            let to = Timestamp::from_ms(at.as_ms() + step);
            if differs(to) {
                return Some(first(at, to, differs));
            }
            at = to;
        }
        None
    }
}

/// The first moment at which something is so that is not so at `from`, and is at `to`.
fn first(from: Timestamp, to: Timestamp, is_so: impl Fn(Timestamp) -> bool) -> Timestamp {
    let (mut before, mut after) = (from.as_ms(), to.as_ms());
    while after - before > 1 {
        let middle = before + (after - before) / 2;
        if is_so(Timestamp::from_ms(middle)) {
            after = middle;
        } else {
            before = middle;
        }
    }
    Timestamp::from_ms(after)
}

#[cfg(test)]
mod tests;
