//! The key of a call, `Idempotency-Key`: read here, kept by the desk with what it answered ([`crate::desk_do`]).
//!
//! Visitors' calls have none: what they send has an id of its own (`submission_id`, `batch_id`), under which it exists once. There the
//! header is let through and not read.

use sha2::{Digest, Sha256};
use shared::idempotency::Key;
use shared::wire::{FieldProblem, Problem};
use worker::{Method, Request, Response};

use super::problem::json;
use super::read;
use crate::chance;
use crate::desk_do::ask::{Ask, Once, StaffAsk};
use crate::error::Failure;
use crate::sql::to_json;

/// The header, as it is spoken of.
const HEADER: &str = "Idempotency-Key";
/// The largest body of any call that may have one.
const MAX_BODY_BYTES: usize = 1024 * 1024;

/// Whoever is signed in, and the key that their call carries.
pub struct Caller {
    /// The secret part of the session's cookie.
    pub session: String,
    /// The key.
    pub once: Option<Once>,
}

impl Caller {
    /// What the desk is asked for them.
    pub fn asks(&self, wants: StaffAsk) -> Ask {
        Ask::Staff { session: self.session.clone(), once: self.once.clone(), wants }
    }
}

/// The key of a call that may change something, with a hash of what it is sent with; nothing, where it has none.
///
/// # Errors
/// The answer, where the header is no key.
pub async fn once(request: &Request) -> Result<Option<Once>, Result<Response, Failure>> {
    let header = request.headers().get(HEADER).ok().flatten();
    let Some(header) = header.filter(|_| !matches!(request.method(), Method::Get | Method::Head)) else {
        return Ok(None);
    };
    let key = Key::parse(&header).map_err(|why| malformed(&why.to_string()))?;
    let url = request.url().map_err(|source| Err(Failure::Object { object: "request", source }))?;
    let mut copy = request.clone().map_err(|source| Err(Failure::Object { object: "request", source }))?;
    // What is larger is refused by the call itself and does nothing, but for a mail, which is known by what it says.
    let Ok(body) = read::bytes(&mut copy, MAX_BODY_BYTES).await else { return Ok(None) };
    let mut hash = Sha256::new();
    let said = |name: &str| request.headers().get(name).ok().flatten().unwrap_or_default();
    let (media, only_if) = (said("content-type"), said("if-none-match"));
    for part in [request.method().as_ref(), url.path(), url.query().unwrap_or_default(), &media, &only_if] {
        hash.update(part);
        hash.update([0]);
    }
    hash.update(body);
    Ok(Some(Once { key: key.as_str().to_owned(), print: chance::to_hex(&hash.finalize()) }))
}

fn malformed(why: &str) -> Result<Response, Failure> {
    let field = FieldProblem { field: HEADER.to_owned(), code: "not_a_key".to_owned(), message: format!("{why}.") };
    let problem = Problem {
        status: 400,
        code: "malformed_idempotency_key".to_owned(),
        title: "The header Idempotency-Key is no key.".to_owned(),
        fields: vec![field],
    };
    json(400, &to_json("problem", &problem)?)
}
