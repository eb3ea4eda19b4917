//! Who somebody is: what they gave, and how sure we are of it.
//!
//! Not here: proving an address (a link by mail, the platform's signed token). This module only keeps what is claimed
//! from overwriting what was proved.

/// How sure we are that a value is theirs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// Somebody typed it.
    Claimed,
    /// It was proved.
    Verified,
}

impl Standing {
    /// The stable name.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Claimed => "claimed",
            Self::Verified => "verified",
        }
    }

    /// Reads a tag back.
    pub fn from_tag(tag: &str) -> Option<Self> {
        [Self::Claimed, Self::Verified].into_iter().find(|standing| standing.tag() == tag)
    }
}

/// A value with its standing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// The value.
    pub value: String,
    /// How sure we are.
    pub standing: Standing,
}

/// What is kept when a new value arrives: the surer one, and of two equally sure the newer.
pub fn keep(old: Option<Known>, new: Known) -> Known {
    match old {
        Some(old) if old.standing > new.standing => old,
        _ => new,
    }
}

/// What identifies a person: the kind of identifier, its key (two spellings of one address share it), and what was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identifier {
    /// The kind.
    pub kind: IdentifierKind,
    /// What is compared.
    pub key: String,
    /// What is shown.
    pub typed: String,
    /// How sure we are that it is theirs.
    pub standing: Standing,
}

/// The kinds of identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdentifierKind {
    /// An e-mail address.
    Email,
    /// A telephone number.
    Phone,
    /// The platform's own id of a user: only its signed token gives one, so it is always verified.
    User,
}

impl IdentifierKind {
    /// The stable name.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Phone => "phone",
            Self::User => "user",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_never_overwrites_what_was_proved() {
        let proved = known("Ana Ruiz", Standing::Verified);
        assert_eq!(keep(Some(proved.clone()), known("Not Ana", Standing::Claimed)), proved);
    }

    #[test]
    fn of_two_claims_the_newer_is_kept() {
        let newer = known("Ana Ruiz", Standing::Claimed);
        assert_eq!(keep(Some(known("Ana", Standing::Claimed)), newer.clone()), newer);
        assert_eq!(keep(None, newer.clone()), newer);
    }

    fn known(value: &str, standing: Standing) -> Known {
        Known { value: value.to_owned(), standing }
    }
}
