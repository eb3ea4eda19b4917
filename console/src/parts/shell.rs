//! The frame around every page of somebody who is signed in.

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::components::Outlet;

use crate::api::{self, Failure};
use crate::app::{BASE, Desk, Leaving};
use crate::dom;
use crate::live::Link;
use crate::pages::queue_path;
use crate::parts::{Keys, Notice, UndoBar, Waiting, on_key};

/// The addresses of the search, the team, the sites, experiments, what is held for review, and how leads are scored, below [`BASE`].
const NOTICES: &str = "/notices";
const SEARCH: &str = "/search";
const SITES: &str = "/sites";
const EXPERIMENTS: &str = "/experiments";
const HELD: &str = "/held";
const SCORING: &str = "/scoring";
const TEAM: &str = "/team";
const ROUTING: &str = "/routing";
const AUDIT: &str = "/audit";
const DELIVERY: &str = "/destinations";
const OPERATIONS: &str = "/operations";
const PRIVACY: &str = "/privacy";
const TOKENS: &str = "/tokens";
const ACCOUNT: &str = "/account";

/// Finds out who is signed in, then shows the frame.
#[component]
pub fn Shell() -> impl IntoView {
    let desk = Desk::here();
    let failure = RwSignal::new(None::<Failure>);
    let enter = move || {
        failure.set(None);
        spawn_local(async move {
            match api::session().await {
                Ok(session) => desk.signed_in(session),
                Err(Failure::SignedOut) => desk.signed_out(Leaving::Stranger),
                Err(other) => failure.set(Some(other)),
            }
        });
    };
    if desk.me.with_untracked(Option::is_none) {
        enter();
    }
    let is_in = Memo::new(move |_| desk.me.with(Option::is_some));
    let outside = move || match failure.get() {
        Some(failure) => view! {
            <main class="alone">
                <Notice title="Usher cannot be reached">
                    <p>{failure.sentence()}</p>
                    <p>
                        <button class="button main" on:click=move |_| enter()>
                            "Try again"
                        </button>
                    </p>
                </Notice>
            </main>
        }
        .into_any(),
        None => view! {
            <main class="alone">
                <Waiting lines=3 />
            </main>
        }
        .into_any(),
    };
    view! {
        <Show when=move || is_in.get() fallback=outside>
            <Frame />
        </Show>
    }
}

#[component]
fn Frame() -> impl IntoView {
    let desk = Desk::here();
    let skip = move |event: leptos::ev::MouseEvent| {
        event.prevent_default();
        dom::focus("main");
    };
    on_key(desk, move |key| {
        let undoes =
            key == "z" && desk.told.with_untracked(|told| told.as_ref().is_some_and(|it| !it.items.is_empty()));
        if undoes {
            desk.take_back();
        }
        undoes
    });
    view! {
        <div class="frame">
            <a class="skip" href="#main" on:click=skip>
                "Skip to the content"
            </a>
            <header class="rail">
                <p class="house">
                    <span class="brand">"Usher"</span>
                    <bdi class="workspace">{desk.workspace}</bdi>
                </p>
                <div class="ways">
                    <Queues />
                    <Others />
                </div>
                <Foot />
            </header>
            <main id="main" tabindex="-1">
                <Outlet />
            </main>
            {move || (!desk.docked.get()).then(|| view! { <UndoBar /> })}
            <p class="hidden" role="status">
                {desk.said}
            </p>
        </div>
    }
}

#[component]
fn Queues() -> impl IntoView {
    let desk = Desk::here();
    let ids = Memo::new(move |_| {
        desk.queues.with(|queues| queues.iter().map(|it| (it.id.clone(), it.name.clone())).collect::<Vec<_>>())
    });
    let line = move |(id, name): (String, String)| {
        let href = format!("{BASE}{}", queue_path(&id));
        let here = {
            let id = id.clone();
            move || desk.place.with(|place| place.as_deref() == Some(&id)).then_some("page")
        };
        let open = move || desk.queues.with(|queues| queues.iter().find(|it| it.id == id).map_or(0, |it| it.open));
        view! {
            <li>
                <a href=href aria-current=here>
                    <span class="queue">{name}</span>
                    " "
                    <span class="count">{open} <span class="hidden">" open"</span></span>
                </a>
            </li>
        }
    };
    let has_some = Memo::new(move |_| ids.with(|ids| !ids.is_empty()));
    move || {
        has_some.get().then(|| {
            view! {
                <nav class="queues" aria-label="Queues">
                    <ul>
                        <For each=move || ids.get() key=|it| it.clone() children=line />
                    </ul>
                </nav>
            }
        })
    }
}

/// What is not a queue: of sites and of what is held, for those who may see it.
#[component]
fn Others() -> impl IntoView {
    let desk = Desk::here();
    let here =
        move |path: &'static str| move || desk.place.with(|place| place.as_deref() == Some(path)).then_some("page");
    let reviews = Memo::new(move |_| desk.queues.with(|queues| !queues.is_empty()));
    let held = move || {
        reviews.get().then(|| {
            view! {
                <li>
                    <a href=format!("{BASE}{HELD}") aria-current=here(HELD)>
                        <span class="queue">"Held for review"</span>
                        " "
                        <span class="count">
                            {move || desk.waiting.get().unwrap_or(0)} <span class="hidden">" waiting"</span>
                        </span>
                    </a>
                </li>
            }
        })
    };
    let notices = view! {
        <li>
            <a href=format!("{BASE}{NOTICES}") aria-current=here(NOTICES)>
                <span class="queue">"For you"</span>
                " "
                <span class="count" data-unseen=move || (desk.notices.get() > 0).then_some("")>
                    {desk.notices} <span class="hidden">" new"</span>
                </span>
            </a>
        </li>
    };
    let search = move || {
        reviews.get().then(|| {
            view! {
                <li>
                    <a href=format!("{BASE}{SEARCH}") aria-current=here(SEARCH)>
                        <span class="queue">"Search"</span>
                    </a>
                </li>
            }
        })
    };
    let team = move || {
        desk.sees_team.get().then(|| {
            view! {
                <li>
                    <a href=format!("{BASE}{TEAM}") aria-current=here(TEAM)>
                        <span class="queue">"Team"</span>
                    </a>
                </li>
            }
        })
    };
    let routing = move || {
        desk.sees_team.get().then(|| {
            view! {
                <li>
                    <a href=format!("{BASE}{ROUTING}") aria-current=here(ROUTING)>
                        <span class="queue">"Routing"</span>
                    </a>
                </li>
            }
        })
    };
    let audit = move || {
        desk.audits.get().then(|| {
            view! {
                <li>
                    <a href=format!("{BASE}{AUDIT}") aria-current=here(AUDIT)>
                        <span class="queue">"Audit log"</span>
                    </a>
                </li>
            }
        })
    };
    let sites = move || {
        desk.may_change_sites.get().then(|| {
            view! {
                <li>
                    <a href=format!("{BASE}{SITES}") aria-current=here(SITES)>
                        <span class="queue">"Sites"</span>
                    </a>
                </li>
            }
        })
    };
    let experiments = move || {
        desk.sees_experiments.get().then(|| {
            view! {
                <li>
                    <a href=format!("{BASE}{EXPERIMENTS}") aria-current=here(EXPERIMENTS)>
                        <span class="queue">"Experiments"</span>
                    </a>
                </li>
            }
        })
    };
    let operations = move || {
        desk.operates.get().then(|| {
            view! {
                <li>
                    <a href=format!("{BASE}{DELIVERY}") aria-current=here(DELIVERY)>
                        <span class="queue">"Delivery"</span>
                    </a>
                </li>
                <li>
                    <a href=format!("{BASE}{OPERATIONS}") aria-current=here(OPERATIONS)>
                        <span class="queue">"Operations"</span>
                    </a>
                </li>
                <li>
                    <a href=format!("{BASE}{TOKENS}") aria-current=here(TOKENS)>
                        <span class="queue">"API tokens"</span>
                    </a>
                </li>
            }
        })
    };
    let privacy = move || {
        desk.privacy.get().then(|| {
            view! {
                <li>
                    <a href=format!("{BASE}{PRIVACY}") aria-current=here(PRIVACY)>
                        <span class="queue">"Privacy"</span>
                    </a>
                </li>
            }
        })
    };
    view! {
        <nav class="queues" aria-label="More">
            <ul>
                {notices} {search} {team} {held} {sites} {experiments} <li>
                    <a href=format!("{BASE}{SCORING}") aria-current=here(SCORING)>
                        <span class="queue">"Scoring"</span>
                    </a>
                </li> {routing} {operations} {privacy} {audit}
            </ul>
        </nav>
    }
}

#[component]
fn Foot() -> impl IntoView {
    let desk = Desk::here();
    let leaving = RwSignal::new(false);
    let refused = RwSignal::new(None::<String>);
    let leave = move |_| {
        if leaving.get_untracked() {
            return;
        }
        leaving.set(true);
        refused.set(None);
        spawn_local(async move {
            match api::sign_out().await {
                Ok(()) | Err(Failure::SignedOut) => desk.signed_out(Leaving::Asked),
                Err(failure) => {
                    let _ = leaving.try_set(false);
                    let _ = refused.try_set(Some(format!("You are still signed in. {}", failure.sentence())));
                }
            }
        });
    };
    let turning = RwSignal::new(false);
    let turn = move |_| {
        if turning.get_untracked() {
            return;
        }
        turning.set(true);
        refused.set(None);
        let away = !desk.away.get_untracked();
        spawn_local(async move {
            let answer = api::be_away(away).await;
            let _ = turning.try_set(false);
            match answer {
                Ok(session) => {
                    desk.take_session(session);
                    desk.say(if away { "You are away" } else { "You are back" });
                }
                Err(Failure::SignedOut) => desk.signed_out(Leaving::Ended),
                Err(failure) => {
                    let _ = refused.try_set(Some(failure.sentence()));
                }
            }
        });
    };
    let works = Memo::new(move |_| desk.queues.with(|queues| !queues.is_empty()));
    let presence = move || {
        works.get().then(|| {
            view! {
                <p class="presence" data-away=move || desk.away.get().to_string()>
                    <span>{move || if desk.away.get() { "Away: nothing is given to you" } else { "At your desk" }}</span>
                    " "
                    <button class="plain" on:click=turn aria-disabled=move || turning.get().to_string()>
                        {move || if desk.away.get() { "I am back" } else { "Go away" }}
                    </button>
                </p>
            }
        })
    };
    let account = move || desk.place.with(|place| place.as_deref() == Some(ACCOUNT)).then_some("page");
    let me = move || desk.me.with(|me| me.as_ref().map(|it| it.name.clone()));
    view! {
        <div class="foot">
            <p class="link" data-link=move || link_tag(desk.link.get())>
                {move || link_words(desk.link.get())}
            </p>
            <p class="me">
                <span class="hidden">"Signed in as "</span>
                <bdi>{me}</bdi>
            </p>
            {presence}
            <div class="foot-buttons">
                <Keys />
                <a href=format!("{BASE}{ACCOUNT}") aria-current=account>
                    "Account"
                </a>
                <button class="plain" on:click=leave aria-disabled=move || leaving.get().to_string()>
                    "Sign out"
                </button>
            </div>
            {move || refused.get().map(|why| view! { <p role="alert" class="refused">{why}</p> })}
        </div>
    }
}

fn link_tag(link: Link) -> &'static str {
    match link {
        Link::Connecting => "connecting",
        Link::Connected => "connected",
        Link::Lost => "lost",
    }
}

fn link_words(link: Link) -> &'static str {
    match link {
        Link::Connecting => "Connecting\u{2026}",
        Link::Connected => "Live",
        Link::Lost => "Reconnecting\u{2026}",
    }
}
