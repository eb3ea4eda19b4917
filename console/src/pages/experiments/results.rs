//! What came of an experiment: the verdict first, then whether it can be trusted, what one can do, and the numbers.

use leptos::prelude::*;
use shared::wire::experiment::ExperimentStatus;
use shared::wire::experiments::ArmResult;
use shared::wire::prompt::Prompt;

use super::actions::Actions;
use super::funnel::Funnel;
use super::metric::{Deciding, Guardrails, Others};
use super::numbers::{self, Unit};
use super::one::{Back, One, name_of};
use super::preview::Preview;
use super::segments::Segments;
use super::trust::Trust;
use super::verdict::Verdict;
use crate::api;
use crate::dom;
use crate::parts::When;

/// The page.
#[component]
pub fn ResultsPage(one: One) -> impl IntoView {
    let name = one.of(|view| name_of(&view.experiment));
    Effect::new(move |_| name.with(|name| dom::title(name.as_deref().unwrap_or("Experiment"))));
    request_animation_frame(|| {
        if dom::focus_is_free() {
            dom::focus("page");
        }
    });
    let question = one.of(|view| view.experiment.question.clone());
    let has_results =
        Memo::new(move |_| one.view.with(|view| view.as_ref().is_some_and(|view| view.results.is_some())));
    let may_change = one.of(|view| view.may_change);
    view! {
        <article class="page experiments" aria-labelledby="page">
            <header class="item-head">
                <Back />
                <h1 id="page" tabindex="-1">
                    <bdi>{name}</bdi>
                </h1>
                {move || question.get().filter(|it| !it.is_empty()).map(|it| view! { <p class="exp-question" dir="auto">{it}</p> })}
                <About one />
            </header>
            <Verdict one />
            <Show when=move || has_results.get()>
                <Trust one />
            </Show>
            <Show when=move || may_change.get() == Some(true)>
                <Actions one />
            </Show>
            <Show when=move || has_results.get()>
                <Deciding one />
                <Funnel one />
                <Guardrails one />
                <Others one />
                <Segments one />
            </Show>
            <Compared one />
        </article>
    }
}

/// Since when, of which prompt, and how many take part.
#[component]
fn About(one: One) -> impl IntoView {
    let status = one.of(|view| view.experiment.status);
    let prompt = one.of(|view| view.experiment.prompt.clone());
    let coverage = one.of(|view| view.experiment.coverage);
    let began = one.of(|view| view.experiment.started_at.clone());
    let ended = one.of(|view| view.experiment.ended.as_ref().map(|ended| ended.at.clone()));
    let moment = move |says: &'static str, at: Memo<Option<Option<String>>>| {
        at.get().flatten().map(|at| {
            view! {
                <div>
                    <dt>{says}</dt>
                    <dd>
                        <When at=Signal::stored(at) />
                    </dd>
                </div>
            }
        })
    };
    let file = one.key.with_value(|key| api::results_path(key));
    view! {
        <dl class="facts">
            <div>
                <dt>"State"</dt>
                <dd class="state">
                    {move || if status.get() == Some(ExperimentStatus::Running) { "Running" } else { "Ended" }}
                </dd>
            </div>
            {move || moment("Began", began)}
            {move || moment("Ended", ended)}
            <div>
                <dt>"Prompt"</dt>
                <dd class="code">{prompt}</dd>
            </div>
            <div>
                <dt>"Takes part"</dt>
                <dd>{move || coverage.get().map(|share| format!("{} of visitors", numbers::typed(share, Unit::Percent)))}</dd>
            </div>
            <div>
                <dt>"Results"</dt>
                <dd>
                    <a href=file download>
                        "Download as CSV"
                    </a>
                </dd>
            </div>
        </dl>
    }
}

/// What was compared, as visitors see it.
#[component]
fn Compared(one: One) -> impl IntoView {
    let shown = one.of(|view| {
        let arm = |(at, arm): (usize, &shared::wire::experiment::ExperimentArm)| {
            let own = arm.prompt.as_deref().cloned();
            let prompt = own.or_else(|| (at == 0).then(|| view.control.clone()).flatten());
            (arm.key.to_uppercase(), arm.name.clone(), prompt)
        };
        view.experiment.arms.iter().enumerate().map(arm).collect::<Vec<(String, String, Option<Prompt>)>>()
    });
    let drawn = move || {
        let arms = shown.get().unwrap_or_default().into_iter().enumerate();
        arms.map(|(at, (key, name, prompt))| {
            view! {
                <section class="exp-arm" aria-labelledby=format!("shown-{at}")>
                    <h3 id=format!("shown-{at}")>
                        <span class="arm-key" data-arm=at>
                            {key.clone()}
                        </span>
                        " "
                        {arm_words(&name, at)}
                    </h3>
                    <Preview name=Signal::stored(key) prompt=Signal::stored(prompt) />
                </section>
            }
        })
        .collect_view()
    };
    view! {
        <section class="card" aria-labelledby="compared">
            <h2 id="compared">"What visitors see"</h2>
            <div class="exp-arms">{drawn}</div>
        </section>
    }
}

/// An arm: its letter, and what staff call it.
#[component]
pub fn ArmName(arm: ArmResult, at: usize) -> impl IntoView {
    view! {
        <span class="arm-key" data-arm=at>
            {arm.key.to_uppercase()}
        </span>
        " "
        <bdi>{arm_words(&arm.name, at)}</bdi>
    }
}

/// What an arm is called beside its letter.
pub fn arm_words(name: &str, at: usize) -> String {
    match (name.is_empty(), at) {
        (false, _) => name.to_owned(),
        (true, 0) => "the original".to_owned(),
        (true, _) => "changed".to_owned(),
    }
}

/// The letter of an arm.
pub fn letter(arms: &[ArmResult], at: usize) -> String {
    arms.get(at).map(|arm| arm.key.to_uppercase()).unwrap_or_default()
}
