//! The calls of the console about many items, kept views, notices and people, as what the desk is asked.

use serde::Deserialize;
use shared::wire::people::Merge;
use worker::{Env, Method, Request, Response};

use super::problem::problem;
use super::scoring::body;
use crate::config;
use crate::desk_do::ask::StaffAsk;
use crate::error::Failure;

#[derive(Deserialize)]
struct Query {
    after: Option<String>,
    q: Option<String>,
}

/// What a call wants. `workspace` is the one of the session.
///
/// # Errors
/// The answer, where it is no such call.
pub async fn wants(
    request: &mut Request,
    method: &Method,
    path: &[&str],
    workspace: &str,
    env: &Env,
) -> Result<StaffAsk, Result<Response, Failure>> {
    Ok(match (method, path) {
        (Method::Post, ["items", "actions"]) => StaffAsk::ActOnMany(Box::new(body(request).await?)),
        (Method::Post, ["items", "undo"]) => StaffAsk::Undo(body(request).await?),
        (Method::Get, ["items", id, "drafts"]) => {
            // The link is for the visitor.
            let here = || request.url().map(|url| url.origin().ascii_serialization()).unwrap_or_default();
            let origin = config::hosts(env).map_or_else(here, |hosts| hosts.forms.clone());
            StaffAsk::Drafts { id: (*id).to_owned(), base: format!("{origin}/v1/feedback/{workspace}/") }
        }
        (Method::Get, ["calls", "forms"]) => StaffAsk::CallForms,
        (Method::Post, ["calls"]) => StaffAsk::RecordCall(Box::new(body(request).await?)),
        (Method::Get, ["views"]) => StaffAsk::Views,
        (Method::Post, ["views"]) => StaffAsk::SaveView(Box::new(body(request).await?)),
        (Method::Delete, ["views", id]) => StaffAsk::DropView { id: (*id).to_owned() },
        (Method::Get, ["notices"]) => StaffAsk::Notices { after: query(request)?.after },
        (Method::Post, ["notices", "seen"]) => StaffAsk::SeeNotices(body(request).await?),
        (Method::Get, ["people", id, "alike"]) => StaffAsk::Alike { person: (*id).to_owned(), text: query(request)?.q },
        (Method::Post, ["people", id, "merges"]) => {
            let Merge { from } = body(request).await?;
            StaffAsk::Merge { person: (*id).to_owned(), from }
        }
        (Method::Delete, ["people", id, "merges", merge]) => {
            StaffAsk::Separate { person: (*id).to_owned(), merge: (*merge).to_owned() }
        }
        _ => return Err(problem(404, "not_found", "There is nothing here.")),
    })
}

fn query(request: &Request) -> Result<Query, Result<Response, Failure>> {
    request.query().map_err(|_| problem(422, "invalid_query", "A page has nothing but perhaps a start, or words."))
}
