//! What is known of a person, so that a form need not ask again: `known_value`, by person and field.
//!
//! Only what somebody gave while the platform vouched for them is ever told, and only to them. What a stranger typed
//! beside an address may be anybody's; it is kept for staff, and never overwrites the other.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use shared::desk::{Arrival, Decision, LookUp};
use shared::identity::Identity;
use shared::person::{Known as KnownText, Standing, keep};
use shared::time::Timestamp;
use shared::wire::known::{KnownAnswer, KnownValue};
use shared::wire::{FieldKind, Form, Given};

use super::ask::{Known, Reply};
use super::{Desk, evidence, no_workspace, problem, problem_reply, store, views};
use crate::clock;
use crate::error::Failure;
use crate::sql::{Row, Tx, to_json};
use crate::values;

/// The field that holds a person's name.
const NAME_FIELD: &str = "name";

impl Desk {
    /// Tells somebody what is known of them, if they prove who they are.
    pub(super) fn known(&self, ask: &Known) -> Result<Reply, Failure> {
        let Some(config) = self.config()? else { return Ok(no_workspace()) };
        let Some(site) = config.site(&ask.key) else {
            return Ok(problem(404, "unknown_site", "No site is registered under this key."));
        };
        let at = clock::now();
        if let Err(refusal) = evidence::may_enter(site, ask.origin.as_deref(), at) {
            return Ok(Reply { readable: false, ..problem_reply(&evidence::closed(refusal)) });
        }
        let Some(form) = config.form_of(site, &ask.form) else {
            return Ok(problem(404, "unknown_form", "This site shows no such form."));
        };
        let audiences = [ask.workspace.as_str(), ask.key.as_str()];
        // One answer to every token that is not believed, whoever it is about.
        let Ok(identity) = evidence::read_identity(&config, &ask.identity, &audiences, at) else {
            return Ok(problem(401, "not_identified", "Nobody has vouched for this visitor."));
        };
        super::ok(&KnownAnswer { known: self.known_of(&identity, form.source(), at)? })
    }

    fn known_of(&self, identity: &Identity, form: &Form, at: Timestamp) -> Result<Vec<KnownValue>, Failure> {
        let mut known = BTreeMap::new();
        // By the platform's id only: an address finds people of whom it does not know that they are this user.
        let by_user = LookUp { email: None, ..shared::desk::look_up_user(identity) };
        if let Some(person) = store::find_person(&self.db, &by_user)? {
            let query = "SELECT name, value, at FROM known_value WHERE person_id = ? AND standing = ?";
            for row in self.db.rows("known_value", query, values![person.id, Standing::Verified.tag()])? {
                let value = KnownValue {
                    name: row.text(0)?.to_owned(),
                    value: row.json(1)?,
                    at: views::instant(row.int(2)?),
                    verified: false,
                };
                known.insert(value.name.clone(), value);
            }
        }
        known.retain(|name, _| form.fields.iter().any(|field| field.once && field.name == *name));
        for (name, value) in vouched(identity, form) {
            let value =
                KnownValue { name: name.clone(), value: Given::One(value), at: at.to_rfc3339(), verified: true };
            known.insert(name, value);
        }
        Ok(form.fields.iter().filter_map(|field| known.remove(&field.name)).collect())
    }
}

/// What the token itself says, by the form's own names.
fn vouched(identity: &Identity, form: &Form) -> Vec<(String, String)> {
    let of_kind = |kind| form.fields.iter().find(|field| field.kind == kind);
    let of_name = form.fields.iter().find(|field| field.name == NAME_FIELD && field.kind == FieldKind::ShortText);
    let email = identity.email.as_ref().map(|email| email.as_str().to_owned());
    let phone = identity.phone.as_ref().map(|phone| phone.as_str().to_owned());
    [(of_kind(FieldKind::Email), email), (of_kind(FieldKind::Phone), phone), (of_name, identity.name.clone())]
        .into_iter()
        .filter_map(|(field, value)| Some((field?.name.clone(), value?)))
        .collect()
}

/// Keeps what was given for fields that are asked once.
pub fn remember(tx: &Tx<'_>, arrival: &Arrival<'_>, decision: &Decision) -> Result<(), Failure> {
    let fields = &arrival.form.source().fields;
    let is_once = |name: &str| fields.iter().any(|field| field.once && field.name == name);
    let given: Vec<(&str, &Given)> = arrival.submission.values().iter().filter(|(name, _)| is_once(name)).collect();
    if given.is_empty() {
        return Ok(());
    }
    let standing = if arrival.identity.is_some() { Standing::Verified } else { Standing::Claimed };
    let mut before = BTreeMap::new();
    if !decision.person.is_new {
        let query = "SELECT name, value, standing FROM known_value WHERE person_id = ?";
        for row in tx.rows("known_value", query, values![decision.person.id.as_str()])? {
            before.insert(row.text(0)?.to_owned(), known_text(&row)?);
        }
    }
    let mut rows = Vec::new();
    for (name, value) in given {
        let new = KnownText { value: to_json("value", value)?, standing };
        let kept = keep(before.remove(name), new.clone());
        // What stays as it was keeps its date and its source.
        if kept == new {
            rows.push(json!([name, kept.value, kept.standing.tag()]));
        }
    }
    let source = format!("{}/{}", arrival.site.id, arrival.form.source().id);
    let query = "INSERT INTO known_value (person_id, name, value, standing, source, at)
        SELECT ?, json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]'), ?, ?
        FROM json_each(?) WHERE true
        ON CONFLICT (person_id, name) DO UPDATE
        SET value = excluded.value, standing = excluded.standing, source = excluded.source, at = excluded.at";
    let bound = values![decision.person.id.as_str(), source, arrival.at.as_ms(), Value::from(rows).to_string()];
    tx.write("known_value", query, bound)
}

fn known_text(row: &Row) -> Result<KnownText, Failure> {
    let damaged = || Failure::BadRow { table: "known_value", what: "standing".to_owned() };
    let standing = Standing::from_tag(row.text(2)?).ok_or_else(damaged)?;
    Ok(KnownText { value: row.text(1)?.to_owned(), standing })
}
