//! Everything there is, as a file that is written while it is read: however much there is, no more than a page of it is in memory.

use futures_util::stream;
use serde::Deserialize;
use shared::export::{csv_head, csv_rows, ndjson_rows};
use shared::wire::export::ExportPage;
use worker::{Env, Headers, Request, Response};

use super::problem::{problem, reply};
use crate::desk_do::ask::{Ask, ExportBy, OperateAsk, Reply, StaffAsk};
use crate::error::Failure;
use crate::{desk_do, rpc};

/// Who asks: a member by their session, or a server by its token.
pub enum Asker {
    /// A session's secret.
    Session(String),
    /// A token.
    Token(String),
}

#[derive(Deserialize)]
struct Query {
    #[serde(default)]
    bom: bool,
}

/// How the items are written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Format {
    Csv,
    Ndjson,
}

/// The next page, or the end.
struct Pages {
    env: Env,
    workspace: String,
    asker: Asker,
    format: Format,
    /// The page that was read and not written yet.
    page: Option<ExportPage>,
    begun: bool,
    bom: bool,
}

/// Writes all items: `items.csv` or `items.ndjson`.
///
/// # Errors
/// Where the desk does not answer.
pub async fn export(
    request: &Request,
    env: &Env,
    workspace: &str,
    asker: Asker,
    file: &str,
) -> Result<Response, Failure> {
    let (format, kind) = match file {
        "items.csv" => (Format::Csv, "text/csv; charset=utf-8"),
        "items.ndjson" => (Format::Ndjson, "application/x-ndjson"),
        _ => return problem(404, "not_found", "There is items.csv, and items.ndjson."),
    };
    let Ok(Query { bom }) = request.query::<Query>() else {
        return problem(
            422,
            "invalid_query",
            "A file has nothing but perhaps bom=true, for spreadsheets that want it.",
        );
    };
    // The first page is asked for before the answer begins, so that a refusal is an answer of its own.
    let page = match ask(env, workspace, &asker, None).await? {
        Ok(page) => page,
        Err(refused) => return reply(&refused),
    };
    let pages =
        Pages { env: env.clone(), workspace: workspace.to_owned(), asker, format, page: Some(page), begun: false, bom };
    let body = stream::try_unfold(pages, |pages| async move { pages.next().await.map_err(worker::Error::from) });
    let failed = |source| Failure::Object { object: "response", source };
    let headers = Headers::new();
    for (name, value) in [
        ("content-type", kind),
        ("content-disposition", &format!("attachment; filename=\"{file}\"")),
        ("cache-control", "no-store"),
        ("x-content-type-options", "nosniff"),
    ] {
        headers.set(name, value).map_err(failed)?;
    }
    Response::from_stream(Box::pin(body)).map(|response| response.with_headers(headers)).map_err(failed)
}

impl Pages {
    async fn next(mut self) -> Result<Option<(Vec<u8>, Self)>, Failure> {
        let Some(page) = self.page.take() else { return Ok(None) };
        let bytes = self.written(&page)?;
        if let Some(after) = &page.next {
            // What is refused by now, halfway, ends the file where it is: the reader sees that it broke off.
            let next = ask(&self.env, &self.workspace, &self.asker, Some(after.clone())).await?;
            let broken = |refused: Reply| Failure::BadRow { table: "export", what: format!("{}", refused.status) };
            self.page = Some(next.map_err(broken)?);
        }
        self.begun = true;
        Ok(Some((bytes, self)))
    }

    fn written(&self, page: &ExportPage) -> Result<Vec<u8>, Failure> {
        if self.format == Format::Ndjson {
            return ndjson_rows(&page.rows).map_err(|source| Failure::Json { what: "export", source });
        }
        let mut bytes = Vec::new();
        if !self.begun {
            if self.bom {
                bytes.extend("\u{feff}".as_bytes());
            }
            bytes.extend(csv_head(&page.fields).map_err(damaged)?);
        }
        bytes.extend(csv_rows(&page.rows, &page.fields).map_err(damaged)?);
        Ok(bytes)
    }
}

fn damaged(error: impl std::fmt::Display) -> Failure {
    Failure::BadRow { table: "export", what: error.to_string() }
}

async fn ask(
    env: &Env,
    workspace: &str,
    asker: &Asker,
    after: Option<String>,
) -> Result<Result<ExportPage, Reply>, Failure> {
    let ask = match asker {
        Asker::Session(session) => Ask::Staff {
            session: session.clone(),
            once: None,
            wants: StaffAsk::Operate(Box::new(OperateAsk::Export { after })),
        },
        Asker::Token(secret) => Ask::Export { by: ExportBy::Token(secret.clone()), after },
    };
    let reply: Reply = rpc::ask("desk", desk_do::stub(env, workspace)?, &ask).await?;
    if reply.status != 200 {
        return Ok(Err(reply));
    }
    serde_json::from_str(&reply.body).map(Ok).map_err(|source| Failure::Json { what: "export", source })
}
