//! The console's calls about people's own data. What is known of one person is put together here: the desk, the journals and the
//! files' objects each tell their part.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};
use shared::file::FileId;
use shared::wire::privacy::{PeopleExport, PersonExport};
use worker::{Env, Method, Request, Response};

use super::faults;
use super::once::Caller;
use super::problem::{json, problem, reply};
use super::scoring::body;
use crate::desk_do::ask::{PrivacyAsk, Reply, StaffAsk};
use crate::error::Failure;
use crate::journal_do::erase::{self as journal, Trace};
use crate::sql::to_json;
use crate::{desk_do, directory, files_do, rpc};

/// The bytes of files that one export holds, before they are written as base64: an answer is made in memory. Of files beyond it,
/// only what they are is told.
const MAX_FILE_BYTES: usize = 24 * 1024 * 1024;

/// Whether a call is one of these.
pub fn is_one(path: &[&str]) -> bool {
    matches!(path, ["privacy", ..] | ["people", _, "privacy" | "export" | "erase" | "hold"])
}

/// Answers one call.
///
/// # Errors
/// Where the desk, a journal or a files' object does not answer.
pub async fn privacy(
    request: &mut Request,
    env: &Env,
    workspace: &str,
    caller: &Caller,
    path: &[&str],
) -> Result<Response, Failure> {
    let wants = match wants(request, env, path).await {
        Ok(wants) => wants,
        Err(response) => return response,
    };
    let (is_export, is_change) =
        (matches!(wants, PrivacyAsk::Export { .. }), matches!(wants, PrivacyAsk::Retain { .. }));
    let ask = caller.asks(StaffAsk::Privacy(wants));
    let answer: Reply = rpc::ask("desk", desk_do::stub(env, workspace)?, &ask).await?;
    if is_change {
        directory::forget_all();
    }
    if is_export && answer.status == 200 { one(env, workspace, &answer).await } else { reply(&answer) }
}

async fn wants(request: &mut Request, env: &Env, path: &[&str]) -> Result<PrivacyAsk, Result<Response, Failure>> {
    Ok(match (&request.method(), path) {
        (Method::Get, ["privacy"]) => PrivacyAsk::View,
        (Method::Post, ["privacy", "retention"]) => PrivacyAsk::Retain(body(request).await?),
        (Method::Get, ["people", id, "privacy"]) => PrivacyAsk::Person { id: (*id).to_owned() },
        (Method::Get, ["people", id, "export"]) => PrivacyAsk::Export { id: (*id).to_owned() },
        (Method::Post, ["people", id, "erase"]) => PrivacyAsk::Erase {
            id: (*id).to_owned(),
            ask: body(request).await?,
            fail_after: faults::fail_after(env, request),
        },
        (Method::Post, ["people", id, "hold"]) => {
            PrivacyAsk::Hold { id: (*id).to_owned(), change: body(request).await? }
        }
        _ => return Err(problem(404, "not_found", "There is nothing here.")),
    })
}

/// An export of one person, as a file.
async fn one(env: &Env, workspace: &str, answer: &Reply) -> Result<Response, Failure> {
    let mut export: PersonExport =
        serde_json::from_str(&answer.body).map_err(|source| Failure::Json { what: "export", source })?;
    let mut room = MAX_FILE_BYTES;
    complete(env, workspace, &mut export, &mut room).await?;
    let response = json(200, &to_json("export", &export)?)?;
    let failed = |source| Failure::Object { object: "response", source };
    let name = format!("attachment; filename=\"person-{}.json\"", export.person);
    response.headers().set("content-disposition", &name).map_err(failed)?;
    Ok(response)
}

/// An export of everybody whom a server named.
///
/// # Errors
/// As [`privacy`].
pub async fn all(env: &Env, workspace: &str, answer: &Reply) -> Result<Response, Failure> {
    let mut export: PeopleExport =
        serde_json::from_str(&answer.body).map_err(|source| Failure::Json { what: "export", source })?;
    let mut room = MAX_FILE_BYTES;
    for person in &mut export.people {
        complete(env, workspace, person, &mut room).await?;
    }
    json(200, &to_json("export", &export)?)
}

/// Adds what is not at the desk; of files, the bytes of as many as there is room for.
async fn complete(env: &Env, workspace: &str, export: &mut PersonExport, room: &mut usize) -> Result<(), Failure> {
    let trace = trace(env, workspace, export).await?;
    for (table, records) in journal::records(env, workspace, &trace).await? {
        export.records.entry(table).or_default().extend(records);
    }
    match export.records.get_mut("file") {
        Some(files) => add_bytes(env, workspace, files, room).await,
        None => Ok(()),
    }
}

/// Who they are to the journals: whoever sent what they sent, and whom the platform calls so.
async fn trace(env: &Env, workspace: &str, export: &PersonExport) -> Result<Trace, Failure> {
    let all = |table: &str| export.records.get(table).map_or(&[][..], Vec::as_slice).iter();
    let references: Vec<String> = all("item").filter_map(|item| text(item, "reference")).collect();
    let users = all("identifier").filter(|row| text(row, "kind").as_deref() == Some("user"));
    let users = users.filter_map(|row| text(row, "key")).collect();
    let batches = all("submission").filter_map(|sent| text(sent, "id")).collect();
    Ok(Trace { visitors: journal::visitors(env, workspace, &references).await?, users, batches })
}

async fn add_bytes(
    env: &Env,
    workspace: &str,
    files: &mut [Map<String, Value>],
    room: &mut usize,
) -> Result<(), Failure> {
    for file in files {
        let Some(id) = text(file, "id").as_deref().and_then(FileId::parse) else { continue };
        let size = file.get("bytes").and_then(Value::as_u64).and_then(|bytes| usize::try_from(bytes).ok());
        let Some(left) = size.and_then(|size| room.checked_sub(size)) else { continue };
        if let Some(mut stored) = files_do::read(env, workspace, &id).await? {
            let failed = |source| Failure::Object { object: "files", source };
            let bytes = stored.bytes().await.map_err(failed)?;
            file.insert("base64".to_owned(), STANDARD.encode(bytes).into());
            *room = left;
        }
    }
    Ok(())
}

fn text(record: &Map<String, Value>, field: &str) -> Option<String> {
    record.get(field).and_then(Value::as_str).map(str::to_owned)
}
