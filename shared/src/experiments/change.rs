//! What members change of experiments: each change is a new configuration, which is checked as a whole before it is in force.

use crate::time::Timestamp;
use crate::wire::Workspace;
use crate::wire::experiment::{EarlierWeights, Ended, Experiment, ExperimentStatus};
use crate::wire::experiments::ExperimentChange;
use crate::wire::prompt::Prompt;

/// The longest key that is made from a name.
const MAX_KEY_CHARS: usize = 40;

/// Why a change is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ChangeError {
    /// Nobody knows it.
    #[error("there is no such experiment")]
    Unknown,
    /// It has begun: what its visitors see stays what it is.
    #[error("this experiment has begun, so what it compares cannot be changed any more")]
    Begun,
    /// It does not run.
    #[error("this experiment does not run")]
    NotRunning,
    /// It has not ended.
    #[error("this experiment has not ended")]
    NotEnded,
    /// No arm has this key.
    #[error("this experiment has no such arm")]
    UnknownArm,
    /// Its prompt is gone.
    #[error("the prompt of this experiment was deleted")]
    PromptGone,
}

/// Who changes something, when, and what the experiment said then.
#[derive(Debug, Clone, Copy)]
pub struct By<'a> {
    /// The member's id.
    pub member: &'a str,
    /// When.
    pub at: Timestamp,
    /// The verdict's tag and sentence; empty where there is none.
    pub verdict: (&'a str, &'a str),
}

/// The configuration with a change, and the place of the experiment that it is about; nothing where that is gone.
///
/// # Errors
/// See [`ChangeError`].
pub fn apply(
    source: &Workspace,
    change: &ExperimentChange,
    by: By<'_>,
) -> Result<(Workspace, Option<usize>), ChangeError> {
    let mut source = source.clone();
    let at = match change {
        ExperimentChange::Save { experiment } => Some(save(&mut source, experiment)?),
        ExperimentChange::Start { key } => {
            let at = find(&source, key)?;
            let experiment = of(&mut source, at, ExperimentStatus::Draft, ChangeError::Begun)?;
            experiment.status = ExperimentStatus::Running;
            experiment.started_at = Some(by.at.to_rfc3339());
            Some(at)
        }
        ExperimentChange::Ramp { key, coverage, weights } => {
            let at = find(&source, key)?;
            let experiment = of(&mut source, at, ExperimentStatus::Running, ChangeError::NotRunning)?;
            ramp(experiment, *coverage, weights, by.at)?;
            Some(at)
        }
        ExperimentChange::Stop { key, learnt } => Some(end(&mut source, key, None, learnt, by)?),
        ExperimentChange::Declare { key, arm, learnt } => Some(end(&mut source, key, Some(arm), learnt, by)?),
        ExperimentChange::Note { key, learnt } => {
            let at = find(&source, key)?;
            let experiment = of(&mut source, at, ExperimentStatus::Stopped, ChangeError::NotEnded)?;
            experiment.ended.as_mut().ok_or(ChangeError::NotEnded)?.learnt = learnt.trim().to_owned();
            Some(at)
        }
        ExperimentChange::Drop { key } => {
            let at = find(&source, key)?;
            of(&mut source, at, ExperimentStatus::Draft, ChangeError::Begun)?;
            source.experiments.remove(at);
            None
        }
    };
    Ok((source, at))
}

fn find(source: &Workspace, key: &str) -> Result<usize, ChangeError> {
    source.experiments.iter().position(|experiment| experiment.key == key).ok_or(ChangeError::Unknown)
}

/// The experiment at a place, where it stands so.
fn of(
    source: &mut Workspace,
    at: usize,
    status: ExperimentStatus,
    otherwise: ChangeError,
) -> Result<&mut Experiment, ChangeError> {
    let experiment = source.experiments.get_mut(at).ok_or(ChangeError::Unknown)?;
    if experiment.status == status { Ok(experiment) } else { Err(otherwise) }
}

/// Makes a draft, or puts it in the place of the one of its key. How far it is, nobody says but the changes above.
fn save(source: &mut Workspace, experiment: &Experiment) -> Result<usize, ChangeError> {
    let mut draft = Experiment {
        name: experiment.name.trim().to_owned(),
        question: experiment.question.trim().to_owned(),
        status: ExperimentStatus::Draft,
        started_at: None,
        earlier: Vec::new(),
        ended: None,
        ..experiment.clone()
    };
    if let Some(control) = draft.arms.first_mut() {
        control.prompt = None;
    }
    if draft.key.is_empty() {
        draft.key = free_key(source, &draft.name);
        source.experiments.push(draft);
        return Ok(source.experiments.len() - 1);
    }
    let at = find(source, &draft.key)?;
    *of(source, at, ExperimentStatus::Draft, ChangeError::Begun)? = draft;
    Ok(at)
}

fn ramp(experiment: &mut Experiment, coverage: f64, weights: &[f64], at: Timestamp) -> Result<(), ChangeError> {
    if weights.len() != experiment.arms.len() {
        return Err(ChangeError::UnknownArm);
    }
    let before: Vec<f64> = experiment.arms.iter().map(|arm| arm.weight).collect();
    experiment.coverage = coverage;
    if before != weights {
        experiment.earlier.push(EarlierWeights { until: at.to_rfc3339(), weights: before });
        for (arm, weight) in experiment.arms.iter_mut().zip(weights) {
            arm.weight = *weight;
        }
    }
    Ok(())
}

/// Ends one; an arm that is declared becomes the prompt. What the control was stays with the experiment.
fn end(
    source: &mut Workspace,
    key: &str,
    winner: Option<&str>,
    learnt: &str,
    by: By<'_>,
) -> Result<usize, ChangeError> {
    let at = find(source, key)?;
    let id = of(source, at, ExperimentStatus::Running, ChangeError::NotRunning)?.prompt.clone();
    let control = source.prompts.iter().find(|prompt| prompt.id == id).cloned();
    let experiment = of(source, at, ExperimentStatus::Running, ChangeError::NotRunning)?;
    let arm = winner
        .map(|winner| experiment.arms.iter().position(|arm| arm.key == winner).ok_or(ChangeError::UnknownArm))
        .transpose()?;
    let won = arm.filter(|arm| *arm > 0).and_then(|arm| experiment.arms.get(arm)?.prompt.as_deref().cloned());
    if let Some(first) = experiment.arms.first_mut() {
        first.prompt = control.map(Box::new);
    }
    experiment.status = ExperimentStatus::Stopped;
    experiment.ended = Some(Ended {
        at: by.at.to_rfc3339(),
        by: by.member.to_owned(),
        winner: winner.map(str::to_owned),
        verdict: by.verdict.0.to_owned(),
        says: by.verdict.1.to_owned(),
        learnt: learnt.trim().to_owned(),
    });
    if let Some(won) = won {
        let prompt = source.prompts.iter_mut().find(|prompt| prompt.id == id).ok_or(ChangeError::PromptGone)?;
        *prompt = Prompt { id, ..won };
    }
    Ok(at)
}

/// A key made from a name: `Shorter words` is `shorter_words`, or with a number where that is taken.
fn free_key(source: &Workspace, name: &str) -> String {
    let mut key = String::new();
    for c in name.chars().map(|c| c.to_ascii_lowercase()) {
        match c {
            c if c.is_ascii_alphanumeric() => key.push(c),
            _ if !key.is_empty() && !key.ends_with('_') => key.push('_'),
            _ => {}
        }
        if key.len() >= MAX_KEY_CHARS {
            break;
        }
    }
    let key = Some(key.trim_end_matches('_')).filter(|key| !key.is_empty()).unwrap_or("experiment").to_owned();
    let is_free = |key: &String| source.experiments.iter().all(|experiment| experiment.key != *key);
    if is_free(&key) {
        return key;
    }
    (2..).map(|number| format!("{key}_{number}")).find(is_free).unwrap_or(key)
}

#[cfg(test)]
pub(crate) mod tests {
    use serde_json::json;

    use super::*;
    use crate::config::Config;
    use crate::demo::workspace;

    /// An experiment of two arms on the first prompt of a workspace.
    pub(crate) fn on_first_prompt(source: &Workspace, status: ExperimentStatus) -> Experiment {
        let control = source.prompts[0].clone();
        let other = Prompt { body: "Shorter.".to_owned(), ..control.clone() };
        let mut experiment: Experiment = serde_json::from_value(json!({
            "key": "shorter", "name": "Shorter words", "prompt": control.id,
            "arms": [{ "key": "a", "weight": 0.5 }, { "key": "b", "weight": 0.5, "prompt": other }],
        }))
        .unwrap();
        experiment.status = status;
        experiment.started_at = (status != ExperimentStatus::Draft).then(|| Timestamp::from_ms(0).to_rfc3339());
        experiment
    }

    fn by() -> By<'static> {
        By { member: "mara", at: Timestamp::from_ms(86_400_000), verdict: ("winner", "B is better.") }
    }

    fn key() -> String {
        "shorter".to_owned()
    }

    #[test]
    fn a_draft_begins_is_ramped_and_its_winner_becomes_the_prompt() {
        let source = workspace();
        let control = source.prompts[0].clone();
        let mut draft = on_first_prompt(&source, ExperimentStatus::Running);
        draft.key = String::new();
        let (source, at) = apply(&source, &ExperimentChange::Save { experiment: Box::new(draft) }, by()).unwrap();
        let made = &source.experiments[at.unwrap()];
        // Whoever makes one does not say that it runs.
        assert_eq!(
            (made.key.as_str(), made.status, &made.started_at),
            ("shorter_words", ExperimentStatus::Draft, &None)
        );
        let key = made.key.clone();

        let (source, _) = apply(&source, &ExperimentChange::Start { key: key.clone() }, by()).unwrap();
        Config::parse(2, source.clone()).unwrap();
        let ramp = ExperimentChange::Ramp { key: key.clone(), coverage: 0.5, weights: vec![0.5, 0.5] };
        let (source, _) = apply(&source, &ramp, by()).unwrap();
        assert!(source.experiments[0].earlier.is_empty());
        let ramp = ExperimentChange::Ramp { key: key.clone(), coverage: 1.0, weights: vec![0.2, 0.8] };
        let (source, _) = apply(&source, &ramp, by()).unwrap();
        assert_eq!(source.experiments[0].earlier[0].weights, [0.5, 0.5]);

        let declare =
            ExperimentChange::Declare { key: key.clone(), arm: "b".to_owned(), learnt: " Less is more. ".to_owned() };
        let (source, _) = apply(&source, &declare, by()).unwrap();
        assert_eq!((source.prompts[0].id.as_str(), source.prompts[0].body.as_str()), (control.id.as_str(), "Shorter."));
        let ended = &source.experiments[0];
        assert_eq!(ended.arms[0].prompt.as_deref(), Some(&control));
        let end = ended.ended.as_ref().unwrap();
        assert_eq!(
            (end.winner.as_deref(), end.learnt.as_str(), end.verdict.as_str()),
            (Some("b"), "Less is more.", "winner")
        );
        Config::parse(3, source.clone()).unwrap();
        let note = ExperimentChange::Note { key, learnt: "Even less.".to_owned() };
        let (source, _) = apply(&source, &note, by()).unwrap();
        assert_eq!(source.experiments[0].ended.as_ref().unwrap().learnt, "Even less.");
    }

    #[test]
    fn what_does_not_go_together_is_refused() {
        let mut source = workspace();
        source.experiments.push(on_first_prompt(&source, ExperimentStatus::Running));
        let refused =
            |source: &Workspace, change: ExperimentChange| apply(source, &change, by()).map(drop).unwrap_err();
        let save = ExperimentChange::Save { experiment: Box::new(source.experiments[0].clone()) };
        assert_eq!(refused(&source, save), ChangeError::Begun);
        assert_eq!(refused(&source, ExperimentChange::Start { key: key() }), ChangeError::Begun);
        assert_eq!(refused(&source, ExperimentChange::Drop { key: key() }), ChangeError::Begun);
        let declare = ExperimentChange::Declare { key: key(), arm: "z".to_owned(), learnt: String::new() };
        assert_eq!(refused(&source, declare), ChangeError::UnknownArm);
        let note = ExperimentChange::Note { key: key(), learnt: String::new() };
        assert_eq!(refused(&source, note), ChangeError::NotEnded);
        assert_eq!(refused(&source, ExperimentChange::Start { key: "x".to_owned() }), ChangeError::Unknown);
        source.experiments[0].status = ExperimentStatus::Draft;
        let stop = ExperimentChange::Stop { key: key(), learnt: String::new() };
        assert_eq!(refused(&source, stop), ChangeError::NotRunning);
    }

    #[test]
    fn the_control_stays_the_prompt_where_nothing_better_was_found() {
        let mut source = workspace();
        source.experiments.push(on_first_prompt(&source, ExperimentStatus::Running));
        let prompts = source.prompts.clone();
        let declare = ExperimentChange::Declare { key: key(), arm: "a".to_owned(), learnt: String::new() };
        let (declared, _) = apply(&source, &declare, by()).unwrap();
        assert_eq!(declared.prompts, prompts);
        let (stopped, _) = apply(&source, &ExperimentChange::Stop { key: key(), learnt: String::new() }, by()).unwrap();
        assert_eq!((stopped.prompts, stopped.experiments[0].status), (prompts, ExperimentStatus::Stopped));
    }
}
