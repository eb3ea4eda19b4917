//! A signing secret that was made just now. It is shown this once.

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::app::Desk;
use crate::dom;

const PLACE: &str = "made-secret";

/// The secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// Whose it is: what staff call the destination.
    pub name: String,
    /// The secret.
    pub secret: String,
    /// Whether another one was there, which goes on for a day.
    pub replaces: bool,
}

/// The secret to copy, until somebody says that they have it.
#[component]
pub fn NewSecret() -> impl IntoView {
    let desk = Desk::here();
    move || desk.destinations.made.get().map(|made| view! { <Shown made /> })
}

#[component]
fn Shown(made: Made) -> impl IntoView {
    let desk = Desk::here();
    let copied = RwSignal::new(false);
    let secret = StoredValue::new(made.secret.clone());
    let copy = move |_| {
        let text = secret.get_value();
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
        desk.destinations.made.set(None);
        dom::focus_soon("page");
    };
    let how_long = made
        .replaces
        .then_some(" For a day, what is sent is signed with the one before as well; then only with this one.");
    view! {
        <section class="card made" aria-labelledby="made">
            <h2 id="made" tabindex="-1">
                "The signing secret of "
                <bdi>{made.name}</bdi>
            </h2>
            <p class="pale">
                "Copy it now and give it to the receiver: it is shown this once, and cannot be read again. Whoever has it can sign what looks like yours."
                {how_long}
            </p>
            <div class="copied">
                <pre id=PLACE tabindex="0" role="group" aria-label="Signing secret">
                    <code>{made.secret}</code>
                </pre>
                <button class="button main" on:click=copy>
                    {move || if copied.get() { "Copied" } else { "Copy" }}
                    <span class="hidden">" the signing secret"</span>
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
