//! `POST /v1/signals/{site_key}`: what visitors do, to the journal's shard of each. Signals never reach the desk.

use serde_json::{Value, json};
use shared::fate::Refusal;
use shared::submission::FieldErrors;
use shared::submission::body::parse_batch;
use shared::wire::Problem;
use shared::wire::submit::MAX_BODY_BYTES;
use worker::{Context, Env, Request, Response};

use super::boot::lists;
use super::cors::Origin;
use super::problem::{json, problem};
use super::prompts;
use super::read;
use crate::error::Failure;
use crate::journal_do::{Answer, Ask};
use crate::rpc::SeenRow;
use crate::visitor::VisitorKey;
use crate::{clock, directory, journal_do, log, rpc, visitor};

/// Takes a batch of signals. Each ends in one fate, told by its tag.
///
/// # Errors
/// Where the registry or the journal does not answer.
pub async fn signals(mut request: Request, env: &Env, key: &str) -> Result<Response, Failure> {
    let origin = Origin::of(&request);
    let Some((workspace, card)) = directory::card_of(env, key).await? else {
        return origin.allow(problem(404, "unknown_site", "No site is registered under this key.")?, false);
    };
    let shard = match visitor::key_of(env, &workspace, &request).await? {
        Some(visitor) => Some(visitor),
        None if visitor::wants_privacy(&request) => None,
        None => Some(VisitorKey::nobody()),
    };
    let Some(visitor) = shard else {
        refuse(env, &workspace, Refusal::Privacy).await?;
        return origin.allow(json(200, r#"{"fate":"refused_privacy"}"#)?, lists(&card.origins, &origin));
    };
    if !lists(&card.origins, &origin) {
        refuse(env, &workspace, Refusal::Origin).await?;
        let refused = problem(403, "origin_not_allowed", "This site's key may not be used from this address.")?;
        return origin.allow(refused, false);
    }
    let response = match read::text(&mut request, MAX_BODY_BYTES).await {
        Ok(text) => keep(env, &workspace, &visitor, &text).await?,
        Err(read::BodyError::TooLarge) => {
            refuse(env, &workspace, Refusal::TooLarge).await?;
            problem(413, "too_large", "This is too large: a batch has less than 64 KB.")?
        }
        Err(_) => {
            refuse(env, &workspace, Refusal::Malformed).await?;
            problem(400, "malformed_json", "The body is not JSON.")?
        }
    };
    origin.allow(response, true)
}

/// Keeps the signals that travelled with an accepted submission, once it is answered.
pub fn keep_later(env: &Env, ctx: &Context, workspace: &str, visitor: &VisitorKey, body: &str) {
    let Ok(mut body) = serde_json::from_str::<Value>(body) else { return };
    let (Some(signals), Some(id)) = (body.get_mut("signals").map(Value::take), body.get("submission_id")) else {
        return;
    };
    let batch = json!({ "batch_id": id, "signals": signals });
    let Ok((id, signals)) = parse_batch(&batch, clock::now()) else { return };
    if signals.is_empty() {
        return;
    }
    let ask = Ask::Keep {
        visitor: visitor.as_str().to_owned(),
        batch: id.as_str().to_owned(),
        signals: signals.iter().map(SeenRow::from).collect(),
    };
    let stub = journal_do::stub(env, workspace, visitor);
    ctx.wait_until(async move {
        let kept = async { rpc::ask::<_, Answer>("journal", stub?, &ask).await };
        if let Err(failure) = kept.await {
            log::failure("journal", &failure);
        }
    });
}

async fn keep(env: &Env, workspace: &str, visitor: &VisitorKey, text: &str) -> Result<Response, Failure> {
    let Ok(body) = serde_json::from_str::<Value>(text) else {
        refuse(env, workspace, Refusal::Malformed).await?;
        return problem(400, "malformed_json", "The body is not JSON.");
    };
    let (batch, signals) = match parse_batch(&body, clock::now()) {
        Ok(parsed) => parsed,
        Err(errors) => {
            refuse(env, workspace, Refusal::Invalid).await?;
            return json(422, &invalid(errors));
        }
    };
    let ask = Ask::Keep {
        visitor: visitor.as_str().to_owned(),
        batch: batch.as_str().to_owned(),
        signals: signals.iter().map(SeenRow::from).collect(),
    };
    prompts::tell(env, workspace, &body).await?;
    match rpc::ask("journal", journal_do::stub(env, workspace, visitor)?, &ask).await? {
        Answer::Fate(tag) => json(200, &json!({ "fate": tag }).to_string()),
        _ => Err(Failure::BadRow { table: "journal", what: "another answer".to_owned() }),
    }
}

async fn refuse(env: &Env, workspace: &str, refusal: Refusal) -> Result<(), Failure> {
    let ask = Ask::Refused { tag: refusal.tag().to_owned(), count: 1 };
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
