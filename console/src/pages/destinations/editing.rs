//! A destination while it is edited: what is typed, what is wrong with it, and saving it. What is typed stays, whatever becomes
//! of saving: it is kept until it is saved or discarded.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::wire::delivery::{ChangeDestinations, DestinationChange};
use shared::wire::destination::{Destination, To};

use super::Draft;
use super::mapping::id_from;
use crate::api::{self, Failure};
use crate::app::{Desk, Leaving};
use crate::dom;
use crate::parts::Saving;

/// A destination that is being changed, or made.
#[derive(Clone, Copy)]
pub struct Editing {
    desk: Desk,
    /// Its id; absent until it is made.
    id: StoredValue<Option<String>>,
    /// Under which its draft is kept.
    key: StoredValue<String>,
    /// As it is on the screen.
    pub edit: RwSignal<Destination>,
    /// What became of saving it.
    pub saving: Saving,
    /// Counts how often what is on the screen was replaced: the controls that keep a text of their own begin anew.
    pub shape: RwSignal<u32>,
    base: RwSignal<Destination>,
}

impl Editing {
    /// Begins, or goes on with what was not saved.
    pub fn open(id: Option<String>, now: Destination) -> Self {
        let desk = Desk::here();
        let drafts = desk.destinations.drafts;
        let key = id.clone().unwrap_or_else(|| format!("+{}", now.to.tag()));
        let draft = drafts.with_value(|drafts| drafts.get(&key).cloned());
        let draft = draft.unwrap_or_else(|| Draft { base: now.clone(), mine: now });
        let editing = Self {
            desk,
            id: StoredValue::new(id),
            key: StoredValue::new(key),
            edit: RwSignal::new(draft.mine),
            saving: Saving::new(),
            shape: RwSignal::new(0),
            base: RwSignal::new(draft.base),
        };
        Effect::new(move |_| {
            let draft = Draft { base: editing.base.get(), mine: editing.edit.get() };
            let key = editing.key.get_value();
            drafts.update_value(|drafts| {
                if draft.base == draft.mine {
                    drafts.remove(&key);
                } else {
                    drafts.insert(key, draft);
                }
            });
        });
        editing
    }

    /// Whether there is none yet.
    pub fn is_new(self) -> bool {
        self.id.with_value(Option::is_none)
    }

    /// Whether something is typed that is not saved.
    pub fn is_changed(self) -> bool {
        self.base.with(|base| self.edit.with(|mine| base != mine))
    }

    /// Lets go of what was typed.
    pub fn discard(self) {
        self.start_over(self.base.get_untracked());
    }

    fn start_over(self, from: Destination) {
        self.base.set(from.clone());
        self.edit.set(from);
        self.saving.clear();
        self.shape.update(|shape| *shape += 1);
    }

    /// Takes in what was typed.
    pub fn change(self, how: impl FnOnce(&mut Destination)) {
        self.edit.update(how);
    }

    /// Names it; a new one's id follows its name until somebody types one.
    pub fn rename(self, name: String) {
        let is_new = self.is_new();
        self.change(|edit| {
            if is_new && edit.id == id_from(&edit.name) {
                edit.id = id_from(&name);
            }
            edit.name = name;
        });
    }

    /// A text of the destination that is edited.
    pub fn text(self, of: fn(&Destination) -> String) -> Signal<String> {
        Memo::new(move |_| self.edit.with(of)).into()
    }

    /// Saves it.
    pub fn save(self) {
        if !self.saving.begin() {
            return;
        }
        // Lines that were left empty are none.
        self.change(|edit| {
            if let To::Smtp(shared::wire::destination::Smtp { to, .. })
            | To::MailApi(shared::wire::destination::MailApi { to, .. }) = &mut edit.to
            {
                to.retain(|line| !line.trim().is_empty());
            }
        });
        let edit = Box::new(self.edit.get_untracked());
        let of = edit.id.clone();
        let is_new = self.is_new();
        let change = if is_new { DestinationChange::Add(edit) } else { DestinationChange::Save(edit) };
        let version = self.desk.destinations.version();
        spawn_local(async move {
            let answer = api::change_destinations(&ChangeDestinations { version, change }).await;
            self.saving.ended();
            match answer {
                Ok(view) => {
                    let brings_secret = view.secret.is_some();
                    self.desk.destinations.take_change(view, &of, is_new);
                    self.desk.say(if brings_secret { "Saved. Copy the signing secret now." } else { "Saved" });
                    self.leave(brings_secret);
                }
                Err(Failure::SignedOut) => self.desk.signed_out(Leaving::Ended),
                Err(failure) if failure.is_stale() => self.catch_up().await,
                Err(failure) => self.saving.not_saved(&failure),
            }
        });
    }

    /// It is saved: back to the list, unless somebody is elsewhere already.
    fn leave(self, to_the_secret: bool) {
        let Some(key) = self.key.try_get_value() else { return };
        self.discard();
        self.desk.destinations.drafts.update_value(|drafts| {
            drafts.remove(&key);
        });
        self.desk.go("/destinations", false);
        if to_the_secret {
            dom::focus_soon("made");
        }
    }

    /// Somebody else has saved something meanwhile. What is typed here stays.
    async fn catch_up(self) {
        match api::destinations().await {
            Ok(view) => self.desk.destinations.take(view),
            Err(failure) => return self.saving.not_saved(&failure),
        }
        let theirs = self.id.try_get_value().flatten().and_then(|id| untrack(|| self.desk.destinations.one(&id)));
        let is_other =
            theirs.is_some_and(|theirs| self.base.try_with_untracked(|base| *base != theirs.edit) == Some(true));
        let says = if is_other {
            "Somebody else has changed this destination meanwhile. What you typed is still here: saving it again puts it in the \
             place of theirs."
        } else {
            "Somebody else has changed the configuration meanwhile, but not this destination. Save again."
        };
        self.saving.again(says.to_owned());
    }
}
