//! What is looked up ahead for all who share a transaction, in one query where each would have one of its own: almost
//! nobody was here before. Only what is not there is noted, and each note is good for the first who asks: whoever asks
//! next for the same comes after them, and looks for themselves.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use shared::desk::LookUp;
use shared::person::{Identifier, IdentifierKind};
use shared::submission::SubmissionId;
use shared::time::Timestamp;

use super::limits::{Counts, Stored};
use super::privacy;
use crate::error::Failure;
use crate::sql::Db;
use crate::values;

/// Whose count it is: a sender's, for a site.
type Counted = (Option<String>, String);

/// What nothing is stored under.
#[derive(Default)]
pub struct Ahead {
    /// Sites, and ids of submissions.
    ids: BTreeSet<(String, String)>,
    /// Addresses that nobody is known by, by their keys.
    strangers: BTreeSet<String>,
    /// What is on disk does not change while they share the transaction.
    counts: BTreeMap<Counted, Stored>,
}

/// One submission, as it is looked up.
pub struct Asked<'a> {
    /// Its site.
    pub site: &'a str,
    /// Its id.
    pub id: &'a SubmissionId,
    /// Whose it is.
    pub by: LookUp,
}

impl Ahead {
    /// Looks up all of these.
    pub fn look(db: &Db, secret: &str, all: &[Asked<'_>]) -> Result<Self, Failure> {
        const IDS: &str = "
            SELECT asked.key FROM json_each(?) AS asked
            WHERE NOT EXISTS (SELECT 1 FROM submission WHERE site = asked.value ->> 0 AND id = asked.value ->> 1)
                AND NOT EXISTS (SELECT 1 FROM held WHERE site = asked.value ->> 0 AND submission_id = asked.value ->> 1)
                AND NOT EXISTS (SELECT 1 FROM erased WHERE key = asked.value ->> 2)";
        const STRANGERS: &str = "
            SELECT asked.key FROM json_each(?) AS asked
            WHERE NOT EXISTS (SELECT 1 FROM identifier WHERE kind = 'email' AND key = asked.value)";
        let mut ids = Vec::with_capacity(all.len());
        for Asked { site, id, .. } in all {
            ids.push(json!([site, id.as_str(), privacy::key_of_sent(secret, site, id.as_str())?]));
        }
        let new = numbers(db, "submission", IDS, &Value::from(ids).to_string())?;
        let ids = new.into_iter().filter_map(|at| all.get(at));
        let ids = ids.map(|asked| (asked.site.to_owned(), asked.id.as_str().to_owned())).collect();

        let emails: Vec<&str> = all.iter().filter_map(|asked| email_of(&asked.by)).collect();
        let strange = numbers(db, "identifier", STRANGERS, &json!(emails).to_string())?;
        let strangers = strange.into_iter().filter_map(|at| emails.get(at)).map(|&email| email.to_owned()).collect();
        Ok(Self { ids, strangers, counts: BTreeMap::new() })
    }

    /// Whether nothing was sent, held or erased under this id.
    pub fn is_new(&mut self, site: &str, id: &SubmissionId) -> bool {
        !self.ids.is_empty() && self.ids.remove(&(site.to_owned(), id.as_str().to_owned()))
    }

    /// Whether nobody is known by this.
    pub fn is_stranger(&mut self, by: &LookUp) -> bool {
        email_of(by).is_some_and(|email| self.strangers.remove(email))
    }

    /// Somebody is known by these from now on.
    pub fn has_come(&mut self, identifiers: &[Identifier]) {
        for identifier in identifiers.iter().filter(|identifier| identifier.kind == IdentifierKind::Email) {
            self.strangers.remove(&identifier.key);
        }
    }

    /// What was counted so far.
    pub fn counts(&mut self, db: &Db, sender: Option<&str>, site: &str, at: Timestamp) -> Result<Counts, Failure> {
        let key = (sender.map(str::to_owned), site.to_owned());
        let stored = match self.counts.get(&key) {
            Some(stored) => *stored,
            None => Stored::read(db, sender, site, at)?,
        };
        self.counts.insert(key, stored);
        Ok(stored.with_counted(db, sender, site, at))
    }
}

/// The address alone: whom the platform vouches for is looked up by more.
fn email_of(by: &LookUp) -> Option<&str> {
    by.email.as_ref().filter(|_| by.user.is_none()).map(|email| email.key.as_str())
}

fn numbers(db: &Db, table: &'static str, query: &str, asked: &str) -> Result<Vec<usize>, Failure> {
    db.rows(table, query, values![asked])?.iter().map(|row| row.number(0)).collect()
}
