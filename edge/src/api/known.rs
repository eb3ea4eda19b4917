//! `POST /v1/known/{site_key}`: what is known of somebody who proved who they are, so that a form need not ask again.

use shared::wire::known::AskKnown;
use worker::{Env, Request, Response};

use super::cors::Origin;
use super::problem::{problem, reply};
use super::read;
use crate::desk_do::ask::{Ask, Known, Reply};
use crate::error::Failure;
use crate::{desk_do, directory, rpc};

/// The largest body: a token and a form's name.
const MAX_BODY_BYTES: usize = 16 * 1024;

/// Answers with what is known, or with one and the same 401.
///
/// # Errors
/// Where the registry or the desk does not answer.
pub async fn known(mut request: Request, env: &Env, key: &str) -> Result<Response, Failure> {
    let origin = Origin::of(&request);
    let Some(workspace) = directory::workspace_of(env, key).await? else {
        return origin.allow(problem(404, "unknown_site", "No site is registered under this key.")?, false);
    };
    let body = read::text(&mut request, MAX_BODY_BYTES).await.unwrap_or_default();
    let Ok(AskKnown { identity, form }) = serde_json::from_str(&body) else {
        // What was wrong is not repeated: it may hold a token.
        return origin.allow(problem(400, "malformed_json", "This is JSON with an identity and a form.")?, true);
    };
    let ask = Known {
        workspace: workspace.to_string(),
        key: key.to_owned(),
        form,
        origin: origin.page().map(str::to_owned),
        identity,
    };
    let answer: Reply = rpc::ask("desk", desk_do::stub(env, &workspace)?, &Ask::Known(ask)).await?;
    origin.allow(reply(&answer)?, answer.readable)
}
