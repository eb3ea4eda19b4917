//! The single, named end of every submission and every signal.

/// How it ended. Tags are shared by rows, logs, metrics and the console, and are never renamed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Stored, and handed to a queue (a submission) or to the journal (a signal).
    Accepted,
    /// Here already: answered with the first receipt.
    Duplicate,
    /// Not taken, and why.
    Refused(Refusal),
}

/// Why something was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// More bytes than a body may have.
    TooLarge,
    /// Not JSON, and not a form.
    Malformed,
    /// At least one field is wrong.
    Invalid,
    /// The site does not list the origin it came from.
    Origin,
    /// The site does not show this form.
    UnknownForm,
    /// The id was used before, for something else.
    IdReused,
    /// The visitor asked not to be tracked (`Sec-GPC`).
    Privacy,
    /// More signals than one visitor makes in a day.
    Quota,
}

impl Fate {
    /// The stable name.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Duplicate => "duplicate",
            Self::Refused(refusal) => refusal.tag(),
        }
    }
}

impl Refusal {
    /// The stable name.
    pub fn tag(self) -> &'static str {
        match self {
            Self::TooLarge => "refused_too_large",
            Self::Malformed => "refused_malformed",
            Self::Invalid => "refused_invalid",
            Self::Origin => "refused_origin",
            Self::UnknownForm => "refused_unknown_form",
            Self::IdReused => "refused_id_reused",
            Self::Privacy => "refused_privacy",
            Self::Quota => "refused_quota",
        }
    }

    /// Reads a tag back.
    pub fn from_tag(tag: &str) -> Option<Self> {
        [Self::TooLarge, Self::Malformed, Self::Invalid, Self::Origin, Self::UnknownForm, Self::IdReused, Self::Privacy]
            .into_iter()
            .find(|refusal| refusal.tag() == tag)
    }
}
