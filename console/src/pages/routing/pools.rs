//! The pools: who is in each, how one is picked, and when they work. The hours of members are the Team page's.

use leptos::prelude::*;
use shared::wire::console::MemberRef;
use shared::wire::pool::{Pool, PoolMember, Strategy};

use super::Line;
use super::editing::Routing;
use super::hours::PoolHours;
use super::rules::whole;
use super::typed;
use crate::parts::{Number, Select, Text, Wrong, id_of};

/// A pool's strategies, in words.
const STRATEGIES: [(Strategy, &str); 4] = [
    (Strategy::Claim, "Nobody is picked: whoever is first takes it"),
    (Strategy::Ordered, "In order: the first who can take it"),
    (Strategy::WeightedFair, "Fair shares, by weight"),
    (Strategy::LeastLoaded, "Whoever has the fewest open items"),
];

/// Every pool, and one more.
#[component]
pub fn Pools(routing: Routing) -> impl IntoView {
    let pools = move || {
        routing.shape.track();
        let count = routing.table.with_untracked(|table| table.pools.len());
        (0..count).map(|at| view! { <One routing at /> }).collect_view()
    };
    view! {
        <section class="card" aria-labelledby="pools">
            <h2 id="pools">"Teams"</h2>
            <ul class="table-list">{pools}</ul>
            {move || {
                routing
                    .may_change()
                    .then(|| {
                        view! {
                            <p>
                                <button class="button" on:click=move |_| routing.add_pool()>
                                    "Add a team"
                                </button>
                            </p>
                        }
                    })
            }}
        </section>
    }
}

#[component]
fn One(routing: Routing, at: usize) -> impl IntoView {
    let path = format!("pools[{at}]");
    let name = Memo::new(move |_| {
        routing.table.with(|table| table.pools.get(at).map(|pool| pool.name.clone()).unwrap_or_default())
    });
    let about = Memo::new(move |_| {
        routing.table.with(|table| {
            let pool = table.pools.get(at)?;
            let how = STRATEGIES.iter().find(|(strategy, _)| *strategy == pool.strategy).map_or("", |(_, says)| says);
            let members = crate::words::counted(pool.members.len(), "member", "members");
            Some(format!("{members}. {how}"))
        })
    });
    view! {
        <Line routing path=path.clone() title=name about=move || about.get().unwrap_or_default()>
            <PoolForm routing at path=path.clone() />
        </Line>
    }
}

#[component]
fn PoolForm(routing: Routing, at: usize, path: String) -> impl IntoView {
    let wrong = routing.wrong;
    let of = move |what: fn(&Pool) -> String| {
        Memo::new(move |_| routing.table.with(|table| table.pools.get(at).map(what).unwrap_or_default()))
    };
    let members =
        routing.view.with_untracked(|view| view.as_ref().map(|view| view.members.clone()).unwrap_or_default());
    let others = routing.table.with_untracked(|table| {
        let others = table.pools.iter().enumerate().filter(|(index, _)| *index != at);
        others.map(|(_, pool)| (pool.id.clone(), pool.name.clone())).collect::<Vec<_>>()
    });
    let wider = std::iter::once((String::new(), "Nobody".to_owned())).chain(others).collect::<Vec<_>>();
    let strategies = STRATEGIES.map(|(strategy, says)| (strategy.tag().to_owned(), says.to_owned()));
    let present =
        Memo::new(move |_| routing.table.with(|table| table.pools.get(at).is_some_and(|pool| pool.present_only)));
    view! {
        <fieldset class="bare table-form" disabled=move || !routing.may_change()>
            <Text
                wrong
                field=format!("{path}.name")
                label="Name"
                help="The visitor reads it on the receipt"
                value=of(|pool| pool.name.clone())
                set=move |text| routing.pool(at, |pool| pool.name = text)
            />
            <div class="table-fields">
                <Select
                    wrong
                    field=format!("{path}.strategy")
                    label="Who gets an item"
                    choices=strategies.to_vec()
                    value=of(|pool| pool.strategy.tag().to_owned())
                    set=move |tag| {
                        if let Some(strategy) = Strategy::ALL.into_iter().find(|it| it.tag() == tag) {
                            routing.pool(at, |pool| pool.strategy = strategy);
                        }
                    }
                />
                <Select
                    wrong
                    field=format!("{path}.widen_to")
                    label="Who helps out when a promise is in danger"
                    choices=wider
                    value=of(|pool| pool.widen_to.clone().unwrap_or_default())
                    set=move |id| routing.pool(at, |pool| pool.widen_to = Some(id).filter(|id| !id.is_empty()))
                />
            </div>
            <label class="check">
                <input
                    type="checkbox"
                    prop:checked=present
                    on:change=move |event| routing.pool(at, |pool| pool.present_only = event_target_checked(&event))
                />
                "Only those who have a console open"
            </label>
            <PoolHours routing at path=path.clone() />
            <fieldset class="field" aria-describedby=format!("{}-wrong", id_of(&format!("{path}.members")))>
                <legend>"Members, and their weights"</legend>
                <Wrong wrong field=format!("{path}.members") />
                <ul class="table-members">
                    {members.into_iter().map(|member| view! { <Seat routing at member /> }).collect_view()}
                </ul>
            </fieldset>
            <p class="table-ways">
                <button class="plain" type="button" on:click=move |_| routing.remove_pool(at)>
                    "Remove this team"
                </button>
            </p>
        </fieldset>
    }
}

/// A member, in the pool or not.
#[component]
fn Seat(routing: Routing, at: usize, member: MemberRef) -> impl IntoView {
    let id = StoredValue::new(member.id);
    let place = Memo::new(move |_| {
        routing.table.with(|table| {
            let members = &table.pools.get(at)?.members;
            id.with_value(|id| members.iter().find(|place| place.member == *id).map(|place| place.weight))
        })
    });
    let is_in = Memo::new(move |_| place.get().is_some());
    let turn = move |on: bool| {
        routing.pool(at, |pool| {
            pool.members.retain(|place| id.with_value(|id| place.member != *id));
            if on {
                pool.members.push(id.with_value(|id| PoolMember::from(id.as_str())));
            }
        });
    };
    let most = RwSignal::new(routing.table.with_untracked(|table| {
        let members = table.pools.get(at).map_or(&[][..], |pool| &pool.members);
        let mine = members.iter().find(|place| id.with_value(|id| place.member == *id));
        typed::most_to_text(mine.and_then(|place| place.most))
    }));
    let field = move |of: &str| {
        let index = routing.table.with_untracked(|table| {
            let members = &table.pools.get(at)?.members;
            members.iter().position(|place| id.with_value(|id| place.member == *id))
        });
        format!("pools[{at}].members[{}].{of}", index.unwrap_or(0))
    };
    let change = move |change: &dyn Fn(&mut PoolMember)| {
        routing.pool(at, |pool| {
            if let Some(place) = pool.members.iter_mut().find(|place| id.with_value(|id| place.member == *id)) {
                change(place);
            }
        });
    };
    let name = member.name.clone();
    view! {
        <li>
            <label class="check">
                <input
                    type="checkbox"
                    prop:checked=is_in
                    on:change=move |event| turn(event_target_checked(&event))
                />
                <bdi>{member.name}</bdi>
            </label>
            {move || {
                is_in
                    .get()
                    .then(|| {
                        view! {
                            <Number
                                wrong=routing.wrong
                                field=field("weight")
                                label=format!("Weight of {name}")
                                value=Memo::new(move |_| place.get().map(f64::from))
                                set=move |number| change(&|place| place.weight = whole(number).unwrap_or(0))
                            />
                            <Text
                                wrong=routing.wrong
                                field=field("most")
                                label=format!("Most of {name}, as 3 in 60 minutes")
                                value=most
                                set=move |text| {
                                    most.set(text.clone());
                                    change(&|place| place.most = typed::most(&text));
                                }
                            />
                        }
                    })
            }}
        </li>
    }
}
