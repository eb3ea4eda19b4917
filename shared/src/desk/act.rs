//! What a member may do to an item, and what becomes of it. As [`super::decide`], it only decides.

use crate::time::Timestamp;
use crate::wire::FormKind;
use crate::wire::console::{Act, ItemState, Outcome, Resting};

/// The longest rest.
const YEAR_MINUTES: u32 = 366 * 24 * 60;
/// The longest note, in characters.
pub const MAX_NOTE_CHARS: usize = 10_000;
/// The longest subject of an answer, in characters.
pub const MAX_SUBJECT_CHARS: usize = 200;

/// An item as it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing<'a> {
    /// Its id.
    pub id: &'a str,
    /// What opened it.
    pub kind: FormKind,
    /// Its state.
    pub state: ItemState,
    /// Who owns it. An open item that has an owner was given to them, and they have not taken it in hand yet.
    pub owner: Option<&'a str>,
    /// Whether it is a complaint.
    pub complaint: bool,
    /// Whether it rests.
    pub rests: bool,
}

/// Who acts, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Actor<'a> {
    /// The member.
    pub member: &'a str,
    /// Whether they may give away what is somebody else's.
    pub manages: bool,
    /// When.
    pub at: Timestamp,
}

/// How an item rests from now on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sleep {
    /// Why.
    pub why: Resting,
    /// Until when; nothing where only the visitor wakes it.
    pub until: Option<Timestamp>,
}

/// What an act changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The state afterwards.
    pub state: ItemState,
    /// The owner afterwards.
    pub owner: Option<String>,
    /// The outcome, where it is closed.
    pub outcome: Option<Outcome>,
    /// Whether somebody has now taken it in hand. A note alone does not keep a promise.
    pub touches: bool,
    /// How it rests from now on, if that changes: not at all, or so.
    pub rests: Option<Option<Sleep>>,
    /// The item that it is closed as the same as.
    pub duplicate_of: Option<String>,
    /// What the history says: its kind.
    pub event: &'static str,
    /// What the history says: its text.
    pub text: String,
}

/// Why an act is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ActError {
    /// Somebody else owns it.
    #[error("somebody else has taken this item")]
    Taken,
    /// It is the member's already.
    #[error("this item is yours already")]
    YoursAlready,
    /// Only its owner may do this.
    #[error("only its owner may do this: take the item first")]
    NotYours,
    /// It is closed.
    #[error("this item is closed: open it again first")]
    Closed,
    /// It is not closed.
    #[error("this item is not closed")]
    NotClosed,
    /// A note without text.
    #[error("the note is empty")]
    EmptyNote,
    /// A note with too much text.
    #[error("the note is too long: at most 10,000 characters")]
    LongNote,
    /// An outcome that items of this kind do not have.
    #[error("this item cannot be closed with that outcome")]
    WrongOutcome,
    /// Given to whoever has it already.
    #[error("this item is theirs already")]
    TheirsAlready,
    /// A moment that is none, or past, or too far away.
    #[error("choose a time that is to come, and within a year")]
    BadMoment,
    /// It does not rest.
    #[error("this item does not wait for anything")]
    Awake,
    /// A complaint that is closed without a word.
    #[error("say how the complaint was settled: whoever reads it next needs that")]
    NoCloseReason,
    /// Given away without a reason.
    #[error("say why: whoever gets it reads that first")]
    NoReason,
    /// An answer without text.
    #[error("the answer is empty")]
    EmptyReply,
    /// An answer with too much text.
    #[error("the answer is too long: at most 10,000 characters, and 200 for its subject")]
    LongReply,
    /// The same as itself.
    #[error("an item is no duplicate of itself")]
    SameItem,
}

impl ActError {
    /// The stable name.
    pub fn code(self) -> &'static str {
        match self {
            Self::Taken => "already_claimed",
            Self::YoursAlready => "already_yours",
            Self::NotYours => "not_yours",
            Self::Closed => "item_closed",
            Self::NotClosed => "item_not_closed",
            Self::EmptyNote => "note_empty",
            Self::LongNote => "note_too_long",
            Self::WrongOutcome => "wrong_outcome",
            Self::BadMoment => "bad_moment",
            Self::Awake => "not_resting",
            Self::NoCloseReason => "close_reason_missing",
            Self::TheirsAlready => "already_theirs",
            Self::NoReason => "reason_missing",
            Self::EmptyReply => "reply_empty",
            Self::LongReply => "reply_too_long",
            Self::SameItem => "same_item",
        }
    }
}

/// The outcomes that an item may be closed with.
pub fn outcomes(kind: FormKind) -> &'static [Outcome] {
    match kind {
        FormKind::Inquiry | FormKind::Trial => &[Outcome::Won, Outcome::Lost, Outcome::Disqualified, Outcome::Spam],
        FormKind::Support => &[Outcome::Solved, Outcome::Spam],
    }
}

/// Decides on one act of one member.
///
/// # Errors
/// Why it is refused; nothing changes then.
pub fn act(item: Standing<'_>, actor: Actor<'_>, act: &Act) -> Result<Change, ActError> {
    let member = actor.member;
    let unchanged = || Change {
        state: item.state,
        owner: item.owner.map(str::to_owned),
        outcome: None,
        touches: false,
        rests: None,
        duplicate_of: None,
        event: "noted",
        text: String::new(),
    };
    let mine = || Change { state: ItemState::Claimed, owner: Some(member.to_owned()), touches: true, ..unchanged() };
    let awake = item.rests.then_some(None);
    match act {
        Act::Note { text } => {
            note(text)?;
            Ok(Change { text: text.trim().to_owned(), ..unchanged() })
        }
        Act::Reopen if item.state != ItemState::Closed => Err(ActError::NotClosed),
        Act::Reopen => Ok(Change { event: "reopened", ..mine() }),
        _ if item.state == ItemState::Closed => Err(ActError::Closed),
        Act::Claim => match item.owner {
            None => Ok(Change { event: "claimed", ..mine() }),
            Some(owner) if owner == member && item.state == ItemState::Open => {
                Ok(Change { event: "claimed", ..mine() })
            }
            Some(owner) if owner == member => Err(ActError::YoursAlready),
            Some(_) => Err(ActError::Taken),
        },
        Act::Reassign { .. } if item.owner != Some(member) && !actor.manages => Err(ActError::NotYours),
        Act::Reassign { to, .. } if item.owner == Some(to) => Err(ActError::TheirsAlready),
        Act::Reassign { to, reason } => {
            let text = reason.trim();
            if text.is_empty() {
                return Err(ActError::NoReason);
            }
            note(text)?;
            let (owner, text) = (Some(to.clone()), text.to_owned());
            Ok(Change { state: ItemState::Open, owner, rests: awake, event: "reassigned", text, ..unchanged() })
        }
        // What is nobody's is taken by answering or closing it.
        Act::Reply { .. } | Act::Close { .. } | Act::Duplicate { .. } if item.owner.is_some_and(|it| it != member) => {
            Err(ActError::NotYours)
        }
        Act::Reply { subject, text } => {
            let (subject, text) = (subject.trim(), text.trim());
            if text.is_empty() {
                return Err(ActError::EmptyReply);
            }
            if text.chars().nth(MAX_NOTE_CHARS).is_some() || subject.chars().nth(MAX_SUBJECT_CHARS).is_some() {
                return Err(ActError::LongReply);
            }
            let text = if subject.is_empty() { text.to_owned() } else { format!("{subject}\n\n{text}") };
            Ok(Change { rests: awake, event: "replied", text, ..mine() })
        }
        Act::Duplicate { of } if of == item.id => Err(ActError::SameItem),
        Act::Duplicate { of } => Ok(Change {
            state: ItemState::Closed,
            outcome: Some(Outcome::Duplicate),
            duplicate_of: Some(of.clone()),
            rests: awake,
            event: "closed",
            ..mine()
        }),
        Act::Close { outcome, .. } if !outcomes(item.kind).contains(outcome) => Err(ActError::WrongOutcome),
        Act::Close { outcome, reason } => {
            if reason.chars().nth(MAX_NOTE_CHARS).is_some() {
                return Err(ActError::LongNote);
            }
            let text = reason.trim().to_owned();
            if item.complaint && *outcome != Outcome::Spam && text.is_empty() {
                return Err(ActError::NoCloseReason);
            }
            let (state, outcome) = (ItemState::Closed, Some(*outcome));
            Ok(Change { state, outcome, rests: awake, event: "closed", text, ..mine() })
        }
        _ if item.owner != Some(member) => Err(ActError::NotYours),
        Act::Release => {
            Ok(Change { state: ItemState::Open, owner: None, rests: awake, event: "released", ..unchanged() })
        }
        Act::Wait { until } => {
            let until = until.as_ref().map(|until| moment(until, actor.at)).transpose()?;
            let rests = Some(Some(Sleep { why: Resting::Waiting, until }));
            Ok(Change { rests, event: "waits", text: said(until), ..mine() })
        }
        Act::Snooze { until } => {
            let until = Some(moment(until, actor.at)?);
            let rests = Some(Some(Sleep { why: Resting::Snoozed, until }));
            Ok(Change { rests, event: "snoozed", text: said(until), ..mine() })
        }
        Act::Resume if !item.rests => Err(ActError::Awake),
        Act::Resume => Ok(Change { rests: awake, event: "resumed", ..mine() }),
    }
}

/// A moment that is to come, within a year.
fn moment(text: &str, now: Timestamp) -> Result<Timestamp, ActError> {
    let until = Timestamp::parse(text).filter(|until| *until > now && *until <= now.later_by_minutes(YEAR_MINUTES));
    until.ok_or(ActError::BadMoment)
}

fn said(until: Option<Timestamp>) -> String {
    until.map(Timestamp::to_rfc3339).unwrap_or_default()
}

fn note(text: &str) -> Result<(), ActError> {
    if text.trim().is_empty() {
        return Err(ActError::EmptyNote);
    }
    if text.chars().nth(MAX_NOTE_CHARS).is_some() {
        return Err(ActError::LongNote);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_open_item_is_anybodys_and_a_claimed_one_its_owners() {
        let claimed = act(open(), member("mara"), &Act::Claim).unwrap();
        assert_eq!((claimed.state, claimed.owner.as_deref()), (ItemState::Claimed, Some("mara")));
        assert!(claimed.touches && !act(open(), member("mara"), &note("later")).unwrap().touches);
        assert_eq!(act(owned("mara"), member("theo"), &Act::Claim), Err(ActError::Taken));
        assert_eq!(act(owned("mara"), member("mara"), &Act::Claim), Err(ActError::YoursAlready));
    }

    #[test]
    fn only_the_owner_releases_closes_or_answers() {
        let close = Act::Close { outcome: Outcome::Won, reason: String::new() };
        let reply = Act::Reply { subject: String::new(), text: "Yes.".to_owned() };
        let same = Act::Duplicate { of: "other".to_owned() };
        for what in [&Act::Release, &close, &reply, &same] {
            assert_eq!(act(owned("mara"), member("theo"), what), Err(ActError::NotYours));
            assert!(act(owned("theo"), member("theo"), what).is_ok());
        }
        assert_eq!(act(open(), member("theo"), &Act::Release), Err(ActError::NotYours));
    }

    #[test]
    fn what_is_nobodys_is_taken_by_answering_or_closing_it() {
        let close = Act::Close { outcome: Outcome::Spam, reason: String::new() };
        let reply = Act::Reply { subject: " Re: plans ".to_owned(), text: " Yes. ".to_owned() };
        let closed = act(open(), member("theo"), &close).unwrap();
        assert_eq!((closed.state, closed.owner.as_deref()), (ItemState::Closed, Some("theo")));
        let replied = act(open(), member("theo"), &reply).unwrap();
        assert_eq!((replied.state, replied.owner.as_deref()), (ItemState::Claimed, Some("theo")));
        assert_eq!((replied.event, replied.text.as_str(), replied.touches), ("replied", "Re: plans\n\nYes.", true));
    }

    #[test]
    fn an_answer_has_a_text_and_a_duplicate_another_item() {
        let reply = |subject: &str, text: &str| Act::Reply { subject: subject.to_owned(), text: text.to_owned() };
        assert_eq!(act(open(), member("mara"), &reply("Re", " ")), Err(ActError::EmptyReply));
        assert_eq!(act(open(), member("mara"), &reply(&"x".repeat(201), "Yes.")), Err(ActError::LongReply));
        assert_eq!(act(open(), member("mara"), &reply("", &"x".repeat(10_001))), Err(ActError::LongReply));
        let same = |of: &str| act(owned("mara"), member("mara"), &Act::Duplicate { of: of.to_owned() });
        assert_eq!(same("i1"), Err(ActError::SameItem));
        let linked = same("i2").unwrap();
        assert_eq!((linked.outcome, linked.duplicate_of.as_deref()), (Some(Outcome::Duplicate), Some("i2")));
        let closed = Standing { state: ItemState::Closed, ..owned("mara") };
        assert_eq!(act(closed, member("mara"), &Act::Duplicate { of: "i2".to_owned() }), Err(ActError::Closed));
    }

    #[test]
    fn an_item_closes_with_an_outcome_of_its_kind() {
        let close = |outcome| act(owned("mara"), member("mara"), &Act::Close { outcome, reason: " done ".to_owned() });
        let closed = close(Outcome::Lost).unwrap();
        assert_eq!(
            (closed.state, closed.outcome, closed.text.as_str()),
            (ItemState::Closed, Some(Outcome::Lost), "done")
        );
        assert_eq!(close(Outcome::Solved), Err(ActError::WrongOutcome));
    }

    #[test]
    fn a_closed_item_is_only_reopened_or_noted() {
        let closed = Standing { state: ItemState::Closed, ..owned("mara") };
        assert_eq!(act(closed, member("theo"), &Act::Claim), Err(ActError::Closed));
        let reopened = act(closed, member("theo"), &Act::Reopen).unwrap();
        assert_eq!((reopened.state, reopened.owner.as_deref()), (ItemState::Claimed, Some("theo")));
        assert_eq!(act(closed, member("theo"), &note("late")).unwrap().state, ItemState::Closed);
        assert_eq!(act(open(), member("theo"), &Act::Reopen), Err(ActError::NotClosed));
    }

    #[test]
    fn a_note_has_something_in_it() {
        assert_eq!(act(open(), member("mara"), &note(" \n")), Err(ActError::EmptyNote));
        assert_eq!(act(open(), member("mara"), &note(&"x".repeat(MAX_NOTE_CHARS + 1))), Err(ActError::LongNote));
    }

    #[test]
    fn an_item_that_was_given_to_somebody_is_theirs_to_take_in_hand() {
        let given = Standing { state: ItemState::Open, ..owned("mara") };
        let claimed = act(given, member("mara"), &Act::Claim).unwrap();
        assert_eq!((claimed.state, claimed.touches), (ItemState::Claimed, true));
        assert_eq!(act(given, member("theo"), &Act::Claim), Err(ActError::Taken));
        let released = act(given, member("mara"), &Act::Release).unwrap();
        assert_eq!((released.state, released.owner), (ItemState::Open, None));
    }

    #[test]
    fn an_item_is_given_away_by_its_owner_or_by_whoever_manages_and_with_a_reason() {
        let give = |actor, to: &str, reason: &str| {
            act(owned("mara"), actor, &Act::Reassign { to: to.to_owned(), reason: reason.to_owned() })
        };
        let given = give(member("mara"), "theo", " speaks Dutch ").unwrap();
        assert_eq!((given.state, given.owner.as_deref()), (ItemState::Open, Some("theo")));
        assert_eq!((given.event, given.text.as_str(), given.touches), ("reassigned", "speaks Dutch", false));
        assert_eq!(give(member("ines"), "theo", "why"), Err(ActError::NotYours));
        assert!(give(Actor { manages: true, ..member("ines") }, "theo", "why").is_ok());
        assert_eq!(give(member("mara"), "mara", "why"), Err(ActError::TheirsAlready));
        assert_eq!(give(member("mara"), "theo", " "), Err(ActError::NoReason));
        let closed = Standing { state: ItemState::Closed, ..owned("mara") };
        let late = Act::Reassign { to: "theo".to_owned(), reason: "why".to_owned() };
        assert_eq!(act(closed, member("mara"), &late), Err(ActError::Closed));
    }

    #[test]
    fn an_item_rests_until_a_moment_to_come_and_is_woken_by_what_is_done_to_it() {
        let wait = |until: Option<&str>| Act::Wait { until: until.map(str::to_owned) };
        let rested = act(owned("mara"), member("mara"), &wait(None)).unwrap();
        assert_eq!(rested.rests, Some(Some(Sleep { why: Resting::Waiting, until: None })));
        assert!(rested.touches);
        let snooze = Act::Snooze { until: "2026-11-24T09:00:00+01:00".to_owned() };
        let snoozed = act(owned("mara"), member("mara"), &snooze).unwrap();
        assert_eq!((snoozed.event, snoozed.text.as_str()), ("snoozed", "2026-11-24T08:00:00.000Z"));
        for bad in ["2026-11-23T10:00:00Z", "2028-01-01T00:00:00Z", "tomorrow"] {
            assert_eq!(act(owned("mara"), member("mara"), &wait(Some(bad))), Err(ActError::BadMoment), "{bad}");
        }
        assert_eq!(act(owned("mara"), member("theo"), &wait(None)), Err(ActError::NotYours));
        assert_eq!(act(owned("mara"), member("mara"), &Act::Resume), Err(ActError::Awake));
        let resting = Standing { rests: true, ..owned("mara") };
        for wakes in [Act::Resume, Act::Release, Act::Close { outcome: Outcome::Lost, reason: String::new() }] {
            assert_eq!(act(resting, member("mara"), &wakes).unwrap().rests, Some(None), "{wakes:?}");
        }
        assert_eq!(act(resting, member("mara"), &note("still nothing")).unwrap().rests, None);
    }

    #[test]
    fn a_complaint_is_closed_with_a_word_on_how_it_was_settled() {
        let complaint = Standing { kind: FormKind::Support, complaint: true, ..owned("mara") };
        let close = |outcome, reason: &str| {
            act(complaint, member("mara"), &Act::Close { outcome, reason: reason.to_owned() }).map(|change| change.text)
        };
        assert_eq!(close(Outcome::Solved, " "), Err(ActError::NoCloseReason));
        assert_eq!(close(Outcome::Solved, "Paid back."), Ok("Paid back.".to_owned()));
        assert_eq!(close(Outcome::Spam, ""), Ok(String::new()));
    }

    fn member(member: &str) -> Actor<'_> {
        Actor { member, manages: false, at: Timestamp::parse("2026-11-23T10:00:00Z").unwrap() }
    }

    fn note(text: &str) -> Act {
        Act::Note { text: text.to_owned() }
    }

    fn open() -> Standing<'static> {
        let (complaint, rests) = (false, false);
        Standing { id: "i1", kind: FormKind::Inquiry, state: ItemState::Open, owner: None, complaint, rests }
    }

    fn owned(owner: &str) -> Standing<'_> {
        Standing { state: ItemState::Claimed, owner: Some(owner), ..open() }
    }
}
