//! What is done to many items at once. Each is judged by itself: what is refused says why, and stays picked.

mod forms;

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::wire::FormKind;
use shared::wire::console::{Act, ItemRow, ItemState, MemberRef, Outcome, Resting};
use shared::wire::lists::{ActOnMany, MOST_AT_ONCE, Many};

use super::window::Window;
use crate::api::{self, Failure};
use crate::app::{Desk, Leaving, Shelved};
use crate::parts::UndoBar;
use crate::picks::Picks;
use crate::{clock, dom, words};

use forms::{CloseForm, GiveForm, RestForm};

/// The element that says what is picked.
const BAR: &str = "bulk";

/// Which form is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// None.
    Neither,
    /// To whom, and why.
    Give,
    /// What became of them.
    Close,
    /// What they wait for.
    Rest,
}

/// What became of the last act, where not all of it was done.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Partly {
    says: String,
    not: Vec<String>,
}

/// What the bar and its forms share; a handle.
#[derive(Clone, Copy)]
pub struct Bulk {
    desk: Desk,
    window: Window,
    shelved: StoredValue<Shelved>,
    form: RwSignal<Form>,
    busy: RwSignal<bool>,
    /// Why nothing was done.
    refused: RwSignal<Option<String>>,
    partly: RwSignal<Option<Partly>>,
    to: RwSignal<String>,
    why: RwSignal<String>,
    outcome: RwSignal<Option<Outcome>>,
    reason: RwSignal<String>,
    rest: RwSignal<Resting>,
    until: RwSignal<String>,
    /// To whom they may be given, once it is known.
    colleagues: RwSignal<Vec<MemberRef>>,
}

impl Bulk {
    /// Nothing is done yet.
    pub fn new(desk: Desk, shelved: &Shelved, window: Window) -> Self {
        Self {
            desk,
            window,
            shelved: StoredValue::new(shelved.clone()),
            form: RwSignal::new(Form::Neither),
            busy: RwSignal::new(false),
            refused: RwSignal::new(None),
            partly: RwSignal::new(None),
            to: RwSignal::new(String::new()),
            why: RwSignal::new(String::new()),
            outcome: RwSignal::new(None),
            reason: RwSignal::new(String::new()),
            rest: RwSignal::new(Resting::Waiting),
            until: RwSignal::new(String::new()),
            colleagues: RwSignal::new(Vec::new()),
        }
    }

    /// Does it to all that is picked.
    pub fn act(self, act: Act) {
        let items = self.picked(|row| row.id.clone());
        if self.busy.get_untracked() || items.is_empty() {
            return;
        }
        self.busy.set(true);
        self.refused.set(None);
        self.partly.set(None);
        let form = self.form.get_untracked();
        spawn_local(async move {
            let acts = ActOnMany { items, act };
            let answer = api::act_on_many(&acts).await;
            let _ = self.busy.try_set(false);
            match answer {
                Ok(many) => self.done(&acts.act, form, &many),
                Err(Failure::SignedOut) => self.desk.signed_out(Leaving::Ended),
                Err(failure) => drop(self.refused.try_set(Some(failure.sentence()))),
            }
        });
    }

    /// What was not done stays picked. So does what was picked meanwhile, and a form that was opened since stays open.
    fn done(self, act: &Act, form: Form, many: &Many) {
        self.desk.take_all(&many.done);
        self.desk.did(act, &many.done);
        let not: Vec<String> = many.refused.iter().map(words::not_done).collect();
        let did = many.done.first().map(|first| words::did(act, &first.who, many.done.len()));
        let Some(shelved) = self.shelved.try_get_value() else { return };
        shelved.picks.update(|picks| many.done.iter().for_each(|row| picks.drop(&row.id)));
        let goes_on = self.form.get_untracked() != form;
        if not.is_empty() {
            self.desk.say(&did.unwrap_or_default());
            if !goes_on {
                self.forget();
                self.window.return_from(BAR);
            }
            return;
        }
        let says = match did {
            Some(did) => format!("{did}. Not done to {}:", words::counted(not.len(), "item", "items")),
            None => "Nothing was done:".to_owned(),
        };
        self.partly.set(Some(Partly { says, not }));
        if !goes_on {
            self.form.set(Form::Neither);
            dom::focus_soon(BAR);
        }
    }

    fn forget(self) {
        self.form.set(Form::Neither);
        self.refused.set(None);
        self.partly.set(None);
        for typed in [self.to, self.why, self.reason, self.until] {
            typed.set(String::new());
        }
        self.outcome.set(None);
    }

    /// Opens a form.
    pub fn show(self, form: Form) {
        self.refused.set(None);
        self.partly.set(None);
        self.form.set(form);
        match form {
            Form::Give => {
                self.read_colleagues();
                dom::focus_soon("bulk-to");
            }
            Form::Close => dom::focus_soon("bulk-outcome"),
            Form::Rest => dom::focus_soon("bulk-rest"),
            Form::Neither => dom::focus_soon(BAR),
        }
    }

    /// Leaves the form, or lets go of what is picked. Whether there was either.
    pub fn leave(self) -> bool {
        if self.form.get_untracked() != Form::Neither {
            self.show(Form::Neither);
            return true;
        }
        let is_nothing = self.shelved.with_value(|it| it.picks.with_untracked(Picks::is_empty));
        if is_nothing && self.partly.with_untracked(Option::is_none) {
            return false;
        }
        self.pick_none();
        true
    }

    fn pick_none(self) {
        self.shelved.with_value(|it| it.picks.update(Picks::clear));
        self.refused.set(None);
        self.partly.set(None);
        self.desk.say("Nothing is picked");
        self.window.return_from(BAR);
    }

    fn give(self) {
        let (to, reason) = (self.to.get_untracked(), self.why.get_untracked());
        if to.is_empty() {
            self.ask("Choose who gets them.", "bulk-to");
        } else if reason.trim().is_empty() {
            self.ask("Say why: whoever gets them reads that first.", "bulk-why");
        } else {
            self.act(Act::Reassign { to, reason });
        }
    }

    fn close(self) {
        match self.outcome.get_untracked() {
            Some(outcome) => self.act(Act::Close { outcome, reason: self.reason.get_untracked() }),
            None => self.ask("Choose what became of them.", "bulk-outcome"),
        }
    }

    fn let_rest(self) {
        let typed = self.until.get_untracked();
        let until = clock::from_local(&typed);
        match (self.rest.get_untracked(), until) {
            (Resting::Waiting, until) if until.is_some() || typed.is_empty() => self.act(Act::Wait { until }),
            (Resting::Snoozed, Some(until)) => self.act(Act::Snooze { until }),
            _ => self.ask("Say until when.", "bulk-until"),
        }
    }

    fn ask(self, what: &str, field: &str) {
        self.refused.set(Some(what.to_owned()));
        dom::focus(field);
    }

    /// Those who work the queue: an item knows them.
    fn read_colleagues(self) {
        let Some(first) = self.picked(|row| (row.id.clone(), row.owner.clone())).into_iter().next() else { return };
        let (id, owner) = first;
        spawn_local(async move {
            match api::item(&id).await {
                Ok(view) => {
                    // Of several items one may be given to whoever has another.
                    let mut all: Vec<MemberRef> = view.colleagues.into_iter().chain(owner).collect();
                    all.sort_by(|one, other| one.name.cmp(&other.name));
                    let _ = self.colleagues.try_set(all);
                }
                Err(Failure::SignedOut) => self.desk.signed_out(Leaving::Ended),
                Err(failure) => drop(self.refused.try_set(Some(failure.sentence()))),
            }
        });
    }

    /// What is picked, in the order of the list.
    fn picked<T>(self, of: impl Fn(&ItemRow) -> T) -> Vec<T> {
        self.shelved.with_value(|Shelved { shelf, picks, .. }| {
            shelf.with_untracked(|it| {
                let place = |id: &str| Some((it.list.place(id)?, it.list.get(id)?));
                let mut rows: Vec<_> = picks.with_untracked(|picks| picks.ids().filter_map(place).collect());
                rows.sort_by_key(|(place, _)| *place);
                rows.into_iter().map(|(_, row)| of(row)).collect()
            })
        })
    }

    /// What can be done to any of what is picked. The server has the last word on each.
    fn can(self) -> Memo<Can> {
        let (desk, shelved) = (self.desk, self.shelved.get_value());
        Memo::new(move |_| {
            let me = desk.my_id();
            let manages = desk.manages.get();
            shelved.picks.track();
            shelved.shelf.track();
            let mut can = Can::default();
            for (state, owner, rests, kind) in
                self.picked(|row| (row.state, row.owner.clone(), row.rests.is_some(), row.kind))
            {
                let (is_open, is_closed) = (state == ItemState::Open, state == ItemState::Closed);
                let is_mine = owner.as_ref().is_some_and(|owner| owner.id == me);
                can.count += 1;
                can.claim |= is_open && (owner.is_none() || is_mine);
                can.release |= !is_closed && is_mine;
                can.rest |= !is_closed && is_mine && !rests;
                can.resume |= is_mine && rests;
                can.give |= !is_closed && (is_mine || manages);
                can.close |= !is_closed && (is_mine || owner.is_none());
                can.reopen |= is_closed;
                for outcome in outcomes(kind) {
                    if !can.outcomes.contains(outcome) {
                        can.outcomes.push(*outcome);
                    }
                }
            }
            can
        })
    }
}

/// What items of a kind are closed with.
fn outcomes(kind: FormKind) -> &'static [Outcome] {
    match kind {
        FormKind::Inquiry | FormKind::Trial => &[Outcome::Won, Outcome::Lost, Outcome::Disqualified, Outcome::Spam],
        FormKind::Support => &[Outcome::Solved, Outcome::Spam],
    }
}

/// What can be done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Can {
    count: usize,
    claim: bool,
    release: bool,
    rest: bool,
    resume: bool,
    give: bool,
    close: bool,
    reopen: bool,
    outcomes: Vec<Outcome>,
}

/// The bar at the foot of the screen, while something is picked.
#[component]
pub fn BulkBar(bulk: Bulk) -> impl IntoView {
    let desk = bulk.desk;
    let can = bulk.can();
    let is_there = Memo::new(move |_| can.with(|can| can.count > 0) || bulk.partly.with(Option::is_some));
    Effect::new(move |_| desk.docked.set(is_there.get()));
    on_cleanup(move || desk.docked.set(false));
    let outcomes = Memo::new(move |_| can.with(|can| can.outcomes.clone()));
    let says = move || {
        let count = can.with(|can| can.count);
        let room = if count >= MOST_AT_ONCE { ", as many as go at once" } else { "" };
        format!("{count} picked{room}")
    };
    let form = move || match bulk.form.get() {
        Form::Neither => view! { <Buttons bulk can /> }.into_any(),
        Form::Give => view! { <GiveForm bulk /> }.into_any(),
        Form::Close => view! { <CloseForm bulk outcomes /> }.into_any(),
        Form::Rest => view! { <RestForm bulk /> }.into_any(),
    };
    let bar = move || {
        view! {
            <UndoBar />
            <div class="bulk" id=BAR tabindex="-1" role="group" aria-label="What is picked">
                {move || bulk.partly.get().map(|partly| view! { <NotAll partly /> })}
                {move || bulk.refused.get().map(|why| view! { <p class="refused" id="bulk-refused" role="alert">{why}</p> })}
                <p class="bulk-count" role="status">
                    {says}
                </p>
                {form}
            </div>
        }
    };
    view! {
        <div class="dock" hidden=move || !is_there.get()>
            {move || is_there.get().then(bar)}
        </div>
    }
}

#[component]
fn NotAll(partly: Partly) -> impl IntoView {
    let lines = partly.not.into_iter().map(|why| view! { <li><bdi>{why}</bdi></li> }).collect_view();
    view! {
        <div class="refused" role="alert">
            <p>{partly.says}</p>
            <ul class="not-done">{lines}</ul>
        </div>
    }
}

#[component]
fn Buttons(bulk: Bulk, can: Memo<Can>) -> impl IntoView {
    let does = move |label: &'static str, class: &'static str, act: Act| {
        let busy = move || bulk.busy.get().to_string();
        view! {
            <button class=class aria-disabled=busy on:click=move |_| bulk.act(act.clone())>
                {label}
            </button>
        }
    };
    let opens = move |label: &'static str, form: Form| {
        view! {
            <button class="button" on:click=move |_| bulk.show(form)>
                {label}
            </button>
        }
    };
    let buttons = move || {
        let can = can.get();
        view! {
            {can.claim.then(|| does("Claim", "button main", Act::Claim))}
            {can.reopen.then(|| does("Reopen", "button main", Act::Reopen))}
            {can.close.then(|| opens("Close\u{2026}", Form::Close))}
            {can.give.then(|| opens("Give to\u{2026}", Form::Give))}
            {can.rest.then(|| opens("Let it rest\u{2026}", Form::Rest))}
            {can.resume.then(|| does("Go on", "button", Act::Resume))}
            {can.release.then(|| does("Release", "button", Act::Release))}
        }
    };
    view! {
        <div class="bulk-buttons">
            {buttons}
            <button class="plain" on:click=move |_| bulk.pick_none()>
                "Pick none"
            </button>
        </div>
    }
}
