//! The cards that were in force before, what became different with each, and the way back.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::wire::card::Card;
use shared::wire::scoring::VersionView;

use super::diff::differences;
use super::publish::Rescoring;
use crate::api::{self, Failure};
use crate::app::{Desk, Leaving};
use crate::dom;
use crate::parts::When;

/// `/console/scoring/versions`.
#[component]
pub fn VersionsPage() -> impl IntoView {
    let desk = Desk::here();
    let scoring = desk.scoring;
    dom::title("Versions of the card");
    let versions = Memo::new(move |_| scoring.view.with(|view| view.as_ref().map(|view| view.versions.clone())));
    let list = move || {
        let versions = versions.get().unwrap_or_default();
        let first = versions.first().map(|it| it.version);
        versions
            .into_iter()
            .map(move |it| {
                let is_live = first == Some(it.version);
                view! { <Version of=it is_live /> }
            })
            .collect_view()
    };
    view! {
        <section class="card" aria-labelledby="versions">
            <h3 id="versions" tabindex="-1">
                "Every card that was in force"
            </h3>
            <p class="quiet">"Each item says which version of the rules scored it. Rolling back makes a new version with the earlier card."</p>
            <Rescoring scoring />
            {move || scoring.refused.get().map(|why| view! { <p class="refused" role="alert">{why}</p> })}
            <ol class="versions">{list}</ol>
        </section>
    }
}

#[component]
fn Version(of: VersionView, is_live: bool) -> impl IntoView {
    let desk = Desk::here();
    let scoring = desk.scoring;
    let version = of.version;
    let (asked, rescore) = (RwSignal::new(false), RwSignal::new(true));
    let card = RwSignal::new(None::<Card>);
    let failure = RwSignal::new(None::<String>);
    let compare = move |_| {
        if asked.get_untracked() {
            asked.set(false);
            return;
        }
        asked.set(true);
        spawn_local(async move {
            match api::card_version(version).await {
                Ok(read) => {
                    let _ = card.try_set(Some(read.card));
                }
                Err(Failure::SignedOut) => desk.signed_out(Leaving::Ended),
                Err(why) => {
                    let _ = failure.try_set(Some(why.sentence()));
                }
            }
        });
    };
    let changes = move || {
        let mine = card.get()?;
        let says = scoring.view.with(|view| view.as_ref().map(|view| differences(&view.card, &mine)))?;
        Some(if says.is_empty() {
            view! { <p class="quiet">"It is the same card as the one in force."</p> }.into_any()
        } else {
            let lines = says.into_iter().map(|says| view! { <li>{says}</li> }).collect_view();
            view! {
                <p>"With it, instead of the card in force:"</p>
                <ul class="changes">{lines}</ul>
                <Show when=move || scoring.may_change()>
                    <label class="choice">
                        <input
                            type="checkbox"
                            prop:checked=rescore
                            on:change=move |event| rescore.set(event_target_checked(&event))
                        />
                        <span>"Score all open items by it now"</span>
                    </label>
                    <p>
                        <button
                            class="button main"
                            aria-disabled=move || scoring.busy.get().to_string()
                            on:click=move |_| {
                                scoring.roll_back(desk, version, rescore.get_untracked());
                                dom::focus_soon("versions");
                            }
                        >
                            {format!("Roll back to version {version}")}
                        </button>
                    </p>
                </Show>
            }
            .into_any()
        })
    };
    let who = of.by.map_or("the operator".to_owned(), |by| by.name);
    view! {
        <li class="version">
            <p>
                <strong>{format!("Version {version}")}</strong>
                {is_live.then(|| view! { " " <span class="tag">"in force"</span> })}
                " "
                <span class="quiet">"by " <bdi>{who}</bdi> ", " <When at=Signal::stored(of.at) /></span>
            </p>
            {(!of.note.is_empty()).then(|| view! { <p class="said"><bdi>{of.note}</bdi></p> })}
            {(!is_live)
                .then(|| {
                    view! {
                        <p>
                            <button
                                class="plain"
                                aria-expanded=move || asked.get().to_string()
                                on:click=compare
                            >
                                "Compare with the card in force"
                                <span class="hidden">{format!(" (version {version})")}</span>
                            </button>
                        </p>
                    }
                })}
            {move || {
                asked
                    .get()
                    .then(|| {
                        view! {
                            <div class="compared">
                                {move || failure.get().map(|why| view! { <p class="refused" role="alert">{why}</p> })}
                                {changes}
                            </div>
                        }
                    })
            }}
        </li>
    }
}
