//! What staff do all day: items, what is held, views and people.

use serde_json::json;
use shared::right::Right::Work;
use shared::wire::call::{CallForms, RecordCall, Recorded};
use shared::wire::console::{Act, Drafts, ItemPage, ItemView, Whose};
use shared::wire::held::{HeldPage, Review, Reviewed};
use shared::wire::lists::{ActOnMany, Many, SaveView, UndoMany, Views};
use shared::wire::people::{Alike, Merge, MergeView};
use shared::wire::{Channel, FormKind};

use crate::route::{Group, delete, get, post};

/// Why something is not done to an item: [`shared::desk::act`].
const NOT_DONE: [&str; 19] = [
    "404 unknown_item",
    "409 already_claimed",
    "409 already_theirs",
    "409 already_yours",
    "409 bad_moment",
    "409 close_reason_missing",
    "409 is_duplicate",
    "409 item_closed",
    "409 item_not_closed",
    "409 not_resting",
    "409 not_yours",
    "409 note_empty",
    "409 note_too_long",
    "409 reason_missing",
    "409 reply_empty",
    "409 reply_too_long",
    "409 same_item",
    "409 wrong_outcome",
    "422 unknown_member",
];

pub fn group() -> Group {
    Group {
        tag: "Items",
        says: "The queues of a member, their items and people, and what waits for review.",
        routes: vec![
            get("/v1/console/queues/{queue}/items", "listItems", "Read a queue")
                .member(Work)
                .query("state", "`open`, or `closed`; where absent, `open`.")
                .query_of::<Whose>("whose", "Of open items, whose.")
                .query_of::<FormKind>("kind", "Only what was opened by this.")
                .query("tier", "Only what has a tier that begins so: `A`, `B2`.")
                .query("site", "Only what came from the site of this name.")
                .query("owner", "Only what this member owns.")
                .query_of::<bool>("complaint", "Only complaints.")
                .query_of::<bool>("pressing", "Only what has a promise of which half of the time is gone.")
                .query_of::<Channel>("channel", "Only what came to us so.")
                .query("q", "Only what has these words in it.")
                .paged()
                .gives::<ItemPage>()
                .or(&["404 unknown_queue", "422 invalid_query"]),
            get("/v1/console/calls/forms", "readCallForms", "Read the forms that a call may be written down in")
                .member(Work)
                .gives::<CallForms>(),
            post("/v1/console/calls", "recordCall", "Write down a call, or whatever else did not come by a form")
                .more("It is scored and routed as what a visitor sends, and its channel is `phone`.")
                .member(Work)
                .takes::<RecordCall>()
                .such_as(json!({
                    "submission_id": "7d444840-9dc0-41d1-b245-5ffdce74fad2", "form": "inquiry",
                    "values": { "name": "Ana Ruiz", "phone": "+44 20 7946 0018", "message": "Asks for a class for five." },
                }))
                .reads_text()
                .makes::<Recorded>()
                .or(&[
                    "404 unknown_form",
                    "404 unknown_person",
                    "409 submission_id_reused",
                    "422 invalid_call",
                    "422 invalid_submission",
                ]),
            get("/v1/console/search", "searchItems", "Find items by words, in all queues of the member")
                .member(Work)
                .asks("q", "The words: two letters at least.")
                .paged()
                .gives::<ItemPage>()
                .or(&["422 invalid_query"]),
            get("/v1/console/items/{item}", "readItem", "Read an item in full")
                .member(Work)
                .gives::<ItemView>()
                .or(&["404 unknown_item", "410 erased"]),
            get("/v1/console/items/{item}/files/{file}", "readFile", "Read a file that came with an item")
                .member(Work)
                .gives_as(200, "image/png", "The bytes, as an attachment.")
                .gives_as(200, "image/jpeg", "The bytes, as an attachment.")
                .gives_as(200, "application/pdf", "The bytes, as an attachment.")
                .or(&["404 unknown_file"]),
            post("/v1/console/items/{item}/actions", "actOnItem", "Do something to an item")
                .more("Take it, give it back, note something, answer, close it.")
                .member(Work)
                .takes::<Act>()
                .such_as(json!({ "act": "note", "text": "Called back: they decide on Friday. @theo" }))
                .reads_text()
                .gives::<ItemView>()
                .or(&NOT_DONE)
                .or(&["422 invalid_action", "422 unknown_item"]),
            post("/v1/console/items/actions", "actOnItems", "Do the same to many items")
                .more("Each is judged by itself; what is taken is written in one transaction.")
                .member(Work)
                .takes::<ActOnMany>()
                .reads_text()
                .gives::<Many>()
                .or(&["422 invalid_call", "422 item_twice", "422 no_items", "422 one_at_a_time", "422 too_many"]),
            post("/v1/console/items/undo", "undoActs", "Take back what one did oneself, within ten minutes")
                .member(Work)
                .takes::<UndoMany>()
                .reads_text()
                .gives::<Many>()
                .or(&["422 invalid_call", "422 item_twice", "422 no_items", "422 too_many"]),
            get("/v1/console/items/{item}/drafts", "readDrafts", "Read what an answer may begin with")
                .member(Work)
                .gives::<Drafts>()
                .or(&["404 unknown_item"]),
            get("/v1/console/held", "listHeld", "Read what waits for review")
                .member(Work)
                .paged()
                .gives::<HeldPage>()
                .or(&["422 invalid_query"]),
            post("/v1/console/held/{held}", "reviewHeld", "Let a submission in, or throw it away")
                .member(Work)
                .takes::<Review>()
                .reads_text()
                .gives::<Reviewed>()
                .or(&[
                    "404 unknown_held",
                    "409 already_reviewed",
                    "409 cannot_release",
                    "422 invalid_review",
                    "422 note_too_long",
                ]),
            get("/v1/console/views", "listViews", "Read the kept views").member(Work).gives::<Views>(),
            post("/v1/console/views", "saveView", "Keep a view of a list")
                .more("One of the same name, queue and member is replaced.")
                .member(Work)
                .takes::<SaveView>()
                .reads_text()
                .gives::<Views>()
                .or(&["422 invalid_call", "422 invalid_view"]),
            delete("/v1/console/views/{view}", "dropView", "Let go of a kept view")
                .member(Work)
                .gives::<Views>()
                .or(&["404 unknown_view"]),
            get("/v1/console/people/{person}/alike", "findAlike", "Find who could be the same person")
                .member(Work)
                .query("q", "Words that they have.")
                .gives::<Alike>()
                .or(&["422 invalid_query"]),
            post("/v1/console/people/{person}/merges", "mergePeople", "Make one record part of another")
                .member(Work)
                .takes::<Merge>()
                .reads_text()
                .gives::<MergeView>()
                .or(&["404 unknown_person", "409 two_users", "422 invalid_call", "422 same_person"]),
            delete("/v1/console/people/{person}/merges/{merge}", "separatePeople", "Take two records apart again")
                .member(Work)
                .gives_nothing()
                .or(&["404 unknown_merge"]),
        ],
    }
}
