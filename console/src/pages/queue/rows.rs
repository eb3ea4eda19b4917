//! A list, whatever it has to show: rows, nothing, or why it could not be read.

use std::sync::Arc;

use leptos::prelude::*;
use shared::wire::console::ItemRow;
use shared::wire::lists::MOST_AT_ONCE;

use super::reading::{read_again, read_more};
use super::row::Row;
use super::window::Window;
use crate::api::Failure;
use crate::app::{Desk, Shelved};
use crate::dom::{self, Nearness};
use crate::list::{ChunkId, Side};
use crate::narrow;
use crate::parts::Waiting;
use crate::picks::Picks;

/// How far from the end of the list the next page is read, in pixels.
const SOON: u32 = 2_400;

/// How many rows are drawn in one frame.
const STEP: usize = 10;

/// Which of the things that a list can be it is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shows {
    Waiting,
    Failed,
    Nothing,
    Rows,
}

/// The list.
#[component]
pub fn Rows(shelved: Shelved, name: String, window: Window) -> impl IntoView {
    let desk = Desk::here();
    let shelf = shelved.shelf.clone();
    let shows = Memo::new({
        let shelf = shelf.clone();
        move |_| {
            shelf.with(|it| match (it.read, it.list.len() == 0, &it.failure) {
                (false, _, Some(_)) => Shows::Failed,
                (false, _, None) => Shows::Waiting,
                (true, true, _) if it.list.next().is_none() => Shows::Nothing,
                (true, ..) => Shows::Rows,
            })
        }
    });
    let sentence = Memo::new(move |_| shelf.with(|it| it.failure.as_ref().map(Failure::sentence)));
    let again = {
        let shelved = shelved.clone();
        move || read_again(desk, shelved.clone())
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
        Shows::Nothing => view! { <Nothing shelved=shelved.clone() name=name.clone() /> }.into_any(),
        Shows::Rows => {
            let again = again.clone();
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
                <Table shelved=shelved.clone() name=name.clone() window />
                <More shelved=shelved.clone() window />
            }
            .into_any()
        }
    }
}

#[component]
fn Nothing(shelved: Shelved, name: String) -> impl IntoView {
    let desk = Desk::here();
    let which = shelved.which;
    if !which.filter.is_empty() {
        let whole = narrow::path(&which.narrowed(Default::default()));
        let clear = move |_| {
            desk.go(&whole, false);
            dom::focus_soon("page");
        };
        return view! {
            <div class="notice">
                <h2>"Nothing here matches"</h2>
                <p>
                    {match which.side {
                        Side::Open => format!("Something else may be waiting in {name}."),
                        Side::Mine => format!("Something else in {name} may be yours."),
                        Side::Unassigned => format!("Something else in {name} may be nobody\u{2019}s."),
                        Side::Closed => format!("Something else in {name} may be closed."),
                    }}
                </p>
                <p>
                    <button class="button main" on:click=clear>
                        "Show everything"
                    </button>
                </p>
            </div>
        }
        .into_any();
    }
    let (title, text) = match which.side {
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

/// A table, also where the style sheet makes something else of it: so each part names its role.
#[component]
fn Table(shelved: Shelved, name: String, window: Window) -> impl IntoView {
    let desk = Desk::here();
    let which = shelved.which.clone();
    let label = match which.side {
        Side::Open => format!("Open items of {name}"),
        Side::Mine => format!("Your items of {name}"),
        Side::Unassigned => format!("Unassigned items of {name}"),
        Side::Closed => format!("Closed items of {name}"),
    };
    let last = if which.side == Side::Closed { "Outcome" } else { "Answer by" };
    let is_whole = which.side == Side::Open && which.filter.is_empty();
    // The heads are a row too; -1 says that nobody knows.
    let count = Memo::new({
        let shelf = shelved.shelf.clone();
        move |_| {
            let (known, ends) = shelf.with(|it| (it.list.len(), it.list.next().is_none()));
            let open = desk.queues.with(|all| all.iter().find(|it| it.id == which.queue).map_or(0, |it| it.open));
            let open = usize::try_from(open).unwrap_or_default();
            if ends {
                (known + 1).to_string()
            } else if is_whole {
                (known.max(open) + 1).to_string()
            } else {
                "-1".to_owned()
            }
        }
    });
    let chunks = Memo::new({
        let shelf = shelved.shelf.clone();
        move |_| shelf.with(|it| it.list.chunks())
    });
    let pinned = window.pinned();
    view! {
        <table class="rows" role="table" aria-label=label aria-rowcount=count>
            <thead role="rowgroup">
                <tr role="row" aria-rowindex="1">
                    <th role="columnheader" scope="col" class="c-pick">
                        <PickAll shelved=shelved.clone() />
                    </th>
                    <th role="columnheader" scope="col" class="c-score">"Score"</th>
                    <th role="columnheader" scope="col" class="c-what">"Who and what"</th>
                    <th role="columnheader" scope="col" class="c-kind">"Kind"</th>
                    <th role="columnheader" scope="col" class="c-site">"Site"</th>
                    <th role="columnheader" scope="col" class="c-when">"Opened"</th>
                    <th role="columnheader" scope="col" class="c-due">{last}</th>
                    <th role="columnheader" scope="col" class="c-owner">"Owner"</th>
                </tr>
            </thead>
            <For
                each=move || chunks.get()
                key=|id| *id
                children=move |id| view! { <Chunk shelved=shelved.clone() id window pinned /> }
            />
        </table>
    }
}

/// Picks all rows that are there, as far as one call takes them.
#[component]
fn PickAll(shelved: Shelved) -> impl IntoView {
    let desk = Desk::here();
    let Shelved { shelf, picks, .. } = shelved;
    let state = Memo::new({
        let (shelf, picks) = (shelf.clone(), picks.clone());
        move |_| {
            let (picked, rows) = (picks.with(Picks::len), shelf.with(|it| it.list.len()));
            (picked > 0, picked > 0 && picked < rows.min(MOST_AT_ONCE))
        }
    });
    let turn = move |_| {
        if picks.with_untracked(Picks::is_empty) {
            let rows: Vec<String> =
                shelf.with_untracked(|it| it.list.rows().take(MOST_AT_ONCE).map(|row| row.id.clone()).collect());
            let (all, taken) = (shelf.with_untracked(|it| it.list.len()), rows.len());
            picks.update(|it| it.add(rows));
            desk.say(&if all > taken { format!("The first {taken} are picked") } else { format!("{taken} picked") });
        } else {
            picks.update(Picks::clear);
            desk.say("Nothing is picked");
        }
    };
    view! {
        <label class="pick">
            <input
                type="checkbox"
                id="pick-all"
                prop:checked=move || state.get().0
                prop:indeterminate=move || state.get().1
                on:change=turn
            />
            <span class="pick-label">"Pick all that is shown"</span>
        </label>
    }
}

/// Some rows; or where they are far away, the room that they need.
#[component]
fn Chunk(shelved: Shelved, id: ChunkId, window: Window, pinned: Memo<Option<ChunkId>>) -> impl IntoView {
    let Shelved { which, shelf, picks, .. } = shelved;
    window.begin(id);
    let drawn = Memo::new(move |_| window.is_drawn(id, pinned));
    let span = Memo::new({
        let shelf = shelf.clone();
        move |_| shelf.with(|it| it.list.span(id))
    });
    // A few rows in each frame: all of them at once would hold it up.
    let limit = RwSignal::new(STEP);
    Effect::new(move |_| {
        if !drawn.get() {
            limit.set(STEP);
        } else if limit.get() < span.get().0 {
            request_animation_frame(move || {
                let _ = limit.try_update(|limit| *limit += STEP);
            });
        }
    });
    let rows = Memo::new({
        let shelf = shelf.clone();
        move |_| {
            let most = match drawn.get() {
                false => 0,
                true if window.is_whole(id, pinned) => usize::MAX,
                true => limit.get(),
            };
            let mut rows = if most > 0 { shelf.with(|it| it.list.rows_of(id)) } else { Vec::new() };
            rows.truncate(most);
            rows
        }
    });
    let left = Memo::new(move |_| span.get().0.saturating_sub(rows.with(Vec::len)));
    let is_partly = Memo::new(move |_| left.get() > 0);
    let rest = move || {
        let room = move || format!("{:.1}px", window.room(id, left.get()));
        view! {
            <tr class="room" role="presentation" aria-hidden="true">
                <td colspan="8" style:height=room></td>
            </tr>
        }
    };
    let body = NodeRef::<leptos::html::Tbody>::new();
    Effect::new(move |_| {
        if let Some(body) = body.get() {
            window.watch(&body);
        }
    });
    let inside = move || {
        if !drawn.get() {
            return ().into_any();
        }
        let (shelf, picks) = (shelf.clone(), picks.clone());
        let line = move |at: ReadSignal<usize>, first: Arc<ItemRow>| {
            let place = Memo::new(move |_| span.get().1 + at.get());
            let (shelf, picks) = (shelf.clone(), picks.clone());
            view! { <Row shelf picks side=which.side rows first place /> }
        };
        view! { <ForEnumerate each=move || rows.get() key=|row| row.id.clone() children=line /> }.into_any()
    };
    view! {
        <tbody
            node_ref=body
            data-chunk=id
            role=move || if drawn.get() { "rowgroup" } else { "presentation" }
            aria-hidden=move || (!drawn.get()).then_some("true")
        >
            {inside}
            {move || is_partly.get().then(rest)}
        </tbody>
    }
}

/// The end of what was read. The next page comes by itself when the end is near; where it does not, there is a button.
#[component]
fn More(shelved: Shelved, window: Window) -> impl IntoView {
    let desk = Desk::here();
    let shelf = shelved.shelf.clone();
    let there_is_more = Memo::new({
        let shelf = shelf.clone();
        move |_| shelf.with(|it| it.list.next().is_some())
    });
    let busy = Memo::new({
        let shelf = shelf.clone();
        move |_| shelf.with(|it| it.busy)
    });
    let is_near = RwSignal::new(false);
    let observer = StoredValue::new_local(Nearness::new(SOON, move |_, near, _| {
        let _ = is_near.try_set(near);
    }));
    let end = NodeRef::<leptos::html::P>::new();
    // After each page it is asked again whether the end is near.
    Effect::new(move |_| {
        if let (Some(end), false) = (end.get(), busy.get()) {
            is_near.set(false);
            observer.with_value(|observer| {
                if let Some(observer) = observer {
                    observer.watch(&end);
                }
            });
        }
    });
    Effect::new({
        let shelved = shelved.clone();
        move |_| {
            let may = shelf.with_untracked(|it| it.read && !it.busy && it.failure.is_none());
            if is_near.get() && may {
                read_more(desk, shelved.clone(), |_| ());
            }
        }
    });
    let more = move |_| read_more(desk, shelved.clone(), move |first| window.go_to(first, false));
    move || {
        let more = more.clone();
        there_is_more.get().then(|| {
            view! {
                <p class="more" node_ref=end>
                    <button class="button" aria-disabled=move || busy.get().to_string() on:click=more>
                        {move || if busy.get() { "Reading\u{2026}" } else { "Show more" }}
                    </button>
                </p>
            }
        })
    }
}
