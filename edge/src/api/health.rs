//! Whether the Worker runs, and whether it can take a submission.

use shared::wire::health::{Live, Ready};
use worker::{Env, Response};

use super::problem::json;
use crate::error::Failure;
use crate::registry_do::{self, Answer, Ask};
use crate::rpc;
use crate::sql::to_json;

/// It runs.
///
/// # Errors
/// Where the runtime makes no response.
pub fn livez() -> Result<Response, Failure> {
    json(200, &to_json("live", &Live { live: true })?)
}

/// Its storage answers.
///
/// # Errors
/// Where it does not.
pub async fn readyz(env: &Env) -> Result<Response, Failure> {
    let ask = Ask::Exists { workspace: String::new() };
    let _: Answer = rpc::ask("registry", registry_do::stub(env)?, &ask).await?;
    json(200, &to_json("ready", &Ready { ready: true })?)
}
