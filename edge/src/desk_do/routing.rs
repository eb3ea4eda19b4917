//! The routing table as people work on it: what is in force, what is wrong with another one and odd in it, who would get something
//! by it, where the past would have gone, and publishing. Each publication is a new version of the whole configuration; a
//! stale one changes nothing.

use serde_json::Value;
use shared::audit::Deed;
use shared::config::Config;
use shared::facts;
use shared::pool::{self, Item};
use shared::rating::supposed;
use shared::right::{Right, may};
use shared::route::lint::lint;
use shared::route::{route, wants};
use shared::score::{self, Score};
use shared::time::Timestamp;
use shared::wire::config::Member;
use shared::wire::routing::{
    CheckTable, PublishTable, ReplayTable, RollBackTable, RoutingView, SaveTableDraft, Simulate, Simulated, Table,
    TableDraft, TableVersion,
};
use shared::wire::scoring::Checked;
use shared::wire::sites::Named;
use shared::wire::{FieldProblem, FormKind, Problem, Workspace};

use super::ask::{Reply, RoutingAsk};
use super::ratings::Basis;
use super::scoring::{hint_views, stale, unknown_version};
use super::settings::Publisher;
use super::{Desk, assign, now_ms, problem, problem_reply, team, views};
use crate::error::Failure;
use crate::sql::{Tx, to_json};
use crate::values;

/// The longest note, in characters.
const MAX_NOTE_CHARS: usize = 500;

impl Desk {
    /// Does what a member wants of routing.
    pub(super) fn routing(&self, config: &Config, member: &Member, ask: RoutingAsk) -> Result<Reply, Failure> {
        match ask {
            RoutingAsk::View => self.routing_view(config, member),
            RoutingAsk::Version { version } => match self.table_of(version)? {
                Some(table) => super::ok(&TableVersion { version, table }),
                None => Ok(unknown_version()),
            },
            RoutingAsk::Check(CheckTable { table }) => super::ok(&match read(config, table) {
                Ok(other) => Checked { problems: Vec::new(), hints: hint_views(lint(&other)) },
                Err(problems) => Checked { problems, hints: Vec::new() },
            }),
            RoutingAsk::SaveDraft(save) => self.save_table_draft(config, member, *save),
            RoutingAsk::DropDraft => {
                self.db.transaction(drop_draft)?;
                self.routing_view(config, member)
            }
            RoutingAsk::Simulate(simulate) => self.simulate(config, *simulate),
            RoutingAsk::Replay(ReplayTable { table, days, after }) => match read(config, table) {
                Ok(other) => self.replay_by(config, (&other, config.card()), days, after.as_deref()),
                Err(fields) => Ok(problem_reply(&bad_table(fields))),
            },
            RoutingAsk::Publish(PublishTable { version, .. }) | RoutingAsk::RollBack(RollBackTable { version, .. })
                if version != config.version() =>
            {
                Ok(stale("Somebody changed the configuration meanwhile."))
            }
            RoutingAsk::Publish(PublishTable { note, .. }) if note.chars().nth(MAX_NOTE_CHARS).is_some() => {
                Ok(problem(422, "note_too_long", "The note is too long: at most 500 characters."))
            }
            RoutingAsk::Publish(PublishTable { table, note, .. }) => self.put_table(config, member, table, note.trim()),
            RoutingAsk::RollBack(RollBackTable { to, .. }) => match self.table_of(to)? {
                Some(table) => {
                    let table =
                        serde_json::to_value(table).map_err(|source| Failure::Json { what: "table", source })?;
                    self.put_table(config, member, table, &format!("Back to version {to}"))
                }
                None => Ok(unknown_version()),
            },
        }
    }

    fn routing_view(&self, config: &Config, member: &Member) -> Result<Reply, Failure> {
        let source = config.source();
        super::ok(&RoutingView {
            version: config.version(),
            table: Table { pools: source.pools.clone(), routes: source.routes.clone() },
            may_change: may(member, Right::ChangeRouting),
            queues: source.queues.iter().map(|it| Named { id: it.id.clone(), name: it.name.clone() }).collect(),
            members: source.members.iter().map(|it| views::member_ref(config, &it.id)).collect(),
            facts: facts::all_with_score(source),
            hints: hint_views(lint(config)),
            versions: self.versions(config, "table_changed")?,
            draft: self.table_draft(config)?.1,
        })
    }

    /// The draft, if there is one, and the number of the last revision.
    fn table_draft(&self, config: &Config) -> Result<(u32, Option<TableDraft>), Failure> {
        let row = self.db.row("table_draft", "SELECT revision, body, base, made_by, at FROM table_draft", values![])?;
        let Some(row) = row else { return Ok((0, None)) };
        let revision = row.number(0)?;
        if row.maybe_text(1)?.is_none() {
            return Ok((revision, None));
        }
        let draft = TableDraft {
            table: row.json(1)?,
            base: row.number(2)?,
            revision,
            by: views::member_ref(config, row.text(3)?),
            at: views::instant(row.int(4)?),
        };
        Ok((revision, Some(draft)))
    }

    fn save_table_draft(&self, config: &Config, member: &Member, save: SaveTableDraft) -> Result<Reply, Failure> {
        let (revision, draft) = self.table_draft(config)?;
        if save.revision != draft.as_ref().map_or(0, |_| revision) {
            return Ok(stale(&match draft {
                Some(draft) => format!("{} has saved another draft meanwhile.", draft.by.name),
                None => "Somebody has let go of the draft meanwhile.".to_owned(),
            }));
        }
        let body = to_json("table", &save.table)?;
        self.db.transaction(|tx| {
            let query =
                "INSERT OR REPLACE INTO table_draft (id, body, base, revision, made_by, at) VALUES (1, ?, ?, ?, ?, ?)";
            let (base, next) = (i64::from(save.base), i64::from(revision) + 1);
            tx.write("table_draft", query, values![body, base, next, member.id.as_str(), now_ms()])
        })?;
        self.routing_view(config, member)
    }

    fn table_of(&self, version: u32) -> Result<Option<Table>, Failure> {
        let query = "SELECT source FROM config WHERE version = ?";
        let row = self.db.row("config", query, values![i64::from(version)])?;
        let table = |source: Workspace| Table { pools: source.pools, routes: source.routes };
        row.map(|row| row.json::<Workspace>(0).map(table)).transpose()
    }

    fn put_table(&self, config: &Config, member: &Member, table: Value, note: &str) -> Result<Reply, Failure> {
        let next = match read(config, table) {
            Ok(next) => next,
            Err(fields) => return Ok(problem_reply(&bad_table(fields))),
        };
        let json = to_json("config", next.source())?;
        // Who is working on a draft keeps it, unless it is what is published.
        let source = next.source();
        let is_draft = self
            .table_draft(config)?
            .1
            .is_some_and(|draft| draft.table.pools == source.pools && draft.table.routes == source.routes);
        let publisher = Publisher { by: Some(&member.id), what: Deed::Routed, note };
        self.save_config(next, &json, publisher, |tx| if is_draft { drop_draft(tx) } else { Ok(()) })?;
        let Some(config) = self.config()? else { return Ok(super::no_workspace()) };
        // Pools pick otherwise now.
        self.assign_after(&config);
        self.routing_view(&config, member)
    }

    /// Who would get something, then, with the team as it is now.
    fn simulate(&self, config: &Config, simulate: Simulate) -> Result<Reply, Failure> {
        let Some(at) = Timestamp::parse(&simulate.at) else {
            return Ok(problem(422, "bad_moment", "Say when: 2026-11-29T03:00:00Z is a moment."));
        };
        let other = match simulate.table.map(|table| read(config, table)).transpose() {
            Ok(other) => other,
            Err(fields) => return Ok(problem_reply(&bad_table(fields))),
        };
        let other = other.as_ref().unwrap_or(config);
        let (kind, facts, owner) = match (simulate.item, simulate.basis) {
            (Some(item), _) => match self.as_it_came(config, &item, at)? {
                Some(found) => found,
                None => return Ok(problem(404, "unknown_item", "There is no such item, or nothing was kept of it.")),
            },
            (None, Some(basis)) => match supposed::read(&basis, config.source()) {
                Ok(lead) => {
                    let score = score::score(config.card(), lead.facts, &lead.events, at);
                    (lead.kind, facts::with_score(lead.facts.clone(), &score, None), None)
                }
                Err(fields) => return Ok(problem_reply(&bad_table(fields))),
            },
            (None, None) => {
                return Ok(problem(422, "nothing_to_route", "Say what is to be routed: an item, or facts."));
            }
        };
        let nowhere = || problem(422, "no_route", "No routing rule takes this.");
        let Some(found) = route(other, &facts, at) else { return Ok(nowhere()) };
        let Some((rule, rota)) = other.route(&found.rule).zip(other.rota(&found.pool)) else { return Ok(nowhere()) };
        let wants = wants(rule, kind, &config.source().lang, &facts);
        let team = team::read(&self.db, other)?;
        let item = Item { wants: &wants, owner: owner.as_deref(), had: &[] };
        let pick = pool::pick(rota, &found.pool, &team, item, at);
        super::ok(&Simulated {
            answer_by: found.answer_by.to_rfc3339(),
            pick: assign::pick_view(other, &found.pool, (&pick, &wants), at),
            route: views::route_view(other, &found),
        })
    }

    /// What an item was made from, scored as of then; and whose the person's last item is, but this one.
    fn as_it_came(
        &self,
        config: &Config,
        item: &str,
        at: Timestamp,
    ) -> Result<Option<(FormKind, Value, Option<String>)>, Failure> {
        let query = "SELECT id, kind, (SELECT owner FROM item AS other WHERE other.person_id = item.person_id
                AND other.id <> item.id AND owner IS NOT NULL ORDER BY opened_at DESC LIMIT 1)
            FROM item WHERE id = ?1 OR reference = ?1 LIMIT 1";
        let Some(row) = self.db.row("item", query, values![item])? else { return Ok(None) };
        let (Some(basis), Some(kind)) = (Basis::of(&self.db, row.text(0)?)?, views::kind(row.text(1)?)) else {
            return Ok(None);
        };
        let score: Score = score::score(config.card(), &basis.facts, &score::events(&basis.opened), at);
        let facts = facts::with_score(basis.facts, &score, None);
        Ok(Some((kind, facts, row.maybe_text(2)?.map(str::to_owned))))
    }
}

/// Reads a table as somebody wrote it: the configuration with it in the place of the one in force.
fn drop_draft(tx: &Tx<'_>) -> Result<(), Failure> {
    tx.write("table_draft", "UPDATE table_draft SET body = NULL", values![])
}

fn read(config: &Config, table: Value) -> Result<Config, Vec<FieldProblem>> {
    let table: Table = serde_path_to_error::deserialize(table).map_err(|error| {
        let path = error.path().to_string();
        let field = if path == "." { "table".to_owned() } else { path };
        vec![FieldProblem { field, code: "unreadable".to_owned(), message: error.inner().to_string() }]
    })?;
    let Table { pools, routes } = table;
    Config::parse(config.version() + 1, Workspace { pools, routes, ..config.source().clone() })
}

/// What is told of a table that makes no sense.
fn bad_table(fields: Vec<FieldProblem>) -> Problem {
    Problem {
        status: 422,
        code: "invalid_table".to_owned(),
        title: "The table makes no sense in some places.".to_owned(),
        fields,
    }
}
