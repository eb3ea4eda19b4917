//! The page of one experiment: of a draft its editor, of any other what came of it.

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_params_map;
use shared::wire::experiment::{Experiment, ExperimentStatus};
use shared::wire::experiments::{ArmResult, ChangeExperiments, ExperimentChange, ExperimentView, Results};

use super::editing::Editing;
use super::{Gate, edit, editor, results};
use crate::api::{self, Answer, Failure};
use crate::app::{BASE, Desk, Leaving};
use crate::dom;

/// How often one that runs is read again while somebody looks at it.
const AGAIN: Duration = Duration::from_secs(30);

/// One experiment on the screen.
#[derive(Clone, Copy)]
pub struct One {
    /// The application.
    pub desk: Desk,
    /// Its key.
    pub key: StoredValue<String>,
    /// As it was last read.
    pub view: RwSignal<Option<ExperimentView>>,
    failure: RwSignal<Option<Failure>>,
}

impl One {
    fn open(key: String) -> Self {
        let desk = Desk::here();
        let one = Self { desk, key: StoredValue::new(key), view: RwSignal::new(None), failure: RwSignal::new(None) };
        Effect::new(move |_| {
            desk.opening.track();
            one.read();
        });
        let again = move || {
            if one.view.with_untracked(|view| {
                view.as_ref().is_some_and(|it| it.experiment.status == ExperimentStatus::Running)
            }) {
                one.read();
            }
        };
        if let Ok(again) = set_interval_with_handle(again, AGAIN) {
            on_cleanup(move || again.clear());
        }
        one
    }

    /// Reads it.
    pub fn read(self) {
        spawn_local(async move {
            // Why it could not be read stands on the page.
            let _ = self.again().await;
        });
    }

    /// Reads it, and says how that went.
    pub async fn again(self) -> Answer<()> {
        let Some(key) = self.key.try_get_value() else { return Ok(()) };
        match api::experiment(&key).await {
            Ok(view) => {
                let _ = self.failure.try_set(None);
                let is_news = self.view.try_with_untracked(|known| {
                    known.as_ref().is_none_or(|known| known.version <= view.version && *known != view)
                });
                if is_news == Some(true) {
                    let _ = self.view.try_set(Some(view));
                }
                Ok(())
            }
            Err(Failure::SignedOut) => {
                self.desk.signed_out(Leaving::Ended);
                Err(Failure::SignedOut)
            }
            Err(failure) => {
                let _ = self.failure.try_set(Some(failure.clone()));
                Err(failure)
            }
        }
    }

    /// Changes it, as of what is on the screen, and reads what it is then.
    pub async fn change(self, change: ExperimentChange) -> Answer<()> {
        let version = self.view.with_untracked(|view| view.as_ref().map_or(0, |view| view.version));
        let view = api::change_experiments(&ChangeExperiments { version, change }).await?;
        self.desk.experiments.take(view);
        // It is done, whatever becomes of reading it.
        let _ = self.again().await;
        Ok(())
    }

    /// Something of it.
    pub fn of<T: PartialEq + Send + Sync + 'static>(
        self,
        what: impl Fn(&ExperimentView) -> T + Send + Sync + 'static,
    ) -> Memo<Option<T>> {
        Memo::new(move |_| self.view.with(|view| view.as_ref().map(&what)))
    }

    /// Something of what came of it; absent where there is nothing yet.
    pub fn results<T: PartialEq + Send + Sync + 'static>(
        self,
        what: impl Fn(&Results) -> T + Send + Sync + 'static,
    ) -> Memo<Option<T>> {
        Memo::new(move |_| self.view.with(|view| view.as_ref()?.results.as_ref().map(&what)))
    }

    /// Whether what came of it says nothing: the arms did not get their shares, or visitors saw more than one.
    pub fn is_broken(self) -> Memo<bool> {
        let broken = self.results(|results| results.ratio.is_broken || results.crossed.is_broken);
        Memo::new(move |_| broken.get() == Some(true))
    }

    /// The arms of what came of it.
    pub fn arms(self) -> Memo<Option<Vec<ArmResult>>> {
        self.results(|results| results.arms.clone())
    }
}

/// `/console/experiments/{key}`.
#[component]
pub fn ExperimentPage() -> impl IntoView {
    let desk = Desk::here();
    desk.place.set(Some("/experiments".to_owned()));
    dom::title("Experiment");
    let params = use_params_map();
    let key = Memo::new(move |_| params.with(|it| it.get("key")).unwrap_or_default());
    move || view! { <Page key=key.get() /> }
}

#[component]
fn Page(key: String) -> impl IntoView {
    let one = One::open(key);
    let experiments = one.desk.experiments;
    let status = Memo::new(move |_| one.view.with(|view| view.as_ref().map(|view| view.experiment.status)));
    // A draft is made of what there is.
    Effect::new(move |_| {
        if status.get() == Some(ExperimentStatus::Draft) {
            experiments.read(one.desk);
        }
    });
    let is_there = Memo::new(move |_| match status.get() {
        None => false,
        Some(ExperimentStatus::Draft) => experiments.view.with(Option::is_some),
        Some(_) => true,
    });
    let failure = Memo::new(move |_| {
        let of_list = || (status.get() == Some(ExperimentStatus::Draft)).then(|| experiments.failure.get()).flatten();
        one.failure.get().or_else(of_list)
    });
    let again = Callback::new(move |()| {
        one.read();
        experiments.read(one.desk);
    });
    view! {
        <Gate is_there failure again>
            {move || match status.get() {
                Some(ExperimentStatus::Draft) => view! { <DraftPage one /> }.into_any(),
                Some(_) => view! { <results::ResultsPage one /> }.into_any(),
                None => ().into_any(),
            }}
        </Gate>
    }
}

#[component]
fn DraftPage(one: One) -> impl IntoView {
    let now = one.view.with_untracked(|view| view.as_ref().map(|view| view.experiment.clone()));
    let may_change = one.desk.experiments.may_change();
    now.map(|now| {
        let editing = Editing::open(one.desk, Some(one), &now);
        let name = editing.of(|edit| edit.name.clone());
        view! { <Frame name=Signal::derive(move || named(&name.get(), "Draft without a name")) says="Draft: no visitor sees it yet.">
            {match may_change {
                true => view! { <editor::Editor editing /> }.into_any(),
                false => view! { <p class="quiet">"It is not finished. Your role lets you read what comes of it, once it runs."</p> }.into_any(),
            }}
        </Frame> }
    })
}

/// `/console/experiments/new`.
#[component]
pub fn NewExperimentPage() -> impl IntoView {
    let desk = Desk::here();
    let experiments = desk.experiments;
    desk.place.set(Some("/experiments".to_owned()));
    dom::title("New experiment");
    experiments.read(desk);
    let is_there = Memo::new(move |_| experiments.view.with(Option::is_some));
    view! {
        <Gate is_there failure=experiments.failure again=Callback::new(move |()| experiments.read(desk))>
            <New />
        </Gate>
    }
}

#[component]
fn New() -> impl IntoView {
    let desk = Desk::here();
    let first =
        desk.experiments.view.with_untracked(|view| view.as_ref().and_then(|view| view.prompts.first().cloned()));
    let body = match first {
        _ if !desk.experiments.may_change() => {
            view! { <p class="quiet">"Your role lets you read experiments, and not make them."</p> }.into_any()
        }
        None => view! {
            <p>"There is no prompt yet that an experiment could be made of. Prompts are part of the workspace\u{2019}s configuration."</p>
        }
        .into_any(),
        Some(prompt) => {
            let editing = Editing::open(desk, None, &edit::blank(&prompt));
            view! { <editor::Editor editing /> }.into_any()
        }
    };
    view! {
        <Frame
            name=Signal::stored("New experiment".to_owned())
            says="Duplicate a prompt, change the copy, choose what decides. No visitor sees anything before you start it."
        >
            {body}
        </Frame>
    }
}

#[component]
fn Frame(name: Signal<String>, says: &'static str, children: Children) -> impl IntoView {
    Effect::new(move |_| name.with(|name| dom::title(name)));
    request_animation_frame(|| {
        if dom::focus_is_free() {
            dom::focus("page");
        }
    });
    view! {
        <article class="page experiments" aria-labelledby="page">
            <header class="item-head">
                <Back />
                <h1 id="page" tabindex="-1">
                    <bdi>{name}</bdi>
                </h1>
                <p class="quiet">{says}</p>
            </header>
            {children()}
        </article>
    }
}

/// The way to all of them.
#[component]
pub fn Back() -> impl IntoView {
    view! {
        <p class="back">
            <a href=format!("{BASE}/experiments")>
                <span aria-hidden="true">"\u{2190} "</span>
                "Experiments"
            </a>
        </p>
    }
}

/// A name, or what stands for one that there is not.
pub fn named(name: &str, otherwise: &str) -> String {
    if name.trim().is_empty() { otherwise.to_owned() } else { name.to_owned() }
}

/// What an experiment is called.
pub fn name_of(experiment: &Experiment) -> String {
    named(&experiment.name, &experiment.key)
}
