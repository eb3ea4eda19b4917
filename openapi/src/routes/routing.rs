//! Who gets what.

use serde_json::json;
use shared::right::Right::{ChangeRouting, SeeTeam, TryScoring};
use shared::wire::routing::{
    CheckTable, PublishTable, ReplayTable, RollBackTable, RoutingView, SaveTableDraft, Simulate, Simulated,
    TableVersion,
};
use shared::wire::scoring::{Checked, ReplayPage};

use crate::route::{Group, delete, get, post, put};

pub fn group() -> Group {
    Group {
        tag: "Routing",
        says: "Pools and routing rules: who gets what.",
        routes: vec![
            get("/v1/console/routing", "readRouting", "Read the table in force, and the draft")
                .member(SeeTeam)
                .gives::<RoutingView>(),
            get("/v1/console/routing/versions/{version}", "readTable", "Read the table of a version")
                .member(SeeTeam)
                .gives::<TableVersion>()
                .or(&["404 unknown_version"]),
            post("/v1/console/routing/check", "checkTable", "Ask what is wrong or odd in a table")
                .member(TryScoring)
                .takes::<CheckTable>()
                .reads_text()
                .gives::<Checked>()
                .or(&["422 invalid_call"]),
            post("/v1/console/routing/simulate", "simulateRoute", "Ask who would get something")
                .member(TryScoring)
                .takes::<Simulate>()
                .such_as(json!({ "item": "01a22a30cb32b53694bda1052ee77364", "at": "2026-12-01T09:00:00Z" }))
                .reads_text()
                .gives::<Simulated>()
                .or(&[
                    "404 unknown_item",
                    "422 bad_moment",
                    "422 invalid_basis",
                    "422 invalid_call",
                    "422 invalid_table",
                    "422 no_route",
                    "422 nothing_to_route",
                ]),
            post("/v1/console/routing/replay", "replayTable", "Route the past by another table")
                .member(TryScoring)
                .takes::<ReplayTable>()
                .reads_text()
                .gives::<ReplayPage>()
                .or(&["422 invalid_call", "422 invalid_days", "422 invalid_start", "422 invalid_table"]),
            put("/v1/console/routing/draft", "saveTableDraft", "Keep a draft of the table")
                .member(ChangeRouting)
                .takes::<SaveTableDraft>()
                .reads_text()
                .gives::<RoutingView>()
                .or(&["409 stale", "422 invalid_call"]),
            delete("/v1/console/routing/draft", "dropTableDraft", "Throw the draft away")
                .member(ChangeRouting)
                .gives::<RoutingView>(),
            put("/v1/console/routing", "publishTable", "Put a table in force")
                .member(ChangeRouting)
                .takes::<PublishTable>()
                .reads_text()
                .gives::<RoutingView>()
                .or(&["409 stale", "422 invalid_call", "422 invalid_table", "422 note_too_long"]),
            post("/v1/console/routing/roll-back", "rollBackTable", "Put an earlier table in force again")
                .member(ChangeRouting)
                .takes::<RollBackTable>()
                .reads_text()
                .gives::<RoutingView>()
                .or(&["404 unknown_version", "409 stale", "422 invalid_call", "422 invalid_table"]),
        ],
    }
}
