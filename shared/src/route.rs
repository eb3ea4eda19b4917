//! Which team gets an item. Rules are tried in order, the first match wins, and the last rule always matches.
//!
//! Not here: how staff edit the rules (`console`), which member gets it (`pool`), or how a member takes an item from the queue
//! (`desk`).

pub mod lint;

use serde_json::Value;

use crate::config::{Config, RouteRule};
use crate::promise::Promise;
use crate::time::Timestamp;
use crate::wire::FormKind;
use crate::wire::pool::Wants;

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
        members: pool.members.iter().map(|place| place.member.clone()).collect(),
        answer_by: Promise::of_minutes(rule.first_touch_minutes).due(rule.clock(), at),
        passed_over: config.routes().iter().take(found).map(|rule| (rule.id.clone(), rule.says.clone())).collect(),
    })
}

/// What an item asks of the member to whom it is given, by the rule that matched. `lang` is the language the form was read in.
pub fn wants(rule: &RouteRule, kind: FormKind, lang: &str, facts: &Value) -> Wants {
    let first_part = lang.split('-').next().unwrap_or_default();
    let territory = rule.needs.territory.as_ref().and_then(|path| {
        path.split('.').try_fold(facts, |value, key| value.get(key)).and_then(Value::as_str).map(str::to_owned)
    });
    Wants {
        kind,
        skills: rule.needs.skills.clone(),
        language: rule.needs.language.then(|| first_part.to_owned()),
        territory,
        any_hour: rule.any_hour,
    }
}
