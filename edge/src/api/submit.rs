//! `POST /v1/forms/{site_key}/{form}`: a sent form, from the widget or from a page without a script.

use std::rc::Rc;

use futures_util::future::join;
use serde_json::Value;
use shared::fate::Refusal;
use shared::file::FileError;
use shared::wire::submit::MAX_BODY_BYTES;
use shared::wire::{Channel, FieldKind, FieldProblem, Problem, Receipt};
use shared::words::words;

use worker::{Context, Env, Request, Response, Url};

use super::boot::lists;
use super::cors::Origin;
use super::files::{self, NotTaken};
use super::form_page::{self, Page};
use super::problem::{crowded, done, problem, reply};
use super::read::{self, BodyError, SentForm};
use super::{door, faults, prompts, signals};
use crate::desk_do::ask::{Ask, Reply, Submit};
use crate::error::Failure;
use crate::rpc::VisitRow;
use crate::visitor::Keys;
use crate::{clock, desk_do, directory, log, rpc, shed, visitor};

/// Who reads the answer.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reader {
    /// A program: JSON.
    Program,
    /// A person: a page.
    Person,
}

/// Takes a submission. Success means that it is on disk.
///
/// # Errors
/// Where the registry or the desk does not answer.
pub async fn submit(
    mut request: Request,
    env: &Env,
    ctx: &Context,
    key: &str,
    form: &str,
) -> Result<Response, Failure> {
    let origin = Origin::of(&request);
    let Some(workspace) = directory::workspace_of(env, key).await? else {
        return origin.allow(problem(404, "unknown_site", "No site is registered under this key.")?, false);
    };
    let Some(_place) = shed::enter(&workspace, clock::now().as_ms()) else {
        return origin.allow(crowded()?, door::is_readable(key, &origin));
    };
    let (reader, body, problems) = match read_body(&mut request, env, key, form, &origin).await? {
        Ok(read) => read,
        Err((refusal, response)) => {
            count(env, &workspace, refusal).await?;
            let card = directory::card_of(env, key).await?;
            return origin.allow(response, card.is_some_and(|(_, card)| lists(&card.origins, &origin)));
        }
    };
    // What is no JSON the desk refuses.
    let sent_body: Rc<Value> = Rc::new(serde_json::from_str(&body).unwrap_or_default());
    let address = visitor::address_of(&request);
    let day = visitor_or_none(env, &workspace, &request, address.as_deref()).await;
    let who = day.map(|day| Keys { day, id: signals::id_in(&sent_body) });
    let claims = signals::Claims::of(&request);
    let sent = who.as_ref().map(|who| prompts::Sent {
        key: key.to_owned(),
        day: who.day.clone(),
        form: form.to_owned(),
        body: Rc::clone(&sent_body),
        is_robot: claims.is_robot,
    });
    let arms = match &sent {
        Some(sent) => prompts::arms_before(env, sent).await,
        None => Vec::new(),
    };
    let arrived = clock::now();
    let ask = Submit {
        key: key.to_owned(),
        form: form.to_owned(),
        origin: origin.page().map(str::to_owned),
        body,
        workspace: workspace.to_string(),
        problems,
        visitors: who.as_ref().map(Keys::in_journal).unwrap_or_default(),
        visit: VisitRow { is_robot: claims.is_robot, ..VisitRow::default() },
        sender: sender_or_none(env, key, address.as_deref()).await,
        arms,
        fail_after: faults::fail_after(env, &request),
        channel: Channel::Web,
    };
    let answer: Reply = rpc::ask("desk", desk_do::stub(env, &workspace)?, &Ask::Submit(Box::new(ask))).await?;
    if answer.status == 200
        && let (Some(who), Some(sent)) = (who, sent)
    {
        let reference = serde_json::from_str(&answer.body).ok().map(|receipt: Receipt| receipt.reference);
        let (env, workspace) = (env.clone(), Rc::clone(&workspace));
        ctx.wait_until(async move {
            let (key, body) = (sent.key.as_str(), &*sent.body);
            let came_along = signals::Sent { key, workspace: &workspace, body, reference, arrived };
            let kept = signals::keep_sent(&env, &who, &claims, came_along);
            join(prompts::keep_converted(&env, &sent), kept).await;
        });
    }
    let response = match reader {
        Reader::Program => reply(&answer)?,
        Reader::Person => page(&request, env, key, form, &sent_body, &answer).await?,
    };
    if let Some(seconds) = retry_after(&answer) {
        done(response.headers().set("retry-after", &seconds.to_string()))?;
    }
    origin.allow(response, answer.readable)
}

/// Who reads the answer, the body as JSON, and what is wrong with the files that came along.
type Read = (Reader, String, Vec<FieldProblem>);
type Refused = (Refusal, Response);

async fn read_body(
    request: &mut Request,
    env: &Env,
    key: &str,
    form: &str,
    origin: &Origin,
) -> Result<Result<Read, Refused>, Failure> {
    let read = match read::content_type(request).as_str() {
        "application/x-www-form-urlencoded" => match read::text(request, MAX_BODY_BYTES).await {
            Ok(text) => {
                let json = read::form_to_json(read::pairs(&text))?;
                Ok((Reader::Person, json.to_string(), Vec::new()))
            }
            Err(error) => Err(error),
        },
        "application/json" | "text/plain" => {
            read::text(request, MAX_BODY_BYTES).await.map(|text| (Reader::Program, text, Vec::new()))
        }
        "multipart/form-data" => match read::boundary(request) {
            Some(boundary) => match read::multipart(request, &boundary).await {
                Ok(sent) => Ok(keep_files(request, env, key, form, origin, sent).await?),
                Err(error) => Err(error),
            },
            None => Err(BodyError::Broken),
        },
        _ => {
            let title = "Send the form as application/json, text/plain or as an HTML form does.";
            return Ok(Err((Refusal::Malformed, problem(415, "unsupported_type", title)?)));
        }
    };
    Ok(match read {
        Ok(read) => Ok(read),
        Err(BodyError::TooLarge) => Err((
            Refusal::TooLarge,
            problem(413, "too_large", "This is too large: a form has less than 64 KB, and 5 MB for each file.")?,
        )),
        Err(BodyError::NotText) => Err((Refusal::Malformed, problem(400, "not_utf8", "The body is not UTF-8.")?)),
        Err(BodyError::Broken) => {
            Err((Refusal::Malformed, problem(400, "broken_off", "The body broke off, or is not what its type says.")?))
        }
    })
}

/// Stores the files of a plain form, and puts their ids where the widget would have put them. A file that was stored when the
/// form was sent before stays, unless another was chosen.
async fn keep_files(
    request: &Request,
    env: &Env,
    key: &str,
    form: &str,
    origin: &Origin,
    sent: SentForm,
) -> Result<Read, Failure> {
    let mut pairs = sent.pairs;
    let mut problems = Vec::new();
    let card = directory::card_of(env, key).await?.filter(|(_, card)| lists(&card.origins, origin));
    if let Some((workspace, card)) = card
        && let Some(form) = card.forms.iter().find(|known| known.id == form)
        && !sent.files.is_empty()
    {
        let sender = visitor::sender_of(env, &workspace, request).await?;
        let lang = pairs.iter().find(|(name, _)| name == read::LANG_FIELD).map_or("", |(_, lang)| lang);
        let words = words(lang).into();
        for file in sent.files {
            if !form.fields.iter().any(|field| field.kind == FieldKind::File && field.name == file.field) {
                pairs.push((file.field, String::new()));
                continue;
            }
            pairs.retain(|(name, _)| *name != file.field);
            let kept = if file.is_too_large {
                Err(NotTaken::Because(FileError::TooLarge))
            } else {
                files::keep(env, &workspace, &sender, &file.name, &file.bytes).await?
            };
            match kept {
                Ok(kept) => pairs.push((file.field, kept.id)),
                Err(not_taken) => problems.push(FieldProblem {
                    field: file.field,
                    code: not_taken.code().to_owned(),
                    message: not_taken.message(words),
                }),
            }
        }
    }
    Ok((Reader::Person, read::form_to_json(pairs)?.to_string(), problems))
}

async fn count(env: &Env, workspace: &str, refusal: Refusal) -> Result<(), Failure> {
    let ask = Ask::Refused { tag: refusal.tag().to_owned() };
    let _: Reply = rpc::ask("desk", desk_do::stub(env, workspace)?, &ask).await?;
    Ok(())
}

/// The visitor's key. Capture does not depend on tracking, so a failure here is logged and nothing more.
async fn visitor_or_none(
    env: &Env,
    workspace: &str,
    request: &Request,
    address: Option<&str>,
) -> Option<visitor::VisitorKey> {
    visitor::key_from(env, workspace, request, address).await.unwrap_or_else(|failure| {
        log::failure("visitor", &failure);
        None
    })
}

/// What the sender's address is counted under. Capture does not depend on it either.
async fn sender_or_none(env: &Env, key: &str, address: Option<&str>) -> Option<String> {
    visitor::submitter_of(env, key, address).await.unwrap_or_else(|failure| {
        log::failure("sender", &failure);
        None
    })
}

/// How many seconds the sender should wait, where the answer says so.
fn retry_after(answer: &Reply) -> Option<u64> {
    if answer.status != 429 {
        return None;
    }
    let body: Value = serde_json::from_str(&answer.body).ok()?;
    body.get("retry_after_s")?.as_u64()
}

/// The answer as a page: a receipt, or the form again with what was typed and what is wrong.
async fn page(
    request: &Request,
    env: &Env,
    key: &str,
    form: &str,
    sent: &Value,
    answer: &Reply,
) -> Result<Response, Failure> {
    let bad_json = |source| Failure::Json { what: "reply", source };
    let text = |path: &str| sent.pointer(path).and_then(Value::as_str).unwrap_or_default();
    let lang = Some(text("/lang").to_owned()).filter(|lang| !lang.is_empty());
    let accepts = request.headers().get("accept-language").ok().flatten().unwrap_or_default();
    let found = directory::form_of(env, key, form, lang, &accepts).await?;
    let Some((workspace, card)) = found else { return reply(answer) };
    let page = Page::of(request, key, &card);
    let Some(form) = &card.form else { return form_page::no_form(&page) };
    if answer.status == 200 {
        let receipt: Receipt = serde_json::from_str(&answer.body).map_err(bad_json)?;
        let from = text("/page/url");
        let back = Some(from).filter(|from| is_of_site(request, &card.origins, from));
        return form_page::thanks(&page, form, &receipt, back);
    }
    let problem: Problem = serde_json::from_str(&answer.body).map_err(bad_json)?;
    form_page::again(env, &workspace, &page, form, sent, &problem).await
}

/// Whether an address is a page of the site, or of ours: nobody is led anywhere else.
fn is_of_site(request: &Request, origins: &[String], address: &str) -> bool {
    let Ok(url) = Url::parse(address) else { return false };
    let origin = url.origin().ascii_serialization();
    let ours = request.url().is_ok_and(|ours| ours.origin() == url.origin());
    ours || origins.contains(&origin)
}
