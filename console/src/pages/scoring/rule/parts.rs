//! A list of parts of a rule: cases, or bands. Each can be taken away, and one more added.

use leptos::prelude::*;
use shared::wire::card::ScoreRule;

use super::super::editing::Scoring;
use crate::dom;
use crate::parts::{Wrong, id_of};

/// The list, and the button that adds to it.
#[component]
pub fn Parts<V: IntoView + 'static>(
    scoring: Scoring,
    at: usize,
    /// Below the rule: `first`.
    list: &'static str,
    /// What one of them is called: `case`.
    one: &'static str,
    /// How many there are.
    count: fn(&ScoreRule) -> usize,
    /// Adds one at the end.
    add: fn(&mut ScoreRule),
    /// Takes one away.
    remove: fn(&mut ScoreRule, usize),
    /// What stands in one, by its place; the button that takes it away comes below.
    part: impl Fn(usize) -> V + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let path = format!("card.rules[{at}].{list}");
    let add_id = format!("{}-add", id_of(&path));
    let count = scoring.of_rule(at, count);
    let places = move || {
        let shape = scoring.shape.get();
        (0..count.get()).map(|place| (shape, place)).collect::<Vec<_>>()
    };
    let reshape = move |how: Box<dyn FnOnce(&mut ScoreRule)>| {
        scoring.reshape(|card| {
            if let Some(rule) = card.rules.get_mut(at) {
                how(rule);
            }
        });
    };
    let line = {
        let add_id = add_id.clone();
        move |(_, place): (u32, usize)| {
            let add_id = add_id.clone();
            let take = move |_| {
                reshape(Box::new(move |rule| remove(rule, place)));
                dom::focus_soon(add_id.clone());
            };
            view! {
                <li class="part">
                    {part(place)}
                    <p class="row-ways">
                        <button class="plain" type="button" on:click=take>
                            {format!("Remove {one} {}", place + 1)}
                        </button>
                    </p>
                </li>
            }
        }
    };
    let more = {
        let path = path.clone();
        move |_| {
            let place = count.get_untracked();
            reshape(Box::new(add));
            dom::focus_soon(id_of(&format!("{path}[{place}].points")));
        }
    };
    view! {
        <ol class="parts" id=id_of(&path) tabindex="-1">
            <For each=places key=|key| *key children=line />
        </ol>
        <Wrong wrong=scoring.wrong field=path.clone() />
        <p>
            <button class="plain" type="button" id=add_id on:click=more>
                {format!("Add a {one}")}
            </button>
        </p>
    }
}
