//! The desk's one alarm: set for whatever falls due first, it minds the promises, gives what waits to whoever is there by
//! now, takes back what those were given who left, rates what is to be rated again, builds the learner anew, deletes what is too old
//! and what is left of whom somebody erased, and hands on the outbox.
//!
//! The schedule is in rows, so an alarm that comes late, twice or after a crash does the same.

use std::cell::Cell;

use shared::time::Timestamp;

use super::{Desk, leaving, limits, now_ms};
use crate::error::Failure;
use crate::{log, values};

/// How long to wait after a failure of our own: a second, then twice as long each time.
const AFTER_FAILURE_MS: i64 = 1_000;
/// And at most.
const MAX_AFTER_FAILURE_MS: i64 = 30_000;

/// No alarm runs for so long: deliveries are begun for ten seconds, and take fifteen more.
const GIVEN_UP_MS: i64 = 120_000;

thread_local! {
    /// How often an alarm fails yet because a test asked for it. It stands beside the objects: one that nobody asks anything is put away
    /// after ten seconds, and would have forgotten it.
    static FAILING: Cell<u32> = const { Cell::new(0) };
}

/// Lets alarms fail so many times.
pub fn fail(times: u32) {
    FAILING.set(times);
}

/// The wait after a failure that came after so many others.
pub fn wait_after(failures: u32) -> i64 {
    (AFTER_FAILURE_MS << failures.min(16)).min(MAX_AFTER_FAILURE_MS)
}

impl Desk {
    /// Does what is due, then sets the alarm for what falls due next.
    pub(super) async fn do_what_is_due(&self) -> Result<(), Failure> {
        self.prepare().await?;
        if let Some(left) = FAILING.get().checked_sub(1) {
            FAILING.set(left);
            return Err(Failure::Asked);
        }
        // What fails in the one keeps nothing of the other waiting. Receivers may take their time: they come last.
        let minded = self.mind().await;
        let delivered = self.deliver_due().await;
        self.arm_for_next().await?;
        minded.and(delivered)
    }

    /// Sets the alarm again that never ended: one that panics six times is given up by the runtime, while this instance goes on.
    pub(super) async fn set_given_up_alarm(&self) {
        if self.alarm_began.get().is_some_and(|began| now_ms() - began > GIVEN_UP_MS) {
            self.alarm_began.set(None);
            self.arm_in(0).await;
        }
    }

    async fn mind(&self) -> Result<(), Failure> {
        self.end_timers()?;
        self.sweep()?;
        self.forget_reviewed().await?;
        if let Some(config) = self.config()? {
            self.take_back_from_gone(&config)?;
            self.assign_due(&config)?;
            self.rebuild_some(&config)?;
            self.rate_due(&config)?;
            self.retain(&config)?;
        }
        // Others' objects may not answer: nothing else waits for them.
        self.erase_rest().await?;
        self.wash_due().await
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
                (SELECT min(next_at) FROM timer WHERE state = 'running'),
                (SELECT min(next_at) FROM outbox WHERE state = 'due'),
                (SELECT min(delete_at) FROM held WHERE delete_at IS NOT NULL),
                (SELECT min(ends_at) FROM spent_proof),
                (SELECT min(rate_at) FROM item WHERE is_open = 1 AND rate_at IS NOT NULL),
                (SELECT ?1 WHERE EXISTS (SELECT 1 FROM item WHERE is_open = 1 AND rate_why IS NOT NULL)),
                (SELECT ?1 WHERE EXISTS (SELECT 1 FROM job)),
                (SELECT ?2 WHERE EXISTS (SELECT 1 FROM sender)),
                (SELECT min(again_at) FROM assignment WHERE waits = 1 AND again_at IS NOT NULL),
                (SELECT min(left_at) + ?3 FROM presence WHERE left_at IS NOT NULL),
                (SELECT min(ends_at) FROM kept_call),
                (SELECT next_at FROM retention),
                (SELECT ?1 WHERE EXISTS (SELECT 1 FROM erasure WHERE rest IS NOT NULL)),
                (SELECT due_at FROM wash)";
        let bound = values![now_ms(), now_ms() + limits::SWEEP_MS, leaving::GRACE_MS];
        let row = self.db.row("timer", QUERY, bound)?;
        let due = row.map(|row| (0..14).filter_map(|column| row.int(column).ok()).min());
        if let Some(due) = due.flatten() {
            self.arm_by(Timestamp::from_ms(due)).await;
        }
        if let Some(due) = self.assign_again_at() {
            self.arm_by(due).await;
        }
        Ok(())
    }
}
