//! `/console/tokens`, for those who operate: what the workspace's own servers may do here, what each was made for, and whether it is
//! used.

mod line;
mod new;

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::wire::token::{TokenView, TokensView};

use crate::api::{self, Failure};
use crate::app::{Desk, Leaving};
use crate::dom;
use crate::pages::destinations::NotYours;
use crate::parts::{Once, Read, Reading, ShownOnce, Sure};

use line::Line;
use new::NewToken;

/// The tokens, and what is done about them.
#[derive(Clone, Copy)]
struct Tokens {
    desk: Desk,
    reading: Reading<TokensView>,
    /// Whether one is being made.
    makes: RwSignal<bool>,
    /// The one that is about to be revoked.
    about: RwSignal<String>,
    revokes: RwSignal<bool>,
    /// Why it was not revoked: whose, and the sentence.
    refused: RwSignal<Option<(String, String)>>,
    busy: RwSignal<bool>,
}

impl Tokens {
    fn read(self) {
        if self.desk.operates.get_untracked() {
            self.reading.read(api::tokens());
        }
    }

    /// Takes what came of making one, and keeps the token until somebody says that they have it.
    fn made(self, name: String, mut view: TokensView) {
        if let Some(secret) = view.token.take() {
            let about = "Copy it now and put it where your server keeps its secrets: it is shown this once, and cannot be read again. \
                Whoever has it can do what it is for. Should it come into wrong hands, revoke it here: it ends at once."
                .to_owned();
            self.desk.token_made.set(Some(Once { what: "token", name, about, secret }));
        }
        self.reading.take(view);
        self.desk.say("The token is made. Copy it now.");
        let _ = self.makes.try_set(false);
        dom::focus_soon("made");
    }

    fn ask(self, name: String) {
        self.about.set(name);
        self.refused.set(None);
        self.revokes.set(true);
    }

    fn revoke(self) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        let name = self.about.get_untracked();
        spawn_local(async move {
            let answer = api::drop_token(&name).await;
            let _ = self.busy.try_set(false);
            match answer {
                Ok(()) => {
                    self.desk.say(&format!("The token {name} is revoked"));
                    // What was shown of it opens nothing any more.
                    self.desk.token_made.update(|made| drop(made.take_if(|made| made.name == name)));
                    self.read();
                    dom::focus_soon("page");
                }
                Err(Failure::SignedOut) => self.desk.signed_out(Leaving::Ended),
                Err(failure) => {
                    if failure.is_not_found() {
                        self.read();
                    }
                    let _ = self.refused.try_set(Some((name, failure.sentence())));
                }
            }
        });
    }
}

/// The page.
#[component]
pub fn TokensPage() -> impl IntoView {
    let desk = Desk::here();
    desk.place.set(Some("/tokens".to_owned()));
    dom::title("API tokens");
    let tokens = Tokens {
        desk,
        reading: Reading::new(desk),
        makes: RwSignal::new(false),
        about: RwSignal::new(String::new()),
        revokes: RwSignal::new(false),
        refused: RwSignal::new(None),
        busy: RwSignal::new(false),
    };
    Effect::new(move |_| {
        desk.opening.track();
        desk.operates.track();
        tokens.read();
    });
    request_animation_frame(|| {
        if dom::focus_is_free() {
            dom::focus("page");
        }
    });
    let body = move || {
        match desk.operates.get() {
        true => view! {
            <p class="quiet">
                "A token lets a server of yours, or a service like Zapier, call Usher by itself. The calls are described in "
                <a href="/openapi.json" rel="external">
                    "openapi.json"
                </a> "."
            </p>
            <ShownOnce made=desk.token_made />
            <Read of=tokens.reading missing="The tokens could not be read" again=Callback::new(move |()| tokens.read())>
                <Making tokens />
                <List tokens />
            </Read>
        }
        .into_any(),
        false => view! { <NotYours /> }.into_any(),
    }
    };
    view! {
        <div class="page tokens">
            <header class="page-head">
                <h1 id="page" tabindex="-1">
                    "API tokens"
                </h1>
            </header>
            {body}
        </div>
    }
}

/// The button, or the form that it opens.
#[component]
fn Making(tokens: Tokens) -> impl IntoView {
    let begin = move |_| {
        tokens.makes.set(true);
        dom::focus_soon("edit-name");
    };
    move || match tokens.makes.get() {
        true => view! { <NewToken tokens /> }.into_any(),
        false => view! {
            <p>
                <button class="button main" id="new-token" on:click=begin>
                    "New token"
                </button>
            </p>
        }
        .into_any(),
    }
}

#[component]
fn List(tokens: Tokens) -> impl IntoView {
    let all = move || {
        let all = |view: &Option<TokensView>| view.as_ref().map(|view| view.tokens.clone()).unwrap_or_default();
        tokens.reading.view.with(all)
    };
    let is_empty = Memo::new(move |_| all().is_empty());
    let list = move || {
        match is_empty.get() {
        true => view! {
            <div class="notice">
                <h2>"There is no token yet"</h2>
                <p>
                    "Make one for each server, and only for what that server does: then one can be revoked without the others noticing."
                </p>
            </div>
        }
        .into_any(),
        false => view! {
            <ul class="destinations">
                <For each=all key=changing children=move |token| view! { <Line tokens token /> } />
            </ul>
        }
        .into_any(),
    }
    };
    let about = move || tokens.about.get();
    view! {
        {list}
        <Sure
            asked=tokens.revokes
            title="Revoke this token?"
            does="Revoke"
            then=Callback::new(move |()| tokens.revoke())
        >
            <p>
                "Whatever uses " <bdi class="name">{about}</bdi>
                " is refused from now on. It cannot be taken back: whoever still needs one gets a new token."
            </p>
        </Sure>
    }
}

/// What makes a line another line.
fn changing(token: &TokenView) -> (String, String, Option<String>) {
    (token.name.clone(), token.made_at.clone(), token.used_at.clone())
}
