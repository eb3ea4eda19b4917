//! Experiments at the desk: what the console is told of them, as far as the desk knows, and what members change. Each change is a
//! new version of the whole configuration; a stale one changes nothing.

use shared::audit::Deed;
use shared::config::Config;
use shared::experiments::arms::{Counted, all_shown, counted, prompt_id, running};
use shared::experiments::change::{By, ChangeError, apply};
use shared::facts;
use shared::prompt::FACTS;
use shared::right::{Right, may};
use shared::time::Timestamp;
use shared::wire::config::{Member, Site};
use shared::wire::experiment::{Experiment, ExperimentStatus};
use shared::wire::experiments::{ChangeExperiments, ExperimentChange};
use shared::wire::scoring::{Checked, FactView, HintView};
use shared::wire::{FieldProblem, Problem, Prompt, Workspace};

use super::ask::{Experimenting, ExperimentsAsk, Reply};
use super::scoring::stale;
use super::settings::Publisher;
use super::staff::sentence;
use super::{Desk, credit, now_ms, problem, problem_reply};
use crate::error::Failure;
use crate::journal_do::arms::Trial;
use crate::sql::to_json;
use crate::{clock, tally};

/// For as long as this after its end, what is sent is credited to the arms of an experiment: as long as anybody has who sends
/// something, and then some.
const CREDITED_MS: i64 = 8 * 24 * 60 * 60 * 1_000;
/// What an audience of prompts reads of a person.
const KNOWN: (&str, &str) = ("person.known", "Is signed in to the platform");

impl Desk {
    /// Does what a member wants of experiments.
    pub(super) fn experiments(&self, config: &Config, member: &Member, ask: ExperimentsAsk) -> Result<Reply, Failure> {
        match ask {
            ExperimentsAsk::All => self.experimenting(config, member, running(config.source())),
            ExperimentsAsk::One { key } => {
                match config.source().experiments.iter().find(|experiment| experiment.key == key) {
                    Some(experiment) => self.experimenting(config, member, std::iter::once(experiment)),
                    None => Ok(problem(404, "unknown_experiment", "There is no such experiment.")),
                }
            }
            ExperimentsAsk::Plan => self.experimenting(config, member, std::iter::empty()),
            ExperimentsAsk::Check(experiment) => super::ok(&check(config, member, *experiment)),
            ExperimentsAsk::Change { ask, verdict } => self.change_experiments(config, member, *ask, &verdict),
        }
    }

    /// Somebody saw two arms of an experiment.
    pub(super) fn crossed(&self, visitors: &[String], experiment: &str, version: u64) -> Result<Reply, Failure> {
        let at = clock::now();
        self.db.transaction(|tx| {
            visitors.iter().try_for_each(|visitor| credit::cross(tx, visitor, experiment, version, at))
        })?;
        super::ok(&())
    }

    fn experimenting<'a>(
        &self,
        config: &Config,
        member: &Member,
        experiments: impl Iterator<Item = &'a Experiment>,
    ) -> Result<Reply, Failure> {
        let keys: Vec<String> = experiments.map(|experiment| experiment.key.clone()).collect();
        let (totals, parts) = tally::rows(&self.db, &keys)?;
        super::ok(&Experimenting {
            version: config.version(),
            may_change: may(member, Right::ChangeExperiments),
            source: Box::new(config.source().clone()),
            facts: audience_facts(config.source()),
            totals,
            parts,
            today: clock::now().day(),
        })
    }

    fn change_experiments(
        &self,
        config: &Config,
        member: &Member,
        ask: ChangeExperiments,
        (tag, says): &(String, String),
    ) -> Result<Reply, Failure> {
        if ask.version != config.version() {
            return Ok(stale("Somebody changed the configuration meanwhile."));
        }
        let by = By { member: &member.id, at: Timestamp::from_ms(now_ms()), verdict: (tag, says) };
        let (source, at) = match apply(config.source(), &ask.change, by) {
            Ok(changed) => changed,
            Err(error) => return Ok(refused(error)),
        };
        let json = to_json("config", &source)?;
        let note = note(config.source(), &source, &ask.change, at);
        match Config::parse(config.version() + 1, source) {
            Ok(next) => {
                let what = what(&ask.change);
                self.save_config(next, &json, Publisher { by: Some(&member.id), what, note: &note }, |_| Ok(()))?;
                let Some(config) = self.config()? else { return Ok(super::no_workspace()) };
                self.experimenting(&config, member, running(config.source()))
            }
            Err(fields) => Ok(problem_reply(&bad_experiment(of_the_experiment(fields, at)))),
        }
    }
}

/// The experiments that run on a site's prompts, as the journal needs them.
pub(super) fn trials(source: &Workspace, site: &Site) -> Vec<Trial> {
    let here = running(source).filter(|experiment| site.prompts.contains(&experiment.prompt));
    here.map(|experiment| {
        let mut bare = experiment.clone();
        for arm in &mut bare.arms {
            arm.prompt = None;
        }
        Trial {
            prompts: (0..experiment.arms.len()).map(|arm| prompt_id(experiment, arm)).collect(),
            is_met: counted(source, experiment) == Counted::Met,
            experiment: bare,
        }
    })
    .collect()
}

/// What any site may show, with what a site lists: the arms of what runs stand where their control does.
pub(super) fn with_arms(source: &Workspace, site: &Site) -> (Site, Vec<Prompt>) {
    let here = running(source).filter(|experiment| site.prompts.contains(&experiment.prompt));
    let arms = here.flat_map(|experiment| (1..experiment.arms.len()).map(|arm| prompt_id(experiment, arm)));
    let prompts = site.prompts.iter().cloned().chain(arms).collect();
    (Site { prompts, ..site.clone() }, all_shown(source))
}

/// Whether what is sent now may be credited to an arm.
pub(super) fn are_credited(source: &Workspace, now: Timestamp) -> bool {
    source.experiments.iter().any(|experiment| {
        let ended = experiment.ended.as_ref().and_then(|ended| Timestamp::parse(&ended.at));
        experiment.status == ExperimentStatus::Running
            || ended.is_some_and(|ended| now.as_ms() - ended.as_ms() < CREDITED_MS)
    })
}

/// What is wrong with an experiment, as if it were saved and begun; and what is odd.
fn check(config: &Config, member: &Member, experiment: Experiment) -> Checked {
    let by = By { member: &member.id, at: Timestamp::from_ms(now_ms()), verdict: ("", "") };
    let saved = apply(config.source(), &ExperimentChange::Save { experiment: Box::new(experiment) }, by);
    let problems = |field: &str, code: &str, message: String| {
        let problem = FieldProblem { field: field.to_owned(), code: code.to_owned(), message };
        Checked { problems: vec![problem], hints: Vec::new() }
    };
    let (mut source, at) = match saved {
        Ok((source, Some(at))) => (source, at),
        Ok(_) => return problems("key", "unknown", ChangeError::Unknown.to_string()),
        Err(error) => return problems("key", "begun", error.to_string()),
    };
    if let Some(draft) = source.experiments.get_mut(at) {
        draft.status = ExperimentStatus::Running;
        draft.started_at = Some(by.at.to_rfc3339());
    }
    let hints = source.experiments.get(at).map(|draft| hints(&source, draft)).unwrap_or_default();
    match Config::parse(config.version() + 1, source) {
        Ok(_) => Checked { problems: Vec::new(), hints },
        Err(fields) => Checked { problems: of_the_experiment(fields, Some(at)), hints: Vec::new() },
    }
}

fn hints(source: &Workspace, draft: &Experiment) -> Vec<HintView> {
    let mut hints = Vec::new();
    if counted(source, draft) == Counted::Met {
        hints.push(hint("arms", "counted_when_met", Counted::Met.says()));
    }
    if !source.sites.iter().any(|site| site.prompts.contains(&draft.prompt)) {
        hints.push(hint("prompt", "on_no_site", "No site lists this prompt yet, so nobody would see it."));
    }
    hints
}

fn hint(path: &str, code: &str, says: &str) -> HintView {
    HintView { path: path.to_owned(), code: code.to_owned(), says: says.to_owned() }
}

fn audience_facts(source: &Workspace) -> Vec<FactView> {
    let is_read = |fact: &FactView| {
        let first = fact.path.split('.').next().unwrap_or_default();
        FACTS.contains(&first) && first != "person"
    };
    let known =
        FactView { path: KNOWN.0.to_owned(), says: KNOWN.1.to_owned(), kind: "yes_no".to_owned(), options: Vec::new() };
    facts::all(source).into_iter().filter(is_read).chain([known]).collect()
}

fn refused(error: ChangeError) -> Reply {
    let (status, code) = match error {
        ChangeError::Unknown => (404, "unknown_experiment"),
        ChangeError::UnknownArm => (422, "unknown_arm"),
        ChangeError::Begun => (409, "begun"),
        ChangeError::NotRunning => (409, "not_running"),
        ChangeError::NotEnded => (409, "not_ended"),
        ChangeError::PromptGone => (409, "prompt_gone"),
    };
    problem(status, code, &sentence(&error.to_string()))
}

/// The change, as the audit log names it.
fn what(change: &ExperimentChange) -> Deed {
    match change {
        ExperimentChange::Save { .. } => Deed::ExperimentSaved,
        ExperimentChange::Start { .. } => Deed::ExperimentStarted,
        ExperimentChange::Ramp { .. } => Deed::ExperimentRamped,
        ExperimentChange::Stop { .. } => Deed::ExperimentStopped,
        ExperimentChange::Declare { .. } => Deed::ExperimentDeclared,
        ExperimentChange::Note { .. } => Deed::ExperimentNoted,
        ExperimentChange::Drop { .. } => Deed::ExperimentDropped,
    }
}

/// What the audit log says of it beside the experiment's name.
fn note(before: &Workspace, after: &Workspace, change: &ExperimentChange, at: Option<usize>) -> String {
    let named = |key: &str| before.experiments.iter().find(|experiment| experiment.key == key);
    let name = match (at.and_then(|at| after.experiments.get(at)), change) {
        (Some(experiment), _) => experiment.name.clone(),
        (None, ExperimentChange::Drop { key }) => named(key).map(|it| it.name.clone()).unwrap_or_default(),
        _ => String::new(),
    };
    match change {
        ExperimentChange::Ramp { coverage, weights, .. } => {
            let percent = |share: &f64| format!("{:.0} %", share * 100.0);
            let weights: Vec<String> = weights.iter().map(percent).collect();
            format!("{name}: {} of visitors, {}", percent(coverage), weights.join(" / "))
        }
        ExperimentChange::Declare { arm, .. } => format!("{name}: {}", arm.to_uppercase()),
        _ => name,
    }
}

/// Problems by the fields of the experiment: `experiments[2].arms[0]` is `arms[0]`. Where it has some, those of others that come
/// of it are left out.
fn of_the_experiment(fields: Vec<FieldProblem>, at: Option<usize>) -> Vec<FieldProblem> {
    let prefix = at.map(|at| format!("experiments[{at}].")).unwrap_or_default();
    let local = |field: &FieldProblem| {
        let rest = field.field.strip_prefix(&prefix).filter(|_| !prefix.is_empty())?;
        Some(FieldProblem { field: rest.to_owned(), ..field.clone() })
    };
    let own: Vec<FieldProblem> = fields.iter().filter_map(local).collect();
    if own.is_empty() { fields } else { own }
}

fn bad_experiment(fields: Vec<FieldProblem>) -> Problem {
    Problem {
        status: 422,
        code: "invalid_experiment".to_owned(),
        title: "The experiment makes no sense in some places.".to_owned(),
        fields,
    }
}
