//! What an erasure leaves to be done outside of the desk's own rows: files, visits in the journals, and what others wrote. It is
//! written with the erasure, and the alarm does it, some in each turn, until it is done: after a crash it begins where it was, and
//! whatever is done twice does the same.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use shared::file::FileId;
use shared::privacy::without;

use super::super::{Desk, now_ms};
use super::map::MENTIONS;
use crate::error::Failure;
use crate::journal_do::erase::{self as journal, Trace};
use crate::sql::{Tx, to_json};
use crate::{files_do, values};

/// Files that are deleted in one turn.
const FILES_AT_ONCE: usize = 20;
/// Rows that are looked through in one turn.
const ROWS_AT_ONCE: i64 = 2_000;

/// What is still to be done. It names who was erased, and so is deleted with the last of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rest {
    /// Files whose bytes are to go.
    files: Vec<String>,
    /// The references of what they sent: the journals know visitors by them.
    references: Vec<String>,
    /// The ids that they sent under: what came along with each was one batch of signals.
    #[serde(default)]
    batches: Vec<String>,
    /// The platform's ids of them: displays of prompts are counted under those.
    users: Vec<String>,
    /// Which visitors those are, once all journals have said so: then what is kept of them goes.
    visitors: Option<Vec<String>>,
    /// The words that name them; none, once they are nowhere any more.
    words: Vec<String>,
    /// How far each table of [`MENTIONS`] was looked through.
    upto: BTreeMap<String, i64>,
}

/// What somebody sent, as the journals know it.
#[derive(Default)]
pub struct Sent {
    /// References.
    pub references: Vec<String>,
    /// The ids that it was sent under.
    pub batches: Vec<String>,
}

impl Rest {
    /// All of it.
    pub fn new(files: Vec<String>, sent: Sent, users: Vec<String>, words: Vec<String>) -> Self {
        let Sent { references, batches } = sent;
        Self { files, references, batches, users, visitors: None, words, upto: BTreeMap::new() }
    }

    /// Whether there is anything to do.
    pub fn is_anything(&self) -> bool {
        !self.files.is_empty() || !self.references.is_empty() || !self.users.is_empty() || !self.words.is_empty()
    }
}

impl Desk {
    /// Does some of what is left of the oldest erasure; the alarm comes back for more.
    pub(in super::super) async fn erase_rest(&self) -> Result<(), Failure> {
        let query = "SELECT id, rest FROM erasure WHERE rest IS NOT NULL ORDER BY id LIMIT 1";
        let Some(row) = self.db.row("erasure", query, values![])? else { return Ok(()) };
        let (id, mut rest) = (row.text(0)?, row.json::<Rest>(1)?);
        if !rest.files.is_empty() {
            let later = rest.files.split_off(rest.files.len().min(FILES_AT_ONCE));
            for file in rest.files.iter().filter_map(|file| FileId::parse(file)) {
                files_do::erase(&self.env, &self.workspace()?, &file).await?;
            }
            rest.files = later;
        } else if !rest.references.is_empty() || !rest.users.is_empty() {
            self.erase_visits(&mut rest).await?;
        } else {
            return self.erase_mentions(id, rest);
        }
        self.db.transaction(|tx| keep(tx, id, &rest))
    }

    /// Asks the journals who it was, and in the next turn has that deleted: half of an answer would lose the way to the rest.
    async fn erase_visits(&self, rest: &mut Rest) -> Result<(), Failure> {
        let workspace = self.workspace()?;
        match rest.visitors.take() {
            None => rest.visitors = Some(journal::visitors(&self.env, &workspace, &rest.references).await?),
            Some(visitors) => {
                let (users, batches) = (std::mem::take(&mut rest.users), std::mem::take(&mut rest.batches));
                journal::erase(&self.env, &workspace, &Trace { visitors, users, batches }).await?;
                rest.references.clear();
            }
        }
        Ok(())
    }

    /// Takes the words out of what others wrote, some of it; once they are nowhere, the erasure is done.
    fn erase_mentions(&self, id: &str, mut rest: Rest) -> Result<(), Failure> {
        self.db.transaction(|tx| {
            let mut is_done = true;
            for mention in MENTIONS.iter().filter(|_| !rest.words.is_empty()) {
                let (table, column) = (mention.table, mention.column);
                let query = format!("SELECT seq, {column} FROM {table} WHERE seq > ? ORDER BY seq LIMIT ?");
                let upto = rest.upto.get(table).copied().unwrap_or(0);
                let rows = tx.rows(table, &query, values![upto, ROWS_AT_ONCE])?;
                for row in &rows {
                    if let Some(left) = without(row.text(1)?, &rest.words) {
                        let query = format!("UPDATE {table} SET {column} = ? WHERE seq = ?");
                        tx.write(table, &query, values![left, row.int(0)?])?;
                    }
                }
                if let Some(last) = rows.last() {
                    rest.upto.insert(table.to_owned(), last.int(0)?);
                    is_done = false;
                }
            }
            if !is_done {
                return keep(tx, id, &rest);
            }
            erase_from_few(tx, &rest.words)?;
            let query = "UPDATE erasure SET rest = NULL, done_at = ? WHERE id = ?";
            tx.write("erasure", query, values![now_ms(), id])
        })
    }
}

/// Of what there are few rows, at once: lists that members narrowed, and why they decided on what was held.
fn erase_from_few(tx: &Tx<'_>, words: &[String]) -> Result<(), Failure> {
    for (table, column) in [("saved_view", "body"), ("saved_view", "name"), ("held", "decided_why")] {
        let query = format!("SELECT id, {column} FROM {table} WHERE {column} IS NOT NULL");
        for row in tx.rows(table, &query, values![])? {
            if let Some(left) = without(row.text(1)?, words) {
                let query = format!("UPDATE {table} SET {column} = ? WHERE id = ?");
                tx.write(table, &query, values![left, row.text(0)?])?;
            }
        }
    }
    Ok(())
}

fn keep(tx: &Tx<'_>, id: &str, rest: &Rest) -> Result<(), Failure> {
    tx.write("erasure", "UPDATE erasure SET rest = ? WHERE id = ?", values![to_json("rest", rest)?, id])
}
