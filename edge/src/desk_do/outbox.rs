//! The outbox: effects that were written with their decision, handed on by the alarm until they are confirmed.
//!
//! An effect may be sent twice (a crash between sending and noting it), so its id travels with it and the receiver may
//! drop the second. The schedule is that of Standard Webhooks.

use serde_json::json;
use shared::desk::{Arrival, Decision};

use super::{Desk, now_ms, store};
use crate::delivery::webhook::{self, Sent};
use crate::error::Failure;
use crate::sql::Tx;
use crate::{chance, values};

/// Waits before each try, in seconds: 0 s, 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h.
const WAITS_S: &[i64] = &[0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];
/// The most deliveries of one turn; the alarm is set again at once for the rest.
const AT_ONCE: i64 = 20;

/// Writes one effect, due at once.
pub fn write(tx: &Tx<'_>, arrival: &Arrival<'_>, decision: &Decision, destination: &str) -> Result<(), Failure> {
    let body = json!({
        "type": "item.opened",
        "timestamp": arrival.at.to_rfc3339(),
        "data": {
            "item_id": decision.item.id,
            "reference": decision.receipt.reference,
            "kind": arrival.form.source().kind.tag(),
            "form": arrival.form.source().id,
            "site": arrival.site.id,
            "values": arrival.submission.values().to_json(),
            "person": { "id": decision.person.id, "new": decision.person.is_new },
            "score": { "tier": decision.rating.score.tier().to_string(), "total": decision.rating.score.total() },
            "route": { "queue": decision.route.queue, "pool": decision.route.pool, "rule": decision.route.rule },
            "answer_by": decision.receipt.answer_by,
        },
    });
    tx.write(
        "outbox",
        "INSERT INTO outbox (id, item_id, destination, body, attempts, next_at, state) VALUES (?, ?, ?, ?, 0, ?, 'due')",
        values![
            format!("msg_{}", chance::id(arrival.at)?),
            decision.item.id.as_str(),
            destination,
            body.to_string(),
            arrival.at.as_ms(),
        ],
    )
}

impl Desk {
    /// Hands on what is due.
    pub(super) async fn deliver_due(&self) -> Result<(), Failure> {
        let Some(config) = self.config()? else { return Ok(()) };
        let query = "SELECT id, item_id, destination, body, attempts FROM outbox
            WHERE state = 'due' AND next_at <= ? ORDER BY next_at LIMIT ?";
        for row in self.db.rows("outbox", query, values![now_ms(), AT_ONCE])? {
            let (id, item, name) = (row.text(0)?, row.text(1)?, row.text(2)?);
            let attempts: usize = row.number(4)?;
            let destination = config.source().destinations.iter().find(|destination| destination.id == name);
            let sent = match destination {
                Some(destination) => webhook::send(destination, id, row.text(3)?, now_ms() / 1_000).await,
                None => Sent::Refused("the destination is gone".to_owned()),
            };
            self.note_delivery(id, item, name, attempts + 1, sent)?;
        }
        Ok(())
    }

    fn note_delivery(&self, id: &str, item: &str, name: &str, attempts: usize, sent: Sent) -> Result<(), Failure> {
        let now = now_ms();
        let tried = i64::try_from(attempts).unwrap_or(i64::MAX);
        self.db.transaction(|tx| match sent {
            Sent::Confirmed => {
                let query = "UPDATE outbox SET state = 'delivered', attempts = ?, last_error = NULL WHERE id = ?";
                tx.write("outbox", query, values![tried, id])?;
                store::write_event(tx, item, now, "delivered", None, name).map(drop)
            }
            Sent::Refused(why) => self.bury(tx, id, item, name, tried, &why),
            Sent::Failed(why) => match WAITS_S.get(attempts) {
                Some(wait) => {
                    let next = now + wait * 1_000 + jitter_ms(*wait)?;
                    let query = "UPDATE outbox SET attempts = ?, next_at = ?, last_error = ? WHERE id = ?";
                    tx.write("outbox", query, values![tried, next, why, id])
                }
                None => self.bury(tx, id, item, name, tried, &why),
            },
        })
    }

    /// Keeps what could not be delivered, with the reason, and says so on the item.
    fn bury(&self, tx: &Tx<'_>, id: &str, item: &str, name: &str, tried: i64, why: &str) -> Result<(), Failure> {
        let query = "UPDATE outbox SET state = 'dead', attempts = ?, last_error = ? WHERE id = ?";
        tx.write("outbox", query, values![tried, why, id])?;
        store::write_event(tx, item, now_ms(), "delivery_failed", None, &format!("{name}: {why}")).map(drop)
    }
}

/// Up to a tenth of the wait, so that what failed together does not come back together.
fn jitter_ms(wait_s: i64) -> Result<i64, Failure> {
    let spread = wait_s * 100;
    let random = i64::from(u32::from_le_bytes(chance::bytes()?));
    Ok(if spread > 0 { random % spread } else { 0 })
}
