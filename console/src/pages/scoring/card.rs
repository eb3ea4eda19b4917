//! The card: its rules by group, who is not scored, limits and tiers; and beside it what is wrong, saving and publishing.

use leptos::prelude::*;
use serde_json::json;
use shared::wire::card::{Amount, Card, Group, Range, ScoreRule, Segment};

use super::editing::Scoring;
use super::publish::Publishing;
use super::rule::{Rule, amount, group_tag};
use crate::app::Desk;
use crate::parts::{Condition, Facts, Number, Text, Wrong, id_of};
use crate::{dom, words};

/// `/console/scoring`.
#[component]
pub fn CardPage() -> impl IntoView {
    let scoring = Desk::here().scoring;
    dom::title("Scoring");
    let facts: Facts = StoredValue::new(
        scoring.view.with_untracked(|view| view.as_ref().map(|view| view.facts.clone())).unwrap_or_default(),
    );
    let groups = [
        (Group::Fit, "What they are never fades."),
        (Group::Intent, "What they did fades, and customers\u{2019} looks at the prices are a sign instead."),
        (Group::Relationship, "Reach, referrals, what they bought, and what is open or went wrong."),
    ];
    view! {
        <div class="scoring-columns">
            <div class="scoring-main">
                {groups.map(|(group, says)| view! { <Rules scoring group says facts /> })} <Excluded scoring facts />
                <Bounds scoring />
            </div>
            <div class="scoring-side">
                <Publishing scoring />
            </div>
        </div>
    }
}

/// The rules of one group.
#[component]
fn Rules(scoring: Scoring, group: Group, says: &'static str, facts: Facts) -> impl IntoView {
    // A rule that has no group yet stands with the first.
    let is_mine = move |rule: &ScoreRule| rule.group.unwrap_or(Group::Fit) == group;
    let mine = scoring.of(move |card| {
        let mine = card.rules.iter().enumerate().filter(|(_, rule)| is_mine(rule));
        mine.map(|(at, _)| at).collect::<Vec<_>>()
    });
    let keys = move || {
        let shape = scoring.shape.get();
        mine.get().into_iter().map(|at| (shape, at)).collect::<Vec<_>>()
    };
    let tag = group_tag(group);
    let add = move |_| {
        let at = scoring.card.with_untracked(|card| card.rules.len());
        scoring.reshape(|card| card.rules.push(blank(card, group)));
        scoring.open.set(Some(at));
        dom::focus_soon(id_of(&format!("card.rules[{at}].says")));
    };
    let most = scoring.of(move |card| {
        let range = limits_of(card, group);
        if range.max.0.is_nan() { String::new() } else { format!("at most {}", range.max.0) }
    });
    view! {
        <section class="card" aria-labelledby=format!("group-{tag}")>
            <h3 class="group-head" id=format!("group-{tag}") tabindex="-1">
                <span>{words::group(tag)}</span>
                <span class="quiet">{most}</span>
            </h3>
            <p class="quiet">{says}</p>
            <ul class="rules">
                <For each=keys key=|key| *key children=move |(_, at)| view! { <Rule scoring at facts /> } />
            </ul>
            <Show when=move || mine.with(Vec::is_empty)>
                <p class="quiet">"No rule counts here yet."</p>
            </Show>
            <Show when=move || scoring.may_change()>
                <p>
                    <button class="button" type="button" id=format!("add-{tag}") on:click=add>
                        "Add a rule"
                        <span class="hidden">{format!(" of {tag}")}</span>
                    </button>
                </p>
            </Show>
        </section>
    }
}

fn limits_of(card: &Card, group: Group) -> Range {
    match group {
        Group::Fit => card.limits.fit,
        Group::Intent => card.limits.intent,
        Group::Relationship => card.limits.relationship,
    }
}

/// A rule to be filled in.
fn blank(card: &Card, group: Group) -> ScoreRule {
    let id = unused("rule", card.rules.iter().map(|rule| rule.id.as_str()));
    ScoreRule { id, group: Some(group), when: json!({}), points: Some(amount(None)), ..ScoreRule::default() }
}

/// A name that nothing has: `rule_3`.
fn unused<'a>(word: &str, names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.collect();
    let mut number = names.len() + 1;
    loop {
        let name = format!("{word}_{number}");
        if !names.contains(&name.as_str()) {
            return name;
        }
        number += 1;
    }
}

/// Who is not scored.
#[component]
fn Excluded(scoring: Scoring, facts: Facts) -> impl IntoView {
    let count = scoring.of(|card| card.excluded.len());
    let keys = move || {
        let shape = scoring.shape.get();
        (0..count.get()).map(|at| (shape, at)).collect::<Vec<_>>()
    };
    let change = move |at: usize, how: Box<dyn FnOnce(&mut Segment)>| {
        scoring.change(|card| {
            if let Some(segment) = card.excluded.get_mut(at) {
                how(segment);
            }
        });
    };
    let one = move |(_, at): (u32, usize)| {
        let path = format!("card.excluded[{at}]");
        let when =
            scoring.card.with_untracked(|card| card.excluded.get(at).map(|it| it.when.clone())).unwrap_or_default();
        let number = at + 1;
        let hints = {
            let inside = path.clone();
            move || {
                let mine = |all: &Vec<shared::wire::scoring::HintView>| {
                    let mine = all.iter().filter(|it| it.path.starts_with(&inside));
                    mine.map(|it| view! { <p class="pale">{words::sentence(&it.says)}</p> }).collect_view()
                };
                scoring.hints.with(mine)
            }
        };
        view! {
            <li class="part">
                {hints}
                <Text
                    wrong=scoring.wrong
                    field=format!("{path}.says")
                    label=format!("Who they are ({number})")
                    help="In plain words: it is the reason on the item."
                    value=scoring.of(move |card| card.excluded.get(at).map(|it| it.says.clone()).unwrap_or_default())
                    set=move |text| change(at, Box::new(|segment| segment.says = text))
                />
                <Condition
                    wrong=scoring.wrong
                    path=format!("{path}.when")
                    label="When"
                    always="Always: this would exclude everybody."
                    facts
                    value=when
                    set=move |value| change(at, Box::new(|segment| segment.when = value))
                />
                <p class="row-ways">
                    <button
                        class="plain"
                        type="button"
                        on:click=move |_| {
                            scoring
                                .reshape(|card| {
                                    if at < card.excluded.len() {
                                        card.excluded.remove(at);
                                    }
                                });
                            dom::focus_soon("add-excluded");
                        }
                    >
                        {format!("Remove segment {number}")}
                    </button>
                </p>
            </li>
        }
    };
    let add = move |_| {
        let at = count.get_untracked();
        scoring.reshape(|card| {
            let id = unused("segment", card.excluded.iter().map(|it| it.id.as_str()));
            card.excluded.push(Segment { id, when: json!({}), says: String::new() });
        });
        dom::focus_soon(id_of(&format!("card.excluded[{at}].says")));
    };
    view! {
        <section class="card" aria-labelledby="excluded">
            <h3 id="excluded" tabindex="-1">
                "Not scored"
            </h3>
            <p class="quiet">"Staff, competitors, test addresses: they have no tier, and the item says why."</p>
            <fieldset class="bare" disabled=move || !scoring.may_change()>
                <legend class="hidden">"Who is not scored"</legend>
                <ul class="parts">
                    <For each=keys key=|key| *key children=one />
                </ul>
                <p>
                    <button class="button" type="button" id="add-excluded" on:click=add>
                        "Add a segment"
                    </button>
                </p>
            </fieldset>
        </section>
    }
}

/// Limits and tiers.
#[component]
fn Bounds(scoring: Scoring) -> impl IntoView {
    let wrong = scoring.wrong;
    let groups = [
        (Group::Fit, "fit", "Fit"),
        (Group::Intent, "intent", "Intent"),
        (Group::Relationship, "relationship", "Relationship"),
    ];
    let limits = groups.map(|(group, tag, name)| {
        let set = move |how: fn(&mut Range, Amount), typed: Option<f64>| {
            scoring.change(|card| {
                let range = match group {
                    Group::Fit => &mut card.limits.fit,
                    Group::Intent => &mut card.limits.intent,
                    Group::Relationship => &mut card.limits.relationship,
                };
                how(range, amount(typed));
            });
        };
        view! {
            <div class="field-row">
                <Number
                    wrong
                    field=format!("card.limits.{tag}.min")
                    label=format!("{name}, at least")
                    value=scoring.of(move |card| Some(limits_of(card, group).min.0))
                    set=move |typed| set(|range, amount| range.min = amount, typed)
                />
                <Number
                    wrong
                    field=format!("card.limits.{tag}.max")
                    label=format!("{name}, at most")
                    value=scoring.of(move |card| Some(limits_of(card, group).max.0))
                    set=move |typed| set(|range, amount| range.max = amount, typed)
                />
            </div>
            <Wrong wrong field=format!("card.limits.{tag}") />
        }
    });
    let total = move |of: fn(&Range) -> Amount| scoring.of(move |card| card.limits.total.as_ref().map(|it| of(it).0));
    let set_total = move |how: fn(&mut Range, Amount), typed: Option<f64>| {
        scoring.change(|card| {
            let mut range = card.limits.total.unwrap_or(Range { min: amount(None), max: amount(None) });
            how(&mut range, amount(typed));
            card.limits.total = Some(range).filter(|range| !(range.min.0.is_nan() && range.max.0.is_nan()));
        });
    };
    let tier = move |field: &'static str, label: &'static str, of: fn(&mut Card) -> &mut Amount| {
        view! {
            <Number
                wrong
                field
                label
                value=scoring.of(move |card| Some(of(&mut card.clone()).0))
                set=move |typed| scoring.change(|card| *of(card) = amount(typed))
            />
        }
    };
    let [fit, intent] = ["fit", "intent"].map(|tag| {
        let field = format!("card.tiers.{tag}");
        let id = id_of(&field);
        view! {
            <div id=id tabindex="-1">
                <Wrong wrong field />
            </div>
        }
    });
    view! {
        <section class="card" aria-labelledby="tiers">
            <h3 id="tiers" tabindex="-1">
                "Tiers and limits"
            </h3>
            <fieldset class="bare" disabled=move || !scoring.may_change()>
                <legend class="hidden">"Tiers and limits"</legend>
                <p class="quiet">"The letter comes from the points of fit, the number from those of intent. What is below both is C, or 3."</p>
                <div class="field-row">
                    {tier("card.tiers.fit[0]", "A begins at, in points of fit", |card| &mut card.tiers.fit[0])}
                    {tier("card.tiers.fit[1]", "B begins at, in points of fit", |card| &mut card.tiers.fit[1])}
                </div>
                {fit}
                <div class="field-row">
                    {tier("card.tiers.intent[0]", "1 begins at, in points of intent", |card| &mut card.tiers.intent[0])}
                    {tier("card.tiers.intent[1]", "2 begins at, in points of intent", |card| &mut card.tiers.intent[1])}
                </div>
                {intent}
                <p class="quiet">"Whatever the rules give, a group has no more and no less than this."</p>
                {limits}
                <div class="field-row">
                    <Number
                        wrong
                        field="card.limits.total.min"
                        label="All together, at least"
                        help="Empty for no limit."
                        value=total(|range| range.min)
                        set=move |typed| set_total(|range, amount| range.min = amount, typed)
                    />
                    <Number
                        wrong
                        field="card.limits.total.max"
                        label="All together, at most"
                        help="Empty for no limit."
                        value=total(|range| range.max)
                        set=move |typed| set_total(|range, amount| range.max = amount, typed)
                    />
                </div>
                <Wrong wrong field="card.limits.total" />
            </fieldset>
        </section>
    }
}

#[cfg(test)]
mod tests {
    use super::unused;

    #[test]
    fn a_new_name_is_nobodys() {
        assert_eq!(unused("rule", [].into_iter()), "rule_1");
        assert_eq!(unused("rule", ["a", "rule_3"].into_iter()), "rule_4");
        assert_eq!(unused("rule", ["rule_2"].into_iter()), "rule_3");
    }
}
