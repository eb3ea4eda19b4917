//! One rule of the card: a line that says what it gives, and its form where it is open.

mod cases;
mod gives;
mod more;
mod parts;
mod signals;
mod sum;

use leptos::prelude::*;
use shared::wire::card::{Amount, Branch, Events, Group, ScoreRule, Sum};

use super::editing::Scoring;
use crate::parts::{Condition, Facts, Number, Select, Text, Wrong, id_of};
use crate::{dom, words};

use cases::Cases;
use gives::gives;
use more::More;
use signals::BySignals;
pub use signals::SIGNALS;
use sum::BySum;

/// A number that must be given, as it is typed.
pub fn amount(typed: Option<f64>) -> Amount {
    Amount(typed.unwrap_or(f64::NAN))
}

/// The line of a rule, and its form where it is open.
#[component]
pub fn Rule(scoring: Scoring, at: usize, facts: Facts) -> impl IntoView {
    let is_open = Memo::new(move |_| scoring.open.get() == Some(at));
    let inside = format!("card.rules[{at}]");
    let wrongs = {
        let inside = inside.clone();
        Memo::new(move |_| scoring.wrong.with(|all| all.iter().filter(|it| it.field.starts_with(&inside)).count()))
    };
    let hints = {
        let inside = inside.clone();
        Memo::new(move |_| scoring.hints.with(|all| all.iter().filter(|it| it.path.starts_with(&inside)).count()))
    };
    let says = scoring.of_rule(at, |rule| rule.says.clone());
    let gives = scoring.of_rule(at, gives);
    let mark = move || match (wrongs.get(), hints.get()) {
        (0, 0) => None,
        (0, odd) => Some(view! { <span class="mark odd">{words::counted(odd, "hint", "hints")}</span> }),
        (wrong, _) => Some(view! { <span class="mark wrong">{words::counted(wrong, "problem", "problems")}</span> }),
    };
    let toggle = move |_| scoring.open.set((!is_open.get_untracked()).then_some(at));
    let name = move || says.with(|says| if says.is_empty() { "A new rule".to_owned() } else { says.clone() });
    view! {
        <li class="rule-line" class:open=is_open>
            <h4>
                <button class="rule-head" type="button" aria-expanded=move || is_open.get().to_string() on:click=toggle
                    id=format!("{}-head", id_of(&inside))>
                    <bdi class="rule-says">{name}</bdi>
                    {mark}
                    <span class="points">{gives}</span>
                </button>
            </h4>
            <Show when=move || is_open.get()>
                <Form scoring at facts />
            </Show>
        </li>
    }
}

#[component]
fn Form(scoring: Scoring, at: usize, facts: Facts) -> impl IntoView {
    let path = format!("card.rules[{at}]");
    let when = scoring.card.with_untracked(|card| card.rules.get(at).map(|rule| rule.when.clone())).unwrap_or_default();
    let gives = scoring.of_rule(at, kind_of);
    let kinds = [
        ("points", "Always the same points"),
        ("first", "The points of the first case that holds"),
        ("sum", "Points by a number"),
        ("events", "Points by what they did"),
        ("", "Choose"),
    ];
    let groups = [("fit", "Fit"), ("intent", "Intent"), ("relationship", "Relationship")];
    let choices = |choices: &[(&str, &str)]| -> Vec<(String, String)> {
        choices.iter().map(|(tag, says)| ((*tag).to_owned(), (*says).to_owned())).collect()
    };
    let wrong = scoring.wrong;
    let body = move || match gives.get() {
        "points" => view! { <Points scoring at /> }.into_any(),
        "first" => view! { <Cases scoring at facts /> }.into_any(),
        "sum" => view! { <BySum scoring at facts /> }.into_any(),
        "events" => view! { <BySignals scoring at /> }.into_any(),
        _ => ().into_any(),
    };
    let hints = {
        let inside = path.clone();
        move || {
            let mine = |all: &Vec<shared::wire::scoring::HintView>| {
                let mine = all.iter().filter(|it| it.path.starts_with(&inside)).map(|it| words::sentence(&it.says));
                mine.map(|says| view! { <p class="pale">{says}</p> }).collect_view()
            };
            scoring.hints.with(mine)
        }
    };
    view! {
        <fieldset class="rule-form" disabled=!untrack(|| scoring.may_change()) id=id_of(&path) tabindex="-1">
            <legend class="hidden">"The rule"</legend>
            {hints}
            <Text
                wrong
                field=format!("{path}.says")
                label="In plain words"
                help="Staff read it on each item that it counts for."
                value=scoring.of_rule(at, |rule| rule.says.clone())
                set=move |text| scoring.change_rule(at, |rule| rule.says = text)
            />
            <Condition
                wrong=scoring.wrong
                path=format!("{path}.when")
                label="Counts when"
                always="Always: it counts for everybody."
                facts
                value=when
                set=move |value| scoring.change_rule(at, |rule| rule.when = value)
            />
            <div class="field-row">
                <Select
                    wrong
                    field=format!("{path}.gives")
                    label="What it gives"
                    choices=choices(kinds.get(..if kind_is_none(scoring, at) { 5 } else { 4 }).unwrap_or_default())
                    value=Signal::derive(move || gives.get().to_owned())
                    set=move |tag| scoring.change_rule(at, |rule| give(rule, &tag))
                />
                <Select
                    wrong
                    field=format!("{path}.group")
                    label="Counts in"
                    choices=choices(&groups)
                    value=scoring.of_rule(at, |rule| rule.group.map(group_tag).unwrap_or_default().to_owned())
                    set=move |tag| {
                        scoring.reshape(|card| {
                            if let Some(rule) = card.rules.get_mut(at) {
                                rule.group = group_of(&tag);
                            }
                        });
                        dom::focus_soon(id_of(&format!("card.rules[{at}].group")));
                    }
                />
            </div>
            <Wrong wrong field=path.clone() />
            {body}
            <More scoring at />
            <p class="row-ways">
                <button
                    class="plain"
                    type="button"
                    on:click=move |_| {
                        let group = scoring
                            .card
                            .with_untracked(|card| card.rules.get(at).and_then(|rule| rule.group))
                            .unwrap_or(Group::Fit);
                        scoring.open.set(None);
                        scoring
                            .reshape(|card| {
                                if at < card.rules.len() {
                                    card.rules.remove(at);
                                }
                            });
                        dom::focus_soon(format!("add-{}", group_tag(group)));
                    }
                >
                    "Remove this rule"
                </button>
            </p>
        </fieldset>
    }
}

fn kind_is_none(scoring: Scoring, at: usize) -> bool {
    scoring.card.with_untracked(|card| card.rules.get(at).is_none_or(|rule| kind_of(rule).is_empty()))
}

#[component]
fn Points(scoring: Scoring, at: usize) -> impl IntoView {
    view! {
        <Number
            wrong=scoring.wrong
            field=format!("card.rules[{at}].points")
            label="Points"
            help="Negative takes."
            value=scoring.of_rule(at, |rule| rule.points.map(|it| it.0))
            set=move |typed| scoring.change_rule(at, |rule| rule.points = Some(amount(typed)))
        />
    }
}

/// What a rule gives, as [`give`] takes it; empty where it gives nothing yet.
fn kind_of(rule: &ScoreRule) -> &'static str {
    match (&rule.points, &rule.first, &rule.sum, &rule.events) {
        (Some(_), None, None, None) => "points",
        (None, Some(_), None, None) => "first",
        (None, None, Some(_), None) => "sum",
        (None, None, None, Some(_)) => "events",
        _ => "",
    }
}

/// Lets a rule give something else, to be filled in.
fn give(rule: &mut ScoreRule, kind: &str) {
    let points = rule.points.take().unwrap_or(amount(None));
    (rule.first, rule.otherwise, rule.sum, rule.events) = (None, None, None, None);
    let always = || serde_json::json!({});
    match kind {
        "first" => rule.first = Some(vec![Branch { when: always(), points: Some(points), says: None }]),
        "sum" => rule.sum = Some(Sum { each: Some(points), ..Sum::default() }),
        "events" => rule.events = Some(Events { when: always(), points: Some(points), ..Events::default() }),
        _ => rule.points = Some(points),
    }
}

/// The tag of a group.
pub fn group_tag(group: Group) -> &'static str {
    match group {
        Group::Fit => "fit",
        Group::Intent => "intent",
        Group::Relationship => "relationship",
    }
}

fn group_of(tag: &str) -> Option<Group> {
    [Group::Fit, Group::Intent, Group::Relationship].into_iter().find(|group| group_tag(*group) == tag)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn rule(of: serde_json::Value) -> ScoreRule {
        serde_json::from_value(of).unwrap()
    }

    #[test]
    fn a_rule_gives_one_thing_whatever_it_gave_before() {
        let mut one = rule(json!({ "points": 8 }));
        for kind in ["first", "events", "sum", "points"] {
            give(&mut one, kind);
            assert_eq!(kind_of(&one), kind);
        }
    }
}
