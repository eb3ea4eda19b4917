//! The page behind the form: who answers by when, and where to go from here. And the page where there is no form.

use maud::{Markup, html};
use shared::time::Timestamp;
use shared::wire::{Form, Receipt};
use shared::words::Words;
use worker::{Response, Url};

use super::Page;
use crate::error::Failure;

/// The receipt. What is held for review promises nothing.
///
/// # Errors
/// Where the runtime makes no response.
pub fn page(
    page: &Page<'_>,
    form: &Form,
    receipt: &Receipt,
    back: Option<&str>,
    leads_to: Option<&str>,
) -> Result<Response, Failure> {
    let words = page.words();
    let own = form.result.as_ref().and_then(|result| result.message.as_deref());
    let body = html! {
        h1 { (words.get("page_thanks")) }
        @match Timestamp::parse(&receipt.answer_by) {
            Some(by) => p { (answer(words, &receipt.team, by)) },
            None => p { (words.get("page_held")) },
        }
        @if let Some(own) = own { p { bdi { (own) } } }
        dl { dt { (words.get("page_reference")) } dd { code dir="ltr" { (receipt.reference) } } }
        p.quiet { (words.get("page_keep")) }
        @if let Some(to) = leads_to { p { a.next href=(to) target="_top" { (words.get("continue")) } } }
        @if let Some((id, title)) = &page.card.follow_up { p { a.next href=(page.address(id, "")) { bdi { (title) } } } }
        @if let Some(back) = back { @if !page.framed { p { a href=(back) { (words.get("page_back")) } } } }
    };
    page.sheet(words.get("page_thanks_title")).respond(200, &body)
}

/// There is no such form, or the site is closed.
///
/// # Errors
/// Where the runtime makes no response.
pub fn no_form(page: &Page<'_>) -> Result<Response, Failure> {
    let (status, word) = if page.card.is_closed { (410, "page_off") } else { (404, "page_no_form") };
    let sentence = page.words().get(word);
    page.sheet(sentence).respond(status, &html! { h1 { (sentence) } })
}

/// Where the form's result leads: an address on one of the site's origins. A path is one of the page that the visitor came
/// from, or else of the site's first origin.
pub fn leads_to(form: &Form, origins: &[String], back: Option<&str>) -> Option<String> {
    let to = form.result.as_ref()?.redirect.as_deref()?;
    let from = back.and_then(|back| Url::parse(back).ok()).map(|url| url.origin().ascii_serialization());
    let base = from.filter(|from| origins.contains(from)).or_else(|| origins.first().cloned())?;
    let url = Url::parse(&base).ok()?.join(to).ok()?;
    origins.contains(&url.origin().ascii_serialization()).then(|| url.to_string())
}

/// The promise, with its team and its time set off.
fn answer(words: Words<'_>, team: &str, by: Timestamp) -> Markup {
    let mut rest = words.get("page_answer");
    let mut parts = Vec::new();
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        parts.push(html! { (before) });
        parts.push(match name {
            "team" => html! { strong { bdi { (team) } } },
            _ => html! { time datetime=(by.to_rfc3339()) { (when(words, by)) } },
        });
        rest = after;
    }
    html! { @for part in parts { (part) } (rest) }
}

/// A time in words, with its zone: a page without a script knows none but this.
fn when(words: Words<'_>, at: Timestamp) -> String {
    let text = at.to_rfc3339();
    let part = |from, to| text.get(from..to).unwrap_or_default();
    let month: usize = part(5, 7).parse().unwrap_or(1);
    let month = words.get("page_months").split('|').nth(month.saturating_sub(1)).unwrap_or_default();
    let day = part(8, 10).trim_start_matches('0');
    words.fill("page_when", &[("day", day), ("month", month), ("year", part(0, 4)), ("time", part(11, 16))])
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use shared::words::words;

    #[test]
    fn a_promise_names_its_team_and_its_time() {
        let by = Timestamp::parse("2026-03-05T09:07:00Z").unwrap();
        let text = answer(words("en").into(), "<Team>", by).0;
        assert!(text.contains("<bdi>&lt;Team&gt;</bdi></strong> will answer you by <time"), "{text}");
        assert!(text.contains("5 March 2026, 09:07 UTC</time>."), "{text}");
    }

    #[test]
    fn nobody_is_led_off_the_site() {
        let origins = ["https://a.example".to_owned(), "https://b.example".to_owned()];
        let to = |to: &str, back: Option<&str>| {
            let form = json!({ "id": "f", "kind": "inquiry", "title": "T", "submit_label": "S", "fields": [], "result": { "redirect": to } });
            leads_to(&serde_json::from_value(form).unwrap(), &origins, back)
        };
        assert_eq!(to("/thanks", None).as_deref(), Some("https://a.example/thanks"));
        assert_eq!(to("/thanks", Some("https://b.example/x?y")).as_deref(), Some("https://b.example/thanks"));
        assert_eq!(to("/thanks", Some("https://evil.example/")).as_deref(), Some("https://a.example/thanks"));
        assert_eq!(to("https://b.example/thanks", None).as_deref(), Some("https://b.example/thanks"));
        for foreign in [
            "https://evil.example/",
            "//evil.example/",
            "https://a.example.evil.example/",
            "http://a.example/",
            "javascript:alert(1)",
            "\\\\evil.example/",
            "https:evil.example",
            "https://a.example@evil.example/",
            "/\\evil.example",
            "data:text/html,x",
            "https://a.example:8443/",
            "/\t/evil.example",
        ] {
            let led = to(foreign, None);
            assert!(led.as_deref().is_none_or(|to| to.starts_with("https://a.example/")), "{foreign}: {led:?}");
        }
    }
}
