//! The journal: signals of visitors, a shard of them in each object. For those who send something the desk asks the shards what
//! came before it, so it never sees a signal that leads to nothing; what they do after it the shard tells the desk ([`watch`]).
//!
//! What signals say is folded into a summary of their visitor in the same transaction that keeps them.
//!
//! Not here: who a visitor is. Their key is a salted hash that changes each day, or, once they consented, a random id of
//! their own ([`crate::visitor`]). On consent the day's hash is joined to the id.

#![allow(missing_docs, reason = "the durable_object macro writes methods without any")]

pub mod arms;
pub mod erase;
pub mod heard;
pub mod prompts;
mod schema;
pub mod watch;

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, RefUnwindSafe};

use self::prompts::{PromptAnswer, PromptAsk};
use self::watch::Watch;
use serde::{Deserialize, Serialize};
use shared::fate::{Fate, Refusal};
use shared::visit::Seen;
use shared::wire::visit::{Summary, Touch};
use wasm_bindgen::prelude::*;
use worker::{DurableObject, Env, Request, Response, Result, State, Stub, durable_object};

use crate::error::Failure;
use crate::rpc::{SeenRow, VisitRow};
use crate::sql::{Db, Row, Tx, to_json};
use crate::visitor::VisitorKey;
use crate::{clock, config, log, rpc, tally, values};

/// Shards of each workspace. Changing it loses the visits of one day.
pub const SHARDS: u8 = 4;
const DAY_MS: i64 = 24 * 60 * 60 * 1_000;
/// What is known by a hash is kept for as long as the hash can be made again.
const KEEP_MS: i64 = 2 * DAY_MS;
/// What is known by an id that its visitor consented to.
const KEEP_OF_ID_MS: i64 = 90 * DAY_MS;
/// How often old signals are deleted.
const SWEEP_MS: i64 = 60 * 60 * 1_000;
/// The most signals of one visitor in a day: more is no person.
const MAX_PER_VISITOR: i64 = 1_000;

/// What a shard is asked.
#[derive(Debug, Serialize, Deserialize)]
pub enum Ask {
    /// Keep these signals.
    Keep(Box<Keep>),
    /// What is known of these visitors.
    Recent {
        /// Whose.
        visitors: Vec<String>,
    },
    /// Forget a visitor: they took their consent back, or are known by another key now.
    Forget {
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
    /// When each site was last heard of.
    LastOf,
    /// Something about prompts.
    Prompt(Box<PromptAsk>),
    /// All of these, one after the other: where one fails, the others are done all the same.
    All(Vec<Ask>),
    /// Who sent what has these references.
    Visitors {
        /// The references.
        references: Vec<String>,
    },
    /// Everything that is kept of somebody.
    Tell(erase::Names),
    /// Delete it.
    Erase(erase::Names),
    /// Leave nothing of what was deleted in the file.
    Wash,
}

/// Signals to keep.
#[derive(Debug, Serialize, Deserialize)]
pub struct Keep {
    /// The embed key of the site they came from.
    pub site: String,
    /// Whose.
    pub visitor: String,
    /// The batch they came in: twice is once.
    pub batch: String,
    /// The signals.
    pub signals: Vec<SeenRow>,
    /// How they came to the page.
    pub touch: Option<Touch>,
    /// What another shard knew of them before they consented.
    pub before: Option<Before>,
    /// What they sent, where these signals came along with it: they are watched from now on.
    pub watch: Option<Watch>,
}

/// What was known of a visitor by the hash of the day.
#[derive(Debug, Serialize, Deserialize)]
pub struct Before {
    /// The hash.
    pub hash: String,
    /// What was known.
    pub visit: VisitRow,
}

/// What it answers.
#[derive(Debug, Serialize, Deserialize)]
pub enum Answer {
    /// How they ended: the tag of [`shared::fate::Fate`].
    Fate(String),
    /// How the signals of a batch ended.
    Kept {
        /// Counts by tag.
        fates: Vec<(String, i64)>,
        /// Whether the desk is to hear of them.
        is_watched: bool,
    },
    /// What is known of visitors, of each that was asked about.
    Visits(Vec<VisitRow>),
    /// Counts by tag, of all.
    Fates(Vec<(String, i64)>),
    /// When each site was last heard of.
    LastOf(Vec<heard::Heard>),
    /// Of prompts.
    Prompt(PromptAnswer),
    /// All of it was looked at.
    Done {
        /// Whether the desk is to hear of some of it.
        is_watched: bool,
    },
    /// Keys of visitors.
    Visitors(Vec<String>),
    /// What is kept, by table.
    Records(Vec<erase::Records>),
    /// It is deleted.
    Erased,
    /// Whether it is washed, or too large.
    Washed(bool),
}

/// The object.
#[durable_object(alarm)]
pub struct Journal {
    state: State,
    env: Env,
    db: Db,
    is_ready: Cell<bool>,
    /// Whether the alarm is set for what is to be told to the desk, as far as this instance knows.
    is_armed: Cell<bool>,
    /// When what is too old was last deleted.
    swept_at: Cell<i64>,
}

/// A caught panic leaves its cells whole: each is set at once, after the rows it mirrors were committed.
impl RefUnwindSafe for Journal {}

impl DurableObject for Journal {
    fn new(state: State, env: Env) -> Self {
        let db = Db::new(state.storage());
        Self { state, env, db, is_ready: Cell::new(false), is_armed: Cell::new(false), swept_at: Cell::new(0) }
    }

    async fn fetch(&self, _request: Request) -> Result<Response> {
        rpc::nothing_here()
    }

    /// Tells the desk what is due, and deletes what is too old. Never fails: an alarm that throws six times is dropped for
    /// good.
    async fn alarm(&self) -> Result<Response> {
        self.is_armed.set(false);
        let next = match self.do_what_is_due().await {
            Ok(next) => next,
            Err(failure) => {
                log::failure("journal", &failure);
                watch::AFTER_FAILURE_MS
            }
        };
        // What came in meanwhile has set it already, for sooner.
        if !self.is_armed.get() {
            self.arm_in(next).await;
        }
        Response::empty()
    }
}

#[wasm_bindgen]
impl Journal {
    /// Answers a question ([`rpc::ask`]).
    pub async fn ask(&self, question: String) -> std::result::Result<String, JsValue> {
        // As [`RefUnwindSafe`] above.
        AssertUnwindSafe(self.asked(&question)).await
    }
}

impl Journal {
    async fn asked(&self, question: &str) -> std::result::Result<String, JsValue> {
        let answer = match self.prepare().await {
            Ok(()) => match rpc::question("journal", question) {
                Ok(ask) => self.answer(ask).await,
                Err(failure) => Err(failure),
            },
            Err(failure) => Err(failure),
        };
        if let Ok(Answer::Kept { is_watched: true, .. } | Answer::Done { is_watched: true }) = &answer
            && !self.is_armed.replace(true)
        {
            self.arm_in(watch::GATHER_MS).await;
        }
        rpc::answer("journal", answer)
    }
}

impl Journal {
    /// Does what is due; says in how many milliseconds there is more to do.
    async fn do_what_is_due(&self) -> std::result::Result<i64, Failure> {
        self.prepare().await?;
        let now = clock::now().as_ms();
        if now - self.swept_at.get() >= SWEEP_MS {
            self.sweep()?;
            self.swept_at.set(now);
        }
        let is_heard = watch::tell(&self.db, &self.env).await?;
        Ok(match (is_heard, watch::is_due(&self.db)?) {
            (false, _) => watch::AFTER_FAILURE_MS,
            (true, true) => watch::GATHER_MS,
            (true, false) => SWEEP_MS,
        })
    }

    async fn arm_in(&self, ms: i64) {
        if let Err(source) = self.state.storage().set_alarm(ms).await {
            // The rows are on disk: the next signal, or the next start, sets it again.
            self.is_armed.set(false);
            log::failure("journal", &Failure::Storage { step: "alarm", source });
        }
    }

    async fn prepare(&self) -> std::result::Result<(), Failure> {
        if self.is_ready.get() {
            return Ok(());
        }
        let alarm = |source| Failure::Storage { step: "alarm", source };
        self.db.migrate(schema::MIGRATIONS)?;
        self.db.transaction(|tx| tx.write("prompts", prompts::SCHEMA, values![]))?;
        self.db.transaction(|tx| tx.write("arm", arms::SCHEMA, values![]))?;
        self.db.transaction(|tx| tx.write("tally", tally::SCHEMA, values![]))?;
        self.db.transaction(|tx| tx.write("site_last", heard::SCHEMA, values![]))?;
        if self.state.storage().get_alarm().await.map_err(alarm)?.is_none() {
            let due = watch::is_due(&self.db)?;
            self.state.storage().set_alarm(if due { watch::GATHER_MS } else { SWEEP_MS }).await.map_err(alarm)?;
        }
        self.is_ready.set(true);
        Ok(())
    }

    async fn answer(&self, ask: Ask) -> std::result::Result<Answer, Failure> {
        match ask {
            Ask::Keep(kept) => self.keep(*kept),
            Ask::Recent { visitors } => self.recent(&visitors).map(Answer::Visits),
            Ask::Forget { visitor } => self.forget(&visitor),
            Ask::Refused { tag, count } => self.refuse(Refusal::from_tag(&tag), count),
            Ask::Fates => self.fates(),
            Ask::LastOf => heard::last(&self.db).map(Answer::LastOf),
            Ask::Prompt(ask) => prompts::answer(&self.db, *ask).map(Answer::Prompt),
            Ask::All(asks) => Ok(Box::pin(self.answer_all(asks)).await),
            Ask::Visitors { references } => erase::find(&self.db, &references),
            Ask::Tell(of) => erase::tell(&self.db, &of),
            Ask::Erase(of) => self.db.transaction(|tx| erase::forget(tx, &of)).map(|()| Answer::Erased),
            Ask::Wash => crate::wash::wash(&self.db).await.map(Answer::Washed),
        }
    }

    /// Does all of it in one turn, which is one commit: nothing that is asked for in one message waits for anything.
    async fn answer_all(&self, asks: Vec<Ask>) -> Answer {
        let mut is_watched = false;
        for ask in asks {
            match self.answer(ask).await {
                Ok(answer) => is_watched |= matches!(answer, Answer::Kept { is_watched: true, .. }),
                Err(failure) => log::failure("journal", &failure),
            }
        }
        Answer::Done { is_watched }
    }

    /// Keeps signals and folds them into their visitor's summary. Each ends in one fate, counted.
    fn keep(&self, keep: Keep) -> std::result::Result<Answer, Failure> {
        let Keep { site, visitor, batch, signals, touch, before, watch } = keep;
        let (site, visitor, batch) = (site.as_str(), visitor.as_str(), batch.as_str());
        let mut signals: Vec<Seen> = signals.into_iter().map(Seen::from).collect();
        let now = clock::now().as_ms();
        signals.sort();
        self.db.transaction(|tx| {
            let query = "INSERT OR IGNORE INTO batch (id, at) VALUES (?, ?) RETURNING id";
            if tx.rows("batch", query, values![batch, now])?.is_empty() {
                let many = i64::try_from(signals.len()).unwrap_or(i64::MAX);
                count(tx, Fate::Duplicate, many)?;
                return Ok(Answer::Kept { fates: told([(Fate::Duplicate, many)]), is_watched: false });
            }
            if !signals.is_empty() {
                heard::hear(tx, site, now)?;
            }
            let mut summary = self.summary(visitor)?;
            if let Some(before) = before {
                join(tx, visitor, before, &mut summary, now)?;
            }
            let query = "SELECT count(*) FROM seen WHERE visitor = ? AND at > ?";
            let counted = tx.rows("seen", query, values![visitor, now - DAY_MS])?;
            let mut room = MAX_PER_VISITOR - counted.first().map(|row| row.int(0)).transpose()?.unwrap_or(0);
            let is_of_person = signals.iter().any(|seen| seen.human);
            if let Some(touch) = touch.filter(|_| is_of_person) {
                summary.come(touch);
            }
            let (mut accepted, mut duplicate, mut refused) = (0, 0, 0);
            for seen in signals {
                if room <= 0 {
                    refused += 1;
                } else if summary.fold(&seen) {
                    room -= 1;
                    accepted += 1;
                    write(tx, visitor, &seen.into())?;
                } else {
                    duplicate += 1;
                }
            }
            // Those without an address share one key: what they did adds up to nobody.
            if !visitor.is_empty() && summary != Summary::default() {
                let query = "INSERT OR REPLACE INTO summary (visitor, at, body) VALUES (?, ?, ?)";
                tx.write("summary", query, values![visitor, now, to_json("summary", &summary)?])?;
            }
            let quota = Fate::Refused(Refusal::Quota);
            let fates = [(Fate::Accepted, accepted), (Fate::Duplicate, duplicate), (quota, refused)];
            for (fate, many) in fates {
                count(tx, fate, many)?;
            }
            let is_watched = is_of_person && accepted > 0 && watch::note(tx, visitor, now)?;
            // What came along with what they sent is known with it: that watch begins after it.
            if let Some(watch) = &watch {
                watch::begin(tx, visitor, watch, now)?;
            }
            Ok(Answer::Kept { fates: told(fates), is_watched })
        })
    }

    fn summary(&self, visitor: &str) -> std::result::Result<Summary, Failure> {
        let row = self.db.row("summary", "SELECT body FROM summary WHERE visitor = ?", values![visitor])?;
        Ok(row.map(|row| row.json(0)).transpose()?.unwrap_or_default())
    }

    fn recent(&self, visitors: &[String]) -> std::result::Result<Vec<VisitRow>, Failure> {
        // Most of those who send something did nothing before: all of them cost one look.
        const THERE: &str = "
            SELECT asked.key FROM json_each(?) AS asked
            WHERE EXISTS (SELECT 1 FROM summary WHERE visitor = asked.value)
                OR EXISTS (SELECT 1 FROM seen WHERE visitor = asked.value)
                OR EXISTS (SELECT 1 FROM watch WHERE visitor = asked.value)";
        const SEEN: &str =
            "SELECT at, kind, url, title, about, human FROM seen WHERE visitor = ? ORDER BY at DESC LIMIT ?";
        let most = i64::try_from(shared::visit::MAX_KEPT).unwrap_or(i64::MAX);
        let mut visits: Vec<VisitRow> = visitors.iter().map(|_| VisitRow::default()).collect();
        for row in self.db.rows("summary", THERE, values![to_json("visitors", &visitors)?])? {
            let at: usize = row.number(0)?;
            let (Some(visitor), Some(visit)) = (visitors.get(at), visits.get_mut(at)) else { continue };
            visit.summary = self.summary(visitor)?;
            visit.recent = seen_rows(&self.db.rows("seen", SEEN, values![visitor.as_str(), most])?)?;
            visit.watched = watch::of(&self.db, visitor)?;
        }
        Ok(visits)
    }

    fn forget(&self, visitor: &str) -> std::result::Result<Answer, Failure> {
        self.db.transaction(|tx| {
            tx.write("seen", "DELETE FROM seen WHERE visitor = ?", values![visitor])?;
            tx.write("summary", "DELETE FROM summary WHERE visitor = ?", values![visitor])?;
            tx.write("watch", "DELETE FROM watch WHERE visitor = ?", values![visitor])?;
            tx.write("joined", "DELETE FROM joined WHERE visitor = ?", values![visitor])
        })?;
        Ok(Answer::Fate(Fate::Accepted.tag().to_owned()))
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
        let now = clock::now().as_ms();
        let of_hash = now - KEEP_MS;
        let of_id = now - KEEP_OF_ID_MS;
        let ids = format!("{}*", crate::visitor::ID);
        let ids = ids.as_str();
        self.db.transaction(|tx| {
            for table in ["seen", "summary", "watch"] {
                let old = format!("DELETE FROM {table} WHERE at < ? AND (at < ? OR visitor NOT GLOB ?)");
                tx.write(table, &old, values![of_hash, of_id, ids])?;
            }
            tx.write("joined", "DELETE FROM joined WHERE at < ?", values![of_hash])?;
            tx.write("batch", "DELETE FROM batch WHERE at < ?", values![of_hash])
        })?;
        prompts::sweep(&self.db)
    }
}

/// Takes over what was known by a hash, once.
fn join(
    tx: &Tx<'_>,
    visitor: &str,
    before: Before,
    summary: &mut Summary,
    now: i64,
) -> std::result::Result<(), Failure> {
    let query = "INSERT OR IGNORE INTO joined (visitor, hash, at) VALUES (?, ?, ?) RETURNING hash";
    if tx.rows("joined", query, values![visitor, before.hash.as_str(), now])?.is_empty() {
        return Ok(());
    }
    summary.merge(before.visit.summary);
    for seen in before.visit.recent {
        write(tx, visitor, &seen)?;
    }
    before.visit.watched.iter().try_for_each(|watch| watch::begin(tx, visitor, watch, now))
}

fn seen_rows(rows: &[Row]) -> std::result::Result<Vec<SeenRow>, Failure> {
    let seen = rows.iter().map(|row| {
        Ok(SeenRow {
            at: row.int(0)?,
            kind: row.text(1)?.to_owned(),
            url: row.text(2)?.to_owned(),
            title: row.text(3)?.to_owned(),
            about: row.json(4)?,
            human: row.int(5)? != 0,
        })
    });
    seen.collect()
}

fn write(tx: &Tx<'_>, visitor: &str, seen: &SeenRow) -> std::result::Result<(), Failure> {
    tx.write(
        "seen",
        "INSERT INTO seen (visitor, at, kind, url, title, about, human) VALUES (?, ?, ?, ?, ?, ?, ?)",
        values![
            visitor,
            seen.at,
            seen.kind.as_str(),
            seen.url.as_str(),
            seen.title.as_str(),
            to_json("about", &seen.about)?,
            i64::from(seen.human),
        ],
    )
}

fn told(fates: impl IntoIterator<Item = (Fate, i64)>) -> Vec<(String, i64)> {
    fates.into_iter().filter(|(_, many)| *many > 0).map(|(fate, many)| (fate.tag().to_owned(), many)).collect()
}

fn count(tx: &Tx<'_>, fate: Fate, many: i64) -> std::result::Result<(), Failure> {
    if many == 0 {
        return Ok(());
    }
    let query =
        "INSERT INTO fate (tag, count) VALUES (?, ?) ON CONFLICT (tag) DO UPDATE SET count = count + excluded.count";
    tx.write("fate", query, values![fate.tag(), many])
}

/// What one shard knows of visitors, of each in their order.
///
/// # Errors
/// Where it does not answer.
pub async fn recent(
    env: &Env,
    workspace: &str,
    number: u8,
    visitors: Vec<String>,
) -> std::result::Result<Vec<VisitRow>, Failure> {
    match rpc::ask("journal", shard(env, workspace, number)?, &Ask::Recent { visitors }).await? {
        Answer::Visits(visits) => Ok(visits),
        _ => Err(Failure::BadRow { table: "journal", what: "another answer".to_owned() }),
    }
}

/// The shard of a visitor.
///
/// # Errors
/// [`Failure::Object`] where it cannot be reached.
pub fn stub(env: &Env, workspace: &str, visitor: &VisitorKey) -> std::result::Result<Stub, Failure> {
    shard(env, workspace, visitor.shard(SHARDS))
}

/// All shards.
///
/// # Errors
/// As [`stub`].
pub fn stubs(env: &Env, workspace: &str) -> std::result::Result<Vec<Stub>, Failure> {
    (0..SHARDS).map(|number| shard(env, workspace, number)).collect()
}

/// Washes all shards; says whether none is too large.
///
/// # Errors
/// Where a shard does not answer.
pub async fn wash(env: &Env, workspace: &str) -> std::result::Result<bool, Failure> {
    let mut is_all = true;
    for shard in stubs(env, workspace)? {
        is_all &= matches!(rpc::ask("journal", shard, &Ask::Wash).await?, Answer::Washed(true));
    }
    Ok(is_all)
}

/// A shard by its number.
///
/// # Errors
/// As [`stub`].
pub fn shard(env: &Env, workspace: &str, number: u8) -> std::result::Result<Stub, Failure> {
    let name = format!("{workspace}/{number}");
    config::journals(env)?.get_by_name(&name).map_err(|source| Failure::Object { object: "journal", source })
}
