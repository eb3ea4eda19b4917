//! What was deleted for its age, day by day, and when it is looked at next.

use leptos::prelude::*;
use shared::wire::privacy::{DeletedDay, PrivacyView};

use crate::{clock, words};

/// What went lately, when it is looked at next, and whether anything ever goes.
pub type Lately = (Vec<DeletedDay>, Option<String>);

/// That part of what was read.
pub fn of(view: &PrivacyView) -> Lately {
    (view.deleted.clone(), view.next_at.clone())
}

/// The section.
#[component]
pub fn Went(of: Memo<Option<Lately>>) -> impl IntoView {
    let body = move || {
        let (days, next) = of.get().unwrap_or_default();
        let next = match next {
            Some(at) => view! {
                <p class="quiet">
                    "Looked at next: " <time datetime=at.clone() title=clock::in_full(&at)>
                        {clock::in_short(&at)}
                    </time> "."
                </p>
            }
            .into_any(),
            None => view! { <p class="quiet">"Nothing is ever deleted for its age: there is no rule."</p> }.into_any(),
        };
        let rows = match days.is_empty() {
            true => view! { <p>"Nothing was deleted for its age yet."</p> }.into_any(),
            false => view! { <dl class="pairs went">{days.into_iter().map(row).collect_view()}</dl> }.into_any(),
        };
        view! {
            {rows}
            {next}
        }
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
