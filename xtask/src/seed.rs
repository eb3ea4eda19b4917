//! Talks to a server that we started: puts the demo workspace into an empty one, and asks for a sign-in link.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use crate::paths;
use crate::workerd::Server;

/// The workspace that is seeded.
pub const WORKSPACE: &str = "demo";
/// The member of it who signs in first.
const ADMIN: &str = "mara";

/// Whether the demo workspace was put there now.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Seeded {
    /// It is new.
    Now,
    /// It was there already, and was not touched.
    Before,
}

/// Creates the demo workspace unless it exists.
pub fn workspace(server: &Server) -> Result<Seeded> {
    workspace_with(server, |_| {})
}

/// Creates the demo workspace, changed, unless it exists.
pub fn workspace_with(server: &Server, change: impl FnOnce(&mut Value)) -> Result<Seeded> {
    let file = paths::root().join("demo/workspace.json");
    let body = std::fs::read_to_string(&file)
        .with_context(|| format!("cannot read {}", paths::shown(&file)))?
        .replace("__USHER_ORIGIN_IP__", &server.origin_by_ip)
        .replace("__USHER_ORIGIN__", &server.origin)
        .replace("__PARTNER_ORIGIN_IP__", &server.partner_origin_by_ip)
        .replace("__PARTNER_ORIGIN__", &server.partner_origin);
    let mut source: Value =
        serde_json::from_str(&body).with_context(|| format!("{} is not JSON", paths::shown(&file)))?;
    change(&mut source);
    let address = format!("{}/v1/operator/workspaces/{WORKSPACE}", server.origin_by_ip);
    let mut response = agent()
        .put(&address)
        .header("authorization", bearer(server))
        .header("content-type", "application/json")
        .header("if-none-match", "*")
        .send(source.to_string().as_bytes())
        .with_context(|| format!("PUT {address} got no answer"))?;
    match response.status().as_u16() {
        200 | 201 => Ok(Seeded::Now),
        412 => Ok(Seeded::Before),
        status => bail!(
            "the demo workspace was refused: {status} {}",
            response.body_mut().read_to_string().unwrap_or_default()
        ),
    }
}

/// A fresh link that signs the demo's administrator in.
pub fn sign_in_link(server: &Server) -> Result<String> {
    // The link leads to where it was asked for, so it is asked for at the name that people are shown.
    let address = format!("{}/v1/operator/workspaces/{WORKSPACE}/sign-in-links", server.origin);
    let mut response = agent()
        .post(&address)
        .header("authorization", bearer(server))
        .header("content-type", "application/json")
        .send(json!({ "member": ADMIN }).to_string().as_bytes())
        .with_context(|| format!("POST {address} got no answer"))?;
    let status = response.status();
    let text = response.body_mut().read_to_string().unwrap_or_default();
    let link =
        serde_json::from_str::<Value>(&text).ok().and_then(|body| body.get("url")?.as_str().map(ToOwned::to_owned));
    match link {
        Some(link) if status.is_success() && link.starts_with('/') => Ok(format!("{}{link}", server.origin)),
        Some(link) if status.is_success() => Ok(link),
        _ => bail!("no sign-in link: {status} {text}"),
    }
}

/// Status and body of a GET.
pub fn get(address: &str) -> Result<(u16, String)> {
    let mut response = agent().get(address).call().context("no answer")?;
    let body = response.body_mut().read_to_string().unwrap_or_default();
    Ok((response.status().as_u16(), body))
}

/// A client that returns every status as an answer and never waits for ever.
pub fn agent() -> ureq::Agent {
    ureq::Agent::config_builder()
        .http_status_as_error(false)
        .proxy(None)
        .timeout_global(Some(Duration::from_secs(20)))
        .build()
        .into()
}

fn bearer(server: &Server) -> String {
    format!("Bearer {}", server.operator_token)
}
