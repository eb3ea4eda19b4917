//! Members whose last console was closed: after a while, what they were given by pools that pick only who is there, and have not
//! accepted, goes to others. A console that is back before that has lost nothing.

use shared::config::Config;
use shared::time::Timestamp;

use super::{Desk, assign, now_ms};
use crate::error::Failure;
use crate::values;

/// How long a console may be gone: a page that is loaded anew, a lid that is closed on the way to a meeting.
pub const GRACE_MS: i64 = 5 * 60 * 1_000;

/// Who was given something that they have not accepted, and by which pool.
const GIVEN: &str = "SELECT owner, item.id, pool FROM item JOIN assignment ON item_id = item.id
    WHERE is_open = 1 AND item.state = 'open' AND owner IS NOT NULL ORDER BY item.opened_at";

impl Desk {
    /// A console was closed; its tags say whose it was.
    pub(super) async fn leave(&self, tags: &[String]) -> Result<(), Failure> {
        let Some(config) = self.config()?.filter(|config| picks_who_is_there(config)) else { return Ok(()) };
        let Some(member) = tags.iter().find(|tag| config.member(tag).is_some()) else { return Ok(()) };
        self.note_left(&[member.as_str()])?;
        self.arm_by(Timestamp::from_ms(now_ms() + GRACE_MS)).await;
        Ok(())
    }

    /// A console was opened.
    pub(super) fn come(&self, member: &str) -> Result<(), Failure> {
        let query = "UPDATE presence SET left_at = NULL WHERE member = ? AND left_at IS NOT NULL";
        self.db.transaction(|tx| tx.write("presence", query, values![member]))
    }

    /// Notes who is gone since this object was there last: a crash closes no console.
    pub(super) fn note_gone(&self) -> Result<(), Failure> {
        let Some(config) = self.config()?.filter(|config| picks_who_is_there(config)) else { return Ok(()) };
        let mut gone: Vec<String> = Vec::new();
        for row in self.db.rows("item", GIVEN, values![])? {
            let owner = row.text(0)?;
            let is_new = !gone.iter().any(|known| known == owner);
            if is_new && is_for_who_is_there(&config, row.text(2)?) && !self.is_there(owner) {
                gone.push(owner.to_owned());
            }
        }
        self.note_left(&gone.iter().map(String::as_str).collect::<Vec<_>>())
    }

    /// Takes back what those have who left long enough ago, and gives it to others.
    pub(super) fn take_back_from_gone(&self, config: &Config) -> Result<(), Failure> {
        let due = now_ms() - GRACE_MS;
        let rows = self.db.rows("presence", "SELECT member FROM presence WHERE left_at <= ?", values![due])?;
        if rows.is_empty() {
            return Ok(());
        }
        let mut gone = Vec::new();
        for row in rows {
            // Of several consoles only the last one is the end.
            if !self.is_there(row.text(0)?) {
                gone.push(row.text(0)?.to_owned());
            }
        }
        let taken = self.db.transaction(|tx| {
            let mut taken = Vec::new();
            for row in tx.rows("item", GIVEN, values![])? {
                if gone.iter().any(|gone| row.text(0).is_ok_and(|owner| owner == gone))
                    && is_for_who_is_there(config, row.text(2)?)
                {
                    assign::take_back(tx, config, row.text(1)?, assign::LEFT)?;
                    taken.push(row.text(1)?.to_owned());
                }
            }
            tx.write("presence", "UPDATE presence SET left_at = NULL WHERE left_at <= ?", values![due])?;
            Ok(taken)
        })?;
        self.forget_team();
        self.assign_waiting(config)?;
        taken.iter().for_each(|item| self.tell(config, item));
        Ok(())
    }

    fn note_left(&self, members: &[&str]) -> Result<(), Failure> {
        let query = "INSERT INTO presence (member, is_away, since, left_at) VALUES (?1, 0, ?2, ?2)
            ON CONFLICT (member) DO UPDATE SET left_at = coalesce(left_at, ?2)";
        self.db.transaction(|tx| {
            members.iter().try_for_each(|member| tx.write("presence", query, values![*member, now_ms()]))
        })
    }

    fn is_there(&self, member: &str) -> bool {
        !self.state.get_websockets_with_tag(member).is_empty()
    }
}

fn picks_who_is_there(config: &Config) -> bool {
    config.rotas().any(|(_, rota)| rota.present_only)
}

fn is_for_who_is_there(config: &Config, pool: &str) -> bool {
    config.rota(pool).is_some_and(|rota| rota.present_only)
}
