//! The outbox: effects that were written with their decision, handed on by the alarm until they are confirmed.
//!
//! An effect may be sent twice (a crash between sending and noting it), so its id travels with it and the receiver may
//! drop the second. When it is tried again and given up is for [`shared::delivery`] to say; so is how each destination reads it.

use std::cell::Cell;
use std::collections::BTreeMap;

use futures_util::{StreamExt as _, stream};
use serde_json::Value;
use shared::audit::Deed;
use shared::config::Config;
use shared::delivery::Tried;
use shared::delivery::breaker::{Breaker, Gate};
use shared::delivery::message::{self, Ended};
use shared::delivery::schedule::{Next, next};
use shared::desk::{Arrival, Decision};
use shared::time::Timestamp;
use shared::wire::console::{ItemRow, Outcome};
use shared::wire::destination::{Destination, EventKind, To};

use super::changes::Made;
use super::{Desk, audit, store, views};
use crate::delivery;
use crate::error::Failure;
use crate::sql::{Db, Tx, to_json};
use crate::{chance, clock, config, values};

/// The most deliveries to one destination in a turn; the alarm is set again at once for the rest.
const AT_ONCE: i64 = 12;
/// The most requests that are open at the same time: what Cloudflare grants a request.
const OPEN: usize = 6;
/// After so long no further one is begun in this turn: others wait for the alarm too.
const TURN_MS: i64 = 10_000;
/// The most that is given up in one turn.
const BURIED_AT_ONCE: i64 = 200;
/// How long what was delivered is kept: it holds what visitors wrote.
const KEPT_MS: i64 = 30 * 86_400_000;
/// The most of those that are deleted in one turn.
const FORGOTTEN_AT_ONCE: i64 = 500;
/// How long until it is looked again whether a destination that is off is on.
const OFF_MS: i64 = 15 * 60_000;

/// What is sent in a turn.
struct Job {
    id: String,
    item: String,
    to: To,
    destination: String,
    text: String,
    tries: usize,
}

/// A turn of deliveries, until it is dropped: also by a panic.
struct Turn<'a>(&'a Cell<bool>);

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.set(false);
    }
}

/// Writes what others are told of a decision, due at once.
pub fn write_opened(tx: &Tx<'_>, config: &Config, arrival: &Arrival<'_>, decision: &Decision) -> Result<(), Failure> {
    if decision.told.is_empty() {
        return Ok(());
    }
    let text = message::opened(config, arrival, decision).to_string();
    for told in &decision.told {
        if told.of_this {
            write(tx, (&told.destination, EventKind::Opened), &decision.item.id, &text, arrival.at)?;
        }
        if told.of_its_end {
            let query = "INSERT OR IGNORE INTO follower (item_id, destination) VALUES (?, ?)";
            tx.write("follower", query, values![decision.item.id.as_str(), told.destination.as_str()])?;
        }
    }
    Ok(())
}

/// Writes what became of an item, or, without an outcome, that it is open again, for those who are told.
pub fn write_ended(
    tx: &Tx<'_>,
    config: &Config,
    row: &ItemRow,
    (outcome, reason): (Option<Outcome>, &str),
    made: Made<'_>,
) -> Result<(), Failure> {
    let query = "SELECT destination FROM follower WHERE item_id = ?";
    let followers = tx.rows("follower", query, values![row.id.as_str()])?;
    if followers.is_empty() {
        return Ok(());
    }
    let ended = Ended {
        item_id: &row.id,
        reference: &row.reference,
        kind: row.kind.tag(),
        queue: &row.queue,
        outcome: outcome.map(views::outcome_tag),
        reason,
        owner: row.owner.as_ref().map(|owner| owner.id.as_str()),
        happened_at: Timestamp::from_ms(made.at),
    };
    let now = Timestamp::from_ms(made.told_at);
    let text = message::ended(config, &ended, now).to_string();
    for follower in &followers {
        write(tx, (follower.text(0)?, ended.event()), &row.id, &text, now)?;
    }
    Ok(())
}

/// Writes one effect, and says its id. It is due at once, or when the rest of its destination ends: else each would wake the alarm only
/// to be put off.
pub fn write(
    tx: &Tx<'_>,
    (destination, event): (&str, EventKind),
    item: &str,
    text: &str,
    at: Timestamp,
) -> Result<String, Failure> {
    let id = format!("msg_{}", chance::id(at)?);
    tx.write(
        "outbox",
        "INSERT INTO outbox (id, item_id, destination, event, body, attempts, at, next_at, state)
         VALUES (?1, ?2, ?3, ?4, ?5, 0, ?6, max(?6, coalesce((
             SELECT json_extract(body, '$.rests_until') FROM breaker
             WHERE destination = ?3 AND json_extract(body, '$.stopped') IS NULL), 0)), 'due')",
        values![id.as_str(), item, destination, event.tag(), text, at.as_ms()],
    )?;
    Ok(id)
}

/// How a destination answers.
pub fn breaker(db: &Db, destination: &str) -> Result<Breaker, Failure> {
    let row = db.row("breaker", "SELECT body FROM breaker WHERE destination = ?", values![destination])?;
    row.map_or_else(|| Ok(Breaker::default()), |row| row.json(0))
}

/// Keeps how a destination answers.
pub fn keep_breaker(tx: &Tx<'_>, destination: &str, breaker: &Breaker) -> Result<(), Failure> {
    let query = "INSERT INTO breaker (destination, body) VALUES (?, ?)
        ON CONFLICT (destination) DO UPDATE SET body = excluded.body";
    tx.write("breaker", query, values![destination, to_json("breaker", breaker)?])
}

/// Lets one delivery through to a destination that is left alone or stopped, to see whether it answers.
pub fn forget_rest(db: &Db, tx: &Tx<'_>, destination: &str, now: Timestamp) -> Result<(), Failure> {
    let breaker = breaker(db, destination)?;
    if breaker.gate(now) == Gate::Open {
        return Ok(());
    }
    keep_breaker(tx, destination, &Breaker { rests_until: Some(now.as_ms()), stopped: None, ..breaker })
}

/// Gives up what waits for a destination, some of it in one turn: it is kept, with the reason, and its items say so.
pub fn bury_all(tx: &Tx<'_>, destination: &str, name: &str, why: &str, now: Timestamp) -> Result<(), Failure> {
    let query = "SELECT id, item_id FROM outbox WHERE destination = ? AND state = 'due' LIMIT ?";
    for row in tx.rows("outbox", query, values![destination, BURIED_AT_ONCE])? {
        bury(tx, row.text(0)?, (row.text(1)?, name), why, now)?;
    }
    Ok(())
}

fn bury(tx: &Tx<'_>, id: &str, (item, name): (&str, &str), why: &str, now: Timestamp) -> Result<(), Failure> {
    let query = "UPDATE outbox SET state = 'dead', last_error = ?, ended_at = ? WHERE id = ?";
    tx.write("outbox", query, values![why, now.as_ms(), id])?;
    on_item(tx, item, "delivery_failed", &format!("{name}: {why}"), now)
}

/// Says on an item what became of a delivery; a test is of none.
fn on_item(tx: &Tx<'_>, item: &str, kind: &str, text: &str, now: Timestamp) -> Result<(), Failure> {
    match item {
        "" => Ok(()),
        item => store::write_event(tx, item, now.as_ms(), kind, None, text).map(drop),
    }
}

/// What staff call a destination.
pub fn name_of(destination: &Destination) -> &str {
    if destination.name.is_empty() { &destination.id } else { &destination.name }
}

impl Desk {
    /// Hands on what is due, one turn at a time: two would send the same twice.
    pub(super) async fn deliver_due(&self) -> Result<(), Failure> {
        if self.is_delivering.replace(true) {
            return Ok(());
        }
        let _turn = Turn(&self.is_delivering);
        let Some(config) = self.config()? else { return Ok(()) };
        let began = clock::now();
        let reach = config::reach(&self.env);
        let jobs = self.db.transaction(|tx| self.pick(tx, &config, began))?;
        let in_time = jobs.into_iter().take_while(|_| clock::now().as_ms() - began.as_ms() < TURN_MS);
        let tries = in_time.map(|job| async move {
            let at = clock::now();
            let tried = delivery::send(&job.to, &job.id, &job.text, at, reach).await;
            (job, tried, at)
        });
        let mut tries = std::pin::pin!(stream::iter(tries).buffer_unordered(OPEN));
        while let Some((job, tried, at)) = tries.next().await {
            self.note_delivery(&config, &job, &tried, at)?;
        }
        self.forget_delivered(began)
    }

    /// What is sent in this turn: some of each destination that may be told, in turns.
    fn pick(&self, tx: &Tx<'_>, config: &Config, now: Timestamp) -> Result<Vec<Job>, Failure> {
        let query = "SELECT DISTINCT destination FROM outbox WHERE state = 'due' AND next_at <= ?";
        let mut by_rank: BTreeMap<(usize, String), Job> = BTreeMap::new();
        for row in tx.rows("outbox", query, values![now.as_ms()])? {
            let id = row.text(0)?;
            let Some(destination) = config.destination(id) else {
                bury_all(tx, id, id, "the destination is gone", now)?;
                continue;
            };
            let gate = breaker(&self.db, id)?.gate(now);
            let most = if gate == Gate::One { 1 } else { AT_ONCE };
            let until = match gate {
                _ if destination.off => Some(now.as_ms() + OFF_MS),
                Gate::Stopped(why) => {
                    bury_all(tx, id, name_of(destination), &why, now)?;
                    continue;
                }
                Gate::Rests(until) => Some(until.as_ms()),
                Gate::One | Gate::Open => None,
            };
            if let Some(until) = until {
                let query = "UPDATE outbox SET next_at = ? WHERE destination = ? AND state = 'due' AND next_at < ?";
                tx.write("outbox", query, values![until, id, until])?;
                continue;
            }
            let query = "SELECT id, item_id, body, attempts FROM outbox
                WHERE destination = ? AND state = 'due' AND next_at <= ? ORDER BY event = 'test' DESC, next_at LIMIT ?";
            for (rank, row) in tx.rows("outbox", query, values![id, now.as_ms(), most])?.iter().enumerate() {
                let job = Job {
                    id: row.text(0)?.to_owned(),
                    item: row.text(1)?.to_owned(),
                    to: destination.to.clone(),
                    destination: id.to_owned(),
                    text: row.text(2)?.to_owned(),
                    tries: row.number::<usize>(3)? + 1,
                };
                by_rank.insert((rank, id.to_owned()), job);
            }
        }
        Ok(by_rank.into_values().collect())
    }

    fn note_delivery(&self, config: &Config, job: &Job, tried: &Tried, began: Timestamp) -> Result<(), Failure> {
        let now = clock::now();
        let random = u32::from_le_bytes(chance::bytes()?);
        let name = config.destination(&job.destination).map_or(job.destination.as_str(), name_of);
        let before = breaker(&self.db, &job.destination)?;
        let after = before.clone().after(tried, now);
        let tries = i64::try_from(job.tries).unwrap_or(i64::MAX);
        self.db.transaction(|tx| {
            // Whoever it tells of was erased while it was on its way: nothing of it is written down.
            if tx.rows("outbox", "SELECT 1 FROM outbox WHERE id = ?", values![job.id.as_str()])?.is_empty() {
                return Ok(());
            }
            let query = "INSERT INTO attempt (outbox_id, at, took_ms, status, says) VALUES (?, ?, ?, ?, ?)";
            let took = (now.as_ms() - began.as_ms()).max(0);
            let status = tried.status.map(i64::from);
            tx.write("attempt", query, values![job.id.as_str(), began.as_ms(), took, status, tried.says.as_str()])?;
            // Who replayed it or gave it up while it was tried has the last word, unless it arrived.
            let query =
                "UPDATE outbox SET attempts = ?1 WHERE id = ?2 AND state = 'due' AND attempts = ?1 - 1 RETURNING id";
            let is_ours = !tx.rows("outbox", query, values![tries, job.id.as_str()])?.is_empty();
            if before != after {
                keep_breaker(tx, &job.destination, &after)?;
            }
            if let (None, Some(why)) = (&before.stopped, &after.stopped) {
                audit::note(tx, None, Deed::DestinationStopped, &format!("{name}: {why}"))?;
            }
            let is_test = job.item.is_empty();
            match next(job.tries, tried, now, random) {
                Next::Delivered => {
                    let query = "UPDATE outbox SET state = 'delivered', last_error = ?, ended_at = ? WHERE id = ?";
                    tx.write("outbox", query, values![tried.says.as_str(), now.as_ms(), job.id.as_str()])?;
                    let query = "INSERT INTO breaker (destination, body, delivered_at) VALUES (?, '{}', ?)
                        ON CONFLICT (destination) DO UPDATE SET delivered_at = excluded.delivered_at";
                    tx.write("breaker", query, values![job.destination.as_str(), now.as_ms()])?;
                    on_item(tx, &job.item, "delivered", name, now)
                }
                // Whoever tries a destination looks on: what failed is not tried behind their back.
                _ if !is_ours => Ok(()),
                Next::Again(at) if !is_test => {
                    let query = "UPDATE outbox SET next_at = ?, last_error = ? WHERE id = ?";
                    tx.write("outbox", query, values![at.as_ms(), tried.says.as_str(), job.id.as_str()])
                }
                Next::Again(_) | Next::Dead => bury(tx, &job.id, (&job.item, name), &tried.says, now),
            }
        })
    }

    /// Deletes what was delivered long ago.
    fn forget_delivered(&self, now: Timestamp) -> Result<(), Failure> {
        let query = "SELECT 1 FROM outbox WHERE state = 'delivered' AND ended_at < ? LIMIT 1";
        let oldest = now.as_ms() - KEPT_MS;
        if self.db.row("outbox", query, values![oldest])?.is_none() {
            return Ok(());
        }
        self.db.transaction(|tx| {
            const OLD: &str =
                "SELECT id FROM outbox WHERE state = 'delivered' AND ended_at < ? ORDER BY ended_at LIMIT ?";
            let bound = || values![oldest, FORGOTTEN_AT_ONCE];
            tx.write("attempt", &format!("DELETE FROM attempt WHERE outbox_id IN ({OLD})"), bound())?;
            tx.write("outbox", &format!("DELETE FROM outbox WHERE id IN ({OLD})"), bound())
        })
    }
}

/// A message as it is kept.
pub fn read_message(text: &str) -> Result<Value, Failure> {
    serde_json::from_str(text).map_err(|source| Failure::Json { what: "outbox", source })
}
