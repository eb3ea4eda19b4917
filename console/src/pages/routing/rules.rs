//! The rules, in order: the first that matches wins.

use leptos::prelude::*;
use shared::wire::config::RouteRule;

use super::Line;
use super::editing::Routing;
use super::wants::Wants;
use crate::parts::{Condition, Facts, Number, Select, Text};

/// Every rule, and one more.
#[component]
pub fn Rules(routing: Routing, facts: Facts) -> impl IntoView {
    let rules = move || {
        routing.shape.track();
        let count = routing.table.with_untracked(|table| table.routes.len());
        (0..count).map(|at| view! { <Rule routing facts at count /> }).collect_view()
    };
    view! {
        <section class="card" aria-labelledby="rules">
            <h2 id="rules">"Rules"</h2>
            <p class="quiet">"They are tried from the first on. The first that matches wins; the last always matches."</p>
            <ol class="table-list">{rules}</ol>
            {move || {
                routing
                    .may_change()
                    .then(|| {
                        view! {
                            <p>
                                <button class="button" on:click=move |_| routing.add_rule()>
                                    "Add a rule"
                                </button>
                            </p>
                        }
                    })
            }}
        </section>
    }
}

#[component]
fn Rule(routing: Routing, facts: Facts, at: usize, count: usize) -> impl IntoView {
    let path = format!("routes[{at}]");
    let says = Memo::new(move |_| {
        routing.table.with(|table| table.routes.get(at).map(|rule| rule.says.clone()).unwrap_or_default())
    });
    let goes = Memo::new(move |_| {
        routing.table.with(|table| {
            let rule = table.routes.get(at)?;
            let pool = table.pools.iter().find(|pool| pool.id == rule.pool).map_or(&rule.pool, |pool| &pool.name);
            Some(format!("{pool}, first touch in {} min", rule.first_touch_minutes))
        })
    });
    view! {
        <Line routing path=path.clone() title=says about=move || goes.get().unwrap_or_default()>
            <RuleForm routing facts at count path=path.clone() />
        </Line>
    }
}

#[component]
fn RuleForm(routing: Routing, facts: Facts, at: usize, count: usize, path: String) -> impl IntoView {
    let wrong = routing.wrong;
    let first = untrack(|| routing.table.with(|table| table.routes.get(at).cloned()));
    let Some(first) = first else { return ().into_any() };
    let of = move |what: fn(&RouteRule) -> String| {
        Memo::new(move |_| routing.table.with(|table| table.routes.get(at).map(what).unwrap_or_default()))
    };
    let minutes = move |what: fn(&RouteRule) -> Option<u32>| {
        Memo::new(move |_| routing.table.with(|table| table.routes.get(at).and_then(what)).map(f64::from))
    };
    let queues = routing.view.with_untracked(|view| {
        view.as_ref().map(|view| view.queues.iter().map(|it| (it.id.clone(), it.name.clone())).collect::<Vec<_>>())
    });
    let pools = routing.table.with_untracked(|table| {
        table.pools.iter().map(|pool| (pool.id.clone(), pool.name.clone())).collect::<Vec<_>>()
    });
    let flag = move |label: &'static str, what: fn(&RouteRule) -> bool, set: fn(&mut RouteRule, bool)| {
        let checked = Memo::new(move |_| routing.table.with(|table| table.routes.get(at).is_some_and(what)));
        view! {
            <label class="check">
                <input
                    type="checkbox"
                    prop:checked=checked
                    on:change=move |event| routing.rule(at, |rule| set(rule, event_target_checked(&event)))
                />
                {label}
            </label>
        }
    };
    view! {
        <fieldset class="bare table-form" disabled=move || !routing.may_change()>
            <Text
                wrong
                field=format!("{path}.says")
                label="In plain words"
                help="Staff read this on each item that it sends somewhere"
                value=of(|rule| rule.says.clone())
                set=move |text| routing.rule(at, |rule| rule.says = text)
            />
            <Condition
                wrong
                path=format!("{path}.when")
                label="Matches when"
                always="Always: whatever no rule before has taken."
                facts
                value=first.when
                set=move |when| routing.rule(at, |rule| rule.when = when)
            />
            <div class="table-fields">
                <Select
                    wrong
                    field=format!("{path}.queue")
                    label="Queue"
                    choices=queues.unwrap_or_default()
                    value=of(|rule| rule.queue.clone())
                    set=move |queue| routing.rule(at, |rule| rule.queue = queue)
                />
                <Select
                    wrong
                    field=format!("{path}.pool")
                    label="Team"
                    choices=pools
                    value=of(|rule| rule.pool.clone())
                    set=move |pool| routing.rule(at, |rule| rule.pool = pool)
                />
                <Number
                    wrong
                    field=format!("{path}.first_touch_minutes")
                    label="First touch, minutes"
                    value=minutes(|rule| Some(rule.first_touch_minutes))
                    set=move |number| routing.rule(at, |rule| rule.first_touch_minutes = whole(number).unwrap_or(0))
                />
                <Number
                    wrong
                    field=format!("{path}.next_reply_minutes")
                    label="Next reply, minutes"
                    value=minutes(|rule| rule.next_reply_minutes)
                    set=move |number| routing.rule(at, |rule| rule.next_reply_minutes = number.map(|_| whole(number).unwrap_or(0)))
                />
                <Number
                    wrong
                    field=format!("{path}.close_minutes")
                    label="Settled, minutes"
                    value=minutes(|rule| rule.close_minutes)
                    set=move |number| routing.rule(at, |rule| rule.close_minutes = number.map(|_| whole(number).unwrap_or(0)))
                />
                <Number
                    wrong
                    field=format!("{path}.dwell_minutes")
                    label="Next step, minutes"
                    value=minutes(|rule| rule.dwell_minutes)
                    set=move |number| routing.rule(at, |rule| rule.dwell_minutes = number.map(|_| whole(number).unwrap_or(0)))
                />
            </div>
            <Wants routing at path=path.clone() />
            {flag("Given to members outside their hours too", |rule| rule.any_hour, |rule, on| rule.any_hour = on)}
            {flag("The clock runs outside the team\u{2019}s hours too", |rule| rule.calendar, |rule, on| rule.calendar = on)}
            <p class="table-ways">
                <button class="plain" type="button" disabled=at == 0 on:click=move |_| routing.move_rule(at, true)>
                    "Move up"
                </button>
                <button
                    class="plain"
                    type="button"
                    disabled=at + 1 == count
                    on:click=move |_| routing.move_rule(at, false)
                >
                    "Move down"
                </button>
                <button class="plain" type="button" on:click=move |_| routing.remove_rule(at)>
                    "Remove this rule"
                </button>
            </p>
        </fieldset>
    }
    .into_any()
}

/// A whole number of minutes; nothing of what is none.
pub fn whole(number: Option<f64>) -> Option<u32> {
    let number = number.filter(|it| it.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(it))?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole, and in range")]
    let whole = number as u32;
    Some(whole)
}
