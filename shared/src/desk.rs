//! The decision on one submission: who sent it, what it is worth, who gets it, and what must happen.
//!
//! [`decide`] is a function: same arrival, same configuration, same ids, same decision. The edge writes what it says in one
//! transaction and answers with its receipt.

pub mod act;

use serde_json::Value;

use crate::complaint::{self, Complaint};
use crate::config::{Config, RouteRule};
use crate::facts;
use crate::fate::Fate;
use crate::form::Form;
use crate::identity::Identity;
use crate::learn::Learner;
use crate::lifecycle;
use crate::mail;
use crate::person::{Identifier, IdentifierKind, Known, Standing};
use crate::pool::{self, Item, Pick, Team};
use crate::promise::Promise;
use crate::rating::{self, Due, Rating};
use crate::reference::reference;
use crate::route::{Route, route, wants};
use crate::score;
use crate::search;
use crate::submission::text::one_line;
use crate::submission::{Day, Email, Phone, Submission};
use crate::time::Timestamp;
use crate::visit::Visit;
use crate::wire;
use crate::wire::config::Site;
use crate::wire::destination::EventKind;
use crate::wire::pool::Wants;
use crate::wire::{Channel, FieldKind, FormKind};

/// A submission with all that is known as it arrives.
#[derive(Debug, Clone, Copy)]
pub struct Arrival<'a> {
    /// The site whose key it used.
    pub site: &'a Site,
    /// The form that was sent.
    pub form: &'a Form,
    /// What was sent.
    pub submission: &'a Submission,
    /// What the visitor did before.
    pub visit: &'a Visit,
    /// Who the platform says they are, where its token was good.
    pub identity: Option<&'a Identity>,
    /// Whom [`look_up`] found.
    pub person: Option<&'a KnownPerson>,
    /// When it arrived.
    pub at: Timestamp,
}

/// Somebody who wrote before.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KnownPerson {
    /// Their id.
    pub id: String,
    /// How many items they have opened.
    pub items: u32,
    /// How many of those are not closed.
    pub open_items: u32,
    /// How many they were won with: what they bought.
    pub won: u32,
    /// How many of those that are not closed are complaints.
    pub complaints: u32,
    /// Who owned their last item that had an owner.
    pub owner: Option<String>,
    /// Where they stand, as the platform says.
    pub stage: Option<lifecycle::Kind>,
    /// How many people they brought, as its events say.
    pub referrals: u32,
}

/// What chance adds: made by the edge, so that the decision can be replayed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chance {
    /// The new item's id.
    pub item_id: String,
    /// The new person's id, if it is a new person.
    pub person_id: String,
    /// The bits of the reference.
    pub reference: u64,
}

/// What is to be written, started and answered.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// How the submission ended.
    pub fate: Fate,
    /// Who sent it.
    pub person: PersonChange,
    /// The item it opens.
    pub item: NewItem,
    /// What it is worth.
    pub rating: Rating,
    /// The facts that it is rated by.
    pub facts: Value,
    /// When it is rated again, if nothing happens.
    pub due: Due,
    /// Which team gets it.
    pub route: Route,
    /// What it asks of whoever gets it.
    pub wants: Wants,
    /// Who of them.
    pub pick: Pick,
    /// What the visitor is told.
    pub receipt: wire::Receipt,
    /// Who is told of it, and what they are told; nothing, where nobody is.
    pub told: Vec<Told>,
    /// What was agreed to.
    pub consents: Vec<ConsentRecord>,
    /// What falls due, and when.
    pub timers: Vec<NewTimer>,
    /// Why it is a complaint, if it is one.
    pub complaint: Option<Complaint>,
}

/// A destination that is told of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// Its id.
    pub destination: String,
    /// Whether it is told now.
    pub of_this: bool,
    /// Whether it is told when the item is closed.
    pub of_its_end: bool,
}

/// What somebody agreed to, in the words they read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentRecord {
    /// The field.
    pub field: String,
    /// What it permits: `marketing_email`; the field's name, where the form does not say.
    pub purpose: String,
    /// Which wording it was; the version of the configuration, where the form does not say.
    pub version: String,
    /// The sentence, exactly as it was shown.
    pub text: String,
    /// The language it was shown in.
    pub lang: String,
    /// When it arrived.
    pub at: Timestamp,
}

/// Something that falls due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewTimer {
    /// What.
    pub kind: TimerKind,
    /// When.
    pub due: Timestamp,
    /// When there is something to do about it first: a warning, or the end.
    pub next: Timestamp,
    /// How long it is; nothing of what is no promise.
    pub minutes: Option<u32>,
}

impl NewTimer {
    /// A promise by a rule, from `at` on.
    pub fn promise(kind: TimerKind, minutes: u32, rule: &RouteRule, at: Timestamp) -> Self {
        let promise = Promise::of_minutes(minutes);
        let due = promise.due(rule.clock(), at);
        let next = promise.next(&rule.remedies, rule.clock(), at).map_or(due, |(_, next)| next);
        Self { kind, due, next, minutes: Some(minutes) }
    }
}

/// What falls due. Tags are shared by rows, history and the console, and are never renamed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimerKind {
    /// Somebody has taken the item in hand: a promise, kept or missed.
    FirstTouch,
    /// The visitor, who wrote again, has an answer: a promise.
    NextReply,
    /// The item is closed: a promise.
    Close,
    /// Whoever gets an item that another had in hand has accepted it: a promise among colleagues.
    Accept,
    /// Something is done about an item that somebody has in hand: a promise among colleagues, which begins anew with each thing
    /// that is done, and stands still while the item rests with the visitor.
    Dwell,
    /// An item that rests is to be worked on again.
    Wakes,
    /// A trial is about to start: the pool's last working day before it begins.
    TrialStarts,
    /// A trial is over: the pool's first working moment after it.
    TrialEnds,
}

impl TimerKind {
    /// The stable name.
    pub fn tag(self) -> &'static str {
        match self {
            Self::FirstTouch => "first_touch",
            Self::NextReply => "next_reply",
            Self::Close => "close",
            Self::Accept => "accept",
            Self::Dwell => "dwell",
            Self::Wakes => "wakes",
            Self::TrialStarts => "trial_starts",
            Self::TrialEnds => "trial_ends",
        }
    }

    /// Reads a tag back.
    pub fn from_tag(tag: &str) -> Option<Self> {
        let all = [
            Self::FirstTouch,
            Self::NextReply,
            Self::Close,
            Self::Accept,
            Self::Dwell,
            Self::Wakes,
            Self::TrialStarts,
            Self::TrialEnds,
        ];
        all.into_iter().find(|kind| kind.tag() == tag)
    }

    /// Whether it is a promise, which is missed when nobody has kept it. What is none is a follow-up: when it falls due,
    /// there is something to do.
    pub fn is_promise(self) -> bool {
        matches!(self, Self::FirstTouch | Self::NextReply | Self::Close | Self::Accept | Self::Dwell)
    }
}

/// What is learnt of the person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonChange {
    /// Their id.
    pub id: String,
    /// Whether they are new.
    pub is_new: bool,
    /// Their name: as the platform has it, or as they gave it.
    pub name: Option<Known>,
    /// Their identifiers: verified as the platform has them, claimed as they gave them.
    pub identifiers: Vec<Identifier>,
}

/// The piece of work that a submission opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewItem {
    /// Its id.
    pub id: String,
    /// The person, for a list: their name, or their address.
    pub who: String,
    /// The start of their message, or the form's title.
    pub summary: String,
    /// What it can be found by: see [`crate::search`].
    pub words: String,
}

/// Why no decision could be made. Neither happens with a parsed configuration and a parsed submission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Undecided {
    /// The form asks for no address.
    #[error("the submission carries nothing to answer to")]
    Nobody,
    /// No routing rule matched.
    #[error("no routing rule matched")]
    Nowhere,
}

/// The name of the field that holds a person's name.
const NAME_FIELD: &str = "name";
/// The names of the fields that hold the first and the last day of a trial.
const STARTS_FIELD: &str = "starts_on";
const ENDS_FIELD: &str = "ends_on";
/// The name of the field that holds a message.
const MESSAGE_FIELD: &str = "message";
/// The most characters of a message in a list.
const SUMMARY_CHARS: usize = 140;

/// Decides on one submission, by the configuration, by what was learnt so far, and by who has how much to do.
///
/// # Errors
/// [`Undecided`], where the configuration promises what it does not keep.
pub fn decide(
    config: &Config,
    learner: &Learner,
    team: &Team,
    arrival: Arrival<'_>,
    chance: Chance,
) -> Result<Decision, Undecided> {
    let person = person_change(&arrival, chance.person_id)?;
    let complaint = complaint::of(arrival.form, arrival.submission, &config.source().complaint_words);
    let facts = facts::facts(&arrival, complaint.as_ref());
    let events = score::events(arrival.visit);
    let kind = arrival.form.source().kind;
    let rating = rating::rate(config, config.card(), learner, kind, &facts, &events, arrival.at);
    let due = rating::due(config.card(), &facts, arrival.visit, &events, arrival.at);
    let scored = facts::with_score(facts.clone(), &rating.score, rating.chance());
    let route = route(config, &scored, arrival.at).ok_or(Undecided::Nowhere)?;
    let (rule, rota) = config.route(&route.rule).zip(config.rota(&route.pool)).ok_or(Undecided::Nowhere)?;
    let wants = wants(rule, kind, lang(&arrival), &scored);
    let owner = arrival.person.and_then(|person| person.owner.as_deref());
    let pick = pool::pick(rota, &route.pool, team, Item { wants: &wants, owner, had: &[] }, arrival.at);
    let receipt = wire::Receipt {
        submission_id: arrival.submission.id().as_str().to_owned(),
        reference: reference(chance.reference),
        team: route.team.clone(),
        answer_by: route.answer_by.to_rfc3339(),
    };
    let who = who(&arrival);
    let words = search::words(&who, &receipt.reference, &person.identifiers, arrival.submission);
    let item = NewItem { id: chance.item_id, summary: summary(&arrival), who, words };
    let told = config
        .told_of(&scored)
        .map(|destination| Told {
            destination: destination.id.clone(),
            of_this: destination.events.contains(&EventKind::Opened),
            of_its_end: destination.events.contains(&EventKind::Closed),
        })
        .collect();
    let consents = consents(config, &arrival);
    let timers = timers(rule, &arrival);
    Ok(Decision {
        fate: Fate::Accepted,
        person,
        item,
        rating,
        facts,
        due,
        route,
        wants,
        pick,
        receipt,
        told,
        consents,
        timers,
        complaint,
    })
}

/// The language that the form was read in.
fn lang<'a>(arrival: &Arrival<'a>) -> &'a str {
    let sent = arrival.submission.lang();
    if sent.is_empty() { arrival.form.lang() } else { sent }
}

/// What was agreed to: the sentence of each ticked consent in the language that the visitor read.
fn consents(config: &Config, arrival: &Arrival<'_>) -> Vec<ConsentRecord> {
    let (form, submission, lang) = (arrival.form, arrival.submission, lang(arrival));
    let ticked = form
        .fields()
        .map(|field| field.source)
        .filter(|field| field.kind == FieldKind::Consent && submission.values().get(&field.name).is_some());
    ticked
        .map(|field| {
            let (text, lang) = form.label_in(field, lang);
            ConsentRecord {
                field: field.name.clone(),
                purpose: field.consent.as_ref().map_or(&field.name, |consent| &consent.purpose).clone(),
                version: match &field.consent {
                    Some(consent) => consent.version.clone(),
                    None => config.version().to_string(),
                },
                text: text.to_owned(),
                lang: lang.to_owned(),
                at: arrival.at,
            }
        })
        .collect()
}

/// The promises, and the follow-ups of a trial: each in the working time of the pool that answers.
fn timers(rule: &RouteRule, arrival: &Arrival<'_>) -> Vec<NewTimer> {
    let promise = |kind, minutes| NewTimer::promise(kind, minutes, rule, arrival.at);
    let mut timers = vec![promise(TimerKind::FirstTouch, rule.first_touch_minutes)];
    timers.extend(rule.close_minutes.map(|minutes| promise(TimerKind::Close, minutes)));
    if arrival.form.source().kind != FormKind::Trial {
        return timers;
    }
    let hours = rule.hours.as_ref();
    let day = |field: &str| arrival.submission.values().get(field).and_then(Day::parse);
    let before = |day: Day| match hours {
        Some(hours) => hours.day_before(day),
        None => Some(Timestamp::start_of(day.plus(-1))),
    };
    let after = |day: Day| match hours {
        Some(hours) => hours.after_day(day),
        None => Some(Timestamp::start_of(day.plus(1))),
    };
    let follow_ups = [
        (TimerKind::TrialStarts, day(STARTS_FIELD).and_then(before)),
        (TimerKind::TrialEnds, day(ENDS_FIELD).and_then(after)),
    ];
    // What would have fallen due before it arrived is left to the promise.
    let ahead = follow_ups.into_iter().filter_map(|(kind, due)| {
        let due = due?;
        Some(NewTimer { kind, due, next: due, minutes: None })
    });
    timers.extend(ahead.filter(|timer| timer.due > arrival.at));
    timers
}

/// How to find somebody who was here before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LookUp {
    /// By the platform's own id of them, before anything else.
    pub user: Option<Identifier>,
    /// By their address.
    pub email: Option<Identifier>,
}

/// How the sender is found. Whoever the platform vouches for is found by what it says of them, never by what they typed:
/// an address that somebody only claims must not tie them to another's record.
pub fn look_up(submission: &Submission, identity: Option<&Identity>) -> LookUp {
    let typed = || submission.email().map(|email| of_email(email, Standing::Claimed));
    identity.map_or_else(|| LookUp { user: None, email: typed() }, look_up_user)
}

/// How somebody is found whom the platform vouches for.
pub fn look_up_user(identity: &Identity) -> LookUp {
    let email = identity.email.as_ref().map(|email| of_email(email, Standing::Verified));
    LookUp { user: Some(of_user(identity)), email }
}

/// Everything that identifies the sender, the surest first.
fn identifiers(submission: &Submission, identity: Option<&Identity>) -> Vec<Identifier> {
    let verified = identity.map(|identity| {
        let email = identity.email.as_ref().map(|email| of_email(email, Standing::Verified));
        let phone = identity.phone.as_ref().map(|phone| of_phone(phone, Standing::Verified));
        [Some(of_user(identity)), email, phone]
    });
    let email = submission.email().map(|email| of_email(email, Standing::Claimed));
    let phone = submission.phone().map(|phone| of_phone(phone, Standing::Claimed));
    let mut all: Vec<Identifier> = Vec::new();
    for identifier in verified.into_iter().flatten().chain([email, phone]).flatten() {
        // Said twice, it is as sure as the surer says: that one came first.
        if !all.iter().any(|known| known.kind == identifier.kind && known.key == identifier.key) {
            all.push(identifier);
        }
    }
    all
}

fn of_user(identity: &Identity) -> Identifier {
    let user = identity.user.clone();
    Identifier { kind: IdentifierKind::User, key: user.clone(), typed: user, standing: Standing::Verified }
}

fn of_email(email: &Email, standing: Standing) -> Identifier {
    Identifier { kind: IdentifierKind::Email, key: email.key(), typed: email.as_str().to_owned(), standing }
}

fn of_phone(phone: &Phone, standing: Standing) -> Identifier {
    Identifier { kind: IdentifierKind::Phone, key: phone.key(), typed: phone.as_str().to_owned(), standing }
}

fn person_change(arrival: &Arrival<'_>, new_id: String) -> Result<PersonChange, Undecided> {
    let identifiers = identifiers(arrival.submission, arrival.identity);
    if identifiers.is_empty() && arrival.person.is_none() {
        return Err(Undecided::Nobody);
    }
    let vouched = arrival.identity.and_then(|identity| identity.name.as_deref());
    let verified = vouched.map(|name| Known { value: name.to_owned(), standing: Standing::Verified });
    let typed = arrival.submission.values().get(NAME_FIELD);
    let claimed = typed.map(|name| Known { value: name.to_owned(), standing: Standing::Claimed });
    Ok(PersonChange {
        id: arrival.person.map_or(new_id, |person| person.id.clone()),
        is_new: arrival.person.is_none(),
        name: verified.or(claimed),
        identifiers,
    })
}

fn who(arrival: &Arrival<'_>) -> String {
    let email = || arrival.submission.email().map(|email| email.as_str());
    let phone = || arrival.submission.phone().map(|phone| phone.as_str());
    arrival.submission.values().get(NAME_FIELD).or_else(email).or_else(phone).unwrap_or_default().to_owned()
}

/// The start of the message, or what was chosen, or the form's title.
fn summary(arrival: &Arrival<'_>) -> String {
    let (form, values) = (arrival.form.source(), arrival.submission.values());
    let chosen = form.fields.iter().find_map(|field| {
        let value = values.get(&field.name)?;
        field.options.iter().find(|option| option.value == value).map(|option| option.label.as_str())
    });
    let text = match (values.get(MESSAGE_FIELD), chosen) {
        (Some(message), _) if arrival.submission.channel() == Channel::Email => mail::fresh(message),
        (Some(message), _) => message.to_owned(),
        (None, Some(chosen)) => format!("{}: {chosen}", form.title),
        (None, None) => form.title.clone(),
    };
    let line = one_line(&text).split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().nth(SUMMARY_CHARS).is_none() {
        return line;
    }
    let mut cut: String = line.chars().take(SUMMARY_CHARS).collect();
    cut.push('…');
    cut
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::card::Group;
    use serde_json::{Value, json};

    #[test]
    fn an_inquiry_from_the_pricing_page_goes_to_sales() {
        let decision = decided("platform", "inquiry", inquiry(), "/pricing/", None);
        assert_eq!((decision.route.queue.as_str(), decision.route.rule.as_str()), ("sales", "inquiry"));
        assert!(decision.rating.score.reasons().iter().any(|reason| &*reason.rule == "asked_from_pricing"));
    }

    #[test]
    fn an_item_is_found_by_who_and_how_and_what_they_wrote() {
        let decision = decided("platform", "inquiry", inquiry(), "/pricing/", None);
        let reference = decision.receipt.reference.to_lowercase();
        let name = decision.item.who.to_lowercase();
        for part in [reference.as_str(), name.as_str(), "@"] {
            assert!(decision.item.words.contains(part), "{part}: {}", decision.item.words);
        }
    }

    #[test]
    fn a_support_request_goes_to_success() {
        let decision = decided("platform", "support", support(), "/support/", None);
        assert_eq!(decision.route.queue, "success");
    }

    #[test]
    fn a_trial_goes_to_sales_with_a_tier_of_its_own() {
        let trial = decided("platform", "trial", trial(), "/trial/", None);
        let inquiry = decided("platform", "inquiry", inquiry(), "/", None);
        assert_eq!((trial.route.queue.as_str(), trial.rating.score.tier().number()), ("sales", 1));
        assert_ne!(trial.rating.score.tier(), inquiry.rating.score.tier());
    }

    #[test]
    fn a_partners_lead_says_so() {
        let own = decided("platform", "inquiry", inquiry(), "/", None);
        let partner = decided("partner", "inquiry", inquiry(), "/", None);
        assert!(partner.rating.score.reasons().iter().any(|reason| &*reason.rule == "from_partner"));
        assert!(!own.rating.score.reasons().iter().any(|reason| &*reason.rule == "from_partner"));
    }

    #[test]
    fn a_known_person_stays_who_they_are() {
        let known = KnownPerson { id: "p-old".to_owned(), items: 2, open_items: 1, ..KnownPerson::default() };
        let decision = decided("platform", "inquiry", inquiry(), "/", Some(&known));
        assert_eq!((decision.person.id.as_str(), decision.person.is_new), ("p-old", false));
        assert!(decision.rating.score.reasons().iter().any(|reason| &*reason.rule == "wrote_before"));
    }

    #[test]
    fn a_customer_who_looks_at_the_prices_goes_to_success_without_points_for_it() {
        let known = |won: u32| KnownPerson { id: "p".to_owned(), items: 2, won, ..KnownPerson::default() };
        let lead = decided("platform", "inquiry", inquiry(), "/pricing/", Some(&known(0)));
        let customer = decided("platform", "inquiry", inquiry(), "/pricing/", Some(&known(1)));
        let intent = |decision: &Decision| decision.rating.score.group(Group::Intent);
        assert_eq!((intent(&lead), lead.route.queue.as_str()), (25, "sales"));
        assert_eq!((intent(&customer), customer.route.queue.as_str()), (15, "success"));
        assert_eq!(customer.rating.score.signs().first().map(score::Sign::tag), Some("expansion"));
    }

    #[test]
    fn one_of_us_is_not_scored() {
        let mut body = inquiry();
        body["email"] = json!("mara@larkfield.example.com");
        let decision = decided("platform", "inquiry", body, "/pricing/", None);
        let excluded = decision.rating.score.excluded().map(|excluded| &*excluded.segment);
        assert_eq!((excluded, decision.rating.score.total()), (Some("staff"), 0));
    }

    #[test]
    fn whoever_the_platform_vouches_for_is_verified_by_what_it_says() {
        let identity = identity("Ana@example.com");
        let decision = decided_on("platform", "inquiry", inquiry(), "/", None, Some(&identity));
        let of = |identifier: &Identifier| (identifier.kind.tag(), identifier.key.clone(), identifier.standing);
        let identifiers: Vec<_> = decision.person.identifiers.iter().map(of).collect();
        let verified = |kind, key: &str| (kind, key.to_owned(), Standing::Verified);
        assert_eq!(identifiers, [verified("user", "u-17"), verified("email", "ana@example.com")]);
        let name = Known { value: "Ana María Ruiz".to_owned(), standing: Standing::Verified };
        assert_eq!(decision.person.name, Some(name));
    }

    #[test]
    fn an_address_that_is_only_typed_is_claimed_and_finds_nobody_for_a_user() {
        let identity = identity("ana@other.example");
        let decision = decided_on("platform", "inquiry", inquiry(), "/", None, Some(&identity));
        let typed = decision.person.identifiers.iter().find(|identifier| identifier.key == "ana@example.com").unwrap();
        assert_eq!(typed.standing, Standing::Claimed);
        let config = crate::demo::config();
        let form = config.form("inquiry").unwrap();
        let body = json!({ "submission_id": ID, "values": inquiry() });
        let submission = Submission::parse(form, &body, arrived()).unwrap();
        let found_by = look_up(&submission, Some(&identity));
        assert_eq!(found_by.email.map(|email| email.key).as_deref(), Some("ana@other.example"));
        let found_by = look_up(&submission, None);
        assert_eq!((found_by.user, found_by.email.map(|email| email.key)), (None, Some("ana@example.com".to_owned())));
    }

    fn identity(email: &str) -> Identity {
        let name = Some("Ana María Ruiz".to_owned());
        Identity {
            user: "u-17".to_owned(),
            email: Email::parse(email).ok(),
            name,
            phone: None,
            referrals: None,
            reach: None,
        }
    }

    #[test]
    fn the_promise_counts_from_the_arrival() {
        let decision = decided("platform", "inquiry", inquiry(), "/pricing/", None);
        assert_eq!(decision.receipt.answer_by, decision.route.answer_by.to_rfc3339());
        assert!(decision.route.answer_by > arrived());
        assert_eq!(decision.receipt.submission_id, ID);
    }

    #[test]
    fn the_same_arrival_gets_the_same_decision() {
        let again = || decided("platform", "trial", trial(), "/trial/", None);
        assert_eq!(again(), again());
    }

    #[test]
    fn without_a_message_the_choice_is_the_summary() {
        let decision = decided("platform", "trial", trial(), "/trial/", None);
        assert_eq!(decision.item.summary, "Join a trial class: Data analysis");
    }

    #[test]
    fn a_long_message_is_cut_for_the_list_only() {
        let mut body = inquiry();
        body["message"] = json!("word \n ".repeat(100));
        let decision = decided("platform", "inquiry", body, "/", None);
        assert_eq!(decision.item.summary.chars().count(), SUMMARY_CHARS + 1);
        assert!(decision.item.summary.starts_with("word word word") && decision.item.summary.ends_with('…'));
    }

    const ID: &str = "7d444840-9dc0-41d1-b245-5ffdce74fad2";

    fn decided(site: &str, form: &str, values: Value, path: &str, person: Option<&KnownPerson>) -> Decision {
        decided_on(site, form, values, path, person, None)
    }

    fn decided_on(
        site: &str,
        form: &str,
        values: Value,
        path: &str,
        person: Option<&KnownPerson>,
        identity: Option<&Identity>,
    ) -> Decision {
        let config = crate::demo::config();
        let site = config.site_by_id(site).unwrap();
        let form = config.form_of(site, form).unwrap();
        let page = json!({ "url": format!("https://learn.example.com{path}") });
        let body = json!({ "submission_id": ID, "values": values, "page": page });
        let submission = Submission::parse(form, &body, arrived()).unwrap();
        let visit = Visit::new(Vec::new());
        let arrival = Arrival { site, form, submission: &submission, visit: &visit, identity, person, at: arrived() };
        let chance = Chance { item_id: "i1".to_owned(), person_id: "p1".to_owned(), reference: 7 };
        let learner = Learner::new(Vec::new()).unwrap();
        decide(&config, &learner, &Team::default(), arrival, chance).unwrap()
    }

    fn inquiry() -> Value {
        json!({ "name": "Ana Ruiz", "email": "ana@example.com", "message": "Which plan fits a team of five?" })
    }

    fn trial() -> Value {
        json!({ "name": "Ben Okoye", "email": "ben@example.com", "course": "data-analysis", "consent": "yes" })
    }

    fn support() -> Value {
        json!({ "email": "cy@example.com", "topic": "access", "message": "I cannot open lesson three." })
    }

    fn arrived() -> Timestamp {
        Timestamp::parse("2026-11-21T09:30:00Z").unwrap()
    }
}
