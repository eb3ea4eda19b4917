//! What admins see of destinations and deliveries, and what they do about them: `GET` and `POST /v1/console/destinations`,
//! `GET /v1/console/deliveries`, `GET /v1/console/operations`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::destination::{Destination, EventKind};
use super::scoring::FactView;

/// All destinations.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct DestinationsView {
    /// The version of the configuration.
    pub version: u32,
    /// In the order in which they are told.
    pub destinations: Vec<DestinationView>,
    /// What conditions may read.
    pub facts: Vec<FactView>,
    /// A signing secret that was made just now. It is shown this once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
}

/// One destination.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct DestinationView {
    /// As it is configured, with empty texts in the place of its secrets.
    pub edit: Destination,
    /// How it answers.
    pub standing: Standing,
    /// Why it is left alone or stopped; empty where it is not.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub why: String,
    /// Until when it is left alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rests_until: Option<String>,
    /// Deliveries that wait, for a first try or for another one.
    pub waiting: u32,
    /// When the oldest of them was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oldest_at: Option<String>,
    /// Deliveries that were given up.
    pub dead: u32,
    /// When one arrived last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivered_at: Option<String>,
}

/// How a destination answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// As it should, or nothing was sent yet.
    Well,
    /// Its last tries failed.
    Failing,
    /// It is left alone for a while.
    Resting,
    /// It is told of nothing until somebody says that it may be again.
    Stopped,
    /// It is switched off.
    Off,
}

/// A change of the destinations.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ChangeDestinations {
    /// The version of the configuration that it changes.
    pub version: u32,
    /// What.
    pub change: DestinationChange,
}

/// What is changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum DestinationChange {
    /// A new one. A webhook without a secret is given one.
    Add(Box<Destination>),
    /// Another form of the one of the same id. An empty secret stays what it was.
    Save(Box<Destination>),
    /// None any more; what waits for it is given up.
    Remove {
        /// Its id.
        id: String,
    },
    /// Another signing secret of a webhook; the one before is signed with too for a day.
    Rotate {
        /// Its id.
        id: String,
    },
}

/// Something done about a destination: `POST /v1/console/destinations/{id}/actions`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(tag = "act", rename_all = "snake_case", deny_unknown_fields)]
pub enum DestinationAct {
    /// Send it a message that is plainly a test.
    Test,
    /// It may be told again.
    Resume,
    /// Try everything again that was given up.
    Replay,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct DestinationDone {
    /// How many deliveries are due now because of it.
    pub due: u32,
    /// The delivery that tests it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery: Option<String>,
}

/// Where a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// It waits for its first try, or for another one.
    Due,
    /// The receiver confirmed it.
    Delivered,
    /// It was given up, and is kept.
    Dead,
}

impl DeliveryState {
    /// The stable name.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Due => "due",
            Self::Delivered => "delivered",
            Self::Dead => "dead",
        }
    }

    /// Reads a tag back.
    pub fn from_tag(tag: &str) -> Option<Self> {
        [Self::Due, Self::Delivered, Self::Dead].into_iter().find(|state| state.tag() == tag)
    }
}

/// A page of deliveries, the latest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct DeliveriesPage {
    /// The rows.
    pub deliveries: Vec<DeliveryRow>,
    /// Where the next page starts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// One delivery, in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct DeliveryRow {
    /// Its id: what the receiver tells repeats by.
    pub id: String,
    /// The destination's id.
    pub destination: String,
    /// What it tells.
    pub event: EventKind,
    /// Of which item; nothing, of a test.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<ItemName>,
    /// Where it stands.
    pub state: DeliveryState,
    /// How often it was tried.
    pub tries: u32,
    /// When it was written.
    pub at: String,
    /// When it is tried next, where it waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_at: Option<String>,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<String>,
    /// What the last try came to; empty before the first.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub last: String,
}

/// An item, by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct ItemName {
    /// Its id.
    pub id: String,
    /// Its reference.
    pub reference: String,
}

/// One delivery, with everything that is known of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct DeliveryView {
    /// As in a list.
    pub row: DeliveryRow,
    /// What is told.
    pub message: Value,
    /// Each try, the first one first.
    pub tries: Vec<TryView>,
}

/// One try.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct TryView {
    /// When it began.
    pub at: String,
    /// How long it took, in milliseconds.
    pub took_ms: u32,
    /// The HTTP status, or the reply code of a mail server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// What happened.
    pub says: String,
}

/// Something done about a delivery: `POST /v1/console/deliveries/{id}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(tag = "act", rename_all = "snake_case", deny_unknown_fields)]
pub enum DeliveryAct {
    /// Try it again now, from the start of its schedule, under the same id.
    Replay,
    /// Give it up.
    GiveUp,
}

/// How the workspace runs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct OperationsView {
    /// How submissions ended, by day, the earliest first.
    pub fates: Vec<FateDay>,
    /// How many ended how, in all.
    pub totals: BTreeMap<String, u64>,
    /// Deliveries that wait.
    pub waiting: u32,
    /// When the oldest of them was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oldest_at: Option<String>,
    /// Deliveries that were given up.
    pub dead: u32,
    /// When the alarm is set for; nothing, where nothing is to be done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alarm_at: Option<String>,
    /// What the desk's database takes, in bytes.
    pub storage_bytes: u64,
    /// Rows of what grows.
    pub rows: BTreeMap<String, u64>,
    /// The slowest routes since this server started, the slowest first.
    #[serde(default)]
    pub routes: Vec<RouteTime>,
}

/// How submissions ended on a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct FateDay {
    /// `2026-11-30`, in UTC.
    pub day: String,
    /// How many ended how, by tag.
    pub counts: BTreeMap<String, u64>,
}

/// How long a route takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct RouteTime {
    /// `POST /v1/forms`.
    pub route: String,
    /// How often it was asked.
    pub count: u64,
    /// How often it answered with 5xx.
    pub failed: u64,
    /// Half of the answers took at most so long, in milliseconds: the upper end of a bin.
    pub p50_ms: u32,
    /// The same of 99 in a hundred.
    pub p99_ms: u32,
}
