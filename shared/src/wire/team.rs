//! What the console's Team page reads and writes, under `/v1/console/`: who is there and has how much to do, and what is at risk.
//!
//! | call | body | answer |
//! | --- | --- | --- |
//! | `GET team` | | [`TeamView`]; for whoever works a queue or manages |
//! | `PUT team/{member}` | [`ChangePlan`] | [`TeamView`]; 409 `stale`, 422 with every problem; for whoever manages |
//! | `POST team/{member}/presence` | [`super::console::Presence`] | [`TeamView`]; for whoever manages |

use serde::{Deserialize, Serialize};

use super::console::{ItemRow, MemberRef};
use super::pool::{Capacity, Hours, Leave};

/// The members who work one's queues, their pools, and what is at risk there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct TeamView {
    /// Whether this member may change when others work, and say that they are away.
    pub manages: bool,
    /// The members, in the order of the workspace.
    pub members: Vec<MemberView>,
    /// The pools that they are in.
    pub pools: Vec<PoolView>,
    /// Open items of which a promise is in danger or missed, the most pressing first: fifty at most.
    pub at_risk: Vec<ItemRow>,
}

/// A member, with what they have to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct MemberView {
    /// Who.
    pub member: MemberRef,
    /// Whether they said that they are away.
    pub away: bool,
    /// Whether they have a console open.
    pub present: bool,
    /// Open items they own.
    pub open: u32,
    /// Of those, how many they have not accepted yet.
    pub given: u32,
    /// How long they take to accept an item: the median of their latest ones, in minutes by the clock on the wall; absent where
    /// there are none in 30 days.
    pub accepts_in: Option<u32>,
    /// When they work.
    pub plan: Plan,
}

/// When a member works, and how much they take.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Plan {
    /// Their hours; where absent, those of their pool.
    pub hours: Option<Hours>,
    /// When they are on leave.
    pub leave: Vec<Leave>,
    /// How many open items they may own.
    pub capacity: Capacity,
}

/// A pool, with what waits for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct PoolView {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// How it picks: `claim`, `ordered`, `weighted_fair`, `least_loaded`.
    pub strategy: String,
    /// Items that wait for somebody who can take them.
    pub waiting: u32,
    /// Its members, in order.
    pub seats: Vec<SeatView>,
}

/// A member's place in a pool.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct SeatView {
    /// Who.
    pub member: MemberRef,
    /// Their weight.
    pub weight: u32,
    /// What part of the pool's items is theirs by weight, in thousandths.
    pub share: u32,
    /// Items they were given by their share.
    pub given: u32,
    /// How far they are behind it, in hundredths of an item; negative where they are ahead.
    pub behind: i32,
    /// Items they are owed.
    pub owed: u32,
    /// Why they could not take an ordinary inquiry now, as what follows their name, if they could not.
    pub cannot: Option<CannotView>,
}

/// Why somebody could not take an item now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct CannotView {
    /// `away`, `off_shift`, `full`, ...
    pub why: String,
    /// The same, in words.
    pub says: String,
    /// From when on it is otherwise, by the clock alone, RFC 3339.
    pub until: Option<String>,
}

/// Changes when a member works.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ChangePlan {
    /// As it was read: where it is another one by now, nothing is changed.
    pub base: Plan,
    /// As it is to be.
    pub plan: Plan,
}
