//! Whether Usher runs (`GET /livez`), whether it can take a submission (`GET /readyz`), and how it stands (`GET /status`).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// It runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Live {
    /// Always `true`: what does not run answers nothing.
    pub live: bool,
}

/// Its storage answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Ready {
    /// Always `true`: where storage does not answer, this is a 503.
    pub ready: bool,
}

/// How it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Status {
    /// The version that runs.
    pub version: String,
    /// Each workspace, by its id.
    pub workspaces: BTreeMap<String, WorkspaceStatus>,
}

/// How a workspace stands. Nothing of anybody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct WorkspaceStatus {
    /// Deliveries that wait for a first try or for another one.
    pub waiting: u32,
    /// How long the oldest of them has waited, in seconds; nothing, where none waits.
    pub oldest_seconds: Option<i64>,
    /// Deliveries that were given up, and are kept.
    pub dead: u32,
    /// Destinations that are told of nothing until somebody says so.
    pub stopped: u32,
    /// Whether an alarm is set; where something waits, one must be.
    pub alarm_armed: bool,
    /// The size of the desk's database, in bytes.
    pub storage_bytes: u64,
    /// How many submissions ended how, by tag.
    pub fates: BTreeMap<String, u64>,
}
