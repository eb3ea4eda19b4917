//! Turning away what would only wait: a desk takes submissions one at a time, and a queue that grows answers nobody in time.
//!
//! Whoever waits is known here, for each workspace. While [`MANY`] of them have waited for longer than [`LONG_MS`], one more is told to
//! come again: the desk stays as busy as it can be, and whoever is let in is answered soon. Signs of a slow desk, and not of a
//! slow submission (one that asks Turnstile): it takes many.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

/// So many that have waited for long.
const MANY: usize = 16;
/// So long, in milliseconds.
const LONG_MS: i64 = 400;
/// Who has waited for longer is forgotten, in milliseconds: a caller who hung up never says so.
const FORGOTTEN_MS: i64 = 30_000;

thread_local! {
    static WAITING: RefCell<BTreeMap<String, Line>> = const { RefCell::new(BTreeMap::new()) };
}

/// Who waits at one desk: since when, and a number to tell them apart.
#[derive(Debug, Default)]
struct Line {
    waiting: BTreeSet<(i64, u64)>,
    next: u64,
}

/// A place in the line, until it is dropped.
#[derive(Debug)]
pub struct Place {
    workspace: String,
    at: (i64, u64),
}

impl Drop for Place {
    fn drop(&mut self) {
        WAITING.with_borrow_mut(|lines| {
            if let Some(line) = lines.get_mut(&self.workspace) {
                line.waiting.remove(&self.at);
                if line.waiting.is_empty() {
                    lines.remove(&self.workspace);
                }
            }
        });
    }
}

/// A place, or none where too many have waited for too long.
pub fn enter(workspace: &str, now_ms: i64) -> Option<Place> {
    WAITING.with_borrow_mut(|lines| {
        let line = lines.entry(workspace.to_owned()).or_default();
        line.waiting = line.waiting.split_off(&(now_ms - FORGOTTEN_MS, 0));
        let for_long = line.waiting.range(..(now_ms - LONG_MS, 0)).take(MANY).count();
        if for_long >= MANY {
            return None;
        }
        let at = (now_ms, line.next);
        line.next += 1;
        line.waiting.insert(at);
        Some(Place { workspace: workspace.to_owned(), at })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn while_many_have_waited_for_long_nobody_else_is_let_in() {
        let mut places: Vec<Place> = (0..100).filter_map(|_| enter("busy", 0)).collect();
        assert_eq!(places.len(), 100, "they all came at once: nobody has waited for long");
        assert!(enter("busy", LONG_MS + 1).is_none());
        assert!(enter("other", LONG_MS + 1).is_some(), "another desk has a line of its own");
        places.truncate(MANY - 1);
        assert!(enter("busy", LONG_MS + 1).is_some(), "the desk has caught up");
    }

    #[test]
    fn whoever_hung_up_is_forgotten() {
        let gone: Vec<Place> = (0..100).filter_map(|_| enter("left", 0)).collect();
        assert!(enter("left", FORGOTTEN_MS).is_none());
        assert!(enter("left", FORGOTTEN_MS + 1).is_some());
        drop(gone);
    }
}
