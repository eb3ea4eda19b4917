//! `/console/deliveries`: what destinations were told, the latest first, and what came of each try.

mod asked;
mod filters;
mod follow;
mod opened;
mod row;

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::{use_location, use_query_map};
use shared::wire::delivery::{DeliveriesPage as Page, DeliveryRow};

pub use asked::Asked;
pub use follow::follow;
pub use opened::Opened;

use crate::api::{self, Failure};
use crate::app::{BASE, Desk, Leaving};
use crate::dom;
use crate::pages::destinations::NotYours;
use crate::parts::Waiting;

use filters::Filters;
use row::Row;

/// How often the first page is read again while one looks at it.
const AGAIN: Duration = Duration::from_secs(15);

/// The pages about deliveries.
#[component]
pub fn Ways() -> impl IntoView {
    let path = use_location().pathname;
    let way = move |to: &'static str, name: &'static str| {
        let href = format!("{BASE}{to}");
        let own = href.clone();
        let here = move || path.with(|path| path.trim_end_matches('/') == own).then_some("page");
        view! {
            <a href=href aria-current=here>
                {name}
            </a>
        }
    };
    view! {
        <nav class="sides delivery-ways" aria-label="Delivery">
            {way("/destinations", "Destinations")}
            {way("/deliveries", "Log")}
        </nav>
    }
}

/// What was read so far.
#[derive(Clone, Copy)]
pub struct Log {
    desk: Desk,
    /// What is asked for: what the address says.
    asked: Memo<Asked>,
    rows: RwSignal<Option<Vec<DeliveryRow>>>,
    next: RwSignal<Option<String>>,
    failure: RwSignal<Option<String>>,
    busy: RwSignal<bool>,
    /// Whether more than the first page is on the screen: then it is not read again by itself.
    is_long: RwSignal<bool>,
    /// The one whose tries are shown.
    open: RwSignal<Option<String>>,
}

impl Log {
    /// Reads the first page, or one more.
    fn read(self, more: bool) {
        if self.busy.get_untracked() || !self.desk.operates.get_untracked() {
            return;
        }
        self.busy.set(true);
        let asked = self.asked.get_untracked();
        let after = self.next.get_untracked().filter(|_| more);
        spawn_local(async move {
            let answer = api::deliveries(&asked.query(), after.as_deref()).await;
            let _ = self.busy.try_set(false);
            match self.asked.try_get_untracked() {
                Some(now) if now == asked => self.heard(answer, more),
                // Something else is asked for meanwhile.
                Some(_) => self.read(false),
                None => {}
            }
        });
    }

    fn heard(self, answer: api::Answer<Page>, more: bool) {
        match answer {
            Ok(page) => {
                self.failure.set(None);
                self.next.set(page.next);
                self.is_long.set(more);
                self.rows.update(|known| match known {
                    Some(known) if more => known.extend(page.deliveries),
                    _ => *known = Some(page.deliveries),
                });
            }
            Err(Failure::SignedOut) => self.desk.signed_out(Leaving::Ended),
            Err(failure) => self.failure.set(Some(failure.sentence())),
        }
    }

    /// Something else is asked for.
    fn start_over(self) {
        self.rows.set(None);
        self.next.set(None);
        self.failure.set(None);
        self.is_long.set(false);
        self.open.set(None);
        self.read(false);
    }

    /// Takes what is known of one row now.
    fn take(self, row: DeliveryRow) {
        let _ = self.rows.try_update(|rows| {
            if let Some(known) = rows.as_mut().and_then(|rows| rows.iter_mut().find(|known| known.id == row.id)) {
                *known = row;
            }
        });
    }

    /// Asks for something else.
    fn ask(self, how: impl FnOnce(&mut Asked)) {
        let mut asked = self.asked.get_untracked();
        how(&mut asked);
        self.desk.go(&asked.path(), true);
    }
}

/// The page.
#[component]
pub fn DeliveriesPage() -> impl IntoView {
    let desk = Desk::here();
    desk.place.set(Some("/destinations".to_owned()));
    dom::title("Deliveries");
    let query = use_query_map();
    let asked = Memo::new(move |_| {
        query.with(|query| {
            let of = |name: &str| query.get(name).unwrap_or_default();
            Asked { destination: of("destination"), state: of("state"), item: of("item") }
        })
    });
    let log = Log {
        desk,
        asked,
        rows: RwSignal::new(None),
        next: RwSignal::new(None),
        failure: RwSignal::new(None),
        busy: RwSignal::new(false),
        is_long: RwSignal::new(false),
        open: RwSignal::new(None),
    };
    Effect::new(move |_| {
        asked.track();
        desk.operates.track();
        log.start_over();
    });
    // Their names.
    Effect::new(move |_| {
        desk.opening.track();
        desk.destinations.read(desk);
    });
    let again = move || {
        if !log.is_long.get_untracked() {
            log.read(false);
        }
    };
    if let Ok(again) = set_interval_with_handle(again, AGAIN) {
        on_cleanup(move || again.clear());
    }
    request_animation_frame(|| {
        if dom::focus_is_free() {
            dom::focus("page");
        }
    });
    let body = move || match desk.operates.get() {
        true => view! {
            <Ways />
            <Filters log />
            <Body log />
        }
        .into_any(),
        false => view! { <NotYours /> }.into_any(),
    };
    view! {
        <div class="page delivery">
            <header class="page-head">
                <h1 id="page" tabindex="-1">
                    "Deliveries"
                </h1>
            </header>
            {body}
        </div>
    }
}

#[component]
fn Body(log: Log) -> impl IntoView {
    let is_there = Memo::new(move |_| log.rows.with(Option::is_some));
    let is_empty = Memo::new(move |_| log.rows.with(|rows| rows.as_ref().is_some_and(Vec::is_empty)));
    // Apart from what is shown: what is read or focused stays while it fails and works again.
    let behind = Memo::new(move |_| log.failure.get().filter(|_| is_there.get()));
    let missing = Memo::new(move |_| log.failure.get().filter(|_| !is_there.get()));
    let body = move || match (is_there.get(), missing.get()) {
        (true, _) if is_empty.get() => view! { <Empty log /> }.into_any(),
        (true, _) => view! { <Rows log /> }.into_any(),
        (false, None) => view! { <Waiting lines=8 /> }.into_any(),
        (false, Some(why)) => view! {
            <div class="notice">
                <h2>"The log could not be read"</h2>
                <p role="alert">{why}</p>
                <p>
                    <button class="button main" on:click=move |_| log.read(false)>
                        "Try again"
                    </button>
                </p>
            </div>
        }
        .into_any(),
    };
    view! {
        {move || {
            behind
                .get()
                .map(|why| {
                    view! {
                        <p class="refused" role="alert">
                            {why}
                            " What you see may be behind."
                        </p>
                    }
                })
        }}
        {body}
    }
}

#[component]
fn Empty(log: Log) -> impl IntoView {
    if log.asked.with_untracked(Asked::is_all) {
        return view! {
            <div class="notice">
                <h2>"Nobody was told anything yet"</h2>
                <p>
                    "What is opened or closed is told to the "
                    <a href=format!("{BASE}/destinations")>"destinations"</a>
                    ", and each delivery stands here."
                </p>
            </div>
        }
        .into_any();
    }
    view! {
        <div class="notice">
            <h2>"Nothing of that kind"</h2>
            <p>
                <button class="plain" on:click=move |_| log.ask(|asked| *asked = Asked::default())>
                    "Show all deliveries"
                </button>
            </p>
        </div>
    }
    .into_any()
}

#[component]
fn Rows(log: Log) -> impl IntoView {
    let ids =
        Memo::new(move |_| log.rows.with(|rows| rows.iter().flatten().map(|row| row.id.clone()).collect::<Vec<_>>()));
    let more = Memo::new(move |_| log.next.with(Option::is_some));
    view! {
        <ul class="deliveries" aria-label="Deliveries">
            <For each=move || ids.get() key=|id| id.clone() children=move |id| view! { <Row log id /> } />
        </ul>
        {move || {
            more.get()
                .then(|| {
                    view! {
                        <p class="more">
                            <button
                                class="button"
                                aria-disabled=move || log.busy.get().to_string()
                                on:click=move |_| log.read(true)
                            >
                                "Show more"
                            </button>
                        </p>
                    }
                })
        }}
    }
}
