//! What would have been: items as another card had scored and routed them, and leads that are only supposed.
//!
//! Exact, because decisions are deterministic and what they were made on is kept. A replay keeps no state: each page is asked
//! for with the card, and whoever stops asking has cancelled.

use shared::config::Config;
use shared::facts;
use shared::learn::Learner;
use shared::rating::supposed::{self, Supposed};
use shared::rating::{self, Rating};
use shared::route::{Route, route};
use shared::score::{self, Card, Event};
use shared::time::Timestamp;
use shared::wire::console::{Outcome, ScoreView};
use shared::wire::scoring::{self, Basis as BasisView, Decided, Replay, ReplayPage, Replayed, WhatIf, WhatIfAnswer};

use super::ask::Reply;
use super::ratings::Basis;
use super::scoring::{bad_card, read};
use super::{Desk, now_ms, problem, problem_reply, store, views};
use crate::error::Failure;
use crate::sql::Row;
use crate::values;

/// Items of one page.
const PAGE: usize = 500;
/// The furthest that a replay goes back.
const MAX_DAYS: u32 = 366;
const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// An item as it was when it was opened.
struct Past {
    facts: serde_json::Value,
    visit: shared::visit::Visit,
    at: Timestamp,
    /// What the learner said then: it is not replayed, since a card changes nothing of what it had learnt.
    chance: Option<u32>,
}

impl Desk {
    /// One page of a replay.
    pub(super) fn replay(&self, config: &Config, replay: Replay) -> Result<Reply, Failure> {
        let Replay { card, days, after } = replay;
        match read(config, card) {
            Ok((_, card)) => self.replay_by(config, (config, &card), days, after.as_deref()),
            Err(fields) => Ok(problem_reply(&bad_card(fields))),
        }
    }

    /// One page of a replay by another configuration's routes, and another card.
    pub(super) fn replay_by(
        &self,
        config: &Config,
        other: (&Config, &Card),
        days: u32,
        after: Option<&str>,
    ) -> Result<Reply, Failure> {
        if !(1..=MAX_DAYS).contains(&days) {
            return Ok(problem(422, "invalid_days", "A replay goes back 1 to 366 days."));
        }
        let since = now_ms() - i64::from(days) * DAY_MS;
        let Some((from, from_id)) = start(after, since) else {
            return Ok(problem(422, "invalid_start", "This is no start of a page."));
        };
        let counted = self.db.row("item", "SELECT count(*) FROM item WHERE opened_at >= ?", values![since])?;
        let query = "
            SELECT item.id, who, opened_at, outcome, trace, rating.version, rating.tier, rating.total, rating.chance
            FROM item LEFT JOIN rating ON rating.seq = (SELECT min(seq) FROM rating WHERE item_id = item.id)
            WHERE (opened_at, item.id) > (?, ?) ORDER BY opened_at, item.id LIMIT ?";
        let most = i64::try_from(PAGE).unwrap_or(i64::MAX);
        let rows = self.db.rows("item", query, values![from, from_id, most])?;
        let mut page = ReplayPage {
            of: counted.map_or(Ok(0), |row| row.number(0))?,
            items: Vec::with_capacity(rows.len()),
            skipped: 0,
            differ: 0,
            next: None,
        };
        for row in &rows {
            match self.replayed(config, other, row)? {
                Some((item, differs)) => {
                    page.differ += u32::from(differs);
                    page.items.push(item);
                }
                None => page.skipped += 1,
            }
        }
        if let Some(last) = rows.last().filter(|_| rows.len() == PAGE) {
            page.next = Some(format!("{}~{}", last.int(2)?, last.text(0)?));
        }
        super::ok(&page)
    }

    /// One item by both cards, and whether the one in force makes something else of it than it did; nothing, where an earlier
    /// version kept no basis.
    fn replayed(
        &self,
        config: &Config,
        other: (&Config, &Card),
        row: &Row,
    ) -> Result<Option<(Replayed, bool)>, Failure> {
        let id = row.text(0)?;
        let (Some(basis), Some(version)) = (Basis::of(&self.db, id)?, row.maybe_int(5)?) else { return Ok(None) };
        let at = Timestamp::from_ms(row.int(2)?);
        let chance = row.maybe_int(8)?.and_then(|chance| u32::try_from(chance).ok());
        let past = Past { facts: basis.facts, visit: basis.opened, at, chance };
        let Some((before, after)) = past.decided(config, config.card()).zip(past.decided(other.0, other.1)) else {
            return Ok(None);
        };
        let trace: views::Trace = row.json(4)?;
        let (tier, total): (&str, i32) = (row.text(6)?, row.number(7)?);
        let was = (tier, total, trace.routed());
        let is = (before.tier.as_str(), before.total, (before.queue.as_str(), before.route.as_str()));
        let differs = version == i64::from(config.version()) && was != is;
        let outcome = row.maybe_text(3)?.and_then(views::outcome);
        let item = item_of(id, row.text(1)?, at, outcome, before, after);
        Ok(Some((item, differs)))
    }

    /// What a score would be.
    pub(super) fn what_if(&self, config: &Config, what_if: WhatIf) -> Result<Reply, Failure> {
        let WhatIf { card, basis } = what_if;
        let card = match card.map(|card| read(config, card)).transpose() {
            Ok(card) => card.map(|(_, card)| card),
            Err(fields) => return Ok(problem_reply(&bad_card(fields))),
        };
        let supposed = match supposed::read(&basis, config.source()) {
            Ok(supposed) => supposed,
            Err(fields) => return Ok(problem_reply(&bad_card(fields))),
        };
        let learner = self.learner(config)?;
        let Some(live) = suppose(config, config.card(), &learner, &supposed) else { return Ok(nowhere()) };
        let draft = card.as_ref().map(|card| suppose(config, card, &learner, &supposed));
        match draft {
            Some(None) => Ok(nowhere()),
            draft => super::ok(&WhatIfAnswer { live, draft: draft.flatten() }),
        }
    }

    /// What an item is rated by, as of now.
    pub(super) fn basis(&self, item: &str) -> Result<Reply, Failure> {
        let unknown =
            || problem(404, "unknown_item", "There is no such item, or an earlier version kept nothing of it.");
        let row = self.db.row("item", "SELECT person_id FROM item WHERE id = ?", values![item])?;
        let (Some(row), Some(basis)) = (row, Basis::of(&self.db, item)?) else { return Ok(unknown()) };
        let now = Timestamp::from_ms(now_ms());
        let person = store::person_beside(&self.db, row.text(0)?, item)?;
        super::ok(&BasisView {
            facts: facts::as_of(basis.facts, &basis.visit, person.as_ref(), now),
            events: score::events(&basis.visit).iter().map(Event::view).collect(),
            at: now.to_rfc3339(),
        })
    }
}

impl Past {
    /// What a card, and the routes as they are, make of it.
    fn decided(&self, config: &Config, card: &Card) -> Option<Decided> {
        let score = score::score(card, &self.facts, &score::events(&self.visit), self.at);
        let route = route(config, &facts::with_score(self.facts.clone(), &score, self.chance), self.at)?;
        let (tier, total) = (score.tier().to_string(), score.total());
        Some(Decided { tier, total, queue: route.queue, route: route.rule })
    }
}

fn item_of(id: &str, who: &str, at: Timestamp, outcome: Option<Outcome>, before: Decided, after: Decided) -> Replayed {
    Replayed { id: id.to_owned(), who: who.to_owned(), opened_at: at.to_rfc3339(), outcome, before, after }
}

/// What a card, the learner and the routes would make of a lead that nobody is.
fn suppose(config: &Config, card: &Card, learner: &Learner, lead: &Supposed<'_>) -> Option<scoring::Supposed> {
    let rating: Rating = rating::rate(config, card, learner, lead.kind, lead.facts, &lead.events, lead.at);
    let facts = facts::with_score(lead.facts.clone(), &rating.score, rating.chance());
    let route: Route = route(config, &facts, lead.at)?;
    let score: ScoreView = views::score_view(card, &rating.score);
    Some(scoring::Supposed { score, learnt: rating.learnt_view(config), route: views::route_view(config, &route) })
}

fn nowhere() -> Reply {
    problem(422, "no_route", "No routing rule takes this.")
}

/// Where a page starts: after so many milliseconds since 1970, and after an id among those of the same moment.
fn start(after: Option<&str>, since: i64) -> Option<(i64, String)> {
    let Some(after) = after else { return Some((since - 1, "~".to_owned())) };
    let (at, id) = after.split_once('~')?;
    Some((at.parse().ok()?, id.to_owned()))
}
