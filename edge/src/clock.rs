//! The only reader of the clock. On Workers it stands still between two waits for input or output, so everything that one
//! event does carries one instant.

use shared::time::Timestamp;

/// The instant of this event.
pub fn now() -> Timestamp {
    Timestamp::from_ms(i64::try_from(worker::Date::now().as_millis()).unwrap_or(i64::MAX))
}
