//! All that is decided about a destination, as a form: what it is called, what it is told of, and how it is reached.

use leptos::prelude::*;
use shared::wire::destination::{Destination, EventKind};
use shared::wire::sites::Named;

use super::editing::Editing;
use super::kinds::Kind;
use crate::app::{BASE, Desk};
use crate::dom;
use crate::parts::{Condition, SaveBar, Several, Text};

/// What one can be told of: the kind, what names it here, and the words.
const EVENTS: [(EventKind, &str, &str); 2] = [
    (EventKind::Opened, "opened", "An item was opened: somebody wrote"),
    (EventKind::Closed, "closed", "An item was closed, has another outcome, or is open again"),
];

/// The form.
#[component]
pub fn Editor(editing: Editing) -> impl IntoView {
    view! {
        <form
            class="card editor destination-editor"
            aria-labelledby="settings"
            novalidate
            on:submit=move |event| {
                event.prevent_default();
                editing.save();
            }
        >
            <h2 id="settings" tabindex="-1">
                "Settings"
            </h2>
            // What keeps a text of its own begins anew with what is discarded.
            {move || {
                editing.shape.track();
                view! {
                    <Names editing />
                    <Kind editing />
                    <Told editing />
                }
            }}
            <SaveBar
                saving=editing.saving
                save=if editing.is_new() { "Add the destination" } else { "Save" }
                is_changed=Signal::derive(move || editing.is_changed())
                discard=Callback::new(move |()| {
                    editing.discard();
                    dom::focus_soon("settings");
                })
            >
                <a class="button" href=format!("{BASE}/destinations")>
                    "Back"
                </a>
            </SaveBar>
        </form>
    }
}

/// What it is called.
#[component]
fn Names(editing: Editing) -> impl IntoView {
    let wrong = editing.saving.wrong;
    let id = editing.is_new().then(|| {
        view! {
            <Text
                wrong
                field="id"
                label="Short name"
                help="It stands in logs, and stays as it is from now on: small letters, digits, _ and -."
                value=editing.text(|edit| edit.id.clone())
                set=move |text| editing.change(|edit| edit.id = text)
            />
        }
    });
    view! {
        <Text
            wrong
            field="name"
            label="Name"
            help="Staff read it here and on items."
            value=editing.text(|edit| edit.name.clone())
            set=move |text| editing.rename(text)
        />
        {id}
    }
}

/// What it is told of.
#[component]
fn Told(editing: Editing) -> impl IntoView {
    let wrong = editing.saving.wrong;
    let facts = Desk::here().destinations.view.with_untracked(|view| view.as_ref().map(|view| view.facts.clone()));
    let facts = StoredValue::new(facts.unwrap_or_default());
    let choices = EVENTS.map(|(_, id, name)| Named { id: id.to_owned(), name: name.to_owned() }).to_vec();
    let events = Memo::new(move |_| {
        let chosen = |edit: &Destination| {
            let chosen = EVENTS.into_iter().filter(|(kind, ..)| edit.events.contains(kind));
            chosen.map(|(_, id, _)| id.to_owned()).collect::<Vec<_>>()
        };
        editing.edit.with(chosen)
    });
    let choose = move |ids: &[String]| {
        let chosen = EVENTS.into_iter().filter(|(_, id, _)| ids.iter().any(|it| it == id));
        let events = chosen.map(|(kind, ..)| kind).collect();
        editing.change(|edit| edit.events = events);
    };
    let when = editing.edit.with_untracked(|edit| edit.when.clone());
    view! {
        <fieldset class="field-group">
            <legend>"What it is told of"</legend>
            <div class="wide">
            <Several
                wrong
                field="events"
                label="It is told when"
                none=""
                choices=Signal::stored(choices)
                values=events
                change=move |how| {
                    let mut ids = events.get_untracked();
                    how(&mut ids);
                    choose(&ids);
                }
            />
            </div>
            <div class="wide">
                <Condition
                    wrong
                    path="when"
                    label="Of which items"
                    always="Of every item: there is no condition."
                    facts
                    value=when
                    set=move |when| editing.change(|edit| edit.when = when)
                />
            </div>
            <label class="choice">
                <input
                    type="checkbox"
                    prop:checked=move || editing.edit.with(|edit| edit.off)
                    on:change=move |event| {
                        let off = event_target_checked(&event);
                        editing.change(|edit| edit.off = off);
                    }
                />
                <span>"Switched off: it is told of nothing for now."</span>
            </label>
        </fieldset>
    }
}
