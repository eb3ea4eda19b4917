//! Tokens of a workspace's own servers: shown once, kept as their hash, revoked at once. Made by the operator, or by an admin.

use shared::audit::Deed;
use shared::config::is_name;
use shared::time::Timestamp;
use shared::token::Scope;
use shared::wire::token::{NewToken, TokenView, TokensView};
use shared::wire::{FieldProblem, Problem};

use super::ask::Reply;
use super::staff::hash;
use super::submit::problem_of;
use super::{Desk, audit, no_workspace, now_ms, problem, problem_reply, views};
use crate::error::Failure;
use crate::sql::Db;
use crate::{chance, values};

/// What every token begins with, so that whoever looks for secrets in a repository finds it.
const BRAND: &str = "usk_live_";
/// Of a token, so much is kept to know it by: 32 of its 256 bits.
const PREFIX_CHARS: usize = BRAND.len() + 8;
/// The most tokens of a workspace: they are listed on one page.
const MOST: i64 = 200;
/// How often it is written down that a token is used.
const USED_MS: i64 = 60_000;

impl Desk {
    /// Makes a token; `by` whom, where it was not the operator.
    pub(super) fn make_token(&self, new: &NewToken, by: Option<&str>) -> Result<Reply, Failure> {
        if self.config()?.is_none() {
            return Ok(no_workspace());
        }
        let scopes: Vec<&str> = new.scopes.iter().chain(&new.scope).map(String::as_str).collect();
        let ends = new.expires_at.as_deref().map(Timestamp::parse);
        let mut wrong = wrong(new, &scopes, ends);
        let query = "SELECT count(*) FROM api_token WHERE name <> ?";
        let others = self.db.row("api_token", query, values![new.name.as_str()])?.map_or(Ok(0), |row| row.int(0))?;
        if others >= MOST {
            let message = format!("a workspace has at most {MOST} tokens: revoke one first");
            wrong.push(FieldProblem { field: "name".to_owned(), code: "too_many".to_owned(), message });
        }
        if !wrong.is_empty() {
            let problem = Problem { fields: wrong, ..problem_of(422, "invalid_token", "This token cannot be made.") };
            return Ok(problem_reply(&problem));
        }
        let secret = format!("{BRAND}{}", chance::hex::<32>()?);
        let (name, scopes) = (new.name.as_str(), scopes.join(" "));
        let prefix: String = secret.chars().take(PREFIX_CHARS).collect();
        self.db.transaction(|tx| {
            audit::note(tx, by, Deed::TokenMade, &format!("{name}: {scopes}"))?;
            tx.write(
                "api_token",
                "INSERT INTO api_token (name, hash, scope, created_at, prefix, made_by, expires_at)
                 VALUES (?, ?, ?, ?, ?, ?, ?)
                 ON CONFLICT (name) DO UPDATE SET hash = excluded.hash, scope = excluded.scope, used_at = NULL,
                    created_at = excluded.created_at, prefix = excluded.prefix, made_by = excluded.made_by,
                    expires_at = excluded.expires_at",
                values![name, hash(&secret), scopes, now_ms(), prefix, by, ends.flatten().map(Timestamp::as_ms),],
            )
        })?;
        super::ok(&self.tokens_view(Some(secret))?)
    }

    /// Revokes a token.
    pub(super) fn drop_token(&self, name: &str, by: Option<&str>) -> Result<Reply, Failure> {
        let query = "DELETE FROM api_token WHERE name = ? RETURNING name";
        let gone = self.db.transaction(|tx| {
            let gone = tx.rows("api_token", query, values![name])?;
            if !gone.is_empty() {
                audit::note(tx, by, Deed::TokenDropped, name)?;
            }
            Ok(gone)
        })?;
        if gone.is_empty() {
            return Ok(problem(404, "unknown_token", "There is no token of this name."));
        }
        Ok(Reply { status: 204, body: String::new(), readable: true })
    }

    /// All tokens.
    pub(super) fn tokens_view(&self, token: Option<String>) -> Result<TokensView, Failure> {
        let query = "SELECT name, prefix, scope, created_at, made_by, expires_at, used_at FROM api_token ORDER BY name";
        let rows = self.db.rows("api_token", query, values![])?;
        let view = |row: &crate::sql::Row| -> Result<TokenView, Failure> {
            Ok(TokenView {
                name: row.text(0)?.to_owned(),
                prefix: row.text(1)?.to_owned(),
                scopes: row.text(2)?.split(' ').map(str::to_owned).collect(),
                made_at: views::instant(row.int(3)?),
                made_by: row.maybe_text(4)?.map(str::to_owned),
                expires_at: row.maybe_int(5)?.map(views::instant),
                used_at: row.maybe_int(6)?.map(views::instant),
            })
        };
        Ok(TokensView {
            tokens: rows.iter().map(view).collect::<Result<_, _>>()?,
            scopes: Scope::ALL.map(|scope| scope.tag().to_owned()).to_vec(),
            token,
        })
    }
}

fn wrong(new: &NewToken, scopes: &[&str], ends: Option<Option<Timestamp>>) -> Vec<FieldProblem> {
    let mut wrong = Vec::new();
    let mut unless = |fine: bool, field: &str, code: &str, message: String| {
        if !fine {
            wrong.push(FieldProblem { field: field.to_owned(), code: code.to_owned(), message });
        }
    };
    let says = "a name has lower-case letters, digits, _ or -";
    unless(is_name(&new.name), "name", "not_a_name", says.to_owned());
    let one_of = format!("a token is for some of: {}", Scope::ALL.map(Scope::tag).join(", "));
    unless(!scopes.is_empty(), "scopes", "required", one_of.clone());
    unless(scopes.iter().all(|scope| Scope::from_tag(scope).is_some()), "scopes", "unknown_scope", one_of);
    let is_ahead = ends.is_none_or(|ends| ends.is_some_and(|ends| ends.as_ms() > now_ms()));
    unless(is_ahead, "expires_at", "not_an_instant", "an instant to come is written 2027-01-31T00:00:00Z".to_owned());
    wrong
}

/// Whether a token permits this, and that it was used. It is found by its hash, so that the time it takes tells nothing of it.
pub fn permits(db: &Db, secret: &str, scope: Scope) -> Result<bool, Failure> {
    let now = now_ms();
    let query = "SELECT name, scope, used_at FROM api_token WHERE hash = ? AND (expires_at IS NULL OR expires_at > ?)";
    let Some(row) = db.row("api_token", query, values![hash(secret), now])? else { return Ok(false) };
    let may = row.text(1)?.split(' ').any(|permitted| permitted == scope.tag());
    if may && row.maybe_int(2)?.is_none_or(|used| now - used >= USED_MS) {
        let query = "UPDATE api_token SET used_at = ? WHERE name = ?";
        db.transaction(|tx| tx.write("api_token", query, values![now, row.text(0)?]))?;
    }
    Ok(may)
}
