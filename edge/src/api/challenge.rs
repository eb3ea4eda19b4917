//! `GET /v1/challenge/{site_key}`: a proof of work for a browser to find, as ALTCHA has it.

use worker::{Env, Request, Response};

use super::boot::lists;
use super::cors::Origin;
use super::problem::{json, problem};
use crate::abuse::proof;
use crate::error::Failure;
use crate::sql::to_json;
use crate::{clock, directory};

/// A new challenge. Asking costs nothing and is remembered by nobody; only what is solved and sent is.
///
/// # Errors
/// Where an object does not answer, or there are no random bytes.
pub async fn challenge(request: Request, env: &Env, key: &str) -> Result<Response, Failure> {
    let origin = Origin::of(&request);
    let Some((_, card)) = directory::card_of(env, key).await? else {
        return origin.allow(problem(404, "unknown_site", "No site is registered under this key.")?, false);
    };
    if !lists(&card.origins, &origin) {
        let refused = problem(403, "origin_not_allowed", "This site's key may not be used from this address.")?;
        return origin.allow(refused, false);
    }
    let challenge = proof::challenge(&card.secret, key, clock::now())?;
    origin.allow(json(200, &to_json("challenge", &challenge)?)?, true)
}
