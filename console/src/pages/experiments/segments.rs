//! What decides, in parts of the visitors: to get ideas from, and no verdict.

use leptos::prelude::*;
use shared::wire::experiments::{ArmResult, SegmentResult};

use super::one::One;
use super::results::ArmName;
use super::{measures, numbers};

/// The part of the page.
#[component]
pub fn Segments(one: One) -> impl IntoView {
    let segments = one.results(|results| results.segments.clone());
    let arms = one.arms();
    let metric = one.results(|results| results.metric.measure);
    let has_some = Memo::new(move |_| segments.with(|all| all.as_ref().is_some_and(|all| !all.is_empty())));
    let name = move || metric.get().map(measures::name);
    let tables = move || {
        let arms = arms.get().unwrap_or_default();
        grouped(segments.get().unwrap_or_default())
            .into_iter()
            .map(|(by, parts)| table(&arms, &by, parts))
            .collect_view()
    };
    view! {
        <Show when=move || has_some.get()>
            <section class="card" aria-labelledby="segments">
                <h2 id="segments">"Parts of the visitors"</h2>
                <details>
                    <summary>"Exploration only: get ideas here, and test them in an experiment of their own"</summary>
                    <p class="quiet">
                        {name}
                        ", so far. Some part looks good or bad in every experiment, by chance. No part has a verdict."
                    </p>
                    <div class="exp-measures">{tables}</div>
                </details>
            </section>
        </Show>
    }
}

/// Parts by what they are told apart, in the order in which they came.
fn grouped(segments: Vec<SegmentResult>) -> Vec<(String, Vec<SegmentResult>)> {
    let mut groups: Vec<(String, Vec<SegmentResult>)> = Vec::new();
    for segment in segments {
        match groups.iter_mut().find(|(by, _)| *by == segment.by) {
            Some((_, parts)) => parts.push(segment),
            None => groups.push((segment.by.clone(), vec![segment])),
        }
    }
    groups
}

fn table(arms: &[ArmResult], by: &str, parts: Vec<SegmentResult>) -> impl IntoView + use<> {
    let id = format!("segment-{by}");
    let title = match by {
        "site" => "By site".to_owned(),
        "device" => "By device".to_owned(),
        other => format!("By {other}"),
    };
    let heads = arms.iter().enumerate().map(|(at, arm)| view! { <th scope="col"><ArmName arm=arm.clone() at /></th> });
    let rows = parts.into_iter().map(|part| {
        let cells = part.arms.into_iter().map(|cell| {
            let share = cell.rate.map_or_else(|| "\u{2013}".to_owned(), numbers::share);
            view! {
                <td>
                    {share}
                    <span class="exp-lies">{format!("{} of {}", numbers::count(cell.did), numbers::count(cell.n))}</span>
                </td>
            }
        });
        view! {
            <tr>
                <th scope="row">
                    <bdi>{part.part}</bdi>
                </th>
                {cells.collect_view()}
            </tr>
        }
    });
    view! {
        <div class="exp-measure">
            <h3 id=id.clone()>{title}</h3>
            <div class="scroll" tabindex="0" role="group" aria-labelledby=id>
                <table class="figures exp-figures">
                    <thead>
                        <tr>
                            <th scope="col">"Part"</th>
                            {heads.collect_view()}
                        </tr>
                    </thead>
                    <tbody>{rows.collect_view()}</tbody>
                </table>
            </div>
        </div>
    }
}
