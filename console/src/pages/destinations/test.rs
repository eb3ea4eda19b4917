//! What became of a test: the delivery on the screen, until it has ended.

use leptos::prelude::*;
use shared::wire::delivery::{DeliveryRow, DeliveryState};

use crate::api::Failure;
use crate::app::Desk;
use crate::pages::deliveries::{Opened, follow};
use crate::words;

/// A test, and whether one still looks.
#[derive(Clone, Copy)]
pub struct Testing {
    row: RwSignal<Option<DeliveryRow>>,
    /// What it has come to.
    says: RwSignal<String>,
    id: RwSignal<Option<String>>,
    /// Whether it is still looked at.
    runs: RwSignal<bool>,
    failure: RwSignal<Option<String>>,
}

impl Testing {
    /// None yet.
    pub fn new() -> Self {
        Self {
            row: RwSignal::new(None),
            says: RwSignal::new(String::new()),
            id: RwSignal::new(None),
            runs: RwSignal::new(false),
            failure: RwSignal::new(None),
        }
    }

    /// Looks at a test that was just sent, until it has ended.
    pub fn begin(self, desk: Desk, delivery: String) {
        // Gone with its page meanwhile.
        if self.id.try_set(Some(delivery.clone())).is_some() {
            return;
        }
        self.row.set(None);
        self.says.set("On its way".to_owned());
        self.failure.set(None);
        self.runs.set(true);
        let own = delivery.clone();
        follow(desk, delivery, move |answer, is_last| {
            // Another test was begun, or the page is gone.
            if self.id.try_with_untracked(|id| id.as_deref() == Some(&own)) != Some(true) {
                return false;
            }
            let _ = self.runs.try_set(!is_last);
            match answer {
                Ok(view) => {
                    let says = words::came_to(&view);
                    if view.row.state != DeliveryState::Due {
                        desk.say(&says);
                        desk.destinations.read(desk);
                    }
                    let _ = self.failure.try_set(None);
                    let _ = self.says.try_set(says);
                    let _ = self.row.try_set(Some(view.row));
                }
                Err(failure) => self.failed(&failure),
            }
            true
        });
    }

    fn failed(self, failure: &Failure) {
        let _ = self.failure.try_set(Some(failure.sentence()));
    }
}

/// How it goes.
#[component]
pub fn Test(test: Testing) -> impl IntoView {
    let desk = Desk::here();
    let is_there = Memo::new(move |_| test.id.with(Option::is_some));
    let state = move || match test.row.with(|row| row.as_ref().map(|row| row.state)) {
        Some(DeliveryState::Delivered) => "delivered",
        Some(DeliveryState::Dead) => "dead",
        _ => "due",
    };
    let next = move || {
        let at = test.row.with(|row| row.as_ref().and_then(|row| row.next_at.as_deref().and_then(crate::when::millis)));
        at.map(|at| format!("; {}", words::next_try(desk.now.get(), at)))
            .filter(|_| test.row.with(|row| row.as_ref().is_some_and(|row| row.tries > 0)))
    };
    // What is looked at anew when there is more to see.
    let seen = Memo::new(move |_| test.row.with(|row| row.as_ref().map(|row| (row.id.clone(), row.state, row.tries))));
    let id = Memo::new(move |_| test.id.get().unwrap_or_default());
    let whole = RwSignal::new(false);
    move || {
        is_there.get().then(|| {
            view! {
                <div class="test" data-state=state>
                    <p dir="auto">
                        <b>"Test: "</b>
                        {test.says}
                        {next}
                        {move || test.runs.get().then_some("\u{2026}")}
                    </p>
                    {move || test.failure.get().map(|why| view! { <p class="refused" role="alert">{why}</p> })}
                    <p>
                        <button
                            class="plain"
                            aria-expanded=move || whole.get().to_string()
                            on:click=move |_| whole.update(|whole| *whole = !*whole)
                        >
                            {move || if whole.get() { "Hide what was sent" } else { "See what was sent" }}
                        </button>
                    </p>
                    {move || {
                        whole
                            .get()
                            .then(|| {
                                view! {
                                    <Opened
                                        id=id.get()
                                        seen=Signal::derive(move || seen.get().map(|(_, state, tries)| (state, tries)))
                                        changed=Callback::new(move |row| test.row.set(Some(row)))
                                    />
                                }
                            })
                    }}
                </div>
            }
        })
    }
}
