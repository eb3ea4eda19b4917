//! How long things are kept, while it is edited. What is typed stays until it is saved or discarded, whatever becomes of saving.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::wire::privacy::{ChangeRetention, PrivacyView, Retention, RetentionRule};

use crate::api::{self, Failure};
use crate::app::{Desk, Leaving};
use crate::dom;
use crate::parts::{Reading, Saving};

/// The rules that are being changed.
#[derive(Clone, Copy)]
pub struct Editing {
    desk: Desk,
    reading: Reading<PrivacyView>,
    /// As they are on the screen.
    pub edit: RwSignal<Retention>,
    /// What became of saving them.
    pub saving: Saving,
}

impl Editing {
    /// Begins, or goes on with what was not saved.
    pub fn open(desk: Desk, reading: Reading<PrivacyView>) -> Self {
        let now = reading.view.with_untracked(|view| view.as_ref().map(|view| view.retention.clone()));
        let edit = desk.retention_draft.get_value().or(now).unwrap_or_default();
        let editing = Self { desk, reading, edit: RwSignal::new(edit), saving: Saving::new() };
        Effect::new(move |_| {
            let draft = editing.is_changed().then(|| editing.edit.get());
            desk.retention_draft.set_value(draft);
        });
        // Where nothing was typed, the form follows what others save.
        Effect::new(move |before: Option<Retention>| {
            let saved = editing.saved();
            if before.is_some_and(|before| editing.edit.with_untracked(|edit| *edit == before)) {
                editing.edit.set(saved.clone());
            }
            saved
        });
        editing
    }

    /// The rules in force.
    fn saved(self) -> Retention {
        self.reading.view.with(|view| view.as_ref().map(|view| view.retention.clone()).unwrap_or_default())
    }

    /// Whether something is typed that is not saved.
    pub fn is_changed(self) -> bool {
        let saved = self.saved();
        self.edit.with(|edit| *edit != saved)
    }

    /// Lets go of what was typed.
    pub fn discard(self) {
        self.edit.set(untrack(|| self.saved()));
        self.saving.clear();
    }

    /// Changes a rule.
    pub fn change(self, at: usize, how: impl FnOnce(&mut RetentionRule)) {
        self.edit.update(|edit| {
            if let Some(rule) = edit.items.get_mut(at) {
                how(rule);
            }
        });
    }

    /// One more rule, which is tried last.
    pub fn add(self) {
        self.edit.update(|edit| edit.items.push(RetentionRule { form: None, outcome: None, days: Some(365) }));
    }

    /// Takes a rule away.
    pub fn remove(self, at: usize) {
        self.moved(|items| {
            if at < items.len() {
                items.remove(at);
            }
        });
    }

    /// Has a rule tried before the one above it.
    pub fn raise(self, at: usize) {
        self.moved(|items| {
            if (1..items.len()).contains(&at) {
                items.swap(at, at - 1);
            }
        });
    }

    /// What was wrong with a place is nothing to say of what stands there now.
    fn moved(self, how: impl FnOnce(&mut Vec<RetentionRule>)) {
        self.edit.update(|edit| how(&mut edit.items));
        self.saving.clear();
    }

    /// Saves them.
    pub fn save(self) {
        if !self.saving.begin() {
            return;
        }
        let version = self.reading.view.with_untracked(|view| view.as_ref().map_or(0, |view| view.version));
        let change = ChangeRetention { version, retention: self.edit.get_untracked() };
        spawn_local(async move {
            let answer = api::change_retention(&change).await;
            self.saving.ended();
            match answer {
                Ok(view) => {
                    self.reading.take(view);
                    self.desk.say("Saved");
                    dom::focus_soon("retention");
                }
                Err(Failure::SignedOut) => self.desk.signed_out(Leaving::Ended),
                Err(failure) if failure.is_stale() => self.catch_up().await,
                Err(failure) => self.saving.not_saved(&failure),
            }
        });
    }

    /// Somebody else has saved something meanwhile. What is typed here stays.
    async fn catch_up(self) {
        match api::privacy().await {
            Ok(view) => self.reading.take(view),
            Err(failure) => return self.saving.not_saved(&failure),
        }
        let says = "Somebody else has changed the configuration meanwhile. What you typed is still here: saving it again puts it in \
             the place of what is there.";
        self.saving.again(says.to_owned());
    }
}
