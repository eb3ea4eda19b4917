//! What somebody is worth at a moment: points in three groups, each with its reasons, and a tier.
//!
//! Fit is who they are and never fades; intent is what they did and fades, or counts in a window; relationship is what they
//! are to us already. A rule gives points where its condition holds. What others leave open is settled thus, in this order:
//!
//! 1. Each event brings its own points, in thousandths, and they fade from its own moment ([`event`]).
//! 2. What a rule gives is rounded to whole points, once, a half away from zero. What people read is what is added up.
//! 3. The rule's limits hold it, then the group's limits the sum of its rules, then the total's the sum of the groups. What a
//!    limit took or gave is a reason of its own, so that the reasons of a group always add up to it.
//! 4. The tier's letter comes from fit, its number from intent; a value on a threshold reaches it, and both ends of a band
//!    are in it. Days are those of UTC.
//! 5. An unknown fact is `null` to a condition and 0 to a sum, unless the rule says what it gives then.
//!
//! Whoever is excluded has no points and the reason. Where a customer looks at prices, a rule is a [`Sign`] for success and
//! gives nothing. All of it is integers: native, browser and edge agree to the bit.
//!
//! Not here: where facts come from ([`crate::facts`]), or when a score is made again: [`next`] only says when it would differ.

pub mod card;
pub mod event;
mod fixed;
pub mod lint;
pub mod next;

use std::fmt;
use std::sync::Arc;

use serde_json::Value;

use crate::condition::{Fitted, Found};
use crate::time::Timestamp;
use crate::wire::card::{Customers, Group, Scale};
pub use card::{Card, Range};
use card::{Gives, Rule};
use event::Tally;
pub use event::{Event, events};
pub(crate) use fixed::Milli;

/// A score that can be explained.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Score {
    reasons: Vec<Reason>,
    signs: Vec<Sign>,
    excluded: Option<Excluded>,
    points: [i32; 3],
    total: i32,
    tier: Tier,
    version: u32,
    at: Timestamp,
}

/// One line of the explanation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// Its group; none for what the limits of the total did.
    pub group: Option<Group>,
    /// The rule's id; of the limits of a group, the group's name; of those of the total, `total`.
    pub rule: Arc<str>,
    /// In plain words.
    pub says: Arc<str>,
    /// What it gave.
    pub points: i32,
    /// What it would have given, had nothing faded.
    pub before: i32,
    /// What kind of line it is.
    pub kind: Kind,
}

/// What kind of line of the explanation it is. Tags are kept in rows and never renamed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A rule counted.
    Rule,
    /// A rule counted because a fact is unknown.
    Unknown,
    /// What the limits of the rule above took or gave.
    RuleLimit,
    /// What the limits of the group took or gave.
    GroupLimit,
    /// What the limits of the total took or gave.
    TotalLimit,
}

impl Kind {
    /// The stable name.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Rule => "rule",
            Self::Unknown => "unknown",
            Self::RuleLimit => "rule_limit",
            Self::GroupLimit => "group_limit",
            Self::TotalLimit => "total_limit",
        }
    }
}

/// What a customer did that would be intent in anybody else: success should know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sign {
    /// The rule's id.
    pub rule: Arc<str>,
    /// In plain words.
    pub says: Arc<str>,
    /// Whether they may leave, and not rather want more.
    pub is_churn: bool,
}

impl Sign {
    /// The stable name of what it means.
    pub fn tag(&self) -> &'static str {
        if self.is_churn { "churn" } else { "expansion" }
    }
}

/// Why somebody is not scored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excluded {
    /// The segment's id.
    pub segment: Arc<str>,
    /// Who they are, in plain words.
    pub says: Arc<str>,
}

/// `A1` to `C3`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tier {
    fit: Level,
    intent: Level,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    First,
    Second,
    Third,
}

impl Tier {
    /// What so many points of fit and of intent come to.
    pub fn of(card: &Card, fit: i32, intent: i32) -> Self {
        Self { fit: level(fit, card.tiers.fit), intent: level(intent, card.tiers.intent) }
    }

    /// `A`, `B` or `C`: who they are.
    pub fn letter(self) -> &'static str {
        match self.fit {
            Level::First => "A",
            Level::Second => "B",
            Level::Third => "C",
        }
    }

    /// 1, 2 or 3: what they did.
    pub fn number(self) -> u8 {
        match self.intent {
            Level::First => 1,
            Level::Second => 2,
            Level::Third => 3,
        }
    }
}

impl fmt::Display for Tier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.letter(), self.number())
    }
}

/// The groups, in the order that people read them.
pub const GROUPS: [Group; 3] = [Group::Fit, Group::Intent, Group::Relationship];

impl Group {
    /// The stable name.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Fit => "fit",
            Self::Intent => "intent",
            Self::Relationship => "relationship",
        }
    }
}

impl Score {
    /// Points in all: the sum of the groups, after its limits.
    pub fn total(&self) -> i32 {
        self.total
    }

    /// Points of a group, after its limits.
    pub fn group(&self, group: Group) -> i32 {
        let [fit, intent, relationship] = self.points;
        match group {
            Group::Fit => fit,
            Group::Intent => intent,
            Group::Relationship => relationship,
        }
    }

    /// The tier.
    pub fn tier(&self) -> Tier {
        self.tier
    }

    /// Every line of the explanation: rules in the card's order, then what limits did. Those of a group add up to its points.
    pub fn reasons(&self) -> &[Reason] {
        &self.reasons
    }

    /// What success should know of a customer.
    pub fn signs(&self) -> &[Sign] {
        &self.signs
    }

    /// Why they are not scored, if they are not.
    pub fn excluded(&self) -> Option<&Excluded> {
        self.excluded.as_ref()
    }

    /// The version of the card that made it.
    pub fn version(&self) -> u32 {
        self.version
    }

    /// The groups before their limits.
    fn unheld(&self) -> [i32; 3] {
        GROUPS.map(|group| {
            let lines = self.reasons.iter().filter(|reason| reason.group == Some(group));
            let lines = lines.filter(|reason| reason.kind != Kind::GroupLimit);
            lines.fold(0_i32, |sum, reason| sum.saturating_add(reason.points))
        })
    }

    /// The moment that it is of.
    pub fn at(&self) -> Timestamp {
        self.at
    }
}

/// What a rule gives, before its limits.
#[derive(Debug, Clone)]
struct Given {
    says: Arc<str>,
    points: i32,
    before: i32,
    kind: Kind,
}

/// Scores somebody as of a moment: by the facts ([`crate::facts::facts`]) and by what they did, oldest first ([`events`]).
pub fn score(card: &Card, facts: &Value, events: &[Event<'_>], now: Timestamp) -> Score {
    let found = card.slots.find(facts);
    if let Some(excluded) = excluded(card, &found) {
        return nothing(card, excluded, now);
    }
    let tallies = card.counters.tally(events, now);
    let (mut reasons, signs) = lines(card, &found, &tallies, is_customer(facts));
    let points = GROUPS.map(|group| {
        let of_group = reasons.iter().filter(|reason| reason.group == Some(group));
        let sum = of_group.fold(0_i32, |sum, reason| sum.saturating_add(reason.points));
        let held = card.limits(group).hold(sum);
        reasons.extend(limit(card, held - sum, Some(group)));
        held
    });
    let [fit, intent, relationship] = points;
    let sum = fit + intent + relationship;
    let total = card.limits.total.hold(sum);
    reasons.extend(limit(card, total - sum, None));
    let tier = Tier::of(card, fit, intent);
    Score { reasons, signs, excluded: None, points, total, tier, version: card.version, at: now }
}

/// What each rule gives, with what its own limits do to it; or the sign that it is for success.
fn lines(card: &Card, found: &Found<'_>, tallies: &[Tally], is_customer: bool) -> (Vec<Reason>, Vec<Sign>) {
    let mut reasons = Vec::with_capacity(card.rules.len() + 1);
    let mut signs = Vec::new();
    for rule in &card.rules {
        let Some(given) = given(card, rule, found, tallies).filter(|given| given.points != 0 || given.before != 0)
        else {
            continue;
        };
        if is_customer && rule.customers != Customers::Points {
            if given.points != 0 {
                let is_churn = rule.customers == Customers::Churn;
                signs.push(Sign { rule: rule.id.clone(), says: given.says, is_churn });
            }
            continue;
        }
        let Given { says, points, before, kind } = given;
        let group = Some(rule.group);
        let held = rule.range.hold(points) - points;
        reasons.push(Reason { group, rule: rule.id.clone(), says, points, before, kind });
        if held != 0 {
            let says = card.words.of_rule.clone();
            let kind = Kind::RuleLimit;
            reasons.push(Reason { group, rule: rule.id.clone(), says, points: held, before: held, kind });
        }
    }
    (reasons, signs)
}

/// What the limits of a group, or of the total, took or gave.
fn limit(card: &Card, points: i32, group: Option<Group>) -> Option<Reason> {
    let [fit, intent, relationship, total] = &card.words.names;
    let (rule, says, kind) = match group {
        Some(Group::Fit) => (fit, &card.words.of_group, Kind::GroupLimit),
        Some(Group::Intent) => (intent, &card.words.of_group, Kind::GroupLimit),
        Some(Group::Relationship) => (relationship, &card.words.of_group, Kind::GroupLimit),
        None => (total, &card.words.of_total, Kind::TotalLimit),
    };
    (points != 0).then(|| Reason { group, rule: rule.clone(), says: says.clone(), points, before: points, kind })
}

/// Whether these facts are a customer's.
fn is_customer(facts: &Value) -> bool {
    facts.get("person").and_then(|person| person.get("customer")) == Some(&Value::Bool(true))
}

fn excluded(card: &Card, found: &Found<'_>) -> Option<Excluded> {
    let segment = card.excluded.iter().find(|segment| segment.when.holds(found))?;
    Some(Excluded { segment: segment.id.clone(), says: segment.says.clone() })
}

/// The score of somebody who is not scored: no points, and the lowest tier.
fn nothing(card: &Card, excluded: Excluded, now: Timestamp) -> Score {
    Score {
        reasons: Vec::new(),
        signs: Vec::new(),
        excluded: Some(excluded),
        points: [0; 3],
        total: 0,
        tier: Tier { fit: Level::Third, intent: Level::Third },
        version: card.version,
        at: now,
    }
}

/// What a rule gives; nothing where it does not count.
fn given(card: &Card, rule: &Rule, found: &Found<'_>, tallies: &[Tally]) -> Option<Given> {
    let whole = |points: Milli| (points.whole(), points.whole());
    let mut says = &rule.says;
    let mut kind = Kind::Rule;
    let (before, points) = match unknown(rule, found) {
        Some(points) => {
            kind = Kind::Unknown;
            whole(points)
        }
        None if !holds(&rule.when, found) => return None,
        None => match &rule.gives {
            Gives::Points(points) => whole(*points),
            Gives::First(branches, otherwise) => match branches.iter().find(|branch| holds(&branch.when, found)) {
                Some(branch) => {
                    says = branch.says.as_ref().unwrap_or(says);
                    whole(branch.points)
                }
                None => whole(*otherwise),
            },
            Gives::Sum { facts, each, scale } => whole(sum(facts, *each, *scale, found)),
            Gives::Events(number) => {
                let tally = tallies.get(*number)?;
                says = card.counters.says(*number, tally).unwrap_or(says);
                (fixed::whole(tally.before), fixed::whole(tally.after))
            }
        },
    };
    Some(Given { says: says.clone(), points, before, kind })
}

fn holds(when: &Fitted, found: &Found<'_>) -> bool {
    when.is_always() || when.holds(found)
}

/// What the rule gives because it does not know, where that is said and so.
fn unknown(rule: &Rule, found: &Found<'_>) -> Option<Milli> {
    let points = rule.unknown?;
    let of_sum = match &rule.gives {
        Gives::Sum { facts, .. } => facts.as_slice(),
        _ => &[],
    };
    let is_unknown = rule.reads.iter().any(|slot| found.get(*slot).is_null())
        || of_sum.iter().any(|slot| fixed::fact(found.get(*slot)).is_none());
    is_unknown.then_some(points)
}

/// What the facts add up to gives; one that is no number adds nothing.
fn sum(facts: &[usize], each: Milli, scale: Scale, found: &Found<'_>) -> Milli {
    let number = facts.iter().filter_map(|slot| fixed::fact(found.get(*slot))).fold(0_i64, i64::saturating_add);
    each.times(match scale {
        Scale::Linear => number,
        Scale::Doublings => fixed::doublings(number),
    })
}

fn level(points: i32, [first, second]: [i32; 2]) -> Level {
    if points >= first {
        Level::First
    } else if points >= second {
        Level::Second
    } else {
        Level::Third
    }
}

#[cfg(test)]
mod tests;
