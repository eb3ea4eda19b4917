//! The desk's one alarm: set for whatever falls due first, it hands on the outbox, ends the timers, gives what waits to whoever is
//! there by now, rates what is to be rated again and builds the learner anew.
//!
//! The schedule is in rows, so an alarm that comes late, twice or after a crash does the same.

use shared::desk::TimerKind;
use shared::time::Timestamp;

use super::{Desk, limits, now_ms, store};
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
        self.end_timers()?;
        self.sweep()?;
        self.forget_reviewed().await?;
        self.deliver_due().await?;
        if let Some(config) = self.config()? {
            self.assign_due(&config)?;
            self.rebuild_some(&config)?;
            self.rate_due(&config)?;
        }
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
        // In columns: the runtime takes five terms of a union.
        const QUERY: &str = "
            SELECT
                (SELECT min(due_at) FROM timer WHERE state = 'running'),
                (SELECT min(next_at) FROM outbox WHERE state = 'due'),
                (SELECT min(delete_at) FROM held WHERE delete_at IS NOT NULL),
                (SELECT min(ends_at) FROM spent_proof),
                (SELECT min(rate_at) FROM item WHERE is_open = 1 AND rate_at IS NOT NULL),
                (SELECT ?1 WHERE EXISTS (SELECT 1 FROM item WHERE is_open = 1 AND rate_why IS NOT NULL)),
                (SELECT ?1 WHERE EXISTS (SELECT 1 FROM job)),
                (SELECT ?2 WHERE EXISTS (SELECT 1 FROM sender)),
                (SELECT min(again_at) FROM assignment WHERE waits = 1 AND again_at IS NOT NULL)";
        let row = self.db.row("timer", QUERY, values![now_ms(), now_ms() + limits::SWEEP_MS])?;
        let due = row.map(|row| (0..9).filter_map(|column| row.int(column).ok()).min());
        if let Some(due) = due.flatten() {
            self.arm_by(Timestamp::from_ms(due)).await;
        }
        Ok(())
    }

    /// Ends the timers that fall due, and tells the staff who look at the queue: a promise was missed; a follow-up is to be
    /// made, unless the item is closed.
    fn end_timers(&self) -> Result<(), Failure> {
        let Some(config) = self.config()? else { return Ok(()) };
        let now = now_ms();
        let query = "
            SELECT item_id, timer.kind, is_open FROM timer JOIN item ON item.id = item_id
            WHERE timer.state = 'running' AND due_at <= ? ORDER BY due_at LIMIT ?";
        for row in self.db.rows("timer", query, values![now, TIMERS_AT_ONCE])? {
            let (item, kind, is_open) = (row.text(0)?, row.text(1)?, row.int(2)? != 0);
            let is_promise = TimerKind::from_tag(kind).is_none_or(TimerKind::is_promise);
            let (state, event) = match (is_promise, is_open) {
                (true, _) => ("missed", Some("timer_missed")),
                (false, true) => ("due", Some("timer_due")),
                (false, false) => ("dropped", None),
            };
            self.db.transaction(|tx| {
                let query = "UPDATE timer SET state = ? WHERE item_id = ? AND kind = ?";
                tx.write("timer", query, values![state, item, kind])?;
                let Some(event) = event else { return Ok(()) };
                let changed = store::write_event(tx, item, now, event, None, kind)?;
                let follow_up = (!is_promise).then_some(kind);
                let query = "UPDATE item SET changed = ?, follow_up = coalesce(?, follow_up) WHERE id = ?";
                tx.write("item", query, values![changed, follow_up, item])
            })?;
            self.tell(&config, item);
        }
        Ok(())
    }
}
