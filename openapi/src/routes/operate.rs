//! Where what happens is told to, what was delivered and what was not, and how the workspace runs.

use serde_json::json;
use shared::right::Right::Operate;
use shared::wire::delivery::{
    ChangeDestinations, DeliveriesPage, DeliveryAct, DeliveryRow, DeliveryState, DeliveryView, DestinationAct,
    DestinationDone, DestinationsView, OperationsView,
};
use shared::wire::token::{NewToken, TokensView};

use crate::route::{Group, delete, get, post};

pub fn group() -> Group {
    Group {
        tag: "Operations",
        says: "For admins: destinations and their deliveries, tokens of servers, exports, and how the workspace runs.",
        routes: vec![
            get("/v1/console/destinations", "readDestinations", "Read where what happens is told to")
                .member(Operate)
                .gives::<DestinationsView>(),
            post("/v1/console/destinations", "changeDestinations", "Change where what happens is told to")
                .more("Each change is a version of the configuration. An empty secret stays what it was; one that was made is told once.")
                .member(Operate)
                .takes::<ChangeDestinations>()
                .such_as(json!({ "version": 1, "change": { "remove": { "id": "crm" } } }))
                .reads_text()
                .gives::<DestinationsView>()
                .or(&["404 unknown_destination", "409 stale", "422 invalid_call", "422 invalid_config", "422 not_signed"]),
            post("/v1/console/destinations/{destination}/actions", "actOnDestination", "Test, resume or replay a destination")
                .member(Operate)
                .takes::<DestinationAct>()
                .reads_text()
                .gives::<DestinationDone>()
                .or(&["404 unknown_destination", "422 invalid_call"]),
            get("/v1/console/deliveries", "readDeliveries", "Read what was told to whom")
                .member(Operate)
                .query("destination", "To whom.")
                .query_of::<DeliveryState>("state", "Where it stands.")
                .query("item", "Of which item.")
                .paged()
                .gives::<DeliveriesPage>()
                .or(&["422 invalid_query"]),
            get("/v1/console/deliveries/{delivery}", "readDelivery", "Read a delivery with each of its tries")
                .member(Operate)
                .gives::<DeliveryView>()
                .or(&["404 unknown_delivery"]),
            post("/v1/console/deliveries/{delivery}", "actOnDelivery", "Try a delivery again, or give it up")
                .member(Operate)
                .takes::<DeliveryAct>()
                .reads_text()
                .gives::<DeliveryRow>()
                .or(&["404 unknown_delivery", "409 has_ended", "422 invalid_call"]),
            get("/v1/console/tokens", "readTokens", "Read which servers have tokens").member(Operate).gives::<TokensView>(),
            post("/v1/console/tokens", "makeOwnToken", "Make a token for a server")
                .more("It is shown this once. One of the same name is replaced, and works no longer.")
                .member(Operate)
                .takes::<NewToken>()
                .such_as(json!({ "name": "platform", "scopes": ["outcomes", "events"] }))
                .reads_text()
                .gives::<TokensView>()
                .or(&["422 invalid_call", "422 invalid_token"]),
            delete("/v1/console/tokens/{token_name}", "dropOwnToken", "Revoke a token")
                .member(Operate)
                .gives_nothing()
                .or(&["404 unknown_token"]),
            get("/v1/console/export/{export}", "exportItems", "Take all items out, as CSV or NDJSON")
                .more("`items.csv` or `items.ndjson`, written while it is read. Who took it is in the audit log.")
                .member(Operate)
                .query_of::<bool>("bom", "`true` begins CSV with a byte order mark, for spreadsheets that want one.")
                .gives_as(200, "text/csv", "The file.")
                .gives_as(200, "application/x-ndjson", "The file.")
                .or(&["404 not_found", "422 invalid_query"]),
            get("/v1/console/operations", "readOperations", "Read how the workspace runs")
                .member(Operate)
                .gives::<OperationsView>(),
        ],
    }
}
