//! What the platform's own server calls, and what watches over Usher.

use serde_json::json;
use shared::wire::health::{Live, Ready};
use shared::wire::outcome::{Report, Told};

use crate::route::{Group, get, post, text};

pub fn group() -> Group {
    Group {
        tag: "Platform",
        says: "For the platform's own server, by a token of the workspace's; and whether Usher runs.",
        routes: vec![
            post("/v1/workspaces/{workspace}/outcomes", "reportOutcomes", "Tell what became of items")
                .more("Each outcome is judged by itself, and the answer has a line for each: what is known already is `known`, so a report may be sent again.")
                .server()
                .takes::<Report>()
                .such_as(json!({ "outcomes": [{ "item": "USH-4K7QD-2MX9T", "outcome": "won", "at": "2026-11-29T10:00:00Z" }] }))
                .takes_as("text/csv", text)
                .reads_text()
                .gives::<Told>()
                .or(&[
                    "400 malformed_json",
                    "413 too_many",
                    "422 no_outcomes",
                    "422 wrong_columns",
                ]),
            get("/livez", "live", "Ask whether Usher runs").gives::<Live>(),
            get("/readyz", "ready", "Ask whether Usher can take a submission").gives::<Ready>(),
        ],
    }
}
