//! Who sent it: how they can be reached, where they stand, what else is theirs, who has their renewal in hand; and other records that are the same
//! person, made part of this one or taken apart again.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::wire::console::{IdentifierView, ItemRow, PersonView};
use shared::wire::people::{MergeView, PersonRow};

use super::Shown;
use super::sections::Section;
use super::stage::{Customer, Stage};
use crate::api::{self, Failure};
use crate::app::{BASE, Desk, Leaving};
use crate::pages::{call_path, item_path};
use crate::parts::{Tier, When};
use crate::{dom, words};

/// What merging shares.
#[derive(Clone, Copy)]
struct Merging {
    shown: Shown,
    /// The person on the page.
    person: StoredValue<String>,
    /// The record that is about to become part of this one: asked once more.
    asked: RwSignal<Option<String>>,
    busy: RwSignal<bool>,
    refused: RwSignal<Option<String>>,
    /// Whether one looks for a record, and what was found; nothing before anything was looked for.
    looks: RwSignal<bool>,
    text: RwSignal<String>,
    found: RwSignal<Option<Vec<PersonRow>>>,
}

impl Merging {
    fn merge(self, from: String) {
        let person = self.person.get_value();
        self.run("One record now", async move { api::merge(&person, &from).await.map(drop) });
    }

    fn separate(self, merge: String) {
        let person = self.person.get_value();
        self.run("Two records again", async move { api::separate(&person, &merge).await });
    }

    fn run(self, done: &'static str, call: impl Future<Output = Result<(), Failure>> + 'static) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.refused.set(None);
        spawn_local(async move {
            let answer = call.await;
            let _ = self.busy.try_set(false);
            match answer {
                Ok(()) => {
                    self.shown.desk.say(done);
                    let _ = self.asked.try_set(None);
                    let _ = self.looks.try_set(false);
                    let _ = self.found.try_set(None);
                    self.shown.read();
                    dom::focus_soon("person");
                }
                Err(failure) => self.failed(failure),
            }
        });
    }

    fn look(self) {
        let text = self.text.get_untracked();
        let person = self.person.get_value();
        self.refused.set(None);
        self.busy.set(true);
        spawn_local(async move {
            let answer = api::alike(&person, &text).await;
            let _ = self.busy.try_set(false);
            match answer {
                Ok(alike) => {
                    let _ = self.found.try_set(Some(alike.people));
                }
                Err(failure) => self.failed(failure),
            }
        });
    }

    fn failed(self, failure: Failure) {
        if matches!(failure, Failure::SignedOut) {
            self.shown.desk.signed_out(Leaving::Ended);
        } else {
            let _ = self.refused.try_set(Some(failure.sentence()));
        }
    }
}

/// The section.
#[component]
pub fn Person(of: Memo<PersonView>, shown: Shown) -> impl IntoView {
    let desk = shown.desk;
    let merging = Merging {
        shown,
        person: StoredValue::new(of.with_untracked(|it| it.id.clone())),
        asked: RwSignal::new(None),
        busy: RwSignal::new(false),
        refused: RwSignal::new(None),
        looks: RwSignal::new(false),
        text: RwSignal::new(String::new()),
        found: RwSignal::new(None),
    };
    Effect::new(move |_| merging.person.set_value(of.with(|it| it.id.clone())));
    let who = move || {
        let person = of.get();
        let name = match person.name {
            Some(name) => view! { <p class="name"><bdi>{name}</bdi></p> }.into_any(),
            None => view! { <p class="quiet">"They gave no name."</p> }.into_any(),
        };
        let renewal = person.renewal.map(|owner| {
            let mine = owner.id == desk.my_id();
            let hands = if mine { "you".to_owned() } else { owner.name };
            view! {
                <div>
                    <dt>"Renewal"</dt>
                    <dd>
                        "In the hands of " <bdi>{hands}</bdi>
                    </dd>
                </div>
            }
        });
        view! {
            {name}
            <dl class="pairs">{person.identifiers.into_iter().map(identifier).collect_view()} {renewal}</dl>
        }
    };
    let merges = move || of.with(|it| it.merges.clone()).into_iter().map(|it| merged(merging, it)).collect_view();
    let alike = move || {
        let people = of.with(|it| it.alike.clone());
        (!people.is_empty()).then(|| {
            let rows = people.into_iter().map(|row| candidate(merging, row)).collect_view();
            view! {
                <h3>"Could be the same person"</h3>
                <p class="quiet">"They gave the same address or number."</p>
                <ul class="candidates">{rows}</ul>
            }
        })
    };
    let others = move || {
        let rows = of.with(|it| it.others.clone());
        if rows.is_empty() {
            view! { <p class="quiet">"This is their first item."</p> }.into_any()
        } else {
            view! {
                <h3>"Other items"</h3>
                <ul class="others">{rows.into_iter().map(|row| other(desk, row)).collect_view()}</ul>
            }
            .into_any()
        }
    };
    let customer = Memo::new(move |_| {
        of.with(|it| Customer { stage: it.stage.clone(), referrals: it.referrals, happened: it.happened.clone() })
    });
    view! {
        <Section title="Person" id="person">
            {who} <Stage of=customer /> {others} {alike}
            {move || merging.refused.get().map(|why| view! { <p class="refused" role="alert">{why}</p> })} {merges}
            <p>
                <a class="plain" href=move || format!("{BASE}{}", call_path(Some(&shown.id.get_value())))>
                    "Record a call of theirs"
                </a>
            </p>
            <Look merging />
        </Section>
    }
}

/// Looks for a record by words.
#[component]
fn Look(merging: Merging) -> impl IntoView {
    let open = move || {
        merging.looks.set(true);
        dom::focus_soon("look-person");
    };
    let leave = move || {
        merging.looks.set(false);
        merging.found.set(None);
        dom::focus_soon("find-person");
    };
    let found = move || {
        merging.found.get().map(|people| {
            if people.is_empty() {
                view! { <p role="status" class="quiet">"Nobody else has all of these words."</p> }.into_any()
            } else {
                let rows = people.into_iter().map(|row| candidate(merging, row)).collect_view();
                view! { <ul class="candidates">{rows}</ul> }.into_any()
            }
        })
    };
    let form = move || {
        view! {
            <form
                class="form"
                role="search"
                on:submit=move |event| {
                    event.prevent_default();
                    merging.look();
                }
                on:keydown=move |event| {
                    if event.key() == "Escape" {
                        event.prevent_default();
                        event.stop_propagation();
                        leave();
                    }
                }
            >
                <label for="look-person">"A name, an address, a number or a reference of the other record"</label>
                <input
                    id="look-person"
                    class="control"
                    type="search"
                    maxlength="100"
                    autocomplete="off"
                    prop:value=merging.text
                    on:input=move |event| merging.text.set(event_target_value(&event))
                />
                <div class="buttons">
                    <button class="button" type="submit" aria-disabled=move || merging.busy.get().to_string()>
                        "Look for it"
                    </button>
                    <button class="button" type="button" on:click=move |_| leave()>
                        "Cancel"
                    </button>
                </div>
            </form>
            {found}
        }
    };
    move || {
        if merging.looks.get() {
            form().into_any()
        } else {
            view! {
                <p>
                    <button class="plain" id="find-person" on:click=move |_| open()>
                        "Find another record of this person\u{2026}"
                    </button>
                </p>
            }
            .into_any()
        }
    }
}

/// A record that could be the same person. Making it one is asked once more.
fn candidate(merging: Merging, row: PersonRow) -> impl IntoView {
    let id = row.id.clone();
    let is_asked = {
        let id = id.clone();
        Memo::new(move |_| merging.asked.with(|asked| asked.as_ref() == Some(&id)))
    };
    let name = row.name.clone().unwrap_or_else(|| "No name".to_owned());
    let reach = row.identifiers.iter().map(|it| it.value.clone()).collect::<Vec<_>>().join(", ");
    let count = words::counted(usize::try_from(row.items).unwrap_or(usize::MAX), "item", "items");
    let button = move || {
        let id = id.clone();
        if is_asked.get() {
            view! {
                <p>"Their items, addresses and numbers come together here. It can be taken apart again."</p>
                <div class="buttons">
                    <button
                        class="button main"
                        aria-disabled=move || merging.busy.get().to_string()
                        on:click=move |_| merging.merge(id.clone())
                    >
                        "Make it one record"
                    </button>
                    <button class="button" on:click=move |_| merging.asked.set(None)>
                        "Cancel"
                    </button>
                </div>
            }
            .into_any()
        } else {
            view! {
                <button class="plain" on:click=move |_| merging.asked.set(Some(id.clone()))>
                    "The same person\u{2026}"
                </button>
            }
            .into_any()
        }
    };
    view! {
        <li>
            <p>
                <bdi class="name">{name}</bdi>
                " "
                <span class="quiet">
                    <bdi class="value">{reach}</bdi>
                    " \u{b7} "
                    {count}
                    {row.last_at.map(|at| view! { ", the last " <When at=Signal::stored(at) /> })}
                </span>
            </p>
            {button}
        </li>
    }
}

/// A record that became part of this one.
fn merged(merging: Merging, it: MergeView) -> impl IntoView {
    let by = if it.by.id == merging.shown.desk.my_id() { "you".to_owned() } else { it.by.name };
    let count = words::counted(usize::try_from(it.items).unwrap_or(usize::MAX), "item", "items");
    let id = it.id;
    view! {
        <p class="merged">
            "The record of " <bdi class="name">{it.who}</bdi> " (" {count} ") is part of this one, by " <bdi>{by}</bdi> ", "
            <When at=Signal::stored(it.at) /> ". "
            <button
                class="plain"
                aria-disabled=move || merging.busy.get().to_string()
                on:click=move |_| merging.separate(id.clone())
            >
                "Take it apart again"
            </button>
        </p>
    }
}

fn other(desk: Desk, row: ItemRow) -> impl IntoView {
    let state = words::state(&row, &desk.my_id());
    view! {
        <li>
            <Tier tier=Signal::stored(row.tier) />
            <p>
                <a href=format!("{BASE}{}", item_path(&row.id)) dir="auto">
                    {row.summary}
                </a>
                <span class="quiet">
                    {words::kind(row.kind)} " \u{b7} " <bdi>{state}</bdi> " \u{b7} " <When at=Signal::stored(row.opened_at) />
                </span>
            </p>
        </li>
    }
}

/// What somebody is told apart by: an address or a number, else their name, else the id of their record.
pub fn named(person: &PersonView) -> String {
    let reach = person.identifiers.iter().find(|it| it.kind != "user").map(|it| &it.value);
    reach.or(person.name.as_ref()).unwrap_or(&person.id).clone()
}

fn identifier(it: IdentifierView) -> impl IntoView {
    // Not "claimed": that is what a member does to an item.
    let (proof, words_of_it, why) = if it.verified {
        ("verified", "verified", "Proved to be theirs")
    } else {
        ("none", "not verified", "They say it is theirs; nobody has proved it")
    };
    view! {
        <div>
            <dt>{words::identifier(&it.kind)}</dt>
            <dd>
                <bdi class="value">{it.value}</bdi>
                " "
                <span class="tag" data-proof=proof title=why>
                    {words_of_it}
                </span>
            </dd>
        </div>
    }
}
