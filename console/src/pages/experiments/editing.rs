//! A draft while it is edited: what is typed, what is wrong with it, how long it will take, saving and starting it. What is
//! typed stays, whatever becomes of saving: it is kept under the draft's key until it is saved or discarded.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::wire::FieldProblem;
use shared::wire::experiment::{Experiment, ExperimentArm};
use shared::wire::experiments::{AskPlan, ChangeExperiments, ExperimentChange, ExperimentsView, PlanView};
use shared::wire::prompt::Prompt;
use shared::wire::scoring::{Checked, HintView};

use super::Typed;
use super::edit;
use super::one::One;
use crate::api::{self, Answer, Failure};
use crate::app::{Desk, Leaving};
use crate::pages::experiment_path;
use crate::parts::{Wrongs, id_of};
use crate::{dom, words};

/// What is wrong as long as nothing is typed; it is said once somebody tries to save.
const MISSING: &str = "required";

/// A draft that is being changed, or made.
#[derive(Clone, Copy)]
pub struct Editing {
    /// The application.
    pub desk: Desk,
    /// Its page; absent until it is made.
    one: Option<One>,
    /// As it is on the screen.
    pub edit: RwSignal<Experiment>,
    base: RwSignal<Experiment>,
    /// What is wrong with it, by field.
    pub wrong: Wrongs,
    /// What is wrong with what the form has no field for.
    pub elsewhere: RwSignal<Vec<String>>,
    /// What is odd in it.
    pub hints: RwSignal<Vec<HintView>>,
    /// How long an answer takes.
    pub plan: RwSignal<Option<PlanView>>,
    /// Why that is not known.
    pub plan_failed: RwSignal<Option<String>>,
    /// Why something was not done, in a sentence.
    pub refused: RwSignal<Option<String>>,
    /// Whether something is being done.
    pub busy: RwSignal<bool>,
    /// Counts the changes of which arms there are: places mean something else after one.
    pub shape: RwSignal<u32>,
    checks: StoredValue<u32>,
    plans: StoredValue<u32>,
    has_tried: StoredValue<bool>,
}

impl Editing {
    /// Begins, or goes on with what was not saved.
    pub fn open(desk: Desk, one: Option<One>, now: &Experiment) -> Self {
        let key = now.key.clone();
        let typed = desk.experiments.typed.with_value(|typed| typed.get(&key).cloned());
        let typed = typed.unwrap_or_else(|| Typed { base: now.clone(), mine: now.clone() });
        let editing = Self {
            desk,
            one,
            edit: RwSignal::new(typed.mine),
            base: RwSignal::new(typed.base),
            wrong: RwSignal::new(Vec::new()),
            elsewhere: RwSignal::new(Vec::new()),
            hints: RwSignal::new(Vec::new()),
            plan: RwSignal::new(None),
            plan_failed: RwSignal::new(None),
            refused: RwSignal::new(None),
            busy: RwSignal::new(false),
            shape: RwSignal::new(0),
            checks: StoredValue::new(0),
            plans: StoredValue::new(0),
            has_tried: StoredValue::new(false),
        };
        Effect::new(move |_| {
            let typed = Typed { base: editing.base.get(), mine: editing.edit.get() };
            desk.experiments.typed.update_value(|all| {
                if typed.base == typed.mine {
                    all.remove(&key);
                } else {
                    all.insert(key.clone(), typed);
                }
            });
        });
        // Where nothing was typed, the form follows what others save.
        if let Some(one) = one {
            let now = one.of(|view| view.experiment.clone());
            Effect::new(move |_| {
                let Some(now) = now.get() else { return };
                let is_clean = !untrack(|| editing.is_changed());
                if is_clean && editing.base.with_untracked(|base| *base != now) {
                    editing.start_over(now);
                }
            });
        }
        editing
    }

    /// Whether it is not there yet.
    pub fn is_new(self) -> bool {
        self.one.is_none()
    }

    /// Whether something is typed that is not saved.
    pub fn is_changed(self) -> bool {
        self.base.with(|base| self.edit.with(|mine| base != mine))
    }

    /// Lets go of what was typed.
    pub fn discard(self) {
        self.start_over(self.base.get_untracked());
    }

    fn start_over(self, from: Experiment) {
        self.base.set(from.clone());
        self.edit.set(from);
        self.wrong.set(Vec::new());
        self.elsewhere.set(Vec::new());
        self.refused.set(None);
        self.has_tried.set_value(false);
        self.shape.update(|shape| *shape += 1);
    }

    // Typing.

    /// Takes in what was typed.
    pub fn change(self, how: impl FnOnce(&mut Experiment)) {
        self.edit.update(how);
    }

    /// Takes in what was typed into an arm's prompt.
    pub fn change_prompt(self, at: usize, how: impl FnOnce(&mut Prompt)) {
        self.edit.update(|edit| {
            if let Some(prompt) = edit.arms.get_mut(at).and_then(|arm| arm.prompt.as_mut()) {
                how(prompt);
            }
        });
    }

    /// Adds or takes away an arm: the arms are drawn anew.
    pub fn reshape(self, how: impl FnOnce(&mut Experiment)) {
        self.edit.update(how);
        self.shape.update(|shape| *shape += 1);
    }

    /// Something of it.
    pub fn of<T: PartialEq + Send + Sync + 'static>(
        self,
        what: impl Fn(&Experiment) -> T + Send + Sync + 'static,
    ) -> Signal<T> {
        Memo::new(move |_| self.edit.with(&what)).into()
    }

    /// Something of an arm; the usual, where it is gone.
    pub fn of_arm<T: Default + PartialEq + Send + Sync + 'static>(
        self,
        at: usize,
        what: impl Fn(&ExperimentArm) -> T + Send + Sync + 'static,
    ) -> Signal<T> {
        self.of(move |edit| edit.arms.get(at).map(&what).unwrap_or_default())
    }

    /// Something of what an arm shows; the usual, where there is none.
    pub fn of_prompt<T: Default + PartialEq + Send + Sync + 'static>(
        self,
        at: usize,
        what: impl Fn(&Prompt) -> T + Send + Sync + 'static,
    ) -> Signal<T> {
        self.of_arm(at, move |arm| arm.prompt.as_deref().map(&what).unwrap_or_default())
    }

    /// What there is to choose from.
    pub fn there<T: Default>(self, what: impl Fn(&ExperimentsView) -> T) -> T {
        self.desk.experiments.view.with(|view| view.as_ref().map(what).unwrap_or_default())
    }

    /// The prompt that is the control.
    pub fn control(self) -> Option<Prompt> {
        let id = self.edit.with(|edit| edit.prompt.clone());
        self.there(|view| view.prompts.iter().find(|prompt| prompt.id == id).cloned())
    }

    // Asking.

    /// Asks what is wrong with what is on the screen.
    pub fn check(self) {
        let this = self.checks.with_value(|checks| checks + 1);
        self.checks.set_value(this);
        let sent = self.edit.with_untracked(edit::sent);
        let slips = edit::slips(&sent);
        if !slips.is_empty() {
            self.found(slips);
            return;
        }
        spawn_local(async move {
            let answer = api::check_experiment(&sent).await;
            // An answer to what was on the screen before says nothing of what is there now.
            if self.checks.try_get_value() != Some(this) {
                return;
            }
            match answer {
                Ok(Checked { problems, hints }) => {
                    self.found(problems);
                    self.hints.set(hints);
                }
                Err(Failure::SignedOut) => self.desk.signed_out(Leaving::Ended),
                // Saving checks again, and says what is wrong.
                Err(_) => {}
            }
        });
    }

    /// What to ask the plan by; absent while a number is none.
    pub fn asked(self) -> Option<AskPlan> {
        self.edit.with(|edit| {
            edit::slips(edit).is_empty().then(|| AskPlan {
                prompt: edit.prompt.clone(),
                metric: edit.metric,
                arms: u32::try_from(edit.arms.len()).unwrap_or(u32::MAX),
                coverage: edit.coverage,
                base: edit.base,
                looks_for: edit.looks_for,
            })
        })
    }

    /// Asks how long it will take.
    pub fn ask_plan(self, ask: AskPlan) {
        let this = self.plans.with_value(|plans| plans + 1);
        self.plans.set_value(this);
        spawn_local(async move {
            let answer = api::plan_experiment(&ask).await;
            if self.plans.try_get_value() != Some(this) {
                return;
            }
            match answer {
                Ok(plan) => {
                    self.plan.set(Some(plan));
                    self.plan_failed.set(None);
                }
                Err(Failure::SignedOut) => self.desk.signed_out(Leaving::Ended),
                Err(failure) => {
                    self.plan.set(None);
                    self.plan_failed.set(Some(failure.sentence()));
                }
            }
        });
    }

    // Saving.

    /// Saves the draft.
    pub fn save(self) {
        self.act(async move {
            if let Some(key) = self.kept().await {
                self.desk.say("The draft is saved");
                if self.is_new() {
                    self.desk.go(&experiment_path(&key), true);
                }
            }
        });
    }

    /// Saves the draft where it is changed, and starts it.
    pub fn start(self) {
        let Some(one) = self.one else { return };
        self.act(async move {
            if untrack(|| self.is_changed()) && self.kept().await.is_none() {
                return;
            }
            let started = one.change(ExperimentChange::Start { key: one.key.get_value() }).await;
            if self.settled(started).await.is_some() {
                self.desk.say("It runs");
                dom::focus_soon("page");
            }
        });
    }

    /// Throws the draft away.
    pub fn throw_away(self) {
        let Some(one) = self.one else { return };
        self.act(async move {
            let key = one.key.get_value();
            let version = one.view.with_untracked(|view| view.as_ref().map_or(0, |view| view.version));
            let change = ExperimentChange::Drop { key: key.clone() };
            let dropped = api::change_experiments(&ChangeExperiments { version, change }).await;
            if let Some(view) = self.settled(dropped).await {
                self.discard();
                self.desk.experiments.take(view);
                self.desk.say("The draft is gone");
                self.desk.go("/experiments", true);
            }
        });
    }

    /// Does one thing at a time.
    fn act(self, doing: impl Future<Output = ()> + 'static) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.refused.set(None);
        self.has_tried.set_value(true);
        spawn_local(async move {
            doing.await;
            let _ = self.busy.try_set(false);
        });
    }

    /// Keeps what is on the screen; its key, where that is kept.
    async fn kept(self) -> Option<String> {
        let mine = self.edit.get_untracked();
        let experiment = edit::sent(&mine);
        let slips = edit::slips(&experiment);
        if !slips.is_empty() {
            self.not_saved(slips);
            return None;
        }
        let known = untrack(|| self.there(keys));
        let of_page = self.one.and_then(|one| one.view.with_untracked(|view| view.as_ref().map(|view| view.version)));
        let version = of_page.unwrap_or_else(|| untrack(|| self.there(|view| view.version)));
        let change = ExperimentChange::Save { experiment: Box::new(experiment) };
        let saved = api::change_experiments(&ChangeExperiments { version, change }).await;
        let view = self.settled(saved).await?;
        let made = keys(&view).into_iter().find(|key| !known.contains(key));
        self.desk.experiments.take(view);
        match self.one {
            Some(one) => {
                // What was typed meanwhile is changed, not saved.
                self.base.set(mine);
                // It is kept, whatever becomes of reading it.
                let _ = one.again().await;
                Some(one.key.get_value())
            }
            None => {
                let blank = self.base.get_untracked();
                self.start_over(blank);
                made
            }
        }
    }

    /// Takes the answer to a change; what was typed stays where it is a refusal.
    async fn settled<T>(self, answer: Answer<T>) -> Option<T> {
        match answer {
            Ok(answer) => return Some(answer),
            Err(Failure::SignedOut) => self.desk.signed_out(Leaving::Ended),
            Err(failure) if failure.is_stale() => self.catch_up().await,
            Err(failure) if failure.fields().is_empty() => {
                let _ = self.refused.try_set(Some(format!("{} What you typed is still here.", failure.sentence())));
            }
            Err(failure) => self.not_saved(failure.fields().to_vec()),
        }
        None
    }

    /// Somebody else has changed the configuration meanwhile: what is typed here stays, and may be saved over theirs.
    async fn catch_up(self) {
        self.desk.experiments.read_now(self.desk).await;
        let theirs = match self.one {
            Some(one) => one.again().await.map(|()| {
                let now = one.view.with_untracked(|view| view.as_ref().map(|view| view.experiment.clone()));
                now.filter(|now| self.base.with_untracked(|base| base != now))
            }),
            None => Ok(None),
        };
        let says = match theirs {
            Ok(None) => {
                "Somebody else has changed the configuration meanwhile. What you typed is still here: look it over, \
                         then save again."
            }
            Ok(Some(theirs)) => {
                let _ = self.base.try_set(theirs);
                "Somebody else has saved this draft meanwhile. What you typed is still here: save it to put it in the place \
                 of theirs, or discard it to see theirs."
            }
            Err(_) => {
                "Somebody else has changed the configuration meanwhile, and it could not be read. What you typed is \
                       still here."
            }
        };
        let _ = self.refused.try_set(Some(says.to_owned()));
        dom::focus_soon("edit-save");
    }

    fn not_saved(self, problems: Vec<FieldProblem>) {
        // What is still being looked over is what was sent.
        let _ = self.checks.try_update_value(|checks| *checks += 1);
        let many = words::counted(problems.len(), "thing needs", "things need");
        let first = problems.iter().map(|it| id_of(&it.field)).find(|id| dom::element(id).is_some());
        let _ = self.refused.try_set(Some(format!("Not saved: {many} another look.")));
        self.found(problems);
        dom::focus_wrong_soon(first);
    }

    /// Takes what was found, each at its field where there is one.
    fn found(self, problems: Vec<FieldProblem>) {
        let says_all = self.has_tried.try_get_value().unwrap_or(true);
        let problems: Vec<FieldProblem> = problems.into_iter().filter(|it| says_all || it.code != MISSING).collect();
        let elsewhere = problems.iter().filter(|it| dom::element(&id_of(&it.field)).is_none());
        let elsewhere = elsewhere.map(|it| format!("{}: {}", it.field, words::sentence(&it.message))).collect();
        let _ = self.elsewhere.try_set(elsewhere);
        let _ = self.wrong.try_set(problems);
    }
}

fn keys(view: &ExperimentsView) -> Vec<String> {
    view.experiments.iter().map(|line| line.key.clone()).collect()
}
