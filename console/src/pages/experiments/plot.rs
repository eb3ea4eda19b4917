//! Where the lines, the bands and the marks of differences over time are. Pure: numbers in, numbers and paths out.

use chrono::{Datelike, NaiveDate};
use shared::wire::experiments::SeriesPoint;

/// The size of the plot, in the units of its letters.
pub const WIDTH: f64 = 460.0;
/// Its height.
pub const HEIGHT: f64 = 240.0;
/// Room for the numbers at the side.
pub const LEFT: f64 = 46.0;
/// Room for the letters at the ends of the lines.
pub const RIGHT: f64 = 30.0;
/// Room above.
pub const ABOVE: f64 = 10.0;
/// Room for the days below.
pub const BELOW: f64 = 26.0;
/// Letters at the ends of lines stand so far apart at least.
const APART: f64 = 13.0;
/// How far beyond the last intervals the plot reaches: early ones are far wider, and are cut off.
const BEYOND: f64 = 2.0;

/// A difference on a day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// The day, counted from some beginning.
    pub day: f64,
    /// The difference.
    pub at: f64,
    /// From here; open where absent.
    pub low: Option<f64>,
    /// To here.
    pub high: Option<f64>,
}

/// An arm's differences, by day.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// The arm, by its place.
    pub arm: usize,
    /// By day.
    pub points: Vec<Point>,
}

/// All lines, and what they span.
#[derive(Debug, Clone, PartialEq)]
pub struct Plot {
    /// Each arm but the control.
    pub lines: Vec<Line>,
    /// The first and the last day.
    pub wide: (f64, f64),
    /// The least and the most that is shown.
    pub high: (f64, f64),
}

impl Plot {
    /// Of differences, each multiplied by what makes it readable.
    pub fn of(series: &[SeriesPoint], factor: f64) -> Self {
        let mut lines: Vec<Line> = Vec::new();
        for point in series {
            let Some(day) = day_number(&point.day) else { continue };
            let estimate = point.difference;
            let scaled = Point {
                day,
                at: estimate.at * factor,
                low: estimate.low.map(|low| low * factor),
                high: estimate.high.map(|high| high * factor),
            };
            match lines.iter_mut().find(|line| line.arm == point.arm) {
                Some(line) => line.points.push(scaled),
                None => lines.push(Line { arm: point.arm, points: vec![scaled] }),
            }
        }
        let days = lines.iter().flat_map(|line| &line.points).map(|point| point.day);
        let wide = days.fold((f64::INFINITY, f64::NEG_INFINITY), |(from, to), day| (from.min(day), to.max(day)));
        let high = span(&lines);
        Self { lines, wide: if wide.0.is_finite() { wide } else { (0.0, 0.0) }, high }
    }

    /// The place of a day, from the left.
    pub fn across(&self, day: f64) -> f64 {
        place(day, self.wide, LEFT, WIDTH - RIGHT)
    }

    /// The place of a difference, from the top.
    pub fn down(&self, difference: f64) -> f64 {
        place(difference, self.high, HEIGHT - BELOW, ABOVE)
    }

    /// The path of a line.
    pub fn line(&self, line: &Line) -> String {
        self.path(line.points.iter().map(|point| (point.day, point.at)), "M")
    }

    /// The path around a line's intervals.
    pub fn band(&self, line: &Line) -> String {
        let tops = line.points.iter().map(|point| (point.day, point.high.unwrap_or(self.high.1)));
        let bottoms = line.points.iter().rev().map(|point| (point.day, point.low.unwrap_or(self.high.0)));
        format!("{} {} Z", self.path(tops, "M"), self.path(bottoms, "L"))
    }

    fn path(&self, points: impl Iterator<Item = (f64, f64)>, first: &str) -> String {
        let step = |(at, (day, value)): (usize, (f64, f64))| {
            format!("{}{:.1} {:.1}", if at == 0 { first } else { "L" }, self.across(day), self.down(value))
        };
        points.enumerate().map(step).collect::<Vec<_>>().join(" ")
    }

    /// Where the letters of the lines stand, by arm: beside their ends, and never over each other.
    pub fn letters(&self) -> Vec<(usize, f64)> {
        let ends = self.lines.iter().filter_map(|line| Some((line.arm, self.down(line.points.last()?.at))));
        let mut ends: Vec<(usize, f64)> = ends.collect();
        ends.sort_by(|one, other| one.1.total_cmp(&other.1));
        let mut least = f64::NEG_INFINITY;
        for (_, end) in &mut ends {
            *end = end.max(least);
            least = *end + APART;
        }
        ends
    }

    /// How far the lines across are from each other.
    pub fn step(&self) -> f64 {
        round_step((self.high.1 - self.high.0) / 6.0)
    }

    /// The values at which there is a line across: round numbers, nothing among them.
    pub fn ticks(&self) -> Vec<f64> {
        let (from, to) = self.high;
        let step = self.step();
        if !step.is_finite() || step <= 0.0 {
            return vec![0.0];
        }
        let mut ticks = Vec::new();
        let mut at = (from / step).ceil();
        while at * step <= to && ticks.len() < 12 {
            ticks.push(at * step);
            at += 1.0;
        }
        ticks
    }
}

fn day_number(day: &str) -> Option<f64> {
    Some(f64::from(day.parse::<NaiveDate>().ok()?.num_days_from_ce()))
}

fn place(value: f64, (from, to): (f64, f64), start: f64, end: f64) -> f64 {
    if to > from { start + (value.clamp(from, to) - from) / (to - from) * (end - start) } else { (start + end) / 2.0 }
}

/// What is shown of all values: nothing, each difference, and no more of the early intervals than says something.
fn span(lines: &[Line]) -> (f64, f64) {
    let points = || lines.iter().flat_map(|line| &line.points);
    let last = lines.iter().filter_map(|line| line.points.last());
    let reach = last.flat_map(|point| [Some(point.at), point.low, point.high]).flatten();
    let most = reach.fold(0.0_f64, |most, end| most.max(end.abs())) * BEYOND;
    let ends = points().flat_map(|point| [Some(point.at), point.low, point.high]).flatten();
    let (low, high) = ends.fold((0.0_f64, 0.0_f64), |(low, high), end| (low.min(end), high.max(end)));
    let (low, high) = if most > 0.0 { (low.max(-most), high.min(most)) } else { (low, high) };
    // A plot of nothing has a height too.
    if high > low { (low, high) } else { (-1.0, 1.0) }
}

/// One, two or five of some power of ten: the next that is not less.
fn round_step(least: f64) -> f64 {
    let power = 10_f64.powf(least.log10().floor());
    let times = [1.0, 2.0, 5.0, 10.0].into_iter().find(|times| times * power >= least * 0.999);
    times.unwrap_or(10.0) * power
}

#[cfg(test)]
mod tests {
    use shared::wire::experiments::EstimateView;

    use super::*;

    #[test]
    fn each_arm_has_its_line() {
        let plot = Plot::of(&[at(1, 1, 0.01), at(1, 2, 0.02), at(2, 1, 0.03)], 100.0);
        assert_eq!(plot.lines.iter().map(|line| (line.arm, line.points.len())).collect::<Vec<_>>(), [(1, 2), (2, 1)]);
        assert!((plot.wide.1 - plot.wide.0 - 1.0).abs() < f64::EPSILON);
        assert_eq!(plot.across(plot.wide.0), LEFT);
        assert_eq!(plot.across(plot.wide.1), WIDTH - RIGHT);
    }

    #[test]
    fn nothing_is_always_on_it_and_early_intervals_are_cut_off() {
        let mut wide = at(1, 1, 0.0);
        wide.difference = EstimateView { at: 0.0, low: Some(-0.9), high: Some(0.9) };
        let plot = Plot::of(&[wide, at(1, 2, 0.03)], 100.0);
        assert!(plot.high.0 <= 0.0 && plot.high.1 >= 4.0);
        assert!(plot.high.1 <= 8.0, "the first day would squeeze the last: {:?}", plot.high);
    }

    #[test]
    fn a_plot_of_nothing_does_not_divide_by_it() {
        for plot in [Plot::of(&[], 100.0), Plot::of(&[none()], 100.0)] {
            assert!(plot.down(0.0).is_finite() && plot.across(0.0).is_finite());
            assert!(plot.ticks().contains(&0.0));
        }
    }

    #[test]
    fn ticks_are_round() {
        let plot = Plot { lines: Vec::new(), wide: (0.0, 1.0), high: (-1.3, 4.1) };
        assert_eq!(plot.ticks(), [-1.0, 0.0, 1.0, 2.0, 3.0, 4.0]);
        assert_eq!([0.3, 1.0, 4.9, 0.012].map(round_step), [0.5, 1.0, 5.0, 0.02]);
    }

    #[test]
    fn letters_never_stand_over_each_other() {
        let letters = Plot::of(&[at(1, 1, 0.02), at(2, 1, 0.0201), at(3, 1, 0.0199)], 100.0).letters();
        let apart = letters.windows(2).all(|pair| pair[1].1 - pair[0].1 >= APART - 1e-9);
        assert!(apart, "{letters:?}");
    }

    #[test]
    fn an_open_end_reaches_the_edge() {
        let plot = Plot::of(&[none(), at(1, 2, 0.02)], 100.0);
        let band = plot.band(&plot.lines[0]);
        assert!(band.starts_with(&format!("M{LEFT:.1} {ABOVE:.1}")), "{band}");
    }

    fn at(arm: usize, day: u32, at: f64) -> SeriesPoint {
        SeriesPoint {
            day: format!("2026-11-{day:02}"),
            arm,
            n: 100,
            difference: EstimateView { at, low: Some(at - 0.01), high: Some(at + 0.01) },
        }
    }

    fn none() -> SeriesPoint {
        SeriesPoint { difference: EstimateView { at: 0.0, low: None, high: None }, ..at(1, 1, 0.0) }
    }
}
