//! `/console/routing`: who gets what. The rules and the teams, what is odd in them, who would get something, where the past would
//! have gone; and publishing, for those who may.

mod editing;
mod hours;
mod pools;
mod publish;
mod rules;
mod tries;
mod typed;
mod wants;

use std::time::Duration;

use leptos::leptos_dom::helpers::debounce;
use leptos::prelude::*;

pub use editing::Routing;

use crate::app::Desk;
use crate::dom;
use crate::parts::{Notice, Waiting, id_of};
use crate::words;

use pools::Pools;
use publish::{Publish, Versions};
use rules::Rules;
use tries::{Past, Try};

/// It is checked once one stops typing.
const CHECK_AFTER: Duration = Duration::from_millis(400);

/// The page.
#[component]
pub fn RoutingPage() -> impl IntoView {
    let desk = Desk::here();
    let routing = desk.routing;
    desk.place.set(Some("/routing".to_owned()));
    dom::title("Routing");
    // The first reading, and one for each opening of the connection.
    Effect::new(move |_| {
        desk.opening.track();
        routing.read(desk);
    });
    let mut check = debounce(CHECK_AFTER, move |()| routing.check(desk));
    Effect::new(move |first: Option<()>| {
        routing.table.track();
        // What has just been read was checked there.
        if first.is_some() && untrack(|| routing.is_changed() && routing.may_change()) {
            check(());
        }
    });
    request_animation_frame(|| {
        if dom::focus_is_free() {
            dom::focus("page");
        }
    });
    let is_there = Memo::new(move |_| routing.view.with(Option::is_some));
    let body = move || match (is_there.get(), routing.failure.get()) {
        (true, why) => view! {
            {why.map(|why| view! { <p class="refused" role="alert">{why}</p> })}
            <Shown routing />
        }
        .into_any(),
        (false, None) => view! { <Waiting lines=8 /> }.into_any(),
        (false, Some(why)) => view! {
            <Notice title="The routing table could not be read">
                <p role="alert">{why}</p>
                <p>
                    <button class="button main" on:click=move |_| routing.read(desk)>
                        "Try again"
                    </button>
                </p>
            </Notice>
        }
        .into_any(),
    };
    view! {
        <div class="page">
            <header class="page-head">
                <h1 id="page" tabindex="-1">
                    "Routing"
                </h1>
            </header>
            {body}
        </div>
    }
}

#[component]
fn Shown(routing: Routing) -> impl IntoView {
    let desk = Desk::here();
    let facts = routing.view.with_untracked(|view| view.as_ref().map(|view| view.facts.clone()).unwrap_or_default());
    let facts = StoredValue::new(facts);
    let tries = move || {
        desk.tries.get().then(|| {
            view! {
                <Try routing />
                <Past routing />
            }
        })
    };
    view! {
        <div class="scoring-columns rules-first">
            <div class="scoring-main">
                <Rules routing facts />
                <Pools routing />
            </div>
            <div class="scoring-side">
                {move || routing.may_change().then(|| view! { <Publish routing /> })} {tries} <Versions routing />
            </div>
        </div>
    }
}

/// A rule or a pool, and what is odd about it; its form opens below.
#[component]
fn Line(
    routing: Routing,
    /// Its path in the table.
    path: String,
    #[prop(into)] title: Signal<String>,
    #[prop(into)] about: Signal<String>,
    children: ChildrenFn,
) -> impl IntoView {
    let (own, within) = (StoredValue::new(path.clone()), format!("{path}."));
    let is_open = Memo::new(move |_| routing.open.with(|open| own.with_value(|own| open.as_ref() == Some(own))));
    let toggle = move |_| {
        let now = is_open.get_untracked();
        routing.open.set((!now).then(|| own.get_value()));
    };
    let odd = move || {
        routing.hints.with(|hints| {
            let here = |at: &str| own.with_value(|own| at == own) || at.starts_with(&within);
            let own = hints.iter().filter(|hint| here(&hint.path));
            own.map(|hint| view! { <p class="hint">{words::sentence(&hint.says)}</p> }).collect_view()
        })
    };
    view! {
        <li id=id_of(&path) tabindex="-1">
            <button class="table-line" aria-expanded=move || is_open.get().to_string() on:click=toggle>
                <b>{title}</b>
                " "
                <span class="quiet">{about}</span>
            </button>
            {odd}
            {move || is_open.get().then(|| children())}
        </li>
    }
}
