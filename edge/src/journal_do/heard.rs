//! When each site was last heard of: nothing but its key and a time, so it is kept for as long as the site is.

use serde::{Deserialize, Serialize};

use crate::error::Failure;
use crate::sql::{Db, Tx};
use crate::values;

/// The table.
pub const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS site_last (site_key TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID;
";

/// A site's embed key, and when the last signal under it came, in milliseconds since 1970.
#[derive(Debug, Serialize, Deserialize)]
pub struct Heard {
    /// The key.
    pub key: String,
    /// When.
    pub at: i64,
}

/// A batch came from a site.
pub fn hear(tx: &Tx<'_>, site_key: &str, at: i64) -> Result<(), Failure> {
    let query = "INSERT INTO site_last (site_key, at) VALUES (?, ?) ON CONFLICT (site_key) DO UPDATE SET at = max(at, excluded.at)";
    tx.write("site_last", query, values![site_key, at])
}

/// What this shard heard of.
pub fn last(db: &Db) -> Result<Vec<Heard>, Failure> {
    let rows = db.rows("site_last", "SELECT site_key, at FROM site_last", values![])?;
    rows.iter().map(|row| Ok(Heard { key: row.text(0)?.to_owned(), at: row.int(1)? })).collect()
}
