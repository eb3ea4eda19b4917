//! What a change of an item writes, whoever made it: a member, or an outcome of the platform's.

use shared::config::Config;
use shared::desk::TimerKind;
use shared::desk::act::Change;
use shared::time::Timestamp;
use shared::wire::console::{ItemRow, ItemState, Outcome};

use super::learner::Lesson;
use super::ratings::{self, Why};
use super::team::Moved;
use super::{assign, credit, outbox, promises, store, views};
use crate::error::Failure;
use crate::sql::Tx;
use crate::values;

/// Who changed an item, when, and when what they say happened: milliseconds since 1970.
#[derive(Debug, Clone, Copy)]
pub struct Made<'a> {
    /// The member; absent where it was the platform's server.
    pub by: Option<&'a str>,
    /// When it was said.
    pub told_at: i64,
    /// When it happened.
    pub at: i64,
}

/// Writes a change: the item, its history, its outcome and what that teaches, its promises, and what is counted of it. Whose it
/// was and is comes back.
pub fn write(
    tx: &Tx<'_>,
    config: &Config,
    row: &ItemRow,
    change: Change,
    made: Made<'_>,
    lesson: &mut Lesson,
) -> Result<Moved, Failure> {
    let id = row.id.as_str();
    let is_open = change.state != ItemState::Closed;
    let was_open = row.state != ItemState::Closed;
    let body = match change.outcome {
        Some(outcome) if change.text.is_empty() => views::outcome_tag(outcome).to_owned(),
        Some(outcome) => format!("{}: {}", views::outcome_tag(outcome), change.text),
        None => change.text.clone(),
    };
    let to = change.owner.as_deref().filter(|_| change.event == "reassigned");
    let changed = store::write_given(tx, id, made.told_at, (change.event, made.by), to, &body)?;
    let moved = Moved { changed, ..assign::follow(tx, config, row, &change, made.told_at)? };
    // Opened again, it has no outcome; whoever learns from outcomes hears of that too.
    if change.outcome.is_some() || (is_open && !was_open) {
        write_outcome(tx, id, change.outcome, &change.text, made)?;
        lesson.hear(tx, id, (row.outcome, change.outcome), (made.at, made.told_at))?;
        outbox::write_ended(tx, config, row, (change.outcome, &change.text), made)?;
    }
    let outcome = change.outcome.or(row.outcome.filter(|_| !is_open)).map(views::outcome_tag);
    tx.write(
        "item",
        "UPDATE item SET state = ?, is_open = ?, owner = ?, outcome = ?, touched = max(touched, ?), changed = ?,
            duplicate_of = CASE WHEN ? THEN ? ELSE duplicate_of END
         WHERE id = ?",
        values![
            views::state_tag(change.state),
            i64::from(is_open),
            change.owner.as_deref(),
            outcome,
            i64::from(change.touches),
            changed,
            i64::from(is_open || change.outcome.is_some()),
            change.duplicate_of.as_deref(),
            id,
        ],
    )?;
    let now = Timestamp::from_ms(made.told_at);
    credit::follow(tx, id, now)?;
    // Whatever its owner does about it is a step; what is nobody's, put off or done with has none to come.
    let is_in_hand = change.state == ItemState::Claimed && change.event != "snoozed";
    let is_step = change.touches || (made.by.is_some() && made.by == change.owner.as_deref());
    if !is_in_hand {
        promises::keep(tx, id, &[TimerKind::Dwell])?;
    } else if is_step {
        promises::begin_dwell(tx, config, id, now)?;
    }
    if let Some(sleep) = change.rests {
        promises::rest(tx, config, id, sleep, now)?;
    }
    if change.touches {
        let all = [TimerKind::FirstTouch, TimerKind::NextReply, TimerKind::Accept, TimerKind::Close];
        promises::keep(tx, id, if is_open { all.get(..3).unwrap_or_default() } else { &all })?;
    }
    if row.state != ItemState::Open && change.state == ItemState::Open {
        promises::let_go(tx, config, id, now)?;
    }
    if is_open && !was_open {
        promises::begin_again(tx, config, id, now)?;
    }
    // Whoever does something about the item, or writes down what was done, has followed up.
    // Whoever gives it back, hands it over or puts it off has not.
    if !matches!(change.event, "released" | "reassigned" | "snoozed") {
        tx.write("timer", "UPDATE timer SET state = 'met' WHERE item_id = ? AND state = 'due'", values![id])?;
        tx.write("item", "UPDATE item SET follow_up = NULL WHERE id = ?", values![id])?;
    }
    if is_open != was_open {
        count_open(tx, row, if is_open { 1 } else { -1 })?;
    }
    // What somebody bought, and what of theirs is open, is a fact of their other items.
    if is_open != was_open || change.outcome.is_some() {
        ratings::mark_around(tx, id, Why::Outcome)?;
    }
    Ok(moved)
}

/// Counts an item as open, or as open no more: in its queue, and of its person.
pub fn count_open(tx: &Tx<'_>, row: &ItemRow, by: i64) -> Result<(), Failure> {
    store::change_open(tx, &row.queue, by)?;
    let query = "UPDATE person SET open_items = open_items + ? WHERE id = (SELECT person_id FROM item WHERE id = ?)";
    tx.write("person", query, values![by, row.id.as_str()])
}

/// Writes what became of an item; nothing, where it is open again.
pub fn write_outcome(
    tx: &Tx<'_>,
    item: &str,
    outcome: Option<Outcome>,
    reason: &str,
    made: Made<'_>,
) -> Result<(), Failure> {
    let query = "INSERT INTO outcome (item_id, outcome, reason, at, told_at, told_by) VALUES (?, ?, ?, ?, ?, ?)";
    let tag = outcome.map(views::outcome_tag);
    tx.write("outcome", query, values![item, tag, reason, made.at, made.told_at, made.by])
}
