//! Points by what they did: which signals, how they are counted, and how points fade.

use std::collections::BTreeMap;

use leptos::prelude::*;
use shared::wire::card::{Amount, Band, Count, Events, ScoreRule};
use shared::wire::sites::Named;

use super::super::editing::Scoring;
use super::amount;
use super::parts::Parts;
use crate::parts::{Condition, Number, Select, Several, Text, Wrong, of_signals};
use crate::words;

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

/// The form of it.
#[component]
pub fn BySignals(scoring: Scoring, at: usize) -> impl IntoView {
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
    let kinds = kinds.chain(others).map(|id| Named { name: words::signal(&id, &BTreeMap::new()), id });
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
            wrong=scoring.wrong
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
    view! {
        <Parts
            scoring
            at
            list="events.bands"
            one="band"
            count=|rule| bands_of(rule).map_or(0, Vec::len)
            add=|rule| {
                if let Some(bands) = bands_in(rule) {
                    let after = bands.last().and_then(|band| band.to.or(band.from)).map_or(1.0, |last| last.0 + 1.0);
                    bands.push(Band { from: Some(Amount(after)), ..Band::default() });
                }
            }
            remove=|rule, place| {
                if let Some(bands) = bands_in(rule).filter(|bands| place < bands.len()) {
                    bands.remove(place);
                }
            }
            part=move |place| view! { <OneBand scoring at place /> }
        />
    }
}

fn bands_of(rule: &ScoreRule) -> Option<&Vec<Band>> {
    rule.events.as_ref()?.bands.as_ref()
}

fn bands_in(rule: &mut ScoreRule) -> Option<&mut Vec<Band>> {
    rule.events.as_mut()?.bands.as_mut()
}

#[component]
fn OneBand(scoring: Scoring, at: usize, place: usize) -> impl IntoView {
    let path = format!("card.rules[{at}].events.bands[{place}]");
    let change = move |how: Box<dyn FnOnce(&mut Band)>| {
        scoring.change_rule(at, |rule| {
            if let Some(band) = bands_in(rule).and_then(|bands| bands.get_mut(place)) {
                how(band);
            }
        });
    };
    let of = move |what: fn(&Band) -> Option<Amount>| {
        let band = move |rule: &ScoreRule| bands_of(rule)?.get(place).and_then(what).map(|it| it.0);
        scoring.of_rule(at, band)
    };
    let says = move |rule: &ScoreRule| bands_of(rule)?.get(place)?.says.clone();
    let says = scoring.of_rule(at, move |rule| says(rule).unwrap_or_default());
    view! {
        <div class="field-row">
            <Number
                wrong=scoring.wrong
                field=format!("{path}.from")
                label="From"
                value=of(|band| band.from)
                set=move |typed| change(Box::new(move |band| band.from = Some(amount(typed))))
            />
            <Number
                wrong=scoring.wrong
                field=format!("{path}.to")
                label="To (or empty: up to the next)"
                value=of(|band| band.to)
                set=move |typed| change(Box::new(move |band| band.to = typed.map(Amount)))
            />
            <Number
                wrong=scoring.wrong
                field=format!("{path}.points")
                label="Points together"
                value=of(|band| band.points)
                set=move |typed| change(Box::new(move |band| band.points = Some(amount(typed))))
            />
        </div>
        <Text
            wrong=scoring.wrong
            field=format!("{path}.says")
            label="In plain words"
            help="Empty for the words of the rule."
            value=says
            set=move |text| change(Box::new(|band| band.says = Some(text).filter(|text| !text.is_empty())))
        />
        <Wrong wrong=scoring.wrong field=path.clone() />
    }
}
