//! Counts that a verdict reads: submissions of an address within ten minutes, of a site today, and of those that wait for
//! review. They are read in one query and written in the transaction of their submission, so they are exact and cost no
//! call of their own.
//!
//! An address is counted under a hash whose salt is random and gone after two days, and each count is deleted once its
//! minutes have passed.

use shared::abuse::WINDOW_MINUTES;
use shared::fate::Fate;
use shared::time::Timestamp;

use super::{Desk, now_ms, once, operations};
use crate::error::Failure;
use crate::sql::{Db, Tx};
use crate::values;

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

/// Reads the counts.
pub fn counts(db: &Db, sender: Option<&str>, site: &str, at: Timestamp) -> Result<Counts, Failure> {
    const QUERY: &str = "
        SELECT coalesce(sum(count), 0), coalesce(min(minute), 0),
            coalesce((SELECT count FROM site_day WHERE site = ? AND day = ?), 0),
            coalesce((SELECT sum(count) FROM fate WHERE tag = ?), 0)
        FROM sender WHERE key = ? AND minute > ?";
    let first_minute = minute(at) - WINDOW_MINUTES;
    let sender = sender.unwrap_or_default();
    let row = db.row("sender", QUERY, values![site, at.day(), Fate::Held.tag(), sender, first_minute])?;
    let row = row.ok_or_else(|| Failure::BadRow { table: "sender", what: "no sum".to_owned() })?;
    let free_at = (row.int(1)? + WINDOW_MINUTES) * MINUTE_MS;
    Ok(Counts {
        from_address: row.number(0)?,
        free_in_s: ((free_at - at.as_ms()) / 1_000 + 1).max(1),
        today: row.number(2)?,
        waiting: row.number(3)?,
    })
}

/// Submissions that wait for review.
pub fn waiting(db: &Db) -> Result<u32, Failure> {
    let row = db.row("fate", "SELECT coalesce(sum(count), 0) FROM fate WHERE tag = ?", values![Fate::Held.tag()])?;
    row.map_or(Ok(0), |row| row.number(0))
}

/// Counts a submission for its address.
pub fn note_sender(tx: &Tx<'_>, sender: &str, at: Timestamp) -> Result<(), Failure> {
    let query = "INSERT INTO sender (key, minute, count) VALUES (?, ?, 1)
        ON CONFLICT (key, minute) DO UPDATE SET count = count + 1";
    tx.write("sender", query, values![sender, minute(at)])
}

/// Counts an accepted submission for its site. What is held does not count: a flood of it must not use up the day.
pub fn note_site(tx: &Tx<'_>, site: &str, at: Timestamp) -> Result<(), Failure> {
    let query = "INSERT INTO site_day (site, day, count) VALUES (?, ?, 1)
        ON CONFLICT (site, day) DO UPDATE SET count = count + 1";
    tx.write("site_day", query, values![site, at.day()])
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
