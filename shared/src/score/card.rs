//! A score card that is known to make sense, with its conditions read and its facts numbered.
//!
//! Not here: what can be wrong with one (`config::check`), or what it gives (`super`).

use std::sync::Arc;

use super::event::{Counters, Counting};
use super::fixed::Milli;
use crate::condition::{Fitted, Slots};
use crate::wire::card::{Customers, Group, Scale};

/// One version of a score card.
#[derive(Debug, Clone, PartialEq)]
pub struct Card {
    pub(crate) version: u32,
    pub(crate) limits: Limits,
    pub(crate) excluded: Vec<Segment>,
    pub(crate) rules: Vec<Rule>,
    pub(crate) tiers: Tiers,
    pub(crate) slots: Slots,
    pub(crate) counters: Counters,
    pub(crate) words: Words,
}

/// What the explanation says of limits: made once, and shared by all scores.
#[derive(Debug, Clone, PartialEq)]
pub struct Words {
    pub(crate) of_rule: Arc<str>,
    /// Of each group, its name; then of the total.
    pub(crate) names: [Arc<str>; 4],
    pub(crate) of_group: Arc<str>,
    pub(crate) of_total: Arc<str>,
}

impl Default for Words {
    fn default() -> Self {
        Self {
            of_rule: "Held within the limits of this rule".into(),
            names: [Group::Fit.tag(), Group::Intent.tag(), Group::Relationship.tag(), "total"].map(Arc::from),
            of_group: "Held within the limits of this group".into(),
            of_total: "Held within the limits of the total".into(),
        }
    }
}

impl Card {
    /// The version of the configuration that it is part of.
    pub fn version(&self) -> u32 {
        self.version
    }

    /// The limits of a group, in points.
    pub fn limits(&self, group: Group) -> Range {
        match group {
            Group::Fit => self.limits.fit,
            Group::Intent => self.limits.intent,
            Group::Relationship => self.limits.relationship,
        }
    }

    /// The limits of all groups together.
    pub fn total_limits(&self) -> Range {
        self.limits.total
    }

    /// The rules, in order.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The thresholds.
    pub fn tiers(&self) -> Tiers {
        self.tiers
    }

    /// Who is not scored.
    pub fn excluded(&self) -> &[Segment] {
        &self.excluded
    }

    /// What a rule counts, if it counts events.
    pub fn counting(&self, rule: &Rule) -> Option<&Counting> {
        match rule.gives {
            Gives::Events(number) => self.counters.get(number),
            _ => None,
        }
    }
}

/// The least and the most of each group and of the total.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    pub(crate) fit: Range,
    pub(crate) intent: Range,
    pub(crate) relationship: Range,
    pub(crate) total: Range,
}

/// The least and the most, in whole points; both can be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    /// The least.
    pub min: i32,
    /// The most.
    pub max: i32,
}

impl Range {
    /// No limits.
    pub const FREE: Self = Self { min: i32::MIN, max: i32::MAX };

    /// What is left of this many points.
    pub fn hold(self, points: i32) -> i32 {
        // A range that makes no sense was refused: nothing here may panic all the same.
        points.max(self.min).min(self.max)
    }
}

/// Points for A and B, and for 1 and 2.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tiers {
    /// By fit.
    pub fit: [i32; 2],
    /// By intent.
    pub intent: [i32; 2],
}

/// Somebody who is not scored.
#[derive(Debug, Clone, PartialEq)]
pub struct Segment {
    /// Names it.
    pub id: Arc<str>,
    /// Who they are, in plain words.
    pub says: Arc<str>,
    pub(crate) when: Fitted,
}

/// One rule.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// Its id.
    pub id: Arc<str>,
    /// In plain words.
    pub says: Arc<str>,
    /// The group it counts in.
    pub group: Group,
    /// What it is for somebody who is a customer already.
    pub customers: Customers,
    /// What it gives at least and at most.
    pub range: Range,
    pub(crate) when: Fitted,
    pub(crate) gives: Gives,
    /// What it gives where one of the facts that it reads is unknown.
    pub(crate) unknown: Option<Milli>,
    /// The slots of those facts; none, where it does not matter.
    pub(crate) reads: Vec<usize>,
}

/// What a rule gives where its condition holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Gives {
    /// So much.
    Points(Milli),
    /// As the first branch that holds, or otherwise so much.
    First(Vec<Branch>, Milli),
    /// By a number.
    Sum {
        /// The slots of the facts that are added up.
        facts: Vec<usize>,
        /// So much for each.
        each: Milli,
        /// How it grows.
        scale: Scale,
    },
    /// By what was done: the number of a [`Counting`].
    Events(usize),
}

/// One branch of a rule.
#[derive(Debug, Clone, PartialEq)]
pub struct Branch {
    /// When it is the one.
    pub when: Fitted,
    /// What it gives.
    pub points: Milli,
    /// In plain words; where absent, the rule's.
    pub says: Option<Arc<str>>,
}
