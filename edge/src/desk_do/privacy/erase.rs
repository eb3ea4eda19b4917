//! Erasing: every row of somebody, in one transaction, and in their place a row that says no more than that they were. Sent again
//! under its old id, nothing of theirs comes back.

use std::collections::BTreeMap;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use shared::audit::Deed;
use shared::config::Config;
use shared::fate::Fate;
use shared::privacy::words_of;
use shared::time::Timestamp;
use shared::wire::privacy::ErasureReason;

use super::super::ask::Reply;
use super::super::{Desk, audit, limits, now_ms, once, problem, store, team, views};
use super::map::{Scope, TABLES};
use super::rest::{Rest, Sent};
use super::{hold, on_hold, unknown_person, view, wash};
use crate::error::Failure;
use crate::sql::{Db, Row, Tx, to_json};
use crate::{chance, clock, values};

/// Every one of the three lists has a place in each statement of the map, used or not.
pub const EVERY_LIST: &str = "coalesce(?1, ?2, ?3) IS NOT NULL";

/// Who erases, and why.
#[derive(Clone, Copy)]
pub struct Order<'a> {
    /// The member; nobody, where it was a server, or the clock.
    pub by: Option<&'a str>,
    /// Why.
    pub why: ErasureReason,
    /// For tests of rollback only: how many statements succeed.
    pub fail_after: Option<u32>,
}

impl Desk {
    /// Erases somebody, as a member asks for it. Again, it says what was done the first time.
    pub(super) fn erase_person(
        &self,
        config: &Config,
        id: &str,
        why: ErasureReason,
        by: &str,
        fail_after: Option<u32>,
    ) -> Result<Reply, Failure> {
        if why == ErasureReason::TooOld {
            return Ok(problem(422, "invalid_call", "What is too old is found by itself: give another reason."));
        }
        let people = people_of(&self.db, id)?;
        if people.is_empty() {
            return match view::erased(&self.db, config, id)? {
                Some(erased) => super::super::ok(&erased),
                None => Ok(unknown_person()),
            };
        }
        if hold::is_on(&self.db, &people)? {
            return Ok(on_hold());
        }
        let scope = scope_of(&self.db, people)?;
        self.erase(&scope, Order { by: Some(by), why, fail_after })?;
        match view::erased(&self.db, config, id)? {
            Some(erased) => super::super::ok(&erased),
            None => Ok(unknown_person()),
        }
    }

    /// Deletes all that is in scope, and leaves what must never come back, and what is still to be done elsewhere.
    pub(super) fn erase(&self, scope: &Scope, order: Order<'_>) -> Result<(), Failure> {
        let left = Left::of(&self.db, scope, order.why)?;
        let keys = left.keys(&self.secret()?)?;
        let id = chance::id(clock::now())?;
        self.db.fail_after(order.fail_after);
        let done = self.db.transaction(|tx| {
            for open in &left.open {
                store::change_open(tx, &open.queue, -1)?;
                if let (Some(owner), Some(kind)) = (&open.owner, views::kind(&open.kind)) {
                    team::change_load(tx, owner, kind, -1)?;
                }
            }
            for received_at in &left.undecided {
                store::uncount_fate(tx, Fate::Held, *received_at)?;
                store::count_fate(tx, Fate::Erased)?;
            }
            let rows = delete(tx, scope)?;
            recount(tx, &left.owners)?;
            for key in &keys {
                let query = "INSERT OR IGNORE INTO erased (key, erasure_id) VALUES (?, ?)";
                tx.write("erased", query, values![key.as_str(), id.as_str()])?;
            }
            let rest = left.rest.is_anything().then(|| to_json("rest", &left.rest)).transpose()?;
            let done_at = rest.is_none().then(now_ms);
            let person = scope.people.first().map(String::as_str).unwrap_or_default();
            tx.write(
                "erasure",
                "INSERT INTO erasure (id, person_id, at, made_by, why, counts, rest, done_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                values![
                    id.as_str(),
                    person,
                    now_ms(),
                    order.by,
                    order.why.tag(),
                    to_json("counts", &rows)?,
                    rest,
                    done_at,
                ],
            )?;
            match order.why {
                // What goes by itself is counted by day.
                ErasureReason::TooOld => Ok(()),
                why => {
                    once::forget_answers(tx)?;
                    wash::plan(tx)?;
                    audit::note(tx, order.by, Deed::PersonErased, &format!("{person}: {}", why.tag()))
                }
            }
        });
        self.db.fail_after(None);
        done?;
        self.forget_team();
        self.tell_gone();
        if !left.undecided.is_empty() {
            self.tell_waiting(limits::waiting(&self.db)?);
        }
        Ok(())
    }
}

/// Deletes the rows that are in scope; says how many of each table.
fn delete(tx: &Tx<'_>, scope: &Scope) -> Result<BTreeMap<&'static str, usize>, Failure> {
    let ids = to_json("ids", &scope.items)?;
    let query = "UPDATE item SET duplicate_of = NULL WHERE duplicate_of IN (SELECT value FROM json_each(?1))";
    tx.write("item", query, values![ids])?;
    let mut rows = BTreeMap::new();
    for table in TABLES {
        let query = format!("DELETE FROM {} WHERE {} AND {EVERY_LIST} RETURNING 1", table.name, table.theirs);
        let gone = tx.rows(table.name, &query, scope.bound()?)?.len();
        if gone > 0 {
            rows.insert(table.name, gone);
        }
    }
    Ok(rows)
}

/// Counts the items anew of those who stay.
fn recount(tx: &Tx<'_>, people: &[String]) -> Result<(), Failure> {
    let query = "UPDATE person SET items = (SELECT count(*) FROM item WHERE person_id = person.id),
        open_items = (SELECT count(*) FROM item WHERE person_id = person.id AND is_open = 1)
        WHERE id IN (SELECT value FROM json_each(?))";
    tx.write("person", query, values![to_json("people", &people)?])
}

/// An open item, as it is counted.
struct Open {
    queue: String,
    owner: Option<String>,
    kind: String,
}

/// What is read of a scope before it goes.
struct Left {
    open: Vec<Open>,
    /// When those arrived that were held and that nobody had looked at.
    undecided: Vec<Timestamp>,
    /// Whose items these are.
    owners: Vec<String>,
    people: Vec<String>,
    items: Vec<String>,
    /// Site and id of each submission.
    sent: Vec<(String, String)>,
    /// The platform's ids of what it said.
    events: Vec<String>,
    /// Mails that opened these items or stand on them, by hashes of what they say.
    mails: Vec<String>,
    rest: Rest,
}

impl Left {
    fn of(db: &Db, scope: &Scope, why: ErasureReason) -> Result<Self, Failure> {
        let (people, items, held) =
            (to_json("ids", &scope.people)?, to_json("ids", &scope.items)?, to_json("ids", &scope.held)?);
        let all = |table, query: &str, ids: &str| db.rows(table, query, values![ids]);
        let open = all(
            "item",
            "SELECT queue, owner, kind FROM item WHERE is_open = 1 AND id IN (SELECT value FROM json_each(?))",
            &items,
        )?;
        let open = open.iter().map(|row| {
            let owner = row.maybe_text(1)?.map(str::to_owned);
            Ok(Open { queue: row.text(0)?.to_owned(), owner, kind: row.text(2)?.to_owned() })
        });
        let query = "SELECT received_at FROM held WHERE state = 'waiting' AND id IN (SELECT value FROM json_each(?))";
        let undecided = all("held", query, &held)?;
        let query = "SELECT DISTINCT person_id FROM item WHERE id IN (SELECT value FROM json_each(?))";
        let owners = texts(&all("item", query, &items)?)?;
        let of_items = all(
            "item",
            "SELECT site, submission_id, reference FROM item WHERE id IN (SELECT value FROM json_each(?))",
            &items,
        )?;
        let of_held =
            all("held", "SELECT site, submission_id FROM held WHERE id IN (SELECT value FROM json_each(?))", &held)?;
        let sent = of_items.iter().chain(&of_held).map(|row| Ok((row.text(0)?.to_owned(), row.text(1)?.to_owned())));
        let references: Vec<String> =
            of_items.iter().map(|row| row.text(2).map(str::to_owned)).collect::<Result<_, _>>()?;
        let events = texts(&all(
            "lifecycle",
            "SELECT id FROM lifecycle WHERE person_id IN (SELECT value FROM json_each(?))",
            &people,
        )?)?;
        let in_scope = |name: &'static str, column: &str| {
            let theirs = TABLES.iter().find(|table| table.name == name).map_or("1 = 0", |table| table.theirs);
            db.rows(name, &format!("SELECT {column} FROM {name} WHERE {theirs} AND {EVERY_LIST}"), scope.bound()?)
        };
        let (files, mails) = (in_scope("file", "id")?, texts(&in_scope("mail", "content")?)?);
        // Whoever only grew old is not looked for in what others wrote: that is a walk through all of it.
        let words = match why {
            ErasureReason::TooOld => Vec::new(),
            _ => words(db, &people, &references)?,
        };
        let query = "SELECT key FROM identifier WHERE kind = 'user' AND person_id IN (SELECT value FROM json_each(?))";
        let users = texts(&all("identifier", query, &people)?)?;
        // Of somebody who stays, what their visits were stays too, for as long as it is kept.
        let sent: Vec<(String, String)> = sent.collect::<Result<_, Failure>>()?;
        let batches = sent.iter().map(|(_, id)| id.clone()).collect();
        let known = if scope.people.is_empty() { Sent::default() } else { Sent { references, batches } };
        Ok(Self {
            open: open.collect::<Result<_, Failure>>()?,
            undecided: undecided.iter().map(|row| row.int(0).map(Timestamp::from_ms)).collect::<Result<_, _>>()?,
            owners,
            people: scope.people.clone(),
            items: scope.items.clone(),
            sent,
            events,
            mails,
            rest: Rest::new(texts(&files)?, known, users, words),
        })
    }

    /// What is remembered so that it never comes back: our own ids as they are, others' as keyed hashes.
    fn keys(&self, secret: &str) -> Result<Vec<String>, Failure> {
        let people = self.people.iter().map(|id| Ok(person_key(id)));
        let items = self.items.iter().map(|id| Ok(item_key(id)));
        let sent = self.sent.iter().map(|(site, id)| key_of_sent(secret, site, id));
        let events = self.events.iter().map(|id| keyed(secret, "event", &[id]));
        let mails = self.mails.iter().map(|content| keyed(secret, "mail", &[content]));
        people.chain(items).chain(sent).chain(events).chain(mails).collect()
    }
}

/// By what others may have called these people: addresses and numbers, names, and the references that they were given.
fn words(db: &Db, people: &str, references: &[String]) -> Result<Vec<String>, Failure> {
    const IDENTIFIERS: &str = "SELECT typed FROM identifier WHERE person_id IN (SELECT value FROM json_each(?1))
        UNION SELECT key FROM identifier WHERE person_id IN (SELECT value FROM json_each(?1))";
    const NAMES: &str = "SELECT name FROM person WHERE name IS NOT NULL AND id IN (SELECT value FROM json_each(?1))
        UNION SELECT who FROM merge WHERE person_id IN (SELECT value FROM json_each(?1))
        UNION SELECT who FROM item WHERE person_id IN (SELECT value FROM json_each(?1))";
    let identifiers = texts(&db.rows("identifier", IDENTIFIERS, values![people])?)?;
    let names = texts(&db.rows("person", NAMES, values![people])?)?;
    let identifiers = identifiers.iter().chain(references).map(String::as_str);
    Ok(words_of(identifiers, names.iter().map(String::as_str)))
}

/// A record with all that became part of it, the one that they became part of first; none, where there is no such record.
pub fn people_of(db: &Db, id: &str) -> Result<Vec<String>, Failure> {
    const ALL: &str = "
        WITH RECURSIVE
            up (id) AS (SELECT ?1 UNION SELECT merge.person_id FROM merge JOIN up ON merge.from_id = up.id),
            root (id) AS (SELECT id FROM up WHERE id NOT IN (SELECT from_id FROM merge) LIMIT 1),
            whole (id) AS (SELECT id FROM root UNION SELECT merge.from_id FROM merge JOIN whole ON merge.person_id = whole.id)
        SELECT whole.id FROM whole JOIN person ON person.id = whole.id ORDER BY whole.id NOT IN (SELECT id FROM root)";
    texts(&db.rows("merge", ALL, values![id])?)
}

/// All that is known of these people.
pub fn scope_of(db: &Db, people: Vec<String>) -> Result<Scope, Failure> {
    let ids = to_json("ids", &people)?;
    let query = "SELECT id FROM item WHERE person_id IN (SELECT value FROM json_each(?)) ORDER BY id";
    let items = texts(&db.rows("item", query, values![ids.as_str()])?)?;
    // Nobody has said yet whose those are that wait: theirs by the address or number in them, or by what the platform said.
    const HELD: &str = "
        SELECT DISTINCT held.id FROM held JOIN identifier ON
            instr(lower(vals || identity), '\"' || lower(key) || '\"') + instr(lower(vals || identity), '\"' || lower(typed) || '\"') > 0
        WHERE kind IN ('email', 'phone') AND person_id IN (SELECT value FROM json_each(?1))
        UNION SELECT held.id FROM held JOIN identifier ON instr(identity, '\"user\":' || json_quote(key)) > 0
        WHERE kind = 'user' AND person_id IN (SELECT value FROM json_each(?1))";
    let held = texts(&db.rows("held", HELD, values![ids.as_str()])?)?;
    Ok(Scope { people, items, held })
}

fn texts(rows: &[Row]) -> Result<Vec<String>, Failure> {
    rows.iter().map(|row| row.text(0).map(str::to_owned)).collect()
}

fn person_key(id: &str) -> String {
    format!("person:{id}")
}

fn item_key(id: &str) -> String {
    format!("item:{id}")
}

fn keyed(secret: &str, kind: &str, parts: &[&str]) -> Result<String, Failure> {
    let damaged = || Failure::BadRow { table: "secret", what: "no key".to_owned() };
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).map_err(|_| damaged())?;
    for part in ["erased", kind].iter().chain(parts) {
        mac.update(part.as_bytes());
        mac.update(&[0]);
    }
    let digest = mac.finalize().into_bytes();
    Ok(format!("{kind}:{}", chance::to_hex(digest.get(..16).unwrap_or_default())))
}

fn is_there(db: &Db, key: &str) -> Result<bool, Failure> {
    Ok(db.row("erased", "SELECT 1 FROM erased WHERE key = ?", values![key])?.is_some())
}

/// What an id is kept as once what was sent under it was erased.
pub fn key_of_sent(secret: &str, site: &str, id: &str) -> Result<String, Failure> {
    keyed(secret, "sent", &[site, id])
}

/// Whether what was sent under this id was erased.
pub fn was_sent(db: &Db, secret: &str, site: &str, id: &str) -> Result<bool, Failure> {
    is_there(db, &key_of_sent(secret, site, id)?)
}

/// Whether what the platform said under this id was erased.
pub fn was_event(db: &Db, secret: &str, id: &str) -> Result<bool, Failure> {
    is_there(db, &keyed(secret, "event", &[id])?)
}

/// Whether a mail that says this, by its hash, was erased.
pub fn was_mail(db: &Db, secret: &str, content: &str) -> Result<bool, Failure> {
    is_there(db, &keyed(secret, "mail", &[content])?)
}

/// Whether this was an item of somebody who was erased.
pub fn was_item(db: &Db, id: &str) -> Result<bool, Failure> {
    is_there(db, &item_key(id))
}
