//! What the Worker asks a desk. Private to this program: see [`crate::rpc`].

mod door;
mod operator;
mod pages;
mod server;
mod staff;
mod visitor;

use serde::{Deserialize, Serialize};
use shared::wire::mail::Mail;

use crate::rpc::SeenRow;

pub use door::{DoorAsk, Finish};
pub use operator::{FaultAsk, Gauges, OperatorAsk};
pub use pages::{
    AccountAsk, DeliveriesOf, Experimenting, ExperimentsAsk, OperateAsk, PrivacyAsk, RoutingAsk, ScoringAsk, TeamAsk,
};
pub use server::{ExportBy, HookAsk, ServerAsk};
pub use staff::StaffAsk;
pub use visitor::{FormCard, Known, Prompting, SiteCard, Submit};

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
