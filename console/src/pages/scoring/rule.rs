//! One rule of the card: a line that says what it gives, and its form where it is open.

use leptos::prelude::*;
use shared::wire::card::{Amount, Band, Bounds, Branch, Count, Customers, Events, Group, Scale, ScoreRule, Sum};
use shared::wire::sites::Named;

use super::condition::{Condition, Facts, of_signals};
use super::editing::Scoring;
use crate::parts::{Number, Select, Several, Text, Wrong, id_of};
use crate::{dom, words};

/// The signals that the widget sends.
pub const SIGNALS: [&str; 13] = [
    "page_viewed",
    "pricing_viewed",
    "plan_focused",
    "period_switched",
    "seats_changed",
    "compare_opened",
    "cta_clicked",
    "pricing_left",
    "event",
    "form_started",
    "prompt_shown",
    "prompt_answered",
    "prompt_dismissed",
];

/// A number that must be given, as it is typed.
pub fn amount(typed: Option<f64>) -> Amount {
    Amount(typed.unwrap_or(f64::NAN))
}

/// The line of a rule, and its form where it is open.
#[component]
pub fn Rule(scoring: Scoring, at: usize, facts: Facts) -> impl IntoView {
    let is_open = Memo::new(move |_| scoring.open.get() == Some(at));
    let inside = format!("card.rules[{at}]");
    let wrongs = {
        let inside = inside.clone();
        Memo::new(move |_| scoring.wrong.with(|all| all.iter().filter(|it| it.field.starts_with(&inside)).count()))
    };
    let hints = {
        let inside = inside.clone();
        Memo::new(move |_| scoring.hints.with(|all| all.iter().filter(|it| it.path.starts_with(&inside)).count()))
    };
    let says = scoring.of_rule(at, |rule| rule.says.clone());
    let gives = scoring.of_rule(at, gives);
    let mark = move || match (wrongs.get(), hints.get()) {
        (0, 0) => None,
        (0, odd) => Some(view! { <span class="mark odd">{words::counted(odd, "hint", "hints")}</span> }),
        (wrong, _) => Some(view! { <span class="mark wrong">{words::counted(wrong, "problem", "problems")}</span> }),
    };
    let toggle = move |_| scoring.open.set((!is_open.get_untracked()).then_some(at));
    let name = move || says.with(|says| if says.is_empty() { "A new rule".to_owned() } else { says.clone() });
    view! {
        <li class="rule-line" class:open=is_open>
            <h4>
                <button class="rule-head" type="button" aria-expanded=move || is_open.get().to_string() on:click=toggle
                    id=format!("{}-head", id_of(&inside))>
                    <bdi class="rule-says">{name}</bdi>
                    {mark}
                    <span class="points">{gives}</span>
                </button>
            </h4>
            <Show when=move || is_open.get()>
                <Form scoring at facts />
            </Show>
        </li>
    }
}

#[component]
fn Form(scoring: Scoring, at: usize, facts: Facts) -> impl IntoView {
    let path = format!("card.rules[{at}]");
    let when = scoring.card.with_untracked(|card| card.rules.get(at).map(|rule| rule.when.clone())).unwrap_or_default();
    let gives = scoring.of_rule(at, kind_of);
    let kinds = [
        ("points", "Always the same points"),
        ("first", "The points of the first case that holds"),
        ("sum", "Points by a number"),
        ("events", "Points by what they did"),
        ("", "Choose"),
    ];
    let groups = [("fit", "Fit"), ("intent", "Intent"), ("relationship", "Relationship")];
    let choices = |choices: &[(&str, &str)]| -> Vec<(String, String)> {
        choices.iter().map(|(tag, says)| ((*tag).to_owned(), (*says).to_owned())).collect()
    };
    let wrong = scoring.wrong;
    let body = move || match gives.get() {
        "points" => view! { <Points scoring at /> }.into_any(),
        "first" => view! { <Cases scoring at facts /> }.into_any(),
        "sum" => view! { <BySum scoring at facts /> }.into_any(),
        "events" => view! { <ByEvents scoring at /> }.into_any(),
        _ => ().into_any(),
    };
    let hints = {
        let inside = path.clone();
        move || {
            let mine = |all: &Vec<shared::wire::scoring::HintView>| {
                let mine = all.iter().filter(|it| it.path.starts_with(&inside)).map(|it| words::sentence(&it.says));
                mine.map(|says| view! { <p class="pale">{says}</p> }).collect_view()
            };
            scoring.hints.with(mine)
        }
    };
    view! {
        <fieldset class="rule-form" disabled=!untrack(|| scoring.may_change()) id=id_of(&path) tabindex="-1">
            <legend class="hidden">"The rule"</legend>
            {hints}
            <Text
                wrong
                field=format!("{path}.says")
                label="In plain words"
                help="Staff read it on each item that it counts for."
                value=scoring.of_rule(at, |rule| rule.says.clone())
                set=move |text| scoring.change_rule(at, |rule| rule.says = text)
            />
            <Condition
                scoring
                path=format!("{path}.when")
                label="Counts when"
                always="Always: it counts for everybody."
                facts
                value=when
                set=move |value| scoring.change_rule(at, |rule| rule.when = value)
            />
            <div class="field-row">
                <Select
                    wrong
                    field=format!("{path}.gives")
                    label="What it gives"
                    choices=choices(kinds.get(..if kind_is_none(scoring, at) { 5 } else { 4 }).unwrap_or_default())
                    value=Signal::derive(move || gives.get().to_owned())
                    set=move |tag| scoring.change_rule(at, |rule| give(rule, &tag))
                />
                <Select
                    wrong
                    field=format!("{path}.group")
                    label="Counts in"
                    choices=choices(&groups)
                    value=scoring.of_rule(at, |rule| rule.group.map(group_tag).unwrap_or_default().to_owned())
                    set=move |tag| {
                        scoring.reshape(|card| {
                            if let Some(rule) = card.rules.get_mut(at) {
                                rule.group = group_of(&tag);
                            }
                        });
                        dom::focus_soon(id_of(&format!("card.rules[{at}].group")));
                    }
                />
            </div>
            <Wrong wrong field=path.clone() />
            {body}
            <More scoring at />
            <p class="row-ways">
                <button
                    class="plain"
                    type="button"
                    on:click=move |_| {
                        let group = scoring
                            .card
                            .with_untracked(|card| card.rules.get(at).and_then(|rule| rule.group))
                            .unwrap_or(Group::Fit);
                        scoring.open.set(None);
                        scoring
                            .reshape(|card| {
                                if at < card.rules.len() {
                                    card.rules.remove(at);
                                }
                            });
                        dom::focus_soon(format!("add-{}", group_tag(group)));
                    }
                >
                    "Remove this rule"
                </button>
            </p>
        </fieldset>
    }
}

fn kind_is_none(scoring: Scoring, at: usize) -> bool {
    scoring.card.with_untracked(|card| card.rules.get(at).is_none_or(|rule| kind_of(rule).is_empty()))
}

#[component]
fn Points(scoring: Scoring, at: usize) -> impl IntoView {
    view! {
        <Number
            wrong=scoring.wrong
            field=format!("card.rules[{at}].points")
            label="Points"
            help="Negative takes."
            value=scoring.of_rule(at, |rule| rule.points.map(|it| it.0))
            set=move |typed| scoring.change_rule(at, |rule| rule.points = Some(amount(typed)))
        />
    }
}

/// The places of a list in a rule, each anew when the shape of the card changes.
fn places(
    scoring: Scoring,
    at: usize,
    count: fn(&ScoreRule) -> usize,
) -> impl Fn() -> Vec<(u32, usize)> + Copy + Send + Sync {
    let count = scoring.of_rule(at, count);
    move || {
        let shape = scoring.shape.get();
        (0..count.get()).map(|place| (shape, place)).collect()
    }
}

#[component]
fn Cases(scoring: Scoring, at: usize, facts: Facts) -> impl IntoView {
    let list = format!("card.rules[{at}].first");
    let places = places(scoring, at, |rule| rule.first.as_ref().map_or(0, Vec::len));
    let change = move |place: usize, how: Box<dyn FnOnce(&mut Branch)>| {
        scoring.change_rule(at, |rule| {
            if let Some(branch) = rule.first.as_mut().and_then(|all| all.get_mut(place)) {
                how(branch);
            }
        });
    };
    let reshape = move |how: Box<dyn FnOnce(&mut Vec<Branch>)>| {
        scoring.reshape(|card| {
            if let Some(branches) = card.rules.get_mut(at).and_then(|rule| rule.first.as_mut()) {
                how(branches);
            }
        });
    };
    let add_id = format!("{}-add", id_of(&list));
    let one = move |(_, place): (u32, usize)| {
        let path = format!("card.rules[{at}].first[{place}]");
        let branch = move |rule: &ScoreRule| rule.first.as_ref().and_then(|all| all.get(place)).cloned();
        let when = scoring
            .card
            .with_untracked(|card| card.rules.get(at).and_then(branch).map(|branch| branch.when))
            .unwrap_or_default();
        let add_id = format!("{}-add", id_of(&format!("card.rules[{at}].first")));
        let says = scoring.of_rule(at, move |rule| branch(rule).and_then(|it| it.says).unwrap_or_default());
        let points = scoring.of_rule(at, move |rule| branch(rule).and_then(|it| it.points).map(|it| it.0));
        let number = place + 1;
        let earlier = (place > 0).then(|| {
            view! {
                <button
                    class="plain"
                    type="button"
                    on:click=move |_| {
                        reshape(Box::new(move |all| all.swap(place - 1, place)));
                        dom::focus_soon(id_of(&format!("card.rules[{at}].first[{}].points", place - 1)));
                    }
                >
                    "Move it up"
                    <span class="hidden">{format!(" (case {number})")}</span>
                </button>
            }
        });
        view! {
            <li class="part">
                <Condition
                    scoring
                    path=format!("{path}.when")
                    label=format!("Case {number}: when")
                    always="Always: no case after this one is reached."
                    facts
                    value=when
                    set=move |value| change(place, Box::new(|branch| branch.when = value))
                />
                <div class="field-row">
                    <Number
                        wrong=scoring.wrong
                        field=format!("{path}.points")
                        label="Points"
                        value=points
                        set=move |typed| change(place, Box::new(move |branch| branch.points = Some(amount(typed))))
                    />
                    <Text
                        wrong=scoring.wrong
                        field=format!("{path}.says")
                        label="In plain words"
                        help="Empty for the words of the rule."
                        value=says
                        set=move |text| {
                            change(place, Box::new(|branch| branch.says = Some(text).filter(|text| !text.is_empty())));
                        }
                    />
                </div>
                <p class="row-ways">
                    {earlier}
                    <button
                        class="plain"
                        type="button"
                        on:click=move |_| {
                            reshape(Box::new(move |all| {
                                if place < all.len() {
                                    all.remove(place);
                                }
                            }));
                            dom::focus_soon(add_id.clone());
                        }
                    >
                        {format!("Remove case {number}")}
                    </button>
                </p>
            </li>
        }
    };
    view! {
        <ol class="parts" id=id_of(&list) tabindex="-1">
            <For each=places key=|key| *key children=one />
        </ol>
        <Wrong wrong=scoring.wrong field=list.clone() />
        <p>
            <button
                class="plain"
                type="button"
                id=add_id
                on:click=move |_| {
                    let place = places().len();
                    reshape(Box::new(|all| all.push(Branch { when: serde_json::json!({}), ..Branch::default() })));
                    dom::focus_soon(id_of(&format!("card.rules[{at}].first[{place}].points")));
                }
            >
                "Add a case"
            </button>
        </p>
        <Number
            wrong=scoring.wrong
            field=format!("card.rules[{at}].otherwise")
            label="Points where none holds"
            help="Empty for none."
            value=scoring.of_rule(at, |rule| rule.otherwise.map(|it| it.0))
            set=move |typed| scoring.change_rule(at, |rule| rule.otherwise = typed.map(Amount))
        />
    }
}

#[component]
fn BySum(scoring: Scoring, at: usize, facts: Facts) -> impl IntoView {
    let change = move |how: Box<dyn FnOnce(&mut Sum)>| {
        scoring.change_rule(at, |rule| {
            if let Some(sum) = &mut rule.sum {
                how(sum);
            }
        });
    };
    let numbers = facts.with_value(|facts| {
        let numbers = facts.iter().filter(|fact| fact.kind == "number");
        numbers.map(|fact| Named { id: fact.path.clone(), name: fact.says.clone() }).collect::<Vec<_>>()
    });
    let scales = [("linear", "Each one counts the same"), ("doublings", "Each doubling counts the same: 1, 3, 7, 15")];
    view! {
        <Several
            wrong=scoring.wrong
            field=format!("card.rules[{at}].sum.facts")
            label="The numbers that are added up"
            none="There is no number."
            choices=Signal::stored(numbers)
            values=scoring.of_rule(at, |rule| rule.sum.as_ref().map(|sum| sum.facts.clone()).unwrap_or_default())
            change=move |how| change(Box::new(|sum| how(&mut sum.facts)))
        />
        <div class="field-row">
            <Number
                wrong=scoring.wrong
                field=format!("card.rules[{at}].sum.each")
                label="Points for each"
                value=scoring.of_rule(at, |rule| rule.sum.as_ref().and_then(|sum| sum.each).map(|it| it.0))
                set=move |typed| change(Box::new(move |sum| sum.each = Some(amount(typed))))
            />
            <Select
                wrong=scoring.wrong
                field=format!("card.rules[{at}].sum.scale")
                label="How points grow"
                choices=scales.map(|(tag, says)| (tag.to_owned(), says.to_owned())).into()
                value=scoring
                    .of_rule(
                        at,
                        |rule| {
                            let is_linear = rule.sum.as_ref().is_none_or(|sum| sum.scale == Scale::Linear);
                            if is_linear { "linear" } else { "doublings" }.to_owned()
                        },
                    )
                set=move |tag| {
                    let scale = if tag == "doublings" { Scale::Doublings } else { Scale::Linear };
                    change(Box::new(move |sum| sum.scale = scale));
                }
            />
        </div>
    }
}

#[component]
fn ByEvents(scoring: Scoring, at: usize) -> impl IntoView {
    let path = format!("card.rules[{at}].events");
    let change = move |how: Box<dyn FnOnce(&mut Events)>| {
        scoring.change_rule(at, |rule| {
            if let Some(events) = &mut rule.events {
                how(events);
            }
        });
    };
    let of =
        move |what: fn(&Events) -> Option<f64>| scoring.of_rule(at, move |rule| rule.events.as_ref().and_then(what));
    let tag = move |what: fn(&Events) -> &'static str| {
        scoring.of_rule(at, move |rule| rule.events.as_ref().map(what).unwrap_or_default().to_owned())
    };
    let now = scoring.card.with_untracked(|card| card.rules.get(at).and_then(|rule| rule.events.clone()));
    let now = now.unwrap_or_default();
    let kinds = SIGNALS.into_iter().map(str::to_owned);
    let others = now.kinds.iter().filter(|kind| !SIGNALS.contains(&kind.as_str())).cloned();
    let kinds =
        kinds.chain(others).map(|id| Named { name: words::signal(&id, &std::collections::BTreeMap::new()), id });
    let is_by_bands = Memo::new({
        let bands = tag(|events| if events.bands.is_some() { "bands" } else { "each" });
        move |_| bands.with(|bands| bands == "bands")
    });
    let is_window = Memo::new({
        let window = tag(|events| if events.window_days.is_some() { "window" } else { "half_life" });
        move |_| window.with(|window| window == "window")
    });
    let two = |choices: [(&str, &str); 2]| choices.map(|(tag, says)| (tag.to_owned(), says.to_owned())).into();
    let worth = move || match is_by_bands.get() {
        true => view! { <Bands scoring at /> }.into_any(),
        false => view! {
            <Number
                wrong=scoring.wrong
                field=format!("card.rules[{at}].events.points")
                label="Points for each"
                value=of(|events| events.points.map(|it| it.0))
                set=move |typed| change(Box::new(move |events| events.points = Some(amount(typed))))
            />
        }
        .into_any(),
    };
    let span = move || match is_window.get() {
        true => view! {
            <Number
                wrong=scoring.wrong
                field=format!("card.rules[{at}].events.window_days")
                label="Days that count, today included"
                value=of(|events| events.window_days.map(|it| it.0))
                set=move |typed| change(Box::new(move |events| events.window_days = Some(amount(typed))))
            />
        }
        .into_any(),
        false => view! {
            <Number
                wrong=scoring.wrong
                field=format!("card.rules[{at}].events.half_life_days")
                label="Days until half is left (14 if empty)"
                value=of(|events| events.half_life_days.map(|it| it.0))
                set=move |typed| change(Box::new(move |events| events.half_life_days = typed.map(Amount)))
            />
        }
        .into_any(),
    };
    view! {
        <Several
            wrong=scoring.wrong
            field=format!("{path}.kinds")
            label="What they did"
            none=""
            choices=Signal::stored(kinds.collect::<Vec<_>>())
            values=scoring.of_rule(at, |rule| rule.events.as_ref().map(|it| it.kinds.clone()).unwrap_or_default())
            change=move |how| change(Box::new(|events| how(&mut events.kinds)))
        />
        <Condition
            scoring
            path=format!("{path}.when")
            label="Only where"
            always="Every one of these counts."
            facts=StoredValue::new(of_signals())
            value=now.when
            set=move |value| change(Box::new(|events| events.when = value))
        />
        <div class="field-row">
            <Select
                wrong=scoring.wrong
                field=format!("{path}.count")
                label="What is counted"
                choices=two([("days", "Days with at least one"), ("each", "Every single one")])
                value=tag(|events| match events.count {
                    Some(Count::Days) => "days",
                    Some(Count::Each) => "each",
                    None if events.bands.is_some() => "days",
                    None => "each",
                })
                set=move |tag| {
                    let count = if tag == "days" { Count::Days } else { Count::Each };
                    change(Box::new(move |events| events.count = Some(count)));
                }
            />
            <Select
                wrong=scoring.wrong
                field=format!("{path}.worth")
                label="Points"
                choices=two([("bands", "By how many there are"), ("each", "For each")])
                value=tag(|events| if events.bands.is_some() { "bands" } else { "each" })
                set=move |tag| {
                    let is_bands = tag == "bands";
                    change(Box::new(move |events| {
                        let first = Band { from: Some(Amount(1.0)), points: events.points, ..Band::default() };
                        events.bands = is_bands.then(|| vec![first]);
                        events.points = (!is_bands).then(|| amount(None));
                    }));
                }
            />
        </div>
        {worth}
        <div class="field-row">
            <Select
                wrong=scoring.wrong
                field=format!("{path}.span")
                label="As time passes"
                choices=two([("half_life", "Points fade"), ("window", "Only the last days count")])
                value=tag(|events| if events.window_days.is_some() { "window" } else { "half_life" })
                set=move |tag| {
                    let is_window = tag == "window";
                    change(Box::new(move |events| {
                        events.window_days = is_window.then_some(Amount(30.0));
                        events.half_life_days = None;
                    }));
                }
            />
            {span}
        </div>
        <Wrong wrong=scoring.wrong field=path.clone() />
    }
}

#[component]
fn Bands(scoring: Scoring, at: usize) -> impl IntoView {
    let list = format!("card.rules[{at}].events.bands");
    let bands = |rule: &ScoreRule| rule.events.as_ref().and_then(|events| events.bands.as_ref()).map_or(0, Vec::len);
    let places = places(scoring, at, bands);
    let reshape = move |how: Box<dyn FnOnce(&mut Vec<Band>)>| {
        scoring.reshape(|card| {
            let events = card.rules.get_mut(at).and_then(|rule| rule.events.as_mut());
            if let Some(bands) = events.and_then(|events| events.bands.as_mut()) {
                how(bands);
            }
        });
    };
    let change = move |place: usize, how: Box<dyn FnOnce(&mut Band)>| {
        scoring.change_rule(at, |rule| {
            let bands = rule.events.as_mut().and_then(|events| events.bands.as_mut());
            if let Some(band) = bands.and_then(|bands| bands.get_mut(place)) {
                how(band);
            }
        });
    };
    let one = move |(_, place): (u32, usize)| {
        let path = format!("card.rules[{at}].events.bands[{place}]");
        let of = move |what: fn(&Band) -> Option<Amount>| {
            let band = move |rule: &ScoreRule| {
                let bands = rule.events.as_ref().and_then(|events| events.bands.as_ref());
                bands.and_then(|bands| bands.get(place)).and_then(what).map(|it| it.0)
            };
            scoring.of_rule(at, band)
        };
        let says = scoring.of_rule(at, move |rule| {
            let bands = rule.events.as_ref().and_then(|events| events.bands.as_ref());
            bands.and_then(|bands| bands.get(place)).and_then(|band| band.says.clone()).unwrap_or_default()
        });
        let number = place + 1;
        view! {
            <li class="part">
                <div class="field-row">
                    <Number
                        wrong=scoring.wrong
                        field=format!("{path}.from")
                        label="From"
                        value=of(|band| band.from)
                        set=move |typed| change(place, Box::new(move |band| band.from = Some(amount(typed))))
                    />
                    <Number
                        wrong=scoring.wrong
                        field=format!("{path}.to")
                        label="To (or empty: up to the next)"
                        value=of(|band| band.to)
                        set=move |typed| change(place, Box::new(move |band| band.to = typed.map(Amount)))
                    />
                    <Number
                        wrong=scoring.wrong
                        field=format!("{path}.points")
                        label="Points together"
                        value=of(|band| band.points)
                        set=move |typed| change(place, Box::new(move |band| band.points = Some(amount(typed))))
                    />
                </div>
                <Text
                    wrong=scoring.wrong
                    field=format!("{path}.says")
                    label="In plain words"
                    help="Empty for the words of the rule."
                    value=says
                    set=move |text| {
                        change(place, Box::new(|band| band.says = Some(text).filter(|text| !text.is_empty())));
                    }
                />
                <Wrong wrong=scoring.wrong field=path.clone() />
                <p class="row-ways">
                    <button
                        class="plain"
                        type="button"
                        on:click=move |_| {
                            reshape(Box::new(move |all| {
                                if place < all.len() {
                                    all.remove(place);
                                }
                            }));
                            dom::focus_soon(format!("{}-add", id_of(&format!("card.rules[{at}].events.bands"))));
                        }
                    >
                        {format!("Remove band {number}")}
                    </button>
                </p>
            </li>
        }
    };
    view! {
        <ol class="parts" id=id_of(&list) tabindex="-1">
            <For each=places key=|key| *key children=one />
        </ol>
        <Wrong wrong=scoring.wrong field=list.clone() />
        <p>
            <button
                class="plain"
                type="button"
                id=format!("{}-add", id_of(&list))
                on:click=move |_| {
                    let place = places().len();
                    reshape(Box::new(|all| {
                        let last = all.last().and_then(|band| band.to.or(band.from)).map(|it| Amount(it.0 + 1.0));
                        all.push(Band { from: last.or(Some(Amount(1.0))), ..Band::default() });
                    }));
                    dom::focus_soon(id_of(&format!("card.rules[{at}].events.bands[{place}].points")));
                }
            >
                "Add a band"
            </button>
        </p>
    }
}

/// What few rules need.
#[component]
fn More(scoring: Scoring, at: usize) -> impl IntoView {
    let path = format!("card.rules[{at}]");
    let wrong = scoring.wrong;
    let limit = move |of: fn(&Bounds) -> Option<Amount>| {
        scoring.of_rule(at, move |rule| rule.limits.as_ref().and_then(of).map(|it| it.0))
    };
    let set = move |how: Box<dyn FnOnce(&mut Bounds)>| {
        scoring.change_rule(at, |rule| {
            let mut limits = rule.limits.unwrap_or_default();
            how(&mut limits);
            rule.limits = Some(limits).filter(|limits| limits.min.is_some() || limits.max.is_some());
        });
    };
    let customers = [
        ("", "As usual: prices are a sign that they may want more, everything else counts"),
        ("points", "It counts, as for everybody"),
        ("expansion", "No points, but a sign that they may want more"),
        ("churn", "No points, but a sign that they may leave"),
    ];
    view! {
        <details class="more-fields">
            <summary>"Limits, unknown facts, customers, name"</summary>
            <div class="more-body">
                <div class="field-row">
                    <Number
                        wrong
                        field=format!("{path}.limits.min")
                        label="At least"
                        help="Points; empty for no limit."
                        value=limit(|limits| limits.min)
                        set=move |typed| set(Box::new(move |limits| limits.min = typed.map(Amount)))
                    />
                    <Number
                        wrong
                        field=format!("{path}.limits.max")
                        label="At most"
                        help="Points; empty for no limit."
                        value=limit(|limits| limits.max)
                        set=move |typed| set(Box::new(move |limits| limits.max = typed.map(Amount)))
                    />
                </div>
                <Wrong wrong field=format!("{path}.limits") />
                <Number
                    wrong
                    field=format!("{path}.unknown")
                    label="Points where a fact is not known"
                    help="Empty: what is not known is nothing to its conditions, and 0 to its sum."
                    value=scoring.of_rule(at, |rule| rule.unknown.map(|it| it.0))
                    set=move |typed| scoring.change_rule(at, |rule| rule.unknown = typed.map(Amount))
                />
                <Select
                    wrong
                    field=format!("{path}.customers")
                    label="Where they are a customer already"
                    choices=customers.map(|(tag, says)| (tag.to_owned(), says.to_owned())).into()
                    value=scoring.of_rule(at, |rule| rule.customers.map(customers_tag).unwrap_or_default().to_owned())
                    set=move |tag| scoring.change_rule(at, |rule| rule.customers = customers_of(&tag))
                />
                <Text
                    wrong
                    field=format!("{path}.id")
                    label="Name in exports and logs"
                    help="It stays when the words change, so that the history of an item still tells what moved it."
                    value=scoring.of_rule(at, |rule| rule.id.clone())
                    set=move |text| scoring.change_rule(at, |rule| rule.id = text)
                />
            </div>
        </details>
    }
}

/// What a rule gives, as [`give`] takes it; empty where it gives nothing yet.
fn kind_of(rule: &ScoreRule) -> &'static str {
    match (&rule.points, &rule.first, &rule.sum, &rule.events) {
        (Some(_), None, None, None) => "points",
        (None, Some(_), None, None) => "first",
        (None, None, Some(_), None) => "sum",
        (None, None, None, Some(_)) => "events",
        _ => "",
    }
}

/// Lets a rule give something else, to be filled in.
fn give(rule: &mut ScoreRule, kind: &str) {
    let points = rule.points.take().unwrap_or(amount(None));
    (rule.first, rule.otherwise, rule.sum, rule.events) = (None, None, None, None);
    let always = || serde_json::json!({});
    match kind {
        "first" => rule.first = Some(vec![Branch { when: always(), points: Some(points), says: None }]),
        "sum" => rule.sum = Some(Sum { each: Some(points), ..Sum::default() }),
        "events" => rule.events = Some(Events { when: always(), points: Some(points), ..Events::default() }),
        _ => rule.points = Some(points),
    }
}

/// The tag of a group.
pub fn group_tag(group: Group) -> &'static str {
    match group {
        Group::Fit => "fit",
        Group::Intent => "intent",
        Group::Relationship => "relationship",
    }
}

fn group_of(tag: &str) -> Option<Group> {
    [Group::Fit, Group::Intent, Group::Relationship].into_iter().find(|group| group_tag(*group) == tag)
}

fn customers_tag(of: Customers) -> &'static str {
    match of {
        Customers::Points => "points",
        Customers::Expansion => "expansion",
        Customers::Churn => "churn",
    }
}

fn customers_of(tag: &str) -> Option<Customers> {
    [Customers::Points, Customers::Expansion, Customers::Churn].into_iter().find(|of| customers_tag(*of) == tag)
}

/// What a rule gives, in a few words: `+8`, `0 to +10`, `+3 for each doubling`.
fn gives(rule: &ScoreRule) -> String {
    if let Some(points) = rule.points {
        return signed(points);
    }
    if let Some(branches) = &rule.first {
        let points = branches.iter().map(|branch| branch.points.unwrap_or(amount(None)));
        return spread(points.chain([rule.otherwise.unwrap_or(Amount(0.0))]));
    }
    if let Some(sum) = &rule.sum {
        let of = if sum.scale == Scale::Linear { "for each" } else { "for each doubling" };
        return format!("{} {of}", signed(sum.each.unwrap_or(amount(None))));
    }
    let Some(events) = &rule.events else { return String::new() };
    match &events.bands {
        Some(bands) => spread(bands.iter().map(|band| band.points.unwrap_or(amount(None)))),
        None => format!("{} for each", signed(events.points.unwrap_or(amount(None)))),
    }
}

fn spread(points: impl Iterator<Item = Amount> + Clone) -> String {
    let known = points.map(|it| it.0).filter(|it| !it.is_nan());
    let (least, most) = (known.clone().fold(f64::INFINITY, f64::min), known.fold(f64::NEG_INFINITY, f64::max));
    match least.partial_cmp(&most) {
        Some(std::cmp::Ordering::Less) => format!("{} to {}", signed(Amount(least)), signed(Amount(most))),
        Some(std::cmp::Ordering::Equal) => signed(Amount(most)),
        _ => "?".to_owned(),
    }
}

fn signed(of: Amount) -> String {
    match of.0 {
        points if points.is_nan() => "?".to_owned(),
        points if points > 0.0 => format!("+{points}"),
        points => points.to_string().replace('-', "\u{2212}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn rule(of: serde_json::Value) -> ScoreRule {
        serde_json::from_value(of).unwrap()
    }

    #[test]
    fn a_rule_says_what_it_gives() {
        for (of, says) in [
            (json!({ "points": 8 }), "+8"),
            (json!({ "points": -8 }), "\u{2212}8"),
            (json!({ "points": null }), "?"),
            (json!({ "first": [{ "points": 10 }, { "points": 6 }] }), "0 to +10"),
            (json!({ "first": [{ "points": 4 }], "otherwise": -4 }), "\u{2212}4 to +4"),
            (json!({ "sum": { "facts": [], "each": 0.5, "scale": "doublings" } }), "+0.5 for each doubling"),
            (json!({ "events": { "points": 6 } }), "+6 for each"),
            (json!({ "events": { "bands": [{ "from": 1, "points": 8 }, { "from": 2, "points": 28 }] } }), "+8 to +28"),
            (json!({}), ""),
        ] {
            assert_eq!(gives(&rule(of.clone())), says, "{of}");
        }
    }

    #[test]
    fn a_rule_gives_one_thing_whatever_it_gave_before() {
        let mut one = rule(json!({ "points": 8 }));
        for kind in ["first", "events", "sum", "points"] {
            give(&mut one, kind);
            assert_eq!(kind_of(&one), kind);
        }
    }
}
