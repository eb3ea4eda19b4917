//! The calls of the console's Scoring page, as what the desk is asked.

use serde::de::DeserializeOwned;
use worker::{Method, Request, Response};

use super::problem::problem;
use super::read;
use crate::desk_do::ask::ScoringAsk;
use crate::error::Failure;

/// The largest body: a card of the most rules fits.
const MAX_BODY_BYTES: usize = 1024 * 1024;

/// What a call wants, below `scoring`.
///
/// # Errors
/// The answer, where it is no such call.
pub async fn wants(
    request: &mut Request,
    method: &Method,
    path: &[&str],
) -> Result<ScoringAsk, Result<Response, Failure>> {
    Ok(match (method, path) {
        (Method::Get, []) => ScoringAsk::View,
        (Method::Get, ["learner"]) => ScoringAsk::Learner,
        (Method::Get, ["basis", item]) => ScoringAsk::Basis { item: (*item).to_owned() },
        (Method::Get, ["versions", version]) => {
            let version = version.parse().map_err(|_| problem(404, "unknown_version", "There is no such version."))?;
            ScoringAsk::Version { version }
        }
        (Method::Post, ["check"]) => ScoringAsk::Check(body(request).await?),
        (Method::Put, ["draft"]) => ScoringAsk::SaveDraft(body(request).await?),
        (Method::Delete, ["draft"]) => ScoringAsk::DropDraft,
        (Method::Post, ["publish"]) => ScoringAsk::Publish(body(request).await?),
        (Method::Post, ["roll-back"]) => ScoringAsk::RollBack(body(request).await?),
        (Method::Delete, ["rescoring"]) => ScoringAsk::StopRating,
        (Method::Post, ["replay"]) => ScoringAsk::Replay(body(request).await?),
        (Method::Post, ["what-if"]) => ScoringAsk::WhatIf(body(request).await?),
        _ => return Err(problem(404, "not_found", "There is nothing here.")),
    })
}

/// The body of a call.
///
/// # Errors
/// The answer, where it cannot be read.
pub async fn body<T: DeserializeOwned>(request: &mut Request) -> Result<T, Result<Response, Failure>> {
    let too_large = "This is too large: a card or a table has less than 1 MB.";
    let text = read::text(request, MAX_BODY_BYTES).await.map_err(|error| error.answer(too_large))?;
    serde_json::from_str(&text).map_err(|error| {
        let title = format!("This call wants something else: {error}.");
        problem(422, "invalid_call", &title)
    })
}
