//! What is typed into the forms of an experiment that runs or has ended, and doing it. What was typed stays, also where the
//! forms are closed and opened again.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::wire::FieldProblem;
use shared::wire::experiments::{ExperimentChange, ExperimentView};

use super::edit::no_number;
use super::one::One;
use super::weights;
use crate::api::Failure;
use crate::app::Leaving;
use crate::dom;
use crate::parts::{Wrongs, id_of};

/// What one can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Let more or fewer take part.
    Ramp,
    /// End it without a winner.
    Stop,
    /// End it with one.
    Declare,
    /// Write down what was learnt.
    Note,
}

/// The forms.
#[derive(Clone, Copy)]
pub struct Acting {
    /// Of which experiment.
    pub one: One,
    /// The form that is open.
    pub open: RwSignal<Option<Way>>,
    /// The share that takes part.
    pub coverage: RwSignal<f64>,
    /// The shares of the arms.
    pub weights: RwSignal<Vec<f64>>,
    /// The arm that is to be declared, by its key.
    pub arm: RwSignal<String>,
    /// What was learnt.
    pub learnt: RwSignal<String>,
    /// What is wrong, by field.
    pub wrong: Wrongs,
    /// Why it was not done.
    pub refused: RwSignal<Option<String>>,
    /// Whether it is being done.
    pub busy: RwSignal<bool>,
}

impl Acting {
    /// As the experiment stands.
    pub fn of(one: One) -> Self {
        let now = one.view.get_untracked();
        let experiment = now.as_ref().map(|view| &view.experiment);
        let learnt = experiment.and_then(|it| it.ended.as_ref()).map(|ended| ended.learnt.clone());
        Self {
            one,
            open: RwSignal::new(None),
            coverage: RwSignal::new(experiment.map_or(1.0, |it| it.coverage)),
            weights: RwSignal::new(
                experiment.map(|it| it.arms.iter().map(|arm| arm.weight).collect()).unwrap_or_default(),
            ),
            arm: RwSignal::new(now.as_ref().map(likely).unwrap_or_default()),
            learnt: RwSignal::new(learnt.unwrap_or_default()),
            wrong: RwSignal::new(Vec::new()),
            refused: RwSignal::new(None),
            busy: RwSignal::new(false),
        }
    }

    /// Opens a form, and goes to it.
    pub fn show(self, way: Way) {
        self.wrong.set(Vec::new());
        self.refused.set(None);
        self.open.set(Some(way));
        dom::focus_soon("act");
    }

    /// Closes it.
    pub fn hide(self) {
        self.open.set(None);
        self.refused.set(None);
        dom::focus_soon("can-do");
    }

    /// Does what the open form is for.
    pub fn send(self) {
        let Some(way) = self.open.get_untracked() else { return };
        let slips = if way == Way::Ramp { self.slips() } else { Vec::new() };
        if !slips.is_empty() {
            return self.not_done(slips);
        }
        let key = self.one.key.get_value();
        let learnt = self.learnt.get_untracked().trim().to_owned();
        let (change, done) = match way {
            Way::Ramp => {
                let weights = weights::evened(&self.weights.get_untracked());
                (ExperimentChange::Ramp { key, coverage: self.coverage.get_untracked(), weights }, "It is changed")
            }
            Way::Stop => (ExperimentChange::Stop { key, learnt }, "It is stopped"),
            Way::Declare => (
                ExperimentChange::Declare { key, arm: self.arm.get_untracked(), learnt },
                "The winner is the prompt now",
            ),
            Way::Note => (ExperimentChange::Note { key, learnt }, "Noted"),
        };
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.wrong.set(Vec::new());
        self.refused.set(None);
        spawn_local(async move {
            let outcome = self.one.change(change).await;
            let _ = self.busy.try_set(false);
            match outcome {
                Ok(()) => {
                    self.one.desk.say(done);
                    let _ = self.open.try_set(None);
                    dom::focus_soon("page");
                }
                Err(Failure::SignedOut) => self.one.desk.signed_out(Leaving::Ended),
                Err(failure) if failure.is_stale() => self.catch_up().await,
                Err(failure) if failure.fields().is_empty() => {
                    let _ = self.refused.try_set(Some(format!("{} What you typed is still here.", failure.sentence())));
                }
                Err(failure) => self.not_done(failure.fields().to_vec()),
            }
        });
    }

    /// Somebody else has changed the configuration meanwhile: what is typed stays, and is sent on what there is now.
    async fn catch_up(self) {
        let says = match self.one.again().await {
            Ok(()) => {
                "Somebody else has changed the configuration meanwhile; what they changed is on the screen. What you typed is \
                 still here: look it over, then send it again."
            }
            Err(_) => {
                "Somebody else has changed the configuration meanwhile, and it could not be read. What you typed is still here."
            }
        };
        let _ = self.refused.try_set(Some(says.to_owned()));
        dom::focus_soon("act-send");
    }

    fn not_done(self, problems: Vec<FieldProblem>) {
        let problems: Vec<FieldProblem> = problems.into_iter().map(at_its_field).collect();
        let nowhere = problems.iter().filter(|it| dom::element(&id_of(&it.field)).is_none());
        let nowhere: Vec<String> = nowhere.map(|it| crate::words::sentence(&it.message)).collect();
        let says = if nowhere.is_empty() { "Not done: look at what is marked.".to_owned() } else { nowhere.join(" ") };
        let _ = self.refused.try_set(Some(says));
        let _ = self.wrong.try_set(problems);
        dom::focus_wrong_soon(Some("act-send".to_owned()));
    }

    /// What is no number yet.
    fn slips(self) -> Vec<FieldProblem> {
        let weights = self.weights.get_untracked();
        let shares = weights.iter().enumerate().map(|(at, weight)| (format!("arms[{at}].weight"), *weight));
        let all = std::iter::once(("coverage".to_owned(), self.coverage.get_untracked())).chain(shares);
        all.filter(|(_, number)| !number.is_finite()).map(|(field, _)| no_number(field)).collect()
    }
}

/// The arm that somebody is likely to declare: the one that the verdict is about, where it wins; else the control.
fn likely(view: &ExperimentView) -> String {
    let arms = &view.experiment.arms;
    let winner = view.results.as_ref().filter(|results| results.verdict == "winner").and_then(|results| results.arm);
    arms.get(winner.unwrap_or(0)).map(|arm| arm.key.clone()).unwrap_or_default()
}

/// A weight stands at its arm, however the path of it is written.
fn at_its_field(problem: FieldProblem) -> FieldProblem {
    let place = problem.field.strip_prefix("weights[").and_then(|rest| rest.strip_suffix(']'));
    match place {
        Some(place) => FieldProblem { field: format!("arms[{place}].weight"), ..problem },
        None => problem,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_weight_stands_at_its_arm() {
        assert_eq!(at_its_field(no_number("weights[1]".to_owned())).field, "arms[1].weight");
        assert_eq!(at_its_field(no_number("coverage".to_owned())).field, "coverage");
    }
}
