//! Kept views of lists: each member's own, and those that others share with everybody who works the queue.

use serde::{Deserialize, Serialize};
use shared::config::Config;
use shared::right::{Right, may};
use shared::wire::config::Member;
use shared::wire::console::Whose;
use shared::wire::lists::{Filter, MAX_VIEW_NAME_CHARS, MOST_VIEWS, SaveView, SavedView, Views};
use shared::wire::{FieldProblem, Problem};

use super::ask::Reply;
use super::submit::problem_of;
use super::{Desk, problem, problem_reply, views};
use crate::error::Failure;
use crate::sql::{Row, to_json};
use crate::{chance, clock, values};

/// What is kept of a view.
#[derive(Serialize, Deserialize)]
struct Body {
    closed: bool,
    whose: Whose,
    filter: Filter,
}

impl Desk {
    /// The views of a member.
    pub(super) fn views(&self, config: &Config, member: &Member) -> Result<Reply, Failure> {
        let query = "SELECT id, member, queue, name, is_shared, body FROM saved_view
            WHERE (member = ?1 OR is_shared = 1) AND queue IN (SELECT value FROM json_each(?2))
            ORDER BY name COLLATE NOCASE, id";
        let rows =
            self.db.rows("saved_view", query, values![member.id.as_str(), to_json("queues", &member.queues)?])?;
        super::ok(&Views { views: rows.iter().map(|row| read(config, row)).collect::<Result<_, _>>()? })
    }

    /// Keeps one.
    pub(super) fn save_view(&self, config: &Config, member: &Member, save: SaveView) -> Result<Reply, Failure> {
        let name = save.name.trim().to_owned();
        let query = "SELECT count(*) FROM saved_view WHERE member = ?1 AND NOT (queue = ?2 AND name = ?3)";
        let row = self.db.row("saved_view", query, values![member.id.as_str(), save.queue.as_str(), name.as_str()])?;
        let others: usize = row.map_or(Ok(0), |row| row.number(0))?;
        let wrong = wrong(&save, &name, member, others);
        if !wrong.is_empty() {
            let problem = Problem { fields: wrong, ..problem_of(422, "invalid_view", "This view cannot be kept.") };
            return Ok(problem_reply(&problem));
        }
        let body = Body { closed: save.closed, whose: save.whose, filter: save.filter };
        let query = "INSERT INTO saved_view (id, member, queue, name, is_shared, body) VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT (member, queue, name) DO UPDATE SET is_shared = excluded.is_shared, body = excluded.body";
        let id = chance::id(clock::now())?;
        let body = to_json("view", &body)?;
        let kept = values![id, member.id.as_str(), save.queue, name, i64::from(save.shared), body];
        self.db.transaction(|tx| tx.write("saved_view", query, kept))?;
        self.views(config, member)
    }

    /// Drops one: one's own, or, for whoever manages, one that is shared.
    pub(super) fn drop_view(&self, config: &Config, member: &Member, id: &str) -> Result<Reply, Failure> {
        let query = "DELETE FROM saved_view WHERE id = ? AND (member = ? OR (is_shared = 1 AND ?)) RETURNING id";
        let manages = i64::from(may(member, Right::Manage));
        let gone = self.db.transaction(|tx| tx.rows("saved_view", query, values![id, member.id.as_str(), manages]))?;
        match gone.is_empty() {
            true => Ok(problem(404, "unknown_view", "There is no such view of yours.")),
            false => self.views(config, member),
        }
    }
}

/// Everything that is wrong with a view.
fn wrong(save: &SaveView, name: &str, member: &Member, others: usize) -> Vec<FieldProblem> {
    let mut wrong = Vec::new();
    let mut unless = |fine: bool, field: &str, code: &str, message: &str| {
        if !fine {
            let (field, code, message) = (field.to_owned(), code.to_owned(), message.to_owned());
            wrong.push(FieldProblem { field, code, message });
        }
    };
    unless(!name.is_empty(), "name", "required", "give the view a name");
    unless(name.chars().nth(MAX_VIEW_NAME_CHARS).is_none(), "name", "too_long", "a name has at most 60 characters");
    unless(member.queues.contains(&save.queue), "queue", "unknown_queue", "there is no such queue for you");
    unless(others < MOST_VIEWS, "name", "too_many", "you have 50 views: let go of one first");
    let is_short = |text: &str| text.chars().nth(100).is_none();
    let Filter { tier, site, owner, q, .. } = &save.filter;
    for (name, text) in [("filter.tier", tier), ("filter.site", site), ("filter.owner", owner), ("filter.q", q)] {
        unless(is_short(text), name, "too_long", "at most 100 characters");
    }
    wrong
}

fn read(config: &Config, row: &Row) -> Result<SavedView, Failure> {
    let Body { closed, whose, filter } = row.json(5)?;
    Ok(SavedView {
        id: row.text(0)?.to_owned(),
        by: views::member_ref(config, row.text(1)?),
        queue: row.text(2)?.to_owned(),
        name: row.text(3)?.to_owned(),
        shared: row.int(4)? != 0,
        closed,
        whose,
        filter,
    })
}
