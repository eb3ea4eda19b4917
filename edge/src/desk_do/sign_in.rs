//! How members come in, and what they may do about it: sessions, the ways that are configured, those for whom somebody else
//! vouches, their own account, links for others. Passwords have a file of their own.

use shared::audit::Deed;
use shared::config::Config;
use shared::sign_in::{is_same_address, member_of};
use shared::wire::config::Member;
use shared::wire::sign_in::{Account, MemberAccess, Members, SignInRules};

use super::ask::{AccountAsk, DoorAsk, Reply};
use super::staff::hash;
use super::{Desk, audit, no_workspace, now_ms, passwords, problem, views};
use crate::error::Failure;
use crate::sql::{Tx, to_json};
use crate::{chance, values};

/// A session ends after a week, however much it is used,
const SESSION_MS: i64 = 7 * 24 * 60 * 60 * 1_000;
/// and after three days without use: a weekend passes.
const IDLE_MS: i64 = 3 * 24 * 60 * 60 * 1_000;
/// Use is noted so often.
const NOTED_MS: i64 = 60 * 60 * 1_000;
/// So long after signing in somebody may set a password, without the present one where they came by a link.
const FRESH_MS: i64 = 60 * 60 * 1_000;

/// How a session began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// By a link that works once.
    Link,
    /// By a password.
    Password,
    /// By a provider of OpenID Connect.
    OpenId,
    /// Through Cloudflare Access.
    Access,
}

impl Way {
    /// The stable name.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Link => "link",
            Self::Password => "password",
            Self::OpenId => "openid",
            Self::Access => "access",
        }
    }

    /// As the audit log says it.
    fn says(self) -> &'static str {
        match self {
            Self::Link => "",
            Self::Password => "by password",
            Self::OpenId => "by OpenID Connect",
            Self::Access => "by Cloudflare Access",
        }
    }
}

/// A session, to be started in a transaction: always under a new secret, and in the place of the one that this browser had.
pub struct NewSession<'a> {
    /// Its secret.
    pub secret: &'a str,
    /// How it began.
    pub way: Way,
    /// The secret of the session that this browser had before, if it had one.
    pub before: Option<&'a str>,
}

impl NewSession<'_> {
    /// Starts it.
    ///
    /// # Errors
    /// Where it could not be written.
    pub fn start(&self, tx: &Tx<'_>, member: &str) -> Result<(), Failure> {
        let now = now_ms();
        audit::note(tx, Some(member), Deed::SignedIn, self.way.says())?;
        tx.write("session", "DELETE FROM session WHERE expires_at <= ?", values![now])?;
        if let Some(before) = self.before {
            tx.write("session", "DELETE FROM session WHERE hash = ?", values![hash(before)])?;
        }
        tx.write(
            "session",
            "INSERT INTO session (hash, member, expires_at, way, started_at) VALUES (?, ?, ?, ?, ?)",
            values![hash(self.secret), member, now + IDLE_MS, self.way.tag(), now],
        )
    }
}

/// When a session ends that is used `now`; `None` where that is said already, or is not to be put off. One of an earlier version
/// began nobody knows when.
pub fn put_off(started_at: i64, expires_at: i64, now: i64) -> Option<i64> {
    let ends = (now + IDLE_MS).min(started_at + SESSION_MS);
    (started_at > 0 && ends >= expires_at + NOTED_MS).then_some(ends)
}

/// What is known of a session.
pub struct Began {
    way: String,
    started_at: i64,
}

impl Began {
    fn is_fresh(&self) -> bool {
        now_ms() - self.started_at < FRESH_MS
    }

    /// Whether somebody proved a moment ago that they get the member's mail, or were handed a link by an admin.
    pub fn is_fresh_by_link(&self) -> bool {
        self.is_fresh() && self.way == Way::Link.tag()
    }
}

impl Desk {
    /// Answers somebody who is not signed in.
    pub(super) fn door(&self, ask: DoorAsk) -> Result<Reply, Failure> {
        let Some(config) = self.config()? else { return Ok(no_workspace()) };
        match ask {
            DoorAsk::Rules => super::ok(&rules(&config)),
            DoorAsk::Begin { email, network, device } => {
                self.begin(&config, &email, network.as_deref(), device.as_deref())
            }
            DoorAsk::Finish(finish) => self.finish(&config, &finish),
            DoorAsk::Rehash { session, from, to } => self.rehash(&session, &from, &to),
            DoorAsk::Vouched { email, by_access, once, before } => {
                let way = if by_access { Way::Access } else { Way::OpenId };
                self.let_in(&config, &email, way, once.as_ref(), before.as_deref())
            }
        }
    }

    /// Starts a session for whom somebody else vouches. `once`: a name that lets in one time only, and until when it must
    /// be remembered.
    fn let_in(
        &self,
        config: &Config,
        email: &str,
        way: Way,
        once: Option<&(String, i64)>,
        before: Option<&str>,
    ) -> Result<Reply, Failure> {
        let member = member_of(&config.source().members, email);
        let secret = chance::hex::<32>()?;
        let is_first = self.db.transaction(|tx| {
            tx.write("sign_in_spent", "DELETE FROM sign_in_spent WHERE ends_at <= ?", values![now_ms()])?;
            if let Some((name, ends_at)) = once {
                let query = "INSERT OR IGNORE INTO sign_in_spent (hash, ends_at) VALUES (?, ?) RETURNING hash";
                if tx.rows("sign_in_spent", query, values![hash(name), *ends_at])?.is_empty() {
                    return Ok(false);
                }
            }
            if let Some(member) = member {
                NewSession { secret: &secret, way, before }.start(tx, &member.id)?;
            }
            Ok(true)
        })?;
        match member {
            _ if !is_first => Ok(problem(409, "sign_in_spent", "This sign-in was used before.")),
            None => Ok(problem(403, "no_member", "Nobody here has this address.")),
            Some(member) => self.welcome(config, member, &secret, None, before),
        }
    }

    /// What somebody gets who has just signed in; `stale`: what is kept of their password costs less than it should by now.
    pub(super) fn welcome(
        &self,
        config: &Config,
        member: &Member,
        secret: &str,
        extra: Option<serde_json::Value>,
        before: Option<&str>,
    ) -> Result<Reply, Failure> {
        if let Some(before) = before {
            self.hang_up(&hash(before));
        }
        let session = self.session_of(config, member)?;
        super::ok(&serde_json::json!({ "secret": secret, "session": session, "more": extra }))
    }

    /// Does what somebody wants of their account, or an admin of others'.
    pub(super) fn account(
        &self,
        config: &Config,
        member: &Member,
        session: &str,
        wants: AccountAsk,
    ) -> Result<Reply, Failure> {
        match wants {
            AccountAsk::View => super::ok(&self.view_account(config, member, session)?),
            AccountAsk::BeginChange => self.begin_change(config, member, session),
            AccountAsk::SetPassword { proof, stored } => {
                self.set_password(config, member, session, proof.as_deref(), &stored)
            }
            AccountAsk::EndOthers => {
                let ended = self.db.transaction(|tx| {
                    let ended = end_others(tx, &member.id, session)?;
                    audit::note(tx, Some(&member.id), Deed::SessionsEnded, &ended.len().to_string())?;
                    Ok(ended)
                })?;
                ended.iter().for_each(|hash| self.hang_up(hash));
                super::ok(&self.view_account(config, member, session)?)
            }
            AccountAsk::Members => super::ok(&self.members(config)?),
            AccountAsk::Link { member: of } => self.make_link(&of, Some(&member.id)),
        }
    }

    pub(super) fn view_account(&self, config: &Config, member: &Member, session: &str) -> Result<Account, Failure> {
        let began = self.began(session)?;
        let has_password = passwords::of(&self.db, member)?.is_some();
        let needs_current = has_password && !began.is_fresh_by_link();
        let query = "SELECT count(*) FROM session WHERE member = ? AND hash <> ? AND expires_at > ?";
        let others = self.db.row("session", query, values![member.id.as_str(), session, now_ms()])?;
        let passwords = rules(config).passwords;
        Ok(Account {
            email: member.email.clone(),
            passwords,
            has_password,
            needs_current,
            may_set: passwords && (needs_current || began.is_fresh()),
            way: began.way,
            others: others.map_or(Ok(0), |row| row.number(0))?,
        })
    }

    /// How a session began, by its hash.
    pub(super) fn began(&self, session: &str) -> Result<Began, Failure> {
        let row = self.db.row("session", "SELECT way, started_at FROM session WHERE hash = ?", values![session])?;
        let row = row.ok_or_else(|| Failure::BadRow { table: "session", what: "gone".to_owned() })?;
        Ok(Began { way: row.text(0)?.to_owned(), started_at: row.int(1)? })
    }

    fn members(&self, config: &Config) -> Result<Members, Failure> {
        let query = "SELECT member, count(*) FROM session WHERE expires_at > ? GROUP BY member";
        let sessions = self.db.rows("session", query, values![now_ms()])?;
        let members = config.source().members.iter().map(|member| {
            let own = sessions.iter().find(|row| row.text(0).is_ok_and(|id| id == member.id));
            Ok(MemberAccess {
                member: views::member_ref(config, &member.id),
                email: member.email.clone(),
                has_password: passwords::of(&self.db, member)?.is_some(),
                sessions: own.map_or(Ok(0), |row| row.number(1))?,
            })
        });
        Ok(Members { members: members.collect::<Result<_, Failure>>()? })
    }
}

/// What the workspace says of signing in.
pub fn rules(config: &Config) -> SignInRules {
    config.source().sign_in.clone().unwrap_or_default()
}

/// Ends every session of a member but this one; the hashes of those that ended.
pub fn end_others(tx: &Tx<'_>, member: &str, session: &str) -> Result<Vec<String>, Failure> {
    let query = "DELETE FROM session WHERE member = ? AND hash <> ? RETURNING hash";
    let ended = tx.rows("session", query, values![member, session])?;
    ended.iter().map(|row| row.text(0).map(str::to_owned)).collect()
}

/// Forgets how those come in who are no longer there: whoever gets their id, or their address, begins anew. The hashes of
/// their sessions.
pub fn forget_who_left(tx: &Tx<'_>, config: &Config) -> Result<Vec<String>, Failure> {
    let ids: Vec<&str> = config.source().members.iter().map(|member| member.id.as_str()).collect();
    let ids = to_json("members", &ids)?;
    let query = "DELETE FROM sign_in_link WHERE member NOT IN (SELECT value FROM json_each(?))";
    tx.write("sign_in_link", query, values![ids.as_str()])?;
    for row in tx.rows("password", "SELECT member, email FROM password", values![])? {
        let (id, email) = (row.text(0)?, row.text(1)?);
        if config.member(id).is_none_or(|member| !is_same_address(&member.email, email)) {
            tx.write("password", "DELETE FROM password WHERE member = ?", values![id])?;
        }
    }
    let query = "DELETE FROM session WHERE member NOT IN (SELECT value FROM json_each(?)) RETURNING hash";
    let ended = tx.rows("session", query, values![ids.as_str()])?;
    ended.iter().map(|row| row.text(0).map(str::to_owned)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_that_is_used_lasts_a_week_and_one_that_is_not_three_days() {
        const HOUR: i64 = 60 * 60 * 1_000;
        let began = 1_000 * HOUR;
        let first = began + IDLE_MS;
        assert_eq!(put_off(began, first, began + HOUR - 1), None, "too early to be noted");
        assert_eq!(put_off(began, first, began + HOUR), Some(first + HOUR));
        assert_eq!(put_off(began, first, began + 71 * HOUR), Some(began + (72 + 71) * HOUR));
        let late = began + (72 + 71) * HOUR;
        assert_eq!(put_off(began, late, began + 140 * HOUR), Some(began + SESSION_MS), "never beyond the week");
        assert_eq!(put_off(began, began + SESSION_MS, began + 160 * HOUR), None);
        assert_eq!(put_off(0, first, began + HOUR), None, "of an earlier version");
    }
}
