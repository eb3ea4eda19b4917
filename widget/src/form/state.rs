//! What the form knows and how it changes: events in, at most one effect out. No browser, no clock, no random source.
//!
//! What is typed stays in the page's own fields, and comes along with each event that needs it: so nothing typed can be
//! lost here. The rules it keeps: a field is judged once the visitor has typed in it and left it; one filled form has one
//! submission id, the same at each try of the same content; while one send is under way there is no second.

use std::collections::BTreeMap;

use shared::form::Form;
use shared::submission::{self, Today};
use shared::wire::{FieldProblem, Given, Receipt};
use shared::words::Words;

use crate::json;

/// Values by field name, as typed.
pub type Values = BTreeMap<String, Given>;

/// Everything the form knows.
#[derive(Debug)]
pub struct State {
    /// The widget's words, by name.
    words: BTreeMap<String, String>,
    /// The visitor's own day, when the form was opened.
    today: Today,
    /// The fields the visitor has typed in.
    touched: Vec<String>,
    problems: Vec<FieldProblem>,
    phase: Phase,
    /// What was last sent: its id and its content, as it was written.
    attempt: Option<(String, String)>,
    copied: bool,
}

/// Where the form stands.
#[derive(Debug, Default, PartialEq, Eq)]
pub enum Phase {
    /// The visitor is typing.
    #[default]
    Filling,
    /// A send is under way.
    Sending,
    /// Fields are wrong: the sentence that says how many and which.
    Wrong(String),
    /// The send did not succeed, through no field.
    Failed(Failure),
    /// It is stored, and this is the proof.
    Sent(Receipt),
}

/// Why a send did not succeed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// No answer came, or one that proves nothing.
    Unreachable,
    /// Too many at once (429).
    Busy,
    /// The other side failed (5xx).
    Down,
    /// It was refused as a whole, in these words.
    Refused(String),
}

/// What happened.
#[derive(Debug)]
pub enum Event {
    /// A field was typed in; all values as they are now.
    Typed(String, Values),
    /// A field lost the focus; all values as they are now.
    Left(String, Values),
    /// The form is to be sent; the id is used if this content needs a new one.
    Submitted(Values, String),
    /// An answer to the send under way.
    Answered(Answer),
    /// The reference was copied.
    Copied,
    /// The visitor wants an empty form again.
    Restarted,
}

/// What came of a send.
#[derive(Debug, PartialEq, Eq)]
pub enum Answer {
    /// A success that carries the id that was sent.
    Accepted(Receipt),
    /// Fields are wrong.
    Wrong(Vec<FieldProblem>),
    /// Anything else.
    Failed(Failure),
}

/// What must be done about it.
#[derive(Debug, PartialEq, Eq)]
pub enum Effect {
    /// The visitor began: worth a signal.
    Began,
    /// Send this, under this id.
    Send(String, Values),
    /// Move the focus to this field.
    FocusField(String),
    /// Move the focus to the receipt's heading.
    FocusReceipt,
    /// Move the focus to the form's first field.
    FocusForm,
}

impl State {
    /// An empty form.
    pub fn new(words: BTreeMap<String, String>, today: Today) -> Self {
        Self {
            words,
            today,
            touched: Vec::new(),
            problems: Vec::new(),
            phase: Phase::default(),
            attempt: None,
            copied: false,
        }
    }

    /// Takes an event; returns what must be done.
    pub fn apply(&mut self, form: &Form, event: Event) -> Option<Effect> {
        match event {
            Event::Typed(name, values) => self.typed(form, name, &values),
            Event::Left(name, values) => {
                if self.touched.contains(&name) {
                    self.judge(form, &name, &values);
                }
                None
            }
            Event::Submitted(values, fresh_id) => self.submitted(form, values, fresh_id),
            Event::Answered(answer) => self.answered(form, answer),
            Event::Copied => {
                self.copied = true;
                None
            }
            Event::Restarted => {
                *self = Self::new(std::mem::take(&mut self.words), self.today);
                Some(Effect::FocusForm)
            }
        }
    }

    fn typed(&mut self, form: &Form, name: String, values: &Values) -> Option<Effect> {
        // A message goes away as soon as it is no longer true, and is not put up while the visitor is still typing.
        if self.problem(&name).is_some() {
            self.judge(form, &name, values);
        }
        let first = self.touched.is_empty();
        if !self.touched.contains(&name) {
            self.touched.push(name);
        }
        first.then_some(Effect::Began)
    }

    fn judge(&mut self, form: &Form, name: &str, values: &Values) {
        self.problems.retain(|problem| problem.field != name);
        let problems = submission::check(form, values, Words::from(&self.words), self.today);
        self.problems.extend(problems.into_iter().filter(|problem| problem.field == name));
        if self.problems.is_empty() && matches!(self.phase, Phase::Wrong(_)) {
            self.phase = Phase::Filling;
        }
    }

    fn submitted(&mut self, form: &Form, values: Values, fresh_id: String) -> Option<Effect> {
        if matches!(self.phase, Phase::Sending | Phase::Sent(_)) {
            return None;
        }
        let problems = submission::check(form, &values, Words::from(&self.words), self.today);
        if !problems.is_empty() {
            return self.wrong(form, problems);
        }
        let content = json::values(&values);
        let id = match self.attempt.take() {
            Some((id, before)) if before == content => id,
            _ => fresh_id,
        };
        self.attempt = Some((id.clone(), content));
        self.problems.clear();
        self.phase = Phase::Sending;
        Some(Effect::Send(id, values))
    }

    fn answered(&mut self, form: &Form, answer: Answer) -> Option<Effect> {
        match answer {
            Answer::Accepted(receipt) => {
                self.phase = Phase::Sent(receipt);
                Some(Effect::FocusReceipt)
            }
            Answer::Wrong(problems) => self.wrong(form, problems),
            Answer::Failed(failure) => {
                self.phase = Phase::Failed(failure);
                None
            }
        }
    }

    /// Puts up every problem; the focus goes to the first field that has one, in the form's order.
    fn wrong(&mut self, form: &Form, problems: Vec<FieldProblem>) -> Option<Effect> {
        let mut first = None;
        let mut summary = String::new();
        for field in &form.source().fields {
            if problems.iter().any(|problem| problem.field == field.name) {
                first = first.or_else(|| Some(Effect::FocusField(field.name.clone())));
                add(&mut summary, &field.label);
            }
        }
        // What surrounds the values (`page.url`) has no field to stand beside.
        for problem in &problems {
            if form.source().fields.iter().all(|field| field.name != problem.field) {
                add(&mut summary, &problem.message);
            }
        }
        self.problems = problems;
        self.phase = Phase::Wrong(summary);
        first
    }

    /// The message beside a field.
    pub fn problem(&self, name: &str) -> Option<&str> {
        self.problems.iter().find(|problem| problem.field == name).map(|problem| problem.message.as_str())
    }

    /// The sentence in the live region; empty where there is nothing to say.
    pub fn status(&self) -> String {
        match &self.phase {
            Phase::Filling | Phase::Sent(_) => String::new(),
            Phase::Sending => "Sending…".to_owned(),
            Phase::Wrong(summary) => {
                let mut text = "Please check: ".to_owned();
                text.push_str(summary);
                text
            }
            Phase::Failed(Failure::Unreachable) => {
                "This could not be sent. What you typed is still here, and trying again never sends it twice."
                    .to_owned()
            }
            Phase::Failed(Failure::Busy) => {
                "Many messages are arriving just now. What you typed is still here: please try again in a minute."
                    .to_owned()
            }
            Phase::Failed(Failure::Down) => {
                "Something went wrong on our side. What you typed is still here: please try again.".to_owned()
            }
            Phase::Failed(Failure::Refused(why)) => why.clone(),
        }
    }

    /// Where the form stands.
    pub fn phase(&self) -> &Phase {
        &self.phase
    }

    /// The receipt, once there is one.
    pub fn receipt(&self) -> Option<&Receipt> {
        match &self.phase {
            Phase::Sent(receipt) => Some(receipt),
            _ => None,
        }
    }

    /// Whether the receipt's reference was copied.
    pub fn copied(&self) -> bool {
        self.copied
    }
}

fn add(list: &mut String, word: &str) {
    if !list.is_empty() {
        list.push_str(", ");
    }
    list.push_str(word);
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::submission::Day;
    use shared::wire::{self, Field, FieldKind, FormKind};

    #[test]
    fn a_field_that_was_only_passed_through_is_not_judged() {
        let mut visit = Visit::new();
        visit.leave("email");
        assert_eq!(visit.state.problem("email"), None);
    }

    #[test]
    fn a_field_is_judged_when_it_is_left_not_while_it_is_typed() {
        let mut visit = Visit::new();
        visit.type_in("email", "ana");
        assert_eq!(visit.state.problem("email"), None);
        visit.leave("email");
        assert!(visit.state.problem("email").is_some());
    }

    #[test]
    fn a_message_goes_as_soon_as_it_is_no_longer_true() {
        let mut visit = Visit::new();
        visit.type_in("email", "ana");
        visit.leave("email");
        visit.type_in("email", "ana@example");
        assert!(visit.state.problem("email").is_some());
        visit.type_in("email", "ana@example.com");
        assert_eq!(visit.state.problem("email"), None);
    }

    #[test]
    fn the_first_input_is_reported_once() {
        let mut visit = Visit::new();
        assert_eq!(visit.type_in("message", "h"), Some(Effect::Began));
        assert_eq!(visit.type_in("message", "hi"), None);
        assert_eq!(visit.type_in("email", "a"), None);
    }

    #[test]
    fn every_wrong_field_is_named_and_the_first_gets_the_focus() {
        let mut visit = Visit::new();
        assert_eq!(visit.submit(), Some(Effect::FocusField("email".to_owned())));
        assert!(visit.state.problem("email").is_some());
        assert!(visit.state.problem("message").is_some());
        assert_eq!(visit.state.status(), "Please check: Work email, Message");
    }

    #[test]
    fn the_summary_goes_with_the_last_problem() {
        let mut visit = Visit::new();
        visit.submit();
        visit.type_in("email", "ana@example.com");
        assert_ne!(visit.state.status(), "");
        visit.type_in("message", "Hello");
        assert_eq!(visit.state.status(), "");
    }

    #[test]
    fn a_second_press_while_sending_sends_nothing() {
        let mut visit = Visit::filled();
        assert!(matches!(visit.submit(), Some(Effect::Send(..))));
        assert_eq!(visit.submit(), None);
    }

    #[test]
    fn a_retry_of_the_same_content_keeps_its_id() {
        let mut visit = Visit::filled();
        let first = visit.sent_id();
        visit.answer(Answer::Failed(Failure::Unreachable));
        assert_eq!(visit.sent_id(), first);
    }

    #[test]
    fn changed_content_gets_a_new_id() {
        let mut visit = Visit::filled();
        let first = visit.sent_id();
        visit.answer(Answer::Failed(Failure::Down));
        visit.type_in("message", "Something else");
        assert_ne!(visit.sent_id(), first);
    }

    #[test]
    fn what_the_edge_finds_wrong_stands_beside_its_field_and_the_rest_in_the_summary() {
        let mut visit = Visit::filled();
        visit.submit();
        let effect = visit.answer(Answer::Wrong(vec![
            FieldProblem { field: "page.url".to_owned(), code: "x".to_owned(), message: "The page is odd.".to_owned() },
            FieldProblem { field: "message".to_owned(), code: "x".to_owned(), message: "Not this.".to_owned() },
        ]));
        assert_eq!(effect, Some(Effect::FocusField("message".to_owned())));
        assert_eq!(visit.state.problem("message"), Some("Not this."));
        assert_eq!(visit.state.status(), "Please check: Message, The page is odd.");
    }

    #[test]
    fn after_a_failure_the_same_content_can_be_sent() {
        let mut visit = Visit::filled();
        visit.submit();
        visit.answer(Answer::Failed(Failure::Busy));
        assert!(matches!(visit.submit(), Some(Effect::Send(_, values)) if values == visit.values));
    }

    #[test]
    fn what_was_sent_is_not_sent_again() {
        let mut visit = Visit::filled();
        visit.submit();
        assert_eq!(visit.answer(Answer::Accepted(receipt())), Some(Effect::FocusReceipt));
        assert_eq!(visit.submit(), None);
    }

    #[test]
    fn starting_again_gives_an_empty_form_and_a_new_id() {
        let mut visit = Visit::filled();
        let first = visit.sent_id();
        visit.answer(Answer::Accepted(receipt()));
        assert_eq!(visit.state.apply(&visit.form, Event::Restarted), Some(Effect::FocusForm));
        assert_eq!(visit.state.phase(), &Phase::Filling);
        assert_ne!(visit.sent_id(), first);
    }

    /// A visitor before a form with an e-mail address and a message.
    struct Visit {
        form: Form,
        state: State,
        values: Values,
        ids: u32,
    }

    impl Visit {
        fn new() -> Self {
            let field = |name: &str, label: &str, kind| Field { required: true, ..Field::new(name, kind, label) };
            let form = Form::read_sent(wire::Form {
                id: "inquiry".to_owned(),
                kind: FormKind::Inquiry,
                title: "Ask us".to_owned(),
                intro: None,
                submit_label: "Send".to_owned(),
                fields: vec![
                    field("email", "Work email", FieldKind::Email),
                    field("message", "Message", FieldKind::LongText),
                ],
                steps: Vec::new(),
                rules: Vec::new(),
                result: None,
                translations: BTreeMap::new(),
            })
            .expect("a form without conditions");
            let state = State::new(BTreeMap::new(), Today::exactly(Day::from_1970(20_000)));
            Self { form, state, values: Values::new(), ids: 0 }
        }

        fn filled() -> Self {
            let mut visit = Self::new();
            visit.type_in("email", "ana@example.com");
            visit.type_in("message", "Hello");
            visit
        }

        fn type_in(&mut self, name: &str, value: &str) -> Option<Effect> {
            self.values.insert(name.to_owned(), Given::One(value.to_owned()));
            self.state.apply(&self.form, Event::Typed(name.to_owned(), self.values.clone()))
        }

        fn leave(&mut self, name: &str) {
            assert_eq!(self.state.apply(&self.form, Event::Left(name.to_owned(), self.values.clone())), None);
        }

        fn submit(&mut self) -> Option<Effect> {
            self.ids += 1;
            self.state.apply(&self.form, Event::Submitted(self.values.clone(), self.ids.to_string()))
        }

        fn sent_id(&mut self) -> String {
            match self.submit() {
                Some(Effect::Send(id, _)) => id,
                other => panic!("expected a send, got {other:?}"),
            }
        }

        fn answer(&mut self, answer: Answer) -> Option<Effect> {
            self.state.apply(&self.form, Event::Answered(answer))
        }
    }

    fn receipt() -> Receipt {
        Receipt {
            submission_id: "1".to_owned(),
            reference: "USH-00000-00000".to_owned(),
            team: "Course advisers".to_owned(),
            answer_by: "2026-11-23T09:10:00Z".to_owned(),
        }
    }
}
