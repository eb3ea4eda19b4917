//! What became of those who saw an arm of an experiment and sent something: credited to the arm that they saw, however late it is
//! known, in the transaction that writes what happened.
//!
//! A visitor is credited once for each thing, whatever they sent; what is corrected within their time is taken back.

use shared::experiments::tally::{Count, counted};
use shared::time::Timestamp;
use shared::wire::experiment::Measure;

use crate::error::Failure;
use crate::journal_do::arms::ArmRow;
use crate::sql::{Row, Tx};
use crate::{tally, values};

/// What the desk knows of visitors, as bits of a row: never renumbered.
const BITS: [(Measure, i64); 7] = [
    (Measure::Sent, 1),
    (Measure::Accepted, 2),
    (Measure::FirstTouch, 4),
    (Measure::Won, 8),
    (Measure::Retained, 16),
    (Measure::Support, 32),
    (Measure::Complaint, 64),
];

/// Somebody who saw an arm, as their row stands.
struct Credited {
    visitor: String,
    experiment: String,
    version: u64,
    arm: String,
    phase: u32,
    site: String,
    device: String,
    seen_on: i64,
    did: i64,
}

impl Credited {
    fn read(row: &Row) -> Result<Self, Failure> {
        Ok(Self {
            visitor: row.text(0)?.to_owned(),
            experiment: row.text(1)?.to_owned(),
            version: row.number::<u32>(2)?.into(),
            arm: row.text(3)?.to_owned(),
            phase: row.number(4)?,
            site: row.text(5)?.to_owned(),
            device: row.text(6)?.to_owned(),
            seen_on: row.int(7)?,
            did: row.int(8)?,
        })
    }

    fn count(&self, tx: &Tx<'_>, what: Count) -> Result<(), Failure> {
        let of = tally::Of {
            experiment: &self.experiment,
            version: self.version,
            phase: self.phase,
            arm: &self.arm,
            day: self.seen_on,
            parts: [("site", &self.site), ("device", &self.device)],
        };
        tally::add(tx, of, what, 1)
    }

    /// What they did, by all that they sent.
    fn facts(&self, tx: &Tx<'_>) -> Result<i64, Failure> {
        const FACTS: &str = "
            SELECT count(*),
                coalesce(max((touched = 1 OR state = 'claimed')
                    AND coalesce(outcome, '') NOT IN ('spam', 'duplicate', 'disqualified')), 0),
                coalesce(max(touched = 1 AND coalesce(outcome, '') NOT IN ('spam', 'duplicate')), 0),
                coalesce(max(coalesce(outcome, '') = 'won'), 0), coalesce(max(kind = 'support'), 0),
                coalesce(max(complaint), 0)
            FROM credit_item JOIN item ON item.id = credit_item.item_id
            WHERE visitor = ? AND experiment = ? AND version = ?";
        let key = values![self.visitor.as_str(), self.experiment.as_str(), tally::version(self.version)];
        let rows = tx.rows("credit_item", FACTS, key)?;
        let Some(row) = rows.first() else { return Ok(0) };
        let is = |column| row.int(column).map(|n| n > 0);
        let facts = [
            (Measure::Sent, is(0)?),
            (Measure::Accepted, is(1)?),
            (Measure::FirstTouch, is(2)?),
            (Measure::Won, is(3)?),
            // Taken back within the time that they have for it, they did not stay.
            (Measure::Retained, is(3)?),
            (Measure::Support, is(4)?),
            (Measure::Complaint, is(5)?),
        ];
        let bit = |measure| BITS.iter().find(|(of, _)| *of == measure).map_or(0, |(_, bit)| *bit);
        Ok(facts.into_iter().filter(|(_, is)| *is).map(|(measure, _)| bit(measure)).sum())
    }
}

/// Writes down which arms somebody saw before they sent an item.
pub fn begin(tx: &Tx<'_>, item: &str, arms: &[ArmRow], at: Timestamp) -> Result<(), Failure> {
    for arm in arms {
        let Some(seen_on) = arm.seen_on else { continue };
        let (visitor, experiment) = (arm.counted_as.as_str(), arm.experiment.as_str());
        let version = tally::version(arm.version);
        tx.write(
            "credit",
            "INSERT OR IGNORE INTO credit (visitor, experiment, version, arm, phase, site, device, seen_on, did, crossed)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, 0)",
            values![
                visitor,
                experiment,
                version,
                arm.arm.as_str(),
                i64::from(arm.phase),
                arm.site.as_str(),
                arm.device.as_str(),
                seen_on,
            ],
        )?;
        let query = "INSERT OR IGNORE INTO credit_item (item_id, visitor, experiment, version) VALUES (?, ?, ?, ?)";
        tx.write("credit_item", query, values![item, visitor, experiment, version])?;
    }
    if arms.is_empty() { Ok(()) } else { follow(tx, item, at) }
}

/// Something happened to an item: counts what that makes of whoever sent it.
pub fn follow(tx: &Tx<'_>, item: &str, at: Timestamp) -> Result<(), Failure> {
    const CREDITS: &str = "
        SELECT credit.visitor, credit.experiment, credit.version, arm, phase, site, device, seen_on, did
        FROM credit_item JOIN credit ON credit.visitor = credit_item.visitor
            AND credit.experiment = credit_item.experiment AND credit.version = credit_item.version
        WHERE credit_item.item_id = ? AND crossed = 0";
    for row in tx.rows("credit", CREDITS, values![item])? {
        let credit = Credited::read(&row)?;
        let did = credit.facts(tx)?;
        if did == credit.did {
            continue;
        }
        for (measure, bit) in BITS {
            let (was, is) = (credit.did & bit != 0, did & bit != 0);
            if was != is {
                credit.count(tx, counted(measure, is, credit.seen_on, at.day()))?;
            }
        }
        tx.write(
            "credit",
            "UPDATE credit SET did = ? WHERE visitor = ? AND experiment = ? AND version = ?",
            values![did, credit.visitor.as_str(), credit.experiment.as_str(), tally::version(credit.version)],
        )?;
    }
    Ok(())
}

/// Somebody saw two arms: what they did counts for none.
pub fn cross(tx: &Tx<'_>, visitor: &str, experiment: &str, version: u64, at: Timestamp) -> Result<(), Failure> {
    let query = "UPDATE credit SET crossed = 1 WHERE visitor = ? AND experiment = ? AND version = ? AND crossed = 0
        RETURNING visitor, experiment, version, arm, phase, site, device, seen_on, did";
    let rows = tx.rows("credit", query, values![visitor, experiment, tally::version(version)])?;
    let Some(row) = rows.first() else { return Ok(()) };
    let credit = Credited::read(row)?;
    for (measure, _) in BITS.into_iter().filter(|(_, bit)| credit.did & bit != 0) {
        if counted(measure, false, credit.seen_on, at.day()) == Count::Undone(measure) {
            credit.count(tx, Count::Undone(measure))?;
        }
    }
    Ok(())
}
