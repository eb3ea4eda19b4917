//! What is odd in a card that can be saved: rules that can never match, thresholds that nobody reaches, bands that overlap,
//! limits that make a rule pointless. Hints for whoever writes it; none of them stops anything.
//!
//! Only what can be told for certain is told: patterns and alternatives are taken to hold. The codes: `never`,
//! `shadowed`, `pointless`, `over_limit`, `idle_limit`, `gap`, `overlap`, `out_of_reach`, `everybody`.

mod reach;

use serde_json::Value;

use super::card::{Card, Gives, Rule};
use super::event::Worth;
use crate::condition::Fitted;
use crate::condition::sense::{Asked, Sense};
use crate::facts::{Type, type_of};
use crate::hint::Hint;
use crate::wire::Workspace;
use reach::{Reach, reach};

struct Linter<'a> {
    card: &'a Card,
    workspace: &'a Workspace,
    hints: Vec<Hint>,
}

/// Everything odd in a card of this workspace, in the card's order.
pub fn lint(card: &Card, workspace: &Workspace) -> Vec<Hint> {
    let mut linter = Linter { card, workspace, hints: Vec::new() };
    for (index, segment) in card.excluded().iter().enumerate() {
        linter.never(&segment.when.sense(), &format!("card.excluded[{index}].when"));
    }
    for (index, rule) in card.rules().iter().enumerate() {
        linter.rule(rule, &format!("card.rules[{index}]"));
    }
    linter.overlaps();
    reach::lint(card, workspace, &mut |path, code, says| linter.hints.push(Hint { path, code, says }));
    linter.hints
}

impl Linter<'_> {
    fn hint(&mut self, path: impl Into<String>, code: &'static str, says: impl Into<String>) {
        self.hints.push(Hint { path: path.into(), code, says: says.into() });
    }

    fn rule(&mut self, rule: &Rule, path: &str) {
        if self.never(&rule.when.sense(), &format!("{path}.when")) {
            return;
        }
        match &rule.gives {
            Gives::First(branches, otherwise) => {
                let says: Vec<&Fitted> = branches.iter().map(|branch| &branch.when).collect();
                let is_closed = self.branches(rule, &says, path);
                if is_closed && otherwise.whole() != 0 {
                    self.hint(format!("{path}.otherwise"), "shadowed", "a branch before always holds");
                }
            }
            Gives::Events(_) => {
                if let Some(Worth::Bands(bands)) = self.card.counting(rule).map(|counting| &counting.worth) {
                    for (index, (band, next)) in bands.iter().zip(bands.iter().skip(1)).enumerate() {
                        let path = format!("{path}.events.bands[{}]", index + 1);
                        if band.to.saturating_add(1) < next.from {
                            let says = format!("from {} to {} nothing is given", band.to + 1, next.from - 1);
                            self.hint(path.clone(), "gap", says);
                        }
                        let held = |points: i32| rule.range.hold(points);
                        let (own, other) = (band.points.whole(), next.points.whole());
                        if own != other && held(own) == held(other) {
                            let says = "the rule's limits leave it the points of the band before";
                            self.hint(path, "pointless", says);
                        }
                    }
                }
            }
            Gives::Points(_) | Gives::Sum { .. } => {}
        }
        self.limits(rule, path);
    }

    /// Whether one of the branches always holds where the rule does.
    fn branches(&mut self, rule: &Rule, branches: &[&Fitted], path: &str) -> bool {
        let guard = rule.when.sense();
        let senses: Vec<Sense<'_>> = branches.iter().map(|when| when.sense().and(&guard)).collect();
        for (index, sense) in senses.iter().enumerate() {
            let path = format!("{path}.first[{index}]");
            if self.never(sense, &format!("{path}.when")) {
                continue;
            }
            let before = branches.iter().take(index).position(|earlier| {
                branches.get(index).is_some_and(|own| own == earlier) || sense.implies(&earlier.sense())
            });
            if let Some(before) = before {
                let says = format!("whenever it holds, branch {} before it holds too", before + 1);
                self.hint(path, "shadowed", says);
            }
        }
        branches.iter().any(|when| guard.implies(&when.sense()))
    }

    fn limits(&mut self, rule: &Rule, path: &str) {
        let Reach { least, most } = reach(self.card, rule);
        let held = Reach { least: rule.range.hold(least), most: rule.range.hold(most) };
        if (least, most) == (0, 0) {
            self.hint(path, "pointless", "it gives nothing");
        } else if (held.least, held.most) == (0, 0) {
            self.hint(format!("{path}.limits"), "pointless", "its limits leave nothing of it");
        } else if rule.range.max != i32::MAX && rule.range.max > most {
            self.hint(format!("{path}.limits.max"), "idle_limit", format!("it gives at most {most}"));
        } else if rule.range.min != i32::MIN && rule.range.min < least {
            self.hint(format!("{path}.limits.min"), "idle_limit", format!("it gives at least {least}"));
        }
        let group = self.card.limits(rule.group);
        if most != i32::MAX && held.most > group.max {
            let says = format!("it gives {}, and its group holds at most {}", held.most, group.max);
            self.hint(path, "over_limit", says);
        }
    }

    /// Whether nothing can be all that; says why.
    fn never(&mut self, sense: &Sense<'_>, path: &str) -> bool {
        let why = sense.facts().find_map(|(fact, asked)| why_never(fact, asked, &type_of(fact, self.workspace)?));
        let why = why.or_else(|| sense.is_never().then(|| "it contradicts itself".to_owned()));
        match why {
            Some(why) => {
                self.hint(path, "never", why);
                true
            }
            None => false,
        }
    }

    /// Two rules that ask one number to lie in ranges that overlap in part: whoever lies in both gets both.
    fn overlaps(&mut self) {
        let rules = self.card.rules();
        let ranges: Vec<Option<(&str, Asked)>> = rules.iter().map(|rule| range(&rule.when)).collect();
        for (index, rule) in rules.iter().enumerate() {
            let Some(Some((fact, own))) = ranges.get(index) else { continue };
            let before = rules.iter().zip(&ranges).take(index).find(|(other, asked)| {
                let meets = |theirs: &Asked| own.meets(theirs) && !own.is_within(theirs) && !theirs.is_within(own);
                other.group == rule.group && asked.as_ref().is_some_and(|(path, theirs)| path == fact && meets(theirs))
            });
            if let Some((other, _)) = before {
                let says = format!("some {fact} are in this range and in that of {}: they get both", other.id);
                self.hint(format!("card.rules[{index}].when"), "overlap", says);
            }
        }
    }
}

/// The one fact that a condition asks to be in a range, if that is all that it asks.
fn range(when: &Fitted) -> Option<(&str, Asked)> {
    let sense = when.sense();
    let mut facts = sense.facts();
    let (fact, asked) = facts.next()?;
    (facts.next().is_none() && asked.is_range() && asked.is_all).then(|| (fact, asked.clone()))
}

/// Why a fact of this type can never be all that.
fn why_never(fact: &str, asked: &Asked, kind: &Type) -> Option<String> {
    // A list is asked about its items, and each may be another one.
    if matches!(kind, Type::List | Type::Any) {
        return None;
    }
    let fits = |value: &Value| match kind {
        Type::Text => value.is_string(),
        Type::OneOf(options) => value.as_str().is_some_and(|text| options.iter().any(|option| option == text)),
        Type::Number => value.is_number(),
        Type::YesNo => value.is_boolean(),
        Type::List | Type::Any => true,
    };
    let is_a = match kind {
        Type::Number => "a number",
        Type::YesNo => "true or false",
        _ => "a text",
    };
    let values = asked.one_of.iter().flatten();
    if asked.is_never() {
        return Some(format!("{fact} cannot be all that at once"));
    }
    if asked.one_of.is_some() && !values.clone().any(|value| fits(value) || value.is_null()) {
        let named: Vec<String> = values.map(Value::to_string).collect();
        return Some(match kind {
            Type::OneOf(options) => format!("{fact} is never {}: it is {}", named.join(", "), options.join(", ")),
            _ => format!("{fact} is never {}: it is {is_a}", named.join(", ")),
        });
    }
    let is_wrong_range =
        (asked.is_range() && *kind != Type::Number) || (asked.is_text && !matches!(kind, Type::Text | Type::OneOf(_)));
    is_wrong_range.then(|| format!("{fact} cannot be compared so: it is {is_a}"))
}

#[cfg(test)]
mod tests;
