//! Reading a list from the server: from its start, and further.

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::wire::console::ItemPage;

use crate::api::{self, Failure};
use crate::app::{Desk, Leaving, Shelved};
use crate::list::Which;

/// How long what is found by words may be behind what happened.
const BEHIND_FOR: Duration = Duration::from_millis(1_500);

/// Reads a list when it was never read, again whenever the live connection was away in between, and again a little after
/// something happened of which only the server knows whether it belongs there.
pub fn keep(desk: Desk, shelved: &Shelved) {
    Effect::new({
        let shelved = shelved.clone();
        move |_| {
            let opening = desk.opening.get();
            let is_current =
                shelved.shelf.with_untracked(|it| it.busy || (it.read && !it.behind && it.opening == opening));
            if !is_current {
                read_again(desk, shelved.clone());
            }
        }
    });
    let behind = Memo::new({
        let shelf = shelved.shelf.clone();
        move |_| shelf.with(|it| it.behind && !it.busy)
    });
    let on_screen = StoredValue::new(());
    let shelved = shelved.clone();
    Effect::new(move |_| {
        if behind.get() {
            let shelved = shelved.clone();
            let again = move || {
                if on_screen.try_get_value().is_some() {
                    read_again(desk, shelved);
                }
            };
            set_timeout(again, BEHIND_FOR);
        }
    });
}

/// Reads the list from its start, as far as it was read before.
pub fn read_again(desk: Desk, shelved: Shelved) {
    let Shelved { which, shelf, picks, .. } = shelved.clone();
    if shelf.with_untracked(|it| it.busy) {
        return;
    }
    let opening = desk.opening.get_untracked();
    let had = shelf.with_untracked(|it| it.list.len());
    shelf.update(|it| {
        it.busy = true;
        it.behind = false;
        it.failure = None;
        it.list.fetching();
    });
    spawn_local(async move {
        let answer = read_at_least(&which, had).await;
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
        // What has left is no longer picked.
        if picks.with_untracked(|picks| !picks.is_empty()) {
            picks.update(|picks| shelf.with_untracked(|it| picks.keep(|id| it.list.get(id).is_some())));
        }
        if signed_out {
            desk.signed_out(Leaving::Ended);
        } else if shelf.with_untracked(|it| it.failure.is_none()) && desk.opening.get_untracked() != opening {
            // The connection opened meanwhile: what happened before it did may be missing from what was read.
            read_again(desk, shelved);
        }
    });
}

async fn read_at_least(which: &Which, rows: usize) -> Result<ItemPage, Failure> {
    let mut page = api::items(which, None).await?;
    while let Some(cursor) = page.next.take() {
        if page.items.len() >= rows {
            page.next = Some(cursor);
            break;
        }
        let further = api::items(which, Some(&cursor)).await?;
        page.items.extend(further.items);
        page.next = further.next;
    }
    Ok(page)
}

/// Reads one more page; then `then` gets the first row that was not there, if there is one.
pub fn read_more(desk: Desk, shelved: Shelved, then: impl FnOnce(String) + 'static) {
    let Shelved { which, shelf, .. } = shelved;
    let cursor = shelf.with_untracked(|it| it.list.next().filter(|_| !it.busy).map(str::to_owned));
    let Some(cursor) = cursor else { return };
    let last = shelf.with_untracked(|it| it.list.len().checked_sub(1).and_then(|last| it.list.at(last).cloned()));
    shelf.update(|it| {
        it.busy = true;
        it.failure = None;
        it.list.fetching();
    });
    spawn_local(async move {
        let answer = api::items(&which, Some(&cursor)).await;
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
        // Reading goes on after what was the last row.
        let first = shelf.with_untracked(|it| {
            let place = last.and_then(|last| it.list.place(&last.id)).map_or(0, |place| place + 1);
            it.list.at(place).map(|row| row.id.clone())
        });
        if let Some(first) = first {
            then(first);
        }
    });
}
