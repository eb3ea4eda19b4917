//! Who takes part in a draft: of all visitors how many, shared out how, and whom it is for.

use leptos::prelude::*;
use serde_json::Value;

use super::editing::Editing;
use super::numbers::{self, percent};
use super::{edit, weights};
use crate::parts::{Condition, Number};

/// The part of the form.
#[component]
pub fn Audience(editing: Editing) -> impl IntoView {
    view! {
        <section class="card" aria-labelledby="takes-part">
            <h2 id="takes-part">"Who takes part"</h2>
            <Number
                wrong=editing.wrong
                field="coverage"
                label="Share of visitors, in percent"
                help="The others see A and are not counted. You can begin small, and raise it while it runs."
                value=editing.of(|edit| Some(percent(edit.coverage)))
                set=move |typed| editing.change(|edit| edit.coverage = of_percent(typed))
            />
            <Shares editing />
            {move || {
                editing.shape.track();
                view! { <Whom editing /> }
            }}
        </section>
    }
}

/// How those who take part are shared out.
#[component]
fn Shares(editing: Editing) -> impl IntoView {
    let count = editing.of(|edit| edit.arms.len());
    let places = move || {
        let shape = editing.shape.get();
        (0..count.get()).map(move |at| (shape, at)).collect::<Vec<_>>()
    };
    let one = move |at: usize| {
        let letter =
            editing.edit.with_untracked(|edit| edit.arms.get(at).map(|arm| arm.key.to_uppercase())).unwrap_or_default();
        view! {
            <Number
                wrong=editing.wrong
                field=format!("arms[{at}].weight")
                label=format!("{letter}, in percent")
                value=editing.of(move |edit| edit.arms.get(at).map(|arm| percent(arm.weight)))
                set=move |typed| {
                    editing
                        .change(|edit| {
                            if let Some(arm) = edit.arms.get_mut(at) {
                                arm.weight = of_percent(typed);
                            }
                        });
                }
            />
        }
    };
    let all = editing.of(edit::weights_of);
    let equally = move |_| {
        editing.change(|draft| {
            let shares = weights::equal(draft.arms.len());
            for (arm, share) in draft.arms.iter_mut().zip(shares) {
                arm.weight = share;
            }
        });
    };
    view! {
        <fieldset class="bare">
            <legend>"Of those, each arm gets"</legend>
            <div class="exp-shares">
                <For each=places key=|place| *place children=move |(_, at)| one(at) />
            </div>
            <Sum weights=all />
            {move || {
                all.with(|all| is_uneven(all))
                    .then(|| {
                        view! {
                            <p>
                                <button class="plain" type="button" on:click=equally>
                                    "Share equally"
                                </button>
                                <span class="quiet">" Equal shares take the fewest days."</span>
                            </p>
                        }
                    })
            }}
        </fieldset>
    }
}

/// What shares come to; loud where that is not the whole.
#[component]
pub fn Sum(#[prop(into)] weights: Signal<Vec<f64>>) -> impl IntoView {
    let says = move || {
        weights.with(|weights| match (weights::are_whole(weights), weights::sum(weights)) {
            (true, _) => (true, "Together 100\u{a0}%.".to_owned()),
            (false, sum) if sum.is_finite() => {
                (false, format!("Together {}: they must come to 100\u{a0}%.", numbers::share(sum)))
            }
            (false, _) => (false, "Type a number for each.".to_owned()),
        })
    };
    view! {
        <p role="status" class=move || if says().0 { "quiet" } else { "field-wrong" }>
            {move || says().1}
        </p>
    }
}

#[component]
fn Whom(editing: Editing) -> impl IntoView {
    let facts = StoredValue::new(untrack(|| editing.there(|view| view.facts.clone())));
    let value = editing
        .edit
        .with_untracked(|edit| edit.audience.clone())
        .unwrap_or_else(|| Value::Object(serde_json::Map::new()));
    let set = move |value: Value| {
        let is_empty = value.as_object().is_some_and(serde_json::Map::is_empty);
        editing.change(|edit| edit.audience = (!is_empty).then_some(value));
    };
    view! {
        <Condition
            wrong=editing.wrong
            path="audience"
            label="Audience"
            always="Everybody who would see the prompt."
            facts
            value
            set
        />
    }
}

fn is_uneven(shares: &[f64]) -> bool {
    let even = weights::equal(shares.len());
    shares.iter().zip(even).any(|(share, even)| share.is_nan() || (share - even).abs() >= 1e-3)
}

/// A share, from what is typed as percent; not-a-number for what is none.
pub fn of_percent(typed: Option<f64>) -> f64 {
    typed.unwrap_or(f64::NAN) / 100.0
}
