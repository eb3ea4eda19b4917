//! What the law asks for about a person, for those who may: everything that is known of them, as a file; a hold, which nothing
//! deletes past; erasing them. Each change is asked for in a form of its own.

mod erase;
mod hold;

use leptos::prelude::*;
use shared::wire::privacy::{ConsentRecord, HoldView, PersonPrivacy};

use super::Shown;
use super::sections::Section;
use crate::api;
use crate::app::Desk;
use crate::dom;
use crate::parts::{Read, Reading, When};

use erase::Erase;
use hold::HoldForm;

/// What the parts share.
#[derive(Clone, Copy)]
struct Acts {
    desk: Desk,
    /// The person on the page.
    person: Memo<String>,
    /// What they are told apart by, which whoever erases them has to type.
    named: Memo<String>,
    reading: Reading<PersonPrivacy>,
    /// Whether the form of the hold is open, and whether one is asked to erase.
    holds: RwSignal<bool>,
    erases: RwSignal<bool>,
}

impl Acts {
    fn read(self) {
        let person = self.person.get_untracked();
        self.reading.read(async move { api::person_privacy(&person).await });
    }

    /// Takes what came of a change.
    fn changed(self, view: PersonPrivacy, says: &str) {
        self.reading.take(view);
        self.desk.say(says);
        let _ = self.holds.try_set(false);
        dom::focus_soon("privacy");
    }
}

/// The section; nothing, for whoever may not.
#[component]
pub fn Privacy(
    /// The person's id, and what they are told apart by.
    of: Memo<(String, String)>,
    shown: Shown,
) -> impl IntoView {
    let desk = shown.desk;
    let acts = Acts {
        desk,
        person: Memo::new(move |_| of.with(|(id, _)| id.clone())),
        named: Memo::new(move |_| of.with(|(_, named)| named.clone())),
        reading: Reading::new(desk),
        holds: RwSignal::new(false),
        erases: RwSignal::new(false),
    };
    Effect::new(move |_| {
        acts.person.track();
        desk.opening.track();
        if desk.privacy.get() {
            acts.read();
        }
    });
    move || {
        desk.privacy.get().then(|| {
            view! {
                <Section title="Privacy" id="privacy">
                    <Read
                        of=acts.reading
                        missing="This could not be read"
                        again=Callback::new(move |()| acts.read())
                    >
                        <Body acts />
                    </Read>
                </Section>
            }
        })
    }
}

#[component]
fn Body(acts: Acts) -> impl IntoView {
    let of = move |part: fn(&PersonPrivacy) -> Option<HoldView>| {
        Memo::new(move |_| acts.reading.view.with(|view| view.as_ref().and_then(part)))
    };
    let hold = of(|view| view.hold.clone());
    let is_held = Memo::new(move |_| hold.with(Option::is_some));
    let past = move || {
        let past = acts.reading.view.with(|view| view.as_ref().map(|view| view.past_holds.clone()));
        let past = past.unwrap_or_default();
        (!past.is_empty()).then(|| {
            view! {
                <details>
                    <summary>{format!("Holds that were lifted ({})", past.len())}</summary>
                    <ol class="line">{past.into_iter().map(lifted).collect_view()}</ol>
                </details>
            }
        })
    };
    let consents = move || {
        let consents = acts.reading.view.with(|view| view.as_ref().map(|view| view.consents.clone()));
        let consents = consents.unwrap_or_default();
        match consents.is_empty() {
            true => view! { <p class="quiet">"They have agreed to nothing."</p> }.into_any(),
            false => view! {
                <details>
                    <summary>{format!("What they agreed to ({})", consents.len())}</summary>
                    <ol class="line">{consents.into_iter().map(agreed).collect_view()}</ol>
                </details>
            }
            .into_any(),
        }
    };
    let export = move || api::person_export_path(&acts.person.get());
    view! {
        {move || hold.get().map(held)} {consents} {past}
        <div class="buttons">
            <a class="button" href=export download="person.json" rel="external">
                "Export everything known of this person"
            </a>
            {move || {
                (!acts.holds.get())
                    .then(|| {
                        view! {
                            <button
                                class="button"
                                id="change-hold"
                                on:click=move |_| {
                                    acts.holds.set(true);
                                    dom::focus_soon("edit-reason");
                                }
                            >
                                {move || if is_held.get() { "Lift the legal hold\u{2026}" } else { "Place a legal hold\u{2026}" }}
                            </button>
                        }
                    })
            }}
            <button
                class="button grave"
                id="erase-person"
                aria-describedby="erase-person-not"
                aria-disabled=move || is_held.get().to_string()
                on:click=move |_| {
                    if !is_held.get_untracked() {
                        acts.erases.set(true);
                    }
                }
            >
                "Erase this person\u{2026}"
            </button>
        </div>
        <p class="quiet" id="erase-person-not">
            {move || is_held.get().then_some("Whoever is on hold cannot be erased: lift the hold first.")}
        </p>
        {move || acts.holds.get().then(|| view! { <HoldForm acts lifts=is_held.get_untracked() /> })}
        <Erase acts />
    }
}

/// The hold that is on them.
fn held(it: HoldView) -> impl IntoView {
    view! {
        <div class="on-hold">
            <p>
                <strong class="tag">"On legal hold"</strong>
                " Nothing of them is deleted. Since "
                <When at=Signal::stored(it.at) />
                ", by "
                <bdi>{it.by.name}</bdi>
                ":"
            </p>
            <p class="said" dir="auto">
                {it.reason}
            </p>
        </div>
    }
}

/// A hold that was lifted.
fn lifted(it: HoldView) -> impl IntoView {
    view! {
        <li>
            <p>
                "Placed by " <bdi>{it.by.name}</bdi> " " <span class="at">
                    <When at=Signal::stored(it.at) />
                </span>
            </p>
            <p class="said" dir="auto">
                {it.reason}
            </p>
            {it
                .lifted
                .map(|lifted| {
                    view! {
                        <p>
                            "Lifted by " <bdi>{lifted.by.name}</bdi> " " <span class="at">
                                <When at=Signal::stored(lifted.at) />
                            </span>
                        </p>
                        <p class="said" dir="auto">
                            {lifted.reason}
                        </p>
                    }
                })}
        </li>
    }
}

/// Something that they agreed to.
fn agreed(it: ConsentRecord) -> impl IntoView {
    view! {
        <li>
            <p>
                <bdi>{it.purpose}</bdi>
                " "
                <span class="at">
                    <When at=Signal::stored(it.at) />
                    ", wording "
                    <bdi>{it.version}</bdi>
                </span>
            </p>
            <p class="said" lang=it.lang dir="auto">
                {it.text}
            </p>
        </li>
    }
}
