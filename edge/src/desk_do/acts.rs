//! What members do to items: to one, or the same to many. Each item is judged by itself, as it stands once those before it are
//! written, and all that is taken is one transaction.

use std::collections::BTreeSet;

use shared::config::Config;
use shared::desk::act::{ActError, Actor, Standing, act};
use shared::notice::{NoticeKind, mentioned};
use shared::right::{Right, may};
use shared::time::Timestamp;
use shared::wire::config::Member;
use shared::wire::console::{Act, ItemRow, ItemState};
use shared::wire::lists::{ActOnMany, MOST_AT_ONCE, Many, NotDone};

use super::ask::Reply;
use super::changes::{self, Made};
use super::learner::Lesson;
use super::staff::sentence;
use super::team::Moved;
use super::{Desk, notices, now_ms, problem, undo, views};
use crate::error::Failure;
use crate::sql::Tx;
use crate::values;

/// Why something is not done to an item.
struct Refused {
    status: u16,
    who: String,
    code: &'static str,
    says: String,
}

impl Refused {
    fn new(status: u16, row: Option<&ItemRow>, code: &'static str, says: &str) -> Self {
        Self { status, who: row.map_or_else(String::new, |row| row.who.clone()), code, says: says.to_owned() }
    }
}

impl Desk {
    /// Does something to one item.
    pub(super) fn act(&self, config: &Config, member: &Member, id: &str, what: &Act) -> Result<Reply, Failure> {
        let verdicts = self.act_on(config, member, &[id], what)?;
        match verdicts.into_iter().next() {
            Some(Err(refused)) => Ok(problem(refused.status, refused.code, &refused.says)),
            _ => self.item(config, member, id),
        }
    }

    /// Does the same to many.
    pub(super) fn act_on_many(&self, config: &Config, member: &Member, ask: &ActOnMany) -> Result<Reply, Failure> {
        let ids: Vec<&str> = ask.items.iter().map(String::as_str).collect();
        if let Some(wrong) = wrong_list(&ids) {
            return Ok(wrong);
        }
        if matches!(ask.act, Act::Reply { .. } | Act::Duplicate { .. }) {
            return Ok(problem(
                422,
                "one_at_a_time",
                "An answer, and what something is the same as, is about one item.",
            ));
        }
        let verdicts = self.act_on(config, member, &ids, &ask.act)?;
        let mut many = Many::default();
        for (id, verdict) in ids.into_iter().zip(verdicts) {
            match verdict {
                Ok(()) => many.done.extend(views::row(&self.db, config, id)?),
                Err(Refused { who, code, says, .. }) => {
                    many.refused.push(NotDone { id: id.to_owned(), who, code: code.to_owned(), says });
                }
            }
        }
        super::ok(&many)
    }

    fn act_on(
        &self,
        config: &Config,
        member: &Member,
        ids: &[&str],
        what: &Act,
    ) -> Result<Vec<Result<(), Refused>>, Failure> {
        let mut lesson = self.lesson(config)?;
        let verdicts = self.db.transaction(|tx| {
            let act = |id: &&str| act_in(tx, config, member, (id, what), &mut lesson);
            let verdicts: Vec<_> = ids.iter().map(act).collect::<Result<_, Failure>>()?;
            lesson.write(tx).map(|()| verdicts)
        })?;
        self.keep_lesson(lesson);
        self.note_moved(config, verdicts.iter().filter_map(|verdict| verdict.as_ref().ok()));
        if verdicts.iter().any(Result::is_ok) {
            // Somebody may have room now, or an item another owner.
            self.assign_after(config);
        }
        for (id, _) in ids.iter().zip(&verdicts).filter(|(_, verdict)| verdict.is_ok()) {
            self.tell(config, id);
        }
        self.tell_notices()?;
        Ok(verdicts.into_iter().map(|verdict| verdict.map(|_| ())).collect())
    }
}

/// Why a list of items is none, if it is none.
pub fn wrong_list(ids: &[&str]) -> Option<Reply> {
    let once: BTreeSet<&&str> = ids.iter().collect();
    match ids.len() {
        0 => Some(problem(422, "no_items", "Say which items.")),
        count if count > MOST_AT_ONCE => Some(problem(422, "too_many", "At most 200 items at once.")),
        count if count > once.len() => Some(problem(422, "item_twice", "An item is in the list twice.")),
        _ => None,
    }
}

fn act_in(
    tx: &Tx<'_>,
    config: &Config,
    member: &Member,
    (id, what): (&str, &Act),
    lesson: &mut Lesson,
) -> Result<Result<Moved, Refused>, Failure> {
    let row = views::row_in(tx, config, id)?.filter(|row| member.queues.contains(&row.queue));
    let Some(row) = row else {
        return Ok(Err(Refused::new(404, None, "unknown_item", "There is no such item for you.")));
    };
    let now = now_ms();
    let actor = Actor { member: &member.id, manages: may(member, Right::Manage), at: Timestamp::from_ms(now) };
    let standing = Standing {
        id,
        kind: row.kind,
        state: row.state,
        owner: row.owner.as_ref().map(|owner| owner.id.as_str()),
        complaint: row.complaint,
        rests: row.rests.is_some(),
    };
    let change = match act(standing, actor, what) {
        Ok(change) => change,
        Err(refused) => return Ok(Err(Refused::new(409, Some(&row), refused.code(), &why_not(refused, &row)))),
    };
    if let Act::Reassign { to, .. } = what
        && !works(config, to, &row.queue)
    {
        let says = "Nobody of that name works this queue.";
        return Ok(Err(Refused::new(422, Some(&row), "unknown_member", says)));
    }
    if let Act::Duplicate { of } = what
        && let Some(refused) = no_original(tx, config, member, of, &row)?
    {
        return Ok(Err(refused));
    }
    let was = undo::before(tx, id)?;
    let event = change.event;
    let made = Made { by: Some(&member.id), told_at: now, at: now };
    let moved = changes::write(tx, config, &row, change, made, lesson)?;
    match what {
        Act::Note { text } => {
            // Only who works the queue can open the item.
            let members =
                config.source().members.iter().filter(|it| it.id != member.id && it.queues.contains(&row.queue));
            for told in mentioned(text, members.map(|member| member.id.as_str())) {
                notices::write(tx, told, id, NoticeKind::Mention, Some(&member.id), text.trim())?;
            }
        }
        Act::Reply { .. } => {}
        _ => undo::keep(tx, id, &was, event, &member.id, &moved)?,
    }
    Ok(Ok(moved))
}

/// Why an item cannot be the one that another is the same as, if it cannot.
fn no_original(
    tx: &Tx<'_>,
    config: &Config,
    member: &Member,
    of: &str,
    row: &ItemRow,
) -> Result<Option<Refused>, Failure> {
    let found = views::row_in(tx, config, of)?.filter(|found| member.queues.contains(&found.queue));
    if found.is_none() {
        let says = "There is no such other item for you.";
        return Ok(Some(Refused::new(422, Some(row), "unknown_item", says)));
    }
    let rows = tx.rows("item", "SELECT duplicate_of FROM item WHERE id = ?", values![of])?;
    let Some(original) = rows.first().map(|row| row.maybe_text(0)).transpose()?.flatten() else { return Ok(None) };
    let reference = views::row_in(tx, config, original)?.map(|row| row.reference).unwrap_or_default();
    let says = format!("That one is a duplicate itself, of {reference}: link it to that one.");
    Ok(Some(Refused::new(409, Some(row), "is_duplicate", &says)))
}

fn works(config: &Config, member: &str, queue: &str) -> bool {
    config.member(member).is_some_and(|member| member.queues.iter().any(|one| one == queue))
}

/// Why an act is refused, as a sentence; with the owner's name where somebody was faster.
fn why_not(refused: ActError, row: &ItemRow) -> String {
    match (refused, &row.owner) {
        (ActError::Taken, Some(owner)) if row.state == ItemState::Open => {
            format!("{} was given this item.", owner.name)
        }
        (ActError::Taken, Some(owner)) => format!("{} has taken this item.", owner.name),
        _ => sentence(&refused.to_string()),
    }
}
