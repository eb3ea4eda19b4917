//! The form as a plain HTML page: the same definition, the same path, the same queue, without a script.

use maud::{DOCTYPE, Markup, html};
use serde_json::Value;
use shared::submission::value::max_chars;
use shared::time::Timestamp;
use shared::wire::{Field, FieldKind, Form, Problem, Receipt};
use worker::{Env, Request, Response};

use super::problem::{done, html as html_response, problem};
use crate::error::Failure;
use crate::{chance, directory};

/// Nothing but our own stylesheet, and forms that only come back here.
const CSP: &str = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'";

/// Whoever goes back after sending gets the page they sent, with its id, so that sending it again is the same submission.
/// A browser keeps such a page unless it may not be stored, or something was posted to its very address.
const KEPT_FOR_BACK: &str = "private, no-cache";
/// What tells the address that is posted to from that of the page.
const SENT: &str = "?sent";

/// What the form starts with, or starts again with.
#[derive(Default)]
struct Filled<'a> {
    values: Option<&'a Value>,
    problem: Option<&'a Problem>,
}

impl Filled<'_> {
    fn value(&self, name: &str) -> &str {
        self.values.and_then(|values| values.get(name)).and_then(Value::as_str).unwrap_or_default()
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
    let Some((_, card)) = directory::card_of(env, key).await? else {
        return problem(404, "unknown_site", "No site is registered under this key.");
    };
    let Some(form) = card.forms.iter().find(|known| known.id == form) else {
        return problem(404, "unknown_form", "This site shows no such form.");
    };
    // The page that linked here is where the visitor comes from.
    let from = request.headers().get("referer").ok().flatten().unwrap_or_default();
    let page = form_markup(key, &card.workspace, form, &chance::uuid()?, &from, &Filled::default());
    let response = respond(200, &page)?;
    done(response.headers().set("cache-control", KEPT_FOR_BACK).and(Response::empty()))?;
    Ok(response)
}

/// The form again, with what was typed and what is wrong. The id stays: nothing was stored under it.
///
/// # Errors
/// Where the runtime makes no response.
pub fn again(key: &str, name: &str, form: &Form, sent: &Value, problem: &Problem) -> Result<Response, Failure> {
    let known = sent.get("submission_id").and_then(Value::as_str);
    let is_usable = known.and_then(shared::submission::SubmissionId::parse).is_some() && problem.status != 409;
    let id = match known.filter(|_| is_usable) {
        Some(id) => id.to_owned(),
        None => chance::uuid()?,
    };
    let from = sent.pointer("/page/url").and_then(Value::as_str).unwrap_or_default();
    let filled = Filled { values: sent.get("values"), problem: Some(problem) };
    respond(problem.status, &form_markup(key, name, form, &id, from, &filled))
}

/// What the visitor gets; `back` is the page of the site they came from.
///
/// # Errors
/// Where the runtime makes no response.
pub fn thanks(name: &str, receipt: &Receipt, back: Option<&str>) -> Result<Response, Failure> {
    let by = Timestamp::parse(&receipt.answer_by).map(Timestamp::in_words).unwrap_or_default();
    let body = html! {
        h1 { "Thank you. We have it." }
        p { strong { (receipt.team) } " will answer you by " time datetime=(receipt.answer_by) { (by) } "." }
        dl { dt { "Your reference" } dd { code { (receipt.reference) } } }
        p.quiet { "Keep the reference if you want to ask about this." }
        @if let Some(back) = back { p { a href=(back) { "Back to the page you came from" } } }
    };
    respond(200, &page("Thank you", name, &body))
}

fn respond(status: u16, page: &Markup) -> Result<Response, Failure> {
    let response = html_response(status, &page.0)?;
    let headers = response.headers();
    let set = headers.set("content-security-policy", CSP).and_then(|()| headers.set("referrer-policy", "same-origin"));
    done(set.and(Response::empty()))?;
    Ok(response)
}

fn page(title: &str, name: &str, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) " – " (name) }
                link rel="stylesheet" href="/v1/form.css";
            }
            body {
                header { p { (name) } }
                main { (body) }
            }
        }
    }
}

fn form_markup(key: &str, name: &str, form: &Form, id: &str, from: &str, filled: &Filled<'_>) -> Markup {
    let body = html! {
        h1 { (form.title) }
        @if let Some(intro) = &form.intro { p.intro { (intro) } }
        (summary(form, filled))
        form method="post" action={ "/v1/forms/" (key) "/" (form.id) (SENT) } novalidate {
            input type="hidden" name="usher_submission_id" value=(id);
            input type="hidden" name="usher_page" value=(from);
            @for field in &form.fields { (field_markup(field, filled)) }
            button type="submit" { (form.submit_label) }
        }
    };
    page(&form.title, name, &body)
}

/// What is wrong, before the fields, with a link to each: the first thing that a screen reader meets.
fn summary(form: &Form, filled: &Filled<'_>) -> Markup {
    let Some(problem) = filled.problem else { return html! {} };
    let of_form = |name: &str| form.fields.iter().find(|field| field.name == name);
    html! {
        div.summary role="alert" {
            @if problem.fields.is_empty() { p { (problem.title) } } @else {
                p { "Please look at these fields again:" }
                ul {
                    @for wrong in &problem.fields {
                        @match of_form(&wrong.field) {
                            Some(field) => li { a href={ "#" (field.name) } { (short_label(field)) } ": " (wrong.message) },
                            None => li { (wrong.field) ": " (wrong.message) },
                        }
                    }
                }
            }
        }
    }
}

fn short_label(field: &Field) -> &str {
    if field.kind == FieldKind::Consent { "Your agreement" } else { &field.label }
}

fn field_markup(field: &Field, filled: &Filled<'_>) -> Markup {
    let error = filled.error(&field.name);
    let help_id = field.help.as_ref().map(|_| format!("{}-help", field.name));
    let error_id = error.map(|_| format!("{}-error", field.name));
    let described: Vec<String> = help_id.clone().into_iter().chain(error_id.clone()).collect();
    let described = (!described.is_empty()).then(|| described.join(" "));
    let control = control(field, filled.value(&field.name), error.is_some(), described.as_deref());
    html! {
        div.field.wrong[error.is_some()].consent[field.kind == FieldKind::Consent] {
            @if field.kind == FieldKind::Consent {
                (control) " " label for=(field.name) { (field.label) }
            } @else {
                label for=(field.name) {
                    (field.label)
                    @if !field.required { span.quiet { " (optional)" } }
                }
            }
            @if let (Some(help), Some(id)) = (&field.help, &help_id) { p.help id=(id) { (help) } }
            @if let (Some(error), Some(id)) = (error, &error_id) { p.error id=(id) { (error) } }
            @if field.kind != FieldKind::Consent { (control) }
        }
    }
}

fn control(field: &Field, value: &str, is_wrong: bool, described: Option<&str>) -> Markup {
    let (name, limit) = (&field.name, max_chars(field));
    let invalid = is_wrong.then_some("true");
    match field.kind {
        FieldKind::LongText => html! {
            // HTML drops one line end after the tag: this one.
            textarea id=(name) name=(name) rows="6" maxlength=(limit) required[field.required] aria-invalid=[invalid]
                aria-describedby=[described] { "\n" (value) }
        },
        FieldKind::SingleChoice | FieldKind::MultipleChoice | FieldKind::DropDown => html! {
            select id=(name) name=(name) required[field.required] aria-invalid=[invalid] aria-describedby=[described] {
                option value="" selected[value.is_empty()] { "Please choose" }
                @for option in &field.options {
                    option value=(option.value) selected[option.value == value] { (option.label) }
                }
            }
        },
        FieldKind::Consent | FieldKind::Checkbox => html! {
            input type="checkbox" id=(name) name=(name) value="yes" checked[value == "yes"] required[field.required]
                aria-invalid=[invalid] aria-describedby=[described];
        },
        FieldKind::Email
        | FieldKind::Phone
        | FieldKind::ShortText
        | FieldKind::Number
        | FieldKind::Date
        | FieldKind::Hidden
        | FieldKind::File => html! {
            input type=(input_type(field.kind)) id=(name) name=(name) value=(value) maxlength=(limit)
                required[field.required] autocomplete=[field.autocomplete.as_deref()] aria-invalid=[invalid]
                aria-describedby=[described];
        },
    }
}

fn input_type(kind: FieldKind) -> &'static str {
    match kind {
        FieldKind::Email => "email",
        FieldKind::Phone => "tel",
        _ => "text",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use shared::wire::FieldProblem;

    #[test]
    fn markup_that_was_typed_is_text() {
        let values = json!({ "message": "</textarea><script>alert(1)</script>" });
        let filled = Filled { values: Some(&values), problem: None };
        let page = form_markup("pk_demo", "Name", &form(), "id", "\"><b>", &filled).0;
        assert!(!page.contains("<script>") && !page.contains("<b>"), "{page}");
        assert!(page.contains("&lt;/textarea&gt;"));
    }

    #[test]
    fn a_wrong_field_is_linked_and_described() {
        let wrong = FieldProblem { field: "message".into(), code: "required".into(), message: "Fill it in.".into() };
        let problem = Problem { status: 422, code: String::new(), title: String::new(), fields: vec![wrong] };
        let filled = Filled { values: None, problem: Some(&problem) };
        let page = form_markup("pk_demo", "Name", &form(), "id", "", &filled).0;
        assert!(page.contains(r##"<a href="#message">"##), "{page}");
        assert!(page.contains(r#"aria-invalid="true" aria-describedby="message-error""#), "{page}");
    }

    fn form() -> Form {
        let field = json!({ "name": "message", "kind": "long_text", "label": "Message", "required": true });
        let form = json!({ "id": "f", "kind": "inquiry", "title": "T", "submit_label": "S", "fields": [field] });
        serde_json::from_value(form).unwrap()
    }
}
