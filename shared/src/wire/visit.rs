//! What a visitor's signals fold into: a small summary that the journal keeps, that travels with a submission, and that
//! its item keeps. Instants are milliseconds since 1970.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// One visitor, in short. [`crate::visit`] says how signals fold into it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Summary {
    /// When anything was last done.
    pub last_at: i64,
    /// How many visits there were: half an hour without a signal ends one.
    pub visits: u32,
    /// How many pages were seen.
    pub pages: u32,
    /// Whether the prices were looked at in the visit that is going on.
    pub looked: bool,
    /// What they did with the prices.
    pub pricing: Pricing,
    /// How they came the first time.
    pub first: Option<Touch>,
    /// How they came the last time that they came from somewhere.
    pub last: Option<Touch>,
}

/// What a visitor did with the prices. [`crate::pricing`] says how signals fold into it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Pricing {
    /// The first look; 0 where there was none.
    pub first_at: i64,
    /// The latest look.
    pub last_at: i64,
    /// The days with a look, counted from 1970.
    pub days: Vec<i64>,
    /// How long the prices could be seen, by day.
    pub visible_ms: BTreeMap<i64, u64>,
    /// How long each plan held the eye.
    pub plans: BTreeMap<String, u64>,
    /// The billing period chosen last.
    pub period: String,
    /// The number of seats chosen last, as a range.
    pub seats: String,
    /// The plan whose button was pressed last.
    pub pressed: String,
    /// How often the comparison was opened.
    pub compared: u32,
}

/// How a visitor came to a page.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Touch {
    /// When.
    pub at: i64,
    /// The site they came to.
    pub site: String,
    /// Whether it is a partner's.
    pub partner: bool,
    /// The page's path.
    pub path: String,
    /// The host they came from; empty for none, or the site itself.
    pub referrer: String,
    /// What the page's address said of the campaign: `source`, `medium`, `gclid`, ...
    pub campaign: BTreeMap<String, String>,
}
