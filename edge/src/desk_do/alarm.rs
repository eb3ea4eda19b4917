//! The desk's one alarm: set for whatever falls due first, it hands on the outbox and ends the timers.
//!
//! The schedule is in rows, so an alarm that comes late, twice or after a crash does the same.

use shared::time::Timestamp;

use super::{Desk, now_ms, store};
use crate::error::Failure;
use crate::{log, values};

/// How long to wait after a failure of our own.
pub const AFTER_FAILURE_MS: i64 = 30_000;
/// The most timers ended in one turn.
const TIMERS_AT_ONCE: i64 = 100;

impl Desk {
    /// Does what is due, then sets the alarm for what falls due next.
    pub(super) async fn do_what_is_due(&self) -> Result<(), Failure> {
        self.prepare().await?;
        self.miss_timers()?;
        self.deliver_due().await?;
        self.arm_for_next().await
    }

    /// Sets the alarm for `due`, unless it is set for something earlier.
    pub(super) async fn arm_by(&self, due: Timestamp) {
        if self.armed_at.get().is_some_and(|armed| armed <= due.as_ms()) {
            return;
        }
        self.arm_in((due.as_ms() - now_ms()).max(0)).await;
    }

    /// Sets the alarm so many milliseconds from now.
    pub(super) async fn arm_in(&self, ms: i64) {
        self.armed_at.set(Some(now_ms().saturating_add(ms)));
        if let Err(source) = self.state.storage().set_alarm(ms).await {
            // The row is on disk: the next request, or the next start, sets the alarm again.
            self.armed_at.set(None);
            log::failure("arm", &Failure::Storage { step: "alarm", source });
        }
    }

    /// Sets the alarm for whatever waits in a row.
    pub(super) async fn arm_for_next(&self) -> Result<(), Failure> {
        const QUERY: &str = "
            SELECT min(due) FROM (
                SELECT min(due_at) AS due FROM timer WHERE state = 'running'
                UNION ALL SELECT min(next_at) FROM outbox WHERE state = 'due')";
        let next = self.db.row("timer", QUERY, values![])?;
        if let Some(due) = next.and_then(|row| row.int(0).ok()) {
            self.arm_by(Timestamp::from_ms(due)).await;
        }
        Ok(())
    }

    /// Ends the timers that were not kept, and tells the staff who look at the queue.
    fn miss_timers(&self) -> Result<(), Failure> {
        let Some(config) = self.config()? else { return Ok(()) };
        let now = now_ms();
        let query = "SELECT item_id, kind FROM timer WHERE state = 'running' AND due_at <= ? ORDER BY due_at LIMIT ?";
        for row in self.db.rows("timer", query, values![now, TIMERS_AT_ONCE])? {
            let (item, kind) = (row.text(0)?, row.text(1)?);
            self.db.transaction(|tx| {
                tx.write(
                    "timer",
                    "UPDATE timer SET state = 'missed' WHERE item_id = ? AND kind = ?",
                    values![item, kind],
                )?;
                let changed = store::write_event(tx, item, now, "timer_missed", None, kind)?;
                tx.write("item", "UPDATE item SET changed = ? WHERE id = ?", values![changed, item])
            })?;
            self.tell(&config, item);
        }
        Ok(())
    }
}
