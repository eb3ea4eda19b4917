//! Two records that are one person: found, made one, and taken apart again.
//!
//! What a record brings is written down as it is brought, with what it took the place of, so that taking it apart puts back
//! exactly that. What came since stays with whom it came to.

use serde::{Deserialize, Serialize};
use shared::audit::Deed;
use shared::config::Config;
use shared::person::Standing;
use shared::search;
use shared::wire::config::Member;
use shared::wire::console::IdentifierView;
use shared::wire::people::{Alike, MergeView, PersonRow};

use super::ask::Reply;
use super::ratings::{self, Why};
use super::{Desk, audit, lifecycle, now_ms, problem, store, views};
use crate::error::Failure;
use crate::sql::{Db, Row, Tx, to_json};
use crate::{chance, clock, values};

/// The most people that are shown.
const MOST: i64 = 20;
/// The most on an item's page.
const ALIKE: i64 = 5;
/// How many of the items with some words are looked at for their people.
const LOOKED_AT: i64 = 400;
/// The most items whose history says it.
const TOLD: usize = 50;

/// What a record brought.
#[derive(Serialize, Deserialize)]
struct Moved {
    /// Its items.
    items: Vec<String>,
    /// Its identifiers: kind, key, as typed, standing.
    identifiers: Vec<[String; 4]>,
    /// Those of them that the other record had too, as it had them.
    both: Vec<[String; 4]>,
    /// What it gave for fields that are asked once.
    known: Vec<Given>,
    /// What that took the place of.
    replaced: Vec<Given>,
    /// The name of the other record before, where it has another now.
    name: Option<Name>,
    /// What the platform said happened to it, by its ids; an earlier version left that where it was.
    #[serde(default)]
    events: Vec<String>,
}

/// A value that was given for a field that is asked once, as its row has it.
#[derive(Clone, Serialize, Deserialize)]
struct Given {
    name: String,
    value: String,
    standing: String,
    source: String,
    at: i64,
}

impl Given {
    fn of(tx: &Tx<'_>, person: &str) -> Result<Vec<Self>, Failure> {
        let query = "SELECT name, value, standing, source, at FROM known_value WHERE person_id = ?";
        let read = |row: &Row| {
            let text = |column| row.text(column).map(str::to_owned);
            Ok(Self { name: text(0)?, value: text(1)?, standing: text(2)?, source: text(3)?, at: row.int(4)? })
        };
        tx.rows("known_value", query, values![person])?.iter().map(read).collect()
    }

    fn write(&self, tx: &Tx<'_>, person: &str) -> Result<(), Failure> {
        let query = "INSERT OR REPLACE INTO known_value (person_id, name, value, standing, source, at)
            VALUES (?, ?, ?, ?, ?, ?)";
        let Self { name, value, standing, source, at } = self;
        let bound = values![person, name.as_str(), value.as_str(), standing.as_str(), source.as_str(), *at];
        tx.write("known_value", query, bound)
    }

    /// The surer one stays, and of two equally sure the newer.
    fn rank(&self) -> (Option<Standing>, i64) {
        (Standing::from_tag(&self.standing), self.at)
    }
}

/// A person's name, and how sure it is.
#[derive(Serialize, Deserialize)]
struct Name {
    value: Option<String>,
    standing: Option<String>,
}

impl Name {
    fn rank(&self) -> Option<Standing> {
        self.standing.as_deref().and_then(Standing::from_tag)
    }
}

impl Desk {
    /// Who could be the same as a person; with words, who has them.
    pub(super) fn alike(&self, member: &Member, person: &str, text: Option<&str>) -> Result<Reply, Failure> {
        let people = match text.map(str::trim).filter(|text| !text.is_empty()) {
            None => alike(&self.db, person, MOST)?,
            Some(text) => match search::terms(text) {
                Some(terms) => with_words(&self.db, member, person, &terms)?,
                None => {
                    return Ok(problem(
                        422,
                        "invalid_query",
                        "Look for two letters at least, and for a hundred at most.",
                    ));
                }
            },
        };
        super::ok(&Alike { people })
    }

    /// Makes one record part of another.
    pub(super) fn merge(&self, config: &Config, member: &Member, into: &str, from: &str) -> Result<Reply, Failure> {
        if into == from {
            return Ok(problem(422, "same_person", "These are one record already."));
        }
        let (Some(_), Some(brought)) = (person_row(&self.db, into)?, person_row(&self.db, from)?) else {
            return Ok(problem(
                404,
                "unknown_person",
                "There is no such person, or they are part of another record by now.",
            ));
        };
        if brought.items == 0 {
            return Ok(problem(
                404,
                "unknown_person",
                "There is no such person, or they are part of another record by now.",
            ));
        }
        let query = "SELECT count(DISTINCT key) FROM identifier WHERE kind = 'user' AND person_id IN (?, ?)";
        let users: u32 = self.db.row("identifier", query, values![into, from])?.map_or(Ok(0), |row| row.number(0))?;
        if users > 1 {
            let says = "The platform knows these as two users: they are not one person.";
            return Ok(problem(409, "two_users", says));
        }
        let id = chance::id(clock::now())?;
        let who =
            brought.name.clone().or_else(|| brought.identifiers.first().map(|it| it.value.clone())).unwrap_or_default();
        let told = self.db.transaction(|tx| {
            let moved = bring(tx, into, from)?;
            let query = "INSERT INTO merge (id, person_id, from_id, who, items, moved, made_by, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
            let items = i64::try_from(moved.items.len()).unwrap_or(i64::MAX);
            let json = to_json("merge", &moved)?;
            tx.write("merge", query, values![id.as_str(), into, from, who.as_str(), items, json, member.id.as_str(), now_ms()])?;
            audit::note(tx, Some(&member.id), Deed::PeopleMerged, &format!("{from} into {into}"))?;
            note(tx, moved.items, "merged", member, &who)
        })?;
        told.iter().for_each(|item| self.tell(config, item));
        let merges = merges(&self.db, config, into)?;
        super::ok(&merges.into_iter().find(|merge| merge.id == id))
    }

    /// Takes a record out of another again.
    pub(super) fn separate(&self, config: &Config, member: &Member, into: &str, merge: &str) -> Result<Reply, Failure> {
        let query = "SELECT from_id, who, moved FROM merge WHERE id = ? AND person_id = ?";
        let Some(row) = self.db.row("merge", query, values![merge, into])? else {
            return Ok(problem(404, "unknown_merge", "These are two records already."));
        };
        let (from, who, moved) = (row.text(0)?.to_owned(), row.text(1)?.to_owned(), row.json::<Moved>(2)?);
        let told = self.db.transaction(|tx| {
            put_back(tx, into, &from, &moved)?;
            tx.write("merge", "DELETE FROM merge WHERE id = ?", values![merge])?;
            audit::note(tx, Some(&member.id), Deed::PeopleSeparated, &format!("{from} from {into}"))?;
            note(tx, moved.items, "separated", member, &who)
        })?;
        told.iter().for_each(|item| self.tell(config, item));
        Ok(Reply { status: 204, body: String::new(), readable: true })
    }
}

/// Other records that share an address or a number with this one.
pub fn alike_on_page(db: &Db, person: &str) -> Result<Vec<PersonRow>, Failure> {
    alike(db, person, ALIKE)
}

fn alike(db: &Db, person: &str, most: i64) -> Result<Vec<PersonRow>, Failure> {
    let query = "SELECT DISTINCT other.person_id FROM identifier AS mine
        JOIN identifier AS other ON other.kind = mine.kind AND other.key = mine.key
        WHERE mine.person_id = ?1 AND other.person_id <> ?1 LIMIT ?2";
    let found = db.rows("identifier", query, values![person, most])?;
    rows(db, found.iter().map(|row| row.text(0)))
}

fn with_words(db: &Db, member: &Member, except: &str, terms: &[String]) -> Result<Vec<PersonRow>, Failure> {
    let mut query = "SELECT DISTINCT person_id FROM (SELECT person_id FROM search CROSS JOIN item ON item_id = id
        WHERE queue IN (SELECT value FROM json_each(?)) AND person_id <> ?"
        .to_owned();
    let mut bound = values![to_json("queues", &member.queues)?, except];
    for term in terms {
        query.push_str(" AND instr(words, ?) > 0");
        bound.push(term.as_str().into());
    }
    query.push_str(" ORDER BY search.at DESC LIMIT ?) LIMIT ?");
    bound.extend(values![LOOKED_AT, MOST]);
    let found = db.rows("search", &query, bound)?;
    rows(db, found.iter().map(|row| row.text(0)))
}

fn rows<'a>(db: &Db, ids: impl Iterator<Item = Result<&'a str, Failure>>) -> Result<Vec<PersonRow>, Failure> {
    ids.filter_map(|id| id.and_then(|id| person_row(db, id)).transpose()).collect()
}

/// A person, in a list.
pub fn person_row(db: &Db, id: &str) -> Result<Option<PersonRow>, Failure> {
    let query =
        "SELECT name, items, (SELECT max(opened_at) FROM item WHERE person_id = person.id) FROM person WHERE id = ?";
    let Some(row) = db.row("person", query, values![id])? else { return Ok(None) };
    Ok(Some(PersonRow {
        id: id.to_owned(),
        name: row.maybe_text(0)?.map(str::to_owned),
        identifiers: identifiers(db, id)?,
        items: row.number(1)?,
        last_at: row.maybe_int(2)?.map(views::instant),
    }))
}

/// How somebody can be reached, and what proves it.
pub fn identifiers(db: &Db, person: &str) -> Result<Vec<IdentifierView>, Failure> {
    let query = "SELECT kind, typed, standing FROM identifier WHERE person_id = ? ORDER BY kind, key";
    let rows = db.rows("identifier", query, values![person])?;
    let view = |row: &Row| {
        Ok(IdentifierView {
            kind: row.text(0)?.to_owned(),
            value: row.text(1)?.to_owned(),
            verified: row.text(2)? == Standing::Verified.tag(),
        })
    };
    rows.iter().map(view).collect()
}

/// The records that became part of one, the first one first.
pub fn merges(db: &Db, config: &Config, person: &str) -> Result<Vec<MergeView>, Failure> {
    let query = "SELECT id, who, items, made_by, at FROM merge WHERE person_id = ? ORDER BY at, id";
    let rows = db.rows("merge", query, values![person])?;
    let view = |row: &Row| {
        Ok(MergeView {
            id: row.text(0)?.to_owned(),
            who: row.text(1)?.to_owned(),
            items: row.number(2)?,
            by: views::member_ref(config, row.text(3)?),
            at: views::instant(row.int(4)?),
        })
    };
    rows.iter().map(view).collect()
}

/// Brings everything of one record to another.
fn bring(tx: &Tx<'_>, into: &str, from: &str) -> Result<Moved, Failure> {
    let text = |row: &Row| row.text(0).map(str::to_owned);
    let items =
        tx.rows("item", "UPDATE item SET person_id = ? WHERE person_id = ? RETURNING id", values![into, from])?;
    let items: Vec<String> = items.iter().map(text).collect::<Result<_, _>>()?;

    let of = "SELECT kind, key, typed, standing FROM identifier WHERE person_id = ?";
    let brought = quads(&tx.rows("identifier", of, values![from])?)?;
    let had = quads(&tx.rows("identifier", of, values![into])?)?;
    for [kind, key, typed, standing] in &brought {
        let query = "INSERT INTO identifier (kind, key, person_id, typed, standing) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (kind, key, person_id) DO UPDATE SET standing = excluded.standing
            WHERE excluded.standing = 'verified'";
        let bound = values![kind.as_str(), key.as_str(), into, typed.as_str(), standing.as_str()];
        tx.write("identifier", query, bound)?;
    }
    let is_brought = |[kind, key, ..]: &[String; 4]| brought.iter().any(|[a, b, ..]| a == kind && b == key);
    let both = had.into_iter().filter(is_brought).collect();
    tx.write("identifier", "DELETE FROM identifier WHERE person_id = ?", values![from])?;

    let (known, had) = (Given::of(tx, from)?, Given::of(tx, into)?);
    let mut replaced = Vec::new();
    for given in &known {
        let mine = had.iter().find(|mine| mine.name == given.name);
        if mine.is_none_or(|mine| mine.rank() < given.rank()) {
            replaced.extend(mine.cloned());
            given.write(tx, into)?;
        }
    }
    tx.write("known_value", "DELETE FROM known_value WHERE person_id = ?", values![from])?;

    let name = bring_name(tx, into, from)?;
    let events = lifecycle::bring(tx, into, from)?;
    count(tx, into)?;
    count(tx, from)?;
    ratings::mark_person(tx, into, Why::Outcome)?;
    Ok(Moved { items, identifiers: brought, both, known, replaced, name, events })
}

/// The surer of two names stays; of two equally sure ones that of the record that stays. What it was before, if it is another.
fn bring_name(tx: &Tx<'_>, into: &str, from: &str) -> Result<Option<Name>, Failure> {
    let of = |person: &str| -> Result<Name, Failure> {
        let rows = tx.rows("person", "SELECT name, name_standing FROM person WHERE id = ?", values![person])?;
        let row = rows.first().ok_or_else(|| Failure::BadRow { table: "person", what: person.to_owned() })?;
        let text = |column| row.maybe_text(column).map(|text| text.map(str::to_owned));
        Ok(Name { value: text(0)?, standing: text(1)? })
    };
    let (had, brought) = (of(into)?, of(from)?);
    if brought.value.is_none() || (had.value.is_some() && had.rank() >= brought.rank()) {
        return Ok(None);
    }
    let query = "UPDATE person SET name = ?, name_standing = ? WHERE id = ?";
    tx.write("person", query, values![brought.value.as_deref(), brought.standing.as_deref(), into])?;
    Ok(Some(had))
}

/// Puts everything back that a record brought, as far as it is still there.
fn put_back(tx: &Tx<'_>, into: &str, from: &str, moved: &Moved) -> Result<(), Failure> {
    let ids = to_json("items", &moved.items)?;
    let query = "UPDATE item SET person_id = ?1 WHERE person_id = ?2 AND id IN (SELECT value FROM json_each(?3))";
    tx.write("item", query, values![from, into, ids])?;
    for [kind, key, typed, standing] in &moved.identifiers {
        // What both had stays with both, as sure as each was of it.
        let bound = values![kind.as_str(), key.as_str(), into];
        match moved.both.iter().find(|[a, b, ..]| a == kind && b == key) {
            Some([.., was]) => {
                let query = "UPDATE identifier SET standing = ?4 WHERE kind = ?1 AND key = ?2 AND person_id = ?3";
                tx.write("identifier", query, values![kind.as_str(), key.as_str(), into, was.as_str()])?;
            }
            None => {
                tx.write("identifier", "DELETE FROM identifier WHERE kind = ? AND key = ? AND person_id = ?", bound)?;
            }
        }
        let query = "INSERT OR IGNORE INTO identifier (kind, key, person_id, typed, standing) VALUES (?, ?, ?, ?, ?)";
        let bound = values![kind.as_str(), key.as_str(), from, typed.as_str(), standing.as_str()];
        tx.write("identifier", query, bound)?;
    }
    for given in &moved.known {
        let query = "DELETE FROM known_value WHERE person_id = ? AND name = ? AND value = ? AND at = ? RETURNING 1";
        let bound = values![into, given.name.as_str(), given.value.as_str(), given.at];
        let is_there_still = !tx.rows("known_value", query, bound)?.is_empty();
        given.write(tx, from)?;
        if let Some(had) = moved.replaced.iter().find(|had| is_there_still && had.name == given.name) {
            had.write(tx, into)?;
        }
    }
    if let Some(Name { value, standing }) = &moved.name {
        // Unless they gave another one since.
        let query = "UPDATE person SET name = ?1, name_standing = ?2
            WHERE id = ?3 AND name IS (SELECT name FROM person WHERE id = ?4)";
        tx.write("person", query, values![value.as_deref(), standing.as_deref(), into, from])?;
    }
    lifecycle::put_back(tx, into, from, &moved.events)?;
    count(tx, into)?;
    count(tx, from)?;
    ratings::mark_person(tx, into, Why::Outcome)?;
    ratings::mark_person(tx, from, Why::Outcome)
}

/// Counts somebody's items anew.
fn count(tx: &Tx<'_>, person: &str) -> Result<(), Failure> {
    let query = "UPDATE person SET items = (SELECT count(*) FROM item WHERE person_id = ?1),
        open_items = (SELECT count(*) FROM item WHERE person_id = ?1 AND is_open = 1) WHERE id = ?1";
    tx.write("person", query, values![person])
}

/// Says it in the history of the items, of many the latest only; these come back.
fn note(tx: &Tx<'_>, mut items: Vec<String>, event: &str, by: &Member, who: &str) -> Result<Vec<String>, Failure> {
    // Ids sort by time.
    items.sort_unstable_by(|a, b| b.cmp(a));
    items.truncate(TOLD);
    for item in &items {
        let changed = store::write_event(tx, item, now_ms(), event, Some(&by.id), who)?;
        tx.write("item", "UPDATE item SET changed = ? WHERE id = ?", values![changed, item.as_str()])?;
    }
    Ok(items)
}

fn quads(rows: &[Row]) -> Result<Vec<[String; 4]>, Failure> {
    let quad = |row: &Row| {
        let text = |column| row.text(column).map(str::to_owned);
        Ok([text(0)?, text(1)?, text(2)?, text(3)?])
    };
    rows.iter().map(quad).collect()
}
