//! Mail that comes in: it opens an item as a sent form does, by the form of its mailbox, or stands on the item that it answers.
//!
//! A mail answers an item where it names one (a mail of its thread, or a reference in its subject) that is open, and comes from an
//! address of whoever the item is of: a reference is no secret, and says nothing of who writes.
//!
//! Not here: how a mail is read (`shared::mail`), or how it arrives (`api`, `mail_worker`).

use serde_json::json;
use sha2::{Digest, Sha256};
use shared::abuse::{Evidence, MailSigns, Proof, Stamp, Turnstile, Verdict, door, verdict};
use shared::config::Config;
use shared::fate::{Fate, Refusal};
use shared::form::Form;
use shared::mail::{appended, fresh, values as values_of};
use shared::notice::NoticeKind;
use shared::reference;
use shared::submission::{Email, Submission};
use shared::time::Timestamp;
use shared::wire::Channel;
use shared::wire::config::{Mailbox, Site};
use shared::wire::mail::{Mail, MailTaken};

use super::ask::{Reply, Submit};
use super::limits::Counts;
use super::submit::{Taken, problem_of, too_many};
use super::{Desk, evidence, held, limits, notices, privacy, promises, store};
use crate::error::Failure;
use crate::rpc::VisitRow;
use crate::sql::{Row, Tx};
use crate::{chance, clock, values};

/// The names under which a mail is found again.
struct Names {
    /// A hash of its `Message-ID`; of all it says, where it has none.
    message: String,
    /// A hash of all it says: another mail under the same id is another mail.
    content: String,
}

/// A mail that is taken, one way or the other.
struct Arrived<'a> {
    mail: &'a Mail,
    names: Names,
    /// What its sender is counted under, for ten minutes.
    sender: String,
    at: Timestamp,
}

/// An item that a mail answers.
struct Answered {
    item: String,
    reference: String,
    person: String,
    owner: Option<String>,
}

impl Desk {
    /// Takes a mail. Either way its fate is counted.
    pub(super) fn mail(&self, config: &Config, mail: &Mail) -> Result<Reply, Failure> {
        let at = clock::now();
        let Some(mailbox) = mail.to.iter().find_map(|to| config.mailbox(to)) else {
            let title = "None of the addresses that this mail is to is a mailbox of the workspace\u{2019}s.";
            let problem = problem_of(422, "unknown_mailbox", title);
            return self.refused(Refusal::UnknownMailbox, &problem);
        };
        // What we sent ourselves comes back where a rule of somebody's forwards it.
        if mail.automatic || config.mailbox(&mail.from).is_some() {
            let fate = Fate::Refused(Refusal::Automatic);
            self.count(fate)?;
            return taken(fate, None);
        }
        let Some(site) = config.site_by_id(&mailbox.site) else {
            return self.refused(Refusal::UnknownSite, &evidence::closed(Refusal::UnknownSite));
        };
        if let Err(refusal) = door(site, at) {
            return self.refused(refusal, &evidence::closed(refusal));
        }
        let names = Names::of(mail);
        let query = "SELECT reference FROM mail WHERE message = ? AND content = ?";
        if let Some(row) = self.db.row("mail", query, values![names.message.as_str(), names.content.as_str()])? {
            self.count(Fate::Duplicate)?;
            return taken(Fate::Duplicate, Some(row.text(0)?));
        }
        if privacy::was_mail(&self.db, &self.secret()?, &names.content)? {
            return self.erased();
        }
        let sender = format!("mail:{}", hashed(&[&mail.from.to_lowercase()]));
        let counts = limits::counts(&self.db, Some(&sender), &site.id, at)?;
        if counts.from_address >= site.limits.per_address {
            self.count(Fate::Refused(Refusal::RateLimited))?;
            return too_many(Refusal::RateLimited, counts.free_in_s);
        }
        let mail = Arrived { mail, names, sender, at };
        match self.answered(mail.mail)? {
            Some(answered) => self.append(config, &mail, &answered),
            None => self.open(config, (site, mailbox), &mail, &counts),
        }
    }

    /// The open item that a mail answers, if it is its sender's.
    fn answered(&self, mail: &Mail) -> Result<Option<Answered>, Failure> {
        let Ok(from) = Email::parse(&mail.from) else { return Ok(None) };
        const OF_MAIL: &str = "SELECT coalesce(mail.item_id, submission.item_id) FROM mail
            LEFT JOIN submission ON submission.site = mail.site AND submission.id = mail.submission_id WHERE message = ?";
        let mut items: Vec<String> = Vec::new();
        let mut note = |rows: Vec<Row>| -> Result<(), Failure> {
            for row in rows {
                items.extend(row.maybe_text(0)?.map(str::to_owned));
            }
            Ok(())
        };
        for id in &mail.answers {
            note(self.db.rows("mail", OF_MAIL, values![hashed(&[id])])?)?;
        }
        if let Some(reference) = reference::find(&mail.subject) {
            note(self.db.rows("item", "SELECT id FROM item WHERE reference = ?", values![reference])?)?;
        }
        const OF_ITEM: &str = "SELECT item.id, item.reference, item.person_id, item.owner FROM item
            JOIN identifier ON identifier.person_id = item.person_id AND identifier.kind = 'email' AND identifier.key = ?
            WHERE item.id = ? AND is_open = 1";
        for item in items {
            if let Some(row) = self.db.row("item", OF_ITEM, values![from.key(), item])? {
                return Ok(Some(Answered {
                    item: row.text(0)?.to_owned(),
                    reference: row.text(1)?.to_owned(),
                    person: row.text(2)?.to_owned(),
                    owner: row.maybe_text(3)?.map(str::to_owned),
                }));
            }
        }
        Ok(None)
    }

    /// Puts a mail on the item that it answers: whoever has it hears of it, and the visitor is to have an answer.
    fn append(&self, config: &Config, arrived: &Arrived<'_>, answered: &Answered) -> Result<Reply, Failure> {
        let (Arrived { mail, names, sender, at }, item) = (arrived, answered.item.as_str());
        let (at, text) = (*at, appended(mail));
        let woken = self.db.transaction(|tx| {
            limits::note_sender(tx, sender, at)?;
            let woken = promises::answered(tx, config, &answered.person, at)?;
            promises::wrote(tx, config, item, at)?;
            let changed = store::write_event(tx, item, at.as_ms(), "mail_received", None, &text)?;
            tx.write("item", "UPDATE item SET changed = ? WHERE id = ?", values![changed, item])?;
            if let Some(owner) = answered.owner.as_deref().filter(|owner| config.member(owner).is_some()) {
                notices::write(tx, owner, item, NoticeKind::Wrote, None, &fresh(&mail.text))?;
            }
            names.write(tx, (None, Some(item)), &answered.reference, at)?;
            store::count_fate(tx, Fate::Appended)?;
            Ok(woken)
        })?;
        woken.iter().filter(|other| *other != item).for_each(|other| self.tell(config, other));
        self.tell(config, item);
        self.tell_notices()?;
        taken(Fate::Appended, Some(&answered.reference))
    }

    /// Decides on a mail as on a form that was sent.
    fn open(
        &self,
        config: &Config,
        (site, mailbox): (&Site, &Mailbox),
        arrived: &Arrived<'_>,
        counts: &Counts,
    ) -> Result<Reply, Failure> {
        let (Arrived { mail, names, sender, .. }, at) = (arrived, arrived.at);
        let Some(form) = config.form(&mailbox.form).map(Form::relaxed) else {
            let problem = problem_of(404, "unknown_form", "This site shows no such form.");
            return self.refused(Refusal::UnknownForm, &problem);
        };
        let body = json!({ "submission_id": names.submission_id(), "values": values_of(&form, mail) });
        let submission = match Submission::parse(&form, &body, at) {
            Ok(submission) => submission.through(Channel::Email),
            Err(errors) => return self.invalid(errors.into_problems()),
        };
        let found = Evidence {
            at,
            trapped: false,
            stamp: Stamp::NotAsked,
            proof: Proof::NotAsked,
            turnstile: Turnstile::NotAsked,
            mail: MailSigns { spam: mail.spam, forged: mail.forged },
            from_address: counts.from_address,
            today: counts.today,
            waiting: counts.waiting,
            disposable: submission.email().is_some_and(Email::is_disposable),
            texts: evidence::texts(&form, &submission),
        };
        let verdict = verdict(site, &found);
        let taken_as = Taken {
            site,
            form: &form,
            submission: &submission,
            files: Vec::new(),
            visit: VisitRow::default(),
            vouched: None,
            is_stranger: false,
            arms: Vec::new(),
            reference: u64::from_le_bytes(chance::bytes()?),
            received_at: at,
            at,
            written: None,
        };
        let by_submission = |tx: &Tx<'_>, reference: &str| {
            limits::note_sender(tx, sender, at)?;
            names.write(tx, (Some((&site.id, submission.id().as_str())), None), reference, at)
        };
        match verdict {
            Verdict::Pass => {
                let landed = self.land(config, taken_as, None, |tx, decision| {
                    limits::note_site(tx, &site.id, at)?;
                    by_submission(tx, &decision.receipt.reference)
                })?;
                self.announce(config, &landed)?;
                taken(landed.decision.fate, Some(&landed.decision.receipt.reference))
            }
            Verdict::Hold(reasons) => {
                let submit = Submit {
                    key: site.key.clone(),
                    form: mailbox.form.clone(),
                    origin: None,
                    body: body.to_string(),
                    workspace: String::new(),
                    problems: Vec::new(),
                    visitors: Vec::new(),
                    visit: VisitRow::default(),
                    sender: None,
                    arms: Vec::new(),
                    fail_after: None,
                    channel: Channel::Email,
                };
                let receipt = self.db.transaction(|tx| {
                    let receipt = held::write(tx, config, &taken_as, &submit, &reasons)?;
                    by_submission(tx, &receipt.reference).map(|()| receipt)
                })?;
                self.tell_waiting(limits::waiting(&self.db)?);
                taken(Fate::Held, Some(&receipt.reference))
            }
            Verdict::Refuse(refusal) => {
                self.count(Fate::Refused(refusal))?;
                too_many(refusal, counts.free_in_s)
            }
        }
    }
}

impl Names {
    fn of(mail: &Mail) -> Self {
        let files = mail.files.join("\n");
        let content = hashed(&[&mail.id, &mail.from, &mail.subject, &mail.text, &files]);
        let message = if mail.id.is_empty() { content.clone() } else { hashed(&[&mail.id]) };
        Self { message, content }
    }

    /// The id of the submission that it becomes: a UUID of the eighth version (RFC 9562), the same whenever it arrives.
    fn submission_id(&self) -> String {
        let part = |from: usize, to: usize| self.content.get(from..to).unwrap_or_default();
        format!("{}-{}-8{}-8{}-{}", part(0, 8), part(8, 12), part(12, 15), part(15, 18), part(18, 30))
    }

    /// Writes what became of it: a submission, by site and id, or a part of an item.
    fn write(
        &self,
        tx: &Tx<'_>,
        (submission, item): (Option<(&str, &str)>, Option<&str>),
        reference: &str,
        at: Timestamp,
    ) -> Result<(), Failure> {
        let query = "INSERT INTO mail (message, content, site, submission_id, item_id, reference, at)
            VALUES (?, ?, ?, ?, ?, ?, ?)";
        let (site, id) = submission.unzip();
        let (message, content) = (self.message.as_str(), self.content.as_str());
        tx.write("mail", query, values![message, content, site, id, item, reference, at.as_ms()])
    }
}

fn hashed(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        // With its length, so that no two lists of parts are one text.
        hash.update(part.len().to_le_bytes());
        hash.update(part);
    }
    chance::to_hex(&hash.finalize())
}

fn taken(fate: Fate, reference: Option<&str>) -> Result<Reply, Failure> {
    super::ok(&MailTaken { fate: fate.tag().to_owned(), reference: reference.map(str::to_owned) })
}
