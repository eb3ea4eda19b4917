//! `/v1/console/sites`: a change of sites has two sides, the desk's configuration and the registry's keys.
//!
//! The desk goes first: it alone knows who may, and it refuses a key that its configuration does not have, whatever the
//! registry still says. Should the registry fail then, the next look at the page binds the keys.

use shared::time::Timestamp;
use shared::wire::sites::{ChangeSites, SitesView};
use worker::{Env, Response};

use super::once::Caller;
use super::problem::{json, problem, reply};
use crate::desk_do::ask::{Reply, StaffAsk};
use crate::error::Failure;
use crate::journal_do::{self, Answer as Journal};
use crate::registry_do::{self, Answer};
use crate::sql::to_json;
use crate::{chance, desk_do, directory, rpc};

/// All sites, with when each was last heard of.
///
/// # Errors
/// Where an object does not answer.
pub async fn list(env: &Env, workspace: &str, caller: &Caller) -> Result<Response, Failure> {
    let answer = ask(env, workspace, caller, StaffAsk::Sites).await?;
    finish(env, workspace, answer).await
}

/// Changes a site.
///
/// # Errors
/// Where an object does not answer.
pub async fn change(env: &Env, workspace: &str, caller: &Caller, body: &str) -> Result<Response, Failure> {
    let change: ChangeSites = match serde_json::from_str(body) {
        Ok(change) => change,
        Err(error) => return problem(422, "invalid_change", &format!("This is no change of a site: {error}.")),
    };
    let fresh_key = format!("pk_{}", chance::hex::<16>()?);
    let answer = ask(env, workspace, caller, StaffAsk::ChangeSites { ask: Box::new(change), fresh_key }).await?;
    directory::forget_all();
    finish(env, workspace, answer).await
}

async fn ask(env: &Env, workspace: &str, caller: &Caller, wants: StaffAsk) -> Result<Reply, Failure> {
    let ask = caller.asks(wants);
    rpc::ask("desk", desk_do::stub(env, workspace)?, &ask).await
}

/// Binds the keys, and adds what the journal's shards know of each site.
async fn finish(env: &Env, workspace: &str, answer: Reply) -> Result<Response, Failure> {
    if answer.status != 200 {
        return reply(&answer);
    }
    let mut view: SitesView =
        serde_json::from_str(&answer.body).map_err(|source| Failure::Json { what: "sites", source })?;
    let keys = view.sites.iter().map(|site| site.key.clone()).collect();
    let bind = registry_do::Ask::Bind { workspace: workspace.to_owned(), keys };
    let _: Answer = rpc::ask("registry", registry_do::stub(env)?, &bind).await?;
    for shard in journal_do::stubs(env, workspace)? {
        let Journal::LastOf(last) = rpc::ask("journal", shard, &journal_do::Ask::LastOf).await? else { continue };
        for site in &mut view.sites {
            let heard = last.iter().find(|heard| heard.key == site.key);
            let heard = heard.map(|heard| Timestamp::from_ms(heard.at).to_rfc3339());
            // Instants written alike sort as texts.
            site.last_signal_at = site.last_signal_at.take().max(heard);
        }
    }
    json(200, &to_json("sites", &view)?)
}
