//! Publishing what is typed, and going back to what was.

use leptos::prelude::*;
use shared::wire::FieldProblem;
use shared::wire::scoring::VersionView;

use super::editing::Routing;
use crate::app::Desk;
use crate::clock;
use crate::parts::{When, id_of};
use crate::{dom, words};

/// What is wrong, why it is changed, and the button.
#[component]
pub fn Publish(routing: Routing) -> impl IntoView {
    let desk = Desk::here();
    let changed = Memo::new(move |_| routing.is_changed());
    let wrong = move || {
        let all = routing.wrong.get();
        (!all.is_empty()).then(|| {
            let lines = all.into_iter().map(|it| view! { <Wrong routing it /> }).collect_view();
            view! {
                <p class="field-wrong">"This makes no sense yet:"</p>
                <ul class="table-wrong">{lines}</ul>
            }
        })
    };
    let stale = move || {
        routing.is_stale.get().then(|| {
            view! {
                <p class="table-ways">
                    <button class="plain" on:click=move |_| routing.keep_mine()>
                        "Put mine in its place all the same"
                    </button>
                    <button class="plain" on:click=move |_| routing.discard()>
                        "Look at what is in force now"
                    </button>
                </p>
            }
        })
    };
    let form = move || {
        if !changed.get() {
            return view! { <p class="quiet">"Nothing is changed."</p> }.into_any();
        }
        view! {
            <label for="table-note">"Why " <span class="quiet">"(others read it in the list of versions)"</span></label>
            <textarea
                id="table-note"
                rows="2"
                dir="auto"
                prop:value=routing.note
                on:input=move |event| routing.note.set(event_target_value(&event))
            ></textarea>
            <p class="table-ways">
                <button
                    class="button main"
                    aria-disabled=move || routing.busy.get().to_string()
                    on:click=move |_| routing.publish(desk)
                >
                    "Publish"
                </button>
                <button
                    class="button"
                    aria-disabled=move || routing.busy.get().to_string()
                    on:click=move |_| routing.save_draft(desk)
                >
                    "Save as a draft"
                </button>
                <button class="button" on:click=move |_| routing.discard()>
                    "Discard"
                </button>
            </p>
        }
        .into_any()
    };
    let is_saved = Memo::new(move |_| {
        let has_one = routing.view.with(|view| view.as_ref().is_some_and(|view| view.draft.is_some()));
        has_one && routing.other_draft().is_none()
    });
    let draft = move || {
        let other = routing.other_draft().map(|draft| {
            view! {
                <p>
                    <bdi>{draft.by.name}</bdi>
                    " saved a draft "
                    <When at=Signal::stored(draft.at) />
                    "."
                </p>
                <p class="table-ways">
                    <button class="plain" on:click=move |_| routing.take_draft(desk)>
                        "Go on with the draft"
                    </button>
                    {routing
                        .may_change()
                        .then(|| {
                            view! {
                                <button class="plain" on:click=move |_| routing.drop_draft(desk)>
                                    "Let go of it"
                                </button>
                            }
                        })}
                </p>
            }
        });
        let same = is_saved.get().then(|| {
            view! { <p class="quiet">"This is the draft, saved for everybody who may change the table."</p> }
        });
        view! {
            {other}
            {same}
        }
    };
    view! {
        <section class="card" aria-labelledby="publish">
            <h2 id="publish">"Publish"</h2>
            {move || routing.refused.get().map(|why| view! { <p class="refused" role="alert">{why}</p> })}
            {stale}
            {draft}
            {wrong}
            {form}
        </section>
    }
}

/// One thing that is wrong; it leads to its place.
#[component]
fn Wrong(routing: Routing, it: FieldProblem) -> impl IntoView {
    let lead = {
        let field = it.field.clone();
        move |_| {
            let row = field.split_once(']').map(|(row, _)| format!("{row}]"));
            if let Some(row) = row {
                routing.open.set(Some(row.clone()));
                dom::focus_soon(id_of(&row));
            }
        }
    };
    view! {
        <li>
            <button class="plain" on:click=lead>
                {it.field}
            </button>
            ": "
            {words::sentence(&it.message)}
        </li>
    }
}

/// The versions of the table, the latest first.
#[component]
pub fn Versions(routing: Routing) -> impl IntoView {
    let desk = Desk::here();
    let versions =
        move || routing.view.with(|view| view.as_ref().map(|view| view.versions.clone()).unwrap_or_default());
    let line = move |(at, version): (usize, VersionView)| {
        let who = version.by.map_or_else(|| "the operator".to_owned(), |by| by.name);
        let number = version.version;
        let back = move || {
            (at > 0 && routing.may_change()).then(|| {
                view! {
                    <button class="plain" on:click=move |_| routing.roll_back(desk, number)>
                        "Go back to it"
                        <span class="hidden">" (version " {number} ")"</span>
                    </button>
                }
            })
        };
        view! {
            <li>
                <b>"Version " {number}</b>
                {if at == 0 { ", in force" } else { "" }}
                <br />
                <span class="quiet">{clock::in_short(&version.at)} ", " {who}</span>
                " "
                <bdi>{version.note}</bdi>
                " "
                {back}
            </li>
        }
    };
    view! {
        <section class="card" aria-labelledby="versions">
            <h2 id="versions">"Versions"</h2>
            <ul class="table-versions">{move || versions().into_iter().enumerate().map(line).collect_view()}</ul>
        </section>
    }
}
