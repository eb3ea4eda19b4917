//! What conditions read: one JSON object for each submission.
//!
//! | path | what it holds |
//! | --- | --- |
//! | `form.id`, `form.kind` | the form's id; `inquiry`, `trial` or `support` |
//! | `channel` | how it came to us: `web`, `email` or `phone` |
//! | `values.{field}` | what was given: text; a number where the field is a `number`; a list where it is a `multiple_choice`; `true` where a box is ticked |
//! | `email.domain`, `email.free`, `email.disposable` | the address's domain; whether it is one that gives mailboxes to anybody, or lends them for minutes |
//! | `site.id`, `site.partner` | the site's id; whether it is a partner's |
//! | `page.path`, `page.pricing` | the page it was sent from; whether it is one of the site's pricing pages |
//! | `campaign.source`, ... | the campaign parameters of the page's address |
//! | `visit.pages`, `visit.pricing_views` | pages seen and visits with a look at the prices before it, today |
//! | `visit.human`, `visit.events` | whether a person was seen; the names of the events that the page reported |
//! | `touch.first.source`, `touch.last.referrer`, ... | how the visitor came first, and last: campaign parameters, `referrer`, `site`, `partner`, `path`, `direct` |
//! | `pricing.days_30`, `pricing.best_plan`, `pricing.visible_secs` | days of the last 30 with a look at the prices, the plan they favour, how long they read |
//! | `pricing.period`, `pricing.seats`, `pricing.pressed`, `pricing.compared` | what they chose there last, whose button they pressed, how often they compared |
//! | `person.known`, `person.items`, `person.open_items` | whether somebody with this address wrote before, and how often |
//! | `person.won`, `person.customer`, `person.complaints` | how often they bought, whether they did; how many complaints of theirs are open; nothing of a stranger |
//! | `person.referrals`, `person.reach` | how many people they brought, and how many they reach, as the platform's token says |
//! | `person.stage` | where they stand, as the platform says: `trial_started`, `purchased`, `onboarded`, `completed`, `renewed` or `cancelled` |
//! | `person.level` | `stand_alone`, `repeat` (bought twice or more) or `advocate` (brought somebody); nothing of a stranger |
//! | `complaint`, `complaint_reason` | whether a request for help is a complaint, and why; see [`crate::complaint`] |
//! | `score.tier`, `score.letter`, `score.number`, `score.total` | for routing only |
//! | `score.excluded`, `score.sign` | whether they are not scored; `churn` or `expansion`, where a customer did what is a sign of it |
//! | `score.chance` | the chance of a win, 0 to 1, once the learner is to be trusted; unknown before |
//!
//! A score is made again when something happens: what does not depend on when it is looked at stays as it was sent, and
//! [`as_of`] says the rest anew.

mod known;
mod words;

use serde_json::{Map, Value, json};

pub use known::{Type, type_of, type_of_score};
pub use words::{all, all_with_score, says, value_says};

use crate::complaint::Complaint;
use crate::config::{is_partner, is_pricing};
use crate::desk::{Arrival, KnownPerson};
use crate::identity::Identity;
use crate::lifecycle;
use crate::score::{Score, Sign};
use crate::source;
use crate::time::Timestamp;
use crate::visit::{PAGE_VIEWED, PRICING_VIEWED, Visit};
use crate::wire::visit::Touch;

/// The facts that scoring reads.
pub fn facts(arrival: &Arrival<'_>, complaint: Option<&Complaint>) -> Value {
    let submission = arrival.submission;
    let page_path = source::path(&submission.page().url);
    let email = submission.email().map(
        |email| json!({ "free": email.is_free_mail(), "disposable": email.is_disposable(), "domain": email.domain() }),
    );
    let campaign: Map<String, Value> =
        source::campaign(&submission.page().url).into_iter().map(|(name, value)| (name, Value::from(value))).collect();
    json!({
        "form": { "id": arrival.form.source().id, "kind": arrival.form.source().kind.tag() },
        "channel": submission.channel().tag(),
        "values": submission.values().to_json(),
        "email": email,
        "site": { "id": arrival.site.id, "partner": is_partner(arrival.site) },
        "page": { "path": page_path, "pricing": is_pricing(arrival.site, page_path) },
        "campaign": campaign,
        "visit": of_visit(arrival.visit),
        "touch": of_touch(arrival.visit),
        "pricing": arrival.visit.summary().pricing.facts(arrival.at),
        "complaint": complaint.is_some(),
        "complaint_reason": complaint.map(Complaint::reason),
        "person": of_person(arrival.person, Told::of(arrival.identity)),
    })
}

/// The same facts of somebody at a later moment: what they did since, and what else they are to us by now.
pub fn as_of(mut facts: Value, visit: &Visit, person: Option<&KnownPerson>, at: Timestamp) -> Value {
    let told = |name: &str| facts.get("person").and_then(|person| person.get(name)).and_then(Value::as_u64);
    let told = Told { referrals: told("referrals"), reach: told("reach") };
    if let Some(facts) = facts.as_object_mut() {
        facts.insert("visit".to_owned(), of_visit(visit));
        facts.insert("pricing".to_owned(), visit.summary().pricing.facts(at));
        facts.insert("person".to_owned(), of_person(person, told));
    }
    facts
}

/// What the platform says of somebody's reach.
#[derive(Debug, Clone, Copy, Default)]
struct Told {
    referrals: Option<u64>,
    reach: Option<u64>,
}

impl Told {
    fn of(identity: Option<&Identity>) -> Self {
        let number = |told: Option<u32>| told.map(u64::from);
        identity.map_or(Self::default(), |identity| Self {
            referrals: number(identity.referrals),
            reach: number(identity.reach),
        })
    }
}

fn of_person(person: Option<&KnownPerson>, told: Told) -> Value {
    let brought = person.map_or(0, |person| u64::from(person.referrals));
    // The token and the events both count: whichever knows of more.
    let referrals = told.referrals.max((brought > 0).then_some(brought));
    let stage = person.and_then(|person| person.stage);
    let customer = person.map(|person| stage.and_then(lifecycle::Kind::is_customer).unwrap_or(person.won > 0));
    let level = match (person, referrals) {
        (_, Some(1..)) => Some("advocate"),
        (Some(person), _) if person.won >= 2 => Some("repeat"),
        (person, _) => person.map(|_| "stand_alone"),
    };
    json!({
        "known": person.is_some_and(|person| person.items > 0),
        "items": person.map_or(0, |person| person.items),
        "open_items": person.map_or(0, |person| person.open_items),
        "won": person.map(|person| person.won),
        "customer": customer,
        "stage": stage.map(lifecycle::Kind::tag),
        "complaints": person.map(|person| person.complaints),
        "referrals": referrals,
        "reach": told.reach,
        "level": level,
    })
}

/// The facts of a visit: only what a person was seen to do counts.
pub fn of_visit(visit: &Visit) -> Value {
    json!({
        "pages": visit.count(PAGE_VIEWED),
        "pricing_views": visit.count(PRICING_VIEWED),
        "human": visit.is_human(),
        "events": visit.events(),
    })
}

/// The facts of how a visitor came, first and last.
pub fn of_touch(visit: &Visit) -> Value {
    let summary = visit.summary();
    let facts = |touch: &Option<Touch>| touch.as_ref().map(Touch::facts);
    json!({ "first": facts(&summary.first), "last": facts(&summary.last) })
}

/// The same, with the score and, once the learner is to be trusted, the chance in thousandths, for routing.
pub fn with_score(mut facts: Value, score: &Score, chance: Option<u32>) -> Value {
    if let Some(facts) = facts.as_object_mut() {
        let tier = score.tier();
        // Who may leave is more urgent than who may want more.
        let sign = score.signs().iter().max_by_key(|sign| sign.is_churn);
        facts.insert(
            "score".to_owned(),
            json!({
                "tier": tier.to_string(), "letter": tier.letter(), "number": tier.number(), "total": score.total(),
                "excluded": score.excluded().is_some(), "sign": sign.map(Sign::tag),
                "chance": chance.map(|chance| f64::from(chance) / 1_000.0),
            }),
        );
    }
    facts
}
