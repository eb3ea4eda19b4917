//! `GET /v1/preview/{site_key}`: a page of ours with a site's snippet, for the console's frame. What a marketer has not
//! saved yet comes as query parameters; each is parsed, and what is none is left out.
//!
//! Nothing that happens on it counts: it sends no signals (`data-track="off"`), and a form stops before it is sent
//! (`/v1/preview.js`, by the event that any page may cancel).

use std::fmt::Write;

use maud::{DOCTYPE, html};
use serde::Deserialize;
use shared::config::is_name;
use shared::site::channels;
use shared::words::LANGUAGES;
use worker::{Env, Request, Response};

use super::problem::{done, html as html_response};
use crate::error::Failure;
use crate::{chance, directory};

/// The roundest corner, as a configuration has it.
const MAX_RADIUS: u32 = 24;

/// What is shown in the place of what is saved.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    form: Option<String>,
    lang: Option<String>,
    mode: Option<String>,
    accent: Option<String>,
    accent_text: Option<String>,
    radius: Option<String>,
}

/// The page.
///
/// # Errors
/// Where an object does not answer.
pub async fn preview(request: Request, env: &Env, key: &str) -> Result<Response, Failure> {
    let asked: Asked = request.query().unwrap_or_default();
    let is_known = is_name(key) && directory::card_of(env, key).await?.is_some();
    let nonce = chance::hex::<16>()?;
    let form = asked.form.as_deref().filter(|form| is_name(form));
    let lang = asked.lang.as_deref().filter(|lang| LANGUAGES.iter().any(|known| known.tag == *lang));
    let mode = asked.mode.as_deref().filter(|mode| matches!(*mode, "light" | "dark"));
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content=(mode.unwrap_or("light dark"));
                meta name="robots" content="noindex";
                title { "Preview" }
                link rel="stylesheet" href="/v1/preview.css";
                style nonce=(nonce) { (look(&asked)) }
            }
            body {
                main {
                    h1 { "A page of the site" }
                    @if is_known {
                        p { "The launcher stands in the corner. A link may open a form too:" }
                        p {
                            a href={ "/v1/forms/" (key) "/" (form.unwrap_or("inquiry")) } data-usher-open=(form.unwrap_or_default()) {
                                "Open the form"
                            }
                        }
                        p #kept role="status" {}
                    } @else {
                        p { "This key is not in use: the site is switched off, its time is over, or it has a new key." }
                    }
                }
                @if is_known {
                    script src="/v1/preview.js" {}
                    script async src="/v1/usher.js" data-site=(key) data-form=[form] data-lang=[lang] data-theme=[mode]
                        data-track="off" {}
                }
            }
        }
    };
    let response = html_response(200, &page.into_string())?;
    // The frame is the console's; everything else is what the README tells any page to allow.
    let policy = format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'nonce-{nonce}'; connect-src 'self'; \
         worker-src blob:; img-src 'self' data: blob:; form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
    );
    let headers = response.headers();
    let set = headers
        .set("content-security-policy", &policy)
        .and_then(|()| headers.set("referrer-policy", "same-origin"))
        .and_then(|()| headers.set("x-robots-tag", "noindex"));
    done(set)?;
    Ok(response)
}

/// The custom properties that a page may set, from what was parsed and nothing else.
fn look(asked: &Asked) -> String {
    let mut rules = String::new();
    for (name, colour) in [("accent", &asked.accent), ("accent-text", &asked.accent_text)] {
        if let Some([red, green, blue]) = colour.as_deref().and_then(channels) {
            let _ = write!(rules, "--usher-{name}:#{red:02x}{green:02x}{blue:02x};");
        }
    }
    let radius = asked.radius.as_deref().and_then(|radius| radius.parse::<u32>().ok());
    if let Some(radius) = radius.filter(|radius| *radius <= MAX_RADIUS) {
        let _ = write!(rules, "--usher-radius:{radius}px;");
    }
    format!(":root{{{rules}}}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_parsed_becomes_a_rule() {
        let asked = |accent: &str, radius: &str| Asked {
            accent: Some(accent.to_owned()),
            radius: Some(radius.to_owned()),
            ..Asked::default()
        };
        assert_eq!(look(&asked("#AbC", "12")), ":root{--usher-accent:#aabbcc;--usher-radius:12px;}");
        for (accent, radius) in [("red;}*{display:none", "1px;}"), ("#12345", "25"), ("</style>", "-1"), ("", "")] {
            assert_eq!(look(&asked(accent, radius)), ":root{}", "{accent}");
        }
    }
}
