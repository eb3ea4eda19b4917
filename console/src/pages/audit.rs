//! `/console/audit`: who changed what, the latest first. What was done to items stands on them.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::wire::audit::AuditEntry;

use crate::api::{self, Failure};
use crate::app::{Desk, Leaving};
use crate::parts::{Notice, Waiting, When};
use crate::{dom, words};

/// What was read so far.
#[derive(Clone, Copy)]
struct Log {
    desk: Desk,
    entries: RwSignal<Option<Vec<AuditEntry>>>,
    next: RwSignal<Option<String>>,
    failure: RwSignal<Option<String>>,
    busy: RwSignal<bool>,
}

impl Log {
    fn read(self, more: bool) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        let after = self.next.get_untracked().filter(|_| more);
        spawn_local(async move {
            let answer = api::audit(after.as_deref()).await;
            let _ = self.busy.try_set(false);
            match answer {
                Ok(page) => {
                    let _ = self.failure.try_set(None);
                    let _ = self.next.try_set(page.next);
                    let _ = self.entries.try_update(|known| match known {
                        Some(known) if more => known.extend(page.entries),
                        _ => *known = Some(page.entries),
                    });
                }
                Err(Failure::SignedOut) => self.desk.signed_out(Leaving::Ended),
                Err(failure) => {
                    let _ = self.failure.try_set(Some(failure.sentence()));
                }
            }
        });
    }
}

/// The page.
#[component]
pub fn AuditPage() -> impl IntoView {
    let desk = Desk::here();
    desk.place.set(Some("/audit".to_owned()));
    dom::title("Audit log");
    let log = Log {
        desk,
        entries: RwSignal::new(None),
        next: RwSignal::new(None),
        failure: RwSignal::new(None),
        busy: RwSignal::new(false),
    };
    log.read(false);
    request_animation_frame(|| {
        if dom::focus_is_free() {
            dom::focus("page");
        }
    });
    let is_there = Memo::new(move |_| log.entries.with(Option::is_some));
    let body = move || match (is_there.get(), log.failure.get()) {
        (false, None) => view! { <Waiting lines=8 /> }.into_any(),
        (false, Some(why)) => view! {
            <Notice title="The log could not be read">
                <p role="alert">{why}</p>
                <p>
                    <button class="button main" on:click=move |_| log.read(false)>
                        "Try again"
                    </button>
                </p>
            </Notice>
        }
        .into_any(),
        (true, why) => view! {
            {why.map(|why| view! { <p class="refused" role="alert">{why}</p> })}
            <Entries log />
        }
        .into_any(),
    };
    view! {
        <div class="page">
            <header class="page-head">
                <h1 id="page" tabindex="-1">
                    "Audit log"
                </h1>
            </header>
            {body}
        </div>
    }
}

#[component]
fn Entries(log: Log) -> impl IntoView {
    let entries = move || log.entries.get().unwrap_or_default();
    let more = Memo::new(move |_| log.next.with(Option::is_some));
    view! {
        <section class="card" aria-label="Changes">
            <ul class="audit">
                <For each=entries key=|entry| entry.seq children=|entry| view! { <Entry entry /> } />
            </ul>
        </section>
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

#[component]
fn Entry(entry: AuditEntry) -> impl IntoView {
    let who = entry.actor.map_or_else(|| words::nobody(&entry.what).to_owned(), |actor| actor.name);
    view! {
        <li>
            <span class="audit-when">
                <When at=Signal::stored(entry.at) />
            </span>
            <span>
                <b>
                    <bdi>{who}</bdi>
                </b>
                " "
                {words::audited(&entry.what)}
                " "
                <bdi class="quiet">{entry.text}</bdi>
            </span>
        </li>
    }
}
