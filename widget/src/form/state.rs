//! What the form knows and how it changes: events in, at most one effect out. No browser, no clock, no random source.
//!
//! What is typed stays in the page's own fields, which are never taken away, only hidden: so nothing typed can be lost
//! here. The rules it keeps: a field is judged once the visitor has typed in it and left it, and a rule between fields
//! once each of them was reached; a field that is not asked is not sent; what is known is shown and not asked, until the
//! visitor wants to change it; while one send is under way there is no second.

use shared::submission::values::COUNTRY_SUFFIX;
use shared::wire::FieldKind::{Consent, File as FileKind, Hidden};
use shared::wire::Given;

use super::definition::{Field, Form};

/// What the fields hold, as typed, in the form's order.
pub type Values = Vec<(String, Given)>;

/// What the rules say of values; see the crate `rules`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reading {
    /// The names of the fields that are asked.
    pub asked: Vec<String>,
    /// What is wrong.
    pub problems: Vec<Problem>,
    /// Whether the rules said so; while they are not here, nothing is known to be wrong.
    pub is_sure: bool,
}

/// What is wrong with a field.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Problem {
    /// The field's name, or the path of what surrounds the fields.
    pub field: String,
    /// The sentence beside it.
    pub message: String,
    /// The other fields that the sentence is about.
    pub reads: Vec<String>,
}

/// Everything the form knows.
#[derive(Debug, Default)]
pub struct State {
    /// The names of the fields that are asked, given what is typed.
    asked: Vec<String>,
    /// The fields the visitor has typed in.
    touched: Vec<String>,
    /// Those that were left when the rules were not here yet.
    left: Vec<String>,
    problems: Vec<Problem>,
    phase: Phase,
    /// Which step is shown.
    step: usize,
    /// The fields that need not be asked: with a line that says what is known.
    known: Vec<Known>,
    files: Vec<File>,
    /// Whether what an earlier page kept was brought back.
    restored: bool,
    /// Whether something else is shown in the form's place.
    away: bool,
}

/// A field that need not be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Its name.
    pub name: String,
    /// Its value, as the visitor reads it.
    pub value: String,
    /// Where it is from, in words.
    pub from: String,
}

/// A file that was chosen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct File {
    /// The field's name.
    pub name: String,
    /// Its name, its size and how far it is, in words; empty where there is none any more.
    pub says: String,
    /// What the edge calls it, once it is there.
    pub id: String,
    /// What is wrong with it; then it is taken back.
    pub problem: String,
}

/// Where the form stands.
#[derive(Debug, Default, PartialEq, Eq)]
pub enum Phase {
    /// The visitor is typing.
    #[default]
    Filling,
    /// A send is under way.
    Sending,
    /// Fields are wrong: their labels, and what is wrong beside them; where there are none, a sentence about the whole.
    Wrong(Vec<String>, String),
    /// The send did not succeed, through no field: the sentence that says so.
    Failed(String),
}

/// What happened.
#[derive(Debug)]
pub enum Event {
    /// A field was typed in; what the rules say now.
    Typed(String, Reading),
    /// A field lost the focus; what the rules say now.
    Left(String, Reading),
    /// The fields hold something else and nobody typed it, or the rules have come.
    Filled(Reading),
    /// The step is done, or the form is to be sent; with its values.
    Submitted(Values, Reading),
    /// The step before, please.
    Back,
    /// A field that is known is to be changed.
    Change(String),
    /// A file was chosen, sent, refused or taken back.
    File(File),
    /// A send is under way.
    Busy,
    /// It is not sent after all.
    Idle,
    /// The edge found something wrong: the fields, and a sentence about the whole.
    Wrong(Vec<Problem>, String),
    /// The send did not succeed, in these words.
    Failed(String),
    /// Something else is shown in the form's place, or no more.
    Away(bool),
    /// The visitor wants an empty form again.
    Restarted,
}

/// What must be done about it.
#[derive(Debug, PartialEq, Eq)]
pub enum Effect {
    /// The visitor began.
    Began,
    /// Send this.
    Send(Values),
    /// Move the focus to this field.
    FocusField(String),
    /// Move the focus to the step's heading.
    FocusStep,
    /// Move the focus to the form's first field.
    FocusForm,
}

impl State {
    /// A form that nobody has typed in. Until the rules say more, what is asked under a condition is not asked.
    pub fn new(form: &Form, known: Vec<Known>, restored: bool) -> Self {
        let asked = form.fields.iter().filter(|field| !field.conditional).map(|field| field.name.clone()).collect();
        Self { asked, known, restored, ..Self::default() }
    }

    /// Takes an event; returns what must be done.
    pub fn apply(&mut self, form: &Form, event: Event) -> Option<Effect> {
        match event {
            Event::Typed(name, reading) => return self.typed(form, name, reading),
            Event::Left(name, reading) => {
                if !reading.is_sure && !self.left.contains(&name) {
                    self.left.push(name.clone());
                }
                let problems = self.read(form, reading);
                if self.touched.contains(&name) {
                    self.judge(&name, &problems);
                }
            }
            Event::Filled(reading) => {
                let left = if reading.is_sure { core::mem::take(&mut self.left) } else { Vec::new() };
                let problems = self.read(form, reading);
                for name in left {
                    if self.touched.contains(&name) {
                        self.judge(&name, &problems);
                    }
                }
            }
            Event::Submitted(values, reading) => return self.submitted(form, values, reading),
            Event::Back => {
                self.step = self.steps(form).into_iter().rfind(|step| *step < self.step).unwrap_or(self.step);
                self.phase = Phase::Filling;
                return Some(Effect::FocusStep);
            }
            Event::Change(name) => {
                self.known.retain(|known| known.name != name);
                return Some(Effect::FocusField(name));
            }
            Event::File(file) => self.filed(file),
            Event::Busy => self.phase = Phase::Sending,
            Event::Idle => self.phase = Phase::Filling,
            Event::Wrong(problems, title) => return self.wrong(form, problems, title),
            Event::Failed(why) => self.phase = Phase::Failed(why),
            Event::Away(away) => {
                self.away = away;
                self.phase = Phase::Filling;
            }
            Event::Restarted => {
                *self = Self::new(form, Vec::new(), false);
                return Some(Effect::FocusForm);
            }
        }
        None
    }

    /// Takes in what is asked now; says what is wrong with that.
    fn read(&mut self, form: &Form, mut reading: Reading) -> Vec<Problem> {
        self.asked = reading.asked;
        reading.problems.retain(|problem| form.field(&problem.field).is_some_and(|field| self.is_asked(form, field)));
        reading.problems
    }

    fn typed(&mut self, form: &Form, name: String, reading: Reading) -> Option<Effect> {
        let problems = self.read(form, reading);
        // A message goes away as soon as it is no longer true, and is not put up while the visitor is still typing.
        if self.problem(&name).is_some() {
            self.judge(&name, &problems);
        }
        let first = self.touched.is_empty();
        if !self.touched.contains(&name) {
            self.touched.push(name);
        }
        first.then_some(Effect::Began)
    }

    fn judge(&mut self, name: &str, found: &[Problem]) {
        self.problems.retain(|problem| problem.field != name);
        // A sentence about several fields waits until the visitor has reached them.
        let is_ripe =
            |problem: &&Problem| problem.field == name && problem.reads.iter().all(|read| self.touched.contains(read));
        self.problems.extend(found.iter().filter(is_ripe).cloned());
        if self.problems.is_empty() && matches!(self.phase, Phase::Wrong(..)) {
            self.phase = Phase::Filling;
        }
    }

    fn submitted(&mut self, form: &Form, values: Values, reading: Reading) -> Option<Effect> {
        if self.phase == Phase::Sending || self.away {
            return None;
        }
        let mut problems = self.read(form, reading);
        for file in self.files.iter().filter(|file| file.id.is_empty()) {
            problems.retain(|problem| problem.field != file.name);
            problems.push(Problem { field: file.name.clone(), message: file.says.clone(), reads: Vec::new() });
        }
        let next = self.steps(form).into_iter().find(|step| *step > self.step);
        if next.is_some() {
            let is_in = |place: usize, name: &String| form.step(place).iter().any(|field| field.name == *name);
            let is_reached = |name: &String| (0..=self.step).any(|place| is_in(place, name));
            problems.retain(|problem| is_in(self.step, &problem.field) && problem.reads.iter().all(is_reached));
        }
        if !problems.is_empty() {
            return self.wrong(form, problems, String::new());
        }
        self.problems.clear();
        self.phase = Phase::Filling;
        if let Some(next) = next {
            self.step = next;
            return Some(Effect::FocusStep);
        }
        self.phase = Phase::Sending;
        Some(Effect::Send(self.sent(form, values)))
    }

    /// Of what the fields hold, what is asked, and the country of each number that is.
    fn sent(&self, form: &Form, mut values: Values) -> Values {
        values.retain(|(name, _)| {
            let field = form.field(name).or_else(|| form.field(name.strip_suffix(COUNTRY_SUFFIX)?));
            field.is_some_and(|field| self.is_asked(form, field))
        });
        values
    }

    /// Of what the fields hold, what may be kept for another page: no agreement is given by reloading.
    pub fn draft(form: &Form, mut values: Values) -> Values {
        values.retain(|(name, _)| {
            form.field(name).is_none_or(|field| !matches!(field.kind, Consent | FileKind | Hidden))
        });
        values
    }

    fn filed(&mut self, file: File) {
        self.problems.retain(|problem| problem.field != file.name);
        self.files.retain(|it| it.name != file.name);
        if !file.problem.is_empty() {
            self.problems.push(Problem { field: file.name, message: file.problem, reads: Vec::new() });
        } else if !file.says.is_empty() {
            self.files.push(file);
        }
    }

    /// Puts up every problem; the focus goes to the first field that has one, in the form's order.
    fn wrong(&mut self, form: &Form, problems: Vec<Problem>, title: String) -> Option<Effect> {
        let mut first = None;
        let mut names = Vec::new();
        for place in 0..form.steps.len() {
            for field in form.step(place).iter().filter(|field| field.is_seen()) {
                if problems.iter().any(|problem| problem.field == field.name) {
                    names.push(field.label.clone());
                    // What was known is not right: it is asked after all.
                    self.known.retain(|known| known.name != field.name);
                    if first.is_none() {
                        self.step = place;
                        first = Some(Effect::FocusField(field.name.clone()));
                    }
                }
            }
        }
        // What surrounds the values (`page.url`) has no field to stand beside.
        let around = problems.iter().filter(|problem| !form.field(&problem.field).is_some_and(Field::is_seen));
        names.extend(around.map(|problem| problem.message.clone()));
        self.problems = problems;
        self.phase = Phase::Wrong(names, title);
        first
    }

    /// Whether a field is asked of this visitor now. One that waits takes the place of one that is known.
    pub fn is_asked(&self, form: &Form, field: &Field) -> bool {
        if !self.asked.contains(&field.name) {
            return false;
        }
        if !field.progressive {
            return true;
        }
        let (mut free, mut before) = (0, 0);
        let mut is_before = true;
        for it in form.fields.iter().filter(|it| self.asked.contains(&it.name)) {
            is_before &= it.name != field.name;
            let is_known = self.known(&it.name).is_some();
            if is_known && !it.progressive {
                free += 1;
            }
            if is_before && it.progressive && !is_known {
                before += 1;
            }
        }
        before < free && self.known(&field.name).is_none()
    }

    /// The steps that have something to ask, by their places.
    pub fn steps(&self, form: &Form) -> Vec<usize> {
        let asks = |field: &Field| field.is_seen() && self.is_asked(form, field);
        (0..form.steps.len()).filter(|place| *place == self.step || form.step(*place).iter().any(asks)).collect()
    }

    /// The message beside a field.
    pub fn problem(&self, name: &str) -> Option<&str> {
        self.problems.iter().find(|problem| problem.field == name).map(|problem| problem.message.as_str())
    }

    /// What is known of a field, while it is not asked.
    pub fn known(&self, name: &str) -> Option<&Known> {
        self.known.iter().find(|known| known.name == name)
    }

    /// The file of a field.
    pub fn file(&self, name: &str) -> Option<&File> {
        self.files.iter().find(|file| file.name == name)
    }

    /// The files that the edge has, as values.
    pub fn stored(&self) -> impl Iterator<Item = (String, Given)> {
        let stored = self.files.iter().filter(|file| !file.id.is_empty());
        stored.map(|file| (file.name.clone(), Given::One(file.id.clone())))
    }

    /// The names of the fields that are asked.
    pub fn asked(&self) -> &[String] {
        &self.asked
    }

    /// The place of the step that is shown.
    pub fn step(&self) -> usize {
        self.step
    }

    /// Where the form stands.
    pub fn phase(&self) -> &Phase {
        &self.phase
    }

    /// Whether something is shown in the form's place.
    pub fn is_away(&self) -> bool {
        self.away
    }

    /// Whether what an earlier page kept was brought back.
    pub fn is_restored(&self) -> bool {
        self.restored
    }
}

/// One more in a list that is read.
pub fn add(list: &mut String, word: &str) {
    if !list.is_empty() {
        list.push_str(", ");
    }
    list.push_str(word);
}

#[cfg(test)]
mod tests;
