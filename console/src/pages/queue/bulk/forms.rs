//! The forms of what asks for something, for many items at once. What is typed stays until it is done.

use leptos::prelude::*;
use shared::wire::console::{MemberRef, Outcome, Resting};

use super::{Bulk, Form};
use crate::words;

/// What the forms share: Escape and Cancel leave it.
#[component]
fn Sheet(
    bulk: Bulk,
    label: &'static str,
    /// What is on its button.
    save: &'static str,
    does: impl Fn() + 'static,
    children: Children,
) -> impl IntoView {
    view! {
        <form
            class="bulk-form"
            aria-label=label
            on:submit=move |event| {
                event.prevent_default();
                does();
            }
            on:keydown=move |event| {
                if event.key() == "Escape" {
                    event.prevent_default();
                    bulk.show(Form::Neither);
                }
            }
        >
            {children()}
            <div class="buttons">
                <button class="button main" type="submit" aria-disabled=move || bulk.busy.get().to_string()>
                    {save}
                </button>
                <button class="button" type="button" on:click=move |_| bulk.show(Form::Neither)>
                    "Cancel"
                </button>
            </div>
        </form>
    }
}

/// To whom they are given, and why.
#[component]
pub fn GiveForm(bulk: Bulk) -> impl IntoView {
    let choice = move |member: MemberRef| {
        let id = member.id.clone();
        view! {
            <option value=member.id selected=move || bulk.to.with(|to| *to == id)>
                {member.name}
            </option>
        }
    };
    view! {
        <Sheet bulk label="Give to somebody" save="Give away" does=move || bulk.give()>
            <div class="field">
                <label for="bulk-to">"Who gets them"</label>
                <select
                    id="bulk-to"
                    aria-describedby="bulk-refused"
                    on:change=move |event| bulk.to.set(event_target_value(&event))
                >
                    <option value="" selected=move || bulk.to.with(String::is_empty)>
                        "Choose somebody"
                    </option>
                    {move || bulk.colleagues.get().into_iter().map(choice).collect_view()}
                </select>
            </div>
            <div class="field">
                <label for="bulk-why">"Why"</label>
                <input
                    id="bulk-why"
                    type="text"
                    dir="auto"
                    autocomplete="off"
                    aria-describedby="bulk-refused"
                    prop:value=bulk.why
                    on:input=move |event| bulk.why.set(event_target_value(&event))
                />
            </div>
        </Sheet>
    }
}

/// What became of them.
#[component]
pub fn CloseForm(bulk: Bulk, outcomes: Memo<Vec<Outcome>>) -> impl IntoView {
    let choice = move |(at, outcome): (usize, Outcome)| {
        view! {
            <option value=at.to_string() selected=move || bulk.outcome.get() == Some(outcome)>
                {words::outcome(outcome)}
            </option>
        }
    };
    let chosen = move |value: String| {
        let at = value.parse::<usize>().ok();
        bulk.outcome.set(at.and_then(|at| outcomes.with_untracked(|all| all.get(at).copied())));
    };
    view! {
        <Sheet bulk label="Close" save="Close" does=move || bulk.close()>
            <div class="field">
                <label for="bulk-outcome">"What became of them"</label>
                <select
                    id="bulk-outcome"
                    aria-describedby="bulk-refused"
                    on:change=move |event| chosen(event_target_value(&event))
                >
                    <option value="" selected=move || bulk.outcome.get().is_none()>
                        "Choose an outcome"
                    </option>
                    {move || outcomes.get().into_iter().enumerate().map(choice).collect_view()}
                </select>
            </div>
            <div class="field">
                <label for="bulk-reason">
                    "Reason " <span class="quiet">"(optional)"</span>
                </label>
                <input
                    id="bulk-reason"
                    type="text"
                    dir="auto"
                    autocomplete="off"
                    prop:value=bulk.reason
                    on:input=move |event| bulk.reason.set(event_target_value(&event))
                />
            </div>
        </Sheet>
    }
}

/// What they wait for, and until when.
#[component]
pub fn RestForm(bulk: Bulk) -> impl IntoView {
    let waits = move || bulk.rest.get() == Resting::Waiting;
    let chosen = move |value: String| bulk.rest.set(Resting::from_tag(&value).unwrap_or(Resting::Waiting));
    let option = move |why: Resting, says: &'static str| {
        view! {
            <option value=why.tag() selected=move || bulk.rest.get() == why>
                {says}
            </option>
        }
    };
    view! {
        <Sheet bulk label="Let it rest" save="Let it rest" does=move || bulk.let_rest()>
            <div class="field">
                <label for="bulk-rest">"What they wait for"</label>
                <select id="bulk-rest" on:change=move |event| chosen(event_target_value(&event))>
                    {option(Resting::Waiting, "The visitor: promises stand still")}
                    {option(Resting::Snoozed, "A better time: promises go on")}
                </select>
            </div>
            <div class="field">
                <label for="bulk-until">
                    "Until " <span class="quiet">{move || if waits() { "(optional)" } else { "" }}</span>
                </label>
                <input
                    id="bulk-until"
                    type="datetime-local"
                    aria-describedby="bulk-refused"
                    prop:value=bulk.until
                    on:input=move |event| bulk.until.set(event_target_value(&event))
                />
            </div>
        </Sheet>
    }
}
