//! The registry: which workspace an embed key belongs to, which workspaces there are, the salt of the day, and the secret of
//! this installation. One object for the whole of it; the Worker asks it once for each key and remembers.

#![allow(missing_docs, reason = "the durable_object macro writes methods without any")]

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, RefUnwindSafe};

use serde::{Deserialize, Serialize};
use wasm_bindgen::prelude::*;
use worker::{DurableObject, Env, Request, Response, Result, State, Stub, durable_object};

use crate::error::Failure;
use crate::sql::Db;
use crate::{chance, config, rpc, values};

/// Salts older than this are deleted: a visitor's hash of the day before yesterday can then be made by nobody.
const SALT_DAYS: i64 = 2;

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS site_key (key TEXT PRIMARY KEY, workspace TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS workspace (id TEXT PRIMARY KEY) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS salt (day INTEGER PRIMARY KEY, salt TEXT NOT NULL);
    CREATE TABLE IF NOT EXISTS ready (id INTEGER PRIMARY KEY CHECK (id = 1), at INTEGER NOT NULL);
    CREATE TABLE IF NOT EXISTS secret (id INTEGER PRIMARY KEY CHECK (id = 1), secret TEXT NOT NULL);
";

/// Under which key a mailbox is bound to its workspace: no embed key has an `@`.
pub fn mailbox_key(address: &str) -> String {
    address.trim().to_lowercase()
}

/// What the registry is asked.
#[derive(Debug, Serialize, Deserialize)]
pub enum Ask {
    /// Whose key this is.
    Find {
        /// The embed key.
        key: String,
    },
    /// Whether there is such a workspace.
    Exists {
        /// Its id.
        workspace: String,
    },
    /// The workspace, where there is only one.
    Only,
    /// All workspaces.
    All,
    /// Whether what is written can be read: writes when that was asked.
    Ready {
        /// Milliseconds since 1970.
        at: i64,
    },
    /// These keys are this workspace's, besides those that were.
    Bind {
        /// Its id.
        workspace: String,
        /// Its embed keys.
        keys: Vec<String>,
    },
    /// The salt of a day.
    Salt {
        /// Days since 1970.
        day: i64,
    },
    /// The secret of this installation.
    Secret,
}

/// What it answers.
#[derive(Debug, Serialize, Deserialize)]
pub enum Answer {
    /// A workspace, a salt, a secret, or nothing.
    Text(Option<String>),
    /// Whether there is.
    Yes(bool),
    /// The workspaces' ids.
    All(Vec<String>),
    /// The keys that are another workspace's; empty when all are bound.
    Taken(Vec<String>),
}

/// The object.
#[durable_object(fetch)]
pub struct Registry {
    db: Db,
    is_ready: Cell<bool>,
}

/// A caught panic leaves its cells whole: each is set at once, after the rows it mirrors were committed.
impl RefUnwindSafe for Registry {}

impl DurableObject for Registry {
    fn new(state: State, _env: Env) -> Self {
        Self { db: Db::new(state.storage()), is_ready: Cell::new(false) }
    }

    async fn fetch(&self, _request: Request) -> Result<Response> {
        rpc::nothing_here()
    }
}

#[wasm_bindgen]
impl Registry {
    /// Answers a question ([`rpc::ask`]).
    pub async fn ask(&self, question: String) -> std::result::Result<String, JsValue> {
        // As [`RefUnwindSafe`] above.
        AssertUnwindSafe(self.asked(&question)).await
    }
}

impl Registry {
    async fn asked(&self, question: &str) -> std::result::Result<String, JsValue> {
        rpc::answer("registry", rpc::question("registry", question).and_then(|ask| self.answer(ask)))
    }
}

impl Registry {
    fn answer(&self, ask: Ask) -> std::result::Result<Answer, Failure> {
        self.prepare()?;
        match ask {
            Ask::Find { key } => {
                let row = self.db.row("site_key", "SELECT workspace FROM site_key WHERE key = ?", values![key])?;
                row.map(|row| row.text(0).map(str::to_owned)).transpose().map(Answer::Text)
            }
            Ask::Exists { workspace } => {
                let row = self.db.row("workspace", "SELECT id FROM workspace WHERE id = ?", values![workspace])?;
                Ok(Answer::Yes(row.is_some()))
            }
            Ask::Only => {
                let rows = self.db.rows("workspace", "SELECT id FROM workspace LIMIT 2", values![])?;
                let only = rows.first().filter(|_| rows.len() == 1);
                only.map(|row| row.text(0).map(str::to_owned)).transpose().map(Answer::Text)
            }
            Ask::All => {
                let rows = self.db.rows("workspace", "SELECT id FROM workspace ORDER BY id", values![])?;
                rows.iter()
                    .map(|row| row.text(0).map(str::to_owned))
                    .collect::<std::result::Result<_, _>>()
                    .map(Answer::All)
            }
            Ask::Ready { at } => {
                let query = "INSERT INTO ready (id, at) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET at = excluded.at
                    RETURNING at";
                let rows = self.db.transaction(|tx| tx.rows("ready", query, values![at]))?;
                Ok(Answer::Yes(rows.first().is_some_and(|row| row.int(0).is_ok_and(|read| read == at))))
            }
            Ask::Bind { workspace, keys } => self.bind(&workspace, &keys).map(Answer::Taken),
            Ask::Salt { day } => self.salt(day).map(|salt| Answer::Text(Some(salt))),
            Ask::Secret => self.secret().map(|secret| Answer::Text(Some(secret))),
        }
    }

    fn prepare(&self) -> std::result::Result<(), Failure> {
        if !self.is_ready.get() {
            self.db.transaction(|tx| tx.write("registry", SCHEMA, values![]))?;
            self.is_ready.set(true);
        }
        Ok(())
    }

    fn bind(&self, workspace: &str, keys: &[String]) -> std::result::Result<Vec<String>, Failure> {
        let mut taken = Vec::new();
        for key in keys {
            let query = "SELECT workspace FROM site_key WHERE key = ? AND workspace <> ?";
            if self.db.row("site_key", query, values![key.as_str(), workspace])?.is_some() {
                taken.push(key.clone());
            }
        }
        if !taken.is_empty() {
            return Ok(taken);
        }
        // A key stays its workspace's, also once it is replaced: the desk refuses it, and nobody else can take it. So two
        // who bind at once never unbind each other's keys.
        let query = "SELECT key FROM site_key WHERE workspace = ?";
        let bound = self.db.rows("site_key", query, values![workspace])?;
        let is_bound = |key: &String| bound.iter().any(|row| row.text(0).is_ok_and(|bound| bound == key));
        if !keys.is_empty() && keys.iter().all(is_bound) {
            return Ok(taken);
        }
        self.db.transaction(|tx| {
            tx.write("workspace", "INSERT OR IGNORE INTO workspace (id) VALUES (?)", values![workspace])?;
            for key in keys {
                let query = "INSERT OR IGNORE INTO site_key (key, workspace) VALUES (?, ?)";
                tx.write("site_key", query, values![key.as_str(), workspace])?;
            }
            Ok(taken)
        })
    }

    fn salt(&self, day: i64) -> std::result::Result<String, Failure> {
        let fresh = chance::hex::<32>()?;
        self.db.transaction(|tx| {
            tx.write("salt", "DELETE FROM salt WHERE day <= ?", values![day - SALT_DAYS])?;
            tx.write("salt", "INSERT OR IGNORE INTO salt (day, salt) VALUES (?, ?)", values![day, fresh])?;
            let rows = tx.rows("salt", "SELECT salt FROM salt WHERE day = ?", values![day])?;
            let row = rows.first().ok_or(Failure::BadRow { table: "salt", what: day.to_string() })?;
            row.text(0).map(str::to_owned)
        })
    }

    fn secret(&self) -> std::result::Result<String, Failure> {
        let fresh = chance::hex::<32>()?;
        self.db.transaction(|tx| {
            tx.write("secret", "INSERT OR IGNORE INTO secret (id, secret) VALUES (1, ?)", values![fresh])?;
            let rows = tx.rows("secret", "SELECT secret FROM secret", values![])?;
            let row = rows.first().ok_or(Failure::BadRow { table: "secret", what: "no row".to_owned() })?;
            row.text(0).map(str::to_owned)
        })
    }
}

/// The one registry.
///
/// # Errors
/// [`Failure::Object`] where it cannot be reached.
pub fn stub(env: &Env) -> std::result::Result<Stub, Failure> {
    config::registries(env)?.get_by_name("registry").map_err(|source| Failure::Object { object: "registry", source })
}
