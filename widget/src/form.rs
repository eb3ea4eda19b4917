//! The form: a visitor types, leaves fields, presses buttons; every event goes through [`State::apply`], the view is made
//! anew from the state, and what must be done about it is done here.

pub mod field;
pub mod state;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use leptos::prelude::*;
use leptos::tachys::view::any_view::AnyViewState;
use shared::form::Form;
use shared::wire::{self, Submit};
use wasm_bindgen_futures::spawn_local;

use crate::host::{self, Heard, Host, Listener};
use crate::view::{attr, el, none, text};
use crate::{Options, api, json, receipt};
use state::{Answer, Effect, Event, Phase, State, Values};

/// The form with all it needs to act.
pub struct Ui {
    form: Form,
    host: Host,
    options: Options,
    /// The state, and what was last drawn of it.
    now: RefCell<(State, AnyViewState)>,
}

impl Ui {
    /// Draws an empty form in its place.
    pub fn new(form: Form, words: BTreeMap<String, String>, host: Host, options: Options) -> Rc<Self> {
        let state = State::new(words, host::today());
        let mut drawn = view(&form, &state).build();
        host.mount(&mut drawn);
        Rc::new(Self { form, host, options, now: RefCell::new((state, drawn)) })
    }

    /// Takes the form away.
    pub fn unmount(&self) {
        if let Ok(mut now) = self.now.try_borrow_mut() {
            now.1.unmount();
        }
    }

    /// Listens to the page; as long as the listener is kept.
    pub fn listen(self: &Rc<Self>) -> Option<Listener> {
        let ui = Rc::clone(self);
        self.host.listen(move |heard| ui.hear(heard)).ok()
    }

    fn hear(self: &Rc<Self>, heard: Heard) {
        let values = || self.host.values(self.form.source());
        match heard {
            Heard::Input(name) => self.take(Event::Typed(name, values())),
            Heard::Left(name) => self.take(Event::Left(name, values())),
            Heard::Submit => self.take(Event::Submitted(values(), host::uuid())),
            Heard::Pressed(name) => match name.as_str() {
                "again" => self.take(Event::Restarted),
                "done" => self.options.close(),
                "copy" => {
                    let copied = self
                        .now
                        .try_borrow()
                        .is_ok_and(|now| now.0.receipt().is_some_and(|receipt| host::copy(&receipt.reference)));
                    if copied {
                        self.take(Event::Copied);
                    }
                }
                _ => {}
            },
        }
    }

    /// Takes an event, draws what it changed, and does what must be done.
    fn take(self: &Rc<Self>, event: Event) {
        let effect = {
            // Drawing may itself take the focus from a field, and so be heard: that is no news.
            let Ok(mut now) = self.now.try_borrow_mut() else { return };
            let (state, drawn) = &mut *now;
            let effect = state.apply(&self.form, event);
            view(&self.form, state).rebuild(drawn);
            effect
        };
        match effect {
            Some(Effect::Began) => self.options.signal("form_started"),
            Some(Effect::Send(id, values)) => self.send(id, values),
            Some(Effect::FocusField(name)) => self.host.focus(&field::id(&self.form.source().id, &name)),
            Some(Effect::FocusReceipt) => self.host.focus(&receipt::heading_id(&self.form.source().id)),
            Some(Effect::FocusForm) => {
                self.host.reset(self.form.source());
                if let Some(first) = self.form.source().fields.first() {
                    self.host.focus(&field::id(&self.form.source().id, &first.name));
                }
            }
            None => {}
        }
    }

    fn send(self: &Rc<Self>, id: String, values: Values) {
        let submit = Submit {
            submission_id: id,
            values,
            page: json::page(&self.options.page()),
            signals: json::signals(&self.options.signals()),
            ..Submit::default()
        };
        let mut url = json::text(&self.options, "origin");
        for part in ["/v1/forms/", &json::text(&self.options, "site"), "/", &self.form.source().id] {
            url.push_str(part);
        }
        let ui = Rc::clone(self);
        spawn_local(async move {
            let answer = api::send(&url, &submit).await;
            ui.options.settled(matches!(answer, Answer::Accepted(_)));
            ui.take(Event::Answered(answer));
        });
    }
}

/// The form and, once it is sent, its receipt.
fn view(form: &Form, state: &State) -> AnyView {
    let form = form.source();
    let mut parts = Vec::new();
    if let Some(intro) = &form.intro {
        parts.push(el("P", attr("class", "intro"), text(intro)));
    }
    for field in &form.fields {
        parts.push(field::view(&form.id, field, state.problem(&field.name)));
    }
    parts.push(el("DIV", attr("class", "foot"), vec![status(state), button(form, state)]));

    let sent = state.receipt().map(|_| String::new());
    let attributes = attr("id", &form.id).with("class", "form").with("novalidate", "").maybe("hidden", sent);
    let mut whole = vec![el("FORM", attributes, parts)];
    if let Some(receipt) = state.receipt() {
        whole.push(receipt::view(&form.id, receipt, state.copied()));
    }
    el("DIV", none(), whole)
}

fn status(state: &State) -> AnyView {
    let bad = matches!(state.phase(), Phase::Wrong(_) | Phase::Failed(_));
    let attributes = attr("class", "status").with("role", "status").maybe("data-tone", bad.then(|| "bad".to_owned()));
    el("P", attributes, text(state.status()))
}

fn button(form: &wire::Form, state: &State) -> AnyView {
    // Not `disabled`, which would drop the focus: a second press is passed over by the state.
    let busy = *state.phase() == Phase::Sending;
    let attributes = attr("class", "go").with("part", "button").maybe("aria-disabled", busy.then(|| "true".to_owned()));
    let label = match state.phase() {
        Phase::Sending => "Sending…",
        Phase::Failed(_) => "Try again",
        _ => &form.submit_label,
    };
    el("BUTTON", attributes, text(label))
}
