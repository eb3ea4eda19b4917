//! `/console/privacy`, for those who may: how long things are kept, what went for its age, who is on hold, and who was erased.

mod editing;
mod people;
mod retention;
mod went;

use leptos::prelude::*;
use shared::wire::privacy::PrivacyView;

use crate::api;
use crate::app::Desk;
use crate::dom;
use crate::parts::{Read, Reading};

use people::{Erasures, Holds};
use retention::Retention;
use went::Went;

/// The page.
#[component]
pub fn PrivacyPage() -> impl IntoView {
    let desk = Desk::here();
    desk.place.set(Some("/privacy".to_owned()));
    dom::title("Privacy");
    let reading: Reading<PrivacyView> = Reading::new(desk);
    let read = move || {
        if desk.privacy.get_untracked() {
            reading.read(api::privacy());
        }
    };
    Effect::new(move |_| {
        desk.opening.track();
        desk.privacy.track();
        read();
    });
    request_animation_frame(|| {
        if dom::focus_is_free() {
            dom::focus("page");
        }
    });
    let body = move || {
        match desk.privacy.get() {
        true => view! {
            <p class="quiet">
                "To export everything that is known of one person, to erase them or to hold them, open an item of theirs."
            </p>
            <Read of=reading missing="This could not be read" again=Callback::new(move |()| read())>
                <Retention desk reading />
                <Went of=Memo::new(move |_| reading.view.with(|view| view.as_ref().map(went::of))) />
                <Holds of=Memo::new(move |_| {
                    reading.view.with(|view| view.as_ref().map(|view| view.holds.clone()).unwrap_or_default())
                }) />
                <Erasures
                    desk
                    of=Memo::new(move |_| {
                        reading.view.with(|view| view.as_ref().map(|view| view.erasures.clone()).unwrap_or_default())
                    })
                />
            </Read>
        }
        .into_any(),
        false => view! {
            <div class="notice">
                <h2>"This is not yours to see"</h2>
                <p>"How long things are kept, and what was erased, is for administrators."</p>
            </div>
        }
        .into_any(),
    }
    };
    view! {
        <div class="page privacy">
            <header class="page-head">
                <h1 id="page" tabindex="-1">
                    "Privacy"
                </h1>
            </header>
            {body}
        </div>
    }
}
