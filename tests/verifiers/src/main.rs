//! Reads a line of JSON for each webhook, and answers with a line: `true` where the crate `standardwebhooks` believes it.
//! `tests/support/verifiers.mjs` says what is asked.

use std::collections::BTreeMap;
use std::io::{BufRead as _, Write as _};

use http::{HeaderMap, HeaderName, HeaderValue};
use serde::Deserialize;
use standardwebhooks::Webhook;

#[derive(Deserialize)]
struct Question {
    secret: String,
    headers: BTreeMap<String, String>,
    text: String,
    /// Whatever the time: the clock of the sender is another one.
    timeless: bool,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let question: Question = serde_json::from_str(&line?)?;
        writeln!(out, "{}", believes(&question).is_some())?;
        out.flush()?;
    }
    Ok(())
}

fn believes(question: &Question) -> Option<()> {
    let webhook = Webhook::new(&question.secret).ok()?;
    let header = |name: &str| question.headers.get(name).map(String::as_str);
    if question.timeless {
        let at = header("webhook-timestamp")?.parse().ok()?;
        let signature = webhook.sign(header("webhook-id")?, at, question.text.as_bytes()).ok()?;
        return header("webhook-signature")?.split(' ').any(|it| it == signature).then_some(());
    }
    let mut headers = HeaderMap::new();
    for (name, value) in &question.headers {
        headers.insert(HeaderName::try_from(name).ok()?, HeaderValue::try_from(value).ok()?);
    }
    webhook.verify(question.text.as_bytes(), &headers).ok()
}
