//! What a submission is worth: points in three groups, each with its reasons, and a tier.
//!
//! Every rule whose condition holds gives its points. Each group is then held between its limits, and the total is the sum
//! of the groups. The tier's letter comes from fit, its number from intent; a value on a threshold reaches it.

use std::fmt;

use serde_json::Value;

use crate::config::Card;
use crate::wire::config::{Group, Limits, Range};

/// A score that can be explained.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Score {
    reasons: Vec<Reason>,
    fit: i32,
    intent: i32,
    relationship: i32,
    tier: Tier,
}

/// One rule that counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// Its group.
    pub group: Group,
    /// The rule's id.
    pub rule: String,
    /// The rule in plain words.
    pub says: String,
    /// What it gave.
    pub points: i32,
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

impl Score {
    /// Points in all.
    pub fn total(&self) -> i32 {
        self.fit + self.intent + self.relationship
    }

    /// Points of a group, after its limits.
    pub fn group(&self, group: Group) -> i32 {
        match group {
            Group::Fit => self.fit,
            Group::Intent => self.intent,
            Group::Relationship => self.relationship,
        }
    }

    /// The tier.
    pub fn tier(&self) -> Tier {
        self.tier
    }

    /// Every rule that counted, in the card's order.
    pub fn reasons(&self) -> &[Reason] {
        &self.reasons
    }
}

/// Scores the facts of one submission ([`crate::facts::facts`]).
pub fn score(card: &Card, facts: &Value) -> Score {
    let reasons: Vec<Reason> = card
        .rules
        .iter()
        .filter(|rule| rule.when.holds(facts))
        .map(|rule| Reason { group: rule.group, rule: rule.id.clone(), says: rule.says.clone(), points: rule.points })
        .collect();
    let held = |group| {
        let sum: i32 = reasons.iter().filter(|reason| reason.group == group).map(|reason| reason.points).sum();
        let range = limits(&card.limits, group);
        sum.clamp(range.min, range.max)
    };
    let (fit, intent, relationship) = (held(Group::Fit), held(Group::Intent), held(Group::Relationship));
    let tier = Tier { fit: level(fit, card.tiers.fit), intent: level(intent, card.tiers.intent) };
    Score { reasons, fit, intent, relationship, tier }
}

/// The limits of a group.
pub fn limits(limits: &Limits, group: Group) -> Range {
    match group {
        Group::Fit => limits.fit,
        Group::Intent => limits.intent,
        Group::Relationship => limits.relationship,
    }
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
mod tests {
    use super::*;
    use crate::condition::Condition;
    use crate::config::ScoreRule;
    use crate::wire::config::Tiers;
    use serde_json::json;

    #[test]
    fn the_total_is_the_sum_of_the_groups_after_their_limits() {
        let score = score(&card(&[(Group::Fit, 30), (Group::Fit, 30), (Group::Intent, -9)]), &json!({}));
        assert_eq!((score.group(Group::Fit), score.group(Group::Intent), score.total()), (50, 0, 50));
        assert_eq!(score.reasons().len(), 3);
    }

    #[test]
    fn a_value_on_a_threshold_reaches_it() {
        for (fit, intent, tier) in [(20, 30, "A1"), (19, 29, "B2"), (10, 15, "B2"), (9, 14, "C3")] {
            let score = score(&card(&[(Group::Fit, fit), (Group::Intent, intent)]), &json!({}));
            assert_eq!(score.tier().to_string(), tier, "{fit} {intent}");
        }
    }

    fn card(rules: &[(Group, i32)]) -> Card {
        let range = Range { min: 0, max: 50 };
        Card {
            limits: Limits { fit: range, intent: range, relationship: range },
            tiers: Tiers { fit: [20, 10], intent: [30, 15] },
            rules: rules
                .iter()
                .enumerate()
                .map(|(index, (group, points))| ScoreRule {
                    id: format!("r{index}"),
                    group: *group,
                    when: Condition::parse(&json!({})).unwrap(),
                    points: *points,
                    says: String::new(),
                })
                .collect(),
        }
    }
}
