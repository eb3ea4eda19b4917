//! What the Worker asks a desk. Private to this program: see [`crate::rpc`].

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use shared::experiments::tally::{PartRow, TallyRow};
use shared::right::Right;
use shared::token::Scope;
use shared::wire::call::RecordCall;
use shared::wire::config::Site;
use shared::wire::console::{Act, Presence, Whose};
use shared::wire::delivery::{ChangeDestinations, DeliveryAct, DeliveryState, DestinationAct};
use shared::wire::destination::EventKind;
use shared::wire::experiment::Experiment;
use shared::wire::experiments::ChangeExperiments;
use shared::wire::held::Review;
use shared::wire::lists::{ActOnMany, Filter, SaveView, UndoMany};
use shared::wire::mail::Mail;
use shared::wire::notice::Seen;
use shared::wire::pool::Hours;
use shared::wire::privacy::{ChangeHold, ChangeRetention, ErasePerson};
use shared::wire::prompt::Fatigue;
use shared::wire::routing::{CheckTable, PublishTable, ReplayTable, RollBackTable, SaveTableDraft, Simulate};
use shared::wire::scoring::{CheckCard, FactView, Publish, Replay, RollBack, SaveDraft, WhatIf};
use shared::wire::sites::ChangeSites;
use shared::wire::team::ChangePlan;
use shared::wire::token::{NewToken, Subscribe};
use shared::wire::{Channel, FieldProblem, Form, Prompt, Workspace};

use super::privacy::PeopleAsk;
use crate::journal_do::arms::{ArmRow, Trial};
use crate::rpc::{SeenRow, VisitRow};

/// A question.
#[derive(Debug, Serialize, Deserialize)]
pub enum Ask {
    /// Take a submission.
    Submit(Box<Submit>),
    /// What is known of somebody who proves who they are.
    Known(Known),
    /// Count one that was refused before it reached the desk.
    Refused {
        /// The tag of [`shared::fate::Refusal`].
        tag: String,
    },
    /// The public side of a site.
    Site {
        /// Its embed key.
        key: String,
        /// The visitor's language, if it is one that is shipped; else empty.
        lang: String,
    },
    /// The pools of which somebody is at the desk.
    Online,
    /// A form of a site, for its plain page.
    Form {
        /// The site's embed key.
        key: String,
        /// The form's id.
        form: String,
        /// The language that the address names, if it names one.
        lang: Option<String>,
        /// What the browser says of languages (`Accept-Language`).
        accepts: String,
    },
    /// Which version of the configuration is in force; 0 before the first.
    Version,
    /// Whether a submission names this file.
    HasFile {
        /// Its id.
        id: String,
    },
    /// Something that the operator wants, as the Worker has found out.
    Operator {
        /// The key under which it is done once.
        once: Option<Once>,
        /// What.
        wants: OperatorAsk,
    },
    /// Something that a server of the workspace's wants.
    Server {
        /// Its token.
        secret: String,
        /// The key under which it is done once.
        once: Option<Once>,
        /// What.
        wants: ServerAsk,
    },
    /// Whether a token is for something: asked before what is dear to read is read.
    Permits {
        /// The token.
        secret: String,
        /// The tag of a [`Scope`].
        scope: String,
    },
    /// Take a mail that the runtime itself handed over.
    Mail(Box<Mail>),
    /// A page of everything, for a server.
    Export {
        /// Who takes it.
        by: ExportBy,
        /// Where the page starts.
        after: Option<String>,
    },
    /// Turn a sign-in link into a session.
    SignIn {
        /// The secret part of the link.
        secret: String,
        /// The secret of the session that this browser had before.
        before: Option<String>,
    },
    /// What the page needs to know where a visitor says how satisfied they are.
    FeedbackCard {
        /// Which item, signed.
        token: String,
    },
    /// Take what they say.
    Feedback {
        /// Which item, signed.
        token: String,
        /// As they chose.
        stars: String,
        /// What they wrote.
        text: String,
    },
    /// Something that somebody wants who is not signed in.
    Door(DoorAsk),
    /// Something a signed-in member wants.
    Staff {
        /// The secret part of the session's cookie.
        session: String,
        /// The key under which it is done once.
        once: Option<Once>,
        /// What.
        wants: StaffAsk,
    },
    /// Take what a visitor did since they sent something.
    Seen {
        /// The reference that they were given for it.
        reference: String,
        /// The signals.
        signals: Vec<SeenRow>,
    },
    /// Somebody saw two arms of an experiment.
    Crossed {
        /// The names under which they are counted.
        visitors: Vec<String>,
        /// The experiment's key.
        experiment: String,
        /// Its bucket version.
        version: u64,
    },
    /// What an operator watches: see [`Gauges`].
    Gauges,
    /// For tests of failures only: see [`crate::api::faults`].
    Fault(FaultAsk),
}

/// The key of a call (`Idempotency-Key`), and a hash of its method, its address, its body and what is said of that: of what it was sent with.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Once {
    /// The key.
    pub key: String,
    /// The hash, in hexadecimal.
    pub print: String,
}

/// What is kept under the key of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keeps {
    /// Nothing: it changes nothing, or the caller is gone afterwards.
    Nothing,
    /// Its answer.
    Answer,
    /// That it was done: its answer has a secret that is shown once. What it was refused with is kept.
    Deed,
}

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

/// A submission, on its way in. One that is held is kept in this form until somebody has looked at it, so that a new field
/// is optional.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Submit {
    /// The embed key it used.
    pub key: String,
    /// The form's id.
    pub form: String,
    /// The origin it came from, unless it is the Worker's own, or no browser's.
    pub origin: Option<String>,
    /// Its body: JSON as it was sent, or as a plain form was read.
    pub body: String,
    /// The workspace: its files may be named, and identity tokens may be for it.
    pub workspace: String,
    /// What is wrong with the files that came along with a plain form.
    pub problems: Vec<FieldProblem>,
    /// What the journal holds of the visit.
    pub visit: VisitRow,
    /// What submissions from its address are counted under; never kept longer than they are counted.
    #[serde(default)]
    pub sender: Option<String>,
    /// The arms of experiments that its sender saw before.
    #[serde(default)]
    pub arms: Vec<ArmRow>,
    /// For tests of rollback only: how many statements succeed.
    pub fail_after: Option<u32>,
    /// How it came to us.
    #[serde(default)]
    pub channel: Channel,
}

/// Somebody who wants a form to know what it may.
#[derive(Debug, Serialize, Deserialize)]
pub struct Known {
    /// The workspace's id.
    pub workspace: String,
    /// The embed key.
    pub key: String,
    /// The form's id.
    pub form: String,
    /// The origin it came from, unless it is the Worker's own, or no browser's.
    pub origin: Option<String>,
    /// The platform's token.
    pub identity: String,
}

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
}

impl StaffAsk {
    /// What is kept of it under a key. Of the calls that only ask, those are named that are no `GET`, or are a step of another.
    pub fn keeps(&self) -> Keeps {
        match self {
            Self::Session
            | Self::SignOut
            | Self::Experiments(
                ExperimentsAsk::All | ExperimentsAsk::One { .. } | ExperimentsAsk::Check(_) | ExperimentsAsk::Plan,
            )
            | Self::Account(AccountAsk::View | AccountAsk::Members | AccountAsk::BeginChange)
            | Self::Routing(RoutingAsk::Check(_) | RoutingAsk::Simulate(_) | RoutingAsk::Replay(_))
            | Self::Scoring(ScoringAsk::Check(_) | ScoringAsk::Replay(_) | ScoringAsk::WhatIf(_)) => Keeps::Nothing,
            Self::Account(AccountAsk::Link { .. }) => Keeps::Deed,
            Self::Operate(ask) if matches!(**ask, OperateAsk::MakeToken(_) | OperateAsk::Change { .. }) => Keeps::Deed,
            _ => Keeps::Answer,
        }
    }
}

/// What somebody wants who is not signed in. What carries a hash has no `Debug`.
#[derive(Serialize, Deserialize)]
pub enum DoorAsk {
    /// To know how one signs in here.
    Rules,
    /// To try a password: with what it is to be hashed.
    Begin {
        /// The address that was typed.
        email: String,
        /// Their network, hashed.
        network: Option<String>,
        /// What this browser is known by.
        device: Option<String>,
    },
    /// To sign in with the hash.
    Finish(Box<Finish>),
    /// To keep a password that was just right under a higher cost.
    Rehash {
        /// The secret of the session that it opened.
        session: String,
        /// The hash that was right.
        from: String,
        /// What is to be kept.
        to: String,
    },
    /// To come in as whom somebody else vouches for.
    Vouched {
        /// The address that was proved.
        email: String,
        /// Whether by Cloudflare Access, and not by OpenID Connect.
        by_access: bool,
        /// A name that lets in one time only, and until when it must be remembered.
        once: Option<(String, i64)>,
        /// The secret of the session that this browser had before.
        before: Option<String>,
    },
}

impl core::fmt::Debug for DoorAsk {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        formatter.write_str("DoorAsk")
    }
}

/// A password that was hashed.
#[derive(Serialize, Deserialize)]
pub struct Finish {
    /// The address that was typed.
    pub email: String,
    /// The hash, in hexadecimal.
    pub hash: String,
    /// Their network, hashed.
    pub network: Option<String>,
    /// What this browser is known by.
    pub device: Option<String>,
    /// The secret of the session that this browser had before.
    pub before: Option<String>,
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

/// An answer, nearly as the caller gets it.
#[derive(Debug, Serialize, Deserialize)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The JSON body; empty for none.
    pub body: String,
    /// Whether the asking origin may read it.
    pub readable: bool,
}

/// The public side of a site.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SiteCard {
    /// The name of the workspace.
    pub workspace: String,
    /// Its id.
    pub site: String,
    /// Whether it is a partner's.
    pub partner: bool,
    /// The origins it may be used from.
    pub origins: Vec<String>,
    /// What the loader is told, as JSON.
    pub boot: String,
    /// Its forms.
    pub forms: Vec<Form>,
    /// The workspace's secret, for stamps and challenges. It never leaves the Worker.
    pub secret: String,
    /// What decides on its prompts.
    pub prompting: Prompting,
}

/// What decides on the prompts of a site.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Prompting {
    /// The site.
    pub site: Site,
    /// Every prompt of the workspace, also those that this site does not list.
    pub prompts: Vec<Prompt>,
    /// How much all of them may ask of one visitor.
    pub fatigue: Fatigue,
    /// The hours of the pools, by pool; those without any work at any time.
    pub hours: BTreeMap<String, Hours>,
    /// The secret that identity tokens are signed with. It never leaves the Worker.
    pub identity: Option<String>,
    /// The experiments that run on the site's prompts.
    pub trials: Vec<Trial>,
    /// Whether what is sent is credited to arms that were seen.
    pub credits: bool,
}

/// What the plain page of a form needs to know.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FormCard {
    /// The name of the workspace.
    pub workspace: String,
    /// The origins of the site: they may show the page in a frame, and be led back to.
    pub origins: Vec<String>,
    /// The language that the visitor reads.
    pub lang: String,
    /// The form in that language; absent where the site shows no such form.
    pub form: Option<Form>,
    /// The id and the title of the form that is offered next.
    pub follow_up: Option<(String, String)>,
    /// Whether the site's key is switched off, or has ended.
    pub is_closed: bool,
    /// The workspace's secret, for stamps. It never leaves the Worker.
    pub secret: String,
}
