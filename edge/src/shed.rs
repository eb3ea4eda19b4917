//! Turning away what would only wait: a desk takes submissions one after the other, and a line that grows answers nobody in
//! time.
//!
//! How many wait is counted here, for each workspace, and not for how long they have: the runtime looks at its sockets when it
//! has nothing else to do, so whoever comes while much is being done waits where nobody sees them. All of them begin to wait
//! here while submissions wait for each other ([`crate::desk_do`], `together.rs`).

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

/// The most that wait for one desk. At 200 a second, which is little, the last of them waits for a third of a second.
const MOST: usize = 64;
/// Who has waited for longer waits for something else (a verification, a slow journal), or hung up, which nobody tells us; in
/// milliseconds.
const FORGOTTEN_MS: i64 = 5_000;

thread_local! {
    static LINES: RefCell<BTreeMap<String, Line>> = const { RefCell::new(BTreeMap::new()) };
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
        LINES.with_borrow_mut(|lines| {
            if let Some(line) = lines.get_mut(&self.workspace) {
                line.waiting.remove(&self.at);
                if line.waiting.is_empty() {
                    lines.remove(&self.workspace);
                }
            }
        });
    }
}

impl Line {
    /// Whether one more is one too many.
    fn is_full(&mut self, now_ms: i64) -> bool {
        self.waiting = self.waiting.split_off(&(now_ms - FORGOTTEN_MS, 0));
        self.waiting.len() >= MOST
    }
}

/// Whether a line may be full: where none is, nobody has to be asked for.
pub fn is_any_full() -> bool {
    LINES.with_borrow(|lines| lines.values().any(|line| line.waiting.len() >= MOST))
}

/// Whether too many wait for this desk.
pub fn is_full(workspace: &str, now_ms: i64) -> bool {
    LINES.with_borrow_mut(|lines| lines.get_mut(workspace).is_some_and(|line| line.is_full(now_ms)))
}

/// A place, or none where too many wait.
pub fn enter(workspace: &str, now_ms: i64) -> Option<Place> {
    LINES.with_borrow_mut(|lines| {
        let line = lines.entry(workspace.to_owned()).or_default();
        if line.is_full(now_ms) {
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
    fn a_line_has_an_end_and_each_desk_one_of_its_own() {
        let mut places: Vec<Place> = (0..MOST).filter_map(|_| enter("busy", 0)).collect();
        assert_eq!(places.len(), MOST);
        assert!(enter("busy", 1).is_none());
        assert!(is_any_full() && is_full("busy", 1));
        assert!(enter("other", 1).is_some());
        assert!(!is_full("other", 1) && !is_full("nobodys", 1));
        places.pop();
        assert!(!is_any_full() && !is_full("busy", 1));
        assert!(enter("busy", 1).is_some());
    }

    #[test]
    fn whoever_waits_for_something_else_takes_nobodys_place() {
        let slow: Vec<Place> = (0..MOST).filter_map(|_| enter("slow", 0)).collect();
        assert!(enter("slow", FORGOTTEN_MS).is_none());
        assert!(is_full("slow", FORGOTTEN_MS));
        assert!(enter("slow", FORGOTTEN_MS + 1).is_some());
        drop(slow);
    }
}
