//! All items as a file, for those who operate: what is in it, and the two ways to have it.

use leptos::prelude::*;

use crate::api;

/// The words and the links.
#[component]
pub fn Takeout() -> impl IntoView {
    view! {
        <p>
            "All items of all queues, open and closed, the oldest first: one line for each, with who sent it and how they can be reached, everything they filled in, where it stands and what became of it, score and owner."
        </p>
        <p class="quiet">
            "Not in it: files, notes and the history of items, and what visitors did on your pages. It is personal data: keep it where it is safe. The audit log says that you took it."
        </p>
        <div class="buttons">
            <a class="button" href=api::export_path("items.csv?bom=true") download="items.csv" rel="external">
                "Download CSV"
            </a>
            <a class="button" href=api::export_path("items.ndjson") download="items.ndjson" rel="external">
                "Download NDJSON"
            </a>
        </div>
        <p class="quiet">
            "CSV opens in Excel and other spreadsheets: what could be a formula is marked as text. NDJSON is for programs: one JSON object in each line."
        </p>
    }
}
