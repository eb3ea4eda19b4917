//! `POST /v1/workspaces/{workspace}/outcomes`: what became of items, from the platform's own server.

use shared::config::is_name;
use shared::wire::outcome::MAX_REPORT_BYTES;
use worker::{Env, Request, Response};

use super::problem::{problem, reply};
use super::read;
use crate::desk_do::ask::{Ask, Reply};
use crate::error::Failure;
use crate::{desk_do, directory, rpc};

/// Takes a report: JSON, or CSV where the content type says so. The answer has a line for each outcome.
///
/// # Errors
/// Where the registry or the desk does not answer.
pub async fn outcomes(mut request: Request, env: &Env, workspace: &str) -> Result<Response, Failure> {
    let header = |name: &str| request.headers().get(name).ok().flatten().unwrap_or_default();
    let (authorization, content_type) = (header("authorization"), header("content-type"));
    let secret = authorization.strip_prefix("Bearer ").unwrap_or_default().to_owned();
    // Whether there is such a workspace is nobody's business without a token of its.
    if secret.is_empty() || !is_name(workspace) || !directory::exists(env, workspace).await? {
        return problem(401, "not_a_token", "This needs a token of the workspace\u{2019}s for outcomes.");
    }
    let text = match read::text(&mut request, MAX_REPORT_BYTES).await {
        Ok(text) => text,
        Err(error) => return error.answer("A report has at most 512 KB: send it in several."),
    };
    let ask = Ask::Outcomes { secret, is_csv: content_type.starts_with("text/csv"), text };
    let answer: Reply = rpc::ask("desk", desk_do::stub(env, workspace)?, &ask).await?;
    reply(&answer)
}
