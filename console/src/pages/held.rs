//! `/console/held`: what looks like a machine's, oldest first, until somebody says whether a person sent it.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::wire::console::ValueView;
use shared::wire::held::{HeldReason, HeldView, Review};

use crate::api::{self, Failure};
use crate::app::{BASE, Desk, Leaving};
use crate::pages::item_path;
use crate::parts::{Notice, Partner, Waiting, When};
use crate::{dom, words};

/// What somebody is about to do with one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum About {
    Release,
    Discard,
}

/// The list on the screen.
#[derive(Clone, Copy)]
struct Shown {
    desk: Desk,
    held: RwSignal<Option<Vec<HeldView>>>,
    next: RwSignal<Option<String>>,
    failure: RwSignal<Option<Failure>>,
    busy: RwSignal<bool>,
    /// Whether something changed while it was read: then what was read may be behind.
    again: StoredValue<bool>,
    /// What was done last, and the item that came of it.
    done: RwSignal<Option<(String, Option<String>)>>,
}

impl Shown {
    /// Reads from the start, or on from where the list ends.
    fn read(self, more: bool) {
        if self.busy.get_untracked() {
            if !more {
                self.again.set_value(true);
            }
            return;
        }
        self.busy.set(true);
        self.again.set_value(false);
        let after = if more { self.next.get_untracked() } else { None };
        spawn_local(async move {
            let outcome = api::held(after.as_deref()).await;
            let _ = self.busy.try_set(false);
            if self.again.try_get_value() == Some(true) {
                return self.read(false);
            }
            match outcome {
                Ok(page) => {
                    self.desk.waiting.set(Some(page.waiting));
                    let _ = self.failure.try_set(None);
                    let _ = self.next.try_set(page.next);
                    let _ = self.held.try_update(|held| match held {
                        Some(held) if more => held.extend(page.held),
                        _ => *held = Some(page.held),
                    });
                }
                Err(Failure::SignedOut) => self.desk.signed_out(Leaving::Ended),
                Err(failure) => {
                    let _ = self.failure.try_set(Some(failure));
                }
            }
        });
    }
}

/// The page.
#[component]
pub fn HeldPage() -> impl IntoView {
    let desk = Desk::here();
    desk.place.set(Some("/held".to_owned()));
    let shown = Shown {
        desk,
        held: RwSignal::new(None),
        next: RwSignal::new(None),
        failure: RwSignal::new(None),
        busy: RwSignal::new(false),
        again: StoredValue::new(false),
        done: RwSignal::new(None),
    };
    Effect::new(move |_| dom::title(&format!("Held for review, {}", desk.waiting.get().unwrap_or(0))));
    // The first reading, one for each opening of the connection, and one where others wait than are shown.
    Effect::new(move |before: Option<u32>| {
        let opening = desk.opening.get();
        let waiting = desk.waiting.get();
        let known = shown.held.with_untracked(|held| held.as_ref().map(Vec::len));
        let differs = shown.next.with_untracked(Option::is_none)
            && waiting.zip(known).is_some_and(|(waiting, known)| usize::try_from(waiting) != Ok(known));
        if before != Some(opening) || differs {
            shown.read(false);
        }
        opening
    });
    let ids = Memo::new(move |_| {
        shown.held.with(|held| held.as_ref().map(|held| held.iter().map(|one| one.id.clone()).collect::<Vec<_>>()))
    });
    let sentence = Memo::new(move |_| shown.failure.with(|it| it.as_ref().map(Failure::sentence)));
    let body = move || {
        match (ids.get(), sentence.get()) {
        (None, Some(why)) => view! {
            <Notice title="What is held could not be read">
                <p role="alert">{why}</p>
                <p>
                    <button class="button main" on:click=move |_| shown.read(false)>
                        "Try again"
                    </button>
                </p>
            </Notice>
        }
        .into_any(),
        (None, None) => view! { <Waiting lines=6 /> }.into_any(),
        (Some(ids), _) if ids.is_empty() => view! {
            <div class="notice">
                <h2>"Nothing is held"</h2>
                <p>"What looks like a machine\u{2019}s waits here, and is nobody\u{2019}s item, until one of you has looked at it."</p>
            </div>
        }
        .into_any(),
        (Some(_), why) => view! {
            {why.map(|why| view! {
                <p class="refused" role="alert">
                    {why}
                    " The list may be behind. "
                    <button class="plain" on:click=move |_| shown.read(false)>
                        "Try again"
                    </button>
                </p>
            })}
            <ul class="held-list">
                <For each=move || ids.get().unwrap_or_default() key=|id| id.clone() children=move |id| view! { <One shown id /> } />
            </ul>
            {move || shown.next.with(Option::is_some).then(|| view! {
                <p class="more">
                    <button
                        class="button"
                        aria-disabled=move || shown.busy.get().to_string()
                        on:click=move |_| shown.read(true)
                    >
                        "Show more"
                    </button>
                </p>
            })}
        }
        .into_any(),
    }
    };
    let done = move || {
        shown.done.get().map(|(says, item)| {
            let link = item.map(|item| {
                view! {
                    " "
                    <a href=format!("{BASE}{}", item_path(&item))>"Open the item"</a>
                }
            });
            view! { <p class="said-done">{says} {link}</p> }
        })
    };
    view! {
        <div class="page held">
            <header class="page-head">
                <h1 id="page" tabindex="-1">
                    "Held for review"
                </h1>
            </header>
            {done}
            {body}
        </div>
    }
}

#[component]
fn One(shown: Shown, id: String) -> impl IntoView {
    let about = RwSignal::new(None::<About>);
    let reason = RwSignal::new(String::new());
    let busy = RwSignal::new(false);
    let refused = RwSignal::new(None::<String>);
    let first =
        shown.held.with_untracked(|held| held.as_ref().and_then(|held| held.iter().find(|one| one.id == id)).cloned());
    let Some(one) = first else { return ().into_any() };
    let HeldView { reference, site, partner, form, url, values, reasons, received_at, .. } = one;
    let key = StoredValue::new(id.clone());
    let (title_id, reason_id) = (format!("held-{id}"), format!("why-{id}"));
    let begin = {
        let reason_id = reason_id.clone();
        move |what: About| {
            about.set(Some(what));
            refused.set(None);
            dom::focus_soon(reason_id.clone());
        }
    };
    let decide = {
        let reference = reference.clone();
        move || {
            let Some(what) = about.get_untracked() else { return };
            if busy.get_untracked() {
                return;
            }
            busy.set(true);
            refused.set(None);
            let reason = reason.get_untracked();
            let review = match what {
                About::Release => Review::Release { reason },
                About::Discard => Review::Discard { reason },
            };
            let reference = reference.clone();
            spawn_local(async move {
                let id = key.try_get_value().unwrap_or_default();
                let outcome = api::review(&id, &review).await;
                let _ = busy.try_set(false);
                match outcome {
                    Ok(reviewed) => {
                        let says = match what {
                            About::Release => format!("{reference} is released: it is an item now."),
                            About::Discard => format!("{reference} is discarded."),
                        };
                        shown.desk.say(&says);
                        let _ = shown.done.try_set(Some((says, reviewed.item)));
                        let _ = shown.held.try_update(|held| {
                            if let Some(held) = held {
                                held.retain(|one| one.id != id);
                            }
                        });
                        shown.desk.waiting.set(Some(reviewed.waiting));
                        dom::focus_soon("page");
                    }
                    Err(Failure::SignedOut) => shown.desk.signed_out(Leaving::Ended),
                    Err(failure) => {
                        let _ = refused.try_set(Some(failure.sentence()));
                    }
                }
            });
        }
    };
    let decision = move || {
        let Some(what) = about.get() else {
            let (release, discard) = (begin.clone(), begin.clone());
            return view! {
                <div class="buttons">
                    <button class="button main" on:click=move |_| release(About::Release)>
                        "Release"
                    </button>
                    <button class="button" on:click=move |_| discard(About::Discard)>
                        "Discard"
                    </button>
                </div>
            }
            .into_any();
        };
        let (says, label) = match what {
            About::Release => ("A person sent it: it becomes an item, and its promise counts from now.", "Release"),
            About::Discard => ("Nobody did: it never becomes an item, and is deleted after thirty days.", "Discard"),
        };
        let decide = decide.clone();
        view! {
            <form
                class="held-form"
                on:submit=move |event| {
                    event.prevent_default();
                    decide();
                }
                on:keydown=move |event| {
                    if event.key() == "Escape" {
                        about.set(None);
                    }
                }
            >
                <p>{says}</p>
                <label for=reason_id.clone()>
                    "Reason " <span class="quiet">"(optional)"</span>
                </label>
                <textarea
                    id=reason_id.clone()
                    rows="2"
                    dir="auto"
                    prop:value=reason
                    on:input=move |event| reason.set(event_target_value(&event))
                ></textarea>
                {move || refused.get().map(|why| view! { <p class="refused" role="alert">{why}</p> })}
                <div class="buttons">
                    <button class="button main" type="submit" aria-disabled=move || busy.get().to_string()>
                        {label}
                    </button>
                    <button class="button" type="button" on:click=move |_| about.set(None)>
                        "Cancel"
                    </button>
                </div>
            </form>
        }
        .into_any()
    };
    view! {
        <li class="card" aria-labelledby=title_id.clone()>
            <header>
                <h2 id=title_id.clone()>
                    <bdi>{form}</bdi>
                    " "
                    <span class="code">{reference}</span>
                </h2>
                <p class="quiet">
                    <bdi>{site}</bdi>
                    " "
                    {partner.then(|| view! { <Partner /> })}
                    " "
                    <When at=Signal::stored(received_at) />
                </p>
            </header>
            <ul class="why" aria-label="Why it is held">
                {reasons.into_iter().map(|reason| view! { <Why reason /> }).collect_view()}
            </ul>
            <dl class="values">{values.into_iter().map(|of| view! { <Value of /> }).collect_view()}</dl>
            <p class="quiet place">
                "From " <bdi>{url}</bdi>
            </p>
            {decision}
        </li>
    }
    .into_any()
}

#[component]
fn Why(reason: HeldReason) -> impl IntoView {
    view! { <li data-tag=reason.tag>{words::sentence(&reason.says)}</li> }
}

#[component]
fn Value(of: ValueView) -> impl IntoView {
    view! {
        <div>
            <dt>{of.label}</dt>
            <dd class="given" dir="auto">
                {of.value}
            </dd>
        </div>
    }
}
