//! Saving what is edited: whether it is under way, what is wrong, and the bar at the foot of a form. What is typed stays, whatever
//! becomes of it.

use leptos::prelude::*;

use super::{Wrongs, id_of};
use crate::api::Failure;
use crate::{dom, words};

/// The button that saves, by its id.
const BUTTON: &str = "edit-save";

/// What became of saving.
#[derive(Clone, Copy)]
pub struct Saving {
    /// What the edge says is wrong.
    pub wrong: Wrongs,
    /// Why it was not saved, in a sentence.
    pub refused: RwSignal<Option<String>>,
    /// Whether it is being saved.
    pub busy: RwSignal<bool>,
}

impl Saving {
    /// Nothing was saved yet.
    pub fn new() -> Self {
        Self { wrong: RwSignal::new(Vec::new()), refused: RwSignal::new(None), busy: RwSignal::new(false) }
    }

    /// Begins; false where it is under way already.
    pub fn begin(self) -> bool {
        let begins = !self.busy.get_untracked();
        if begins {
            self.busy.set(true);
            self.clear();
        }
        begins
    }

    /// An answer is there. The form may be gone by now.
    pub fn ended(self) {
        let _ = self.busy.try_set(false);
    }

    /// Nothing is wrong any more.
    pub fn clear(self) {
        self.wrong.set(Vec::new());
        self.refused.set(None);
    }

    /// It may be saved again as it is.
    pub fn again(self, says: String) {
        let _ = self.refused.try_set(Some(says));
        dom::focus_soon(BUTTON);
    }

    /// Says why not: beside each field that is wrong, and at the foot what has no field here. The first wrong field has the focus.
    pub fn not_saved(self, failure: &Failure) {
        let fields = failure.fields().to_vec();
        let first = fields.iter().map(|it| id_of(&it.field)).find(|id| dom::element(id).is_some());
        let elsewhere = fields.iter().filter(|it| dom::element(&id_of(&it.field)).is_none());
        let elsewhere: Vec<String> =
            elsewhere.map(|it| format!("{}: {}", it.field, words::sentence(&it.message))).collect();
        let says = match fields.len() {
            0 => format!("{} What you typed is still here.", failure.sentence()),
            many => {
                let count = words::counted(many, "thing needs", "things need");
                format!("Not saved: {count} another look. {}", elsewhere.join(" "))
            }
        };
        let _ = self.wrong.try_set(fields);
        let _ = self.refused.try_set(Some(says));
        dom::focus_wrong_soon(first);
    }
}

/// The buttons, and what came of the last press.
#[component]
pub fn SaveBar(
    saving: Saving,
    /// The words on the button that saves.
    save: &'static str,
    /// Whether something is typed that is not saved.
    #[prop(into)]
    is_changed: Signal<bool>,
    /// What to know before it is saved.
    #[prop(default = "Not saved yet.")]
    unsaved: &'static str,
    /// Lets go of what was typed.
    discard: Callback<()>,
    /// What stands there while nothing is typed.
    #[prop(optional)]
    children: Option<ChildrenFn>,
) -> impl IntoView {
    let children = StoredValue::new(children);
    let is_changed = Memo::new(move |_| is_changed.get());
    view! {
        <div class="save-bar">
            {move || saving.refused.get().map(|why| view! { <p class="refused" role="alert">{why}</p> })}
            <div class="buttons">
                <button class="button main" type="submit" id=BUTTON aria-disabled=move || saving.busy.get().to_string()>
                    {save}
                </button>
                {move || {
                    if is_changed.get() {
                        view! {
                            <button class="button" type="button" on:click=move |_| discard.run(())>
                                "Discard changes"
                            </button>
                            <p class="quiet">{unsaved}</p>
                        }
                            .into_any()
                    } else {
                        children.with_value(|children| children.as_ref().map(|children| children())).into_any()
                    }
                }}
            </div>
        </div>
    }
}
