//! Single keys, and the list of them.

use leptos::prelude::*;
use web_sys::KeyboardEvent;

use crate::app::Desk;
use crate::dom;

/// Some keys, and what they do.
type Line = (&'static [&'static str], &'static str);

/// What keys do, by where.
const HELP: &[(&str, &[Line])] = &[
    (
        "In a queue",
        &[
            (&["j", "k"], "next item, previous item"),
            (&["Home", "End"], "first item, last item"),
            (&["Enter"], "open the item"),
            (&["x"], "pick it, or let go of it"),
            (&["J", "K"], "pick on the way"),
            (&["c"], "claim, or accept what you were given"),
            (&["g"], "give to somebody"),
            (&["w"], "let rest"),
            (&["e"], "close with an outcome"),
            (&["r"], "release"),
            (&["f"], "look for something in it"),
            (&["v"], "views"),
        ],
    ),
    (
        "On an item",
        &[
            (&["c"], "claim it, or accept it"),
            (&["r"], "answer"),
            (&["n"], "write a note"),
            (&["g"], "give it to somebody"),
            (&["w"], "let it rest"),
            (&["x"], "close it with an outcome"),
            (&["d"], "close it as the same as another"),
            (&["Esc"], "back to the queue"),
        ],
    ),
    (
        "Everywhere",
        &[
            (&["z"], "take back what was done last"),
            (&["/"], "search"),
            (&["Esc"], "leave a form, without losing what you typed; let go of what is picked"),
            (&["?"], "this list"),
        ],
    ),
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
    let line = |(keys, does): &Line| {
        let keys = keys.iter().map(|key| view! { <kbd>{*key}</kbd> " " }).collect_view();
        let does = *does;
        view! {
            <div>
                <dt>{keys}</dt>
                <dd>{does}</dd>
            </div>
        }
    };
    let part = |(place, keys): &(&'static str, &'static [Line])| {
        let (place, lines) = (*place, keys.iter().map(line).collect_view());
        view! {
            <section>
                <h3>{place}</h3>
                <dl>{lines}</dl>
            </section>
        }
    };
    let parts = HELP.iter().map(part).collect_view();
    view! {
        <button class="plain keys-button" on:click=move |_| show()>
            "Keys"
        </button>
        <dialog node_ref=dialog aria-labelledby="keys-title" class="keys">
            <h2 id="keys-title">"Keys"</h2>
            <div class="keys-parts">{parts}</div>
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
