//! Asks before somebody is erased: whom, which one types; why; and what stays. It cannot be taken back.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::wire::privacy::{ErasePerson, ErasureReason};

use super::Acts;
use crate::api::{self, Failure};
use crate::app::Leaving;
use crate::parts::{Select, Text, Wrongs};
use crate::words;

/// The dialog. It closes with Escape, and does nothing before the person is typed.
#[component]
pub fn Erase(acts: Acts) -> impl IntoView {
    let dialog = NodeRef::<leptos::html::Dialog>::new();
    let typed = RwSignal::new(String::new());
    let reason = RwSignal::new(ErasureReason::Asked);
    let wrong: Wrongs = RwSignal::new(Vec::new());
    let refused = RwSignal::new(None::<String>);
    let busy = RwSignal::new(false);
    Effect::new(move |_| {
        let Some(dialog) = dialog.get() else { return };
        if acts.erases.get() {
            typed.set(String::new());
            refused.set(None);
            // Fails only where it is shown already.
            let _ = dialog.show_modal();
        } else {
            dialog.close();
        }
    });
    let is_typed = Memo::new(move |_| typed.with(|typed| acts.named.with(|named| is_same(typed, named))));
    let erase = move || {
        if busy.get_untracked() || !is_typed.get_untracked() {
            return;
        }
        let person = acts.person.get_untracked();
        let erase = ErasePerson { reason: reason.get_untracked() };
        busy.set(true);
        refused.set(None);
        spawn_local(async move {
            let answer = api::erase_person(&person, &erase).await;
            let _ = busy.try_set(false);
            match answer {
                Ok(_) => {
                    acts.desk.say("They are erased");
                    acts.desk.forget_lists();
                    acts.desk.go("/privacy", true);
                }
                Err(Failure::SignedOut) => acts.desk.signed_out(Leaving::Ended),
                Err(failure) => {
                    let _ = refused.try_set(Some(failure.sentence()));
                    acts.read();
                }
            }
        });
    };
    let items = move || {
        let count = |count: u32| words::counted(usize::try_from(count).unwrap_or(usize::MAX), "item", "items");
        let (all, open) =
            acts.reading.view.with(|view| view.as_ref().map_or((0, 0), |view| (view.items, view.open_items)));
        if open > 0 { format!("{}, {open} of them open", count(all)) } else { count(all) }
    };
    let reasons = ErasureReason::ALL.map(|it| (it.tag().to_owned(), words::erasure_reason(it).to_owned())).to_vec();
    view! {
        <dialog node_ref=dialog class="erase" aria-labelledby="erase-title" on:close=move |_| acts.erases.set(false)>
            <form
                method="dialog"
                novalidate
                on:submit=move |event| {
                    event.prevent_default();
                    erase();
                }
            >
                <h2 id="erase-title">"Erase this person for ever?"</h2>
                <p>
                    "Everything that Usher knows of " <bdi class="name">{move || acts.named.get()}</bdi>
                    " goes, and cannot be brought back: " {items}
                    ", with all that was written, names, addresses and numbers, files, what they did on your pages, and what waits to be told of them."
                </p>
                <p>
                    "What stays: that somebody was erased, when, by whom and why; and counts that name nobody, such as how many wrote on a day and what the score has learnt."
                </p>
                <p>
                    "What was told to other systems already (CRM, chat, mail) stays there: erase them there too."
                </p>
                <Select
                    wrong
                    field="erase.reason"
                    label="Why"
                    choices=reasons
                    value=Memo::new(move |_| reason.get().tag().to_owned())
                    set=move |tag: String| {
                        if let Some(chosen) = ErasureReason::from_tag(&tag) {
                            reason.set(chosen);
                        }
                    }
                />
                <p>
                    "To be sure that it is the right person, type " <strong class="value" dir="auto">
                        {move || acts.named.get()}
                    </strong>
                </p>
                <Text
                    wrong
                    field="erase.named"
                    label="Whom you erase"
                    value=typed
                    set=move |text| typed.set(text)
                />
                {move || refused.get().map(|why| view! { <p class="refused" role="alert">{why}</p> })}
                <div class="buttons row-end">
                    <button class="button" type="button" on:click=move |_| acts.erases.set(false)>
                        "Cancel"
                    </button>
                    <button
                        class="button main grave"
                        type="submit"
                        aria-disabled=move || (busy.get() || !is_typed.get()).to_string()
                    >
                        "Erase for ever"
                    </button>
                </div>
            </form>
        </dialog>
    }
}

/// Whether that is what was asked for: spaces around it and capitals say nothing.
fn is_same(typed: &str, named: &str) -> bool {
    !typed.trim().is_empty() && typed.trim().to_lowercase() == named.trim().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::is_same;

    #[test]
    fn only_who_is_typed_is_erased() {
        assert!(is_same(" Ana@Example.com ", "ana@example.com"));
        for other in ["", " ", "ana", "ana@example.com.org"] {
            assert!(!is_same(other, "ana@example.com"), "{other}");
        }
        assert!(!is_same("", ""));
    }
}
