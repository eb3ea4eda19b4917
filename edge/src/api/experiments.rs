//! `/v1/console/experiments`: the desk knows what experiments are and what became of what was sent, the journal's shards know who
//! saw what; here both are put together. And, on the way of a submission, which arms its sender saw.

use std::collections::BTreeSet;

use shared::experiment::{Plan, days};
use shared::experiments::results::{ALPHA, POWER, results};
use shared::experiments::tally::{PartRow, TallyRow};
use shared::experiments::{csv, line, plan_says};
use shared::wire::experiment::{Experiment, ExperimentStatus};
use shared::wire::experiments::{
    AskPlan, ChangeExperiments, ExperimentChange, ExperimentView, ExperimentsView, PlanView,
};
use shared::wire::sites::Named;
use worker::{Env, Method, Request, Response, ResponseBuilder};

use super::once::Caller;
use super::problem::{done, json, problem, reply};
use super::prompts::{ask_shard, other_answer};
use super::scoring::body;
use crate::desk_do::ask::{Ask, Experimenting, ExperimentsAsk, Reply, StaffAsk};
use crate::error::Failure;
use crate::journal_do::SHARDS;
use crate::journal_do::arms::{ArmRow, Crossed};
use crate::journal_do::prompts::{PromptAnswer, PromptAsk};
use crate::sql::to_json;
use crate::who::{Who, shard_of};
use crate::{clock, desk_do, directory, rpc};

/// Over how long it is looked how many see a prompt.
const PACE_DAYS: i64 = 14;
const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// Whose call it is.
struct Call<'a> {
    env: &'a Env,
    workspace: &'a str,
    caller: &'a Caller,
}

/// Answers a call below `experiments`.
///
/// # Errors
/// Where an object does not answer.
pub async fn experiments(
    request: &mut Request,
    env: &Env,
    workspace: &str,
    caller: &Caller,
    path: &[&str],
) -> Result<Response, Failure> {
    let call = Call { env, workspace, caller };
    match (request.method(), path) {
        (Method::Get, []) => call.all(ExperimentsAsk::All).await,
        (Method::Post, []) => match body::<ChangeExperiments>(request).await {
            Ok(ask) => call.change(ask).await,
            Err(response) => response,
        },
        (Method::Post, ["check"]) => match body(request).await {
            Ok(experiment) => reply(&call.ask(ExperimentsAsk::Check(Box::new(experiment))).await?),
            Err(response) => response,
        },
        (Method::Post, ["plan"]) => match body(request).await {
            Ok(ask) => call.plan(&ask).await,
            Err(response) => response,
        },
        (Method::Get, [key]) => call.one(key).await,
        (Method::Get, [key, "results.csv"]) => call.file(key).await,
        _ => problem(404, "not_found", "There is nothing here."),
    }
}

impl Call<'_> {
    async fn ask(&self, ask: ExperimentsAsk) -> Result<Reply, Failure> {
        let ask = self.caller.asks(StaffAsk::Experiments(ask));
        rpc::ask("desk", desk_do::stub(self.env, self.workspace)?, &ask).await
    }

    /// What the desk knows, or its refusal.
    async fn known(&self, ask: ExperimentsAsk) -> Result<Result<Experimenting, Reply>, Failure> {
        let answer = self.ask(ask).await?;
        if answer.status != 200 {
            return Ok(Err(answer));
        }
        let known = serde_json::from_str(&answer.body);
        known.map(Ok).map_err(|source| Failure::Json { what: "experiments", source })
    }

    async fn all(&self, ask: ExperimentsAsk) -> Result<Response, Failure> {
        match self.known(ask).await? {
            Ok(mut known) => {
                self.add_journal(&mut known, None).await?;
                list(known)
            }
            Err(refused) => reply(&refused),
        }
    }

    async fn change(&self, ask: ChangeExperiments) -> Result<Response, Failure> {
        // Whoever ends one has it said what it said then.
        let verdict = match &ask.change {
            ExperimentChange::Stop { key, .. } | ExperimentChange::Declare { key, .. } => match self.view(key).await? {
                Ok(view) => view.results.map(|results| (results.verdict, results.says)).unwrap_or_default(),
                Err(refused) => return reply(&refused),
            },
            _ => Default::default(),
        };
        let response = self.all(ExperimentsAsk::Change { ask: Box::new(ask), verdict }).await?;
        directory::forget_all();
        Ok(response)
    }

    async fn view(&self, key: &str) -> Result<Result<ExperimentView, Reply>, Failure> {
        let mut known = match self.known(ExperimentsAsk::One { key: key.to_owned() }).await? {
            Ok(known) => known,
            Err(refused) => return Ok(Err(refused)),
        };
        self.add_journal(&mut known, Some(key)).await?;
        let Some(experiment) = known.source.experiments.iter().find(|experiment| experiment.key == key) else {
            return Err(other_answer());
        };
        let has_begun = experiment.status != ExperimentStatus::Draft;
        Ok(Ok(ExperimentView {
            version: known.version,
            may_change: known.may_change,
            control: known.source.prompts.iter().find(|prompt| prompt.id == experiment.prompt).cloned(),
            results: has_begun.then(|| results(&known.source, experiment, (&known.totals, &known.parts), known.today)),
            experiment: experiment.clone(),
        }))
    }

    async fn one(&self, key: &str) -> Result<Response, Failure> {
        match self.view(key).await? {
            Ok(view) => json(200, &to_json("experiment", &view)?),
            Err(refused) => reply(&refused),
        }
    }

    async fn file(&self, key: &str) -> Result<Response, Failure> {
        let mut known = match self.known(ExperimentsAsk::One { key: key.to_owned() }).await? {
            Ok(known) => known,
            Err(refused) => return reply(&refused),
        };
        self.add_journal(&mut known, Some(key)).await?;
        let Some(experiment) = known.source.experiments.iter().find(|experiment| experiment.key == key) else {
            return Err(other_answer());
        };
        let text = csv(experiment, &known.totals)
            .map_err(|error| Failure::BadRow { table: "tally", what: error.to_string() })?;
        let response = ResponseBuilder::new().with_status(200).fixed(text.into_bytes());
        let headers = response.headers();
        let name = format!("attachment; filename=\"{key}.csv\"");
        let set = headers
            .set("content-type", "text/csv; charset=utf-8")
            .and_then(|()| headers.set("content-disposition", &name))
            .and_then(|()| headers.set("cache-control", "no-store"))
            .and_then(|()| headers.set("x-content-type-options", "nosniff"));
        done(set)?;
        Ok(response)
    }

    /// Adds what the shards of the journal know: of one experiment, or of all that run.
    async fn add_journal(&self, known: &mut Experimenting, key: Option<&str>) -> Result<(), Failure> {
        let is_asked = |experiment: &&Experiment| match key {
            Some(key) => experiment.key == key,
            None => experiment.status == ExperimentStatus::Running,
        };
        let experiments: Vec<String> =
            known.source.experiments.iter().filter(is_asked).map(|experiment| experiment.key.clone()).collect();
        if experiments.is_empty() {
            return Ok(());
        }
        for shard in 0..SHARDS {
            let ask = PromptAsk::Tallies { experiments: experiments.clone() };
            let PromptAnswer::Tallies { totals, parts } = ask_shard(self.env, self.workspace, shard, ask).await? else {
                return Err(other_answer());
            };
            known.totals.extend(totals);
            known.parts.extend(parts);
        }
        name_parts(known);
        Ok(())
    }

    /// How long an answer takes.
    async fn plan(&self, ask: &AskPlan) -> Result<Response, Failure> {
        if let Err(refused) = self.known(ExperimentsAsk::Plan).await? {
            return reply(&refused);
        }
        let since = clock::now().as_ms() - PACE_DAYS * DAY_MS;
        let (mut seen, mut answered) = (0_u64, 0_u64);
        for shard in 0..SHARDS {
            let ask = PromptAsk::Pace { prompt: ask.prompt.clone(), since };
            let PromptAnswer::Pace(here, of_them) = ask_shard(self.env, self.workspace, shard, ask).await? else {
                return Err(other_answer());
            };
            (seen, answered) = (seen.saturating_add(here), answered.saturating_add(of_them));
        }
        json(200, &to_json("plan", &planned(ask, seen, answered))?)
    }
}

/// A part's name as people read it.
fn name_parts(known: &mut Experimenting) {
    let Experimenting { source, parts, .. } = known;
    for row in parts.iter_mut().filter(|row| row.by == "site") {
        if let Some(site) = source.sites.iter().find(|site| site.id == row.part) {
            row.part.clone_from(&site.name);
        }
    }
}

fn list(known: Experimenting) -> Result<Response, Failure> {
    let Experimenting { version, may_change, source, facts, totals, parts, today } = known;
    let results = |experiment: &Experiment| {
        let runs = experiment.status == ExperimentStatus::Running;
        runs.then(|| results(&source, experiment, (&totals as &[TallyRow], &parts as &[PartRow]), today))
    };
    let mut experiments: Vec<_> =
        source.experiments.iter().map(|experiment| line(experiment, results(experiment).as_ref())).collect();
    experiments.sort_by(|a, b| {
        let order = |status| match status {
            ExperimentStatus::Running => 0,
            ExperimentStatus::Draft => 1,
            ExperimentStatus::Stopped => 2,
        };
        // The latest first: instants written alike sort as texts.
        order(a.status)
            .cmp(&order(b.status))
            .then_with(|| (&b.ended_at, &b.started_at).cmp(&(&a.ended_at, &a.started_at)))
    });
    let view = ExperimentsView {
        version,
        may_change,
        experiments,
        forms: source.forms.iter().map(|form| Named { id: form.id.clone(), name: form.title.clone() }).collect(),
        prompts: source.prompts,
        facts,
    };
    json(200, &to_json("experiments", &view)?)
}

#[expect(clippy::cast_precision_loss, reason = "counts of visitors")]
fn planned(ask: &AskPlan, seen: u64, answered: u64) -> PlanView {
    let seen_a_day = seen as f64 / PACE_DAYS as f64;
    let opened = (seen > 0).then(|| answered as f64 / seen as f64);
    let is_opened = ask.metric == shared::wire::Measure::Opened;
    let base = ask.base.or(opened.filter(|opened| is_opened && *opened > 0.0 && *opened < 1.0));
    let each = base
        .and_then(|base| Plan::new(base, ask.looks_for, ALPHA, POWER).ok())
        .and_then(|plan| plan.by_sequence().ok());
    let coming = each.and_then(|each| days(each, ask.arms, seen_a_day * ask.coverage).ok());
    let days = coming.map(|coming| coming.saturating_add(ask.metric.window_days()));
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most as many as there are people")]
    let each = each.map(|each| each.ceil() as u64);
    PlanView { seen_a_day, opened, base, each, days, says: plan_says(base, each, days, seen_a_day) }
}

/// Somebody saw two arms of an experiment: what they did counts for none. The desk first: should a shard fail, it is found again.
///
/// # Errors
/// Where an object does not answer.
pub async fn cross(env: &Env, workspace: &str, names: &[Who], crossed: &Crossed) -> Result<(), Failure> {
    let visitors: BTreeSet<&String> = names.iter().map(|who| &who.name).chain(&crossed.counted_as).collect();
    let (experiment, version) = (crossed.experiment.clone(), crossed.version);
    let ask = Ask::Crossed { visitors: visitors.iter().map(|who| (*who).clone()).collect(), experiment, version };
    let _: Reply = rpc::ask("desk", desk_do::stub(env, workspace)?, &ask).await?;
    for who in visitors {
        let ask = PromptAsk::Cross { who: who.clone(), experiment: crossed.experiment.clone(), version };
        ask_shard(env, workspace, shard_of(who), ask).await?;
    }
    Ok(())
}

/// The arms that somebody saw, each experiment once.
///
/// # Errors
/// Where an object does not answer.
pub async fn arms_of(env: &Env, workspace: &str, names: &[Who]) -> Result<Vec<ArmRow>, Failure> {
    let mut seen: Vec<ArmRow> = Vec::new();
    let mut crossed: Vec<Crossed> = Vec::new();
    for (at, who) in names.iter().enumerate() {
        let ask = PromptAsk::Arms { who: who.name.clone(), with_copies: at == 0 };
        let PromptAnswer::Arms(rows) = ask_shard(env, workspace, who.shard, ask).await? else {
            return Err(other_answer());
        };
        for row in rows.into_iter().filter(|row| row.seen_on.is_some()) {
            crossed.extend(seen.iter().filter_map(|known| Crossed::of(known, &row)));
            if !seen.iter().any(|known| (&known.experiment, known.version) == (&row.experiment, row.version)) {
                seen.push(row);
            }
        }
    }
    for crossed in &crossed {
        cross(env, workspace, names, crossed).await?;
    }
    let has_crossed =
        |row: &ArmRow| crossed.iter().any(|it| (&it.experiment, it.version) == (&row.experiment, row.version));
    seen.retain(|row| !row.crossed && !has_crossed(row));
    Ok(seen)
}
