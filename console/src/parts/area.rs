//! A text of several lines, with its label, its help, and what the edge says is wrong with it.

use leptos::prelude::*;

use super::fields::Ids;
use super::{Wrong, Wrongs, invalid};

/// The control.
#[component]
pub fn Area(
    wrong: Wrongs,
    #[prop(into)] field: String,
    #[prop(into)] label: String,
    #[prop(optional, into)] help: String,
    #[prop(default = 3)] rows: u32,
    #[prop(into)] value: Signal<String>,
    set: impl Fn(String) + 'static,
) -> impl IntoView {
    let ids = Ids::of(&field);
    let help_id = format!("{}-help", ids.id);
    view! {
        <div class="field">
            <label for=ids.id.clone()>{label}</label>
            <p class="quiet" id=help_id>
                {help}
            </p>
            <textarea
                id=ids.id
                rows=rows
                dir="auto"
                aria-describedby=ids.described
                aria-invalid=invalid(wrong, &field)
                prop:value=value
                on:input=move |event| set(event_target_value(&event))
            ></textarea>
            <Wrong wrong field />
        </div>
    }
}
