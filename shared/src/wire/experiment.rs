//! An experiment, as staff write it and as it is kept.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::prompt::Prompt;

/// An experiment over whole prompts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Experiment {
    /// What it is called in addresses and rows; never changes.
    pub key: String,
    /// What staff call it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// What is to be learnt, in the words of whoever made it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub question: String,
    /// The prompt that is the control: visitors who take no part see it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub prompt: String,
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
    /// What decides.
    #[serde(default)]
    pub metric: Measure,
    /// What must not get worse.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub guardrails: Vec<Guard>,
    /// The share of visitors who do it today, as far as its makers know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<f64>,
    /// The smallest change that is worth finding, relative to that: `.2` is from 5 to 6 percent.
    #[serde(default = "a_fifth")]
    pub looks_for: f64,
    /// When it began: RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<String>,
    /// The weights that were in force before those of the arms, from its beginning on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub earlier: Vec<EarlierWeights>,
    /// How it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Ended>,
}

/// Where an experiment stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
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
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct ExperimentArm {
    /// What it is called in rows; never changes.
    pub key: String,
    /// What staff call it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Its share of those who take part; all sum to one.
    pub weight: f64,
    /// What its visitors see. Of the control: nothing while it runs, for that is [`Experiment::prompt`]; once it has ended, what
    /// that was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompt: Option<Box<Prompt>>,
}

/// What visitors may have done who saw an arm. Each is counted once for a visitor, and only after they saw it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Pressed its button.
    #[default]
    Opened,
    /// Began to fill in a form.
    Started,
    /// Sent a form.
    Sent,
    /// Sent one that somebody at the desk took on, and did not find to be spam, a duplicate or out of scope.
    Accepted,
    /// Sent one that somebody answered.
    FirstTouch,
    /// Bought.
    Won,
    /// Bought, and still has it 90 days later.
    Retained,
    /// Asked for help.
    Support,
    /// Complained.
    Complaint,
    /// What drawing the prompt cost the page, in milliseconds: a number of each visitor, and not a share of them.
    Cost,
}

/// Something that must not get worse.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Guard {
    /// What.
    pub measure: Measure,
    /// By how much it may: a share of visitors, or milliseconds.
    pub margin: f64,
}

/// Weights that are in force no more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct EarlierWeights {
    /// Until when: RFC 3339.
    pub until: String,
    /// Of each arm.
    pub weights: Vec<f64>,
}

/// How an experiment ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Ended {
    /// When: RFC 3339.
    pub at: String,
    /// The id of the member who ended it.
    pub by: String,
    /// The arm that became the prompt; nothing where none was declared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub winner: Option<String>,
    /// What it said then, by the tag of its verdict.
    #[serde(default)]
    pub verdict: String,
    /// The same in a sentence.
    #[serde(default)]
    pub says: String,
    /// What was learnt, in the words of whoever ended it.
    #[serde(default)]
    pub learnt: String,
}

/// A part of a namespace.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct ExperimentNamespace {
    /// Its name.
    pub id: String,
    /// From here.
    pub start: f64,
    /// To below here.
    pub end: f64,
}

fn a_fifth() -> f64 {
    0.2
}

fn all() -> f64 {
    1.0
}

fn visitor() -> String {
    "visitor".to_owned()
}
