//! The keys of a list. `j` and `k` move through the rows by moving the focus; Enter then is the link's own.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::wire::console::{Act, ItemRow, ItemState};

use super::bulk::{Bulk, Form};
use super::filters::TEXT;
use super::reading::read_more;
use super::views::OPEN_VIEWS;
use super::window::Window;
use crate::api::{self, Failure};
use crate::app::{Desk, Leaving, Shelved};
use crate::parts::on_key;
use crate::picks::Picks;
use crate::{dom, words};

/// What the keys work on.
#[derive(Clone)]
struct Keys {
    desk: Desk,
    shelved: Shelved,
    window: Window,
    bulk: Bulk,
    refused: RwSignal<Option<String>>,
}

/// Listens while the caller's owner lives.
pub fn listen(desk: Desk, shelved: &Shelved, window: Window, bulk: Bulk, refused: RwSignal<Option<String>>) {
    let keys = Keys { desk, shelved: shelved.clone(), window, bulk, refused };
    on_key(desk, move |key| keys.pressed(key));
}

impl Keys {
    /// Whether the key does something here.
    fn pressed(&self, key: &str) -> bool {
        let focus = self.window.focus();
        match (key, focus) {
            ("j" | "J" | "k" | "K", focus) => self.step(matches!(key, "j" | "J"), matches!(key, "J" | "K"), focus),
            ("Home", Some(_)) => self.go(Some(0)),
            ("End", Some(_)) => self.go(self.count().checked_sub(1)),
            ("x", Some(id)) => self.shelved.picks.update(|picks| picks.turn(&id)),
            ("c", Some(id)) if self.is_nothing_picked() => self.claim(&id),
            ("c" | "r" | "g" | "w" | "e", focus) => return self.act(key, focus),
            ("f", _) => drop(dom::focus(TEXT)),
            ("v", _) => drop(dom::element(OPEN_VIEWS).map(|button| button.click())),
            ("Escape", _) => return self.leave(),
            _ => return false,
        }
        true
    }

    fn count(&self) -> usize {
        self.shelved.shelf.with_untracked(|it| it.list.len())
    }

    fn is_nothing_picked(&self) -> bool {
        self.shelved.picks.with_untracked(Picks::is_empty)
    }

    fn go(&self, place: Option<usize>) {
        let row = place.and_then(|place| self.shelved.shelf.with_untracked(|it| it.list.at(place).cloned()));
        if let Some(row) = row {
            self.window.go_to(row.id.clone(), false);
        }
    }

    /// To the next row, or the one before it; where there is no next one yet, to the first of the next page.
    fn step(&self, is_down: bool, picks_too: bool, focus: Option<String>) {
        let at = focus.as_ref().and_then(|id| self.shelved.shelf.with_untracked(|it| it.list.place(id)));
        let next = match at {
            None => 0,
            Some(at) if is_down => at + 1,
            Some(at) => at.saturating_sub(1),
        };
        if next >= self.count() {
            let window = self.window;
            read_more(self.desk, self.shelved.clone(), move |first| window.go_to(first, false));
            return;
        }
        if picks_too {
            let there = self.shelved.shelf.with_untracked(|it| it.list.at(next).map(|row| row.id.clone()));
            self.shelved.picks.update(|picks| picks.add(focus.into_iter().chain(there)));
        }
        self.go(Some(next));
    }

    /// Does something to what is picked, or else to the row that has the focus.
    fn act(&self, key: &str, focus: Option<String>) -> bool {
        if self.is_nothing_picked() {
            let Some(id) = focus else { return false };
            self.shelved.picks.update(|picks| picks.turn(&id));
        }
        match key {
            "c" => self.bulk.act(Act::Claim),
            "r" => self.bulk.act(Act::Release),
            "g" => self.bulk.show(Form::Give),
            "w" => self.bulk.show(Form::Rest),
            _ => self.bulk.show(Form::Close),
        }
        true
    }

    fn leave(&self) -> bool {
        if self.refused.get_untracked().is_some() {
            self.refused.set(None);
            return true;
        }
        self.bulk.leave()
    }

    fn claim(&self, id: &str) {
        let row = self.shelved.shelf.with_untracked(|it| it.list.get(id).cloned());
        if let Some(row) = row {
            claim(self.desk, &row, self.refused);
        }
    }
}

fn claim(desk: Desk, row: &ItemRow, refused: RwSignal<Option<String>>) {
    if row.state != ItemState::Open || row.owner.as_ref().is_some_and(|owner| owner.id != desk.my_id()) {
        desk.say(&words::state(row, &desk.my_id()));
        return;
    }
    let (id, who) = (row.id.clone(), row.who.clone());
    spawn_local(async move {
        match api::act(&id, &Act::Claim).await {
            Ok(view) => {
                let _ = refused.try_set(None);
                desk.take(&view.row);
                desk.did(&Act::Claim, std::slice::from_ref(&view.row));
                desk.say(&format!("Claimed: {}", view.row.who));
            }
            Err(Failure::SignedOut) => desk.signed_out(Leaving::Ended),
            Err(failure) => {
                let _ = refused.try_set(Some(format!("{who}: {}", failure.sentence())));
            }
        }
    });
}
