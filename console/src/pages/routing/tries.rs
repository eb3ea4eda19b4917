//! What the table would do: with an item at some moment, and with the past.

use leptos::prelude::*;
use leptos::task::spawn_local;
use serde_json::json;
use shared::wire::routing::{ReplayTable, Simulate, Simulated};
use shared::wire::scoring::{Basis, Replayed};

use super::editing::Routing;
use crate::api::{self, Failure};
use crate::app::{BASE, Desk, Leaving};
use crate::pages::item_path;
use crate::parts::Picked;
use crate::{clock, words};

/// How far a replay goes back.
const DAYS: u32 = 90;
/// The most items that are listed.
const LISTED: usize = 50;

/// Who would get something, and when.
#[component]
pub fn Try(routing: Routing) -> impl IntoView {
    let desk = Desk::here();
    let what = RwSignal::new("inquiry".to_owned());
    let item = RwSignal::new(String::new());
    let at = RwSignal::new(String::new());
    let found = RwSignal::new(None::<Simulated>);
    let refused = RwSignal::new(None::<String>);
    let busy = RwSignal::new(false);
    let ask = move || {
        if busy.get_untracked() {
            return;
        }
        let moment = at.get_untracked();
        let now = shared::time::Timestamp::from_ms(clock::now()).to_rfc3339();
        let Some(at) = (if moment.is_empty() { Some(now) } else { clock::from_local(&moment) }) else {
            refused.set(Some("Say when, or leave it empty for now.".to_owned()));
            return;
        };
        let named = Some(item.get_untracked().trim().to_owned()).filter(|item| !item.is_empty());
        let facts = json!({ "form": { "kind": what.get_untracked() } });
        let basis = named.is_none().then(|| Basis { facts, events: Vec::new(), at: at.clone() });
        let simulate = Simulate { table: Some(routing.json()), item: named, basis, at };
        busy.set(true);
        refused.set(None);
        spawn_local(async move {
            let answer = api::simulate(&simulate).await;
            let _ = busy.try_set(false);
            match answer {
                Ok(answer) => {
                    let _ = found.try_set(Some(answer));
                }
                Err(Failure::SignedOut) => desk.signed_out(Leaving::Ended),
                Err(failure) => {
                    let _ = found.try_set(None);
                    let _ = refused.try_set(Some(failure.sentence()));
                }
            }
        });
    };
    let kind = move |tag: &'static str, name: &'static str| {
        view! {
            <option value=tag prop:selected=move || what.with(|what| what == tag)>
                {name}
            </option>
        }
    };
    view! {
        <section class="card" aria-labelledby="try">
            <h2 id="try">"Who would get this?"</h2>
            <form
                class="table-try"
                on:submit=move |event| {
                    event.prevent_default();
                    ask();
                }
            >
                <label for="try-item">"The reference of an item"</label>
                <input
                    id="try-item"
                    type="text"
                    autocomplete="off"
                    prop:value=item
                    on:input=move |event| item.set(event_target_value(&event))
                />
                <label for="try-kind">"Or, where that is empty"</label>
                <select id="try-kind" on:change=move |event| what.set(event_target_value(&event))>
                    {kind("inquiry", "any inquiry")}
                    {kind("trial", "any sign-up for a trial")}
                    {kind("support", "any request for help")}
                </select>
                <label for="try-at">"When " <span class="quiet">"(now, where it is empty)"</span></label>
                <input
                    id="try-at"
                    type="datetime-local"
                    prop:value=at
                    on:input=move |event| at.set(event_target_value(&event))
                />
                <p>
                    <button class="button" type="submit" aria-disabled=move || busy.get().to_string()>
                        "Try it"
                    </button>
                </p>
            </form>
            {move || refused.get().map(|why| view! { <p class="refused" role="alert">{why}</p> })}
            <div role="status">{move || found.get().map(|found| view! { <Found found /> })}</div>
        </section>
    }
}

#[component]
fn Found(found: Simulated) -> impl IntoView {
    let desk = Desk::here();
    let queue = desk.queue_name(&found.route.queue).unwrap_or(found.route.queue);
    let answer_by = clock::in_short(&found.answer_by);
    let may_take = found.pick.strategy == "claim" && found.pick.member.is_none();
    view! {
        <p class="rule">{found.route.says}</p>
        <p>{found.route.pool} ", queue " {queue} ", answered by " {answer_by} "."</p>
        {if may_take {
            view! { <p>"Any of them may take it."</p> }.into_any()
        } else {
            view! { <Picked pick=found.pick is_last=true /> }.into_any()
        }}
    }
}

/// Where the past would have gone.
#[component]
pub fn Past(routing: Routing) -> impl IntoView {
    let desk = Desk::here();
    let busy = RwSignal::new(false);
    let done = RwSignal::new((0_u32, 0_u32));
    let moved = RwSignal::new(None::<Vec<Replayed>>);
    let refused = RwSignal::new(None::<String>);
    let ask = move |_| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        refused.set(None);
        moved.set(None);
        done.set((0, 0));
        let table = routing.json();
        spawn_local(async move {
            let mut all = Vec::new();
            let mut after = None;
            let failed = loop {
                match api::replay_table(&ReplayTable { table: table.clone(), days: DAYS, after: after.take() }).await {
                    Ok(page) => {
                        let looked = u32::try_from(page.items.len()).unwrap_or(0) + page.skipped;
                        // The page is left: nobody waits for the rest.
                        if done.try_update(|(count, of)| (*count, *of) = (*count + looked, page.of)).is_none() {
                            return;
                        }
                        all.extend(
                            page.items.into_iter().filter(|it| {
                                (&it.before.queue, &it.before.route) != (&it.after.queue, &it.after.route)
                            }),
                        );
                        after = page.next;
                        if after.is_none() {
                            break None;
                        }
                    }
                    Err(failure) => break Some(failure),
                }
            };
            busy.set(false);
            match failed {
                None => moved.set(Some(all)),
                Some(Failure::SignedOut) => desk.signed_out(Leaving::Ended),
                Some(failure) => refused.set(Some(failure.sentence())),
            }
        });
    };
    let progress = move || {
        let (count, of) = done.get();
        busy.get().then(|| format!("{count} of {of} items"))
    };
    let result = move || {
        moved.get().map(|moved| {
            let (count, of) = (moved.len(), done.get_untracked().0 as usize);
            let sentence = match count {
                0 => format!("All of {} go where they went.", words::counted(of, "item", "items")),
                count => {
                    format!("{count} of {} go elsewhere, or by another rule.", words::counted(of, "item", "items"))
                }
            };
            let lines = moved.into_iter().take(LISTED).map(|it| view! { <Moved it /> }).collect_view();
            let rest = (count > LISTED).then(|| format!("And {} more.", count - LISTED));
            view! {
                <p>{sentence}</p>
                <ul class="moved">{lines}</ul>
                <p class="quiet">{rest}</p>
            }
        })
    };
    view! {
        <section class="card" aria-labelledby="past">
            <h2 id="past">"The last 90 days by this table"</h2>
            <p>
                <button class="button" aria-disabled=move || busy.get().to_string() on:click=ask>
                    "Route them again"
                </button>
                " "
                <span class="quiet">{progress}</span>
            </p>
            {move || refused.get().map(|why| view! { <p class="refused" role="alert">{why}</p> })}
            <div role="status">{result}</div>
        </section>
    }
}

#[component]
fn Moved(it: Replayed) -> impl IntoView {
    let desk = Desk::here();
    let name = move |id: &str| desk.queue_name(id).unwrap_or_else(|| id.to_owned());
    let way = format!(
        "{} ({}) \u{2192} {} ({})",
        name(&it.before.queue),
        it.before.route,
        name(&it.after.queue),
        it.after.route
    );
    view! {
        <li>
            <a href=format!("{BASE}{}", item_path(&it.id))>
                <bdi>{it.who}</bdi>
            </a>
            " "
            <span class="quiet">{way}</span>
        </li>
    }
}
