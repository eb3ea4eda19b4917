//! All experiments: those that run with what they say, the drafts, and the archive of what was learnt.

use std::time::Duration;

use leptos::prelude::*;
use shared::wire::experiment::ExperimentStatus;
use shared::wire::experiments::ExperimentLine;

use super::{Gate, found, measures, tone};
use crate::app::{BASE, Desk};
use crate::dom;
use crate::pages::experiment_path;
use crate::parts::When;

/// How often they are read again while one looks at them.
const AGAIN: Duration = Duration::from_secs(30);

/// `/console/experiments`.
#[component]
pub fn ExperimentsPage() -> impl IntoView {
    let desk = Desk::here();
    let experiments = desk.experiments;
    desk.place.set(Some("/experiments".to_owned()));
    dom::title("Experiments");
    Effect::new(move |_| {
        desk.opening.track();
        experiments.read(desk);
    });
    if let Ok(again) = set_interval_with_handle(move || experiments.read(desk), AGAIN) {
        on_cleanup(move || again.clear());
    }
    let is_there = Memo::new(move |_| experiments.view.with(Option::is_some));
    Effect::new(move |_| {
        if is_there.get() && dom::focus_is_free() {
            dom::focus_soon("page");
        }
    });
    view! {
        <div class="page experiments">
            <Gate is_there failure=experiments.failure again=Callback::new(move |()| experiments.read(desk))>
                <Head />
                <Lists />
            </Gate>
        </div>
    }
}

#[component]
fn Head() -> impl IntoView {
    let experiments = Desk::here().experiments;
    let may_change = Memo::new(move |_| experiments.may_change());
    view! {
        <header class="page-head">
            <h1 id="page" tabindex="-1">
                "Experiments"
            </h1>
            {move || {
                may_change
                    .get()
                    .then(|| {
                        view! {
                            <a class="button main" href=format!("{BASE}/experiments/new")>
                                "New experiment"
                            </a>
                        }
                    })
            }}
        </header>
    }
}

#[component]
fn Lists() -> impl IntoView {
    let experiments = Desk::here().experiments;
    let of = move |status: ExperimentStatus| {
        Memo::new(move |_| {
            experiments
                .view
                .with(|view| view.as_ref().map(|view| found::of(&view.experiments, status)).unwrap_or_default())
        })
    };
    let (running, drafts, ended) =
        (of(ExperimentStatus::Running), of(ExperimentStatus::Draft), of(ExperimentStatus::Stopped));
    let is_empty = Memo::new(move |_| [running, drafts, ended].iter().all(|lines| lines.with(Vec::is_empty)));
    move || {
        if is_empty.get() {
            return view! { <Empty /> }.into_any();
        }
        view! {
            <section class="exp-part" aria-labelledby="running">
                <h2 id="running">"Running"</h2>
                {move || match running.with(Vec::is_empty) {
                    true => view! { <p class="quiet">"Nothing runs at the moment."</p> }.into_any(),
                    false => view! { <Lines lines=running /> }.into_any(),
                }}
            </section>
            {move || {
                (!drafts.with(Vec::is_empty))
                    .then(|| {
                        view! {
                            <section class="exp-part" aria-labelledby="drafts">
                                <h2 id="drafts">"Drafts"</h2>
                                <Lines lines=drafts />
                            </section>
                        }
                    })
            }}
            {move || (!ended.with(Vec::is_empty)).then(|| view! { <Archive ended /> })}
        }
        .into_any()
    }
}

/// What an experiment is for.
#[component]
fn Empty() -> impl IntoView {
    let may_change = Desk::here().experiments.may_change();
    view! {
        <div class="notice">
            <h2>"No experiment yet"</h2>
            <p>
                "An experiment shows some visitors a prompt as it is, and others one that you have changed, and tells you which brings more of what you want: opened forms, accepted leads, customers."
            </p>
            <p>
                "Duplicate a prompt, change its words, choose what decides. You can look at the answer as often as you like: it stays honest."
            </p>
            {may_change
                .then(|| {
                    view! {
                        <p>
                            <a class="button main" href=format!("{BASE}/experiments/new")>
                                "Make the first one"
                            </a>
                        </p>
                    }
                })}
        </div>
    }
}

/// What has ended, and what was learnt of it.
#[component]
fn Archive(ended: Memo<Vec<ExperimentLine>>) -> impl IntoView {
    let sought = RwSignal::new(String::new());
    let shown = Memo::new(move |_| {
        let sought = sought.get();
        ended.with(|lines| lines.iter().filter(|line| found::has(line, &sought)).cloned().collect::<Vec<_>>())
    });
    let says = move || {
        (!sought.with(|it| it.trim().is_empty())).then(|| match shown.with(Vec::len) {
            0 => "Nothing in the archive has these words.".to_owned(),
            found => format!("{found} of {}", ended.with(Vec::len)),
        })
    };
    view! {
        <section class="exp-part" aria-labelledby="archive">
            <h2 id="archive">"Archive: what was learnt"</h2>
            <div class="exp-search">
                <label for="archive-search">"Search the archive"</label>
                <input
                    id="archive-search"
                    type="search"
                    autocomplete="off"
                    prop:value=sought
                    on:input=move |event| sought.set(event_target_value(&event))
                />
                <p class="quiet" role="status">
                    {says}
                </p>
            </div>
            {move || (!shown.with(Vec::is_empty)).then(|| view! { <Lines lines=shown /> })}
        </section>
    }
}

#[component]
fn Lines(lines: Memo<Vec<ExperimentLine>>) -> impl IntoView {
    view! {
        <ul class="site-list">
            <For
                each=move || lines.get()
                key=|line| (line.key.clone(), line.name.clone(), line.verdict.clone(), line.says.clone(), line.learnt.clone())
                children=|line| view! { <Line line /> }
            />
        </ul>
    }
}

#[component]
fn Line(line: ExperimentLine) -> impl IntoView {
    let href = format!("{BASE}{}", experiment_path(&line.key));
    let name = if line.name.is_empty() { line.key.clone() } else { line.name.clone() };
    let question =
        (!line.question.is_empty()).then(|| view! { <p class="exp-question" dir="auto">{line.question.clone()}</p> });
    let tone = match line.status {
        ExperimentStatus::Draft => None,
        ExperimentStatus::Running => Some(tone::of(&line.verdict)),
        ExperimentStatus::Stopped => Some(tone::of_ended(&line.verdict)),
    };
    let moment = match line.status {
        ExperimentStatus::Draft => None,
        ExperimentStatus::Running => line.started_at.clone().map(|at| ("began ", at)),
        ExperimentStatus::Stopped => line.ended_at.clone().map(|at| ("ended ", at)),
    };
    let is_ended = line.status == ExperimentStatus::Stopped;
    let learnt = is_ended.then(|| match line.learnt.is_empty() {
        true => view! { <p class="quiet">"Nobody has written down what was learnt."</p> }.into_any(),
        false => view! {
            <p class="exp-learnt">
                <b>"Learnt: "</b>
                <bdi>{line.learnt.clone()}</bdi>
            </p>
        }
        .into_any(),
    });
    view! {
        <li class="site-line exp-line">
            <p class="site-name">
                <a href=href>
                    <bdi>{name}</bdi>
                </a>
            </p>
            {tone
                .map(|tone| {
                    view! {
                        <p class="exp-tag" data-tone=tone.tag>
                            <span aria-hidden="true">{tone.sign}</span>
                            " "
                            {tone.says}
                        </p>
                    }
                })}
            <p class="quiet exp-about">
                <span class="code">{line.prompt.clone()}</span>
                " \u{b7} "
                {measures::name(line.metric)}
                {moment
                    .map(|(says, at)| {
                        view! {
                            " \u{b7} "
                            {says}
                            <When at=Signal::stored(at) />
                        }
                    })}
            </p>
            {question}
            {(!line.says.is_empty()).then(|| view! { <p class="exp-says" dir="auto">{line.says.clone()}</p> })}
            {learnt}
        </li>
    }
}
