//! A score card as people write it. [`crate::config::read_card`] checks the whole of it and names every problem;
//! [`crate::score`] says what it means.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

/// What a submission is worth: points in three groups, then a tier.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Card {
    /// The least and the most points of each group.
    pub limits: Limits,
    /// Who is not scored at all: staff, competitors, test addresses. The first that holds is the reason.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub excluded: Vec<Segment>,
    /// The rules; each that matches counts.
    pub rules: Vec<ScoreRule>,
    /// From points to a letter and a number.
    pub tiers: Tiers,
}

/// The limits of each group, in points, and of all three together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Who they are.
    pub fit: Range,
    /// What they did.
    pub intent: Range,
    /// What they are to us already.
    pub relationship: Range,
    /// The sum of the groups; where absent, only the groups are limited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<Range>,
}

/// The least and the most, both reachable.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Range {
    /// The least.
    pub min: Amount,
    /// The most.
    pub max: Amount,
}

/// The least and the most of one rule; what is absent is not limited.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Bounds {
    /// The least.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub min: Option<Amount>,
    /// The most.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub max: Option<Amount>,
}

/// Somebody who is not scored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Segment {
    /// Names it in explanations and logs.
    pub id: String,
    /// A condition over the facts.
    pub when: Value,
    /// Who they are, in plain words.
    pub says: String,
}

/// The three groups of a score.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Group {
    /// Who they are: never fades.
    Fit,
    /// What they did.
    Intent,
    /// What they are to us already.
    Relationship,
}

/// One rule of the card. It gives one of four things: `points`, the `first` branch that holds, a `sum` of numeric facts, or
/// points for `events`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct ScoreRule {
    /// Names it in explanations and logs.
    pub id: String,
    /// The group it counts in.
    pub group: Option<Group>,
    /// A condition over the facts, whatever the rule gives; see [`crate::condition`]. `{}` always holds.
    #[serde(default = "always")]
    pub when: Value,
    /// So many points; negative takes.
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub points: Option<Amount>,
    /// The points of the first of these that holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first: Option<Vec<Branch>>,
    /// With `first`: the points where none holds; where absent, none.
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub otherwise: Option<Amount>,
    /// Points by a number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sum: Option<Sum>,
    /// Points by what was done, and when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub events: Option<Events>,
    /// The least and the most that it gives.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limits: Option<Bounds>,
    /// What it gives where a fact that it reads is not known; where absent, an unknown fact is `null` to its conditions, and
    /// 0 to its sum.
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub unknown: Option<Amount>,
    /// What it is where somebody is a customer already; where absent, a rule of intent that reads what was done with the
    /// prices is a sign of `expansion`, and every other gives its points.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customers: Option<Customers>,
    /// The rule in plain words, as staff will read it.
    pub says: String,
}

/// What a rule is where somebody is a customer already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Customers {
    /// Points, as for everybody.
    Points,
    /// No points, but a sign for success: they may want more.
    Expansion,
    /// No points, but a sign for success: they may leave.
    Churn,
}

/// One branch of a rule.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Branch {
    /// A condition over the facts.
    #[serde(default = "always")]
    pub when: Value,
    /// What it gives.
    #[serde(deserialize_with = "given")]
    pub points: Option<Amount>,
    /// The branch in plain words; where absent, the rule's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub says: Option<String>,
}

/// Points by a number: the facts are added up, and each one gives `each`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Sum {
    /// The paths of numeric facts.
    pub facts: Vec<String>,
    /// What each one gives; on the scale of doublings, what each doubling of one more than the number gives.
    #[serde(deserialize_with = "given")]
    pub each: Option<Amount>,
    /// How points grow with the number.
    pub scale: Scale,
}

/// How points grow with a number.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Scale {
    /// In step with it.
    #[default]
    Linear,
    /// With its logarithm: 1, 3 and 7 give once, twice and three times `each`. For reach and referrals.
    Doublings,
}

/// Points by what was done.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Events {
    /// The kinds that count: `pricing_viewed`.
    pub kinds: Vec<String>,
    /// A condition over what more there is to the signal, by name: `{"plan": "team"}`.
    #[serde(default = "always")]
    pub when: Value,
    /// What is counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<Count>,
    /// What each one gives.
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub points: Option<Amount>,
    /// Or: what so many of them give.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bands: Option<Vec<Band>>,
    /// The points of each fade to half in so many days; 14 where neither this nor a window is given.
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub half_life_days: Option<Amount>,
    /// Or: only what was done on the last so many days (UTC, today is one of them) counts, and counts whole.
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub window_days: Option<Amount>,
}

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Count {
    /// Every single one.
    Each,
    /// The days (UTC) with at least one.
    Days,
}

/// Points for a number of events or days, between two numbers that both belong to it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Band {
    /// The first number.
    #[serde(deserialize_with = "given")]
    pub from: Option<Amount>,
    /// The last number; where absent, up to the next band.
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub to: Option<Amount>,
    /// What they give together.
    #[serde(deserialize_with = "given")]
    pub points: Option<Amount>,
    /// The band in plain words; where absent, the rule's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub says: Option<String>,
}

/// Thresholds: the first value is for A (or 1), the second for B (or 2); below both it is C (or 3).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Tiers {
    /// Fit points for A and for B.
    pub fit: [Amount; 2],
    /// Intent points for 1 and for 2.
    pub intent: [Amount; 2],
}

/// A number as it was written. What is none (`null`, a text) is kept as not-a-number, so that the check can say where it
/// stands, together with everything else that is wrong.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Amount(pub f64);

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[allow(clippy::cast_possible_truncation, reason = "compared with what it came from")]
        let whole = self.0 as i64;
        if whole as f64 == self.0 { serializer.serialize_i64(whole) } else { serializer.serialize_f64(self.0) }
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Value::deserialize(deserializer).map(|value| Self(value.as_f64().unwrap_or(f64::NAN)))
    }
}

/// What is written is given, `null` too: only what is not written is absent.
fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Amount>, D::Error> {
    Amount::deserialize(deserializer).map(Some)
}

fn always() -> Value {
    Value::Object(Map::new())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_no_number_is_kept_to_be_told() {
        let rule = |points: Value| -> ScoreRule { serde_json::from_value(json!({ "points": points })).unwrap() };
        for odd in [Value::Null, json!("NaN"), json!([])] {
            assert!(rule(odd).points.is_some_and(|points| points.0.is_nan()));
        }
        assert_eq!(rule(json!(1.5)).points, Some(Amount(1.5)));
        assert_eq!(serde_json::from_value::<ScoreRule>(json!({})).unwrap().points, None);
    }

    #[test]
    fn a_card_is_written_as_it_was_read() {
        let rules = json!([
            { "id": "a", "group": "fit", "when": { "email.free": false }, "points": 8, "says": "A" },
            { "id": "b", "group": "intent", "when": {}, "says": "B", "limits": { "max": 10 }, "events": {
                "kinds": ["pricing_viewed"], "when": {}, "half_life_days": 1.5,
                "bands": [{ "from": 1, "points": 8 }, { "from": 2, "to": 3, "points": 18 }],
            } },
        ]);
        let read: Vec<ScoreRule> = serde_json::from_value(rules.clone()).unwrap();
        assert_eq!(serde_json::to_value(read).unwrap(), rules);
    }
}
