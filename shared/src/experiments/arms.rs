//! Arms as prompts. The control is a prompt of the workspace; every other arm has one of its own, which stands wherever the
//! control does, under an id that no prompt of the workspace can have.

use crate::wire::experiment::{Experiment, ExperimentStatus};
use crate::wire::prompt::{Look, Prompt};
use crate::wire::{Workspace, config::Site};

/// When a visitor is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// When they see the prompt of their arm.
    Seen,
    /// When the first trigger of any arm fires for them, whichever arm is theirs: whoever sees an arm that waits for the end of
    /// the page is no such visitor as who sees one that comes up at once, so those who saw cannot be compared.
    Met,
}

impl Counted {
    /// For rows and the console; never renamed.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Seen => "seen",
            Self::Met => "met",
        }
    }
}

/// The experiments that run.
pub fn running(source: &Workspace) -> impl Iterator<Item = &Experiment> {
    source.experiments.iter().filter(|experiment| experiment.status == ExperimentStatus::Running)
}

/// The id of an arm's prompt: the control's own, and for another arm that with the arm's key. No id of a workspace has a dot.
pub fn prompt_id(experiment: &Experiment, arm: usize) -> String {
    match experiment.arms.get(arm).filter(|_| arm > 0) {
        Some(other) => format!("{}.{}", experiment.prompt, other.key),
        None => experiment.prompt.clone(),
    }
}

/// The prompts that an experiment's arms show, the control's first; nothing where that is gone.
pub fn prompts(source: &Workspace, experiment: &Experiment) -> Vec<Prompt> {
    let Some(control) = source.prompts.iter().find(|prompt| prompt.id == experiment.prompt) else { return Vec::new() };
    let arms = experiment.arms.iter().enumerate().map(|(at, arm)| Prompt {
        id: prompt_id(experiment, at),
        ..arm.prompt.as_deref().filter(|_| at > 0).unwrap_or(control).clone()
    });
    arms.collect()
}

/// Prompts, each with the arms of what runs on it.
fn with_arms<'a>(source: &'a Workspace, prompts: impl Iterator<Item = &'a Prompt>) -> Vec<Prompt> {
    let with_arms = prompts.flat_map(|prompt| {
        let experiment = running(source).find(|experiment| experiment.prompt == prompt.id);
        experiment.map_or_else(|| vec![prompt.clone()], |experiment| self::prompts(source, experiment))
    });
    with_arms.collect()
}

/// All that a site may show: its prompts, each with the arms of what runs on it.
pub fn shown_on(source: &Workspace, site: &Site) -> Vec<Prompt> {
    with_arms(source, site.prompts.iter().filter_map(|id| source.prompts.iter().find(|prompt| &prompt.id == id)))
}

/// All that any site may show.
pub fn all_shown(source: &Workspace) -> Vec<Prompt> {
    with_arms(source, source.prompts.iter())
}

/// When visitors of an experiment are counted.
pub fn counted(source: &Workspace, experiment: &Experiment) -> Counted {
    let prompts = prompts(source, experiment);
    let Some((control, others)) = prompts.split_first() else { return Counted::Seen };
    if others.iter().all(|other| moment(other) == moment(control)) { Counted::Seen } else { Counted::Met }
}

/// A prompt without what only those see who it is shown to.
fn moment(prompt: &Prompt) -> Prompt {
    Prompt {
        id: String::new(),
        // One within the page may have no place there.
        look: if prompt.look == Look::Inline { Look::Inline } else { Look::Bar },
        title: String::new(),
        body: String::new(),
        action: String::new(),
        link: None,
        translations: std::collections::BTreeMap::new(),
        ..prompt.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::workspace;
    use crate::experiments::change::tests::on_first_prompt;

    #[test]
    fn arms_stand_where_the_control_does_and_nowhere_else() {
        let mut source = workspace();
        source.experiments.push(on_first_prompt(&source, ExperimentStatus::Running));
        let control = source.prompts[0].id.clone();
        let site = source.sites.iter().find(|site| site.prompts.contains(&control)).unwrap();
        let ids: Vec<String> = shown_on(&source, site).into_iter().map(|prompt| prompt.id).collect();
        assert_eq!(ids.len(), site.prompts.len() + 1);
        let at = ids.iter().position(|id| *id == control).unwrap();
        assert_eq!(ids[at + 1], format!("{control}.b"));
        source.experiments[0].status = ExperimentStatus::Draft;
        let site = source.sites.iter().find(|site| site.prompts.contains(&control)).unwrap();
        assert_eq!(shown_on(&source, site).len(), site.prompts.len());
    }

    #[test]
    fn visitors_are_counted_when_they_see_unless_arms_come_up_at_different_moments() {
        let mut source = workspace();
        source.experiments.push(on_first_prompt(&source, ExperimentStatus::Running));
        let arm = |source: &mut Workspace, change: &dyn Fn(&mut Prompt)| {
            change(source.experiments[0].arms[1].prompt.as_mut().unwrap());
            counted(source, &source.experiments[0])
        };
        assert_eq!(arm(&mut source, &|prompt| prompt.body = "Other words".to_owned()), Counted::Seen);
        assert_eq!(arm(&mut source, &|prompt| prompt.delay_secs += 5), Counted::Met);
    }
}
