//! Everything that can be wrong with a score card.

use std::sync::Arc;

use super::{MAX_RULES, Problems, condition, unique};
use crate::condition::{Condition, Fitted, Slots};
use crate::facts::{Type, type_of};
use crate::score::Milli;
use crate::score::card::{Branch, Card, Gives, Limits, Range, Rule, Segment, Tiers, Words};
use crate::score::event::{Band, Bands, Counters, Counting, MAX_COUNTED, Span, When, Worth};
use crate::visit::{PRICING_KINDS, is_kind};
use crate::wire;
use crate::wire::Workspace;
use crate::wire::card::{Amount, Count, Customers, Group};

/// The longest window or half-life: ten years.
const MAX_DAYS: f64 = 3_650.0;
/// The half-life of events where none is given, in days.
const HALF_LIFE_DAYS: i64 = 14;
const DAY_MS: f64 = 86_400_000.0;
/// The most branches of a rule, bands of an event rule, or facts of a sum.
const MAX_PARTS: usize = 100;

/// The card, with its conditions read. Problems stand under `card`.
pub fn card(version: u32, wire: &wire::Card, workspace: &Workspace, problems: &mut Problems) -> Card {
    let mut reader = Reader { workspace, problems, slots: Slots::default(), counters: Counters::default() };
    let limits = reader.limits(&wire.limits);
    let tiers = reader.tiers(wire, limits);
    let excluded = reader.excluded(wire);
    let rules = reader.rules(&wire.rules);
    let Reader { slots, counters, .. } = reader;
    Card { version, limits, excluded, rules, tiers, slots, counters, words: Words::default() }
}

struct Reader<'a> {
    workspace: &'a Workspace,
    problems: &'a mut Problems,
    slots: Slots,
    counters: Counters,
}

impl Reader<'_> {
    fn limits(&mut self, wire: &wire::card::Limits) -> Limits {
        let free = Range { min: i32::MIN, max: i32::MAX };
        Limits {
            fit: self.range(wire.fit, "card.limits.fit"),
            intent: self.range(wire.intent, "card.limits.intent"),
            relationship: self.range(wire.relationship, "card.limits.relationship"),
            total: wire.total.map_or(free, |range| self.range(range, "card.limits.total")),
        }
    }

    fn range(&mut self, wire: wire::card::Range, path: &str) -> Range {
        let (min, max) = (Some(wire.min), Some(wire.max));
        self.bounds(wire::card::Bounds { min, max }, path)
    }

    fn bounds(&mut self, wire: wire::card::Bounds, path: &str) -> Range {
        let min = wire.min.map_or(i32::MIN, |min| self.whole(min, format!("{path}.min")));
        let max = wire.max.map_or(i32::MAX, |max| self.whole(max, format!("{path}.max")));
        self.problems.unless(min <= max, path, "inverted", "the least comes before the most");
        Range { min, max }
    }

    /// Whole points; zero where they are none.
    fn whole(&mut self, amount: Amount, path: String) -> i32 {
        let points = self.points(amount, path.clone());
        self.problems.unless(
            points.as_milli() % 1_000 == 0,
            path,
            "not_whole",
            "limits and thresholds are whole points",
        );
        points.whole()
    }

    fn points(&mut self, amount: Amount, path: String) -> Milli {
        Milli::parse(amount).unwrap_or_else(|| {
            match amount.0.is_finite() {
                true if amount.0.abs() > 10_000.0 => {
                    self.problems.push(path, "too_many", "points are at most 10,000 either way");
                }
                true => self.problems.push(path, "too_fine", "points have at most three decimals"),
                false => self.problems.push(path, "not_a_number", "points are a number"),
            }
            Milli::ZERO
        })
    }

    fn required(&mut self, amount: Option<Amount>, path: String) -> Milli {
        match amount {
            Some(amount) => self.points(amount, path),
            None => {
                self.problems.push(path, "required", "say how many points");
                Milli::ZERO
            }
        }
    }

    fn tiers(&mut self, wire: &wire::Card, limits: Limits) -> Tiers {
        let fit = self.thresholds("fit", wire.tiers.fit, limits.fit);
        let intent = self.thresholds("intent", wire.tiers.intent, limits.intent);
        Tiers { fit, intent }
    }

    fn thresholds(&mut self, name: &str, amounts: [Amount; 2], limits: Range) -> [i32; 2] {
        let path = format!("card.tiers.{name}");
        let before = self.problems.count();
        let [first, second] = amounts;
        let [first, second] = [(first, 0), (second, 1)].map(|(amount, at)| self.whole(amount, format!("{path}[{at}]")));
        if self.problems.count() == before {
            let is_in_order = first > second;
            self.problems.unless(is_in_order, path.as_str(), "out_of_order", "the first threshold is above the second");
            self.problems.unless(first <= limits.max, path, "out_of_reach", "nobody can reach the first threshold");
        }
        [first, second]
    }

    fn excluded(&mut self, wire: &wire::Card) -> Vec<Segment> {
        let count = wire.excluded.len();
        self.problems.unless(count <= MAX_PARTS, "card.excluded", "too_many", "a card excludes at most 100 segments");
        unique("card.excluded", wire.excluded.iter().map(|segment| &segment.id), self.problems);
        let segments = wire.excluded.iter().take(MAX_PARTS).enumerate().filter_map(|(index, segment)| {
            let path = format!("card.excluded[{index}]");
            self.says(&segment.says, &path);
            let when = self.condition(&segment.when, format!("{path}.when"))?;
            if when.is_always() {
                self.problems.push(format!("{path}.when"), "everybody", "this would exclude everybody");
            }
            Some(Segment { id: segment.id.as_str().into(), says: segment.says.as_str().into(), when })
        });
        segments.collect()
    }

    fn rules(&mut self, rules: &[wire::ScoreRule]) -> Vec<Rule> {
        self.problems.unless(rules.len() <= MAX_RULES, "card.rules", "too_many", "a card has at most 1,000 rules");
        unique("card.rules", rules.iter().map(|rule| &rule.id), self.problems);
        // Ten thousand rules are told once, not ten thousand times.
        let rules = rules.iter().take(MAX_RULES).enumerate();
        rules.filter_map(|(index, rule)| self.rule(rule, &format!("card.rules[{index}]"))).collect()
    }

    fn rule(&mut self, wire: &wire::ScoreRule, path: &str) -> Option<Rule> {
        self.says(&wire.says, path);
        if wire.group.is_none() {
            let message = "a rule counts in a group: fit, intent or relationship";
            self.problems.push(format!("{path}.group"), "required", message);
        }
        let range = wire.limits.map_or(Range::FREE, |limits| self.bounds(limits, &format!("{path}.limits")));
        let unknown = wire.unknown.map(|points| self.points(points, format!("{path}.unknown")));
        let when = self.condition(&wire.when, format!("{path}.when"));
        let gives = self.gives(wire, path);
        let (group, when, gives) = (wire.group?, when?, gives?);
        let mut reads = when.paths();
        if let Gives::First(branches, _) = &gives {
            reads.extend(branches.iter().flat_map(|branch| branch.when.paths()));
        }
        let customers = wire.customers.unwrap_or_else(|| customers(group, wire, &reads));
        let reads = match unknown {
            Some(_) => reads.into_iter().map(|path| self.slots.of(path)).collect(),
            None => Vec::new(),
        };
        let (id, says): (Arc<str>, Arc<str>) = (wire.id.as_str().into(), wire.says.as_str().into());
        Some(Rule { id, says, group, customers, range, when, gives, unknown, reads })
    }

    fn gives(&mut self, wire: &wire::ScoreRule, path: &str) -> Option<Gives> {
        if wire.otherwise.is_some() && wire.first.is_none() {
            let message = "this is what a rule with branches (first) gives otherwise";
            self.problems.push(format!("{path}.otherwise"), "unexpected", message);
        }
        match (wire.points, &wire.first, &wire.sum, &wire.events) {
            (Some(points), None, None, None) => Some(Gives::Points(self.points(points, format!("{path}.points")))),
            (None, Some(branches), None, None) => self.first(branches, wire.otherwise, path),
            (None, None, Some(sum), None) => self.sum(sum, &format!("{path}.sum")),
            (None, None, None, Some(events)) => self.events(events, wire.group, &format!("{path}.events")),
            _ => {
                let message = "a rule gives one of these: points, first, sum, events";
                self.problems.push(path, "one_of_four", message);
                None
            }
        }
    }

    fn first(&mut self, wire: &[wire::card::Branch], otherwise: Option<Amount>, path: &str) -> Option<Gives> {
        let list = format!("{path}.first");
        self.parts(wire.len(), &list);
        let otherwise = otherwise.map_or(Milli::ZERO, |points| self.points(points, format!("{path}.otherwise")));
        let branches = wire.iter().take(MAX_PARTS).enumerate().map(|(index, branch)| {
            let path = format!("{list}[{index}]");
            let points = self.required(branch.points, format!("{path}.points"));
            let when = self.condition(&branch.when, format!("{path}.when"))?;
            Some(Branch { when, points, says: branch.says.as_deref().map(Arc::from) })
        });
        // Each is read, so that each can be told.
        let branches: Vec<Option<Branch>> = branches.collect();
        Some(Gives::First(branches.into_iter().collect::<Option<_>>()?, otherwise))
    }

    fn sum(&mut self, wire: &wire::card::Sum, path: &str) -> Option<Gives> {
        self.parts(wire.facts.len(), &format!("{path}.facts"));
        let each = self.required(wire.each, format!("{path}.each"));
        for (index, fact) in wire.facts.iter().enumerate() {
            let path = format!("{path}.facts[{index}]");
            match type_of(fact, self.workspace) {
                _ if is_score(fact) => self.problems.push(path, "cycle", CYCLE),
                None => self.problems.push(path, "unknown_fact", format!("there is no fact {fact:?}")),
                Some(Type::Number | Type::Any) => {}
                Some(_) => self.problems.push(path, "not_a_number", format!("{fact:?} is never a number")),
            }
        }
        let facts = wire.facts.iter().take(MAX_PARTS).map(|fact| self.slots.of(fact)).collect();
        Some(Gives::Sum { facts, each, scale: wire.scale })
    }

    fn events(&mut self, wire: &wire::card::Events, group: Option<Group>, path: &str) -> Option<Gives> {
        if group == Some(Group::Fit) {
            let message = "fit never fades: what they did is intent, or relationship";
            self.problems.push(path, "not_for_fit", message);
        }
        self.parts(wire.kinds.len(), &format!("{path}.kinds"));
        for (index, kind) in wire.kinds.iter().enumerate() {
            let message = "a kind of signal is a name in lower case: page_viewed";
            self.problems.unless(is_kind(kind), format!("{path}.kinds[{index}]"), "not_a_name", message);
        }
        let span = self.span(wire, path);
        let worth = self.worth(wire, path);
        let when = self.about(&wire.when, format!("{path}.when"));
        let (worth, when) = (worth?, when?);
        let by_default = if wire.bands.is_some() { Count::Days } else { Count::Each };
        let by_day = wire.count.unwrap_or(by_default) == Count::Days;
        Some(Gives::Events(self.counters.add(&wire.kinds, Counting { when: When::of(when), by_day, worth, span })))
    }

    /// A condition over what a signal is about: names without a path.
    fn about(&mut self, json: &serde_json::Value, path: String) -> Option<Condition> {
        match Condition::parse(json) {
            Ok(when) => {
                let odd: Vec<String> =
                    when.paths().iter().filter(|name| !is_kind(name)).map(|name| format!("{name:?}")).collect();
                if odd.is_empty() {
                    return Some(when);
                }
                let message = format!("a signal has nothing by the name of {}", odd.join(", "));
                self.problems.push(path, "unknown_fact", message);
            }
            Err(error) => self.problems.push(path, "not_a_condition", error.to_string()),
        }
        None
    }

    fn span(&mut self, wire: &wire::card::Events, path: &str) -> Span {
        if wire.half_life_days.is_some() && wire.window_days.is_some() {
            let message = "points fade (half_life_days) or end (window_days), not both";
            self.problems.push(path, "one_of_two", message);
        }
        if let Some(days) = wire.window_days {
            let is_whole = days.0.fract() == 0.0;
            let days = self.days(days, is_whole, format!("{path}.window_days"), "a window has 1 to 3,650 whole days");
            return Span::Days((days / DAY_MS).round().to_int().max(1));
        }
        let Some(days) = wire.half_life_days else { return Span::HalfLife(HALF_LIFE_DAYS * DAY_MS.to_int()) };
        let message = "a half-life is more than 0 and at most 3,650 days";
        Span::HalfLife(self.days(days, true, format!("{path}.half_life_days"), message).round().to_int().max(1))
    }

    /// So many days in milliseconds; one day where they are none.
    fn days(&mut self, days: Amount, is_fine: bool, path: String, message: &str) -> f64 {
        if !days.0.is_finite() {
            self.problems.push(path, "not_a_number", message);
            return DAY_MS;
        }
        self.problems.unless(is_fine && days.0 > 0.0 && days.0 <= MAX_DAYS, path, "out_of_range", message);
        days.0 * DAY_MS
    }

    fn worth(&mut self, wire: &wire::card::Events, path: &str) -> Option<Worth> {
        match (wire.points, &wire.bands) {
            (Some(points), None) => Some(Worth::Each(self.points(points, format!("{path}.points")))),
            (None, Some(bands)) => {
                self.parts(bands.len(), &format!("{path}.bands"));
                Some(Worth::Bands(Bands::new(self.bands(bands, &format!("{path}.bands")))))
            }
            _ => {
                self.problems.push(path, "one_of_two", "events give one of these: points for each, or bands");
                None
            }
        }
    }

    /// Bands come in order and none reaches into the next.
    fn bands(&mut self, wire: &[wire::card::Band], path: &str) -> Vec<Band> {
        let mut bands: Vec<Band> = Vec::with_capacity(wire.len().min(MAX_PARTS));
        for (index, band) in wire.iter().take(MAX_PARTS).enumerate() {
            let path = format!("{path}[{index}]");
            let from = self.count(band.from, 0, format!("{path}.from"));
            let last = wire.get(index + 1).and_then(|next| next.from).filter(|next| is_count(*next));
            let open = last.map_or(u32::MAX, |next| next.0.to_count().saturating_sub(1));
            let to = match band.to {
                Some(to) => self.count(Some(to), u32::MAX, format!("{path}.to")),
                // Where the next one starts too early, that is told of the next one.
                None => open.max(from),
            };
            let points = self.required(band.points, format!("{path}.points"));
            self.problems.unless(from <= to, path.as_str(), "inverted", "a band starts before it ends");
            if let Some(before) = bands.last() {
                let is_after = from > before.to || (from > before.from && before.to == u32::MAX);
                let message = "a band starts after the one before it has ended";
                self.problems.unless(is_after, path, "overlaps", message);
            }
            bands.push(Band { from, to, points, says: band.says.as_deref().map(Arc::from) });
        }
        bands
    }

    fn count(&mut self, number: Option<Amount>, otherwise: u32, path: String) -> u32 {
        match number.filter(|number| is_count(*number)) {
            Some(number) => number.0.to_count(),
            None => {
                self.problems.push(path, "not_a_count", "a band goes from and to a whole number from 1 to 10,000");
                otherwise
            }
        }
    }

    fn condition(&mut self, json: &serde_json::Value, path: String) -> Option<Fitted> {
        let is_known = |fact: &str| is_score(fact) || type_of(fact, self.workspace).is_some();
        let when = condition(json, is_known, path.clone(), self.problems)?;
        if when.paths().into_iter().any(is_score) {
            self.problems.push(path, "cycle", CYCLE);
            return None;
        }
        Some(self.slots.fit(when))
    }

    fn says(&mut self, says: &str, path: &str) {
        let is_fine = !says.trim().is_empty();
        self.problems.unless(is_fine, format!("{path}.says"), "required", "say it in plain words: people read why");
    }

    fn parts(&mut self, count: usize, path: &str) {
        self.problems.unless(count > 0, path, "required", "there is at least one");
        self.problems.unless(count <= MAX_PARTS, path, "too_many", "there are at most 100");
    }
}

/// What makes a card go round in circles.
const CYCLE: &str = "a rule of the card cannot read the score that it makes";

fn is_score(path: &str) -> bool {
    path == "score" || path.starts_with("score.")
}

/// What is intent in anybody else is a sign of expansion in a customer, where it was done with the prices.
fn customers(group: Group, wire: &wire::ScoreRule, reads: &[&str]) -> Customers {
    let reads_prices =
        |path: &&str| path.starts_with("pricing") || *path == "page.pricing" || *path == "visit.pricing_views";
    let facts = wire.sum.iter().flat_map(|sum| &sum.facts).map(String::as_str);
    let kinds = wire.events.iter().flat_map(|events| &events.kinds);
    let is_of_prices = reads.iter().copied().chain(facts).any(|path| reads_prices(&path))
        || kinds.into_iter().any(|kind| PRICING_KINDS.contains(&kind.as_str()));
    if group == Group::Intent && is_of_prices { Customers::Expansion } else { Customers::Points }
}

fn is_count(number: Amount) -> bool {
    (1.0..=f64::from(MAX_COUNTED)).contains(&number.0) && number.0.fract() == 0.0
}

/// Numbers whose range was checked.
trait Checked {
    fn to_int(self) -> i64;
    fn to_count(self) -> u32;
}

impl Checked for f64 {
    #[allow(clippy::cast_possible_truncation, reason = "the range is checked, and a cast saturates")]
    fn to_int(self) -> i64 {
        self as i64
    }

    fn to_count(self) -> u32 {
        u32::try_from(self.to_int()).unwrap_or(u32::MAX)
    }
}
