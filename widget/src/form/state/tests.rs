use super::*;
use shared::wire::FieldKind;

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
fn a_field_that_was_left_before_the_rules_came_is_judged_when_they_do() {
    let mut visit = Visit::new();
    let rules = std::mem::take(&mut visit.reading);
    visit.reading.asked.clone_from(&rules.asked);
    visit.type_in("email", "ana");
    visit.leave("email");
    visit.leave("message");
    assert_eq!(visit.state.problem("email"), None);
    visit.apply(Event::Filled(rules));
    assert!(visit.state.problem("email").is_some());
    assert_eq!(visit.state.problem("message"), None, "it was only passed through");
}

#[test]
fn a_message_goes_as_soon_as_it_is_no_longer_true() {
    let mut visit = Visit::new();
    visit.type_in("email", "ana");
    visit.leave("email");
    visit.type_in("email", "ana@example");
    assert!(visit.state.problem("email").is_some());
    visit.right("email");
    visit.type_in("email", "ana@example.com");
    assert_eq!(visit.state.problem("email"), None);
}

#[test]
fn a_sentence_about_two_fields_waits_until_both_were_reached() {
    let mut visit = Visit::new();
    visit.reading.problems =
        vec![Problem { field: "email".to_owned(), message: "Not both.".to_owned(), reads: vec!["message".to_owned()] }];
    visit.type_in("email", "ana@example.com");
    visit.leave("email");
    assert_eq!(visit.state.problem("email"), None);
    visit.type_in("message", "Hello");
    visit.leave("email");
    assert_eq!(visit.state.problem("email"), Some("Not both."));
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
    assert_eq!(visit.names(), ["Work email", "Message"]);
}

#[test]
fn the_summary_goes_with_the_last_problem() {
    let mut visit = Visit::new();
    visit.submit();
    visit.right("email");
    visit.type_in("email", "ana@example.com");
    assert!(matches!(visit.state.phase(), Phase::Wrong(..)));
    visit.right("message");
    visit.type_in("message", "Hello");
    assert_eq!(visit.state.phase(), &Phase::Filling);
}

#[test]
fn a_second_press_while_sending_sends_nothing() {
    let mut visit = Visit::filled();
    assert!(matches!(visit.submit(), Some(Effect::Send(..))));
    assert_eq!(visit.submit(), None);
    visit.apply(Event::Away(true));
    assert_eq!(visit.submit(), None, "nor while something else is shown in its place");
}

#[test]
fn what_the_edge_finds_wrong_stands_beside_its_field_and_the_rest_in_the_summary() {
    let mut visit = Visit::filled();
    visit.submit();
    let problems = vec![problem("page.url", "The page is odd."), problem("message", "Not this.")];
    let effect = visit.apply(Event::Wrong(problems, "Look again.".to_owned()));
    assert_eq!(effect, Some(Effect::FocusField("message".to_owned())));
    assert_eq!(visit.state.problem("message"), Some("Not this."));
    assert_eq!(visit.names(), ["Message", "The page is odd."]);
    visit.apply(Event::Wrong(Vec::new(), "Not from here.".to_owned()));
    assert_eq!(visit.state.phase(), &Phase::Wrong(Vec::new(), "Not from here.".to_owned()));
}

#[test]
fn after_a_failure_the_same_content_can_be_sent() {
    let mut visit = Visit::filled();
    visit.submit();
    visit.apply(Event::Failed("No.".to_owned()));
    assert!(matches!(visit.submit(), Some(Effect::Send(values)) if values == visit.values));
}

#[test]
fn what_is_not_asked_is_neither_judged_nor_sent() {
    let mut visit = Visit::filled();
    visit.form.fields.push(field("team", "Team", FieldKind::ShortText));
    visit.type_in("team", "7");
    assert!(visit.type_in("team_country", "GB").is_none());
    visit.reading.problems = vec![problem("team", "Too few.")];
    assert!(matches!(visit.submit(), Some(Effect::Send(values)) if values.len() == 2));
}

#[test]
fn a_country_goes_with_its_number() {
    let mut visit = Visit::filled();
    visit.form.fields.push(field("tel", "Telephone", FieldKind::Phone));
    visit.reading.asked.push("tel".to_owned());
    visit.values.push(("tel".to_owned(), Given::One("1".to_owned())));
    visit.values.push(("tel_country".to_owned(), Given::One("GB".to_owned())));
    assert!(matches!(visit.submit(), Some(Effect::Send(values)) if values.len() == 4));
}

#[test]
fn each_step_is_checked_alone_and_back_goes_back() {
    let mut visit = Visit::in_steps();
    assert_eq!(visit.submit(), Some(Effect::FocusField("email".to_owned())), "its own field is wrong");
    assert_eq!(visit.names(), ["Work email"], "and only its own is named");
    visit.right("email");
    assert_eq!(visit.submit(), Some(Effect::FocusStep));
    assert_eq!(visit.state.step(), 1);
    assert_eq!(visit.apply(Event::Back), Some(Effect::FocusStep));
    assert_eq!(visit.state.step(), 0);
    visit.submit();
    visit.right("message");
    assert!(matches!(visit.submit(), Some(Effect::Send(_))));
}

#[test]
fn a_step_with_nothing_to_ask_is_passed_over() {
    let mut visit = Visit::in_steps();
    visit.right("email");
    visit.reading.asked.retain(|name| name == "email");
    assert!(matches!(visit.submit(), Some(Effect::Send(_))));
}

#[test]
fn what_the_edge_finds_wrong_in_an_earlier_step_leads_back_to_it() {
    let mut visit = Visit::in_steps();
    visit.right("email");
    visit.submit();
    let effect = visit.apply(Event::Wrong(vec![problem("email", "Gone.")], String::new()));
    assert_eq!((effect, visit.state.step()), (Some(Effect::FocusField("email".to_owned())), 0));
}

#[test]
fn what_is_known_is_not_asked_until_it_is_changed_or_wrong() {
    let mut visit = Visit::filled();
    visit.state = State::new(&visit.form, vec![known("email"), known("message")], false);
    assert!(visit.state.known("email").is_some());
    assert_eq!(visit.apply(Event::Change("email".to_owned())), Some(Effect::FocusField("email".to_owned())));
    assert_eq!(visit.state.known("email"), None);
    visit.apply(Event::Wrong(vec![problem("message", "Gone.")], String::new()));
    assert_eq!(visit.state.known("message"), None);
}

#[test]
fn a_field_that_waits_takes_the_place_of_one_that_is_known() {
    let mut visit = Visit::filled();
    for name in ["size", "role"] {
        visit.form.fields.push(Field { progressive: true, ..field(name, name, FieldKind::ShortText) });
        visit.reading.asked.push(name.to_owned());
    }
    let asked = |visit: &Visit| {
        let fields = visit.form.fields.iter().filter(|field| visit.state.is_asked(&visit.form, field));
        fields.map(|field| field.name.clone()).collect::<Vec<_>>()
    };
    visit.apply(Event::Filled(visit.reading.clone()));
    assert_eq!(asked(&visit), ["email", "message"]);
    visit.state = State::new(&visit.form, vec![known("email")], false);
    assert_eq!(asked(&visit), ["email", "message", "size"], "one for one");
    visit.state = State::new(&visit.form, vec![known("email"), known("size")], false);
    assert_eq!(asked(&visit), ["email", "message", "role"], "what waits and is known gives its place on");
}

#[test]
fn a_form_is_not_sent_before_its_file_is_there() {
    let mut visit = Visit::filled();
    let file = |id: &str, says: &str, problem: &str| {
        let [name, id, says, problem] = ["message", id, says, problem].map(str::to_owned);
        Event::File(File { name, says, id, problem })
    };
    visit.apply(file("", "a.png 40%", ""));
    assert_eq!(visit.submit(), Some(Effect::FocusField("message".to_owned())));
    assert_eq!(visit.state.problem("message"), Some("a.png 40%"));
    visit.apply(file("00ff", "a.png", ""));
    assert_eq!(visit.state.stored().collect::<Values>(), [("message".to_owned(), Given::One("00ff".to_owned()))]);
    assert!(matches!(visit.submit(), Some(Effect::Send(_))));
    visit.apply(file("", "", "Too large."));
    assert_eq!((visit.state.problem("message"), visit.state.file("message")), (Some("Too large."), None));
}

#[test]
fn agreements_files_and_what_is_not_seen_are_no_part_of_a_draft() {
    let mut form = Visit::new().form;
    let kinds = [("yes", Consent), ("file", FieldKind::File), ("plan", Hidden)];
    form.fields.extend(kinds.map(|(name, kind)| field(name, name, kind)));
    let values = ["email", "yes", "file", "plan"].map(|name| (name.to_owned(), Given::One("x".to_owned())));
    assert_eq!(State::draft(&form, values.into()), [("email".to_owned(), Given::One("x".to_owned()))]);
}

#[test]
fn before_the_rules_are_here_what_is_conditional_is_not_asked() {
    let mut form = Visit::new().form;
    form.fields.push(Field { conditional: true, ..field("team", "Team", FieldKind::ShortText) });
    assert_eq!(State::new(&form, Vec::new(), false).asked(), ["email", "message"]);
}

/// A visitor before a form with an e-mail address and a message, both wrong until they are right.
struct Visit {
    form: Form,
    state: State,
    values: Values,
    reading: Reading,
}

impl Visit {
    fn new() -> Self {
        let form = Form {
            id: "inquiry".to_owned(),
            fields: vec![
                field("email", "Work email", FieldKind::Email),
                field("message", "Message", FieldKind::LongText),
            ],
            steps: vec![(0, String::new())],
            ..Form::default()
        };
        let reading = Reading {
            asked: vec!["email".to_owned(), "message".to_owned()],
            problems: vec![problem("email", "No address."), problem("message", "Nothing.")],
            is_sure: true,
        };
        let state = State::new(&form, Vec::new(), false);
        Self { form, state, values: Values::new(), reading }
    }

    fn filled() -> Self {
        let mut visit = Self::new();
        visit.right("email");
        visit.right("message");
        visit.type_in("email", "ana@example.com");
        visit.type_in("message", "Hello");
        visit
    }

    fn in_steps() -> Self {
        let mut visit = Self::new();
        visit.form.steps = vec![(0, "You".to_owned()), (1, "Your question".to_owned())];
        visit
    }

    fn right(&mut self, name: &str) {
        self.reading.problems.retain(|problem| problem.field != name);
    }

    fn apply(&mut self, event: Event) -> Option<Effect> {
        self.state.apply(&self.form, event)
    }

    fn type_in(&mut self, name: &str, value: &str) -> Option<Effect> {
        self.values.retain(|(it, _)| it != name);
        self.values.push((name.to_owned(), Given::One(value.to_owned())));
        self.apply(Event::Typed(name.to_owned(), self.reading.clone()))
    }

    fn leave(&mut self, name: &str) {
        assert_eq!(self.apply(Event::Left(name.to_owned(), self.reading.clone())), None);
    }

    fn submit(&mut self) -> Option<Effect> {
        self.apply(Event::Submitted(self.values.clone(), self.reading.clone()))
    }

    fn names(&self) -> Vec<&str> {
        match self.state.phase() {
            Phase::Wrong(names, _) => names.iter().map(String::as_str).collect(),
            other => panic!("expected what is wrong, got {other:?}"),
        }
    }
}

fn problem(field: &str, message: &str) -> Problem {
    Problem { field: field.to_owned(), message: message.to_owned(), reads: Vec::new() }
}

fn known(name: &str) -> Known {
    Known { name: name.to_owned(), value: "x".to_owned(), from: "You told us.".to_owned() }
}

fn field(name: &str, label: &str, kind: FieldKind) -> Field {
    Field {
        name: name.to_owned(),
        kind,
        label: label.to_owned(),
        help: None,
        required: false,
        conditional: false,
        progressive: false,
        options: Vec::new(),
        countries: Vec::new(),
        autocomplete: None,
        range: [("min", None), ("max", None)],
        from: ("page", String::new()),
    }
}
