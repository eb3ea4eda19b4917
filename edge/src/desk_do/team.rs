//! The members as picks see them: what each has to do, how far each is behind their share, who is away. Read once, and kept
//! in step with the rows: what a pick or an act changes is changed here once it is committed.

use std::collections::BTreeSet;
use std::rc::Rc;

use serde::{Deserialize, Serialize};
use shared::config::Config;
use shared::pool::share::Share;
use shared::pool::{Load, Place, Rota, Seat, Team};
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
    /// Who was credited with an item, or lost a credit.
    pub credits: Vec<Credit>,
    /// The number of the change.
    pub changed: i64,
}

/// A credit in a pool.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credit {
    /// The pool.
    pub pool: String,
    /// Whose.
    pub member: String,
    /// Whether they were given it, or lost it.
    pub is_given: bool,
}

impl Desk {
    /// The members as they are now.
    pub(super) fn team(&self, config: &Config) -> Result<Rc<Team>, Failure> {
        let cached = self.team.borrow().clone();
        let team = match cached {
            Some(team) => team,
            None => {
                let team = Rc::new(read(&self.db, config)?);
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
        for (member, load) in config.source().members.iter().zip(&mut team.loads) {
            load.is_present = present.contains(&member.id);
        }
        Ok(Rc::new(team))
    }

    /// Whether a member said that they are away.
    pub(super) fn is_away(&self, config: &Config, member: &str) -> Result<bool, Failure> {
        let members = config.source().members.iter();
        Ok(members.zip(&self.team(config)?.loads).any(|(known, load)| known.id == member && load.is_away))
    }

    /// Keeps the team that a pick left, once its rows are committed.
    pub(super) fn keep_team(&self, team: Team) {
        self.team.replace(Some(Rc::new(team)));
    }

    /// Keeps in step with items that changed hands, once that is committed.
    pub(super) fn note_moved<'a>(&self, config: &Config, all: impl IntoIterator<Item = &'a Moved>) {
        for moved in all {
            let Some(team) = self.team.take().filter(|_| moved.credits.is_empty()) else { continue };
            let mut team = Rc::unwrap_or_clone(team);
            let mut open = |member: &Option<String>, by: i64| {
                let Some(load) = member.as_ref().and_then(|member| load(&mut team, config, member)) else { return };
                let open = load.of(moved.kind);
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

/// The team as its rows have it, by a configuration. Whoever is in it no more is left out.
pub fn read(db: &Db, config: &Config) -> Result<Team, Failure> {
    let mut team = config.idle_team();
    for row in db.rows("load", "SELECT member, kind, open FROM load", values![])? {
        let kind = views::kind(row.text(1)?).ok_or(Failure::BadRow { table: "load", what: "kind".to_owned() })?;
        if let Some(load) = load(&mut team, config, row.text(0)?) {
            *load.of(kind) = row.number(2)?;
        }
    }
    for row in db.rows("presence", "SELECT member FROM presence WHERE is_away = 1", values![])? {
        if let Some(load) = load(&mut team, config, row.text(0)?) {
            load.is_away = true;
        }
    }
    for row in db.rows("share", "SELECT body, pool FROM share", values![])? {
        let pool = row.text(1)?;
        let (Some(rota), Some(seats)) = (config.rota(pool), team.seats.get_mut(pool)) else { continue };
        for standing in standings(&row)? {
            let place = rota.places.iter().position(|place| place.member == standing.member);
            if let Some(seat) = place.and_then(|place| seats.get_mut(place)) {
                *seat = standing.into();
            }
        }
    }
    Ok(team)
}

fn load<'a>(team: &'a mut Team, config: &Config, member: &str) -> Option<&'a mut Load> {
    let index = config.source().members.iter().position(|known| known.id == member)?;
    team.loads.get_mut(index)
}

impl From<Standing> for Seat {
    fn from(it: Standing) -> Self {
        let share = Share { behind: it.behind, owed: it.owed, given: it.given };
        Self { share, given: it.at.into_iter().map(Timestamp::from_ms).collect() }
    }
}

fn standings(row: &Row) -> Result<Vec<Standing>, Failure> {
    row.json(0)
}

/// Writes where the members of a pool stand.
pub fn write_shares(tx: &Tx<'_>, (pool, rota): (&str, &Rota), team: &Team) -> Result<(), Failure> {
    let seats = team.seats.get(pool).map_or(&[][..], Vec::as_slice);
    let standing = |(place, seat): (&Place, &Seat)| Standing {
        member: place.member.clone(),
        behind: seat.share.behind,
        owed: seat.share.owed,
        given: seat.share.given,
        at: seat.given.iter().map(|at| at.as_ms()).collect(),
    };
    write_standings(tx, pool, &rota.places.iter().zip(seats).map(standing).collect::<Vec<_>>())
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
