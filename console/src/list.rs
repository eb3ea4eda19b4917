//! One list of a queue as it is on the screen: pages fetched by cursor, and rows that the live connection brings,
//! merged so that nothing is missed, doubled, or put back to an older state.
//! Not here: fetching (`pages::queue`), or drawing.

mod chunks;
#[cfg(test)]
mod tests;

use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use shared::wire::console::{ItemPage, ItemRow, ItemState, Whose};
use shared::wire::lists::Filter;

pub use chunks::ChunkId;
use chunks::{Chunks, Placed};

/// The sides of a queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    /// What waits or is being worked on, best first.
    Open,
    /// Of that, one's own.
    Mine,
    /// Of that, what is nobody's yet.
    Unassigned,
    /// What is done, latest first.
    Closed,
}

impl Side {
    /// Every side, in the order of the page.
    pub const ALL: [Self; 4] = [Self::Open, Self::Mine, Self::Unassigned, Self::Closed];

    /// As the address and the API ask for it.
    pub fn query(self) -> &'static str {
        match self {
            Self::Open => "state=open",
            Self::Mine => "whose=mine",
            Self::Unassigned => "whose=unassigned",
            Self::Closed => "state=closed",
        }
    }

    fn holds(self, row: &ItemRow, me: &str) -> bool {
        let is_closed = row.state == ItemState::Closed;
        match self {
            Self::Open => !is_closed,
            Self::Mine => !is_closed && row.owner.as_ref().is_some_and(|owner| owner.id == me),
            Self::Unassigned => !is_closed && row.owner.is_none(),
            Self::Closed => is_closed,
        }
    }

    /// The side that a kept view names.
    pub fn of(closed: bool, whose: Whose) -> Self {
        match whose {
            _ if closed => Self::Closed,
            Whose::All => Self::Open,
            Whose::Mine => Self::Mine,
            Whose::Unassigned => Self::Unassigned,
        }
    }

    /// As a kept view names it: whether it is of closed items, and of open ones, whose.
    pub fn named(self) -> (bool, Whose) {
        match self {
            Self::Open => (false, Whose::All),
            Self::Mine => (false, Whose::Mine),
            Self::Unassigned => (false, Whose::Unassigned),
            Self::Closed => (true, Whose::All),
        }
    }

    /// The server's order. Equal rows keep the order of their ids, so that every screen shows the same.
    fn compare(self, a: &Placed, b: &Placed) -> Ordering {
        let (first, other) = (&a.row, &b.row);
        match self {
            Self::Open | Self::Mine | Self::Unassigned => (first.rests.is_some().cmp(&other.rests.is_some()))
                .then_with(|| other.complaint.cmp(&first.complaint))
                .then_with(|| other.urgency.cmp(&first.urgency))
                .then_with(|| other.score.cmp(&first.score))
                .then_with(|| a.opened.cmp(&b.opened)),
            Self::Closed => other.changed.cmp(&first.changed),
        }
        .then_with(|| first.id.cmp(&other.id))
    }
}

/// Which list: a queue, one side of it, and what it is narrowed to.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Which {
    /// The queue.
    pub queue: String,
    /// The side of it.
    pub side: Side,
    /// What the list is narrowed to.
    pub filter: Filter,
}

impl Which {
    /// One side of a queue, whole.
    pub fn whole(queue: &str, side: Side) -> Self {
        Self { queue: queue.to_owned(), side, filter: Filter::default() }
    }

    /// The same list, narrowed to something else.
    pub fn narrowed(&self, filter: Filter) -> Self {
        Self { filter, ..self.clone() }
    }

    /// Whether a row is in it, as far as the row shows.
    fn holds(&self, row: &ItemRow, me: &str) -> bool {
        row.queue == self.queue && self.side.holds(row, me) && self.filter.holds(row)
    }
}

/// What a row that arrived did to the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Merged {
    /// It is in the list now, and was not.
    New,
    /// It was there, and shows its new state.
    Changed,
    /// It belongs here no longer.
    Gone,
    /// It may belong here: only the server knows, and the list is to be read again.
    Unsure,
    /// Older than what is known, elsewhere, or on a page that was not asked for yet.
    Nothing,
}

/// The rows of one list.
#[derive(Debug, Clone)]
pub struct List {
    which: Which,
    /// Whoever looks at it.
    me: String,
    chunks: Chunks,
    /// The newest state that was ever seen of each item, so that a late answer never wins over a newer one.
    seen: HashMap<String, u64>,
    /// Rows that came live while a page was on its way: the page may be older than they are.
    meanwhile: Vec<ItemRow>,
    fetches: u32,
    fresh: HashSet<String>,
    next: Option<String>,
}

impl List {
    /// Nothing known yet.
    pub fn new(which: &Which, me: &str) -> Self {
        Self {
            which: which.clone(),
            me: me.to_owned(),
            chunks: Chunks::new(which.side),
            seen: HashMap::new(),
            meanwhile: Vec::new(),
            fetches: 0,
            fresh: HashSet::new(),
            next: None,
        }
    }

    /// How many rows are known.
    pub fn len(&self) -> usize {
        self.chunks.len()
    }

    /// The rows, in order.
    pub fn rows(&self) -> impl Iterator<Item = &Arc<ItemRow>> {
        self.chunks.rows()
    }

    /// One row.
    pub fn get(&self, id: &str) -> Option<&Arc<ItemRow>> {
        self.chunks.get(id)
    }

    /// The row at a place, from 0.
    pub fn at(&self, place: usize) -> Option<&Arc<ItemRow>> {
        self.chunks.at(place)
    }

    /// The place of a row, from 0.
    pub fn place(&self, id: &str) -> Option<usize> {
        self.chunks.place(id)
    }

    /// The rows from one to another, whichever of them stands first.
    pub fn between(&self, one: &str, other: &str) -> Vec<String> {
        let (Some(one), Some(other)) = (self.place(one), self.place(other)) else { return Vec::new() };
        let (first, last) = (one.min(other), one.max(other));
        self.rows().skip(first).take(last - first + 1).map(|row| row.id.clone()).collect()
    }

    /// The names of its [chunks](chunks), in order.
    pub fn chunks(&self) -> Vec<ChunkId> {
        self.chunks.names()
    }

    /// The rows of a chunk.
    pub fn rows_of(&self, chunk: ChunkId) -> Vec<Arc<ItemRow>> {
        self.chunks.rows_of(chunk)
    }

    /// How many rows a chunk has, and how many stand before it.
    pub fn span(&self, chunk: ChunkId) -> (usize, usize) {
        self.chunks.span(chunk)
    }

    /// The chunk that a row stands in.
    pub fn chunk_of(&self, id: &str) -> Option<ChunkId> {
        self.chunks.of(id)
    }

    /// Where the next page starts, if there is one.
    pub fn next(&self) -> Option<&str> {
        self.next.as_deref()
    }

    /// Whether a row came while it was watched, and has not been [settled](Self::settle).
    pub fn is_fresh(&self, id: &str) -> bool {
        self.fresh.contains(id)
    }

    /// The row is an ordinary one from now on.
    pub fn settle(&mut self, id: &str) {
        self.fresh.remove(id);
    }

    /// A page was asked for: from now on live rows are remembered until it is there.
    pub fn fetching(&mut self) {
        self.fetches += 1;
    }

    /// The page did not come.
    pub fn not_fetched(&mut self) {
        self.fetches = self.fetches.saturating_sub(1);
        if self.fetches == 0 {
            self.meanwhile.clear();
        }
    }

    /// The list was read again from its start: what is not in it has left, unless it came in the meantime.
    pub fn replace(&mut self, page: ItemPage) {
        let stay: HashSet<&str> = page.items.iter().map(|row| row.id.as_str()).collect();
        let gone: Vec<String> =
            self.rows().filter(|row| !stay.contains(row.id.as_str())).map(|row| row.id.clone()).collect();
        for id in gone {
            self.chunks.remove(&id);
        }
        self.append(page);
    }

    /// One more page, after those that are there.
    pub fn append(&mut self, page: ItemPage) {
        self.next = page.next;
        for row in page.items {
            self.take(row);
        }
        self.fetched();
    }

    /// A row that came live, or as the answer to an action.
    pub fn merge(&mut self, row: &ItemRow) -> Merged {
        if self.fetches > 0 {
            self.meanwhile.push(row.clone());
        }
        let is_known = self.get(&row.id).is_some();
        let older = self.seen.get(&row.id).is_some_and(|changed| *changed >= row.changed);
        if older {
            return Merged::Nothing;
        }
        let belongs = self.which.holds(row, &self.me);
        if belongs && !is_known && self.is_by_words() {
            return Merged::Unsure;
        }
        self.seen.insert(row.id.clone(), row.changed);
        if !belongs {
            self.chunks.remove(&row.id);
            self.fresh.remove(&row.id);
            return if is_known { Merged::Gone } else { Merged::Nothing };
        }
        let placed = Placed::new(row.clone());
        if is_known {
            self.chunks.insert(placed);
            return Merged::Changed;
        }
        if self.is_beyond(&placed) {
            self.seen.remove(&row.id);
            return Merged::Nothing;
        }
        self.chunks.insert(placed);
        self.fresh.insert(row.id.clone());
        Merged::New
    }

    /// Only the server knows which rows have the words.
    fn is_by_words(&self) -> bool {
        !self.which.filter.q.is_empty()
    }

    /// Below the last row there may be others that were not fetched: what would stand there comes with their page.
    fn is_beyond(&self, placed: &Placed) -> bool {
        self.next.is_some() && self.chunks.is_last(placed)
    }

    /// Puts a fetched row in its place, unless something newer is known of it.
    fn take(&mut self, row: ItemRow) {
        if self.seen.get(&row.id).is_some_and(|changed| *changed > row.changed) {
            return;
        }
        let known = self.get(&row.id);
        if known.is_some_and(|known| **known == row) {
            return;
        }
        if !self.which.holds(&row, &self.me) {
            self.chunks.remove(&row.id);
            return;
        }
        self.seen.insert(row.id.clone(), row.changed);
        self.chunks.insert(Placed::new(row));
    }

    fn fetched(&mut self) {
        let meanwhile = self.meanwhile.clone();
        self.not_fetched();
        for row in meanwhile {
            // Already seen, so `merge` would call it old; but the page may have put an older state in its place.
            let known = self.get(&row.id).map(|known| known.changed);
            let newer = known.is_none_or(|changed| changed < row.changed);
            let unsure = known.is_none() && self.is_by_words();
            if newer && !unsure && !self.is_beyond(&Placed::new(row.clone())) {
                self.take(row);
            }
        }
    }
}
