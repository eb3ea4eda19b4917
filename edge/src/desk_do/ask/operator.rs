//! What whoever runs Usher wants; and what the tests of failures do.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use shared::wire::Workspace;
use shared::wire::token::NewToken;

use super::Keeps;

/// What the operator wants.
#[derive(Debug, Serialize, Deserialize)]
pub enum OperatorAsk {
    /// Replace the configuration.
    Configure {
        /// The new one.
        source: Box<Workspace>,
        /// Whether to refuse where there is one already.
        only_if_new: bool,
    },
    /// Make a sign-in link.
    Link {
        /// For whom.
        member: String,
    },
    /// Make a token for a server of the workspace's.
    MakeToken(NewToken),
    /// Revoke a token.
    DropToken {
        /// Its name.
        name: String,
    },
}

impl OperatorAsk {
    /// What is kept of it under a key.
    pub fn keeps(&self) -> Keeps {
        match self {
            Self::Link { .. } | Self::MakeToken(_) => Keeps::Deed,
            Self::Configure { .. } | Self::DropToken { .. } => Keeps::Answer,
        }
    }
}

/// What an operator watches of a workspace. Nothing of anybody.
#[derive(Debug, Serialize, Deserialize)]
pub struct Gauges {
    /// How many submissions ended how, by tag.
    pub fates: BTreeMap<String, u64>,
    /// Deliveries that wait.
    pub waiting: u32,
    /// When the oldest of them was written, in milliseconds since 1970.
    pub oldest_at: Option<i64>,
    /// Deliveries that were given up.
    pub dead: u32,
    /// Destinations that are stopped.
    pub stopped: u32,
    /// Whether an alarm is set.
    pub is_armed: bool,
    /// The desk's now, in milliseconds since 1970.
    pub now: i64,
    /// The size of its database.
    pub storage_bytes: u64,
}

/// A fault to make.
#[derive(Debug, Serialize, Deserialize)]
pub enum FaultAsk {
    /// Panic between two statements of a transaction.
    Panic,
    /// Wait, with the request in flight.
    Wait {
        /// How long.
        ms: u64,
    },
    /// Put the clock forward, and do what is due then.
    Later {
        /// By how much.
        ms: i64,
    },
    /// Let the alarm fail.
    FailAlarms {
        /// How often.
        times: u32,
    },
    /// Let the next question that writes more than so many statements fail after them, or none.
    FailAfter {
        /// How many.
        statements: Option<u32>,
    },
    /// Count the rows of every table.
    Rows,
    /// How submissions ended, by tag.
    Fates,
}
