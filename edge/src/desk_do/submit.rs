//! A submission at the desk: from a body to a receipt, in one turn of the object.
//!
//! Between the look-up of the submission's id and the commit nothing is awaited. The object runs one event at a time
//! between two awaits, so two copies of one submission cannot both be new. Files are claimed before that look-up, and a
//! claim may be repeated ([`crate::files_do`]).

use shared::config::allows_origin;
use shared::desk::{self, Arrival, Chance};
use shared::fate::{Fate, Refusal};
use shared::submission::Submission;
use shared::visit::Visit;
use shared::wire::{FieldProblem, Problem};

use super::ask::{Reply, Submit};
use super::{Desk, files, no_workspace, problem, problem_reply, store};
use crate::error::Failure;
use crate::{chance, clock};

impl Desk {
    /// Takes a submission, or says why not. Either way its fate is counted.
    pub(super) async fn submit(&self, submit: Submit) -> Result<Reply, Failure> {
        let Some(config) = self.config()? else { return Ok(no_workspace()) };
        let Some(site) = config.site(&submit.key) else {
            return Ok(problem(404, "unknown_site", "No site is registered under this key."));
        };
        if submit.origin.as_ref().is_some_and(|origin| !allows_origin(site, origin)) {
            let reply = self.refused(
                Refusal::Origin,
                &problem_of(403, "origin_not_allowed", "This site's key may not be used from this address."),
            )?;
            return Ok(Reply { readable: false, ..reply });
        }
        let Some(form) = config.form_of(site, &submit.form) else {
            return self
                .refused(Refusal::UnknownForm, &problem_of(404, "unknown_form", "This site shows no such form."));
        };
        let at = clock::now();
        let Ok(body) = serde_json::from_str(&submit.body) else {
            return self.refused(Refusal::Malformed, &problem_of(400, "malformed_json", "The body is not JSON."));
        };
        let submission = match Submission::parse(form, &body, at) {
            Ok(submission) if submit.problems.is_empty() => submission,
            Ok(_) => return self.invalid(submit.problems),
            Err(errors) => return self.invalid(files::merged(form.source(), errors.into_problems(), submit.problems)),
        };
        let files = if store::earlier(&self.db, &site.id, submission.id())?.is_some() {
            Vec::new()
        } else {
            match self.claim_files(&submit.workspace, &site.id, form.source(), &submission).await? {
                Ok(files) => files,
                Err(errors) => return self.invalid(errors.into_problems()),
            }
        };
        if let Some(earlier) = store::earlier(&self.db, &site.id, submission.id())? {
            return self.sent_before(&earlier, &form.source().id, &submission);
        }
        let person = store::find_person(&self.db, &desk::identifiers(&submission))?;
        let seen = submit.visit.into_iter().map(Into::into).chain(submission.signals().iter().cloned());
        let visit = Visit::new(seen.collect());
        let arrival = Arrival { site, form, submission: &submission, visit: &visit, person: person.as_ref(), at };
        let decision = desk::decide(&config, arrival, new_chance(at)?)?;

        self.db.fail_after(submit.fail_after);
        let stored = self.db.transaction(|tx| {
            files::write(tx, &site.id, &submission, &files)?;
            store::write_decision(tx, &config, &arrival, &decision)
        });
        self.db.fail_after(None);
        stored?;

        // The output gate holds the answer until the commit is on disk, and the alarm with it.
        self.arm_by(store::first_due(&decision, at)).await;
        self.tell(&config, &decision.item.id);
        super::ok(&decision.receipt)
    }

    /// Counts a submission that the Worker itself refused.
    pub(super) fn count_refusal(&self, tag: &str) -> Result<Reply, Failure> {
        if let Some(refusal) = Refusal::from_tag(tag) {
            self.count(Fate::Refused(refusal))?;
        }
        super::ok(&())
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

    fn invalid(&self, fields: Vec<FieldProblem>) -> Result<Reply, Failure> {
        let problem = Problem { fields, ..problem_of(422, "invalid_submission", "Some fields are wrong.") };
        self.refused(Refusal::Invalid, &problem)
    }

    fn refused(&self, refusal: Refusal, problem: &Problem) -> Result<Reply, Failure> {
        self.count(Fate::Refused(refusal))?;
        Ok(problem_reply(problem))
    }

    fn count(&self, fate: Fate) -> Result<(), Failure> {
        self.db.transaction(|tx| store::count_fate(tx, fate))
    }
}

fn problem_of(status: u16, code: &str, title: &str) -> Problem {
    Problem { status, code: code.to_owned(), title: title.to_owned(), fields: Vec::new() }
}

fn new_chance(at: shared::time::Timestamp) -> Result<Chance, Failure> {
    Ok(Chance { item_id: chance::id(at)?, person_id: chance::id(at)?, reference: u64::from_le_bytes(chance::bytes()?) })
}
