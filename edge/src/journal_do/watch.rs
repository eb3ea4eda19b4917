//! Visitors who sent something: what they do from then on is told to the desk, so that what they sent is worth more, or
//! less, while it waits. Told in the alarm's turn, a moment later, so that a page full of signals is one message.
//!
//! A watch ends with what is known of its visitor. When the desk has no use for it any more, it only says whose that is.

use serde::{Deserialize, Serialize};
use shared::visit::MAX_KEPT;
use worker::Env;

use crate::desk_do::ask::{Ask, Reply};
use crate::error::Failure;
use crate::rpc::{self, SeenRow};
use crate::sql::{Db, Tx};
use crate::{desk_do, log, values};

/// How long signals are gathered before the desk hears of them.
pub const GATHER_MS: i64 = 2_000;
/// How long to wait after a desk did not answer.
pub const AFTER_FAILURE_MS: i64 = 30_000;
/// The most that are told in one turn.
const AT_ONCE: i64 = 50;

/// Somebody who sent something.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Watch {
    /// The workspace that it went to.
    pub workspace: String,
    /// The reference that they were given for it.
    pub reference: String,
    /// What they did until then is known with it: milliseconds since 1970.
    pub since: i64,
}

/// Begins to watch a visitor; once for each thing that they sent.
pub fn begin(tx: &Tx<'_>, visitor: &str, watch: &Watch, now: i64) -> Result<(), Failure> {
    let query = "INSERT OR IGNORE INTO watch (visitor, reference, workspace, since, at) VALUES (?, ?, ?, ?, ?)";
    let Watch { workspace, reference, since } = watch;
    tx.write("watch", query, values![visitor, reference.as_str(), workspace.as_str(), *since, now])
}

/// Notes that a visitor did something; says whether anybody is to hear of it.
pub fn note(tx: &Tx<'_>, visitor: &str, now: i64) -> Result<bool, Failure> {
    let query = "UPDATE watch SET noted = noted + (over = 0), at = ? WHERE visitor = ? RETURNING over";
    let rows = tx.rows("watch", query, values![now, visitor])?;
    rows.iter().try_fold(false, |is_heard, row| Ok(is_heard || row.int(0)? == 0))
}

/// What a visitor is watched for.
pub fn of(db: &Db, visitor: &str) -> Result<Vec<Watch>, Failure> {
    let query = "SELECT workspace, reference, since FROM watch WHERE visitor = ?";
    let rows = db.rows("watch", query, values![visitor])?;
    rows.iter()
        .map(|row| {
            let (workspace, reference) = (row.text(0)?.to_owned(), row.text(1)?.to_owned());
            Ok(Watch { workspace, reference, since: row.int(2)? })
        })
        .collect()
}

/// Whether the desk is to hear of something.
pub fn is_due(db: &Db) -> Result<bool, Failure> {
    Ok(db.row("watch", "SELECT 1 FROM watch WHERE noted > told LIMIT 1", values![])?.is_some())
}

/// Tells the desk what is due; says whether all of it was heard.
pub async fn tell(db: &Db, env: &Env) -> Result<bool, Failure> {
    let query = "SELECT visitor, reference, workspace, since, noted FROM watch WHERE noted > told LIMIT ?";
    let mut is_heard = true;
    for row in db.rows("watch", query, values![AT_ONCE])? {
        let (visitor, reference, since, noted) = (row.text(0)?, row.text(1)?, row.int(3)?, row.int(4)?);
        let signals = since_then(db, visitor, since)?;
        let upto = signals.iter().map(|seen| seen.at).max().unwrap_or(since);
        let wants_more = match ask(env, row.text(2)?, reference, signals).await {
            Ok(wants_more) => wants_more,
            Err(failure) => {
                log::failure("watch", &failure);
                is_heard = false;
                continue;
            }
        };
        db.transaction(|tx| match wants_more {
            // What was noted while the desk was asked is told next time.
            true => {
                let query = "UPDATE watch SET told = ?, since = ? WHERE visitor = ? AND reference = ?";
                tx.write("watch", query, values![noted, upto, visitor, reference])
            }
            false => {
                let query = "UPDATE watch SET over = 1, told = noted WHERE visitor = ? AND reference = ?";
                tx.write("watch", query, values![visitor, reference])
            }
        })?;
    }
    Ok(is_heard)
}

async fn ask(env: &Env, workspace: &str, reference: &str, signals: Vec<SeenRow>) -> Result<bool, Failure> {
    let ask = Ask::Seen { reference: reference.to_owned(), signals };
    let answer: Reply = rpc::ask("desk", desk_do::stub(env, workspace)?, &ask).await?;
    serde_json::from_str(&answer.body).map_err(|source| Failure::Json { what: "seen", source })
}

/// The latest signals of a visitor after a moment, oldest first.
fn since_then(db: &Db, visitor: &str, since: i64) -> Result<Vec<SeenRow>, Failure> {
    let most = i64::try_from(MAX_KEPT).unwrap_or(i64::MAX);
    let query =
        "SELECT at, kind, url, title, about, human FROM seen WHERE visitor = ? AND at > ? ORDER BY at DESC LIMIT ?";
    let mut signals = super::seen_rows(&db.rows("seen", query, values![visitor, since, most])?)?;
    signals.reverse();
    Ok(signals)
}
