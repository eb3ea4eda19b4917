//! What a page pays for the widget, beside two peers in the same run: a form that was written by hand for one page, and
//! posthog-js with surveys, from its npm package.
//!
//! `tests/load/widget` visits the pages and measures; this reads what it saw, and sets it beside what the design asks for.
//! The contenders take turns, because a machine's speed moves more from minute to minute than they differ. It refuses to
//! judge: a figure that misses its budget is printed as such, and is no error.

use std::collections::BTreeSet;
use std::process::Stdio;

use anyhow::{Context, Result};
use clap::Args;
use serde_json::{Map, Value, json};

use crate::{build, paths, run, serve, setup};

const USHER: &str = "usher";
const VANILLA: &str = "vanilla";
const POSTHOG: &str = "posthog";
const CONTENDERS: [&str; 3] = [USHER, VANILLA, POSTHOG];
/// The one name that Usher puts on `window`.
const GLOBAL: &str = "usher";
/// A task that takes longer keeps a visitor waiting (<https://www.w3.org/TR/longtasks/>), and what is longer is its blocking.
const LONG_TASK_MS: f64 = 50.0;

#[derive(Args)]
pub struct Options {
    /// Print one JSON object instead of tables
    #[arg(long)]
    json: bool,
    /// How many times each page is visited
    #[arg(long, default_value_t = 7, value_parser = clap::value_parser!(u32).range(1..=1000))]
    rounds: u32,
}

pub fn run(options: &Options) -> Result<()> {
    let tools = setup::for_testing()?;
    build::all(&tools, build::Mode::Release, build::Say::Work)?;
    let text = run::read(
        run::program("node")
            .arg(paths::root().join("tests/load/widget/measure.mjs"))
            .arg(options.rounds.to_string())
            .env("USHER_XTASK", run::this_program()?)
            .env(serve::AS_BUILT, "1")
            .stderr(Stdio::inherit()),
        "measuring the widget",
    )?;
    let measured: Value = serde_json::from_str(&text).context("what was measured cannot be read")?;
    let visits = visits(&measured).context("what was measured lacks a part")?;
    let budgets = budgets(&visits);
    if options.json {
        println!("{}", as_json(&measured, &visits, &budgets));
    } else {
        print_tables(options.rounds, &visits, &budgets);
    }
    Ok(())
}

/// One visit of one page, until the page had nothing left to do.
struct Visit {
    name: String,
    /// Whether the form opened by itself, or the page waited for a visitor to ask.
    opens: bool,
    /// From the snippet to a field that can be seen; nothing where none opens.
    visible_ms: f64,
    /// From the snippet to a key that arrived in it.
    ready_ms: f64,
    long_tasks_ms: Vec<f64>,
    layout_shift: f64,
    requests: usize,
    raw: f64,
    /// Of what was asked for before the form could be seen; where none opens, of everything.
    brotli: f64,
    brotli_in_all: f64,
    problems: Vec<String>,
    new_globals: Vec<String>,
    changed_styles: Vec<String>,
}

impl Visit {
    fn parse(visit: &Value) -> Option<Self> {
        let list = |name: &str| visit.get(name).and_then(Value::as_array);
        let words = |name: &str| Some(list(name)?.iter().filter_map(Value::as_str).map(str::to_owned).collect());
        let requests = list("requests")?;
        let bytes = |kind: &str, all: bool| -> Option<f64> {
            let counts = |request: &&Value| all || request.get("late").and_then(Value::as_bool) != Some(true);
            requests.iter().filter(counts).map(|request| request.get(kind).and_then(Value::as_f64)).sum()
        };
        let opens = visit.get("opens")?.as_bool()?;
        let when = |name: &str| if opens { visit.get(name)?.as_f64() } else { Some(f64::NAN) };
        Some(Self {
            name: visit.get("name")?.as_str()?.to_owned(),
            opens,
            visible_ms: when("visible_ms")?,
            ready_ms: when("ready_ms")?,
            long_tasks_ms: list("long_tasks")?.iter().map(Value::as_f64).collect::<Option<_>>()?,
            layout_shift: visit.get("layout_shift")?.as_f64()?,
            requests: requests.len(),
            raw: bytes("raw", true)?,
            brotli: bytes("brotli", false)?,
            brotli_in_all: bytes("brotli", true)?,
            problems: words("problems")?,
            new_globals: words("new_globals")?,
            changed_styles: words("changed_styles")?,
        })
    }

    fn longest_ms(&self) -> f64 {
        self.long_tasks_ms.iter().copied().fold(0.0, f64::max)
    }

    fn blocking_ms(&self) -> f64 {
        self.long_tasks_ms.iter().map(|task| (task - LONG_TASK_MS).max(0.0)).sum()
    }
}

fn visits(measured: &Value) -> Option<Vec<Visit>> {
    measured.get("visits")?.as_array()?.iter().map(Visit::parse).collect()
}

/// A line of the table.
struct Figure {
    tag: &'static str,
    what: &'static str,
    opens: bool,
    of: fn(&Visit) -> f64,
    /// How many digits after the point mean something.
    digits: usize,
}

const READY: Figure = Figure {
    tag: "ready_ms",
    what: "snippet to a form that takes a key, ms",
    opens: true,
    of: |v| v.ready_ms,
    digits: 0,
};
const BYTES: Figure =
    Figure { tag: "brotli", what: "bytes until it is visible, brotli 11", opens: true, of: |v| v.brotli, digits: 0 };
const BLOCKING_WAITING: Figure =
    Figure { tag: "waiting_blocking_ms", what: "blocking, ms", opens: false, of: Visit::blocking_ms, digits: 0 };
const BLOCKING: Figure =
    Figure { tag: "blocking_ms", what: "blocking, ms", opens: true, of: Visit::blocking_ms, digits: 0 };
const LONG_WAITING: Figure = Figure {
    tag: "waiting_long_tasks",
    what: "tasks over 50 ms",
    opens: false,
    of: |v| v.long_tasks_ms.len() as f64,
    digits: 0,
};
const LONG: Figure = Figure {
    tag: "long_tasks",
    what: "tasks over 50 ms",
    opens: true,
    of: |v| v.long_tasks_ms.len() as f64,
    digits: 0,
};
const REQUESTS_WAITING: Figure =
    Figure { tag: "waiting_requests", what: "requests", opens: false, of: |v| v.requests as f64, digits: 0 };

const FIGURES: [Figure; 16] = [
    REQUESTS_WAITING,
    Figure { tag: "waiting_brotli", what: "bytes, brotli 11", opens: false, of: |v| v.brotli, digits: 0 },
    BLOCKING_WAITING,
    LONG_WAITING,
    Figure { tag: "waiting_longest_ms", what: "longest task, ms", opens: false, of: Visit::longest_ms, digits: 0 },
    Figure { tag: "waiting_layout_shift", what: "layout shift", opens: false, of: |v| v.layout_shift, digits: 3 },
    Figure { tag: "visible_ms", what: "snippet to a visible form, ms", opens: true, of: |v| v.visible_ms, digits: 0 },
    READY,
    Figure { tag: "requests", what: "requests", opens: true, of: |v| v.requests as f64, digits: 0 },
    BYTES,
    Figure { tag: "brotli_in_all", what: "bytes in all, brotli 11", opens: true, of: |v| v.brotli_in_all, digits: 0 },
    Figure { tag: "raw", what: "bytes in all, not compressed", opens: true, of: |v| v.raw, digits: 0 },
    BLOCKING,
    LONG,
    Figure { tag: "longest_ms", what: "longest task, ms", opens: true, of: Visit::longest_ms, digits: 0 },
    Figure { tag: "layout_shift", what: "layout shift", opens: true, of: |v| v.layout_shift, digits: 3 },
];

impl Figure {
    fn quartiles(&self, visits: &[Visit], name: &str) -> Quartiles {
        let of_it = visits.iter().filter(|visit| visit.name == name && visit.opens == self.opens);
        Quartiles::of(of_it.map(self.of).collect())
    }

    fn median(&self, visits: &[Visit], name: &str) -> f64 {
        self.quartiles(visits, name).median
    }
}

/// The middle, and the middle of each half.
#[derive(Debug, PartialEq)]
struct Quartiles {
    lower: f64,
    median: f64,
    upper: f64,
}

impl Quartiles {
    fn of(mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        let quarter = |quarters: usize| {
            let steps = values.len().saturating_sub(1) * quarters;
            let at = |place: usize| values.get(place).copied();
            let below = at(steps / 4).unwrap_or(f64::NAN);
            below + (at(steps / 4 + 1).unwrap_or(below) - below) * (steps % 4) as f64 / 4.0
        };
        Self { lower: quarter(1), median: quarter(2), upper: quarter(3) }
    }

    /// As people read it; what never varied needs no quartiles.
    fn shown(&self, digits: usize) -> String {
        let Self { lower, median, upper } = self;
        if lower == upper {
            format!("{median:.digits$}")
        } else {
            format!("{median:.digits$} ({lower:.digits$} - {upper:.digits$})")
        }
    }
}

/// What the design asks of Usher.
struct Budget {
    tag: &'static str,
    what: &'static str,
    is: f64,
    limit: Limit,
}

#[derive(Clone, Copy)]
enum Limit {
    Under(f64),
    AtMost(f64),
}

impl Budget {
    fn met(&self) -> bool {
        match self.limit {
            Limit::Under(limit) => self.is < limit,
            Limit::AtMost(limit) => self.is <= limit,
        }
    }
}

fn budgets(visits: &[Visit]) -> Vec<Budget> {
    let ratio = |figure: &Figure| figure.median(visits, USHER) / figure.median(visits, POSTHOG);
    let beyond = |figure: &Figure| figure.median(visits, USHER) - figure.median(visits, VANILLA);
    let ours = || visits.iter().filter(|visit| visit.name == USHER);
    // These hold on every visit, and not on most of them.
    let worst = |of: fn(&Visit) -> f64| ours().map(of).fold(0.0, f64::max);
    let budget = |tag, what, is, limit| Budget { tag, what, is, limit };
    vec![
        budget("time_ratio", "time, of posthog-js's", ratio(&READY), Limit::Under(0.5)),
        budget("bytes_ratio", "bytes, of posthog-js's", ratio(&BYTES), Limit::Under(1.0 / 3.0)),
        budget("bytes", "bytes until a form is visible", BYTES.median(visits, USHER), Limit::AtMost(45_000.0)),
        budget(
            "waiting_requests",
            "requests before a visitor asks",
            REQUESTS_WAITING.median(visits, USHER),
            Limit::AtMost(2.0),
        ),
        budget(
            "waiting_blocking_beyond_ms",
            "blocking beyond vanilla's, waiting, ms",
            beyond(&BLOCKING_WAITING),
            Limit::AtMost(20.0),
        ),
        budget("blocking_beyond_ms", "blocking beyond vanilla's, opening, ms", beyond(&BLOCKING), Limit::AtMost(20.0)),
        budget(
            "waiting_long_tasks_beyond",
            "tasks over 50 ms beyond vanilla's, waiting",
            beyond(&LONG_WAITING),
            Limit::AtMost(0.0),
        ),
        budget("long_tasks_beyond", "tasks over 50 ms beyond vanilla's, opening", beyond(&LONG), Limit::AtMost(0.0)),
        budget("layout_shift", "layout shift, worst visit", worst(|visit| visit.layout_shift), Limit::AtMost(0.0)),
        budget(
            "changed_styles",
            "computed properties of the host changed",
            worst(|visit| visit.changed_styles.len() as f64),
            Limit::AtMost(0.0),
        ),
        budget("problems", "console errors", worst(|visit| visit.problems.len() as f64), Limit::AtMost(0.0)),
        budget(
            "other_globals",
            "names on window but `usher`",
            worst(|visit| visit.new_globals.iter().filter(|name| *name != GLOBAL).count() as f64),
            Limit::AtMost(0.0),
        ),
    ]
}

fn print_tables(rounds: u32, visits: &[Visit], budgets: &[Budget]) {
    println!(
        "Medians of {rounds} rounds, with the lower and the upper quartile; Chromium on a processor slowed down to a quarter."
    );
    for (opens, title) in [(false, "the page waits for a visitor to ask"), (true, "the form opens by itself")] {
        println!("\n{title:<40}{:>24}{:>24}{:>24}", "usher", "vanilla", "posthog-js");
        for figure in FIGURES.iter().filter(|figure| figure.opens == opens) {
            let cells: String = CONTENDERS
                .iter()
                .map(|name| format!("{:>24}", figure.quartiles(visits, name).shown(figure.digits)))
                .collect();
            println!("{:<40}{cells}", figure.what);
        }
    }
    println!();
    for name in CONTENDERS {
        for (what, found) in seen(visits, name) {
            let shown = if found.is_empty() { "none".to_owned() } else { found.join(", ") };
            println!("{name:<8} {what:<16} {shown}");
        }
    }
    println!("\n{:<44}{:>10}{:>14}", "what is asked of usher", "is", "should be");
    for budget in budgets {
        let digits = if budget.is.fract() == 0.0 { 0 } else { 2 };
        let limit = match budget.limit {
            Limit::Under(limit) => format!("under {limit:.2}"),
            Limit::AtMost(limit) => format!("at most {limit}"),
        };
        let verdict = if budget.met() { "met" } else { "NOT MET" };
        println!("{:<44}{:>10.digits$}{limit:>14}  {verdict}", budget.what, budget.is);
    }
}

/// What was found on any visit, each once.
fn seen(visits: &[Visit], name: &str) -> [(&'static str, Vec<String>); 3] {
    let each_once = |of: fn(&Visit) -> &[String]| {
        let found: BTreeSet<&String> = visits.iter().filter(|visit| visit.name == name).flat_map(of).collect();
        found.into_iter().cloned().collect()
    };
    [
        ("new on window", each_once(|visit| &visit.new_globals)),
        ("console errors", each_once(|visit| &visit.problems)),
        ("host styles", each_once(|visit| &visit.changed_styles)),
    ]
}

fn as_json(measured: &Value, visits: &[Visit], budgets: &[Budget]) -> Value {
    let figures: Map<String, Value> = CONTENDERS
        .iter()
        .map(|name| {
            let of_it: Map<String, Value> = FIGURES
                .iter()
                .map(|figure| {
                    let Quartiles { lower, median, upper } = figure.quartiles(visits, name);
                    (figure.tag.to_owned(), json!({ "lower": lower, "median": median, "upper": upper }))
                })
                .collect();
            ((*name).to_owned(), of_it.into())
        })
        .collect();
    let budgets: Map<String, Value> = budgets
        .iter()
        .map(|budget| {
            let (Limit::Under(limit) | Limit::AtMost(limit)) = budget.limit;
            (budget.tag.to_owned(), json!({ "is": budget.is, "limit": limit, "met": budget.met() }))
        })
        .collect();
    json!({ "figures": figures, "budgets": budgets, "measured": measured })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quartiles_stand_between_their_neighbours() {
        let of = |values: &[f64]| Quartiles::of(values.to_vec());
        assert_eq!(of(&[3.0, 1.0, 2.0]), Quartiles { lower: 1.5, median: 2.0, upper: 2.5 });
        assert_eq!(of(&[4.0, 1.0, 2.0, 3.0]), Quartiles { lower: 1.75, median: 2.5, upper: 3.25 });
        assert_eq!(of(&[5.0]), Quartiles { lower: 5.0, median: 5.0, upper: 5.0 });
    }

    #[test]
    fn only_what_is_over_fifty_milliseconds_blocks() {
        let visit = visit(USHER, 200.0, &[51.0, 80.0]);
        assert_eq!((visit.blocking_ms(), visit.longest_ms()), (31.0, 80.0));
    }

    #[test]
    fn a_budget_is_met_by_medians_and_missed_by_one_bad_visit_where_none_may_be() {
        let mut visits: Vec<Visit> =
            [(USHER, 300.0), (USHER, 310.0), (USHER, 900.0), (POSTHOG, 700.0), (VANILLA, 150.0)]
                .map(|(name, ready)| visit(name, ready, &[]))
                .into();
        let met = |visits: &[Visit], tag| budgets(visits).iter().find(|budget| budget.tag == tag).map(Budget::met);
        assert_eq!(met(&visits, "time_ratio"), Some(true));
        assert_eq!(met(&visits, "other_globals"), Some(true));
        if let Some(first) = visits.first_mut() {
            first.new_globals.push("leak".to_owned());
        }
        assert_eq!(met(&visits, "other_globals"), Some(false));
    }

    #[test]
    fn a_visit_without_a_part_is_not_read() {
        assert!(Visit::parse(&json!({ "name": "usher", "opens": true, "requests": [] })).is_none());
    }

    fn visit(name: &str, ready_ms: f64, long_tasks_ms: &[f64]) -> Visit {
        Visit {
            name: name.to_owned(),
            opens: true,
            visible_ms: ready_ms,
            ready_ms,
            long_tasks_ms: long_tasks_ms.to_vec(),
            layout_shift: 0.0,
            requests: 2,
            raw: 200.0,
            brotli: 100.0,
            brotli_in_all: 100.0,
            problems: Vec::new(),
            new_globals: vec![GLOBAL.to_owned()],
            changed_styles: Vec::new(),
        }
    }
}
