//! What the learner says of an item: a chance, and lines that add up to its points, compared with the average lead.

use leptos::prelude::*;
use shared::wire::console::{LearntView, PartView};

use crate::words;

/// What the learner says, as one group of the score.
pub fn learnt(of: LearntView) -> impl IntoView {
    let part = |part: PartView| line(part.says, part.points, false);
    let outcomes = of.outcomes;
    let from = if outcomes == 1 { "one outcome".to_owned() } else { format!("{outcomes} outcomes") };
    view! {
        <div class="group">
            <h3>
                <span>{format!("Chance of a win: {}", words::chance(of.chance))}</span>
                <span class="points">{words::counted_points(of.points)}</span>
            </h3>
            <p class="quiet">{words::learner_state(&of.state)}</p>
            <ul class="reasons">
                {line("The average lead".to_owned(), of.base, true)} {of.raises.into_iter().map(part).collect_view()}
                {of.lowers.into_iter().map(part).collect_view()}
                {(of.rest != 0).then(|| line("Everything else".to_owned(), of.rest, true))}
            </ul>
            <p class="quiet">{format!("Learnt from {from}: points compared with the average lead.")}</p>
        </div>
    }
}

fn line(says: String, points: i32, is_quiet: bool) -> impl IntoView {
    view! {
        <li class:quiet=is_quiet>
            <bdi>{says}</bdi>
            <span class="points">{words::signed(points)}</span>
        </li>
    }
}
