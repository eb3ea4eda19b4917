//! What the item is worth, and why.

use leptos::prelude::*;
use shared::wire::console::{LearntView, ScoreView};

use super::sections::Section;
use crate::app::{BASE, Desk};
use crate::parts::explained;

/// Its score, and the way to change something about it and see the score move.
#[component]
pub fn Score(
    /// By the card and by the learner, and the points that its queue goes by.
    of: Memo<(ScoreView, Option<LearntView>, i32)>,
    /// The item.
    #[prop(into)]
    id: Signal<String>,
) -> impl IntoView {
    let tries = Desk::here().tries;
    let what_if = move || {
        tries.get().then(|| {
            let href = move || format!("{BASE}/scoring/what-if?item={}", crate::api::encoded(&id.get()));
            view! {
                " "
                <a href=href>"What if it were otherwise?"</a>
            }
        })
    };
    view! {
        <Section title="Score" id="score">
            {move || {
                let (score, said, points) = of.get();
                let version = score.config_version;
                view! {
                    {explained(score, said, points)}
                    <p class="quiet">"Scored by version " {version} " of the rules." {what_if}</p>
                }
            }}
        </Section>
    }
}
