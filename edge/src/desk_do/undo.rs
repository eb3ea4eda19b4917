//! Taking back what one did a moment ago: before each act the rows that it may change are kept, and put back as they were where
//! nothing else has happened to the item since.
//!
//! What was taken back stays in the history, and so does that it was. What is counted (loads, queues, shares) is counted back
//! rather than put back: others have gone on meanwhile.

use serde::Deserialize;
use shared::config::Config;
use shared::pool::share::Share;
use shared::time::Timestamp;
use shared::wire::config::Member;
use shared::wire::console::{ItemRow, ItemState};
use shared::wire::lists::{Many, NotDone, Undo, UndoMany};

use super::ask::Reply;
use super::changes::{self, Made};
use super::learner::Lesson;
use super::ratings::{self, Why};
use super::team::{Credit, Moved};
use super::{Desk, acts, credit, now_ms, outbox, store, team, views};
use crate::error::Failure;
use crate::sql::{Tx, to_json};
use crate::values;

/// For how long something can be taken back.
pub const WITHIN_MS: i64 = 10 * 60 * 1_000;

/// The rows of an item that an act may change, as JSON.
const WAS: &str = "
    SELECT json_object(
        'state', state, 'is_open', is_open, 'owner', owner, 'outcome', outcome, 'touched', touched, 'urgency', urgency,
        'rests', rests, 'rests_until', rests_until, 'is_resting', is_resting, 'follow_up', follow_up,
        'duplicate_of', duplicate_of,
        'timers', (SELECT json_group_array(json_object(
            'kind', kind, 'due_at', due_at, 'state', state, 'next_at', next_at, 'length', length, 'remaining', remaining,
            'since', since, 'done', done, 'rule', rule)) FROM timer WHERE item_id = item.id),
        'assignment', (SELECT json_object('waits', waits, 'again_at', again_at, 'had', had, 'given_to', given_to,
            'credited', credited) FROM assignment WHERE item_id = item.id))
    FROM item WHERE id = ?";
const PUT_BACK: &str = "
    UPDATE item SET state = w.was ->> 'state', is_open = w.was ->> 'is_open', owner = w.was ->> 'owner',
        outcome = w.was ->> 'outcome', touched = w.was ->> 'touched', urgency = w.was ->> 'urgency',
        rests = w.was ->> 'rests', rests_until = w.was ->> 'rests_until', is_resting = w.was ->> 'is_resting',
        follow_up = w.was ->> 'follow_up', duplicate_of = w.was ->> 'duplicate_of', changed = ?2
    FROM (SELECT was FROM undo WHERE item_id = ?1) AS w WHERE id = ?1";
const PUT_TIMERS_BACK: &str = "
    INSERT INTO timer (item_id, kind, due_at, state, next_at, length, remaining, since, done, rule)
    SELECT ?1, value ->> 'kind', value ->> 'due_at', value ->> 'state', value ->> 'next_at', value ->> 'length',
        value ->> 'remaining', value ->> 'since', value ->> 'done', value ->> 'rule'
    FROM undo, json_each(was, '$.timers') WHERE item_id = ?1";
const PUT_ASSIGNMENT_BACK: &str = "
    UPDATE assignment SET waits = w.was ->> '$.assignment.waits', again_at = w.was ->> '$.assignment.again_at',
        had = w.was ->> '$.assignment.had', given_to = w.was ->> '$.assignment.given_to',
        credited = w.was ->> '$.assignment.credited'
    FROM (SELECT was FROM undo WHERE item_id = ?1) AS w WHERE item_id = ?1";

/// What is counted back.
#[derive(Deserialize)]
struct Was {
    is_open: i64,
    owner: Option<String>,
    outcome: Option<String>,
}

/// The rows of an item, before an act.
pub fn before(tx: &Tx<'_>, item: &str) -> Result<String, Failure> {
    let rows = tx.rows("item", WAS, values![item])?;
    let row = rows.first().ok_or_else(|| Failure::BadRow { table: "item", what: item.to_owned() })?;
    row.text(0).map(str::to_owned)
}

/// Keeps them, once the act is written.
pub fn keep(tx: &Tx<'_>, item: &str, was: &str, event: &str, by: &str, moved: &Moved) -> Result<(), Failure> {
    tx.write("undo", "DELETE FROM undo WHERE at <= ?", values![now_ms() - WITHIN_MS])?;
    let query =
        "INSERT OR REPLACE INTO undo (item_id, changed, member, at, event, was, credits) VALUES (?, ?, ?, ?, ?, ?, ?)";
    let credits = to_json("credits", &moved.credits)?;
    tx.write("undo", query, values![item, moved.changed, by, now_ms(), event, was, credits])
}

impl Desk {
    /// Takes back what a member did to some items.
    pub(super) fn undo(&self, config: &Config, member: &Member, ask: &UndoMany) -> Result<Reply, Failure> {
        let ids: Vec<&str> = ask.items.iter().map(|undo| undo.id.as_str()).collect();
        if let Some(wrong) = acts::wrong_list(&ids) {
            return Ok(wrong);
        }
        let mut lesson = self.lesson(config)?;
        let (done, refused) = self.db.transaction(|tx| {
            let (mut done, mut refused) = (Vec::new(), Vec::new());
            for undo in &ask.items {
                match take_back(tx, config, member, undo, &mut lesson)? {
                    Ok(()) => done.push(undo.id.as_str()),
                    Err(why) => refused.push(why),
                }
            }
            lesson.write(tx).map(|()| (done, refused))
        })?;
        self.keep_lesson(lesson);
        self.forget_team();
        self.assign_after(config);
        done.iter().for_each(|item| self.tell(config, item));
        let rows = done.into_iter().filter_map(|item| views::row(&self.db, config, item).transpose());
        super::ok(&Many { done: rows.collect::<Result<_, _>>()?, refused })
    }
}

/// Takes back one act; or says why not.
fn take_back(
    tx: &Tx<'_>,
    config: &Config,
    member: &Member,
    undo: &Undo,
    lesson: &mut Lesson,
) -> Result<Result<(), NotDone>, Failure> {
    let refused = |who: &str, code: &str, says: String| {
        let (id, who, code) = (undo.id.clone(), who.to_owned(), code.to_owned());
        Ok(Err(NotDone { id, who, code, says }))
    };
    let row = views::row_in(tx, config, &undo.id)?.filter(|row| member.queues.contains(&row.queue));
    let Some(row) = row else {
        return refused("", "unknown_item", "There is no such item for you.".to_owned());
    };
    let query = "SELECT event, was, credits FROM undo WHERE item_id = ? AND changed = ? AND member = ? AND at > ?";
    let changed = i64::try_from(undo.changed).unwrap_or(i64::MAX);
    let now = now_ms();
    let rows = tx.rows("undo", query, values![row.id.as_str(), changed, member.id.as_str(), now - WITHIN_MS])?;
    let Some(kept) = rows.first() else {
        return refused(&row.who, "too_late", "This cannot be taken back any more.".to_owned());
    };
    if row.changed != undo.changed {
        let says = match &row.owner {
            Some(owner) if owner.id != member.id => format!("It has changed since: {} has it by now.", owner.name),
            _ => "It has changed since.".to_owned(),
        };
        return refused(&row.who, "changed_since", says);
    }
    let was: Was = kept.json(1)?;
    put_back(tx, config, &row, (kept.text(0)?, &was), (member, lesson), now)?;
    for Credit { pool, member, is_given } in kept.json::<Vec<Credit>>(2)? {
        team::change_share(tx, &pool, &member, |share: &mut Share| match is_given {
            true => share.take_credit_back(),
            false => share.owed = share.owed.saturating_add(1),
        })?;
    }
    tx.write("undo", "DELETE FROM undo WHERE item_id = ?", values![row.id.as_str()]).map(Ok)
}

fn put_back(
    tx: &Tx<'_>,
    config: &Config,
    row: &ItemRow,
    (event, was): (&str, &Was),
    (member, lesson): (&Member, &mut Lesson),
    now: i64,
) -> Result<(), Failure> {
    let id = row.id.as_str();
    let (is_open, was_open) = (row.state != ItemState::Closed, was.is_open != 0);
    let changed = store::write_event(tx, id, now, "undone", Some(&member.id), event)?;
    tx.write("item", PUT_BACK, values![id, changed])?;
    tx.write("timer", "DELETE FROM timer WHERE item_id = ?", values![id])?;
    tx.write("timer", PUT_TIMERS_BACK, values![id])?;
    tx.write("assignment", PUT_ASSIGNMENT_BACK, values![id])?;
    let owner = row.owner.as_ref().map(|owner| owner.id.as_str());
    let (from, to) = (owner.filter(|_| is_open), was.owner.as_deref().filter(|_| was_open));
    if from != to {
        from.map_or(Ok(()), |from| team::change_load(tx, from, row.kind, -1))?;
        to.map_or(Ok(()), |to| team::change_load(tx, to, row.kind, 1))?;
    }
    let outcome = was.outcome.as_deref().and_then(views::outcome);
    if outcome != row.outcome {
        let made = Made { by: Some(&member.id), told_at: now, at: now };
        changes::write_outcome(tx, id, outcome, "", made)?;
        lesson.hear(tx, id, (row.outcome, outcome), (now, now))?;
        outbox::write_ended(tx, config, row, (outcome, ""), made)?;
    }
    if is_open != was_open {
        changes::count_open(tx, row, if was_open { 1 } else { -1 })?;
    }
    if is_open != was_open || outcome != row.outcome {
        ratings::mark_around(tx, id, Why::Outcome)?;
    }
    credit::follow(tx, id, Timestamp::from_ms(now))
}
