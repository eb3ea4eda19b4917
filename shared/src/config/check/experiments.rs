//! Experiments: what they compare can be shown, what decides can decide, and of two that run none has the other's prompt.

use super::prompts::one;
use super::{Problems, condition};
use crate::experiment::{Experiment as Read, overlaps};
use crate::experiments::arms::running;
use crate::prompt::FACTS;
use crate::time::Timestamp;
use crate::wire::experiment::{Experiment, ExperimentStatus};
use crate::wire::{FieldProblem, Workspace};

/// The most experiments of a workspace, those that ended among them.
const MAX_EXPERIMENTS: usize = 500;
/// The most characters of a name, and of what is to be learnt, or was.
const MAX_NAME_CHARS: usize = 120;
const MAX_TEXT_CHARS: usize = 2_000;
/// The most that must not get worse.
const MAX_GUARDRAILS: usize = 5;
/// The greatest change that anybody looks for: eleven times as much.
const MOST_LOOKED_FOR: f64 = 10.0;

/// Checks the experiments.
pub fn experiments(source: &Workspace, problems: &mut Problems) {
    let all = &source.experiments;
    let few = all.len() <= MAX_EXPERIMENTS;
    problems.unless(few, "experiments", "too_many", "there are at most 500 experiments, those that ended among them");
    unique_keys(source, problems);
    for (index, experiment) in all.iter().enumerate() {
        let path = format!("experiments[{index}]");
        let here = |problem: FieldProblem| FieldProblem { field: format!("{path}.{}", problem.field), ..problem };
        if let Err(wrong) = Read::parse(experiment) {
            problems.0.extend(wrong.into_iter().map(here));
        }
        words(experiment, &path, problems);
        weights(experiment, &path, problems);
        // What has ended is kept as it was, whatever became of what it names.
        if experiment.status != ExperimentStatus::Stopped {
            judged(experiment, &path, problems);
            shown(source, experiment, &path, problems);
        }
    }
    problems.0.extend(overlaps(all));
}

fn unique_keys(source: &Workspace, problems: &mut Problems) {
    for (index, experiment) in source.experiments.iter().enumerate() {
        let is_new = source.experiments.iter().take(index).all(|other| other.key != experiment.key);
        problems.unless(is_new, format!("experiments[{index}].key"), "used_twice", "another experiment has this key");
    }
}

fn words(experiment: &Experiment, path: &str, problems: &mut Problems) {
    let is_short = |text: &str, most: usize| text.chars().nth(most).is_none();
    problems.unless(!experiment.name.trim().is_empty(), format!("{path}.name"), "required", "an experiment has a name");
    let name = is_short(&experiment.name, MAX_NAME_CHARS);
    problems.unless(name, format!("{path}.name"), "too_long", "a name has at most 120 characters");
    let learnt = experiment.ended.as_ref().map_or("", |ended| &ended.learnt);
    for (field, text) in [("question", experiment.question.as_str()), ("learnt", learnt)] {
        let is_fine = is_short(text, MAX_TEXT_CHARS);
        problems.unless(is_fine, format!("{path}.{field}"), "too_long", "this has at most 2,000 characters");
    }
}

fn weights(experiment: &Experiment, path: &str, problems: &mut Problems) {
    for (at, earlier) in experiment.earlier.iter().enumerate() {
        let is_fine = earlier.weights.len() == experiment.arms.len()
            && earlier.weights.iter().all(|weight| weight.is_finite() && *weight >= 0.0)
            && Timestamp::parse(&earlier.until).is_some();
        let message = "earlier weights are one for each arm, with the instant until which they were in force";
        problems.unless(is_fine, format!("{path}.earlier[{at}]"), "wrong_weights", message);
    }
    let has_begun = experiment.status != ExperimentStatus::Draft;
    let began = experiment.started_at.as_deref().map(Timestamp::parse);
    let is_fine = began.is_none_or(|at| at.is_some()) && (!has_begun || began.is_some());
    problems.unless(is_fine, format!("{path}.started_at"), "not_an_instant", "what has begun says when, as RFC 3339");
}

/// What decides, and what must not get worse.
fn judged(experiment: &Experiment, path: &str, problems: &mut Problems) {
    let message = "what decides is something of which more is better";
    problems.unless(experiment.metric.may_decide(), format!("{path}.metric"), "cannot_decide", message);
    let guardrails = &experiment.guardrails;
    let few = guardrails.len() <= MAX_GUARDRAILS;
    problems.unless(few, format!("{path}.guardrails"), "too_many", "an experiment has at most 5 guardrails");
    for (at, guard) in guardrails.iter().enumerate() {
        let path = format!("{path}.guardrails[{at}]");
        let message = "a guardrail is something of which less is better";
        problems.unless(!guard.measure.may_decide(), format!("{path}.measure"), "no_guardrail", message);
        let is_new = guardrails.iter().take(at).all(|other| other.measure != guard.measure);
        problems.unless(is_new, format!("{path}.measure"), "used_twice", "another guardrail is the same");
        let is_fine = guard.margin.is_finite() && guard.margin >= 0.0;
        problems.unless(is_fine, format!("{path}.margin"), "out_of_range", "a margin is not negative");
    }
    let base = experiment.base.is_none_or(|base| base > 0.0 && base < 1.0);
    problems.unless(
        base,
        format!("{path}.base"),
        "out_of_range",
        "a share of visitors is more than none and less than all",
    );
    let looks_for = experiment.looks_for;
    let is_fine = looks_for.is_finite() && looks_for != 0.0 && looks_for > -1.0 && looks_for <= MOST_LOOKED_FOR;
    problems.unless(
        is_fine,
        format!("{path}.looks_for"),
        "out_of_range",
        "a change is more than nothing, and at most tenfold",
    );
}

/// What visitors see, and who they are.
fn shown(source: &Workspace, experiment: &Experiment, path: &str, problems: &mut Problems) {
    let is_visitor = experiment.unit == "visitor" && experiment.second_unit.is_none();
    problems.unless(is_visitor, format!("{path}.unit"), "unknown_name", "visitors are told apart by `visitor`");
    if let Some(audience) = &experiment.audience {
        let is_known = |fact: &str| FACTS.contains(&fact.split('.').next().unwrap_or_default());
        condition(audience, is_known, format!("{path}.audience"), problems);
    }
    let id = &experiment.prompt;
    let is_there = source.prompts.iter().any(|prompt| &prompt.id == id);
    let message = format!("there is no prompt {id:?}: choose one that there is");
    problems.unless(is_there, format!("{path}.prompt"), "unknown_name", &message);
    let is_alone = experiment.status != ExperimentStatus::Running
        || running(source).filter(|other| &other.prompt == id).all(|other| other.key == experiment.key);
    let message = "another experiment runs on this prompt: whoever would be in both would tell nothing of either";
    problems.unless(is_alone, format!("{path}.prompt"), "in_experiment", message);
    let control = experiment.arms.first().is_none_or(|control| control.prompt.is_none());
    problems.unless(control, format!("{path}.arms[0].prompt"), "not_allowed", "the control shows the prompt itself");
    for (at, arm) in experiment.arms.iter().enumerate().skip(1) {
        let path = format!("{path}.arms[{at}]");
        let is_plain =
            !arm.key.is_empty() && arm.key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
        problems.unless(is_plain, format!("{path}.key"), "characters", "a key is of letters, digits, - and _");
        let Some(prompt) = &arm.prompt else {
            problems.push(format!("{path}.prompt"), "required", "say what this arm shows");
            continue;
        };
        let path = format!("{path}.prompt");
        one(source, prompt, &path, problems);
        let lists = |form: &String| {
            source.sites.iter().filter(|site| site.prompts.contains(id)).all(|site| site.forms.contains(form))
        };
        let is_listed = prompt.form.as_ref().is_none_or(lists);
        let message = "not every site that shows the prompt lists the form it leads to";
        problems.unless(is_listed, format!("{path}.form"), "form_not_listed", message);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::demo::workspace;
    use crate::experiments::change::tests::on_first_prompt;
    use crate::wire::experiment::{Guard, Measure};

    fn wrong(change: impl FnOnce(&mut Workspace)) -> Vec<String> {
        let mut source = workspace();
        source.experiments.push(on_first_prompt(&source, ExperimentStatus::Running));
        change(&mut source);
        let problems = Config::parse(1, source).map(drop).unwrap_err();
        problems.into_iter().map(|problem| format!("{} {}", problem.field, problem.code)).collect()
    }

    #[test]
    fn each_thing_that_makes_no_sense_is_named() {
        let of = |change: &dyn Fn(&mut Experiment)| wrong(|source| change(&mut source.experiments[0]));
        assert_eq!(of(&|it| it.arms[0].weight = 0.6), ["experiments[0].arms weights_do_not_sum"]);
        assert_eq!(of(&|it| it.prompt = "gone".to_owned()), ["experiments[0].prompt unknown_name"]);
        assert_eq!(of(&|it| it.metric = Measure::Complaint), ["experiments[0].metric cannot_decide"]);
        assert_eq!(of(&|it| it.name = " ".to_owned()), ["experiments[0].name required"]);
        assert_eq!(of(&|it| it.arms[1].prompt = None), ["experiments[0].arms[1].prompt required"]);
        assert_eq!(of(&|it| it.base = Some(0.0)), ["experiments[0].base out_of_range"]);
        assert_eq!(of(&|it| it.looks_for = -1.0), ["experiments[0].looks_for out_of_range"]);
        assert_eq!(of(&|it| it.started_at = None), ["experiments[0].started_at not_an_instant"]);
        assert_eq!(of(&|it| it.unit = "email".to_owned()), ["experiments[0].unit unknown_name"]);
        let guard = |measure, margin| Guard { measure, margin };
        assert_eq!(
            of(&|it| it.guardrails = vec![guard(Measure::Won, 0.0), guard(Measure::Cost, -1.0)]),
            ["experiments[0].guardrails[0].measure no_guardrail", "experiments[0].guardrails[1].margin out_of_range"]
        );
        let body = |it: &mut Experiment| it.arms[1].prompt.as_mut().unwrap().body = String::new();
        assert_eq!(of(&body), ["experiments[0].arms[1].prompt.body required"]);
    }

    #[test]
    fn two_that_run_on_one_prompt_are_refused_and_one_after_the_other_is_not() {
        let twice = |source: &mut Workspace| {
            let other = Experiment { key: "other".to_owned(), ..source.experiments[0].clone() };
            source.experiments.push(other);
        };
        assert_eq!(wrong(twice), ["experiments[0].prompt in_experiment", "experiments[1].prompt in_experiment"]);
        let mut source = workspace();
        source.experiments.push(on_first_prompt(&source, ExperimentStatus::Stopped));
        twice(&mut source);
        source.experiments[1].status = ExperimentStatus::Running;
        // What has ended may name what is gone.
        source.experiments[0].prompt = "gone".to_owned();
        assert!(Config::parse(1, source).is_ok());
    }
}
