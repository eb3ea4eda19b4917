//! Everything that is known of one delivery: each try, what was told, and what one can do about it.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::wire::delivery::{DeliveryAct, DeliveryRow, DeliveryState, DeliveryView, TryView};

use super::follow;
use crate::api::{self, Failure};
use crate::app::{Desk, Leaving};
use crate::parts::Waiting;
use crate::{clock, words};

/// A delivery on the screen.
#[derive(Clone, Copy)]
struct Shown {
    desk: Desk,
    id: StoredValue<String>,
    view: RwSignal<Option<DeliveryView>>,
    failure: RwSignal<Option<String>>,
    busy: RwSignal<bool>,
    changed: Callback<DeliveryRow>,
}

impl Shown {
    fn read(self) {
        let id = self.id.get_value();
        spawn_local(async move {
            let answer = api::delivery(&id).await;
            self.heard(answer);
        });
    }

    /// False where nobody looks any more.
    fn heard(self, answer: api::Answer<DeliveryView>) -> bool {
        match answer {
            Ok(view) => {
                if self.view.is_disposed() {
                    return false;
                }
                self.failure.set(None);
                let row = view.row.clone();
                self.view.set(Some(view));
                self.changed.run(row);
                true
            }
            Err(Failure::SignedOut) => {
                self.desk.signed_out(Leaving::Ended);
                false
            }
            Err(failure) => self.failure.try_set(Some(failure.sentence())).is_none(),
        }
    }

    fn act(self, act: DeliveryAct) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.failure.set(None);
        let id = self.id.get_value();
        spawn_local(async move {
            let answer = api::act_on_delivery(&id, act).await;
            let _ = self.busy.try_set(false);
            match answer {
                Ok(_) => {
                    self.desk.say(if act == DeliveryAct::Replay { "It is tried again" } else { "Given up" });
                    follow(self.desk, id, move |answer, is_last| {
                        let has_ended = answer.as_ref().ok().filter(|view| view.row.state != DeliveryState::Due);
                        if let (true, Some(view)) = (is_last, has_ended) {
                            self.desk.say(&words::came_to(view));
                        }
                        self.heard(answer)
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

/// The delivery. It is read again whenever `seen` says something else of it.
#[component]
pub fn Opened(
    id: String,
    seen: Signal<Option<(DeliveryState, u32)>>,
    /// Takes what is known of its row.
    changed: Callback<DeliveryRow>,
) -> impl IntoView {
    let shown = Shown {
        desk: Desk::here(),
        id: StoredValue::new(id),
        view: RwSignal::new(None),
        failure: RwSignal::new(None),
        busy: RwSignal::new(false),
        changed,
    };
    Effect::new(move |_| {
        let now = seen.get();
        let known = shown.view.with_untracked(|view| view.as_ref().map(|view| (view.row.state, view.row.tries)));
        if known.is_none() || known != now {
            shown.read();
        }
    });
    let is_there = Memo::new(move |_| shown.view.with(Option::is_some));
    let why = move || {
        shown.failure.get().map(|why| {
            view! {
                <p class="refused" role="alert">
                    {why}
                    " "
                    <button class="plain" on:click=move |_| shown.read()>
                        "Try again"
                    </button>
                </p>
            }
        })
    };
    let body = move || match (is_there.get(), shown.failure.with(Option::is_some)) {
        (true, _) => view! { <Whole shown /> }.into_any(),
        (false, true) => ().into_any(),
        (false, false) => view! { <Waiting lines=2 /> }.into_any(),
    };
    view! { <div class="delivery-opened">{why} {body}</div> }
}

#[component]
fn Whole(shown: Shown) -> impl IntoView {
    let tries =
        Memo::new(move |_| shown.view.with(|view| view.as_ref().map(|view| view.tries.clone()).unwrap_or_default()));
    let state = Memo::new(move |_| shown.view.with(|view| view.as_ref().map(|view| view.row.state)));
    let message = Memo::new(move |_| {
        let pretty = |view: &DeliveryView| serde_json::to_string_pretty(&view.message).unwrap_or_default();
        shown.view.with(|view| view.as_ref().map(pretty).unwrap_or_default())
    });
    let list = move || {
        let tries = tries.get();
        match tries.is_empty() {
            true => view! { <p class="quiet">"It was not tried yet."</p> }.into_any(),
            false => view! { <ol class="tries" aria-label="Tries">{tries.into_iter().map(one).collect_view()}</ol> }
                .into_any(),
        }
    };
    let again = move || match state.get() {
        Some(DeliveryState::Due) => "Try it now",
        _ => "Replay",
    };
    view! {
        {list}
        <details>
            <summary>"What is told, as JSON"</summary>
            <pre tabindex="0" role="group" aria-label="Message">
                <code>{message}</code>
            </pre>
        </details>
        <div class="buttons">
            <button
                class="button"
                aria-disabled=move || shown.busy.get().to_string()
                on:click=move |_| shown.act(DeliveryAct::Replay)
            >
                {again}
            </button>
            {move || {
                (state.get() == Some(DeliveryState::Due))
                    .then(|| {
                        view! {
                            <button
                                class="button"
                                aria-disabled=move || shown.busy.get().to_string()
                                on:click=move |_| shown.act(DeliveryAct::GiveUp)
                            >
                                "Give up"
                            </button>
                        }
                    })
            }}
            {move || {
                (state.get() == Some(DeliveryState::Delivered))
                    .then(|| {
                        view! {
                            <p class="quiet">"It arrived. Replayed, it is sent once more under the same id, by which receivers tell repeats."</p>
                        }
                    })
            }}
        </div>
        <p class="quiet">
            "Id: "
            <bdi class="code">{shown.id.get_value()}</bdi>
        </p>
    }
}

fn one(it: TryView) -> impl IntoView {
    view! {
        <li>
            <time datetime=it.at.clone() title=clock::in_full(&it.at)>
                {clock::to_the_second(&it.at)}
            </time>
            <span class="quiet">{words::took(it.took_ms)}</span>
            <bdi>{it.says}</bdi>
        </li>
    }
}
