//! One destination in the list: how it answers, what waits for it, and what one can do about it.

use leptos::prelude::*;
use leptos::task::spawn_local;
use serde_json::Value;
use shared::wire::delivery::{DestinationAct, DestinationDone, DestinationView, Standing};
use shared::wire::destination::To;

use super::test::{Test, Testing};
use super::{Asks, name};
use crate::api::{self, Failure};
use crate::app::{BASE, Desk, Leaving};
use crate::pages::deliveries::Asked;
use crate::parts::When;
use crate::{clock, when, words};

/// The line.
#[component]
pub fn Line(asks: Asks, id: String) -> impl IntoView {
    let desk = Desk::here();
    let destinations = desk.destinations;
    let own = StoredValue::new(id.clone());
    // One that is gone keeps its last state until its line is gone too.
    let view = Memo::new(move |last: Option<&Option<DestinationView>>| {
        destinations.one(&own.get_value()).or_else(|| last.cloned().flatten())
    });
    let text = move |of: fn(&DestinationView) -> String| {
        Memo::new(move |_| view.with(|view| view.as_ref().map(of).unwrap_or_default()))
    };
    let (kind, place) =
        (text(|it| words::destination_kind(it.edit.to.tag())), text(|it| words::whereabouts(&it.edit.to)));
    let name = text(|it| name(&it.edit).to_owned());
    view! {
        <li class="card destination">
            <div class="destination-head">
                <h2>
                    <bdi>{name}</bdi>
                </h2>
                <p class="quiet">
                    {kind}
                    {move || {
                        place
                            .with(|place| !place.is_empty())
                            .then(|| {
                                view! {
                                    ": "
                                    <bdi>{place}</bdi>
                                }
                            })
                    }}
                    " \u{b7} "
                    <span class="code">{id}</span>
                </p>
            </div>
            <Stands view />
            <Figures view />
            <Buttons asks view name />
        </li>
    }
}

/// Whether a condition asks anything.
fn is_narrowed(when: &Value) -> bool {
    when.as_object().is_none_or(|when| !when.is_empty())
}

/// How it answers, and what that means.
#[component]
fn Stands(view: Memo<Option<DestinationView>>) -> impl IntoView {
    let now = Desk::here().now;
    let stands = Memo::new(move |_| {
        view.with(|view| view.as_ref().map(|view| words::standing(view, now.get(), clock::time)).unwrap_or_default())
    });
    let means = move || view.with(|view| view.as_ref().and_then(|view| words::standing_means(view.standing)));
    view! {
        <div class="stands" data-stands=move || stands.with(|it| it.tag)>
            <p class="stands-says" dir="auto">
                {move || stands.with(|it| it.says.clone())}
            </p>
            {move || means().map(|means| view! { <p class="quiet">{means}</p> })}
        </div>
    }
}

/// When it is told, what waits, what was given up, and when something arrived.
#[component]
fn Figures(view: Memo<Option<DestinationView>>) -> impl IntoView {
    let now = Desk::here().now;
    let waiting = move || {
        view.with(|view| {
            let Some(view) = view else { return String::new() };
            let oldest = view.oldest_at.as_deref().and_then(when::millis).filter(|_| view.waiting > 0);
            match oldest {
                Some(oldest) => format!("{}, the oldest from {}", view.waiting, when::ago(now.get(), oldest)),
                None => view.waiting.to_string(),
            }
        })
    };
    let told = Memo::new(move |_| {
        let told = |view: &DestinationView| words::told_when(&view.edit.events, is_narrowed(&view.edit.when));
        view.with(|view| view.as_ref().map(told).unwrap_or_default())
    });
    let dead = move || view.with(|view| view.as_ref().map_or(0, |view| view.dead));
    let to_dead = move || {
        let asked = Asked {
            destination: view.with(|view| view.as_ref().map(|it| it.edit.id.clone()).unwrap_or_default()),
            state: "dead".to_owned(),
            item: String::new(),
        };
        format!("{BASE}{}", asked.path())
    };
    let delivered = Memo::new(move |_| view.with(|view| view.as_ref().and_then(|view| view.delivered_at.clone())));
    view! {
        <dl class="facts">
            <div>
                <dt>"Told when"</dt>
                <dd>{told}</dd>
            </div>
            <div>
                <dt>"Waiting"</dt>
                <dd>{waiting}</dd>
            </div>
            <div>
                <dt>"Given up"</dt>
                <dd>
                    {move || match dead() {
                        0 => "0".into_any(),
                        dead => view! { <a href=to_dead>{dead}<span class="hidden">" that were given up"</span></a> }.into_any(),
                    }}
                </dd>
            </div>
            <div>
                <dt>"Last delivered"</dt>
                <dd>
                    {move || match delivered.get() {
                        Some(at) => view! { <When at=Signal::stored(at) /> }.into_any(),
                        None => "Not yet".into_any(),
                    }}
                </dd>
            </div>
        </dl>
    }
}

/// What one can do about it, and what came of that.
#[component]
fn Buttons(asks: Asks, view: Memo<Option<DestinationView>>, name: Memo<String>) -> impl IntoView {
    let desk = Desk::here();
    let busy = RwSignal::new(false);
    let refused = RwSignal::new(None::<String>);
    let said = RwSignal::new(None::<String>);
    let test = Testing::new();
    let id = move || view.with_untracked(|view| view.as_ref().map(|it| it.edit.id.clone()).unwrap_or_default());
    let does = move |act: DestinationAct, done: fn(&DestinationDone) -> String| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        refused.set(None);
        said.set(None);
        spawn_local(async move {
            let answer = api::act_on_destination(&id(), act).await;
            let _ = busy.try_set(false);
            match answer {
                Ok(made) => {
                    let says = done(&made);
                    desk.say(&says);
                    if let (DestinationAct::Test, Some(delivery)) = (act, made.delivery) {
                        test.begin(desk, delivery);
                    } else {
                        let _ = said.try_set(Some(says));
                    }
                    desk.destinations.read(desk);
                }
                Err(Failure::SignedOut) => desk.signed_out(Leaving::Ended),
                Err(failure) => {
                    let _ = refused.try_set(Some(failure.sentence()));
                }
            }
        });
    };
    let ask = move |which: RwSignal<bool>| {
        asks.about.set((id(), name.get_untracked()));
        asks.refused.set(None);
        which.set(true);
    };
    let of = move || view! { <span class="hidden">" " {name}</span> };
    let is = move |of: fn(&DestinationView) -> bool| {
        let is = Memo::new(move |_| view.with(|view| view.as_ref().is_some_and(of)));
        move || is.get()
    };
    let is_off = is(|it| it.standing == Standing::Off);
    let may_resume = is(|it| matches!(it.standing, Standing::Stopped | Standing::Resting));
    let is_webhook = is(|it| matches!(it.edit.to, To::Webhook(_)));
    let dead = Memo::new(move |_| view.with(|view| view.as_ref().map_or(0, |view| view.dead)));
    let edit = move || format!("{BASE}/destinations/{}/edit", api::encoded(&id()));
    let log = move || {
        let asked = Asked { destination: id(), state: String::new(), item: String::new() };
        format!("{BASE}{}", asked.path())
    };
    let why = move || {
        let asked = asks.refused.get().filter(|(whose, _)| *whose == id()).map(|(_, why)| why);
        refused.get().or(asked).map(|why| view! { <p class="refused" role="alert">{why}</p> })
    };
    view! {
        {why}
        <div class="buttons">
            {move || {
                may_resume()
                    .then(|| {
                        view! {
                            <button
                                class="button main"
                                aria-disabled=move || busy.get().to_string()
                                on:click=move |_| does(DestinationAct::Resume, resumed)
                            >
                                "Resume"
                                {of}
                            </button>
                        }
                    })
            }}
            {move || {
                (!is_off())
                    .then(|| {
                        view! {
                            <button
                                class="button"
                                aria-disabled=move || busy.get().to_string()
                                on:click=move |_| does(DestinationAct::Test, |_| "A test is on its way".to_owned())
                            >
                                "Test"
                                {of}
                            </button>
                        }
                    })
            }}
            {move || {
                let dead = dead.get();
                (dead > 0)
                    .then(|| {
                        view! {
                            <button
                                class="button"
                                aria-disabled=move || busy.get().to_string()
                                on:click=move |_| does(DestinationAct::Replay, replayed)
                            >
                                {format!("Replay what was given up ({dead})")}
                                {of}
                            </button>
                        }
                    })
            }}
            <a class="button" href=edit>
                "Edit"
                {of}
            </a>
            {move || {
                is_webhook()
                    .then(|| {
                        view! {
                            <button class="button" on:click=move |_| ask(asks.rotate)>
                                "Rotate secret"
                                {of}
                            </button>
                        }
                    })
            }}
            <button class="button" on:click=move |_| ask(asks.remove)>
                "Remove"
                {of}
            </button>
            <a href=log>
                "Its deliveries"
                {of}
            </a>
        </div>
        {move || said.get().map(|says| view! { <p class="said-done">{says}</p> })}
        <Test test />
    }
}

fn resumed(done: &DestinationDone) -> String {
    match done.due {
        0 => "Resumed: nothing waits.".to_owned(),
        due => format!("Resumed: {} tried now.", is_or_are(due)),
    }
}

fn replayed(done: &DestinationDone) -> String {
    format!("Replayed: {} tried now.", is_or_are(done.due))
}

fn is_or_are(count: u32) -> String {
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    words::counted(count, "delivery is", "deliveries are")
}
