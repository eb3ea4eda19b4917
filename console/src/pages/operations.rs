//! `/console/operations`, for those who operate: how the workspace runs, what each figure means, and what to do about it;
//! and everything that is there, as a file.

mod days;
mod fates;
mod figures;

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::wire::delivery::{OperationsView, RouteTime};

use crate::api::{self, Failure};
use crate::app::{BASE, Desk, Leaving};
use crate::pages::destinations::NotYours;
use crate::parts::{Takeout, Waiting};
use crate::{dom, words};

use fates::Fates;
use figures::{Figure, figures};

/// How often it is read again while one looks at it.
const AGAIN: Duration = Duration::from_secs(15);

/// What was read last.
#[derive(Clone, Copy)]
struct Board {
    desk: Desk,
    view: RwSignal<Option<OperationsView>>,
    failure: RwSignal<Option<String>>,
}

impl Board {
    fn read(self) {
        if !self.desk.operates.get_untracked() {
            return;
        }
        spawn_local(async move {
            match api::operations().await {
                Ok(view) => {
                    let _ = self.failure.try_set(None);
                    if self.view.try_with_untracked(|known| known.as_ref() == Some(&view)) == Some(false) {
                        self.view.set(Some(view));
                    }
                }
                Err(Failure::SignedOut) => self.desk.signed_out(Leaving::Ended),
                Err(failure) => {
                    let _ = self.failure.try_set(Some(failure.sentence()));
                }
            }
        });
    }
}

/// The page.
#[component]
pub fn OperationsPage() -> impl IntoView {
    let desk = Desk::here();
    desk.place.set(Some("/operations".to_owned()));
    dom::title("Operations");
    let board = Board { desk, view: RwSignal::new(None), failure: RwSignal::new(None) };
    Effect::new(move |_| {
        desk.opening.track();
        desk.operates.track();
        board.read();
    });
    if let Ok(again) = set_interval_with_handle(move || board.read(), AGAIN) {
        on_cleanup(move || again.clear());
    }
    request_animation_frame(|| {
        if dom::focus_is_free() {
            dom::focus("page");
        }
    });
    let is_there = Memo::new(move |_| board.view.with(Option::is_some));
    // Apart from what is shown: what is read or focused stays while it fails and works again.
    let behind = Memo::new(move |_| board.failure.get().filter(|_| is_there.get()));
    let missing = Memo::new(move |_| board.failure.get().filter(|_| !is_there.get()));
    let body = move || match (desk.operates.get(), is_there.get(), missing.get()) {
        (false, ..) => view! { <NotYours /> }.into_any(),
        (true, true, _) => view! { <Shown board /> }.into_any(),
        (true, false, None) => view! { <Waiting lines=8 /> }.into_any(),
        (true, false, Some(why)) => view! {
            <div class="notice">
                <h2>"This could not be read"</h2>
                <p role="alert">{why}</p>
                <p>
                    <button class="button main" on:click=move |_| board.read()>
                        "Try again"
                    </button>
                </p>
            </div>
        }
        .into_any(),
    };
    view! {
        <div class="page operations">
            <header class="page-head">
                <h1 id="page" tabindex="-1">
                    "Operations"
                </h1>
            </header>
            {move || {
                behind
                    .get()
                    .map(|why| {
                        view! {
                            <p class="refused" role="alert">
                                {why}
                                " What you see may be behind."
                            </p>
                        }
                    })
            }}
            {body}
        </div>
    }
}

#[component]
fn Shown(board: Board) -> impl IntoView {
    // Drawn again only where it differs: what is read or focused in it stays.
    let fates =
        Memo::new(move |_| board.view.with(|view| view.as_ref().map(|view| (view.fates.clone(), view.totals.clone()))));
    let grows =
        Memo::new(move |_| board.view.with(|view| view.as_ref().map(|view| view.rows.clone()).unwrap_or_default()));
    let routes =
        Memo::new(move |_| board.view.with(|view| view.as_ref().map(|view| view.routes.clone()).unwrap_or_default()));
    let all = move || {
        let now = board.desk.now.get();
        board.view.with(|view| view.as_ref().map(|view| figures(view, now)).unwrap_or_default())
    };
    let all = Memo::new(move |_| all());
    let keys = move || all.with(|all| (0..all.len()).collect::<Vec<_>>());
    view! {
        <ul class="ops-figures" aria-label="Figures">
            <For
                each=keys
                key=|at| *at
                children=move |at| view! { <One of=Memo::new(move |_| all.with(|all| all.get(at).cloned())) /> }
            />
        </ul>
        {move || fates.get().map(|(days, totals)| view! { <Fates days totals /> })}
        <section class="card" aria-labelledby="routes">
            <h2 id="routes">"Slowest routes"</h2>
            <p class="quiet">
                "Since this server started. Half of the answers came within the first time, 99 in a hundred within the second. A route that fails, or takes seconds, shows a desk that has too much to do: look at its log."
            </p>
            {move || routes_table(routes.get())}
        </section>
        <section class="card" aria-labelledby="takeout">
            <h2 id="takeout">"Take everything out"</h2>
            <Takeout />
        </section>
        <section class="card" aria-labelledby="grows">
            <h2 id="grows">"What is kept"</h2>
            <p class="quiet">
                "Rows of what grows. Deliveries that arrived go after 30 days; everything else stays until it is erased, or for as long as is said on the Privacy page. What grows faster than your business is worth a look."
            </p>
            {move || {
                let rows = grows.get();
                match rows.is_empty() {
                    true => view! { <p class="quiet">"Nothing is kept yet."</p> }.into_any(),
                    false => view! {
                        <dl class="facts">
                            {rows
                                .into_iter()
                                .map(|(table, count)| {
                                    view! {
                                        <div>
                                            <dt>{words::rows_of(&table)}</dt>
                                            <dd>{words::grouped(count)}</dd>
                                        </div>
                                    }
                                })
                                .collect_view()}
                        </dl>
                    }
                        .into_any(),
                }
            }}
        </section>
    }
}

/// One figure, what it means, and what to do.
#[component]
fn One(of: Memo<Option<Figure>>) -> impl IntoView {
    let text =
        move |what: fn(&Figure) -> String| Memo::new(move |_| of.with(|of| of.as_ref().map(what).unwrap_or_default()));
    let is_bad = move || of.with(|of| of.as_ref().is_some_and(|of| of.is_bad)).to_string();
    let way = Memo::new(move |_| of.with(|of| of.as_ref().and_then(|of| of.way)));
    let (name, says, about, means) = (
        text(|of| of.name.to_owned()),
        text(|of| of.says.clone()),
        text(|of| of.about.clone()),
        text(|of| of.means.to_owned()),
    );
    view! {
        <li class="card ops-figure" data-bad=is_bad>
            <h2>{name}</h2>
            <p class="ops-says">
                <b>{says}</b>
                {move || about.with(|about| !about.is_empty()).then(|| view! { " " <span class="quiet">{about}</span> })}
            </p>
            {move || {
                of.with(|of| of.as_ref().is_some_and(|of| of.is_bad))
                    .then(|| view! { <p class="ops-look">"Worth a look"</p> })
            }}
            <p class="quiet">{means}</p>
            {move || {
                way.get()
                    .map(|(path, says)| {
                        view! {
                            <p>
                                <a href=format!("{BASE}{path}")>{says}</a>
                            </p>
                        }
                    })
            }}
        </li>
    }
}

fn routes_table(routes: Vec<RouteTime>) -> AnyView {
    if routes.is_empty() {
        return view! { <p class="quiet">"Nothing was asked since this server started."</p> }.into_any();
    }
    let row = |route: RouteTime| {
        view! {
            <tr>
                <th scope="row">
                    <span class="code">{route.route}</span>
                </th>
                <td>{words::grouped(route.count)}</td>
                <td data-bad=(route.failed > 0).to_string()>{words::grouped(route.failed)}</td>
                <td>{words::took(route.p50_ms)}</td>
                <td>{words::took(route.p99_ms)}</td>
            </tr>
        }
    };
    view! {
        <div class="scroll" tabindex="0" role="group" aria-label="Slowest routes">
            <table class="figures">
                <thead>
                    <tr>
                        <th scope="col">"Route"</th>
                        <th scope="col">"Asked"</th>
                        <th scope="col">"Failed"</th>
                        <th scope="col">"Half within"</th>
                        <th scope="col">"99 % within"</th>
                    </tr>
                </thead>
                <tbody>{routes.into_iter().map(row).collect_view()}</tbody>
            </table>
        </div>
    }
    .into_any()
}
