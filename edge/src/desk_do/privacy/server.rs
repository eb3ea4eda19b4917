//! The same for the platform's server, by a token: it names somebody as it knows them, and means everybody who is known so.

use serde::{Deserialize, Serialize};
use shared::config::Config;
use shared::privacy::whom;
use shared::wire::privacy::{ErasureReason, FindPeople, PeopleErased, PeopleExport, PersonExport};

use super::super::ask::Reply;
use super::super::{Desk, problem};
use super::erase::{Order, people_of, scope_of};
use super::{hold, on_hold, view};
use crate::error::Failure;
use crate::values;

/// What a server wants of people.
#[derive(Debug, Serialize, Deserialize)]
pub enum PeopleAsk {
    /// All that the desk knows of them.
    Export(FindPeople),
    /// To erase them.
    Erase {
        /// Whom.
        who: FindPeople,
        /// Why.
        reason: ErasureReason,
    },
}

impl Desk {
    /// Takes out or erases whom a server names.
    pub(in super::super) fn people(&self, config: &Config, ask: &PeopleAsk) -> Result<Reply, Failure> {
        let (PeopleAsk::Export(who) | PeopleAsk::Erase { who, .. }) = ask;
        let Some(found) = self.find_people(who)? else {
            return Ok(problem(422, "invalid_call", "Name one: an email, a phone with its country, or a user."));
        };
        match ask {
            PeopleAsk::Export(_) => {
                let people = found.into_iter().map(|people| self.person_export(config, people, None));
                let people: Vec<PersonExport> = people.collect::<Result<_, _>>()?;
                super::super::ok(&PeopleExport { people })
            }
            PeopleAsk::Erase { reason: ErasureReason::TooOld, .. } => {
                Ok(problem(422, "invalid_call", "What is too old is found by itself: give another reason."))
            }
            PeopleAsk::Erase { reason, .. } => self.erase_people(config, found, *reason),
        }
    }

    fn erase_people(&self, config: &Config, found: Vec<Vec<String>>, why: ErasureReason) -> Result<Reply, Failure> {
        for people in &found {
            if hold::is_on(&self.db, people)? {
                return Ok(on_hold());
            }
        }
        let mut gone = Vec::new();
        for people in found {
            let scope = scope_of(&self.db, people)?;
            self.erase(&scope, Order { by: None, why, fail_after: None })?;
            if let Some(person) = scope.people.first() {
                gone.extend(view::erased(&self.db, config, person)?);
            }
        }
        super::super::ok(&PeopleErased { people: gone })
    }

    /// Everybody who is known so, each with all records that are theirs; `None` where nobody is named.
    fn find_people(&self, who: &FindPeople) -> Result<Option<Vec<Vec<String>>>, Failure> {
        let Some((kind, key)) = whom(who) else { return Ok(None) };
        let query = "SELECT person_id FROM identifier WHERE kind = ? AND key = ? ORDER BY person_id";
        let mut found: Vec<Vec<String>> = Vec::new();
        for row in self.db.rows("identifier", query, values![kind.tag(), key])? {
            let people = people_of(&self.db, row.text(0)?)?;
            if !people.is_empty() && !found.contains(&people) {
                found.push(people);
            }
        }
        Ok(Some(found))
    }
}
