//! Points of the first case that holds.

use leptos::prelude::*;
use serde_json::json;
use shared::wire::card::{Amount, Branch, ScoreRule};

use super::super::editing::Scoring;
use super::amount;
use super::parts::Parts;
use crate::dom;
use crate::parts::{Condition, Facts, Number, Text, id_of};

/// The cases, in the order in which they are tried.
#[component]
pub fn Cases(scoring: Scoring, at: usize, facts: Facts) -> impl IntoView {
    view! {
        <Parts
            scoring
            at
            list="first"
            one="case"
            count=|rule| rule.first.as_ref().map_or(0, Vec::len)
            add=|rule| {
                if let Some(branches) = &mut rule.first {
                    branches.push(Branch { when: json!({}), ..Branch::default() });
                }
            }
            remove=|rule, place| {
                if let Some(branches) = rule.first.as_mut().filter(|all| place < all.len()) {
                    branches.remove(place);
                }
            }
            part=move |place| view! { <Case scoring at facts place /> }
        />
        <Number
            wrong=scoring.wrong
            field=format!("card.rules[{at}].otherwise")
            label="Points where none holds"
            help="Empty for none."
            value=scoring.of_rule(at, |rule| rule.otherwise.map(|it| it.0))
            set=move |typed| scoring.change_rule(at, |rule| rule.otherwise = typed.map(Amount))
        />
    }
}

#[component]
fn Case(scoring: Scoring, at: usize, facts: Facts, place: usize) -> impl IntoView {
    let path = format!("card.rules[{at}].first[{place}]");
    let change = move |how: Box<dyn FnOnce(&mut Branch)>| {
        scoring.change_rule(at, |rule| {
            if let Some(branch) = rule.first.as_mut().and_then(|all| all.get_mut(place)) {
                how(branch);
            }
        });
    };
    let branch = move |rule: &ScoreRule| rule.first.as_ref().and_then(|all| all.get(place)).cloned();
    let when = scoring
        .card
        .with_untracked(|card| card.rules.get(at).and_then(branch).map(|branch| branch.when))
        .unwrap_or_default();
    let says = scoring.of_rule(at, move |rule| branch(rule).and_then(|it| it.says).unwrap_or_default());
    let points = scoring.of_rule(at, move |rule| branch(rule).and_then(|it| it.points).map(|it| it.0));
    let number = place + 1;
    let earlier = move |_| {
        scoring.reshape(|card| {
            if let Some(branches) = card.rules.get_mut(at).and_then(|rule| rule.first.as_mut()) {
                branches.swap(place - 1, place);
            }
        });
        dom::focus_soon(id_of(&format!("card.rules[{at}].first[{}].points", place - 1)));
    };
    let earlier = (place > 0).then(|| {
        view! {
            <p>
                <button class="plain" type="button" on:click=earlier>
                    "Move it up"
                    <span class="hidden">{format!(" (case {number})")}</span>
                </button>
            </p>
        }
    });
    view! {
        <Condition
            wrong=scoring.wrong
            path=format!("{path}.when")
            label=format!("Case {number}: when")
            always="Always: no case after this one is reached."
            facts
            value=when
            set=move |value| change(Box::new(|branch| branch.when = value))
        />
        <div class="field-row">
            <Number
                wrong=scoring.wrong
                field=format!("{path}.points")
                label="Points"
                value=points
                set=move |typed| change(Box::new(move |branch| branch.points = Some(amount(typed))))
            />
            <Text
                wrong=scoring.wrong
                field=format!("{path}.says")
                label="In plain words"
                help="Empty for the words of the rule."
                value=says
                set=move |text| change(Box::new(|branch| branch.says = Some(text).filter(|text| !text.is_empty())))
            />
        </div>
        {earlier}
    }
}
