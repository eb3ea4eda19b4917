//! Places a hold on somebody, or lifts it. Either has a reason, which stays.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::wire::privacy::ChangeHold;

use super::Acts;
use crate::api::{self, Failure};
use crate::app::Leaving;
use crate::dom;
use crate::parts::{Area, Saving};

/// The form.
#[component]
pub fn HoldForm(
    acts: Acts,
    /// Whether there is a hold, which it lifts.
    lifts: bool,
) -> impl IntoView {
    let reason = RwSignal::new(String::new());
    let saving = Saving::new();
    let leave = move || {
        acts.holds.set(false);
        dom::focus_soon("change-hold");
    };
    let save = move || {
        if !saving.begin() {
            return;
        }
        let reason = reason.get_untracked().trim().to_owned();
        let change = if lifts { ChangeHold::Lift { reason } } else { ChangeHold::Place { reason } };
        let person = acts.person.get_untracked();
        spawn_local(async move {
            let answer = api::change_hold(&person, &change).await;
            saving.ended();
            match answer {
                Ok(view) => acts.changed(view, if lifts { "The hold is lifted" } else { "They are on hold" }),
                Err(Failure::SignedOut) => acts.desk.signed_out(Leaving::Ended),
                Err(failure) => {
                    saving.not_saved(&failure);
                    // Somebody else may have placed or lifted it meanwhile.
                    acts.read();
                }
            }
        });
    };
    let help = if lifts {
        "Why it is over. From then on they can be erased, and what is old enough goes."
    } else {
        "A case, an order, whose request: whoever looks after this later has to know. As long as it is there, nothing of them is deleted, by nobody and by no rule."
    };
    view! {
        <form
            class="form"
            aria-label=if lifts { "Lift the legal hold" } else { "Place a legal hold" }
            on:submit=move |event| {
                event.prevent_default();
                save();
            }
            on:keydown=move |event| {
                if event.key() == "Escape" {
                    event.prevent_default();
                    event.stop_propagation();
                    leave();
                }
            }
        >
            <Area wrong=saving.wrong field="reason" label="Reason" help value=reason set=move |text| reason.set(text) />
            {move || saving.refused.get().map(|why| view! { <p class="refused" role="alert">{why}</p> })}
            <div class="buttons">
                <button class="button main" type="submit" aria-disabled=move || saving.busy.get().to_string()>
                    {if lifts { "Lift the hold" } else { "Place the hold" }}
                </button>
                <button class="button" type="button" on:click=move |_| leave()>
                    "Cancel"
                </button>
            </div>
        </form>
    }
}
