//! What was done last, and how it is taken back. It outlives pages: what was done on an item is taken back from its queue.

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::wire::console::{Act, ItemRow};
use shared::wire::lists::{Many, Undo, UndoMany};

use super::{Desk, Leaving};
use crate::api::{self, Failure};
use crate::{dom, words};

/// How long it can be taken back with one key.
const STAYS: Duration = Duration::from_secs(30);
/// How long it says that it was taken back.
const SAYS_FOR: Duration = Duration::from_secs(6);
/// The element that says it.
pub const BAR: &str = "undo";

/// What was done last, or became of taking it back.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Told {
    /// In one sentence.
    pub says: String,
    /// What can be taken back; nothing where nothing can (any more).
    pub items: Vec<Undo>,
    /// What was not taken back, and why, a sentence each.
    pub not: Vec<String>,
    /// Whether it is being taken back.
    pub busy: bool,
}

impl Desk {
    /// Something was done to these items: it can be taken back until something else is, or for a while.
    pub fn did(self, act: &Act, rows: &[ItemRow]) {
        // What was written cannot be unwritten.
        let is_final = matches!(act, Act::Note { .. } | Act::Reply { .. });
        let Some(first) = rows.first().filter(|_| !is_final) else { return };
        let items = rows.iter().map(|row| Undo { id: row.id.clone(), changed: row.changed }).collect();
        let says = words::did(act, &first.who, rows.len());
        self.tell(Told { says, items, ..Told::default() }, STAYS);
    }

    /// Takes it back.
    pub fn take_back(self) {
        let told = self.told.get_untracked().filter(|told| !told.items.is_empty() && !told.busy);
        let Some(told) = told else { return };
        self.told.set(Some(Told { busy: true, not: Vec::new(), ..told.clone() }));
        spawn_local(async move {
            let answer = api::undo(&UndoMany { items: told.items.clone() }).await;
            match answer {
                Ok(many) => self.taken_back(&told, &many),
                Err(Failure::SignedOut) => self.signed_out(Leaving::Ended),
                Err(failure) => self.tell(Told { not: vec![failure.sentence()], ..told }, STAYS),
            }
        });
    }

    fn taken_back(self, told: &Told, many: &Many) {
        self.take_all(&many.done);
        let not: Vec<String> = many.refused.iter().map(words::not_done).collect();
        let says = match (many.done.as_slice(), not.is_empty()) {
            ([], _) => "Not taken back".to_owned(),
            (_, true) => format!("Taken back: {}", told.says),
            (done, false) => {
                format!("Taken back of {} of {}", done.len(), words::counted(told.items.len(), "item", "items"))
            }
        };
        self.say(&[std::slice::from_ref(&says), &not].concat().join(". "));
        let time = if not.is_empty() { SAYS_FOR } else { STAYS };
        self.tell(Told { says, not, ..Told::default() }, time);
        // The button that was pressed is gone.
        request_animation_frame(move || {
            if dom::focus_is_free() {
                dom::focus(BAR);
            }
        });
    }

    /// It is not to be taken back.
    pub fn forget_what_was_done(self) {
        let had_focus = dom::is_within(BAR);
        self.told.set(None);
        if had_focus {
            dom::focus_soon("main");
        }
    }

    fn tell(self, told: Told, time: Duration) {
        let number = self.tellings.with_value(|number| number + 1);
        self.tellings.set_value(number);
        self.told.set(Some(told));
        self.forget_later(number, time);
    }

    fn forget_later(self, number: u32, time: Duration) {
        let forget = move || {
            if self.tellings.try_get_value() != Some(number) {
                return;
            }
            if dom::is_within(BAR) {
                // Somebody is about to press it.
                self.forget_later(number, time);
            } else {
                self.told.set(None);
            }
        };
        set_timeout(forget, time);
    }
}
