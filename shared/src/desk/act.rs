//! What a member may do to an item, and what becomes of it. As [`super::decide`], it only decides.

use crate::wire::FormKind;
use crate::wire::config::Role;
use crate::wire::console::{Act, ItemState, Outcome};

/// The longest note, in characters.
pub const MAX_NOTE_CHARS: usize = 10_000;

/// An item as it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing<'a> {
    /// What opened it.
    pub kind: FormKind,
    /// Its state.
    pub state: ItemState,
    /// Who owns it. An open item that has an owner was given to them, and they have not taken it in hand yet.
    pub owner: Option<&'a str>,
}

/// Who acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Actor<'a> {
    /// The member.
    pub member: &'a str,
    /// Whether they may give away what is somebody else's.
    pub manages: bool,
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
    /// Given away without a reason.
    #[error("say why: whoever gets it reads that first")]
    NoReason,
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
            Self::TheirsAlready => "already_theirs",
            Self::NoReason => "reason_missing",
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

/// Whether these roles let somebody give away what is somebody else's.
pub fn manages(roles: &[Role]) -> bool {
    roles.contains(&Role::Admin) || roles.contains(&Role::Manager)
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
        event: "noted",
        text: String::new(),
    };
    let mine = || Change { state: ItemState::Claimed, owner: Some(member.to_owned()), touches: true, ..unchanged() };
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
            Some(owner) if owner == member && item.state == ItemState::Open => Ok(Change { event: "claimed", ..mine() }),
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
            let owner = Some(to.clone());
            Ok(Change { state: ItemState::Open, owner, event: "reassigned", text: text.to_owned(), ..unchanged() })
        }
        _ if item.owner != Some(member) => Err(ActError::NotYours),
        Act::Release => Ok(Change { state: ItemState::Open, owner: None, event: "released", ..unchanged() }),
        Act::Close { outcome, .. } if !outcomes(item.kind).contains(outcome) => Err(ActError::WrongOutcome),
        Act::Close { outcome, reason } => {
            if reason.chars().nth(MAX_NOTE_CHARS).is_some() {
                return Err(ActError::LongNote);
            }
            let text = reason.trim().to_owned();
            Ok(Change { state: ItemState::Closed, outcome: Some(*outcome), event: "closed", text, ..mine() })
        }
    }
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
    fn only_the_owner_releases_or_closes() {
        let close = Act::Close { outcome: Outcome::Won, reason: String::new() };
        for what in [&Act::Release, &close] {
            assert_eq!(act(owned("mara"), member("theo"), what), Err(ActError::NotYours));
            assert_eq!(act(open(), member("theo"), what), Err(ActError::NotYours));
            assert!(act(owned("theo"), member("theo"), what).is_ok());
        }
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
        assert!(give(Actor { member: "ines", manages: true }, "theo", "why").is_ok());
        assert_eq!(give(member("mara"), "mara", "why"), Err(ActError::TheirsAlready));
        assert_eq!(give(member("mara"), "theo", " "), Err(ActError::NoReason));
        let closed = Standing { state: ItemState::Closed, ..owned("mara") };
        let late = Act::Reassign { to: "theo".to_owned(), reason: "why".to_owned() };
        assert_eq!(act(closed, member("mara"), &late), Err(ActError::Closed));
    }

    fn member(member: &str) -> Actor<'_> {
        Actor { member, manages: false }
    }

    fn note(text: &str) -> Act {
        Act::Note { text: text.to_owned() }
    }

    fn open() -> Standing<'static> {
        Standing { kind: FormKind::Inquiry, state: ItemState::Open, owner: None }
    }

    fn owned(owner: &str) -> Standing<'_> {
        Standing { kind: FormKind::Inquiry, state: ItemState::Claimed, owner: Some(owner) }
    }
}
