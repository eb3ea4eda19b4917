//! Single keys, and the list of them.

use leptos::prelude::*;
use web_sys::KeyboardEvent;

use crate::app::Desk;
use crate::dom;

const HELP: &[(&[&str], &str)] = &[
    (&["j"], "next item of the queue"),
    (&["k"], "previous item"),
    (&["Enter"], "open the item"),
    (&["c"], "claim it, or accept what you were given"),
    (&["/"], "search"),
    (&["n"], "write a note (on an item)"),
    (&["w"], "let it wait (on an item)"),
    (&["g"], "give it to somebody (on an item)"),
    (&["x"], "close it with an outcome (on an item)"),
    (&["Esc"], "back; leave a form without losing what you typed"),
    (&["?"], "this list"),
];

/// Calls `handle` with the name of each key that is meant for the page, while the caller's owner lives. It says whether
/// it used the key.
pub fn on_key(desk: Desk, handle: impl Fn(&str) -> bool + 'static) {
    let listener = window_event_listener(leptos::ev::keydown, move |event: KeyboardEvent| {
        let chord = event.ctrl_key() || event.alt_key() || event.meta_key() || event.is_composing();
        if chord || event.default_prevented() || dom::is_typing(&event) {
            return;
        }
        let key = event.key();
        if key.chars().count() == 1 && !desk.single_keys.get_untracked() {
            return;
        }
        if handle(&key) {
            event.prevent_default();
        }
    });
    on_cleanup(move || listener.remove());
}

/// The button that shows the list, and the list. `?` does the same.
#[component]
pub fn Keys() -> impl IntoView {
    let desk = Desk::here();
    let dialog = NodeRef::<leptos::html::Dialog>::new();
    let show = move || {
        if let Some(dialog) = dialog.get_untracked() {
            // Fails only where it is shown already.
            let _ = dialog.show_modal();
        }
    };
    let hide = move || {
        if let Some(dialog) = dialog.get_untracked() {
            dialog.close();
        }
    };
    on_key(desk, move |key| {
        match key {
            "?" => show(),
            // The page itself moves the focus, where it is there already; who works no queue has nothing to look for.
            "/" if desk.place.with_untracked(|place| place.as_deref() != Some("/search"))
                && desk.queues.with_untracked(|queues| !queues.is_empty()) =>
            {
                desk.go("/search", false);
            }
            _ => return false,
        }
        true
    });
    let lines = HELP
        .iter()
        .map(|(keys, does)| {
            let keys = keys.iter().map(|key| view! { <kbd>{*key}</kbd> }).collect_view();
            view! {
                <div>
                    <dt>{keys}</dt>
                    <dd>{*does}</dd>
                </div>
            }
        })
        .collect_view();
    view! {
        <button class="plain keys-button" on:click=move |_| show()>
            "Keys"
        </button>
        <dialog node_ref=dialog aria-labelledby="keys-title" class="keys">
            <h2 id="keys-title">"Keys"</h2>
            <dl>{lines}</dl>
            <label class="check">
                <input
                    type="checkbox"
                    prop:checked=desk.single_keys
                    on:change=move |event| desk.use_single_keys(event_target_checked(&event))
                />
                "Use single keys in this browser"
            </label>
            <p class="row-end">
                <button class="button" autofocus on:click=move |_| hide()>
                    "Close"
                </button>
            </p>
        </dialog>
    }
}
