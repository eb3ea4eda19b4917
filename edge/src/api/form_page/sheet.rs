//! The sheet that every plain page is written on: its head, its policy, its language, and sentences that no form has.

use maud::{DOCTYPE, Markup, html};
use shared::wire::Problem;
use shared::words::{LANGUAGES, Words, is_rtl};
use worker::Response;

use super::super::problem::{done, html as html_response};
use super::Page;
use crate::error::Failure;

/// A page that nothing is written on yet.
pub struct Sheet<'a> {
    /// Its title.
    pub title: &'a str,
    /// The name of the workspace.
    pub name: &'a str,
    /// Its language.
    pub lang: &'a str,
    /// Whether it stands in a frame.
    pub framed: bool,
    /// The site's origins, where they may frame it or be led to.
    pub origins: &'a [String],
}

impl Sheet<'_> {
    /// The answer that it makes.
    ///
    /// # Errors
    /// Where the runtime makes no response.
    pub fn respond(&self, status: u16, body: &Markup) -> Result<Response, Failure> {
        let response = html_response(status, &self.page(body).0)?;
        let headers = response.headers();
        let set = headers
            .set("content-security-policy", &self.policy())
            .and_then(|()| headers.set("content-language", self.lang))
            .and_then(|()| headers.set("referrer-policy", "same-origin"));
        done(set)?;
        Ok(response)
    }

    /// Nothing but our own stylesheet; forms that only come back here, or are led on to the site's own pages (a browser
    /// holds redirects of a form to this too); in a frame nowhere but on the site's own pages.
    fn policy(&self) -> String {
        let origins: String = self.origins.iter().map(|origin| format!(" {origin}")).collect();
        let ancestors = if self.framed { format!("'self'{origins}") } else { "'none'".to_owned() };
        format!(
            "default-src 'none'; style-src 'self'; form-action 'self'{origins}; base-uri 'none'; frame-ancestors {ancestors}"
        )
    }

    fn page(&self, body: &Markup) -> Markup {
        html! {
            (DOCTYPE)
            html lang=(self.lang) dir=(if is_rtl(self.lang) { "rtl" } else { "ltr" }) {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    title { (self.title) " – " (self.name) }
                    link rel="stylesheet" href="/v1/form.css";
                }
                body.framed[self.framed] {
                    @if !self.framed { header { p { bdi { (self.name) } } } }
                    main { (body) }
                }
            }
        }
    }
}

/// The same form in the other languages.
pub fn languages(page: &Page<'_>) -> Markup {
    let form = page.card.form.as_ref().map(|form| form.id.as_str()).unwrap_or_default();
    html! {
        nav.languages aria-label=(page.words().get("page_language")) {
            @for language in LANGUAGES {
                @if language.tag == page.card.lang {
                    span aria-current="true" { (language.name) }
                } @else {
                    a href={ "/v1/forms/" (page.key) "/" (form) "?lang=" (language.tag) } lang=(language.tag)
                        hreflang=(language.tag) dir=(if language.rtl { "rtl" } else { "ltr" }) { (language.name) }
                }
            }
        }
    }
}

/// What is wrong with the whole, in the visitor's language where there are words for it.
pub fn sentence(problem: &Problem, words: Words<'_>) -> String {
    let word = match (problem.status, problem.code.as_str()) {
        (_, "unknown_form" | "unknown_site") => "page_no_form",
        (_, "site_off" | "site_expired" | "origin_not_allowed") => "page_off",
        (429, _) => "failed_busy",
        (500.., _) => "failed_down",
        _ => return problem.title.clone(),
    };
    words.get(word).to_owned()
}
