//! Lines that a browser fills in by itself: an address, a password. Pasting is never refused, and whoever wants to see what
//! they type may.

use leptos::prelude::*;

use super::fields::{Ids, Wrong, Wrongs, invalid};

/// A line of text that a password manager knows.
#[component]
pub fn Entry(
    wrong: Wrongs,
    field: &'static str,
    label: &'static str,
    #[prop(default = "")] help: &'static str,
    #[prop(default = "text")] kind: &'static str,
    autocomplete: &'static str,
    #[prop(optional)] fixed: bool,
    value: RwSignal<String>,
    /// What is done once it was changed and left.
    #[prop(optional)]
    left: Option<Callback<()>>,
) -> impl IntoView {
    let ids = Ids::of(field);
    view! {
        <div class="field">
            <label for=ids.id.clone()>{label}</label>
            <p class="quiet" id=format!("{}-help", ids.id)>
                {help}
            </p>
            <input
                id=ids.id
                name=field
                type=kind
                autocomplete=autocomplete
                autocapitalize="none"
                spellcheck="false"
                readonly=fixed
                aria-describedby=ids.described
                aria-invalid=invalid(wrong, field)
                prop:value=value
                on:input=move |event| value.set(event_target_value(&event))
                on:change=move |_| {
                    if let Some(left) = left {
                        left.run(());
                    }
                }
            />
            <Wrong wrong field />
        </div>
    }
}

/// A password, hidden until somebody wants to see it.
#[component]
pub fn Secret(
    wrong: Wrongs,
    field: &'static str,
    label: &'static str,
    #[prop(default = "")] help: &'static str,
    autocomplete: &'static str,
    value: RwSignal<String>,
) -> impl IntoView {
    let ids = Ids::of(field);
    let shown = RwSignal::new(false);
    let own = ids.id.clone();
    view! {
        <div class="field">
            <label for=ids.id.clone()>{label}</label>
            <p class="quiet" id=format!("{}-help", ids.id)>
                {help}
            </p>
            <div class="with-button">
                <input
                    id=ids.id
                    name=field
                    type=move || if shown.get() { "text" } else { "password" }
                    autocomplete=autocomplete
                    autocapitalize="none"
                    spellcheck="false"
                    aria-describedby=ids.described
                    aria-invalid=invalid(wrong, field)
                    prop:value=value
                    on:input=move |event| value.set(event_target_value(&event))
                />
                <button
                    class="button"
                    type="button"
                    aria-controls=own
                    aria-pressed=move || shown.get().to_string()
                    on:click=move |_| shown.update(|shown| *shown = !*shown)
                >
                    "Show"
                    <span class="hidden">{format!(" what is typed: {}", label.to_lowercase())}</span>
                </button>
            </div>
            <Wrong wrong field />
        </div>
    }
}
