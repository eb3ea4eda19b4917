//! What one can do about an item. A refusal says why, and what was typed stays.

mod duplicate;
mod forms;
mod mention;
mod reply;

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::wire::console::{Act, ItemState, ItemView, Outcome, Resting};

use super::Shown;
use crate::api::{self, Failure};
use crate::app::{Desk, Leaving};
use crate::dom;
use crate::parts::on_key;
use crate::{clock, words};

use duplicate::DuplicateForm;
use forms::{CloseForm, GiveForm, NoteForm, RestForm};
use reply::{ReplyForm, Writing};

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
    Rest,
    Reply,
    Duplicate,
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
    rest: RwSignal<Resting>,
    until: RwSignal<String>,
    writing: Writing,
    /// The item that it is the same as, by its id, or by its reference.
    of: RwSignal<String>,
    reference: RwSignal<String>,
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
                    self.desk.did(&act, std::slice::from_ref(&view.row));
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
            Act::Reply { .. } => {
                self.writing.done(self);
                self.open.set(Open::Neither);
                dom::focus_soon("actions");
            }
            Act::Duplicate { .. } => {
                self.of.set(String::new());
                self.reference.set(String::new());
                self.open.set(Open::Neither);
                dom::focus_soon("actions");
            }
            Act::Wait { .. } | Act::Snooze { .. } => {
                self.until.set(String::new());
                self.open.set(Open::Neither);
                dom::focus_soon("actions");
            }
            // The button that was pressed is gone.
            Act::Claim | Act::Release | Act::Resume | Act::Reopen if open == Open::Neither => {
                dom::focus_soon("actions");
            }
            Act::Claim | Act::Release | Act::Resume | Act::Reopen => {}
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
            Open::Rest => "rest-form",
            Open::Reply => "reply-text",
            Open::Duplicate => "duplicate-form",
        });
    }

    fn leave(self, focus: &'static str) {
        self.refused.set(None);
        self.open.set(Open::Neither);
        dom::focus_soon(focus);
    }

    fn keep_note(self, text: &str) {
        self.desk.keep_draft(&self.shown.id.get_value(), text);
        self.note.set(text.to_owned());
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

    fn let_rest(self) {
        let until = self.until.get_untracked();
        let moment = clock::from_local(&until);
        match (self.rest.get_untracked(), moment) {
            (_, None) if !until.is_empty() => self.wrong_moment(),
            (Resting::Waiting, until) => self.act(Act::Wait { until }, "It waits for the visitor"),
            (Resting::Snoozed, Some(until)) => self.act(Act::Snooze { until }, "Put off"),
            (Resting::Snoozed, None) => self.wrong_moment(),
        }
    }

    fn wrong_moment(self) {
        self.refused.set(Some("Say until when.".to_owned()));
        dom::focus("rest-until");
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
        rest: RwSignal::new(Resting::Waiting),
        until: RwSignal::new(String::new()),
        writing: Writing::new(&shown.id.get_value(), desk),
        of: RwSignal::new(String::new()),
        reference: RwSignal::new(String::new()),
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
                rest: !is_closed && is_theirs && it.row.rests.is_none(),
                resume: is_theirs && it.row.rests.is_some(),
                give: !is_closed && (is_theirs || manages) && !it.colleagues.is_empty(),
                reply: !is_closed && (is_theirs || it.row.owner.is_none()),
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
            "w" if can.get_untracked().rest => doing.show(Open::Rest),
            "g" if can.get_untracked().give => doing.show(Open::Give),
            "r" if can.get_untracked().reply => doing.show(Open::Reply),
            "d" if can.get_untracked().reply => doing.show(Open::Duplicate),
            "n" => doing.show(Open::Note),
            "x" if can.get_untracked().mine => doing.show(Open::Close),
            _ => return false,
        }
        true
    });
    let outcomes = Memo::new(move |_| view.with(|it| it.outcomes.clone()));
    let others = Memo::new(move |_| view.with(|it| it.person.others.clone()));
    // Everybody who works the queue may be named, but oneself.
    let named = Memo::new(move |_| {
        let me = desk.my_id();
        view.with(|it| it.row.owner.iter().chain(&it.colleagues).filter(|it| it.id != me).cloned().collect::<Vec<_>>())
    });
    let form = move || match doing.open.get() {
        Open::Neither => view! { <Buttons doing can /> }.into_any(),
        Open::Note => view! { <NoteForm doing colleagues=named /> }.into_any(),
        Open::Close => view! { <CloseForm doing outcomes /> }.into_any(),
        Open::Give => view! { <GiveForm doing colleagues /> }.into_any(),
        Open::Rest => view! { <RestForm doing /> }.into_any(),
        Open::Reply => view! { <ReplyForm doing /> }.into_any(),
        Open::Duplicate => view! { <DuplicateForm doing others /> }.into_any(),
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
    rest: bool,
    resume: bool,
    give: bool,
    reply: bool,
    reopen: bool,
}

#[component]
fn Buttons(doing: Doing, can: Memo<Can>) -> impl IntoView {
    let has_draft = move || doing.note.with(|it| !it.trim().is_empty());
    let does = move |label: &'static str, class: &'static str, act: Act, done: &'static str| {
        let busy = move || doing.busy.get().to_string();
        view! {
            <button class=class aria-disabled=busy on:click=move |_| doing.act(act.clone(), done)>
                {label}
            </button>
        }
    };
    let opens = move |label: &'static str, class: &'static str, form: Open| {
        view! {
            <button class=class on:click=move |_| doing.show(form)>
                {label}
            </button>
        }
    };
    let first = move || {
        let can = can.get();
        let close = if can.accept || can.resume { "button" } else { "button main" };
        view! {
            {can.claim.then(|| does("Claim", "button main", Act::Claim, "Claimed. It is yours."))}
            {can.accept.then(|| does("Accept", "button main", Act::Claim, "Accepted"))}
            {can.resume.then(|| does("Go on with it", "button main", Act::Resume, "It is worked on again"))}
            {can.reply.then(|| opens("Answer\u{2026}", "button", Open::Reply))}
            {can.mine.then(|| opens("Close item", close, Open::Close))}
            {can.reopen.then(|| does("Reopen", "button", Act::Reopen, "Reopened. It is yours."))}
        }
    };
    let last = move || {
        let can = can.get();
        view! {
            {can.rest.then(|| opens("Let it rest\u{2026}", "button", Open::Rest))}
            {can.give.then(|| opens("Give to\u{2026}", "button", Open::Give))}
            {can.reply.then(|| opens("Duplicate\u{2026}", "button", Open::Duplicate))}
            {can.mine.then(|| does("Release", "button", Act::Release, "Released to the queue"))}
        }
    };
    view! {
        <div class="buttons">
            {first} <button class="button" id="add-note" on:click=move |_| doing.show(Open::Note)>
                "Add note"
            </button> {last}
            {move || has_draft().then(|| view! { <p class="quiet draft">"A note you began is kept."</p> })}
        </div>
    }
}
