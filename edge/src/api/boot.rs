//! `GET /v1/boot/{site_key}`: what the page side and the widget of a site need to know, in one call that may be kept; as
//! JSON, or with `.js` after the key as the module that the loader imports: the page side with the configuration in it.

use std::cell::RefCell;
use std::rc::Rc;

use worker::{Env, Request, Response, ResponseBuilder};

use super::cors::Origin;
use super::problem::{done, json, problem};
use crate::abuse::stamp;
use crate::error::Failure;
use crate::{clock, config, directory};

/// How long a browser keeps it. A change of a form is seen after a minute.
const CACHE: &str = "public, max-age=60";
/// How long the Worker remembers the page side.
const CODE_MS: i64 = 10_000;
/// The page side without prompts, and with them.
const CODE: [&str; 2] = ["/v1/page.js", "/v1/page-prompts.js"];

/// When it was read, and what.
type Remembered = Option<(i64, Rc<str>)>;

thread_local! {
    static KNOWN: RefCell<[Remembered; 2]> = const { RefCell::new([None, None]) };
}

/// The public configuration of a site, or the module with it.
///
/// # Errors
/// Where an object does not answer.
pub async fn boot(request: Request, env: &Env, key: &str) -> Result<Response, Failure> {
    let origin = Origin::of(&request);
    let (key, is_module) = key.strip_suffix(".js").map_or((key, false), |key| (key, true));
    let lang = request.url().ok().and_then(|url| {
        let lang = url.query_pairs().find(|(name, _)| name == "lang");
        lang.map(|(_, lang)| lang.into_owned())
    });
    let Some((_, card)) = directory::card_in(env, key, &lang.unwrap_or_default()).await? else {
        return origin.allow(problem(404, "unknown_site", "No site is registered under this key.")?, false);
    };
    if !lists(&card.origins, &origin) {
        let refused = problem(403, "origin_not_allowed", "This site's key may not be used from this address.")?;
        return origin.allow(refused, false);
    }
    let stamp = stamp::make(&card.secret, key, clock::now());
    let boot = stamp::add_to(&card.boot, &stamp);
    let response = if is_module {
        let code = code(env, &request, usize::from(has_prompts(&card.boot))).await?;
        javascript(&request, format!("{code}export const boot={};", literal(&boot)))?
    } else {
        json(200, &boot)?
    };
    let response = origin.allow(response, true)?;
    let headers = response.headers();
    // The answer differs by origin even where none was sent: a cache must not mix them up.
    let set = headers.set("cache-control", CACHE).and_then(|()| headers.set("vary", "origin, accept-encoding"));
    done(set)?;
    Ok(response)
}

fn has_prompts(boot: &str) -> bool {
    #[derive(serde::Deserialize)]
    struct Prompts {
        #[serde(default)]
        prompts: Vec<serde::de::IgnoredAny>,
    }
    serde_json::from_str::<Prompts>(boot).is_ok_and(|boot| !boot.prompts.is_empty())
}

/// The page side, as the build left it; read again after a moment, so that a new one is served without a restart.
async fn code(env: &Env, request: &Request, which: usize) -> Result<Rc<str>, Failure> {
    let now = clock::now().as_ms();
    let known = KNOWN.with_borrow(|known| known.get(which).cloned().flatten());
    if let Some((at, code)) = known
        && now - at < CODE_MS
    {
        return Ok(code);
    }
    let failed = |source| Failure::Object { object: "ASSETS", source };
    let path = CODE.get(which).copied().unwrap_or_default();
    let address = request.url().and_then(|url| Ok(url.join(path)?)).map_err(failed)?;
    let mut answer = config::assets(env)?.fetch(address.as_str(), None).await.map_err(failed)?;
    if answer.status_code() != 200 {
        return Err(failed(worker::Error::RustError(format!("{path} is missing"))));
    }
    let code: Rc<str> = answer.text().await.map_err(failed)?.into();
    KNOWN.with_borrow_mut(|known| {
        if let Some(known) = known.get_mut(which) {
            *known = Some((now, Rc::clone(&code)));
        }
    });
    Ok(code)
}

/// Text as a JavaScript string: in single quotes, since JSON is full of the others, and without what would end a line or
/// an element around it.
fn literal(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 16);
    out.push('\'');
    for c in text.chars() {
        match c {
            '\'' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '<' => out.push_str("\\x3c"),
            '\u{2028}' => out.push_str("\\u2028"),
            '\u{2029}' => out.push_str("\\u2029"),
            _ => out.push(c),
        }
    }
    out.push('\'');
    out
}

/// A module. The runtime compresses what says that it is compressed.
fn javascript(request: &Request, code: String) -> Result<Response, Failure> {
    let accepted = request.headers().get("accept-encoding").ok().flatten().unwrap_or_default();
    let encoding = ["br", "gzip"].into_iter().find(|name| accepted.split(',').any(|one| one.trim() == *name));
    let response = ResponseBuilder::new().with_status(200).fixed(code.into_bytes());
    let headers = response.headers();
    let set = headers
        .set("content-type", "text/javascript; charset=utf-8")
        .and_then(|()| headers.set("x-content-type-options", "nosniff"))
        .and_then(|()| headers.set("cross-origin-resource-policy", "cross-origin"))
        .and_then(|()| encoding.map_or(Ok(()), |name| headers.set("content-encoding", name)));
    done(set)?;
    Ok(response)
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
            .and_then(|()| headers.set("access-control-allow-headers", "content-type, idempotency-key"))
            .and_then(|()| headers.set("access-control-max-age", "600"));
        done(set)?;
    }
    origin.allow(response, allowed)
}

/// Whether a site may be used from there.
pub fn lists(origins: &[String], origin: &Origin) -> bool {
    origin.page().is_none_or(|page| origins.iter().any(|listed| listed == page))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_literal_holds_any_text_and_ends_nothing_around_it() {
        let text = "{\"a\":\"it's \\u0041 </script>\u{2028}\"}";
        assert_eq!(literal(text), r#"'{"a":"it\'s \\u0041 \x3c/script>\u2028"}'"#);
        assert_eq!(literal("a\r\nb"), r"'a\r\nb'");
    }

    #[test]
    fn prompts_are_found_where_there_are_some() {
        assert!(has_prompts(r#"{"forms":[],"prompts":[{"id":"x"}]}"#));
        assert!(!has_prompts(r#"{"prompts":[]}"#) && !has_prompts("{}"));
    }
}
