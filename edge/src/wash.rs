//! Bytes of rows that are gone. SQLite leaves them where they were, in free pages, in gaps of pages and in the write-ahead log, until
//! something else happens to take their place. `workerd` lets nobody say `PRAGMA secure_delete` or `VACUUM`, so this writes every table
//! anew, and zeroes over what is free then. Needless on Cloudflare, where files are nobody's to read and the platform keeps 30 days of
//! history anyway.
//!
//! What is gone may stand in
//!
//! * **gaps of pages**: so each table is copied into fresh pages, all of them before the first old one is dropped;
//! * **free pages**: so as many zeroes are written as free pages can be, before (a page of the list of free pages is taken as it is) and
//!   after, and dropped again;
//! * **the log**: it is written from its beginning again once it was checkpointed, which a commit of more than 1,000 pages brings about:
//!   so the last zeroes are more than everything before.

use std::time::Duration;

use crate::error::Failure;
use crate::sql::{Db, Tx};
use crate::values;

/// The largest database that is written anew: it all goes in one turn, and others wait meanwhile.
const MOST_BYTES: usize = 64 * 1024 * 1024;
/// More than a checkpoint waits for: 1,000 pages of 4 KB.
const CHECKPOINT_BYTES: usize = 5 * 1024 * 1024;
/// The zeroes of one row.
const ROW_BYTES: usize = 1024 * 1024;
const DROP: &str = "DROP TABLE IF EXISTS zeroes";

/// Writes a database anew; says whether it did, or it is too large.
///
/// # Errors
/// [`Failure::Storage`]: then it is as it was.
pub async fn wash(db: &Db) -> Result<bool, Failure> {
    let bytes = db.bytes();
    if bytes > MOST_BYTES {
        return Ok(false);
    }
    let zeroes = 2 * bytes + CHECKPOINT_BYTES;
    write_zeroes(db, zeroes).await?;
    db.transaction(|tx| copy(tx, zeroes))?;
    commit().await;
    write_zeroes(db, zeroes).await?;
    write_zeroes(db, zeroes + 2 * CHECKPOINT_BYTES).await?;
    Ok(true)
}

/// The runtime commits what an event writes when the event waits for something: until then all its transactions are one, and pages
/// that the first freed are not free yet.
async fn commit() {
    worker::Delay::from(Duration::from_millis(1)).await;
}

/// Fills what is free. The zeroes are dropped by a commit of their own: pages that one commit fills and frees again need not be written.
async fn write_zeroes(db: &Db, bytes: usize) -> Result<(), Failure> {
    db.transaction(|tx| fill(tx, bytes))?;
    commit().await;
    db.transaction(|tx| tx.write("zeroes", DROP, values![]))?;
    commit().await;
    Ok(())
}

fn fill(tx: &Tx<'_>, bytes: usize) -> Result<(), Failure> {
    tx.write("zeroes", DROP, values![])?;
    tx.write("zeroes", "CREATE TABLE zeroes (bytes BLOB NOT NULL)", values![])?;
    for _ in 0..bytes.div_ceil(ROW_BYTES) {
        let row = i64::try_from(ROW_BYTES).unwrap_or(i64::MAX);
        tx.write("zeroes", "INSERT INTO zeroes (bytes) VALUES (zeroblob(?))", values![row])?;
    }
    Ok(())
}

/// Copies each table, and puts the copies in the place of the tables.
fn copy(tx: &Tx<'_>, zeroes: usize) -> Result<(), Failure> {
    const OURS: &str = "name NOT LIKE 'sqlite~_%' ESCAPE '~' AND name NOT LIKE '~_cf~_%' ESCAPE '~'";
    let of = |kind: &str| {
        format!("SELECT name, sql FROM sqlite_schema WHERE type = '{kind}' AND sql IS NOT NULL AND {OURS}")
    };
    let (tables, indexes) = (tx.rows("schema", &of("table"), values![])?, tx.rows("schema", &of("index"), values![])?);
    // No table of ours counts up: then there is none of what they counted.
    let counts = "SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_sequence'";
    let counted = match tx.rows("schema", counts, values![])?.is_empty() {
        true => Vec::new(),
        false => tx.rows("sqlite_sequence", "SELECT name, seq FROM sqlite_sequence", values![])?,
    };
    for table in &tables {
        let (name, sql) = (table.text(0)?, table.text(1)?);
        let columns = sql.find('(').and_then(|at| sql.get(at..)).unwrap_or_default();
        tx.write("copy", &format!("CREATE TABLE \"washed_{name}\" {columns}"), values![])?;
        tx.write("copy", &format!("INSERT INTO \"washed_{name}\" SELECT * FROM \"{name}\""), values![])?;
    }
    for table in &tables {
        tx.write("drop", &format!("DROP TABLE \"{}\"", table.text(0)?), values![])?;
    }
    for table in &tables {
        let name = table.text(0)?;
        tx.write("rename", &format!("ALTER TABLE \"washed_{name}\" RENAME TO \"{name}\""), values![])?;
    }
    // The indexes take the pages that the tables were on, as they are: an empty one would keep all that stood there.
    fill(tx, zeroes)?;
    tx.write("zeroes", DROP, values![])?;
    for index in &indexes {
        tx.write("index", index.text(1)?, values![])?;
    }
    for row in &counted {
        // The highest number may be of a row that is gone: none is given twice.
        let query = "UPDATE sqlite_sequence SET seq = ? WHERE name = ?";
        tx.write("sqlite_sequence", query, values![row.int(1)?, row.text(0)?])?;
    }
    Ok(())
}
