//! A token that is not there yet: what it is called, what it is for, and until when.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::token::Scope;
use shared::wire::sites::Named;
use shared::wire::token::{self, TokensView};

use super::Tokens;
use crate::api::{self, Failure};
use crate::app::Leaving;
use crate::dom;
use crate::parts::{Saving, Several, Sure, Text};

/// What is typed, and what became of it.
#[derive(Clone, Copy)]
struct Making {
    tokens: Tokens,
    name: RwSignal<String>,
    scopes: RwSignal<Vec<String>>,
    /// The last day, `2027-01-31`; empty for no end.
    last_day: RwSignal<String>,
    saving: Saving,
    /// Whether it is asked if another one of this name may end.
    asks: RwSignal<bool>,
}

impl Making {
    /// Whether one of this name is there, which would end.
    fn replaces(self) -> bool {
        let of_this_name = |view: &Option<TokensView>, name: &str| {
            view.as_ref().is_some_and(|view| view.tokens.iter().any(|token| token.name == name))
        };
        self.name.with(|name| self.tokens.reading.view.with(|view| of_this_name(view, name)))
    }

    fn make(self) {
        if !self.saving.begin() {
            return;
        }
        let day = self.last_day.get_untracked();
        let new = token::NewToken {
            name: self.name.get_untracked(),
            scopes: self.scopes.get_untracked(),
            scope: None,
            expires_at: (!day.is_empty()).then(|| format!("{day}T23:59:59Z")),
        };
        spawn_local(async move {
            let answer = api::make_token(&new).await;
            self.saving.ended();
            match answer {
                Ok(view) => self.tokens.made(new.name, view),
                Err(Failure::SignedOut) => self.tokens.desk.signed_out(Leaving::Ended),
                Err(failure) => self.saving.not_saved(&failure),
            }
        });
    }
}

/// The form.
#[component]
pub fn NewToken(tokens: Tokens) -> impl IntoView {
    let making = Making {
        tokens,
        name: RwSignal::new(String::new()),
        scopes: RwSignal::new(Vec::new()),
        last_day: RwSignal::new(String::new()),
        saving: Saving::new(),
        asks: RwSignal::new(false),
    };
    let offered = |view: &Option<TokensView>| view.as_ref().map(|view| view.scopes.clone()).unwrap_or_default();
    let choices = Memo::new(move |_| {
        tokens.reading.view.with(offered).into_iter().map(|id| Named { name: says(&id), id }).collect::<Vec<_>>()
    });
    let leave = move || {
        tokens.makes.set(false);
        dom::focus_soon("new-token");
    };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if untrack(|| making.replaces()) {
            making.asks.set(true);
        } else {
            making.make();
        }
    };
    let (wrong, name) = (making.saving.wrong, making.name);
    view! {
        <form
            class="card editor token-editor"
            aria-labelledby="making"
            novalidate
            on:submit=submit
            on:keydown=move |event| {
                if event.key() == "Escape" && !making.asks.get_untracked() {
                    event.prevent_default();
                    event.stop_propagation();
                    leave();
                }
            }
        >
            <h2 id="making">"New token"</h2>
            <Text
                wrong
                field="name"
                label="Name"
                help="Which server or service has it: small letters, digits, _ and -."
                value=name
                set=move |text: String| name.set(text.trim().to_owned())
            />
            <Several
                wrong
                field="scopes"
                label="What it is for"
                none=""
                choices
                values=making.scopes
                change=move |how| making.scopes.update(|scopes| how(scopes))
            />
            <Text
                wrong
                field="expires_at"
                label="Last day"
                help="It ends with this day (UTC). Empty for no end."
                kind="date"
                value=making.last_day
                set=move |day| making.last_day.set(day)
            />
            <div class="save-bar">
                {move || making.saving.refused.get().map(|why| view! { <p class="refused" role="alert">{why}</p> })}
                <div class="buttons">
                    <button class="button main" type="submit" aria-disabled=move || making.saving.busy.get().to_string()>
                        "Make the token"
                    </button>
                    <button class="button" type="button" on:click=move |_| leave()>
                        "Cancel"
                    </button>
                </div>
            </div>
        </form>
        <Sure
            asked=making.asks
            title="Replace the token of this name?"
            does="Replace it"
            then=Callback::new(move |()| making.make())
        >
            <p>
                "There is a token that is called " <bdi class="name">{name}</bdi>
                ". It ends at once, and whatever uses it is refused until it has the new one."
            </p>
        </Sure>
    }
}

/// A scope as a choice; one that this version does not know, by its tag.
fn says(tag: &str) -> String {
    Scope::from_tag(tag).map_or_else(|| tag.to_owned(), |scope| format!("{} ({tag})", scope.says()))
}
