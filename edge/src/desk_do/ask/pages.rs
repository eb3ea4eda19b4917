//! What a signed-in member wants of the pages that have many calls each.

use serde::{Deserialize, Serialize};
use shared::experiments::tally::{PartRow, TallyRow};
use shared::wire::Workspace;
use shared::wire::console::Presence;
use shared::wire::delivery::{ChangeDestinations, DeliveryAct, DeliveryState, DestinationAct};
use shared::wire::experiment::Experiment;
use shared::wire::experiments::ChangeExperiments;
use shared::wire::privacy::{ChangeHold, ChangeRetention, ErasePerson};
use shared::wire::routing::{CheckTable, PublishTable, ReplayTable, RollBackTable, SaveTableDraft, Simulate};
use shared::wire::scoring::{CheckCard, FactView, Publish, Replay, RollBack, SaveDraft, WhatIf};
use shared::wire::team::ChangePlan;
use shared::wire::token::NewToken;

use super::Keeps;

/// What a signed-in member wants of experiments. The Worker adds what the journal knows.
#[derive(Debug, Serialize, Deserialize)]
pub enum ExperimentsAsk {
    /// All of them, with the desk's totals of those that run: see [`Experimenting`].
    All,
    /// One, with the desk's totals.
    One {
        /// Its key.
        key: String,
    },
    /// What is wrong with one.
    Check(Box<Experiment>),
    /// Whether they may ask for a plan.
    Plan,
    /// To change one.
    Change {
        /// What, and on which version.
        ask: Box<ChangeExperiments>,
        /// What it says now: the tag of its verdict, and the sentence.
        verdict: (String, String),
    },
}

/// Experiments, as the desk hands them to the Worker.
#[derive(Debug, Serialize, Deserialize)]
pub struct Experimenting {
    /// The version of the configuration.
    pub version: u32,
    /// Whether the member may change them.
    pub may_change: bool,
    /// The configuration, as far as results are read from it: prompts, experiments, sites, forms.
    pub source: Box<Workspace>,
    /// What an audience may read.
    pub facts: Vec<FactView>,
    /// The desk's totals.
    pub totals: Vec<TallyRow>,
    /// The same, by part.
    pub parts: Vec<PartRow>,
    /// Today, in days since 1970.
    pub today: i64,
}

/// What a signed-in member wants of their account, or an admin of others'.
#[derive(Serialize, Deserialize)]
pub enum AccountAsk {
    /// To see it.
    View,
    /// To set a password: what that takes.
    BeginChange,
    /// To set it.
    SetPassword {
        /// The hash of the present one, where it is asked for.
        proof: Option<String>,
        /// What is to be kept of the new one.
        stored: String,
    },
    /// To end all other sessions.
    EndOthers,
    /// To see how the members sign in.
    Members,
    /// To make a link for a member.
    Link {
        /// For whom.
        member: String,
    },
}

impl core::fmt::Debug for AccountAsk {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        formatter.write_str("AccountAsk")
    }
}

/// What a signed-in member wants of destinations, of deliveries, and of how the system runs: see [`shared::wire::delivery`].
#[derive(Debug, Serialize, Deserialize)]
pub enum OperateAsk {
    /// The destinations, and how they answer.
    Destinations,
    /// To change them.
    Change {
        /// What, and on which version.
        ask: ChangeDestinations,
        /// A signing secret that nobody has had, where the change needs one.
        fresh: String,
    },
    /// To do something about one.
    Destination {
        /// Its id.
        id: String,
        /// What.
        act: DestinationAct,
    },
    /// A page of deliveries.
    Deliveries(DeliveriesOf),
    /// One delivery.
    Delivery {
        /// Its id.
        id: String,
    },
    /// To do something about one.
    ActOnDelivery {
        /// Its id.
        id: String,
        /// What.
        act: DeliveryAct,
    },
    /// How the system runs.
    Operations,
    /// A page of everything.
    Export {
        /// Where the page starts.
        after: Option<String>,
    },
    /// The tokens of the workspace's servers.
    Tokens,
    /// To make one.
    MakeToken(NewToken),
    /// To revoke one.
    DropToken {
        /// Its name.
        name: String,
    },
}

/// Which deliveries.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct DeliveriesOf {
    /// To whom.
    pub destination: Option<String>,
    /// Where they stand.
    pub state: Option<DeliveryState>,
    /// Of which item.
    pub item: Option<String>,
    /// Where the page starts.
    pub after: Option<String>,
}

impl OperateAsk {
    /// What is kept of it under a key.
    pub fn keeps(&self) -> Keeps {
        match self {
            Self::Destinations
            | Self::Deliveries(_)
            | Self::Delivery { .. }
            | Self::Operations
            | Self::Export { .. }
            | Self::Tokens => Keeps::Nothing,
            Self::Change { .. } | Self::MakeToken(_) => Keeps::Deed,
            Self::Destination { .. } | Self::ActOnDelivery { .. } | Self::DropToken { .. } => Keeps::Answer,
        }
    }
}

/// What a signed-in member wants of people's own data: see [`shared::wire::privacy`].
#[derive(Debug, Serialize, Deserialize)]
pub enum PrivacyAsk {
    /// How long things are kept, who is on hold, who was erased.
    View,
    /// To say how long things are kept.
    Retain(ChangeRetention),
    /// What is kept of a person.
    Person {
        /// Their id.
        id: String,
    },
    /// All that the desk knows of a person.
    Export {
        /// Their id.
        id: String,
    },
    /// To erase a person.
    Erase {
        /// Their id.
        id: String,
        /// Why.
        ask: ErasePerson,
        /// For tests of rollback only: how many statements succeed.
        fail_after: Option<u32>,
    },
    /// To place a hold, or to lift it.
    Hold {
        /// Their id.
        id: String,
        /// Which.
        change: ChangeHold,
    },
}

/// What a signed-in member wants of the Team page.
#[derive(Debug, Serialize, Deserialize)]
pub enum TeamAsk {
    /// To see it.
    View,
    /// To say whether another member is there.
    Presence {
        /// Who.
        member: String,
        /// Whether.
        presence: Presence,
    },
    /// To change when a member works.
    Plan {
        /// Who.
        member: String,
        /// From what to what.
        change: Box<ChangePlan>,
    },
}

/// What a member wants of routing: see [`shared::wire::routing`].
#[derive(Debug, Serialize, Deserialize)]
pub enum RoutingAsk {
    /// The table, and its versions.
    View,
    /// The table of a version.
    Version {
        /// Which.
        version: u32,
    },
    /// To know what is wrong with a table.
    Check(CheckTable),
    /// To know who would get something.
    Simulate(Box<Simulate>),
    /// To know where the past would have gone.
    Replay(ReplayTable),
    /// To keep a draft.
    SaveDraft(Box<SaveTableDraft>),
    /// To let go of it.
    DropDraft,
    /// To put a table in force.
    Publish(PublishTable),
    /// To put an earlier one in force again.
    RollBack(RollBackTable),
}

/// What a member wants of scoring: see [`shared::wire::scoring`].
#[derive(Debug, Serialize, Deserialize)]
pub enum ScoringAsk {
    /// The card, its draft and its versions.
    View,
    /// The card of a version.
    Version {
        /// Which.
        version: u32,
    },
    /// What the learner has learnt.
    Learner,
    /// To know what is wrong with a card.
    Check(CheckCard),
    /// To keep a draft.
    SaveDraft(SaveDraft),
    /// To drop the draft.
    DropDraft,
    /// To put the draft in force.
    Publish(Publish),
    /// To put an earlier card in force.
    RollBack(RollBack),
    /// To leave open items as they were rated.
    StopRating,
    /// A page of what would have been.
    Replay(Replay),
    /// What a score would be.
    WhatIf(WhatIf),
    /// What an item is rated by.
    Basis {
        /// Its id.
        item: String,
    },
}
