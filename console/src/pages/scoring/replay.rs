//! What would have been: the items of the past by the card on the screen, beside the card in force, with the items behind each
//! number. The edge hands out pages; whoever stops asking has cancelled.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::wire::scoring::{Replay, Replayed};

use super::editing::Scoring;
use super::report::{Pick, Report, Share, Side, TIERS};
use crate::api::{self, Failure};
use crate::app::{BASE, Desk, Leaving};
use crate::pages::item_path;
use crate::parts::{Bars, Tier, When};
use crate::{dom, words};

/// Items that are listed at once.
const LISTED: usize = 50;
const DAYS: [(u32, &str); 4] = [(7, "7 days"), (30, "30 days"), (90, "90 days"), (365, "365 days")];

/// A replay, while it goes on and after.
#[derive(Clone, Copy)]
struct Replaying {
    scoring: Scoring,
    desk: Desk,
    days: RwSignal<u32>,
    report: RwSignal<Report>,
    /// Whether it goes on.
    running: RwSignal<bool>,
    /// Whether it came to its end.
    done: RwSignal<bool>,
    /// Counts the replays: one that was stopped takes no more pages.
    turn: StoredValue<u32>,
    refused: RwSignal<Option<String>>,
    pick: RwSignal<Option<Pick>>,
}

impl Replaying {
    fn start(self) {
        let turn = self.turn.with_value(|turn| turn + 1);
        self.turn.set_value(turn);
        self.report.set(Report::default());
        self.pick.set(None);
        self.refused.set(None);
        self.done.set(false);
        self.running.set(true);
        let (card, days) = (self.scoring.written(), self.days.get_untracked());
        spawn_local(async move {
            let mut after = None;
            loop {
                let page = api::replay(&Replay { card: card.clone(), days, after: after.take() }).await;
                // It was stopped, or the page is gone.
                if self.turn.try_get_value() != Some(turn) {
                    return;
                }
                match page {
                    Ok(page) => {
                        after.clone_from(&page.next);
                        self.report.update(|report| report.take(page));
                        if after.is_none() {
                            self.done.set(true);
                            self.desk.say("The replay is done");
                            break;
                        }
                    }
                    Err(Failure::SignedOut) => return self.desk.signed_out(Leaving::Ended),
                    Err(failure) => {
                        self.refused.set(Some(failure.sentence()));
                        break;
                    }
                }
            }
            self.running.set(false);
        });
    }

    fn stop(self) {
        self.turn.update_value(|turn| *turn += 1);
        self.running.set(false);
        self.desk.say("The replay is stopped");
    }
}

/// `/console/scoring/replay`.
#[component]
pub fn ReplayPage() -> impl IntoView {
    let desk = Desk::here();
    dom::title("Replay");
    let replaying = Replaying {
        scoring: desk.scoring,
        desk,
        days: RwSignal::new(90),
        report: RwSignal::new(Report::default()),
        running: RwSignal::new(false),
        done: RwSignal::new(false),
        turn: StoredValue::new(0),
        refused: RwSignal::new(None),
        pick: RwSignal::new(None),
    };
    let is_other = Memo::new(move |_| desk.scoring.is_other());
    let options = DAYS.map(|(days, says)| {
        view! {
            <option value=days.to_string() prop:selected=move || replaying.days.get() == days>
                {says}
            </option>
        }
    });
    let progress = move || {
        let (done, of) = replaying.report.with(|report| (report.done(), report.of));
        (replaying.running.get() || of > 0).then(|| {
            let says = match (replaying.running.get(), replaying.done.get()) {
                (true, _) if of == 0 => "Beginning\u{2026}".to_owned(),
                (false, true) => format!("{} replayed.", words::counted(done as usize, "item", "items")),
                (false, false) => format!("Stopped after {done} of {of} items: what follows is of these."),
                (true, _) => format!("{done} of {of} items."),
            };
            view! {
                <div class="progress">
                    <p id="replayed">{says}</p>
                    <progress aria-labelledby="replayed" max=of.max(1) value=done></progress>
                </div>
            }
        })
    };
    let there = Memo::new(move |_| replaying.report.with(|report| !report.items.is_empty()));
    let nothing = move || {
        (replaying.done.get() && !there.get())
            .then(|| view! { <p class="quiet">"No item was opened in that time that could be replayed."</p> })
    };
    view! {
        <section class="card" aria-labelledby="replay">
            <h3 id="replay">"Had the card on the screen been in force"</h3>
            <p class="quiet">
                "Every item is scored and routed again, as of the moment when it was opened and on what was known then, by the card in force and by the one on the screen. Nothing is changed by it."
            </p>
            {move || {
                (!is_other.get())
                    .then(|| {
                        view! {
                            <p class="pale">
                                "The card on the screen is the one in force, so nothing will differ. "
                                <a href=format!("{BASE}/scoring")>"Change something first"</a> "."
                            </p>
                        }
                    })
            }}
            <div class="buttons">
                <label for="replay-days">"The last"</label>
                <select
                    id="replay-days"
                    class="short"
                    on:change=move |event| replaying.days.set(event_target_value(&event).parse().unwrap_or(90))
                >
                    {options}
                </select>
                {move || match replaying.running.get() {
                    true => view! {
                        <button class="button" on:click=move |_| replaying.stop()>
                            "Stop"
                        </button>
                    }
                    .into_any(),
                    false => view! {
                        <button class="button main" on:click=move |_| replaying.start()>
                            "Replay"
                        </button>
                    }
                    .into_any(),
                }}
            </div>
            {progress}
            {nothing}
            {move || replaying.refused.get().map(|why| view! { <p class="refused" role="alert">{why}</p> })}
        </section>
        <Show when=move || there.get()>
            <Found replaying />
        </Show>
    }
}

#[component]
fn Found(replaying: Replaying) -> impl IntoView {
    let report = replaying.report;
    let number = move |pick: Pick, count: usize, says: String| numbered(replaying, pick, count, says);
    let sums = move || {
        let (moved, rerouted, all) =
            report.with(|report| (report.count(&Pick::Moved), report.count(&Pick::Rerouted), report.items.len()));
        let (skipped, differ) = report.with(|report| (report.skipped, report.differ));
        let skipped = (skipped > 0).then(|| {
            view! {
                <p class="quiet">
                    {format!("{} left out: an earlier version did not keep what they were scored by.", words::counted(skipped as usize, "item is", "items are"))}
                </p>
            }
        });
        let differ = match differ {
            0 => view! {
                <p class="quiet">"By the card in force, every item that it decided comes out as it did then: this is exact."</p>
            }
            .into_any(),
            many => view! {
                <p class="pale">
                    {format!("{} now otherwise than when decided, by the same card. This should not be: tell whoever runs Usher.", words::counted(many as usize, "item comes out", "items come out"))}
                </p>
            }
            .into_any(),
        };
        view! {
            <ul class="sums">
                <li>{number(Pick::Moved, moved, format!("change their tier, of {all}"))}</li>
                <li>{number(Pick::Rerouted, rerouted, format!("change their queue, of {all}"))}</li>
            </ul>
            {ways(replaying)}
            {skipped}
            {differ}
        }
    };
    let chart = move || {
        let values = report.with(|report| {
            let pair = |tier: &str| [Side::Before, Side::After].map(|side| report.share(side, tier).items);
            TIERS.map(|tier| (tier.to_owned(), pair(tier))).to_vec()
        });
        view! {
            <Bars
                says="How many items are in each tier, by the card in force and by the one on the screen. The table has the numbers."
                pair=["Card in force", "Card on the screen"]
                values
            />
        }
    };
    view! {
        <section class="card" aria-labelledby="changes">
            <h3 id="changes">"What changes"</h3>
            {sums}
        </section>
        <section class="card" aria-labelledby="by-tier">
            <h3 id="by-tier">"By tier"</h3>
            {chart}
            <div class="scroll" tabindex="0" role="region" aria-labelledby="by-tier">
                <table class="figures">
                    <thead>
                        <tr>
                            <th scope="col">"Tier"</th>
                            <th scope="col">"In force"</th>
                            <th scope="col">"On the screen"</th>
                            <th scope="col">"Won, in force"</th>
                            <th scope="col">"Won, on the screen"</th>
                        </tr>
                    </thead>
                    <tbody>{move || TIERS.map(|tier| row(replaying, tier))}</tbody>
                </table>
            </div>
            <p class="quiet">"Won: of the leads that were decided. A good card wins more of its higher tiers."</p>
        </section>
        <List replaying />
    }
}

/// A number that shows its items.
fn numbered(replaying: Replaying, pick: Pick, count: usize, says: String) -> AnyView {
    if count == 0 {
        return view! { <span class="none">{format!("0 {says}").trim().to_owned()}</span> }.into_any();
    }
    let is_picked = {
        let pick = pick.clone();
        move || replaying.pick.with(|now| now.as_ref() == Some(&pick)).to_string()
    };
    let show = move |_| {
        replaying.pick.set(Some(pick.clone()));
        dom::focus_soon("behind");
    };
    view! {
        <button class="plain" type="button" aria-pressed=is_picked on:click=show>
            {count}
            <span class="hidden">" items"</span>
        </button>
        " "
        {says}
    }
    .into_any()
}

fn ways(replaying: Replaying) -> impl IntoView {
    let ways = replaying.report.with(Report::ways);
    let named = move |queue: &str| replaying.desk.queue_name(queue).unwrap_or_else(|| queue.to_owned());
    let line = move |(from, to, count): (String, String, usize)| {
        let says = format!("go to {} instead of {}", named(&to), named(&from));
        view! { <li>{numbered(replaying, Pick::Between(from, to), count, says)}</li> }
    };
    (!ways.is_empty()).then(|| view! { <ul class="sums">{ways.into_iter().map(line).collect_view()}</ul> })
}

fn row(replaying: Replaying, tier: &'static str) -> impl IntoView {
    let [before, after] = [Side::Before, Side::After].map(|side| {
        let share = replaying.report.with(|report| report.share(side, tier));
        (side, share)
    });
    let items = |(side, share): (Side, Share)| {
        numbered(replaying, Pick::Tier(side, tier.to_owned()), share.items, String::new())
    };
    let won = |(side, share): (Side, Share)| match share.win_rate() {
        Some(rate) => {
            let of = format!("of {}: {rate:.0} %", share.decided);
            numbered(replaying, Pick::Won(side, tier.to_owned()), share.won, of)
        }
        None => view! { <span class="none">"\u{2013}"</span> }.into_any(),
    };
    view! {
        <tr>
            <th scope="row">
                <Tier tier=Signal::stored(tier.to_owned()) />
            </th>
            <td>{items(before)}</td>
            <td>{items(after)}</td>
            <td>{won(before)}</td>
            <td>{won(after)}</td>
        </tr>
    }
}

/// The items behind a number.
#[component]
fn List(replaying: Replaying) -> impl IntoView {
    let shown = RwSignal::new(LISTED);
    Effect::new(move |_| {
        replaying.pick.track();
        shown.set(LISTED);
    });
    let queue = move |id: &str| replaying.desk.queue_name(id).unwrap_or_else(|| id.to_owned());
    let line = move |item: Replayed| {
        let to = if item.before.queue == item.after.queue {
            format!(
                "{} {}",
                words::counted_points(item.after.total),
                format_args!("(before {})", words::unsigned(item.before.total))
            )
        } else {
            format!("from {} to {}", queue(&item.before.queue), queue(&item.after.queue))
        };
        view! {
            <li class="replayed">
                <span class="tiers">
                    <Tier tier=Signal::stored(item.before.tier.clone()) />
                    <span aria-hidden="true">" \u{2192} "</span>
                    <span class="hidden">" becomes "</span>
                    <Tier tier=Signal::stored(item.after.tier.clone()) />
                </span>
                <a href=format!("{BASE}{}", item_path(&item.id))>
                    <bdi>{item.who}</bdi>
                </a>
                <span class="quiet">
                    {to} ", " <When at=Signal::stored(item.opened_at) />
                    {item.outcome.map(|became| format!(", {}", words::outcome(became).to_lowercase()))}
                </span>
            </li>
        }
    };
    move || {
        let pick = replaying.pick.get()?;
        let (count, items) = replaying.report.with(|report| {
            let mine = report.items.iter().filter(|item| pick.has(item));
            (report.count(&pick), mine.take(shown.get()).cloned().collect::<Vec<_>>())
        });
        let rest = count.saturating_sub(items.len());
        let title = says(&pick, &queue);
        Some(view! {
            <section class="card" aria-labelledby="behind">
                <h3 id="behind" tabindex="-1">
                    {format!("{title}: {}", words::counted(count, "item", "items"))}
                </h3>
                <ul class="replayed-list">{items.into_iter().map(line).collect_view()}</ul>
                {(rest > 0)
                    .then(|| {
                        view! {
                            <p>
                                <button class="button" on:click=move |_| shown.update(|shown| *shown += LISTED)>
                                    {format!("Show {} more of {rest}", rest.min(LISTED))}
                                </button>
                            </p>
                        }
                    })}
            </section>
        })
    }
}

fn says(pick: &Pick, queue: &impl Fn(&str) -> String) -> String {
    let by = |side: &Side| match side {
        Side::Before => "by the card in force",
        Side::After => "by the card on the screen",
    };
    match pick {
        Pick::Moved => "Those that change their tier".to_owned(),
        Pick::Rerouted => "Those that change their queue".to_owned(),
        Pick::Tier(side, tier) => format!("Those in {tier} {}", by(side)),
        Pick::Won(side, tier) => format!("Those won in {tier} {}", by(side)),
        Pick::Between(from, to) => format!("Those that go to {} instead of {}", queue(to), queue(from)),
    }
}
