//! Documents of those who vouch for somebody: asked for over TLS, with a limit of time and of size, and remembered.
//!
//! A redirect is a failure: what decides who somebody is comes from the address that was configured, or not at all.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use futures_util::StreamExt as _;
use serde_json::Value;
use shared::sign_in::is_safe_address;
use worker::{AbortController, Delay, Fetch, Headers, Method, Request, RequestInit, RequestRedirect};

use crate::clock;
use crate::delivery::first;

/// How long somebody who signs in waits for an answer.
const TIMEOUT: Duration = Duration::from_secs(8);
/// The largest document.
const MAX_BYTES: usize = 256 * 1024;
/// The most documents that are remembered; beyond it everything is forgotten and asked anew.
const MAX_REMEMBERED: usize = 64;
/// How long a document is taken for what it was.
const FRESH_MS: i64 = 10 * 60 * 1_000;
/// How long one is made do with whose address does not answer: an issuer may be down for a while.
const STALE_MS: i64 = 24 * 60 * 60 * 1_000;
/// A document in which something was missing is asked for again, but no sooner than this: anybody can make up a key's name.
const AGAIN_MS: i64 = 10 * 1_000;

/// What did not answer is not asked again for so long: whoever waits at the door must not make us ask without end.
const NO_ANSWER_MS: i64 = 3 * 1_000;

thread_local! {
    static NO_ANSWERS: RefCell<BTreeMap<String, (i64, NoAnswer)>> = const { RefCell::new(BTreeMap::new()) };
    static REMEMBERED: RefCell<BTreeMap<String, (i64, Rc<Value>)>> = const { RefCell::new(BTreeMap::new()) };
}

/// Why there is no answer. It names nobody, and no address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoAnswer {
    /// The address is none that may be asked.
    Unsafe,
    /// It did not answer, or too late.
    Unreachable,
    /// It answered with a problem.
    Status(u16),
    /// It answered with something else, or with too much.
    Unreadable,
}

impl NoAnswer {
    /// For the log.
    pub fn says(self) -> String {
        match self {
            Self::Unsafe => "not an address that may be asked".to_owned(),
            Self::Unreachable => "no answer".to_owned(),
            Self::Status(status) => format!("answered {status}"),
            Self::Unreadable => "answered something else".to_owned(),
        }
    }
}

/// How old a remembered document may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Age {
    /// Some minutes.
    Usual,
    /// Something was missing in it: seconds.
    Renewed,
}

/// A document, remembered.
///
/// # Errors
/// Why there is none.
pub async fn document(url: &str, age: Age) -> Result<Rc<Value>, NoAnswer> {
    let now = clock::now().as_ms();
    let known = REMEMBERED.with_borrow(|all| all.get(url).cloned());
    let fresh_for = if age == Age::Renewed { AGAIN_MS } else { FRESH_MS };
    if let Some((at, document)) = &known
        && (0..fresh_for).contains(&(now - at))
    {
        return Ok(Rc::clone(document));
    }
    let failed = NO_ANSWERS.with_borrow(|all| all.get(url).copied());
    let answer = match failed {
        Some((at, why)) if (0..NO_ANSWER_MS).contains(&(now - at)) => Err(why),
        _ => ask(url, None).await,
    };
    if let (Err(why), true) = (&answer, failed.is_none_or(|(at, _)| now - at >= NO_ANSWER_MS)) {
        NO_ANSWERS.with_borrow_mut(|all| {
            if all.len() >= MAX_REMEMBERED {
                all.clear();
            }
            all.insert(url.to_owned(), (now, *why));
        });
    }
    match answer {
        Ok(document) => {
            let document = Rc::new(document);
            REMEMBERED.with_borrow_mut(|all| {
                if all.len() >= MAX_REMEMBERED {
                    all.clear();
                }
                all.insert(url.to_owned(), (now, Rc::clone(&document)));
            });
            Ok(document)
        }
        Err(why) => match known {
            Some((at, document)) if (0..STALE_MS).contains(&(now - at)) => Ok(document),
            _ => Err(why),
        },
    }
}

/// What is sent along with a question.
pub struct Sent<'a> {
    /// The value of `authorization`, if there is one.
    pub authorization: Option<&'a str>,
    /// A form, to be posted; without one it is fetched.
    pub form: Option<&'a str>,
}

/// An answer in JSON, not remembered.
///
/// # Errors
/// Why there is none.
pub async fn ask(url: &str, sent: Option<Sent<'_>>) -> Result<Value, NoAnswer> {
    if !is_safe_address(url) {
        return Err(NoAnswer::Unsafe);
    }
    let request = request(url, sent).map_err(|_| NoAnswer::Unsafe)?;
    let abort = AbortController::default();
    let signal = abort.signal();
    let fetch = Fetch::Request(request);
    let answer = async {
        let mut response = fetch.send_with_signal(&signal).await.map_err(|_| NoAnswer::Unreachable)?;
        if response.status_code() != 200 {
            return Err(NoAnswer::Status(response.status_code()));
        }
        let mut stream = response.stream().map_err(|_| NoAnswer::Unreadable)?;
        let mut bytes = Vec::new();
        while let Some(chunk) = stream.next().await {
            bytes.extend(chunk.map_err(|_| NoAnswer::Unreachable)?);
            if bytes.len() > MAX_BYTES {
                return Err(NoAnswer::Unreadable);
            }
        }
        serde_json::from_slice(&bytes).map_err(|_| NoAnswer::Unreadable)
    };
    let timeout = async {
        Delay::from(TIMEOUT).await;
        abort.abort();
    };
    let (answer, timeout) = (std::pin::pin!(answer), std::pin::pin!(timeout));
    first(answer, timeout).await.unwrap_or(Err(NoAnswer::Unreachable))
}

fn request(url: &str, sent: Option<Sent<'_>>) -> worker::Result<Request> {
    let headers = Headers::new();
    headers.set("accept", "application/json")?;
    let mut init = RequestInit::new();
    init.with_redirect(RequestRedirect::Manual);
    if let Some(sent) = sent {
        if let Some(authorization) = sent.authorization {
            headers.set("authorization", authorization)?;
        }
        if let Some(form) = sent.form {
            headers.set("content-type", "application/x-www-form-urlencoded")?;
            init.with_method(Method::Post).with_body(Some(form.into()));
        }
    }
    init.with_headers(headers);
    Request::new_with_init(url, &init)
}
