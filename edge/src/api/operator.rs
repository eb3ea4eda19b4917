//! `/v1/operator/..`: what the person who runs Usher does with the operator's token: replace a workspace's configuration,
//! and make the first sign-in link.

use serde_json::Value;
use shared::config::{Config, beyond, is_name};
use shared::wire::Workspace;
use shared::wire::operator::ForMember;
use shared::wire::sign_in::NewLink;
use worker::{Env, Request, Response};

use super::once::once;
use super::problem::{json, problem, reply};
use super::prompts;
use super::read;
use crate::desk_do::ask::{Ask, OperatorAsk, Reply};
use crate::error::Failure;
use crate::registry_do::Answer;
use crate::sql::to_json;
use crate::{config, desk_do, directory, registry_do, rpc};

/// The largest configuration.
const MAX_BODY_BYTES: usize = 1024 * 1024;

/// Replaces a workspace's configuration, or makes the workspace. With `If-None-Match: *` it only makes one.
///
/// # Errors
/// Where the registry or the desk does not answer.
pub async fn configure(mut request: Request, env: &Env, id: &str) -> Result<Response, Failure> {
    if !is_operator(&request, env) {
        return not_operator();
    }
    if !is_name(id) {
        return problem(422, "not_a_name", "A workspace's id has at most 80 lower-case letters, digits, _ or -.");
    }
    let once = match once(&request).await {
        Ok(once) => once,
        Err(response) => return response,
    };
    let body = match read::text(&mut request, MAX_BODY_BYTES).await {
        Ok(body) => body,
        Err(error) => return error.answer("This is too large: a configuration has at most 1 MB."),
    };
    let source: Workspace = match serde_json::from_str(&body) {
        Ok(source) => source,
        Err(error) => return problem(400, "malformed_config", &format!("The configuration cannot be read: {error}.")),
    };
    // Checked before anything is written: a bad configuration must not take another's keys.
    if let Err(fields) = Config::parse(1, source.clone()) {
        let problem = desk_do::bad_config(fields);
        return json(problem.status, &serde_json::to_string(&problem).unwrap_or_default());
    }
    let far = beyond(&source.destinations, config::reach(env));
    if !far.is_empty() {
        let problem = desk_do::bad_config(far);
        return json(problem.status, &serde_json::to_string(&problem).unwrap_or_default());
    }
    let only_if_new = request.headers().get("if-none-match").ok().flatten().as_deref() == Some("*");
    // Under a key the desk knows whether it was this very call that made it.
    if only_if_new && once.is_none() && directory::exists(env, id).await? && version(env, id).await? > 0 {
        return problem(412, "exists", "This workspace is there already.");
    }
    let mailboxes = source.mailboxes.iter().map(|mailbox| registry_do::mailbox_key(&mailbox.address));
    let keys = source.sites.iter().map(|site| site.key.clone()).chain(mailboxes).collect();
    let bind = registry_do::Ask::Bind { workspace: id.to_owned(), keys };
    let bound = rpc::ask("registry", registry_do::stub(env)?, &bind).await?;
    match bound {
        Answer::Taken(taken) if taken.is_empty() => {}
        Answer::Taken(taken) => {
            let title = format!("These keys are another workspace's: {}.", taken.join(", "));
            return problem(409, "key_taken", &title);
        }
        _ => return Err(Failure::BadRow { table: "registry", what: "another answer".to_owned() }),
    }
    let ask = Ask::Operator { once, wants: OperatorAsk::Configure { source: Box::new(source), only_if_new } };
    let answer: Reply = rpc::ask("desk", desk_do::stub(env, id)?, &ask).await?;
    directory::forget_all();
    reply(&answer)
}

/// Makes a one-time sign-in link for a member.
///
/// # Errors
/// Where the registry or the desk does not answer.
pub async fn link(mut request: Request, env: &Env, id: &str) -> Result<Response, Failure> {
    if !is_operator(&request, env) {
        return not_operator();
    }
    let once = match once(&request).await {
        Ok(once) => once,
        Err(response) => return response,
    };
    let body = read::text(&mut request, MAX_BODY_BYTES).await.unwrap_or_default();
    let Ok(ForMember { member }) = serde_json::from_str(&body) else {
        return problem(422, "invalid_link", "A link names a member: {\"member\": \"mara\"}.");
    };
    if !directory::exists(env, id).await? {
        return problem(404, "unknown_workspace", "There is no such workspace.");
    }
    let ask = Ask::Operator { once, wants: OperatorAsk::Link { member } };
    let answer: Reply = rpc::ask("desk", desk_do::stub(env, id)?, &ask).await?;
    if answer.status != 200 {
        return reply(&answer);
    }
    let link: Value = serde_json::from_str(&answer.body).map_err(|source| Failure::Json { what: "link", source })?;
    let secret = link.get("secret").and_then(Value::as_str).unwrap_or_default();
    // After the `#`, so that it is in no log and no referrer; without an origin, which a proxy may have changed.
    json(201, &to_json("link", &NewLink { url: format!("/console/sign-in#{id}.{secret}") })?)
}

/// Makes a token for a server of the workspace's; it is shown this once.
///
/// # Errors
/// Where the registry or the desk does not answer.
pub async fn token(mut request: Request, env: &Env, id: &str) -> Result<Response, Failure> {
    if !is_operator(&request, env) {
        return not_operator();
    }
    let once = match once(&request).await {
        Ok(once) => once,
        Err(response) => return response,
    };
    let body = read::text(&mut request, MAX_BODY_BYTES).await.unwrap_or_default();
    let Ok(new) = serde_json::from_str(&body) else {
        let title = "A token has a name and scopes: {\"name\": \"platform\", \"scopes\": [\"outcomes\", \"events\"]}.";
        return problem(422, "invalid_token", title);
    };
    ask_of(env, id, Ask::Operator { once, wants: OperatorAsk::MakeToken(new) }).await
}

/// Revokes a token: it works no longer.
///
/// # Errors
/// Where the registry or the desk does not answer.
pub async fn revoke(request: &Request, env: &Env, id: &str, name: &str) -> Result<Response, Failure> {
    if !is_operator(request, env) {
        return not_operator();
    }
    let once = match once(request).await {
        Ok(once) => once,
        Err(response) => return response,
    };
    ask_of(env, id, Ask::Operator { once, wants: OperatorAsk::DropToken { name: name.to_owned() } }).await
}

async fn ask_of(env: &Env, id: &str, ask: Ask) -> Result<Response, Failure> {
    if !directory::exists(env, id).await? {
        return problem(404, "unknown_workspace", "There is no such workspace.");
    }
    let answer: Reply = rpc::ask("desk", desk_do::stub(env, id)?, &ask).await?;
    reply(&answer)
}

/// Makes an editor link to a page of a site's.
///
/// # Errors
/// Where the registry or the desk does not answer.
pub async fn editor(mut request: Request, env: &Env, id: &str) -> Result<Response, Failure> {
    if !is_operator(&request, env) {
        return not_operator();
    }
    if let Err(response) = once(&request).await {
        return response;
    }
    prompts::editor_link(&mut request, env, id).await
}

async fn version(env: &Env, id: &str) -> Result<u32, Failure> {
    let reply: Reply = rpc::ask("desk", desk_do::stub(env, id)?, &Ask::Version).await?;
    serde_json::from_str(&reply.body).map_err(|source| Failure::Json { what: "version", source })
}

fn is_operator(request: &Request, env: &Env) -> bool {
    let header = request.headers().get("authorization").ok().flatten().unwrap_or_default();
    header.strip_prefix("Bearer ").is_some_and(|token| config::is_operator(env, token))
}

fn not_operator() -> Result<Response, Failure> {
    problem(401, "not_operator", "This needs the operator's token.")
}
