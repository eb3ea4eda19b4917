//! A site while it is edited: what is typed, what is wrong with it, and saving it. What is typed stays, whatever becomes of
//! saving: it is kept under the site's id until it is saved or discarded.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::site::rebased;
use shared::wire::sites::{ChangeSites, Named, SiteChange, SiteEdit, SitesView};

use super::{Draft, Shown};
use crate::api::{self, Failure};
use crate::app::Leaving;
use crate::dom;
use crate::pages::site_path;
use crate::parts::Saving;

/// A site that is being changed, or made.
#[derive(Clone, Copy)]
pub struct Editing {
    shown: Shown,
    /// The site's id; absent until it is made.
    id: StoredValue<Option<String>>,
    /// As it is on the screen.
    pub edit: RwSignal<SiteEdit>,
    base: RwSignal<SiteEdit>,
    /// What became of saving it.
    pub saving: Saving,
}

impl Editing {
    /// Begins, or goes on with what was not saved.
    pub fn open(shown: Shown, id: Option<String>, now: &SiteEdit) -> Self {
        let key = id.clone().unwrap_or_default();
        let draft = shown.desk.site_drafts.with_value(|drafts| drafts.get(&key).cloned());
        let draft = draft.unwrap_or_else(|| Draft { base: now.clone(), mine: now.clone() });
        let editing = Self {
            shown,
            id: StoredValue::new(id.clone()),
            edit: RwSignal::new(draft.mine),
            base: RwSignal::new(draft.base),
            saving: Saving::new(),
        };
        Effect::new(move |_| {
            let draft = Draft { base: editing.base.get(), mine: editing.edit.get() };
            shown.desk.site_drafts.update_value(|drafts| {
                if draft.base == draft.mine {
                    drafts.remove(&key);
                } else {
                    drafts.insert(key.clone(), draft);
                }
            });
        });
        // Where nothing was typed, the form follows what others save.
        if let Some(id) = id {
            Effect::new(move |_| {
                let Some(now) = shown.site(&id) else { return };
                let is_clean = editing.edit.with_untracked(|mine| editing.base.with_untracked(|base| mine == base));
                if is_clean && editing.base.with_untracked(|base| *base != now.edit) {
                    editing.start_over(now.edit);
                }
            });
        }
        editing
    }

    /// Whether it is no site yet.
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

    fn start_over(self, from: SiteEdit) {
        self.base.set(from.clone());
        self.edit.set(from);
        self.saving.clear();
    }

    /// Takes in what was typed.
    pub fn change(self, how: impl FnOnce(&mut SiteEdit)) {
        self.edit.update(how);
    }

    /// Saves it.
    pub fn save(self) {
        // Lines that were left empty are none.
        self.edit.update(|edit| {
            edit.origins.retain(|line| !line.trim().is_empty());
            edit.pricing.retain(|line| !line.trim().is_empty());
        });
        let Some((version, known)) = self.shown.desk.sites.with_untracked(|view| {
            view.as_ref().map(|view| (view.version, view.sites.iter().map(|site| site.id.clone()).collect::<Vec<_>>()))
        }) else {
            return;
        };
        let edit = self.edit.get_untracked();
        let change = match self.id.get_value() {
            Some(id) => SiteChange::Edit { id, edit },
            None => SiteChange::Create { edit },
        };
        if !self.saving.begin() {
            return;
        }
        spawn_local(async move {
            let outcome = api::change_sites(&ChangeSites { version, change }).await;
            self.saving.ended();
            match outcome {
                Ok(view) => self.saved(view, &known),
                Err(Failure::SignedOut) => self.shown.desk.signed_out(Leaving::Ended),
                Err(failure) if failure.is_stale() => self.catch_up().await,
                Err(failure) => self.saving.not_saved(&failure),
            }
        });
    }

    fn saved(self, view: SitesView, known: &[String]) {
        let desk = self.shown.desk;
        match self.id.get_value() {
            Some(id) => {
                if let Some(site) = view.sites.iter().find(|site| site.id == id) {
                    self.start_over(site.edit.clone());
                }
                self.shown.take(view);
                desk.say("Saved");
                dom::focus_soon("settings");
            }
            None => {
                let made = view.sites.iter().find(|site| !known.contains(&site.id)).map(|site| site.id.clone());
                let base = self.base.get_untracked();
                self.start_over(base);
                self.shown.take(view);
                desk.say("Saved. Copy the snippet.");
                desk.go(&made.map_or("/sites".to_owned(), |id| site_path(&id)), true);
            }
        }
    }

    /// Somebody else has saved something meanwhile: what they changed is taken over, what is typed here stays.
    async fn catch_up(self) {
        let view = match api::sites().await {
            Ok(view) => view,
            Err(failure) => return self.saving.not_saved(&failure),
        };
        let theirs = self.id.get_value().and_then(|id| view.sites.iter().find(|site| site.id == id));
        let mut says =
            "Somebody else has changed the configuration meanwhile. What you typed is still here; what they \
                        changed is here too. Look it over, then save again."
                .to_owned();
        if let Some(theirs) = theirs.map(|site| site.edit.clone()) {
            let (left, both) =
                self.base.with_untracked(|base| self.edit.with_untracked(|mine| rebased(base, mine, &theirs)));
            if !both.is_empty() {
                says = format!("{says} You have both changed: {}.", both.join(", "));
            }
            self.base.set(theirs);
            self.edit.set(left);
        }
        self.shown.take(view);
        self.saving.again(says);
    }

    /// A text of the site that is edited.
    pub fn text(self, of: fn(&SiteEdit) -> String) -> Signal<String> {
        Memo::new(move |_| self.edit.with(of)).into()
    }

    /// A list of it.
    pub fn lines(self, of: fn(&SiteEdit) -> Vec<String>) -> Signal<Vec<String>> {
        Memo::new(move |_| self.edit.with(of)).into()
    }

    /// What may be chosen from.
    pub fn named(self, of: fn(&SitesView) -> Vec<Named>) -> Signal<Vec<Named>> {
        Memo::new(move |_| self.shown.desk.sites.with(|view| view.as_ref().map(of).unwrap_or_default())).into()
    }
}
