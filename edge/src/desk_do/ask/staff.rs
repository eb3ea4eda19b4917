//! What a signed-in member wants, what they must be allowed to for it, and what is kept of it under a key.

use serde::{Deserialize, Serialize};
use shared::right::Right;
use shared::wire::call::RecordCall;
use shared::wire::console::{Act, Presence, Whose};
use shared::wire::held::Review;
use shared::wire::lists::{ActOnMany, Filter, SaveView, UndoMany};
use shared::wire::notice::Seen;
use shared::wire::sites::ChangeSites;

use super::{AccountAsk, ExperimentsAsk, Keeps, OperateAsk, PrivacyAsk, RoutingAsk, ScoringAsk, TeamAsk};

/// What a signed-in member wants.
#[derive(Debug, Serialize, Deserialize)]
pub enum StaffAsk {
    /// To know who they are.
    Session,
    /// To sign out.
    SignOut,
    /// To say whether they are there.
    Presence(Presence),
    /// A page of a queue.
    Items {
        /// The queue.
        queue: String,
        /// Open or closed items.
        open: bool,
        /// Of the open ones, whose.
        whose: Whose,
        /// What the list is narrowed to.
        filter: Box<Filter>,
        /// Where the page starts.
        after: Option<String>,
    },
    /// The items that have words in them.
    Search {
        /// What was typed.
        text: String,
        /// Where the page starts.
        after: Option<String>,
    },
    /// One item.
    Item {
        /// Its id.
        id: String,
    },
    /// What is known of a file of an item.
    File {
        /// The item's id.
        item: String,
        /// The file's id.
        file: String,
    },
    /// The forms that a call may be written down in.
    CallForms,
    /// To write down a call.
    RecordCall(Box<RecordCall>),
    /// A page of what waits for review.
    Held {
        /// Where the page starts.
        after: Option<String>,
    },
    /// To decide on one that waits for review.
    Review {
        /// Its id.
        id: String,
        /// What.
        review: Review,
    },
    /// To see the sites.
    Sites,
    /// To change a site.
    ChangeSites {
        /// What, and on which version.
        ask: Box<ChangeSites>,
        /// A key that nobody has had, where the change needs one.
        fresh_key: String,
    },
    /// Something about experiments.
    Experiments(ExperimentsAsk),
    /// A page of the audit log.
    Audit {
        /// Where the page starts.
        after: Option<String>,
    },
    /// Something about how they, or others, sign in.
    Account(AccountAsk),
    /// Something about destinations, deliveries, and how the system runs.
    Operate(Box<OperateAsk>),
    /// Something about people's own data.
    Privacy(PrivacyAsk),
    /// Something about who works when.
    Team(TeamAsk),
    /// Something about who gets what.
    Routing(RoutingAsk),
    /// Something about scoring.
    Scoring(ScoringAsk),
    /// To do something to an item.
    Act {
        /// Its id.
        id: String,
        /// What.
        act: Act,
    },
    /// To do the same to many.
    ActOnMany(Box<ActOnMany>),
    /// To take back what they did.
    Undo(UndoMany),
    /// What an answer may begin with.
    Drafts {
        /// The item's id.
        id: String,
        /// What the address begins with where a visitor says how satisfied they are.
        base: String,
    },
    /// To see the kept views.
    Views,
    /// To keep one.
    SaveView(Box<SaveView>),
    /// To let go of one.
    DropView {
        /// Its id.
        id: String,
    },
    /// A page of what they were told.
    Notices {
        /// Where the page starts.
        after: Option<String>,
    },
    /// To have seen it.
    SeeNotices(Seen),
    /// Who could be the same as a person.
    Alike {
        /// Their id.
        person: String,
        /// Words that the others have.
        text: Option<String>,
    },
    /// To make one record part of another.
    Merge {
        /// The other one's id.
        person: String,
        /// The one's.
        from: String,
    },
    /// To take it apart again.
    Separate {
        /// The other one's id.
        person: String,
        /// The merge's.
        merge: String,
    },
}

impl StaffAsk {
    /// What somebody must be allowed to for it. A call that is not named here does not compile.
    pub fn right(&self) -> Right {
        match self {
            Self::Session | Self::SignOut | Self::Notices { .. } | Self::SeeNotices(_) => Right::Enter,
            Self::Account(
                AccountAsk::View | AccountAsk::BeginChange | AccountAsk::SetPassword { .. } | AccountAsk::EndOthers,
            ) => Right::Enter,
            Self::Account(AccountAsk::Members | AccountAsk::Link { .. }) => Right::Invite,
            Self::Presence(_)
            | Self::Items { .. }
            | Self::Search { .. }
            | Self::Item { .. }
            | Self::File { .. }
            | Self::CallForms
            | Self::RecordCall(_)
            | Self::Held { .. }
            | Self::Review { .. }
            | Self::Act { .. }
            | Self::ActOnMany(_)
            | Self::Undo(_)
            | Self::Drafts { .. }
            | Self::Views
            | Self::SaveView(_)
            | Self::DropView { .. }
            | Self::Alike { .. }
            | Self::Merge { .. }
            | Self::Separate { .. } => Right::Work,
            Self::Sites | Self::ChangeSites { .. } => Right::Sites,
            Self::Experiments(ExperimentsAsk::All | ExperimentsAsk::One { .. }) => Right::Experiments,
            Self::Experiments(ExperimentsAsk::Check(_) | ExperimentsAsk::Plan | ExperimentsAsk::Change { .. }) => {
                Right::ChangeExperiments
            }
            Self::Audit { .. } => Right::Audit,
            Self::Operate(_) => Right::Operate,
            Self::Privacy(_) => Right::Privacy,
            Self::Team(TeamAsk::View) | Self::Routing(RoutingAsk::View | RoutingAsk::Version { .. }) => Right::SeeTeam,
            Self::Routing(RoutingAsk::Check(_) | RoutingAsk::Simulate(_) | RoutingAsk::Replay(_)) => Right::TryScoring,
            Self::Routing(
                RoutingAsk::SaveDraft(_) | RoutingAsk::DropDraft | RoutingAsk::Publish(_) | RoutingAsk::RollBack(_),
            ) => Right::ChangeRouting,
            Self::Team(TeamAsk::Presence { .. } | TeamAsk::Plan { .. }) => Right::Manage,
            Self::Scoring(ScoringAsk::View | ScoringAsk::Version { .. } | ScoringAsk::Learner) => Right::Enter,
            Self::Scoring(
                ScoringAsk::Check(_) | ScoringAsk::Replay(_) | ScoringAsk::WhatIf(_) | ScoringAsk::Basis { .. },
            ) => Right::TryScoring,
            Self::Scoring(
                ScoringAsk::SaveDraft(_)
                | ScoringAsk::DropDraft
                | ScoringAsk::Publish(_)
                | ScoringAsk::RollBack(_)
                | ScoringAsk::StopRating,
            ) => Right::ChangeScoring,
        }
    }

    /// What is kept of it under a key. A call that is not named here does not compile: one whose answer shows a secret must not be kept.
    pub fn keeps(&self) -> Keeps {
        match self {
            Self::Session
            | Self::SignOut
            | Self::Items { .. }
            | Self::Search { .. }
            | Self::Item { .. }
            | Self::File { .. }
            | Self::CallForms
            | Self::Held { .. }
            | Self::Sites
            | Self::Audit { .. }
            | Self::Drafts { .. }
            | Self::Views
            | Self::Notices { .. }
            | Self::Alike { .. }
            | Self::Experiments(
                ExperimentsAsk::All | ExperimentsAsk::One { .. } | ExperimentsAsk::Check(_) | ExperimentsAsk::Plan,
            )
            | Self::Account(AccountAsk::View | AccountAsk::Members | AccountAsk::BeginChange)
            | Self::Privacy(PrivacyAsk::View | PrivacyAsk::Person { .. } | PrivacyAsk::Export { .. })
            | Self::Team(TeamAsk::View)
            | Self::Routing(
                RoutingAsk::View
                | RoutingAsk::Version { .. }
                | RoutingAsk::Check(_)
                | RoutingAsk::Simulate(_)
                | RoutingAsk::Replay(_),
            )
            | Self::Scoring(
                ScoringAsk::View
                | ScoringAsk::Version { .. }
                | ScoringAsk::Learner
                | ScoringAsk::Check(_)
                | ScoringAsk::Replay(_)
                | ScoringAsk::WhatIf(_)
                | ScoringAsk::Basis { .. },
            ) => Keeps::Nothing,
            Self::Account(AccountAsk::Link { .. }) => Keeps::Deed,
            Self::Operate(ask) => ask.keeps(),
            Self::Presence(_)
            | Self::RecordCall(_)
            | Self::Review { .. }
            | Self::ChangeSites { .. }
            | Self::Experiments(ExperimentsAsk::Change { .. })
            | Self::Account(AccountAsk::SetPassword { .. } | AccountAsk::EndOthers)
            | Self::Privacy(PrivacyAsk::Retain(_) | PrivacyAsk::Erase { .. } | PrivacyAsk::Hold { .. })
            | Self::Team(TeamAsk::Presence { .. } | TeamAsk::Plan { .. })
            | Self::Routing(
                RoutingAsk::SaveDraft(_) | RoutingAsk::DropDraft | RoutingAsk::Publish(_) | RoutingAsk::RollBack(_),
            )
            | Self::Scoring(
                ScoringAsk::SaveDraft(_)
                | ScoringAsk::DropDraft
                | ScoringAsk::Publish(_)
                | ScoringAsk::RollBack(_)
                | ScoringAsk::StopRating,
            )
            | Self::Act { .. }
            | Self::ActOnMany(_)
            | Self::Undo(_)
            | Self::SaveView(_)
            | Self::DropView { .. }
            | Self::SeeNotices(_)
            | Self::Merge { .. }
            | Self::Separate { .. } => Keeps::Answer,
        }
    }
}
