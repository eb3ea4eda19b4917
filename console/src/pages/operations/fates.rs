//! How submissions ended, over time: bars, and all of it as a table.

use std::collections::BTreeMap;

use leptos::prelude::*;
use shared::wire::delivery::FateDay;

use super::days::{GROUPS, days, tags};
use crate::parts::Stacks;
use crate::words;

/// The section.
#[component]
pub fn Fates(days: Vec<FateDay>, totals: BTreeMap<String, u64>) -> impl IntoView {
    let tags = tags(&days, &totals);
    let chart = chart(&days);
    let sums = tags.iter().map(|tag| {
        let count = totals.get(tag).copied().unwrap_or(0);
        view! {
            <div>
                <dt>{words::fate(tag)}</dt>
                <dd>{words::grouped(count)}</dd>
            </div>
        }
    });
    let sums = sums.collect_view();
    let is_empty = tags.is_empty();
    view! {
        <section class="card" aria-labelledby="fates">
            <h2 id="fates">"How submissions ended"</h2>
            <p class="quiet">
                "Each ends in exactly one way. Where \u{201c}refused\u{201d} grows, look for its reason: a key that ended, a page that the site does not list, or somebody who tries things."
            </p>
            {match is_empty {
                true => view! { <p class="quiet">"Nothing was sent yet."</p> }.into_any(),
                false => view! {
                    {chart}
                    <h3>"In all"</h3>
                    <dl class="facts fate-sums">{sums}</dl>
                    <details>
                        <summary>"By day, as a table"</summary>
                        {table(days, tags)}
                    </details>
                }
                    .into_any(),
            }}
        </section>
    }
}

fn chart(known: &[FateDay]) -> Option<impl IntoView + use<>> {
    let days = days(known);
    let (first, last) = (days.first()?.name.clone(), days.last()?.name.clone());
    let sums = GROUPS.iter().enumerate().map(|(at, name)| {
        let sum: u64 = days.iter().filter_map(|day| day.counts.get(at)).sum();
        format!("{} {}", name.to_lowercase(), words::grouped(sum))
    });
    let says = format!("How submissions ended by day, from {first} to {last}: {}", sums.collect::<Vec<_>>().join(", "));
    let values = days.into_iter().map(|day| (day.name, day.counts.to_vec())).collect();
    Some(view! { <Stacks says groups=&GROUPS values /> })
}

fn table(days: Vec<FateDay>, tags: Vec<String>) -> impl IntoView {
    let heads = tags.iter().map(|tag| view! { <th scope="col">{words::fate(tag)}</th> }).collect_view();
    // The latest first.
    let rows = days.into_iter().rev().map(|day| {
        let cells =
            tags.iter().map(|tag| view! { <td>{words::grouped(day.counts.get(tag).copied().unwrap_or(0))}</td> });
        let cells = cells.collect_view();
        view! {
            <tr>
                <th scope="row">{day.day}</th>
                {cells}
            </tr>
        }
    });
    view! {
        <div class="scroll" tabindex="0" role="group" aria-label="How submissions ended, by day">
            <table class="figures fate-table">
                <thead>
                    <tr>
                        <th scope="col">"Day (UTC)"</th>
                        {heads}
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </div>
    }
}
