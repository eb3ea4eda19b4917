//! What a member writes down of somebody who called: a submission by that member, decided on as every other.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use shared::config::{Config, is_partner};
use shared::fate::Fate;
use shared::submission::Submission;
use shared::wire::call::{CallForms, RecordCall, Recorded};
use shared::wire::config::{Member, Site};
use shared::wire::console::Act;
use shared::wire::{Channel, FieldKind, FieldProblem, Form, Given, Problem, Receipt};

use super::ask::Reply;
use super::submit::{Taken, Written, problem_of};
use super::{Desk, people, privacy, problem, problem_reply, store, views};
use crate::error::Failure;
use crate::rpc::VisitRow;
use crate::sql::to_json;
use crate::{chance, clock, values};

/// The name of the field that holds a person's name.
const NAME_FIELD: &str = "name";

impl Desk {
    /// The forms that a call may be written down in.
    pub(super) fn call_forms(config: &Config) -> CallForms {
        let shown = config.source().forms.iter().filter(|form| site_of(config, &form.id).is_some());
        let forms = shown.filter_map(|form| Some(config.form(&form.id)?.for_calls().source().clone()));
        CallForms { forms: forms.collect() }
    }

    /// Writes down a call.
    pub(super) fn record_call(&self, config: &Config, member: &Member, call: &RecordCall) -> Result<Reply, Failure> {
        let Some((site, form)) = site_of(config, &call.form).zip(config.form(&call.form)) else {
            return Ok(problem(404, "unknown_form", "No site shows such a form."));
        };
        let (form, at) = (form.for_calls(), clock::now());
        let mut given = call.values.clone();
        if let Some(person) = &call.person
            && !self.fill_in(form.source(), person, &mut given)?
        {
            let title = "There is no such person, or they are part of another record by now.";
            return Ok(problem(404, "unknown_person", title));
        }
        let given: Map<String, Value> = given.into_iter().map(|(name, given)| (name, in_json(given))).collect();
        let body = json!({ "submission_id": call.submission_id, "values": given });
        let submission = match Submission::parse(&form, &body, at) {
            Ok(submission) => submission.through(Channel::Phone),
            Err(errors) => return Ok(wrong(errors.into_problems())),
        };
        if submission.email().is_none() && submission.phone().is_none() && call.person.is_none() {
            return Ok(wrong(vec![nobody(form.source())]));
        }
        if let Some(earlier) = store::earlier(&self.db, &site.id, submission.id())? {
            let is_same = earlier.form == call.form && earlier.values == store::values_json(&submission)?;
            if !is_same {
                let title = "This submission id was used before, for something else. Send it under a new one.";
                return Ok(problem(409, "submission_id_reused", title));
            }
            self.count(Fate::Duplicate)?;
            let receipt = serde_json::from_str(&earlier.receipt);
            let receipt = receipt.map_err(|source| Failure::Json { what: "receipt", source })?;
            return self.recorded(config, member, receipt);
        }
        if privacy::was_sent(&self.db, &self.secret()?, &site.id, submission.id().as_str())? {
            return self.erased();
        }
        let taken = Taken {
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
            written: Some(Written { by: member, person: call.person.as_deref(), mine: call.mine }),
        };
        let receipt = self.whole(|_| {
            let landed = self.land(config, taken, None, |tx, decision| {
                let changed = store::write_event(tx, &decision.item.id, at.as_ms(), "recorded", Some(&member.id), "")?;
                let query = "UPDATE item SET changed = ? WHERE id = ?";
                tx.write("item", query, values![changed, decision.item.id.as_str()])
            })?;
            let decision = &landed.decision;
            if call.mine && member.queues.contains(&decision.route.queue) {
                // It was given to them, so that nobody else has it.
                self.act(config, member, &decision.item.id, &Act::Claim)?;
            }
            self.announce(config, &landed)?;
            Ok(landed.decision.receipt)
        })?;
        self.recorded(config, member, receipt)
    }

    /// What whoever wrote it down is told: the item too, where it went to a queue of theirs.
    fn recorded(&self, config: &Config, member: &Member, receipt: Receipt) -> Result<Reply, Failure> {
        let query = "SELECT id FROM item WHERE reference = ?";
        let row = self.db.row("item", query, values![receipt.reference.as_str()])?;
        let item = row.map(|row| views::row(&self.db, config, row.text(0)?)).transpose()?.flatten();
        let item = item.filter(|row| member.queues.contains(&row.queue));
        Ok(Reply { status: 201, body: to_json("recorded", &Recorded { receipt, item })?, readable: true })
    }

    /// Adds what is known of somebody where nothing was written down; false, where nobody is known by this id.
    fn fill_in(&self, form: &Form, person: &str, given: &mut BTreeMap<String, Given>) -> Result<bool, Failure> {
        let Some(row) = self.db.row("person", "SELECT name FROM person WHERE id = ?", values![person])? else {
            return Ok(false);
        };
        let identifiers = people::identifiers(&self.db, person)?;
        let known = |kind: &str| {
            identifiers.iter().find(|identifier| identifier.kind == kind).map(|identifier| identifier.value.clone())
        };
        let of_kind = |kind| form.fields.iter().find(|field| field.kind == kind).map(|field| field.name.clone());
        let named = form.fields.iter().find(|field| field.name == NAME_FIELD && field.kind == FieldKind::ShortText);
        let facts = [
            (named.map(|field| field.name.clone()), row.maybe_text(0)?.map(str::to_owned)),
            (of_kind(FieldKind::Email), known("email")),
            (of_kind(FieldKind::Phone), known("phone")),
        ];
        for (field, value) in facts {
            if let (Some(field), Some(value)) = (field, value) {
                given.entry(field).or_insert(Given::One(value));
            }
        }
        Ok(true)
    }
}

/// The site that a call counts for: the first of our own that shows the form, or else the first one.
fn site_of<'a>(config: &'a Config, form: &str) -> Option<&'a Site> {
    let shows = |site: &&Site| site.forms.iter().any(|id| id == form);
    let sites = || config.source().sites.iter().filter(shows);
    sites().find(|site| !is_partner(site)).or_else(|| sites().next())
}

fn in_json(given: Given) -> Value {
    match given {
        Given::One(text) => Value::String(text),
        Given::Many(texts) => Value::Array(texts.into_iter().map(Value::String).collect()),
    }
}

/// Nobody could be called back.
fn nobody(form: &Form) -> FieldProblem {
    let ways = [FieldKind::Phone, FieldKind::Email];
    let field = ways.iter().find_map(|kind| form.fields.iter().find(|field| field.kind == *kind));
    FieldProblem {
        field: field.map_or("values", |field| &field.name).to_owned(),
        code: "required".to_owned(),
        message: "Write down an address or a number: somebody must be able to answer.".to_owned(),
    }
}

fn wrong(fields: Vec<FieldProblem>) -> Reply {
    problem_reply(&Problem { fields, ..problem_of(422, "invalid_submission", "Some fields are wrong.") })
}
