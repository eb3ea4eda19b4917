//! Which of the deliveries are shown.

use leptos::prelude::*;
use shared::wire::delivery::DeliveryState;

use super::Log;
use crate::words;

/// The choices.
#[component]
pub fn Filters(log: Log) -> impl IntoView {
    let destinations = log.desk.destinations;
    let known = Memo::new(move |_| {
        let mut all: Vec<(String, String)> = destinations.view.with(|view| {
            let all = view.iter().flat_map(|view| &view.destinations).map(|it| it.edit.id.clone());
            all.map(|id| (id.clone(), destinations.name_of(&id))).collect()
        });
        // One that was removed has its log still.
        let asked = log.asked.with(|asked| asked.destination.clone());
        if !asked.is_empty() && !all.iter().any(|(id, _)| *id == asked) {
            all.push((asked.clone(), asked));
        }
        all
    });
    let destination = Memo::new(move |_| log.asked.with(|asked| asked.destination.clone()));
    let state = Memo::new(move |_| log.asked.with(|asked| asked.state.clone()));
    let item = Memo::new(move |_| log.asked.with(|asked| asked.item.clone()));
    // Its reference, once a row says it.
    let of_item = move || {
        let id = item.get();
        let found = log.rows.with(|rows| {
            let mut items = rows.iter().flatten().filter_map(|row| row.item.as_ref());
            items.find(|it| it.id == id).map(|it| it.reference.clone())
        });
        found.unwrap_or(id)
    };
    let option = move |chosen: Memo<String>, tag: String, name: String| {
        let own = tag.clone();
        view! {
            <option value=tag prop:selected=move || chosen.with(|chosen| *chosen == own)>
                {name}
            </option>
        }
    };
    let states = [DeliveryState::Due, DeliveryState::Delivered, DeliveryState::Dead];
    let states = states
        .map(|it| option(state, it.tag().to_owned(), words::delivery_state(it).to_owned()))
        .into_iter()
        .collect_view();
    view! {
        <div class="delivery-filters">
            <div class="field">
                <label for="of-destination">"Destination"</label>
                <select
                    id="of-destination"
                    on:change=move |event| log.ask(|asked| asked.destination = event_target_value(&event))
                >
                    {option(destination, String::new(), "All".to_owned())}
                    {move || known.get().into_iter().map(|(id, name)| option(destination, id, name)).collect_view()}
                </select>
            </div>
            <div class="field">
                <label for="of-state">"State"</label>
                <select id="of-state" on:change=move |event| log.ask(|asked| asked.state = event_target_value(&event))>
                    {option(state, String::new(), "All".to_owned())}
                    {states}
                </select>
            </div>
            {move || {
                (!item.with(String::is_empty))
                    .then(|| {
                        view! {
                            <p class="of-item">
                                "Only of the item "
                                <bdi class="code">{of_item}</bdi>
                                ". "
                                <button class="plain" on:click=move |_| log.ask(|asked| asked.item.clear())>
                                    "Of all items"
                                </button>
                            </p>
                        }
                    })
            }}
        </div>
    }
}
