//! Who is in which arm of an experiment, under the names of [`crate::who`], and the totals of what they did. A total is written
//! in the transaction that writes what it counts, so it is exact however often something is told.
//!
//! **Once for each visitor.** A row is counted under one name only ([`ArmRow::counted_as`]); under the others it is a copy. What has
//! been seen stays where it was counted; what has not follows the name that says most.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use shared::condition::SavedGroups;
use shared::experiment::{Assignment, Document, Documents, Experiment, Mode, Subject, assign};
use shared::experiments::tally::{Count, counted};
use shared::prompt::{Gate, Offer};
use shared::time::Timestamp;
use shared::wire;
use shared::wire::experiment::Measure;

use crate::error::Failure;
use crate::sql::{Db, Row, Tx};
use crate::{tally, values, who};

/// The most that a page may say that drawing a prompt cost it, in milliseconds.
pub const MAX_COST_MS: u32 = 10_000;
/// The name of the id by which visitors are told apart.
const UNIT: &str = "visitor";

/// The tables. Days are in UTC, since 1970.
pub const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS arm (
        who TEXT NOT NULL, experiment TEXT NOT NULL, version INTEGER NOT NULL, arm TEXT NOT NULL, phase INTEGER NOT NULL,
        prompt TEXT NOT NULL, site TEXT NOT NULL, device TEXT NOT NULL, at INTEGER NOT NULL, seen_on INTEGER,
        opened_on INTEGER, started_on INTEGER, cost INTEGER, crossed INTEGER NOT NULL DEFAULT 0,
        counted_as TEXT NOT NULL, PRIMARY KEY (who, experiment, version)
    ) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS arm_by_age ON arm (at);
";

/// An experiment that runs, as the Worker hands it on: without what its arms show.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Trial {
    /// The experiment.
    pub experiment: wire::Experiment,
    /// The ids of its arms' prompts, the control's first.
    pub prompts: Vec<String>,
    /// Whether visitors are counted when a trigger fires, and not when they see something.
    pub is_met: bool,
}

/// What is asked of experiments together with prompts.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Trials {
    /// Those that run on the prompts that are asked for.
    pub trials: Vec<Trial>,
    /// What audiences read.
    pub facts: Value,
    /// The page's address, where an editor looks at it: it may name arms.
    pub editor_url: String,
    /// Nobody is assigned: a program reads the page.
    pub is_off: bool,
    /// The site's id.
    pub site: String,
    /// `phone` or `desktop`.
    pub device: String,
}

/// Somebody in an arm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArmRow {
    /// The experiment's key.
    pub experiment: String,
    /// Its bucket version.
    pub version: u64,
    /// The arm's key.
    pub arm: String,
    /// Which of its weights were in force.
    pub phase: u32,
    /// The id of the prompt that they see.
    pub prompt: String,
    /// The site on which they got it.
    pub site: String,
    /// On what.
    pub device: String,
    /// When, in milliseconds.
    pub at: i64,
    /// The day on which they were counted.
    pub seen_on: Option<i64>,
    /// Whether they saw another arm too.
    pub crossed: bool,
    /// The name under which they are counted.
    pub counted_as: String,
}

/// Where somebody stands in one experiment.
struct Placed<'a> {
    trial: &'a Trial,
    assignment: Assignment,
    /// What is to be kept of it; nothing where chance did not put them there.
    row: Option<ArmRow>,
}

/// Where somebody stands in all experiments that are asked about.
pub struct Places<'a>(Vec<Placed<'a>>);

impl ArmRow {
    fn is_of(&self, experiment: &wire::Experiment) -> bool {
        self.experiment == experiment.key && self.version == experiment.bucket_version
    }
}

/// Somebody who saw two arms of an experiment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Crossed {
    /// The experiment's key.
    pub experiment: String,
    /// Its bucket version.
    pub version: u64,
    /// The names under which they were counted.
    pub counted_as: [String; 2],
}

impl Crossed {
    /// Whether two rows of one visitor are of one experiment, and were seen in different arms, which is not noted yet.
    pub fn of(one: &ArmRow, other: &ArmRow) -> Option<Self> {
        let is_same = (&one.experiment, one.version) == (&other.experiment, other.version);
        let are_seen = one.seen_on.is_some() && other.seen_on.is_some();
        let is_new = !(one.crossed && other.crossed);
        (is_same && are_seen && is_new && one.arm != other.arm).then(|| Self {
            experiment: one.experiment.clone(),
            version: one.version,
            counted_as: [one.counted_as.clone(), other.counted_as.clone()],
        })
    }
}

/// Assigns somebody whose rows these are (their own, then those of their other names) and who could be shown these prompts.
///
/// Arms that come up together are asked about together, unless the page was opened before the experiment began and knows only
/// the control: then nobody new is assigned, or that arm alone would get the visitors of such pages.
pub fn place<'a>(
    who: &str,
    (own, other): (&[ArmRow], &[ArmRow]),
    offers: &[Offer<'_>],
    asked: &'a Trials,
    now: Timestamp,
) -> Places<'a> {
    let placed = asked.trials.iter().filter_map(|trial| {
        let experiment = Experiment::parse(&trial.experiment).ok()?;
        // What was seen counts more than what was not, and one's own more than that of another name.
        let mine = || own.iter().chain(other).filter(|row| row.is_of(&trial.experiment));
        let before = mine().find(|row| row.seen_on.is_some()).or_else(|| mine().next());
        let knows_all = trial.prompts.iter().all(|id| offers.iter().any(|offer| offer.id == id));
        let is_off = asked.is_off || (before.is_none() && !knows_all && !trial.is_met);
        // Whoever was in an earlier version may be kept out of this one.
        let of_any_version = own.iter().chain(other).filter(|row| row.experiment == trial.experiment.key);
        let assignment = assigned(&experiment, who, of_any_version.chain(before), (asked, is_off));
        let arm = trial.experiment.arms.get(assignment.arm)?;
        let row = assignment.by_hash.then(|| match before {
            Some(row) if row.seen_on.is_some() || row.counted_as == who => row.clone(),
            _ => ArmRow {
                experiment: trial.experiment.key.clone(),
                version: trial.experiment.bucket_version,
                arm: arm.key.clone(),
                phase: before.map_or_else(|| phase(&trial.experiment), |row| row.phase),
                prompt: trial.prompts.get(assignment.arm).cloned().unwrap_or_default(),
                site: asked.site.clone(),
                device: asked.device.clone(),
                at: now.as_ms(),
                seen_on: None,
                crossed: false,
                counted_as: who.to_owned(),
            },
        });
        Some(Placed { trial, assignment, row })
    });
    Places(placed.collect())
}

fn phase(experiment: &wire::Experiment) -> u32 {
    u32::try_from(experiment.earlier.len()).unwrap_or(u32::MAX)
}

/// By the arms that are kept of them; of two of one version the last is theirs.
fn assigned<'a>(
    experiment: &Experiment,
    who: &str,
    kept: impl Iterator<Item = &'a ArmRow>,
    (asked, is_off): (&Trials, bool),
) -> Assignment {
    let mut attributes = asked.facts.as_object().cloned().unwrap_or_default();
    attributes.insert(UNIT.to_owned(), json!(who));
    let attributes = Value::Object(attributes);
    let assignments = kept.map(|row| (format!("{}__{}", row.experiment, row.version), row.arm.clone())).collect();
    let (attribute_name, attribute_value) = (UNIT.to_owned(), who.to_owned());
    let sticky = Documents::new([Document { attribute_name, attribute_value, assignments }]);
    let subject = Subject {
        attributes: &attributes,
        groups: &SavedGroups::default(),
        sticky: Some(&sticky),
        required: &BTreeMap::new(),
        editor_url: &asked.editor_url,
        forced: &BTreeMap::new(),
        mode: if is_off { Mode::Off } else { Mode::Usual },
    };
    assign(experiment, &subject)
}

impl Places<'_> {
    /// Of the prompts that an experiment compares, all but this visitor's are stopped.
    pub fn gate<'a>(&self, offer: Offer<'a>) -> Offer<'a> {
        let placed = self.0.iter().find(|placed| placed.trial.prompts.iter().any(|id| id == offer.id));
        let is_theirs = placed
            .is_none_or(|placed| placed.trial.prompts.get(placed.assignment.arm).is_some_and(|id| id == offer.id));
        match offer.outside {
            Err(Gate::Site) => offer,
            outside => Offer { outside: if is_theirs { outside } else { Err(Gate::Arm) }, ..offer },
        }
    }

    /// What is to be kept: of the experiment whose prompt is shown, and of those whose visitors are counted as soon as a
    /// trigger fires, where this one could be shown something at all.
    pub fn to_keep(&self, shown: Option<&str>, is_met: bool, today: i64) -> Vec<ArmRow> {
        let rows = self.0.iter().filter_map(|placed| {
            let row = placed.row.clone()?;
            let is_shown = shown.is_some_and(|shown| placed.trial.prompts.iter().any(|id| id == shown));
            match placed.trial.is_met {
                true => is_met.then(|| ArmRow { seen_on: row.seen_on.or(Some(today)), ..row }),
                false => is_shown.then_some(row),
            }
        });
        rows.collect()
    }
}

/// The columns of an arm, in the order that [`arm`] reads.
const COLUMNS: &str = "experiment, version, arm, phase, prompt, site, device, at, seen_on, crossed, counted_as";

/// What is kept under a name; copies only where they are asked for.
///
/// # Errors
/// [`Failure::Storage`], [`Failure::BadRow`].
pub fn rows(db: &Db, who: &str, with_copies: bool) -> Result<Vec<ArmRow>, Failure> {
    let query = format!("SELECT {COLUMNS} FROM arm WHERE who = ?1 AND (?2 OR counted_as = who)");
    db.rows("arm", &query, values![who, i64::from(with_copies)])?.iter().map(arm).collect()
}

fn arm(row: &Row) -> Result<ArmRow, Failure> {
    Ok(ArmRow {
        experiment: row.text(0)?.to_owned(),
        version: row.number::<u32>(1)?.into(),
        arm: row.text(2)?.to_owned(),
        phase: row.number(3)?,
        prompt: row.text(4)?.to_owned(),
        site: row.text(5)?.to_owned(),
        device: row.text(6)?.to_owned(),
        at: row.int(7)?,
        seen_on: row.maybe_int(8)?,
        crossed: row.int(9)? != 0,
        counted_as: row.text(10)?.to_owned(),
    })
}

/// Keeps rows under a name. One that is there stays as it is, but for what was not seen yet; whoever is new there, and counted
/// when a trigger fires, is counted now.
pub fn keep(tx: &Tx<'_>, who: &str, rows: &[ArmRow]) -> Result<(), Failure> {
    for row in rows {
        let version = tally::version(row.version);
        let known = tx.rows(
            "arm",
            "SELECT seen_on FROM arm WHERE who = ? AND experiment = ? AND version = ?",
            values![who, row.experiment.as_str(), version],
        )?;
        let was_seen = known.first().map(|known| known.maybe_int(0)).transpose()?.flatten().is_some();
        if was_seen {
            continue;
        }
        tx.write(
            "arm",
            "INSERT INTO arm (who, experiment, version, arm, phase, prompt, site, device, at, seen_on, crossed, counted_as)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (who, experiment, version) DO UPDATE SET arm = excluded.arm, phase = excluded.phase,
                    prompt = excluded.prompt, seen_on = excluded.seen_on, counted_as = excluded.counted_as",
            values![
                who,
                row.experiment.as_str(),
                version,
                row.arm.as_str(),
                i64::from(row.phase),
                row.prompt.as_str(),
                row.site.as_str(),
                row.device.as_str(),
                row.at,
                row.seen_on,
                i64::from(row.crossed),
                row.counted_as.as_str(),
            ],
        )?;
        if let Some(seen_on) = row.seen_on
            && row.counted_as == who
        {
            add(tx, row, seen_on, Count::Seen, 1)?;
        }
    }
    Ok(())
}

/// A prompt is shown that no experiment compares any more: whoever had an arm of it and never saw it is in none.
pub fn release(tx: &Tx<'_>, who: &str, prompt: &str, asked: &Trials) -> Result<(), Failure> {
    if asked.trials.iter().any(|trial| trial.prompts.iter().any(|id| id == prompt)) {
        return Ok(());
    }
    tx.write("arm", "DELETE FROM arm WHERE who = ? AND prompt = ? AND seen_on IS NULL", values![who, prompt])
}

/// What a page says of a display.
pub struct Told<'a> {
    /// Whose.
    pub who: &'a str,
    /// Of which prompt.
    pub prompt: &'a str,
    /// Whether they did what it asked for, and whether they began a form.
    pub did: Option<Measure>,
    /// What drawing it cost the page, in milliseconds.
    pub cost_ms: Option<u32>,
    /// The day.
    pub today: i64,
}

/// Takes in what a page says, in the experiment that was the last to show them this prompt.
pub fn tell(tx: &Tx<'_>, told: &Told<'_>) -> Result<(), Failure> {
    const LATEST: &str = "who = ?1 AND prompt = ?2 AND crossed = 0
        AND at = (SELECT max(at) FROM arm AS other WHERE other.who = ?1 AND other.prompt = ?2)";
    let (who, prompt, today) = (told.who, told.prompt, told.today);
    let update = |set: &str, value: i64| -> Result<Option<ArmRow>, Failure> {
        let query = format!("UPDATE arm SET {set} = ?3 WHERE {LATEST} AND {set} IS NULL RETURNING {COLUMNS}");
        tx.rows("arm", &query, values![who, prompt, value])?.first().map(arm).transpose()
    };
    // Under another name it is only noted.
    let is_ours = |row: &ArmRow| row.counted_as == who;
    if let Some(row) = update("seen_on", today)?.filter(is_ours) {
        add(tx, &row, today, Count::Seen, 1)?;
    }
    if let Some(cost) = told.cost_ms
        && let Some(row) = update("cost", i64::from(cost))?.filter(is_ours)
        && let Some(seen_on) = row.seen_on
    {
        let cost = i64::from(cost);
        let count = counted(Measure::Cost, true, seen_on, today);
        add(tx, &row, seen_on, count, cost)?;
        if count == Count::Did(Measure::Cost) {
            add(tx, &row, seen_on, Count::CostSquares, cost * cost)?;
        }
    }
    let set = match told.did {
        Some(Measure::Opened) => "opened_on",
        Some(Measure::Started) => "started_on",
        _ => return Ok(()),
    };
    if let Some(measure) = told.did
        && let Some(row) = update(set, today)?.filter(is_ours)
        && let Some(seen_on) = row.seen_on
    {
        add(tx, &row, seen_on, counted(measure, true, seen_on, today), 1)?;
    }
    Ok(())
}

/// Somebody saw two arms of an experiment: they count no more, nor does what they did.
pub fn cross(tx: &Tx<'_>, who: &str, experiment: &str, version: u64) -> Result<(), Failure> {
    let query = format!(
        "UPDATE arm SET crossed = 1 WHERE who = ? AND experiment = ? AND version = ? AND crossed = 0
            RETURNING {COLUMNS}, opened_on, started_on, cost"
    );
    let version = tally::version(version);
    let rows = tx.rows("arm", &query, values![who, experiment, version])?;
    let Some(found) = rows.first() else { return Ok(()) };
    let row = arm(found)?;
    let Some(seen_on) = row.seen_on.filter(|_| row.counted_as == who) else { return Ok(()) };
    add(tx, &row, seen_on, Count::Crossed, 1)?;
    let did = [
        (Measure::Opened, found.maybe_int(11)?, 1),
        (Measure::Started, found.maybe_int(12)?, 1),
        (Measure::Cost, found.maybe_int(13)?.map(|_| seen_on), found.maybe_int(13)?.unwrap_or(0)),
    ];
    for (measure, on, many) in did {
        if on.is_some_and(|on| counted(measure, true, seen_on, on) == Count::Did(measure)) {
            add(tx, &row, seen_on, Count::Undone(measure), many)?;
        }
    }
    Ok(())
}

/// Counts something of somebody.
fn add(tx: &Tx<'_>, row: &ArmRow, day: i64, what: Count, n: i64) -> Result<(), Failure> {
    let of = tally::Of {
        experiment: &row.experiment,
        version: row.version,
        phase: row.phase,
        arm: &row.arm,
        day,
        parts: [("site", &row.site), ("device", &row.device)],
    };
    tally::add(tx, of, what, n)
}

/// Visitors who saw a prompt since a moment, and of them those who did what it asked for.
///
/// # Errors
/// [`Failure::Storage`], [`Failure::BadRow`].
pub fn pace(db: &Db, prompt: &str, since: i64) -> Result<(u64, u64), Failure> {
    let query = "SELECT count(*), count(answered_at) FROM display
        WHERE reserved_at >= ? AND prompt = ? AND copied = 0 AND shown_at IS NOT NULL";
    let row = db.row("display", query, values![since, prompt])?;
    let count = |row: &Row, column| row.int(column).map(|n| u64::try_from(n).unwrap_or(0));
    row.map_or(Ok((0, 0)), |row| Ok((count(&row, 0)?, count(&row, 1)?)))
}

/// Deletes who is too old; what was counted of them stays.
pub fn sweep(tx: &Tx<'_>, long: i64, short: i64) -> Result<(), Failure> {
    let of_a_day = format!("{}*", who::OF_THE_DAY);
    let query = "DELETE FROM arm WHERE at < ? OR (at < ? AND who GLOB ?)";
    tx.write("arm", query, values![long, short, of_a_day.as_str()])
}
