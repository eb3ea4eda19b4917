//! `/console/notices`: what one is told beside one's queues, the latest first. What is on the screen has been seen.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::wire::notice::{Notice as Told, NoticePage as Page};

use crate::api::{self, Failure};
use crate::app::{BASE, Desk, Leaving};
use crate::pages::item_path;
use crate::parts::{Notice, Waiting, When};
use crate::{dom, words};

/// What was read so far.
#[derive(Clone, Copy)]
struct Notices {
    desk: Desk,
    /// With how each was when it was read: what is new stays marked while the page is open.
    told: RwSignal<Option<Vec<Told>>>,
    next: RwSignal<Option<String>>,
    failure: RwSignal<Option<String>>,
    busy: RwSignal<bool>,
}

impl Notices {
    fn read(self, more: bool) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        let after = self.next.get_untracked().filter(|_| more);
        spawn_local(async move {
            let answer = api::notices(after.as_deref()).await;
            let _ = self.busy.try_set(false);
            match answer {
                Ok(page) => self.take(page, more),
                Err(failure) => self.failed(failure),
            }
        });
    }

    fn take(self, page: Page, more: bool) {
        let latest = page.notices.iter().find(|it| !it.seen).map(|it| it.seq);
        let _ = self.failure.try_set(None);
        let _ = self.next.try_set(page.next);
        let _ = self.told.try_update(|told| match told {
            Some(told) if more => told.extend(page.notices),
            // What was new a moment ago is new still, until one leaves the page.
            Some(told) => {
                let new = |seq: u64| told.iter().any(|it| it.seq == seq && !it.seen);
                let fresh = page.notices.into_iter().map(|it| Told { seen: it.seen && !new(it.seq), ..it });
                *told = fresh.collect();
            }
            None => *told = Some(page.notices),
        });
        if let Some(upto) = latest {
            spawn_local(async move {
                match api::see_notices(upto).await {
                    Ok(page) => self.desk.notices.set(page.unseen),
                    Err(failure) => self.failed(failure),
                }
            });
        }
    }

    fn failed(self, failure: Failure) {
        if matches!(failure, Failure::SignedOut) {
            self.desk.signed_out(Leaving::Ended);
        } else {
            let _ = self.failure.try_set(Some(failure.sentence()));
        }
    }
}

/// The page.
#[component]
pub fn NoticesPage() -> impl IntoView {
    let desk = Desk::here();
    desk.place.set(Some("/notices".to_owned()));
    dom::title("For you");
    let notices = Notices {
        desk,
        told: RwSignal::new(None),
        next: RwSignal::new(None),
        failure: RwSignal::new(None),
        busy: RwSignal::new(false),
    };
    // Read at first, after the connection was away, and whenever there is more that was not seen.
    Effect::new(move |_| {
        desk.opening.track();
        let unseen = desk.notices.get();
        if unseen > 0 || notices.told.with_untracked(Option::is_none) {
            notices.read(false);
        }
    });
    request_animation_frame(|| {
        if dom::focus_is_free() {
            dom::focus("page");
        }
    });
    let is_there = Memo::new(move |_| notices.told.with(Option::is_some));
    let is_empty = Memo::new(move |_| notices.told.with(|told| told.as_ref().is_some_and(Vec::is_empty)));
    let body = move || {
        match (is_there.get(), notices.failure.get()) {
        (false, None) => view! { <Waiting lines=6 /> }.into_any(),
        (false, Some(why)) => view! {
            <Notice title="This could not be read">
                <p role="alert">{why}</p>
                <p>
                    <button class="button main" on:click=move |_| notices.read(false)>
                        "Try again"
                    </button>
                </p>
            </Notice>
        }
        .into_any(),
        (true, _) if is_empty.get() => view! {
            <Notice title="Nothing for you yet">
                <p>
                    "When a colleague names you in a note, a promise of yours is in danger, or somebody complains whose renewal is yours, it is told here."
                </p>
            </Notice>
        }
        .into_any(),
        (true, why) => view! {
            {why.map(|why| view! { <p class="refused" role="alert">{why}</p> })}
            <List notices />
        }
        .into_any(),
    }
    };
    view! {
        <div class="page">
            <header class="page-head">
                <h1 id="page" tabindex="-1">
                    "For you"
                </h1>
            </header>
            {body}
        </div>
    }
}

#[component]
fn List(notices: Notices) -> impl IntoView {
    let rows = move || notices.told.get().unwrap_or_default();
    let more = Memo::new(move |_| notices.next.with(Option::is_some));
    view! {
        <ul class="notices" aria-label="What you were told">
            <For each=rows key=|it| (it.seq, it.seen) children=|it| view! { <One it /> } />
        </ul>
        {move || {
            more.get()
                .then(|| {
                    view! {
                        <p class="more">
                            <button
                                class="button"
                                aria-disabled=move || notices.busy.get().to_string()
                                on:click=move |_| notices.read(true)
                            >
                                "Show more"
                            </button>
                        </p>
                    }
                })
        }}
    }
}

#[component]
fn One(it: Told) -> impl IntoView {
    let says = words::notice(&it);
    // What a machine says is said already.
    let text = matches!(it.kind.as_str(), "mention" | "customer_complains" | "reopened").then(|| it.text.clone());
    let text = text.filter(|text| !text.is_empty());
    view! {
        <li class="told" data-kind=it.kind.clone() data-new=(!it.seen).then_some("")>
            <p class="told-what">
                {(!it.seen).then(|| view! { <span class="hidden">"New: "</span> })} <b>
                    <bdi>{says}</bdi>
                </b> " " <span class="quiet">
                    <When at=Signal::stored(it.at) />
                </span>
            </p>
            {text
                .map(|text| {
                    view! {
                        <p class="said" dir="auto">
                            {text}
                        </p>
                    }
                })}
            <p>
                <a href=format!("{BASE}{}", item_path(&it.item))>
                    <bdi>{it.who}</bdi>
                </a>
                " "
                <span class="code quiet">{it.reference}</span>
            </p>
        </li>
    }
}
