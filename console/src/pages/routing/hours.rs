//! When a team works: its zone, its week, the days on which nobody does.

use leptos::prelude::*;
use shared::wire::pool::{Hours, Pool};

use super::editing::Routing;
use crate::parts::hours::{self, DAYS};
use crate::parts::{Text, Wrong};

/// The zone of whoever has no hours yet.
const USUAL_ZONE: &str = "Europe/London";
const OFFICE: [[&str; 2]; 1] = [["09:00", "17:00"]];

/// The hours of a pool, or that it has none.
#[component]
pub fn PoolHours(routing: Routing, at: usize, path: String) -> impl IntoView {
    let wrong = routing.wrong;
    let has = Memo::new(move |_| {
        routing.table.with(|table| table.pools.get(at).is_some_and(|pool: &Pool| pool.hours.is_some()))
    });
    let turn = move |on: bool| {
        routing.pool(at, |pool| pool.hours = on.then(office));
    };
    let field = format!("{path}.hours");
    let week = {
        let field = field.clone();
        move || {
            let now = routing.table.with_untracked(|table| table.pools.get(at).and_then(|pool| pool.hours.clone()));
            now.filter(|_| has.get()).map(|now| {
                let field = field.clone();
                let zone = RwSignal::new(now.zone.clone());
                let closed = RwSignal::new(now.closed.join(", "));
                let days =
                    (0..DAYS.len()).map(|day| view! { <Day routing at day field=field.clone() /> }).collect_view();
                view! {
                    <div class="plan-hours">
                        <Text
                            wrong
                            field=format!("{field}.zone")
                            label="Time zone"
                            help="By its name: Europe/London"
                            value=zone
                            set=move |text| {
                                zone.set(text.clone());
                                change(routing, at, |hours| hours.zone = text.trim().to_owned());
                            }
                        />
                        <div class="plan-week">{days}</div>
                        <Text
                            wrong
                            field=format!("{field}.closed")
                            label="Days on which nobody works"
                            help="2026-12-25, 2027-01-01"
                            value=closed
                            set=move |text| {
                                closed.set(text.clone());
                                let days = text.split([',', ';', ' ']).filter(|day| !day.is_empty()).map(str::to_owned);
                                change(routing, at, |hours| hours.closed = days.collect());
                            }
                        />
                    </div>
                }
            })
        }
    };
    view! {
        <label class="check">
            <input type="checkbox" prop:checked=has on:change=move |event| turn(event_target_checked(&event)) />
            "Works at certain hours: promises count only then"
        </label>
        {week}
        <Wrong wrong field />
    }
}

/// A day, as people type it. What cannot be read is sent as it is, and refused by its place.
#[component]
fn Day(routing: Routing, at: usize, day: usize, field: String) -> impl IntoView {
    let label = DAYS.get(day).copied().unwrap_or_default();
    let now = routing.table.with_untracked(|table| {
        let hours = table.pools.get(at)?.hours.as_ref()?;
        Some(hours::to_text(hours::day(&hours.week, day)))
    });
    let typed = RwSignal::new(now.unwrap_or_default());
    view! {
        <Text
            wrong=routing.wrong
            field=format!("{field}.{}", label.to_lowercase())
            label
            value=typed
            set=move |text| {
                typed.set(text.clone());
                let intervals = hours::read(&text).unwrap_or_else(|| vec![[text, String::new()]]);
                change(routing, at, |of| {
                    if let Some(day) = hours::day_mut(&mut of.week, day) {
                        *day = intervals;
                    }
                });
            }
        />
    }
}

fn change(routing: Routing, at: usize, change: impl FnOnce(&mut Hours)) {
    routing.pool(at, |pool| {
        if let Some(hours) = &mut pool.hours {
            change(hours);
        }
    });
}

/// Nine to five from Monday to Friday.
fn office() -> Hours {
    let day = || OFFICE.map(|interval| interval.map(str::to_owned)).to_vec();
    let week = hours::week([day(), day(), day(), day(), day(), Vec::new(), Vec::new()]);
    Hours { zone: USUAL_ZONE.to_owned(), week, closed: Vec::new() }
}
