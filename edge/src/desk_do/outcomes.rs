//! What the platform's server says became of items. A report is judged line by line, each against what the lines before it
//! have changed, and what is taken is written in one transaction: all of it, or none.

use shared::config::Config;
use shared::desk::act::Change;
use shared::outcome::{Entry, Refused, Reported, Standing, Unread, Verdict, csv, json, judge};
use shared::time::Timestamp;
use shared::wire::console::{ItemRow, ItemState};
use shared::wire::outcome::{Line, Told};

use super::ask::Reply;
use super::changes::{self, Made};
use super::learner::Lesson;
use super::staff::sentence;
use super::team::Moved;
use super::{Desk, now_ms, problem, views};
use crate::error::Failure;
use crate::sql::Tx;
use crate::values;

impl Desk {
    /// Takes a report.
    pub(super) fn outcomes(&self, config: &Config, is_csv: bool, text: &str) -> Result<Reply, Failure> {
        let now = Timestamp::from_ms(now_ms());
        let entries = match if is_csv { csv(text, now) } else { json(text, now) } {
            Ok(entries) => entries,
            Err(unread) => return Ok(refused(&unread)),
        };
        let mut lesson = self.lesson(config)?;
        let (told, moved) = self.db.transaction(|tx| {
            let mut told = Told::default();
            let mut moved = Vec::new();
            for entry in entries {
                let (line, verdict) = take(tx, config, entry, now, (&mut moved, &mut lesson))?;
                match verdict {
                    Some(Verdict::Known) => told.known += 1,
                    Some(Verdict::Taken | Verdict::Corrected) => told.taken += 1,
                    None => told.refused += 1,
                }
                told.lines.push(line);
            }
            lesson.write(tx)?;
            Ok((told, moved))
        })?;
        self.keep_lesson(lesson);
        self.note_moved(config, moved.iter().map(|(_, moved)| moved));
        self.assign_after(config);
        for (item, _) in moved {
            self.tell(config, &item);
        }
        super::ok(&told)
    }
}

/// Takes one outcome; says what became of it.
fn take(
    tx: &Tx<'_>,
    config: &Config,
    entry: Entry,
    now: Timestamp,
    (moved, lesson): (&mut Vec<(String, Moved)>, &mut Lesson),
) -> Result<(Line, Option<Verdict>), Failure> {
    let line = |code: &str, says: String| Line {
        line: entry.line,
        item: entry.item.clone(),
        code: code.to_owned(),
        says,
        fields: Vec::new(),
    };
    let reported = match entry.read {
        Ok(reported) => reported,
        Err(fields) => {
            let says = "Some fields are wrong.".to_owned();
            return Ok((Line { fields, ..line("invalid", says) }, None));
        }
    };
    Ok(match judge_and_write(tx, config, &reported, now, (moved, lesson))? {
        Err(refused) => (line(refused.code(), sentence(&refused.to_string())), None),
        Ok(verdict) => (line(verdict.code(), String::new()), Some(verdict)),
    })
}

/// Judges an outcome that can be read, and writes what it changes.
pub fn judge_and_write(
    tx: &Tx<'_>,
    config: &Config,
    reported: &Reported,
    now: Timestamp,
    (moved, lesson): (&mut Vec<(String, Moved)>, &mut Lesson),
) -> Result<Result<Verdict, Refused>, Failure> {
    let Some(row) = find(tx, config, &reported.item)? else { return Ok(Err(Refused::UnknownItem)) };
    let verdict = match judge(reported, standing(tx, &row)?, now) {
        Ok(verdict) => verdict,
        Err(refused) => return Ok(Err(refused)),
    };
    if verdict != Verdict::Known {
        let made = Made { by: None, told_at: now.as_ms(), at: reported.at.as_ms() };
        let change = changes::write(tx, config, &row, change(&row, reported), made, lesson)?;
        moved.push((row.id, change));
    }
    Ok(Ok(verdict))
}

/// What the outcome changes: whoever owns the item still does.
fn change(row: &ItemRow, reported: &Reported) -> Change {
    Change {
        state: ItemState::Closed,
        owner: row.owner.as_ref().map(|owner| owner.id.clone()),
        outcome: Some(reported.outcome),
        touches: true,
        rests: Some(None),
        duplicate_of: None,
        event: if row.state == ItemState::Closed { "corrected" } else { "closed" },
        text: reported.reason.clone(),
    }
}

fn find(tx: &Tx<'_>, config: &Config, name: &str) -> Result<Option<ItemRow>, Failure> {
    let query = "SELECT id FROM item WHERE id = ?1 UNION ALL SELECT id FROM item WHERE reference = ?1 LIMIT 1";
    let rows = tx.rows("item", query, values![name])?;
    let Some(row) = rows.first() else { return Ok(None) };
    views::row_in(tx, config, row.text(0)?)
}

fn standing(tx: &Tx<'_>, row: &ItemRow) -> Result<Standing, Failure> {
    let query = "SELECT at FROM outcome WHERE item_id = ? ORDER BY seq DESC LIMIT 1";
    let rows = tx.rows("outcome", query, values![row.id.as_str()])?;
    let at = rows.first().map(|row| row.int(0)).transpose()?.map(Timestamp::from_ms);
    let opened_at = Timestamp::parse(&row.opened_at);
    let opened_at = opened_at.ok_or_else(|| Failure::BadRow { table: "item", what: "no time".to_owned() })?;
    let outcome = row.outcome.filter(|_| row.state == ItemState::Closed);
    Ok(Standing { kind: row.kind, opened_at, outcome: outcome.map(|outcome| (outcome, at.unwrap_or(opened_at))) })
}

fn refused(unread: &Unread) -> Reply {
    let (status, code) = match unread {
        Unread::NotJson => (400, "malformed_json"),
        Unread::NoList => (422, "no_outcomes"),
        Unread::Head(_) => (422, "wrong_columns"),
        Unread::Empty => (422, "no_outcomes"),
        Unread::TooMany => (413, "too_many"),
    };
    problem(status, code, &sentence(&unread.to_string()))
}
