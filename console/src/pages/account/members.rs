//! Everybody who may sign in, for admins: who has a password, and a link for whoever needs one.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::wire::sign_in::MemberAccess;

use crate::api::{self, Failure};
use crate::app::{Desk, Leaving};
use crate::{dom, words};

/// The list. It is read again whenever `known` says something else.
#[component]
pub fn Members(#[prop(into)] known: Signal<(bool, u32)>) -> impl IntoView {
    let desk = Desk::here();
    let members = RwSignal::new(None::<Vec<MemberAccess>>);
    let failure = RwSignal::new(None::<String>);
    let read = move || {
        failure.set(None);
        spawn_local(async move {
            match api::members().await {
                Ok(read) => {
                    let _ = members.try_set(Some(read.members));
                }
                Err(Failure::SignedOut) => desk.signed_out(Leaving::Ended),
                Err(why) => {
                    let _ = failure.try_set(Some(why.sentence()));
                }
            }
        });
    };
    Effect::new(move |_| {
        // Read, and not only tracked: what nobody reads is not computed, and so never changes.
        known.get();
        read();
    });
    let list = move || members.get().unwrap_or_default();
    view! {
        <section class="card account" aria-labelledby="members-title">
            <h2 id="members-title">"Links for colleagues"</h2>
            <p>
                "A link signs one person in, once, within a day. Whoever forgot their password sets a new one with it. Hand it to them and to nobody else: it is a key to their account."
            </p>
            {move || {
                failure
                    .get()
                    .map(|why| {
                        view! {
                            <p class="refused" role="alert">
                                {why} " "
                                <button class="plain" on:click=move |_| read()>
                                    "Try again"
                                </button>
                            </p>
                        }
                    })
            }}
            <ul class="access">
                <For each=list key=|one| (one.member.id.clone(), one.has_password, one.sessions) children=|one| view! { <One one /> } />
            </ul>
        </section>
    }
}

#[component]
fn One(one: MemberAccess) -> impl IntoView {
    let desk = Desk::here();
    let MemberAccess { member, email, has_password, sessions } = one;
    let id = StoredValue::new(member.id);
    let name = StoredValue::new(member.name);
    let link = RwSignal::new(None::<String>);
    let refused = RwSignal::new(None::<String>);
    let copied = RwSignal::new(false);
    let busy = RwSignal::new(false);
    let place = format!("link-{}", id.get_value());
    let place = StoredValue::new(place);
    let make = move |_| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        refused.set(None);
        spawn_local(async move {
            let answer = api::make_link(&id.get_value()).await;
            let _ = busy.try_set(false);
            match answer {
                Ok(made) => {
                    let _ = copied.try_set(false);
                    let _ = link.try_set(Some(format!("{}{}", dom::origin(), made.url)));
                    desk.say(&format!("A link for {} is there", name.get_value()));
                }
                Err(Failure::SignedOut) => desk.signed_out(Leaving::Ended),
                Err(why) => {
                    let _ = refused.try_set(Some(why.sentence()));
                }
            }
        });
    };
    let copy = move |text: String| {
        spawn_local(async move {
            if dom::copy(&text).await.is_ok() {
                let _ = copied.try_set(true);
                desk.say("Copied");
            } else {
                // The browser does not let pages write there: it is marked, to be copied by hand.
                dom::select_text(&place.get_value());
            }
        });
    };
    let sessions = usize::try_from(sessions).unwrap_or(usize::MAX);
    let how = match (has_password, sessions) {
        (true, 0) => "has a password".to_owned(),
        (false, 0) => "no password yet".to_owned(),
        (true, some) => format!("has a password, {}", words::counted(some, "session", "sessions")),
        (false, some) => format!("no password yet, {}", words::counted(some, "session", "sessions")),
    };
    view! {
        <li>
            <div class="access-who">
                <b>
                    <bdi>{name.get_value()}</bdi>
                </b>
                <span class="quiet">
                    <bdi>{email}</bdi>
                    ", "
                    {how}
                </span>
            </div>
            <button class="button" aria-disabled=move || busy.get().to_string() on:click=make>
                "Make a link"
                <span class="hidden">{format!(" for {}", name.get_value())}</span>
            </button>
            {move || refused.get().map(|why| view! { <p class="refused" role="alert">{why}</p> })}
            {move || {
                link.get()
                    .map(|made| {
                        let text = made.clone();
                        view! {
                            <div class="access-link">
                                <code id=place.get_value()>{made}</code>
                                <button class="button" on:click=move |_| copy(text.clone())>
                                    {move || if copied.get() { "Copied" } else { "Copy" }}
                                </button>
                            </div>
                        }
                    })
            }}
        </li>
    }
}
