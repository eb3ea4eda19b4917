//! Passwords at the desk: what is kept of them, how often somebody has tried, and who may set one.
//!
//! The password itself never comes here. The Worker asks with what to hash it (`begin`), hashes, and hands the hash in
//! (`finish`). Each try is counted as it begins, so that a thousand at once are a thousand; what turns out to be right is
//! taken off again. An address that nobody has is counted and hashed like any other, so that neither answer nor time says
//! who is there.

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::Sha256;
use shared::audit::Deed;
use shared::config::Config;
use shared::password::Stored;
use shared::patience::{self, Seen, Tries};
use shared::sign_in::{is_same_address, member_of};
use shared::wire::Problem;
use shared::wire::config::Member;

use super::ask::{Finish, Reply};
use super::sign_in::{NewSession, Way, end_others, rules};
use super::{Desk, audit, now_ms, problem};
use crate::error::Failure;
use crate::same::is_same;
use crate::sql::{Db, Tx, to_json};
use crate::{chance, config, values};

/// The most that is counted at once; beyond it the oldest go first.
const MAX_COUNTED: i64 = 20_000;

/// With what a password is to be hashed.
#[derive(Debug, Serialize, Deserialize)]
pub struct Recipe {
    /// In hexadecimal.
    pub salt: String,
    /// How much it costs.
    pub iterations: u32,
    /// How much of it is one call.
    pub link: u32,
}

/// What whoever changes a password needs for it.
#[derive(Debug, Serialize, Deserialize)]
pub struct Change {
    /// How the present one was hashed, where it must be given.
    pub current: Option<Recipe>,
    /// What their new one must not be made of.
    pub own: Vec<String>,
}

/// What comes with a session by password.
#[derive(Debug, Serialize, Deserialize)]
pub struct More {
    /// What this browser is known by from now on.
    pub device: String,
    /// Whether what is kept of the password costs less than it should by now.
    pub is_stale: bool,
}

/// Under what somebody's tries are counted.
struct Keys {
    own: String,
    is_known: bool,
    network: Option<String>,
    account: String,
}

impl Desk {
    /// Counts a try, and says with what to hash; or how long to wait first.
    pub(super) fn begin(
        &self,
        config: &Config,
        email: &str,
        network: Option<&str>,
        device: Option<&str>,
    ) -> Result<Reply, Failure> {
        if !rules(config).passwords {
            return Ok(problem(403, "passwords_off", "Nobody signs in with a password here."));
        }
        let keys = self.keys(email, network, device)?;
        let member = member_of(&config.source().members, email);
        if let Some(refusal) = self.count_try(&keys, member)? {
            return Ok(refusal);
        }
        let known = member.map(|member| of(&self.db, member)).transpose()?.flatten();
        let made_up = Recipe {
            // Of the address, so that it is the same each time: should it ever be told, it says nothing.
            salt: self.keyed("salt", &[email.trim().to_ascii_lowercase().as_str()])?,
            iterations: config::password_iterations(&self.env),
            link: shared::password::LINK,
        };
        super::ok(&known.map_or(made_up, |stored| recipe(&stored)))
    }

    /// Starts a session where the hash is right.
    pub(super) fn finish(&self, config: &Config, finish: &Finish) -> Result<Reply, Failure> {
        let Finish { email, hash, network, device, before } = finish;
        let member = member_of(&config.source().members, email);
        let stored = member.map(|member| of(&self.db, member)).transpose()?.flatten();
        // Compared where there is nothing to compare too.
        let is_right = is_same(stored.as_ref().map_or("", |stored| &stored.hash), hash);
        let (Some(member), Some(stored), true) = (member, stored, is_right) else {
            return Ok(problem(401, "wrong_password", "The e-mail address or the password is wrong."));
        };
        let keys = self.keys(email, network.as_deref(), device.as_deref())?;
        let secret = chance::hex::<32>()?;
        self.db.transaction(|tx| {
            forgive(tx, &keys)?;
            NewSession { secret: &secret, way: Way::Password, before: before.as_deref() }.start(tx, &member.id)
        })?;
        let more = More {
            device: self.new_device(email)?,
            is_stale: stored.iterations < config::password_iterations(&self.env),
        };
        let more = serde_json::to_value(more).map_err(|source| Failure::Json { what: "sign-in", source })?;
        self.welcome(config, member, &secret, Some(more), before.as_deref())
    }

    /// Keeps a password that was just right under a higher cost.
    pub(super) fn rehash(&self, session: &str, from: &str, to: &str) -> Result<Reply, Failure> {
        let config = self.config()?;
        let member = self.member_of(session)?.map(|(member, _)| member);
        let member = config.as_ref().zip(member.as_deref()).and_then(|(config, member)| config.member(member));
        if let Some(member) = member
            && let Some(stored) = of(&self.db, member)?
            && is_same(&stored.hash, from)
            && Stored::parse(to).is_some_and(|to| to.iterations > stored.iterations)
        {
            let query = "UPDATE password SET hash = ? WHERE member = ? AND hash = ?";
            self.db.transaction(|tx| tx.write("password", query, values![to, member.id.as_str(), stored.write()]))?;
        }
        Ok(Reply { status: 204, body: String::new(), readable: true })
    }

    /// What somebody needs who wants to set a password; where the present one is asked for, that is a try.
    pub(super) fn begin_change(&self, config: &Config, member: &Member, session: &str) -> Result<Reply, Failure> {
        let account = self.view_account(config, member, session)?;
        if !account.passwords {
            return Ok(problem(403, "passwords_off", "Nobody signs in with a password here."));
        }
        if !account.may_set {
            let title = "You signed in a while ago. Sign in again, and then set your password.";
            return Ok(problem(403, "sign_in_again", title));
        }
        let current = if account.needs_current {
            if let Some(refusal) = self.count_try(&self.change_keys(member)?, Some(member))? {
                return Ok(refusal);
            }
            of(&self.db, member)?.as_ref().map(recipe)
        } else {
            None
        };
        let name = config.source().name.clone();
        super::ok(&Change { current, own: vec![member.name.clone(), member.email.clone(), member.id.clone(), name] })
    }

    /// Sets a password. Every other session ends, and so does every link that was not used.
    pub(super) fn set_password(
        &self,
        config: &Config,
        member: &Member,
        session: &str,
        proof: Option<&str>,
        stored: &str,
    ) -> Result<Reply, Failure> {
        let account = self.view_account(config, member, session)?;
        if !account.may_set || Stored::parse(stored).is_none() {
            return Ok(problem(403, "sign_in_again", "Sign in again, and then set your password."));
        }
        let present = of(&self.db, member)?;
        let is_proved = present.is_some_and(|present| is_same(&present.hash, proof.unwrap_or_default()));
        if account.needs_current && !is_proved {
            return Ok(wrong_current());
        }
        let ended = self.db.transaction(|tx| {
            forgive(tx, &self.change_keys(member)?)?;
            let query = "INSERT INTO password (member, hash, email, set_at) VALUES (?, ?, ?, ?)
                ON CONFLICT (member) DO UPDATE SET hash = excluded.hash, email = excluded.email, set_at = excluded.set_at";
            tx.write("password", query, values![member.id.as_str(), stored, member.email.as_str(), now_ms()])?;
            tx.write("sign_in_link", "DELETE FROM sign_in_link WHERE member = ?", values![member.id.as_str()])?;
            // What came by a link is worth no more than any other session now: the next change asks for this password.
            let query = "UPDATE session SET way = ? WHERE hash = ?";
            tx.write("session", query, values![Way::Password.tag(), session])?;
            let what = if account.has_password { Deed::PasswordChanged } else { Deed::PasswordSet };
            audit::note(tx, Some(&member.id), what, "")?;
            end_others(tx, &member.id, session)
        })?;
        ended.iter().for_each(|hash| self.hang_up(hash));
        super::ok(&self.view_account(config, member, session)?)
    }

    /// Counts a try, or says how long to wait. A flood on somebody's account is told in the audit log.
    fn count_try(&self, keys: &Keys, member: Option<&Member>) -> Result<Option<Reply>, Failure> {
        let now = now_ms();
        let seen = Seen {
            own: tries(&self.db, &keys.own)?,
            is_known: keys.is_known,
            network: keys.network.as_ref().map_or(Ok(Tries::default()), |key| tries(&self.db, key))?,
            account: tries(&self.db, &keys.account)?,
        };
        let wait_ms = patience::wait_ms(seen, now);
        if wait_ms > 0 {
            return Ok(Some(too_many(wait_ms)?));
        }
        self.db.transaction(|tx| {
            tx.write("sign_in_try", "DELETE FROM sign_in_try WHERE last_at <= ?", values![now - patience::KEPT_MS])?;
            let query = "DELETE FROM sign_in_try WHERE key IN
                (SELECT key FROM sign_in_try ORDER BY last_at DESC LIMIT -1 OFFSET ?)";
            tx.write("sign_in_try", query, values![MAX_COUNTED])?;
            write_tries(tx, &keys.own, seen.own.more(now))?;
            if let Some(network) = &keys.network {
                write_tries(tx, network, seen.network.more(now))?;
            }
            // The try that begins now is not known to fail; those before it were.
            let failed = if keys.is_known { seen.own } else { seen.account }.now(now);
            if !keys.is_known {
                write_tries(tx, &keys.account, seen.account.more(now))?;
            }
            match member {
                Some(member) if patience::is_told(failed) => {
                    audit::note(tx, None, Deed::SignInsFailed, &format!("{}: {failed} in a row", member.name))
                }
                _ => Ok(()),
            }
        })?;
        Ok(None)
    }

    /// Under what tries are counted: hashes under the workspace's secret, since people type passwords where their address
    /// belongs.
    fn keys(&self, email: &str, network: Option<&str>, device: Option<&str>) -> Result<Keys, Failure> {
        let account = self.account_key(email)?;
        let known = device.map(|device| self.device_of(device, &account)).transpose()?.flatten();
        let own = match &known {
            Some(device) => format!("device:{device}"),
            None => format!("pair:{}", self.keyed("pair", &[&account, network.unwrap_or_default()])?),
        };
        Ok(Keys {
            own,
            is_known: known.is_some(),
            network: network.map(|network| format!("network:{network}")),
            account: format!("account:{account}"),
        })
    }

    /// The same for whoever is signed in and changes their password: nobody else's tries are theirs.
    fn change_keys(&self, member: &Member) -> Result<Keys, Failure> {
        let own = format!("change:{}", member.id);
        Ok(Keys {
            own,
            is_known: true,
            network: None,
            account: format!("account:{}", self.account_key(&member.email)?),
        })
    }

    fn account_key(&self, email: &str) -> Result<String, Failure> {
        self.keyed("account", &[email.trim().to_ascii_lowercase().as_str()])
    }

    /// A name for this browser that only we can make, and that says for which account it is good.
    fn new_device(&self, email: &str) -> Result<String, Failure> {
        let id = chance::hex::<16>()?;
        let seal = self.keyed("device", &[&id, &self.account_key(email)?])?;
        Ok(format!("{id}.{seal}"))
    }

    /// The browser's name, if it has signed in to this account before.
    fn device_of(&self, device: &str, account: &str) -> Result<Option<String>, Failure> {
        let Some((id, seal)) = device.split_once('.') else { return Ok(None) };
        let expected = self.keyed("device", &[id, account])?;
        Ok((id.len() == 32 && is_same(&expected, seal)).then(|| id.to_owned()))
    }

    /// A keyed hash of 128 bits, in hexadecimal, for one purpose.
    fn keyed(&self, purpose: &str, parts: &[&str]) -> Result<String, Failure> {
        let secret = self.secret()?;
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("HMAC takes a key of any length");
        for part in ["sign-in", purpose].iter().chain(parts) {
            mac.update(part.as_bytes());
            mac.update(&[0]);
        }
        Ok(chance::to_hex(mac.finalize().into_bytes().get(..16).unwrap_or_default()))
    }
}

/// What is kept of a member's password; nothing where it was set under another address.
pub fn of(db: &Db, member: &Member) -> Result<Option<Stored>, Failure> {
    let query = "SELECT hash, email FROM password WHERE member = ?";
    let Some(row) = db.row("password", query, values![member.id.as_str()])? else { return Ok(None) };
    if !is_same_address(row.text(1)?, &member.email) {
        return Ok(None);
    }
    let stored = Stored::parse(row.text(0)?);
    stored.map(Some).ok_or_else(|| Failure::BadRow { table: "password", what: member.id.clone() })
}

fn recipe(stored: &Stored) -> Recipe {
    Recipe { salt: stored.salt.clone(), iterations: stored.iterations, link: stored.link }
}

fn tries(db: &Db, key: &str) -> Result<Tries, Failure> {
    let row = db.row("sign_in_try", "SELECT count, last_at FROM sign_in_try WHERE key = ?", values![key])?;
    row.map_or(Ok(Tries::default()), |row| Ok(Tries { count: row.number(0)?, last_at: row.int(1)? }))
}

fn write_tries(tx: &Tx<'_>, key: &str, tries: Tries) -> Result<(), Failure> {
    let query = "INSERT INTO sign_in_try (key, count, last_at) VALUES (?, ?, ?)
        ON CONFLICT (key) DO UPDATE SET count = excluded.count, last_at = excluded.last_at";
    tx.write("sign_in_try", query, values![key, i64::from(tries.count), tries.last_at])
}

/// A try was right: its own count is gone, and it is taken off the others.
fn forgive(tx: &Tx<'_>, keys: &Keys) -> Result<(), Failure> {
    tx.write("sign_in_try", "DELETE FROM sign_in_try WHERE key = ?", values![keys.own.as_str()])?;
    let account = (!keys.is_known).then_some(&keys.account);
    for key in account.into_iter().chain(&keys.network) {
        let rows =
            tx.rows("sign_in_try", "SELECT count, last_at FROM sign_in_try WHERE key = ?", values![key.as_str()])?;
        if let Some(row) = rows.first() {
            let counted = Tries { count: row.number(0)?, last_at: row.int(1)? };
            write_tries(tx, key, counted.less(now_ms()))?;
        }
    }
    Ok(())
}

fn wrong_current() -> Reply {
    let problem = Problem {
        status: 422,
        code: "invalid_password".to_owned(),
        title: "The present password is wrong.".to_owned(),
        fields: vec![shared::wire::FieldProblem {
            field: "current".to_owned(),
            code: "wrong".to_owned(),
            message: "this is not your present password".to_owned(),
        }],
    };
    super::problem_reply(&problem)
}

/// Refuses a try that came too soon, and says for how long.
fn too_many(wait_ms: i64) -> Result<Reply, Failure> {
    let seconds = wait_ms / 1_000 + i64::from(wait_ms % 1_000 > 0);
    let wait = match seconds {
        1 => "one second".to_owned(),
        2..=90 => format!("{seconds} seconds"),
        _ => format!("{} minutes", (seconds + 59) / 60),
    };
    let title = format!("Too many tries. Try again in {wait}, or ask for a sign-in link.");
    let body = json!({ "status": 429, "code": "too_many_tries", "title": title, "retry_after_s": seconds });
    Ok(Reply { status: 429, body: to_json("problem", &body)?, readable: true })
}
