//! Teams, as an operator writes them: who is in a pool, when they work, how much each takes, and how one is picked.
//! [`crate::pool`] reads them, and picks.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::form::FormKind;

/// A team that routing names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Pool {
    /// `course_advisers`.
    pub id: String,
    /// The name the visitor is told: `Course advisers`.
    pub name: String,
    /// Who is in it, in order.
    pub members: Vec<PoolMember>,
    /// When the team works; where absent, at any time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<Hours>,
    /// How a member is picked.
    #[serde(default, skip_serializing_if = "Strategy::is_claim")]
    pub strategy: Strategy,
    /// Whether only those are picked who have a console open.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub present_only: bool,
    /// The pool that helps out where a promise is in danger and nobody here can take the item.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub widen_to: Option<String>,
}

/// How a pool picks the member who gets an item. Whoever owned the person's last item comes first, whichever it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Strategy {
    /// Nobody is picked: whoever is first takes it from the queue.
    #[default]
    Claim,
    /// The first in the pool's order who can take it.
    Ordered,
    /// Each gets their share, by weight.
    WeightedFair,
    /// Whoever has the fewest open items.
    LeastLoaded,
}

impl Strategy {
    /// Every strategy.
    pub const ALL: [Self; 4] = [Self::Claim, Self::Ordered, Self::WeightedFair, Self::LeastLoaded];

    /// The stable name.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Claim => "claim",
            Self::Ordered => "ordered",
            Self::WeightedFair => "weighted_fair",
            Self::LeastLoaded => "least_loaded",
        }
    }

    fn is_claim(&self) -> bool {
        *self == Self::Claim
    }
}

/// The weight of whoever has none.
pub const USUAL_WEIGHT: u32 = 100;

/// A member's place in a pool: their id, `"mara"`, or `{"member": "mara", "weight": 50}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PoolMember {
    /// Who.
    pub member: String,
    /// Their share against those of the others: 1 to 1,000.
    pub weight: u32,
    /// The most they are given in a while.
    pub most: Option<Most>,
}

/// So many items within so many minutes, at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Most {
    /// Items.
    pub items: u32,
    /// Minutes.
    pub minutes: u32,
}

/// The long form of a place.
#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", schemars(rename = "PoolPlace"))]
pub(super) struct Place {
    /// The member's id.
    member: String,
    /// Their share against those of the others: 1 to 1,000; 100 where absent.
    #[serde(default = "usual_weight", skip_serializing_if = "is_usual_weight")]
    weight: u32,
    /// The most they are given in a while.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    most: Option<Most>,
}

fn usual_weight() -> u32 {
    USUAL_WEIGHT
}

fn is_usual_weight(weight: &u32) -> bool {
    *weight == USUAL_WEIGHT
}

impl From<&str> for PoolMember {
    fn from(member: &str) -> Self {
        Self { member: member.to_owned(), weight: USUAL_WEIGHT, most: None }
    }
}

impl Serialize for PoolMember {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.weight == USUAL_WEIGHT && self.most.is_none() {
            return serializer.serialize_str(&self.member);
        }
        Place { member: self.member.clone(), weight: self.weight, most: self.most }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for PoolMember {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;

        impl<'de> Visitor<'de> for Either {
            type Value = PoolMember;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a member's id, or an object with a `member`")
            }

            fn visit_str<E>(self, member: &str) -> Result<PoolMember, E> {
                Ok(member.into())
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<PoolMember, A::Error> {
                let Place { member, weight, most } = Place::deserialize(MapAccessDeserializer::new(map))?;
                Ok(PoolMember { member, weight, most })
            }
        }

        deserializer.deserialize_any(Either)
    }
}

/// When a team or a member works.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Hours {
    /// The time zone, by its IANA name: `Europe/London`.
    pub zone: String,
    /// The intervals of each day.
    pub week: Week,
    /// Days on which nobody works: `2026-12-25`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub closed: Vec<String>,
}

/// A week of working hours: for each day its intervals, `["09:00", "17:00"]`, in order; several for split shifts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Week {
    /// Monday.
    pub monday: Vec<[String; 2]>,
    /// Tuesday.
    pub tuesday: Vec<[String; 2]>,
    /// Wednesday.
    pub wednesday: Vec<[String; 2]>,
    /// Thursday.
    pub thursday: Vec<[String; 2]>,
    /// Friday.
    pub friday: Vec<[String; 2]>,
    /// Saturday.
    pub saturday: Vec<[String; 2]>,
    /// Sunday.
    pub sunday: Vec<[String; 2]>,
}

/// Days on which a member is on leave, both included, in the time zone of their hours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Leave {
    /// The first: `2026-12-21`.
    pub from: String,
    /// The last.
    pub until: String,
}

/// How many open items a member may own before no more are given to them. What they take themselves is theirs to judge.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Capacity {
    /// In all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<u32>,
    /// Of each kind: `{"trial": 5}`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub kinds: BTreeMap<FormKind, u32>,
}

impl Capacity {
    /// Whether it names no limit.
    pub fn is_unbounded(&self) -> bool {
        self.total.is_none() && self.kinds.is_empty()
    }
}

/// What a rule asks of the member to whom its items are given.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Needs {
    /// Skills, each with the least level.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub skills: BTreeMap<String, u32>,
    /// That they answer in the language the form was read in.
    #[serde(skip_serializing_if = "core::ops::Not::not")]
    pub language: bool,
    /// The fact that is one of their territories: `values.country`. Where it is unknown, anybody will do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub territory: Option<String>,
}

impl Needs {
    /// Whether anybody will do.
    pub fn is_nothing(&self) -> bool {
        self.skills.is_empty() && !self.language && self.territory.is_none()
    }
}

/// What is done when so much of the time of a promise is gone. Whoever waits is told at 50, 75 and 90 percent in any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Remedy {
    /// Percent: 1 to 100.
    pub at: u32,
    /// What.
    #[serde(rename = "do")]
    pub does: Does,
}

/// What is done about a promise that is in danger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Does {
    /// Remind whoever has it.
    Nudge,
    /// Let the wider pool take it, where nobody has it.
    Widen,
    /// Take it back from whoever has not accepted it, and give it to another.
    Reassign,
    /// Put it before everything else.
    Escalate,
}

/// What an item asks of the member to whom it is given, as it was when it arrived: kept with it, so that it can be given
/// again by the same wish.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Wants {
    /// What opened it.
    pub kind: FormKind,
    /// Skills, each with the least level.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub skills: BTreeMap<String, u32>,
    /// The language they answer in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Where it comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub territory: Option<String>,
    /// Whether it is given to them outside their hours too.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub any_hour: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[test]
    fn a_place_is_an_id_or_an_object_and_is_written_as_short_as_it_can_be() {
        let read = |json: Value| serde_json::from_value::<PoolMember>(json);
        assert_eq!(read(json!("mara")).unwrap(), PoolMember::from("mara"));
        let long = json!({ "member": "mara", "weight": 50, "most": { "items": 3, "minutes": 60 } });
        assert_eq!(serde_json::to_value(read(long.clone()).unwrap()).unwrap(), long);
        assert_eq!(serde_json::to_value(read(json!({ "member": "mara" })).unwrap()).unwrap(), json!("mara"));
        let error = read(json!({ "member": "mara", "wieght": 50 })).unwrap_err().to_string();
        assert!(error.contains("wieght"), "{error}");
    }
}
