//! Whether the Worker runs, and whether it can take a submission.

use worker::{Env, Response};

use super::problem::json;
use crate::error::Failure;
use crate::registry_do::{self, Answer, Ask};
use crate::rpc;

/// It runs.
///
/// # Errors
/// Where the runtime makes no response.
pub fn livez() -> Result<Response, Failure> {
    json(200, r#"{"live":true}"#)
}

/// Its storage answers.
///
/// # Errors
/// Where it does not.
pub async fn readyz(env: &Env) -> Result<Response, Failure> {
    let ask = Ask::Exists { workspace: String::new() };
    let _: Answer = rpc::ask("registry", registry_do::stub(env)?, &ask).await?;
    json(200, r#"{"ready":true}"#)
}
