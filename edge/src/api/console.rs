//! `/v1/console/..`: the staff application's calls. A session is a cookie that no script can read and no other site sends.

use serde::Deserialize;
use shared::wire::console::{Act, Presence, Session, SignIn, Whose};
use shared::wire::file::Uploaded;
use shared::wire::held::Review;
use shared::wire::lists::Filter;
use shared::wire::{Channel, FormKind};
use worker::{Env, Headers, Method, Request, RequestInit, Response};

use super::cors::Origin;
use super::export::{self, Asker};
use super::once::{Caller, once};
use super::problem::{json, problem, reply};
use super::{account, desk, experiments, files, operate, privacy, prompts, read, routing, scoring, sites};
use crate::desk_do::ask::{Ask, Reply, StaffAsk, TeamAsk};
use crate::desk_do::{self, live};
use crate::error::Failure;
use crate::sign_in::cookie::{self, Cookie, session_of};
use crate::sql::to_json;
use crate::{directory, rpc};

/// The largest body of a call.
const MAX_BODY_BYTES: usize = 64 * 1024;

/// Answers one call.
///
/// # Errors
/// Where the registry or the desk does not answer.
pub async fn console(mut request: Request, env: &Env, path: &[&str]) -> Result<Response, Failure> {
    if let ["sign-in", rest @ ..] = path {
        return super::sign_in::sign_in(request, env, rest).await;
    }
    if is_foreign(&request) {
        return problem(403, "foreign_page", "The console's calls come from the console's own pages.");
    }
    let method = request.method();
    if (&method, path) == (&Method::Post, &["session"]) {
        return sign_in(&mut request, env).await;
    }
    let once = match once(&request).await {
        Ok(once) => once,
        Err(response) => return response,
    };
    let Some((workspace, secret)) = session_of(&request) else { return not_signed_in() };
    if !directory::exists(env, &workspace).await? {
        return not_signed_in();
    }
    if (&method, path) == (&Method::Get, &["live"]) {
        return open_live(env, &request, &workspace, &secret).await;
    }
    let caller = Caller { session: secret, once };
    if (&method, path) == (&Method::Post, &["editor-links"]) {
        let ask = caller.asks(StaffAsk::Session);
        let answer: Reply = rpc::ask("desk", desk_do::stub(env, &workspace)?, &ask).await?;
        return if answer.status == 200 {
            prompts::editor_link(&mut request, env, &workspace).await
        } else {
            reply(&answer)
        };
    }
    if let Some(response) = account::account(&mut request, env, &workspace, &caller, path).await? {
        return Ok(response);
    }
    if let (&Method::Get, ["export", file]) = (&method, path) {
        return export::export(&request, env, &workspace, Asker::Session(caller.session), file).await;
    }
    if matches!(path, ["destinations" | "deliveries" | "operations" | "tokens", ..]) {
        return operate::operate(&mut request, env, &workspace, &caller, path).await;
    }
    if privacy::is_one(path) {
        return privacy::privacy(&mut request, env, &workspace, &caller, path).await;
    }
    if let ["experiments", rest @ ..] = path {
        return experiments::experiments(&mut request, env, &workspace, &caller, rest).await;
    }
    match (&method, path) {
        (&Method::Get, &["sites"]) => return sites::list(env, &workspace, &caller).await,
        (&Method::Post, &["sites"]) => {
            let body = match read::text(&mut request, MAX_BODY_BYTES).await {
                Ok(body) => body,
                Err(error) => return error.answer("This is too large."),
            };
            return sites::change(env, &workspace, &caller, &body).await;
        }
        _ => {}
    }
    let wants = match wants(&mut request, &method, path, &workspace, env).await {
        Ok(wants) => wants,
        Err(response) => return response,
    };
    let signs_out = matches!(wants, StaffAsk::SignOut);
    let is_file = matches!(wants, StaffAsk::File { .. });
    let answer: Reply = rpc::ask("desk", desk_do::stub(env, &workspace)?, &caller.asks(wants)).await?;
    if is_file && answer.status == 200 {
        let file: Uploaded =
            serde_json::from_str(&answer.body).map_err(|source| Failure::Json { what: "file", source })?;
        return files::download(env, &workspace, &file).await;
    }
    let response = reply(&answer)?;
    if signs_out {
        Cookie::Session.clear(&response)?;
    }
    Ok(response)
}

#[derive(Deserialize)]
struct SignedIn {
    secret: String,
    session: Session,
}

#[derive(Deserialize)]
struct ItemsQuery {
    state: Option<String>,
    #[serde(default)]
    whose: Whose,
    after: Option<String>,
    kind: Option<FormKind>,
    #[serde(default)]
    tier: String,
    #[serde(default)]
    site: String,
    #[serde(default)]
    owner: String,
    #[serde(default)]
    complaint: bool,
    channel: Option<Channel>,
    #[serde(default)]
    pressing: bool,
    #[serde(default)]
    q: String,
}

#[derive(Deserialize)]
struct SearchQuery {
    q: String,
    after: Option<String>,
}

#[derive(Deserialize)]
struct PageQuery {
    after: Option<String>,
}

async fn sign_in(request: &mut Request, env: &Env) -> Result<Response, Failure> {
    let spent = || problem(401, "link_spent", "This sign-in link was used before, or is too old.");
    let body = read::text(request, MAX_BODY_BYTES).await.unwrap_or_default();
    let Ok(SignIn { token }) = serde_json::from_str(&body) else {
        return problem(422, "invalid_sign_in", "A sign-in has the token of a link.");
    };
    let Some((workspace, secret)) = token.split_once('.') else { return spent() };
    if !directory::exists(env, workspace).await? {
        return spent();
    }
    let ask = Ask::SignIn { secret: secret.to_owned(), before: cookie::before(request, workspace) };
    let answer: Reply = rpc::ask("desk", desk_do::stub(env, workspace)?, &ask).await?;
    if answer.status != 200 {
        return reply(&answer);
    }
    let signed_in: SignedIn =
        serde_json::from_str(&answer.body).map_err(|source| Failure::Json { what: "session", source })?;
    let response = json(200, &to_json("session", &signed_in.session)?)?;
    Cookie::Session.set(&response, &format!("{workspace}.{}", signed_in.secret))?;
    Ok(response)
}

async fn wants(
    request: &mut Request,
    method: &Method,
    path: &[&str],
    workspace: &str,
    env: &Env,
) -> Result<StaffAsk, Result<Response, Failure>> {
    Ok(match (method, path) {
        (Method::Get, ["session"]) => StaffAsk::Session,
        (Method::Delete, ["session"]) => StaffAsk::SignOut,
        (Method::Post, ["presence"]) => StaffAsk::Presence(presence(request).await?),
        (Method::Get, ["queues", queue, "items"]) => {
            let bad = || {
                let title = "A list has a state, open or closed, whose, a start, and what it is narrowed to.";
                problem(422, "invalid_query", title)
            };
            let asked: ItemsQuery = request.query().map_err(|_| bad())?;
            let ItemsQuery { state, whose, after, kind, tier, site, owner, complaint, channel, pressing, q } = asked;
            let open = match state.as_deref() {
                None | Some("open") => true,
                Some("closed") => false,
                Some(_) => return Err(bad()),
            };
            let filter = Box::new(Filter { kind, tier, site, owner, complaint, pressing, channel, q });
            StaffAsk::Items { queue: (*queue).to_owned(), open, whose, filter, after }
        }
        (Method::Get, ["search"]) => {
            let query: SearchQuery = request
                .query()
                .map_err(|_| problem(422, "invalid_query", "A search has a text, q, and perhaps a start."))?;
            StaffAsk::Search { text: query.q, after: query.after }
        }
        (Method::Get, ["held"]) => {
            let query: PageQuery = request
                .query()
                .map_err(|_| problem(422, "invalid_query", "A page has nothing but perhaps a start."))?;
            StaffAsk::Held { after: query.after }
        }
        (Method::Post, ["held", id]) => {
            let body = text(request).await?;
            let review: Review = serde_json::from_str(&body)
                .map_err(|error| problem(422, "invalid_review", &format!("This is no decision: {error}.")))?;
            StaffAsk::Review { id: (*id).to_owned(), review }
        }
        (Method::Get, ["items", id]) => StaffAsk::Item { id: (*id).to_owned() },
        (Method::Get, ["items", id, "files", file]) => {
            StaffAsk::File { item: (*id).to_owned(), file: (*file).to_owned() }
        }
        (Method::Post, ["items", id, "actions"]) => {
            let body = text(request).await?;
            let act: Act = serde_json::from_str(&body)
                .map_err(|error| problem(422, "invalid_action", &format!("This is no action: {error}.")))?;
            StaffAsk::Act { id: (*id).to_owned(), act }
        }
        (Method::Get, ["audit"]) => {
            let query: PageQuery = request
                .query()
                .map_err(|_| problem(422, "invalid_query", "A page has nothing but perhaps a start."))?;
            StaffAsk::Audit { after: query.after }
        }
        (Method::Get, ["team"]) => StaffAsk::Team(TeamAsk::View),
        (Method::Post, ["team", member, "presence"]) => {
            StaffAsk::Team(TeamAsk::Presence { member: (*member).to_owned(), presence: presence(request).await? })
        }
        (Method::Put, ["team", member]) => {
            let body = read::text(request, MAX_BODY_BYTES).await.unwrap_or_default();
            let bad =
                |error| problem(422, "invalid_plan", &format!("This says nothing of when somebody works: {error}."));
            let change = Box::new(serde_json::from_str(&body).map_err(bad)?);
            StaffAsk::Team(TeamAsk::Plan { member: (*member).to_owned(), change })
        }
        (_, ["routing", rest @ ..]) => StaffAsk::Routing(routing::wants(request, method, rest).await?),
        (_, ["scoring", rest @ ..]) => StaffAsk::Scoring(scoring::wants(request, method, rest).await?),
        _ => desk::wants(request, method, path, workspace, env).await?,
    })
}

async fn text(request: &mut Request) -> Result<String, Result<Response, Failure>> {
    read::text(request, MAX_BODY_BYTES).await.map_err(|error| error.answer("This is too large."))
}

async fn presence(request: &mut Request) -> Result<Presence, Result<Response, Failure>> {
    let body = read::text(request, MAX_BODY_BYTES).await.unwrap_or_default();
    let bad = |error| problem(422, "invalid_presence", &format!("This says nothing of who is there: {error}."));
    serde_json::from_str(&body).map_err(bad)
}

/// Hands the upgrade to the desk, with the session's secret in a header that no browser can set on a socket.
async fn open_live(env: &Env, request: &Request, workspace: &str, secret: &str) -> Result<Response, Failure> {
    let failed = |source| Failure::Object { object: "desk", source };
    let origin_is_ours = request.headers().has("origin").unwrap_or(false) && Origin::of(request) == Origin::Ours;
    if !origin_is_ours {
        return problem(403, "foreign_page", "The console's calls come from the console's own pages.");
    }
    let is_upgrade =
        request.headers().get("upgrade").ok().flatten().is_some_and(|to| to.eq_ignore_ascii_case("websocket"));
    if !is_upgrade {
        return problem(426, "upgrade_required", "This address speaks web sockets.");
    }
    let headers = Headers::new();
    headers.set("upgrade", "websocket").map_err(failed)?;
    headers.set(live::SESSION_HEADER, secret).map_err(failed)?;
    let mut init = RequestInit::new();
    init.with_method(Method::Get).with_headers(headers);
    let url = format!("https://object{}", live::PATH);
    let upgrade = Request::new_with_init(&url, &init).map_err(failed)?;
    let response = desk_do::stub(env, workspace)?.fetch_with_request(upgrade).await.map_err(failed)?;
    if response.status_code() == 401 { not_signed_in() } else { Ok(response) }
}

/// A call that another site's page made: its browser says so.
pub fn is_foreign(request: &Request) -> bool {
    let fetch_site = request.headers().get("sec-fetch-site").ok().flatten();
    let from_elsewhere = fetch_site.is_some_and(|site| site != "same-origin" && site != "none");
    from_elsewhere || Origin::of(request) != Origin::Ours
}

fn not_signed_in() -> Result<Response, Failure> {
    problem(401, "not_signed_in", "Please sign in.")
}
