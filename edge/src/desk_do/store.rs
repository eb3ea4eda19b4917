//! Rows to domain and back, for what a decision reads and writes.

use shared::complaint::Complaint;
use shared::config::Config;
use shared::desk::{Arrival, Decision, KnownPerson, LookUp};
use shared::fate::Fate;
use shared::lifecycle;
use shared::person::{Identifier, Known, Standing, keep};
use shared::pool::Team;
use shared::submission::{Submission, SubmissionId};
use shared::time::Timestamp;

use super::{assign, notices, outbox, promises, ratings, views};
use crate::error::Failure;
use crate::sql::{Count, Db, Row, Tx, to_json};
use crate::{clock, values};

/// Open items, by queue.
const OPEN: Count = Count {
    table: "queue",
    add: "INSERT INTO queue (id, open) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET open = open + excluded.open",
};
/// Ends of submissions, by what they are and by day.
pub const FATES: Count = Count {
    table: "fate",
    add: "INSERT INTO fate (tag, day, count) VALUES (?, ?, ?)
        ON CONFLICT (tag, day) DO UPDATE SET count = count + excluded.count",
};

/// How long what others are told waits for what comes next, in milliseconds.
const TELLING_MS: i64 = 100;

/// A submission that is here already.
pub struct Earlier {
    /// Its form.
    pub form: String,
    /// Its values, as they were stored.
    pub values: String,
    /// Its receipt, as it was answered.
    pub receipt: String,
}

/// The latest configuration.
pub fn latest_config(db: &Db) -> Result<Option<Config>, Failure> {
    let query = "SELECT version, source FROM config ORDER BY version DESC LIMIT 1";
    let Some(row) = db.row("config", query, values![])? else { return Ok(None) };
    let version = row.number(0)?;
    let config = Config::parse(version, row.json(1)?);
    // It was checked when it was saved: rules that have become stricter since must be migrated with it.
    config.map(Some).map_err(|problems| Failure::BadRow { table: "config", what: format!("{problems:?}") })
}

/// The submission of this id, if it was taken or held before.
pub fn earlier(db: &Db, site: &str, id: &SubmissionId) -> Result<Option<Earlier>, Failure> {
    const QUERY: &str = "
        SELECT form, vals, receipt FROM submission WHERE site = ?1 AND id = ?2
        UNION ALL SELECT form, vals, receipt FROM held WHERE site = ?1 AND submission_id = ?2";
    let row = db.row("submission", QUERY, values![site, id.as_str()])?;
    row.map(|row| {
        Ok(Earlier { form: row.text(0)?.to_owned(), values: row.text(1)?.to_owned(), receipt: row.text(2)?.to_owned() })
    })
    .transpose()
}

/// Whoever is known by this: by the platform's id of them, or else by their address. Only the address, since two people
/// of one household share a telephone.
pub fn find_person(db: &Db, by: &LookUp) -> Result<Option<KnownPerson>, Failure> {
    const BY_KEY: &str = "
        SELECT person.id, person.items, person.open_items, person.stage, person.referrals
        FROM identifier JOIN person ON person.id = identifier.person_id
        WHERE kind = ? AND key = ? ORDER BY standing = 'verified' DESC, person.created_at LIMIT 1";
    // A verified user takes over whoever only had their address, but nobody who is another user.
    const BY_KEY_OF_NO_USER: &str = "
        SELECT person.id, person.items, person.open_items, person.stage, person.referrals
        FROM identifier JOIN person ON person.id = identifier.person_id
        WHERE kind = ? AND key = ? AND NOT EXISTS (
            SELECT 1 FROM identifier AS other WHERE other.person_id = person.id AND other.kind = 'user')
        ORDER BY standing = 'verified' DESC, person.created_at LIMIT 1";
    let find = |query: &str, identifier: &Identifier| {
        db.row("person", query, values![identifier.kind.tag(), identifier.key.as_str()])
    };
    let mut row = by.user.as_ref().map(|user| find(BY_KEY, user)).transpose()?.flatten();
    if let (None, Some(email)) = (&row, &by.email) {
        row = find(if by.user.is_some() { BY_KEY_OF_NO_USER } else { BY_KEY }, email)?;
    }
    row.map(|row| known(db, &row)).transpose()
}

/// Whoever has this id.
pub fn person(db: &Db, id: &str) -> Result<Option<KnownPerson>, Failure> {
    let query = "SELECT id, items, open_items, stage, referrals FROM person WHERE id = ?";
    db.row("person", query, values![id])?.map(|row| known(db, &row)).transpose()
}

fn known(db: &Db, row: &Row) -> Result<KnownPerson, Failure> {
    let (id, items, open_items) = (row.text(0)?.to_owned(), row.number(1)?, row.number(2)?);
    let (won, complaints, owner) = history(db, &id, "")?;
    let (stage, referrals) = (row.maybe_text(3)?.and_then(lifecycle::Kind::from_tag), row.number(4)?);
    Ok(KnownPerson { id, items, open_items, won, complaints, owner, stage, referrals })
}

/// What somebody is to us beside one of their items, which is open; nothing, where they have no other and the platform says
/// nothing of them.
pub fn person_beside(db: &Db, person: &str, item: &str) -> Result<Option<KnownPerson>, Failure> {
    let query = "SELECT items - 1, open_items - 1, stage, referrals FROM person
        WHERE id = ? AND (items > 1 OR stage IS NOT NULL OR referrals > 0)";
    let row = db.row("person", query, values![person])?;
    row.map(|row| {
        let (won, complaints, owner) = history(db, person, item)?;
        Ok(KnownPerson {
            id: person.to_owned(),
            items: row.number(0)?,
            open_items: u32::try_from(row.int(1)?).unwrap_or(0),
            won,
            complaints,
            owner,
            stage: row.maybe_text(2)?.and_then(lifecycle::Kind::from_tag),
            referrals: row.number(3)?,
        })
    })
    .transpose()
}

/// How many of somebody's latest hundred items, but one, were won, how many of those are complaints that are open, and whose the
/// last one was: a bound on the work, where a machine writes under one address.
fn history(db: &Db, person: &str, except: &str) -> Result<(u32, u32, Option<String>), Failure> {
    let query = "
        WITH latest AS (SELECT outcome, complaint, is_open, owner, opened_at FROM item WHERE person_id = ? AND id <> ?
            ORDER BY opened_at DESC LIMIT 100)
        SELECT count(*) FILTER (WHERE outcome = 'won'), count(*) FILTER (WHERE complaint = 1 AND is_open = 1),
            (SELECT owner FROM latest WHERE owner IS NOT NULL ORDER BY opened_at DESC LIMIT 1)
        FROM latest";
    let row = db.row("item", query, values![person, except])?;
    row.map_or(Ok((0, 0, None)), |row| Ok((row.number(0)?, row.number(1)?, row.maybe_text(2)?.map(str::to_owned))))
}

/// The values of a submission as they are stored, and compared.
pub fn values_json(submission: &Submission) -> Result<String, Failure> {
    to_json("values", &submission.values().iter().collect::<Vec<_>>())
}

/// When something that this decision started falls due first. What others are told of it waits a moment for what comes next: one turn of
/// the alarm sends for all of them.
pub fn first_due(decision: &Decision, at: Timestamp) -> Timestamp {
    let first = decision.timers.iter().map(|timer| timer.next).chain(decision.due.again).min();
    // What others of the same person are worth may be another thing now.
    let is_soon = decision.told.iter().any(|told| told.of_this) || !decision.person.is_new;
    let soon = Timestamp::from_ms(at.as_ms() + TELLING_MS);
    if is_soon { first.map_or(soon, |first| first.min(soon)) } else { first.unwrap_or(at) }
}

/// Writes everything that one decision says, and the team that its pick leaves. The items that waited for this person, and no
/// longer do, come back.
pub fn write_decision(
    tx: &Tx<'_>,
    config: &Config,
    arrival: &Arrival<'_>,
    decision: &Decision,
    team: Option<&Team>,
) -> Result<Vec<String>, Failure> {
    let at = arrival.at.as_ms();
    write_person(tx, decision, at)?;
    let opened = values![decision.item.id.as_str(), at, arrival.form.source().title.as_str()];
    tx.write("history", "INSERT INTO history (item_id, at, kind, body) VALUES (?, ?, 'opened', ?)", opened)?;
    write_item(tx, config, arrival, decision)?;
    assign::write_first(tx, config, arrival, decision, team)?;
    let found_by = values![at, decision.item.id.as_str(), decision.item.words.as_str()];
    tx.write("search", "INSERT INTO search (at, item_id, words) VALUES (?, ?, ?)", found_by)?;
    ratings::write_first(tx, arrival, decision)?;
    tx.write(
        "submission",
        "INSERT INTO submission (site, id, form, vals, receipt, item_id, received_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
        values![
            arrival.site.id.as_str(),
            arrival.submission.id().as_str(),
            arrival.form.source().id.as_str(),
            values_json(arrival.submission)?,
            to_json("receipt", &decision.receipt)?,
            decision.item.id.as_str(),
            at,
        ],
    )?;
    for timer in &decision.timers {
        promises::start(tx, &decision.item.id, timer, &decision.route.rule, arrival.at)?;
    }
    for consent in &decision.consents {
        tx.write(
            "consent",
            "INSERT INTO consent (site, submission_id, field, purpose, version, text, lang, at)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            values![
                arrival.site.id.as_str(),
                arrival.submission.id().as_str(),
                consent.field.as_str(),
                consent.purpose.as_str(),
                consent.version.as_str(),
                consent.text.as_str(),
                consent.lang.as_str(),
                consent.at.as_ms(),
            ],
        )?;
    }
    outbox::write_opened(tx, config, arrival, decision)?;
    change_open(tx, &decision.route.queue, 1)?;
    count_fate(tx, decision.fate)?;
    if decision.person.is_new {
        return Ok(Vec::new());
    }
    if let Some(complaint) = &decision.complaint {
        notices::write_to_renewal(tx, config, &decision.item.id, &complaint.reason())?;
    }
    promises::answered(tx, config, &decision.person.id, arrival.at)
}

/// Notes what happened to an item; the number it gets is the number of the change.
pub fn write_event(
    tx: &Tx<'_>,
    item: &str,
    at: i64,
    kind: &str,
    actor: Option<&str>,
    body: &str,
) -> Result<i64, Failure> {
    write_given(tx, item, at, (kind, actor), None, body)
}

/// The same, of an item that changed hands: with whom it was given to, or taken from.
pub fn write_given(
    tx: &Tx<'_>,
    item: &str,
    at: i64,
    (kind, actor): (&str, Option<&str>),
    to: Option<&str>,
    body: &str,
) -> Result<i64, Failure> {
    let query =
        "INSERT INTO history (item_id, at, kind, actor, body, given_to) VALUES (?, ?, ?, ?, ?, ?) RETURNING seq";
    let rows = tx.rows("history", query, values![item, at, kind, actor, body, to])?;
    rows.first().ok_or(Failure::BadRow { table: "history", what: "no number".to_owned() })?.int(0)
}

/// Counts a queue's open items up or down.
pub fn change_open(tx: &Tx<'_>, queue: &str, by: i64) -> Result<(), Failure> {
    tx.add(OPEN, (queue, None), by)
}

/// Takes one end of a submission back, of the day on which it was counted: it has another now.
pub fn uncount_fate(tx: &Tx<'_>, fate: Fate, at: Timestamp) -> Result<(), Failure> {
    // Of a day that is not told apart any more, its count is with those before.
    let query = "UPDATE fate SET count = count - 1 WHERE tag = ?1
        AND day = (SELECT max(day) FROM fate WHERE tag = ?1 AND day IN (0, ?2))";
    tx.write("fate", query, values![fate.tag(), at.day()])
}

/// Counts one end of a submission.
pub fn count_fate(tx: &Tx<'_>, fate: Fate) -> Result<(), Failure> {
    tx.add(FATES, (fate.tag(), Some(clock::now().day())), 1)
}

fn write_person(tx: &Tx<'_>, decision: &Decision, at: i64) -> Result<(), Failure> {
    let person = &decision.person;
    if person.is_new {
        let name = person.name.as_ref().map(|name| name.value.as_str());
        let standing = person.name.as_ref().map(|name| name.standing.tag());
        tx.write(
            "person",
            "INSERT INTO person (id, name, name_standing, items, open_items, created_at) VALUES (?, ?, ?, 1, 1, ?)",
            values![person.id.as_str(), name, standing, at],
        )?;
    } else {
        tx.write(
            "person",
            "UPDATE person SET items = items + 1, open_items = open_items + 1 WHERE id = ?",
            values![person.id.as_str()],
        )?;
        if let Some(name) = &person.name {
            keep_name(tx, &person.id, name.clone())?;
        }
    }
    for identifier in &person.identifiers {
        // What is there already stays as it is; what was claimed may become verified, never the other way round.
        tx.write(
            "identifier",
            "INSERT INTO identifier (kind, key, person_id, typed, standing) VALUES (?, ?, ?, ?, ?)
             ON CONFLICT (kind, key, person_id) DO UPDATE SET standing = excluded.standing
             WHERE excluded.standing = 'verified'",
            values![
                identifier.kind.tag(),
                identifier.key.as_str(),
                person.id.as_str(),
                identifier.typed.as_str(),
                identifier.standing.tag(),
            ],
        )?;
    }
    Ok(())
}

fn keep_name(tx: &Tx<'_>, person: &str, name: Known) -> Result<(), Failure> {
    let rows = tx.rows("person", "SELECT name, name_standing FROM person WHERE id = ?", values![person])?;
    let old = rows.first().map(known_name).transpose()?.flatten();
    let kept = keep(old, name);
    let query = "UPDATE person SET name = ?, name_standing = ? WHERE id = ?";
    tx.write("person", query, values![kept.value, kept.standing.tag(), person])
}

fn known_name(row: &Row) -> Result<Option<Known>, Failure> {
    let damaged = || Failure::BadRow { table: "person", what: "name_standing".to_owned() };
    let Some(value) = row.maybe_text(0)? else { return Ok(None) };
    let standing = row.maybe_text(1)?.and_then(Standing::from_tag).ok_or_else(damaged)?;
    Ok(Some(Known { value: value.to_owned(), standing }))
}

/// Writes an item. Its opening was written just before: that is its last change.
fn write_item(tx: &Tx<'_>, config: &Config, arrival: &Arrival<'_>, decision: &Decision) -> Result<(), Failure> {
    let trace = views::Trace::of(config, arrival, decision);
    let rating = &decision.rating;
    let ms = |at: Option<Timestamp>| at.map(Timestamp::as_ms);
    tx.write(
        "item",
        "INSERT INTO item (id, reference, queue, kind, state, is_open, who, summary, tier, score, site, opened_at,
            answer_by, touched, changed, person_id, submission_id, trace, complaint, complaint_reason, chance, rate_at,
            fades_at, owner, channel)
         VALUES (?, ?, ?, ?, 'open', 1, ?, ?, ?, ?, ?, ?, ?, 0, last_insert_rowid(), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        values![
            decision.item.id.as_str(),
            decision.receipt.reference.as_str(),
            decision.route.queue.as_str(),
            arrival.form.source().kind.tag(),
            decision.item.who.as_str(),
            decision.item.summary.as_str(),
            rating.score.tier().to_string(),
            rating.points(),
            arrival.site.id.as_str(),
            arrival.at.as_ms(),
            decision.route.answer_by.as_ms(),
            decision.person.id.as_str(),
            arrival.submission.id().as_str(),
            to_json("trace", &trace)?,
            i64::from(decision.complaint.is_some()),
            decision.complaint.as_ref().map(Complaint::reason),
            rating.chance().map(i64::from),
            ms(decision.due.again),
            ms(decision.due.fades),
            decision.pick.chosen.as_ref().map(|chosen| chosen.member.as_str()),
            arrival.submission.channel().tag(),
        ],
    )
}
