//! What was deleted for its age, day by day, and when it is looked at next.

use leptos::prelude::*;
use shared::wire::privacy::{DeletedDay, PrivacyView};

use crate::{clock, words};

/// What went lately, when it is looked at next, and whether anything ever goes.
#[derive(Clone, PartialEq)]
pub struct Lately {
    days: Vec<DeletedDay>,
    next: Option<String>,
    is_off: bool,
}

/// That part of what was read.
pub fn of(view: &PrivacyView) -> Lately {
    Lately { days: view.deleted.clone(), next: view.next_at.clone(), is_off: view.retention.is_off() }
}

/// The section.
#[component]
pub fn Went(of: Memo<Option<Lately>>) -> impl IntoView {
    let body = move || {
        let Some(Lately { days, next, is_off }) = of.get() else { return ().into_any() };
        let next = match next {
            _ if is_off => "Nothing is ever deleted for its age: there is no rule.".into_any(),
            Some(at) => view! {
                "Looked at next: "
                <time datetime=at.clone() title=clock::in_full(&at)>
                    {clock::in_short(&at)}
                </time>
                "."
            }
            .into_any(),
            // The rules are newer than the last look.
            None => "Looked at next: any moment now.".into_any(),
        };
        let rows = match days.is_empty() {
            true => view! { <p>"Nothing was deleted for its age yet."</p> }.into_any(),
            false => view! { <dl class="pairs went">{days.into_iter().map(row).collect_view()}</dl> }.into_any(),
        };
        view! {
            {rows}
            <p class="quiet">{next}</p>
        }
        .into_any()
    };
    view! {
        <section class="card" aria-labelledby="went">
            <h2 id="went">"What went for its age"</h2>
            {body}
        </section>
    }
}

fn row(it: DeletedDay) -> impl IntoView {
    view! {
        <div>
            <dt>
                <time datetime=it.day.clone()>{clock::day(&format!("{}T00:00:00Z", it.day))}</time>
            </dt>
            <dd>{words::deleted(it.counts)}</dd>
        </div>
    }
}
