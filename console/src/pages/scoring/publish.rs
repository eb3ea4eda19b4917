//! Beside the card: where the draft stands, what is wrong and what is odd in it, saving, and putting it in force.

use leptos::prelude::*;
use shared::wire::scoring::Progress;

use super::diff::differences;
use super::editing::{Scoring, rule_of};
use crate::app::{BASE, Desk};
use crate::parts::When;
use crate::words;

/// Where one stands, and what one can do about it.
#[component]
pub fn Publishing(scoring: Scoring) -> impl IntoView {
    view! {
        <section class="card" aria-labelledby="state">
            <h3 id="state" tabindex="-1">
                "Where it stands"
            </h3>
            <Stand scoring />
            <Rescoring scoring />
            {move || scoring.refused.get().map(|why| view! { <p class="refused" role="alert">{why}</p> })}
            <Found scoring />
            <Show when=move || scoring.may_change()>
                <Buttons scoring />
            </Show>
        </section>
    }
}

#[component]
fn Stand(scoring: Scoring) -> impl IntoView {
    let version = Memo::new(move |_| scoring.view.with(|view| view.as_ref().map(|view| view.version)));
    let draft = Memo::new(move |_| {
        let draft = |view: &shared::wire::scoring::ScoringView| {
            view.draft.as_ref().map(|draft| (draft.by.name.clone(), draft.at.clone()))
        };
        scoring.view.with(|view| view.as_ref().and_then(draft))
    });
    let is_changed = Memo::new(move |_| scoring.is_changed());
    let kept = move || match draft.get() {
        Some((who, at)) => view! {
            <p>
                "A draft is on the screen, saved by " <bdi>{who}</bdi> " " <When at=Signal::stored(at) />
                ". All who may change the card see the same one."
            </p>
        }
        .into_any(),
        None if is_changed.get() => {
            view! { <p>"What you changed is on this screen only, until you save it as a draft."</p> }.into_any()
        }
        None => view! { <p>"The card on the screen is in force."</p> }.into_any(),
    };
    view! {
        {kept}
        {move || {
            (draft.with(Option::is_some) && is_changed.get())
                .then(|| view! { <p>"You have changed it since; that is not saved."</p> })
        }}
        <p class="quiet">"Version " {version} " is in force."</p>
    }
}

/// Open items are being scored by a card that was just published.
#[component]
pub fn Rescoring(scoring: Scoring) -> impl IntoView {
    let desk = Desk::here();
    let progress = Memo::new(move |_| scoring.view.with(|view| view.as_ref().and_then(|view| view.rescoring)));
    move || {
        progress.get().map(|Progress { done, of }| {
            view! {
                <div class="progress">
                    <p id="rescoring">{format!("Open items are scored by the new card: {done} of {of}.")}</p>
                    <progress aria-labelledby="rescoring" max=of.max(1) value=done></progress>
                    {scoring
                        .may_change()
                        .then(|| {
                            view! {
                                <button class="plain" on:click=move |_| scoring.stop_rescoring(desk)>
                                    "Stop: what is not scored yet keeps its score until something happens to it"
                                </button>
                            }
                        })}
                </div>
            }
        })
    }
}

/// What is wrong and what is odd, each with the way to it.
#[component]
fn Found(scoring: Scoring) -> impl IntoView {
    let named = move |path: &str| {
        let rule = rule_of(path)
            .and_then(|at| scoring.card.with_untracked(|card| card.rules.get(at).map(|rule| rule.says.clone())));
        match rule {
            Some(says) if says.is_empty() => "A new rule".to_owned(),
            Some(says) => says,
            None if path.starts_with("card.excluded") => "Not scored".to_owned(),
            None => "Tiers and limits".to_owned(),
        }
    };
    let line = move |level: &'static str, path: String, says: String| {
        view! {
            <li data-level=level>
                <button class="plain" type="button" on:click={
                    let path = path.clone();
                    move |_| scoring.show(&path)
                }>
                    <bdi>{named(&path)}</bdi>
                </button>
                ": "
                {words::sentence(&says)}
            </li>
        }
    };
    let lines = move || {
        let wrong = scoring.wrong.get().into_iter().map(|it| line("wrong", it.field, it.message)).collect_view();
        let odd = scoring.hints.get().into_iter().map(|it| line("note", it.path, it.says)).collect_view();
        view! { {wrong} {odd} }
    };
    let count = move || (scoring.wrong.with(Vec::len), scoring.hints.with(Vec::len));
    let head = move || match count() {
        (0, 0) => "Nothing is wrong with it, and nothing is odd.".to_owned(),
        (0, odd) => format!("It can be saved. {} below.", words::counted(odd, "hint", "hints")),
        (wrong, _) => format!("It cannot be saved: {}.", words::counted(wrong, "problem", "problems")),
    };
    view! {
        <div class="found">
            <p role="status">{head}</p>
            {move || (count() != (0, 0)).then(|| view! { <ul aria-label="What was found">{lines}</ul> })}
        </div>
    }
}

#[component]
fn Buttons(scoring: Scoring) -> impl IntoView {
    let desk = Desk::here();
    let dialog = NodeRef::<leptos::html::Dialog>::new();
    let (note, rescore) = (RwSignal::new(String::new()), RwSignal::new(true));
    let is_changed = Memo::new(move |_| scoring.is_changed());
    let has_draft =
        Memo::new(move |_| scoring.view.with(|view| view.as_ref().is_some_and(|view| view.draft.is_some())));
    let is_other = Memo::new(move |_| scoring.is_other());
    let busy = move || scoring.busy.get().to_string();
    let changes = move || {
        let live = scoring.view.with_untracked(|view| view.as_ref().map(|view| view.card.clone()));
        let says = live.map(|live| scoring.card.with_untracked(|card| differences(&live, card))).unwrap_or_default();
        says.into_iter().map(|says| view! { <li>{says}</li> }).collect_view()
    };
    let (asking, ask) = signal(false);
    let hide = move || {
        if let Some(dialog) = dialog.get_untracked() {
            dialog.close();
        }
        ask.set(false);
    };
    let show = move |_| {
        ask.set(true);
        if let Some(dialog) = dialog.get_untracked() {
            // Fails only where it is shown already.
            let _ = dialog.show_modal();
        }
    };
    let publish = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        hide();
        scoring.publish(desk, rescore.get_untracked(), note.get_untracked().trim().to_owned());
        note.set(String::new());
    };
    view! {
        <div class="buttons">
            {move || {
                is_changed
                    .get()
                    .then(|| {
                        view! {
                            <button class="button main" aria-disabled=busy on:click=move |_| scoring.save(desk)>
                                "Save the draft"
                            </button>
                        }
                    })
            }}
            {move || {
                (is_other.get() && scoring.wrong.with(Vec::is_empty))
                    .then(|| {
                        view! {
                            <button class="button" class:main=move || !is_changed.get() aria-disabled=busy on:click=show>
                                "Publish\u{2026}"
                            </button>
                        }
                    })
            }}
            {move || {
                (is_changed.get() || has_draft.get())
                    .then(|| {
                        view! {
                            <button class="button" aria-disabled=busy on:click=move |_| scoring.discard(desk)>
                                {move || if is_changed.get() { "Discard changes" } else { "Drop the draft" }}
                            </button>
                        }
                    })
            }}
        </div>
        {move || {
            is_other
                .get()
                .then(|| {
                    view! {
                        <p class="quiet">
                            "Before you publish it: " <a href=format!("{BASE}/scoring/replay")>"replay it on the past"</a> ", or "
                            <a href=format!("{BASE}/scoring/what-if")>"try it on one lead"</a> "."
                        </p>
                    }
                })
        }}
        <dialog node_ref=dialog aria-labelledby="publish-it">
            <form class="publish-form" on:submit=publish>
                <h2 id="publish-it">"Put this card in force?"</h2>
                <ul class="changes">{move || asking.get().then(changes)}</ul>
                <label for="publish-note">"Why"</label>
                <input
                    id="publish-note"
                    type="text"
                    maxlength="500"
                    autocomplete="off"
                    placeholder="Whoever looks at it next year wants to know"
                    prop:value=note
                    on:input=move |event| note.set(event_target_value(&event))
                />
                <label class="choice">
                    <input
                        type="checkbox"
                        prop:checked=rescore
                        on:change=move |event| rescore.set(event_target_checked(&event))
                    />
                    <span>
                        "Score all open items by it now. Otherwise each is when something next happens to it; until then it says which version scored it."
                    </span>
                </label>
                <div class="buttons row-end">
                    <button class="button" type="button" on:click=move |_| hide()>
                        "Cancel"
                    </button>
                    <button class="button main" type="submit">
                        "Publish"
                    </button>
                </div>
            </form>
        </dialog>
    }
}
