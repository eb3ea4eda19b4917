//! `POST /v1/prompts/{site_key}`: a page asks whether what its triggers brought up may be shown; and what the Worker does
//! when a page tells that it was, or that a form was sent.
//!
//! What is asked and written here never reaches the desk, but for whether somebody is there.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use serde_json::{Value, json};
use shared::business::Hours;
use shared::facts::{of_touch, of_visit};
use shared::prompt::{Circumstances, Gate, History, MAX_ASKED, Offer, Prompt, Told, choose, facts};
use shared::submission::SubmissionId;
use shared::visit::{Seen, Visit};
use shared::wire::config::Site;
use shared::wire::operator::{EditorLink, ForPage};
use shared::wire::prompt::{AskPrompts, PromptsAnswer, Why};
use worker::{Env, Request, Response, Url};

use super::boot::lists;
use super::cors::Origin;
use super::problem::{done, json, problem};
use super::{experiments, read, signals};
use crate::abuse::identity;
use crate::desk_do::ask::{Ask as DeskAsk, Prompting, Reply};
use crate::error::Failure;
use crate::journal_do::arms::{self, ArmRow, MAX_COST_MS, Trials};
use crate::journal_do::prompts::{self as ledger, Ledger, OfferRow, PromptAnswer, PromptAsk, ToldRow};
use crate::journal_do::{self, Answer, Ask, SHARDS};
use crate::sql::to_json;
use crate::visitor::{Keys, VisitorKey};
use crate::who::{self, Who};
use crate::{afterwards, chance, clock, desk_do, directory, editor, log, rpc, visitor};

/// The largest question.
const MAX_BODY_BYTES: usize = 16 * 1024;
/// How long it is remembered who is at the desk.
const ONLINE_MS: i64 = 2_000;
/// The most workspaces of which that is remembered.
const MAX_ONLINE: usize = 1_024;
/// The most displays that one batch tells of.
const MAX_TOLD: usize = 16;

/// Who is at the desk of a workspace, and when that was asked.
type Online = (i64, Rc<Vec<String>>);

thread_local! {
    static ONLINE: RefCell<BTreeMap<String, Online>> = const { RefCell::new(BTreeMap::new()) };
}

/// Answers which prompt may be shown, and reserves its display.
///
/// # Errors
/// Where the registry, the desk or the journal does not answer.
pub async fn prompts(mut request: Request, env: &Env, key: &str) -> Result<Response, Failure> {
    let origin = Origin::of(&request);
    let Some((workspace, card)) = directory::card_of(env, key).await? else {
        return origin.allow(problem(404, "unknown_site", "No site is registered under this key.")?, false);
    };
    if !lists(&card.origins, &origin) {
        let refused = problem(403, "origin_not_allowed", "This site's key may not be used from this address.")?;
        return origin.allow(refused, false);
    }
    let text = match read::text(&mut request, MAX_BODY_BYTES).await {
        Ok(text) => text,
        Err(error) => return origin.allow(error.answer("This is too large: a question has less than 16 KB.")?, true),
    };
    let ask: AskPrompts = match serde_json::from_str(&text) {
        Ok(ask) => ask,
        Err(_) => return origin.allow(problem(400, "malformed_json", "This is no question about prompts.")?, true),
    };
    if ask.prompts.len() > MAX_ASKED {
        let title = "A question names at most 32 prompts.";
        return origin.allow(problem(422, "too_many_prompts", title)?, true);
    }
    let person = person_of(&card.prompting, &workspace, &ask.identity);
    let answer = decide(env, &workspace, &card.prompting, &request, (&ask, person.as_deref())).await?;
    let response = json(200, &to_json("prompts", &answer)?)?;
    done(response.headers().set("cache-control", "no-store"))?;
    origin.allow(response, true)
}

async fn decide(
    env: &Env,
    workspace: &str,
    prompting: &Prompting,
    request: &Request,
    (ask, person): (&AskPrompts, Option<&str>),
) -> Result<PromptsAnswer, Failure> {
    let now = clock::now();
    let is_editor = !ask.editor.is_empty();
    if is_editor && !editor::is_valid(env, workspace, &ask.editor, now).await? {
        return Ok(PromptsAnswer { show: None, display: String::new(), why: Vec::new() });
    }
    let day = if ask.private { None } else { visitor::key_of(env, workspace, request).await? };
    let read = read_prompts(prompting, ask);
    let trials = trials_of(prompting, &read);
    let has_audience =
        read.iter().any(Prompt::has_audience) || trials.iter().any(|it| it.experiment.audience.is_some());
    let facts = match has_audience {
        true => facts_of(env, workspace, &prompting.site, day.as_ref(), (ask, person)).await,
        false => Value::Null,
    };
    let online = match read.iter().any(|prompt| prompt.online().is_some()) {
        true => online(env, workspace).await?,
        false => Rc::default(),
    };
    let around = Circumstances { url: &ask.url, now, online: &online, facts: &facts };
    let outside = |prompt: &Prompt| match prompting.site.prompts.contains(&prompt.source().id) {
        true => prompt.outside(&around),
        false => Err(Gate::Site),
    };
    let offers: Vec<Offer<'_>> = read.iter().map(|prompt| prompt.offer(outside(prompt))).collect();
    let Some(day) = day else {
        // Nothing is kept of this visitor: only what is outside them decides, and the page shows one at most. They are in no
        // experiment.
        let nobody = Trials { trials, is_off: true, ..Trials::default() };
        let places = arms::place("", (&[], &[]), &offers, &nobody, now);
        let offers: Vec<Offer<'_>> = offers.into_iter().map(|offer| places.gate(offer)).collect();
        let choice = choose(&offers, &History::default(), &prompting.fatigue, now);
        let why = choice.why.iter().map(ledger::why).collect();
        return Ok(answer(ask, choice.show.map(str::to_owned), String::new(), why));
    };
    let names = who::names(env, workspace, person, &ask.visitor, &day).await?;
    let id = if is_editor { None } else { Some(chance::hex::<12>()?) };
    let trials = Trials {
        trials,
        facts: facts.clone(),
        editor_url: if is_editor { ask.url.clone() } else { String::new() },
        is_off: visitor::is_robot(request),
        site: prompting.site.id.clone(),
        device: visitor::device(request).to_owned(),
    };
    let Chosen { show, why, arms } =
        ask_journal(env, workspace, &names, &offers, (prompting, trials), id.as_deref()).await?;
    if !arms.is_empty() || (show.is_some() && id.is_some()) {
        let display = id.as_deref().zip(show.as_deref());
        for who in names.get(1..).unwrap_or_default() {
            keep(env, workspace, who, true, ledger::reserved(display, &arms, now)).await?;
        }
    }
    let display = match (&show, id) {
        (Some(_), Some(id)) => {
            let shards: String = names.iter().map(|who| char::from(b'0' + who.shard)).collect();
            format!("{shards}.{id}")
        }
        _ => String::new(),
    };
    Ok(answer(ask, show, display, why))
}

/// The experiments that run on prompts that were asked for.
fn trials_of(prompting: &Prompting, read: &[Prompt]) -> Vec<arms::Trial> {
    let is_asked = |trial: &&arms::Trial| read.iter().any(|prompt| trial.prompts.contains(&prompt.source().id));
    prompting.trials.iter().filter(is_asked).cloned().collect()
}

/// For an editor, the first of those that were asked for; and no reasons for anybody else.
fn answer(ask: &AskPrompts, show: Option<String>, display: String, why: Vec<Why>) -> PromptsAnswer {
    if ask.editor.is_empty() {
        return PromptsAnswer { show, display, why: Vec::new() };
    }
    let passes = |id: &String| why.iter().any(|why| &why.prompt == id && why.gate.is_none());
    PromptsAnswer { show: ask.prompts.iter().find(|id| passes(id)).cloned(), display, why }
}

/// The prompts that were asked for, in that order; for an editor, all there are.
fn read_prompts(prompting: &Prompting, ask: &AskPrompts) -> Vec<Prompt> {
    let hours = |pool: &str| prompting.hours.get(pool).and_then(|hours| Hours::parse(hours).ok());
    let read = |prompt: &shared::wire::Prompt| Prompt::read(prompt.clone(), hours);
    let find = |id: &String| prompting.prompts.iter().find(|prompt| &prompt.id == id);
    if ask.editor.is_empty() {
        ask.prompts.iter().filter_map(find).filter_map(read).collect()
    } else {
        prompting.prompts.iter().filter_map(read).collect()
    }
}

/// The platform's id of whoever the page says the visitor is, where the platform's server vouches for that.
fn person_of(prompting: &Prompting, workspace: &str, token: &str) -> Option<String> {
    let secret = prompting.identity.as_deref().filter(|_| !token.is_empty())?;
    let read = identity::read(secret, token, &[workspace, &prompting.site.key], clock::now());
    read.ok().map(|identity| identity.user)
}

async fn facts_of(
    env: &Env,
    workspace: &str,
    site: &Site,
    day: Option<&VisitorKey>,
    (ask, person): (&AskPrompts, Option<&str>),
) -> Value {
    let (visit, touch) = visit(env, workspace, day, &ask.visitor).await;
    facts(site, &ask.url, &visit, &touch, &json!({ "known": person.is_some() }))
}

/// What the visitor did before and how they came, as audiences read it.
async fn visit(env: &Env, workspace: &str, day: Option<&VisitorKey>, visitor: &str) -> (Value, Value) {
    let Some(day) = day else { return (Value::Null, Value::Null) };
    let id = SubmissionId::parse(visitor).as_ref().map(VisitorKey::of_id);
    let known = signals::known(env, workspace, &Keys { day: day.clone(), id }).await;
    let visit = Visit::with_summary(known.recent.into_iter().map(Seen::from).collect(), known.summary);
    (of_visit(&visit), of_touch(&visit))
}

/// The pools of which somebody is at the desk; at most two seconds old.
async fn online(env: &Env, workspace: &str) -> Result<Rc<Vec<String>>, Failure> {
    let now = clock::now().as_ms();
    let known = ONLINE.with_borrow(|known| known.get(workspace).cloned());
    if let Some((at, online)) = known
        && now - at < ONLINE_MS
    {
        return Ok(online);
    }
    let reply: Reply = rpc::ask("desk", desk_do::stub(env, workspace)?, &DeskAsk::Online).await?;
    let online: Vec<String> = match reply.status {
        200 => serde_json::from_str(&reply.body).map_err(|source| Failure::Json { what: "online", source })?,
        _ => Vec::new(),
    };
    let online = Rc::new(online);
    ONLINE.with_borrow_mut(|known| {
        if known.len() >= MAX_ONLINE {
            known.clear();
        }
        known.insert(workspace.to_owned(), (now, Rc::clone(&online)));
    });
    Ok(online)
}

/// What the journal chose.
struct Chosen {
    show: Option<String>,
    why: Vec<Why>,
    arms: Vec<ArmRow>,
}

/// Asks the shard of the name that says most, with what is kept under the others.
async fn ask_journal(
    env: &Env,
    workspace: &str,
    names: &[Who],
    offers: &[Offer<'_>],
    (prompting, trials): (&Prompting, Trials),
    reserve: Option<&str>,
) -> Result<Chosen, Failure> {
    let Some((first, others)) = names.split_first() else {
        return Ok(Chosen { show: None, why: Vec::new(), arms: Vec::new() });
    };
    let (mut other, mut other_arms) = (History::default(), Vec::new());
    for who in others {
        let ask = PromptAsk::History { who: who.name.clone() };
        let PromptAnswer::Ledger(ledger) = ask_shard(env, workspace, who.shard, ask).await? else {
            return Err(other_answer());
        };
        let (history, arms) = ledger.parts();
        other.join(history);
        other_arms.extend(arms);
    }
    let ask = PromptAsk::Choose {
        who: first.name.clone(),
        offers: offers.iter().map(OfferRow::from).collect(),
        fatigue: prompting.fatigue.clone(),
        other: Ledger::of(&other, other_arms),
        trials: Box::new(trials),
        reserve: reserve.map(str::to_owned),
    };
    match ask_shard(env, workspace, first.shard, ask).await? {
        PromptAnswer::Choice { show, why, arms, crossed } => {
            for crossed in &crossed {
                experiments::cross(env, workspace, names, crossed).await?;
            }
            Ok(Chosen { show, why, arms })
        }
        _ => Err(other_answer()),
    }
}

/// Makes an editor link for somebody who may have one.
///
/// # Errors
/// Where the registry or the desk does not answer.
pub async fn editor_link(request: &mut Request, env: &Env, workspace: &str) -> Result<Response, Failure> {
    let body = read::text(request, MAX_BODY_BYTES).await.unwrap_or_default();
    let Ok(ForPage { site, page }) = serde_json::from_str(&body) else {
        let title = "An editor link names a site's key and a page: {\"site\": \"pk_..\", \"page\": \"https://..\"}.";
        return problem(422, "invalid_link", title);
    };
    let card = directory::card_of(env, &site).await?.filter(|(of, _)| **of == *workspace);
    let Some((_, card)) = card else {
        return problem(404, "unknown_site", "No site of this workspace is registered under this key.");
    };
    let page = Url::parse(&page).ok().filter(|page| card.origins.contains(&page.origin().ascii_serialization()));
    let Some(page) = page else {
        return problem(422, "not_a_page", "An editor link leads to a page of an origin that the site lists.");
    };
    let (url, ends) = editor::link(env, workspace, page, clock::now()).await?;
    json(201, &to_json("link", &EditorLink { url: url.to_string(), expires_at: ends.to_rfc3339() })?)
}

/// What a batch of signals, as it was sent, tells of displays.
///
/// # Errors
/// Where the journal does not answer.
pub async fn tell(env: &Env, workspace: &str, body: &Value, is_robot: bool) -> Result<(), Failure> {
    let now = clock::now();
    let signals = body.get("signals").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let mut by_shard: BTreeMap<u8, Vec<ToldRow>> = BTreeMap::new();
    for (display, signal) in signals.iter().filter_map(|signal| Some((told(signal)?, signal))).take(MAX_TOLD) {
        let Some((shards, id)) = display.split_once('.') else { continue };
        let ago_ms = signal.get("ago_ms").and_then(Value::as_u64).unwrap_or_default();
        let at = now.earlier_by_ms(ago_ms).as_ms();
        let kind = signal.get("kind").and_then(Value::as_str).unwrap_or_default();
        let cost = signal.pointer("/about/cost_ms").and_then(Value::as_str).and_then(|ms| ms.parse::<u32>().ok());
        for shard in shards.bytes().take(3).map(|digit| digit.wrapping_sub(b'0')).filter(|shard| *shard < SHARDS) {
            let cost_ms = cost.map(|ms| ms.min(MAX_COST_MS));
            let row = ToldRow { id: id.to_owned(), kind: kind.to_owned(), at, cost_ms };
            by_shard.entry(shard).or_default().push(row);
        }
    }
    for (shard, told) in by_shard {
        ask_shard(env, workspace, shard, PromptAsk::Told { told, is_robot }).await?;
    }
    Ok(())
}

/// The display that a signal tells of.
fn told(signal: &Value) -> Option<&str> {
    let kind = signal.get("kind").and_then(Value::as_str)?;
    if Told::from_kind(kind).is_none() && kind != ledger::STARTED {
        return None;
    }
    signal.pointer("/about/display").and_then(Value::as_str)
}

/// A submission, as far as prompts go.
#[derive(Clone)]
pub struct Sent {
    /// The embed key of the site.
    pub key: String,
    /// The visitor's key of the day.
    pub day: VisitorKey,
    /// The form's id.
    pub form: String,
    /// The body.
    pub body: Rc<Value>,
    /// Whether a program sent it.
    pub is_robot: bool,
}

/// The arms of experiments that the sender of a submission saw before: what its page tells of displays is kept first. Nothing,
/// where no experiment has visitors.
pub async fn arms_before(env: &Env, sent: &Sent) -> Vec<ArmRow> {
    let seen = async {
        let Some((workspace, card)) = directory::card_of(env, &sent.key).await? else { return Ok(Vec::new()) };
        if !card.prompting.credits || sent.is_robot {
            return Ok(Vec::new());
        }
        let names = sent.names(env, &workspace, &card.prompting).await?;
        tell(env, &workspace, &sent.body, sent.is_robot).await?;
        experiments::arms_of(env, &workspace, &names).await
    };
    seen.await.unwrap_or_else(|failure: Failure| {
        log::failure("arms", &failure);
        Vec::new()
    })
}

/// Keeps that a form was sent: its visitor is not asked for it again.
pub async fn keep_converted(env: &Env, sent: &Sent) {
    if let Err(failure) = converted(env, sent).await {
        log::failure("prompts", &failure);
    }
}

impl Sent {
    /// The names of its sender.
    async fn names(&self, env: &Env, workspace: &str, prompting: &Prompting) -> Result<Vec<Who>, Failure> {
        let text = |name: &str| self.body.get(name).and_then(Value::as_str).unwrap_or_default();
        let person = person_of(prompting, workspace, text("identity"));
        who::names(env, workspace, person.as_deref(), text("visitor"), &self.day).await
    }
}

async fn converted(env: &Env, sent: &Sent) -> Result<(), Failure> {
    let Some((workspace, card)) = directory::card_of(env, &sent.key).await? else { return Ok(()) };
    let names = sent.names(env, &workspace, &card.prompting).await?;
    for (index, who) in names.into_iter().enumerate() {
        let ledger = ledger::converted(&sent.form, clock::now());
        let ask = PromptAsk::Keep { who: who.name, copied: index > 0, ledger };
        afterwards::tell(env, &workspace, who.shard, Ask::Prompt(Box::new(ask))).await?;
    }
    tell(env, &workspace, &sent.body, sent.is_robot).await
}

async fn keep(env: &Env, workspace: &str, who: &Who, copied: bool, ledger: Ledger) -> Result<(), Failure> {
    let ask = PromptAsk::Keep { who: who.name.clone(), copied, ledger };
    ask_shard(env, workspace, who.shard, ask).await.map(drop)
}

/// Asks a shard of the journal about prompts.
///
/// # Errors
/// Where it does not answer.
pub async fn ask_shard(env: &Env, workspace: &str, shard: u8, ask: PromptAsk) -> Result<PromptAnswer, Failure> {
    match rpc::ask("journal", journal_do::shard(env, workspace, shard)?, &Ask::Prompt(Box::new(ask))).await? {
        Answer::Prompt(answer) => Ok(answer),
        _ => Err(other_answer()),
    }
}

/// It answered something else.
pub fn other_answer() -> Failure {
    Failure::BadRow { table: "journal", what: "another answer".to_owned() }
}
