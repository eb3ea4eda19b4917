//! A destination that is changed.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use shared::wire::destination::Destination;

use super::editing::Editing;
use super::editor::Editor;
use super::{Gate, name};
use crate::app::{BASE, Desk};
use crate::parts::Notice;
use crate::{dom, words};

/// `/console/destinations/{id}/edit`.
#[component]
pub fn DestinationPage() -> impl IntoView {
    let destinations = Desk::here().destinations;
    dom::title("Destination");
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|it| it.get("id")).unwrap_or_default());
    let one = move || {
        let id = id.get();
        match untrack(|| destinations.one(&id)) {
            Some(first) => view! { <One first=first.edit /> }.into_any(),
            None => view! {
                <Notice title="There is no such destination">
                    <p>
                        "It may have been removed. " <a href=format!("{BASE}/destinations")>"See all destinations"</a> "."
                    </p>
                </Notice>
            }
            .into_any(),
        }
    };
    view! {
        <article class="page delivery">
            <Gate>{one}</Gate>
        </article>
    }
}

#[component]
fn One(first: Destination) -> impl IntoView {
    let title = name(&first).to_owned();
    let about = format!("{} \u{b7} ", words::destination_kind(first.to.tag()));
    let id = first.id.clone();
    dom::title(&title);
    let editing = Editing::open(Some(id.clone()), first);
    request_animation_frame(|| {
        if dom::focus_is_free() {
            dom::focus("page");
        }
    });
    view! {
        <header class="item-head">
            <p class="back">
                <a href=format!("{BASE}/destinations")>
                    <span aria-hidden="true">"\u{2190} "</span>
                    "Destinations"
                </a>
            </p>
            <h1 id="page" tabindex="-1">
                <bdi>{title}</bdi>
            </h1>
            <p class="quiet">
                {about}
                <span class="code">{id}</span>
            </p>
        </header>
        <Editor editing />
    }
}
