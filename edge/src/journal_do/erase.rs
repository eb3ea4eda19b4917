//! What a visitor left in the journals, found by the references of what they sent: told for an export, and deleted for an erasure.
//! Totals of experiments stay: they are of nobody in particular.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use worker::Env;

use super::{Answer, Ask, SHARDS, shard};
use crate::error::Failure;
use crate::sql::{Db, Tx, to_json};
use crate::visitor::{ID, VisitorKey};
use crate::{rpc, values, who};

/// Each table that knows visitors, and by which column: as the signals do, by the names under which prompts are counted, or by what
/// came along with a form.
const TABLES: &[(&str, &str, Kind)] = &[
    ("seen", "visitor", Kind::Visitor),
    ("summary", "visitor", Kind::Visitor),
    ("joined", "visitor", Kind::Visitor),
    ("display", "who", Kind::Name),
    ("conversion", "who", Kind::Name),
    ("arm", "who", Kind::Name),
    ("batch", "id", Kind::Batch),
    // Last: the others are found by it.
    ("watch", "visitor", Kind::Visitor),
];

#[derive(Clone, Copy)]
enum Kind {
    Visitor,
    Name,
    Batch,
}

/// Who somebody was to the journals.
#[derive(Debug, Default)]
pub struct Trace {
    /// Keys of visitors.
    pub visitors: Vec<String>,
    /// The platform's ids.
    pub users: Vec<String>,
    /// The ids of batches of signals: what came along with a form has the form's.
    pub batches: Vec<String>,
}

/// The same, as a shard is asked.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Names {
    /// Keys of visitors.
    visitors: Vec<String>,
    /// Names under which prompts are counted.
    names: Vec<String>,
    /// Ids of batches.
    batches: Vec<String>,
}

/// Records of one table.
pub type Records = (String, Vec<Map<String, Value>>);

/// The visitors who sent what has these references.
pub fn find(db: &Db, references: &[String]) -> Result<Answer, Failure> {
    let query =
        "SELECT DISTINCT visitor FROM watch WHERE reference IN (SELECT value FROM json_each(?)) AND visitor <> ''";
    let rows = db.rows("watch", query, values![to_json("references", &references)?])?;
    rows.iter().map(|row| row.text(0).map(str::to_owned)).collect::<Result<_, _>>().map(Answer::Visitors)
}

/// What is kept of them.
pub fn tell(db: &Db, of: &Names) -> Result<Answer, Failure> {
    let mut records: Vec<Records> = Vec::new();
    for (table, column, kind) in TABLES {
        let query = format!("SELECT * FROM {table} WHERE {column} IN (SELECT value FROM json_each(?))");
        let mut rows = db.records(table, &query, values![of.list(*kind)?])?;
        for value in rows
            .iter_mut()
            .flat_map(|row| row.iter_mut())
            .filter_map(|(name, value)| (name == "about" || name == "body").then_some(value))
        {
            if let Some(inner) = value.as_str().and_then(|text| serde_json::from_str(text).ok()) {
                *value = inner;
            }
        }
        if !rows.is_empty() {
            records.push((format!("journal.{table}"), rows));
        }
    }
    Ok(Answer::Records(records))
}

/// Deletes it.
pub fn forget(tx: &Tx<'_>, of: &Names) -> Result<(), Failure> {
    for (table, column, kind) in TABLES {
        let query = format!("DELETE FROM {table} WHERE {column} IN (SELECT value FROM json_each(?))");
        tx.write(table, &query, values![of.list(*kind)?])?;
    }
    Ok(())
}

impl Names {
    fn list(&self, kind: Kind) -> Result<String, Failure> {
        let of = match kind {
            Kind::Visitor => &self.visitors,
            Kind::Name => &self.names,
            Kind::Batch => &self.batches,
        };
        to_json("names", of)
    }
}

/// The visitors who sent what has these references, of all shards.
///
/// # Errors
/// Where a shard does not answer.
pub async fn visitors(env: &Env, workspace: &str, references: &[String]) -> Result<Vec<String>, Failure> {
    let mut visitors = Vec::new();
    for number in 0..SHARDS {
        let ask = Ask::Visitors { references: references.to_vec() };
        if let Answer::Visitors(mut found) = rpc::ask("journal", shard(env, workspace, number)?, &ask).await? {
            visitors.append(&mut found);
        }
    }
    Ok(visitors)
}

/// Everything that all shards keep of somebody.
///
/// # Errors
/// As [`visitors`].
pub async fn records(env: &Env, workspace: &str, trace: &Trace) -> Result<Vec<Records>, Failure> {
    let names = names(env, workspace, trace).await?;
    let mut records = Vec::new();
    for number in 0..SHARDS {
        if let Answer::Records(mut more) =
            rpc::ask("journal", shard(env, workspace, number)?, &Ask::Tell(names.clone())).await?
        {
            records.append(&mut more);
        }
    }
    Ok(records)
}

/// Deletes all of it.
///
/// # Errors
/// As [`visitors`].
pub async fn erase(env: &Env, workspace: &str, trace: &Trace) -> Result<(), Failure> {
    let names = names(env, workspace, trace).await?;
    for number in 0..SHARDS {
        let _: Answer = rpc::ask("journal", shard(env, workspace, number)?, &Ask::Erase(names.clone())).await?;
    }
    Ok(())
}

async fn names(env: &Env, workspace: &str, trace: &Trace) -> Result<Names, Failure> {
    // Of somebody who has an id, the key of the day is nobody's.
    let nobody = VisitorKey::nobody();
    let mut names = Vec::new();
    for visitor in &trace.visitors {
        match visitor.strip_prefix(ID) {
            Some(id) => names.extend(who::names(env, workspace, None, id, &nobody).await?),
            None => names.push(who::of_the_day(visitor)),
        }
    }
    for user in &trace.users {
        names.extend(who::names(env, workspace, Some(user), "", &nobody).await?);
    }
    let is_nobody = |name: &String| *name == who::of_the_day("").name;
    let names = names.into_iter().map(|who| who.name).filter(|name| !is_nobody(name)).collect();
    Ok(Names { visitors: trace.visitors.clone(), names, batches: trace.batches.clone() })
}
