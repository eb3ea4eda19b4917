//! Whether a submission may be a machine's, or come from where it may not: evidence in, one [`Verdict`] out.
//!
//! A submission that looks wrong is held for a person, never dropped; one that may not come at all is refused before
//! anything is kept. A *strong* sign holds it by itself. A *weak* one happens to people too (a fast hand, a hand-written
//! form without a stamp, two links in a question, a mailbox for minutes), so two of them are needed, unless the site asks for a fresh stamp.
//!
//! Not here: how a stamp, a proof or a token is checked (`edge::abuse`); what was found arrives as [`Evidence`].

pub mod text;

use crate::fate::Refusal;
use crate::time::Timestamp;
use crate::wire::config::Site;

/// Faster than this nobody reads a form and fills it in.
pub const LEAST_MS: i64 = 2_000;
/// A page is not left open longer; the widget itself gives up after three days.
pub const MOST_MS: i64 = 7 * 24 * 60 * 60 * 1_000;
/// How far two clocks of one installation may differ.
pub const SKEW_MS: i64 = 60_000;
/// The minutes in which submissions from one address are counted.
pub const WINDOW_MINUTES: i64 = 10;
/// The most submissions that wait for review in one workspace: an attack must not fill the disk.
pub const MAX_WAITING: u32 = 10_000;

/// The signed time that a form came with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stamp {
    /// It came by no form, so that it could have none.
    NotAsked,
    /// None was sent.
    Missing,
    /// Not one of ours, or another site's.
    Forged,
    /// Made by us at this instant.
    Made(Timestamp),
}

/// The proof of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// The site asks for none.
    NotAsked,
    /// None was sent.
    Missing,
    /// Not a solution of a challenge of ours.
    Wrong,
    /// A solution, too late.
    Expired,
    /// A solution that was spent before.
    Replayed,
    /// A solution, spent by this submission.
    Solved,
}

/// What Turnstile says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turnstile {
    /// The site asks for none.
    NotAsked,
    /// No token was sent.
    Missing,
    /// The token is not good.
    Failed,
    /// Cloudflare could not be asked: a person must look instead.
    Unavailable,
    /// The token is good.
    Passed,
}

/// What the mail server before us says of a mail; nothing of what is none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct MailSigns {
    /// It took it for spam.
    pub spam: bool,
    /// It is not from where it says.
    pub forged: bool,
}

/// What was found out about one submission.
#[derive(Debug, Clone)]
pub struct Evidence<'a> {
    /// When it arrived.
    pub at: Timestamp,
    /// Whether the field that no person sees holds anything.
    pub trapped: bool,
    /// The signed time.
    pub stamp: Stamp,
    /// The proof of work.
    pub proof: Proof,
    /// Turnstile.
    pub turnstile: Turnstile,
    /// What the mail server before us says of a mail.
    pub mail: MailSigns,
    /// Submissions taken from the same address for this site within [`WINDOW_MINUTES`].
    pub from_address: u32,
    /// Submissions that this site brought today.
    pub today: u32,
    /// Submissions that wait for review in this workspace.
    pub waiting: u32,
    /// Whether the address is one that is lent for minutes.
    pub disposable: bool,
    /// The texts: whether it is somebody's name, and the text.
    pub texts: Vec<(bool, &'a str)>,
}

/// Why a submission is held. Tags are shared by rows and the console, and are never renamed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// The field that no person sees was filled in.
    Trap,
    /// No signed time.
    StampMissing,
    /// A signed time that is not ours.
    StampForged,
    /// Sent less than two seconds after the form was handed out.
    StampYoung,
    /// Sent more than seven days after the form was handed out.
    StampOld,
    /// No proof of work.
    ProofMissing,
    /// A wrong proof of work.
    ProofWrong,
    /// A proof of work that came too late.
    ProofExpired,
    /// A proof of work that was spent before.
    ProofReplayed,
    /// No Turnstile token.
    TurnstileMissing,
    /// A bad Turnstile token.
    TurnstileFailed,
    /// Turnstile did not answer.
    TurnstileUnavailable,
    /// The mail server before us took it for spam.
    MailSpam,
    /// The mail server before us found that it is not from where it says.
    MailForged,
    /// The site has brought all it may today.
    DailyLimit,
    /// An address of a page in a name.
    LinkInName,
    /// A link in markup: HTML or BBCode.
    MarkupLink,
    /// Five links or more.
    ManyLinks,
    /// Two links or more.
    SomeLinks,
    /// An address that is lent for minutes.
    DisposableAddress,
}

/// What becomes of a submission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is decided on at once.
    Pass,
    /// It waits for a person, for these reasons.
    Hold(Vec<Reason>),
    /// It is not taken.
    Refuse(Refusal),
}

impl Reason {
    const ALL: &[Self] = &[
        Self::Trap,
        Self::StampMissing,
        Self::StampForged,
        Self::StampYoung,
        Self::StampOld,
        Self::ProofMissing,
        Self::ProofWrong,
        Self::ProofExpired,
        Self::ProofReplayed,
        Self::TurnstileMissing,
        Self::TurnstileFailed,
        Self::TurnstileUnavailable,
        Self::MailSpam,
        Self::MailForged,
        Self::DailyLimit,
        Self::LinkInName,
        Self::MarkupLink,
        Self::ManyLinks,
        Self::SomeLinks,
        Self::DisposableAddress,
    ];

    /// The stable name.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Trap => "trap",
            Self::StampMissing => "stamp_missing",
            Self::StampForged => "stamp_forged",
            Self::StampYoung => "stamp_young",
            Self::StampOld => "stamp_old",
            Self::ProofMissing => "proof_missing",
            Self::ProofWrong => "proof_wrong",
            Self::ProofExpired => "proof_expired",
            Self::ProofReplayed => "proof_replayed",
            Self::TurnstileMissing => "turnstile_missing",
            Self::TurnstileFailed => "turnstile_failed",
            Self::TurnstileUnavailable => "turnstile_unavailable",
            Self::MailSpam => "mail_spam",
            Self::MailForged => "mail_forged",
            Self::DailyLimit => "daily_limit",
            Self::LinkInName => "link_in_name",
            Self::MarkupLink => "markup_link",
            Self::ManyLinks => "many_links",
            Self::SomeLinks => "some_links",
            Self::DisposableAddress => "disposable_address",
        }
    }

    /// Reads a tag back.
    pub fn from_tag(tag: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|reason| reason.tag() == tag)
    }

    /// The reason as a sentence for staff.
    pub fn says(self) -> &'static str {
        match self {
            Self::Trap => "A field that no person can see was filled in.",
            Self::StampMissing => "It did not come with the time at which the form was handed out.",
            Self::StampForged => "The time at which the form was handed out was not signed by Usher.",
            Self::StampYoung => "It was sent less than two seconds after the form was handed out.",
            Self::StampOld => "It was sent more than seven days after the form was handed out.",
            Self::ProofMissing => "The site asks for a proof of work, and there was none.",
            Self::ProofWrong => "The proof of work is wrong.",
            Self::ProofExpired => "The proof of work came too late.",
            Self::ProofReplayed => "The proof of work was used before.",
            Self::TurnstileMissing => "The site uses Turnstile, and there was no token.",
            Self::TurnstileFailed => "Turnstile says that this was not a person.",
            Self::TurnstileUnavailable => "Turnstile could not be asked whether this was a person.",
            Self::MailSpam => "The mail server took it for spam.",
            Self::MailForged => "The mail server says that it is not from where it says.",
            Self::DailyLimit => "The site had brought as many submissions today as it may.",
            Self::LinkInName => "The name holds the address of a page.",
            Self::MarkupLink => "The text holds links in markup, as machines write them.",
            Self::ManyLinks => "The text holds five links or more.",
            Self::SomeLinks => "The text holds two links or more.",
            Self::DisposableAddress => "The address is of those that are lent for some minutes.",
        }
    }

    /// Whether it holds a submission by itself.
    fn is_strong(self, asks_stamp: bool) -> bool {
        match self {
            Self::StampMissing | Self::StampYoung => asks_stamp,
            Self::SomeLinks | Self::DisposableAddress => false,
            _ => true,
        }
    }
}

/// Whether the site's key may be used at all now.
///
/// # Errors
/// Why not.
pub fn door(site: &Site, at: Timestamp) -> Result<(), Refusal> {
    if site.off {
        return Err(Refusal::SiteOff);
    }
    // What cannot be read has ended: a check at saving keeps this from happening.
    let ends = site.expires_at.as_deref().map(|ends| Timestamp::parse(ends).unwrap_or(Timestamp::from_ms(0)));
    if ends.is_some_and(|ends| ends <= at) { Err(Refusal::SiteExpired) } else { Ok(()) }
}

/// What becomes of a submission that the form takes.
pub fn verdict(site: &Site, evidence: &Evidence<'_>) -> Verdict {
    if evidence.from_address >= site.limits.per_address {
        return Verdict::Refuse(Refusal::RateLimited);
    }
    let reasons = reasons(site, evidence);
    let asks_stamp = site.checks.stamp;
    let has_strong = reasons.iter().any(|reason| reason.is_strong(asks_stamp));
    match (has_strong || reasons.len() >= 2, evidence.waiting >= MAX_WAITING) {
        (false, _) => Verdict::Pass,
        (true, false) => Verdict::Hold(reasons),
        (true, true) => Verdict::Refuse(Refusal::ReviewFull),
    }
}

/// Every sign, weak ones too, in a fixed order.
fn reasons(site: &Site, evidence: &Evidence<'_>) -> Vec<Reason> {
    let mut reasons = Vec::new();
    reasons.extend(evidence.trapped.then_some(Reason::Trap));
    reasons.extend(stamp(evidence.stamp, evidence.at));
    reasons.extend(match evidence.proof {
        Proof::NotAsked | Proof::Solved => None,
        Proof::Missing => Some(Reason::ProofMissing),
        Proof::Wrong => Some(Reason::ProofWrong),
        Proof::Expired => Some(Reason::ProofExpired),
        Proof::Replayed => Some(Reason::ProofReplayed),
    });
    reasons.extend(match evidence.turnstile {
        Turnstile::NotAsked | Turnstile::Passed => None,
        Turnstile::Missing => Some(Reason::TurnstileMissing),
        Turnstile::Failed => Some(Reason::TurnstileFailed),
        Turnstile::Unavailable => Some(Reason::TurnstileUnavailable),
    });
    reasons.extend(evidence.mail.spam.then_some(Reason::MailSpam));
    reasons.extend(evidence.mail.forged.then_some(Reason::MailForged));
    reasons.extend((evidence.today >= site.limits.submissions_per_day).then_some(Reason::DailyLimit));
    reasons.extend(text::signs(&evidence.texts));
    reasons.extend(evidence.disposable.then_some(Reason::DisposableAddress));
    reasons
}

fn stamp(stamp: Stamp, at: Timestamp) -> Option<Reason> {
    match stamp {
        Stamp::NotAsked => None,
        Stamp::Missing => Some(Reason::StampMissing),
        Stamp::Forged => Some(Reason::StampForged),
        Stamp::Made(made) => match at.as_ms() - made.as_ms() {
            // From the future, although we signed it: no clock of ours said so.
            ..SINCE_SKEW => Some(Reason::StampForged),
            SINCE_SKEW..LEAST_MS => Some(Reason::StampYoung),
            LEAST_MS..=MOST_MS => None,
            _ => Some(Reason::StampOld),
        },
    }
}

const SINCE_SKEW: i64 = -SKEW_MS;

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_795_253_400_000;

    type Change = fn(&mut Evidence<'_>);

    #[test]
    fn a_person_passes() {
        assert_eq!(judged(|_| ()), Verdict::Pass);
    }

    #[test]
    fn each_strong_sign_holds_by_itself() {
        let cases: [(Change, Reason); 16] = [
            (|it| it.trapped = true, Reason::Trap),
            (|it| it.stamp = Stamp::Forged, Reason::StampForged),
            (|it| it.stamp = made(-SKEW_MS - 1), Reason::StampForged),
            (|it| it.stamp = made(MOST_MS + 1), Reason::StampOld),
            (|it| it.proof = Proof::Missing, Reason::ProofMissing),
            (|it| it.proof = Proof::Wrong, Reason::ProofWrong),
            (|it| it.proof = Proof::Expired, Reason::ProofExpired),
            (|it| it.proof = Proof::Replayed, Reason::ProofReplayed),
            (|it| it.turnstile = Turnstile::Missing, Reason::TurnstileMissing),
            (|it| it.turnstile = Turnstile::Failed, Reason::TurnstileFailed),
            (|it| it.turnstile = Turnstile::Unavailable, Reason::TurnstileUnavailable),
            (|it| it.mail.spam = true, Reason::MailSpam),
            (|it| it.mail.forged = true, Reason::MailForged),
            (|it| it.today = 10_000, Reason::DailyLimit),
            (|it| it.texts = vec![(true, "Buy at www.example.com")], Reason::LinkInName),
            (|it| it.texts = vec![(false, "<a href=x>y</a>")], Reason::MarkupLink),
        ];
        for (change, reason) in cases {
            assert_eq!(judged(change), Verdict::Hold(vec![reason]));
        }
    }

    #[test]
    fn one_weak_sign_is_a_person_and_two_are_looked_at() {
        let links = "Is https://a.example or https://b.example the right course?";
        assert_eq!(judged(|it| it.stamp = Stamp::Missing), Verdict::Pass);
        assert_eq!(judged(|it| it.stamp = made(1_999)), Verdict::Pass);
        assert_eq!(judged(|it| it.texts = vec![(false, links)]), Verdict::Pass);
        assert_eq!(judged(|it| it.disposable = true), Verdict::Pass);
        let both = |stamp| {
            judged(move |it| {
                it.stamp = stamp;
                it.texts = vec![(false, links)];
            })
        };
        assert_eq!(both(Stamp::Missing), Verdict::Hold(vec![Reason::StampMissing, Reason::SomeLinks]));
        assert_eq!(both(made(0)), Verdict::Hold(vec![Reason::StampYoung, Reason::SomeLinks]));
        assert_eq!(both(made(LEAST_MS)), Verdict::Pass);
    }

    #[test]
    fn a_site_that_asks_for_a_fresh_stamp_gets_one() {
        let mut site = site();
        site.checks.stamp = true;
        let held = |stamp| verdict(&site, &Evidence { stamp, ..evidence() });
        assert_eq!(held(Stamp::Missing), Verdict::Hold(vec![Reason::StampMissing]));
        assert_eq!(held(made(1_999)), Verdict::Hold(vec![Reason::StampYoung]));
        assert_eq!(held(made(2_000)), Verdict::Pass);
        assert_eq!(held(made(MOST_MS)), Verdict::Pass);
    }

    #[test]
    fn one_address_may_send_so_many_and_no_more() {
        assert_eq!(judged(|it| it.from_address = 19), Verdict::Pass);
        assert_eq!(judged(|it| it.from_address = 20), Verdict::Refuse(Refusal::RateLimited));
    }

    #[test]
    fn an_attack_does_not_fill_the_disk_and_turns_no_person_away() {
        let full = |trapped| {
            judged(move |it| {
                it.trapped = trapped;
                it.waiting = MAX_WAITING;
            })
        };
        assert_eq!(full(true), Verdict::Refuse(Refusal::ReviewFull));
        assert_eq!(full(false), Verdict::Pass);
    }

    #[test]
    fn a_key_ends_at_its_instant() {
        let mut site = site();
        assert_eq!(door(&site, at()), Ok(()));
        site.expires_at = Some(at().to_rfc3339());
        assert_eq!(door(&site, at().earlier_by_ms(1)), Ok(()));
        assert_eq!(door(&site, at()), Err(Refusal::SiteExpired));
        site.expires_at = Some("one day".to_owned());
        assert_eq!(door(&site, at()), Err(Refusal::SiteExpired));
        site.off = true;
        assert_eq!(door(&site, at()), Err(Refusal::SiteOff));
    }

    #[test]
    fn every_tag_reads_back_as_itself() {
        for reason in Reason::ALL {
            assert_eq!(Reason::from_tag(reason.tag()), Some(*reason));
            assert!(reason.says().ends_with('.'));
        }
    }

    fn judged(change: impl FnOnce(&mut Evidence<'_>)) -> Verdict {
        let mut evidence = evidence();
        change(&mut evidence);
        verdict(&site(), &evidence)
    }

    fn site() -> Site {
        crate::demo::config().site_by_id("platform").cloned().unwrap()
    }

    fn evidence() -> Evidence<'static> {
        Evidence {
            at: at(),
            trapped: false,
            stamp: made(30_000),
            proof: Proof::NotAsked,
            turnstile: Turnstile::NotAsked,
            mail: MailSigns::default(),
            from_address: 0,
            today: 0,
            waiting: 0,
            disposable: false,
            texts: vec![(true, "Ana Ruiz"), (false, "Which plan fits a team of five?")],
        }
    }

    fn at() -> Timestamp {
        Timestamp::from_ms(NOW)
    }

    fn made(ago_ms: i64) -> Stamp {
        Stamp::Made(Timestamp::from_ms(NOW - ago_ms))
    }
}
