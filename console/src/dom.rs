//! The little that Leptos does not do to the document: focus, the title, stored preferences, and a last word when the
//! application itself breaks.

mod nearness;

use leptos::prelude::{document, request_animation_frame, window};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, EventTarget, HtmlElement, HtmlInputElement, KeyboardEvent, Node};

pub use nearness::Nearness;

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

/// Moves the focus to the first field that is wrong, once the page is drawn; where none is marked, to `otherwise`.
pub fn focus_wrong_soon(otherwise: Option<String>) {
    request_animation_frame(move || {
        let wrong = document().query_selector("[aria-invalid=true]").ok().flatten();
        let wrong = wrong.and_then(|it| it.dyn_into::<HtmlElement>().ok());
        match (wrong, otherwise) {
            // An element that cannot take it leaves it where it was.
            (Some(wrong), _) => drop(wrong.focus()),
            (None, Some(otherwise)) => drop(focus(&otherwise)),
            (None, None) => {}
        }
    });
}

/// Whether nothing in particular has the focus, so that a page may take it.
pub fn focus_is_free() -> bool {
    document().active_element().is_none_or(|it| it.tag_name() == "BODY" || it.id() == "main")
}

/// Whether the focus is in an element, or on it.
pub fn is_within(id: &str) -> bool {
    element(id).is_some_and(|it| it.contains(document().active_element().as_deref().map(|it| it as &Node)))
}

/// Whether something happened in an element, or to it.
pub fn is_inside(target: Option<EventTarget>, inside: &Element) -> bool {
    target.and_then(|it| it.dyn_into::<Node>().ok()).is_some_and(|it| inside.contains(Some(&it)))
}

/// What an attribute says of the nearest element around something that has it.
pub fn nearest(target: Option<EventTarget>, attribute: &str) -> Option<String> {
    let target = target?.dyn_into::<Element>().ok()?;
    target.closest(&format!("[{attribute}]")).ok()??.get_attribute(attribute)
}

/// The title of the window.
pub fn title(what: &str) {
    document().set_title(&format!("{what} \u{00b7} Usher"));
}

/// Whether keys mean letters where the focus is, or belong to an open dialog.
pub fn is_typing(event: &KeyboardEvent) -> bool {
    let editable = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok()).is_some_and(|it| {
        let ticks = it.dyn_ref::<HtmlInputElement>().is_some_and(|it| it.type_() == "checkbox");
        let types = matches!(it.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT") && !ticks;
        it.is_content_editable() || types
    });
    editable || document().query_selector("dialog[open]").ok().flatten().is_some()
}

/// Where the console is served from: Usher's own origin.
pub fn origin() -> String {
    window().location().origin().unwrap_or_default()
}

/// Puts a text on the clipboard. Refused where the browser does not let pages write there.
pub async fn copy(text: &str) -> Result<(), JsValue> {
    let writing = window().navigator().clipboard().write_text(text);
    wasm_bindgen_futures::JsFuture::from(writing).await.map(drop)
}

/// Selects what an element says, for whoever copies it by hand.
pub fn select_text(id: &str) {
    let selection = window().get_selection().ok().flatten();
    if let (Some(selection), Some(element)) = (selection, element(id)) {
        // Fails for what is no longer in the document: then there is nothing to select.
        let _ = selection.select_all_children(&element);
    }
}

/// Opens an address in a window that may answer this one; false where the browser does not.
pub fn open(address: &str) -> bool {
    window().open_with_url_and_target(address, "_blank").is_ok_and(|opened| opened.is_some())
}

/// A word that nobody can guess.
pub fn random_word() -> String {
    window().crypto().map(|it| it.random_uuid()).unwrap_or_default()
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

/// A value of the address's query.
pub fn query(name: &str) -> Option<String> {
    let search = window().location().search().ok()?;
    web_sys::UrlSearchParams::new_with_str(&search).ok()?.get(name).filter(|value| !value.is_empty())
}

/// Takes what went wrong out of the address, so that it is not said again when the page is read again.
pub fn drop_query() {
    let kept = query("workspace").map(|it| format!("?workspace={}", crate::api::encoded(&it))).unwrap_or_default();
    let path = window().location().pathname().unwrap_or_default();
    if let Ok(history) = window().history() {
        // Where the browser does not let us, it stays.
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&format!("{path}{kept}")));
    }
}

/// Where this page is, below a path, with its query.
pub fn path_below(base: &str) -> Option<String> {
    let location = window().location();
    let path = location.pathname().ok()?;
    let below = path.strip_prefix(base).filter(|below| below.starts_with('/') && !below.starts_with("/sign-in"))?;
    Some(format!("{below}{}", location.search().unwrap_or_default()))
}

/// Leaves for another address.
pub fn leave_for(url: &str) {
    // Refused only for what is no address, and then we stay.
    let _ = window().location().assign(url);
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
