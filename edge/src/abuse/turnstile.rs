//! Turnstile: Cloudflare is asked whether a token is good. The visitor's address is not sent along.
//!
//! Where Cloudflare does not answer, nobody is turned away: a person looks instead.

use serde::Deserialize;
use serde_json::json;
use shared::abuse::Turnstile;
use worker::{AbortController, Delay, Fetch, Headers, Method, Request, RequestInit, RequestRedirect};

use crate::delivery::first;

/// How long the visitor waits for Cloudflare.
const TIMEOUT: std::time::Duration = std::time::Duration::from_secs(5);
/// The longest token that Cloudflare makes.
const MAX_TOKEN_BYTES: usize = 2_048;

/// Error codes that say something of Cloudflare or of our own settings, and nothing of the visitor.
const NOT_THE_VISITOR: &[&str] = &["internal-error", "missing-input-secret", "invalid-input-secret", "bad-request"];

#[derive(Deserialize)]
struct Answer {
    success: bool,
    #[serde(default, rename = "error-codes")]
    error_codes: Vec<String>,
}

/// Asks. The submission's id makes asking again, after an answer that was lost, the same question.
pub async fn verify(url: &str, secret: &str, token: &str, submission_id: &str) -> Turnstile {
    if token.is_empty() {
        return Turnstile::Missing;
    }
    if token.len() > MAX_TOKEN_BYTES {
        return Turnstile::Failed;
    }
    let body = json!({ "secret": secret, "response": token, "idempotency_key": submission_id });
    let Ok(request) = request(url, &body.to_string()) else { return Turnstile::Unavailable };
    let abort = AbortController::default();
    let signal = abort.signal();
    let fetch = Fetch::Request(request);
    let answer = async {
        let mut response = fetch.send_with_signal(&signal).await.ok()?;
        let text = response.text().await.ok()?;
        serde_json::from_str(&text).ok()
    };
    let timeout = async {
        Delay::from(TIMEOUT).await;
        abort.abort();
    };
    let (answer, timeout) = (std::pin::pin!(answer), std::pin::pin!(timeout));
    first(answer, timeout).await.flatten().map_or(Turnstile::Unavailable, read)
}

fn read(answer: Answer) -> Turnstile {
    let is_theirs = answer.error_codes.iter().any(|code| NOT_THE_VISITOR.contains(&code.as_str()));
    match (answer.success, is_theirs) {
        (true, _) => Turnstile::Passed,
        (false, true) => Turnstile::Unavailable,
        (false, false) => Turnstile::Failed,
    }
}

fn request(url: &str, body: &str) -> worker::Result<Request> {
    let headers = Headers::new();
    headers.set("content-type", "application/json")?;
    let mut init = RequestInit::new();
    init.with_method(Method::Post)
        .with_headers(headers)
        .with_body(Some(body.into()))
        .with_redirect(RequestRedirect::Manual);
    Request::new_with_init(url, &init)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cloudflare_says_is_told_apart_from_what_went_wrong_there() {
        assert_eq!(said(r#"{"success":true,"hostname":"x"}"#), Turnstile::Passed);
        assert_eq!(said(r#"{"success":false,"error-codes":["invalid-input-response"]}"#), Turnstile::Failed);
        assert_eq!(said(r#"{"success":false,"error-codes":["timeout-or-duplicate"]}"#), Turnstile::Failed);
        assert_eq!(said(r#"{"success":false,"error-codes":["internal-error"]}"#), Turnstile::Unavailable);
        assert_eq!(said(r#"{"success":false,"error-codes":["invalid-input-secret"]}"#), Turnstile::Unavailable);
    }

    fn said(json: &str) -> Turnstile {
        read(serde_json::from_str(json).unwrap())
    }
}
