//! Everything that the desk knows of one person, table by table, each column by its name. The Worker adds what the journals and the
//! files' objects have.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use shared::audit::Deed;
use shared::config::Config;
use shared::wire::privacy::{EXPORT_FORMAT, PersonExport};

use super::super::ask::Reply;
use super::super::{Desk, audit, now_ms, views};
use super::erase::{EVERY_LIST, people_of, scope_of};
use super::map::TABLES;
use super::unknown_person;
use crate::error::Failure;

impl Desk {
    /// Takes out what is known of somebody. Who did is in the audit log.
    pub(super) fn export_person(&self, config: &Config, id: &str, by: &str) -> Result<Reply, Failure> {
        match people_of(&self.db, id)? {
            people if people.is_empty() => Ok(unknown_person()),
            people => super::super::ok(&self.person_export(config, people, Some(by))?),
        }
    }

    /// What is known of the records of one person, the first one first.
    pub(super) fn person_export(
        &self,
        config: &Config,
        people: Vec<String>,
        by: Option<&str>,
    ) -> Result<PersonExport, Failure> {
        let person = people.first().cloned().unwrap_or_default();
        let scope = scope_of(&self.db, people)?;
        let mut records: BTreeMap<String, Vec<Map<String, Value>>> = BTreeMap::new();
        for table in TABLES.iter().filter(|table| table.is_told) {
            let query = format!("SELECT * FROM {} WHERE {} AND {EVERY_LIST}", table.name, table.theirs);
            let mut rows = self.db.records(table.name, &query, scope.bound()?)?;
            for row in &mut rows {
                row.iter_mut()
                    .filter(|(name, _)| table.json.contains(&name.as_str()))
                    .for_each(|(_, value)| read(value));
            }
            if !rows.is_empty() {
                records.insert(table.name.to_owned(), rows);
            }
        }
        self.db.transaction(|tx| audit::note(tx, by, Deed::PersonExported, &person))?;
        Ok(PersonExport {
            format: EXPORT_FORMAT.to_owned(),
            workspace: config.source().name.clone(),
            person,
            at: views::instant(now_ms()),
            records,
        })
    }
}

/// What is kept as JSON is told as what it is.
fn read(value: &mut Value) {
    if let Some(inner) = value.as_str().and_then(|text| serde_json::from_str(text).ok()) {
        *value = inner;
    }
}
