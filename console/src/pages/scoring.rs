//! `/console/scoring`: how leads are scored, for everybody to see; the card, what-if and replay for those who may change it.

mod card;
mod diff;
mod editing;
mod learner;
mod publish;
mod replay;
mod report;
mod rule;
mod versions;
mod what_if;

use std::time::Duration;

use leptos::prelude::*;
use leptos_router::components::Outlet;
use leptos_router::hooks::use_location;

use crate::api::Failure;
use crate::app::{BASE, Desk};
use crate::dom;
use crate::parts::{Notice, Waiting};

pub use card::CardPage;
pub use editing::Scoring;
pub use learner::LearnerPage;
pub use replay::ReplayPage;
pub use versions::VersionsPage;
pub use what_if::WhatIfPage;

/// How often what others save is read, while one looks at it; and how often, while open items are scored anew.
const AGAIN: Duration = Duration::from_secs(2);
const SELDOM: u32 = 15;
/// The card is checked once one stops typing.
const CHECK_AFTER: Duration = Duration::from_millis(400);

/// The frame around the pages of scoring.
#[component]
pub fn ScoringFrame() -> impl IntoView {
    let desk = Desk::here();
    let scoring = desk.scoring;
    desk.place.set(Some("/scoring".to_owned()));
    Effect::new(move |_| {
        desk.opening.track();
        scoring.read(desk);
    });
    let turns = StoredValue::new(0_u32);
    let again = move || {
        turns.update_value(|turns| *turns += 1);
        let is_rescoring =
            scoring.view.with_untracked(|view| view.as_ref().is_some_and(|view| view.rescoring.is_some()));
        if is_rescoring || turns.get_value().is_multiple_of(SELDOM) {
            scoring.read(desk);
        }
    };
    if let Ok(again) = set_interval_with_handle(again, AGAIN) {
        on_cleanup(move || again.clear());
    }
    let mut check = debounce(CHECK_AFTER, move |()| scoring.check(desk));
    Effect::new(move |first: Option<()>| {
        scoring.card.track();
        // What has just been read was checked there.
        if first.is_some() && untrack(|| scoring.is_changed() && scoring.may_change()) {
            check(());
        }
    });
    view! {
        <div class="page scoring">
            <header class="page-head">
                <h1 id="page" tabindex="-1">
                    "Scoring"
                </h1>
            </header>
            <Ways />
            <Gate scoring>
                <Outlet />
            </Gate>
        </div>
    }
}

/// The pages of scoring.
#[component]
fn Ways() -> impl IntoView {
    let tries = Desk::here().tries;
    let path = use_location().pathname;
    let way = move |to: &'static str, name: &'static str| {
        let href = format!("{BASE}/scoring{to}");
        let own = href.clone();
        let here = move || path.with(|path| path.trim_end_matches('/') == own).then_some("page");
        view! {
            <a href=href aria-current=here>
                {name}
            </a>
        }
    };
    view! {
        <nav class="sides" aria-label="Scoring">
            {way("", "Card")}
            {move || {
                tries
                    .get()
                    .then(|| view! { {way("/what-if", "What if")} {way("/replay", "Replay")} })
            }}
            {way("/learner", "Learner")}
            {way("/versions", "Versions")}
        </nav>
    }
}

/// What stands in the place of a page until the card is there, or where it never comes.
#[component]
fn Gate(scoring: Scoring, children: ChildrenFn) -> impl IntoView {
    let desk = Desk::here();
    let is_there = Memo::new(move |_| scoring.view.with(Option::is_some));
    let sentence = Memo::new(move |_| scoring.failure.with(|it| it.as_ref().map(Failure::sentence)));
    Effect::new(move |_| {
        if is_there.get() && dom::focus_is_free() {
            dom::focus_soon("page");
        }
    });
    move || match (is_there.get(), sentence.get()) {
        (true, why) => view! {
            {why
                .map(|why| {
                    view! {
                        <p class="refused" role="alert">
                            {why}
                            " What you see may be behind. "
                            <button class="plain" on:click=move |_| scoring.read(desk)>
                                "Try again"
                            </button>
                        </p>
                    }
                })}
            {children()}
        }
        .into_any(),
        (false, Some(why)) => view! {
            <Notice title="The card could not be read">
                <p role="alert">{why}</p>
                <p>
                    <button class="button main" on:click=move |_| scoring.read(desk)>
                        "Try again"
                    </button>
                </p>
            </Notice>
        }
        .into_any(),
        (false, None) => view! { <Waiting lines=6 /> }.into_any(),
    }
}
