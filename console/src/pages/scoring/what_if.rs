//! What would a lead score: change a fact, see the score move, by the card in force and by the one on the screen.

mod lead;

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_query_map;
use shared::wire::scoring::{Supposed, WhatIf, WhatIfAnswer};

use super::editing::Scoring;
use super::rule::SIGNALS;
use crate::api::{self, Failure};
use crate::app::{Desk, Leaving};
use crate::parts::{Asked, FactOptions, Facts, MISSING, control_of, explained, typed_number};
use crate::{clock, dom, when, words};

use lead::{Did, Fact, Lead};

/// The score follows once one stops typing.
const AFTER: Duration = Duration::from_millis(250);

/// What is supposed, and what comes of it.
#[derive(Clone, Copy)]
struct Supposing {
    scoring: Scoring,
    desk: Desk,
    facts: Facts,
    lead: RwSignal<Lead>,
    /// Counts the changes of which facts and signals there are.
    shape: RwSignal<u32>,
    answer: RwSignal<Option<WhatIfAnswer>>,
    /// What the card in force gave before the last change.
    before: RwSignal<Option<i32>>,
    wrong: RwSignal<Option<String>>,
    asked: StoredValue<u32>,
}

impl Supposing {
    fn reshape(self, how: impl FnOnce(&mut Lead)) {
        self.lead.update(how);
        self.shape.update(|shape| *shape += 1);
    }

    fn ask(self) {
        let this = self.asked.with_value(|asked| asked + 1);
        self.asked.set_value(this);
        let card = untrack(|| self.scoring.is_other()).then(|| self.scoring.written());
        let basis = self.lead.with_untracked(|lead| lead.basis(&when::rfc3339(clock::now()).unwrap_or_default()));
        spawn_local(async move {
            let answer = api::what_if(&WhatIf { card, basis }).await;
            // The page may be gone, or may have asked for something else since.
            if self.asked.try_get_value() != Some(this) {
                return;
            }
            match answer {
                Ok(answer) => {
                    let before = self.answer.with_untracked(|answer| answer.as_ref().map(|it| points(&it.live)));
                    self.before.set(before);
                    self.answer.set(Some(answer));
                    self.wrong.set(None);
                }
                Err(Failure::SignedOut) => self.desk.signed_out(Leaving::Ended),
                Err(failure) => self.wrong.set(Some(failure.sentence())),
            }
        });
    }

    /// Starts from an item, as it was when it was scored.
    fn start_from(self, item: String) {
        spawn_local(async move {
            match api::basis(&item).await {
                Ok(basis) => {
                    if self.lead.try_update_untracked(|lead| *lead = Lead::of(&basis)).is_some() {
                        self.reshape(|_| {});
                    }
                }
                Err(Failure::SignedOut) => self.desk.signed_out(Leaving::Ended),
                Err(failure) => {
                    let _ = self.wrong.try_set(Some(failure.sentence()));
                }
            }
        });
    }
}

/// The points that a queue would go by.
fn points(of: &Supposed) -> i32 {
    match &of.learnt {
        Some(learnt) if learnt.state == "predictive" => learnt.points,
        _ => of.score.total,
    }
}

/// `/console/scoring/what-if`.
#[component]
pub fn WhatIfPage() -> impl IntoView {
    let desk = Desk::here();
    let scoring = desk.scoring;
    dom::title("What if");
    let facts = scoring.view.with_untracked(|view| view.as_ref().map(|view| view.facts.clone())).unwrap_or_default();
    let supposing = Supposing {
        scoring,
        desk,
        facts: StoredValue::new(facts),
        lead: RwSignal::new(Lead::usual()),
        shape: RwSignal::new(0),
        answer: RwSignal::new(None),
        before: RwSignal::new(None),
        wrong: RwSignal::new(None),
        asked: StoredValue::new(0),
    };
    let item = use_query_map().with_untracked(|query| query.get("item"));
    let from_item = item.is_some();
    let mut later = debounce(AFTER, move |()| supposing.ask());
    Effect::new(move |first: Option<()>| {
        supposing.lead.track();
        scoring.card.track();
        if first.is_some() || !from_item {
            later(());
        }
    });
    if let Some(item) = item {
        supposing.start_from(item);
    }
    view! {
        <div class="scoring-columns">
            <div class="scoring-main">
                <FactsOf supposing />
                <EventsOf supposing />
            </div>
            <div class="scoring-side">
                <Outcome supposing />
            </div>
        </div>
    }
}

/// Something that is supposed, its control, and the button that takes it away.
#[component]
fn Line(says: String, take: impl Fn() + 'static, children: Children) -> impl IntoView {
    view! {
        <li class="supposed">
            <span class="supposed-name">{says.clone()}</span>
            <div class="condition-value">{children()}</div>
            <button class="button" type="button" on:click=move |_| take()>
                "Remove"
                <span class="hidden">{format!(" {says}")}</span>
            </button>
        </li>
    }
}

#[component]
fn FactsOf(supposing: Supposing) -> impl IntoView {
    let count = Memo::new(move |_| supposing.lead.with(|lead| lead.facts.len()));
    let keys = move || {
        let shape = supposing.shape.get();
        (0..count.get()).map(|at| (shape, at)).collect::<Vec<_>>()
    };
    let kind_of = move |path: &str| {
        supposing.facts.with_value(|facts| {
            let fact = facts.iter().find(|fact| fact.path == path);
            fact.map(|fact| (fact.kind.clone(), fact.options.clone(), fact.says.clone()))
        })
    };
    let one = move |(_, at): (u32, usize)| {
        let Fact { path, value } =
            supposing.lead.with_untracked(|lead| lead.facts.get(at).cloned()).unwrap_or_default();
        let (kind, options, says) = kind_of(&path).unwrap_or_else(|| ("text".to_owned(), Vec::new(), path.clone()));
        let set = Callback::new(move |value| {
            supposing.lead.update(|lead| {
                if let Some(fact) = lead.facts.get_mut(at) {
                    fact.value = value;
                }
            });
        });
        let asked = Asked { label: says.clone(), kind: &kind, options, several: kind == "list" };
        let take = move || {
            supposing.reshape(|lead| {
                if at < lead.facts.len() {
                    lead.facts.remove(at);
                }
            });
            dom::focus_soon("add-fact");
        };
        let control = control_of(&asked, &value, set);
        view! {
            <Line says take>{control}</Line>
        }
    };
    let add = move |event| {
        let path = event_target_value(&event);
        if path.is_empty() {
            return;
        }
        let (kind, ..) = kind_of(&path).unwrap_or_default();
        let value = if kind == "yes_no" { serde_json::Value::Bool(true) } else { MISSING };
        supposing.reshape(|lead| lead.suppose(path, value));
    };
    view! {
        <section class="card" aria-labelledby="what-is">
            <h3 id="what-is">"What is known of them"</h3>
            <ul class="supposed-list">
                <For each=keys key=|key| *key children=one />
            </ul>
            <div class="field">
                <label for="add-fact">"Suppose something more"</label>
                <select id="add-fact" on:change=add prop:value=move || {
                    supposing.shape.track();
                    ""
                }>
                    <option value="">"Choose a fact"</option>
                    <FactOptions facts=supposing.facts chosen=Signal::stored(String::new()) />
                </select>
            </div>
        </section>
    }
}

#[component]
fn EventsOf(supposing: Supposing) -> impl IntoView {
    let count = Memo::new(move |_| supposing.lead.with(|lead| lead.did.len()));
    let keys = move || {
        let shape = supposing.shape.get();
        (0..count.get()).map(|at| (shape, at)).collect::<Vec<_>>()
    };
    let one = move |(_, at): (u32, usize)| {
        let did = supposing.lead.with_untracked(|lead| lead.did.get(at).cloned()).unwrap_or_default();
        let says = words::signal(&did.kind, &did.about);
        let label = says.clone();
        let typed = move |event| {
            let days = typed_number(&event_target_value(&event));
            supposing.lead.update(|lead| {
                if let Some(did) = lead.did.get_mut(at) {
                    did.days_ago = days;
                }
            });
        };
        let take = move || {
            supposing.reshape(|lead| {
                if at < lead.did.len() {
                    lead.did.remove(at);
                }
            });
            dom::focus_soon("add-did");
        };
        view! {
            <Line says take>
                <label class="days-ago">
                    <input
                        type="text"
                        inputmode="decimal"
                        autocomplete="off"
                        aria-label=format!("{label}: days ago")
                        prop:value=did.days_ago.map(|days| days.to_string()).unwrap_or_default()
                        on:input=typed
                    />
                    <span aria-hidden="true">"days ago"</span>
                </label>
            </Line>
        }
    };
    let add = move |event| {
        let kind = event_target_value(&event);
        if !kind.is_empty() {
            supposing.reshape(|lead| lead.did.push(Did { kind, days_ago: Some(0.0), ..Did::default() }));
        }
    };
    let kinds = SIGNALS.map(|kind| {
        view! { <option value=kind>{words::signal(kind, &std::collections::BTreeMap::new())}</option> }
    });
    view! {
        <section class="card" aria-labelledby="what-did">
            <h3 id="what-did">"What they did"</h3>
            <ul class="supposed-list">
                <For each=keys key=|key| *key children=one />
            </ul>
            <div class="field">
                <label for="add-did">"Suppose they did something more"</label>
                <select id="add-did" on:change=add prop:value=move || {
                    supposing.shape.track();
                    ""
                }>
                    <option value="">"Choose what"</option>
                    {kinds}
                </select>
            </div>
        </section>
    }
}

#[component]
fn Outcome(supposing: Supposing) -> impl IntoView {
    let moved = move || {
        supposing.answer.with(|answer| {
            let answer = answer.as_ref()?;
            let now = points(&answer.live);
            let by = supposing.before.get().map_or(0, |before| now - before);
            let than = match by {
                0 => String::new(),
                by if by > 0 => format!(", {by} more than before"),
                by => format!(", {} less than before", -by),
            };
            let live = format!("{}{than}.", words::score(&answer.live.score.tier, now));
            Some(match &answer.draft {
                Some(draft) => {
                    format!("On the screen: {}. In force: {live}", words::score(&draft.score.tier, points(draft)))
                }
                None => live,
            })
        })
    };
    let queue = move |id: &str| supposing.desk.queue_name(id).unwrap_or_else(|| id.to_owned());
    let one = move |of: Supposed| {
        let points = points(&of);
        view! {
            {explained(of.score, of.learnt, points)}
            <p>
                "Goes to "
                <strong>{queue(&of.route.queue)}</strong>
                ": "
                <bdi>{of.route.says}</bdi>
            </p>
        }
    };
    let body = move || {
        let Some(WhatIfAnswer { live, draft }) = supposing.answer.get() else {
            return view! { <p class="quiet">"Reckoning\u{2026}"</p> }.into_any();
        };
        let has_draft = draft.is_some();
        let draft = draft.map(|draft| {
            view! {
                <section class="card" aria-labelledby="by-draft">
                    <h3 id="by-draft">"The card on the screen"</h3>
                    {one(draft)}
                </section>
            }
        });
        view! {
            {draft}
            <section class="card" aria-labelledby="by-live">
                <h3 id="by-live">{if has_draft { "The card in force" } else { "Its score" }}</h3>
                {one(live)}
            </section>
        }
        .into_any()
    };
    view! {
        <p class="moved" role="status">
            {moved}
        </p>
        {move || supposing.wrong.get().map(|why| view! { <p class="refused" role="alert">{why}</p> })}
        {body}
    }
}
