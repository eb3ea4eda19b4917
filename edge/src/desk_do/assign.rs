//! Items and the members they are given to: the first time as they are opened, again whenever something changes (somebody
//! comes, has room, begins their shift), longest waiting first. Nothing is swept: what waits has a row, and the alarm is
//! set for when somebody could be there by the clock alone.

use shared::audit::Deed;
use shared::config::Config;
use shared::desk::act::Change;
use shared::desk::{Arrival, Decision};
use shared::pool::share::Share;
use shared::pool::{self, Item, Pick, Team};
use shared::promise::MOST_OWNERS;
use shared::time::Timestamp;
use shared::wire::console::{ItemRow, ItemState, NotPickedView, Outcome, PickView};
use shared::wire::pool::{Strategy, Wants};

use super::team::{self, Credit, Moved};
use super::{Desk, audit, now_ms, store, views};
use crate::error::Failure;
use crate::sql::{Db, Row, Tx, to_json};
use crate::{clock, log, values};

/// The most items of one pool that are tried in one turn.
const AT_ONCE: i64 = 200;
/// When the rest is tried, where there is more.
const REST_MS: i64 = 1_000;
/// What history calls it where an item is taken back, and why.
const TAKEN_BACK: &str = "taken_back";
const AWAY: &str = "away";
/// The same, where their console was closed.
pub const LEFT: &str = "left";
const SILENT: &str = "silent";

/// An item that waits for a member.
struct Waiting {
    item: String,
    pool: String,
    wants: Wants,
    had: Vec<String>,
    widened: bool,
}

impl Desk {
    /// Gives what waits, after something was written that may have made room. That is done and is answered so, whatever comes of
    /// this: what fails is in the log, and the alarm tries it in a moment.
    pub(super) fn assign_after(&self, config: &Config) {
        if let Err(failure) = self.assign_waiting(config) {
            self.owes_assigning.set(true);
            log::failure("assign", &failure);
        }
    }

    /// When what failed is to be tried again.
    pub(super) fn assign_again_at(&self) -> Option<Timestamp> {
        self.owes_assigning.get().then(|| Timestamp::from_ms(now_ms() + REST_MS))
    }

    /// Gives what waits to whoever can take it now, longest waiting first.
    pub(super) fn assign_waiting(&self, config: &Config) -> Result<(), Failure> {
        let pools = self.db.rows("assignment", "SELECT DISTINCT pool FROM assignment WHERE waits = 1", values![])?;
        let mut waiting = Vec::new();
        for row in pools {
            let query =
                "SELECT item_id, pool, wants, had, opened_at, widened FROM assignment WHERE waits = 1 AND pool = ?
                ORDER BY opened_at, item_id LIMIT ?";
            for row in self.db.rows("assignment", query, values![row.text(0)?, AT_ONCE])? {
                waiting.push((row.int(4)?, waits(&row)?));
            }
        }
        waiting.sort_by(|(one_at, one), (other_at, other)| (one_at, &one.item).cmp(&(other_at, &other.item)));
        for (_, waiting) in waiting {
            self.assign(config, &waiting)?;
        }
        // Whatever was due and could not be tried in this turn is tried in the next.
        let query = "UPDATE assignment SET again_at = ? WHERE waits = 1 AND again_at <= ?";
        self.db.transaction(|tx| tx.write("assignment", query, values![now_ms() + REST_MS, now_ms()]))?;
        self.owes_assigning.set(false);
        Ok(())
    }

    /// Tries what waits, where somebody could be there by now.
    pub(super) fn assign_due(&self, config: &Config) -> Result<(), Failure> {
        let query = "SELECT 1 FROM assignment WHERE waits = 1 AND again_at <= ? LIMIT 1";
        let is_due = self.owes_assigning.get() || self.db.row("assignment", query, values![now_ms()])?.is_some();
        if is_due { self.assign_waiting(config) } else { Ok(()) }
    }

    /// Gives one item to whoever can take it now, or notes when somebody could.
    fn assign(&self, config: &Config, waiting: &Waiting) -> Result<(), Failure> {
        let (at, id) = (clock::now(), waiting.item.as_str());
        let team = self.team(config)?;
        // Its own pool, and the one that helps out where that may; of a pool that is no more it stays in its queue.
        let wider = config.pool(&waiting.pool).and_then(|pool| pool.widen_to.as_deref()).filter(|_| waiting.widened);
        let pools = [Some(waiting.pool.as_str()), wider].into_iter().flatten();
        let rotas = pools.filter_map(|pool| Some((pool, config.rota(pool)?)));
        let picks: Vec<_> = rotas
            .filter(|(_, rota)| rota.strategy != Strategy::Claim)
            .map(|(pool, rota)| {
                let item = Item { wants: &waiting.wants, owner: None, had: &waiting.had };
                (pool, rota, pool::pick(rota, pool, &team, item, at))
            })
            .collect();
        let Some((pool, rota, pick)) = picks.iter().find(|(.., pick)| pick.chosen.is_some()) else {
            let again = picks.iter().filter_map(|(.., pick)| pick.again).min().map(Timestamp::as_ms);
            let query = "UPDATE assignment SET again_at = ?1 WHERE item_id = ?2 AND again_at IS NOT ?1";
            return self.db.transaction(|tx| tx.write("assignment", query, values![again, id]));
        };
        let mut after = Team::clone(&team);
        after.give(rota, pool, pick, waiting.wants.kind, at);
        self.db.transaction(|tx| {
            let changed = write_given(tx, config, (id, pool), pick, (&waiting.wants, &after), at)?;
            let owner = pick.chosen.as_ref().map(|chosen| chosen.member.as_str());
            tx.write("item", "UPDATE item SET owner = ?, changed = ? WHERE id = ?", values![owner, changed, id])?;
            let query = "UPDATE assignment SET pool = ?, waits = 0, again_at = NULL, given_to = ? WHERE item_id = ?";
            tx.write("assignment", query, values![*pool, owner, id])
        })?;
        self.keep_team(after);
        self.tell(config, id);
        Ok(())
    }

    /// Notes that a member is away, or there again, as another one says or they themselves. What they were given and have not
    /// accepted goes to others.
    pub(super) fn set_presence(
        &self,
        config: &Config,
        member: &str,
        away: bool,
        by: Option<&str>,
    ) -> Result<(), Failure> {
        let query = "SELECT item.id FROM item JOIN assignment ON item_id = item.id
            WHERE owner = ? AND is_open = 1 AND state = 'open' ORDER BY item.opened_at";
        let mut taken = Vec::new();
        self.db.transaction(|tx| {
            let is_new = team::write_presence(tx, member, away)?;
            if let Some(by) = by.filter(|_| is_new) {
                let name = views::member_ref(config, member).name;
                audit::note(tx, Some(by), Deed::Presence, &format!("{name}: {}", if away { "away" } else { "there" }))?;
            }
            if is_new && away {
                for row in tx.rows("item", query, values![member])? {
                    taken.push(row.text(0)?.to_owned());
                }
                taken.iter().try_for_each(|item| take_back(tx, config, item, AWAY))?;
            }
            Ok(())
        })?;
        self.forget_team();
        self.assign_after(config);
        taken.iter().for_each(|item| self.tell(config, item));
        Ok(())
    }
}

/// What a pick at the opening of an item leaves of the team, where it gave it to somebody.
pub fn after(config: &Config, team: &Team, decision: &Decision, at: Timestamp) -> Option<Team> {
    let rota = config.rota(&decision.route.pool).filter(|_| decision.pick.chosen.is_some())?;
    let mut after = team.clone();
    after.give(rota, &decision.route.pool, &decision.pick, decision.wants.kind, at);
    Some(after)
}

/// Writes to whom an item is given as it is opened. Where members take items themselves, there is nothing to write.
pub fn write_first(
    tx: &Tx<'_>,
    config: &Config,
    arrival: &Arrival<'_>,
    decision: &Decision,
    after: Option<&Team>,
) -> Result<(), Failure> {
    let (id, pool, pick) = (decision.item.id.as_str(), decision.route.pool.as_str(), &decision.pick);
    let owner = pick.chosen.as_ref().map(|chosen| chosen.member.as_str());
    if pick.strategy == Strategy::Claim && owner.is_none() {
        return Ok(());
    }
    let wants = &decision.wants;
    let query = "INSERT INTO assignment (item_id, pool, wants, had, opened_at, waits, again_at, given_to)
        VALUES (?, ?, ?, '[]', ?, ?, ?, ?)";
    let again = pick.again.filter(|_| owner.is_none()).map(Timestamp::as_ms);
    let waits = i64::from(owner.is_none());
    tx.write(
        "assignment",
        query,
        values![id, pool, to_json("wants", wants)?, arrival.at.as_ms(), waits, again, owner],
    )?;
    match after {
        Some(after) => write_given(tx, config, (id, pool), pick, (wants, after), arrival.at).map(|_| ()),
        None => write_pick(tx, config, (id, pool), (pick, wants), arrival.at),
    }
}

/// Writes that an item is given to somebody: the pick, its event, what they have to do, and the shares. The number of the
/// change comes back.
fn write_given(
    tx: &Tx<'_>,
    config: &Config,
    (id, pool): (&str, &str),
    pick: &Pick,
    (wants, after): (&Wants, &Team),
    at: Timestamp,
) -> Result<i64, Failure> {
    write_pick(tx, config, (id, pool), (pick, wants), at)?;
    if let Some(rota) = config.rota(pool) {
        team::write_shares(tx, (pool, rota), after)?;
    }
    let member = pick.chosen.as_ref().map_or("", |chosen| chosen.member.as_str());
    team::change_load(tx, member, wants.kind, 1)?;
    store::write_given(tx, id, at.as_ms(), ("assigned", None), Some(member), "")
}

fn write_pick(
    tx: &Tx<'_>,
    config: &Config,
    (id, pool): (&str, &str),
    (pick, wants): (&Pick, &Wants),
    at: Timestamp,
) -> Result<(), Failure> {
    let view = pick_view(config, pool, (pick, wants), at);
    let member = pick.chosen.as_ref().map(|chosen| chosen.member.as_str());
    let query = "INSERT INTO pick (item_id, pool, member, at, view) VALUES (?, ?, ?, ?, ?)";
    tx.write("pick", query, values![id, pool, member, at.as_ms(), to_json("pick", &view)?])
}

/// A pick as people read it.
pub fn pick_view(config: &Config, pool: &str, (pick, wants): (&Pick, &Wants), at: Timestamp) -> PickView {
    let rota = config.rota(pool);
    let name = |place: usize| {
        let member = rota.and_then(|rota| rota.places.get(place)).map_or("", |place| &place.member);
        views::member_ref(config, member)
    };
    PickView {
        at: at.to_rfc3339(),
        strategy: pick.strategy.tag().to_owned(),
        member: pick.chosen.as_ref().map(|chosen| views::member_ref(config, &chosen.member)),
        why: pick.chosen.as_ref().map_or("", |chosen| chosen.because.tag()).to_owned(),
        says: pick.chosen.as_ref().map(pool::Chosen::says).unwrap_or_default(),
        others: pick
            .others
            .iter()
            .map(|(place, why)| NotPickedView {
                member: name(*place),
                why: why.tag().to_owned(),
                says: why.says(wants),
                until: why.until().map(Timestamp::to_rfc3339),
            })
            .collect(),
    }
}

/// The picks of an item, the first one first.
pub fn picks(db: &Db, item: &str) -> Result<Vec<PickView>, Failure> {
    let rows = db.rows("pick", "SELECT view FROM pick WHERE item_id = ? ORDER BY seq", values![item])?;
    rows.iter().map(|row| row.json(0)).collect()
}

/// Takes an item back from whoever was given it, with credit: it waits for another.
pub fn take_back(tx: &Tx<'_>, config: &Config, id: &str, why: &str) -> Result<(), Failure> {
    let Some(row) = views::row_in(tx, config, id)? else { return Ok(()) };
    let change = Change {
        state: ItemState::Open,
        owner: None,
        outcome: None,
        touches: false,
        rests: None,
        duplicate_of: None,
        event: TAKEN_BACK,
        text: why.to_owned(),
    };
    let from = row.owner.as_ref().map(|owner| owner.id.as_str());
    let changed = store::write_given(tx, id, now_ms(), (change.event, None), from, why)?;
    tx.write("item", "UPDATE item SET owner = NULL, changed = ? WHERE id = ?", values![changed, id])?;
    follow(tx, config, &row, &change, now_ms()).map(|_| ())
}

/// Takes an item back from whoever was given it and has not accepted it in most of its time, unless it went round before.
pub fn take_back_from_silent(tx: &Tx<'_>, config: &Config, id: &str) -> Result<(), Failure> {
    let query = "SELECT had FROM assignment JOIN item ON item.id = item_id
        WHERE item_id = ? AND is_open = 1 AND state = 'open' AND owner IS NOT NULL";
    let rows = tx.rows("assignment", query, values![id])?;
    let Some(row) = rows.first() else { return Ok(()) };
    let had: Vec<String> = row.json(0)?;
    if had.len() >= MOST_OWNERS { Ok(()) } else { take_back(tx, config, id, SILENT) }
}

/// From now on the wider pool may have an item that its own cannot take.
pub fn widen(tx: &Tx<'_>, config: &Config, id: &str) -> Result<(), Failure> {
    let rows = tx.rows("assignment", "SELECT pool FROM assignment WHERE item_id = ? AND widened = 0", values![id])?;
    let Some(row) = rows.first() else { return Ok(()) };
    let Some(wider) = config.pool(row.text(0)?).and_then(|pool| config.pool(pool.widen_to.as_deref()?)) else {
        return Ok(());
    };
    tx.write("assignment", "UPDATE assignment SET widened = 1 WHERE item_id = ?", values![id])?;
    let changed = store::write_event(tx, id, now_ms(), "widened", None, &wider.name)?;
    tx.write("item", "UPDATE item SET changed = ? WHERE id = ?", values![changed, id])
}

/// Keeps in step with a change of an item: what its owner has to do, whether it waits for another one, and whether an item
/// that was none is owed to whoever was given it.
pub fn follow(tx: &Tx<'_>, config: &Config, row: &ItemRow, change: &Change, at: i64) -> Result<Moved, Failure> {
    let is_open = change.state != ItemState::Closed;
    let from = row.owner.as_ref().filter(|_| row.state != ItemState::Closed).map(|owner| owner.id.clone());
    let to = change.owner.clone().filter(|_| is_open);
    let mut moved = Moved { from, to, kind: row.kind, credits: Vec::new(), changed: 0 };
    if moved.from != moved.to {
        moved.from.iter().try_for_each(|from| team::change_load(tx, from, row.kind, -1))?;
        moved.to.iter().try_for_each(|to| team::change_load(tx, to, row.kind, 1))?;
    }
    let query = "SELECT pool, had, given_to, credited, waits, wants FROM assignment WHERE item_id = ?";
    let rows = tx.rows("assignment", query, values![row.id.as_str()])?;
    let Some(assignment) = rows.first() else { return Ok(moved) };
    let pool = assignment.text(0)?;
    let given_to = assignment.maybe_text(2)?.filter(|given_to| moved.from.as_deref() == Some(given_to));
    let mut had: Vec<String> = assignment.json(1)?;
    let is_credited = assignment.int(3)? != 0;
    let mut credited = is_credited;

    // Given back, taken back or given away before it was taken in hand, or none at all: not an item of theirs.
    let is_let_go = is_open && moved.from.is_some() && moved.from != moved.to;
    let is_none = matches!(change.outcome, Some(Outcome::Spam | Outcome::Disqualified | Outcome::Duplicate));
    if let Some(given_to) = given_to.filter(|_| (is_let_go && !row.touched) || (is_none && !is_credited)) {
        team::change_share(tx, pool, given_to, |share| share.owed = share.owed.saturating_add(1))?;
        moved.credits.push(Credit { pool: pool.to_owned(), member: given_to.to_owned(), is_given: true });
        credited = is_none;
    }
    let is_told_anew = is_open || change.outcome.is_some();
    if let Some(owner) = row.owner.as_ref().filter(|_| is_credited && !is_none && is_told_anew) {
        team::change_share(tx, pool, &owner.id, Share::take_credit_back)?;
        moved.credits.push(Credit { pool: pool.to_owned(), member: owner.id.clone(), is_given: false });
        credited = false;
    }
    // Whoever was only away may have it again.
    let was_away = change.event == TAKEN_BACK && (change.text == AWAY || change.text == LEFT);
    if is_let_go && !was_away {
        had.extend(moved.from.clone().filter(|from| !had.contains(from)));
    }
    let picks = config.rota(pool).is_some_and(|rota| rota.strategy != Strategy::Claim);
    let waited = assignment.int(4)? != 0;
    let waits = is_open && change.owner.is_none() && picks && (is_let_go || waited);
    let keeps = given_to.filter(|_| !is_let_go);
    let query = "UPDATE assignment SET waits = ?, again_at = coalesce(?, again_at), had = ?, given_to = ?, credited = ?
        WHERE item_id = ?";
    let again = (waits && is_let_go).then_some(at);
    let (had, credited) = (to_json("had", &had)?, i64::from(credited));
    tx.write("assignment", query, values![i64::from(waits), again, had, keeps, credited, row.id.as_str()])?;
    if let Some(to) = moved.to.as_ref().filter(|_| change.event == "reassigned") {
        let pick = pool::given_to(config.rota(pool), to);
        write_pick(tx, config, (&row.id, pool), (&pick, &assignment.json(5)?), Timestamp::from_ms(at))?;
    }
    Ok(moved)
}

fn waits(row: &Row) -> Result<Waiting, Failure> {
    Ok(Waiting {
        item: row.text(0)?.to_owned(),
        pool: row.text(1)?.to_owned(),
        wants: row.json(2)?,
        had: row.json(3)?,
        widened: row.int(5)? != 0,
    })
}
