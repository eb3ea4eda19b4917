//! `/v1/console/account` and `/v1/console/members`: how somebody who is signed in signs in, and links for others.

use serde_json::Value;
use shared::password;
use shared::wire::sign_in::{NewLink, SetPassword};
use shared::wire::{FieldProblem, Problem};
use worker::{Env, Method, Request, Response};

use super::once::Caller;
use super::problem::{json, problem};
use super::read;
use super::sign_in::{busy, refusal};
use crate::desk_do::ask::{AccountAsk, Reply, StaffAsk};
use crate::desk_do::passwords::Change;
use crate::error::Failure;
use crate::sign_in::subtle::{self, Place};
use crate::sql::to_json;
use crate::{config, desk_do, rpc};

const MAX_BODY_BYTES: usize = 16 * 1024;

/// Answers one call; `None` where it is none of these.
///
/// # Errors
/// Where the desk does not answer.
pub async fn account(
    request: &mut Request,
    env: &Env,
    workspace: &str,
    caller: &Caller,
    path: &[&str],
) -> Result<Option<Response>, Failure> {
    let method = request.method();
    let wants = match (&method, path) {
        (Method::Get, ["account"]) => AccountAsk::View,
        (Method::Delete, ["account", "sessions"]) => AccountAsk::EndOthers,
        (Method::Get, ["members"]) => AccountAsk::Members,
        (Method::Put, ["account", "password"]) => {
            return set_password(request, env, workspace, caller).await.map(Some);
        }
        (Method::Post, ["members", member, "sign-in-links"]) => {
            let ask = AccountAsk::Link { member: (*member).to_owned() };
            return link(env, workspace, caller, ask).await.map(Some);
        }
        _ => return Ok(None),
    };
    refusal(&ask(env, workspace, caller, wants).await?).map(Some)
}

async fn set_password(request: &mut Request, env: &Env, workspace: &str, caller: &Caller) -> Result<Response, Failure> {
    let body = read::text(request, MAX_BODY_BYTES).await.unwrap_or_default();
    let Ok(SetPassword { current, new }) = serde_json::from_str(&body) else {
        return problem(422, "invalid_account", "A change has a new password, and the present one where there is one.");
    };
    let (current, new) = (current.as_deref().map(subtle::normal), subtle::normal(&new));
    // What is wrong with it for anybody is told before anything is counted.
    if let Err(why) = password::check(&new, &[]) {
        // Unless it is not theirs to set: then that is what they are told.
        let account = ask(env, workspace, caller, AccountAsk::View).await?;
        return if account.status == 200 { wrong(why.problem("new")) } else { refusal(&account) };
    }
    let Some(place) = Place::wait().await else { return busy() };
    let answer = ask(env, workspace, caller, AccountAsk::BeginChange).await?;
    if answer.status != 200 {
        return refusal(&answer);
    }
    let change: Change =
        serde_json::from_str(&answer.body).map_err(|source| Failure::Json { what: "change", source })?;
    let bare: Vec<String> = change.own.iter().map(|own| subtle::bare(own)).collect();
    let own: Vec<&str> = change.own.iter().chain(&bare).map(String::as_str).collect();
    if let Err(why) = password::check(&new, &own).and_then(|()| password::check(&subtle::bare(&new), &own)) {
        return wrong(why.problem("new"));
    }
    let cost = config::password_iterations(env);
    let proof = match (&change.current, current) {
        (None, _) => None,
        (Some(_), None) => {
            let (field, code) = ("current".to_owned(), "required".to_owned());
            return wrong(FieldProblem { field, code, message: "type your present password too".to_owned() });
        }
        (Some(recipe), Some(current)) if current.chars().count() <= password::MAX_CHARS => {
            Some(subtle::hash(&place, &current, recipe, cost).await?)
        }
        (Some(_), Some(_)) => Some(String::new()),
    };
    let stored = subtle::stored(&place, &new, cost).await?;
    refusal(&ask(env, workspace, caller, AccountAsk::SetPassword { proof, stored }).await?)
}

async fn link(env: &Env, workspace: &str, caller: &Caller, wants: AccountAsk) -> Result<Response, Failure> {
    let answer = ask(env, workspace, caller, wants).await?;
    if answer.status != 200 {
        return refusal(&answer);
    }
    let made: Value = serde_json::from_str(&answer.body).map_err(|source| Failure::Json { what: "link", source })?;
    let secret = made.get("secret").and_then(Value::as_str).unwrap_or_default();
    let link = NewLink { url: format!("/console/sign-in#{workspace}.{secret}") };
    json(201, &to_json("link", &link)?)
}

fn wrong(field: FieldProblem) -> Result<Response, Failure> {
    let problem = Problem {
        status: 422,
        code: "invalid_password".to_owned(),
        title: "This password cannot be set.".to_owned(),
        fields: vec![field],
    };
    json(422, &to_json("problem", &problem)?)
}

async fn ask(env: &Env, workspace: &str, caller: &Caller, wants: AccountAsk) -> Result<Reply, Failure> {
    let ask = caller.asks(StaffAsk::Account(wants));
    rpc::ask("desk", desk_do::stub(env, workspace)?, &ask).await
}
