//! What was done last, and the button that takes it back.

use leptos::prelude::*;

use crate::app::{BAR, Desk, Told};

/// The bar. It is quiet: what was done is said where it was done.
#[component]
pub fn UndoBar() -> impl IntoView {
    let desk = Desk::here();
    // Its buttons stay where they are while it is taken back.
    let is_there = Memo::new(move |_| desk.told.with(Option::is_some));
    let of =
        move |part: fn(&Told) -> String| move || desk.told.with(|told| told.as_ref().map(part).unwrap_or_default());
    let can = Memo::new(move |_| desk.told.with(|told| told.as_ref().is_some_and(|told| !told.items.is_empty())));
    let busy = move || desk.told.with(|told| told.as_ref().is_some_and(|told| told.busy)).to_string();
    let not = move || {
        let not = desk.told.with(|told| told.as_ref().map(|told| told.not.clone()).unwrap_or_default());
        (!not.is_empty()).then(|| {
            let lines = not.into_iter().map(|why| view! { <li><bdi>{why}</bdi></li> }).collect_view();
            view! { <ul class="not-done" role="alert">{lines}</ul> }
        })
    };
    let bar = move || {
        view! {
            <div class="undo" id=BAR tabindex="-1" role="group" aria-label="What was done">
                <p>
                    <bdi>{of(|told| told.says.clone())}</bdi>
                </p>
                <div class="undo-buttons">
                    {move || {
                        can.get()
                            .then(|| {
                                view! {
                                    <button class="button" aria-disabled=busy on:click=move |_| desk.take_back()>
                                        "Undo"
                                    </button>
                                }
                            })
                    }}
                    <button class="plain" on:click=move |_| desk.forget_what_was_done()>
                        "Dismiss"
                    </button>
                </div>
                {not}
            </div>
        }
    };
    move || is_there.get().then(bar)
}
