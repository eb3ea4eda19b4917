//! The journal: signals of visitors, a shard of them in each object. A submission asks the one shard of its visitor what
//! came before it, so the desk never sees a signal that leads to nothing.
//!
//! Not here: who a visitor is. Their key is a salted hash that changes each day ([`crate::visitor`]).

#![allow(missing_docs, reason = "the durable_object macro writes methods without any")]

pub mod prompts;

use std::collections::BTreeMap;

use std::cell::Cell;
use std::panic::RefUnwindSafe;

use self::prompts::{PromptAnswer, PromptAsk};
use serde::{Deserialize, Serialize};
use shared::fate::{Fate, Refusal};
use worker::{DurableObject, Env, Request, Response, Result, State, Stub, durable_object};

use crate::error::Failure;
use crate::rpc::SeenRow;
use crate::sql::Db;
use crate::visitor::VisitorKey;
use crate::{clock, config, log, rpc, values};

/// Shards of each workspace. Changing it loses the visits of one day.
pub const SHARDS: u8 = 4;
/// Signals are kept for as long as their visitor's hash can be made again.
const KEEP_MS: i64 = 2 * 24 * 60 * 60 * 1_000;
/// How often old signals are deleted.
const SWEEP_MS: i64 = 60 * 60 * 1_000;
/// The most signals of one visitor: more is no person.
const MAX_PER_VISITOR: i64 = 1_000;

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS seen (
        visitor TEXT NOT NULL, at INTEGER NOT NULL, kind TEXT NOT NULL, url TEXT NOT NULL, title TEXT NOT NULL,
        batch TEXT NOT NULL
    );
    CREATE INDEX IF NOT EXISTS seen_of_visitor ON seen (visitor, at);
    CREATE INDEX IF NOT EXISTS seen_by_age ON seen (at);
    CREATE TABLE IF NOT EXISTS batch (id TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS fate (tag TEXT PRIMARY KEY, count INTEGER NOT NULL) WITHOUT ROWID;
";

/// What a shard is asked.
#[derive(Debug, Serialize, Deserialize)]
pub enum Ask {
    /// Keep these signals.
    Keep {
        /// Whose.
        visitor: String,
        /// The batch they came in: twice is once.
        batch: String,
        /// The signals.
        signals: Vec<SeenRow>,
    },
    /// The latest signals of a visitor.
    Recent {
        /// Whose.
        visitor: String,
    },
    /// Count signals that were refused.
    Refused {
        /// The tag of [`shared::fate::Refusal`].
        tag: String,
        /// How many.
        count: u32,
    },
    /// How signals ended, for tests of the sums.
    Fates,
    /// Something about prompts.
    Prompt(PromptAsk),
}

/// What it answers.
#[derive(Debug, Serialize, Deserialize)]
pub enum Answer {
    /// How they ended: the tag of [`shared::fate::Fate`].
    Fate(String),
    /// The latest signals.
    Recent(Vec<SeenRow>),
    /// Counts by tag.
    Fates(Vec<(String, i64)>),
    /// Of prompts.
    Prompt(PromptAnswer),
}

/// The object.
#[durable_object(alarm)]
pub struct Journal {
    state: State,
    db: Db,
    is_ready: Cell<bool>,
}

/// A caught panic leaves its cells whole: each is set at once, after the rows it mirrors were committed.
impl RefUnwindSafe for Journal {}

impl DurableObject for Journal {
    fn new(state: State, _env: Env) -> Self {
        let db = Db::new(state.storage());
        Self { state, db, is_ready: Cell::new(false) }
    }

    async fn fetch(&self, mut request: Request) -> Result<Response> {
        let answer = match self.prepare().await {
            Ok(()) => rpc::question("journal", &mut request).await.and_then(|ask| self.answer(ask)),
            Err(failure) => Err(failure),
        };
        rpc::answer("journal", answer)
    }

    /// Deletes what is too old. Never fails: an alarm that throws six times is dropped for good.
    async fn alarm(&self) -> Result<Response> {
        if let Err(failure) = self.prepare().await.and_then(|()| self.sweep()) {
            log::failure("journal sweep", &failure);
        }
        if let Err(source) = self.state.storage().set_alarm(SWEEP_MS).await {
            log::failure("journal sweep", &Failure::Storage { step: "alarm", source });
        }
        Response::empty()
    }
}

impl Journal {
    async fn prepare(&self) -> std::result::Result<(), Failure> {
        if self.is_ready.get() {
            return Ok(());
        }
        let alarm = |source| Failure::Storage { step: "alarm", source };
        self.db.transaction(|tx| tx.write("journal", SCHEMA, values![]))?;
        self.db.transaction(|tx| tx.write("prompts", prompts::SCHEMA, values![]))?;
        if self.state.storage().get_alarm().await.map_err(alarm)?.is_none() {
            self.state.storage().set_alarm(SWEEP_MS).await.map_err(alarm)?;
        }
        self.is_ready.set(true);
        Ok(())
    }

    fn answer(&self, ask: Ask) -> std::result::Result<Answer, Failure> {
        match ask {
            Ask::Keep { visitor, batch, signals } => self.keep(&visitor, &batch, &signals),
            Ask::Recent { visitor } => self.recent(&visitor),
            Ask::Refused { tag, count } => self.refuse(Refusal::from_tag(&tag), count),
            Ask::Fates => self.fates(),
            Ask::Prompt(ask) => prompts::answer(&self.db, ask).map(Answer::Prompt),
        }
    }

    fn keep(&self, visitor: &str, batch: &str, signals: &[SeenRow]) -> std::result::Result<Answer, Failure> {
        let now = clock::now().as_ms();
        let many = i64::try_from(signals.len()).unwrap_or(i64::MAX);
        self.db.transaction(|tx| {
            let query = "INSERT OR IGNORE INTO batch (id, at) VALUES (?, ?) RETURNING id";
            let is_new = !tx.rows("batch", query, values![batch, now])?.is_empty();
            let counted = tx.rows("seen", "SELECT count(*) FROM seen WHERE visitor = ?", values![visitor])?;
            let had = counted.first().map(|row| row.int(0)).transpose()?.unwrap_or(0);
            let fate = match (is_new, had + many <= MAX_PER_VISITOR) {
                (false, _) => Fate::Duplicate,
                (true, false) => Fate::Refused(Refusal::Quota),
                (true, true) => Fate::Accepted,
            };
            if fate == Fate::Accepted {
                for seen in signals {
                    tx.write(
                        "seen",
                        "INSERT INTO seen (visitor, at, kind, url, title, batch) VALUES (?, ?, ?, ?, ?, ?)",
                        values![visitor, seen.at, seen.kind.as_str(), seen.url.as_str(), seen.title.as_str(), batch],
                    )?;
                }
            }
            count(tx, fate, many)?;
            Ok(Answer::Fate(fate.tag().to_owned()))
        })
    }

    fn recent(&self, visitor: &str) -> std::result::Result<Answer, Failure> {
        let most = i64::try_from(shared::visit::MAX_KEPT).unwrap_or(i64::MAX);
        let query = "SELECT at, kind, url, title FROM seen WHERE visitor = ? ORDER BY at DESC LIMIT ?";
        let rows = self.db.rows("seen", query, values![visitor, most])?;
        let seen = rows.iter().map(|row| {
            Ok(SeenRow {
                at: row.int(0)?,
                kind: row.text(1)?.to_owned(),
                url: row.text(2)?.to_owned(),
                title: row.text(3)?.to_owned(),
                about: BTreeMap::new(),
            })
        });
        seen.collect::<std::result::Result<_, Failure>>().map(Answer::Recent)
    }

    fn refuse(&self, refusal: Option<Refusal>, many: u32) -> std::result::Result<Answer, Failure> {
        let fate = Fate::Refused(refusal.unwrap_or(Refusal::Invalid));
        self.db.transaction(|tx| count(tx, fate, i64::from(many)))?;
        Ok(Answer::Fate(fate.tag().to_owned()))
    }

    fn fates(&self) -> std::result::Result<Answer, Failure> {
        let rows = self.db.rows("fate", "SELECT tag, count FROM fate ORDER BY tag", values![])?;
        let fates = rows.iter().map(|row| Ok((row.text(0)?.to_owned(), row.int(1)?)));
        fates.collect::<std::result::Result<_, Failure>>().map(Answer::Fates)
    }

    fn sweep(&self) -> std::result::Result<(), Failure> {
        let oldest = clock::now().as_ms() - KEEP_MS;
        self.db.transaction(|tx| {
            tx.write("seen", "DELETE FROM seen WHERE at < ?", values![oldest])?;
            tx.write("batch", "DELETE FROM batch WHERE at < ?", values![oldest])
        })?;
        prompts::sweep(&self.db)
    }
}

fn count(tx: &crate::sql::Tx<'_>, fate: Fate, many: i64) -> std::result::Result<(), Failure> {
    let query =
        "INSERT INTO fate (tag, count) VALUES (?, ?) ON CONFLICT (tag) DO UPDATE SET count = count + excluded.count";
    tx.write("fate", query, values![fate.tag(), many])
}

/// The shard of a visitor.
///
/// # Errors
/// [`Failure::Object`] where it cannot be reached.
pub fn stub(env: &Env, workspace: &str, visitor: &VisitorKey) -> std::result::Result<Stub, Failure> {
    shard(env, workspace, visitor.shard(SHARDS))
}

/// A shard by its number.
///
/// # Errors
/// As [`stub`].
pub fn shard(env: &Env, workspace: &str, number: u8) -> std::result::Result<Stub, Failure> {
    let name = format!("{workspace}/{number}");
    config::journals(env)?.get_by_name(&name).map_err(|source| Failure::Object { object: "journal", source })
}
