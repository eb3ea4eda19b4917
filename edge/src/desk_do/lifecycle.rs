//! What the platform says happened to customers. An event is written once, under its own id, with what it changes: where the
//! person stands, what their items are worth, and, where they bought, the lead that it was.

use shared::config::Config;
use shared::lifecycle::{Entry, Event, Kind, Unread, read};
use shared::outcome::Reported;
use shared::time::Timestamp;
use shared::wire::console::Outcome;
use shared::wire::lifecycle::{EventLine, EventsTold, HappenedView, StageView};

use super::ask::Reply;
use super::learner::Lesson;
use super::ratings::{self, Why};
use super::staff::sentence;
use super::team::Moved;
use super::{Desk, now_ms, outcomes, privacy, problem, store, views};
use crate::error::Failure;
use crate::sql::{Db, Row, Tx, to_json};
use crate::{chance, values};

/// The most open items of somebody whose history says what happened.
const TOLD_ITEMS: i64 = 20;
/// The most events that are shown with a person.
const SHOWN: i64 = 20;

/// What a report changes beside its rows.
struct Changes<'a> {
    moved: &'a mut Vec<(String, Moved)>,
    lesson: &'a mut Lesson,
    touched: &'a mut Vec<String>,
}

impl Desk {
    /// Takes a report: all of it that can be read, in one transaction.
    pub(super) fn lifecycle(&self, config: &Config, text: &str) -> Result<Reply, Failure> {
        let now = Timestamp::from_ms(now_ms());
        let entries = match read(text, now) {
            Ok(entries) => entries,
            Err(unread) => return Ok(refused(unread)),
        };
        let mut lesson = self.lesson(config)?;
        let secret = self.secret()?;
        let (mut moved, mut touched) = (Vec::new(), Vec::new());
        let told = self.db.transaction(|tx| {
            let mut told = EventsTold::default();
            for entry in entries {
                let changes = Changes { moved: &mut moved, lesson: &mut lesson, touched: &mut touched };
                let line = match privacy::was_event(&self.db, &secret, &entry.id)? {
                    true => line(&entry, "known", ""),
                    false => take(tx, config, entry, now, changes)?,
                };
                match line.code.as_str() {
                    "taken" => told.taken += 1,
                    "known" => told.known += 1,
                    _ => told.refused += 1,
                }
                told.lines.push(line);
            }
            lesson.write(tx)?;
            Ok(told)
        })?;
        self.keep_lesson(lesson);
        self.note_moved(config, moved.iter().map(|(_, moved)| moved));
        self.assign_after(config);
        for item in moved.into_iter().map(|(item, _)| item).chain(touched) {
            self.tell(config, &item);
        }
        super::ok(&told)
    }
}

fn line(entry: &Entry, code: &str, says: &str) -> EventLine {
    EventLine {
        line: entry.line,
        id: entry.id.clone(),
        code: code.to_owned(),
        won: None,
        says: says.to_owned(),
        fields: Vec::new(),
    }
}

/// Where somebody stands, and how many they brought.
pub fn standing(db: &Db, person: &str) -> Result<(Option<StageView>, u32), Failure> {
    let query = "SELECT stage, stage_at, referrals,
            (SELECT id FROM lifecycle WHERE person_id = person.id AND kind = stage AND at = stage_at ORDER BY told_at DESC LIMIT 1)
        FROM person WHERE id = ?";
    let Some(row) = db.row("person", query, values![person])? else { return Ok((None, 0)) };
    let stage = match (row.maybe_text(0)?, row.maybe_int(1)?) {
        (Some(stage), Some(at)) => Some(StageView {
            stage: stage.to_owned(),
            at: views::instant(at),
            event: row.maybe_text(3)?.map(str::to_owned),
        }),
        _ => None,
    };
    Ok((stage, row.number(2)?))
}

/// What happened to somebody, the latest first.
pub fn happened(db: &Db, person: &str) -> Result<Vec<HappenedView>, Failure> {
    let query = "SELECT id, kind, at, told_at, note FROM lifecycle WHERE person_id = ? ORDER BY at DESC, id LIMIT ?";
    let view = |row: &Row| {
        Ok(HappenedView {
            id: row.text(0)?.to_owned(),
            kind: row.text(1)?.to_owned(),
            at: views::instant(row.int(2)?),
            told_at: views::instant(row.int(3)?),
            note: row.text(4)?.to_owned(),
        })
    };
    db.rows("lifecycle", query, values![person, SHOWN])?.iter().map(view).collect()
}

/// Brings what happened to one record to another; the ids of the events. Both stand then as what is theirs says.
pub fn bring(tx: &Tx<'_>, into: &str, from: &str) -> Result<Vec<String>, Failure> {
    let query = "UPDATE lifecycle SET person_id = ? WHERE person_id = ? RETURNING id";
    let brought = tx.rows("lifecycle", query, values![into, from])?;
    stand(tx, into)?;
    stand(tx, from)?;
    brought.iter().map(|row| row.text(0).map(str::to_owned)).collect()
}

/// Puts back what [`bring`] brought.
pub fn put_back(tx: &Tx<'_>, into: &str, from: &str, events: &[String]) -> Result<(), Failure> {
    let query = "UPDATE lifecycle SET person_id = ?1 WHERE person_id = ?2 AND id IN (SELECT value FROM json_each(?3))";
    tx.write("lifecycle", query, values![from, into, to_json("lifecycle", &events)?])?;
    stand(tx, into)?;
    stand(tx, from)
}

/// Lets somebody stand where the last event says, by its own time.
fn stand(tx: &Tx<'_>, person: &str) -> Result<(), Failure> {
    let query = "UPDATE person SET (stage, stage_at) = (SELECT kind, at FROM lifecycle
            WHERE person_id = ?1 AND kind <> ?2 ORDER BY at DESC, told_at DESC LIMIT 1),
        referrals = (SELECT count(*) FROM lifecycle WHERE person_id = ?1 AND kind = ?2) WHERE id = ?1";
    tx.write("person", query, values![person, Kind::Referred.tag()])
}

fn take(
    tx: &Tx<'_>,
    config: &Config,
    entry: Entry,
    now: Timestamp,
    changes: Changes<'_>,
) -> Result<EventLine, Failure> {
    let line = |code: &str, says: &str| line(&entry, code, says);
    let event = match &entry.read {
        Ok(event) => event,
        Err(fields) => return Ok(EventLine { fields: fields.clone(), ..line("invalid", "Some fields are wrong.") }),
    };
    let kept = to_json("event", &(event.kind.tag(), event.who.iter().map(|who| &who.key).collect::<Vec<_>>()))?;
    let earlier = tx.rows("lifecycle", "SELECT said FROM lifecycle WHERE id = ?", values![event.id.as_str()])?;
    if let Some(row) = earlier.first() {
        return Ok(match row.text(0)? == kept {
            true => line("known", ""),
            false => line("id_reused", "This id was used before, for something else."),
        });
    }
    let person = person_of(tx, event, now)?;
    tx.write(
        "lifecycle",
        "INSERT INTO lifecycle (id, person_id, kind, at, told_at, note, said) VALUES (?, ?, ?, ?, ?, ?, ?)",
        values![
            event.id.as_str(),
            person.as_str(),
            event.kind.tag(),
            event.at.as_ms(),
            now.as_ms(),
            event.note.as_str(),
            kept,
        ],
    )?;
    if event.kind.is_stage() {
        // What is told late does not undo what happened after it.
        let query =
            "UPDATE person SET stage = ?1, stage_at = ?2 WHERE id = ?3 AND (stage_at IS NULL OR stage_at <= ?2)";
        tx.write("person", query, values![event.kind.tag(), event.at.as_ms(), person.as_str()])?;
    } else {
        let query = "UPDATE person SET referrals = referrals + 1 WHERE id = ?";
        tx.write("person", query, values![person.as_str()])?;
    }
    note_on_items(tx, &person, event, now, changes.touched)?;
    let won = match event.kind {
        Kind::Purchased => win(tx, config, &person, event, now, (changes.moved, changes.lesson))?,
        _ => None,
    };
    ratings::mark_person(tx, &person, Why::Lifecycle)?;
    Ok(EventLine { won, ..line("taken", "") })
}

/// The person, by the surest of what is said; a new one, where nobody is known by any of it.
fn person_of(tx: &Tx<'_>, event: &Event, now: Timestamp) -> Result<String, Failure> {
    const FIND: &str = "SELECT person_id FROM identifier JOIN person ON person.id = identifier.person_id
        WHERE kind = ? AND key = ? ORDER BY standing = 'verified' DESC, person.created_at LIMIT 1";
    let mut found = None;
    for who in &event.who {
        let rows = tx.rows("identifier", FIND, values![who.kind.tag(), who.key.as_str()])?;
        found = rows.first().map(|row| row.text(0).map(str::to_owned)).transpose()?;
        if found.is_some() {
            break;
        }
    }
    let person = match found {
        Some(person) => person,
        None => {
            let person = chance::id(now)?;
            let query = "INSERT INTO person (id, items, open_items, created_at) VALUES (?, 0, 0, ?)";
            tx.write("person", query, values![person.as_str(), now.as_ms()])?;
            person
        }
    };
    for who in &event.who {
        tx.write(
            "identifier",
            "INSERT INTO identifier (kind, key, person_id, typed, standing) VALUES (?, ?, ?, ?, ?)
             ON CONFLICT (kind, key, person_id) DO UPDATE SET standing = excluded.standing",
            values![who.kind.tag(), who.key.as_str(), person.as_str(), who.typed.as_str(), who.standing.tag()],
        )?;
    }
    Ok(person)
}

/// Says it on what is open of theirs, and on their last item where nothing is.
fn note_on_items(
    tx: &Tx<'_>,
    person: &str,
    event: &Event,
    now: Timestamp,
    touched: &mut Vec<String>,
) -> Result<(), Failure> {
    let query = "SELECT id FROM item WHERE person_id = ?1 AND (is_open = 1
            OR id = (SELECT id FROM item WHERE person_id = ?1 ORDER BY opened_at DESC LIMIT 1))
        ORDER BY opened_at DESC LIMIT ?2";
    let text = match event.note.as_str() {
        "" => event.kind.tag().to_owned(),
        note => format!("{}: {note}", event.kind.tag()),
    };
    for row in tx.rows("item", query, values![person, TOLD_ITEMS])? {
        let changed = store::write_event(tx, row.text(0)?, now.as_ms(), "lifecycle", None, &text)?;
        // An open console reads it again.
        tx.write("item", "UPDATE item SET changed = ? WHERE id = ?", values![changed, row.text(0)?])?;
        touched.push(row.text(0)?.to_owned());
    }
    Ok(())
}

/// Who bought was won by the last lead of theirs that was open by then: it is closed, and says so.
fn win(
    tx: &Tx<'_>,
    config: &Config,
    person: &str,
    event: &Event,
    now: Timestamp,
    (moved, lesson): (&mut Vec<(String, Moved)>, &mut Lesson),
) -> Result<Option<String>, Failure> {
    let query = "SELECT id, reference FROM item
        WHERE person_id = ? AND is_open = 1 AND kind IN ('inquiry', 'trial') AND opened_at <= ?
        ORDER BY opened_at DESC LIMIT 1";
    let rows = tx.rows("item", query, values![person, event.at.as_ms()])?;
    let Some(row) = rows.first() else { return Ok(None) };
    let reason = if event.note.is_empty() { "Bought, the platform says" } else { &event.note };
    let reported =
        Reported { item: row.text(0)?.to_owned(), outcome: Outcome::Won, reason: reason.to_owned(), at: event.at };
    let taken = outcomes::judge_and_write(tx, config, &reported, now, (moved, lesson))?;
    taken.is_ok().then(|| row.text(1).map(str::to_owned)).transpose()
}

fn refused(unread: Unread) -> Reply {
    let (status, code) = match unread {
        Unread::NotJson => (400, "malformed_json"),
        Unread::NoList | Unread::Empty => (422, "no_events"),
        Unread::TooMany => (413, "too_many"),
    };
    problem(status, code, &sentence(&unread.to_string()))
}
