//! The forms of the actions that ask for something. What is typed stays until it is done.

use leptos::prelude::*;
use shared::wire::console::{MemberRef, Outcome, Resting};

use super::mention::{Names, caret_of};
use super::{Doing, LONGEST_NOTE, NEARLY_FULL};
use crate::words;

/// What the forms share: Escape and Cancel leave it, and what was typed stays.
#[component]
pub fn Sheet(
    doing: Doing,
    label: &'static str,
    #[prop(optional)] id: &'static str,
    /// What is on its button.
    save: &'static str,
    does: impl Fn() + 'static,
    children: Children,
) -> impl IntoView {
    view! {
        <form
            class="form"
            id=(!id.is_empty()).then_some(id)
            tabindex="-1"
            aria-label=label
            on:submit=move |event| {
                event.prevent_default();
                does();
            }
            on:keydown=move |event| {
                if event.key() == "Escape" {
                    event.prevent_default();
                    doing.leave("actions");
                }
            }
        >
            {children()}
            <div class="buttons">
                <button class="button main" type="submit" aria-disabled=move || doing.busy.get().to_string()>
                    {save}
                </button>
                <button class="button" type="button" on:click=move |_| doing.leave("actions")>
                    "Cancel"
                </button>
            </div>
        </form>
    }
}

/// Something for colleagues to read.
#[component]
pub fn NoteForm(doing: Doing, colleagues: Memo<Vec<MemberRef>>) -> impl IntoView {
    let caret = RwSignal::new(usize::MAX);
    let room = move || {
        let used = doing.note.with(|it| it.chars().count());
        (used > NEARLY_FULL).then(|| match LONGEST_NOTE.checked_sub(used) {
            Some(left) => format!("{} left", words::counted(left, "character", "characters")),
            None => format!("{} too many", words::counted(used - LONGEST_NOTE, "character", "characters")),
        })
    };
    view! {
        <form
            class="form"
            on:submit=move |event| {
                event.prevent_default();
                doing.save_note();
            }
        >
            <label for="note">"Note"</label>
            <p id="note-help" class="quiet">
                "Colleagues see it; the visitor does not. Whoever you name with @ is told. Ctrl and Enter saves it."
            </p>
            <textarea
                id="note"
                rows="4"
                dir="auto"
                aria-describedby="note-help refused"
                prop:value=doing.note
                on:input=move |event| {
                    doing.keep_note(&event_target_value(&event));
                    caret.set(caret_of("note"));
                }
                on:keydown=move |event| {
                    if event.key() == "Enter" && (event.ctrl_key() || event.meta_key()) {
                        event.prevent_default();
                        doing.save_note();
                    } else if event.key() == "Escape" {
                        event.prevent_default();
                        doing.leave("add-note");
                    }
                }
            ></textarea>
            <Names doing colleagues caret />
            <p class="quiet" role="status">
                {room}
            </p>
            <div class="buttons">
                <button class="button main" type="submit" aria-disabled=move || doing.busy.get().to_string()>
                    "Save note"
                </button>
                <button class="button" type="button" on:click=move |_| doing.leave("add-note")>
                    "Cancel"
                </button>
            </div>
        </form>
    }
}

/// To whom it is given, and why.
#[component]
pub fn GiveForm(doing: Doing, colleagues: Memo<Vec<MemberRef>>) -> impl IntoView {
    let choice = move |member: MemberRef| {
        let id = member.id.clone();
        view! {
            <option value=member.id selected=move || doing.to.with(|to| *to == id)>
                {member.name}
            </option>
        }
    };
    view! {
        <Sheet doing label="Give it to somebody" save="Give it away" does=move || doing.give()>
            <label for="give-to">"Who gets it"</label>
            <select
                id="give-to"
                class="control"
                aria-describedby="refused"
                on:change=move |event| doing.to.set(event_target_value(&event))
            >
                <option value="" selected=move || doing.to.with(String::is_empty)>
                    "Choose somebody"
                </option>
                {move || colleagues.get().into_iter().map(choice).collect_view()}
            </select>
            <label for="give-why">"Why"</label>
            <p id="give-help" class="quiet">
                "They read this first, with everything that is known of it."
            </p>
            <textarea
                id="give-why"
                rows="2"
                dir="auto"
                aria-describedby="give-help refused"
                prop:value=doing.why
                on:input=move |event| doing.why.set(event_target_value(&event))
            ></textarea>
        </Sheet>
    }
}

/// What became of it.
#[component]
pub fn CloseForm(doing: Doing, outcomes: Memo<Vec<Outcome>>) -> impl IntoView {
    let choice = move |outcome: Outcome| {
        view! {
            <label class="choice">
                <input
                    type="radio"
                    name="outcome"
                    prop:checked=move || doing.outcome.get() == Some(outcome)
                    on:change=move |_| doing.outcome.set(Some(outcome))
                />
                <span class="choice-text">
                    <span class="outcome">{words::outcome(outcome)}</span>
                    " "
                    <span class="quiet">
                        {words::outcome_means(outcome)}
                    </span>
                </span>
            </label>
        }
    };
    view! {
        <Sheet doing label="Close item" id="close-form" save="Close item" does=move || doing.close()>
            <fieldset aria-describedby="refused">
                <legend>"What became of it?"</legend>
                <div class="choices">{move || outcomes.get().into_iter().map(choice).collect_view()}</div>
            </fieldset>
            <label for="reason">
                "Reason " <span class="quiet">"(optional)"</span>
            </label>
            <textarea
                id="reason"
                rows="2"
                dir="auto"
                prop:value=doing.reason
                on:input=move |event| doing.reason.set(event_target_value(&event))
            ></textarea>
        </Sheet>
    }
}

/// Whether it waits for the visitor or is put off, and until when.
#[component]
pub fn RestForm(doing: Doing) -> impl IntoView {
    let choice = move |why: Resting, name: &'static str, means: &'static str| {
        view! {
            <label class="choice">
                <input
                    type="radio"
                    name="rest"
                    prop:checked=move || doing.rest.get() == why
                    on:change=move |_| doing.rest.set(why)
                />
                <span class="choice-text">
                    <span class="outcome">{name}</span>
                    " "
                    <span class="quiet">{means}</span>
                </span>
            </label>
        }
    };
    let waits = move || doing.rest.get() == Resting::Waiting;
    view! {
        <Sheet doing label="Let it rest" id="rest-form" save="Let it rest" does=move || doing.let_rest()>
            <fieldset aria-describedby="refused">
                <legend>"What does it wait for?"</legend>
                <div class="choices">
                    {choice(
                        Resting::Waiting,
                        "The visitor",
                        "Promises stand still until they write again, or you go on with it.",
                    )} {choice(Resting::Snoozed, "A better time", "Promises go on meanwhile.")}
                </div>
            </fieldset>
            <label for="rest-until">
                "Until " <span class="quiet">{move || if waits() { "(optional)" } else { "" }}</span>
            </label>
            <input
                id="rest-until"
                class="moment-input"
                type="datetime-local"
                aria-describedby="refused"
                prop:value=doing.until
                on:input=move |event| doing.until.set(event_target_value(&event))
            />
        </Sheet>
    }
}
