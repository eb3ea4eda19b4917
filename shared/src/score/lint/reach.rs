//! How many points there are to be had, and whether thresholds lie among them.

use serde_json::Value;

use super::super::GROUPS;
use super::super::card::{Card, Gives, Rule};
use super::super::event::Worth;
use crate::facts::{Type, type_of};
use crate::wire::Workspace;
use crate::wire::card::Group;

/// The least and the most that something gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reach {
    pub least: i32,
    pub most: i32,
}

/// What a rule gives before its limits, where it counts. What has no end is the largest number there is.
pub fn reach(card: &Card, rule: &Rule) -> Reach {
    let over = |points: &mut dyn Iterator<Item = i32>| {
        let points: Vec<i32> = points.chain(rule.unknown.map(super::super::Milli::whole)).collect();
        Reach { least: points.iter().min().copied().unwrap_or(0), most: points.iter().max().copied().unwrap_or(0) }
    };
    let open = |each: i32| match each.signum() {
        1 => [0, i32::MAX],
        -1 => [i32::MIN, 0],
        _ => [0, 0],
    };
    match &rule.gives {
        Gives::Points(points) => over(&mut [points.whole()].into_iter()),
        Gives::First(branches, otherwise) => {
            over(&mut branches.iter().map(|branch| branch.points.whole()).chain([otherwise.whole()]))
        }
        // A fact may be negative.
        Gives::Sum { each, .. } if each.as_milli() == 0 => over(&mut [0].into_iter()),
        Gives::Sum { .. } => over(&mut [i32::MIN, i32::MAX].into_iter()),
        Gives::Events(_) => match card.counting(rule).map(|counting| &counting.worth) {
            Some(Worth::Bands(bands)) => over(&mut bands.iter().map(|band| band.points.whole()).chain([0])),
            Some(Worth::Each(points)) => {
                let each = i32::try_from(points.as_milli().signum()).unwrap_or_default();
                over(&mut open(each).into_iter())
            }
            None => over(&mut [0].into_iter()),
        },
    }
}

/// Tells what limits and thresholds make no sense for the points that there are.
pub fn lint(card: &Card, workspace: &Workspace, tell: &mut dyn FnMut(String, &'static str, String)) {
    for group in GROUPS {
        let Reach { least, most } = of_group(card, workspace, group);
        let limits = card.limits(group);
        let name = group.tag();
        if most > 0 && limits.max <= 0 {
            let says = "no rule of this group can give anything".to_owned();
            tell(format!("card.limits.{name}.max"), "pointless", says);
        }
        let thresholds = match group {
            Group::Fit => card.tiers().fit,
            Group::Intent => card.tiers().intent,
            Group::Relationship => continue,
        };
        let [least, most] = [least, most].map(|points| limits.hold(points));
        for (index, threshold) in thresholds.into_iter().enumerate() {
            let path = format!("card.tiers.{name}[{index}]");
            if threshold > most {
                tell(path, "out_of_reach", format!("nobody reaches it: there are at most {most} points"));
            } else if threshold <= least {
                tell(path, "everybody", format!("everybody reaches it: there are at least {least} points"));
            }
        }
    }
}

/// What all rules of a group give together. Of rules that ask a fact for different ones of its choices, only those for one of
/// them count together.
fn of_group(card: &Card, workspace: &Workspace, group: Group) -> Reach {
    let rules: Vec<(&Rule, Reach)> =
        card.rules().iter().filter(|rule| rule.group == group).map(|rule| (rule, of_rule(card, rule))).collect();
    let all = sum(rules.iter().map(|(_, reach)| *reach));
    let mut facts: Vec<&str> = rules.iter().flat_map(|(rule, _)| rule.when.paths()).collect();
    facts.sort_unstable();
    facts.dedup();
    facts.into_iter().fold(all, |all, fact| {
        let options = match type_of(fact, workspace) {
            Some(Type::OneOf(options)) => options.into_iter().map(Value::from).collect(),
            Some(Type::YesNo) => vec![Value::Bool(true), Value::Bool(false)],
            _ => return all,
        };
        let with = |option: &Value| {
            let may = |rule: &&(&Rule, Reach)| {
                let sense = rule.0.when.sense();
                rule.0.unknown.is_some() || sense.facts().all(|(path, asked)| path != fact || asked.may_be(option))
            };
            sum(rules.iter().filter(may).map(|(_, reach)| *reach))
        };
        // It may be unknown, too.
        let each = options.iter().chain([&Value::Null]).map(with);
        let most = each.fold(Reach { least: 0, most: 0 }, |most, each| Reach {
            least: most.least.min(each.least),
            most: most.most.max(each.most),
        });
        Reach { least: all.least.max(most.least), most: all.most.min(most.most) }
    })
}

/// What a rule adds to its group at least and at most: nothing, where it need not hold.
fn of_rule(card: &Card, rule: &Rule) -> Reach {
    let Reach { least, most } = reach(card, rule);
    let (least, most) = (rule.range.hold(least), rule.range.hold(most));
    let always = rule.when.is_always() && rule.unknown.is_none() && !matches!(rule.gives, Gives::Events(_));
    if always { Reach { least, most } } else { Reach { least: least.min(0), most: most.max(0) } }
}

fn sum(reaches: impl Iterator<Item = Reach>) -> Reach {
    reaches.fold(Reach { least: 0, most: 0 }, |sum, each| Reach {
        least: sum.least.saturating_add(each.least),
        most: sum.most.saturating_add(each.most),
    })
}
