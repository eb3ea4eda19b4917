//! What a workspace's servers want, by token.

use serde::{Deserialize, Serialize};
use shared::token::Scope;
use shared::wire::destination::EventKind;
use shared::wire::mail::Mail;
use shared::wire::token::Subscribe;

use super::Keeps;
use crate::desk_do::privacy::PeopleAsk;

/// What a server of the workspace's wants.
#[derive(Debug, Serialize, Deserialize)]
pub enum ServerAsk {
    /// To say what became of items.
    Outcomes {
        /// Whether the report is CSV, and not JSON.
        is_csv: bool,
        /// The report.
        text: String,
    },
    /// To say what happened to customers.
    Lifecycle {
        /// The report.
        text: String,
    },
    /// Something about what it wants to be told.
    Hook(HookAsk),
    /// To hand over a mail.
    Mail(Box<Mail>),
    /// Something about people whom it names.
    People(PeopleAsk),
}

impl ServerAsk {
    /// What its token must be made for.
    pub fn scope(&self) -> Scope {
        match self {
            Self::Outcomes { .. } => Scope::Outcomes,
            Self::Lifecycle { .. } => Scope::Events,
            Self::Hook(_) => Scope::Hooks,
            Self::Mail(_) => Scope::Mail,
            Self::People(_) => Scope::People,
        }
    }

    /// What is kept of it under a key.
    pub fn keeps(&self) -> Keeps {
        match self {
            Self::Hook(HookAsk::Subscribe { .. }) => Keeps::Deed,
            Self::Hook(HookAsk::Sample { .. }) | Self::People(PeopleAsk::Export(_)) => Keeps::Nothing,
            Self::Outcomes { .. }
            | Self::Lifecycle { .. }
            | Self::Hook(HookAsk::End { .. })
            | Self::Mail(_)
            | Self::People(PeopleAsk::Erase { .. }) => Keeps::Answer,
        }
    }
}

/// What a program wants that is told of items.
#[derive(Debug, Serialize, Deserialize)]
pub enum HookAsk {
    /// To be told.
    Subscribe {
        /// What, and where.
        subscribe: Subscribe,
        /// A signing secret that nobody has had.
        fresh: String,
    },
    /// Not to be told any more.
    End {
        /// The subscription.
        id: String,
    },
    /// To see what it would be told.
    Sample {
        /// Of what.
        event: EventKind,
    },
}

/// Who takes items out.
#[derive(Serialize, Deserialize)]
pub enum ExportBy {
    /// A member who may.
    Member(String),
    /// Whoever has this token.
    Token(String),
}

impl core::fmt::Debug for ExportBy {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        formatter.write_str("ExportBy")
    }
}
