//! The delivery log: what was told to whom, each try of it, and what members do about what was not delivered.

use shared::audit::Deed;
use shared::wire::delivery::{
    DeliveriesPage, DeliveryAct, DeliveryRow, DeliveryState, DeliveryView, ItemName, TryView,
};
use shared::wire::destination::EventKind;

use super::ask::{DeliveriesOf, Reply};
use super::{Desk, audit, outbox, problem, views};
use crate::error::Failure;
use crate::sql::Row;
use crate::{clock, values};

/// Rows of one page.
const PAGE: usize = 50;
/// What a row is made of, in the order of [`read`].
const COLUMNS: &str =
    "outbox.id, destination, event, item_id, outbox.state, attempts, at, next_at, ended_at, last_error,
    (SELECT reference FROM item WHERE item.id = item_id)";

impl Desk {
    /// A page of deliveries, the latest first.
    pub(super) fn deliveries(&self, of: &DeliveriesOf) -> Result<DeliveriesPage, Failure> {
        let query = format!(
            "SELECT {COLUMNS} FROM outbox
             WHERE (?1 IS NULL OR destination = ?1) AND (?2 IS NULL OR outbox.state = ?2) AND (?3 IS NULL OR item_id = ?3)
                AND (?4 IS NULL OR outbox.id < ?4)
             ORDER BY outbox.id DESC LIMIT ?5"
        );
        let one_more = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
        let state = of.state.map(DeliveryState::tag);
        let bound = values![of.destination.as_deref(), state, of.item.as_deref(), of.after.as_deref(), one_more];
        let rows = self.db.rows("outbox", &query, bound)?;
        let deliveries: Vec<DeliveryRow> = rows.iter().take(PAGE).map(read).collect::<Result<_, _>>()?;
        let next = deliveries.last().filter(|_| rows.len() > PAGE).map(|last| last.id.clone());
        Ok(DeliveriesPage { deliveries, next })
    }

    /// One delivery, whole.
    pub(super) fn delivery(&self, id: &str) -> Result<Reply, Failure> {
        let Some(row) = self.delivery_row(id)? else { return Ok(unknown()) };
        let text = self.db.row("outbox", "SELECT body FROM outbox WHERE id = ?", values![id])?;
        let message = text.map_or(Ok(serde_json::Value::Null), |row| outbox::read_message(row.text(0)?))?;
        let query = "SELECT at, took_ms, status, says FROM attempt WHERE outbox_id = ? ORDER BY seq";
        let tries = self.db.rows("attempt", query, values![id])?;
        let tries = tries.iter().map(|row| {
            Ok(TryView {
                at: views::instant(row.int(0)?),
                took_ms: row.number(1)?,
                status: row.maybe_int(2)?.and_then(|status| u16::try_from(status).ok()),
                says: row.text(3)?.to_owned(),
            })
        });
        super::ok(&DeliveryView { row, message, tries: tries.collect::<Result<_, Failure>>()? })
    }

    /// Tries a delivery again, or gives it up.
    pub(super) fn act_on_delivery(&self, by: &str, id: &str, act: DeliveryAct) -> Result<Reply, Failure> {
        let Some(row) = self.delivery_row(id)? else { return Ok(unknown()) };
        let now = clock::now();
        if act == DeliveryAct::GiveUp && row.state != DeliveryState::Due {
            return Ok(problem(409, "has_ended", "This delivery has ended."));
        }
        self.db.transaction(|tx| match act {
            DeliveryAct::Replay => {
                let query = "UPDATE outbox SET state = 'due', attempts = 0, next_at = ?, ended_at = NULL WHERE id = ?";
                tx.write("outbox", query, values![now.as_ms(), id])?;
                audit::note(tx, Some(by), Deed::DeliveriesReplayed, &format!("{}: {id}", row.destination))
            }
            DeliveryAct::GiveUp => {
                let query = "UPDATE outbox SET state = 'dead', ended_at = ?, last_error = ? WHERE id = ?";
                let why = format!(
                    "given up by hand; before that: {}",
                    if row.last.is_empty() { "no try" } else { &row.last }
                );
                tx.write("outbox", query, values![now.as_ms(), why, id])?;
                audit::note(tx, Some(by), Deed::DeliveryGivenUp, &format!("{}: {id}", row.destination))
            }
        })?;
        self.delivery_row(id)?.map_or_else(|| Ok(unknown()), |row| super::ok(&row))
    }

    fn delivery_row(&self, id: &str) -> Result<Option<DeliveryRow>, Failure> {
        let row = self.db.row("outbox", &format!("SELECT {COLUMNS} FROM outbox WHERE outbox.id = ?"), values![id])?;
        row.as_ref().map(read).transpose()
    }
}

fn read(row: &Row) -> Result<DeliveryRow, Failure> {
    let damaged = |what: &str| Failure::BadRow { table: "outbox", what: what.to_owned() };
    let state = DeliveryState::from_tag(row.text(4)?).ok_or_else(|| damaged("state"))?;
    let item = row.text(3)?;
    Ok(DeliveryRow {
        id: row.text(0)?.to_owned(),
        destination: row.text(1)?.to_owned(),
        event: EventKind::from_tag(row.text(2)?).ok_or_else(|| damaged("event"))?,
        item: (!item.is_empty())
            .then(|| -> Result<ItemName, Failure> {
                Ok(ItemName { id: item.to_owned(), reference: row.maybe_text(10)?.unwrap_or_default().to_owned() })
            })
            .transpose()?,
        state,
        tries: row.number(5)?,
        at: views::instant(row.int(6)?),
        next_at: (state == DeliveryState::Due).then(|| row.int(7)).transpose()?.map(views::instant),
        ended_at: row.maybe_int(8)?.map(views::instant),
        last: row.maybe_text(9)?.unwrap_or_default().to_owned(),
    })
}

fn unknown() -> Reply {
    problem(404, "unknown_delivery", "There is no such delivery.")
}
