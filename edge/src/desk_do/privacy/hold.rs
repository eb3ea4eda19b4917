//! Legal holds: as long as one is on somebody, nothing of theirs is deleted, whoever asks for it and however old it is.

use shared::audit::Deed;
use shared::config::Config;
use shared::privacy::reason;
use shared::wire::privacy::ChangeHold;
use shared::wire::{FieldProblem, Problem};

use super::super::ask::Reply;
use super::super::submit::problem_of;
use super::super::{Desk, audit, now_ms, problem, problem_reply};
use super::erase::people_of;
use super::{on_hold, unknown_person};
use crate::error::Failure;
use crate::sql::{Db, to_json};
use crate::values;

/// Whether a hold is on any of these records of one person.
pub fn is_on(db: &Db, people: &[String]) -> Result<bool, Failure> {
    let query = "SELECT 1 FROM hold WHERE lifted_at IS NULL AND person_id IN (SELECT value FROM json_each(?)) LIMIT 1";
    Ok(db.row("hold", query, values![to_json("people", &people)?])?.is_some())
}

impl Desk {
    /// Places a hold, or lifts it. Why is for those who look at the person, and not in the audit log: that is kept for ever.
    pub(super) fn change_hold(
        &self,
        config: &Config,
        id: &str,
        by: &str,
        change: &ChangeHold,
    ) -> Result<Reply, Failure> {
        let people = people_of(&self.db, id)?;
        let Some(person) = people.first() else { return Ok(unknown_person()) };
        let (ChangeHold::Place { reason: said } | ChangeHold::Lift { reason: said }) = change;
        let Some(said) = reason(said) else {
            let says = "Say why, in at most 500 characters.";
            let wrong = FieldProblem {
                field: "reason".to_owned(),
                code: "required".to_owned(),
                message: "say why, in at most 500 characters".to_owned(),
            };
            return Ok(problem_reply(&Problem { fields: vec![wrong], ..problem_of(422, "reason_missing", says) }));
        };
        let is_on = is_on(&self.db, &people)?;
        match (change, is_on) {
            (ChangeHold::Place { .. }, true) => return Ok(on_hold()),
            (ChangeHold::Lift { .. }, false) => return Ok(problem(409, "not_on_hold", "They are not on hold.")),
            (ChangeHold::Place { .. }, false) => self.db.transaction(|tx| {
                let query = "INSERT INTO hold (person_id, reason, placed_by, placed_at) VALUES (?, ?, ?, ?)";
                tx.write("hold", query, values![person.as_str(), said, by, now_ms()])?;
                audit::note(tx, Some(by), Deed::HoldPlaced, person)
            })?,
            (ChangeHold::Lift { .. }, true) => self.db.transaction(|tx| {
                let query = "UPDATE hold SET lifted_by = ?, lifted_at = ?, lifted_why = ?
                    WHERE lifted_at IS NULL AND person_id IN (SELECT value FROM json_each(?))";
                tx.write("hold", query, values![by, now_ms(), said, to_json("people", &people)?])?;
                audit::note(tx, Some(by), Deed::HoldLifted, person)
            })?,
        }
        self.person_privacy(config, person)
    }
}
