//! At the foot of a draft: what is wrong and what is odd, saving it, starting it, and throwing it away.

use leptos::prelude::*;

use super::editing::Editing;
use crate::parts::Sure;
use crate::words;

/// The bar.
#[component]
pub fn SaveBar(editing: Editing) -> impl IntoView {
    let is_changed = Memo::new(move |_| editing.is_changed());
    let is_sound = Memo::new(move |_| editing.wrong.with(Vec::is_empty));
    let busy = move || editing.busy.get().to_string();
    let is_new = editing.is_new();
    let (starting, throwing) = (RwSignal::new(false), RwSignal::new(false));
    view! {
        <div class="card exp-save">
            {move || editing.refused.get().map(|why| view! { <p class="refused" role="alert">{why}</p> })}
            <Found editing />
            <div class="buttons">
                <button class="button" class:main=move || is_new || is_changed.get() type="submit" id="edit-save" aria-disabled=busy>
                    "Save the draft"
                </button>
                {(!is_new)
                    .then(|| {
                        view! {
                            <button
                                class="button"
                                class:main=move || !is_changed.get()
                                type="button"
                                id="start"
                                aria-disabled=move || (editing.busy.get() || !is_sound.get()).to_string()
                                on:click=move |_| {
                                    if is_sound.get_untracked() {
                                        starting.set(true);
                                    }
                                }
                            >
                                {move || if is_changed.get() { "Save and start\u{2026}" } else { "Start\u{2026}" }}
                            </button>
                        }
                    })}
                {move || {
                    is_changed
                        .get()
                        .then(|| {
                            view! {
                                <button class="button" type="button" on:click=move |_| editing.discard()>
                                    "Discard changes"
                                </button>
                            }
                        })
                }}
                {(!is_new)
                    .then(|| {
                        view! {
                            <button class="plain" type="button" aria-disabled=busy on:click=move |_| throwing.set(true)>
                                "Throw the draft away\u{2026}"
                            </button>
                        }
                    })}
                {move || is_changed.get().then(|| view! { <p class="quiet">"Not saved yet."</p> })}
            </div>
        </div>
        <Sure asked=starting title="Start it now?" does="Start" then=Callback::new(move |()| editing.start())>
            <p>
                "From now on visitors are given an arm, and see the same one each time. You can let more or fewer take part, stop it or declare a winner at any time. The words and what decides cannot be changed while it runs."
            </p>
            <p>{move || editing.plan.get().map(|plan| plan.says)}</p>
        </Sure>
        <Sure asked=throwing title="Throw the draft away?" does="Throw it away" then=Callback::new(move |()| editing.throw_away())>
            <p>"No visitor has seen it. It cannot be brought back."</p>
        </Sure>
    }
}

/// What is wrong with what has no field, and what is odd.
#[component]
fn Found(editing: Editing) -> impl IntoView {
    let lines = move || {
        let wrong =
            editing.elsewhere.get().into_iter().map(|says| view! { <li data-level="wrong">{says}</li> }).collect_view();
        let hints = editing.hints.get().into_iter();
        let odd = hints.map(|hint| view! { <li data-level="note">{words::sentence(&hint.says)}</li> }).collect_view();
        view! {
            {wrong}
            {odd}
        }
    };
    let is_there = move || !editing.elsewhere.with(Vec::is_empty) || !editing.hints.with(Vec::is_empty);
    let count = move || match editing.wrong.with(Vec::len) {
        0 => String::new(),
        many => format!(
            "{} before it can be saved.",
            words::counted(many, "thing needs another look", "things need another look")
        ),
    };
    view! {
        <p class="field-wrong" role="status">
            {count}
        </p>
        {move || {
            is_there()
                .then(|| {
                    view! {
                        <div class="found">
                            <ul aria-label="What was found">{lines}</ul>
                        </div>
                    }
                })
        }}
    }
}
