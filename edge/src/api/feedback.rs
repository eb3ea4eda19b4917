//! `/v1/feedback/{workspace}/{token}`: where a visitor says how satisfied they are, by a link that they were sent. A plain page,
//! without a script. What they typed stays where something is wrong with it.

use maud::{Markup, html};
use shared::feedback::{Feedback, MAX_CHARS, NoFeedback};
use shared::words::{Words, choose, words};
use worker::{Env, Request, Response};

use super::form_page::sheet::Sheet;
use super::problem::{problem, reply};
use super::read;
use crate::desk_do::ask::{Ask, Reply};
use crate::desk_do::{self, feedback::Card};
use crate::error::Failure;
use crate::{directory, rpc};

/// The largest body.
const MAX_BODY_BYTES: usize = 64 * 1024;
const STARS: [&str; 5] = ["1", "2", "3", "4", "5"];

/// The page.
///
/// # Errors
/// Where an object does not answer.
pub async fn show(request: Request, env: &Env, workspace: &str, token: &str) -> Result<Response, Failure> {
    match card(env, workspace, token).await? {
        Ok(card) => asked(&request, &card, 200, ("", "", &[])),
        Err(response) => Ok(response),
    }
}

/// Takes what is said; the page again, where something is wrong with it.
///
/// # Errors
/// Where an object does not answer.
pub async fn take(mut request: Request, env: &Env, workspace: &str, token: &str) -> Result<Response, Failure> {
    let card = match card(env, workspace, token).await? {
        Ok(card) => card,
        Err(response) => return Ok(response),
    };
    let body = match read::text(&mut request, MAX_BODY_BYTES).await {
        Ok(body) => body,
        Err(error) => return error.answer("This is too large."),
    };
    let pairs = read::pairs(&body);
    let value = |name: &str| pairs.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value).to_owned();
    let (stars, text) = (value("stars"), value("text"));
    if let Err(wrong) = Feedback::parse(&stars, &text) {
        return asked(&request, &card, 422, (&stars, &text, &wrong));
    }
    let ask = Ask::Feedback { token: token.to_owned(), stars, text };
    let answer: Reply = rpc::ask("desk", desk_do::stub(env, workspace)?, &ask).await?;
    let words = spoken(&request, &card);
    match answer.status {
        200 => said(&request, &card, 200, words.get("page_feedback_thanks")),
        429 => said(&request, &card, 429, words.get("page_feedback_before")),
        _ => reply(&answer),
    }
}

async fn card(env: &Env, workspace: &str, token: &str) -> Result<Result<Card, Response>, Failure> {
    if !directory::exists(env, workspace).await? {
        return problem(404, "unknown_link", "This link leads nowhere.").map(Err);
    }
    let ask = Ask::FeedbackCard { token: token.to_owned() };
    let answer: Reply = rpc::ask("desk", desk_do::stub(env, workspace)?, &ask).await?;
    if answer.status != 200 {
        return reply(&answer).map(Err);
    }
    serde_json::from_str(&answer.body).map(Ok).map_err(|source| Failure::Json { what: "feedback", source })
}

fn lang(request: &Request, card: &Card) -> &'static str {
    let accepts = request.headers().get("accept-language").ok().flatten().unwrap_or_default();
    choose(&accepts, None, &card.lang)
}

fn spoken(request: &Request, card: &Card) -> Words<'static> {
    words(lang(request, card)).into()
}

fn asked(
    request: &Request,
    card: &Card,
    status: u16,
    (stars, text, wrong): (&str, &str, &[NoFeedback]),
) -> Result<Response, Failure> {
    let words = spoken(request, card);
    let labels: Vec<&str> = words.get("page_feedback_stars").split('|').collect();
    let no_stars = wrong.contains(&NoFeedback::Stars);
    let too_long = wrong.contains(&NoFeedback::Long);
    let body: Markup = html! {
        h1 { (words.get("page_feedback")) }
        p.quiet { (words.get("page_reference")) ": " code dir="ltr" { (card.reference) } }
        form method="post" {
            fieldset.field.wrong[no_stars] role="radiogroup" aria-required="true"
                aria-describedby=[no_stars.then_some("stars-error")] aria-invalid=[no_stars.then_some("true")] {
                legend { (words.get("page_feedback_ask")) }
                @if no_stars { p.error id="stars-error" { (words.get("not_chosen")) } }
                @for (value, label) in STARS.iter().zip(&labels) {
                    div.choice {
                        input type="radio" id={ "stars-" (value) } name="stars" value=(value) checked[*value == stars] required;
                        " "
                        label for={ "stars-" (value) } { (label) }
                    }
                }
            }
            div.field.wrong[too_long] {
                label for="text" { (words.get("page_feedback_text")) span.quiet { " (" (words.get("optional")) ")" } }
                @if too_long { p.error id="text-error" { (words.fill("too_long", &[("max", "4,000")])) } }
                textarea id="text" name="text" rows="5" maxlength=(MAX_CHARS) dir="auto" { "\n" (text) }
            }
            button type="submit" { (words.get("page_feedback_send")) }
        }
    };
    sheet(request, card, words.get("page_feedback")).respond(status, &body)
}

fn said(request: &Request, card: &Card, status: u16, sentence: &str) -> Result<Response, Failure> {
    sheet(request, card, sentence).respond(status, &html! { h1 { (sentence) } })
}

fn sheet<'a>(request: &Request, card: &'a Card, title: &'a str) -> Sheet<'a> {
    Sheet { title, name: &card.workspace, lang: lang(request, card), framed: false, origins: &[] }
}
