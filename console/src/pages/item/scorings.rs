//! How a score came to be what it is: each making of it, with what moved it.

use leptos::prelude::*;
use shared::wire::console::{MovedView, ScoredView};

use super::sections::Section;
use crate::parts::{Tier, When};
use crate::words;

/// Every making of the score, the latest first; nothing, where there was only one.
#[component]
pub fn Scorings(of: Memo<Vec<ScoredView>>) -> impl IntoView {
    let is_moved = Memo::new(move |_| of.with(|it| it.len() > 1));
    move || {
        is_moved.get().then(|| {
            view! {
                <Section title="How the score moved" id="moved">
                    <ol class="moves">{move || of.get().into_iter().rev().map(scoring).collect_view()}</ol>
                </Section>
            }
        })
    }
}

fn scoring(it: ScoredView) -> impl IntoView {
    let moved = (!it.moved.is_empty())
        .then(|| view! { <ul class="reasons">{it.moved.into_iter().map(line).collect_view()}</ul> });
    view! {
        <li>
            <p class="sum">
                <Tier tier=Signal::stored(it.tier) />
                <span>
                    {words::why_rated(&it.why)} " "
                    <span class="at">
                        <When at=Signal::stored(it.at) />
                    </span>
                </span>
                <span class="points">{words::counted_points(it.score)}</span>
            </p>
            {moved}
        </li>
    }
}

fn line(it: MovedView) -> impl IntoView {
    view! {
        <li title=it.rule>
            <bdi>{it.says}</bdi>
            <span class="points">
                {format!("{} \u{2192} {}", words::signed(it.from), words::signed(it.to))}
            </span>
        </li>
    }
}
