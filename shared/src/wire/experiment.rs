//! An experiment, as staff write it and as it is kept.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// An experiment over whole prompts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Experiment {
    /// What it is called in addresses and rows; never changes.
    pub key: String,
    /// Where it stands.
    #[serde(default)]
    pub status: ExperimentStatus,
    /// What is compared, the control first.
    pub arms: Vec<ExperimentArm>,
    /// The share of visitors who take part.
    #[serde(default = "all")]
    pub coverage: f64,
    /// What buckets are made with; the key, unless an experiment continues another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<String>,
    /// The share of visitors that it has to itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespace: Option<ExperimentNamespace>,
    /// Whom it is for; where absent, everybody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audience: Option<Value>,
    /// The id by which visitors are told apart.
    #[serde(default = "visitor")]
    pub unit: String,
    /// Another, for those who do not have the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub second_unit: Option<String>,
    /// Goes up where everybody is to be assigned anew.
    #[serde(default)]
    pub bucket_version: u64,
    /// Whoever was in an earlier version takes no part.
    #[serde(default)]
    pub least_bucket_version: u64,
}

/// Where an experiment stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExperimentStatus {
    /// It has not begun.
    #[default]
    Draft,
    /// It runs.
    Running,
    /// It has ended.
    Stopped,
}

/// One of the things that are compared.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ExperimentArm {
    /// What it is called in rows; never changes.
    pub key: String,
    /// Its share of those who take part; all sum to one.
    pub weight: f64,
}

/// A part of a namespace.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ExperimentNamespace {
    /// Its name.
    pub id: String,
    /// From here.
    pub start: f64,
    /// To below here.
    pub end: f64,
}

fn all() -> f64 {
    1.0
}

fn visitor() -> String {
    "visitor".to_owned()
}
