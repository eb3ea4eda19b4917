//! What one can do about an item. A refusal says why, and what was typed stays.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::wire::console::{Act, ItemState, ItemView, MemberRef, Outcome};

use super::Shown;
use crate::api::{self, Failure};
use crate::app::{Desk, Leaving};
use crate::dom;
use crate::parts::on_key;
use crate::words;

/// The longest note, in characters ([`Act::Note`]).
const LONGEST_NOTE: usize = 10_000;
/// From here on the room that is left is told.
const NEARLY_FULL: usize = 9_500;

/// Which form is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Open {
    Neither,
    Note,
    Close,
    Give,
}

/// What the actions share.
#[derive(Clone, Copy)]
struct Doing {
    shown: Shown,
    desk: Desk,
    open: RwSignal<Open>,
    busy: RwSignal<bool>,
    refused: RwSignal<Option<String>>,
    note: RwSignal<String>,
    outcome: RwSignal<Option<Outcome>>,
    reason: RwSignal<String>,
    to: RwSignal<String>,
    why: RwSignal<String>,
}

impl Doing {
    /// Does it, then says so; or says why not, and reads the item again, since the screen was wrong about it.
    fn act(self, act: Act, done: &'static str) {
        let id = self.shown.id.get_value();
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.refused.set(None);
        spawn_local(async move {
            let answer = api::act(&id, &act).await;
            let _ = self.busy.try_set(false);
            match answer {
                Ok(view) => {
                    self.desk.say(done);
                    self.finish(&id, &act);
                    self.shown.take(view);
                }
                Err(Failure::SignedOut) => self.desk.signed_out(Leaving::Ended),
                Err(failure) => {
                    let _ = self.refused.try_set(Some(failure.sentence()));
                    if matches!(failure, Failure::Refused(_)) {
                        self.shown.read();
                    }
                }
            }
        });
    }

    fn finish(self, id: &str, act: &Act) {
        if matches!(act, Act::Note { .. }) {
            self.desk.keep_draft(id, "");
        }
        // The person may be on another page by now.
        let Some(open) = self.open.try_get_untracked() else { return };
        match act {
            Act::Note { .. } => {
                self.note.set(String::new());
                self.open.set(Open::Neither);
                dom::focus_soon("add-note");
            }
            Act::Close { .. } => {
                self.reason.set(String::new());
                self.outcome.set(None);
                self.open.set(Open::Neither);
                dom::focus_soon("actions");
            }
            Act::Reassign { .. } => {
                self.why.set(String::new());
                self.to.set(String::new());
                self.open.set(Open::Neither);
                dom::focus_soon("actions");
            }
            // The button that was pressed is gone.
            Act::Claim | Act::Release | Act::Reopen if open == Open::Neither => dom::focus_soon("actions"),
            Act::Claim | Act::Release | Act::Reopen => {}
        }
    }

    fn show(self, what: Open) {
        self.refused.set(None);
        self.open.set(what);
        dom::focus_soon(match what {
            Open::Neither => "actions",
            Open::Note => "note",
            Open::Close => "close-form",
            Open::Give => "give-to",
        });
    }

    fn leave(self, focus: &'static str) {
        self.refused.set(None);
        self.open.set(Open::Neither);
        dom::focus_soon(focus);
    }

    fn save_note(self) {
        let text = self.note.get_untracked();
        let length = text.chars().count();
        if text.trim().is_empty() {
            self.refused.set(Some("Write something first.".to_owned()));
            dom::focus("note");
        } else if length > LONGEST_NOTE {
            let over = words::counted(length - LONGEST_NOTE, "character", "characters");
            self.refused.set(Some(format!("This note is {over} too long.")));
            dom::focus("note");
        } else {
            self.act(Act::Note { text }, "Note saved");
        }
    }

    fn give(self) {
        let (to, reason) = (self.to.get_untracked(), self.why.get_untracked());
        if to.is_empty() {
            self.refused.set(Some("Choose who gets it.".to_owned()));
            dom::focus("give-to");
        } else if reason.trim().is_empty() {
            self.refused.set(Some("Say why: whoever gets it reads that first.".to_owned()));
            dom::focus("give-why");
        } else {
            self.act(Act::Reassign { to, reason }, "Given away");
        }
    }

    fn close(self) {
        match self.outcome.get_untracked() {
            Some(outcome) => {
                let reason = self.reason.get_untracked();
                self.act(Act::Close { outcome, reason }, "Closed");
            }
            None => {
                self.refused.set(Some("Choose what became of it.".to_owned()));
                dom::focus("close-form");
            }
        }
    }
}

/// The actions that the item's state allows.
#[component]
pub fn Actions(shown: Shown, view: Memo<ItemView>) -> impl IntoView {
    let desk = shown.desk;
    let doing = Doing {
        shown,
        desk,
        open: RwSignal::new(Open::Neither),
        busy: RwSignal::new(false),
        refused: RwSignal::new(None),
        note: RwSignal::new(desk.draft(&shown.id.get_value())),
        outcome: RwSignal::new(None),
        reason: RwSignal::new(String::new()),
        to: RwSignal::new(String::new()),
        why: RwSignal::new(String::new()),
    };
    let can = Memo::new(move |_| {
        let me = desk.me.with(|me| me.as_ref().map(|it| it.id.clone()));
        let manages = desk.manages.get();
        view.with(|it| {
            let (is_open, is_closed) = (it.row.state == ItemState::Open, it.row.state == ItemState::Closed);
            let is_theirs = it.row.owner.as_ref().map(|it| &it.id) == me.as_ref();
            Can {
                claim: is_open && it.row.owner.is_none(),
                accept: is_open && is_theirs,
                mine: !is_closed && is_theirs,
                give: !is_closed && (is_theirs || manages) && !it.colleagues.is_empty(),
                reopen: is_closed,
            }
        })
    });
    let colleagues = Memo::new(move |_| view.with(|it| it.colleagues.clone()));
    on_key(desk, move |key| {
        if doing.open.get_untracked() != Open::Neither {
            let leaves = key == "Escape";
            if leaves {
                doing.leave("actions");
            }
            return leaves;
        }
        match key {
            "c" if can.get_untracked().claim => doing.act(Act::Claim, "Claimed. It is yours."),
            "c" if can.get_untracked().accept => doing.act(Act::Claim, "Accepted"),
            "g" if can.get_untracked().give => doing.show(Open::Give),
            "n" => doing.show(Open::Note),
            "x" if can.get_untracked().mine => doing.show(Open::Close),
            _ => return false,
        }
        true
    });
    let outcomes = Memo::new(move |_| view.with(|it| it.outcomes.clone()));
    let form = move || match doing.open.get() {
        Open::Neither => view! { <Buttons doing can /> }.into_any(),
        Open::Note => view! { <NoteForm doing /> }.into_any(),
        Open::Close => view! { <CloseForm doing outcomes /> }.into_any(),
        Open::Give => view! { <GiveForm doing colleagues /> }.into_any(),
    };
    view! {
        <div class="actions" id="actions" tabindex="-1" role="group" aria-label="Actions">
            {move || doing.refused.get().map(|why| view! { <p id="refused" class="refused" role="alert">{why}</p> })}
            {form}
        </div>
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
struct Can {
    claim: bool,
    accept: bool,
    mine: bool,
    give: bool,
    reopen: bool,
}

#[component]
fn Buttons(doing: Doing, can: Memo<Can>) -> impl IntoView {
    let busy = move || doing.busy.get().to_string();
    let has_draft = move || doing.note.with(|it| !it.trim().is_empty());
    view! {
        <div class="buttons">
            {move || {
                can.get()
                    .claim
                    .then(|| {
                        view! {
                            <button
                                class="button main"
                                aria-disabled=busy
                                on:click=move |_| doing.act(Act::Claim, "Claimed. It is yours.")
                            >
                                "Claim"
                            </button>
                        }
                    })
            }}
            {move || {
                can.get()
                    .accept
                    .then(|| {
                        view! {
                            <button
                                class="button main"
                                aria-disabled=busy
                                on:click=move |_| doing.act(Act::Claim, "Accepted")
                            >
                                "Accept"
                            </button>
                        }
                    })
            }}
            {move || {
                let can = can.get();
                can.mine
                    .then(|| {
                        view! {
                            <button class="button" class:main=!can.accept on:click=move |_| doing.show(Open::Close)>
                                "Close item"
                            </button>
                        }
                    })
            }}
            {move || {
                can.get()
                    .reopen
                    .then(|| {
                        view! {
                            <button
                                class="button"
                                aria-disabled=busy
                                on:click=move |_| doing.act(Act::Reopen, "Reopened. It is yours.")
                            >
                                "Reopen"
                            </button>
                        }
                    })
            }}
            <button class="button" id="add-note" on:click=move |_| doing.show(Open::Note)>
                "Add note"
            </button>
            {move || {
                can.get()
                    .give
                    .then(|| {
                        view! {
                            <button class="button" on:click=move |_| doing.show(Open::Give)>
                                "Give to\u{2026}"
                            </button>
                        }
                    })
            }}
            {move || {
                can.get()
                    .mine
                    .then(|| {
                        view! {
                            <button
                                class="button"
                                aria-disabled=busy
                                on:click=move |_| doing.act(Act::Release, "Released to the queue")
                            >
                                "Release"
                            </button>
                        }
                    })
            }}
            {move || has_draft().then(|| view! { <p class="quiet draft">"A note you began is kept."</p> })}
        </div>
    }
}

#[component]
fn NoteForm(doing: Doing) -> impl IntoView {
    let typed = move |text: String| {
        doing.desk.keep_draft(&doing.shown.id.get_value(), &text);
        doing.note.set(text);
    };
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
                "Colleagues see it; the visitor does not. Ctrl and Enter saves it."
            </p>
            <textarea
                id="note"
                rows="4"
                dir="auto"
                aria-describedby="note-help refused"
                prop:value=doing.note
                on:input=move |event| typed(event_target_value(&event))
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

#[component]
fn GiveForm(doing: Doing, colleagues: Memo<Vec<MemberRef>>) -> impl IntoView {
    let choice = move |member: MemberRef| {
        let id = member.id.clone();
        view! {
            <option value=member.id selected=move || doing.to.with(|to| *to == id)>
                {member.name}
            </option>
        }
    };
    view! {
        <form
            class="form"
            aria-label="Give it to somebody"
            on:submit=move |event| {
                event.prevent_default();
                doing.give();
            }
            on:keydown=move |event| {
                if event.key() == "Escape" {
                    event.prevent_default();
                    doing.leave("actions");
                }
            }
        >
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
            <div class="buttons">
                <button class="button main" type="submit" aria-disabled=move || doing.busy.get().to_string()>
                    "Give it away"
                </button>
                <button class="button" type="button" on:click=move |_| doing.leave("actions")>
                    "Cancel"
                </button>
            </div>
        </form>
    }
}

#[component]
fn CloseForm(doing: Doing, outcomes: Memo<Vec<Outcome>>) -> impl IntoView {
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
        <form
            class="form"
            id="close-form"
            tabindex="-1"
            aria-label="Close item"
            on:submit=move |event| {
                event.prevent_default();
                doing.close();
            }
            on:keydown=move |event| {
                if event.key() == "Escape" {
                    event.prevent_default();
                    doing.leave("actions");
                }
            }
        >
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
            <div class="buttons">
                <button class="button main" type="submit" aria-disabled=move || doing.busy.get().to_string()>
                    "Close item"
                </button>
                <button class="button" type="button" on:click=move |_| doing.leave("actions")>
                    "Cancel"
                </button>
            </div>
        </form>
    }
}
