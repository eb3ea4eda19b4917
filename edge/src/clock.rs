//! The only reader of the clock. On Workers it stands still between two waits for input or output, so everything that one
//! event does carries one instant.

use std::sync::atomic::{AtomicI64, Ordering};

use shared::time::Timestamp;

/// How far it was put forward, in milliseconds: by tests only, see [`crate::api::faults`].
static AHEAD: AtomicI64 = AtomicI64::new(0);

/// The instant of this event.
pub fn now() -> Timestamp {
    #[expect(clippy::cast_possible_truncation, reason = "a whole number of milliseconds")]
    let real = js_sys::Date::now() as i64;
    Timestamp::from_ms(real.saturating_add(AHEAD.load(Ordering::Relaxed)))
}

/// How far it was put forward, in milliseconds: what the runtime says of alarms goes by the real one.
pub fn ahead_ms() -> i64 {
    AHEAD.load(Ordering::Relaxed)
}

/// Puts it forward, until this process ends.
pub fn put_forward(ms: i64) {
    AHEAD.fetch_add(ms, Ordering::Relaxed);
}
