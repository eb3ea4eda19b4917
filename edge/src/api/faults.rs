//! `/__faults/..`: failures that tests ask for. There only where the Worker was started with `FAULTS=on`, which no
//! deployment does; so the tests drive the very build that ships.

use shared::file::FileId;
use worker::{Delay, Env, Request, Response};

use super::problem::{json, problem, reply};
use crate::desk_do::ask::{Ask, FaultAsk, Reply};
use crate::error::Failure;
use crate::sql::to_json;
use crate::{config, desk_do, files_do, rpc};

/// For tests of rollback: how many statements of what is asked succeed.
pub fn fail_after(env: &Env, request: &Request) -> Option<u32> {
    let header = request.headers().get("usher-fail-after").ok().flatten()?;
    config::faults_on(env).then(|| header.parse().ok()).flatten()
}

/// Makes the failure.
///
/// # Errors
/// The failure, where it reaches this far.
#[expect(clippy::panic, reason = "the fault that was asked for")]
pub async fn faults(env: &Env, path: &[&str]) -> Result<Response, Failure> {
    let ask = match path {
        ["files", workspace, id] => {
            let due = match FileId::parse(id) {
                Some(id) => files_do::make_due(env, workspace, &id).await?,
                None => None,
            };
            return json(200, &to_json("file", &due)?);
        }
        ["panic"] => panic!("asked for by a test"),
        ["wait", ms] => {
            Delay::from(std::time::Duration::from_millis(ms.parse().unwrap_or(0))).await;
            return json(200, "{}");
        }
        ["desk", _, "panic"] => FaultAsk::Panic,
        ["desk", _, "wait", ms] => FaultAsk::Wait { ms: ms.parse().unwrap_or(0) },
        ["desk", _, "later", ms] => FaultAsk::Later { ms: ms.parse().unwrap_or(0) },
        ["desk", _, "fail-alarms", times] => FaultAsk::FailAlarms { times: times.parse().unwrap_or(0) },
        ["desk", _, "fail-after", statements] => FaultAsk::FailAfter { statements: statements.parse().ok() },
        ["desk", _, "rows"] => FaultAsk::Rows,
        ["desk", _, "fates"] => FaultAsk::Fates,
        _ => return problem(404, "not_found", "There is no such fault."),
    };
    let workspace = path.get(1).copied().unwrap_or_default();
    let answer: Reply = rpc::ask("desk", desk_do::stub(env, workspace)?, &Ask::Fault(ask)).await?;
    reply(&answer)
}
