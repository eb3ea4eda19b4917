//! The small marks on rows and items: a tier, a moment, a promise, a partner.

use leptos::prelude::*;
use shared::wire::console::{ItemRow, Rest};

use crate::app::Desk;
use crate::when::{self, Press};
use crate::{clock, words};

/// `A1`.
#[component]
pub fn Tier(
    /// The tier.
    #[prop(into)]
    tier: Signal<String>,
) -> impl IntoView {
    view! {
        <span
            class="tier"
            data-fit=move || tier.with(|it| it.chars().take(1).collect::<String>())
            title=move || tier.with(|it| words::tier(it))
        >
            {tier}
        </span>
    }
}

/// `A1 91`: the tier, and the points that lists are sorted by.
#[component]
pub fn Score(
    /// The tier.
    #[prop(into)]
    tier: Signal<String>,
    /// Points in all.
    #[prop(into)]
    points: Signal<i32>,
) -> impl IntoView {
    view! {
        <span class="score" role="img" aria-label=move || tier.with(|it| words::score(it, points.get()))>
            <Tier tier />
            " "
            <span class="points">{move || words::unsigned(points.get())}</span>
        </span>
    }
}

/// A moment, relative to now, with the exact time behind it.
#[component]
pub fn When(
    /// RFC 3339.
    #[prop(into)]
    at: Signal<String>,
) -> impl IntoView {
    let now = Desk::here().now;
    let moment = Memo::new(move |_| at.with(|it| when::millis(it)));
    let exact = Memo::new(move |_| at.with(|it| clock::in_full(it)));
    view! {
        <time datetime=at title=exact>
            {move || match moment.get() {
                Some(then) => when::ago(now.get(), then),
                None => at.get(),
            }}
        </time>
    }
}

/// What the visitor was promised: how much of it is left, or that somebody has it in hand.
#[component]
pub fn Due(
    /// The item.
    #[prop(into)]
    row: Signal<ItemRow>,
) -> impl IntoView {
    let now = Desk::here().now;
    let promise = Memo::new(move |_| {
        row.with(|it| Promise {
            by: it.answer_by.clone(),
            times: when::millis(&it.opened_at).zip(when::millis(&it.answer_by)),
            waits: !it.touched,
            follow_up: it.follow_up.clone(),
            urgency: it.urgency,
            rests: it.rests.clone(),
        })
    });
    let exact = move || promise.with(|it| format!("Promised by {}", clock::in_full(&it.by)));
    let press = move || {
        promise.with(|it| {
            let by_clock = match it.times {
                Some((opened, by)) if it.waits => when::press(now.get(), opened, by),
                _ => Press::Calm,
            };
            // The desk knows the team's hours.
            match it.urgency {
                _ if it.rests.is_some() => Press::Calm,
                100.. => Press::Late,
                75.. if by_clock == Press::Calm => Press::Near,
                _ => by_clock,
            }
        })
    };
    let text = move || {
        promise.with(|it| match it.times {
            _ if it.follow_up.is_some() => {
                format!("Follow up: {}", words::timer(it.follow_up.as_deref().unwrap_or_default()))
            }
            _ if it.rests.is_some() => it.rests.as_ref().map(words::rests).unwrap_or_default(),
            _ if !it.waits && it.urgency >= 100 => "Promise missed".to_owned(),
            _ if !it.waits && it.urgency > 0 => format!("Promise: {} % gone", it.urgency),
            _ if !it.waits => "In hand".to_owned(),
            Some((_, by)) => when::due(now.get(), by),
            None => it.by.clone(),
        })
    };
    view! {
        <time class="due" data-press=move || press().tag() data-waits=move || promise.with(|it| it.waits).to_string()
            datetime=move || promise.with(|it| it.by.clone()) title=exact>
            {text}
        </time>
    }
}

#[derive(Clone, PartialEq)]
struct Promise {
    by: String,
    times: Option<(i64, i64)>,
    waits: bool,
    follow_up: Option<String>,
    urgency: u32,
    rests: Option<Rest>,
}

/// A site that is a partner's says so.
#[component]
pub fn Partner() -> impl IntoView {
    view! { <span class="tag">"partner"</span> }
}
