//! The single, named end of every submission and every signal.

/// How it ended. Tags are shared by rows, logs, metrics and the console, and are never renamed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Stored, and handed to a queue (a submission) or to the journal (a signal).
    Accepted,
    /// Here already: answered with the first receipt.
    Duplicate,
    /// Kept whole for a person to look at; it becomes `Accepted` or `Spam` once somebody has, or `Erased`.
    Held,
    /// Held, and then thrown out by a member of staff.
    Spam,
    /// A mail that answers an item that is open: it stands there, and opens none.
    Appended,
    /// Held, and deleted before anybody had looked: for its age, or because its sender was erased.
    Erased,
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
    /// The key was a site's, and is no longer.
    UnknownSite,
    /// The site is switched off.
    SiteOff,
    /// The site's key has ended.
    SiteExpired,
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
    /// More submissions from one address than the site takes within ten minutes.
    RateLimited,
    /// So many wait for review already that nobody could look at one more.
    ReviewFull,
    /// A mail that no person wrote: an automatic answer, or a report of what could not be delivered.
    Automatic,
    /// A mail to an address that is no mailbox of the workspace's.
    UnknownMailbox,
    /// What was sent under this id was erased.
    Erased,
}

impl Fate {
    /// The stable name.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Duplicate => "duplicate",
            Self::Held => "held",
            Self::Spam => "spam",
            Self::Appended => "appended",
            Self::Erased => "erased",
            Self::Refused(refusal) => refusal.tag(),
        }
    }
}

impl Refusal {
    const ALL: &[Self] = &[
        Self::TooLarge,
        Self::Malformed,
        Self::Invalid,
        Self::UnknownSite,
        Self::SiteOff,
        Self::SiteExpired,
        Self::Origin,
        Self::UnknownForm,
        Self::IdReused,
        Self::Privacy,
        Self::Quota,
        Self::RateLimited,
        Self::ReviewFull,
        Self::Automatic,
        Self::UnknownMailbox,
        Self::Erased,
    ];

    /// The stable name.
    pub fn tag(self) -> &'static str {
        match self {
            Self::TooLarge => "refused_too_large",
            Self::Malformed => "refused_malformed",
            Self::Invalid => "refused_invalid",
            Self::UnknownSite => "refused_unknown_site",
            Self::SiteOff => "refused_site_off",
            Self::SiteExpired => "refused_site_expired",
            Self::Origin => "refused_origin",
            Self::UnknownForm => "refused_unknown_form",
            Self::IdReused => "refused_id_reused",
            Self::Privacy => "refused_privacy",
            Self::Quota => "refused_quota",
            Self::RateLimited => "refused_rate_limited",
            Self::ReviewFull => "refused_review_full",
            Self::Automatic => "refused_automatic",
            Self::UnknownMailbox => "refused_unknown_mailbox",
            Self::Erased => "refused_erased",
        }
    }

    /// Reads a tag back.
    pub fn from_tag(tag: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|refusal| refusal.tag() == tag)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tag_reads_back_as_itself() {
        for refusal in Refusal::ALL {
            assert_eq!(Refusal::from_tag(refusal.tag()), Some(*refusal));
        }
        assert_eq!(Refusal::from_tag("accepted"), None);
    }
}
