//! A button, and a panel that it opens below itself. Escape, or a press elsewhere, closes it.

use leptos::prelude::*;

use crate::dom;

/// The button and the panel.
#[component]
pub fn Fold(
    /// The button's id; the panel's is made of it.
    id: &'static str,
    /// What is on the button.
    #[prop(into)]
    label: Signal<String>,
    /// Names the panel.
    name: &'static str,
    /// Whether it is open.
    open: RwSignal<bool>,
    /// What is in it.
    children: ChildrenFn,
) -> impl IntoView {
    let whole = NodeRef::<leptos::html::Div>::new();
    let elsewhere = window_event_listener(leptos::ev::pointerdown, move |event| {
        let is_outside = whole.get_untracked().is_some_and(|it| !dom::is_inside(event.target(), &it));
        if is_outside && open.get_untracked() {
            open.set(false);
        }
    });
    on_cleanup(move || elsewhere.remove());
    let panel = format!("{id}-panel");
    let controls = panel.clone();
    view! {
        <div
            class="fold"
            node_ref=whole
            on:keydown=move |event| {
                if event.key() == "Escape" && open.get_untracked() {
                    event.prevent_default();
                    open.set(false);
                    dom::focus(id);
                }
            }
        >
            <button
                class="button"
                type="button"
                id=id
                aria-expanded=move || open.get().to_string()
                aria-controls=move || open.get().then(|| controls.clone())
                on:click=move |_| open.update(|it| *it = !*it)
            >
                <bdi class="fold-label">{label}</bdi>
            </button>
            {move || {
                open.get()
                    .then(|| {
                        view! {
                            <div class="fold-panel" id=panel.clone() role="group" aria-label=name>
                                {children()}
                            </div>
                        }
                    })
            }}
        </div>
    }
}
