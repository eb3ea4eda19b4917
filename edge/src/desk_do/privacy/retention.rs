//! What is old enough goes, as the configuration says for how long things are kept: closed items by form and outcome, what nobody
//! looked at in review, deliveries that were given up. The alarm walks along all closed items once a day, some in each turn, and
//! notes how far it is with what it deletes. Nothing goes of somebody on hold, or who has an open item.

use shared::audit::Deed;
use shared::config::Config;
use shared::privacy::{days_kept, fewest_days};
use shared::time::Timestamp;
use shared::wire::privacy::{ChangeRetention, ErasureReason};

use super::super::ask::Reply;
use super::super::settings::{Publisher, bad_config};
use super::super::{Desk, now_ms, problem, problem_reply, views};
use super::erase::{Order, people_of, scope_of};
use super::hold;
use super::map::Scope;
use crate::error::Failure;
use crate::sql::{Db, Row, Tx, to_json};
use crate::values;

const DAY_MS: i64 = 86_400_000;
/// Closed items that are looked at in one turn.
const LOOKED_AT: i64 = 500;
/// The most that goes in one turn: each with its own transaction.
const ERASED_AT_ONCE: usize = 20;
/// Deliveries that go in one turn.
const DELIVERIES_AT_ONCE: i64 = 200;

const BY_ITSELF: Order<'static> = Order { by: None, why: ErasureReason::TooOld, fail_after: None };

/// A closed item, as far as its age is read.
struct Closed {
    id: String,
    person: String,
    form: String,
    outcome: Option<String>,
    closed_at: i64,
}

/// When it is looked next; `None` where nothing is ever deleted for its age.
pub fn next_at(db: &Db) -> Result<Option<i64>, Failure> {
    db.row("retention", "SELECT next_at FROM retention", values![])?.map(|row| row.int(0)).transpose()
}

impl Desk {
    /// Sets for how long things are kept: a new version of the configuration.
    pub(super) fn change_retention(
        &self,
        config: &Config,
        by: &str,
        change: ChangeRetention,
    ) -> Result<Reply, Failure> {
        if change.version != config.version() {
            let title = "Somebody changed the configuration meanwhile. Look at it again, then save.";
            return Ok(problem(409, "stale", title));
        }
        let mut source = config.source().clone();
        source.retention = change.retention;
        let json = to_json("config", &source)?;
        let next = match Config::parse(config.version() + 1, source) {
            Ok(next) => next,
            Err(mut fields) => {
                for field in &mut fields {
                    field.field = field.field.strip_prefix("retention.").unwrap_or(&field.field).to_owned();
                }
                return Ok(problem_reply(&bad_config(fields)));
            }
        };
        let publisher = Publisher { by: Some(by), what: Deed::RetentionChanged, note: "How long things are kept" };
        self.save_config(next, &json, publisher, |_| Ok(()))?;
        let Some(config) = self.config()? else { return Ok(super::super::no_workspace()) };
        super::super::ok(&self.privacy_view(&config)?)
    }

    /// Deletes some of what is too old. The walk begins anew with each day, and when the rules are other ones.
    pub(in super::super) fn retain(&self, config: &Config) -> Result<(), Failure> {
        let query = "SELECT version, after, next_at FROM retention";
        let row = self.db.row("retention", query, values![])?;
        if config.source().retention.is_off() {
            return match row {
                Some(_) => self.db.transaction(|tx| tx.write("retention", "DELETE FROM retention", values![])),
                None => Ok(()),
            };
        }
        let version = i64::from(config.version());
        let after = match row {
            Some(row) if row.int(0)? == version && row.int(2)? > now_ms() => return Ok(()),
            Some(row) if row.int(0)? == version => row.text(1)?.to_owned(),
            _ => String::new(),
        };
        let is_all = self.drop_undecided(config)? & self.drop_dead(config)?;
        let (after, is_end) = self.drop_closed(config, &after)?;
        let (after, next_at) = if is_all && is_end { (String::new(), now_ms() + DAY_MS) } else { (after, now_ms()) };
        self.db.transaction(|tx| {
            let query = "INSERT OR REPLACE INTO retention (id, version, after, next_at) VALUES (1, ?, ?, ?)";
            tx.write("retention", query, values![version, after, next_at])
        })
    }

    /// What nobody has looked at for too long; says whether that was all.
    fn drop_undecided(&self, config: &Config) -> Result<bool, Failure> {
        // Nobody has said whose it is: whoever is on hold and is named in it keeps it.
        const OLD: &str = "
            SELECT id FROM held WHERE state = 'waiting' AND received_at < ? AND NOT EXISTS (
                SELECT 1 FROM hold JOIN identifier ON identifier.person_id = hold.person_id
                WHERE lifted_at IS NULL AND instr(lower(vals || identity), '\"' || lower(key) || '\"')
                    + instr(lower(vals || identity), '\"' || lower(typed) || '\"') > 0)
            ORDER BY id LIMIT ?";
        let Some(days) = config.source().retention.undecided_days else { return Ok(true) };
        let most = i64::try_from(ERASED_AT_ONCE).unwrap_or(i64::MAX);
        let rows = self.db.rows("held", OLD, values![now_ms() - i64::from(days) * DAY_MS, most])?;
        for row in &rows {
            let scope = Scope { held: vec![row.text(0)?.to_owned()], ..Scope::default() };
            self.erase(&scope, BY_ITSELF)?;
        }
        self.count_deleted("undecided", rows.len())?;
        Ok(rows.len() < ERASED_AT_ONCE)
    }

    /// Deliveries that were given up too long ago; says whether that was all.
    fn drop_dead(&self, config: &Config) -> Result<bool, Failure> {
        const OLD: &str = "
            SELECT outbox.id FROM outbox LEFT JOIN item ON item.id = item_id
            WHERE outbox.state = 'dead' AND ended_at < ?1 AND (person_id IS NULL OR NOT EXISTS (
                SELECT 1 FROM hold WHERE lifted_at IS NULL AND (hold.person_id = item.person_id
                    OR hold.person_id IN (SELECT from_id FROM merge WHERE merge.person_id = item.person_id))))
            LIMIT ?2";
        let Some(days) = config.source().retention.dead_days else { return Ok(true) };
        let rows = self.db.rows("outbox", OLD, values![now_ms() - i64::from(days) * DAY_MS, DELIVERIES_AT_ONCE])?;
        let ids: Vec<&str> = rows.iter().map(|row| row.text(0)).collect::<Result<_, _>>()?;
        if !ids.is_empty() {
            let ids = to_json("ids", &ids)?;
            self.db.transaction(|tx| {
                let of = "IN (SELECT value FROM json_each(?))";
                tx.write("attempt", &format!("DELETE FROM attempt WHERE outbox_id {of}"), values![ids.as_str()])?;
                tx.write("outbox", &format!("DELETE FROM outbox WHERE id {of}"), values![ids.as_str()])?;
                count_deleted(tx, "deliveries", rows.len())
            })?;
        }
        Ok(i64::try_from(rows.len()).is_ok_and(|many| many < DELIVERIES_AT_ONCE))
    }

    /// Closed items from one on that are too old; says how far that was, and whether it was the last of them.
    fn drop_closed(&self, config: &Config, after: &str) -> Result<(String, bool), Failure> {
        const CLOSED: &str = "
            SELECT item.id, person_id, submission.form, outcome,
                coalesce((SELECT max(told_at) FROM outcome AS told WHERE told.item_id = item.id), opened_at)
            FROM item JOIN submission ON submission.site = item.site AND submission.id = submission_id
            WHERE item.id > ?1 AND is_open = 0 AND opened_at < ?2 ORDER BY item.id LIMIT ?3";
        let retention = &config.source().retention;
        let Some(fewest) = fewest_days(retention) else { return Ok((String::new(), true)) };
        let rows = self.db.rows("item", CLOSED, values![after, now_ms() - i64::from(fewest) * DAY_MS, LOOKED_AT])?;
        let closed: Vec<Closed> = rows.iter().map(Closed::read).collect::<Result<_, _>>()?;
        let mut is_end = i64::try_from(closed.len()).is_ok_and(|many| many < LOOKED_AT);
        let (mut upto, mut items, mut people) = (after.to_owned(), 0, 0);
        for item in &closed {
            if items == ERASED_AT_ONCE {
                is_end = false;
                break;
            }
            let outcome = item.outcome.as_deref().and_then(views::outcome);
            let days = days_kept(retention, &item.form, outcome);
            if days.is_some_and(|days| item.closed_at < now_ms() - i64::from(days) * DAY_MS)
                && let Some(scope) = self.of_closed(item)?
            {
                people += usize::from(!scope.people.is_empty());
                items += 1;
                self.erase(&scope, BY_ITSELF)?;
            }
            upto.clone_from(&item.id);
        }
        self.count_deleted("items", items)?;
        self.count_deleted("people", people)?;
        Ok((upto, is_end))
    }

    /// What goes with a closed item: its person too, where it is all that they ever sent. Nothing, where they are on hold or have
    /// an open item.
    fn of_closed(&self, item: &Closed) -> Result<Option<Scope>, Failure> {
        let query = "SELECT count(*), coalesce(sum(is_open), 0) FROM item WHERE person_id = ?";
        let row = self.db.row("item", query, values![item.person.as_str()])?;
        let row = row.ok_or_else(|| Failure::BadRow { table: "item", what: "no count".to_owned() })?;
        let people = people_of(&self.db, &item.person)?;
        if row.int(1)? > 0 || hold::is_on(&self.db, &people)? {
            return Ok(None);
        }
        if row.int(0)? == 1 {
            return scope_of(&self.db, people).map(Some);
        }
        Ok(Some(Scope { items: vec![item.id.clone()], ..Scope::default() }))
    }

    fn count_deleted(&self, what: &'static str, many: usize) -> Result<(), Failure> {
        if many == 0 { Ok(()) } else { self.db.transaction(|tx| count_deleted(tx, what, many)) }
    }
}

fn count_deleted(tx: &Tx<'_>, what: &'static str, many: usize) -> Result<(), Failure> {
    let query = "INSERT INTO deleted_day (day, what, count) VALUES (?, ?, ?)
        ON CONFLICT (day, what) DO UPDATE SET count = count + excluded.count";
    let many = i64::try_from(many).unwrap_or(i64::MAX);
    tx.write("deleted_day", query, values![Timestamp::from_ms(now_ms()).day(), what, many])
}

impl Closed {
    fn read(row: &Row) -> Result<Self, Failure> {
        Ok(Self {
            id: row.text(0)?.to_owned(),
            person: row.text(1)?.to_owned(),
            form: row.text(2)?.to_owned(),
            outcome: row.maybe_text(3)?.map(str::to_owned),
            closed_at: row.int(4)?,
        })
    }
}
