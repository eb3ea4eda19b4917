//! The form: a visitor types, leaves fields, presses buttons; every event goes through [`State::apply`], the view is made
//! anew from the state, and what must be done about it is done here.

pub mod definition;
pub mod field;
pub mod state;
mod written;

use std::cell::RefCell;
use std::rc::Rc;

use leptos::prelude::*;
use leptos::tachys::view::any_view::AnyViewState;
use wasm_bindgen::JsValue;

use crate::Options;
use crate::host::{Heard, Host, Listener};
use crate::view::{attr, el, none, text};
use definition::{Form, read_value};
use state::{Effect, Event, File, Known, Phase, Problem, Reading, State, Values};

/// The name of the field that no person sees: what stands in it was written by a machine.
pub const TRAP: &str = "confirm_url";

/// The form with all it needs to act.
pub struct Ui {
    form: Form,
    host: Host,
    options: Options,
    /// What each hidden field held when the form was drawn; empty for the others.
    hidden: Vec<String>,
    /// The state, and what was last drawn of it.
    now: RefCell<(State, AnyViewState)>,
}

impl Ui {
    /// Draws the form in its place.
    pub fn new(form: Form, host: Host, options: Options) -> Rc<Self> {
        let known = json::each(&json::list(&options, "known"), |it| read_known(&form, it));
        let state = State::new(&form, known, json::is(&options, "draft"));
        let mut hidden = Vec::new();
        for field in &form.fields {
            let (kind, name) = &field.from;
            hidden.push(if field.is_seen() { String::new() } else { options.hidden(kind, name) });
        }
        let mut drawn = Draw { form: &form, state: &state, hidden: &hidden, options: &options }.whole().build();
        host.mount(&mut drawn);
        Rc::new(Self { form, host, options, hidden, now: RefCell::new((state, drawn)) })
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

    fn hear(&self, heard: Heard) {
        match heard {
            Heard::Input(name, element) => {
                if element.get_attribute("type").as_deref() == Some("file") {
                    self.options.file(&name, &element);
                }
                let (values, reading) = self.read();
                self.take(Event::Typed(name, reading));
                self.options.changed(&written::values(&State::draft(&self.form, values)));
            }
            Heard::Left(name) => self.take(Event::Left(name, self.read().1)),
            Heard::Submit => {
                // What is not here yet will say so when it is; then the visitor's press counts.
                if self.options.ready() {
                    let (values, reading) = self.read();
                    self.take(Event::Submitted(values, reading));
                }
            }
            Heard::Pressed(name, value) => match name.as_str() {
                "back" => self.take(Event::Back),
                "change" => self.take(Event::Change(value)),
                "remove" => self.options.file(&value, &JsValue::NULL),
                "afresh" => {
                    self.options.afresh();
                    self.restart();
                }
                _ => {}
            },
        }
    }

    /// Hears what the panel tells.
    pub fn told(&self, kind: &str, about: &JsValue) {
        let event = match kind {
            "busy" => Event::Busy,
            "idle" => Event::Idle,
            "wrong" => Event::Wrong(read_problems(about, "fields"), json::text(about, "title")),
            "failed" => Event::Failed(about.as_string().unwrap_or_default()),
            "away" => Event::Away(true),
            "back" => Event::Away(false),
            "fill" => Event::Filled(self.read().1),
            "file" => Event::File(File {
                name: json::text(about, "name"),
                says: json::text(about, "says"),
                id: json::text(about, "id"),
                problem: json::text(about, "problem"),
            }),
            "submit" => return self.hear(Heard::Submit),
            _ => return self.restart(),
        };
        self.take(event);
    }

    fn restart(&self) {
        self.host.reset(&self.form);
        self.take(Event::Restarted);
        self.take(Event::Filled(self.read().1));
    }

    /// What the fields hold, and what the rules say of it.
    fn read(&self) -> (Values, Reading) {
        let mut values = self.host.values(&self.form);
        let mut asked = Vec::new();
        if let Ok(now) = self.now.try_borrow() {
            values.extend(now.0.stored());
            asked = now.0.asked().to_vec();
        }
        let said = self.options.read(&written::values(&values));
        let reading = if said.is_object() {
            let asked = json::texts(&json::list(&said, "asked"));
            Reading { asked, problems: read_problems(&said, "problems"), is_sure: true }
        } else {
            Reading { asked, ..Reading::default() }
        };
        (values, reading)
    }

    /// Takes an event, draws what it changed, and does what must be done.
    fn take(&self, event: Event) {
        let effect = {
            // Drawing may itself take the focus from a field, and so be heard: that is no news.
            let Ok(mut now) = self.now.try_borrow_mut() else { return };
            let (state, drawn) = &mut *now;
            let effect = state.apply(&self.form, event);
            let draw = Draw { form: &self.form, state, hidden: &self.hidden, options: &self.options };
            draw.whole().rebuild(drawn);
            effect
        };
        match effect {
            Some(Effect::Began) => self.options.began(),
            Some(Effect::Send(values)) => self.options.send(&written::values(&values), &self.host.trap(&self.form)),
            Some(Effect::FocusField(name)) => self.host.focus(&field::id(&self.form.id, &name)),
            Some(Effect::FocusStep) => {
                let step = self.now.try_borrow().map(|now| now.0.step()).unwrap_or_default();
                self.host.focus(&step_id(&self.form.id, step));
            }
            Some(Effect::FocusForm) => {
                if let Some(first) = self.form.fields.iter().find(|field| field.is_seen()) {
                    self.host.focus(&field::id(&self.form.id, &first.name));
                }
            }
            None => {}
        }
    }
}

fn read_known(form: &Form, it: &JsValue) -> Known {
    let name = json::text(it, "name");
    let mut value = String::new();
    if let Some(field) = form.field(&name) {
        for one in read_value(&json::get(it, "value")) {
            state::add(&mut value, field.choice(&one));
        }
    }
    Known { name, value, from: json::text(it, "from") }
}

fn read_problems(it: &JsValue, key: &str) -> Vec<Problem> {
    json::each(&json::list(it, key), |problem| Problem {
        field: json::text(problem, "field"),
        message: json::text(problem, "message"),
        reads: json::texts(&json::list(problem, "reads")),
    })
}

/// All that a view is made of.
pub struct Draw<'a> {
    /// The form.
    pub form: &'a Form,
    /// What it knows.
    pub state: &'a State,
    hidden: &'a [String],
    /// What the panel answers.
    pub options: &'a Options,
}

impl Draw<'_> {
    /// One of the widget's own words.
    pub fn word(&self, name: &str) -> String {
        self.options.word(name, "", "")
    }

    /// The whole form. What comes and goes is hidden, and stays where it is: a field keeps what was typed in it.
    fn whole(&self) -> AnyView {
        let Self { form, state, .. } = self;
        let mut parts = Vec::new();
        if let Some(intro) = &form.intro {
            parts.push(el("P", attr("class", "intro"), text(intro)));
        }
        let note =
            vec![el("P", none(), text(self.word("draft_back"))), button("afresh", "", "link", self.word("draft_drop"))];
        parts.push(el("DIV", hidden(attr("class", "note"), !state.is_restored()), note));

        let shown = state.steps(form);
        let mut held = self.hidden.iter();
        for (place, (_, title)) in form.steps.iter().enumerate() {
            let mut inside = Vec::new();
            if !title.is_empty() {
                inside.push(self.step_head(place, title, &shown));
            }
            for field in form.step(place) {
                let held = held.next();
                inside.push(match held.filter(|_| !field.is_seen()) {
                    Some(held) => {
                        el("INPUT", attr("type", "hidden").with("name", &field.name).with("value", held), Vec::new())
                    }
                    None => field::view(self, field),
                });
            }
            parts.push(el("DIV", hidden(attr("class", "step"), place != state.step()), inside));
        }
        // What fills in every field fills in this one: no person sees it or comes to it.
        let trap = attr("name", TRAP).with("tabindex", "-1").with("autocomplete", "off");
        parts.push(el("DIV", attr("class", "trap").with("aria-hidden", "true"), vec![el("INPUT", trap, Vec::new())]));
        parts.push(el("DIV", attr("class", "foot"), self.foot(&shown)));
        el("FORM", hidden(attr("id", &form.id).with("class", "form").with("novalidate", ""), state.is_away()), parts)
    }

    fn step_head(&self, place: usize, title: &str, shown: &[usize]) -> AnyView {
        let at = shown.iter().position(|it| *it == place).unwrap_or_default();
        let says = self.options.word("step", &decimal(at + 1), &decimal(shown.len()));
        let heading = attr("id", step_id(&self.form.id, place)).with("tabindex", "-1");
        let inside = vec![el("SMALL", none(), text(says)), el("SPAN", none(), text(title))];
        el("H3", heading, inside)
    }

    fn foot(&self, shown: &[usize]) -> Vec<AnyView> {
        let phase = self.state.phase();
        let is_bad = matches!(phase, Phase::Wrong(..) | Phase::Failed(_));
        let says = match phase {
            Phase::Filling => String::new(),
            Phase::Sending => self.word("sending"),
            Phase::Failed(says) => says.clone(),
            Phase::Wrong(names, title) if names.is_empty() => title.clone(),
            Phase::Wrong(names, _) => self.options.word("check", &names.join(", "), ""),
        };
        let status =
            attr("class", "status").with("role", "status").maybe("data-tone", is_bad.then(|| "bad".to_owned()));
        let label = match phase {
            Phase::Sending => self.word("sending"),
            Phase::Failed(_) => self.word("try_again"),
            _ if shown.last().is_some_and(|last| *last != self.state.step()) => self.word("next"),
            _ => self.form.submit_label.clone(),
        };
        // Not `disabled`, which would drop the focus: a second press is passed over by the state.
        let busy = (*phase == Phase::Sending).then(|| "true".to_owned());
        let go = attr("class", "go").with("part", "button").maybe("aria-disabled", busy);
        let is_first = shown.first() == Some(&self.state.step());
        vec![
            el("P", status, text(says)),
            el("BUTTON", go, text(label)),
            el("DIV", hidden(none(), is_first), vec![button("back", "", "link", self.word("back"))]),
        ]
    }
}

/// A button that is heard by its name.
pub fn button(name: &str, value: &str, class: &str, label: String) -> AnyView {
    let attributes =
        attr("type", "button").with("name", name).with("value", value).with("class", class).with("part", "button");
    el("BUTTON", attributes, text(label))
}

/// The same attributes, and whether it is hidden; always the last.
pub fn hidden(attributes: crate::view::Attributes, is_hidden: bool) -> crate::view::Attributes {
    attributes.maybe("hidden", is_hidden.then(String::new))
}

fn step_id(form: &str, place: usize) -> String {
    [form, "-step-", &decimal(place)].concat()
}

/// Digits, without the machinery of `fmt`.
fn decimal(number: usize) -> String {
    let mut digits = if number > 9 { decimal(number / 10) } else { String::new() };
    digits.push(u32::try_from(number % 10).ok().and_then(|digit| char::from_digit(digit, 10)).unwrap_or_default());
    digits
}
