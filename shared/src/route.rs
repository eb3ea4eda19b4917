//! Which team gets an item. Rules are tried in order, the first match wins, and the last rule always matches.
//!
//! Not here: how staff edit the rules (`console`), or how a member takes an item from the queue (`desk`).

use serde_json::Value;

use crate::config::{Config, RouteRule};
use crate::time::Timestamp;

/// Where an item goes, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// The id of the rule that matched.
    pub rule: String,
    /// That rule in plain words.
    pub says: String,
    /// The queue.
    pub queue: String,
    /// The pool.
    pub pool: String,
    /// The pool's name: the team the visitor is told.
    pub team: String,
    /// The ids of the pool's members, as they were.
    pub members: Vec<String>,
    /// By when somebody touches it first.
    pub answer_by: Timestamp,
    /// The rules tried before, in order: id and plain words.
    pub passed_over: Vec<(String, String)>,
}

/// Finds the route for the facts of one submission and its score ([`crate::facts::with_score`]), or `None` where no rule
/// matches, which [`Config::parse`] rules out.
pub fn route(config: &Config, facts: &Value, at: Timestamp) -> Option<Route> {
    let found = config.routes().iter().position(|rule| rule.when.holds(facts))?;
    let rule: &RouteRule = config.routes().get(found)?;
    let pool = config.pool(&rule.pool)?;
    Some(Route {
        rule: rule.id.clone(),
        says: rule.says.clone(),
        queue: rule.queue.clone(),
        pool: rule.pool.clone(),
        team: pool.name.clone(),
        members: pool.members.clone(),
        answer_by: match &rule.hours {
            Some(hours) => hours.after(at, rule.first_touch_minutes),
            None => at.later_by_minutes(rule.first_touch_minutes),
        },
        passed_over: config.routes().iter().take(found).map(|rule| (rule.id.clone(), rule.says.clone())).collect(),
    })
}
