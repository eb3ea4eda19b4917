//! Calls that carry a key (`Idempotency-Key`) are done once: what was answered is written in the transaction of the act, so that
//! nothing, not even a crash between the two, does it twice, and whoever asks again under the key is answered alike for a day.
//!
//! The object does one act after the other: of calls at once under one key the first is done, and the others find its answer. So
//! none is ever told that another is under way.

use super::ask::{Keeps, Once, Reply};
use super::{Desk, now_ms, problem};
use crate::error::Failure;
use crate::sql::Tx;
use crate::values;

/// How long an answer is kept.
const KEEP_MS: i64 = 24 * 60 * 60 * 1_000;
const TOO_MANY: u16 = 429;
/// The largest answer that is kept, in bytes.
const MAX_BYTES: usize = 64 * 1024;

/// What the object remembers of its rows is not to be believed, unless they were committed: dropped before, by an error or by a panic,
/// this forgets it.
struct Uncommitted<'a>(Option<&'a Desk>);

impl Drop for Uncommitted<'_> {
    fn drop(&mut self) {
        if let Some(desk) = self.0 {
            desk.config.replace(None);
            desk.learner.replace(None);
            desk.secret.replace(None);
            desk.forget_team();
        }
    }
}

impl Desk {
    /// Does something for a caller, or answers as it did under the same key. `caller` must have been allowed to ask it now.
    pub(super) fn once(
        &self,
        caller: &str,
        (once, keeps): (Option<&Once>, Keeps),
        act: impl FnOnce() -> Result<Reply, Failure>,
    ) -> Result<Reply, Failure> {
        let Some(once) = once.filter(|_| keeps != Keeps::Nothing) else { return act() };
        let query = "SELECT print, status, body FROM kept_call WHERE caller = ? AND key = ? AND ends_at > ?";
        if let Some(row) = self.db.row("kept_call", query, values![caller, once.key.as_str(), now_ms()])? {
            if row.text(0)? != once.print {
                let title = "This Idempotency-Key was used before, for another call. Send this one under a new key.";
                return Ok(problem(422, "idempotency_key_reused", title));
            }
            return match row.maybe_text(2)? {
                Some(body) => Ok(Reply { status: row.number(1)?, body: body.to_owned(), readable: true }),
                None => {
                    let title =
                        "This was done under this Idempotency-Key, and its answer was shown once: it is not kept.";
                    Ok(problem(409, "answer_not_kept", title))
                }
            };
        }
        self.whole(|tx| {
            let reply = act()?;
            // Who is told to come back later asks again under the same key.
            if reply.status != TOO_MANY {
                keep(tx, caller, (once, keeps), &reply)?;
            }
            Ok(reply)
        })
    }

    /// Does several things, each in its own transaction, as one: all of them, or none. A transaction within another is a savepoint.
    pub(super) fn whole<T>(&self, work: impl FnOnce(&Tx<'_>) -> Result<T, Failure>) -> Result<T, Failure> {
        let mut uncommitted = Uncommitted(Some(self));
        let done = self.db.transaction(work)?;
        uncommitted.0 = None;
        Ok(done)
    }

    /// The same as one transaction without savepoints ([`crate::sql::Db::in_one`]): nothing comes back where nothing was done, since
    /// something in it failed.
    pub(super) fn in_one<T>(&self, work: impl FnOnce() -> Result<T, Failure>) -> Option<T> {
        let mut uncommitted = Uncommitted(Some(self));
        let done = self.db.in_one(work)?;
        uncommitted.0 = None;
        Some(done)
    }
}

fn keep(tx: &Tx<'_>, caller: &str, (once, keeps): (&Once, Keeps), reply: &Reply) -> Result<(), Failure> {
    let is_kept = (keeps == Keeps::Answer || reply.status >= 400) && reply.body.len() <= MAX_BYTES;
    let body = is_kept.then_some(reply.body.as_str());
    let query =
        "INSERT OR REPLACE INTO kept_call (caller, key, print, status, body, ends_at) VALUES (?, ?, ?, ?, ?, ?)";
    let (key, print) = (once.key.as_str(), once.print.as_str());
    tx.write("kept_call", query, values![caller, key, print, i64::from(reply.status), body, now_ms() + KEEP_MS])
}

/// Lets go of what is kept no longer.
pub fn sweep(tx: &Tx<'_>) -> Result<(), Failure> {
    tx.write("kept_call", "DELETE FROM kept_call WHERE ends_at <= ?", values![now_ms()])
}

/// Keeps that calls were done, and no longer what they were answered: an answer may say something of whoever was erased.
pub fn forget_answers(tx: &Tx<'_>) -> Result<(), Failure> {
    tx.write("kept_call", "UPDATE kept_call SET body = NULL WHERE body IS NOT NULL", values![])
}
