//! Totals of experiments in SQLite: the same tables in each shard of the journal and at the desk. What is added is added in the
//! transaction that writes what it counts.

use shared::experiments::tally::{Count, PartRow, TallyRow};

use crate::error::Failure;
use crate::sql::{Db, Row, Tx};
use crate::values;

/// The tables. Days are in UTC, since 1970.
pub const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS tally (
        experiment TEXT NOT NULL, version INTEGER NOT NULL, phase INTEGER NOT NULL, arm TEXT NOT NULL, day INTEGER NOT NULL,
        what TEXT NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (experiment, version, phase, arm, day, what)
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS tally_part (
        experiment TEXT NOT NULL, version INTEGER NOT NULL, arm TEXT NOT NULL, kind TEXT NOT NULL, part TEXT NOT NULL,
        what TEXT NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (experiment, version, arm, kind, part, what)
    ) WITHOUT ROWID;
";

/// Whom something is counted of.
#[derive(Debug, Clone, Copy)]
pub struct Of<'a> {
    /// The experiment's key.
    pub experiment: &'a str,
    /// Its bucket version.
    pub version: u64,
    /// Which of its weights were in force when they got their arm.
    pub phase: u32,
    /// The arm's key.
    pub arm: &'a str,
    /// The day on which they were counted first.
    pub day: i64,
    /// The site on which they got their arm, and on what.
    pub parts: [(&'static str, &'a str); 2],
}

/// A bucket version, as SQL keeps it.
pub fn version(version: u64) -> i64 {
    i64::try_from(version).unwrap_or(i64::MAX)
}

/// Counts so many of something.
///
/// # Errors
/// [`Failure::Storage`].
pub fn add(tx: &Tx<'_>, of: Of<'_>, what: Count, n: i64) -> Result<(), Failure> {
    let (version, what) = (version(of.version), what.tag());
    tx.write(
        "tally",
        "INSERT INTO tally (experiment, version, phase, arm, day, what, n) VALUES (?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET n = n + excluded.n",
        values![of.experiment, version, i64::from(of.phase), of.arm, of.day, what.as_str(), n],
    )?;
    for (kind, part) in of.parts {
        tx.write(
            "tally_part",
            "INSERT INTO tally_part (experiment, version, arm, kind, part, what, n) VALUES (?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET n = n + excluded.n",
            values![of.experiment, version, of.arm, kind, part, what.as_str(), n],
        )?;
    }
    Ok(())
}

/// The totals of experiments, by day and by part.
///
/// # Errors
/// [`Failure::Storage`], [`Failure::BadRow`].
pub fn rows(db: &Db, experiments: &[String]) -> Result<(Vec<TallyRow>, Vec<PartRow>), Failure> {
    let (mut totals, mut parts) = (Vec::new(), Vec::new());
    for experiment in experiments {
        let query = "SELECT version, phase, arm, day, what, n FROM tally WHERE experiment = ?";
        for row in db.rows("tally", query, values![experiment.as_str()])? {
            totals.push(total(experiment, &row)?);
        }
        let query = "SELECT version, arm, kind, part, what, n FROM tally_part WHERE experiment = ?";
        for row in db.rows("tally_part", query, values![experiment.as_str()])? {
            parts.push(part(experiment, &row)?);
        }
    }
    Ok((totals, parts))
}

fn total(experiment: &str, row: &Row) -> Result<TallyRow, Failure> {
    Ok(TallyRow {
        experiment: experiment.to_owned(),
        version: row.number::<u32>(0)?.into(),
        phase: row.number(1)?,
        arm: row.text(2)?.to_owned(),
        day: row.int(3)?,
        what: row.text(4)?.to_owned(),
        n: u64::try_from(row.int(5)?).unwrap_or(0),
    })
}

fn part(experiment: &str, row: &Row) -> Result<PartRow, Failure> {
    Ok(PartRow {
        experiment: experiment.to_owned(),
        version: row.number::<u32>(0)?.into(),
        arm: row.text(1)?.to_owned(),
        by: row.text(2)?.to_owned(),
        part: row.text(3)?.to_owned(),
        what: row.text(4)?.to_owned(),
        n: u64::try_from(row.int(5)?).unwrap_or(0),
    })
}
