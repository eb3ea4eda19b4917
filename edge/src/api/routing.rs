//! The calls of the console's Routing page, as what the desk is asked.

use worker::{Method, Request, Response};

use super::problem::problem;
use super::scoring::body;
use crate::desk_do::ask::RoutingAsk;
use crate::error::Failure;

/// What a call wants, below `routing`.
///
/// # Errors
/// The answer, where it is no such call.
pub async fn wants(
    request: &mut Request,
    method: &Method,
    path: &[&str],
) -> Result<RoutingAsk, Result<Response, Failure>> {
    Ok(match (method, path) {
        (Method::Get, []) => RoutingAsk::View,
        (Method::Get, ["versions", version]) => {
            let version = version.parse().map_err(|_| problem(404, "unknown_version", "There is no such version."))?;
            RoutingAsk::Version { version }
        }
        (Method::Post, ["check"]) => RoutingAsk::Check(body(request).await?),
        (Method::Post, ["simulate"]) => RoutingAsk::Simulate(Box::new(body(request).await?)),
        (Method::Post, ["replay"]) => RoutingAsk::Replay(body(request).await?),
        (Method::Put, ["draft"]) => RoutingAsk::SaveDraft(Box::new(body(request).await?)),
        (Method::Delete, ["draft"]) => RoutingAsk::DropDraft,
        (Method::Put, []) => RoutingAsk::Publish(body(request).await?),
        (Method::Post, ["roll-back"]) => RoutingAsk::RollBack(body(request).await?),
        _ => return Err(problem(404, "not_found", "There is nothing here.")),
    })
}
