//! The parts of an item's page, each drawn from its own part of the answer.

use leptos::prelude::*;
use shared::wire::console::{
    ConsentView, Event, FeedbackView, ItemRow, SourceView, SubmissionView, TimerState, TimerView, ValueView,
};
use shared::wire::file::Uploaded;

use crate::app::{BASE, Desk};
use crate::pages::{deliveries_of_item, item_path};
use crate::parts::{Partner, When};
use crate::when;
use crate::{clock, words};

/// A longer value is folded: it must not push everything else off the screen.
const FOLD_ABOVE_CHARS: usize = 1_200;
const FOLD_ABOVE_LINES: usize = 16;

/// A heading, and what stands under it.
#[component]
pub(super) fn Section(
    /// The heading.
    title: &'static str,
    /// Names the heading in the document.
    id: &'static str,
    children: Children,
) -> impl IntoView {
    view! {
        <section class="card" aria-labelledby=id>
            <h2 id=id>{title}</h2>
            {children()}
        </section>
    }
}

/// What was sent, with the item's id.
#[component]
pub fn Sent(of: Memo<(String, SubmissionView)>) -> impl IntoView {
    view! {
        <Section title="What was sent" id="sent">
            {move || {
                let (item, sent) = of.get();
                let values = sent.values.into_iter().map(|it| value(&item, it)).collect_view();
                let consents = sent.consents.into_iter().map(agreed).collect_view();
                let complaint = sent.complaint.map(|why| {
                    view! {
                        <p>
                            <strong>"This is a complaint. "</strong>
                            <bdi>{why}</bdi>
                        </p>
                    }
                });
                view! {
                    {complaint}
                    <dl class="values">{values}</dl>
                    {consents}
                    <p class="quiet">
                        <bdi>{sent.form}</bdi>
                        ", sent "
                        <When at=Signal::stored(sent.received_at) />
                    </p>
                }
            }}
        </Section>
    }
}

/// A sentence that was agreed to, and what it permits.
fn agreed(it: ConsentView) -> impl IntoView {
    view! {
        <p class="quiet">
            "Agreed to \u{201c}"
            <bdi lang=it.lang>{it.text}</bdi>
            "\u{201d} for "
            <bdi>{it.purpose}</bdi>
            ", wording "
            <bdi>{it.version}</bdi>
        </p>
    }
}

fn value(item: &str, it: ValueView) -> impl IntoView + use<> {
    let file = it.file.map(|file| attached(item, file));
    let folds = it.value.chars().count() > FOLD_ABOVE_CHARS || it.value.lines().count() > FOLD_ABOVE_LINES;
    let folded = RwSignal::new(folds);
    let label = it.label.clone();
    let unfold = move || {
        let label = label.clone();
        folds.then(|| {
            view! {
                <button
                    class="plain"
                    aria-expanded=move || (!folded.get()).to_string()
                    on:click=move |_| folded.update(|it| *it = !*it)
                >
                    {move || if folded.get() { "Show all of it" } else { "Show less" }}
                    <span class="hidden">{format!(": {label}")}</span>
                </button>
            }
        })
    };
    let given = if let Some(file) = file {
        file.into_any()
    } else if it.value.is_empty() {
        view! { <span class="quiet">"Left empty"</span> }.into_any()
    } else {
        view! {
            <div class="given" class:folded=folded dir="auto">
                {it.value}
            </div>
            {unfold}
        }
        .into_any()
    };
    view! {
        <div>
            <dt dir="auto">{it.label}</dt>
            <dd>{given}</dd>
        </div>
    }
}

/// A file, to be fetched and kept: never opened in this page.
fn attached(item: &str, file: Uploaded) -> impl IntoView + use<> {
    let address = format!("/v1/console/items/{item}/files/{}", file.id);
    let what = words::file(file.kind, file.bytes);
    let name = file.name.clone();
    view! {
        <a href=address download=file.name rel="external">
            <bdi>{name}</bdi>
        </a>
        " "
        <span class="quiet">{what}</span>
    }
}

/// What happened since, with the item's id.
#[component]
pub fn History(of: Memo<(String, Vec<Event>)>, desk: Desk) -> impl IntoView {
    let line = move |event: Event| {
        let (what, text) = words::event(&event, &desk.my_id());
        view! {
            <li>
                <p>
                    <bdi>{what}</bdi>
                    " "
                    <span class="at">
                        <When at=Signal::stored(event.at) />
                    </span>
                </p>
                {text
                    .map(|text| {
                        view! {
                            <p class="said" dir="auto">
                                {text}
                            </p>
                        }
                    })}
            </li>
        }
    };
    view! {
        <Section title="What happened since" id="since">
            {move || {
                let (_, events) = of.get();
                if events.is_empty() {
                    view! { <p class="quiet">"Nothing yet."</p> }.into_any()
                } else {
                    view! { <ol class="line">{events.into_iter().map(line).collect_view()}</ol> }.into_any()
                }
            }}
            {move || {
                desk.operates
                    .get()
                    .then(|| {
                        let path = move || format!("{BASE}{}", of.with(|(id, _)| deliveries_of_item(id)));
                        view! {
                            <p>
                                <a href=path>"Deliveries of this item"</a>
                            </p>
                        }
                    })
            }}
        </Section>
    }
}

/// How satisfied the visitor was, where they said so.
#[component]
pub fn Feedback(of: Memo<Vec<FeedbackView>>) -> impl IntoView {
    let line = |it: FeedbackView| {
        let (full, empty) = (usize::from(it.stars.min(5)), usize::from(5_u8.saturating_sub(it.stars)));
        let stars = format!("{}{}", "\u{2605}".repeat(full), "\u{2606}".repeat(empty));
        view! {
            <li>
                <p>
                    <span class="stars" aria-hidden="true" data-low=(it.stars <= 2).then_some("")>
                        {stars}
                    </span>
                    " "
                    {format!("{} of 5", it.stars)}
                    " "
                    <span class="at">
                        <When at=Signal::stored(it.at) />
                    </span>
                </p>
                {(!it.text.is_empty())
                    .then(|| {
                        view! {
                            <p class="said" dir="auto">
                                {it.text}
                            </p>
                        }
                    })}
            </li>
        }
    };
    move || {
        let all = of.get();
        (!all.is_empty()).then(|| {
            view! {
                <Section title="How satisfied they were" id="feedback">
                    <ol class="line">{all.into_iter().map(line).collect_view()}</ol>
                </Section>
            }
        })
    }
}

/// What it is the same as, and what is the same as it.
#[component]
pub fn Duplicates(of: Memo<(Option<ItemRow>, Vec<ItemRow>)>, desk: Desk) -> impl IntoView {
    let link = move |row: ItemRow| {
        let state = words::state(&row, &desk.my_id());
        view! {
            <a href=format!("{BASE}{}", item_path(&row.id))>
                <span class="code">{row.reference}</span>
            </a>
            " "
            <span class="quiet">
                <bdi>{row.summary}</bdi>
                " \u{b7} "
                <bdi>{state}</bdi>
                " \u{b7} "
                <When at=Signal::stored(row.opened_at) />
            </span>
        }
    };
    move || {
        let (original, same) = of.get();
        view! {
            {original
                .map(|row| {
                    view! { <p class="duplicate">"The same as " {link(row)} ": it is worked on there."</p> }
                })}
            {(!same.is_empty())
                .then(|| {
                    let lines = same.into_iter().map(|row| view! { <li>{link(row)}</li> }).collect_view();
                    view! {
                        <div class="duplicate">
                            <p>"The same was sent again:"</p>
                            <ul>{lines}</ul>
                        </div>
                    }
                })}
        }
    }
}

/// What was promised.
#[component]
pub fn Promises(of: Memo<Vec<TimerView>>, desk: Desk) -> impl IntoView {
    let line = move |it: TimerView| {
        let due = when::millis(&it.due_at);
        let running = it.state == TimerState::Running;
        let left = move || match due {
            Some(due) if running => when::due(desk.now.get(), due),
            _ => String::new(),
        };
        let tag = match it.state {
            TimerState::Running => "running",
            TimerState::Met => "met",
            TimerState::Missed => "missed",
            TimerState::Due => "due",
            TimerState::Dropped => "dropped",
            TimerState::Paused => "paused",
        };
        view! {
            <div>
                <dt>{words::timer(&it.kind)}</dt>
                <dd>
                    <span class="kept" data-kept=tag>
                        {words::timer_state(it.state)}
                    </span>
                    " "
                    <span class="moment">
                        "due "
                        <time datetime=it.due_at.clone() title=clock::in_full(&it.due_at)>
                            {clock::in_short(&it.due_at)}
                        </time>
                    </span>
                    " "
                    <span class="left">{left}</span>
                </dd>
            </div>
        }
    };
    view! {
        <Section title="Promises" id="promises">
            {move || {
                let timers = of.get();
                if timers.is_empty() {
                    view! { <p class="quiet">"Nothing was promised."</p> }.into_any()
                } else {
                    view! { <dl class="pairs">{timers.into_iter().map(line).collect_view()}</dl> }.into_any()
                }
            }}
        </Section>
    }
}

/// Where it came from.
#[component]
pub fn Source(of: Memo<SourceView>) -> impl IntoView {
    view! {
        <Section title="Where it came from" id="source">
            {move || {
                let source = of.get();
                let campaign = source
                    .campaign
                    .into_iter()
                    .map(|(key, value)| {
                        view! {
                            <div>
                                <dt>{words::campaign(&key)}</dt>
                                <dd>
                                    <bdi class="value">{value}</bdi>
                                </dd>
                            </div>
                        }
                    })
                    .collect_view();
                let referrer = if source.referrer.is_empty() {
                    view! { <span class="quiet">"Not known"</span> }.into_any()
                } else {
                    view! { <bdi class="value">{source.referrer}</bdi> }.into_any()
                };
                view! {
                    <dl class="pairs">
                        <div>
                            <dt>"Site"</dt>
                            <dd>
                                <bdi>{source.site}</bdi>
                                " "
                                {source.partner.then(|| view! { <Partner /> })}
                            </dd>
                        </div>
                        <div>
                            <dt>"Page"</dt>
                            <dd>{page(source.title, source.url)}</dd>
                        </div>
                        <div>
                            <dt>"Came from"</dt>
                            <dd>{referrer}</dd>
                        </div>
                        {campaign}
                    </dl>
                }
            }}
        </Section>
    }
}

/// A page's title and address. Only what is an address of the web becomes a link: the rest came from a stranger.
fn page(title: String, url: String) -> impl IntoView {
    let is_web = url.starts_with("https://") || url.starts_with("http://");
    let address = if url.is_empty() {
        view! { <span class="quiet">"Not known"</span> }.into_any()
    } else if is_web {
        let href = url.clone();
        view! {
            <a class="value" href=href rel="noreferrer noopener" target="_blank">
                <bdi>{url}</bdi>
                <span class="hidden">" (opens in a new tab)"</span>
            </a>
        }
        .into_any()
    } else {
        view! { <bdi class="value">{url}</bdi> }.into_any()
    };
    view! {
        <bdi class="page-title">{title}</bdi>
        " "
        {address}
    }
}
