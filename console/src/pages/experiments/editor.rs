//! A draft as a form: what is tried, who takes part, what decides, and how long it will take.

use std::time::Duration;

use leptos::prelude::*;
use shared::wire::experiments::AskPlan;

use super::arms::Arms;
use super::audience::Audience;
use super::decides::Decides;
use super::edit;
use super::editing::Editing;
use super::plan::Plan;
use super::saving::SaveBar;
use crate::parts::{Area, Select, Text};

/// What is typed is looked over once one stops.
const AFTER: Duration = Duration::from_millis(400);

/// The form.
#[component]
pub fn Editor(editing: Editing) -> impl IntoView {
    let mut check = debounce(AFTER, move |()| editing.check());
    Effect::new(move |first: Option<()>| {
        editing.edit.track();
        // Before anything is typed, nothing is wrong.
        if first.is_some() {
            check(());
        }
    });
    let asked = Memo::new(move |_| editing.asked());
    let mut plan = debounce(AFTER, move |ask: AskPlan| editing.ask_plan(ask));
    Effect::new(move |first: Option<()>| match (asked.get(), first) {
        (Some(ask), None) => editing.ask_plan(ask),
        (Some(ask), Some(())) => plan(ask),
        (None, _) => {}
    });
    view! {
        <form
            class="exp-form"
            aria-labelledby="page"
            novalidate
            on:submit=move |event| {
                event.prevent_default();
                editing.save();
            }
        >
            <Tried editing />
            <Arms editing />
            <Audience editing />
            <Decides editing />
            <Plan editing />
            <SaveBar editing />
        </form>
    }
}

/// What it is called, what is to be learnt, and which prompt is the control.
#[component]
fn Tried(editing: Editing) -> impl IntoView {
    let prompts = editing.there(|view| {
        let named = |prompt: &shared::wire::prompt::Prompt| match prompt.title.is_empty() {
            true => prompt.id.clone(),
            false => format!("{} ({})", prompt.title, prompt.id),
        };
        view.prompts.iter().map(|prompt| (prompt.id.clone(), named(prompt))).collect::<Vec<_>>()
    });
    let choose = move |id: String| {
        let before = untrack(|| editing.control());
        let chosen = untrack(|| editing.there(|view| view.prompts.iter().find(|prompt| prompt.id == id).cloned()));
        if let Some(chosen) = chosen {
            editing.reshape(|draft| edit::take_control(draft, before.as_ref(), &chosen));
        }
    };
    view! {
        <section class="card" aria-labelledby="tried">
            <h2 id="tried">"What is tried"</h2>
            <Text
                wrong=editing.wrong
                field="name"
                label="Name"
                value=editing.of(|edit| edit.name.clone())
                set=move |text| editing.change(|edit| edit.name = text)
            />
            <Area
                wrong=editing.wrong
                field="question"
                label="What do you want to learn?"
                help="One question. Whoever searches the archive next year reads it."
                rows=2
                value=editing.of(|edit| edit.question.clone())
                set=move |text| editing.change(|edit| edit.question = text)
            />
            <Select
                wrong=editing.wrong
                field="prompt"
                label="Prompt to try something against"
                choices=prompts
                value=editing.of(|edit| edit.prompt.clone())
                set=choose
            />
        </section>
    }
}
