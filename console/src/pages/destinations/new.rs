//! A destination that is not there yet: first its kind, then the rest.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use shared::wire::destination::{Destination, EventKind};

use super::editing::Editing;
use super::editor::Editor;
use super::{Gate, kinds};
use crate::app::BASE;
use crate::{dom, words};

/// `/console/destinations/new`, with the kind in its query once it is chosen.
#[component]
pub fn NewDestinationPage() -> impl IntoView {
    dom::title("New destination");
    let query = use_query_map();
    let kind = Memo::new(move |_| query.with(|query| query.get("kind")).unwrap_or_default());
    Effect::new(move |last: Option<String>| {
        let now = kind.get();
        // The next step begins at its head.
        if last.is_some_and(|last| last != now) {
            dom::focus_soon("page");
        }
        now
    });
    request_animation_frame(|| {
        if dom::focus_is_free() {
            dom::focus("page");
        }
    });
    let body = move || match kinds::blank(&kind.get()) {
        Some(to) => {
            let blank = Destination {
                id: String::new(),
                name: String::new(),
                when: serde_json::Value::Object(serde_json::Map::new()),
                events: vec![EventKind::Opened],
                off: false,
                to,
            };
            view! { <New blank /> }.into_any()
        }
        None => view! { <Kinds /> }.into_any(),
    };
    let title = move || match kinds::blank(&kind.get()) {
        Some(_) => format!("New destination: {}", words::destination_kind(&kind.get())),
        None => "New destination".to_owned(),
    };
    view! {
        <article class="page delivery" aria-labelledby="page">
            <header class="item-head">
                <p class="back">
                    <a href=format!("{BASE}/destinations")>
                        <span aria-hidden="true">"\u{2190} "</span>
                        "Destinations"
                    </a>
                </p>
                <h1 id="page" tabindex="-1">
                    {title}
                </h1>
            </header>
            <Gate>{body}</Gate>
        </article>
    }
}

#[component]
fn New(blank: Destination) -> impl IntoView {
    let editing = Editing::open(None, blank);
    view! { <Editor editing /> }
}

/// What there is to choose from.
#[component]
fn Kinds() -> impl IntoView {
    let line = |(tag, about): (&'static str, &'static str)| {
        view! {
            <li class="site-line kind-line">
                <p class="site-name">
                    <a href=format!("{BASE}/destinations/new?kind={tag}")>{words::destination_kind(tag)}</a>
                </p>
                <p class="quiet">{about}</p>
            </li>
        }
    };
    view! {
        <section class="kinds" aria-labelledby="kinds">
            <h2 id="kinds">"What is it?"</h2>
            <ul class="site-list">{kinds::ALL.into_iter().map(line).collect_view()}</ul>
        </section>
    }
}
