//! The items that are picked for what is done to many at once: by id, so that they stay picked while the list moves.

use std::collections::HashSet;

use shared::wire::lists::MOST_AT_ONCE;

/// What is picked of a list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Picks {
    ids: HashSet<String>,
    /// Where a stretch starts: what was picked last.
    from: Option<String>,
}

impl Picks {
    /// How many.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether nothing is.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Whether there is no room for another one.
    pub fn is_full(&self) -> bool {
        self.len() >= MOST_AT_ONCE
    }

    /// Whether an item is.
    pub fn has(&self, id: &str) -> bool {
        self.ids.contains(id)
    }

    /// All of them, in no order.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.ids.iter().map(String::as_str)
    }

    /// Where a stretch starts.
    pub fn from(&self) -> Option<&str> {
        self.from.as_deref()
    }

    /// Picks an item, or lets go of it. A stretch starts there from now on.
    pub fn turn(&mut self, id: &str) {
        if !self.ids.remove(id) && !self.is_full() {
            self.ids.insert(id.to_owned());
        }
        self.from = Some(id.to_owned());
    }

    /// Picks these as well, as far as there is room: the first ones first.
    pub fn add(&mut self, ids: impl IntoIterator<Item = String>) {
        for id in ids {
            if self.is_full() {
                return;
            }
            self.ids.insert(id);
        }
    }

    /// Lets go of one.
    pub fn drop(&mut self, id: &str) {
        self.ids.remove(id);
    }

    /// Keeps those only that are something.
    pub fn keep(&mut self, is: impl Fn(&str) -> bool) {
        self.ids.retain(|id| is(id));
    }

    /// Lets go of all.
    pub fn clear(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_is_picked_and_let_go_of() {
        let mut picks = Picks::default();
        picks.turn("a");
        picks.turn("b");
        assert_eq!((picks.len(), picks.has("a"), picks.from()), (2, true, Some("b")));
        picks.turn("a");
        assert_eq!((picks.len(), picks.has("a"), picks.from()), (1, false, Some("a")));
        picks.keep(|id| id != "b");
        assert!(picks.is_empty());
    }

    #[test]
    fn there_are_never_more_than_one_call_takes() {
        let mut picks = Picks::default();
        picks.add((0..500).map(|at| at.to_string()));
        assert_eq!((picks.len(), picks.is_full()), (MOST_AT_ONCE, true));
        assert!(picks.has("0") && !picks.has("200"));
        picks.turn("x");
        assert!(!picks.has("x"), "no room");
        picks.turn("0");
        picks.turn("x");
        assert!(picks.has("x"), "room again");
    }
}
