//! What decides a draft, and what must not get worse meanwhile.

use leptos::prelude::*;
use shared::wire::experiment::Measure;

use super::editing::Editing;
use super::numbers::percent;
use super::{edit, measures};
use crate::parts::{Number, Select, Wrong};

/// The part of the form.
#[component]
pub fn Decides(editing: Editing) -> impl IntoView {
    let choices = measures::DECIDING
        .map(|measure| (measures::tag(measure).to_owned(), measures::name(measure).to_owned()))
        .into();
    let metric = editing.of(|edit| edit.metric);
    // What was written by hand may guard more than the form offers.
    let others = editing.edit.with_untracked(|edit| {
        let others = edit.guardrails.iter().map(|guard| guard.measure);
        others.filter(|measure| !measures::GUARDS.contains(measure)).collect::<Vec<_>>()
    });
    let guards = measures::GUARDS.into_iter().chain(others).map(|measure| view! { <Guarded editing measure /> });
    view! {
        <section class="card" aria-labelledby="decides">
            <h2 id="decides">"What decides"</h2>
            <div>
                <Select
                    wrong=editing.wrong
                    field="metric"
                    label="The better prompt brings more"
                    choices
                    value=editing.of(|edit| measures::tag(edit.metric).to_owned())
                    set=move |tag| {
                        if let Some(measure) = measures::of(&tag) {
                            editing.change(|edit| edit.metric = measure);
                        }
                    }
                />
                <p class="quiet">{move || measures::means(metric.get())}</p>
            </div>
            <fieldset class="bare" id="edit-guardrails" tabindex="-1">
                <legend>"What must not get worse"</legend>
                <p class="quiet">"Guardrails: a prompt that sells more and annoys people is no winner. Where one is hit, the page says so at once."</p>
                {guards.collect_view()}
                <Wrong wrong=editing.wrong field="guardrails" />
            </fieldset>
        </section>
    }
}

/// Something that may be guarded, and by how much it may get worse.
#[component]
fn Guarded(editing: Editing, measure: Measure) -> impl IntoView {
    let place = editing.of(move |edit| edit.guardrails.iter().position(|guard| guard.measure == measure));
    let turn = move |on: bool| {
        editing.change(|edit| {
            edit.guardrails.retain(|guard| guard.measure != measure);
            if on {
                edit.guardrails.push(edit::guard(measure));
            }
        });
    };
    let is_time = measure == Measure::Cost;
    let margin = move |at: usize| {
        let value = editing.of(move |edit| {
            edit.guardrails.get(at).map(|guard| if is_time { guard.margin } else { percent(guard.margin) })
        });
        let set = move |typed: Option<f64>| {
            let typed = typed.unwrap_or(f64::NAN);
            editing.change(|edit| {
                if let Some(guard) = edit.guardrails.get_mut(at) {
                    guard.margin = if is_time { typed } else { typed / 100.0 };
                }
            });
        };
        view! {
            <Number
                wrong=editing.wrong
                field=format!("guardrails[{at}].margin")
                label=if is_time { "May rise by, in milliseconds" } else { "May rise by, in percentage points" }
                value
                set
            />
        }
    };
    view! {
        <div class="exp-guard">
            <label class="choice">
                <input
                    type="checkbox"
                    prop:checked=move || place.get().is_some()
                    on:change=move |event| turn(event_target_checked(&event))
                />
                <span>{measures::name(measure)} <span class="quiet">" \u{b7} " {measures::means(measure)}</span></span>
            </label>
            {move || place.get().map(margin)}
        </div>
    }
}
