//! A new key, and the switch: both work at once, so both say first what will happen.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::wire::sites::{ChangeSites, SiteChange, SiteView};

use super::Shown;
use crate::api::{self, Failure};
use crate::app::Leaving;
use crate::dom;

/// What is asked about.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asked {
    Rotate,
    Off,
}

/// The section.
#[component]
pub fn Key(shown: Shown, site: Memo<SiteView>) -> impl IntoView {
    let dialog = NodeRef::<leptos::html::Dialog>::new();
    let asked = RwSignal::new(Asked::Rotate);
    let busy = RwSignal::new(false);
    let refused = RwSignal::new(None::<String>);
    let off = Memo::new(move |_| site.with(|site| site.off));
    let hide = move || {
        if let Some(dialog) = dialog.get_untracked() {
            dialog.close();
        }
    };
    let ask = move |what: Asked| {
        asked.set(what);
        refused.set(None);
        if let Some(dialog) = dialog.get_untracked() {
            // Fails only where it is shown already.
            let _ = dialog.show_modal();
        }
    };
    let change = move |change: SiteChange, done: &'static str| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        refused.set(None);
        let version = shown.desk.sites.with_untracked(|view| view.as_ref().map_or(0, |view| view.version));
        spawn_local(async move {
            let outcome = api::change_sites(&ChangeSites { version, change }).await;
            let _ = busy.try_set(false);
            match outcome {
                Ok(view) => {
                    shown.take(view);
                    shown.desk.say(done);
                    hide();
                    dom::focus_soon("key");
                }
                Err(Failure::SignedOut) => shown.desk.signed_out(Leaving::Ended),
                Err(failure) => {
                    if failure.is_stale() {
                        shown.read();
                    }
                    let _ = refused.try_set(Some(failure.sentence()));
                }
            }
        });
    };
    let id = move || site.with_untracked(|site| site.id.clone());
    let confirm = move |_| match asked.get_untracked() {
        Asked::Rotate => change(SiteChange::RotateKey { id: id() }, "The site has a new key. Copy its snippet again."),
        Asked::Off => change(SiteChange::SwitchOff { id: id() }, "Switched off"),
    };
    let switch = move || {
        if off.get() {
            view! {
                <button
                    class="button main"
                    aria-disabled=move || busy.get().to_string()
                    on:click=move |_| change(SiteChange::SwitchOn { id: id() }, "Switched on")
                >
                    "Switch on"
                </button>
            }
            .into_any()
        } else {
            view! {
                <button class="button" on:click=move |_| ask(Asked::Off)>
                    "Switch off"
                </button>
            }
            .into_any()
        }
    };
    let says = move || match asked.get() {
        Asked::Rotate => (
            "Give the site a new key?",
            "The old key stops working at once. Every page that still carries it shows no widget, and what visitors send \
             from it is refused, until its snippet has the new key.",
            "Give a new key",
        ),
        Asked::Off => (
            "Switch the site off?",
            "Its key is refused at once: no launcher, no form and no prompt on any of its pages. What was sent before \
             stays in your queues. You can switch it on again, under the same key.",
            "Switch off",
        ),
    };
    let why = move || refused.get().map(|why| view! { <p class="refused" role="alert">{why}</p> });
    view! {
        <section class="card" aria-labelledby="key">
            <h2 id="key" tabindex="-1">
                "Key and switch"
            </h2>
            <p class="quiet">
                "The key is public: it names the site, works only on its origins, and opens nothing else. Give a new one when somebody misuses it."
            </p>
            {move || off.get().then(why)}
            <div class="buttons">
                <button class="button" on:click=move |_| ask(Asked::Rotate)>
                    "New key"
                </button>
                {switch}
            </div>
            <dialog node_ref=dialog aria-labelledby="asked" aria-describedby="asked-says">
                <h2 id="asked">{move || says().0}</h2>
                <p id="asked-says">{move || says().1}</p>
                {why}
                <div class="buttons row-end">
                    <button class="button" autofocus on:click=move |_| hide()>
                        "Cancel"
                    </button>
                    <button class="button main" aria-disabled=move || busy.get().to_string() on:click=confirm>
                        {move || says().2}
                    </button>
                </div>
            </dialog>
        </section>
    }
}
