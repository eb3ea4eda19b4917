//! `/v1/console/sign-in/..`: the ways in, for whoever is not signed in yet.
//!
//! All but the way back from a provider are asked for by our own page: [`super::console::is_foreign`] refuses the rest, so
//! that no other site signs anybody in. The way back is led here by the provider's page; it counts only in the browser
//! that began it.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use shared::jwt::{Alg, read_access};
use shared::sign_in::{MAX_EMAIL_BYTES, is_loopback, own_path};
use shared::wire::console::Session;
use shared::wire::sign_in::{AccessSignIn, OpenIdSignIn, OpenIdStart, PasswordSignIn, SignInRules, Ways};
use worker::{Env, Headers, Method, Request, Response, ResponseBuilder};

use super::console::is_foreign;
use super::problem::{done, json, problem, reply};
use super::read;
use crate::desk_do::ask::{Ask, DoorAsk, Finish, Reply};
use crate::desk_do::passwords::{More, Recipe};
use crate::error::Failure;
use crate::sign_in::cookie::{Cookie, before};
use crate::sign_in::openid::{self, Answer, Trouble};
use crate::sign_in::subtle::{self, Place};
use crate::sign_in::token::{self, Checked};
use crate::sql::to_json;
use crate::{clock, config, desk_do, directory, registry_do, rpc, visitor};

const MAX_BODY_BYTES: usize = 16 * 1024;
/// The longest password that is hashed, to sign in: longer than any that can be set.
const MAX_PASSWORD_BYTES: usize = 4 * shared::password::MAX_CHARS;
const CALLBACK: &str = "/v1/console/sign-in/openid/callback";

/// Answers one call.
///
/// # Errors
/// Where the registry or the desk does not answer.
pub async fn sign_in(mut request: Request, env: &Env, path: &[&str]) -> Result<Response, Failure> {
    let method = request.method();
    if (&method, path) == (&Method::Get, &["openid", "callback"]) {
        return come_back(&request, env).await;
    }
    if is_foreign(&request) {
        return problem(403, "foreign_page", "The console's calls come from the console's own pages.");
    }
    match (&method, path) {
        (&Method::Get, &["ways"]) => ways(&request, env).await,
        (&Method::Post, &["password"]) => by_password(&mut request, env).await,
        (&Method::Post, &["openid"]) => by_openid(&mut request, env).await,
        (&Method::Post, &["access"]) => by_access(&mut request, env).await,
        _ => problem(404, "not_found", "There is nothing here."),
    }
}

/// What comes with a session.
#[derive(Deserialize)]
struct Welcome {
    secret: String,
    session: Session,
    more: Option<More>,
}

async fn ways(request: &Request, env: &Env) -> Result<Response, Failure> {
    let only = only_workspace(env).await?;
    let several = only.is_none();
    let workspace = read::query(request, "workspace").filter(|named| !named.is_empty()).or(only);
    // Of a workspace that is not there it is told what is told of most: nobody finds out which there are.
    let rules = match &workspace {
        Some(workspace) => rules_of(env, workspace).await?.unwrap_or_default(),
        None => SignInRules::default(),
    };
    let ways = Ways {
        workspace,
        several,
        passwords: rules.passwords,
        openid: rules.openid.map(|provider| provider.name),
        access: rules.access.is_some(),
    };
    json(200, &to_json("ways", &ways)?)
}

async fn by_password(request: &mut Request, env: &Env) -> Result<Response, Failure> {
    let wrong = || problem(401, "wrong_password", "The e-mail address or the password is wrong.");
    let Some(PasswordSignIn { workspace, email, password }) = body(request).await else {
        return problem(422, "invalid_sign_in", "A sign-in has a workspace, an e-mail address and a password.");
    };
    if email.len() > MAX_EMAIL_BYTES || password.len() > MAX_PASSWORD_BYTES {
        return wrong();
    }
    // Which workspaces there are is no secret: nothing is hashed for one that is not there.
    if rules_of(env, &workspace).await?.is_none() {
        return wrong();
    }
    let Some(place) = Place::wait().await else { return busy() };
    let network = visitor::guesser_of(env, request).await?;
    let device = Cookie::Device.of(request);
    let begin = DoorAsk::Begin { email: email.clone(), network: network.clone(), device: device.clone() };
    let answer = ask(env, &workspace, begin).await?;
    if answer.status != 200 {
        return refusal(&answer);
    }
    let recipe: Recipe =
        serde_json::from_str(&answer.body).map_err(|source| Failure::Json { what: "recipe", source })?;
    let password = subtle::normal(&password);
    let cost = config::password_iterations(env);
    let hash = subtle::hash(&place, &password, &recipe, cost).await?;
    let before = before(request, &workspace);
    let finish = Finish { email, hash: hash.clone(), network, device, before };
    let answer = ask(env, &workspace, DoorAsk::Finish(Box::new(finish))).await?;
    if answer.status != 200 {
        return refusal(&answer);
    }
    let welcome: Welcome =
        serde_json::from_str(&answer.body).map_err(|source| Failure::Json { what: "session", source })?;
    if welcome.more.as_ref().is_some_and(|more| more.is_stale) {
        let to = subtle::stored(&place, &password, cost).await?;
        let rehash = DoorAsk::Rehash { session: welcome.secret.clone(), from: hash, to };
        ask(env, &workspace, rehash).await?;
    }
    welcomed(&workspace, &welcome)
}

async fn by_openid(request: &mut Request, env: &Env) -> Result<Response, Failure> {
    let Some(OpenIdSignIn { workspace, to }) = body(request).await else {
        return problem(422, "invalid_sign_in", "A sign-in by a provider has a workspace.");
    };
    let provider = rules_of(env, &workspace).await?.and_then(|rules| rules.openid);
    let Some(provider) = provider else {
        return problem(404, Trouble::Off.tag(), "No provider of OpenID Connect is set up here.");
    };
    let to = to.as_deref().and_then(own_path).unwrap_or("/");
    let redirect_uri = format!("{}{CALLBACK}", origin_of(request));
    match openid::begin(env, &provider, &workspace, redirect_uri, to).await? {
        Ok((url, cookie)) => {
            let response = json(200, &to_json("openid", &OpenIdStart { url })?)?;
            Cookie::OpenId.set(&response, &cookie)?;
            Ok(response)
        }
        Err(trouble) => {
            let title = format!("{} cannot be reached now. Try again, or sign in another way.", provider.name);
            problem(503, trouble.tag(), &title)
        }
    }
}

/// The way back: signed in, or to the sign-in page with the name of what went wrong.
async fn come_back(request: &Request, env: &Env) -> Result<Response, Failure> {
    let answer: Answer = request.query().unwrap_or_default();
    let Some(begun) = openid::begun(env, Cookie::OpenId.of(request).as_deref(), &answer).await? else {
        return to_the_door(Trouble::State, None);
    };
    let workspace = begun.workspace.clone();
    let Some(provider) = rules_of(env, &workspace).await?.and_then(|rules| rules.openid) else {
        return to_the_door(Trouble::Off, Some(&workspace));
    };
    let email = match openid::end(env, &provider, &begun, &answer).await? {
        Ok(email) => email,
        Err(trouble) => return to_the_door(trouble, Some(&workspace)),
    };
    let before = before(request, &workspace);
    let vouched = DoorAsk::Vouched { email, by_access: false, once: Some(begun.once()), before };
    let answer = ask(env, &workspace, vouched).await?;
    if answer.status != 200 {
        let trouble = if answer.status == 409 { Trouble::State } else { Trouble::NoMember };
        return to_the_door(trouble, Some(&workspace));
    }
    let welcome: Welcome =
        serde_json::from_str(&answer.body).map_err(|source| Failure::Json { what: "session", source })?;
    let response = redirect(&format!("/console{}", own_path(&begun.to).unwrap_or("/")))?;
    Cookie::OpenId.clear(&response)?;
    Cookie::Session.set(&response, &format!("{workspace}.{}", welcome.secret))?;
    Ok(response)
}

async fn by_access(request: &mut Request, env: &Env) -> Result<Response, Failure> {
    let refused = || problem(403, "access_refused", "Cloudflare Access does not say who you are. Sign in another way.");
    let Some(AccessSignIn { workspace }) = body(request).await else {
        return problem(422, "invalid_sign_in", "A sign-in by Cloudflare Access has a workspace.");
    };
    let Some(access) = rules_of(env, &workspace).await?.and_then(|rules| rules.access) else {
        return problem(404, "access_off", "Cloudflare Access is not set up here.");
    };
    let Some(assertion) = request.headers().get("cf-access-jwt-assertion").ok().flatten() else { return refused() };
    let keys_at = format!("{}/cdn-cgi/access/certs", access.team);
    let claims = match token::check(&assertion, &keys_at, &[Alg::Rs256]).await? {
        Checked::Good(claims) => claims,
        Checked::Bad(why) => {
            token::refused("access_refused", why);
            return refused();
        }
        Checked::NoKeys(why) => {
            crate::log::event("access_unreachable", &why.says());
            return problem(503, "access_unreachable", "Cloudflare Access cannot be reached now. Try again.");
        }
    };
    let claims = match read_access(&claims, &access.team, &access.audience, clock::now()) {
        Ok(claims) => claims,
        Err(why) => {
            token::refused("access_refused", why);
            return refused();
        }
    };
    let before = before(request, &workspace);
    let email = claims.email.unwrap_or_default();
    let answer = ask(env, &workspace, DoorAsk::Vouched { email, by_access: true, once: None, before }).await?;
    if answer.status != 200 {
        return reply(&answer);
    }
    let welcome: Welcome =
        serde_json::from_str(&answer.body).map_err(|source| Failure::Json { what: "session", source })?;
    welcomed(&workspace, &welcome)
}

/// A session, its cookie, and that of the browser.
fn welcomed(workspace: &str, welcome: &Welcome) -> Result<Response, Failure> {
    let response = json(200, &to_json("session", &welcome.session)?)?;
    Cookie::Session.set(&response, &format!("{workspace}.{}", welcome.secret))?;
    if let Some(more) = &welcome.more {
        Cookie::Device.set(&response, &more.device)?;
    }
    Ok(response)
}

/// What the desk refuses, with how long to wait where it says so.
pub fn refusal(answer: &Reply) -> Result<Response, Failure> {
    let response = reply(answer)?;
    let body: serde_json::Value = serde_json::from_str(&answer.body).unwrap_or_default();
    if let Some(seconds) = body.get("retry_after_s").and_then(serde_json::Value::as_u64) {
        done(response.headers().set("retry-after", &seconds.to_string()))?;
    }
    Ok(response)
}

/// Too many passwords are hashed just now.
pub fn busy() -> Result<Response, Failure> {
    let response = problem(429, "busy", "Many people are signing in at this moment. Try again in a second.")?;
    done(response.headers().set("retry-after", "1"))?;
    Ok(response)
}

fn to_the_door(trouble: Trouble, workspace: Option<&str>) -> Result<Response, Failure> {
    // Ids of workspaces and tags are plain: nothing in them has to be escaped.
    let at = workspace.map(|workspace| format!("&workspace={workspace}")).unwrap_or_default();
    let response = redirect(&format!("/console/sign-in?trouble={}{at}", trouble.tag()))?;
    Cookie::OpenId.clear(&response)?;
    Ok(response)
}

fn redirect(to: &str) -> Result<Response, Failure> {
    let failed = |source| Failure::Object { object: "response", source };
    let headers = Headers::new();
    headers.set("location", to).map_err(failed)?;
    headers.set("cache-control", "no-store").map_err(failed)?;
    // The address that one comes from has the code in it.
    headers.set("referrer-policy", "no-referrer").map_err(failed)?;
    Ok(ResponseBuilder::new().with_status(303).with_headers(headers).empty())
}

async fn rules_of(env: &Env, workspace: &str) -> Result<Option<SignInRules>, Failure> {
    if !shared::config::is_name(workspace) || !directory::exists(env, workspace).await? {
        return Ok(None);
    }
    let answer = ask(env, workspace, DoorAsk::Rules).await?;
    if answer.status != 200 {
        return Ok(None);
    }
    serde_json::from_str(&answer.body).map(Some).map_err(|source| Failure::Json { what: "rules", source })
}

/// The workspace, where there is only one.
async fn only_workspace(env: &Env) -> Result<Option<String>, Failure> {
    let answer = rpc::ask("registry", registry_do::stub(env)?, &registry_do::Ask::Only).await?;
    match answer {
        registry_do::Answer::Text(only) => Ok(only),
        _ => Err(Failure::BadRow { table: "registry", what: "another answer".to_owned() }),
    }
}

async fn ask(env: &Env, workspace: &str, wants: DoorAsk) -> Result<Reply, Failure> {
    rpc::ask("desk", desk_do::stub(env, workspace)?, &Ask::Door(wants)).await
}

async fn body<T: DeserializeOwned>(request: &mut Request) -> Option<T> {
    let text = read::text(request, MAX_BODY_BYTES).await.ok()?;
    serde_json::from_str(&text).ok()
}

/// Our own origin, as browsers see it: a proxy in front has the certificate, so that anything but this machine is `https`.
fn origin_of(request: &Request) -> String {
    let host = request.headers().get("host").ok().flatten().unwrap_or_default();
    format!("{}://{host}", if is_loopback(&host) { "http" } else { "https" })
}
