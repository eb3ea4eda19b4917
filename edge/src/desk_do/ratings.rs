//! What items are rated by, and each rating of them: as they are opened, and again when something happened: a signal, an
//! outcome or another item of the same person, another card, another learner; or because time passed.
//!
//! No sweep looks at all items: what is to be rated again is marked in its row, by what happened or with a time.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use shared::config::Config;
use shared::desk::{Arrival, Decision};
use shared::facts;
use shared::rating::{self, Due, Rating};
use shared::score;
use shared::time::Timestamp;
use shared::visit::{Seen, Visit};
use shared::wire::FormKind;
use shared::wire::console::{MovedView, ScoredView};
use shared::wire::scoring::Progress;

use super::ask::Reply;
use super::{Desk, now_ms, store, views};
use crate::error::Failure;
use crate::rpc::{SeenRow, VisitRow};
use crate::sql::{Db, Tx, to_json};
use crate::{log, values};

/// The most items rated again in one turn of the alarm.
const AT_ONCE: i64 = 200;
/// The most other items of a person that one event has rated again: a bound on the work, where a machine writes under one
/// address.
const OF_PERSON: i64 = 20;
/// An item that cannot be rated is tried again after a day.
const AFTER_FAILURE_MS: i64 = 24 * 60 * 60 * 1_000;
/// The job that counts what a new card has rated.
const PUBLISHED: &str = "published";

/// Why an item is rated. Tags are kept in rows and never renamed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// It was opened.
    Opened,
    /// The visitor did something.
    Signal,
    /// It, or another item of the same person, was closed or opened again.
    Outcome,
    /// The same person wrote again.
    Submission,
    /// The platform says that something happened to them.
    Lifecycle,
    /// A new card was published.
    Published,
    /// The learner is trusted now, or is no more.
    Learner,
    /// Time passed.
    Time,
}

impl Why {
    const ALL: [Self; 8] = [
        Self::Opened,
        Self::Signal,
        Self::Outcome,
        Self::Submission,
        Self::Lifecycle,
        Self::Published,
        Self::Learner,
        Self::Time,
    ];

    /// The stable name.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::Signal => "signal",
            Self::Outcome => "outcome",
            Self::Submission => "submission",
            Self::Lifecycle => "lifecycle",
            Self::Published => PUBLISHED,
            Self::Learner => "learner",
            Self::Time => "time",
        }
    }

    fn from_tag(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|why| why.tag() == tag)
    }
}

/// What an item is rated by.
pub struct Basis {
    /// The facts as it was opened.
    pub facts: Value,
    /// The visit as it was opened.
    pub opened: Visit,
    /// The visit by now.
    pub visit: Visit,
}

/// The visit of an item, where more happened since it was opened.
#[derive(Serialize, Deserialize)]
struct Later {
    visit: VisitRow,
    /// The latest signal in it: what the journal tells twice is taken once.
    upto: i64,
}

impl Basis {
    /// Of an item; nothing, where an earlier version kept none.
    pub fn of(db: &Db, item: &str) -> Result<Option<Self>, Failure> {
        let row = db.row("basis", "SELECT facts, visit, later FROM basis WHERE item_id = ?", values![item])?;
        row.map(|row| {
            let opened = visit(row.json(1)?);
            let later: Option<Later> = row.maybe_text(2)?.map(|_| row.json(2)).transpose()?;
            let visit = later.map_or_else(|| opened.clone(), |later| visit(later.visit));
            Ok(Self { facts: row.json(0)?, opened, visit })
        })
        .transpose()
    }
}

fn visit(row: VisitRow) -> Visit {
    Visit::with_summary(row.recent.into_iter().map(Seen::from).collect(), row.summary)
}

fn visit_row(visit: &Visit) -> VisitRow {
    let recent = visit.signals().iter().cloned().map(SeenRow::from).collect();
    VisitRow { summary: visit.summary().clone(), recent, ..VisitRow::default() }
}

/// Writes what a new item is rated by, its first rating, and that the others of the same person are to be rated again.
pub fn write_first(tx: &Tx<'_>, arrival: &Arrival<'_>, decision: &Decision) -> Result<(), Failure> {
    let item = decision.item.id.as_str();
    let (facts, visit) = (to_json("facts", &decision.facts)?, to_json("visit", &visit_row(arrival.visit))?);
    tx.write("basis", "INSERT INTO basis (item_id, facts, visit) VALUES (?, ?, ?)", values![item, facts, visit])?;
    write(tx, item, arrival.at.as_ms(), Why::Opened, &decision.rating, &[])?;
    if decision.person.is_new { Ok(()) } else { mark_beside(tx, item, &decision.person.id, Why::Submission) }
}

fn write(tx: &Tx<'_>, item: &str, at: i64, why: Why, rating: &Rating, moved: &[MovedView]) -> Result<(), Failure> {
    let frozen = rating.learnt.as_ref().map(|learnt| to_json("frozen", &learnt.scored)).transpose()?;
    tx.write(
        "rating",
        "INSERT INTO rating (item_id, at, why, version, tier, total, points, chance, moved, frozen)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        values![
            item,
            at,
            why.tag(),
            i64::from(rating.score.version()),
            rating.score.tier().to_string(),
            rating.score.total(),
            rating.points(),
            rating.chance().map(i64::from),
            to_json("moved", &moved)?,
            frozen,
        ],
    )
}

/// Marks the open items of a person, but one, to be rated again.
pub fn mark_beside(tx: &Tx<'_>, item: &str, person: &str, why: Why) -> Result<(), Failure> {
    let query = "UPDATE item SET rate_why = ? WHERE rate_why IS NULL AND id IN (
        SELECT id FROM item WHERE person_id = ? AND id <> ? AND is_open = 1 ORDER BY opened_at DESC LIMIT ?)";
    tx.write("item", query, values![why.tag(), person, item, OF_PERSON])
}

/// Marks an item to be rated again, and the others of its person.
pub fn mark_around(tx: &Tx<'_>, item: &str, why: Why) -> Result<(), Failure> {
    tx.write("item", "UPDATE item SET rate_why = ? WHERE id = ? AND is_open = 1", values![why.tag(), item])?;
    let rows = tx.rows("item", "SELECT person_id FROM item WHERE id = ?", values![item])?;
    rows.first().map_or(Ok(()), |row| mark_beside(tx, item, row.text(0)?, why))
}

/// Marks the open items of a person to be rated again.
pub fn mark_person(tx: &Tx<'_>, person: &str, why: Why) -> Result<(), Failure> {
    mark_beside(tx, "", person, why)
}

/// Marks every open lead to be rated again.
pub fn mark_leads(tx: &Tx<'_>, why: Why) -> Result<(), Failure> {
    let query = "UPDATE item SET rate_why = ? WHERE is_open = 1 AND rate_why IS NULL AND kind IN (?, ?)";
    tx.write("item", query, values![why.tag(), FormKind::Inquiry.tag(), FormKind::Trial.tag()])
}

/// Marks every open item to be rated by a card that was just published.
pub fn mark_all(tx: &Tx<'_>) -> Result<(), Failure> {
    tx.write("item", "UPDATE item SET rate_why = ? WHERE is_open = 1", values![PUBLISHED])?;
    let query = "INSERT OR REPLACE INTO job (kind, body) SELECT ?, count(*) FROM item WHERE rate_why = ?";
    tx.write("job", query, values![PUBLISHED, PUBLISHED])
}

/// Leaves the rest as it was rated.
pub fn stop(tx: &Tx<'_>) -> Result<(), Failure> {
    tx.write("item", "UPDATE item SET rate_why = NULL WHERE rate_why = ?", values![PUBLISHED])?;
    tx.write("job", "DELETE FROM job WHERE kind = ?", values![PUBLISHED])
}

/// How far the rating by a new card is; nothing, where it is done.
pub fn progress(db: &Db) -> Result<Option<Progress>, Failure> {
    let Some(job) = db.row("job", "SELECT body FROM job WHERE kind = ?", values![PUBLISHED])? else { return Ok(None) };
    let of: u32 = job.json(0)?;
    let query = "SELECT count(*) FROM item WHERE is_open = 1 AND rate_why = ?";
    let left: u32 = db.row("item", query, values![PUBLISHED])?.map_or(Ok(0), |row| row.number(0))?;
    Ok(Some(Progress { done: of.saturating_sub(left), of }))
}

/// The ratings of an item, the first one first.
pub fn of_item(db: &Db, item: &str) -> Result<Vec<ScoredView>, Failure> {
    let query = "SELECT at, why, version, tier, total, points, moved FROM rating WHERE item_id = ? ORDER BY seq";
    let rows = db.rows("rating", query, values![item])?;
    rows.iter()
        .map(|row| {
            Ok(ScoredView {
                at: views::instant(row.int(0)?),
                why: row.text(1)?.to_owned(),
                config_version: row.number(2)?,
                tier: row.text(3)?.to_owned(),
                total: row.number(4)?,
                score: row.number(5)?,
                moved: row.json(6)?,
            })
        })
        .collect()
}

impl Desk {
    /// Rates what is to be rated again, some of it; the alarm comes back for the rest.
    pub(super) fn rate_due(&self, config: &Config) -> Result<(), Failure> {
        let marked = "SELECT id, rate_why FROM item WHERE is_open = 1 AND rate_why IS NOT NULL LIMIT ?";
        for row in self.db.rows("item", marked, values![AT_ONCE])? {
            self.try_to_rate(config, row.text(0)?, Why::from_tag(row.text(1)?).unwrap_or(Why::Time))?;
        }
        let fading = "SELECT id FROM item WHERE is_open = 1 AND rate_at <= ? ORDER BY rate_at LIMIT ?";
        for row in self.db.rows("item", fading, values![now_ms(), AT_ONCE])? {
            self.try_to_rate(config, row.text(0)?, Why::Time)?;
        }
        if progress(&self.db)?.is_some_and(|progress| progress.done == progress.of) {
            self.db.transaction(stop)?;
        }
        Ok(())
    }

    /// One item that cannot be rated holds nothing else up.
    fn try_to_rate(&self, config: &Config, item: &str, why: Why) -> Result<(), Failure> {
        if let Err(failure) = self.rate_again(config, item, why) {
            log::failure("rating", &failure);
            let query = "UPDATE item SET rate_why = NULL, rate_at = ?, fades_at = NULL WHERE id = ?";
            self.db.transaction(|tx| tx.write("item", query, values![now_ms() + AFTER_FAILURE_MS, item]))?;
        }
        Ok(())
    }

    /// Rates an item first, if what is stored of it has faded.
    pub(super) fn rate_if_faded(&self, config: &Config, item: &str) -> Result<(), Failure> {
        let query = "SELECT 1 FROM item WHERE id = ? AND is_open = 1 AND fades_at <= ?";
        match self.db.row("item", query, values![item, now_ms()])? {
            Some(_) => self.rate_again(config, item, Why::Time),
            None => Ok(()),
        }
    }

    /// Rates an open item by what is known now. What changed is written with why, and told.
    pub(super) fn rate_again(&self, config: &Config, item: &str, why: Why) -> Result<(), Failure> {
        let query = "SELECT kind, person_id, tier, score, chance, trace FROM item WHERE id = ? AND is_open = 1";
        let Some(row) = self.db.row("item", query, values![item])? else { return Ok(()) };
        let kind = views::kind(row.text(0)?);
        let (Some(basis), Some(kind)) = (Basis::of(&self.db, item)?, kind) else {
            return self.db.transaction(|tx| write_due(tx, item, Due::default()));
        };
        let now = Timestamp::from_ms(now_ms());
        let person = store::person_beside(&self.db, row.text(1)?, item)?;
        let facts = facts::as_of(basis.facts, &basis.visit, person.as_ref(), now);
        let events = score::events(&basis.visit);
        let learner = self.learner(config)?;
        let rating = rating::rate(config, config.card(), &learner, kind, &facts, &events, now);
        let due = rating::due(config.card(), &facts, &basis.visit, &events, now);

        let mut trace: views::Trace = row.json(5)?;
        let (moved, is_otherwise_same) = trace.rate(config, &rating);
        let (tier, points) = (rating.score.tier().to_string(), rating.points());
        let (was_tier, was_points): (&str, i32) = (row.text(2)?, row.number(3)?);
        let is_quiet = tier == was_tier && points == was_points && moved.is_empty() && is_otherwise_same;
        let is_told = self.db.transaction(|tx| {
            write_due(tx, item, due)?;
            // By another card and to the same result is worth knowing; a day that changed nothing is not.
            if is_quiet && why != Why::Published {
                return Ok(false);
            }
            write(tx, item, now.as_ms(), why, &rating, &moved)?;
            let query = "UPDATE item SET tier = ?, score = ?, chance = ?, trace = ? WHERE id = ?";
            let chance = rating.chance().map(i64::from);
            tx.write("item", query, values![tier.as_str(), points, chance, to_json("trace", &trace)?, item])?;
            // Points that fade a little tell nobody anything.
            if is_quiet || (why == Why::Time && tier == was_tier) {
                return Ok(false);
            }
            let text = format!("{was_tier} \u{2192} {tier}, {was_points} \u{2192} {points}");
            let changed = store::write_event(tx, item, now.as_ms(), "rated", None, &text)?;
            tx.write("item", "UPDATE item SET changed = ? WHERE id = ?", values![changed, item])?;
            Ok(true)
        })?;
        if is_told {
            self.tell(config, item);
        }
        Ok(())
    }

    /// Takes what a visitor did since they sent what became an item, and rates it. Says whether more would be of use.
    pub(super) fn seen(&self, reference: &str, signals: Vec<SeenRow>) -> Result<Reply, Failure> {
        let Some(config) = self.config()? else { return super::ok(&false) };
        let query = "SELECT id, is_open, opened_at FROM item WHERE reference = ?";
        // What is held has no item yet, and may come to have one.
        let Some(row) = self.db.row("item", query, values![reference])? else { return super::ok(&true) };
        let (item, opened_at) = (row.text(0)?, row.int(2)?);
        if row.int(1)? == 0 {
            return super::ok(&false);
        }
        if self.keep_seen(item, opened_at, signals)? {
            self.rate_again(&config, item, Why::Signal)?;
        }
        super::ok(&true)
    }

    /// Folds what is new into the visit of an item; says whether there was anything.
    fn keep_seen(&self, item: &str, opened_at: i64, mut signals: Vec<SeenRow>) -> Result<bool, Failure> {
        let row = self.db.row("basis", "SELECT visit, later FROM basis WHERE item_id = ?", values![item])?;
        let Some(row) = row else { return Ok(false) };
        let mut later = match row.maybe_text(1)? {
            Some(_) => row.json(1)?,
            None => Later { visit: row.json(0)?, upto: opened_at },
        };
        signals.retain(|seen| seen.at > later.upto);
        signals.sort_by_key(|seen| seen.at);
        let Some(last) = signals.last() else { return Ok(false) };
        later.upto = last.at;
        for seen in signals {
            if later.visit.summary.fold(&Seen::from(seen.clone())) {
                later.visit.recent.push(seen);
            }
        }
        later.visit = visit_row(&visit(later.visit));
        self.db.transaction(|tx| {
            tx.write(
                "basis",
                "UPDATE basis SET later = ? WHERE item_id = ?",
                values![to_json("later", &later)?, item],
            )?;
            let query = "UPDATE item SET rate_why = ? WHERE id = ?";
            tx.write("item", query, values![Why::Signal.tag(), item])
        })?;
        Ok(true)
    }
}

fn write_due(tx: &Tx<'_>, item: &str, due: Due) -> Result<(), Failure> {
    let ms = |at: Option<Timestamp>| at.map(Timestamp::as_ms);
    let query = "UPDATE item SET rate_why = NULL, rate_at = ?, fades_at = ? WHERE id = ?";
    tx.write("item", query, values![ms(due.again), ms(due.fades), item])
}
