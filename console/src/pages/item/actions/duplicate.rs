//! Closing an item as the same as another one: one of this person's, or any by its reference.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::wire::console::{Act, ItemRow};

use super::Doing;
use super::forms::Sheet;
use crate::api::{self, Failure};
use crate::app::Leaving;
use crate::parts::When;
use crate::{dom, words};

/// Links it to what was chosen, or to the item of the reference that was typed.
fn link(doing: Doing) {
    let reference = doing.reference.get_untracked().trim().to_owned();
    let of = doing.of.get_untracked();
    if reference.is_empty() {
        if of.is_empty() {
            doing.refused.set(Some("Say which item it is the same as.".to_owned()));
            dom::focus("duplicate-form");
        } else {
            doing.act(Act::Duplicate { of }, "Closed as the same");
        }
        return;
    }
    spawn_local(async move {
        let answer = api::search(&reference, None).await;
        let found =
            answer.map(|page| page.items.into_iter().find(|row| row.reference.eq_ignore_ascii_case(&reference)));
        match found {
            Ok(Some(row)) => doing.act(Act::Duplicate { of: row.id }, "Closed as the same"),
            Ok(None) => {
                let _ = doing.refused.try_set(Some("No item of your queues has this reference.".to_owned()));
                dom::focus("duplicate-reference");
            }
            Err(Failure::SignedOut) => doing.desk.signed_out(Leaving::Ended),
            Err(failure) => {
                let _ = doing.refused.try_set(Some(failure.sentence()));
            }
        }
    });
}

/// The form.
#[component]
pub fn DuplicateForm(doing: Doing, others: Memo<Vec<ItemRow>>) -> impl IntoView {
    let choice = move |row: ItemRow| {
        let (id, is) = (row.id.clone(), row.id.clone());
        let state = words::state(&row, &doing.desk.my_id());
        view! {
            <label class="choice">
                <input
                    type="radio"
                    name="duplicate-of"
                    prop:checked=move || doing.of.with(|of| *of == is)
                    on:change=move |_| {
                        doing.of.set(id.clone());
                        doing.reference.set(String::new());
                    }
                />
                <span class="choice-text">
                    <span class="outcome" dir="auto">
                        {row.summary}
                    </span>
                    " "
                    <span class="quiet">
                        <bdi>{state}</bdi>
                        ", "
                        <When at=Signal::stored(row.opened_at) />
                        ", "
                        <span class="code">{row.reference}</span>
                    </span>
                </span>
            </label>
        }
    };
    let theirs = move || {
        let rows = others.get();
        (!rows.is_empty()).then(|| {
            view! {
                <fieldset aria-describedby="refused">
                    <legend>"Which of their items is it the same as?"</legend>
                    <div class="choices">{rows.into_iter().map(choice).collect_view()}</div>
                </fieldset>
            }
        })
    };
    let label = move || {
        if others.with(Vec::is_empty) {
            "The reference of the item that it is the same as"
        } else {
            "Or the reference of another item"
        }
    };
    view! {
        <Sheet doing label="The same as another item" id="duplicate-form" save="Close as the same" does=move || link(doing)>
            <p class="quiet">"This one is closed, and linked: the promise that was made first is the one that counts."</p>
            {theirs} <label for="duplicate-reference">{label}</label>
            <input
                id="duplicate-reference"
                class="control"
                type="text"
                maxlength="40"
                autocomplete="off"
                spellcheck="false"
                aria-describedby="refused"
                prop:value=doing.reference
                on:input=move |event| doing.reference.set(event_target_value(&event))
            />
        </Sheet>
    }
}
