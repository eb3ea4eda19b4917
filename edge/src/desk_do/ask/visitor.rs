//! What is asked for visitors, and what the Worker is told of sites to answer them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use shared::wire::config::Site;
use shared::wire::pool::Hours;
use shared::wire::prompt::Fatigue;
use shared::wire::{Channel, FieldProblem, Form, Prompt};

use crate::journal_do::arms::{ArmRow, Trial};
use crate::rpc::VisitRow;

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
    /// Where the journal has what its visitor did: shards, and keys there. It is asked, and then they are forgotten.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub visitors: Vec<(u8, String)>,
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
