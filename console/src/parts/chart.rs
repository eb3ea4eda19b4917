//! Charts: lines over a count, bars in pairs, and bars in stacks. Each says in words what it shows; the numbers stand in a table beside it,
//! which whoever uses one gives.

use leptos::prelude::*;

/// The size of a chart, in the units of its letters.
const WIDTH: f64 = 360.0;
const HEIGHT: f64 = 180.0;
/// Room for the numbers at the side, and below.
const LEFT: f64 = 44.0;
const BELOW: f64 = 24.0;
const ABOVE: f64 = 8.0;
const RIGHT: f64 = 8.0;

/// One line.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// What it is.
    pub name: &'static str,
    /// How it is drawn: `one`, `two` or `level`.
    pub look: &'static str,
    /// Its points, by `x`.
    pub points: Vec<(f64, f64)>,
}

/// A place on the chart, from a value.
fn place(value: f64, from: f64, to: f64, start: f64, end: f64) -> f64 {
    if to > from { start + (value.clamp(from, to) - from) / (to - from) * (end - start) } else { start }
}

fn across(x: f64, (from, to): (f64, f64)) -> f64 {
    place(x, from, to, LEFT, WIDTH - RIGHT)
}

fn up(y: f64, (from, to): (f64, f64)) -> f64 {
    place(y, from, to, HEIGHT - BELOW, ABOVE)
}

/// Points as the path of a line.
fn path(points: &[(f64, f64)], wide: (f64, f64), high: (f64, f64)) -> String {
    let step = |(at, (x, y)): (usize, &(f64, f64))| {
        format!("{}{:.1} {:.1}", if at == 0 { "M" } else { "L" }, across(*x, wide), up(*y, high))
    };
    points.iter().enumerate().map(step).collect::<Vec<_>>().join(" ")
}

/// Lines over a count.
#[component]
pub fn Curves(
    /// What it shows, in a sentence.
    #[prop(into)]
    says: String,
    /// What is counted along the bottom.
    along: &'static str,
    /// The least and the most along the bottom.
    wide: (f64, f64),
    /// The least and the most at the side.
    high: (f64, f64),
    /// The values at which there is a line across.
    marks: Vec<(f64, String)>,
    series: Vec<Series>,
    /// Whether each point is marked: for few points.
    #[prop(default = false)]
    dots: bool,
) -> impl IntoView {
    let across_lines = marks.into_iter().map(|(value, says)| {
        let y = up(value, high);
        view! {
            <line class="grid" x1=LEFT x2=WIDTH - RIGHT y1=y y2=y></line>
            <text class="tick" x=LEFT - 6.0 y=y + 4.0 text-anchor="end">
                {says}
            </text>
        }
    });
    let legend = series.iter().map(|one| {
        view! {
            <li>
                <svg viewBox="0 0 24 8" aria-hidden="true">
                    <path class="series" data-look=one.look d="M1 4 L23 4"></path>
                </svg>
                {one.name}
            </li>
        }
    });
    let legend = legend.collect_view();
    let dot = |look: &'static str, (x, y): (f64, f64)| {
        view! { <circle class="dot" data-look=look cx=across(x, wide) cy=up(y, high) r="3.5"></circle> }
    };
    let lines = series.iter().map(|one| {
        let marked = if dots && one.look != "level" { one.points.as_slice() } else { &[] };
        let marked = marked.iter().map(|point| dot(one.look, *point)).collect_view();
        view! {
            <path class="series" data-look=one.look d=path(&one.points, wide, high)></path>
            {marked}
        }
    });
    view! {
        <figure class="chart">
            <svg viewBox=format!("0 0 {WIDTH} {HEIGHT}") role="img" aria-label=says>
                {across_lines.collect_view()} {lines.collect_view()}
                <text class="tick" x=LEFT y=HEIGHT - 8.0>
                    {tick(wide.0)}
                </text>
                <text class="tick" x=(LEFT + WIDTH - RIGHT) / 2.0 y=HEIGHT - 8.0 text-anchor="middle">
                    {along}
                </text>
                <text class="tick" x=WIDTH - RIGHT y=HEIGHT - 8.0 text-anchor="end">
                    {tick(wide.1)}
                </text>
            </svg>
            <ul class="legend" aria-hidden="true">
                {legend}
            </ul>
        </figure>
    }
}

fn tick(value: f64) -> String {
    let rounded = (value * 100.0).round() / 100.0;
    rounded.to_string()
}

/// Pairs of bars, one pair for each name.
#[component]
pub fn Bars(
    /// What it shows, in a sentence.
    #[prop(into)]
    says: String,
    /// What the first and the second bar of each pair are.
    pair: [&'static str; 2],
    /// A name and its two values.
    values: Vec<(String, [usize; 2])>,
) -> impl IntoView {
    let most = values.iter().flat_map(|(_, pair)| *pair).max().unwrap_or(0);
    let high = (0.0, most.max(1) as f64);
    let slot = (WIDTH - LEFT - RIGHT) / values.len().max(1) as f64;
    let thick = slot * 0.36;
    let half = most / 2;
    let marks =
        [0, half, most].into_iter().enumerate().filter(|(at, value)| *at == 0 || *value > 0).map(|(_, value)| {
            let y = up(value as f64, high);
            view! {
                <line class="grid" x1=LEFT x2=WIDTH - RIGHT y1=y y2=y></line>
                <text class="tick" x=LEFT - 6.0 y=y + 4.0 text-anchor="end">
                    {value}
                </text>
            }
        });
    let bars = values.into_iter().enumerate().map(|(at, (name, pair))| {
        let start = LEFT + slot * at as f64 + slot * 0.12;
        let bar = |look: &'static str, value: usize, x: f64| {
            let y = up(value as f64, high);
            view! { <rect class="bar-of" data-look=look x=x y=y width=thick height=HEIGHT - BELOW - y></rect> }
        };
        view! {
            {bar("two", pair[0], start)}
            {bar("one", pair[1], start + thick + slot * 0.04)}
            <text class="tick" x=start + slot * 0.38 y=HEIGHT - 8.0 text-anchor="middle">
                {name}
            </text>
        }
    });
    let legend = [("two", pair[0]), ("one", pair[1])].map(|(look, name)| {
        view! {
            <li>
                <svg viewBox="0 0 12 12" aria-hidden="true">
                    <rect class="bar-of" data-look=look x="1" y="1" width="10" height="10"></rect>
                </svg>
                {name}
            </li>
        }
    });
    view! {
        <figure class="chart">
            <svg viewBox=format!("0 0 {WIDTH} {HEIGHT}") role="img" aria-label=says>
                {marks.collect_view()} {bars.collect_view()}
            </svg>
            <ul class="legend" aria-hidden="true">
                {legend}
            </ul>
        </figure>
    }
}

/// Bars, each a stack of the same groups; one for each name.
#[component]
pub fn Stacks(
    /// What it shows, in a sentence.
    says: String,
    /// What the parts of each bar are, from the bottom to the top.
    groups: &'static [&'static str],
    /// A name, and how much of each group.
    values: Vec<(String, Vec<u64>)>,
) -> impl IntoView {
    let most = values.iter().map(|(_, parts)| parts.iter().sum::<u64>()).max().unwrap_or(0);
    let high = (0.0, sized(most.max(1)));
    let slot = (WIDTH - LEFT - RIGHT) / values.len().max(1) as f64;
    // A few bars are no walls.
    let thick = (slot * 0.72).min(28.0);
    let marks = [0, most / 2, most].into_iter().enumerate().filter(|(at, value)| *at == 0 || *value > 0);
    let marks = marks.map(|(_, value)| {
        let y = up(sized(value), high);
        view! {
            <line class="grid" x1=LEFT x2=WIDTH - RIGHT y1=y y2=y></line>
            <text class="tick" x=LEFT - 6.0 y=y + 4.0 text-anchor="end">
                {value}
            </text>
        }
    });
    let count = values.len();
    let named = named(count);
    let bars = values.into_iter().enumerate().map(|(at, (name, parts))| {
        let middle = LEFT + slot * (at as f64 + 0.5);
        let mut below = 0;
        let parts = parts.into_iter().enumerate().map(|(group, part)| {
            let (bottom, top) = (up(sized(below), high), up(sized(below + part), high));
            below += part;
            (part > 0).then(|| {
                view! { <rect class="stack-of" data-look=group + 1 x=middle - thick / 2.0 y=top width=thick height=bottom - top></rect> }
            })
        });
        let parts = parts.collect_view();
        let name = named.contains(&at).then(|| {
            // The outermost names stay on the chart.
            let (x, anchor) = match at {
                _ if count <= FEW => (middle, "middle"),
                0 => (LEFT, "start"),
                _ if at + 1 == count => (WIDTH - RIGHT, "end"),
                _ => (middle, "middle"),
            };
            view! {
                <text class="tick" x=x y=HEIGHT - 8.0 text-anchor=anchor>
                    {name}
                </text>
            }
        });
        view! {
            {parts}
            {name}
        }
    });
    let legend = groups.iter().enumerate().map(|(group, name)| {
        view! {
            <li>
                <svg viewBox="0 0 12 12" aria-hidden="true">
                    <rect class="stack-of" data-look=group + 1 x="1" y="1" width="10" height="10"></rect>
                </svg>
                {*name}
            </li>
        }
    });
    view! {
        <figure class="chart stacks">
            <svg viewBox=format!("0 0 {WIDTH} {HEIGHT}") role="img" aria-label=says>
                {marks.collect_view()} {bars.collect_view()}
            </svg>
            <ul class="legend" aria-hidden="true">
                {legend.collect_view()}
            </ul>
        </figure>
    }
}

/// A count as a place on a chart.
fn sized(value: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a pixel is coarser")]
    let value = value as f64;
    value
}

/// So many bars have room for the name of each.
const FEW: usize = 7;

/// Which of so many bars have their name below: each where there is room, or else the first, the middle and the last.
fn named(bars: usize) -> Vec<usize> {
    match bars {
        0..=FEW => (0..bars).collect(),
        _ => vec![0, bars / 2, bars - 1],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stand_where_they_belong() {
        assert_eq!(across(0.0, (0.0, 10.0)), LEFT);
        assert_eq!(across(10.0, (0.0, 10.0)), WIDTH - RIGHT);
        assert_eq!(up(0.5, (0.5, 1.0)), HEIGHT - BELOW);
        assert_eq!(up(1.0, (0.5, 1.0)), ABOVE);
        assert_eq!(up(0.2, (0.5, 1.0)), HEIGHT - BELOW, "what is beyond stays on the chart");
        assert_eq!(across(3.0, (3.0, 3.0)), LEFT, "one point has a place");
    }

    #[test]
    fn a_line_goes_through_its_points() {
        let drawn = path(&[(0.0, 0.0), (10.0, 1.0)], (0.0, 10.0), (0.0, 1.0));
        assert_eq!(drawn, format!("M{LEFT:.1} {:.1} L{:.1} {ABOVE:.1}", HEIGHT - BELOW, WIDTH - RIGHT));
        assert_eq!(path(&[], (0.0, 1.0), (0.0, 1.0)), "");
    }

    #[test]
    fn bars_have_names_as_long_as_there_is_room() {
        assert_eq!(named(3), [0, 1, 2]);
        assert_eq!(named(31), [0, 15, 30]);
        assert_eq!(named(0), Vec::<usize>::new());
    }

    #[test]
    fn a_tick_is_short() {
        assert_eq!(tick(40.0), "40");
        assert_eq!(tick(0.333_333), "0.33");
    }
}
