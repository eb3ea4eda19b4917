//! A secret that was made just now. It is shown this once.

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::app::Desk;
use crate::dom;

const PLACE: &str = "made-secret";

/// The secret, and what to do with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Once {
    /// What it is: `signing secret`.
    pub what: &'static str,
    /// Whose it is: what staff call that.
    pub name: String,
    /// What to do with it, and what whoever has it can do.
    pub about: String,
    /// The secret.
    pub secret: String,
}

/// The secret to copy, until somebody says that they have it.
#[component]
pub fn ShownOnce(made: RwSignal<Option<Once>>) -> impl IntoView {
    move || made.get().map(|once| view! { <Shown made once /> })
}

#[component]
fn Shown(made: RwSignal<Option<Once>>, once: Once) -> impl IntoView {
    let desk = Desk::here();
    let copied = RwSignal::new(false);
    let Once { what, name, about, secret } = once;
    let text = StoredValue::new(secret.clone());
    let copy = move |_| {
        let text = text.get_value();
        spawn_local(async move {
            if dom::copy(&text).await.is_ok() {
                let _ = copied.try_set(true);
                desk.say("Copied");
            } else {
                dom::select_text(PLACE);
                desk.say("Your browser does not let this page copy. The text is selected: copy it with the keyboard.");
            }
        });
    };
    let done = move |_| {
        made.set(None);
        dom::focus_soon("page");
    };
    view! {
        <section class="card made" aria-labelledby="made">
            <h2 id="made" tabindex="-1">
                {format!("The {what} of ")}
                <bdi>{name}</bdi>
            </h2>
            <p class="pale">{about}</p>
            <div class="copied">
                <pre id=PLACE tabindex="0" role="group" aria-label=format!("The {what}")>
                    <code>{secret}</code>
                </pre>
                <button class="button main" on:click=copy>
                    {move || if copied.get() { "Copied" } else { "Copy" }}
                    <span class="hidden">{format!(" the {what}")}</span>
                </button>
            </div>
            <p>
                <button class="button" on:click=done>
                    "I have it"
                </button>
            </p>
        </section>
    }
}
