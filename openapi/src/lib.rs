//! What Usher answers over HTTP, as one OpenAPI 3.1 document: `docs/openapi.json`, served at `/openapi.json`.
//!
//! [`routes`] has one entry for each route: its method, address, name and summary, who may call it, the wire types that it takes
//! and gives, and the stable codes of its problems, which [`codes`] explains. The schemas come from the types' serde attributes.
//!
//! ```text
//! get("/v1/console/items/{item}", "readItem", "Read an item in full").member(Work).gives::<ItemView>().or(&["404 unknown_item"]),
//! ```
//!
//! A route of the edge that has no entry here fails `tests/router.rs`, and so does an entry without a route; a problem without
//! a line in [`codes`] fails `tests/codes.rs`. `cargo xtask test --only schema` asks the running server whether all of it is true.
//!
//! Not here: what a call does (`edge`), or what its fields mean (`shared::wire`, whose comments are the descriptions).

pub mod codes;
pub mod document;
pub mod route;
pub mod routes;
pub mod schemas;

/// The document, as it is checked in and served.
pub fn text() -> String {
    let mut text = serde_json::to_string_pretty(&document::document(&routes::all())).unwrap_or_default();
    text.push('\n');
    text
}
