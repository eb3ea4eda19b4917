//! The members as picks see them: what each has to do, how far each is behind their share, who is away. Read once, and kept
//! in step with the rows: what a pick or an act changes is changed here once it is committed.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use serde::{Deserialize, Serialize};
use shared::config::Config;
use shared::pool::share::Share;
use shared::pool::{Load, Team};
use shared::time::Timestamp;
use shared::wire::FormKind;

use super::{Desk, now_ms, views};
use crate::error::Failure;
use crate::sql::{Db, Row, Tx, to_json};
use crate::values;

/// Where a member stands in a pool, as it is kept: one row for each pool holds all of its members, since each item moves all
/// of them.
#[derive(Debug, Serialize, Deserialize)]
struct Standing {
    member: String,
    behind: i64,
    owed: u32,
    given: u32,
    /// When they were given their latest items, in milliseconds since 1970.
    at: Vec<i64>,
}

/// An open item that is another's now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// Whose it was, if it was open and somebody's.
    pub from: Option<String>,
    /// Whose it is, if it is open and somebody's.
    pub to: Option<String>,
    /// What opened it.
    pub kind: FormKind,
    /// Whether somebody was credited with an item, or lost a credit.
    pub credits: bool,
}

impl Desk {
    /// The members as they are now.
    pub(super) fn team(&self, config: &Config) -> Result<Rc<Team>, Failure> {
        let cached = self.team.borrow().clone();
        let team = match cached {
            Some(team) => team,
            None => {
                let team = Rc::new(read(&self.db)?);
                self.team.replace(Some(Rc::clone(&team)));
                team
            }
        };
        if !config.rotas().any(|(_, rota)| rota.present_only) {
            return Ok(team);
        }
        let sockets = self.state.get_websockets();
        let present: BTreeSet<String> = sockets.iter().flat_map(|socket| self.state.get_tags(socket)).collect();
        let mut team = Rc::unwrap_or_clone(team);
        for member in &config.source().members {
            team.loads.entry(member.id.clone()).or_default().is_present = present.contains(&member.id);
        }
        Ok(Rc::new(team))
    }

    /// Keeps the team that a pick left, once its rows are committed.
    pub(super) fn keep_team(&self, team: Team) {
        self.team.replace(Some(Rc::new(team)));
    }

    /// Keeps in step with items that changed hands, once that is committed.
    pub(super) fn note_moved<'a>(&self, all: impl IntoIterator<Item = &'a Moved>) {
        for moved in all {
            let Some(team) = self.team.take().filter(|_| !moved.credits) else { continue };
            let mut team = Rc::unwrap_or_clone(team);
            let mut open = |member: &Option<String>, by: i64| {
                let Some(member) = member else { return };
                let open = team.loads.entry(member.clone()).or_default().open.entry(moved.kind).or_default();
                *open = u32::try_from(i64::from(*open) + by).unwrap_or(0);
            };
            open(&moved.from, -1);
            open(&moved.to, 1);
            self.keep_team(team);
        }
    }

    /// Reads the team anew when it is needed next.
    pub(super) fn forget_team(&self) {
        self.team.replace(None);
    }
}

fn read(db: &Db) -> Result<Team, Failure> {
    let mut team = Team::default();
    for row in db.rows("load", "SELECT member, kind, open FROM load", values![])? {
        let kind = views::kind(row.text(1)?).ok_or(Failure::BadRow { table: "load", what: "kind".to_owned() })?;
        load(&mut team, row.text(0)?).open.insert(kind, row.number(2)?);
    }
    for row in db.rows("presence", "SELECT member FROM presence WHERE is_away = 1", values![])? {
        load(&mut team, row.text(0)?).is_away = true;
    }
    for row in db.rows("share", "SELECT body, pool FROM share", values![])? {
        let pool = row.text(1)?.to_owned();
        let standings = standings(&row)?;
        for standing in &standings {
            let given = standing.at.iter().copied().map(Timestamp::from_ms).collect();
            load(&mut team, &standing.member).given.insert(pool.clone(), given);
        }
        let share = |it: Standing| (it.member, Share { behind: it.behind, owed: it.owed, given: it.given });
        team.shares.insert(pool, standings.into_iter().map(share).collect());
    }
    Ok(team)
}

fn load<'a>(team: &'a mut Team, member: &str) -> &'a mut Load {
    team.loads.entry(member.to_owned()).or_default()
}

fn standings(row: &Row) -> Result<Vec<Standing>, Failure> {
    row.json(0)
}

/// Writes where the members of a pool stand.
pub fn write_shares(tx: &Tx<'_>, pool: &str, team: &Team) -> Result<(), Failure> {
    let empty = BTreeMap::new();
    let shares = team.shares.get(pool).unwrap_or(&empty);
    let given = |member: &String| team.loads.get(member).and_then(|load| load.given.get(pool));
    let lately = team.loads.keys().filter(|member| given(member).is_some());
    let members: BTreeSet<&String> = shares.keys().chain(lately).collect();
    let standing = |member: &String| {
        let Share { behind, owed, given: count } = shares.get(member).copied().unwrap_or_default();
        let at = given(member).into_iter().flatten().map(|at| at.as_ms()).collect();
        Standing { member: member.clone(), behind, owed, given: count, at }
    };
    write_standings(tx, pool, &members.into_iter().map(standing).collect::<Vec<_>>())
}

/// Changes one member's share of a pool.
pub fn change_share(tx: &Tx<'_>, pool: &str, member: &str, change: impl FnOnce(&mut Share)) -> Result<(), Failure> {
    let rows = tx.rows("share", "SELECT body FROM share WHERE pool = ?", values![pool])?;
    let mut all = rows.first().map(standings).transpose()?.unwrap_or_default();
    let Some(standing) = all.iter_mut().find(|standing| standing.member == member) else { return Ok(()) };
    let mut share = Share { behind: standing.behind, owed: standing.owed, given: standing.given };
    change(&mut share);
    (standing.behind, standing.owed, standing.given) = (share.behind, share.owed, share.given);
    write_standings(tx, pool, &all)
}

fn write_standings(tx: &Tx<'_>, pool: &str, all: &[Standing]) -> Result<(), Failure> {
    let query = "INSERT INTO share (pool, body) VALUES (?, ?) ON CONFLICT (pool) DO UPDATE SET body = excluded.body";
    tx.write("share", query, values![pool, to_json("share", &all)?])
}

/// Counts a member's open items of a kind up or down.
pub fn change_load(tx: &Tx<'_>, member: &str, kind: FormKind, by: i64) -> Result<(), Failure> {
    let query = "INSERT INTO load (member, kind, open) VALUES (?, ?, ?)
        ON CONFLICT (member, kind) DO UPDATE SET open = open + excluded.open";
    tx.write("load", query, values![member, kind.tag(), by])
}

/// Notes that a member is away, or there again; whether that is new.
pub fn write_presence(tx: &Tx<'_>, member: &str, away: bool) -> Result<bool, Failure> {
    let query = "INSERT INTO presence (member, is_away, since) VALUES (?1, ?2, ?3)
        ON CONFLICT (member) DO UPDATE SET is_away = ?2, since = ?3 WHERE is_away <> ?2 RETURNING 1";
    Ok(!tx.rows("presence", query, values![member, i64::from(away), now_ms()])?.is_empty())
}
