//! The form as a plain HTML page: the same definition, the same path, the same queue, without a script.
//!
//! All steps stand on one page, and all fields too: those that are asked only sometimes say when. The edge leaves out what
//! does not apply, as the widget does. With `?frame` in the address the page may stand in a frame on the site's own pages, and
//! on no other.

mod field;
pub mod sheet;
mod thanks;

use std::collections::BTreeMap;

use maud::{Markup, html};
use serde_json::Value;
use shared::file::FileId;
use shared::submission::day::Day;
use shared::wire::file::Uploaded;
use shared::wire::form::{HiddenSource, Step};
use shared::wire::{Field, FieldKind, Form, Problem, Receipt};
use shared::words::{Words, words};
use worker::{Env, Request, Response, ResponseBuilder, Url};

use super::files::takes_files;
use super::problem::{done, problem};
use super::read;
use crate::abuse::stamp;
use crate::desk_do::ask::FormCard;
use crate::error::Failure;
use crate::{chance, clock, directory, files_do};
use sheet::Sheet;

/// Whoever goes back after sending gets the page they sent, with its id, so that sending it again is the same submission.
/// A browser keeps such a page unless it may not be stored, or something was posted to its very address.
const KEPT_FOR_BACK: &str = "private, no-cache";

/// One page of a form: where it stands, and in whose words.
pub struct Page<'a> {
    key: &'a str,
    card: &'a FormCard,
    /// Whether it stands in a frame.
    framed: bool,
}

impl<'a> Page<'a> {
    /// The page of a request.
    pub fn of(request: &Request, key: &'a str, card: &'a FormCard) -> Self {
        Self { key, card, framed: read::query(request, "frame").is_some() }
    }

    fn words(&self) -> Words<'static> {
        words(&self.card.lang).into()
    }

    /// The address of a form of this site, in the language of this page.
    fn address(&self, form: &str, rest: &str) -> String {
        let frame = if self.framed { "&frame" } else { "" };
        format!("/v1/forms/{}/{form}?lang={}{frame}{rest}", self.key, self.card.lang)
    }

    fn sheet(&self, title: &'a str) -> Sheet<'a> {
        let Self { card, framed, .. } = self;
        let name = &card.workspace;
        let leads_to = card.form.as_ref().and_then(|form| form.result.as_ref()?.redirect.as_ref());
        let origins = if *framed || leads_to.is_some() { card.origins.as_slice() } else { &[] };
        Sheet { title, name, lang: &card.lang, framed: *framed, origins }
    }
}

/// What the form starts with, or starts again with.
#[derive(Default)]
struct Filled<'a> {
    id: String,
    page: &'a str,
    stamp: String,
    values: Option<&'a Value>,
    problem: Option<&'a Problem>,
    /// The files that were sent before, by field.
    files: BTreeMap<String, Uploaded>,
    /// The parameters of the address that hidden fields ask for.
    query: BTreeMap<String, String>,
}

impl Filled<'_> {
    fn value(&self, name: &str) -> &str {
        self.given(name).and_then(Value::as_str).unwrap_or_default()
    }

    /// Whether a choice was made, of one or of several.
    fn has(&self, name: &str, choice: &str) -> bool {
        match self.given(name) {
            Some(Value::Array(all)) => all.iter().any(|one| one.as_str() == Some(choice)),
            Some(one) => one.as_str() == Some(choice),
            None => false,
        }
    }

    fn given(&self, name: &str) -> Option<&Value> {
        self.values?.get(name)
    }

    fn error(&self, name: &str) -> Option<&str> {
        let fields = &self.problem?.fields;
        fields.iter().find(|field| field.field == name).map(|field| field.message.as_str())
    }
}

/// `GET /v1/forms/{site_key}/{form}`.
///
/// # Errors
/// Where an object does not answer.
pub async fn show(request: Request, env: &Env, key: &str, form: &str) -> Result<Response, Failure> {
    let header = |name: &str| request.headers().get(name).ok().flatten().unwrap_or_default();
    let lang = read::query(&request, "lang");
    let found = directory::form_of(env, key, form, lang, &header("accept-language")).await?;
    let Some((_, card)) = found else {
        return problem(404, "unknown_site", "No site is registered under this key.");
    };
    let page = Page::of(&request, key, &card);
    let Some(form) = card.form.as_ref().filter(|_| !card.is_closed) else { return thanks::no_form(&page) };
    let asked = form.fields.iter().filter_map(|field| match &field.from {
        Some(HiddenSource::Query(parameter)) => Some((field.name.clone(), read::query(&request, parameter)?)),
        _ => None,
    });
    let referer = header("referer");
    let named = read::query(&request, "page").filter(|page| is_of(&card.origins, page));
    let filled = Filled {
        id: chance::uuid()?,
        // The page that linked here is where the visitor comes from. Another site's page tells its origin only, so that a
        // link or a frame of the site's own may say more.
        page: named.as_deref().unwrap_or(&referer),
        stamp: stamp::make(&card.secret, key, clock::now()),
        query: asked.collect(),
        ..Filled::default()
    };
    let response = page.sheet(&form.title).respond(200, &markup(&page, form, &filled))?;
    done(response.headers().set("cache-control", KEPT_FOR_BACK))?;
    Ok(response)
}

/// Whether an address lies on one of these origins.
fn is_of(origins: &[String], address: &str) -> bool {
    Url::parse(address).is_ok_and(|url| origins.contains(&url.origin().ascii_serialization()))
}

/// The form again, with what was typed and what is wrong. The id stays: nothing was stored under it.
///
/// # Errors
/// Where the runtime makes no response, or a file's shard does not answer.
pub async fn again(
    env: &Env,
    workspace: &str,
    page: &Page<'_>,
    form: &Form,
    sent: &Value,
    problem: &Problem,
) -> Result<Response, Failure> {
    let text = |path: &str| sent.pointer(path).and_then(Value::as_str).unwrap_or_default();
    let known = Some(text("/submission_id")).filter(|id| shared::submission::SubmissionId::parse(id).is_some());
    let id = match known.filter(|_| problem.status != 409) {
        Some(id) => id.to_owned(),
        None => chance::uuid()?,
    };
    let mut files = BTreeMap::new();
    for field in form.fields.iter().filter(|field| field.kind == FieldKind::File) {
        let is_wrong = problem.fields.iter().any(|wrong| wrong.field == field.name);
        let id = sent.pointer("/values").and_then(|values| values.get(&field.name)).and_then(Value::as_str);
        if let Some(id) = id.filter(|_| !is_wrong).and_then(FileId::parse)
            && let Some(file) = files_do::describe(env, workspace, &id).await?
        {
            files.insert(field.name.clone(), file);
        }
    }
    let filled = Filled {
        id,
        page: text("/page/url"),
        stamp: text("/stamp").to_owned(),
        values: sent.get("values"),
        problem: Some(problem),
        files,
        query: BTreeMap::new(),
    };
    page.sheet(&form.title).respond(problem.status, &markup(page, form, &filled))
}

/// What the visitor gets where there is no form to show again.
///
/// # Errors
/// Where the runtime makes no response.
pub fn no_form(page: &Page<'_>) -> Result<Response, Failure> {
    thanks::no_form(page)
}

/// What the visitor gets once it is sent: the page that the form's result names, or a receipt. `back` is the page of the
/// site they came from.
///
/// # Errors
/// Where the runtime makes no response.
pub fn thanks(page: &Page<'_>, form: &Form, receipt: &Receipt, back: Option<&str>) -> Result<Response, Failure> {
    let leads_to = thanks::leads_to(form, &page.card.origins, back);
    match leads_to.as_deref() {
        // A promise is read before a frame is left, and what is held must be told.
        Some(to) if !page.framed && !receipt.answer_by.is_empty() => {
            let response = ResponseBuilder::new().with_status(303).empty();
            let headers = response.headers();
            let set = headers.set("location", to).and_then(|()| headers.set("cache-control", "no-store"));
            done(set)?;
            Ok(response)
        }
        to => thanks::page(page, form, receipt, back, to),
    }
}

fn markup(page: &Page<'_>, form: &Form, filled: &Filled<'_>) -> Markup {
    let words = page.words();
    // What waits for another field to be known never has its turn here, where nothing is.
    let shown = |field: &&Field| !field.progressive;
    let enctype = takes_files(form).then_some("multipart/form-data");
    html! {
        h1 { bdi { (form.title) } }
        @if let Some(intro) = &form.intro { p.intro { bdi { (intro) } } }
        (summary(form, filled, words))
        form method="post" action=(page.address(&form.id, "&sent")) enctype=[enctype] novalidate {
            input type="hidden" name="usher_submission_id" value=(filled.id);
            input type="hidden" name="usher_page" value=(filled.page);
            input type="hidden" name="usher_lang" value=(page.card.lang);
            input type="hidden" name="usher_stamp" value=(filled.stamp);
            @if form.steps.is_empty() {
                @for field in form.fields.iter().filter(shown) { (field::markup(form, field, filled, words)) }
            } @else {
                @for (index, step) in form.steps.iter().enumerate() {
                    (step_markup(form, (index, step), filled, words))
                }
            }
            div.trap aria-hidden="true" {
                label for="usher_trap" { (words.get("page_trap")) }
                input type="text" id="usher_trap" name="usher_trap" tabindex="-1" autocomplete="off";
            }
            button type="submit" { (form.submit_label) }
        }
        @if filled.problem.is_none() && !page.framed { (sheet::languages(page)) }
    }
}

fn step_markup(form: &Form, (index, step): (usize, &Step), filled: &Filled<'_>, words: Words<'_>) -> Markup {
    let (n, m) = ((index + 1).to_string(), form.steps.len().to_string());
    let fields = form.fields.iter().filter(|field| step.fields.contains(&field.name) && !field.progressive);
    html! {
        fieldset.step {
            legend {
                span.part { (words.fill("page_part", &[("n", &n), ("m", &m)])) " " }
                bdi { (step.title) }
            }
            @for field in fields { (field::markup(form, field, filled, words)) }
        }
    }
}

/// What is wrong, before the fields, with a link to each: the first thing that a screen reader meets.
fn summary(form: &Form, filled: &Filled<'_>, words: Words<'_>) -> Markup {
    let Some(problem) = filled.problem else { return html! {} };
    let of_form = |name: &str| form.fields.iter().find(|field| field.name == name);
    html! {
        div.summary role="alert" {
            @if problem.fields.is_empty() { p { (sheet::sentence(problem, words)) } } @else {
                p { (words.get("page_again")) }
                ul {
                    @for wrong in &problem.fields {
                        @match of_form(&wrong.field) {
                            Some(field) => li {
                                a href={ "#" (field.name) } { bdi { (short_label(field, words)) } } ": " bdi { (wrong.message) }
                            },
                            None => li { (wrong.field) ": " (wrong.message) },
                        }
                    }
                }
            }
        }
    }
}

fn short_label<'a>(field: &'a Field, words: Words<'a>) -> &'a str {
    if field.kind == FieldKind::Consent { words.get("your_agreement") } else { &field.label }
}

/// The day it is in UTC: a page without a script knows no other.
fn today() -> Day {
    Day::from_1970(clock::now().day())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use shared::wire::FieldProblem;

    #[test]
    fn markup_that_was_typed_is_text() {
        let values = json!({ "message": "</textarea><script>alert(1)</script>" });
        let page = drawn(&Filled { values: Some(&values), page: "\"><b>", ..Filled::default() });
        assert!(!page.contains("<script>") && !page.contains("<b>"), "{page}");
        assert!(page.contains("&lt;/textarea&gt;"));
    }

    #[test]
    fn a_wrong_field_is_linked_and_described() {
        let wrong = FieldProblem { field: "message".into(), code: "required".into(), message: "Fill it in.".into() };
        let problem = Problem { status: 422, code: String::new(), title: String::new(), fields: vec![wrong] };
        let page = drawn(&Filled { problem: Some(&problem), ..Filled::default() });
        assert!(page.contains(r##"<a href="#message">"##), "{page}");
        assert!(page.contains(r#"aria-invalid="true" aria-describedby="message-error""#), "{page}");
    }

    #[test]
    fn several_choices_are_kept_and_a_condition_is_told_in_words() {
        let values = json!({ "days": ["mo", "we"], "topic": "other", "which": "x" });
        let page = drawn(&Filled { values: Some(&values), ..Filled::default() });
        let checked = |value: &str| page.contains(&format!(r#"value="{value}" checked"#));
        assert!(checked("mo") && !checked("tu") && checked("we"), "{page}");
        assert!(page.contains("Only if “Topic” is: Something else"), "{page}");
        assert!(!page.contains("Later"), "what is progressive waits");
        assert!(page.contains("Part 2 of 2"));
    }

    fn drawn(filled: &Filled<'_>) -> String {
        let card = FormCard {
            workspace: "Name".to_owned(),
            origins: Vec::new(),
            lang: "en".to_owned(),
            form: Some(form()),
            follow_up: None,
            is_closed: false,
            secret: String::new(),
        };
        markup(&Page { key: "pk_demo", card: &card, framed: false }, &form(), filled).0
    }

    fn form() -> Form {
        let options = json!([{ "value": "mo", "label": "Monday" }, { "value": "tu", "label": "Tuesday" }, { "value": "we", "label": "Wednesday" }]);
        let fields = json!([
            { "name": "message", "kind": "long_text", "label": "Message", "required": true },
            { "name": "days", "kind": "multiple_choice", "label": "Days", "options": options },
            { "name": "topic", "kind": "drop_down", "label": "Topic", "options": [{ "value": "other", "label": "Something else" }] },
            { "name": "which", "kind": "short_text", "label": "Which?", "required": true, "when": { "values.topic": "other" } },
            { "name": "later", "kind": "short_text", "label": "Later", "progressive": true },
        ]);
        let steps = json!([
            { "title": "One", "fields": ["message", "days"] }, { "title": "Two", "fields": ["topic", "which", "later"] },
        ]);
        let form = json!({ "id": "f", "kind": "inquiry", "title": "T", "submit_label": "S", "fields": fields, "steps": steps });
        serde_json::from_value(form).unwrap()
    }
}
