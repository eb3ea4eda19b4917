//! Where a person's rows are: for each table of the desk, which of its rows are theirs. An export reads along this map, and an
//! erasure deletes along it, so that neither forgets what the other knows. `tests/http/privacy.test.mjs` fails for a table that is in
//! neither list.

use worker::SqlStorageValue;

use crate::error::Failure;
use crate::sql::to_json;
use crate::values;

/// What is to be exported or erased: people, items of theirs, and what of theirs waits for review. Ids.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Scope {
    /// Whose record goes with their items; none, where only some of their items are meant.
    pub people: Vec<String>,
    /// Items.
    pub items: Vec<String>,
    /// Submissions that were held.
    pub held: Vec<String>,
}

/// A table that holds something of people.
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// Which rows: a condition, in which `?1` are the people, `?2` the items and `?3` what was held, each as a list in JSON.
    pub theirs: &'static str,
    /// The columns that are JSON.
    pub json: &'static [&'static str],
    /// Whether it says anything of a person that their other rows do not, and that is not about members.
    pub is_told: bool,
}

const fn told(name: &'static str, theirs: &'static str, json: &'static [&'static str]) -> Table {
    Table { name, theirs, json, is_told: true }
}

const fn untold(name: &'static str, theirs: &'static str) -> Table {
    Table { name, theirs, json: &[], is_told: false }
}

const OF_PERSON: &str = "person_id IN (SELECT value FROM json_each(?1))";
const OF_ITEM: &str = "item_id IN (SELECT value FROM json_each(?2))";
const OF_SUBMISSION: &str =
    "(site, submission_id) IN (SELECT site, submission_id FROM item WHERE id IN (SELECT value FROM json_each(?2))
    UNION SELECT site, submission_id FROM held WHERE id IN (SELECT value FROM json_each(?3)))";
const OF_MAIL: &str = "(item_id IN (SELECT value FROM json_each(?2))
    OR (site, submission_id) IN (SELECT site, submission_id FROM item WHERE id IN (SELECT value FROM json_each(?2))
    UNION SELECT site, submission_id FROM held WHERE id IN (SELECT value FROM json_each(?3))))";
/// Whoever sent one of the items saw these arms. Nothing of it is followed any more: what it came to is in the totals.
const OF_VISITOR: &str = "(visitor, experiment, version) IN (
    SELECT visitor, experiment, version FROM credit_item WHERE item_id IN (SELECT value FROM json_each(?2)))";

/// Every table that holds something of people, in the order in which an erasure may delete them: what others are found by goes last.
pub const TABLES: &[Table] = &[
    told("attempt", "outbox_id IN (SELECT id FROM outbox WHERE item_id IN (SELECT value FROM json_each(?2)))", &[]),
    told("outbox", OF_ITEM, &["body"]),
    untold("follower", OF_ITEM),
    told("credit", OF_VISITOR, &[]),
    untold("credit_item", OF_VISITOR),
    told("outcome", OF_ITEM, &[]),
    untold("learnt", OF_ITEM),
    told("rating", OF_ITEM, &["moved", "frozen"]),
    told("basis", OF_ITEM, &["facts", "visit", "later"]),
    told("feedback", OF_ITEM, &[]),
    told("history", OF_ITEM, &[]),
    told("timer", OF_ITEM, &[]),
    untold("assignment", OF_ITEM),
    untold("pick", OF_ITEM),
    untold("undo", OF_ITEM),
    told("notice", OF_ITEM, &[]),
    untold("search", "(at, item_id) IN (SELECT opened_at, id FROM item WHERE id IN (SELECT value FROM json_each(?2)))"),
    told("consent", OF_SUBMISSION, &[]),
    told("file", OF_SUBMISSION, &[]),
    untold("mail", OF_MAIL),
    told("held", OF_SUBMISSION, &["vals", "arrival", "identity", "receipt", "reasons"]),
    told(
        "submission",
        "(site, id) IN (SELECT site, submission_id FROM item WHERE id IN (SELECT value FROM json_each(?2)))",
        &["vals", "receipt"],
    ),
    told("item", "id IN (SELECT value FROM json_each(?2))", &["trace"]),
    told("lifecycle", OF_PERSON, &["said"]),
    told("known_value", OF_PERSON, &["value"]),
    told("identifier", OF_PERSON, &[]),
    told("merge", OF_PERSON, &["moved"]),
    told("hold", OF_PERSON, &[]),
    told("person", "id IN (SELECT value FROM json_each(?1))", &[]),
];

/// A table and a column in which others may have written of somebody, with the number that its rows are walked by.
pub struct Mention {
    /// The table.
    pub table: &'static str,
    /// The column.
    pub column: &'static str,
}

/// What members and others wrote, which may name anybody. The words that name somebody who was erased are taken out of it.
pub const MENTIONS: &[Mention] = &[
    Mention { table: "history", column: "body" },
    Mention { table: "audit", column: "text" },
    Mention { table: "notice", column: "body" },
    Mention { table: "outcome", column: "reason" },
    Mention { table: "feedback", column: "body" },
];

impl Scope {
    /// What the conditions of [`TABLES`] are asked with.
    ///
    /// # Errors
    /// As [`to_json`].
    pub fn bound(&self) -> Result<Vec<SqlStorageValue>, Failure> {
        let list = |ids: &[String]| to_json("ids", &ids);
        Ok(values![list(&self.people)?, list(&self.items)?, list(&self.held)?])
    }
}
