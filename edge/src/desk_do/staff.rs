//! Members of staff: how they sign in, and who answers what they want.
//!
//! A link's and a session's secret has 256 random bits and is stored as its hash only.

use serde_json::json;
use sha2::{Digest, Sha256};
use shared::audit::Deed;
use shared::config::Config;
use shared::right::{Right, may};
use shared::search;
use shared::wire::config::Member;
use shared::wire::console::Session;

use super::ask::{Once, Reply, StaffAsk};
use super::sign_in::{NewSession, Way, put_off};
use super::views::{self, Narrowed};
use super::{Desk, audit, no_workspace, notices, now_ms, privacy, problem};
use crate::error::Failure;
use crate::sql::Tx;
use crate::{chance, config, values};

/// A sign-in link works once, within a day.
const LINK_MS: i64 = 24 * 60 * 60 * 1_000;

impl Desk {
    /// Makes a one-time link for a member; `by` whom, where it was not the operator.
    pub(super) fn make_link(&self, member: &str, by: Option<&str>) -> Result<Reply, Failure> {
        let Some(config) = self.config()? else { return Ok(no_workspace()) };
        if config.member(member).is_none() {
            return Ok(problem(404, "unknown_member", "There is no such member."));
        }
        let secret = chance::hex::<32>()?;
        self.db.transaction(|tx| {
            tx.write("sign_in_link", "DELETE FROM sign_in_link WHERE expires_at <= ?", values![now_ms()])?;
            let query = "INSERT INTO sign_in_link (hash, member, expires_at) VALUES (?, ?, ?)";
            tx.write("sign_in_link", query, values![hash(&secret), member, now_ms() + LINK_MS])?;
            audit::note(tx, by, Deed::Invited, member)
        })?;
        super::ok(&json!({ "secret": secret }))
    }

    /// Spends a link, and starts a session.
    pub(super) fn sign_in(&self, secret: &str, before: Option<&str>) -> Result<Reply, Failure> {
        let Some(config) = self.config()? else { return Ok(no_workspace()) };
        let session = chance::hex::<32>()?;
        let start = NewSession { secret: &session, way: Way::Link, before };
        let member = self.db.transaction(|tx| spend_link(tx, secret, &start))?;
        match member.and_then(|member| config.member(&member)) {
            Some(member) => self.welcome(&config, member, &session, None, before),
            None => Ok(problem(401, "link_spent", "This sign-in link was used before, or is too old.")),
        }
    }

    /// Whose session this is, and its hash; `None` where it is nobody's. That puts off its end.
    pub(super) fn member_of(&self, secret: &str) -> Result<Option<(String, String)>, Failure> {
        let (hash, now) = (hash(secret), now_ms());
        let query = "SELECT member, expires_at, started_at FROM session WHERE hash = ? AND expires_at > ?";
        let Some(row) = self.db.row("session", query, values![hash.as_str(), now])? else { return Ok(None) };
        if let Some(ends) = put_off(row.int(2)?, row.int(1)?, now) {
            let query = "UPDATE session SET expires_at = ? WHERE hash = ?";
            self.db.transaction(|tx| tx.write("session", query, values![ends, hash.as_str()]))?;
        }
        Ok(Some((row.text(0)?.to_owned(), hash)))
    }

    /// Does what a signed-in member wants.
    pub(super) fn staff(&self, secret: &str, once: Option<&Once>, wants: StaffAsk) -> Result<Reply, Failure> {
        let Some(config) = self.config()? else { return Ok(no_workspace()) };
        let session = self.member_of(secret)?;
        let member = session.as_ref().and_then(|(member, hash)| Some((config.member(member)?, hash)));
        let Some((member, hash)) = member else {
            return Ok(problem(401, "not_signed_in", "Please sign in."));
        };
        let right = wants.right();
        if !may(member, right) {
            return Ok(problem(403, "not_allowed", right.refusal()));
        }
        let caller = format!("member:{}", member.id);
        self.once(&caller, (once, wants.keeps()), || self.do_for(&config, member, hash, wants))
    }

    fn do_for(&self, config: &Config, member: &Member, hash: &str, wants: StaffAsk) -> Result<Reply, Failure> {
        match wants {
            StaffAsk::Session => super::ok(&self.session_of(config, member)?),
            StaffAsk::Presence(presence) => {
                self.set_presence(config, &member.id, presence.away, None)?;
                super::ok(&self.session_of(config, member)?)
            }
            StaffAsk::SignOut => {
                self.db.transaction(|tx| {
                    audit::note(tx, Some(&member.id), Deed::SignedOut, "")?;
                    tx.write("session", "DELETE FROM session WHERE hash = ?", values![hash])
                })?;
                self.hang_up(hash);
                Ok(Reply { status: 204, body: String::new(), readable: true })
            }
            StaffAsk::Items { queue, .. } if !member.queues.contains(&queue) => {
                Ok(problem(404, "unknown_queue", "There is no such queue for you."))
            }
            StaffAsk::Items { queue, open, whose, filter, after } => {
                let terms = match filter.q.trim() {
                    "" => Some(Vec::new()),
                    words => search::terms(words),
                };
                let Some(terms) = terms else { return Ok(no_words()) };
                let (narrowed, after) = (Narrowed::by(config, &filter, &terms)?, after.as_deref());
                super::ok(&match open {
                    true => views::waiting(&self.db, config, &queue, (whose, &member.id), narrowed, after)?,
                    false => views::closed(&self.db, config, &queue, narrowed, after)?,
                })
            }
            StaffAsk::Search { text, after } => match search::terms(&text) {
                Some(terms) => super::ok(&views::search(&self.db, config, &member.queues, &terms, after.as_deref())?),
                None => Ok(no_words()),
            },
            StaffAsk::CallForms => super::ok(&Self::call_forms(config)),
            StaffAsk::RecordCall(call) => self.record_call(config, member, &call),
            StaffAsk::Held { after } => self.held(config, after.as_deref()),
            StaffAsk::Review { id, review } => self.review(config, member, &id, &review),
            StaffAsk::Item { id } => self.item(config, member, &id),
            StaffAsk::File { item, file } => self.file(config, member, &item, &file),
            StaffAsk::Sites => self.sites(config),
            StaffAsk::ChangeSites { ask, fresh_key } => self.change_sites(config, &member.id, &ask, &fresh_key),
            StaffAsk::Experiments(ask) => self.experiments(config, member, ask),
            StaffAsk::Audit { after } => super::ok(&self.audit(config, after.as_deref())?),
            StaffAsk::Account(ask) => self.account(config, member, hash, ask),
            StaffAsk::Operate(ask) => self.operate(config, member, *ask),
            StaffAsk::Privacy(ask) => self.privacy(config, member, ask),
            StaffAsk::Team(ask) => self.board(config, member, ask),
            StaffAsk::Routing(ask) => self.routing(config, member, ask),
            StaffAsk::Scoring(ask) => self.scoring(config, member, ask),
            StaffAsk::Act { id, act } => self.act(config, member, &id, &act),
            StaffAsk::ActOnMany(ask) => self.act_on_many(config, member, &ask),
            StaffAsk::Undo(ask) => self.undo(config, member, &ask),
            StaffAsk::Drafts { id, base } => self.drafts(config, member, &id, &base),
            StaffAsk::Views => self.views(config, member),
            StaffAsk::SaveView(save) => self.save_view(config, member, *save),
            StaffAsk::DropView { id } => self.drop_view(config, member, &id),
            StaffAsk::Notices { after } => super::ok(&self.notices(config, &member.id, after.as_deref())?),
            StaffAsk::SeeNotices(seen) => super::ok(&self.see_notices(config, &member.id, seen.upto)?),
            StaffAsk::Alike { person, text } => self.alike(member, &person, text.as_deref()),
            StaffAsk::Merge { person, from } => self.merge(config, member, &person, &from),
            StaffAsk::Separate { person, merge } => self.separate(config, member, &person, &merge),
        }
    }

    pub(super) fn session_of(&self, config: &Config, member: &Member) -> Result<Session, Failure> {
        Ok(Session {
            member: views::member_ref(config, &member.id),
            workspace: config.source().name.clone(),
            queues: views::queues(&self.db, config, Some(member))?,
            sites: may(member, Right::Sites),
            scoring: may(member, Right::ChangeScoring),
            tries: may(member, Right::TryScoring),
            team: may(member, Right::SeeTeam),
            manages: may(member, Right::Manage),
            audit: may(member, Right::Audit),
            invites: may(member, Right::Invite),
            experiments: may(member, Right::Experiments),
            operates: may(member, Right::Operate),
            privacy: may(member, Right::Privacy),
            away: self.is_away(config, &member.id)?,
            notices: notices::unseen(&self.db, &member.id)?,
            forms_origin: config::hosts(&self.env).map(|hosts| hosts.forms.clone()),
        })
    }

    pub(super) fn item(&self, config: &Config, member: &Member, id: &str) -> Result<Reply, Failure> {
        self.rate_if_faded(config, id)?;
        match views::item(&self.db, config, id)? {
            Some(view) if member.queues.contains(&view.row.queue) => super::ok(&view),
            None if privacy::was_item(&self.db, id)? => {
                Ok(problem(410, "erased", "This was erased: nothing of it is kept."))
            }
            _ => Ok(problem(404, "unknown_item", "There is no such item for you.")),
        }
    }
}

/// The member of a link that still works; the link is gone then, and the session is there.
fn spend_link(tx: &Tx<'_>, secret: &str, session: &NewSession<'_>) -> Result<Option<String>, Failure> {
    let query = "DELETE FROM sign_in_link WHERE hash = ? AND expires_at > ? RETURNING member";
    let rows = tx.rows("sign_in_link", query, values![hash(secret), now_ms()])?;
    let Some(row) = rows.first() else { return Ok(None) };
    let member = row.text(0)?.to_owned();
    session.start(tx, &member)?;
    Ok(Some(member))
}

/// How a secret is kept.
pub(super) fn hash(secret: &str) -> String {
    chance::to_hex(&Sha256::digest(secret))
}

fn no_words() -> Reply {
    problem(422, "invalid_query", "Look for two letters at least, and for a hundred at most.")
}

/// A clause as a sentence.
pub(super) fn sentence(clause: &str) -> String {
    let mut letters = clause.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}
