//! `/v1/workspaces/{workspace}/..`: what the platform's own servers tell and ask with a token: what became of items, what
//! happened to customers, what mail came in, what they want to be told, and whose data is to come out or to go.

use serde::Deserialize;
use shared::config::is_name;
use shared::mail::Envelope;
use shared::token::Scope;
use shared::wire::destination::EventKind;
use shared::wire::mail::{MAX_MAIL_BYTES, Mail};
use shared::wire::outcome::MAX_REPORT_BYTES;
use shared::wire::privacy::ErasePeople;
use worker::{Env, Method, Request, Response};

use super::export::{self, Asker};
use super::once::once;
use super::privacy;
use super::problem::{problem, reply};
use super::read;
use super::scoring::body;
use crate::delivery::webhook;
use crate::desk_do::ask::{Ask, HookAsk, Reply, ServerAsk};
use crate::desk_do::privacy::PeopleAsk;
use crate::error::Failure;
use crate::{desk_do, directory, rpc};

#[derive(Deserialize)]
struct MailQuery {
    to: Option<String>,
    from: Option<String>,
}

#[derive(Deserialize)]
struct SampleQuery {
    event: Option<EventKind>,
}

/// Answers one call of a server's.
///
/// # Errors
/// Where the registry or the desk does not answer.
pub async fn platform(mut request: Request, env: &Env, workspace: &str, path: &[&str]) -> Result<Response, Failure> {
    let header = |name: &str| request.headers().get(name).ok().flatten().unwrap_or_default();
    let (authorization, content_type) = (header("authorization"), header("content-type"));
    let secret = authorization.strip_prefix("Bearer ").unwrap_or_default().to_owned();
    // Whether there is such a workspace is nobody's business without a token of its.
    if secret.is_empty() || !is_name(workspace) || !directory::exists(env, workspace).await? {
        return problem(401, "not_a_token", "This needs a token of the workspace\u{2019}s.");
    }
    if let (&Method::Get, ["export", file]) = (&request.method(), path) {
        return export::export(&request, env, workspace, Asker::Token(secret), file).await;
    }
    let once = match once(&request).await {
        Ok(once) => once,
        Err(response) => return response,
    };
    let wants = match (&request.method(), path) {
        // JSON, or CSV where the content type says so. The answer has a line for each outcome.
        (Method::Post, ["outcomes"]) => match report(&mut request).await {
            Ok(text) => ServerAsk::Outcomes { is_csv: content_type.starts_with("text/csv"), text },
            Err(response) => return response,
        },
        (Method::Post, ["events"]) => match report(&mut request).await {
            Ok(text) => ServerAsk::Lifecycle { text },
            Err(response) => return response,
        },
        // The mail itself (RFC 5322), and its envelope in the address.
        (Method::Post, ["mail"]) => {
            // 10 MB are read and taken apart for nobody who may not hand them over.
            let ask = Ask::Permits { secret: secret.clone(), scope: Scope::Mail.tag().to_owned() };
            let may: Reply = rpc::ask("desk", desk_do::stub(env, workspace)?, &ask).await?;
            if may.status != 200 {
                return reply(&may);
            }
            match mail(&mut request).await {
                Ok(mail) => ServerAsk::Mail(Box::new(mail)),
                Err(response) => return response,
            }
        }
        (Method::Post, ["people", "export"]) => match body(&mut request).await {
            Ok(who) => ServerAsk::People(PeopleAsk::Export(who)),
            Err(response) => return response,
        },
        (Method::Post, ["people", "erase"]) => match body(&mut request).await {
            Ok(ErasePeople { who, reason }) => ServerAsk::People(PeopleAsk::Erase { who, reason }),
            Err(response) => return response,
        },
        (Method::Post, ["hooks"]) => match body(&mut request).await {
            Ok(subscribe) => ServerAsk::Hook(HookAsk::Subscribe { subscribe, fresh: webhook::fresh_secret()? }),
            Err(response) => return response,
        },
        (Method::Delete, ["hooks", id]) => ServerAsk::Hook(HookAsk::End { id: (*id).to_owned() }),
        (Method::Get, ["hooks", "sample"]) => match request.query::<SampleQuery>() {
            Ok(query) => {
                let event = query.event.unwrap_or(EventKind::Opened);
                ServerAsk::Hook(HookAsk::Sample { event })
            }
            Err(_) => return problem(422, "invalid_query", "An event is item.opened or item.closed."),
        },
        _ => return problem(404, "not_found", "There is nothing here."),
    };
    let subscribes = matches!(wants, ServerAsk::Hook(_));
    let exports = matches!(wants, ServerAsk::People(PeopleAsk::Export(_)));
    let ask = Ask::Server { secret, once, wants };
    let answer: Reply = rpc::ask("desk", desk_do::stub(env, workspace)?, &ask).await?;
    if subscribes {
        directory::forget_all();
    }
    if exports && answer.status == 200 { privacy::all(env, workspace, &answer).await } else { reply(&answer) }
}

/// Reads a mail, here rather than at the desk: what is large and may be anything must keep nobody else waiting.
async fn mail(request: &mut Request) -> Result<Mail, Result<Response, Failure>> {
    let bad =
        || problem(422, "invalid_query", "An envelope has an address that the mail is to, and one that it is from.");
    let MailQuery { to, from } = request.query().map_err(|_| bad())?;
    let raw = read::bytes(request, MAX_MAIL_BYTES).await;
    let raw = raw.map_err(|error| error.answer("A mail has at most 10 MB."))?;
    let mail = shared::mail::read(&raw, &Envelope { from, to });
    mail.ok_or_else(|| {
        problem(400, "malformed_mail", "This is no mail, or is from nobody: send it as it came (RFC 5322).")
    })
}

async fn report(request: &mut Request) -> Result<String, Result<Response, Failure>> {
    let text = read::text(request, MAX_REPORT_BYTES).await;
    text.map_err(|error| error.answer("A report has at most 512 KB: send it in several."))
}
