//! Which arm somebody saw before, so that they keep it: while weights change, and when who was anonymous becomes known.
//!
//! One document for each id of somebody ([`Document`]), in the shape that GrowthBook's libraries keep: its assignments are by
//! `experiment__version`, and hold the arm's key. Of an experiment whose version went up everybody is assigned anew; below
//! its least version nobody who was in it takes part again.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What one id of somebody was assigned to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Document {
    /// Which id it is: `id`, `visitor`.
    pub attribute_name: String,
    /// The id.
    pub attribute_value: String,
    /// Arms, by experiment and version.
    #[serde(default)]
    pub assignments: BTreeMap<String, String>,
}

/// The documents of somebody's ids.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Documents(BTreeMap<String, Document>);

/// Whether somebody keeps an arm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// This one.
    Arm(usize),
    /// They were in a version that takes no part any more.
    Blocked,
    /// They were not in it, or in an arm that there is no more.
    Nothing,
}

/// How an experiment keeps arms.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Versions {
    /// Goes up where everybody is to be assigned anew.
    pub bucket: u64,
    /// Whoever was in an earlier one takes no part.
    pub least: u64,
}

impl Documents {
    /// The documents, by their ids.
    pub fn new(documents: impl IntoIterator<Item = Document>) -> Self {
        let keyed = |document: Document| (key(&document.attribute_name, &document.attribute_value), document);
        Self(documents.into_iter().map(keyed).collect())
    }

    /// All of them, by `name||value`.
    pub fn iter(&self) -> impl Iterator<Item = (&String, &Document)> {
        self.0.iter()
    }

    /// Puts a document in the place of the one of its id.
    pub fn keep(&mut self, document: Document) {
        self.0.insert(key(&document.attribute_name, &document.attribute_value), document);
    }

    fn of(&self, (name, value): (&str, &str)) -> Option<&Document> {
        self.0.get(&key(name, value))
    }

    /// The arm that somebody has by one of these ids: by the first, or else by the second.
    pub(super) fn kept(
        &self,
        ids: [Option<(&str, &str)>; 2],
        experiment: &str,
        versions: Versions,
        arms: &[String],
    ) -> Kept {
        let documents = || ids.into_iter().flatten().filter_map(|id| self.of(id));
        // Sparse: what is looked through is what somebody was in, not every number up to the least.
        let is_blocked = |name: &String| {
            let version = name.strip_prefix(experiment).and_then(|rest| rest.strip_prefix("__"));
            let version = version.filter(|version| *version == "0" || !version.starts_with('0'));
            version.and_then(|version| version.parse::<u64>().ok()).is_some_and(|version| version < versions.least)
        };
        if documents().any(|document| document.assignments.keys().any(is_blocked)) {
            return Kept::Blocked;
        }
        let name = assignment(experiment, versions.bucket);
        let arm = documents().find_map(|document| document.assignments.get(&name));
        arm.and_then(|key| arms.iter().position(|arm| arm == key)).map_or(Kept::Nothing, Kept::Arm)
    }

    /// The document of an id with one more assignment; nothing where it has it already.
    pub(super) fn with(&self, id: (&str, &str), experiment: &str, versions: Versions, arm: &str) -> Option<Document> {
        let name = assignment(experiment, versions.bucket);
        let mut document = self.of(id).cloned().unwrap_or_else(|| Document {
            attribute_name: id.0.to_owned(),
            attribute_value: id.1.to_owned(),
            assignments: BTreeMap::new(),
        });
        let before = document.assignments.insert(name, arm.to_owned());
        (before.as_deref() != Some(arm)).then_some(document)
    }
}

fn key(name: &str, value: &str) -> String {
    format!("{name}||{value}")
}

fn assignment(experiment: &str, version: u64) -> String {
    format!("{experiment}__{version}")
}
