//! The little that Leptos does not do to the document: focus, the title, stored preferences, and a last word when the
//! application itself breaks.

use leptos::prelude::{document, request_animation_frame, window};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{HtmlElement, KeyboardEvent};

/// An element by its id.
pub fn element(id: &str) -> Option<HtmlElement> {
    document().get_element_by_id(id)?.dyn_into().ok()
}

/// Moves the focus once the page is drawn, and so the element is there.
pub fn focus_soon(id: impl Into<String>) {
    let id = id.into();
    request_animation_frame(move || {
        focus(&id);
    });
}

/// Moves the focus; true where the element exists.
pub fn focus(id: &str) -> bool {
    element(id).is_some_and(|it| it.focus().is_ok())
}

/// The id of the element that has the focus.
pub fn focused() -> Option<String> {
    document().active_element().map(|it| it.id())
}

/// Whether nothing in particular has the focus, so that a page may take it.
pub fn focus_is_free() -> bool {
    document().active_element().is_none_or(|it| it.tag_name() == "BODY" || it.id() == "main")
}

/// The title of the window.
pub fn title(what: &str) {
    document().set_title(&format!("{what} \u{00b7} Usher"));
}

/// Whether keys mean letters where the focus is, or belong to an open dialog.
pub fn is_typing(event: &KeyboardEvent) -> bool {
    let editable = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok()).is_some_and(|it| {
        it.is_content_editable() || matches!(it.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT")
    });
    editable || document().query_selector("dialog[open]").ok().flatten().is_some()
}

/// A preference of this browser; absent where storage is not allowed.
pub fn preference(key: &str) -> Option<String> {
    window().local_storage().ok()??.get_item(key).ok()?
}

/// Keeps a preference of this browser, where storage is allowed.
pub fn prefer(key: &str, value: &str) {
    if let Ok(Some(storage)) = window().local_storage() {
        // Full or forbidden: then it lasts as long as the page.
        let _ = storage.set_item(key, value);
    }
}

/// Takes the fragment out of the address bar and out of the history, and returns it without its `#`.
pub fn take_fragment() -> Option<String> {
    let location = window().location();
    let fragment = location.hash().ok()?;
    let fragment = fragment.strip_prefix('#').filter(|it| !it.is_empty())?.to_owned();
    let path = location.pathname().ok()?;
    let history = window().history().ok()?;
    history.replace_state_with_url(&JsValue::NULL, "", Some(&path)).ok()?;
    Some(fragment)
}

/// Without this, a panic leaves a page that looks alive and does nothing.
pub fn show_when_broken() {
    std::panic::set_hook(Box::new(|info| {
        web_sys::console::error_1(&info.to_string().into());
        if let Some(notice) = element("broken") {
            notice.set_hidden(false);
        }
    }));
}
