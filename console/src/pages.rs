//! What an address shows.

mod account;
mod audit;
mod call;
mod deliveries;
mod destinations;
mod experiments;
mod held;
mod item;
mod notices;
mod operations;
mod privacy;
mod queue;
mod routing;
mod scoring;
mod search;
mod sign_in;
mod sites;
mod team;
mod tokens;

use leptos::prelude::*;

use crate::app::{BASE, Desk};
use crate::dom;
use crate::parts::Notice;

pub use account::AccountPage;
pub use audit::AuditPage;
pub use call::CallPage;
pub use deliveries::DeliveriesPage;
pub use destinations::{DestinationPage, Destinations, DestinationsPage, NewDestinationPage};
pub use experiments::{ExperimentPage, Experiments, ExperimentsPage, NewExperimentPage};
pub use held::HeldPage;
pub use item::ItemPage;
pub use notices::NoticesPage;
pub use operations::OperationsPage;
pub use privacy::PrivacyPage;
pub use queue::QueuePage;
pub use routing::{Routing, RoutingPage};
pub use scoring::{CardPage, LearnerPage, ReplayPage, Scoring, ScoringFrame, VersionsPage, WhatIfPage};
pub use search::SearchPage;
pub use sign_in::SignIn;
pub use sites::{Draft, NewSitePage, SitePage, SitesPage};
pub use team::TeamPage;
pub use tokens::TokensPage;

/// `/console/`: the first queue is where the work is; for whoever has none, the sites are, the experiments, or how it
/// runs.
#[component]
pub fn FirstQueue() -> impl IntoView {
    let desk = Desk::here();
    let first = desk.queues.with_untracked(|queues| queues.first().map(|it| it.id.clone()));
    match first {
        Some(first) => {
            desk.go(&queue_path(&first), true);
            None
        }
        None if desk.may_change_sites.get_untracked() => {
            desk.go("/sites", true);
            None
        }
        None if desk.sees_experiments.get_untracked() => {
            desk.go("/experiments", true);
            None
        }
        None if desk.operates.get_untracked() => {
            desk.go("/operations", true);
            None
        }
        None => {
            dom::title("No queue");
            Some(view! {
                <Notice title="You have no queue yet">
                    <p>"Nothing comes to you before an administrator adds you to a queue."</p>
                </Notice>
            })
        }
    }
}

/// An address that names nothing.
#[component]
pub fn Nowhere() -> impl IntoView {
    dom::title("Not found");
    view! {
        <Notice title="There is nothing here">
            <p>
                "The address may be old or mistyped. " <a href=format!("{BASE}/")>"Go to your queue"</a> "."
            </p>
        </Notice>
    }
}

/// The address of a queue, below [`BASE`].
pub fn queue_path(queue: &str) -> String {
    format!("/queues/{}", crate::api::encoded(queue))
}

/// The address of a site, below [`BASE`].
pub fn site_path(site: &str) -> String {
    format!("/sites/{}", crate::api::encoded(site))
}

/// The address of an experiment, below [`BASE`].
pub fn experiment_path(key: &str) -> String {
    format!("/experiments/{}", crate::api::encoded(key))
}

/// The address of what became of what an item's destinations were told, below [`BASE`].
pub fn deliveries_of_item(item: &str) -> String {
    format!("/deliveries?item={}", crate::api::encoded(item))
}

/// The address of what is found for a text, below [`BASE`].
pub fn search_path(text: &str) -> String {
    if text.trim().is_empty() { "/search".to_owned() } else { format!("/search?q={}", crate::api::encoded(text)) }
}

/// The address where a call is written down, of whoever an item is of or of somebody new, below [`BASE`].
pub fn call_path(item: Option<&str>) -> String {
    let of = item.map(|item| format!("?item={}", crate::api::encoded(item))).unwrap_or_default();
    format!("/calls/new{of}")
}

/// The address of an item, below [`BASE`].
pub fn item_path(item: &str) -> String {
    format!("/items/{}", crate::api::encoded(item))
}
