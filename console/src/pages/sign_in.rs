//! The door: a one-time link signs in; anything else says how to get one.

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api::{self, Failure};
use crate::app::{Desk, Leaving};
use crate::dom;

/// What stands on the door.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Door {
    /// The link is being checked, or whether somebody is signed in already.
    Checking,
    /// No link.
    NoLink(Option<Leaving>),
    /// A link that does not open it (any more).
    Spent,
    /// Nobody answered; the link is still good.
    Unreachable(String),
}

/// `/console/sign-in#{token}`.
#[component]
pub fn SignIn() -> impl IntoView {
    let desk = Desk::here();
    let door = RwSignal::new(Door::Checking);
    let token = StoredValue::new(None::<String>);
    dom::title("Sign in");

    let knock = move || {
        door.set(Door::Checking);
        spawn_local(async move {
            let outcome = match token.get_value() {
                Some(token) => api::sign_in(token).await,
                None => api::session().await,
            };
            let with_link = token.with_value(Option::is_some);
            let shut = match outcome {
                Ok(session) => {
                    desk.signed_in(session);
                    desk.go("/", true);
                    return;
                }
                Err(Failure::SignedOut | Failure::Refused(_)) if with_link => Door::Spent,
                Err(Failure::SignedOut) => Door::NoLink(None),
                Err(failure) => Door::Unreachable(failure.sentence()),
            };
            door.set(shut);
            dom::focus_soon("door");
        });
    };
    let arrive = move || {
        // Out of the address bar before anything else: it must not stay in the history, or go along with a referrer.
        token.set_value(dom::take_fragment());
        match desk.leaving.get_value() {
            Some(why) if token.with_value(Option::is_none) => door.set(Door::NoLink(Some(why))),
            _ => knock(),
        }
    };
    arrive();
    // A new link pasted over the old one changes the fragment only, and loads nothing.
    let pasted = window_event_listener(leptos::ev::hashchange, move |_| {
        if window().location().hash().is_ok_and(|it| it.len() > 1) {
            arrive();
        }
    });
    on_cleanup(move || pasted.remove());

    let title = move || match door.get() {
        Door::Checking => "Signing you in",
        Door::NoLink(Some(Leaving::Asked)) => "You are signed out",
        Door::NoLink(Some(Leaving::Ended)) => "Your session has ended",
        Door::NoLink(None | Some(Leaving::Stranger)) => "Sign in with your link",
        Door::Spent => "This link no longer works",
        Door::Unreachable(_) => "Usher cannot be reached",
    };
    let body = move || {
        match door.get() {
        Door::Checking => view! { <p class="quiet">"One moment."</p> }.into_any(),
        Door::NoLink(Some(Leaving::Ended)) => view! {
            <p>"What you were writing is kept if you open the new link in this tab."</p>
            <NewLink />
        }
        .into_any(),
        Door::NoLink(_) => view! {
            <p>"There are no passwords here. A link that works once opens the console on this browser."</p>
            <NewLink />
        }
        .into_any(),
        Door::Spent => view! {
            <p>"A sign-in link works once, and only for a short time. This one was used, has expired, or lost a part on its way."</p>
            <NewLink />
        }
        .into_any(),
        Door::Unreachable(sentence) => view! {
            <p>{sentence}</p>
            <p>
                <button class="button main" on:click=move |_| knock()>
                    "Try again"
                </button>
            </p>
        }
        .into_any(),
    }
    };

    view! {
        <main class="door">
            <div class="door-card">
                <p class="brand">"Usher"</p>
                <h1 id="door" tabindex="-1" aria-live="polite">
                    {title}
                </h1>
                {body}
            </div>
        </main>
    }
}

/// How to come by a link.
#[component]
fn NewLink() -> impl IntoView {
    view! {
        <h2>"To get a new link"</h2>
        <p>
            "Ask the person who runs Usher for a new link: " <code>"cargo xtask dev"</code> " and "
            <code>"cargo xtask serve"</code>
            " print one at each start, and the operator\u{2019}s API makes one for any member."
        </p>
    }
}
