//! `/console/queues/{queue}`: what waits, best first, as it changes; and what is done.

use leptos::either::Either;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::{use_params_map, use_query_map};
use shared::wire::console::{Act, ItemPage, ItemRow, ItemState};

use crate::api::{self, Failure};
use crate::app::{BASE, Desk, Leaving, Shelf};
use crate::dom;
use crate::list::Side;
use crate::pages::{Nowhere, item_path, side_path};
use crate::parts::{Due, Partner, Score, Waiting, When, on_key};
use crate::words;

/// One queue, one side of it.
#[component]
pub fn QueuePage() -> impl IntoView {
    let desk = Desk::here();
    let params = use_params_map();
    let query = use_query_map();
    let asked = Memo::new(move |_| {
        let queue = params.with(|it| it.get("queue")).unwrap_or_default();
        let said = query.with(|it| ["state", "whose"].map(|name| it.get(name).map(|value| format!("{name}={value}"))));
        let asked = |side: &Side| said.iter().flatten().any(|said| said == side.query());
        (queue, Side::ALL.into_iter().rev().find(asked).unwrap_or(Side::Open))
    });
    move || {
        let (queue, side) = asked.get();
        match desk.queue_name(&queue) {
            Some(name) => Either::Left(view! { <OneSide queue side name /> }),
            None => Either::Right(view! { <Nowhere /> }),
        }
    }
}

#[component]
fn OneSide(queue: String, side: Side, name: String) -> impl IntoView {
    let desk = Desk::here();
    let shelf = desk.shelf(&queue, side);
    desk.place.set(Some(queue.clone()));
    desk.watch(&queue, side);

    // Read when it was never read, and again whenever the live connection was away in between.
    Effect::new({
        let shelf = shelf.clone();
        let queue = queue.clone();
        move |_| {
            let opening = desk.opening.get();
            let current = shelf.with_untracked(|it| it.busy || (it.read && it.opening == opening));
            if !current {
                read_again(desk, shelf.clone(), queue.clone(), side);
            }
        }
    });

    Effect::new({
        let (queue, name) = (queue.clone(), name.clone());
        move |_| {
            let open = desk.queues.with(|queues| queues.iter().find(|it| it.id == queue).map_or(0, |it| it.open));
            dom::title(&match side {
                Side::Open => format!("{name}, {open} open"),
                Side::Mine => format!("{name}, mine"),
                Side::Unassigned => format!("{name}, unassigned"),
                Side::Closed => format!("{name}, closed"),
            });
        }
    });

    let refused = RwSignal::new(None::<String>);
    keys(desk, shelf.clone(), refused);
    find_ones_place(desk, shelf.clone());

    let sides = Side::ALL.map(|it| {
        let href = format!("{BASE}{}", side_path(&queue, it));
        let label = match it {
            Side::Open => "Open",
            Side::Mine => "Mine",
            Side::Unassigned => "Unassigned",
            Side::Closed => "Closed",
        };
        view! {
            <a href=href aria-current=(it == side).then_some("page")>
                {label}
            </a>
        }
    });
    view! {
        <div class="page">
            <header class="page-head">
                <h1 id="page" tabindex="-1">
                    {name.clone()}
                </h1>
                <nav class="sides" aria-label="State">
                    {sides.into_iter().collect_view()}
                </nav>
            </header>
            {move || refused.get().map(|why| view! { <p class="refused" role="alert">{why}</p> })}
            <Rows shelf queue name side />
        </div>
    }
}

/// Which of the things that a list can be it is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shows {
    Waiting,
    Failed,
    Nothing,
    Rows,
}

#[component]
fn Rows(shelf: ArcRwSignal<Shelf>, queue: String, name: String, side: Side) -> impl IntoView {
    let desk = Desk::here();
    let shows = Memo::new({
        let shelf = shelf.clone();
        move |_| {
            shelf.with(|it| match (it.read, it.list.rows().is_empty(), &it.failure) {
                (false, _, Some(_)) => Shows::Failed,
                (false, _, None) => Shows::Waiting,
                (true, true, _) if it.list.next().is_none() => Shows::Nothing,
                (true, ..) => Shows::Rows,
            })
        }
    });
    let sentence = Memo::new({
        let shelf = shelf.clone();
        move |_| shelf.with(|it| it.failure.as_ref().map(Failure::sentence))
    });
    let again = {
        let (shelf, queue) = (shelf.clone(), queue.clone());
        move || read_again(desk, shelf.clone(), queue.clone(), side)
    };
    let more = {
        let (shelf, queue) = (shelf.clone(), queue.clone());
        move || read_more(desk, shelf.clone(), queue.clone(), side)
    };
    move || match shows.get() {
        Shows::Waiting => view! { <Waiting lines=8 /> }.into_any(),
        Shows::Failed => {
            let again = again.clone();
            view! {
                <div class="notice">
                    <h2>"The list could not be read"</h2>
                    <p role="alert">{sentence}</p>
                    <p>
                        <button class="button main" on:click=move |_| again()>
                            "Try again"
                        </button>
                    </p>
                </div>
            }
            .into_any()
        }
        Shows::Nothing => {
            let (title, text) = match side {
                Side::Open => {
                    (format!("Nothing is waiting in {name}"), "What comes in appears here by itself, the best first.")
                }
                Side::Mine => {
                    (format!("Nothing in {name} is yours"), "What you are given or take appears here, the best first.")
                }
                Side::Unassigned => (
                    format!("Everything in {name} is somebody\u{2019}s"),
                    "What nobody has taken, or can take now, appears here.",
                ),
                Side::Closed => (
                    format!("Nothing in {name} was closed yet"),
                    "Each item that is closed with an outcome is kept here, the latest first.",
                ),
            };
            view! {
                <div class="notice">
                    <h2>{title}</h2>
                    <p>{text}</p>
                </div>
            }
            .into_any()
        }
        Shows::Rows => {
            let (again, more) = (again.clone(), more.clone());
            view! {
                {move || {
                    let again = again.clone();
                    sentence
                        .get()
                        .map(|why| {
                            view! {
                                <p class="refused" role="alert">
                                    {why}
                                    " The list may be behind. "
                                    <button class="plain" on:click=move |_| again()>
                                        "Try again"
                                    </button>
                                </p>
                            }
                        })
                }}
                <Table shelf=shelf.clone() side name=name.clone() />
                <More shelf=shelf.clone() more />
            }
            .into_any()
        }
    }
}

/// A table, also where the style sheet makes something else of it: so each part names its role.
#[component]
fn Table(shelf: ArcRwSignal<Shelf>, side: Side, name: String) -> impl IntoView {
    let label = match side {
        Side::Open => format!("Open items of {name}"),
        Side::Mine => format!("Your items of {name}"),
        Side::Unassigned => format!("Unassigned items of {name}"),
        Side::Closed => format!("Closed items of {name}"),
    };
    let last = if side == Side::Closed { "Outcome" } else { "Answer by" };
    let rows = {
        let shelf = shelf.clone();
        move || shelf.with(|it| it.list.rows().to_vec())
    };
    view! {
        <table class="rows" role="table" aria-label=label>
            <thead role="rowgroup">
                <tr role="row">
                    <th role="columnheader" scope="col" class="c-score">"Score"</th>
                    <th role="columnheader" scope="col" class="c-what">"Who and what"</th>
                    <th role="columnheader" scope="col" class="c-kind">"Kind"</th>
                    <th role="columnheader" scope="col" class="c-site">"Site"</th>
                    <th role="columnheader" scope="col" class="c-when">"Opened"</th>
                    <th role="columnheader" scope="col" class="c-due">{last}</th>
                    <th role="columnheader" scope="col" class="c-owner">"Owner"</th>
                </tr>
            </thead>
            <tbody role="rowgroup">
                <For
                    each=rows
                    key=|row| row.id.clone()
                    children=move |first| view! { <Row shelf=shelf.clone() side first /> }
                />
            </tbody>
        </table>
    }
}

#[component]
fn Row(shelf: ArcRwSignal<Shelf>, side: Side, first: ItemRow) -> impl IntoView {
    let desk = Desk::here();
    let id = first.id.clone();
    let fresh = Memo::new({
        let (shelf, id) = (shelf.clone(), id.clone());
        move |_| shelf.with(|it| it.list.is_fresh(&id))
    });
    // A row that leaves keeps its last words until it is gone from the screen.
    let row = Memo::new({
        let id = id.clone();
        move |last: Option<&ItemRow>| {
            shelf.with(|it| it.list.get(&id).cloned()).or_else(|| last.cloned()).unwrap_or_else(|| first.clone())
        }
    });
    let text = move |of: fn(&ItemRow) -> String| Memo::new(move |_| row.with(of));
    let owner = Memo::new(move |_| {
        let me = desk.me.with(|me| me.as_ref().map(|it| it.id.clone()));
        row.with(|it| {
            let given = it.state == ItemState::Open;
            match &it.owner {
                Some(owner) if Some(&owner.id) == me.as_ref() => {
                    ("you", if given { "Given to you" } else { "You" }.to_owned())
                }
                Some(owner) if given => ("given", owner.name.clone()),
                Some(owner) => ("other", owner.name.clone()),
                None => ("none", "Nobody yet".to_owned()),
            }
        })
    });
    let end = if side == Side::Closed {
        let became = text(|it| it.outcome.map_or("Closed", words::outcome).to_owned());
        Either::Right(view! { <span class="became">{became}</span> })
    } else {
        Either::Left(view! { <Due row /> })
    };
    view! {
        <tr role="row" class:fresh=fresh>
            <td role="cell" class="c-score">
                <Score tier=text(|it| it.tier.clone()) points=Memo::new(move |_| row.with(|it| it.score)) />
            </td>
            <td role="cell" class="c-what">
                <a id=row_element(&id) data-item=id.clone() href=format!("{BASE}{}", item_path(&id))>
                    <bdi class="who">{text(|it| it.who.clone())}</bdi>
                    " "
                    <span class="summary" dir="auto">
                        {text(|it| it.summary.clone())}
                    </span>
                </a>
            </td>
            <td role="cell" class="c-kind">
                {text(|it| words::what(it).to_owned())}
            </td>
            <td role="cell" class="c-site">
                <span class="place-name">
                    <bdi title=text(|it| it.site.clone())>{text(|it| it.site.clone())}</bdi>
                    " "
                    {move || row.with(|it| it.partner).then(|| view! { <Partner /> })}
                </span>
            </td>
            <td role="cell" class="c-when">
                <When at=text(|it| it.opened_at.clone()) />
            </td>
            <td role="cell" class="c-due">
                {end}
            </td>
            <td role="cell" class="c-owner" data-owner=move || owner.get().0>
                {move || (owner.get().0 == "given").then(|| view! { <span class="hidden">"Given to "</span> })}
                <bdi>{move || owner.get().1}</bdi>
            </td>
        </tr>
    }
}

#[component]
fn More(shelf: ArcRwSignal<Shelf>, more: impl Fn() + Clone + Send + Sync + 'static) -> impl IntoView {
    let there_is_more = Memo::new({
        let shelf = shelf.clone();
        move |_| shelf.with(|it| it.list.next().is_some())
    });
    let busy = Memo::new(move |_| shelf.with(|it| it.busy));
    move || {
        let more = more.clone();
        there_is_more.get().then(|| {
            view! {
                <p class="more">
                    <button class="button" aria-disabled=move || busy.get().to_string() on:click=move |_| more()>
                        {move || if busy.get() { "Reading\u{2026}" } else { "Show more" }}
                    </button>
                </p>
            }
        })
    }
}

/// Reads the list from its start, as far as it was read before.
fn read_again(desk: Desk, shelf: ArcRwSignal<Shelf>, queue: String, side: Side) {
    if shelf.with_untracked(|it| it.busy) {
        return;
    }
    let opening = desk.opening.get_untracked();
    let had = shelf.with_untracked(|it| it.list.rows().len());
    shelf.update(|it| {
        it.busy = true;
        it.failure = None;
        it.list.fetching();
    });
    spawn_local(async move {
        let answer = read_at_least(&queue, side, had).await;
        let signed_out = matches!(answer, Err(Failure::SignedOut));
        shelf.update(|it| {
            it.busy = false;
            match answer {
                Ok(page) => {
                    it.read = true;
                    it.opening = opening;
                    it.list.replace(page);
                }
                Err(failure) => {
                    it.list.not_fetched();
                    it.failure = Some(failure);
                }
            }
        });
        if signed_out {
            desk.signed_out(Leaving::Ended);
        } else if shelf.with_untracked(|it| it.failure.is_none()) && desk.opening.get_untracked() != opening {
            // The connection opened meanwhile: what happened before it did may be missing from what was read.
            read_again(desk, shelf, queue, side);
        }
    });
}

async fn read_at_least(queue: &str, side: Side, rows: usize) -> Result<ItemPage, Failure> {
    let mut page = api::items(queue, side, None).await?;
    while let Some(cursor) = page.next.take() {
        if page.items.len() >= rows {
            page.next = Some(cursor);
            break;
        }
        let further = api::items(queue, side, Some(&cursor)).await?;
        page.items.extend(further.items);
        page.next = further.next;
    }
    Ok(page)
}

fn read_more(desk: Desk, shelf: ArcRwSignal<Shelf>, queue: String, side: Side) {
    let cursor = shelf.with_untracked(|it| it.list.next().filter(|_| !it.busy).map(str::to_owned));
    let Some(cursor) = cursor else { return };
    let before: Vec<String> = shelf.with_untracked(|it| it.list.rows().iter().map(|row| row.id.clone()).collect());
    shelf.update(|it| {
        it.busy = true;
        it.failure = None;
        it.list.fetching();
    });
    spawn_local(async move {
        let answer = api::items(&queue, side, Some(&cursor)).await;
        let signed_out = matches!(answer, Err(Failure::SignedOut));
        shelf.update(|it| {
            it.busy = false;
            match answer {
                Ok(page) => it.list.append(page),
                Err(failure) => {
                    it.list.not_fetched();
                    it.failure = Some(failure);
                }
            }
        });
        if signed_out {
            desk.signed_out(Leaving::Ended);
            return;
        }
        // Reading goes on at the first row that was not there.
        let first = shelf.with_untracked(|it| {
            let new = it.list.rows().iter().find(|row| !before.contains(&row.id));
            new.map(|row| row_element(&row.id))
        });
        if let Some(first) = first {
            dom::focus_soon(first);
        }
    });
}

/// `j` and `k` move through the rows by moving the focus; Enter then is the link's own.
fn keys(desk: Desk, shelf: ArcRwSignal<Shelf>, refused: RwSignal<Option<String>>) {
    on_key(desk, move |key| {
        let ids: Vec<String> = shelf.with_untracked(|it| it.list.rows().iter().map(|row| row.id.clone()).collect());
        let focused = dom::focused();
        let at = ids.iter().position(|id| focused.as_deref() == Some(row_element(id).as_str()));
        match (key, at) {
            ("j", at) => {
                let next = at.map_or(0, |at| at + 1);
                if let Some(id) = ids.get(next) {
                    dom::focus(&row_element(id));
                }
                true
            }
            ("k", at) => {
                let previous = at.map_or(0, |at| at.saturating_sub(1));
                if let Some(id) = ids.get(previous) {
                    dom::focus(&row_element(id));
                }
                true
            }
            ("c", Some(at)) => {
                let row = shelf.with_untracked(|it| it.list.rows().get(at).cloned());
                if let Some(row) = row {
                    claim(desk, row, refused);
                }
                true
            }
            ("Escape", _) => {
                refused.get_untracked().is_some() && {
                    refused.set(None);
                    true
                }
            }
            _ => false,
        }
    });
}

fn claim(desk: Desk, row: ItemRow, refused: RwSignal<Option<String>>) {
    if row.state != ItemState::Open || row.owner.as_ref().is_some_and(|owner| owner.id != desk.my_id()) {
        desk.say(&words::state(&row, &desk.my_id()));
        return;
    }
    spawn_local(async move {
        match api::act(&row.id, &Act::Claim).await {
            Ok(view) => {
                let _ = refused.try_set(None);
                desk.take(&view.row);
                desk.say(&format!("Claimed: {}", view.row.who));
            }
            Err(Failure::SignedOut) => desk.signed_out(Leaving::Ended),
            Err(failure) => {
                let _ = refused.try_set(Some(format!("{}: {}", row.who, failure.sentence())));
            }
        }
    });
}

/// On the way back from an item the focus returns to its row; otherwise a new page begins at its heading.
fn find_ones_place(desk: Desk, shelf: ArcRwSignal<Shelf>) {
    let left = desk.left.try_update_value(Option::take).flatten();
    let element = match left {
        Some(id) if shelf.with_untracked(|it| it.list.get(&id).is_some()) => row_element(&id),
        _ => "page".to_owned(),
    };
    request_animation_frame(move || {
        if dom::focus_is_free() {
            dom::focus(&element);
        }
    });
}

fn row_element(id: &str) -> String {
    format!("item-{id}")
}
