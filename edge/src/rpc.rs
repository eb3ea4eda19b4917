//! Messages between the Worker and its objects: one JSON question in, one JSON answer out. They never leave the Worker,
//! and both ends are always of one version, because both are this file.

use std::collections::BTreeMap;

use js_sys::Promise;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use shared::time::Timestamp;
use shared::visit::Seen;
use shared::wire::visit::Summary;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use worker::{Response, Stub};

use crate::error::Failure;
use crate::journal_do::watch::Watch;
use crate::log;

#[wasm_bindgen]
extern "C" {
    /// An object's stub. A question is a call, and a text either way: a request and a response would be six of the runtime's objects,
    /// with headers and streams, which it makes and has to collect: a tenth of a submission.
    type RawStub;

    #[wasm_bindgen(method)]
    fn ask(this: &RawStub, question: &str) -> Promise;
}

#[wasm_bindgen(module = "/src/rpc.js")]
extern "C" {
    #[wasm_bindgen(js_name = makeCallable)]
    fn make_callable();
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
    let text = JsFuture::from(stub.into_rpc::<RawStub>().ask(&body)).await.map_err(failed)?;
    let text = text.as_string().unwrap_or_default();
    serde_json::from_str(&text).map_err(|source| Failure::Json { what: object, source })
}

/// Reads a question, inside an object.
///
/// # Errors
/// [`Failure::Json`] where it is in another form.
pub fn question<Q: DeserializeOwned>(object: &'static str, question: &str) -> Result<Q, Failure> {
    serde_json::from_str(question).map_err(|source| Failure::Json { what: object, source })
}

/// Writes an answer, inside an object.
///
/// # Errors
/// What failed, for the asker; it is logged here.
pub fn answer<A: Serialize>(object: &'static str, answer: Result<A, Failure>) -> Result<String, JsValue> {
    answer.and_then(|answer| crate::sql::to_json(object, &answer)).map_err(|failure| {
        log::failure(object, &failure);
        js_sys::Error::new(&failure.chain()).into()
    })
}

/// The same, to a request: where bytes come or go.
///
/// # Errors
/// Where the runtime makes no response.
pub fn respond<A: Serialize>(object: &'static str, answer: Result<A, Failure>) -> worker::Result<Response> {
    match answer.and_then(|answer| crate::sql::to_json(object, &answer)) {
        Ok(json) => Response::ok(json),
        Err(failure) => {
            log::failure(object, &failure);
            Response::error(failure.to_string(), 500)
        }
    }
}

/// To a request that no object takes: they are asked.
///
/// # Errors
/// Where the runtime makes no response.
pub fn nothing_here() -> worker::Result<Response> {
    Response::error("There is nothing here.", 404)
}

/// Lets the objects be called.
#[wasm_bindgen(start)]
pub fn start() {
    make_callable();
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
    /// What more there is to it, by name.
    pub about: BTreeMap<String, String>,
    /// Whether a person was seen on the page, and no robot sent it.
    pub human: bool,
}

impl From<Seen> for SeenRow {
    fn from(seen: Seen) -> Self {
        let Seen { at, kind, url, title, about, human } = seen;
        Self { at: at.as_ms(), kind, url, title, about, human }
    }
}

impl From<SeenRow> for Seen {
    fn from(row: SeenRow) -> Self {
        let SeenRow { at, kind, url, title, about, human } = row;
        Self { at: Timestamp::from_ms(at), kind, url, title, about, human }
    }
}

/// What the journal knows of a visitor.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct VisitRow {
    /// What all their signals fold into.
    #[serde(default, skip_serializing_if = "is_nothing")]
    pub summary: Summary,
    /// The latest of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub recent: Vec<SeenRow>,
    /// Whether what comes now is a program's, or a page's that nobody saw: it earns no points.
    #[serde(default)]
    pub is_robot: bool,
    /// What they sent, and are watched for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub watched: Vec<Watch>,
}

/// Most of those who send something did nothing before.
fn is_nothing(summary: &Summary) -> bool {
    *summary == Summary::default()
}

impl VisitRow {
    /// What two keys of one visitor hold.
    pub fn join(mut self, other: Self) -> Self {
        self.summary.merge(other.summary);
        self.recent.extend(other.recent);
        self.watched.extend(other.watched);
        self
    }

    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        self.recent.is_empty() && self.watched.is_empty() && is_nothing(&self.summary)
    }
}
