//! What the platform's own server calls, and what watches over Usher.

use serde_json::json;
use shared::wire::destination::EventKind;
use shared::wire::health::{Live, Ready, Status};
use shared::wire::lifecycle::{EventsReport, EventsTold};
use shared::wire::mail::MailTaken;
use shared::wire::outcome::{Report, Told};
use shared::wire::privacy::{ErasePeople, FindPeople, PeopleErased, PeopleExport};
use shared::wire::token::{Sample, Subscribe, Subscribed};

use crate::route::{Group, delete, get, post, text};

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
            post("/v1/workspaces/{workspace}/events", "reportEvents", "Tell what happened to customers")
                .more("Each event has an id of its own: sent again, it is `known`. Who bought is won by their last open lead.")
                .server()
                .takes::<EventsReport>()
                .such_as(json!({ "events": [{ "id": "evt-1", "type": "purchased", "email": "ana@example.com" }] }))
                .reads_text()
                .gives::<EventsTold>()
                .or(&["400 malformed_json", "413 too_many", "422 no_events"]),
            post("/v1/workspaces/{workspace}/mail", "handOverMail", "Hand over a mail that came in")
                .more("The mail itself, as it came (RFC 5322): of 10 MB at most, with its files, whose names are kept. It opens an item by the form of the mailbox that it is to, or stands on the open item that it answers. Sent again, it is a `duplicate`.")
                .server()
                .query("to", "The address that it was delivered to; where absent, its headers say.")
                .query("from", "The address of its envelope; empty where it has none, as reports of what could not be delivered have it.")
                .takes_as("message/rfc822", text)
                .gives::<MailTaken>()
                .or(&[
                    "400 broken_off",
                    "400 malformed_mail",
                    "404 unknown_form",
                    "404 unknown_site",
                    "410 site_expired",
                    "410 site_off",
                    "413 too_large",
                    "422 invalid_query",
                    "422 invalid_submission",
                    "422 unknown_mailbox",
                    "429 review_full",
                    "429 too_many",
                ]),
            post("/v1/workspaces/{workspace}/hooks", "subscribe", "Be told what happens")
                .more("As Zapier subscribes. What is told is what its sample shows, signed as Standard Webhooks has it.")
                .server()
                .takes::<Subscribe>()
                .such_as(json!({ "target_url": "https://hooks.example.com/usher", "event": "item.opened" }))
                .reads_text()
                .makes::<Subscribed>()
                .or(&["422 invalid_call", "422 invalid_config"]),
            delete("/v1/workspaces/{workspace}/hooks/{hook}", "unsubscribe", "Be told no more")
                .server()
                .gives_nothing()
                .or(&["404 unknown_hook"]),
            get("/v1/workspaces/{workspace}/hooks/sample", "readSample", "See what would be told")
                .server()
                .query_of::<EventKind>("event", "Of what; where absent, of an item that was opened.")
                .gives::<Vec<Sample>>()
                .or(&["422 invalid_query"]),
            post("/v1/workspaces/{workspace}/people/export", "exportPeopleForServer", "Take out everything that is known of somebody")
                .more("Of everybody who is known so: by an address, a telephone number, or as the platform's user.")
                .server()
                .takes::<FindPeople>()
                .such_as(json!({ "email": "ana@example.com" }))
                .reads_text()
                .gives::<PeopleExport>()
                .or(&["422 invalid_call"]),
            post("/v1/workspaces/{workspace}/people/erase", "erasePeopleForServer", "Erase somebody for good")
                .more("Everybody who is known so; nobody, where one of them is on hold. Asked for again, it finds nobody any more.")
                .server()
                .takes::<ErasePeople>()
                .such_as(json!({ "who": { "user": "u-17" }, "reason": "asked" }))
                .reads_text()
                .gives::<PeopleErased>()
                .or(&["409 on_hold", "422 invalid_call"]),
            get("/v1/workspaces/{workspace}/export/{export}", "exportForServer", "Take all items out, as CSV or NDJSON")
                .more("`items.csv` or `items.ndjson`, written while it is read.")
                .server()
                .query_of::<bool>("bom", "`true` begins CSV with a byte order mark, for spreadsheets that want one.")
                .gives_as(200, "text/csv", "The file.")
                .gives_as(200, "application/x-ndjson", "The file.")
                .or(&["404 not_found", "422 invalid_query"]),
            get("/status", "readStatus", "Ask how each workspace stands").operator().gives::<Status>(),
            get("/metrics", "readMetrics", "The same for Prometheus, and how long routes take")
                .operator()
                .gives_as(200, "text/plain", "Prometheus\u{2019}s text format, 0.0.4."),
            get("/livez", "live", "Ask whether Usher runs").gives::<Live>(),
            get("/readyz", "ready", "Ask whether Usher can take a submission").gives::<Ready>(),
        ],
    }
}
