//! `/console/search`: items of all one's queues by a name, a part of an address, a reference, or a word of what was written.

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_query_map;
use shared::wire::console::ItemRow;

use crate::api::{self, Failure};
use crate::app::{BASE, Desk, Leaving};
use crate::pages::{item_path, search_path};
use crate::parts::{Fold, Partner, Score, Takeout, When, on_key};
use crate::{dom, words};

/// It looks once one stops typing.
const AFTER: Duration = Duration::from_millis(250);

/// What was looked for, and found.
#[derive(Clone, Copy)]
struct Search {
    desk: Desk,
    text: RwSignal<String>,
    /// Nothing before anything was looked for.
    found: RwSignal<Option<Vec<ItemRow>>>,
    next: RwSignal<Option<String>>,
    busy: RwSignal<bool>,
    failure: RwSignal<Option<String>>,
    /// Counts the searches: an answer to an earlier one is thrown away.
    asked: StoredValue<u32>,
}

impl Search {
    /// Looks from the start, or on from where the list ends.
    fn look(self, more: bool) {
        let this = self.asked.with_value(|asked| asked + 1);
        self.asked.set_value(this);
        let text = self.text.get_untracked();
        if text.trim().is_empty() {
            self.found.set(None);
            self.next.set(None);
            self.failure.set(None);
            self.busy.set(false);
            return;
        }
        self.busy.set(true);
        let after = if more { self.next.get_untracked() } else { None };
        spawn_local(async move {
            let answer = api::search(&text, after.as_deref()).await;
            if self.asked.try_get_value() != Some(this) {
                return;
            }
            self.busy.set(false);
            match answer {
                Ok(page) => {
                    self.failure.set(None);
                    self.next.set(page.next);
                    self.found.update(|found| match found {
                        Some(found) if more => found.extend(page.items),
                        _ => *found = Some(page.items),
                    });
                }
                Err(Failure::SignedOut) => self.desk.signed_out(Leaving::Ended),
                Err(failure) => self.failure.set(Some(failure.sentence())),
            }
        });
    }
}

/// The page. The address has what is looked for, so that the way back from an item leads to the same list.
#[component]
pub fn SearchPage() -> impl IntoView {
    let desk = Desk::here();
    desk.place.set(Some("/search".to_owned()));
    dom::title("Search");
    let query = use_query_map();
    let search = Search {
        desk,
        text: RwSignal::new(query.with_untracked(|query| query.get("q")).unwrap_or_default()),
        found: RwSignal::new(None),
        next: RwSignal::new(None),
        busy: RwSignal::new(false),
        failure: RwSignal::new(None),
        asked: StoredValue::new(0),
    };
    search.look(false);
    dom::focus_soon("search-text");
    let mut later = debounce(AFTER, move |()| {
        search.look(false);
        search.text.with_untracked(|text| desk.go(&search_path(text), true));
    });
    let typed = move |event| {
        search.text.set(event_target_value(&event));
        later(());
    };
    on_key(desk, move |key| {
        let asked = key == "/";
        if asked {
            dom::focus("search-text");
        }
        asked
    });
    let says = move || {
        let count = search.found.with(|found| found.as_ref().map(Vec::len));
        match (search.busy.get(), count, search.next.with(Option::is_some)) {
            (_, None, _) | (true, ..) => String::new(),
            (false, Some(0), _) => "Nothing has all of these words.".to_owned(),
            (false, Some(count), false) => {
                format!("{} found, the latest first.", words::counted(count, "item", "items"))
            }
            (false, Some(count), true) => format!("The latest {count}; there are more."),
        }
    };
    let rows = move || search.found.get().unwrap_or_default();
    let exports = RwSignal::new(false);
    view! {
        <div class="page search">
            <header class="page-head">
                <h1 id="page" tabindex="-1">
                    "Search"
                </h1>
                {move || {
                    desk.operates
                        .get()
                        .then(|| {
                            view! {
                                <Fold id="takeout" label="Export all items" name="Export all items" open=exports>
                                    <Takeout />
                                </Fold>
                            }
                        })
                }}
            </header>
            <form role="search" class="field" on:submit=move |event| {
                event.prevent_default();
                search.look(false);
            }>
                <label for="search-text">"Whom or what are you looking for?"</label>
                <p class="quiet" id="search-help">
                    "A name, a part of an address or a number, a reference, a word of what they wrote. All words must be there."
                </p>
                <input
                    id="search-text"
                    type="search"
                    maxlength="100"
                    autocomplete="off"
                    spellcheck="false"
                    aria-describedby="search-help"
                    prop:value=search.text
                    on:input=typed
                />
            </form>
            {move || search.failure.get().map(|why| view! { <p class="refused" role="alert">{why}</p> })}
            <p role="status" class="quiet">
                {says}
            </p>
            <ul class="site-list results" aria-label="What was found">
                <For each=rows key=|row| (row.id.clone(), row.changed) children=move |row| view! { <Found desk row /> } />
            </ul>
            {move || {
                search
                    .next
                    .with(Option::is_some)
                    .then(|| {
                        view! {
                            <p class="more">
                                <button
                                    class="button"
                                    aria-disabled=move || search.busy.get().to_string()
                                    on:click=move |_| search.look(true)
                                >
                                    "Show more"
                                </button>
                            </p>
                        }
                    })
            }}
        </div>
    }
}

#[component]
fn Found(desk: Desk, row: ItemRow) -> impl IntoView {
    let me = desk.my_id();
    let queue = desk.queue_name(&row.queue).unwrap_or_else(|| row.queue.clone());
    let state = words::state(&row, &me);
    view! {
        <li class="result">
            <Score tier=Signal::stored(row.tier.clone()) points=Signal::stored(row.score) />
            <p class="site-name">
                <a href=format!("{BASE}{}", item_path(&row.id))>
                    <bdi>{row.who.clone()}</bdi>
                </a>
                {row.partner.then(|| view! { " " <Partner /> })}
            </p>
            <p class="result-summary">
                <bdi>{row.summary.clone()}</bdi>
            </p>
            <p class="quiet">
                {words::what(&row)} " in " {queue} ", " <bdi>{state}</bdi> ", " <When at=Signal::stored(row.opened_at.clone()) />
                ", " <span class="code">{row.reference.clone()}</span>
            </p>
        </li>
    }
}
