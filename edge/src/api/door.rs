//! Turning away at the door: where a desk's line is full ([`crate::shed`]), a form is answered before anything of ours reads it. The
//! answer says the same to everybody and is made once, since what one that is turned away costs, those who wait do not have (R10).

use std::cell::OnceCell;

use js_sys::Uint8Array;
use wasm_bindgen::JsValue;
use web_sys::{Headers, Request, Response, ResponseInit};
use worker::{Env, Method};

use super::cors::Origin;
use super::problem::{self, RETRY_AFTER_S};
use crate::{clock, config, directory, meter, shed};

const STATUS: u16 = 503;

/// What everybody is answered.
struct Answer {
    body: Uint8Array,
    init: ResponseInit,
}

thread_local! {
    static ANSWER: OnceCell<Option<Answer>> = const { OnceCell::new() };
}

/// The answer to a form that would only wait. Nothing for every other request, whose way is the ordinary one: a form as well, of a site
/// that this isolate has not seen yet.
pub fn turn_away(request: &Request, env: &Env) -> Option<Response> {
    // What most requests pay for this.
    if !shed::is_any_full() {
        return None;
    }
    let url = request.url();
    let path = match config::hosts(env) {
        // What is asked of the console's host is answered as that does.
        Some(hosts) => url.strip_prefix(&hosts.forms)?,
        None => path_of(&url)?,
    };
    let key = key_of(path)?;
    let workspace = directory::known(key)?;
    if request.method() != "POST" || !shed::is_full(&workspace, clock::now().as_ms()) {
        return None;
    }
    let origin = Origin::said_in(&worker::Headers(request.headers()));
    let response = answer()?;
    // Each look at headers makes an object of the runtime's.
    if origin != Origin::Ours {
        origin.say_in(&worker::Headers(response.headers()), is_readable(key, &origin)).ok()?;
    }
    meter::note(&Method::Post, path, STATUS, 0);
    Some(response)
}

/// Whether the page that a form comes from may read that it is to come again: as far as can be said without asking the desk, which has
/// enough to do. A page that may not sends again as well, as where it cannot reach us.
pub fn is_readable(key: &str, origin: &Origin) -> bool {
    origin.page().is_some_and(|page| directory::is_listed(key, page))
}

/// What follows the origin.
fn path_of(url: &str) -> Option<&str> {
    let (_, rest) = url.split_once("://")?;
    rest.find('/').and_then(|start| rest.get(start..))
}

/// The key in `/v1/forms/{site_key}/{form}`, whatever is asked of it.
fn key_of(path: &str) -> Option<&str> {
    let path = path.split(['?', '#']).next()?;
    let (key, form) = path.strip_prefix("/v1/forms/")?.split_once('/')?;
    (!key.is_empty() && !form.is_empty() && !form.contains('/')).then_some(key)
}

fn answer() -> Option<Response> {
    ANSWER.with(|answer| {
        let Answer { body, init } = answer.get_or_init(|| make().ok()).as_ref()?;
        Response::new_with_opt_buffer_source_and_init(Some(body), init).ok()
    })
}

fn make() -> Result<Answer, JsValue> {
    let headers = Headers::new()?;
    for (name, value) in [
        ("content-type", "application/problem+json"),
        ("cache-control", "no-store"),
        ("x-content-type-options", "nosniff"),
        ("retry-after", RETRY_AFTER_S),
    ] {
        headers.set(name, value)?;
    }
    let init = ResponseInit::new();
    init.set_status(STATUS);
    init.set_headers(&headers);
    Ok(Answer { body: Uint8Array::from(problem::crowded_body().as_bytes()), init })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_known_by_its_path() {
        let of = |url: &'static str| path_of(url).and_then(key_of);
        assert_eq!(of("https://usher.example/v1/forms/pk_demo/inquiry"), Some("pk_demo"));
        assert_eq!(of("http://127.0.0.1:8787/v1/forms/pk_demo/inquiry?lang=de"), Some("pk_demo"));
        for other in [
            "https://usher.example",
            "https://usher.example/",
            "https://usher.example/v1/forms/pk_demo",
            "https://usher.example/v1/forms/pk_demo/",
            "https://usher.example/v1/forms//inquiry",
            "https://usher.example/v1/forms/pk_demo/inquiry/more",
            "https://usher.example/v1/signals/pk_demo",
            "https://usher.example/?/v1/forms/pk_demo/inquiry",
        ] {
            assert_eq!(of(other), None, "{other}");
        }
    }
}
