//! The console's calls about destinations, deliveries, and how the system runs.

use serde::Deserialize;
use shared::wire::delivery::{DeliveryState, OperationsView};
use worker::{Env, Method, Request, Response};

use super::once::Caller;
use super::problem::{json, problem, reply};
use super::scoring::body;
use crate::delivery::webhook;
use crate::desk_do::ask::{DeliveriesOf, OperateAsk, Reply, StaffAsk};
use crate::error::Failure;
use crate::sql::to_json;
use crate::{desk_do, directory, meter, rpc};

#[derive(Deserialize)]
struct Query {
    destination: Option<String>,
    state: Option<String>,
    item: Option<String>,
    after: Option<String>,
}

/// Answers one call.
///
/// # Errors
/// Where the desk does not answer.
pub async fn operate(
    request: &mut Request,
    env: &Env,
    workspace: &str,
    caller: &Caller,
    path: &[&str],
) -> Result<Response, Failure> {
    let wants = match wants(request, path).await {
        Ok(wants) => wants,
        Err(response) => return response,
    };
    let (is_change, is_overview) =
        (matches!(wants, OperateAsk::Change { .. }), matches!(wants, OperateAsk::Operations));
    let ask = caller.asks(StaffAsk::Operate(Box::new(wants)));
    let answer: Reply = rpc::ask("desk", desk_do::stub(env, workspace)?, &ask).await?;
    if is_change {
        directory::forget_all();
    }
    if is_overview && answer.status == 200 {
        let mut view: OperationsView =
            serde_json::from_str(&answer.body).map_err(|source| Failure::Json { what: "operations", source })?;
        view.routes = meter::slowest();
        return json(200, &to_json("operations", &view)?);
    }
    reply(&answer)
}

async fn wants(request: &mut Request, path: &[&str]) -> Result<OperateAsk, Result<Response, Failure>> {
    Ok(match (&request.method(), path) {
        (Method::Get, ["destinations"]) => OperateAsk::Destinations,
        (Method::Post, ["destinations"]) => {
            let fresh = webhook::fresh_secret().map_err(Err)?;
            OperateAsk::Change { ask: body(request).await?, fresh }
        }
        (Method::Post, ["destinations", id, "actions"]) => {
            OperateAsk::Destination { id: (*id).to_owned(), act: body(request).await? }
        }
        (Method::Get, ["deliveries"]) => OperateAsk::Deliveries(of(request)?),
        (Method::Get, ["deliveries", id]) => OperateAsk::Delivery { id: (*id).to_owned() },
        (Method::Post, ["deliveries", id]) => {
            OperateAsk::ActOnDelivery { id: (*id).to_owned(), act: body(request).await? }
        }
        (Method::Get, ["tokens"]) => OperateAsk::Tokens,
        (Method::Post, ["tokens"]) => OperateAsk::MakeToken(body(request).await?),
        (Method::Delete, ["tokens", name]) => OperateAsk::DropToken { name: (*name).to_owned() },
        (Method::Get, ["operations"]) => OperateAsk::Operations,
        _ => return Err(problem(404, "not_found", "There is nothing here.")),
    })
}

fn of(request: &Request) -> Result<DeliveriesOf, Result<Response, Failure>> {
    let bad = || {
        let title = "Deliveries have a destination, a state (due, delivered or dead), an item, and perhaps a start.";
        problem(422, "invalid_query", title)
    };
    let Query { destination, state, item, after } = request.query().map_err(|_| bad())?;
    let said = |text: Option<String>| text.filter(|text| !text.is_empty());
    let state = match said(state) {
        None => None,
        Some(tag) => Some(DeliveryState::from_tag(&tag).ok_or_else(bad)?),
    };
    Ok(DeliveriesOf { destination: said(destination), state, item: said(item), after: said(after) })
}
