//! `/console/team`: what is at risk now, who is there and has how much to do, and each one's share; for whoever manages, also
//! when they work.

mod plan;

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::wire::console::ItemRow;
use shared::wire::team::{MemberView, PoolView, SeatView, TeamView};

use crate::api::{self, Failure};
use crate::app::{BASE, Desk, Leaving};
use crate::pages::item_path;
use crate::parts::{Due, Notice, Tier, Waiting};
use crate::{clock, dom, words};

use plan::PlanForm;

/// What is known of the team.
#[derive(Clone, Copy)]
pub struct Board {
    desk: Desk,
    view: RwSignal<Option<TeamView>>,
    failure: RwSignal<Option<String>>,
    busy: StoredValue<bool>,
    /// Whether something happened while it was read.
    again: StoredValue<bool>,
}

impl Board {
    /// Takes what was read, where it says anything new.
    pub fn take(self, view: TeamView) {
        let _ = self.failure.try_set(None);
        if self.view.try_with_untracked(|known| known.as_ref() == Some(&view)) == Some(false) {
            self.view.set(Some(view));
        }
    }

    fn read(self) {
        if self.busy.try_get_value() != Some(false) {
            let _ = self.again.try_set_value(true);
            return;
        }
        self.busy.set_value(true);
        self.again.set_value(false);
        spawn_local(async move {
            let answer = api::team().await;
            let _ = self.busy.try_set_value(false);
            self.heard(answer);
            if self.again.try_get_value() == Some(true) {
                self.read();
            }
        });
    }

    fn heard(self, answer: api::Answer<TeamView>) {
        match answer {
            Ok(view) => self.take(view),
            Err(Failure::SignedOut) => self.desk.signed_out(Leaving::Ended),
            Err(failure) => {
                let _ = self.failure.try_set(Some(failure.sentence()));
            }
        }
    }

    /// Says that a colleague is away, or there again.
    fn turn(self, member: String, away: bool) {
        spawn_local(async move {
            let answer = api::say_away(&member, away).await;
            if answer.is_ok() {
                self.desk.say("Saved");
            }
            self.heard(answer);
        });
    }
}

/// The page.
#[component]
pub fn TeamPage() -> impl IntoView {
    let desk = Desk::here();
    desk.place.set(Some("/team".to_owned()));
    dom::title("Team");
    let board = Board {
        desk,
        view: RwSignal::new(None),
        failure: RwSignal::new(None),
        busy: StoredValue::new(false),
        again: StoredValue::new(false),
    };
    // The first reading, one for each opening of the connection, and one whenever an item changes.
    Effect::new(move |_| {
        desk.opening.track();
        desk.changes.track();
        board.read();
    });
    request_animation_frame(|| {
        if dom::focus_is_free() {
            dom::focus("page");
        }
    });
    let is_there = Memo::new(move |_| board.view.with(Option::is_some));
    let body = move || {
        if is_there.get() {
            view! { <Shown board /> }.into_any()
        } else if let Some(why) = board.failure.get() {
            view! {
                <Notice title="The team could not be read">
                    <p role="alert">{why}</p>
                    <p>
                        <button class="button main" on:click=move |_| board.read()>
                            "Try again"
                        </button>
                    </p>
                </Notice>
            }
            .into_any()
        } else {
            view! { <Waiting lines=8 /> }.into_any()
        }
    };
    view! {
        <div class="page">
            <header class="page-head">
                <h1 id="page" tabindex="-1">
                    "Team"
                </h1>
            </header>
            {body}
        </div>
    }
}

#[component]
fn Shown(board: Board) -> impl IntoView {
    let risk =
        Memo::new(move |_| board.view.with(|view| view.as_ref().map(|it| it.at_risk.clone()).unwrap_or_default()));
    let pools =
        Memo::new(move |_| board.view.with(|view| view.as_ref().map(|it| it.pools.clone()).unwrap_or_default()));
    let ids = Memo::new(move |_| {
        let members = |view: &TeamView| view.members.iter().map(|it| it.member.id.clone()).collect::<Vec<_>>();
        board.view.with(|view| view.as_ref().map(members).unwrap_or_default())
    });
    view! {
        {move || board.failure.get().map(|why| view! { <p class="refused" role="alert">{why}</p> })}
        <section class="card" aria-labelledby="risk">
            <h2 id="risk">"At risk now"</h2>
            {move || risk.with(Vec::is_empty).then(|| view! { <p class="quiet">"No promise is in danger."</p> })}
            <ul class="risks">
                <For each=move || risk.get() key=|row| (row.id.clone(), row.changed) children=|row| view! { <Risk row /> } />
            </ul>
        </section>
        <section class="card" aria-labelledby="members">
            <h2 id="members">"Who is there"</h2>
            <ul class="crew">
                <For each=move || ids.get() key=|id| id.clone() children=move |id| view! { <Member board id /> } />
            </ul>
        </section>
        {move || pools.get().into_iter().map(|pool| view! { <Pool pool /> }).collect_view()}
    }
}

#[component]
fn Risk(row: ItemRow) -> impl IntoView {
    let desk = Desk::here();
    let queue = desk.queue_name(&row.queue).unwrap_or_default();
    let href = format!("{BASE}{}", item_path(&row.id));
    let owner = words::state(&row, &desk.my_id());
    let tier = row.tier.clone();
    let (who, summary) = (row.who.clone(), row.summary.clone());
    view! {
        <li>
            <Tier tier=Signal::stored(tier) />
            <a href=href>
                <bdi class="who">{who}</bdi>
                " "
                <span class="summary" dir="auto">
                    {summary}
                </span>
            </a>
            <Due row=Signal::stored(row) />
            <span class="quiet">{owner} ", " {queue}</span>
        </li>
    }
}

#[component]
fn Member(board: Board, id: String) -> impl IntoView {
    let of = {
        let id = id.clone();
        move |view: &TeamView| view.members.iter().find(|it| it.member.id == id).cloned()
    };
    let member = Memo::new(move |_| board.view.with(|view| view.as_ref().and_then(&of)));
    let manages = Memo::new(move |_| board.view.with(|view| view.as_ref().is_some_and(|it| it.manages)));
    let editing = RwSignal::new(false);
    let id = StoredValue::new(id);
    let close = Callback::new(move |()| {
        editing.set(false);
        plan::back_to(&id.get_value());
    });
    let name = move || member.with(|it| it.as_ref().map(|it| it.member.name.clone()));
    let there = move || member.with(|it| it.as_ref().map_or("", presence_tag));
    let says = move || member.with(|it| it.as_ref().map(presence));
    let load = move || member.with(|it| it.as_ref().map(load));
    let away = Memo::new(move |_| member.with(|it| it.as_ref().is_some_and(|it| it.away)));
    let buttons = move || {
        manages.get().then(|| {
            view! {
                <span class="crew-buttons">
                    <button class="plain" on:click=move |_| board.turn(id.get_value(), !away.get_untracked())>
                        {move || if away.get() { "Say they are back" } else { "Say they are away" }}
                        <span class="hidden">": " {name}</span>
                    </button>
                    <button
                        class="plain"
                        id=plan::button_id(&id.get_value())
                        aria-expanded=move || editing.get().to_string()
                        on:click=move |_| editing.update(|it| *it = !*it)
                    >
                        "Change hours"
                        <span class="hidden">" of " {name}</span>
                    </button>
                </span>
            }
        })
    };
    let form = move || {
        let member = if editing.get() { member.get_untracked() } else { None };
        member.map(|member| view! { <PlanForm board member close /> })
    };
    view! {
        <li>
            <div class="crew-line">
                <b>
                    <bdi>{name}</bdi>
                </b>
                <span class="there" data-there=there>
                    {says}
                </span>
                <span>{load}</span>
                {buttons}
            </div>
            {form}
        </li>
    }
}

fn presence_tag(member: &MemberView) -> &'static str {
    match (member.away, member.present) {
        (true, _) => "away",
        (false, true) => "there",
        (false, false) => "not-there",
    }
}

fn presence(member: &MemberView) -> &'static str {
    match (member.away, member.present) {
        (true, _) => "Away",
        (false, true) => "At the console",
        (false, false) => "No console open",
    }
}

fn load(member: &MemberView) -> String {
    let open = match (member.open, member.plan.capacity.total) {
        (open, Some(most)) => format!("{open} of {most} open"),
        (open, None) => format!("{open} open"),
    };
    let given = if member.given > 0 { format!(", {} not accepted yet", member.given) } else { String::new() };
    let takes = match member.accepts_in {
        Some(0) => ", accepts within a minute".to_owned(),
        Some(minutes) => format!(", accepts in {minutes} min"),
        None => String::new(),
    };
    format!("{open}{given}{takes}")
}

/// One pool: where it shares, each one's share against what they were given.
#[component]
fn Pool(pool: PoolView) -> impl IntoView {
    let id = format!("pool-{}", pool.id);
    let shares = pool.strategy == "weighted_fair";
    let how = match pool.strategy.as_str() {
        "claim" => "Whoever is first takes an item.",
        "ordered" => "The first who can take an item gets it.",
        "weighted_fair" => "Each gets their share of the items, by weight.",
        "least_loaded" => "Whoever has the fewest open items gets the next one.",
        _ => "",
    };
    let waiting = (pool.waiting > 0).then(|| {
        format!("{} for somebody who can take them.", words::counted(pool.waiting as usize, "item waits", "items wait"))
    });
    let total: u32 = pool.seats.iter().map(|seat| seat.given).sum();
    let rows = pool.seats.into_iter().map(|seat| view! { <Seat seat shares total /> }).collect_view();
    view! {
        <section class="card" aria-labelledby=id.clone()>
            <h2 id=id.clone()>{pool.name}</h2>
            <p class="quiet">
                {how} " " {waiting}
            </p>
            <table class="seats">
                <thead>
                    <tr>
                        <th scope="col">"Member"</th>
                        {shares
                            .then(|| {
                                view! {
                                    <th scope="col" class="number extra">"Share"</th>
                                    <th scope="col" class="number">"Given"</th>
                                    <th scope="col" class="number extra">"Behind"</th>
                                }
                            })}
                        <th scope="col">"Now"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </section>
    }
}

#[component]
fn Seat(seat: SeatView, shares: bool, total: u32) -> impl IntoView {
    let percent = |thousandths: u32| format!("{}.{} %", thousandths / 10, thousandths % 10);
    let given = (seat.given * 1_000).checked_div(total).map_or(String::new(), |part| format!(" ({})", percent(part)));
    let behind = format!(
        "{}{}.{:02}",
        if seat.behind < 0 { "\u{2212}" } else { "" },
        seat.behind.abs() / 100,
        seat.behind.abs() % 100
    );
    let owed = (seat.owed > 0).then(|| format!(", {} owed", seat.owed));
    let (tag, now) = match seat.cannot {
        None => ("can", "Can take an item".to_owned()),
        Some(it) => {
            let until = it.until.map(|until| format!(", until {}", clock::in_short(&until))).unwrap_or_default();
            ("cannot", format!("{}{until}", words::sentence(&it.says).trim_end_matches('.')))
        }
    };
    view! {
        <tr>
            <th scope="row">
                <bdi>{seat.member.name}</bdi>
            </th>
            {shares
                .then(|| {
                    view! {
                        <td class="number extra">{percent(seat.share)}</td>
                        <td class="number">{seat.given} {given}</td>
                        <td class="number extra">{behind} {owed}</td>
                    }
                })}
            <td data-now=tag>{now}</td>
        </tr>
    }
}
