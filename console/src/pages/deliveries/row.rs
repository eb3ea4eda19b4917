//! One delivery in the log.

use leptos::prelude::*;
use shared::wire::delivery::{DeliveryRow, DeliveryState};

use super::{Log, Opened};
use crate::app::BASE;
use crate::pages::item_path;
use crate::parts::When;
use crate::{when, words};

/// The line, and below it what is known of the delivery once it is opened.
#[component]
pub fn Row(log: Log, id: String) -> impl IntoView {
    let own = StoredValue::new(id.clone());
    // One that is gone keeps its last state until its line is gone too.
    let row = Memo::new(move |last: Option<&Option<DeliveryRow>>| {
        let now = log.rows.with(|rows| own.with_value(|own| rows.iter().flatten().find(|row| row.id == *own).cloned()));
        now.or_else(|| last.cloned().flatten())
    });
    let text = move |of: fn(&DeliveryRow) -> String| {
        Memo::new(move |_| row.with(|row| row.as_ref().map(of).unwrap_or_default()))
    };
    let told = text(|row| words::told(row.event).to_owned());
    let destination = text(|row| row.destination.clone());
    let name = move || destination.with(|id| log.desk.destinations.name_of(id));
    let state = text(|row| row.state.tag().to_owned());
    let state_says = text(|row| words::delivery_state(row.state).to_owned());
    let last = text(|row| row.last.clone());
    let at = text(|row| row.at.clone());
    let tries = move || {
        row.with(|row| {
            let tries = row.as_ref().map_or(0, |row| usize::try_from(row.tries).unwrap_or(usize::MAX));
            if tries == 0 { "not tried yet".to_owned() } else { words::counted(tries, "try", "tries") }
        })
    };
    let next = move || {
        let at = row.with(|row| {
            let row = row.as_ref().filter(|row| row.state == DeliveryState::Due)?;
            row.next_at.as_deref().and_then(when::millis)
        });
        at.map(|at| format!("; {}", words::next_try(log.desk.now.get(), at)))
    };
    let item = Memo::new(move |_| row.with(|row| row.as_ref().and_then(|row| row.item.clone())));
    let is_open = Memo::new(move |_| own.with_value(|own| log.open.with(|open| open.as_ref() == Some(own))));
    let toggle = move |_| {
        let now = is_open.get_untracked();
        log.open.set((!now).then(|| own.get_value()));
    };
    let seen = Signal::derive(move || row.with(|row| row.as_ref().map(|row| (row.state, row.tries))));
    let panel = format!("delivery-{id}");
    let controls = panel.clone();
    view! {
        <li class="delivery-row" data-state=state>
            <div class="delivery-line">
                <p class="delivery-state">{state_says}</p>
                <p class="delivery-what">
                    <b>{told}</b>
                    " to "
                    <bdi>{name}</bdi>
                </p>
                <p class="delivery-item">
                    {move || match item.get() {
                        Some(item) => view! {
                            <a href=format!("{BASE}{}", item_path(&item.id))>
                                <bdi class="code">{item.reference}</bdi>
                            </a>
                        }
                            .into_any(),
                        None => ().into_any(),
                    }}
                </p>
                <p class="delivery-last">
                    {move || {
                        last.with(|last| !last.is_empty())
                            .then(|| {
                                view! {
                                    <bdi>{last}</bdi>
                                    " \u{b7} "
                                }
                            })
                    }}
                    <span class="quiet">{tries} {next}</span>
                </p>
                <p class="delivery-when quiet">
                    <When at />
                </p>
                <button
                    class="button small"
                    aria-expanded=move || is_open.get().to_string()
                    aria-controls=move || is_open.get().then(|| controls.clone())
                    on:click=toggle
                >
                    {move || if is_open.get() { "Close" } else { "Open" }}
                    <span class="hidden">
                        " the delivery " {told} " to " {name}
                        {move || item.get().map(|item| format!(", {}", item.reference))}
                    </span>
                </button>
            </div>
            {move || {
                is_open
                    .get()
                    .then(|| {
                        view! {
                            <div id=panel.clone()>
                                <Opened id=own.get_value() seen changed=Callback::new(move |row| log.take(row)) />
                            </div>
                        }
                    })
            }}
        </li>
    }
}
