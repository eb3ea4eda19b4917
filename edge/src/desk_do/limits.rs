//! Counts that a verdict reads: submissions of an address within ten minutes, of a site today, and of those that wait for
//! review. They are read in one query and written in the transaction of their submission, so they are exact and cost no
//! call of their own; for those who share a transaction once for all, with what they have counted added up in between.
//!
//! An address is counted under a hash whose salt is random and gone after two days, and each count is deleted once its
//! minutes have passed.

use shared::abuse::WINDOW_MINUTES;
use shared::fate::Fate;
use shared::time::Timestamp;

use super::{Desk, now_ms, once, operations, store};
use crate::error::Failure;
use crate::sql::{Count, Db, Tx};
use crate::values;

/// Submissions, by sender and minute.
const SENDERS: Count = Count {
    table: "sender",
    add: "INSERT INTO sender (key, minute, count) VALUES (?, ?, ?)
        ON CONFLICT (key, minute) DO UPDATE SET count = count + excluded.count",
};
/// Accepted submissions, by site and day.
const SITE_DAYS: Count = Count {
    table: "site_day",
    add: "INSERT INTO site_day (site, day, count) VALUES (?, ?, ?)
        ON CONFLICT (site, day) DO UPDATE SET count = count + excluded.count",
};
const MINUTE_MS: i64 = 60_000;
/// How often old counts are deleted, while there are any.
pub const SWEEP_MS: i64 = MINUTE_MS;
/// Days of which a site's count is kept: today and the day before.
const KEPT_DAYS: i64 = 1;

/// What was counted so far.
pub struct Counts {
    /// Submissions from this address for this site, within the window.
    pub from_address: u32,
    /// Seconds until the first of those is out of the window.
    pub free_in_s: i64,
    /// Accepted submissions of this site today.
    pub today: u32,
    /// Submissions that wait for review.
    pub waiting: u32,
}

/// What of it is on disk.
#[derive(Clone, Copy)]
pub struct Stored {
    from_address: i64,
    /// The first minute in which something came from this address, within the window.
    first_minute: Option<i64>,
    today: i64,
    waiting: i64,
}

impl Stored {
    /// Reads it.
    pub fn read(db: &Db, sender: Option<&str>, site: &str, at: Timestamp) -> Result<Self, Failure> {
        const QUERY: &str = "
            SELECT coalesce(sum(count), 0), min(minute),
                coalesce((SELECT count FROM site_day WHERE site = ? AND day = ?), 0),
                coalesce((SELECT sum(count) FROM fate WHERE tag = ?), 0)
            FROM sender WHERE key = ? AND minute > ?";
        let first_minute = minute(at) - WINDOW_MINUTES;
        let sender = sender.unwrap_or_default();
        let row = db.row("sender", QUERY, values![site, at.day(), Fate::Held.tag(), sender, first_minute])?;
        let row = row.ok_or_else(|| Failure::BadRow { table: "sender", what: "no sum".to_owned() })?;
        Ok(Self {
            from_address: row.int(0)?,
            first_minute: row.maybe_int(1)?,
            today: row.int(2)?,
            waiting: row.int(3)?,
        })
    }

    /// That, and what those have counted who share the transaction that is under way.
    pub fn with_counted(self, db: &Db, sender: Option<&str>, site: &str, at: Timestamp) -> Counts {
        let (day, minute) = (Some(at.day()), minute(at));
        let from_address = db.counted(SENDERS, (sender.unwrap_or_default(), Some(minute)));
        let first_minute = self.first_minute.unwrap_or(if from_address > 0 { minute } else { 0 });
        let free_at = (first_minute + WINDOW_MINUTES) * MINUTE_MS;
        // No site takes four thousand million in a day.
        let count = |stored: i64, counted: i64| u32::try_from(stored + counted).unwrap_or(u32::MAX);
        Counts {
            from_address: count(self.from_address, from_address),
            free_in_s: ((free_at - at.as_ms()) / 1_000 + 1).max(1),
            today: count(self.today, db.counted(SITE_DAYS, (site, day))),
            waiting: count(self.waiting, db.counted(store::FATES, (Fate::Held.tag(), day))),
        }
    }
}

/// Reads the counts.
pub fn counts(db: &Db, sender: Option<&str>, site: &str, at: Timestamp) -> Result<Counts, Failure> {
    Ok(Stored::read(db, sender, site, at)?.with_counted(db, sender, site, at))
}

/// Submissions that wait for review.
pub fn waiting(db: &Db) -> Result<u32, Failure> {
    let row = db.row("fate", "SELECT coalesce(sum(count), 0) FROM fate WHERE tag = ?", values![Fate::Held.tag()])?;
    row.map_or(Ok(0), |row| row.number(0))
}

/// Counts a submission for its address.
pub fn note_sender(tx: &Tx<'_>, sender: &str, at: Timestamp) -> Result<(), Failure> {
    tx.add(SENDERS, (sender, Some(minute(at))), 1)
}

/// Counts an accepted submission for its site. What is held does not count: a flood of it must not use up the day.
pub fn note_site(tx: &Tx<'_>, site: &str, at: Timestamp) -> Result<(), Failure> {
    tx.add(SITE_DAYS, (site, Some(at.day())), 1)
}

fn minute(at: Timestamp) -> i64 {
    at.as_ms() / MINUTE_MS
}

impl Desk {
    /// Deletes what is counted or kept no longer.
    pub(super) fn sweep(&self) -> Result<(), Failure> {
        let now = Timestamp::from_ms(now_ms());
        let counts_are_due = now.as_ms() - self.swept_at.get() >= SWEEP_MS;
        self.db.transaction(|tx| {
            tx.write("spent_proof", "DELETE FROM spent_proof WHERE ends_at <= ?", values![now.as_ms()])?;
            once::sweep(tx)?;
            if counts_are_due {
                let oldest = minute(now) - WINDOW_MINUTES;
                tx.write("sender", "DELETE FROM sender WHERE minute <= ?", values![oldest])?;
                operations::fold_fates(tx, now)?;
                tx.write("site_day", "DELETE FROM site_day WHERE day < ?", values![now.day() - KEPT_DAYS])?;
            }
            Ok(())
        })?;
        if counts_are_due {
            self.swept_at.set(now.as_ms());
        }
        Ok(())
    }
}
