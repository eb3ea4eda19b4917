//! Messages between the Worker and its objects: one JSON question in, one JSON answer out. They never leave the Worker,
//! and both ends are always of one version, because both are this file.

use std::collections::BTreeMap;

use js_sys::Promise;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use worker::{Request, Response, Stub};

use crate::error::Failure;
use crate::log;

#[wasm_bindgen]
extern "C" {
    /// An object's stub, asked without `worker`'s `Request` and `Response` around it: those read an answer as a stream,
    /// piece by piece, which costs a submission a tenth of its time.
    type RawStub;
    #[wasm_bindgen(method, catch)]
    fn fetch(this: &RawStub, url: &str, init: &web_sys::RequestInit) -> Result<Promise, JsValue>;
}

/// Asks an object, and reads its answer.
///
/// # Errors
/// [`Failure::Object`] where it did not answer, [`Failure::Json`] where it answered in another form.
pub async fn ask<Q: Serialize, A: DeserializeOwned>(
    object: &'static str,
    stub: Stub,
    question: &Q,
) -> Result<A, Failure> {
    let failed = |error: JsValue| Failure::Object { object, source: error.into() };
    let body = crate::sql::to_json(object, question)?;
    let init = web_sys::RequestInit::new();
    init.set_method("POST");
    init.set_body(&body.into());
    let answer = stub.into_rpc::<RawStub>().fetch("https://object/ask", &init).map_err(failed)?;
    let answer: web_sys::Response = JsFuture::from(answer).await.map_err(failed)?.unchecked_into();
    let text = JsFuture::from(answer.text().map_err(failed)?).await.map_err(failed)?;
    let text = text.as_string().unwrap_or_default();
    if answer.status() != 200 {
        return Err(failed(text.into()));
    }
    serde_json::from_str(&text).map_err(|source| Failure::Json { what: object, source })
}

/// Reads a question, inside an object.
///
/// # Errors
/// [`Failure::Json`] where it is in another form.
pub async fn question<Q: DeserializeOwned>(object: &'static str, request: &mut Request) -> Result<Q, Failure> {
    let text = request.text().await.map_err(|source| Failure::Object { object, source })?;
    serde_json::from_str(&text).map_err(|source| Failure::Json { what: object, source })
}

/// Writes an answer, inside an object. A failure is logged here and reaches the asker as one.
///
/// # Errors
/// Where the runtime makes no response.
pub fn answer<A: Serialize>(object: &'static str, answer: Result<A, Failure>) -> worker::Result<Response> {
    match answer.and_then(|answer| crate::sql::to_json(object, &answer)) {
        Ok(json) => Response::ok(json),
        Err(failure) => {
            log::failure(object, &failure);
            Response::error(failure.to_string(), 500)
        }
    }
}

/// A dated signal, between the Worker, the Journal and the Desk.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SeenRow {
    /// Milliseconds since 1970.
    pub at: i64,
    /// Its kind.
    pub kind: String,
    /// The page's address.
    pub url: String,
    /// The page's title.
    pub title: String,
    /// What more there is to it. A row that a journal wrote before it kept this has none.
    #[serde(default)]
    pub about: BTreeMap<String, String>,
}

impl From<&shared::visit::Seen> for SeenRow {
    fn from(seen: &shared::visit::Seen) -> Self {
        Self {
            at: seen.at.as_ms(),
            kind: seen.kind.clone(),
            url: seen.url.clone(),
            title: seen.title.clone(),
            about: seen.about.clone(),
        }
    }
}

impl From<SeenRow> for shared::visit::Seen {
    fn from(row: SeenRow) -> Self {
        Self {
            at: shared::time::Timestamp::from_ms(row.at),
            kind: row.kind,
            url: row.url,
            title: row.title,
            about: row.about,
        }
    }
}
