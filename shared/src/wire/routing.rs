//! What the console's Routing page reads and writes, under `/v1/console/`. Whoever sees the team may look; changing the table is for
//! members whose roles let them.
//!
//! | call | body | answer |
//! | --- | --- | --- |
//! | `GET routing` | | [`RoutingView`] |
//! | `GET routing/versions/{version}` | | [`TableVersion`] |
//! | `POST routing/check` | [`CheckTable`] | [`super::scoring::Checked`]: also where the table makes no sense |
//! | `POST routing/simulate` | [`Simulate`] | [`Simulated`]; 422 with every problem, 404 `unknown_item` |
//! | `POST routing/replay` | [`ReplayTable`] | [`super::scoring::ReplayPage`]; 422 with every problem |
//! | `PUT routing/draft` | [`SaveTableDraft`] | [`RoutingView`]; 409 `stale` |
//! | `DELETE routing/draft` | | [`RoutingView`] |
//! | `PUT routing` | [`PublishTable`] | [`RoutingView`]; 409 `stale`, 422 with every problem |
//! | `POST routing/roll-back` | [`RollBackTable`] | [`RoutingView`]; 409 `stale`, 422 with every problem |

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::config::RouteRule;
use super::console::{MemberRef, PickView, RouteView};
use super::pool::Pool;
use super::scoring::{Basis, FactView, HintView, VersionView};
use super::sites::Named;

/// Who gets what: the pools, and the rules in order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// The pools.
    pub pools: Vec<Pool>,
    /// The rules; the first that matches wins, the last must always match.
    pub routes: Vec<RouteRule>,
}

/// The table in force, and what it is made of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct RoutingView {
    /// The version of the configuration in force: what is published names it, so that two people never overwrite each other.
    pub version: u32,
    /// The table in force.
    pub table: Table,
    /// Whether this member may change it.
    pub may_change: bool,
    /// The queues.
    pub queues: Vec<Named>,
    /// The members.
    pub members: Vec<MemberRef>,
    /// The facts that conditions may read, the score's among them.
    pub facts: Vec<FactView>,
    /// What is odd in the table.
    pub hints: Vec<HintView>,
    /// The versions in which the table changed, the latest first: the first of them is in force.
    pub versions: Vec<VersionView>,
    /// The draft, which all members share, if there is one.
    #[serde(default)]
    pub draft: Option<TableDraft>,
}

/// A table that somebody works on, kept for everybody. It may make no sense yet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct TableDraft {
    /// The table.
    pub table: Table,
    /// The version that it changes.
    pub base: u32,
    /// Its number, counting up.
    pub revision: u32,
    /// Who saved it.
    pub by: MemberRef,
    /// When, RFC 3339.
    pub at: String,
}

/// Keeps a draft.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SaveTableDraft {
    /// The table.
    pub table: Table,
    /// The version that it changes.
    pub base: u32,
    /// The revision of the draft that they saw; 0 where there was none.
    pub revision: u32,
}

/// The table of a version.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct TableVersion {
    /// The version.
    pub version: u32,
    /// Its table.
    pub table: Table,
}

/// Asks what is wrong with a table, and odd in it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CheckTable {
    /// The table.
    pub table: Value,
}

/// Puts a table in force.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PublishTable {
    /// The version in force that the member saw.
    pub version: u32,
    /// The table.
    pub table: Value,
    /// Why, in their words.
    #[serde(default)]
    pub note: String,
}

/// Puts the table of an earlier version in force again, as a new version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RollBackTable {
    /// The version in force that the member saw.
    pub version: u32,
    /// The version whose table is wanted.
    pub to: u32,
}

/// Asks who would get something, at some moment, with the team as it is now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Simulate {
    /// A table that is not in force; where absent, the one that is.
    #[serde(default)]
    pub table: Option<Value>,
    /// An item, by its id or reference, as though it arrived then.
    #[serde(default)]
    pub item: Option<String>,
    /// Or what it would be made from.
    #[serde(default)]
    pub basis: Option<Basis>,
    /// When, RFC 3339.
    pub at: String,
}

/// Who would get it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Simulated {
    /// Where it would go, and why.
    pub route: RouteView,
    /// By when it would be answered, RFC 3339.
    pub answer_by: String,
    /// To whom it would be given, and why not to others.
    pub pick: PickView,
}

/// Asks where items would have gone, had a table been in force.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ReplayTable {
    /// The table.
    pub table: Value,
    /// How many days back: 1 to 366.
    pub days: u32,
    /// Where the page starts.
    #[serde(default)]
    pub after: Option<String>,
}
