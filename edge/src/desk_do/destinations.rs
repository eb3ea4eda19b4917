//! Destinations as admins see and change them. Each change is a new version of the whole configuration; a stale one changes
//! nothing. Secrets go in and never come out.

use shared::audit::Deed;
use shared::config::{Config, beyond};
use shared::delivery::breaker::{Breaker, Gate};
use shared::delivery::change::{self, Changed, NotChanged};
use shared::delivery::message;
use shared::facts;
use shared::wire::FieldProblem;
use shared::wire::config::Member;
use shared::wire::delivery::{
    ChangeDestinations, DestinationAct, DestinationChange, DestinationDone, DestinationView, DestinationsView, Standing,
};
use shared::wire::destination::{Destination, EventKind};

use super::ask::{ExportBy, OperateAsk, Reply};
use super::settings::{Publisher, bad_config};
use super::staff::sentence;
use super::{Desk, audit, outbox, problem, problem_reply, views};
use crate::error::Failure;
use crate::sql::to_json;
use crate::{clock, config, values};

/// The most deliveries that are replayed at once; again, for those that are left.
const REPLAYED_AT_ONCE: i64 = 1_000;

impl Desk {
    /// Answers a question about destinations, deliveries, or how the system runs.
    pub(super) fn operate(&self, config: &Config, member: &Member, ask: OperateAsk) -> Result<Reply, Failure> {
        match ask {
            OperateAsk::Destinations => super::ok(&self.destinations_view(config, None)?),
            OperateAsk::Change { ask, fresh } => self.change_destinations(config, &member.id, &ask, &fresh),
            OperateAsk::Destination { id, act } => match config.destination(&id) {
                Some(destination) => self.act_on_destination(config, &member.id, destination, act),
                None => Ok(unknown()),
            },
            OperateAsk::Deliveries(of) => super::ok(&self.deliveries(&of)?),
            OperateAsk::Delivery { id } => self.delivery(&id),
            OperateAsk::ActOnDelivery { id, act } => self.act_on_delivery(&member.id, &id, act),
            OperateAsk::Operations => super::ok(&self.operations()?),
            OperateAsk::Export { after } => self.export(&ExportBy::Member(member.id.clone()), after.as_deref()),
            OperateAsk::Tokens => super::ok(&self.tokens_view(None)?),
            OperateAsk::MakeToken(new) => self.make_token(&new, Some(&member.id)),
            OperateAsk::DropToken { name } => self.drop_token(&name, Some(&member.id)),
        }
    }

    fn destinations_view(&self, config: &Config, secret: Option<String>) -> Result<DestinationsView, Failure> {
        let all = config.source().destinations.iter();
        Ok(DestinationsView {
            version: config.version(),
            destinations: all.map(|destination| self.destination_view(destination)).collect::<Result<_, _>>()?,
            facts: facts::all_with_score(config.source()),
            secret,
        })
    }

    fn destination_view(&self, destination: &Destination) -> Result<DestinationView, Failure> {
        const QUERY: &str = "
            SELECT (SELECT count(*) FROM outbox WHERE destination = ?1 AND state = 'due'),
                (SELECT min(at) FROM outbox WHERE destination = ?1 AND state = 'due'),
                (SELECT count(*) FROM outbox WHERE destination = ?1 AND state = 'dead'),
                (SELECT delivered_at FROM breaker WHERE destination = ?1)";
        let row = self.db.row("outbox", QUERY, values![destination.id.as_str()])?;
        let row = row.ok_or_else(|| Failure::BadRow { table: "outbox", what: "no count".to_owned() })?;
        let breaker = outbox::breaker(&self.db, &destination.id)?;
        let (standing, why) = standing(destination, &breaker);
        Ok(DestinationView {
            edit: change::shown(destination),
            standing,
            why,
            rests_until: breaker.rests_until.filter(|_| standing == Standing::Resting).map(views::instant),
            waiting: row.number(0)?,
            oldest_at: row.maybe_int(1)?.map(views::instant),
            dead: row.number(2)?,
            delivered_at: row.maybe_int(3)?.map(views::instant),
        })
    }

    fn change_destinations(
        &self,
        config: &Config,
        by: &str,
        ask: &ChangeDestinations,
        fresh: &str,
    ) -> Result<Reply, Failure> {
        if ask.version != config.version() {
            let title = "Somebody changed the configuration meanwhile. Look at it again, then save.";
            return Ok(problem(409, "stale", title));
        }
        match self.put_destinations(config, Some(by), &ask.change, fresh)? {
            Ok((next, secret)) => super::ok(&self.destinations_view(&next, secret)?),
            Err(reply) => Ok(reply),
        }
    }

    /// Puts a configuration with other destinations in force; or says what is wrong with it. A secret that was made with it
    /// comes back.
    pub(super) fn put_destinations(
        &self,
        config: &Config,
        by: Option<&str>,
        change: &DestinationChange,
        fresh: &str,
    ) -> Result<Result<(Config, Option<String>), Reply>, Failure> {
        let now = clock::now();
        let Changed { source, at, secret } = match change::apply(config.source(), change, fresh, now) {
            Ok(changed) => changed,
            Err(why) => return Ok(Err(not_changed(why))),
        };
        let reach = config::reach(&self.env);
        let mut wrong = beyond(&source.destinations, reach);
        // What others of them are is not this change's to answer for.
        wrong.retain(|field| at.is_some_and(|at| field.field.starts_with(&format!("destinations[{at}]."))));
        let json = to_json("config", &source)?;
        let next = match Config::parse(config.version() + 1, source) {
            Ok(next) if wrong.is_empty() => next,
            Ok(_) => return Ok(Err(problem_reply(&bad_config(of_the_edit(wrong, at))))),
            Err(mut fields) => {
                let named = |known: &FieldProblem| fields.iter().any(|field| field.field == known.field);
                wrong.retain(|field| !named(field));
                fields.extend(wrong);
                return Ok(Err(problem_reply(&bad_config(of_the_edit(fields, at)))));
            }
        };
        let note = note(change);
        let publisher = Publisher { by, what: Deed::DestinationsChanged, note: &note };
        self.save_config(next.clone(), &json, publisher, |tx| match change {
            DestinationChange::Remove { id } => {
                tx.write("breaker", "DELETE FROM breaker WHERE destination = ?", values![id.as_str()])
            }
            // Whoever puts something right wants to see whether it works now.
            DestinationChange::Save(edit) => tx.write(
                "outbox",
                "UPDATE outbox SET next_at = min(next_at, ?) WHERE destination = ? AND state = 'due'",
                values![now.as_ms(), edit.id.as_str()],
            ),
            _ => Ok(()),
        })?;
        Ok(Ok((next, secret)))
    }

    fn act_on_destination(
        &self,
        config: &Config,
        by: &str,
        destination: &Destination,
        act: DestinationAct,
    ) -> Result<Reply, Failure> {
        let (id, now) = (destination.id.as_str(), clock::now());
        let done = self.db.transaction(|tx| match act {
            DestinationAct::Test => {
                let text = message::sample(config, EventKind::Test, now).to_string();
                // It is tried at once, also where others wait for the receiver to answer again.
                outbox::forget_rest(&self.db, tx, id, now)?;
                let delivery = outbox::write(tx, (id, EventKind::Test), "", &text, now)?;
                audit::note(tx, Some(by), Deed::DestinationTested, id)?;
                Ok(DestinationDone { due: 1, delivery: Some(delivery) })
            }
            DestinationAct::Resume => {
                outbox::keep_breaker(tx, id, &Breaker::default())?;
                let query = "UPDATE outbox SET next_at = min(next_at, ?) WHERE destination = ? AND state = 'due'
                    RETURNING id";
                let due = tx.rows("outbox", query, values![now.as_ms(), id])?.len();
                audit::note(tx, Some(by), Deed::DestinationResumed, id)?;
                Ok(DestinationDone { due: u32::try_from(due).unwrap_or(u32::MAX), delivery: None })
            }
            DestinationAct::Replay => {
                let query = "UPDATE outbox SET state = 'due', attempts = 0, next_at = ?, ended_at = NULL
                    WHERE id IN (SELECT id FROM outbox WHERE destination = ? AND state = 'dead' ORDER BY id LIMIT ?)
                    RETURNING id";
                let due = tx.rows("outbox", query, values![now.as_ms(), id, REPLAYED_AT_ONCE])?.len();
                audit::note(tx, Some(by), Deed::DeliveriesReplayed, &format!("{id}: {due}"))?;
                Ok(DestinationDone { due: u32::try_from(due).unwrap_or(u32::MAX), delivery: None })
            }
        })?;
        super::ok(&done)
    }
}

fn standing(destination: &Destination, breaker: &Breaker) -> (Standing, String) {
    match breaker.gate(clock::now()) {
        _ if destination.off => (Standing::Off, String::new()),
        Gate::Stopped(why) => (Standing::Stopped, why),
        Gate::Rests(_) | Gate::One => (Standing::Resting, failures(breaker)),
        Gate::Open if breaker.failures > 0 => (Standing::Failing, failures(breaker)),
        Gate::Open => (Standing::Well, String::new()),
    }
}

fn failures(breaker: &Breaker) -> String {
    match breaker.failures {
        1 => format!("The last try failed: {}.", breaker.last),
        many => format!("The last {many} tries failed; the last one: {}.", breaker.last),
    }
}

/// What is noted in the audit log. No secret, and no address: a chat's is one.
fn note(change: &DestinationChange) -> String {
    match change {
        DestinationChange::Add(new) => format!("{} ({}) was added", new.id, new.to.tag()),
        DestinationChange::Save(edit) => format!("{} ({}) was changed", edit.id, edit.to.tag()),
        DestinationChange::Remove { id } => format!("{id} was removed"),
        DestinationChange::Rotate { id } => format!("{id} has another secret"),
    }
}

fn not_changed(why: NotChanged) -> Reply {
    let (status, code) = match why {
        NotChanged::Unknown => (404, "unknown_destination"),
        NotChanged::Taken => {
            let taken = |message: &str| FieldProblem {
                field: "id".to_owned(),
                code: "used_twice".to_owned(),
                message: message.to_owned(),
            };
            return problem_reply(&bad_config(vec![taken(&why.to_string())]));
        }
        NotChanged::NotSigned => (422, "not_signed"),
    };
    problem(status, code, &sentence(&why.to_string()))
}

fn unknown() -> Reply {
    not_changed(NotChanged::Unknown)
}

/// Problems by the fields of the edit: `destinations[2].to.webhook.url` is `to.webhook.url`.
fn of_the_edit(fields: Vec<FieldProblem>, at: Option<usize>) -> Vec<FieldProblem> {
    let prefix = at.map(|at| format!("destinations[{at}]."));
    let local = |field: FieldProblem| match prefix.as_ref().and_then(|prefix| field.field.strip_prefix(prefix)) {
        Some(rest) => FieldProblem { field: rest.to_owned(), ..field },
        None => field,
    };
    fields.into_iter().map(local).collect()
}
