//! The words that staff read for what the wire says by tag. A tag that this version does not know is shown, not hidden.

mod acts;
mod audit;
mod delivery;
mod lifecycle;
mod privacy;
mod visit;

use std::collections::BTreeMap;

use shared::wire::console::{Event, ItemRow, ItemState, Outcome, Rest, Resting, TimerState};
use shared::wire::file::FileKind;
use shared::wire::notice::Notice;
use shared::wire::sites::SiteView;
use shared::wire::{Channel, FormKind};

use crate::{clock, when};
pub use acts::{did, not_done};
pub use audit::{audited, nobody};
pub use delivery::{
    came_to, delivery_state, destination_kind, fate, grouped, next_try, rows_of, size, standing, standing_means, told,
    told_when, took, whereabouts,
};
pub use lifecycle::{happened, platform_says};
pub use privacy::{deleted, erased_rows, erasure_reason};
pub use visit::visit;

/// What opened an item.
pub fn kind(kind: FormKind) -> &'static str {
    match kind {
        FormKind::Inquiry => "Inquiry",
        FormKind::Trial => "Trial",
        FormKind::Support => "Support",
    }
}

/// What became of it.
pub fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Won => "Won",
        Outcome::Lost => "Lost",
        Outcome::Disqualified => "Disqualified",
        Outcome::Spam => "Spam",
        Outcome::Solved => "Solved",
        Outcome::Duplicate => "Duplicate",
    }
}

/// What an outcome means, for whoever chooses one.
pub fn outcome_means(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Won => "They bought.",
        Outcome::Lost => "They decided against it.",
        Outcome::Disqualified => "They were never going to buy.",
        Outcome::Spam => "Not a person\u{2019}s message.",
        Outcome::Solved => "Their problem is gone.",
        Outcome::Duplicate => "The same as another item.",
    }
}

/// Where an item stands.
pub fn state(row: &ItemRow, me: &str) -> String {
    match (row.state, row.outcome, &row.owner) {
        (ItemState::Closed, Some(became), _) => format!("Closed: {}", outcome(became)),
        (ItemState::Closed, None, _) => "Closed".to_owned(),
        (ItemState::Claimed, _, Some(owner)) if owner.id == me => "Claimed by you".to_owned(),
        (ItemState::Claimed, _, Some(owner)) => format!("Claimed by {}", owner.name),
        (ItemState::Claimed, _, None) => "Claimed".to_owned(),
        (ItemState::Open, _, Some(owner)) if owner.id == me => "Given to you".to_owned(),
        (ItemState::Open, _, Some(owner)) => format!("Given to {}", owner.name),
        (ItemState::Open, ..) => "Open".to_owned(),
    }
}

/// What a tier's letter and number stand for.
pub fn tier(tier: &str) -> String {
    let mut parts = tier.chars();
    let fit = match parts.next() {
        Some('A') => "strong fit\u{a0}(A)",
        Some('B') => "fair fit\u{a0}(B)",
        Some('C') => "weak fit\u{a0}(C)",
        _ => return String::new(),
    };
    let intent = match parts.next() {
        Some('1') => "strong interest\u{a0}(1)",
        Some('2') => "some interest\u{a0}(2)",
        Some('3') => "little interest\u{a0}(3)",
        _ => return String::new(),
    };
    format!("{fit}, {intent}")
}

/// Why a score was made, as what it says in front of its moment.
pub fn why_rated(tag: &str) -> String {
    match tag {
        "opened" => "When it was opened".to_owned(),
        "signal" => "They did something more".to_owned(),
        "outcome" => "Something of theirs ended, or was opened again".to_owned(),
        "submission" => "They wrote again".to_owned(),
        "published" => "A new card was published".to_owned(),
        "lifecycle" => "The platform said what happened to them".to_owned(),
        "learner" => "The learner was trusted, or was no more".to_owned(),
        "time" => "Time passed".to_owned(),
        other => spelled(other),
    }
}

/// How far the learner is to be trusted, and so what the score is.
pub fn learner_state(tag: &str) -> &'static str {
    match tag {
        "predictive" => "The score goes by this: it has shown that it is better than the card.",
        "learning" => "The score is the card\u{2019}s: the learner has not shown yet that it is better.",
        _ => "The score is the card\u{2019}s: there are too few outcomes to learn from yet.",
    }
}

/// A state of the learner by its name.
pub fn learner_name(tag: &str) -> String {
    match tag {
        "rule_based" => "Rule-based".to_owned(),
        other => spelled(other),
    }
}

/// A chance in thousandths: `62 %`. Never quite sure.
pub fn chance(thousandths: u32) -> String {
    match thousandths {
        0..=4 => "under 1 %".to_owned(),
        995.. => "over 99 %".to_owned(),
        _ => format!("{} %", (thousandths + 5) / 10),
    }
}

/// A tier and its points, read aloud: `Tier A1, 91 points`.
pub fn score(tier: &str, points: i32) -> String {
    format!("Tier {tier}, {}", counted_points(points))
}

/// A group of the score.
pub fn group(tag: &str) -> String {
    match tag {
        "fit" => "Fit: who they are".to_owned(),
        "intent" => "Intent: what they did".to_owned(),
        "relationship" => "Relationship: what they are to us".to_owned(),
        other => spelled(other),
    }
}

/// What the facts below a root are of, for a list to choose from.
pub fn facts_of(root: &str) -> &'static str {
    match root {
        "form" => "The form",
        "values" => "What they wrote",
        "email" => "Their address",
        "site" | "page" => "Where they wrote",
        "visit" => "Their visit",
        "pricing" => "What they did with the prices",
        "person" => "What we know of them",
        "campaign" | "touch" => "How they came",
        "complaint" | "complaint_reason" => "Complaints",
        _ => "",
    }
}

/// What something means that a customer did.
pub fn sign(tag: &str) -> String {
    match tag {
        "expansion" => "May want more".to_owned(),
        "churn" => "May leave".to_owned(),
        other => spelled(other),
    }
}

/// A kind of identifier.
pub fn identifier(tag: &str) -> String {
    match tag {
        "email" => "E-mail".to_owned(),
        "phone" => "Telephone".to_owned(),
        "user" => "Platform\u{2019}s id".to_owned(),
        other => spelled(other),
    }
}

/// Something that a visitor did, with what more there is to it: `Pressed the button of the plan pro`.
pub fn signal(tag: &str, about: &BTreeMap<String, String>) -> String {
    let of = |name: &str| about.get(name).map(String::as_str).unwrap_or_default();
    let with =
        |words: &str, detail: &str| if detail.is_empty() { words.to_owned() } else { format!("{words}: {detail}") };
    let plan = || with_time(of("plan"), of("visible_ms"));
    match tag {
        "page_viewed" => "Viewed a page".to_owned(),
        "pricing_viewed" => "Viewed the prices".to_owned(),
        "plan_focused" => with("Looked closely at a plan", &plan()),
        "period_switched" => with("Chose how to pay", of("period")),
        "seats_changed" => with("Chose how many seats", of("seats")),
        "compare_opened" => "Compared the plans".to_owned(),
        "cta_clicked" => with("Pressed a plan\u{2019}s button", of("plan")),
        "pricing_left" => with("Left the prices", &plan()),
        "event" => with("The page reported", of("name")),
        "prompt_shown" => with("Was shown a prompt", of("prompt")),
        "prompt_answered" => with("Answered a prompt", of("prompt")),
        "prompt_dismissed" => with("Dismissed a prompt", of("prompt")),
        "form_started" => "Began to fill in the form".to_owned(),
        other => spelled(other),
    }
}

/// A name and how long it lasted: `pro, 12 s`.
fn with_time(name: &str, ms: &str) -> String {
    let seconds = ms.parse::<u64>().ok().map(|ms| ms / 1_000).filter(|seconds| *seconds > 0);
    let time =
        seconds.map(|seconds| if seconds < 120 { format!("{seconds} s") } else { format!("{} min", seconds / 60) });
    let parts: Vec<String> = Some(name.to_owned()).filter(|name| !name.is_empty()).into_iter().chain(time).collect();
    parts.join(", ")
}

/// A campaign parameter of an address.
pub fn campaign(key: &str) -> String {
    match key {
        "source" => "Campaign source".to_owned(),
        "medium" => "Campaign medium".to_owned(),
        "campaign" => "Campaign".to_owned(),
        "term" => "Campaign term".to_owned(),
        "content" => "Campaign content".to_owned(),
        other => other.to_owned(),
    }
}

/// A promise.
pub fn timer(tag: &str) -> String {
    match tag {
        "first_touch" => "First touch".to_owned(),
        "next_reply" => "Next reply".to_owned(),
        "close" => "Settled".to_owned(),
        "accept" => "Accepted by a colleague".to_owned(),
        "dwell" => "Next step".to_owned(),
        "trial_starts" => "Trial starts".to_owned(),
        "trial_ends" => "Trial is over".to_owned(),
        other => spelled(other),
    }
}

/// Where a promise stands.
pub fn timer_state(state: TimerState) -> &'static str {
    match state {
        TimerState::Running => "Running",
        TimerState::Met => "Kept",
        TimerState::Missed => "Missed",
        TimerState::Due => "To do now",
        TimerState::Dropped => "Not needed",
        TimerState::Paused => "Stands still",
    }
}

/// Why an item rests.
pub fn rests(rest: &Rest) -> String {
    let until = rest.until.as_deref().map(clock::in_short);
    match (rest.why, until) {
        (Resting::Waiting, None) => "Waits for them".to_owned(),
        (Resting::Waiting, Some(until)) => format!("Waits for them until {until}"),
        (Resting::Snoozed, until) => format!("Put off until {}", until.unwrap_or_default()),
    }
}

/// How something came to us.
pub fn channel(channel: Channel) -> &'static str {
    match channel {
        Channel::Web => "By a form",
        Channel::Email => "By mail",
        Channel::Phone => "By telephone",
    }
}

/// What an item is: a complaint, or what its form is for.
pub fn what(row: &ItemRow) -> &'static str {
    if row.complaint { "Complaint" } else { kind(row.kind) }
}

/// Something that happened, as a sentence about whoever did it, and the words that belong to it.
pub fn event(event: &Event, me: &str) -> (String, Option<String>) {
    let who = match &event.actor {
        Some(actor) if actor.id == me => "You",
        Some(actor) => actor.name.as_str(),
        None => "Usher",
    };
    let text = (!event.text.is_empty()).then(|| event.text.clone());
    let to = event.to.as_ref().map_or("somebody", |to| if to.id == me { "you" } else { &to.name });
    match event.kind.as_str() {
        "opened" => match text {
            Some(form) => (format!("Opened by the form \u{201c}{form}\u{201d}"), None),
            None => ("Opened".to_owned(), None),
        },
        "recorded" => (format!("{who} wrote it down"), None),
        "mail_received" => ("They wrote a mail".to_owned(), text),
        "held" => ("Held for review".to_owned(), text),
        "let_through" => (format!("{who} let it through"), text),
        "identity_refused" => ("Who the page said they are was not believed".to_owned(), text),
        "claimed" => (format!("{who} claimed it"), text),
        "assigned" => (format!("Given to {to}"), None),
        "released" => (format!("{who} released it"), text),
        "reassigned" => (format!("{who} gave it to {to}"), text),
        "taken_back" if event.text == "away" => (format!("Taken back from {to}, who went away"), None),
        "taken_back" if event.text == "silent" => (format!("Taken back from {to}, who did not accept it"), None),
        "taken_back" if event.text == "left" => (format!("Taken back from {to}, whose console was closed"), None),
        "taken_back" => (format!("Taken back from {to}"), text),
        "replied" => (format!("{who} answered"), text),
        "undone" => (format!("{who} took that back: {}", undone(&event.text)), None),
        "merged" => (format!("{who} made the record of {} part of this one", text.unwrap_or_default()), None),
        "separated" => (format!("{who} took the record of {} apart again", text.unwrap_or_default()), None),
        "feedback" => {
            let (stars, said) = event.text.split_once(' ').unwrap_or((&event.text, ""));
            (format!("The visitor gave {stars} of 5"), (!said.is_empty()).then(|| said.to_owned()))
        }
        "reopened" if event.actor.is_none() => ("Open again: they were not satisfied".to_owned(), None),
        "noted" => (format!("{who} wrote a note"), text),
        "reopened" => (format!("{who} reopened it"), text),
        "closed" | "corrected" => {
            let who = if event.actor.is_some() { who } else { "The platform" };
            let (became, reason) = closing(&event.text);
            let did = format!("{who} {} it", event.kind);
            (became.map_or(did.clone(), |became| format!("{did}: {became}")), reason)
        }
        "rated" => match text {
            Some(moved) => (format!("Scored again: {moved}"), None),
            None => ("Scored again".to_owned(), None),
        },
        "nudged" => (format!("Reminded {to}{}", promise_and_percent(&event.text)), None),
        "timer_warned" => (format!("A promise is in danger{}", promise_and_percent(&event.text)), None),
        "escalated" => (format!("It stands before everything now{}", promise(&event.text)), None),
        "widened" => (format!("{} may take it as well", text.unwrap_or_else(|| "Another team".to_owned())), None),
        "waits" => (format!("{who} left it to the visitor to answer{}", moment(&event.text)), None),
        "snoozed" => (format!("{who} put it off{}", moment(&event.text)), None),
        "resumed" => (format!("{who} went on with it"), None),
        "woke" => ("It is to be worked on again".to_owned(), None),
        "answered" => ("The visitor has written again".to_owned(), None),
        "timer_missed" => (format!("A promise was missed{}", promise(&event.text)), None),
        "timer_due" => (format!("A follow-up is due{}", promise(&event.text)), None),
        "timer_met" => (format!("A promise was kept{}", promise(&event.text)), None),
        "delivered" => match text {
            Some(to) => (format!("Passed on to {to}"), None),
            None => ("Passed on".to_owned(), None),
        },
        "delivery_failed" => ("It could not be passed on".to_owned(), text),
        "lifecycle" => platform_says(&event.text),
        other if event.actor.is_some() => (format!("{who}: {}", spelled(other).to_lowercase()), text),
        other => (spelled(other), text),
    }
}

/// Where a site stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SiteState {
    /// As the style sheet knows it.
    pub tag: &'static str,
    /// In words.
    pub says: String,
}

/// Where a site stands, as a marketer asks: is it on, is it heard of, when does it end.
pub fn site_state(site: &SiteView, now: i64, day: impl Fn(&str) -> String) -> SiteState {
    if site.off {
        return SiteState { tag: "off", says: "Switched off".to_owned() };
    }
    let ends = site.edit.expires_at.as_deref();
    let is_over = ends.and_then(when::millis).is_some_and(|ends| ends <= now);
    if let (Some(ends), true) = (ends, is_over) {
        return SiteState { tag: "off", says: format!("Expired on {}", day(ends)) };
    }
    let last = site.last_signal_at.as_deref().and_then(when::millis);
    let (tag, heard) = match last {
        Some(last) => ("live", format!("Live, last signal {}", when::ago(now, last))),
        None => ("silent", "Not heard of yet".to_owned()),
    };
    let says = match ends {
        Some(ends) => format!("{heard}; expires on {}", day(ends)),
        None => heard,
    };
    SiteState { tag, says }
}

/// What a file is, and how large.
pub fn file(kind: FileKind, bytes: u32) -> String {
    let kind = match kind {
        FileKind::Png => "PNG picture",
        FileKind::Jpeg => "JPEG picture",
        FileKind::Pdf => "PDF",
    };
    match bytes {
        0..1_000 => format!("{kind}, {bytes} bytes"),
        1_000..1_000_000 => format!("{kind}, {} KB", bytes.div_ceil(1_000)),
        _ => format!("{kind}, {}.{} MB", bytes / 1_000_000, bytes / 100_000 % 10),
    }
}

/// A clause as a sentence: a capital, and an end. A name that a clause begins with (`form.kind`) stays as it is written.
pub fn sentence(clause: &str) -> String {
    let is_name = clause.split(' ').next().is_some_and(|word| word.trim_end_matches(['.', ':']).contains(['.', '_']));
    let mut sentence = if is_name { clause.to_owned() } else { capital(clause) };
    if !sentence.ends_with(['.', '!', '?']) {
        sentence.push('.');
    }
    sentence
}

/// `1 item`, `2 items`.
pub fn counted(count: usize, one: &str, many: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {many}") }
}

/// Points with their sign; the minus is a minus, not a hyphen.
pub fn signed(points: i32) -> String {
    match points {
        0 => "0".to_owned(),
        1.. => format!("+{points}"),
        _ => format!("\u{2212}{}", points.unsigned_abs()),
    }
}

/// Points that are an amount, not a difference: only a minus is shown.
pub fn unsigned(points: i32) -> String {
    if points < 0 { signed(points) } else { points.to_string() }
}

/// `1 point`, `72 points`.
pub fn counted_points(points: i32) -> String {
    let unit = if points == 1 { "point" } else { "points" };
    format!("{} {unit}", unsigned(points))
}

/// What was taken back, by what the history calls it.
fn undone(event: &str) -> String {
    match event {
        "claimed" => "the claim".to_owned(),
        "released" => "the release".to_owned(),
        "reassigned" => "the handing over".to_owned(),
        "closed" => "the closing".to_owned(),
        "reopened" => "the reopening".to_owned(),
        "waits" | "snoozed" => "letting it rest".to_owned(),
        "resumed" => "going on with it".to_owned(),
        other => spelled(other).to_lowercase(),
    }
}

/// Why somebody is told something, as a sentence.
pub fn notice(notice: &Notice) -> String {
    let by = notice.by.as_ref().map_or("Somebody", |by| &by.name);
    let who = &notice.who;
    match notice.kind.as_str() {
        "mention" => format!("{by} named you"),
        "wrote" => format!("{who} has written again"),
        "customer_complains" => format!("{who} complains: you have their renewal in hand"),
        "reopened" => format!("{who} was not satisfied: your item is open again"),
        "nudge" => match notice.text.split_once(' ') {
            Some((kind, "100")) => format!("You missed a promise{}", promise(kind)),
            _ => format!("A promise of yours is in danger{}", promise_and_percent(&notice.text)),
        },
        "escalated" => format!("A promise was not kept{}", promise(&notice.text)),
        other => spelled(other),
    }
}

/// `first_touch 50`: the promise, and how much of its time is gone.
fn promise_and_percent(text: &str) -> String {
    match text.split_once(' ') {
        Some((kind, percent)) => format!("{}, {percent} % of the time is gone", promise(kind)),
        None => promise(text),
    }
}

fn moment(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!(", until {}", clock::in_short(text)) }
}

fn promise(tag: &str) -> String {
    if tag.is_empty() { String::new() } else { format!(": {}", timer(tag).to_lowercase()) }
}

/// The outcome that a closing names by tag (`won`, or `won: she signed`), and what else it says.
fn closing(text: &str) -> (Option<&'static str>, Option<String>) {
    let (tag, rest) = text.split_once(':').unwrap_or((text, ""));
    let became = match tag.trim() {
        "won" => Outcome::Won,
        "lost" => Outcome::Lost,
        "disqualified" => Outcome::Disqualified,
        "spam" => Outcome::Spam,
        "solved" => Outcome::Solved,
        "duplicate" => Outcome::Duplicate,
        _ => return (None, (!text.is_empty()).then(|| text.to_owned())),
    };
    let rest = rest.trim();
    (Some(outcome(became)), (!rest.is_empty()).then(|| rest.to_owned()))
}

/// A tag as words: `chat_started` is `Chat started`.
fn spelled(tag: &str) -> String {
    capital(&tag.replace('_', " "))
}

fn capital(words: &str) -> String {
    let mut letters = words.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use shared::wire::console::MemberRef;

    use super::*;

    #[test]
    fn what_happened_reads_as_a_sentence() {
        assert_eq!(told("claimed", Some("mara"), ""), ("Mara claimed it".to_owned(), None));
        assert_eq!(told("claimed", Some("me"), ""), ("You claimed it".to_owned(), None));
        assert_eq!(
            told("noted", Some("mara"), "Called, no answer."),
            ("Mara wrote a note".to_owned(), Some("Called, no answer.".to_owned()))
        );
        assert_eq!(told("timer_missed", None, "first_touch").0, "A promise was missed: first touch");
        assert_eq!(told("timer_due", None, "trial_starts").0, "A follow-up is due: trial starts");
        assert_eq!(told("opened", None, "Get help"), ("Opened by the form \u{201c}Get help\u{201d}".to_owned(), None));
        assert_eq!(told("moon_landed", None, "").0, "Moon landed");
    }

    #[test]
    fn a_closing_names_its_outcome_and_its_reason() {
        assert_eq!(told("closed", Some("mara"), "won"), ("Mara closed it: Won".to_owned(), None));
        assert_eq!(told("corrected", None, "lost"), ("The platform corrected it: Lost".to_owned(), None));
        assert_eq!(
            told("closed", Some("mara"), "lost: too dear: 40 a month"),
            ("Mara closed it: Lost".to_owned(), Some("too dear: 40 a month".to_owned()))
        );
        assert_eq!(
            told("closed", Some("mara"), "Note to self: call"),
            ("Mara closed it".to_owned(), Some("Note to self: call".to_owned()))
        );
    }

    #[test]
    fn a_tier_says_what_it_means() {
        assert_eq!(tier("A1"), "strong fit\u{a0}(A), strong interest\u{a0}(1)");
        assert_eq!(tier("C2"), "weak fit\u{a0}(C), some interest\u{a0}(2)");
        assert_eq!((tier(""), tier("A"), tier("Z9")), Default::default());
    }

    #[test]
    fn a_chance_is_never_quite_sure() {
        assert_eq!(
            [0, 4, 5, 124, 125, 994, 1000].map(chance),
            ["under 1 %", "under 1 %", "1 %", "12 %", "13 %", "99 %", "over 99 %"]
        );
    }

    #[test]
    fn points_carry_a_real_sign() {
        assert_eq!(signed(12), "+12");
        assert_eq!(signed(-5), "\u{2212}5");
        assert_eq!(signed(0), "0");
    }

    #[test]
    fn a_site_says_whether_it_is_on_and_heard_of() {
        let now = when::millis("2026-11-20T12:00:00Z").unwrap();
        let state = |off: bool, ends: Option<&str>, last: Option<&str>| {
            let site = json!({
                "id": "a", "key": "pk_a", "off": off, "last_signal_at": last, "last_submission_at": null,
                "edit": { "name": "A", "kind": "own", "origins": [], "forms": [], "expires_at": ends },
            });
            let state = site_state(&serde_json::from_value(site).unwrap(), now, |at| at[..10].to_owned());
            (state.tag, state.says)
        };
        let said = |tag: &'static str, says: &str| (tag, says.to_owned());
        let (past, future) = (Some("2026-11-20T11:57:00Z"), Some("2026-12-31T23:59:59Z"));
        assert_eq!(state(true, future, past), said("off", "Switched off"));
        assert_eq!(state(false, past, past), said("off", "Expired on 2026-11-20"));
        assert_eq!(state(false, None, None), said("silent", "Not heard of yet"));
        assert_eq!(state(false, None, past), said("live", "Live, last signal 3 min ago"));
        assert_eq!(state(false, future, past), said("live", "Live, last signal 3 min ago; expires on 2026-12-31"));
    }

    #[test]
    fn a_file_says_how_large_it_is() {
        assert_eq!(file(FileKind::Png, 999), "PNG picture, 999 bytes");
        assert_eq!(file(FileKind::Jpeg, 12_001), "JPEG picture, 13 KB");
        assert_eq!(file(FileKind::Pdf, 5_242_880), "PDF, 5.2 MB");
    }

    #[test]
    fn a_clause_becomes_a_sentence() {
        assert_eq!(sentence("an e-mail address is needed"), "An e-mail address is needed.");
        assert_eq!(sentence("Sign in first."), "Sign in first.");
        assert_eq!(sentence("form.kind is never a tree"), "form.kind is never a tree.");
    }

    #[test]
    fn an_unknown_tag_is_spelled_out() {
        let about = |pairs: &[(&str, &str)]| {
            pairs.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
        };
        assert_eq!(signal("video_paused_at_end", &about(&[])), "Video paused at end");
        let held = about(&[("plan", "pro"), ("visible_ms", "12000")]);
        assert_eq!(signal("plan_focused", &held), "Looked closely at a plan: pro, 12 s");
        assert_eq!(signal("pricing_left", &about(&[("visible_ms", "240000")])), "Left the prices: 4 min");
        assert_eq!(signal("cta_clicked", &about(&[])), "Pressed a plan\u{2019}s button");
        assert_eq!(group(""), "");
    }

    #[test]
    fn a_tier_says_what_it_stands_for() {
        assert_eq!(tier(""), "");
        assert_eq!(score("A1", 91), "Tier A1, 91 points");
        assert_eq!(score("C3", -1), "Tier C3, \u{2212}1 points");
    }

    fn told(kind: &str, actor: Option<&str>, text: &str) -> (String, Option<String>) {
        let actor = actor.map(|id| MemberRef { id: id.to_owned(), name: "Mara".to_owned() });
        let happened = Event { at: String::new(), kind: kind.to_owned(), actor, text: text.to_owned(), to: None };
        event(&happened, "me")
    }
}
