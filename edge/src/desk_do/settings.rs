//! The configuration: what a site may know of it, and how an operator replaces it.

use std::rc::Rc;

use shared::abuse;
use shared::audit::Deed;
use shared::config::{Config, is_partner};
use shared::wire::config::Site;
use shared::wire::operator::Configured;
use shared::wire::{FieldProblem, Problem, Workspace};
use shared::words::{LANGUAGES, choose};

use super::ask::{FormCard, Prompting, Reply, SiteCard};
use super::{Desk, audit, evidence, experiments, no_workspace, now_ms, problem, problem_reply, sign_in};
use crate::error::Failure;
use crate::sql::{Tx, to_json};
use crate::{chance, clock, values};

/// Who puts a version in force, and why; nobody where it is the operator.
#[derive(Debug, Clone, Copy)]
pub struct Publisher<'a> {
    /// The member.
    pub by: Option<&'a str>,
    /// What they changed, as the audit log names it.
    pub what: Deed,
    /// In their words.
    pub note: &'a str,
}

impl Desk {
    /// The public side of a site, in the language that this visitor reads there.
    pub(super) fn site_card(&self, key: &str, lang: &str) -> Result<Reply, Failure> {
        let Some(config) = self.config()? else { return Ok(no_workspace()) };
        let Some(site) = config.site(key) else {
            return Ok(problem(404, "unknown_site", "No site is registered under this key."));
        };
        if let Err(refusal) = abuse::door(site, clock::now()) {
            return Ok(problem_reply(&evidence::closed(refusal)));
        }
        let boot = config.boot(site, choose(lang, site.lang.as_deref(), &config.source().lang));
        super::ok(&SiteCard {
            workspace: config.source().name.clone(),
            site: site.id.clone(),
            partner: is_partner(site),
            origins: site.origins.clone(),
            boot: to_json("boot", &boot)?,
            forms: boot.forms,
            prompting: prompting(&config, site),
            secret: self.secret()?.to_string(),
        })
    }

    /// The workspace's secret, made when it is first needed.
    pub(super) fn secret(&self) -> Result<Rc<str>, Failure> {
        if let Some(secret) = &*self.secret.borrow() {
            return Ok(Rc::clone(secret));
        }
        let fresh = chance::hex::<32>()?;
        let secret: Rc<str> = self.db.transaction(|tx| {
            let query =
                "INSERT INTO secret (name, value) VALUES ('abuse', ?) ON CONFLICT (name) DO UPDATE SET name = name
                RETURNING value";
            let rows = tx.rows("secret", query, values![fresh])?;
            let row = rows.first().ok_or_else(|| Failure::BadRow { table: "secret", what: "none".to_owned() })?;
            row.text(0).map(Into::into)
        })?;
        self.secret.replace(Some(Rc::clone(&secret)));
        Ok(secret)
    }

    /// A form of a site, in the language that a visitor reads: the one that the address names, else as anywhere.
    pub(super) fn form_card(&self, key: &str, id: &str, lang: Option<&str>, accepts: &str) -> Result<Reply, Failure> {
        let Some(config) = self.config()? else { return Ok(no_workspace()) };
        let Some(site) = config.site(key) else {
            return Ok(problem(404, "unknown_site", "No site is registered under this key."));
        };
        let (own, named) = (&config.source().lang, lang.is_some_and(is_shipped));
        let lang = choose(
            if named { lang.unwrap_or_default() } else { accepts },
            site.lang.as_deref().filter(|_| !named),
            own,
        );
        let form = config.form_of(site, id);
        let next = form.and_then(|form| form.source().result.as_ref()?.follow_up.as_deref());
        let next = next.and_then(|next| config.form_of(site, next));
        super::ok(&FormCard {
            workspace: config.source().name.clone(),
            origins: site.origins.clone(),
            lang: lang.to_owned(),
            form: form.map(|form| form.to_sent(lang)),
            follow_up: next.map(|next| {
                let title = next.translated(lang, "title").unwrap_or(&next.source().title);
                (next.source().id.clone(), title.to_owned())
            }),
            is_closed: abuse::door(site, clock::now()).is_err(),
            secret: self.secret()?.to_string(),
        })
    }

    /// Saves a new version, if it makes sense; nothing changes if it does not.
    pub(super) fn configure(&self, source: Workspace, only_if_new: bool) -> Result<Reply, Failure> {
        let current = self.config()?.map_or(0, |config| config.version());
        if only_if_new && current > 0 {
            return Ok(problem(412, "exists", "This workspace is there already."));
        }
        let json = to_json("config", &source)?;
        let config = match Config::parse(current + 1, source) {
            Ok(config) => config,
            Err(fields) => return Ok(problem_reply(&bad_config(fields))),
        };
        let left = self.owners_who_left(&config)?;
        if !left.is_empty() {
            return Ok(problem_reply(&bad_config(left)));
        }
        let version = config.version();
        self.save_config(config, &json, Publisher { by: None, what: Deed::Configured, note: "" }, |_| Ok(()))?;
        let status = if current == 0 { 201 } else { 200 };
        Ok(Reply { status, ..super::ok(&Configured { version })? })
    }

    /// Puts a new version in force, with `more` in the same transaction.
    pub(super) fn save_config(
        &self,
        config: Config,
        json: &str,
        publisher: Publisher<'_>,
        more: impl FnOnce(&Tx<'_>) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let before = self.config()?;
        let before = before.as_ref().map(|before| before.source());
        let is_other_card = before.is_none_or(|before| before.card != config.source().card);
        let is_other_table = before
            .is_none_or(|before| before.pools != config.source().pools || before.routes != config.source().routes);
        let ended = self.db.transaction(|tx| {
            let query = "INSERT INTO config (version, source, created_at, card_changed, table_changed, made_by, note)
                VALUES (?, ?, ?, ?, ?, ?, ?)";
            let (version, card, table) =
                (i64::from(config.version()), i64::from(is_other_card), i64::from(is_other_table));
            tx.write("config", query, values![version, json, now_ms(), card, table, publisher.by, publisher.note])?;
            let text =
                if publisher.note.is_empty() { version.to_string() } else { format!("{version}: {}", publisher.note) };
            audit::note(tx, publisher.by, publisher.what, &text)?;
            self.regrow(tx, &config)?;
            more(tx)?;
            sign_in::forget_who_left(tx, &config)
        })?;
        ended.iter().for_each(|session| self.hang_up(session));
        self.config.replace(Some(Rc::new(config)));
        self.forget_team();
        // One that has learnt nothing yet begins with what the workspace asks now.
        self.learner.replace(None);
        Ok(())
    }

    /// Members who are no longer there and own open items: somebody has to get those first.
    fn owners_who_left(&self, config: &Config) -> Result<Vec<FieldProblem>, Failure> {
        let query = "SELECT member, sum(open) FROM load GROUP BY member HAVING sum(open) > 0 ORDER BY member";
        let rows = self.db.rows("load", query, values![])?;
        let mut left = Vec::new();
        for row in rows {
            let (member, open) = (row.text(0)?, row.int(1)?);
            if config.member(member).is_none() {
                let message = format!("{member:?} still owns open items: {open}. Give them to others first");
                left.push(FieldProblem { field: "members".to_owned(), code: "owns_items".to_owned(), message });
            }
        }
        Ok(left)
    }

    /// How submissions ended, by tag.
    pub(super) fn fates(&self) -> Result<Reply, Failure> {
        let rows =
            self.db.rows("fate", "SELECT tag, sum(count) FROM fate GROUP BY tag HAVING sum(count) <> 0", values![])?;
        let fates = rows.iter().map(|row| Ok((row.text(0)?.to_owned(), row.int(1)?.into())));
        super::ok(&fates.collect::<Result<serde_json::Map<_, _>, Failure>>()?)
    }

    /// The rows of every table, for the tests of failures.
    pub(super) fn count_rows(&self) -> Result<Reply, Failure> {
        const TABLES: &[&str] = &[
            "submission",
            "person",
            "identifier",
            "item",
            "history",
            "timer",
            "outbox",
            "attempt",
            "follower",
            "lifecycle",
            "queue",
            "fate",
            "file",
            "consent",
            "held",
            "mail",
            "kept_call",
            "sender",
            "site_day",
            "spent_proof",
            "known_value",
            "basis",
            "rating",
            "learnt",
            "outcome",
            "assignment",
            "pick",
            "load",
            "share",
            "audit",
        ];
        let mut counts = serde_json::Map::new();
        for table in TABLES {
            let row = self.db.row(table, &format!("SELECT count(*) FROM {table}"), values![])?;
            counts.insert((*table).to_owned(), row.map(|row| row.int(0)).transpose()?.into());
        }
        super::ok(&counts)
    }
}

fn prompting(config: &Config, site: &Site) -> Prompting {
    let source = config.source();
    let hours = source.pools.iter().filter_map(|pool| Some((pool.id.clone(), pool.hours.clone()?)));
    let trials = experiments::trials(source, site);
    let (site, prompts) = experiments::with_arms(source, site);
    Prompting {
        site,
        prompts,
        fatigue: source.fatigue.clone(),
        hours: hours.collect(),
        identity: source.identity.as_ref().map(|identity| identity.secret.clone()),
        trials,
        credits: experiments::are_credited(source, clock::now()),
    }
}

/// Whether a language is one of those that are shipped, by the first part of its tag.
fn is_shipped(lang: &str) -> bool {
    let first = lang.split('-').next().unwrap_or_default();
    LANGUAGES.iter().any(|known| known.tag.eq_ignore_ascii_case(first))
}

/// What is told of a configuration that makes no sense.
pub fn bad_config(fields: Vec<FieldProblem>) -> Problem {
    Problem {
        status: 422,
        code: "invalid_config".to_owned(),
        title: "The configuration makes no sense in some places.".to_owned(),
        fields,
    }
}
