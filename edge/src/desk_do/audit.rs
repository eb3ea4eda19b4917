//! The audit log: who changed what, and when, in the transaction of the change. Items have a history of their own.

use shared::audit::Deed;
use shared::config::Config;
use shared::wire::audit::{AuditEntry, AuditPage};

use super::{Desk, now_ms, views};
use crate::error::Failure;
use crate::sql::Tx;
use crate::values;

/// Entries of one page.
const PAGE: usize = 50;

/// Notes a change; nobody did it where it was the operator.
pub fn note(tx: &Tx<'_>, actor: Option<&str>, what: Deed, text: &str) -> Result<(), Failure> {
    let query = "INSERT INTO audit (at, actor, what, text) VALUES (?, ?, ?, ?)";
    tx.write("audit", query, values![now_ms(), actor, what.tag(), text])
}

impl Desk {
    /// A page of the log, the latest first.
    pub(super) fn audit(&self, config: &Config, after: Option<&str>) -> Result<AuditPage, Failure> {
        let before = after.and_then(|after| after.parse().ok()).unwrap_or(i64::MAX >> 12);
        let one_more = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
        let query = "SELECT seq, at, actor, what, text FROM audit WHERE seq < ? ORDER BY seq DESC LIMIT ?";
        let rows = self.db.rows("audit", query, values![before, one_more])?;
        let entry = |row: &crate::sql::Row| -> Result<AuditEntry, Failure> {
            Ok(AuditEntry {
                seq: row.number(0)?,
                at: views::instant(row.int(1)?),
                actor: row.maybe_text(2)?.map(|actor| views::member_ref(config, actor)),
                what: row.text(3)?.to_owned(),
                text: row.text(4)?.to_owned(),
            })
        };
        let entries: Vec<AuditEntry> = rows.iter().take(PAGE).map(entry).collect::<Result<_, _>>()?;
        let next = entries.last().filter(|_| rows.len() > PAGE).map(|last| last.seq.to_string());
        Ok(AuditPage { entries, next })
    }
}
