//! The application that staff work in: sign in, watch a queue, open an item, act on it.
//!
//! It runs in the browser, under `/console/`, and speaks [`shared::wire::console`] with the edge worker of the same
//! origin. It decides nothing about an item: scores, routes and promises are read, never computed.
//!
//! * `app` holds what outlives a page: the session, the lists, the drafts, the live connection;
//! * `pages` are what an address shows, `parts` what several of them share;
//! * `list`, `narrow`, `picks`, `when`, `words`, `address` and `live::pause_ms` are pure, and tested natively;
//! * `api`, `live`, `clock` and `dom` are the only files that touch the network, the clock and the document.

mod address;
mod api;
mod app;
mod clock;
mod dom;
mod list;
mod live;
mod narrow;
mod pages;
mod parts;
mod picks;
mod when;
mod words;

use wasm_bindgen::prelude::wasm_bindgen;

/// Starts the application in `#app`. The browser calls it as soon as the module is there.
#[wasm_bindgen(start)]
pub fn start() {
    dom::show_when_broken();
    let Some(place) = dom::element("app") else { return };
    // What the page said while the module was on its way.
    place.set_text_content(None);
    leptos::mount::mount_to(place, app::Console).forget();
}
