//! Every request: one line for each route.

use worker::{Context, Env, Method, Request, Response, Result, event};

use crate::api::{
    boot, challenge, console, door, faults, feedback, files, form_page, hosts, known, operator, platform, preview,
    problem, prompts, shield, signals, submit, watch,
};
use crate::{clock, config, log, meter};

/// Answers a request. A failure becomes a 503 that may be tried again, never an empty 500.
#[event(fetch)]
async fn fetch(request: web_sys::Request, env: Env, ctx: Context) -> Result<web_sys::Response> {
    if let Some(turned_away) = door::turn_away(&request, &env) {
        return Ok(turned_away);
    }
    let request = Request::from(request);
    let (method, path, began) = (request.method(), request.path(), clock::now().as_ms());
    let response = match route(request, &env, &ctx, &path).await {
        Ok(response) => response,
        Err(failure) => {
            log::failure("fetch", &failure);
            problem::unavailable()?
        }
    };
    let took_ms = u64::try_from(clock::now().as_ms() - began).unwrap_or(0);
    meter::note(&method, &path, response.status_code(), took_ms);
    Ok(shield::shield(&path, response).into())
}

async fn route(
    request: Request,
    env: &Env,
    ctx: &Context,
    path: &str,
) -> std::result::Result<Response, crate::error::Failure> {
    if let Some(answer) = config::hosts(env).and_then(|hosts| hosts::elsewhere(&hosts, &request, path)) {
        return answer;
    }
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    match (request.method(), parts.as_slice()) {
        (Method::Get, ["livez"]) => watch::livez(),
        (Method::Get, ["readyz"]) => watch::readyz(env).await,
        (Method::Get, ["status"]) => watch::status(&request, env).await,
        (Method::Get, ["metrics"]) => watch::metrics(&request, env).await,

        (Method::Get, ["v1", "boot", key]) => boot::boot(request, env, key).await,
        (Method::Get, ["v1", "forms", key, form]) => form_page::show(request, env, key, form).await,
        (Method::Post, ["v1", "forms", key, form]) => submit::submit(request, env, ctx, key, form).await,
        (Method::Post, ["v1", "files", key]) => files::upload(request, env, key).await,
        (Method::Post, ["v1", "prompts", key]) => prompts::prompts(request, env, key).await,
        (Method::Post, ["v1", "signals", key]) => signals::signals(request, env, key).await,
        (Method::Get, ["v1", "challenge", key]) => challenge::challenge(request, env, key).await,
        (Method::Post, ["v1", "known", key]) => known::known(request, env, key).await,
        (Method::Options, ["v1", "forms" | "files" | "known" | "prompts" | "signals", key, ..]) => {
            boot::preflight(request, env, key).await
        }

        (Method::Get, ["v1", "feedback", workspace, token]) => feedback::show(request, env, workspace, token).await,
        (Method::Post, ["v1", "feedback", workspace, token]) => feedback::take(request, env, workspace, token).await,

        (_, ["v1", "workspaces", id, rest @ ..]) => platform::platform(request, env, id, rest).await,

        (Method::Get, ["v1", "preview", key]) => preview::preview(request, env, key).await,

        (_, ["v1", "console", rest @ ..]) => console::console(request, env, rest).await,
        (Method::Put, ["v1", "operator", "workspaces", id]) => operator::configure(request, env, id).await,
        (Method::Post, ["v1", "operator", "workspaces", id, "sign-in-links"]) => operator::link(request, env, id).await,

        (Method::Post, ["v1", "operator", "workspaces", id, "tokens"]) => operator::token(request, env, id).await,
        (Method::Delete, ["v1", "operator", "workspaces", id, "tokens", name]) => {
            operator::revoke(&request, env, id, name).await
        }
        (Method::Post, ["v1", "operator", "workspaces", id, "editor-links"]) => {
            operator::editor(request, env, id).await
        }

        (_, ["__faults", rest @ ..]) if config::faults_on(env) => faults::faults(env, rest).await,
        (Method::Get | Method::Head, [first, ..]) if *first != "v1" => static_file(request, env).await,
        (Method::Get | Method::Head, [] | ["v1", _]) => static_file(request, env).await,
        _ => problem::problem(404, "not_found", "There is nothing here."),
    }
}

/// Pages, the loader, the widget and the console. On Cloudflare most of them are answered before the Worker is asked.
async fn static_file(request: Request, env: &Env) -> std::result::Result<Response, crate::error::Failure> {
    let answer = config::assets(env)?.fetch_request(request).await;
    answer.map_err(|source| crate::error::Failure::Object { object: "ASSETS", source })
}
