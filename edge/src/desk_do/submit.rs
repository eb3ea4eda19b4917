//! A submission at the desk: from a body to a receipt, in one turn of the object.
//!
//! Between the look-up of the submission's id and the commit nothing is awaited. The object runs one event at a time
//! between two awaits, so two copies of one submission cannot both be new, and no proof is spent twice. Files are claimed
//! and Turnstile is asked before that look-up; both may be repeated ([`crate::files_do`], [`crate::abuse::turnstile`]).

use std::rc::Rc;

use serde_json::Value;
use shared::abuse::{Turnstile, Verdict, verdict};
use shared::config::{Config, is_partner};
use shared::desk::{self, Arrival, Chance, Decision};
use shared::fate::{Fate, Refusal};
use shared::form::Form;
use shared::pool;
use shared::submission::Submission;
use shared::time::Timestamp;
use shared::touch::{OnSite, touch};
use shared::visit::{Seen, Visit};
use shared::wire::config::{Member, Site};
use shared::wire::{FieldKind, FieldProblem, Problem, Receipt};

use super::ahead::{Ahead, Asked};
use super::ask::{Reply, Submit};
use super::evidence::{self, Vouched};
use super::files::{self, Named};
use super::together::Place;
use super::{Desk, assign, credit, held, known, limits, no_workspace, privacy, problem_reply, store};
use crate::abuse::proof::Solution;
use crate::error::Failure;
use crate::journal_do::arms::ArmRow;
use crate::rpc::VisitRow;
use crate::sql::Tx;
use crate::{chance, clock, values};

/// A submission that its form takes.
struct Sent<'a> {
    site: &'a Site,
    form: &'a Form,
    submission: Submission,
    vouched: Vouched,
}

impl Sent<'_> {
    /// How it is looked up.
    fn asked(&self) -> Asked<'_> {
        let identity = self.vouched.as_ref().and_then(|vouched| vouched.as_ref().ok());
        Asked { site: &self.site.id, id: self.submission.id(), by: desk::look_up(&self.submission, identity) }
    }
}

/// What a decision is made on.
pub struct Taken<'a> {
    /// The site whose key it used.
    pub site: &'a Site,
    /// The form that was sent.
    pub form: &'a Form,
    /// What was sent.
    pub submission: &'a Submission,
    /// The files that it names and that are not written down yet.
    pub files: Vec<Named>,
    /// What the journal held of the visit.
    pub visit: VisitRow,
    /// Who the platform says they are.
    pub vouched: Vouched,
    /// Whether it was looked up already that nobody is known by it.
    pub is_stranger: bool,
    /// The arms of experiments that they saw.
    pub arms: Vec<ArmRow>,
    /// The bits of its reference.
    pub reference: u64,
    /// When it arrived.
    pub received_at: Timestamp,
    /// When it is decided on: the promise counts from here.
    pub at: Timestamp,
    /// Who wrote it down, where it was a member.
    pub written: Option<Written<'a>>,
}

/// What a member wrote down of somebody.
pub struct Written<'a> {
    /// The member.
    pub by: &'a Member,
    /// The id of the person, where it is somebody who is known.
    pub person: Option<&'a str>,
    /// Whether it is given to the member, if they work its queue.
    pub mine: bool,
}

/// What a submission has become.
pub enum Settled {
    /// An item.
    Landed(Box<Landed>),
    /// One that waits for review.
    Held(Receipt),
    /// Nothing, or nothing new.
    Answered(Reply),
}

/// A decision that is written.
pub struct Landed {
    /// The decision.
    pub decision: Decision,
    /// The items of the same person that waited for them, and no longer do.
    woken: Vec<String>,
}

impl Desk {
    /// Takes a submission, with those that arrive together with it, or says why not. Either way its fate is counted.
    pub(super) async fn submit(&self, submit: Submit) -> Result<Reply, Failure> {
        let (place, line) = self.together.wait(&self.env, submit).await;
        self.settle_together(&line)?;
        let Some(config) = self.config()? else { return Ok(no_workspace()) };
        let settled = match (place.settled(), place.submit()) {
            (Some(settled), _) => settled,
            (None, Some(submit)) => self.settle_alone(&config, &submit).await?,
            (None, None) => return Err(Failure::BadRow { table: "submission", what: "settled twice".to_owned() }),
        };
        // The output gate holds the answer until the commit is on disk, and the alarm with it.
        match settled {
            Settled::Landed(landed) => {
                self.arm_by(store::first_due(&landed.decision, clock::now())).await;
                self.announce(&config, &landed)?;
                super::ok(&landed.decision.receipt)
            }
            Settled::Held(receipt) => {
                self.arm_for_next().await?;
                self.tell_waiting(limits::waiting(&self.db)?);
                super::ok(&receipt)
            }
            Settled::Answered(reply) => Ok(reply),
        }
    }

    /// Settles those who arrived together in one transaction. Whom somebody outside is asked about is left to go alone; and where
    /// anything fails everybody is.
    fn settle_together(&self, line: &[Rc<Place>]) -> Result<(), Failure> {
        let Some(config) = self.config()?.filter(|_| line.len() > 1) else { return Ok(()) };
        let (at, secret) = (clock::now(), self.secret()?);
        let settled = self.in_one(|| {
            let read = |place: &Rc<Place>| place.with(|submit| self.read(&config, submit, at)).transpose();
            let read = line.iter().map(read).collect::<Result<Vec<_>, _>>()?;
            let sent = read.iter().flatten().flatten().filter(|sent| !asks_outside(sent));
            let mut ahead = Ahead::look(&self.db, &secret, &sent.map(Sent::asked).collect::<Vec<_>>())?;
            let mut settle = |(place, read): (&Rc<Place>, Option<Result<Sent<'_>, Reply>>)| match read {
                Some(Ok(sent)) if !asks_outside(&sent) => {
                    let settle = |submit: &Submit| {
                        self.settle(&config, submit, sent, (Vec::new(), Turnstile::NotAsked), at, &mut ahead)
                    };
                    place.with(settle).transpose()
                }
                Some(Err(reply)) => Ok(Some(Settled::Answered(reply))),
                _ => Ok(None),
            };
            line.iter().zip(read).map(&mut settle).collect::<Result<Vec<_>, _>>()
        });
        for (place, settled) in line.iter().zip(settled.into_iter().flatten()) {
            place.set_settled(settled);
        }
        Ok(())
    }

    /// Settles one by itself.
    async fn settle_alone(&self, config: &Config, submit: &Submit) -> Result<Settled, Failure> {
        let at = clock::now();
        let sent = match self.read(config, submit, at)? {
            Ok(sent) => sent,
            Err(reply) => return Ok(Settled::Answered(reply)),
        };
        if !asks_outside(&sent) {
            return self.settle(config, submit, sent, (Vec::new(), Turnstile::NotAsked), at, &mut Ahead::default());
        }
        // Nobody outside is asked about what was sent before.
        if let Some(known) = self.known_before(&sent)? {
            return Ok(known);
        }
        let files =
            match self.claim_files(&submit.workspace, &sent.site.id, sent.form.source(), &sent.submission).await? {
                Ok(files) => files,
                Err(errors) => return self.invalid(errors.into_problems()).map(Settled::Answered),
            };
        let turnstile = self.ask_turnstile(sent.site, &sent.submission).await;
        self.settle(config, submit, sent, (files, turnstile), at, &mut Ahead::default())
    }

    /// Tells whoever is at the desk of what has landed.
    pub(super) fn announce(&self, config: &Config, landed: &Landed) -> Result<(), Failure> {
        landed.woken.iter().for_each(|item| self.tell(config, item));
        self.tell(config, &landed.decision.item.id);
        if landed.decision.complaint.is_some() { self.tell_notices() } else { Ok(()) }
    }

    /// Reads a submission, or answers what is wrong with it.
    fn read<'a>(&self, config: &'a Config, submit: &Submit, at: Timestamp) -> Result<Result<Sent<'a>, Reply>, Failure> {
        let Some(site) = config.site(&submit.key) else {
            return self.refused(Refusal::UnknownSite, &evidence::closed(Refusal::UnknownSite)).map(Err);
        };
        if let Err(refusal) = evidence::may_enter(site, submit.origin.as_deref(), at) {
            let reply = self.refused(refusal, &evidence::closed(refusal))?;
            return Ok(Err(Reply { readable: refusal != Refusal::Origin, ..reply }));
        }
        let Some(form) = config.form_of(site, &submit.form) else {
            let problem = problem_of(404, "unknown_form", "This site shows no such form.");
            return self.refused(Refusal::UnknownForm, &problem).map(Err);
        };
        let Ok(body) = serde_json::from_str::<Value>(&submit.body) else {
            let problem = problem_of(400, "malformed_json", "The body is not JSON.");
            return self.refused(Refusal::Malformed, &problem).map(Err);
        };
        match Submission::parse(form, &body, at) {
            Ok(_) if !submit.problems.is_empty() => self.invalid(submit.problems.clone()).map(Err),
            Ok(submission) => {
                let vouched = evidence::vouched(config, &submission, submit, at);
                Ok(Ok(Sent { site, form, submission, vouched }))
            }
            Err(errors) => {
                let fields = files::merged(form.source(), errors.into_problems(), submit.problems.clone());
                self.invalid(fields).map(Err)
            }
        }
    }

    /// From the look-up of its id to the commit.
    fn settle(
        &self,
        config: &Config,
        submit: &Submit,
        sent: Sent<'_>,
        (files, turnstile): (Vec<Named>, Turnstile),
        at: Timestamp,
        ahead: &mut Ahead,
    ) -> Result<Settled, Failure> {
        if !ahead.is_new(&sent.site.id, sent.submission.id())
            && let Some(known) = self.known_before(&sent)?
        {
            return Ok(known);
        }
        let is_stranger = ahead.is_stranger(&sent.asked().by);
        let Sent { site, form, submission, vouched } = sent;
        let counts = ahead.counts(&self.db, submit.sender.as_deref(), &site.id, at)?;
        let (proof, solution) = self.check_proof(site, &submission, at)?;
        let evidence = self.evidence((site, form), &submission, &counts, (proof, turnstile), at)?;
        let verdict = verdict(site, &evidence);
        let taken = Taken {
            site,
            form,
            submission: &submission,
            files,
            visit: submit.visit.clone(),
            vouched,
            is_stranger,
            arms: submit.arms.clone(),
            reference: u64::from_le_bytes(chance::bytes()?),
            received_at: at,
            at,
            written: None,
        };
        let note = |tx: &Tx<'_>| {
            if let Some(sender) = &submit.sender {
                limits::note_sender(tx, sender, at)?;
            }
            solution.as_ref().map_or(Ok(()), |solution| spend(tx, solution))
        };
        match verdict {
            Verdict::Pass => {
                let landed = self.land(config, taken, submit.fail_after, |tx, _| {
                    note(tx)?;
                    limits::note_site(tx, &site.id, at)
                })?;
                ahead.has_come(&landed.decision.person.identifiers);
                Ok(Settled::Landed(Box::new(landed)))
            }
            Verdict::Hold(reasons) => {
                self.db.fail_after(submit.fail_after);
                let receipt = self.db.transaction(|tx| {
                    note(tx)?;
                    held::write(tx, config, &taken, submit, &reasons)
                });
                self.db.fail_after(None);
                receipt.map(Settled::Held)
            }
            Verdict::Refuse(refusal) => {
                self.count(Fate::Refused(refusal))?;
                Ok(Settled::Answered(too_many(refusal, counts.free_in_s)?))
            }
        }
    }

    /// Decides, and writes what was decided, with `more`, in one transaction.
    pub(super) fn land(
        &self,
        config: &Config,
        taken: Taken<'_>,
        fail_after: Option<u32>,
        more: impl FnOnce(&Tx<'_>, &Decision) -> Result<(), Failure>,
    ) -> Result<Landed, Failure> {
        let Taken { site, form, submission, files, visit, arms, reference, received_at, at, written, .. } = taken;
        let (identity, disbelieved) = match taken.vouched {
            Some(Ok(identity)) => (Some(identity), None),
            Some(Err(why)) => (None, Some(why)),
            None => (None, None),
        };
        let person = match written.as_ref().and_then(|written| written.person) {
            Some(known) => store::person(&self.db, known)?,
            None if taken.is_stranger => None,
            None => store::find_person(&self.db, &desk::look_up(submission, identity.as_ref()))?,
        };
        let visit = visit_before(visit, submission, site, received_at);
        let (identity, person) = (identity.as_ref(), person.as_ref());
        let arrival = Arrival { site, form, submission, visit: &visit, identity, person, at };
        let chance = Chance { item_id: chance::id(at)?, person_id: chance::id(at)?, reference };
        let team = self.team(config)?;
        let mut decision = desk::decide(config, &*self.learner(config)?, &team, arrival, chance)?;
        if let Some(Written { by, mine: true, .. }) = written
            && by.queues.contains(&decision.route.queue)
        {
            decision.pick = pool::given_to(config.rota(&decision.route.pool), &by.id);
        }
        let team = assign::after(config, &team, &decision, at);

        self.db.fail_after(fail_after);
        let stored = self.db.transaction(|tx| {
            files::write(tx, &site.id, submission, &files)?;
            let woken = store::write_decision(tx, config, &arrival, &decision, team.as_ref())?;
            known::remember(tx, &arrival, &decision)?;
            credit::begin(tx, &decision.item.id, &arms, at)?;
            if let Some(why) = disbelieved {
                store::write_event(tx, &decision.item.id, at.as_ms(), "identity_refused", None, why.tag())?;
            }
            more(tx, &decision).map(|()| woken)
        });
        self.db.fail_after(None);
        let woken = stored?;
        if let Some(team) = team {
            self.keep_team(team);
        }
        Ok(Landed { decision, woken })
    }

    /// Counts a submission that the Worker itself refused.
    pub(super) fn count_refusal(&self, tag: &str) -> Result<Reply, Failure> {
        if let Some(refusal) = Refusal::from_tag(tag) {
            self.count(Fate::Refused(refusal))?;
        }
        super::ok(&())
    }

    /// What is answered to what was sent before, or was erased since.
    fn known_before(&self, sent: &Sent<'_>) -> Result<Option<Settled>, Failure> {
        let (site, id) = (&sent.site.id, sent.submission.id());
        if let Some(earlier) = store::earlier(&self.db, site, id)? {
            return self
                .sent_before(&earlier, &sent.form.source().id, &sent.submission)
                .map(Settled::Answered)
                .map(Some);
        }
        if privacy::was_sent(&self.db, &self.secret()?, site, id.as_str())? {
            return self.erased().map(Settled::Answered).map(Some);
        }
        Ok(None)
    }

    /// The same submission again gets its receipt; another one under the same id gets nothing.
    fn sent_before(&self, earlier: &store::Earlier, form: &str, submission: &Submission) -> Result<Reply, Failure> {
        if earlier.form == form && earlier.values == store::values_json(submission)? {
            self.count(Fate::Duplicate)?;
            return Ok(Reply { status: 200, body: earlier.receipt.clone(), readable: true });
        }
        let title = "This submission id was used before, for something else. Send it under a new one.";
        self.refused(Refusal::IdReused, &problem_of(409, "submission_id_reused", title))
    }

    pub(super) fn erased(&self) -> Result<Reply, Failure> {
        let title = "What was sent under this id was erased.";
        self.refused(Refusal::Erased, &problem_of(410, "submission_erased", title))
    }

    pub(super) fn invalid(&self, fields: Vec<FieldProblem>) -> Result<Reply, Failure> {
        let problem = Problem { fields, ..problem_of(422, "invalid_submission", "Some fields are wrong.") };
        self.refused(Refusal::Invalid, &problem)
    }

    pub(super) fn refused(&self, refusal: Refusal, problem: &Problem) -> Result<Reply, Failure> {
        self.count(Fate::Refused(refusal))?;
        Ok(problem_reply(problem))
    }

    pub(super) fn count(&self, fate: Fate) -> Result<(), Failure> {
        self.db.transaction(|tx| store::count_fate(tx, fate))
    }
}

/// Whether somebody is asked before it is settled: for its files, or whether a person sent it.
fn asks_outside(sent: &Sent<'_>) -> bool {
    let has_files = sent.form.source().fields.iter().any(|field| field.kind == FieldKind::File);
    has_files || sent.site.checks.turnstile.is_some()
}

/// A problem that is in no field.
pub fn problem_of(status: u16, code: &str, title: &str) -> Problem {
    Problem { status, code: code.to_owned(), title: title.to_owned(), fields: Vec::new() }
}

/// A proof of work is worth one submission.
fn spend(tx: &Tx<'_>, solution: &Solution) -> Result<(), Failure> {
    let query = "INSERT INTO spent_proof (id, ends_at) VALUES (?, ?)";
    tx.write("spent_proof", query, values![solution.id.as_str(), solution.ends_at])
}

/// What is told of too much, with how long to wait (RFC 9457, 3.2: a member of our own).
pub fn too_many(refusal: Refusal, free_in_s: i64) -> Result<Reply, Failure> {
    /// How long staff may need to look through what waits.
    const REVIEW_S: i64 = 60 * 60;
    let (code, title, wait_s) = match refusal {
        Refusal::ReviewFull => {
            ("review_full", "Too much is waiting to be looked at. Please try again later.", REVIEW_S)
        }
        _ => ("too_many", "Too much was sent from this address. Please try again in a few minutes.", free_in_s),
    };
    let mut problem = serde_json::to_value(problem_of(429, code, title))
        .map_err(|source| Failure::Json { what: "problem", source })?;
    if let Some(problem) = problem.as_object_mut() {
        problem.insert("retry_after_s".to_owned(), wait_s.into());
    }
    Ok(Reply { status: 429, body: problem.to_string(), readable: true })
}

/// What came before a submission: what the journal knows, and what travelled with it.
fn visit_before(known: VisitRow, submission: &Submission, site: &Site, at: Timestamp) -> Visit {
    let is_robot = known.is_robot;
    let mut summary = known.summary;
    let mut seen: Vec<Seen> = known.recent.into_iter().map(Into::into).collect();
    let mut sent: Vec<Seen> = submission.signals().to_vec();
    sent.sort();
    for mut signal in sent {
        signal.human &= !is_robot;
        if summary.fold(&signal) {
            seen.push(signal);
        }
    }
    let on = OnSite { id: &site.id, partner: is_partner(site), origins: &site.origins };
    summary.come(touch(&submission.page().url, &submission.page().referrer, on, at));
    Visit::with_summary(seen, summary)
}
