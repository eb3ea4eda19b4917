//! What members are told beside their queues: written with what it is about, told over their web sockets once that is
//! committed, and kept until they have seen it.

use shared::config::Config;
use shared::notice::NoticeKind;
use shared::right::{Right, may};
use shared::wire::console::Live;
use shared::wire::notice::{Notice, NoticePage};

use super::{Desk, now_ms, views};
use crate::error::Failure;
use crate::log;
use crate::sql::{Db, Row, Tx, to_json};
use crate::values;

/// Notices of one page.
const PAGE: usize = 50;

/// Tells a member something about an item.
pub fn write(
    tx: &Tx<'_>,
    member: &str,
    item: &str,
    kind: NoticeKind,
    by: Option<&str>,
    text: &str,
) -> Result<(), Failure> {
    let query = "INSERT INTO notice (member, item_id, kind, actor, at, body) VALUES (?, ?, ?, ?, ?, ?)";
    tx.write("notice", query, values![member, item, kind.tag(), by, now_ms(), text])
}

/// Tells those who manage a queue about an item of it; where nobody who manages works it, all who manage.
pub fn write_to_managers(
    tx: &Tx<'_>,
    config: &Config,
    item: &str,
    kind: NoticeKind,
    text: &str,
) -> Result<(), Failure> {
    let rows = tx.rows("item", "SELECT queue FROM item WHERE id = ?", values![item])?;
    let Some(row) = rows.first() else { return Ok(()) };
    let queue = row.text(0)?;
    let manage: Vec<_> = config.source().members.iter().filter(|member| may(member, Right::Manage)).collect();
    let works = manage.iter().any(|member| member.queues.iter().any(|it| it == queue));
    for member in manage {
        if !works || member.queues.iter().any(|it| it == queue) {
            write(tx, &member.id, item, kind, None, text)?;
        }
    }
    Ok(())
}

/// Tells whoever has the renewal of an item's person in hand that they complain.
pub fn write_to_renewal(tx: &Tx<'_>, config: &Config, item: &str, text: &str) -> Result<(), Failure> {
    let rows = tx.rows("item", "SELECT person_id FROM item WHERE id = ?", values![item])?;
    let Some(row) = rows.first() else { return Ok(()) };
    let rows = tx.rows("item", RENEWAL, values![row.text(0)?])?;
    let Some(owner) = rows.first().map(|row| row.text(0)).transpose()? else { return Ok(()) };
    match config.member(owner) {
        Some(owner) => write(tx, &owner.id, item, NoticeKind::CustomerComplains, None, text),
        None => Ok(()),
    }
}

/// Who owned what a person bought last: their renewal is in the same hands.
const RENEWAL: &str = "SELECT owner FROM item WHERE person_id = ? AND outcome = 'won' AND owner IS NOT NULL
    ORDER BY opened_at DESC LIMIT 1";

/// The same, for those who look.
pub fn renewal(db: &Db, person: &str) -> Result<Option<String>, Failure> {
    db.row("item", RENEWAL, values![person])?.map(|row| row.text(0).map(str::to_owned)).transpose()
}

/// How much a member has not seen.
pub fn unseen(db: &Db, member: &str) -> Result<u32, Failure> {
    let row = db.row("notice", "SELECT count(*) FROM notice WHERE member = ? AND is_seen = 0", values![member])?;
    row.map_or(Ok(0), |row| row.number(0))
}

impl Desk {
    /// A page of what a member was told.
    pub(super) fn notices(&self, config: &Config, member: &str, after: Option<&str>) -> Result<NoticePage, Failure> {
        let before: i64 = after.and_then(|after| after.parse().ok()).unwrap_or(i64::MAX >> 12);
        let one_more = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
        let query = "SELECT seq, notice.kind, item_id, who, reference, actor, at, body, is_seen FROM notice
            JOIN item ON item.id = item_id WHERE member = ? AND seq < ? ORDER BY seq DESC LIMIT ?";
        let rows = self.db.rows("notice", query, values![member, before, one_more])?;
        let notices: Vec<Notice> = rows.iter().take(PAGE).map(|row| read(config, row)).collect::<Result<_, _>>()?;
        let next = notices.last().filter(|_| rows.len() > PAGE).map(|last| last.seq.to_string());
        Ok(NoticePage { notices, next, unseen: unseen(&self.db, member)? })
    }

    /// A member has seen everything up to one; each of their consoles hears of it.
    pub(super) fn see_notices(&self, config: &Config, member: &str, upto: u64) -> Result<NoticePage, Failure> {
        let upto = i64::try_from(upto).unwrap_or(i64::MAX);
        let query = "UPDATE notice SET is_seen = 1 WHERE member = ? AND is_seen = 0 AND seq <= ?";
        self.db.transaction(|tx| tx.write("notice", query, values![member, upto]))?;
        self.tell_unseen(member)?;
        self.notices(config, member, None)
    }

    /// Tells those for whom there is something new since this was called last.
    pub(super) fn tell_notices(&self) -> Result<(), Failure> {
        let told = self.told_notice.get();
        let rows = self.db.rows(
            "notice",
            "SELECT member, max(seq) FROM notice WHERE seq > ? GROUP BY member",
            values![told],
        )?;
        for row in rows {
            self.told_notice.set(self.told_notice.get().max(row.int(1)?));
            self.tell_unseen(row.text(0)?)?;
        }
        Ok(())
    }

    fn tell_unseen(&self, member: &str) -> Result<(), Failure> {
        let sockets = self.state.get_websockets_with_tag(member);
        if sockets.is_empty() {
            return Ok(());
        }
        let message = to_json("live", &Live::Notices { unseen: unseen(&self.db, member)? })?;
        for socket in sockets {
            if socket.send_with_str(&message).is_err() {
                log::event("socket_gone", "");
            }
        }
        Ok(())
    }
}

fn read(config: &Config, row: &Row) -> Result<Notice, Failure> {
    Ok(Notice {
        seq: row.number(0)?,
        kind: row.text(1)?.to_owned(),
        item: row.text(2)?.to_owned(),
        who: row.text(3)?.to_owned(),
        reference: row.text(4)?.to_owned(),
        by: row.maybe_text(5)?.map(|actor| views::member_ref(config, actor)),
        at: views::instant(row.int(6)?),
        text: row.text(7)?.to_owned(),
        seen: row.int(8)? != 0,
    })
}
