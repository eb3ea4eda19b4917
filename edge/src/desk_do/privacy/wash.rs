//! When the files of a workspace's objects are washed of what was erased: some seconds after somebody was, for all who were erased
//! meanwhile, and not again within some minutes, since others wait while it is done.

use super::super::{Desk, now_ms};
use crate::error::Failure;
use crate::sql::Tx;
use crate::wash::wash;
use crate::{config, files_do, journal_do, log, values};

/// How long after an erasure: what is left of it is done meanwhile.
const GATHER_MS: i64 = 10_000;
/// How long after the last time.
const BETWEEN_MS: i64 = 10 * 60_000;

/// Somebody is erased: the files are to be washed.
pub fn plan(tx: &Tx<'_>) -> Result<(), Failure> {
    let query = "INSERT INTO wash (id, due_at) VALUES (1, ?1)
        ON CONFLICT (id) DO UPDATE SET due_at = coalesce(due_at, max(?1, coalesce(done_at, 0) + ?2))";
    tx.write("wash", query, values![now_ms() + GATHER_MS, BETWEEN_MS])
}

impl Desk {
    /// Washes the files, where that is due and nothing is left of an erasure.
    pub(in super::super) async fn wash_due(&self) -> Result<(), Failure> {
        let query = "SELECT 1 FROM wash WHERE due_at <= ? AND NOT EXISTS (
            SELECT 1 FROM erasure WHERE rest IS NOT NULL AND why <> 'too_old')";
        if self.db.row("wash", query, values![now_ms()])?.is_none() {
            return Ok(());
        }
        if config::has_own_disk(&self.env) {
            let workspace = self.workspace()?;
            let is_all = journal_do::wash(&self.env, &workspace).await? & files_do::wash(&self.env, &workspace).await?;
            // What is too large stays as it is until its operator has it vacuumed.
            if !(wash(&self.db).await? && is_all) {
                log::event("not_washed", &workspace);
            }
        }
        self.db.transaction(|tx| tx.write("wash", "UPDATE wash SET due_at = NULL, done_at = ?", values![now_ms()]))
    }
}
