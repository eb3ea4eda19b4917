//! Tokens of a workspace's own servers: made by the operator, shown once, kept as their hash, revoked at once.

use shared::wire::operator::Token;

use super::ask::Reply;
use super::staff::hash;
use super::{Desk, audit, no_workspace, now_ms, outcomes, problem};
use crate::error::Failure;
use crate::sql::Db;
use crate::{chance, values};

/// What a token may be for.
const SCOPES: [&str; 1] = [outcomes::SCOPE];

impl Desk {
    /// Makes a token. One of the same name is replaced, and works no longer.
    pub(super) fn make_token(&self, name: &str, scope: &str) -> Result<Reply, Failure> {
        if self.config()?.is_none() {
            return Ok(no_workspace());
        }
        if !SCOPES.contains(&scope) {
            return Ok(problem(422, "unknown_scope", &format!("A token is for one of: {}.", SCOPES.join(", "))));
        }
        let secret = chance::hex::<32>()?;
        self.db.transaction(|tx| {
            audit::note(tx, None, "token_made", &format!("{name}: {scope}"))?;
            tx.write(
                "api_token",
                "INSERT INTO api_token (name, hash, scope, created_at) VALUES (?, ?, ?, ?)
                 ON CONFLICT (name) DO UPDATE SET hash = excluded.hash, scope = excluded.scope, created_at = excluded.created_at",
                values![name, hash(&secret), scope, now_ms()],
            )
        })?;
        super::ok(&Token { token: secret })
    }

    /// Revokes a token.
    pub(super) fn drop_token(&self, name: &str) -> Result<Reply, Failure> {
        let query = "DELETE FROM api_token WHERE name = ? RETURNING name";
        let gone = self.db.transaction(|tx| {
            let gone = tx.rows("api_token", query, values![name])?;
            if !gone.is_empty() {
                audit::note(tx, None, "token_dropped", name)?;
            }
            Ok(gone)
        })?;
        if gone.is_empty() {
            return Ok(problem(404, "unknown_token", "There is no token of this name."));
        }
        Ok(Reply { status: 204, body: String::new(), readable: true })
    }
}

/// Whether a token permits this. It is found by its hash, so that the time it takes tells nothing of it.
pub fn permits(db: &Db, secret: &str, scope: &str) -> Result<bool, Failure> {
    let query = "SELECT 1 FROM api_token WHERE hash = ? AND scope = ?";
    Ok(db.row("api_token", query, values![hash(secret), scope])?.is_some())
}
