//! `/console/experiments`, for those whose roles let them: prompts that are tried against each other, what came of it, and
//! what was learnt. Everything that is said of a result is read from the edge, never computed here.

mod acting;
mod actions;
mod arms;
mod audience;
mod decides;
mod edit;
mod editing;
mod editor;
mod found;
mod funnel;
mod list;
mod measures;
mod metric;
mod numbers;
mod one;
mod plan;
mod plot;
mod preview;
mod results;
mod saving;
mod segments;
mod series;
mod tone;
mod trust;
mod verdict;
mod weights;

use std::collections::HashMap;

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::wire::experiment::Experiment;
use shared::wire::experiments::ExperimentsView;

use crate::api::{self, Failure};
use crate::app::{BASE, Desk, Leaving};
use crate::parts::{Notice, Waiting};

pub use list::ExperimentsPage;
pub use one::{ExperimentPage, NewExperimentPage};

/// The experiments, as they were last read, and what is changed of drafts and not saved.
#[derive(Clone, Copy)]
pub struct Experiments {
    /// All of them, and what one can be made of.
    view: RwSignal<Option<ExperimentsView>>,
    /// Why they could not be read.
    failure: RwSignal<Option<Failure>>,
    /// What is typed and not saved, by the experiment's key: empty for one that is not there yet.
    typed: StoredValue<HashMap<String, Typed>>,
}

/// What was changed of a draft and not saved.
#[derive(Debug, Clone, PartialEq)]
struct Typed {
    /// As it was when the change began.
    base: Experiment,
    /// As it is on the screen.
    mine: Experiment,
}

impl Experiments {
    /// Nothing is known yet.
    pub fn new() -> Self {
        Self { view: RwSignal::new(None), failure: RwSignal::new(None), typed: StoredValue::new(HashMap::new()) }
    }

    /// Another member is here: what was on the screen is not theirs.
    pub fn forget(self) {
        self.view.set(None);
        self.failure.set(None);
        self.typed.update_value(HashMap::clear);
    }

    fn read(self, desk: Desk) {
        spawn_local(self.read_now(desk));
    }

    async fn read_now(self, desk: Desk) {
        match api::experiments().await {
            Ok(view) => self.take(view),
            Err(Failure::SignedOut) => desk.signed_out(Leaving::Ended),
            Err(failure) => self.failure.set(Some(failure)),
        }
    }

    /// Takes what was read, or came as the answer to a change; not what is older than what is on the screen.
    fn take(self, view: ExperimentsView) {
        self.failure.set(None);
        let is_news = self
            .view
            .with_untracked(|known| known.as_ref().is_none_or(|known| known.version <= view.version && *known != view));
        if is_news {
            self.view.set(Some(view));
        }
    }

    fn may_change(self) -> bool {
        self.view.with(|view| view.as_ref().is_some_and(|view| view.may_change))
    }
}

/// What stands in the place of a page until what it shows is there, or where it never comes.
#[component]
fn Gate(
    /// Whether it is there.
    #[prop(into)]
    is_there: Signal<bool>,
    #[prop(into)] failure: Signal<Option<Failure>>,
    again: Callback<()>,
    children: ChildrenFn,
) -> impl IntoView {
    let desk = Desk::here();
    let failed = Memo::new(move |_| failure.with(|it| it.as_ref().map(|it| (it.is_not_found(), it.sentence()))));
    move || {
        if !desk.sees_experiments.get() {
            return view! {
                <Notice title="Experiments are not yours to see">
                    <p>"An administrator of your workspace can give you a role that sees them."</p>
                </Notice>
            }
            .into_any();
        }
        match (is_there.get(), failed.get()) {
            (true, why) => view! {
                {why
                    .map(|(_, why)| {
                        view! {
                            <p class="refused" role="alert">
                                {why}
                                " What you see may be behind. "
                                <button class="plain" on:click=move |_| again.run(())>
                                    "Try again"
                                </button>
                            </p>
                        }
                    })}
                {children()}
            }
            .into_any(),
            (false, Some((true, _))) => view! {
                <Notice title="There is no such experiment">
                    <p>
                        "It may have been thrown away. "
                        <a href=format!("{BASE}/experiments")>"See all experiments"</a>
                        "."
                    </p>
                </Notice>
            }
            .into_any(),
            (false, Some((false, why))) => view! {
                <Notice title="It could not be read">
                    <p role="alert">{why}</p>
                    <p>
                        <button class="button main" on:click=move |_| again.run(())>
                            "Try again"
                        </button>
                    </p>
                </Notice>
            }
            .into_any(),
            (false, None) => view! { <Waiting lines=6 /> }.into_any(),
        }
    }
}
