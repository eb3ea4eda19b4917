//! What somebody is worth, and why: lines that add up to the number above them.

use leptos::prelude::*;
use shared::wire::console::{GroupView, LearntView, ReasonView, ScoreView, SignView};

use super::{Tier, learnt::learnt};
use crate::words;

/// What somebody is worth, by the card and by the learner, and the points that a queue goes by.
pub fn explained(score: ScoreView, said: Option<LearntView>, points: i32) -> impl IntoView {
    let means = words::tier(&score.tier);
    let is_predictive = said.as_ref().is_some_and(|said| said.state == "predictive");
    // Where two numbers stand on the page, each says whose it is.
    let of_card = said.is_some().then(|| {
        view! {
            <div class="group">
                <h3>
                    <span>"The card\u{2019}s points"</span>
                    <span class="points">{words::counted_points(score.total)}</span>
                </h3>
            </div>
        }
    });
    let (before, after) = if is_predictive { (said, None) } else { (None, said) };
    let groups: Vec<_> = score.groups.into_iter().map(|it| group(it, &score.reasons)).collect();
    let of_total: Vec<_> = score.reasons.into_iter().filter(|it| it.group == "total").map(reason).collect();
    let of_total = (!of_total.is_empty()).then(|| view! { <ul class="reasons">{of_total}</ul> });
    let excluded = score.excluded.map(|says| view! { <p class="excluded">{format!("Not scored: {says}.")}</p> });
    let groups = excluded.is_none().then_some(groups);
    view! {
        <p class="sum">
            <Tier tier=Signal::stored(score.tier.clone()) />
            <span>{means}</span>
            <span class="points">{words::counted_points(points)}</span>
        </p>
        {excluded}
        {signs(score.signs)}
        {before.map(learnt)}
        {of_card}
        {groups}
        {of_total}
        {after.map(learnt)}
    }
}

/// What a customer did that is for success to know.
fn signs(signs: Vec<SignView>) -> impl IntoView {
    let line = |it: SignView| {
        view! {
            <li title=it.rule>
                <span>{it.says}</span>
                <span class="tag">{words::sign(&it.means)}</span>
            </li>
        }
    };
    (!signs.is_empty()).then(|| {
        view! {
            <div class="group">
                <h3>"Already a customer"</h3>
                <ul class="reasons">{signs.into_iter().map(line).collect_view()}</ul>
            </div>
        }
    })
}

/// One line: what gave or took, what it was before it faded, and its points.
fn reason(it: ReasonView) -> impl IntoView {
    let is_quiet = it.kind.ends_with("_limit");
    let unknown = (it.kind == "unknown").then_some(" (not known)");
    let faded = it.before.map(|before| {
        view! { <span class="quiet">{format!("{} before it faded", words::signed(before))}</span> }
    });
    view! {
        <li title=it.rule class:quiet=is_quiet>
            <span>{it.says} {unknown} " " {faded}</span>
            <span class="points">{words::signed(it.points)}</span>
        </li>
    }
}

fn group(it: GroupView, reasons: &[ReasonView]) -> impl IntoView + use<> {
    let mine: Vec<ReasonView> = reasons.iter().filter(|reason| reason.group == it.group).cloned().collect();
    let sum: i32 = mine.iter().map(|reason| reason.points).sum();
    // An item of an earlier version has no line for what the limits of the group took or gave.
    let limit = it.points.saturating_sub(sum);
    let share = if it.max > 0 { f64::from(it.points.clamp(0, it.max)) * 100.0 / f64::from(it.max) } else { 0.0 };
    let limited = (limit != 0).then(|| {
        view! {
            <li class="quiet">
                <span>"Held within the limits of this group"</span>
                <span class="points">{words::signed(limit)}</span>
            </li>
        }
    });
    let reasons = if mine.is_empty() && limit == 0 {
        view! { <p class="quiet">"Nothing counted here."</p> }.into_any()
    } else {
        view! { <ul class="reasons">{mine.into_iter().map(reason).collect_view()} {limited}</ul> }.into_any()
    };
    view! {
        <div class="group">
            <h3>
                <span>{words::group(&it.group)}</span>
                <span class="points">{words::unsigned(it.points)} " of " {it.max}</span>
            </h3>
            <div class="bar" aria-hidden="true">
                <span style:width=format!("{share:.0}%")></span>
            </div>
            {reasons}
        </div>
    }
}
