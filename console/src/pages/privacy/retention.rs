//! How long things are kept, as a form: rules for closed items by form and outcome, and two lengths.

use leptos::prelude::*;
use shared::wire::privacy::{PrivacyView, RetentionRule};

use super::editing::Editing;
use crate::app::Desk;
use crate::parts::{Number, Reading, SaveBar, Select, Wrong, id_of};
use crate::{dom, words};

/// The form.
#[component]
pub fn Retention(desk: Desk, reading: Reading<PrivacyView>) -> impl IntoView {
    let editing = Editing::open(desk, reading);
    let choices = |choices: fn(&PrivacyView) -> Vec<(String, String)>| {
        StoredValue::new(reading.view.with_untracked(|view| view.as_ref().map(choices).unwrap_or_default()))
    };
    let forms = choices(|view| {
        let forms = view.forms.iter().map(|form| (form.id.clone(), form.title.clone()));
        std::iter::once((String::new(), "Any form".to_owned())).chain(forms).collect()
    });
    // By their places: what an outcome is called on the wire is not this page's to know.
    let outcomes = choices(|view| {
        let outcomes =
            view.outcomes.iter().enumerate().map(|(at, it)| (at.to_string(), words::outcome(*it).to_owned()));
        std::iter::once((String::new(), "Any outcome".to_owned())).chain(outcomes).collect()
    });
    let count = Memo::new(move |_| editing.edit.with(|edit| edit.items.len()));
    let add = move |_| {
        let next = count.get_untracked();
        editing.add();
        dom::focus_soon(id_of(&format!("items[{next}].days")));
    };
    view! {
        <form
            class="card editor retention-editor"
            aria-labelledby="retention"
            novalidate
            on:submit=move |event| {
                event.prevent_default();
                editing.save();
            }
        >
            <h2 id="retention" tabindex="-1">
                "How long things are kept"
            </h2>
            <fieldset class="field-group">
                <legend>"Closed items"</legend>
                <p class="quiet wide">
                    "An item goes with all that belongs to it, so many days after it was closed; whoever has no other item goes with their last one. The first rule that fits decides. What no rule fits is kept, as is whoever is on hold, and what is open."
                </p>
                <ol class="keep-rules wide" aria-label="Rules">
                    <For
                        each=move || 0..count.get()
                        key=|at| *at
                        children=move |at| view! { <Rule editing reading at forms outcomes /> }
                    />
                </ol>
                {move || (count.get() == 0).then(|| view! { <p class="quiet wide">"There is no rule: every closed item is kept."</p> })}
                <div class="wide">
                    <Wrong wrong=editing.saving.wrong field="items" />
                    <button class="plain" type="button" id="add-rule" on:click=add>
                        "Add a rule"
                    </button>
                </div>
            </fieldset>
            <fieldset class="field-group">
                <legend>"What waits"</legend>
                <Number
                    wrong=editing.saving.wrong
                    field="undecided_days"
                    label="Held for review and not decided, in days"
                    help="From when it arrived. Empty: until somebody decides."
                    value=Memo::new(move |_| editing.edit.with(|edit| edit.undecided_days.map(f64::from)))
                    set=move |typed| editing.edit.update(|edit| edit.undecided_days = typed.map(days))
                />
                <Number
                    wrong=editing.saving.wrong
                    field="dead_days"
                    label="Deliveries that were given up, in days"
                    help="From when they were given up. Empty: until somebody replays them."
                    value=Memo::new(move |_| editing.edit.with(|edit| edit.dead_days.map(f64::from)))
                    set=move |typed| editing.edit.update(|edit| edit.dead_days = typed.map(days))
                />
            </fieldset>
            <SaveBar
                saving=editing.saving
                save="Save"
                is_changed=Signal::derive(move || editing.is_changed())
                unsaved="Not saved yet. What is older than a new rule allows goes soon after it is saved."
                discard=Callback::new(move |()| {
                    editing.discard();
                    dom::focus_soon("retention");
                })
            />
        </form>
    }
}

/// A rule: of which items, and how long they are kept.
#[component]
fn Rule(
    editing: Editing,
    reading: Reading<PrivacyView>,
    at: usize,
    forms: StoredValue<Vec<(String, String)>>,
    outcomes: StoredValue<Vec<(String, String)>>,
) -> impl IntoView {
    let wrong = editing.saving.wrong;
    let of = move |part: fn(&RetentionRule) -> Option<f64>| {
        Memo::new(move |_| editing.edit.with(|edit| edit.items.get(at).and_then(part)))
    };
    let form = Memo::new(move |_| {
        editing.edit.with(|edit| edit.items.get(at).and_then(|rule| rule.form.clone()).unwrap_or_default())
    });
    let place = move |rule: &RetentionRule, view: &PrivacyView| {
        let became = rule.outcome?;
        view.outcomes.iter().position(|it| *it == became).map(|at| at.to_string())
    };
    let outcome = Memo::new(move |_| {
        let rule = editing.edit.with(|edit| edit.items.get(at).cloned());
        reading.view.with(|view| place(rule.as_ref()?, view.as_ref()?)).unwrap_or_default()
    });
    let choose = move |typed: String| {
        let chosen = typed.parse::<usize>().ok();
        let became = reading
            .view
            .with_untracked(|view| view.as_ref().zip(chosen).and_then(|(view, at)| view.outcomes.get(at).copied()));
        editing.change(at, |rule| rule.outcome = became);
    };
    let name = format!("rule {}", at + 1);
    let field = move |part: &str| format!("items[{at}].{part}");
    view! {
        <li class="keep-rule" aria-label=format!("Rule {}", at + 1)>
            <Select
                wrong
                field=field("form")
                label="Form"
                choices=forms.get_value()
                value=form
                set=move |id: String| editing.change(at, |rule| rule.form = Some(id).filter(|id| !id.is_empty()))
            />
            <Select wrong field=field("outcome") label="Outcome" choices=outcomes.get_value() value=outcome set=choose />
            <Number
                wrong
                field=field("days")
                label="Days"
                help="Empty: for ever."
                value=of(|rule| rule.days.map(f64::from))
                set=move |typed| editing.change(at, |rule| rule.days = typed.map(days))
            />
            <div class="buttons">
                {(at > 0)
                    .then(|| {
                        view! {
                            <button class="button" type="button" on:click=move |_| editing.raise(at)>
                                "Move up"
                                <span class="hidden">{format!(" {name}")}</span>
                            </button>
                        }
                    })}
                <button
                    class="button"
                    type="button"
                    on:click=move |_| {
                        editing.remove(at);
                        dom::focus_soon("add-rule");
                    }
                >
                    "Remove"
                    <span class="hidden">{format!(" {name}")}</span>
                </button>
            </div>
        </li>
    }
}

/// Days that are typed; zero, which the edge refuses, for what is no number of days.
fn days(typed: f64) -> u32 {
    let typed = Some(typed).filter(|it| it.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(it)).unwrap_or(0.0);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole, and in range")]
    let days = typed as u32;
    days
}

#[cfg(test)]
mod tests {
    use super::days;

    #[test]
    fn what_is_no_number_of_days_is_refused_rather_than_guessed() {
        assert_eq!(days(365.0), 365);
        for odd in [f64::NAN, -1.0, 4.5, 1e12] {
            assert_eq!(days(odd), 0);
        }
    }
}
