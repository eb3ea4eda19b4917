//! Where somebody stands as a customer, since when and by which event; and all that the platform said of them.

use leptos::prelude::*;
use shared::wire::lifecycle::{HappenedView, StageView};

use crate::parts::When;
use crate::words;

/// What the platform said of somebody.
#[derive(Clone, PartialEq)]
pub struct Customer {
    /// Where they stand.
    pub stage: Option<StageView>,
    /// How many they brought.
    pub referrals: u32,
    /// What happened, the latest first.
    pub happened: Vec<HappenedView>,
}

/// The part of the person's section; nothing, where the platform said nothing.
#[component]
pub fn Stage(of: Memo<Customer>) -> impl IntoView {
    move || {
        let Customer { stage, referrals, happened } = of.get();
        (!happened.is_empty() || stage.is_some()).then(|| {
            let brought = words::counted(usize::try_from(referrals).unwrap_or(usize::MAX), "person", "people");
            view! {
                <h3>"As a customer"</h3>
                <dl class="pairs">
                    {stage.map(stands)}
                    {(referrals > 0)
                        .then(|| {
                            view! {
                                <div>
                                    <dt>"Brought"</dt>
                                    <dd>{brought}</dd>
                                </div>
                            }
                        })}
                </dl>
                <details class="happened">
                    <summary>{format!("What the platform said ({})", happened.len())}</summary>
                    <ol class="line">{happened.into_iter().map(line).collect_view()}</ol>
                </details>
            }
        })
    }
}

fn stands(it: StageView) -> impl IntoView {
    view! {
        <div>
            <dt>"Stage"</dt>
            <dd>
                {words::happened(&it.stage)} " " <span class="quiet">
                    <When at=Signal::stored(it.at) /> {it.event.map(by)}
                </span>
            </dd>
        </div>
    }
}

fn line(it: HappenedView) -> impl IntoView {
    // What is told within a minute is told at once.
    let late = it.at.get(..16) != it.told_at.get(..16);
    view! {
        <li>
            <p>
                {words::happened(&it.kind)} " " <span class="at">
                    <When at=Signal::stored(it.at) /> {by(it.id)}
                    {late.then(|| view! { ", told " <When at=Signal::stored(it.told_at) /> })}
                </span>
            </p>
            {(!it.note.is_empty())
                .then(|| {
                    view! {
                        <p class="said" dir="auto">
                            {it.note}
                        </p>
                    }
                })}
        </li>
    }
}

/// By which event.
fn by(id: String) -> impl IntoView {
    view! {
        ", by event "
        <bdi class="code">{id}</bdi>
    }
}
