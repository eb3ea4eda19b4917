//! How long a draft will take to tell: what is reckoned with, and the answer in a sentence.

use leptos::prelude::*;
use shared::wire::experiments::PlanView;

use super::editing::Editing;
use super::numbers::{self, percent};
use crate::parts::Number;

/// The part of the form.
#[component]
pub fn Plan(editing: Editing) -> impl IntoView {
    let says = move || match (editing.plan.get(), editing.plan_failed.get()) {
        (_, Some(why)) => {
            view! { <p class="exp-plan">{format!("How long it takes is not known: {why}")}</p> }.into_any()
        }
        (Some(plan), None) => view! {
            <p class="exp-plan">{plan.says.clone()}</p>
            <p class="quiet">{reckoned(&plan)}</p>
        }
        .into_any(),
        (None, None) => view! { <p class="exp-plan quiet">"Reckoning\u{2026}"</p> }.into_any(),
    };
    view! {
        <section class="card" aria-labelledby="how-long">
            <h2 id="how-long">"How long it takes"</h2>
            <div class="field-row">
                <Number
                    wrong=editing.wrong
                    field="base"
                    label="What share does it today, in percent"
                    help="Empty for what was seen in the last 14 days."
                    value=editing.of(|edit| edit.base.map(percent))
                    set=move |typed| editing.change(|edit| edit.base = typed.map(|typed| typed / 100.0))
                />
                <Number
                    wrong=editing.wrong
                    field="looks_for"
                    label="Smallest change worth finding, in percent"
                    help="20 is from 5 % to 6 %. Half of it takes four times as long."
                    value=editing.of(|edit| Some(percent(edit.looks_for)))
                    set=move |typed| editing.change(|edit| edit.looks_for = typed.unwrap_or(f64::NAN) / 100.0)
                />
            </div>
            <div role="status">{says}</div>
        </section>
    }
}

/// What was reckoned with, in a sentence.
fn reckoned(plan: &PlanView) -> String {
    let seen = format!("About {} visitors a day see the prompt", numbers::about(plan.seen_a_day));
    let opened = plan.opened.map(|opened| format!(", and {} of them press its button", numbers::share(opened)));
    let base = plan.base.map(|base| format!(" Reckoned with {} who do what decides.", numbers::share(base)));
    let each = plan.each.map(|each| format!(" Each arm needs {}.", numbers::counted(each, "visitor", "visitors")));
    format!("{seen}{}.{}{}", opened.unwrap_or_default(), base.unwrap_or_default(), each.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_only_what_is_known() {
        let plan = PlanView {
            seen_a_day: 1240.4,
            opened: Some(0.081),
            base: Some(0.05),
            each: Some(8200),
            days: Some(21),
            says: String::new(),
        };
        assert_eq!(
            reckoned(&plan).replace('\u{a0}', " "),
            "About 1,240 visitors a day see the prompt, and 8.1 % of them press its button. Reckoned with 5.0 % who do what \
             decides. Each arm needs 8,200 visitors."
        );
        let bare = PlanView { opened: None, base: None, each: None, days: None, seen_a_day: 0.0, ..plan };
        assert_eq!(reckoned(&bare), "About 0 visitors a day see the prompt.");
    }
}
