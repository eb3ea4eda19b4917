//! `POST /v1/signals/{site_key}`: what visitors do, to the journal's shard of each. The desk hears only of what
//! somebody does who has sent something, and from the journal.
//!
//! What is believed of a page: its address only where the request comes from that origin, and a person only where the
//! page saw one and no robot sent it.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use shared::fate::{Fate, Refusal};
use shared::signal::Batch;
use shared::source;
use shared::submission::{FieldErrors, SubmissionId};
use shared::time::Timestamp;
use shared::touch::{OnSite, touch};
use shared::visit::PAGE_VIEWED;
use shared::wire::Problem;
use shared::wire::signal::BatchAnswer;
use shared::wire::submit::MAX_BODY_BYTES;
use shared::wire::visit::Touch;
use worker::{Env, Request, Response};

use super::boot::lists;
use super::cors::Origin;
use super::problem::{json, problem};
use super::prompts;
use super::read;
use crate::desk_do::ask::SiteCard;
use crate::error::Failure;
use crate::journal_do::watch::Watch;
use crate::journal_do::{Answer, Ask, Before, Keep, SHARDS};
use crate::rpc::VisitRow;
use crate::sql::to_json;
use crate::visitor::{Keys, VisitorKey};
use crate::{afterwards, clock, directory, journal_do, log, rpc, visitor};

/// Takes a batch of signals. Each ends in one fate; the answer counts them by tag.
///
/// # Errors
/// Where the registry or the journal does not answer.
pub async fn signals(mut request: Request, env: &Env, key: &str) -> Result<Response, Failure> {
    let origin = Origin::of(&request);
    let Some((workspace, card)) = directory::card_of(env, key).await? else {
        return origin.allow(problem(404, "unknown_site", "No site is registered under this key.")?, false);
    };
    let day = match visitor::key_of(env, &workspace, &request).await? {
        Some(visitor) => Some(visitor),
        None if visitor::wants_privacy(&request) => None,
        None => Some(VisitorKey::nobody()),
    };
    if day.is_some() && !lists(&card.origins, &origin) {
        refuse(env, &workspace, Refusal::Origin, 1).await?;
        let refused = problem(403, "origin_not_allowed", "This site's key may not be used from this address.")?;
        return origin.allow(refused, false);
    }
    let text = match read::text(&mut request, MAX_BODY_BYTES).await {
        Ok(text) => text,
        Err(read::BodyError::TooLarge) => {
            refuse(env, &workspace, Refusal::TooLarge, 1).await?;
            let refused = problem(413, "too_large", "This is too large: a batch has less than 64 KB.")?;
            return origin.allow(refused, true);
        }
        Err(_) => String::new(),
    };
    let Ok(body) = serde_json::from_str::<Value>(&text) else {
        refuse(env, &workspace, Refusal::Malformed, 1).await?;
        return origin.allow(problem(400, "malformed_json", "The body is not JSON.")?, true);
    };
    let batch = match Batch::parse(&body, clock::now()) {
        Ok(batch) => batch,
        Err(errors) => {
            refuse(env, &workspace, Refusal::Invalid, 1).await?;
            return origin.allow(json(422, &invalid(errors))?, true);
        }
    };
    prompts::tell(env, &workspace, &body, visitor::is_robot(&request)).await?;
    let Some(day) = day else {
        // Whoever asks not to be tracked may still be forgotten.
        let fates = if let (true, Some(id)) = (batch.forget, &batch.visitor) {
            forget(env, &workspace, &VisitorKey::of_id(id)).await?;
            BTreeMap::new()
        } else {
            let many = batch.wrong.saturating_add(batch.surplus).saturating_add(count_of(&batch));
            refuse(env, &workspace, Refusal::Privacy, many).await?;
            BTreeMap::from([(Refusal::Privacy.tag().to_owned(), many.into())])
        };
        let told = BatchAnswer { fates, fields: Vec::new() };
        return origin.allow(json(200, &to_json("told", &told)?)?, lists(&card.origins, &origin));
    };
    let who = Keys { day, id: batch.visitor.as_ref().map(VisitorKey::of_id) };
    let claims = Claims { origin: page_origin(&request), is_robot: visitor::is_robot(&request) };
    let told = keep(env, &workspace, &card, &who, (batch, None), &claims).await?;
    origin.allow(json(200, &to_json("told", &told)?)?, true)
}

/// What the request itself says of the page that sent it.
pub struct Claims {
    /// The page's origin; absent where no browser says one.
    pub origin: Option<String>,
    /// Whether a program sent it.
    pub is_robot: bool,
}

impl Claims {
    /// Reads it.
    pub fn of(request: &Request) -> Self {
        Self { origin: page_origin(request), is_robot: visitor::is_robot(request) }
    }
}

/// What the journal knows of a visitor, by both of their keys. Capture does not depend on tracking, so a failure is logged
/// and nothing is known.
pub async fn known(env: &Env, workspace: &str, who: &Keys) -> VisitRow {
    let mut known = VisitRow::default();
    for key in std::iter::once(&who.day).chain(&who.id) {
        match recent(env, workspace, key).await {
            Ok(visit) => known = known.join(visit),
            Err(failure) => log::failure("journal", &failure),
        }
    }
    known
}

/// The id that the sender of a submission consented to.
pub fn id_in(body: &Value) -> Option<VisitorKey> {
    let id = body.get("visitor").and_then(Value::as_str)?;
    SubmissionId::parse(id).as_ref().map(VisitorKey::of_id)
}

/// An accepted submission, as the journal hears of it.
pub struct Sent<'a> {
    /// The embed key of the site.
    pub key: &'a str,
    /// The workspace.
    pub workspace: &'a str,
    /// Its body.
    pub body: &'a Value,
    /// The reference that the sender was given.
    pub reference: Option<String>,
    /// When it arrived, before the desk saw it: what its sender did until then is known with it.
    pub arrived: Timestamp,
}

/// Keeps the signals that travelled with an accepted submission, and has its sender watched.
pub async fn keep_sent(env: &Env, who: &Keys, claims: &Claims, sent: Sent<'_>) {
    let is_somebody = !who.key().as_str().is_empty() && !claims.is_robot;
    let (workspace, since) = (sent.workspace.to_owned(), sent.arrived.as_ms());
    let watch = sent.reference.filter(|_| is_somebody).map(|reference| Watch { workspace, reference, since });
    let signals = sent.body.get("signals").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    if signals.is_empty() && watch.is_none() {
        return;
    }
    let referrer = sent.body.pointer("/page/referrer").and_then(Value::as_str).unwrap_or_default();
    let Some(id) = sent.body.get("submission_id") else { return };
    let batch = json!({ "batch_id": id, "signals": signals, "referrer": referrer });
    let Ok(batch) = Batch::parse(&batch, sent.arrived) else { return };
    if batch.signals.is_empty() && watch.is_none() {
        return;
    }
    let kept = async {
        let Some((workspace, card)) = directory::card_of(env, sent.key).await? else { return Ok(()) };
        if who.id.is_some() {
            return keep(env, &workspace, &card, who, (batch, watch), claims).await.map(drop);
        }
        let (keep, lost) = keeping(&card, who, (batch, watch), claims, None);
        afterwards::tell(env, &workspace, who.key().shard(SHARDS), Ask::Keep(Box::new(keep))).await?;
        refuse_all(env, &workspace, &lost).await
    };
    if let Err(failure) = kept.await {
        log::failure("journal", &failure);
    }
}

/// Keeps a batch; tells how each signal ended, and what was wrong with those that were.
async fn keep(
    env: &Env,
    workspace: &str,
    card: &SiteCard,
    who: &Keys,
    (mut batch, watch): (Batch, Option<Watch>),
    claims: &Claims,
) -> Result<BatchAnswer, Failure> {
    if batch.forget {
        for key in std::iter::once(&who.day).chain(&who.id) {
            forget(env, workspace, key).await?;
        }
        return Ok(BatchAnswer::default());
    }
    let before = match &who.id {
        Some(_) => Some(recent(env, workspace, &who.day).await?).filter(|visit| !visit.is_empty()),
        None => None,
    };
    let is_joined = before.is_some();
    let problems = std::mem::take(&mut batch.problems);
    let (keep, lost) = keeping(card, who, (batch, watch), claims, before);
    let stub = journal_do::stub(env, workspace, who.key())?;
    let Answer::Kept { fates: kept, .. } = rpc::ask("journal", stub, &Ask::Keep(Box::new(keep))).await? else {
        return Err(Failure::BadRow { table: "journal", what: "another answer".to_owned() });
    };
    // Only now: had the first step failed, the next batch would find it all here still.
    if is_joined {
        forget(env, workspace, &who.day).await?;
    }
    let mut fates: BTreeMap<String, i64> = kept.into_iter().collect();
    refuse_all(env, workspace, &lost).await?;
    fates.extend(lost.into_iter().map(|(refusal, many)| (Fate::Refused(refusal).tag().to_owned(), many.into())));
    Ok(BatchAnswer { fates, fields: problems.into_problems() })
}

/// Why signals of a batch are not kept, and how many.
type Lost = Vec<(Refusal, u32)>;

/// What of a batch is to be kept, and what is not.
fn keeping(
    card: &SiteCard,
    who: &Keys,
    (mut batch, watch): (Batch, Option<Watch>),
    claims: &Claims,
    before: Option<VisitRow>,
) -> (Keep, Lost) {
    let arrived = batch.signals.len();
    batch.signals.retain(|seen| match (&claims.origin, source::origin(&seen.url)) {
        (Some(real), Some(claimed)) => *real == claimed,
        _ => true,
    });
    let foreign = u32::try_from(arrived - batch.signals.len()).unwrap_or(u32::MAX);
    for seen in &mut batch.signals {
        seen.human &= !claims.is_robot;
    }
    let keep = Keep {
        site: card.prompting.site.key.clone(),
        visitor: who.key().as_str().to_owned(),
        batch: batch.id.as_str().to_owned(),
        touch: touch_of(&batch, card),
        signals: batch.signals.into_iter().map(Into::into).collect(),
        before: before.map(|visit| Before { hash: who.day.as_str().to_owned(), visit }),
        watch,
    };
    let lost = [(Refusal::Invalid, batch.wrong), (Refusal::TooLarge, batch.surplus), (Refusal::Origin, foreign)];
    (keep, lost.into_iter().filter(|(_, many)| *many > 0).collect())
}

/// How the visitor came: by the first page of the batch.
fn touch_of(batch: &Batch, card: &SiteCard) -> Option<Touch> {
    let page = batch.signals.iter().filter(|seen| seen.human && seen.kind == PAGE_VIEWED).min_by_key(|seen| seen.at)?;
    let site = OnSite { id: &card.site, partner: card.partner, origins: &card.origins };
    Some(touch(&page.url, &batch.referrer, site, Timestamp::from_ms(page.at.as_ms())))
}

/// The origin of the page that sent this, by the browser's word.
fn page_origin(request: &Request) -> Option<String> {
    let header = |name: &str| request.headers().get(name).ok().flatten();
    header("origin").or_else(|| header("referer")).and_then(|page| source::origin(&page))
}

fn count_of(batch: &Batch) -> u32 {
    u32::try_from(batch.signals.len()).unwrap_or(u32::MAX)
}

async fn recent(env: &Env, workspace: &str, key: &VisitorKey) -> Result<VisitRow, Failure> {
    if key.as_str().is_empty() {
        return Ok(VisitRow::default());
    }
    let visits = journal_do::recent(env, workspace, key.shard(SHARDS), vec![key.as_str().to_owned()]).await?;
    Ok(visits.into_iter().next().unwrap_or_default())
}

async fn forget(env: &Env, workspace: &str, key: &VisitorKey) -> Result<(), Failure> {
    let ask = Ask::Forget { visitor: key.as_str().to_owned() };
    let _: Answer = rpc::ask("journal", journal_do::stub(env, workspace, key)?, &ask).await?;
    Ok(())
}

async fn refuse_all(env: &Env, workspace: &str, lost: &Lost) -> Result<(), Failure> {
    for (refusal, many) in lost {
        refuse(env, workspace, *refusal, *many).await?;
    }
    Ok(())
}

async fn refuse(env: &Env, workspace: &str, refusal: Refusal, count: u32) -> Result<(), Failure> {
    let ask = Ask::Refused { tag: refusal.tag().to_owned(), count };
    let stub = journal_do::stub(env, workspace, &VisitorKey::nobody())?;
    let _: Answer = rpc::ask("journal", stub, &ask).await?;
    Ok(())
}

fn invalid(errors: FieldErrors) -> String {
    let problem = Problem {
        status: 422,
        code: "invalid_signals".to_owned(),
        title: "Some fields are wrong.".to_owned(),
        fields: errors.into_problems(),
    };
    serde_json::to_string(&problem).unwrap_or_default()
}
