//! Items as they leave Usher: `GET /v1/console/export/items.csv` and `items.ndjson`, and the same with a token for `export`.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// One item, whole, in one line. The order of the fields is the order of the columns, and only ever grows at the end.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct ExportRow {
    /// Its id; they sort by time.
    pub item_id: String,
    /// The visitor's reference.
    pub reference: String,
    /// What opened it.
    pub kind: String,
    /// The form's id.
    pub form: String,
    /// The site's id.
    pub site: String,
    /// Its queue.
    pub queue: String,
    /// Where it stands.
    pub state: String,
    /// What became of it.
    pub outcome: Option<String>,
    /// Who has it: a member's id.
    pub owner: Option<String>,
    /// When it came: RFC 3339, in UTC, as all instants here.
    pub opened_at: String,
    /// By when an answer was promised.
    pub answer_by: String,
    /// Who sent it.
    pub person_id: String,
    /// Their name.
    pub name: Option<String>,
    /// Their address, as they typed it.
    pub email: Option<String>,
    /// Their number.
    pub phone: Option<String>,
    /// Where they stand, as the platform says.
    pub stage: Option<String>,
    /// The tier.
    pub tier: String,
    /// The points.
    pub score: i64,
    /// The learner's chance of a win, in thousandths.
    pub chance: Option<u32>,
    /// Why it is a complaint, if it is one.
    pub complaint: Option<String>,
    /// The start of their message.
    pub summary: String,
    /// How it came to us: `web`, `email` or `phone`.
    pub channel: String,
    /// What they gave, by field.
    pub values: Map<String, Value>,
}

/// A page of items on their way out.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct ExportPage {
    /// The items, the oldest first.
    pub rows: Vec<ExportRow>,
    /// Where the next page starts; nothing, where this is the last.
    pub next: Option<String>,
    /// The fields that have columns of their own, in order: those of the forms.
    pub fields: Vec<String>,
}
