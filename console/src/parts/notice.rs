//! A page, or a part of one, that has nothing to show, and says why.

use leptos::prelude::*;

/// A heading and what to do about it.
#[component]
pub fn Notice(
    /// What is the case.
    #[prop(into)]
    title: String,
    /// What one can do.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="notice">
            <h1 id="page" tabindex="-1">
                {title}
            </h1>
            {children()}
        </div>
    }
}

/// Lines where text will be. They show after a moment only: what comes at once needs no placeholder.
#[component]
pub fn Waiting(
    /// How many.
    lines: usize,
) -> impl IntoView {
    let lines = (0..lines).map(|_| view! { <span class="bone"></span> }).collect_view();
    view! {
        <div class="waiting">
            <p class="hidden" role="status">
                "Loading"
            </p>
            <div aria-hidden="true">{lines}</div>
        </div>
    }
}
