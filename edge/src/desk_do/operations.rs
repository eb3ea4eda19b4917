//! How the workspace runs: what became of what came, what waits, what was given up, what is stored.

use std::collections::BTreeMap;

use shared::time::Timestamp;
use shared::wire::delivery::{FateDay, OperationsView};

use super::ask::{Gauges, Reply};
use super::{Desk, views};
use crate::error::Failure;
use crate::sql::Tx;
use crate::{clock, values};

/// Days of which fates are told apart.
const DAYS: i64 = 90;
/// What grows, and is counted. Each is counted along its key.
const GROWING: [&str; 6] = ["submission", "person", "item", "history", "outbox", "audit"];

/// Puts fates of days that are not told apart any more together.
pub fn fold_fates(tx: &Tx<'_>, now: Timestamp) -> Result<(), Failure> {
    let oldest = now.day() - DAYS;
    tx.write(
        "fate",
        "INSERT INTO fate (tag, day, count) SELECT tag, 0, sum(count) FROM fate WHERE day > 0 AND day < ? GROUP BY tag
         ON CONFLICT (tag, day) DO UPDATE SET count = count + excluded.count",
        values![oldest],
    )?;
    tx.write("fate", "DELETE FROM fate WHERE day > 0 AND day < ?", values![oldest])
}

impl Desk {
    /// What the Operations page shows. The Worker adds how long routes take.
    pub(super) fn operations(&self) -> Result<OperationsView, Failure> {
        let gauges = self.read_gauges()?;
        let mut days: BTreeMap<i64, BTreeMap<String, u64>> = BTreeMap::new();
        for row in self.db.rows("fate", "SELECT day, tag, count FROM fate WHERE day > 0 AND count > 0", values![])? {
            days.entry(row.int(0)?).or_default().insert(row.text(1)?.to_owned(), row.number(2)?);
        }
        let name = |day: i64| views::instant(day * 86_400_000).chars().take(10).collect();
        let mut rows = BTreeMap::new();
        for table in GROWING {
            let row = self.db.row(table, &format!("SELECT count(*) FROM {table}"), values![])?;
            rows.insert(table.to_owned(), row.map_or(Ok(0), |row| row.number(0))?);
        }
        Ok(OperationsView {
            fates: days.into_iter().map(|(day, counts)| FateDay { day: name(day), counts }).collect(),
            totals: gauges.fates,
            waiting: gauges.waiting,
            oldest_at: gauges.oldest_at.map(views::instant),
            dead: gauges.dead,
            alarm_at: self.armed_at.get().map(views::instant),
            storage_bytes: gauges.storage_bytes,
            rows,
            routes: Vec::new(),
        })
    }

    /// What an operator watches of this workspace.
    pub(super) fn gauges(&self) -> Result<Reply, Failure> {
        super::ok(&self.read_gauges()?)
    }

    fn read_gauges(&self) -> Result<Gauges, Failure> {
        const QUERY: &str = "
            SELECT (SELECT count(*) FROM outbox WHERE state = 'due'), (SELECT min(at) FROM outbox WHERE state = 'due'),
                (SELECT count(*) FROM outbox WHERE state = 'dead'),
                (SELECT count(*) FROM breaker WHERE body ->> 'stopped' IS NOT NULL)";
        let row = self.db.row("outbox", QUERY, values![])?;
        let row = row.ok_or_else(|| Failure::BadRow { table: "outbox", what: "no count".to_owned() })?;
        let mut fates = BTreeMap::new();
        let query = "SELECT tag, sum(count) FROM fate GROUP BY tag HAVING sum(count) > 0";
        for fate in self.db.rows("fate", query, values![])? {
            fates.insert(fate.text(0)?.to_owned(), fate.number(1)?);
        }
        Ok(Gauges {
            fates,
            waiting: row.number(0)?,
            oldest_at: row.maybe_int(1)?,
            dead: row.number(2)?,
            stopped: row.number(3)?,
            is_armed: self.armed_at.get().is_some(),
            now: clock::now().as_ms(),
            storage_bytes: u64::try_from(self.db.bytes()).unwrap_or(u64::MAX),
        })
    }
}
