//! The numbers of a measure: each arm, against the control, with where the difference lies.

use leptos::prelude::*;
use shared::wire::experiments::{ArmResult, Cell, EstimateView, MeasureResult, ReadingView};

use super::measures;
use super::numbers::{self, Unit};
use super::one::One;
use super::results::ArmName;
use super::series::OverTime;

/// What a measure is there for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// It decides.
    Decides,
    /// It must not get worse: a better one does no harm, by its margin.
    Guards,
    /// It is there to be read.
    Informs,
}

/// What decides.
#[component]
pub fn Deciding(one: One) -> impl IntoView {
    let metric = one.results(|results| results.metric.clone());
    let arms = one.arms();
    let is_broken = one.is_broken();
    let name = move || metric.with(|metric| metric.as_ref().map(|it| measures::name(it.measure)));
    let matures = move || metric.with(|metric| metric.as_ref().map(matured));
    view! {
        <section class="card" aria-labelledby="deciding">
            <h2 id="deciding">"What decides: " {name}</h2>
            {move || {
                is_broken.get()
                    .then(|| view! { <p class="refused">"The experiment is broken: these numbers say nothing about the prompts."</p> })
            }}
            <div class="scroll" tabindex="0" role="group" aria-labelledby="deciding">
                {move || metric.get().map(|metric| figures(&arms.get().unwrap_or_default(), &metric, Kind::Decides, is_broken.get()))}
            </div>
            <p class="quiet">{matures}</p>
            <p class="quiet">
                "Differences are in percentage points, and lie where they are said to lie with 95 % confidence whenever you look: looking often costs nothing. The chance is for reading, not for stopping."
            </p>
            <OverTime one />
        </section>
    }
}

/// What must not get worse.
#[component]
pub fn Guardrails(one: One) -> impl IntoView {
    let guardrails = one.results(|results| results.guardrails.clone());
    let arms = one.arms();
    let broken = one.is_broken();
    let list = move || {
        let (arms, is_broken) = (arms.get().unwrap_or_default(), broken.get());
        let guardrails = guardrails.get().unwrap_or_default();
        guardrails.into_iter().map(|guard| guarded(&arms, guard, is_broken)).collect_view()
    };
    let none = move || {
        guardrails
            .with(|all| all.as_ref().is_none_or(Vec::is_empty))
            .then(|| view! { <p class="quiet">"None was chosen."</p> })
    };
    view! {
        <section class="card" aria-labelledby="guardrails">
            <h2 id="guardrails">"Guardrails: what must not get worse"</h2>
            {none}
            {list}
        </section>
    }
}

fn guarded(arms: &[ArmResult], guard: MeasureResult, is_broken: bool) -> impl IntoView + use<> {
    let id = format!("guard-{}", measures::tag(guard.measure));
    let is_hit = guard.readings.iter().any(|reading| reading.call == "worse");
    let is_safe = !guard.readings.is_empty() && guard.readings.iter().all(|reading| reading.call == "better");
    let (tone, state) = match (is_broken, is_hit, is_safe) {
        (true, _, _) => ("open", "Says nothing"),
        (_, true, _) => ("alarm", "! Hit: an arm does harm"),
        (_, _, true) => ("good", "\u{2713} No harm"),
        _ => ("open", "No harm seen yet"),
    };
    let unit = measures::unit(guard.measure);
    let more = if measures::less_is_better(guard.measure) { "rise" } else { "fall" };
    let margin = guard.margin.map(|margin| match unit {
        Unit::Millis => format!("May {more} by {}.", numbers::typed(margin, unit)),
        _ => format!("May {more} by {} percentage points.", numbers::typed(margin, unit)),
    });
    view! {
        <div class="exp-measure" data-hit=(is_hit && !is_broken).to_string()>
            <h3 id=id.clone()>
                {measures::name(guard.measure)} " "
                <span class="exp-tag" data-tone=tone>
                    {state}
                </span>
            </h3>
            <p class="quiet">{margin}</p>
            <div class="scroll" tabindex="0" role="group" aria-labelledby=id>
                {figures(arms, &guard, Kind::Guards, is_broken)}
            </div>
        </div>
    }
}

/// All other measures.
#[component]
pub fn Others(one: One) -> impl IntoView {
    let others = one.results(|results| results.others.clone());
    let arms = one.arms();
    let broken = one.is_broken();
    let list = move || {
        let (arms, is_broken) = (arms.get().unwrap_or_default(), broken.get());
        let one = |measure: MeasureResult| {
            let id = format!("other-{}", measures::tag(measure.measure));
            view! {
                <div class="exp-measure">
                    <h3 id=id.clone()>{measures::name(measure.measure)}</h3>
                    <div class="scroll" tabindex="0" role="group" aria-labelledby=id>
                        {figures(&arms, &measure, Kind::Informs, is_broken)}
                    </div>
                </div>
            }
        };
        others.get().unwrap_or_default().into_iter().map(one).collect_view()
    };
    let has_some = Memo::new(move |_| others.with(|all| all.as_ref().is_some_and(|all| !all.is_empty())));
    view! {
        <Show when=move || has_some.get()>
            <section class="card" aria-labelledby="others">
                <h2 id="others">"Other measures"</h2>
                <details>
                    <summary>"Each with its interval. They decide nothing: whoever looks at many finds something by chance."</summary>
                    <div class="exp-measures">{list}</div>
                </details>
            </section>
        </Show>
    }
}

/// The table of a measure.
fn figures(arms: &[ArmResult], measure: &MeasureResult, kind: Kind, is_broken: bool) -> impl IntoView + use<> {
    let unit = measures::unit(measure.measure);
    let is_time = unit == Unit::Millis;
    let with_chance = kind == Kind::Decides;
    let rest = if with_chance { 4 } else { 3 };
    let rows = arms.iter().zip(&measure.arms).enumerate().map(|(at, (arm, cell))| {
        let reading = measure.readings.iter().find(|reading| reading.arm == at);
        view! {
            <tr>
                <th scope="row">
                    <ArmName arm=arm.clone() at />
                </th>
                <td>{numbers::count(cell.n)}</td>
                {(!is_time).then(|| view! { <td>{numbers::count(cell.did)}</td> })}
                <td>{rate(*cell, unit)}</td>
                {match (at, reading) {
                    (0, _) => {
                        view! { <td class="none" colspan=rest>"the others are compared with it"</td> }.into_any()
                    }
                    (_, Some(reading)) => compared(reading, unit, kind, is_broken),
                    (_, None) => view! { <td class="none" colspan=rest>"not known yet"</td> }.into_any(),
                }}
            </tr>
        }
    });
    view! {
        <table class="figures exp-figures">
            <thead>
                <tr>
                    <th scope="col">"Arm"</th>
                    <th scope="col">"Visitors"</th>
                    {(!is_time).then(|| view! { <th scope="col">"Did it"</th> })}
                    <th scope="col">{if is_time { "Mean" } else { "Share" }}</th>
                    <th scope="col">{if is_time { "Difference" } else { "Difference, in points" }}</th>
                    <th scope="col">"Relative"</th>
                    {with_chance.then(|| view! { <th scope="col">"Chance to be better"</th> })}
                    <th scope="col">"Result"</th>
                </tr>
            </thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
}

fn rate(cell: Cell, unit: Unit) -> String {
    let unit = if unit == Unit::Millis { unit } else { Unit::Percent };
    cell.rate.map_or_else(|| "\u{2013}".to_owned(), |rate| numbers::amount(rate, unit))
}

/// An arm against the control, or why there is no number.
fn compared(reading: &ReadingView, unit: Unit, kind: Kind, is_broken: bool) -> AnyView {
    let why = reading.why.clone().unwrap_or_else(|| "not known yet".to_owned());
    let Some(difference) = reading.difference else {
        let rest = if kind == Kind::Decides { 4 } else { 3 };
        return view! { <td class="none" colspan=rest>{why}</td> }.into_any();
    };
    let chance = reading.chance.filter(|_| !is_broken).map_or_else(|| "\u{2013}".to_owned(), numbers::chance);
    view! {
        <td>{lies(&difference, unit)}</td>
        <td>
            {match reading.lift {
                Some(lift) => lies(&lift, Unit::Percent).into_any(),
                None => view! { <span class="none">{why}</span> }.into_any(),
            }}
        </td>
        {(kind == Kind::Decides).then(|| view! { <td>{chance}</td> })}
        <td>{called(&reading.call, kind, is_broken)}</td>
    }
    .into_any()
}

/// A number, and where it lies.
fn lies(estimate: &EstimateView, unit: Unit) -> impl IntoView + use<> {
    view! {
        <b>{numbers::difference(estimate.at, unit)}</b>
        <span class="exp-lies">{numbers::between(estimate, unit)}</span>
    }
}

/// What is said of an arm: with a sign, so that its colour is not all that says it.
fn called(call: &str, kind: Kind, is_broken: bool) -> impl IntoView + use<> {
    let (tag, says) = match (call, kind) {
        _ if is_broken => ("open", "Says nothing"),
        ("better", Kind::Guards) => ("good", "\u{2713} No harm"),
        ("worse", Kind::Guards) => ("alarm", "! Harm"),
        ("better", _) => ("good", "\u{2191} Better"),
        ("worse", _) => ("bad", "\u{2193} Worse"),
        _ => ("open", "Not told yet"),
    };
    view! {
        <span class="exp-tag" data-tone=tag>
            {says}
        </span>
    }
}

/// How many have had their time.
fn matured(metric: &MeasureResult) -> String {
    let had: u64 = metric.arms.iter().map(|cell| cell.n).sum();
    let all = had.saturating_add(metric.waiting);
    let time = match metric.window_days {
        0 => "their day".to_owned(),
        1 => "the day after theirs".to_owned(),
        days => format!("their {days} days"),
    };
    let late = match metric.late {
        0 => String::new(),
        late => format!(
            "; {} came later and {} not count",
            numbers::counted(late, "outcome", "outcomes"),
            if late == 1 { "does" } else { "do" }
        ),
    };
    format!("{} of {} have had {time}{late}.", numbers::count(had), numbers::counted(all, "visitor", "visitors"))
}

#[cfg(test)]
mod tests {
    use shared::wire::experiment::Measure;

    use super::*;

    #[test]
    fn says_how_many_have_had_their_time() {
        let cell = |n| Cell { n, did: 0, rate: None };
        let mut metric = MeasureResult {
            measure: Measure::Accepted,
            window_days: 14,
            margin: None,
            arms: vec![cell(620), cell(620)],
            waiting: 660,
            late: 3,
            readings: Vec::new(),
        };
        assert_eq!(
            matured(&metric),
            "1,240 of 1,900 visitors have had their 14 days; 3 outcomes came later and do not count."
        );
        (metric.late, metric.window_days, metric.waiting) = (0, 1, 0);
        assert_eq!(matured(&metric), "1,240 of 1,240 visitors have had the day after theirs.");
    }
}
