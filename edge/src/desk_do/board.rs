//! The Team page: who is there, who has how much to do, what is at risk; and when members work, as whoever manages changes it.

use std::collections::BTreeMap;

use shared::audit::Deed;
use shared::config::Config;
use shared::pool::share::ITEM;
use shared::pool::{self, Item, Rota, Team};
use shared::right::{Right, may};
use shared::time::Timestamp;
use shared::wire::FormKind;
use shared::wire::config::{Member, Workspace};
use shared::wire::console::ItemRow;
use shared::wire::pool::{Pool, Wants};
use shared::wire::team::{CannotView, ChangePlan, MemberView, Plan, PoolView, SeatView, TeamView};

use super::ask::{Reply, TeamAsk};
use super::settings::{Publisher, bad_config};
use super::{Desk, now_ms, problem, problem_reply, views};
use crate::error::Failure;
use crate::sql::to_json;
use crate::{clock, values};

/// The changes that are looked at for how long members take.
const LATEST: i64 = 5_000;
/// And how far back they may lie.
const DAYS_30_MS: i64 = 30 * 24 * 60 * 60 * 1_000;
/// The most items at risk that are shown.
const AT_RISK: i64 = 50;
/// From this percent on a promise is in danger.
const IN_DANGER: i64 = 50;

impl Desk {
    /// Answers a question of the Team page.
    pub(super) fn board(&self, config: &Config, member: &Member, ask: TeamAsk) -> Result<Reply, Failure> {
        match ask {
            TeamAsk::View => super::ok(&self.team_view(config, member)?),
            TeamAsk::Presence { member: of, .. } | TeamAsk::Plan { member: of, .. } if config.member(&of).is_none() => {
                Ok(problem(404, "unknown_member", "There is no such member."))
            }
            TeamAsk::Presence { member: of, presence } => {
                self.set_presence(config, &of, presence.away, Some(&member.id))?;
                super::ok(&self.team_view(config, member)?)
            }
            TeamAsk::Plan { member: of, change } => self.change_plan(config, member, &of, *change),
        }
    }

    fn change_plan(&self, config: &Config, by: &Member, of: &str, change: ChangePlan) -> Result<Reply, Failure> {
        let mut source = config.source().clone();
        let Some(at) = source.members.iter().position(|member| member.id == of) else {
            return Ok(problem(404, "unknown_member", "There is no such member."));
        };
        let name = source.members.get(at).map_or("", |member| &member.name).to_owned();
        if source.members.get(at).map(plan) != Some(change.base) {
            let title = format!("Somebody else has changed when {name} works. Nothing was saved.");
            return Ok(problem(409, "stale", &title));
        }
        put(&mut source, at, change.plan);
        let json = to_json("config", &source)?;
        let next = match Config::parse(config.version() + 1, source) {
            Ok(next) => next,
            Err(mut fields) => {
                let prefix = format!("members[{at}].");
                for problem in &mut fields {
                    problem.field = problem.field.strip_prefix(&prefix).unwrap_or(&problem.field).to_owned();
                }
                return Ok(problem_reply(&bad_config(fields)));
            }
        };
        let note = format!("When {name} works");
        self.save_config(
            next,
            &json,
            Publisher { by: Some(&by.id), what: Deed::PlanChanged, note: &note },
            |_| Ok(()),
        )?;
        let Some(config) = self.config()? else { return Ok(super::no_workspace()) };
        self.assign_after(&config);
        super::ok(&self.team_view(&config, by)?)
    }

    fn team_view(&self, config: &Config, me: &Member) -> Result<TeamView, Failure> {
        let (manages, sees_all) = (may(me, Right::Manage), may(me, Right::Manage) || me.queues.is_empty());
        let team = self.team(config)?;
        let works = |member: &Member| member.queues.iter().any(|queue| sees_all || me.queues.contains(queue));
        let present: Vec<String> =
            self.state.get_websockets().iter().flat_map(|socket| self.state.get_tags(socket)).collect();
        let given = self.given()?;
        let takes = self.takes()?;
        let members = config.source().members.iter().zip(&team.loads).filter(|(member, _)| works(member));
        let members = members.map(|(member, load)| MemberView {
            member: views::member_ref(config, &member.id),
            away: load.is_away,
            present: present.contains(&member.id),
            open: load.total(),
            given: given.get(&member.id).copied().unwrap_or(0),
            accepts_in: takes.get(&member.id).copied(),
            plan: plan(member),
        });
        let waiting = self.waiting_by_pool()?;
        let is_theirs =
            |pool: &&Pool| pool.members.iter().any(|place| config.member(&place.member).is_some_and(&works));
        let pools = config.source().pools.iter().filter(is_theirs).filter_map(|pool| {
            let waiting = waiting.get(&pool.id).copied().unwrap_or(0);
            Some(pool_view(config, pool, config.rota(&pool.id)?, &team, waiting))
        });
        Ok(TeamView { manages, members: members.collect(), pools: pools.collect(), at_risk: self.at_risk(config, me)? })
    }

    /// Items that members were given and have not accepted, by member.
    fn given(&self) -> Result<BTreeMap<String, u32>, Failure> {
        let query = "SELECT owner, count(*) FROM item
            WHERE is_open = 1 AND owner IS NOT NULL AND state = 'open' GROUP BY owner";
        let rows = self.db.rows("item", query, values![])?;
        rows.iter().map(|row| Ok((row.text(0)?.to_owned(), row.number(1)?))).collect()
    }

    fn waiting_by_pool(&self) -> Result<BTreeMap<String, u32>, Failure> {
        let query = "SELECT pool, count(*) FROM assignment WHERE waits = 1 GROUP BY pool";
        let rows = self.db.rows("assignment", query, values![])?;
        rows.iter().map(|row| Ok((row.text(0)?.to_owned(), row.number(1)?))).collect()
    }

    /// The median of how long members took to accept what they were given, or took from a queue, in minutes.
    fn takes(&self) -> Result<BTreeMap<String, u32>, Failure> {
        let query = "
            SELECT actor, claimed.at - coalesce(
                (SELECT max(at) FROM pick WHERE pick.item_id = claimed.item_id AND member = actor AND pick.at <= claimed.at),
                opened_at)
            FROM history AS claimed JOIN item ON item.id = claimed.item_id
            WHERE claimed.seq > (SELECT coalesce(max(seq), 0) FROM history) - ? AND claimed.kind = 'claimed'
                AND claimed.at > ? AND actor IS NOT NULL";
        let mut all: BTreeMap<String, Vec<i64>> = BTreeMap::new();
        for row in self.db.rows("history", query, values![LATEST, now_ms() - DAYS_30_MS])? {
            all.entry(row.text(0)?.to_owned()).or_default().push(row.int(1)?.max(0));
        }
        let median = |mut times: Vec<i64>| {
            times.sort_unstable();
            u32::try_from(times.get(times.len() / 2)? / 60_000).ok()
        };
        Ok(all.into_iter().filter_map(|(member, times)| Some((member, median(times)?))).collect())
    }

    fn at_risk(&self, config: &Config, me: &Member) -> Result<Vec<ItemRow>, Failure> {
        let columns = views::COLUMNS;
        let query = format!(
            "SELECT {columns} FROM item WHERE is_open = 1 AND urgency > 0 AND urgency >= ? AND is_resting = 0
                AND queue IN (SELECT value FROM json_each(?)) ORDER BY urgency DESC, answer_by, id LIMIT ?"
        );
        let rows = self.db.rows("item", &query, values![IN_DANGER, to_json("queues", &me.queues)?, AT_RISK])?;
        rows.iter().map(|row| views::item_row(config, row)).collect()
    }
}

fn plan(member: &Member) -> Plan {
    Plan { hours: member.hours.clone(), leave: member.leave.clone(), capacity: member.capacity.clone() }
}

fn put(source: &mut Workspace, at: usize, plan: Plan) {
    if let Some(member) = source.members.get_mut(at) {
        let Plan { hours, leave, capacity } = plan;
        (member.hours, member.leave, member.capacity) = (hours, leave, capacity);
    }
}

fn pool_view(config: &Config, pool: &Pool, rota: &Rota, team: &Team, waiting: u32) -> PoolView {
    let wants =
        Wants { kind: FormKind::Inquiry, skills: BTreeMap::new(), language: None, territory: None, any_hour: false };
    let item = Item { wants: &wants, owner: None, had: &[] };
    let cannot = pool::cannot(rota, &pool.id, team, item, clock::now());
    let all: u32 = rota.places.iter().map(|place| place.weight).sum();
    let seats = team.seats.get(&pool.id).map_or(&[][..], Vec::as_slice);
    let seats = rota.places.iter().zip(seats).zip(cannot).map(|((place, seat), cannot)| SeatView {
        member: views::member_ref(config, &place.member),
        weight: place.weight,
        share: (place.weight * 1_000).checked_div(all).unwrap_or(0),
        given: seat.share.given,
        behind: i32::try_from(seat.share.behind * 100 / ITEM).unwrap_or(0),
        owed: seat.share.owed,
        cannot: cannot.map(|why| CannotView {
            why: why.tag().to_owned(),
            says: why.says(&wants),
            until: why.until().map(Timestamp::to_rfc3339),
        }),
    });
    PoolView {
        id: pool.id.clone(),
        name: pool.name.clone(),
        strategy: pool.strategy.tag().to_owned(),
        waiting,
        seats: seats.collect(),
    }
}
