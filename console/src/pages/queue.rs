//! `/console/queues/{queue}`: what waits, best first, as it changes; and what is done. The address says which side of the queue
//! is shown and what it is narrowed to, so that the way back, a reload and a link that is sent lead to the same list.

mod bulk;
mod filters;
mod keys;
mod reading;
mod row;
mod rows;
mod views;
mod window;

use leptos::either::Either;
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

use crate::app::{BASE, Desk, Shelved};
use crate::list::{Side, Which};
use crate::pages::{Nowhere, call_path};
use crate::{dom, narrow};

use bulk::{Bulk, BulkBar};
use filters::{Chips, Narrow};
use rows::Rows;
use window::Window;

/// One queue.
#[component]
pub fn QueuePage() -> impl IntoView {
    let desk = Desk::here();
    let params = use_params_map();
    let query = use_query_map();
    let queue = Memo::new(move |_| params.with(|it| it.get("queue")).unwrap_or_default());
    let which = Memo::new(move |_| {
        let named = |name: &str| query.with(|it| it.get(name));
        let said = ["state", "whose"].map(|name| named(name).map(|value| format!("{name}={value}")));
        let asked = |side: &Side| said.iter().flatten().any(|said| said == side.query());
        let side = Side::ALL.into_iter().rev().find(asked).unwrap_or(Side::Open);
        Which { queue: queue.get(), side, filter: narrow::read(named) }
    });
    move || {
        let queue = queue.get();
        match desk.queue_name(&queue) {
            Some(name) => Either::Left(view! { <OneQueue queue name which /> }),
            None => Either::Right(view! { <Nowhere /> }),
        }
    }
}

#[component]
fn OneQueue(queue: String, name: String, which: Memo<Which>) -> impl IntoView {
    let desk = Desk::here();
    desk.place.set(Some(queue.clone()));
    // On the way to another queue the address is there before its page.
    let here = queue.clone();
    let which = Memo::new(move |last: Option<&Which>| {
        let now = which.get();
        if now.queue == here { now } else { last.cloned().unwrap_or(now) }
    });
    let side = Memo::new(move |_| which.with(|it| it.side));

    Effect::new({
        let name = name.clone();
        move |_| {
            let open = desk.queues.with(|queues| queues.iter().find(|it| it.id == queue).map_or(0, |it| it.open));
            dom::title(&match side.get() {
                Side::Open => format!("{name}, {open} open"),
                Side::Mine => format!("{name}, mine"),
                Side::Unassigned => format!("{name}, unassigned"),
                Side::Closed => format!("{name}, closed"),
            });
        }
    });

    let sides = Side::ALL.map(|it| {
        let href = move || {
            let other = Which { side: it, ..which.get() };
            format!("{BASE}{}", narrow::path(&other))
        };
        let label = match it {
            Side::Open => "Open",
            Side::Mine => "Mine",
            Side::Unassigned => "Unassigned",
            Side::Closed => "Closed",
        };
        view! {
            <a href=href aria-current=move || (side.get() == it).then_some("page")>
                {label}
            </a>
        }
    });
    let title = name.clone();
    view! {
        <div class="page">
            <header class="page-head">
                <h1 id="page" tabindex="-1">
                    {title}
                </h1>
                <nav class="sides" aria-label="State">
                    {sides.into_iter().collect_view()}
                </nav>
                <a class="button" href=format!("{BASE}{}", call_path(None))>
                    "Record a call"
                </a>
            </header>
            <div class="narrowing">
                <Narrow which />
                <Chips which />
            </div>
            {move || view! { <OneList which=which.get() name=name.clone() /> }}
        </div>
    }
}

/// A list on the screen.
#[component]
fn OneList(which: Which, name: String) -> impl IntoView {
    let desk = Desk::here();
    let shelved = desk.shelf(&which);
    desk.watch(&which);
    reading::keep(desk, &shelved);
    let refused = RwSignal::new(None::<String>);
    let window = Window::new(&shelved);
    let bulk = Bulk::new(desk, &shelved, window);
    keys::listen(desk, &shelved, window, bulk, refused);
    find_ones_place(desk, &shelved, window);
    view! {
        {move || refused.get().map(|why| view! { <p class="refused" role="alert">{why}</p> })}
        <div class="list">
            <Rows shelved name window />
            <BulkBar bulk />
        </div>
    }
}

/// On the way back from an item the focus returns to its row; otherwise a new page begins at its heading.
fn find_ones_place(desk: Desk, shelved: &Shelved, window: Window) {
    let left = desk.left.try_update_value(Option::take).flatten();
    let left = left.filter(|id| shelved.shelf.with_untracked(|it| it.list.get(id).is_some()));
    match left {
        Some(id) => window.go_to(id, true),
        None => {
            request_animation_frame(|| {
                if dom::focus_is_free() {
                    dom::focus("page");
                }
            });
        }
    }
}
