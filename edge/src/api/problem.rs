//! Answers that are not a success (RFC 9457), and the few ways an answer is built.

use shared::wire::Problem;
use worker::{Response, ResponseBuilder, Result};

use crate::desk_do::ask::Reply;
use crate::error::Failure;

/// How long a caller should wait after a failure of ours, in seconds.
pub const RETRY_AFTER_S: &str = "2";

/// A problem that is in no field.
///
/// # Errors
/// Where the runtime makes no response.
pub fn problem(status: u16, code: &str, title: &str) -> std::result::Result<Response, Failure> {
    json(status, &body(status, code, title))
}

fn body(status: u16, code: &str, title: &str) -> String {
    let problem = Problem { status, code: code.to_owned(), title: title.to_owned(), fields: Vec::new() };
    serde_json::to_string(&problem).unwrap_or_default()
}

/// Try again.
///
/// # Errors
/// Where the runtime makes no response.
pub fn unavailable() -> Result<Response> {
    later(&body(503, "unavailable", "Something of ours did not work. Nothing was lost: please try again."))
}

/// More comes than can be taken: to be tried again, like [`unavailable`].
///
/// # Errors
/// Where the runtime makes no response.
pub fn crowded() -> std::result::Result<Response, Failure> {
    done(later(&crowded_body()))
}

/// What it says.
pub fn crowded_body() -> String {
    body(503, "unavailable", "Too much is being sent at the moment. Please try again.")
}

fn later(body: &str) -> Result<Response> {
    let response = json(503, body)?;
    response.headers().set("retry-after", RETRY_AFTER_S)?;
    Ok(response)
}

/// A reply of the desk, as it is.
///
/// # Errors
/// Where the runtime makes no response.
pub fn reply(reply: &Reply) -> std::result::Result<Response, Failure> {
    if reply.body.is_empty() {
        return done(Ok(ResponseBuilder::new().with_status(reply.status).empty()));
    }
    json(reply.status, &reply.body)
}

/// JSON that nobody may keep.
///
/// # Errors
/// Where the runtime makes no response.
pub fn json(status: u16, body: &str) -> std::result::Result<Response, Failure> {
    let kind = if status >= 400 { "application/problem+json" } else { "application/json" };
    done(with_body(status, kind, body, "no-store"))
}

/// A page.
///
/// # Errors
/// Where the runtime makes no response.
pub fn html(status: u16, body: &str) -> std::result::Result<Response, Failure> {
    done(with_body(status, "text/html; charset=utf-8", body, "no-store"))
}

/// What the runtime made of an answer, or of a part of it.
///
/// # Errors
/// [`Failure::Object`] where it made none.
pub fn done<T>(made: Result<T>) -> std::result::Result<T, Failure> {
    made.map_err(|source| Failure::Object { object: "response", source })
}

fn with_body(status: u16, kind: &str, body: &str, cache: &str) -> Result<Response> {
    // Into the headers that it has anyway: each object of the runtime's is made, and collected.
    let response = ResponseBuilder::new()
        .with_status(status)
        .with_header("content-type", kind)?
        .with_header("cache-control", cache)?
        .with_header("x-content-type-options", "nosniff")?;
    Ok(response.fixed(body.as_bytes().to_vec()))
}
