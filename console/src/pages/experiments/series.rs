//! The difference that decides, day by day: a plot, and behind it a table of the same numbers.

use leptos::prelude::*;
use shared::wire::experiments::{ArmResult, MeasureResult, SeriesPoint};

use super::measures;
use super::numbers::{self, Unit};
use super::one::One;
use super::plot::{ABOVE, BELOW, HEIGHT, LEFT, Plot, RIGHT, WIDTH};
use super::results::{arm_words, letter};

/// How many lines look different; more than three treatments share.
const LOOKS: usize = 3;

/// The plot and its table.
#[component]
pub fn OverTime(one: One) -> impl IntoView {
    let series = one.results(|results| results.series.clone());
    let arms = one.arms();
    let metric = one.results(|results| results.metric.clone());
    let unit =
        Memo::new(move |_| metric.with(|metric| metric.as_ref().map_or(Unit::Points, |it| measures::unit(it.measure))));
    let is_there = Memo::new(move |_| series.with(|series| series.as_ref().is_some_and(|series| !series.is_empty())));
    let plot = move || {
        let (series, arms) = (series.get().unwrap_or_default(), arms.get().unwrap_or_default());
        drawn(&series, &arms, metric.get().as_ref(), unit.get())
    };
    let is_broken = one.is_broken();
    let table = move || rows(&series.get().unwrap_or_default(), &arms.get().unwrap_or_default(), unit.get());
    let nothing = || view! { <p class="quiet">"There is no day yet on which visitors have had their time: the plot comes then."</p> };
    view! {
        <h3 id="over-time">"The difference over time"</h3>
        <Show when=move || is_there.get() fallback=nothing>
            <div class="exp-over-time" data-broken=move || is_broken.get().to_string()>
                {plot}
            </div>
            <details>
                <summary>"The numbers behind the plot"</summary>
                <div class="scroll" tabindex="0" role="group" aria-labelledby="over-time">
                    <table class="figures exp-figures">
                        <thead>
                            <tr>
                                <th scope="col">"Day"</th>
                                <th scope="col">"Arm"</th>
                                <th scope="col">"Visitors"</th>
                                <th scope="col">"Difference"</th>
                                <th scope="col">"Where it lies"</th>
                            </tr>
                        </thead>
                        <tbody>{table}</tbody>
                    </table>
                </div>
            </details>
        </Show>
    }
}

fn rows(series: &[SeriesPoint], arms: &[ArmResult], unit: Unit) -> impl IntoView + use<> {
    let row = |point: &SeriesPoint| {
        view! {
            <tr>
                <th scope="row">{numbers::day(&point.day)}</th>
                <td>{letter(arms, point.arm)}</td>
                <td>{numbers::count(point.n)}</td>
                <td>{numbers::difference(point.difference.at, unit)}</td>
                <td>{numbers::between(&point.difference, unit)}</td>
            </tr>
        }
    };
    // The latest is what one looks for.
    series.iter().rev().map(row).collect_view()
}

fn drawn(
    series: &[SeriesPoint],
    arms: &[ArmResult],
    metric: Option<&MeasureResult>,
    unit: Unit,
) -> impl IntoView + use<> {
    let plot = Plot::of(series, unit.factor());
    let step = plot.step();
    let ticks = plot.ticks().into_iter().map(|value| {
        let y = plot.down(value);
        let is_zero = value == 0.0;
        view! {
            <line class=if is_zero { "zero" } else { "grid" } x1=LEFT x2=WIDTH - RIGHT y1=y y2=y></line>
            <text class="tick" x=LEFT - 6.0 y=y + 4.0 text-anchor="end">
                {numbers::tick(value, step)}
            </text>
        }
    });
    let bands = plot
        .lines
        .iter()
        .map(|line| view! { <path class="arm-band" data-look=look(line.arm) d=plot.band(line)></path> });
    let lines = plot.lines.iter().map(|line| {
        let ends = line.points.last().map(|last| {
            let (x, y) = (plot.across(last.day), plot.down(last.at));
            let whisker = last.low.zip(last.high).map(|(low, high)| {
                view! { <line class="arm-whisker" data-look=look(line.arm) x1=x x2=x y1=plot.down(low) y2=plot.down(high)></line> }
            });
            view! {
                {whisker}
                <path class="arm-mark" data-look=look(line.arm) d=mark(line.arm, x, y)></path>
            }
        });
        view! {
            <path class="arm-line" data-look=look(line.arm) d=plot.line(line)></path>
            {ends}
        }
    });
    let letters = plot.letters().into_iter().map(|(arm, y)| {
        view! {
            <text class="arm-letter" data-look=look(arm) x=WIDTH - RIGHT + 10.0 y=y + 4.0>
                {letter(arms, arm)}
            </text>
        }
    });
    let days = series.first().zip(series.last()).map(|(first, last)| {
        let is_one = first.day == last.day;
        view! {
            {(!is_one)
                .then(|| {
                    view! {
                        <text class="tick" x=LEFT y=HEIGHT - 8.0>
                            {numbers::day(&first.day)}
                        </text>
                    }
                })}
            <text
                class="tick"
                x=if is_one { (LEFT + WIDTH - RIGHT) / 2.0 } else { WIDTH - RIGHT }
                y=HEIGHT - 8.0
                text-anchor=if is_one { "middle" } else { "end" }
            >
                {numbers::day(&last.day)}
            </text>
        }
    });
    let legend = plot.lines.iter().map(|line| {
        let name = arms.get(line.arm).map(|arm| arm_words(&arm.name, line.arm)).unwrap_or_default();
        view! {
            <li>
                <svg viewBox="0 0 34 12" aria-hidden="true">
                    <path class="arm-line" data-look=look(line.arm) d="M1 6 L33 6"></path>
                    <path class="arm-mark" data-look=look(line.arm) d=mark(line.arm, 17.0, 6.0)></path>
                </svg>
                {letter(arms, line.arm)}
                ": "
                <bdi>{name}</bdi>
            </li>
        }
    });
    let legend = legend.collect_view();
    let what = metric.map_or("what decides", |metric| measures::name(metric.measure));
    let points = if unit == Unit::Millis { "milliseconds" } else { "percentage points" };
    view! {
        <figure class="chart exp-plot">
            <svg viewBox=format!("0 0 {WIDTH} {HEIGHT}") role="img" aria-label=says(series, arms, what, unit)>
                <rect class="plot-ground" x=LEFT y=ABOVE width=WIDTH - LEFT - RIGHT height=HEIGHT - ABOVE - BELOW></rect>
                {bands.collect_view()} {ticks.collect_view()} {lines.collect_view()} {letters.collect_view()} {days}
            </svg>
            <ul class="legend" aria-hidden="true">
                {legend}
            </ul>
            <figcaption class="quiet">
                {what} ": each arm less A, in " {points} ", with the band in which the difference lies. Where a band does not touch the line of 0, there is a difference."
            </figcaption>
        </figure>
    }
}

/// What the plot shows, for whoever does not see it.
fn says(series: &[SeriesPoint], arms: &[ArmResult], what: &str, unit: Unit) -> String {
    let last = |arm: usize| series.iter().rev().find(|point| point.arm == arm);
    let one = |at: usize| {
        last(at).map(|point| {
            format!(
                "On {}, {}: {}, {}.",
                numbers::day(&point.day),
                letter(arms, at),
                numbers::difference(point.difference.at, unit),
                numbers::between(&point.difference, unit)
            )
        })
    };
    let all: Vec<String> = (1..arms.len()).filter_map(one).collect();
    format!("{what}: the difference from A over time. {} The table has every day.", all.join(" "))
}

/// How an arm is drawn.
fn look(arm: usize) -> usize {
    (arm.max(1) - 1) % LOOKS + 1
}

/// A circle, a square or a triangle.
fn mark(arm: usize, x: f64, y: f64) -> String {
    match look(arm) {
        1 => format!("M{} {y} a4.5 4.5 0 1 0 9 0 a4.5 4.5 0 1 0 -9 0 Z", x - 4.5),
        2 => format!("M{} {} h8 v8 h-8 Z", x - 4.0, y - 4.0),
        _ => format!("M{x} {} l5.2 9 h-10.4 Z", y - 5.5),
    }
}

#[cfg(test)]
mod tests {
    use super::look;

    #[test]
    fn three_treatments_look_different() {
        assert_eq!([1, 2, 3, 4].map(look), [1, 2, 3, 1]);
    }
}
