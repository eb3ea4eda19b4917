//! `GET /v1/boot/{site_key}`: what the loader and the widget of a site need to know, in one call that may be kept.

use worker::{Env, Request, Response, ResponseBuilder};

use super::cors::Origin;
use super::problem::{done, json, problem};
use crate::directory;
use crate::error::Failure;

/// How long a browser keeps it. A change of a form is seen after a minute.
const CACHE: &str = "public, max-age=60";

/// The public configuration of a site.
///
/// # Errors
/// Where an object does not answer.
pub async fn boot(request: Request, env: &Env, key: &str) -> Result<Response, Failure> {
    let origin = Origin::of(&request);
    let Some((_, card)) = directory::card_of(env, key).await? else {
        return origin.allow(problem(404, "unknown_site", "No site is registered under this key.")?, false);
    };
    if !lists(&card.origins, &origin) {
        let refused = problem(403, "origin_not_allowed", "This site's key may not be used from this address.")?;
        return origin.allow(refused, false);
    }
    let response = json(200, &card.boot)?;
    done(response.headers().set("cache-control", CACHE).and(Response::empty()))?;
    // The answer differs by origin even where none was sent: a cache must not mix them up.
    done(response.headers().set("vary", "origin").and(Response::empty()))?;
    origin.allow(response, true)
}

/// `OPTIONS`: a browser asks before it sends JSON from another origin.
///
/// # Errors
/// Where an object does not answer.
pub async fn preflight(request: Request, env: &Env, key: &str) -> Result<Response, Failure> {
    let origin = Origin::of(&request);
    let card = directory::card_of(env, key).await?;
    let allowed = card.is_some_and(|(_, card)| lists(&card.origins, &origin));
    let response = ResponseBuilder::new().with_status(204).empty();
    if allowed {
        let headers = response.headers();
        let set = headers
            .set("access-control-allow-methods", "POST")
            .and_then(|()| headers.set("access-control-allow-headers", "content-type"))
            .and_then(|()| headers.set("access-control-max-age", "600"));
        done(set.and(Response::empty()))?;
    }
    origin.allow(response, allowed)
}

/// Whether a site may be used from there.
pub fn lists(origins: &[String], origin: &Origin) -> bool {
    origin.page().is_none_or(|page| origins.iter().any(|listed| listed == page))
}
