//! The form: a visitor types, leaves fields, presses buttons; every event goes through [`State::apply`], and what must be
//! done about it is done here.

pub mod field;
pub mod state;

use std::rc::Rc;

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::wire::{Form, Submit};

use crate::host::{self, Heard, Host, Listener};
use crate::view::{attr, el, live_attr, live_text, text};
use crate::{Options, api, json, receipt};
use state::{Answer, Effect, Event, Phase, State, Values};

/// The form with all it needs to act.
#[derive(Clone)]
pub struct Ui {
    form: Rc<Form>,
    state: ArcRwSignal<State>,
    page: Rc<(Host, Options)>,
}

impl Ui {
    /// An empty form.
    pub fn new(form: Form, host: Host, options: Options) -> Self {
        Self { form: Rc::new(form), state: ArcRwSignal::new(State::default()), page: Rc::new((host, options)) }
    }

    /// The form and, once it is sent, its receipt.
    pub fn view(&self) -> impl IntoView + use<> {
        let (form, state) = (&self.form, &self.state);
        let mut parts = Vec::new();
        if let Some(intro) = &form.intro {
            parts.push(el("p", vec![attr("class", "intro")], text(intro)));
        }
        if form.fields.iter().any(|field| field.required) && !form.fields.iter().all(|field| field.required) {
            parts.push(el("p", vec![attr("class", "hint")], text("Fields marked * are required.")));
        }
        for field in &form.fields {
            parts.push(field::view(&form.id, field, state));
        }
        parts.push(el("div", vec![attr("class", "foot")], vec![self.status(), self.button()]));

        let (id, receipt_state) = (form.id.clone(), state.clone());
        (
            el(
                "form",
                vec![
                    attr("id", &form.id),
                    attr("class", "form"),
                    attr("novalidate", ""),
                    live_attr("hidden", state, |state| state.receipt().map(|_| String::new())),
                ],
                parts,
            ),
            move || {
                receipt_state.with(|state| state.receipt().map(|receipt| receipt::view(&id, receipt, &receipt_state)))
            },
        )
    }

    fn status(&self) -> AnyView {
        let tone =
            |state: &State| matches!(state.phase(), Phase::Wrong(_) | Phase::Failed(_)).then(|| "bad".to_owned());
        el(
            "p",
            vec![attr("class", "status"), attr("role", "status"), live_attr("data-tone", &self.state, tone)],
            live_text(&self.state, State::status),
        )
    }

    fn button(&self) -> AnyView {
        let label = self.form.submit_label.clone();
        // Not `disabled`, which would drop the focus: a second press is passed over by the state.
        let busy = |state: &State| (*state.phase() == Phase::Sending).then(|| "true".to_owned());
        el(
            "button",
            vec![attr("class", "go"), attr("part", "button"), live_attr("aria-disabled", &self.state, busy)],
            live_text(&self.state, move |state| match state.phase() {
                Phase::Sending => "Sending…".to_owned(),
                Phase::Failed(_) => "Try again".to_owned(),
                _ => label.clone(),
            }),
        )
    }

    /// Listens to the page; as long as the listener is kept.
    pub fn listen(&self) -> Option<Listener> {
        let ui = self.clone();
        self.host().listen(move |heard| ui.hear(heard)).ok()
    }

    fn hear(&self, heard: Heard) {
        let values = || self.host().values(&self.form);
        match heard {
            Heard::Input(name) => self.take(Event::Typed(name, values())),
            Heard::Left(name) => self.take(Event::Left(name, values())),
            Heard::Submit => self.take(Event::Submitted(values(), host::uuid())),
            Heard::Pressed(name) => match name.as_str() {
                "again" => self.take(Event::Restarted),
                "done" => self.options().close(),
                "copy" => {
                    let reference = self.state.with_untracked(|state| state.receipt().map(|it| it.reference.clone()));
                    if reference.is_some_and(|reference| host::copy(&reference)) {
                        self.take(Event::Copied);
                    }
                }
                _ => {}
            },
        }
    }

    /// Takes an event, and does what must be done.
    fn take(&self, event: Event) {
        // A form that was taken away has no state left, and nothing to do.
        let effect = self.state.try_update(|state| state.apply(&self.form, event)).flatten();
        match effect {
            Some(Effect::Began) => self.options().signal("form_started"),
            Some(Effect::Send(id, values)) => self.send(id, values),
            Some(Effect::FocusField(name)) => self.focus(field::id(&self.form.id, &name)),
            Some(Effect::FocusReceipt) => self.focus(receipt::heading_id(&self.form.id)),
            Some(Effect::FocusForm) => {
                self.host().reset(&self.form);
                if let Some(first) = self.form.fields.first() {
                    self.focus(field::id(&self.form.id, &first.name));
                }
            }
            None => {}
        }
    }

    fn send(&self, id: String, values: Values) {
        let options = self.options();
        let submit = Submit {
            submission_id: id,
            values,
            page: json::page(&options.page()),
            signals: json::signals(&options.signals()),
        };
        let mut url = json::text(options, "origin");
        for part in ["/v1/forms/", &json::text(options, "site"), "/", &self.form.id] {
            url.push_str(part);
        }
        let ui = self.clone();
        spawn_local(async move {
            let answer = api::send(&url, &submit).await;
            ui.options().settled(matches!(answer, Answer::Accepted(_)));
            ui.take(Event::Answered(answer));
        });
    }

    /// Moves the focus once the view has caught up, so that a screen reader finds the field already marked as wrong.
    fn focus(&self, id: String) {
        let ui = self.clone();
        spawn_local(async move { ui.host().focus(&id) });
    }

    fn host(&self) -> &Host {
        &self.page.0
    }

    /// What the page told us, and what it wants to be told.
    fn options(&self) -> &Options {
        &self.page.1
    }
}
