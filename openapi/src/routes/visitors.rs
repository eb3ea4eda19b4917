//! What pages that show the widget call, and what visitors open.

use serde_json::json;
use shared::wire::challenge::Challenge;
use shared::wire::file::Uploaded;
use shared::wire::known::{AskKnown, KnownAnswer};
use shared::wire::prompt::{AskPrompts, PromptsAnswer};
use shared::wire::signal::BatchAnswer;
use shared::wire::{Boot, Receipt, SignalBatch, Submit};

use crate::route::{Group, bytes, get, html_form, post};

const HTML: &str = "text/html";
/// A submission is one, whoever reads the answer.
const NOT_TAKEN: [&str; 16] = [
    "400 broken_off",
    "400 malformed_json",
    "400 not_utf8",
    "403 origin_not_allowed",
    "404 unknown_form",
    "404 unknown_workspace",
    "409 submission_id_reused",
    "410 submission_erased",
    "410 site_expired",
    "410 site_off",
    "413 too_large",
    "415 unsupported_type",
    "422 invalid_submission",
    "422 no_route",
    "429 review_full",
    "429 too_many",
];

pub fn group() -> Group {
    let lang = "The visitor's language: `en`, `pt-BR`.";
    Group {
        tag: "Visitors",
        says: "For pages that show the widget, by the site's public key and only from the origins that the site lists; and \
            the plain pages that visitors open.",
        routes: vec![
            get("/v1/boot/{key}", "boot", "Read what a site shows")
                .more("Its forms, prompts, words and look, in one language.")
                .page()
                .query("lang", lang)
                .gives::<Boot>(),
            get("/v1/boot/{key}.js", "bootModule", "Read what a site shows, as the module that the loader imports")
                .page()
                .query("lang", lang)
                .gives_as(200, "text/javascript", "The page side, with the site's configuration in it."),
            get("/v1/forms/{key}/{form}", "readForm", "Open a form as a plain page")
                .query("lang", lang)
                .query("frame", "There where the page stands in a frame on a page of the site.")
                .gives_as(200, HTML, "The form, without a script.")
                .gives_as(404, HTML, "The site shows no such form, or takes nothing at the moment.")
                .or(&["404 unknown_site"]),
            post("/v1/forms/{key}/{form}", "submitForm", "Send a form")
                .more(
                    "Success means that it is on disk. Sent again with the same `submission_id` the answer is the same receipt. \
                     As JSON the answer is JSON; a plain HTML form gets a page.",
                )
                .page()
                .takes_from_pages::<Submit>()
                .such_as(json!({
                    "submission_id": "7d444840-9dc0-41d1-b245-5ffdce74fad2",
                    "values": { "name": "Ana Ruiz", "email": "ana@example.com", "message": "Which plan fits a class of twelve?" },
                    "page": { "url": "https://learn.example.com/pricing/?utm_source=letter", "title": "Pricing" },
                }))
                .takes_as("application/x-www-form-urlencoded", html_form)
                .takes_as("multipart/form-data", html_form)
                .gives::<Receipt>()
                .gives_as(200, HTML, "Thanks, with the reference.")
                .answers_bare(303, "The form leads on to a page of the site.")
                .gives_as(404, HTML, "The site shows no such form.")
                .gives_as(409, HTML, "The form again.")
                .gives_as(410, HTML, "The form again.")
                .gives_as(422, HTML, "The form again, with what was typed and what is wrong.")
                .gives_as(429, HTML, "The form again.")
                .or(&NOT_TAKEN),
            post("/v1/files/{key}", "uploadFile", "Store a file, to name it in a form")
                .more("Success means that it is on disk. Its id is then the value of a `file` field. A PNG, a JPEG or a PDF, of at most 5 MB.")
                .page()
                .query("name", "The file's name, where the body is the file itself.")
                .takes_as("application/octet-stream", bytes)
                .makes::<Uploaded>()
                .or(&[
                    "400 broken_off",
                    "400 malformed_parts",
                    "400 not_one_file",
                    "404 no_file_field",
                    "413 file_too_large",
                    "415 file_type",
                    "422 file_damaged",
                    "422 file_empty",
                    "422 file_mixed",
                    "429 file_later",
                ]),
            get("/v1/challenge/{key}", "readChallenge", "Ask for a proof of work")
                .more("Its solution is the `proof` of a submission, where the site asks for one.")
                .page()
                .gives::<Challenge>(),
            post("/v1/signals/{key}", "sendSignals", "Tell what a visitor did")
                .more("Each signal ends in one fate, and the answer counts them. With `Sec-GPC: 1` nothing is kept.")
                .page()
                .takes_from_pages::<SignalBatch>()
                .such_as(json!({
                    "batch_id": "0b9c1f0e-6f0a-4a65-9d56-0c6a1f3f9a11",
                    "signals": [{ "kind": "pricing_viewed", "ago_ms": 1500, "url": "https://learn.example.com/pricing/" }],
                }))
                .gives::<BatchAnswer>()
                .or(&["400 malformed_json", "413 too_large", "422 invalid_signals"]),
            post("/v1/prompts/{key}", "askPrompts", "Ask which prompt may be shown")
                .page()
                .takes_from_pages::<AskPrompts>()
                .such_as(json!({ "prompts": ["pricing_reading"], "url": "https://learn.example.com/pricing/" }))
                .reads_text()
                .gives::<PromptsAnswer>()
                .or(&["400 malformed_json", "422 too_many_prompts"]),
            post("/v1/known/{key}", "askKnown", "Ask what is known of somebody who proved who they are")
                .more("Without a good token the answer is 401, the same for people Usher knows and for people it does not.")
                .page()
                .takes_from_pages::<AskKnown>()
                .gives::<KnownAnswer>()
                .or(&["400 malformed_json", "401 not_identified", "404 unknown_form", "410 site_expired", "410 site_off"]),
            get("/v1/preview/{key}", "previewSite", "Open a page with a site's launcher, for the console")
                .query("form", "The form that opens first.")
                .query("lang", lang)
                .query("mode", "`light` or `dark`.")
                .query("accent", "A colour that is not saved yet: `#2457d6`.")
                .query("accent_text", "The colour of text on it.")
                .query("radius", "How round corners are: 0 to 24.")
                .gives_as(200, HTML, "The page."),
            get("/v1/feedback/{workspace}/{token}", "openFeedback", "Open the page that asks how satisfied somebody is")
                .gives_as(200, HTML, "The page.")
                .or(&["404 unknown_link", "404 unknown_workspace"]),
            post("/v1/feedback/{workspace}/{token}", "sendFeedback", "Say how satisfied one is")
                .takes_as("application/x-www-form-urlencoded", html_form)
                .reads_text()
                .gives_as(200, HTML, "Thanks.")
                .gives_as(422, HTML, "The page again, with what is wrong.")
                .gives_as(429, HTML, "It was said before.")
                .or(&["404 unknown_link", "404 unknown_workspace", "422 invalid_feedback"]),
        ],
    }
}
