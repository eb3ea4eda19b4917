//! The only reader of the Worker's environment: the names of its bindings.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use shared::delivery::address::Reach;
use shared::password::{ITERATIONS, MAX_ITERATIONS};
use worker::{Env, Fetcher, ObjectNamespace};

use crate::error::Failure;
use crate::same::is_same;

/// The namespace of an object, by its binding.
fn namespace(env: &Env, binding: &'static str) -> Result<ObjectNamespace, Failure> {
    env.durable_object(binding).map_err(|source| Failure::Object { object: binding, source })
}

/// The desks.
///
/// # Errors
/// [`Failure::Object`] where the binding is missing.
pub fn desks(env: &Env) -> Result<ObjectNamespace, Failure> {
    namespace(env, "DESK")
}

/// The journals.
///
/// # Errors
/// As [`desks`].
pub fn journals(env: &Env) -> Result<ObjectNamespace, Failure> {
    namespace(env, "JOURNAL")
}

/// The stored files.
///
/// # Errors
/// As [`desks`].
pub fn files(env: &Env) -> Result<ObjectNamespace, Failure> {
    namespace(env, "FILES")
}

/// The registry.
///
/// # Errors
/// As [`desks`].
pub fn registries(env: &Env) -> Result<ObjectNamespace, Failure> {
    namespace(env, "REGISTRY")
}

/// The static files: pages, the loader, the widget, the console.
///
/// # Errors
/// As [`desks`].
pub fn assets(env: &Env) -> Result<Fetcher, Failure> {
    env.service("ASSETS").map_err(|source| Failure::Object { object: "ASSETS", source })
}

/// Whether a token is the operator's.
pub fn is_operator(env: &Env, token: &str) -> bool {
    is_secret(env, "OPERATOR_TOKEN", token)
}

/// Whether a token lets somebody watch how the system runs: the operator's, or one that is for nothing else.
pub fn may_watch(env: &Env, token: &str) -> bool {
    is_secret(env, "METRICS_TOKEN", token) || is_operator(env, token)
}

/// Whether a text is what a secret of the environment says. Of one that is not there, nothing is.
fn is_secret(env: &Env, name: &str, sent: &str) -> bool {
    env.secret(name).is_ok_and(|known| is_same(&known.to_string(), sent))
}

/// Where Turnstile's tokens are checked: Cloudflare, unless the operator says otherwise.
pub fn turnstile_url(env: &Env) -> String {
    const CLOUDFLARE: &str = "https://challenges.cloudflare.com/turnstile/v0/siteverify";
    env.var("TURNSTILE_VERIFY_URL").map_or_else(|_| CLOUDFLARE.to_owned(), |url| url.to_string())
}

/// How much hashing a password costs: what `shared` says, or more, if the operator says so. Less only where this Worker was
/// started for tests of its failures.
pub fn password_iterations(env: &Env) -> u32 {
    let said = env.var("PASSWORD_ITERATIONS").ok().and_then(|count| count.to_string().parse().ok());
    let least = if faults_on(env) { 1 } else { ITERATIONS };
    said.unwrap_or(ITERATIONS).clamp(least, MAX_ITERATIONS)
}

/// Our secret at a workspace's provider of OpenID Connect, from a secret that maps workspaces to secrets:
/// `{"acme": "..."}`. Without one, we are a public client there.
pub fn openid_secret(env: &Env, workspace: &str) -> Option<String> {
    let all = env.secret("OPENID_SECRETS").ok()?.to_string();
    let mut all: BTreeMap<String, String> = serde_json::from_str(&all).ok()?;
    all.remove(workspace).filter(|secret| !secret.is_empty())
}

/// Where the console has a host of its own.
pub struct Hosts {
    /// The console's host, with its port where that is not the usual one.
    pub console: String,
    /// The origin of everything else.
    pub forms: String,
}

thread_local! {
    /// What is set for a Worker stays as it is for as long as that runs.
    static HOSTS: OnceCell<Option<Rc<Hosts>>> = const { OnceCell::new() };
}

/// Where the console has a host of its own: both origins are said, or there is one host for everything. Asked by every request, read
/// once.
pub fn hosts(env: &Env) -> Option<Rc<Hosts>> {
    HOSTS.with(|hosts| hosts.get_or_init(|| said_hosts(env).map(Rc::new)).clone())
}

fn said_hosts(env: &Env) -> Option<Hosts> {
    let said = |name: &str| env.var(name).ok().map(|origin| origin.to_string()).filter(|origin| !origin.is_empty());
    let console = said("CONSOLE_ORIGIN")?;
    let (_, console) = console.split_once("://")?;
    Some(Hosts { console: console.to_owned(), forms: said("FORMS_ORIGIN")? })
}

/// How far deliveries may go: to public addresses, unless whoever starts the Worker says otherwise.
pub fn reach(env: &Env) -> Reach {
    let is_anywhere = env.var("PRIVATE_DESTINATIONS").is_ok_and(|on| on.to_string() == "on");
    if is_anywhere { Reach::Anywhere } else { Reach::Public }
}

/// Whether the objects are files on a disk of the operator's: there, what is deleted may be read until it is overwritten.
pub fn has_own_disk(env: &Env) -> bool {
    env.var("OWN_DISK").is_ok_and(|on| on.to_string() == "on")
}

/// Whether this Worker was started for tests of its failures. Never set on a deployment.
pub fn faults_on(env: &Env) -> bool {
    env.var("FAULTS").is_ok_and(|faults| faults.to_string() == "on")
}
