//! Promises as rows: they begin, warn, are kept or missed, stand still while the ball is with the visitor, and go on.
//!
//! A timer's row says when there is something to do about it next; the alarm is set for the first of them, so that a late
//! alarm, a second one or one after a crash does the same. What was promised stays: a later configuration changes neither
//! when a promise is missed nor what was done about it.

use shared::config::Config;
use shared::desk::act::Sleep;
use shared::desk::{NewTimer, TimerKind};
use shared::notice::NoticeKind;
use shared::promise::{self, Clock, MISSED, Promise, USUAL};
use shared::time::Timestamp;
use shared::wire::console::Resting;
use shared::wire::pool::{Does, Remedy};

use super::{Desk, assign, notices, now_ms, store};
use crate::error::Failure;
use crate::sql::{Row, Tx};
use crate::{clock, values};

/// The most timers that are looked at in one turn.
const AT_ONCE: i64 = 100;
const COLUMNS: &str = "item_id, kind, due_at, length, remaining, since, done, rule";

/// A timer that is kept an eye on.
struct Timer {
    item: String,
    kind: TimerKind,
    due: Timestamp,
    /// Absent of what is no promise, and of one by an earlier version.
    promise: Option<Promise>,
    /// When its clock went on last.
    since: Timestamp,
    rule: Option<String>,
}

impl Timer {
    fn of(row: &Row) -> Result<Self, Failure> {
        let damaged = || Failure::BadRow { table: "timer", what: "kind".to_owned() };
        let length = row.maybe_int(3)?;
        let promise = length.map(|length| {
            Ok::<_, Failure>(Promise { length, left: row.maybe_int(4)?.unwrap_or(length), done: row.number(6)? })
        });
        Ok(Self {
            item: row.text(0)?.to_owned(),
            kind: TimerKind::from_tag(row.text(1)?).ok_or_else(damaged)?,
            due: Timestamp::from_ms(row.int(2)?),
            promise: promise.transpose()?,
            since: Timestamp::from_ms(row.maybe_int(5)?.unwrap_or(0)),
            rule: row.maybe_text(7)?.map(str::to_owned),
        })
    }

    /// The clock and the remedies of its rule; the usual ones where that is no more.
    fn terms<'a>(&self, config: &'a Config) -> (Clock<'a>, &'a [Remedy]) {
        let rule = self.rule.as_deref().and_then(|rule| config.route(rule));
        rule.map_or((Clock::Calendar, &USUAL[..]), |rule| (rule.clock(), &rule.remedies))
    }

    /// What is next, and when: at last, when it is missed.
    fn next(&self, config: &Config) -> Option<(u32, Timestamp)> {
        let (clock, remedies) = self.terms(config);
        let (percent, at) = self.promise?.next(remedies, clock, self.since)?;
        Some((percent, if percent >= MISSED { self.due } else { at.min(self.due) }))
    }
}

impl Desk {
    /// Does what is due about each timer, and tells the staff who look at the queue.
    pub(super) fn end_timers(&self) -> Result<(), Failure> {
        let Some(config) = self.config()? else { return Ok(()) };
        let now = clock::now();
        let query = format!(
            "SELECT {COLUMNS}, (SELECT is_open FROM item WHERE id = item_id) FROM timer
            WHERE state = 'running' AND next_at <= ? ORDER BY next_at LIMIT ?"
        );
        let mut changed = false;
        for row in self.db.rows("timer", &query, values![now.as_ms(), AT_ONCE])? {
            let (timer, is_open) = (Timer::of(&row)?, row.int(8)? != 0);
            self.db.transaction(|tx| {
                if timer.kind.is_promise() {
                    go_on(tx, &config, &timer, now)
                } else if timer.kind == TimerKind::Wakes {
                    wake(tx, &config, &timer.item, "woke", now)
                } else {
                    follow_up(tx, &timer, is_open)
                }
            })?;
            self.tell(&config, &timer.item);
            changed = true;
        }
        if changed {
            self.forget_team();
            self.assign_waiting(&config)?;
            self.tell_notices()?;
        }
        Ok(())
    }
}

/// A follow-up is to be made, unless its item is closed.
fn follow_up(tx: &Tx<'_>, timer: &Timer, is_open: bool) -> Result<(), Failure> {
    let (item, kind) = (timer.item.as_str(), timer.kind.tag());
    set_state(tx, item, kind, if is_open { "due" } else { "dropped" })?;
    if !is_open {
        return Ok(());
    }
    let changed = store::write_event(tx, item, now_ms(), "timer_due", None, kind)?;
    tx.write("item", "UPDATE item SET changed = ?, follow_up = ? WHERE id = ?", values![changed, kind, item])
}

/// Warns, makes the remedies that are due, and notes what is next; or that the promise is missed.
fn go_on(tx: &Tx<'_>, config: &Config, timer: &Timer, now: Timestamp) -> Result<(), Failure> {
    let (item, kind) = (timer.item.as_str(), timer.kind.tag());
    let (_, remedies) = timer.terms(config);
    let mut does: Vec<Does> = Vec::new();
    let mut at = Timer { promise: timer.promise, rule: timer.rule.clone(), item: item.to_owned(), ..*timer };
    let mut next = at.next(config);
    while let Some((percent, _)) = next.filter(|(_, due)| *due <= now) {
        does.extend(promise::at(remedies, percent));
        at.promise = at.promise.map(|promise| Promise { done: percent, ..promise });
        next = at.next(config);
    }
    let done = at.promise.map_or(MISSED, |promise| promise.done);
    does.sort_unstable();
    does.dedup();
    let is_missed = done >= MISSED;
    let state = if is_missed { "missed" } else { "running" };
    let next_at = next.map_or(timer.due, |(_, at)| at).as_ms();
    let query = "UPDATE timer SET state = ?, done = ?, next_at = ? WHERE item_id = ? AND kind = ?";
    tx.write("timer", query, values![state, i64::from(done), next_at, item, kind])?;

    let owner = owner_of(tx, item)?;
    if let Some(owner) = owner.as_deref().filter(|_| does.contains(&Does::Nudge) || is_missed) {
        notices::write(tx, owner, item, NoticeKind::Nudge, None, &format!("{kind} {done}"))?;
    }
    let mut changed = if is_missed {
        store::write_event(tx, item, now.as_ms(), "timer_missed", None, kind)?
    } else {
        let event = if does.contains(&Does::Nudge) && owner.is_some() { "nudged" } else { "timer_warned" };
        store::write_given(tx, item, now.as_ms(), (event, None), owner.as_deref(), &format!("{kind} {done}"))?
    };
    let mut urgency = i64::from(done);
    if does.contains(&Does::Escalate) {
        urgency = i64::from(MISSED);
        changed = store::write_event(tx, item, now.as_ms(), "escalated", None, kind)?;
        notices::write_to_managers(tx, config, item, NoticeKind::Escalated, kind)?;
    }
    tx.write(
        "item",
        "UPDATE item SET urgency = max(urgency, ?), changed = ? WHERE id = ?",
        values![urgency, changed, item],
    )?;
    if !matches!(timer.kind, TimerKind::FirstTouch | TimerKind::Accept) {
        return Ok(());
    }
    if does.contains(&Does::Widen) {
        assign::widen(tx, config, item)?;
    }
    if does.contains(&Does::Reassign) {
        assign::take_back_from_silent(tx, config, item)?;
    }
    Ok(())
}

/// Starts a timer.
pub fn start(tx: &Tx<'_>, item: &str, timer: &NewTimer, rule: &str, at: Timestamp) -> Result<(), Failure> {
    let length = timer.minutes.map(|minutes| Promise::of_minutes(minutes).length);
    let query = "INSERT INTO timer (item_id, kind, due_at, state, next_at, length, remaining, since, done, rule)
        VALUES (?1, ?2, ?3, 'running', ?4, ?5, ?5, ?6, 0, ?7)
        ON CONFLICT (item_id, kind) DO UPDATE SET due_at = ?3, state = 'running', next_at = ?4, length = ?5,
            remaining = ?5, since = ?6, done = 0, rule = ?7";
    let (due, next) = (timer.due.as_ms(), timer.next.as_ms());
    tx.write("timer", query, values![item, timer.kind.tag(), due, next, length, at.as_ms(), rule])
}

/// Somebody has done something about an item: what they promised is kept, and nothing presses that has not begun to again.
pub fn keep(tx: &Tx<'_>, item: &str, kinds: &[TimerKind]) -> Result<(), Failure> {
    for kind in kinds {
        let query = "UPDATE timer SET state = 'met' WHERE item_id = ? AND kind = ? AND state IN ('running', 'paused')";
        tx.write("timer", query, values![item, kind.tag()])?;
    }
    let query = "UPDATE item SET urgency = coalesce(
            (SELECT max(done) FROM timer WHERE item_id = ?1 AND state = 'running' AND length IS NOT NULL), 0)
        WHERE id = ?1";
    tx.write("item", query, values![item])
}

/// An item is in nobody's hand any more: whoever gets it is to accept it within the time of a first touch.
pub fn let_go(tx: &Tx<'_>, config: &Config, item: &str, now: Timestamp) -> Result<(), Failure> {
    let Some(rule) = rule_of(tx, config, item)? else { return Ok(()) };
    let promise = NewTimer::promise(TimerKind::Accept, rule.first_touch_minutes, rule, now);
    start(tx, item, &promise, &rule.id, now)
}

/// A closed item is open again: it is to be closed within the same time.
pub fn begin_again(tx: &Tx<'_>, config: &Config, item: &str, now: Timestamp) -> Result<(), Failure> {
    let Some(rule) = rule_of(tx, config, item)? else { return Ok(()) };
    let Some(minutes) = rule.close_minutes else { return Ok(()) };
    start(tx, item, &NewTimer::promise(TimerKind::Close, minutes, rule, now), &rule.id, now)
}

/// Somebody has an item in hand, and has just done something about it: the next step is due within its rule's time.
pub fn begin_dwell(tx: &Tx<'_>, config: &Config, item: &str, now: Timestamp) -> Result<(), Failure> {
    let Some(rule) = rule_of(tx, config, item)? else { return Ok(()) };
    let Some(minutes) = rule.dwell_minutes else { return Ok(()) };
    start(tx, item, &NewTimer::promise(TimerKind::Dwell, minutes, rule, now), &rule.id, now)?;
    keep(tx, item, &[])
}

/// Puts an item to rest, or wakes it: the clocks of one that waits for the visitor stand still.
pub fn rest(tx: &Tx<'_>, config: &Config, item: &str, sleep: Option<Sleep>, now: Timestamp) -> Result<(), Failure> {
    resume(tx, config, item, now)?;
    set_state(tx, item, TimerKind::Wakes.tag(), "dropped")?;
    let (why, until) = (sleep.map(|sleep| sleep.why.tag()), sleep.and_then(|sleep| sleep.until));
    let query = "UPDATE item SET rests = ?, rests_until = ?, is_resting = ? WHERE id = ?";
    tx.write("item", query, values![why, until.map(Timestamp::as_ms), i64::from(sleep.is_some()), item])?;
    if let Some(until) = until {
        start(tx, item, &NewTimer { kind: TimerKind::Wakes, due: until, next: until, minutes: None }, "", now)?;
    }
    if sleep.is_some_and(|sleep| sleep.why == Resting::Waiting) {
        for timer in timers(tx, item, "running")? {
            let left = timer.terms(config).0.between(now, timer.due);
            let query = "UPDATE timer SET state = 'paused', remaining = ? WHERE item_id = ? AND kind = ?";
            tx.write("timer", query, values![left, item, timer.kind.tag()])?;
        }
    }
    keep(tx, item, &[])
}

/// The clocks that stand still go on with what is left.
fn resume(tx: &Tx<'_>, config: &Config, item: &str, now: Timestamp) -> Result<(), Failure> {
    for timer in timers(tx, item, "paused")? {
        let Some(promise) = timer.promise else { continue };
        let due = promise.due(timer.terms(config).0, now);
        let kind = timer.kind.tag();
        let on = Timer { since: now, due, ..timer };
        let next = on.next(config).map_or(due, |(_, next)| next);
        let query =
            "UPDATE timer SET state = 'running', due_at = ?, next_at = ?, since = ? WHERE item_id = ? AND kind = ?";
        tx.write("timer", query, values![due.as_ms(), next.as_ms(), now.as_ms(), item, kind])?;
    }
    Ok(())
}

/// An item is worked on again: its time has come, or the visitor has written.
fn wake(tx: &Tx<'_>, config: &Config, item: &str, event: &str, now: Timestamp) -> Result<(), Failure> {
    rest(tx, config, item, None, now)?;
    set_state(tx, item, TimerKind::Wakes.tag(), "met")?;
    begin_dwell(tx, config, item, now)?;
    let owner = owner_of(tx, item)?;
    let changed = store::write_given(tx, item, now.as_ms(), (event, None), owner.as_deref(), "")?;
    tx.write("item", "UPDATE item SET changed = ? WHERE id = ?", values![changed, item])
}

/// Somebody wrote again: what waited for them is worked on again, and they are to have an answer. The items come back.
pub fn answered(tx: &Tx<'_>, config: &Config, person: &str, now: Timestamp) -> Result<Vec<String>, Failure> {
    let query = "SELECT id FROM item WHERE person_id = ? AND is_open = 1 AND rests = 'waiting' ORDER BY id LIMIT ?";
    let rows = tx.rows("item", query, values![person, AT_ONCE])?;
    let mut woken = Vec::new();
    for row in rows {
        let item = row.text(0)?;
        wake(tx, config, item, "answered", now)?;
        if let Some(rule) = rule_of(tx, config, item)?
            && let Some(minutes) = rule.next_reply_minutes
        {
            start(tx, item, &NewTimer::promise(TimerKind::NextReply, minutes, rule, now), &rule.id, now)?;
        }
        woken.push(item.to_owned());
    }
    Ok(woken)
}

/// A visitor has written about an item again: they are to have an answer, unless one is due to them already.
pub fn wrote(tx: &Tx<'_>, config: &Config, item: &str, now: Timestamp) -> Result<(), Failure> {
    let query = "SELECT 1 FROM timer WHERE item_id = ? AND kind IN ('first_touch', 'next_reply') AND state = 'running'";
    let is_due = !tx.rows("timer", query, values![item])?.is_empty();
    let Some(rule) = rule_of(tx, config, item)?.filter(|_| !is_due) else { return Ok(()) };
    let Some(minutes) = rule.next_reply_minutes else { return Ok(()) };
    start(tx, item, &NewTimer::promise(TimerKind::NextReply, minutes, rule, now), &rule.id, now)
}

/// The rule that sent an item where it is, as far as it is still there.
fn rule_of<'a>(tx: &Tx<'_>, config: &'a Config, item: &str) -> Result<Option<&'a shared::config::RouteRule>, Failure> {
    let query = "SELECT rule FROM timer WHERE item_id = ? AND kind = 'first_touch'";
    let rows = tx.rows("timer", query, values![item])?;
    let rule = rows.first().map(|row| row.maybe_text(0)).transpose()?.flatten();
    Ok(rule.and_then(|rule| config.route(rule)))
}

fn timers(tx: &Tx<'_>, item: &str, state: &str) -> Result<Vec<Timer>, Failure> {
    let query = format!("SELECT {COLUMNS} FROM timer WHERE item_id = ? AND state = ? AND length IS NOT NULL");
    tx.rows("timer", &query, values![item, state])?.iter().map(Timer::of).collect()
}

fn owner_of(tx: &Tx<'_>, item: &str) -> Result<Option<String>, Failure> {
    let rows = tx.rows("item", "SELECT owner FROM item WHERE id = ?", values![item])?;
    Ok(rows.first().map(|row| row.maybe_text(0)).transpose()?.flatten().map(str::to_owned))
}

fn set_state(tx: &Tx<'_>, item: &str, kind: &str, state: &str) -> Result<(), Failure> {
    let query = "UPDATE timer SET state = ? WHERE item_id = ? AND kind = ? AND state = 'running'";
    tx.write("timer", query, values![state, item, kind])
}
