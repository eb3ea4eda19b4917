//! Submissions that are held for review: kept whole in one table, and nothing else knows of them until a member of staff
//! has decided. Released, one is decided on as any other, with the promise counted from then; discarded, it is deleted
//! after thirty days.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use shared::abuse::Reason;
use shared::audit::Deed;
use shared::config::{Config, is_partner};
use shared::desk::act::MAX_NOTE_CHARS;
use shared::fate::Fate;
use shared::file::FileId;
use shared::form::Form;
use shared::identity::{Identity, IdentityError};
use shared::reference::reference;
use shared::submission::{Email, Phone, Submission};
use shared::time::Timestamp;
use shared::wire::config::Member;
use shared::wire::file::Uploaded;
use shared::wire::held::{HeldPage, HeldReason, HeldView, Review, Reviewed};
use shared::wire::{Channel, Given, Receipt};

use super::ask::{Reply, Submit};
use super::evidence::Vouched;
use super::submit::Taken;
use super::{Desk, audit, files, limits, now_ms, problem, store, views};
use crate::error::Failure;
use crate::sql::{Db, Row, Tx, to_json};
use crate::{chance, clock, files_do, values};

/// How long what was decided is kept.
const KEEP_MS: i64 = 30 * 24 * 60 * 60 * 1_000;
/// The most that are deleted in one turn of the alarm, which is set again for the rest.
const FORGET_AT_ONCE: i64 = 100;
/// Submissions of one page.
const PAGE: usize = 50;

const COLUMNS: &str =
    "id, site, form, vals, arrival, identity, receipt, reference, reasons, received_at, state, decided_by,
    submission_id";

/// A row.
struct Held {
    id: String,
    site: String,
    form: String,
    values: Vec<(String, Given)>,
    arrival: Submit,
    vouched: Vouched,
    receipt: String,
    reference: u64,
    reasons: Vec<Reason>,
    received_at: Timestamp,
    submission_id: String,
    files: Vec<Uploaded>,
}

/// Who the platform said the sender is: the token itself has ended by the time that somebody looks.
#[derive(Default, Serialize, Deserialize)]
struct VouchedRow {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    user: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    phone: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    referrals: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reach: Option<u32>,
    /// The tag of [`IdentityError`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    refused: Option<String>,
}

/// Keeps a submission for review, and returns what its sender is told: no team has it, and nothing is promised.
pub fn write(
    tx: &Tx<'_>,
    config: &Config,
    taken: &Taken<'_>,
    submit: &Submit,
    reasons: &[Reason],
) -> Result<Receipt, Failure> {
    let receipt = Receipt {
        submission_id: taken.submission.id().as_str().to_owned(),
        reference: reference(taken.reference),
        team: config.source().name.clone(),
        answer_by: String::new(),
    };
    let tags: Vec<&str> = reasons.iter().map(|reason| reason.tag()).collect();
    tx.write(
        "held",
        "INSERT INTO held (id, site, submission_id, form, vals, arrival, identity, receipt, reference, reasons, received_at,
            state) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'waiting')",
        values![
            chance::id(taken.received_at)?,
            taken.site.id.as_str(),
            taken.submission.id().as_str(),
            taken.form.source().id.as_str(),
            store::values_json(taken.submission)?,
            to_json("arrival", &to_be_kept(submit)?)?,
            to_json("identity", &vouched_row(&taken.vouched))?,
            to_json("receipt", &receipt)?,
            taken.reference.to_string(),
            to_json("reasons", &tags)?,
            taken.received_at.as_ms(),
        ],
    )?;
    files::write(tx, &taken.site.id, taken.submission, &taken.files)?;
    store::count_fate(tx, Fate::Held)?;
    Ok(receipt)
}

impl Desk {
    /// A page of what waits, oldest first.
    pub(super) fn held(&self, config: &Config, after: Option<&str>) -> Result<Reply, Failure> {
        let query = format!("SELECT {COLUMNS} FROM held WHERE state = 'waiting' AND id > ? ORDER BY id LIMIT ?");
        let one_more = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
        let rows = self.db.rows("held", &query, values![after.unwrap_or_default(), one_more])?;
        let held: Vec<HeldView> = rows
            .iter()
            .take(PAGE)
            .map(|row| Ok(view(config, Held::read(&self.db, row)?)))
            .collect::<Result<_, Failure>>()?;
        let next = held.last().filter(|_| rows.len() > PAGE).map(|last| last.id.clone());
        super::ok(&HeldPage { held, next, waiting: limits::waiting(&self.db)? })
    }

    /// Does what a member decided. Between the look-up and the commit nothing is awaited, so of many decisions on one
    /// submission the first counts.
    pub(super) fn review(&self, config: &Config, member: &Member, id: &str, what: &Review) -> Result<Reply, Failure> {
        let (Review::Release { reason } | Review::Discard { reason }) = what;
        let reason = reason.trim();
        if reason.chars().nth(MAX_NOTE_CHARS).is_some() {
            return Ok(problem(422, "note_too_long", "The reason is too long: at most 10,000 characters."));
        }
        let query = format!("SELECT {COLUMNS} FROM held WHERE id = ?");
        let Some(row) = self.db.row("held", &query, values![id])? else {
            return Ok(problem(404, "unknown_held", "There is no such submission for review."));
        };
        if row.text(10)? != "waiting" {
            let by = views::member_ref(config, row.maybe_text(11)?.unwrap_or_default());
            let title = format!("{} has decided on this submission.", by.name);
            return Ok(problem(409, "already_reviewed", &title));
        }
        let held = Held::read(&self.db, &row)?;
        let (state, item) = match what {
            Review::Discard { .. } => {
                self.db.transaction(|tx| {
                    decide(tx, &held.id, "discarded", &member.id, reason)?;
                    audit::note(tx, Some(&member.id), Deed::Reviewed, &format!("discarded {}", held.id))?;
                    store::uncount_fate(tx, Fate::Held, held.received_at)?;
                    store::count_fate(tx, Fate::Spam)
                })?;
                ("discarded", None)
            }
            Review::Release { .. } => match self.release(config, member, &held, reason)? {
                Ok(item) => ("released", Some(item)),
                Err(reply) => return Ok(reply),
            },
        };
        let waiting = limits::waiting(&self.db)?;
        self.tell_waiting(waiting);
        let by = views::member_ref(config, &member.id);
        super::ok(&Reviewed { id: held.id, state: state.to_owned(), by, item, waiting })
    }

    /// Deletes what was decided long enough ago, with the files of what was discarded.
    pub(super) async fn forget_reviewed(&self) -> Result<(), Failure> {
        let query = "SELECT id, site, submission_id, state, arrival FROM held WHERE delete_at <= ? LIMIT ?";
        for row in self.db.rows("held", query, values![now_ms(), FORGET_AT_ONCE])? {
            let (id, site, submission) = (row.text(0)?, row.text(1)?, row.text(2)?);
            let files = match row.text(3)? {
                "discarded" => files::of_submission(&self.db, site, submission)?,
                _ => Vec::new(),
            };
            self.db.transaction(|tx| {
                for file in &files {
                    tx.write("file", "DELETE FROM file WHERE id = ?", values![file.id.as_str()])?;
                }
                tx.write("held", "DELETE FROM held WHERE id = ?", values![id])
            })?;
            for file in files.iter().filter_map(|file| FileId::parse(&file.id)) {
                let arrival: Submit = row.json(4)?;
                files_do::make_due(&self.env, &arrival.workspace, &file).await?;
            }
        }
        Ok(())
    }

    /// Decides on a submission that a person did send, with what was known as it arrived; the clocks start now.
    fn release(
        &self,
        config: &Config,
        member: &Member,
        held: &Held,
        reason: &str,
    ) -> Result<Result<String, Reply>, Failure> {
        let gone = |title| Ok(Err(problem(409, "cannot_release", title)));
        let Some(site) = config.site_by_id(&held.site) else { return gone("Its site is no longer there.") };
        let Some(form) = config.form(&held.form) else { return gone("Its form is no longer there.") };
        let body = parse_body(&held.arrival)?;
        // What came by no form is held to none.
        let channel = held.arrival.channel;
        let relaxed = (channel != Channel::Web).then(|| form.relaxed());
        let form = relaxed.as_ref().unwrap_or(form);
        let Ok(submission) = Submission::parse(form, &body, held.received_at) else {
            return gone("Its form has changed since, and does not take it any more.");
        };
        let submission = submission.through(channel);
        let taken = Taken {
            site,
            form,
            submission: &submission,
            // They were written down with it.
            files: Vec::new(),
            visit: held.arrival.visit.clone(),
            vouched: held.vouched.clone(),
            is_stranger: false,
            arms: held.arrival.arms.clone(),
            reference: held.reference,
            received_at: held.received_at,
            at: clock::now(),
            written: None,
        };
        let landed = self.land(config, taken, None, |tx, decision| {
            let item = decision.item.id.as_str();
            let (now, received_at) = (now_ms(), held.received_at.as_ms());
            let says: Vec<&str> = held.reasons.iter().map(|reason| reason.says()).collect();
            store::write_event(tx, item, received_at, "held", None, &says.join(" "))?;
            let changed = store::write_event(tx, item, now, "let_through", Some(&member.id), reason)?;
            tx.write("item", "UPDATE item SET changed = ? WHERE id = ?", values![changed, item])?;
            // Sent again, it gets the receipt that it got before.
            let query = "UPDATE submission SET receipt = ?, received_at = ? WHERE site = ? AND id = ?";
            let id = held.submission_id.as_str();
            tx.write("submission", query, values![held.receipt.as_str(), received_at, held.site.as_str(), id])?;
            // They agreed as they sent it, and not as it was let through.
            let query = "UPDATE consent SET at = ? WHERE site = ? AND submission_id = ?";
            tx.write("consent", query, values![received_at, held.site.as_str(), id])?;
            decide(tx, &held.id, "released", &member.id, reason)?;
            audit::note(tx, Some(&member.id), Deed::Reviewed, &format!("released {}", held.id))?;
            let emptied = "UPDATE held SET arrival = '', identity = '', vals = '' WHERE id = ?";
            tx.write("held", emptied, values![held.id.as_str()])?;
            store::uncount_fate(tx, Fate::Held, held.received_at)
        })?;
        self.announce(config, &landed)?;
        Ok(Ok(landed.decision.item.id))
    }
}

fn decide(tx: &Tx<'_>, id: &str, state: &str, member: &str, reason: &str) -> Result<(), Failure> {
    let query =
        "UPDATE held SET state = ?, decided_at = ?, decided_by = ?, decided_why = ?, delete_at = ? WHERE id = ?";
    tx.write("held", query, values![state, now_ms(), member, reason, now_ms() + KEEP_MS, id])
}

/// What is kept of an arrival: no token, no hash of an address, no fault.
fn to_be_kept(submit: &Submit) -> Result<Submit, Failure> {
    let mut body = parse_body(submit)?;
    if let Some(body) = body.as_object_mut() {
        body.retain(|name, _| !matches!(name.as_str(), "identity" | "proof" | "turnstile"));
    }
    Ok(Submit { body: body.to_string(), sender: None, fail_after: None, ..submit.clone() })
}

fn parse_body(submit: &Submit) -> Result<Value, Failure> {
    serde_json::from_str(&submit.body).map_err(|source| Failure::Json { what: "held", source })
}

fn view(config: &Config, held: Held) -> HeldView {
    let (site, form) = (config.site_by_id(&held.site), config.form(&held.form).map(Form::source));
    let url = parse_body(&held.arrival).ok().and_then(|body| Some(body.pointer("/page/url")?.as_str()?.to_owned()));
    let reason = |reason: &Reason| HeldReason { tag: reason.tag().to_owned(), says: reason.says().to_owned() };
    HeldView {
        reference: reference(held.reference),
        site: site.map_or(&held.site, |site| &site.name).clone(),
        partner: site.is_some_and(is_partner),
        form: form.map_or(&held.form, |form| &form.title).clone(),
        url: url.unwrap_or_default(),
        values: views::value_views(form, held.values, &held.files),
        reasons: held.reasons.iter().map(reason).collect(),
        received_at: held.received_at.to_rfc3339(),
        id: held.id,
    }
}

impl Held {
    /// Reads a row that waits.
    fn read(db: &Db, row: &Row) -> Result<Self, Failure> {
        let damaged = |what: &str| Failure::BadRow { table: "held", what: what.to_owned() };
        let tags: Vec<String> = row.json(8)?;
        let reasons = tags.iter().map(|tag| Reason::from_tag(tag).ok_or_else(|| damaged(tag)));
        Ok(Self {
            id: row.text(0)?.to_owned(),
            site: row.text(1)?.to_owned(),
            form: row.text(2)?.to_owned(),
            values: row.json(3)?,
            arrival: row.json(4)?,
            vouched: vouched(row.json(5)?),
            receipt: row.text(6)?.to_owned(),
            reference: row.text(7)?.parse().map_err(|_| damaged("reference"))?,
            reasons: reasons.collect::<Result<_, _>>()?,
            received_at: Timestamp::from_ms(row.int(9)?),
            submission_id: row.text(12)?.to_owned(),
            files: files::of_submission(db, row.text(1)?, row.text(12)?)?,
        })
    }
}

fn vouched_row(vouched: &Vouched) -> VouchedRow {
    match vouched {
        None => VouchedRow::default(),
        Some(Err(why)) => VouchedRow { refused: Some(why.tag().to_owned()), ..VouchedRow::default() },
        Some(Ok(identity)) => VouchedRow {
            user: Some(identity.user.clone()),
            email: identity.email.as_ref().map(|email| email.as_str().to_owned()),
            name: identity.name.clone(),
            phone: identity.phone.as_ref().map(|phone| phone.as_str().to_owned()),
            referrals: identity.referrals,
            reach: identity.reach,
            refused: None,
        },
    }
}

fn vouched(row: VouchedRow) -> Vouched {
    let VouchedRow { user, email, name, phone, referrals, reach, refused } = row;
    let email = email.and_then(|email| Email::parse(&email).ok());
    let phone = phone.and_then(|phone| Phone::parse(&phone).ok());
    match user {
        Some(user) => Some(Ok(Identity { user, email, name, phone, referrals, reach })),
        None => refused.and_then(|tag| IdentityError::from_tag(&tag)).map(Err),
    }
}
