//! The only writer of the console: one JSON line for each event. No names, addresses, messages or tokens of anybody, at
//! any level: a line holds an event's name, where it happened, and the chain of causes.

use serde_json::json;

use crate::clock;
use crate::error::Failure;

/// A failure that somebody has to look at.
pub fn failure(place: &'static str, failure: &Failure) {
    let at = clock::now().to_rfc3339();
    worker::console_error!(
        "{}",
        json!({ "at": at, "level": "error", "event": "failure", "place": place, "cause": failure.chain() })
    );
}

/// Something worth counting.
pub fn event(name: &'static str, detail: &str) {
    let at = clock::now().to_rfc3339();
    worker::console_log!("{}", json!({ "at": at, "level": "info", "event": name, "detail": detail }));
}
