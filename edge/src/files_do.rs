//! The files that visitors send: apart from the desk, so that no question of the desk ever waits behind five megabytes.
//! A few objects for each workspace; the first digit of a file's id says in which it lies.
//!
//! A file's life, so that nothing a submission names is ever lost, whatever breaks off in between:
//!
//! 1. It is **put**, and waits for as long as a sealed submission may still arrive: [`WAITS_MS`]. Then it is deleted.
//! 2. The desk **claims** it for a submission before it decides. The claim is named after the submission, so that the same
//!    submission claims again and no other can, and it is looked at again after [`WAITS_MS`].
//! 3. The desk writes the submission with the names of its files, in its own transaction.
//! 4. When the claim is looked at, the desk is asked. It has the file: the file is kept for good. It has not, because
//!    the submission was never written after all: the file is deleted, unless it was claimed again meanwhile. No answer: it
//!    is asked later.
//!
//! Not here: what a file is ([`shared::file`]), or who may read it (the desk).

#![allow(missing_docs, reason = "the durable_object macro writes methods without any")]

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, RefUnwindSafe};

use js_sys::Uint8Array;
use serde::{Deserialize, Serialize};
use shared::file::FileId;
use shared::wire::file::{FileKind, Uploaded};
use wasm_bindgen::prelude::*;
use worker::{
    DurableObject, Env, Headers, Method, Request, RequestInit, Response, ResponseBuilder, Result, State, Stub,
    durable_object,
};

use crate::desk_do::ask::{Ask as DeskAsk, Reply};
use crate::error::Failure;
use crate::sql::{Db, Row, Tx, to_json};
use crate::visitor::VisitorKey;
use crate::{chance, clock, config, desk_do, log, rpc, values};

/// Objects of each workspace. Changing it loses the way to the files that are there: at most 16, for one hexadecimal digit.
const SHARDS: u8 = 4;
/// The bytes of one row: Cloudflare's limit is 2 MB, and a row is more than its bytes.
const CHUNK_BYTES: usize = 1024 * 1024;
/// How long a file waits for its submission, and a claim until it is looked at: a sealed submission is sent again for at
/// most 72 hours, and may take an hour more to arrive.
const WAITS_MS: i64 = 73 * 60 * 60 * 1_000;
/// When the desk is asked again where it did not answer.
const ASK_AGAIN_MS: i64 = 60 * 60 * 1_000;
/// How long to wait after a failure of our own.
const AFTER_FAILURE_MS: i64 = 30_000;
/// Uploads of one sender in one minute.
const MINUTE_MS: i64 = 60_000;
const MAX_PER_MINUTE: i64 = 5;
/// Unclaimed bytes of one shard: a fourth of the workspace's 200 MB; and of one sender, whose files all lie in one shard.
const MAX_UNCLAIMED_BYTES: i64 = 50 * 1024 * 1024;
const MAX_UNCLAIMED_OF_SENDER: i64 = 25 * 1024 * 1024;
/// The most files looked at in one turn.
const AT_ONCE: i64 = 50;

const PUT: &str = "/put";
const READ: &str = "/read/";
const PUT_HEADER: &str = "usher-put";

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS file (
        id TEXT PRIMARY KEY, workspace TEXT NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL, bytes INTEGER NOT NULL,
        sender TEXT, claim TEXT, look_at INTEGER
    ) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS file_to_look_at ON file (look_at) WHERE look_at IS NOT NULL;
    CREATE INDEX IF NOT EXISTS file_unclaimed ON file (sender, bytes) WHERE claim IS NULL;
    CREATE TABLE IF NOT EXISTS chunk (
        file_id TEXT NOT NULL, number INTEGER NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY (file_id, number)
    );
    CREATE TABLE IF NOT EXISTS upload (sender TEXT NOT NULL, at INTEGER NOT NULL);
    CREATE INDEX IF NOT EXISTS upload_of_sender ON upload (sender, at);
    CREATE INDEX IF NOT EXISTS upload_by_age ON upload (at);
";

/// What a shard is asked, besides to take and to give bytes.
#[derive(Debug, Serialize, Deserialize)]
enum Ask {
    /// What is known of a file.
    Describe {
        /// Its id.
        id: String,
    },
    /// It belongs to a submission now.
    Claim {
        /// Its id.
        id: String,
        /// The submission: site and id.
        claim: String,
    },
    /// Look at it now, whenever it was to be looked at.
    Due {
        /// Its id.
        id: String,
    },
    /// Delete it, whoever claimed it.
    Erase {
        /// Its id.
        id: String,
    },
    /// Leave nothing of what was deleted in the file.
    Wash,
}

/// A file to take.
#[derive(Debug, Serialize, Deserialize)]
struct Put {
    file: Uploaded,
    workspace: String,
    sender: String,
}

/// What becomes of a file to take.
#[derive(Debug, Serialize, Deserialize)]
pub enum Taken {
    /// It is on disk.
    Yes(Uploaded),
    /// Its sender, or all senders together, sent too much; how many seconds to wait.
    Later(u32),
}

/// The object.
#[durable_object(alarm)]
pub struct Files {
    state: State,
    env: Env,
    db: Db,
    is_ready: Cell<bool>,
}

/// A caught panic leaves its cells whole: each is set at once, after the rows it mirrors were committed.
impl RefUnwindSafe for Files {}

impl DurableObject for Files {
    fn new(state: State, env: Env) -> Self {
        let db = Db::new(state.storage());
        Self { state, env, db, is_ready: Cell::new(false) }
    }

    async fn fetch(&self, mut request: Request) -> Result<Response> {
        if let Err(failure) = self.prepare().await {
            return rpc::respond::<()>("files", Err(failure));
        }
        let path = request.path();
        if path == PUT {
            return rpc::respond("files", self.put(&mut request).await);
        }
        if let Some(id) = path.strip_prefix(READ) {
            return match self.read(id) {
                Ok(Some(bytes)) => Ok(ResponseBuilder::new().fixed(bytes)),
                Ok(None) => Response::error("there is no such file", 404),
                Err(failure) => rpc::respond::<()>("files", Err(failure)),
            };
        }
        rpc::nothing_here()
    }

    /// Looks at what is due. Never fails: an alarm that throws six times is dropped for good.
    async fn alarm(&self) -> Result<Response> {
        let done = async {
            self.prepare().await?;
            self.look().await?;
            self.arm().await
        };
        if let Err(failure) = done.await {
            log::failure("files alarm", &failure);
            if let Err(source) = self.state.storage().set_alarm(AFTER_FAILURE_MS).await {
                log::failure("files alarm", &Failure::Storage { step: "alarm", source });
            }
        }
        Response::empty()
    }
}

#[wasm_bindgen]
impl Files {
    /// Answers a question ([`rpc::ask`]).
    pub async fn ask(&self, question: String) -> std::result::Result<String, JsValue> {
        // As [`RefUnwindSafe`] above.
        AssertUnwindSafe(self.asked(&question)).await
    }
}

impl Files {
    async fn asked(&self, question: &str) -> std::result::Result<String, JsValue> {
        if let Err(failure) = self.prepare().await {
            return rpc::answer::<()>("files", Err(failure));
        }
        let answer = match rpc::question("files", question) {
            Ok(Ask::Describe { id }) => self.describe(&id),
            Ok(Ask::Claim { id, claim }) => self.claim(&id, &claim),
            Ok(Ask::Due { id }) => self.make_due(&id).await,
            Ok(Ask::Erase { id }) => self.erase(&id),
            Ok(Ask::Wash) => return rpc::answer("files", crate::wash::wash(&self.db).await),
            Err(failure) => Err(failure),
        };
        rpc::answer("files", answer)
    }
}

impl Files {
    async fn prepare(&self) -> std::result::Result<(), Failure> {
        if !self.is_ready.get() {
            self.db.transaction(|tx| tx.write("files", SCHEMA, values![]))?;
            self.arm().await?;
            self.is_ready.set(true);
        }
        Ok(())
    }

    /// Sets the alarm for what is to be looked at first, where none is set. What comes later never falls due earlier.
    async fn arm(&self) -> std::result::Result<(), Failure> {
        let alarm = |source| Failure::Storage { step: "alarm", source };
        let storage = self.state.storage();
        if storage.get_alarm().await.map_err(alarm)?.is_some() {
            return Ok(());
        }
        let next = self.db.row("file", "SELECT min(look_at) FROM file WHERE look_at IS NOT NULL", values![])?;
        match next.and_then(|row| row.int(0).ok()) {
            Some(at) => storage.set_alarm((at - now_ms()).max(0)).await.map_err(alarm),
            None => Ok(()),
        }
    }

    async fn put(&self, request: &mut Request) -> std::result::Result<Taken, Failure> {
        let failed = |source| Failure::Object { object: "files", source };
        let header = request.headers().get(PUT_HEADER).map_err(failed)?.unwrap_or_default();
        let put: Put = serde_json::from_str(&header).map_err(|source| Failure::Json { what: "put", source })?;
        let bytes = request.bytes().await.map_err(failed)?;
        let now = now_ms();
        let taken = self.db.transaction(|tx| {
            if let Some(wait) = must_wait(tx, &put, now)? {
                return Ok(Taken::Later(wait));
            }
            tx.write("upload", "INSERT INTO upload (sender, at) VALUES (?, ?)", values![put.sender.as_str(), now])?;
            let file = &put.file;
            tx.write(
                "file",
                "INSERT INTO file (id, workspace, name, kind, bytes, sender, look_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
                values![
                    file.id.as_str(),
                    put.workspace.as_str(),
                    file.name.as_str(),
                    file.kind.tag(),
                    i64::from(file.bytes),
                    put.sender.as_str(),
                    now + WAITS_MS,
                ],
            )?;
            for (number, chunk) in (0_i64..).zip(bytes.chunks(CHUNK_BYTES)) {
                let query = "INSERT INTO chunk (file_id, number, bytes) VALUES (?, ?, ?)";
                tx.write("chunk", query, values![file.id.as_str(), number, chunk.to_vec()])?;
            }
            Ok(Taken::Yes(put.file.clone()))
        })?;
        self.arm().await?;
        Ok(taken)
    }

    fn read(&self, id: &str) -> std::result::Result<Option<Vec<u8>>, Failure> {
        let rows = self.db.rows("chunk", "SELECT bytes FROM chunk WHERE file_id = ? ORDER BY number", values![id])?;
        let mut bytes = Vec::new();
        for row in &rows {
            bytes.extend_from_slice(row.bytes(0)?);
        }
        Ok((!rows.is_empty()).then_some(bytes))
    }

    /// A file that nobody has claimed, or whose claim is told by its id.
    fn describe(&self, id: &str) -> std::result::Result<Option<Uploaded>, Failure> {
        let query = "SELECT id, kind, bytes, name FROM file WHERE id = ? AND (claim IS NOT NULL OR look_at > ?)";
        self.db.row("file", query, values![id, now_ms()])?.map(|row| uploaded(&row)).transpose()
    }

    fn claim(&self, id: &str, claim: &str) -> std::result::Result<Option<Uploaded>, Failure> {
        const QUERY: &str = "
            UPDATE file SET claim = ?, sender = NULL, look_at = CASE WHEN claim IS NULL OR look_at IS NOT NULL THEN ? END
            WHERE id = ? AND (claim = ? OR (claim IS NULL AND look_at > ?)) RETURNING id, kind, bytes, name";
        let now = now_ms();
        let rows = self.db.transaction(|tx| tx.rows("file", QUERY, values![claim, now + WAITS_MS, id, claim, now]))?;
        rows.first().map(uploaded).transpose()
    }

    /// Deletes a file; zeroes stand where its bytes were before their pages are free.
    fn erase(&self, id: &str) -> std::result::Result<Option<Uploaded>, Failure> {
        self.db.transaction(|tx| {
            tx.write("chunk", "UPDATE chunk SET bytes = zeroblob(length(bytes)) WHERE file_id = ?", values![id])?;
            tx.write("chunk", "DELETE FROM chunk WHERE file_id = ?", values![id])?;
            tx.write("file", "DELETE FROM file WHERE id = ?", values![id])
        })?;
        Ok(None)
    }

    async fn make_due(&self, id: &str) -> std::result::Result<Option<Uploaded>, Failure> {
        let file = self.describe(id)?;
        let query = "UPDATE file SET look_at = ? WHERE id = ?";
        self.db.transaction(|tx| tx.write("file", query, values![now_ms(), id]))?;
        self.look().await?;
        Ok(file)
    }

    /// Deletes what nobody claimed, and asks the desk about what was claimed and never looked at.
    async fn look(&self) -> std::result::Result<(), Failure> {
        let now = now_ms();
        self.db.transaction(|tx| tx.write("upload", "DELETE FROM upload WHERE at <= ?", values![now - MINUTE_MS]))?;
        let query = "SELECT id, workspace, claim, look_at FROM file WHERE look_at IS NOT NULL AND look_at <= ? ORDER BY look_at LIMIT ?";
        for row in self.db.rows("file", query, values![now, AT_ONCE])? {
            let (id, workspace, look_at) = (row.text(0)?, row.text(1)?, row.int(3)?);
            let is_kept = match row.maybe_text(2)? {
                None => Some(false),
                Some(_) => self.ask_desk(workspace, id).await,
            };
            // Only what is as it was before the desk was asked: a submission that claimed it again meanwhile renewed it.
            self.db.transaction(|tx| match is_kept {
                Some(true) => {
                    let query = "UPDATE file SET look_at = NULL WHERE id = ? AND look_at = ?";
                    tx.write("file", query, values![id, look_at])
                }
                Some(false) => delete(tx, id, look_at),
                None => {
                    let query = "UPDATE file SET look_at = ? WHERE id = ? AND look_at = ?";
                    tx.write("file", query, values![now + ASK_AGAIN_MS, id, look_at])
                }
            })?;
        }
        Ok(())
    }

    /// Whether a submission names the file; `None` where the desk does not answer.
    async fn ask_desk(&self, workspace: &str, id: &str) -> Option<bool> {
        let ask = DeskAsk::HasFile { id: id.to_owned() };
        let answer = async {
            let reply: Reply = rpc::ask("desk", desk_do::stub(&self.env, workspace)?, &ask).await?;
            serde_json::from_str(&reply.body).map_err(|source| Failure::Json { what: "has file", source })
        };
        answer.await.inspect_err(|failure| log::failure("files", failure)).ok()
    }
}

/// How many seconds a sender must wait, if they must.
fn must_wait(tx: &Tx<'_>, put: &Put, now: i64) -> std::result::Result<Option<u32>, Failure> {
    let sender = put.sender.as_str();
    let query = "SELECT count(*), coalesce(min(at), 0) FROM upload WHERE sender = ? AND at > ?";
    let rows = tx.rows("upload", query, values![sender, now - MINUTE_MS])?;
    if let Some(row) = rows.first()
        && row.int(0)? >= MAX_PER_MINUTE
    {
        let ms = row.int(1)? + MINUTE_MS - now;
        return Ok(Some(u32::try_from(ms / 1_000 + 1).unwrap_or(1)));
    }
    let query = "SELECT coalesce(sum(bytes), 0), coalesce(sum(CASE WHEN sender = ? THEN bytes END), 0)
        FROM file WHERE claim IS NULL";
    let rows = tx.rows("file", query, values![sender])?;
    let Some(row) = rows.first() else { return Ok(None) };
    let more = i64::from(put.file.bytes);
    let is_full = row.int(0)? + more > MAX_UNCLAIMED_BYTES || row.int(1)? + more > MAX_UNCLAIMED_OF_SENDER;
    // Nobody knows when others will have sent their forms.
    Ok(is_full.then_some(600))
}

fn delete(tx: &Tx<'_>, id: &str, look_at: i64) -> std::result::Result<(), Failure> {
    let query = "DELETE FROM file WHERE id = ? AND look_at = ? RETURNING id";
    if tx.rows("file", query, values![id, look_at])?.is_empty() {
        return Ok(());
    }
    tx.write("chunk", "DELETE FROM chunk WHERE file_id = ?", values![id])
}

fn uploaded(row: &Row) -> std::result::Result<Uploaded, Failure> {
    let kind = FileKind::from_tag(row.text(1)?);
    Ok(Uploaded {
        id: row.text(0)?.to_owned(),
        kind: kind.ok_or_else(|| Failure::BadRow { table: "file", what: "kind".to_owned() })?,
        bytes: row.number(2)?,
        name: row.text(3)?.to_owned(),
    })
}

fn now_ms() -> i64 {
    clock::now().as_ms()
}

/// Stores a file that was found to be of a kind that is taken. An answer of [`Taken::Yes`] means that it is on disk.
///
/// # Errors
/// Where its shard does not answer.
pub async fn put(
    env: &Env,
    workspace: &str,
    sender: &VisitorKey,
    (kind, name): (FileKind, &str),
    bytes: &[u8],
) -> std::result::Result<Taken, Failure> {
    let failed = |source| Failure::Object { object: "files", source };
    let id = FileId::new(chance::bytes()?, sender.shard(SHARDS), SHARDS);
    let file = Uploaded {
        id: id.as_str().to_owned(),
        kind,
        bytes: u32::try_from(bytes.len()).unwrap_or(u32::MAX),
        name: shared::file::clean_name(name, kind),
    };
    let put = Put { file, workspace: workspace.to_owned(), sender: sender.as_str().to_owned() };
    let headers = Headers::new();
    headers.set(PUT_HEADER, &ascii(&to_json("put", &put)?)).map_err(failed)?;
    let mut init = RequestInit::new();
    init.with_method(Method::Post).with_headers(headers).with_body(Some(Uint8Array::from(bytes).into()));
    let request = Request::new_with_init(&format!("https://object{PUT}"), &init).map_err(failed)?;
    let mut answer = stub(env, workspace, &id)?.fetch_with_request(request).await.map_err(failed)?;
    let text = answer.text().await.map_err(failed)?;
    if answer.status_code() != 200 {
        return Err(failed(worker::Error::RustError(text)));
    }
    serde_json::from_str(&text).map_err(|source| Failure::Json { what: "taken", source })
}

/// The bytes of a file, as an answer; `None` where there is no such file. Whether somebody may read it was asked before.
///
/// # Errors
/// As [`put`].
pub async fn read(env: &Env, workspace: &str, id: &FileId) -> std::result::Result<Option<Response>, Failure> {
    let failed = |source| Failure::Object { object: "files", source };
    let url = format!("https://object{READ}{}", id.as_str());
    let answer = stub(env, workspace, id)?.fetch_with_str(&url).await.map_err(failed)?;
    match answer.status_code() {
        200 => Ok(Some(answer)),
        404 => Ok(None),
        status => Err(failed(worker::Error::RustError(format!("status {status}")))),
    }
}

/// What is known of a file that may still be claimed.
///
/// # Errors
/// As [`put`].
pub async fn describe(env: &Env, workspace: &str, id: &FileId) -> std::result::Result<Option<Uploaded>, Failure> {
    rpc::ask("files", stub(env, workspace, id)?, &Ask::Describe { id: id.as_str().to_owned() }).await
}

/// Claims a file for a submission; `None` where there is none that it may have.
///
/// # Errors
/// As [`put`].
pub async fn claim(
    env: &Env,
    workspace: &str,
    id: &FileId,
    submission: &str,
) -> std::result::Result<Option<Uploaded>, Failure> {
    let ask = Ask::Claim { id: id.as_str().to_owned(), claim: submission.to_owned() };
    rpc::ask("files", stub(env, workspace, id)?, &ask).await
}

/// Looks at a file now: no submission names it any more.
///
/// # Errors
/// As [`put`].
pub async fn make_due(env: &Env, workspace: &str, id: &FileId) -> std::result::Result<Option<Uploaded>, Failure> {
    rpc::ask("files", stub(env, workspace, id)?, &Ask::Due { id: id.as_str().to_owned() }).await
}

/// Deletes a file, whoever claimed it.
///
/// # Errors
/// As [`put`].
pub async fn erase(env: &Env, workspace: &str, id: &FileId) -> std::result::Result<(), Failure> {
    let ask = Ask::Erase { id: id.as_str().to_owned() };
    rpc::ask("files", stub(env, workspace, id)?, &ask).await.map(|_: Option<Uploaded>| ())
}

/// Washes all shards; says whether none is too large.
///
/// # Errors
/// As [`put`].
pub async fn wash(env: &Env, workspace: &str) -> std::result::Result<bool, Failure> {
    let mut is_all = true;
    for number in 0..SHARDS {
        is_all &= rpc::ask::<_, bool>("files", numbered(env, workspace, number)?, &Ask::Wash).await?;
    }
    Ok(is_all)
}

/// The shard of a file. Another workspace's file lies in another object, whatever its id.
fn stub(env: &Env, workspace: &str, id: &FileId) -> std::result::Result<Stub, Failure> {
    numbered(env, workspace, id.shard(SHARDS))
}

fn numbered(env: &Env, workspace: &str, number: u8) -> std::result::Result<Stub, Failure> {
    let name = format!("{workspace}/{number}");
    config::files(env)?.get_by_name(&name).map_err(|source| Failure::Object { object: "files", source })
}

/// JSON for a header, which takes no other characters than ASCII.
fn ascii(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for unit in json.chars() {
        if unit.is_ascii() {
            text.push(unit);
        } else {
            let mut units = [0; 2];
            for half in unit.encode_utf16(&mut units) {
                text.push_str(&format!("\\u{half:04x}"));
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_in_any_script_passes_a_header() {
        let json = ascii(&serde_json::to_string("ā😀 \"x\"").unwrap());
        assert!(json.is_ascii());
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), "ā😀 \"x\"");
    }
}
