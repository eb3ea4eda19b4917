//! Rows in their order, in chunks of some fifty that are drawn, or left out, as one. A chunk keeps its name and its other rows
//! when a row comes or goes: what is on the screen then stays there. A row is found by its id, and its place by halving.

use std::collections::HashMap;
use std::sync::Arc;

use shared::wire::console::ItemRow;

use super::Side;
use crate::when;

/// What a chunk is filled to at the end of a list: the rows of a page.
const FULL: usize = 50;
/// What a chunk may grow to before it becomes two.
const MOST: usize = 80;

/// Names a chunk, for as long as it has rows.
pub type ChunkId = u32;

/// A row, with what its place is found by.
#[derive(Debug, Clone)]
pub struct Placed {
    /// The row.
    pub row: Arc<ItemRow>,
    /// When it was opened.
    pub opened: Option<i64>,
}

impl Placed {
    /// Reads what its place is found by.
    pub fn new(row: ItemRow) -> Self {
        Self { opened: when::millis(&row.opened_at), row: Arc::new(row) }
    }
}

/// Some rows that stand one after the other; never none.
#[derive(Debug, Clone)]
struct Chunk {
    id: ChunkId,
    rows: Vec<Placed>,
}

/// All the rows of a list.
#[derive(Debug, Clone)]
pub struct Chunks {
    side: Side,
    chunks: Vec<Chunk>,
    by_id: HashMap<String, Placed>,
    names: ChunkId,
}

impl Chunks {
    /// No rows, to be in the order of a side.
    pub fn new(side: Side) -> Self {
        Self { side, chunks: Vec::new(), by_id: HashMap::new(), names: 0 }
    }

    /// How many rows.
    pub fn len(&self) -> usize {
        self.by_id.len()
    }

    /// The rows, in order.
    pub fn rows(&self) -> impl Iterator<Item = &Arc<ItemRow>> {
        self.chunks.iter().flat_map(|chunk| &chunk.rows).map(|placed| &placed.row)
    }

    /// One row.
    pub fn get(&self, id: &str) -> Option<&Arc<ItemRow>> {
        self.by_id.get(id).map(|placed| &placed.row)
    }

    /// The row at a place, from 0.
    pub fn at(&self, mut place: usize) -> Option<&Arc<ItemRow>> {
        for chunk in &self.chunks {
            match chunk.rows.get(place) {
                Some(placed) => return Some(&placed.row),
                None => place -= chunk.rows.len(),
            }
        }
        None
    }

    /// The place of a row, from 0.
    pub fn place(&self, id: &str) -> Option<usize> {
        let (chunk, at) = self.seat(self.by_id.get(id)?);
        Some(self.before(chunk) + at)
    }

    /// The names of the chunks, in order.
    pub fn names(&self) -> Vec<ChunkId> {
        self.chunks.iter().map(|chunk| chunk.id).collect()
    }

    /// The rows of a chunk; none where there is no such chunk (any more).
    pub fn rows_of(&self, id: ChunkId) -> Vec<Arc<ItemRow>> {
        let chunk = self.chunks.iter().find(|chunk| chunk.id == id);
        chunk.map(|chunk| chunk.rows.iter().map(|placed| Arc::clone(&placed.row)).collect()).unwrap_or_default()
    }

    /// How many rows a chunk has, and how many stand before it.
    pub fn span(&self, id: ChunkId) -> (usize, usize) {
        let index = self.chunks.iter().position(|chunk| chunk.id == id);
        let count = index.and_then(|index| self.chunks.get(index)).map_or(0, |chunk| chunk.rows.len());
        (count, index.map_or(0, |index| self.before(index)))
    }

    /// The chunk that a row stands in.
    pub fn of(&self, id: &str) -> Option<ChunkId> {
        let (chunk, _) = self.seat(self.by_id.get(id)?);
        self.chunks.get(chunk).map(|chunk| chunk.id)
    }

    /// Whether a row would stand after all of them.
    pub fn is_last(&self, placed: &Placed) -> bool {
        self.seat(placed).0 == self.chunks.len()
    }

    /// Puts a row in its place.
    pub fn insert(&mut self, placed: Placed) {
        self.remove(&placed.row.id);
        self.by_id.insert(placed.row.id.clone(), placed.clone());
        let (index, at) = self.seat(&placed);
        let Some(chunk) = self.chunks.get_mut(index) else {
            return self.push(placed);
        };
        chunk.rows.insert(at, placed);
        if chunk.rows.len() > MOST {
            let rows = chunk.rows.split_off(chunk.rows.len() / 2);
            let id = self.name();
            self.chunks.insert(index + 1, Chunk { id, rows });
        }
    }

    /// Takes a row out.
    pub fn remove(&mut self, id: &str) -> Option<Arc<ItemRow>> {
        let placed = self.by_id.remove(id)?;
        let (index, at) = self.seat(&placed);
        let chunk = self.chunks.get_mut(index)?;
        chunk.rows.remove(at);
        if chunk.rows.is_empty() {
            self.chunks.remove(index);
        }
        Some(placed.row)
    }

    fn push(&mut self, placed: Placed) {
        match self.chunks.last_mut() {
            Some(last) if last.rows.len() < FULL => last.rows.push(placed),
            _ => {
                let id = self.name();
                self.chunks.push(Chunk { id, rows: vec![placed] });
            }
        }
    }

    fn name(&mut self) -> ChunkId {
        self.names += 1;
        self.names
    }

    /// The chunk and the place in it that a row has, or would have: past the last chunk, where all stand before it.
    fn seat(&self, placed: &Placed) -> (usize, usize) {
        let is_before = |it: &Placed| self.side.compare(it, placed).is_lt();
        let index = self.chunks.partition_point(|chunk| chunk.rows.last().is_some_and(is_before));
        let at = self.chunks.get(index).map_or(0, |chunk| chunk.rows.partition_point(is_before));
        (index, at)
    }

    fn before(&self, index: usize) -> usize {
        self.chunks.iter().take(index).map(|chunk| chunk.rows.len()).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::row;
    use super::*;

    #[test]
    fn pages_at_the_end_are_chunks_of_their_own() {
        let chunks = of(120);
        assert_eq!(chunks.names(), [1, 2, 3]);
        assert_eq!([1, 2, 3].map(|id| chunks.span(id)), [(50, 0), (50, 50), (20, 100)]);
        assert_eq!(chunks.at(100).map(|row| row.id.as_str()), Some("0100"));
        assert_eq!(chunks.at(120), None);
        assert_eq!((chunks.place("0075"), chunks.of("0075")), (Some(75), Some(2)));
    }

    #[test]
    fn what_comes_in_between_moves_no_row_to_another_chunk() {
        let mut chunks = of(100);
        let second = ids(&chunks, 2);
        chunks.insert(placed("0000x", 10_000));
        assert_eq!((chunks.names(), chunks.span(1).0), (vec![1, 2], 51));
        assert_eq!(ids(&chunks, 2), second);
        assert_eq!(chunks.place("0050"), Some(51));
    }

    #[test]
    fn a_chunk_that_grows_too_long_becomes_two() {
        let mut chunks = of(100);
        for more in 0..31 {
            chunks.insert(placed(&format!("0010-{more:02}"), 9_990));
        }
        assert_eq!(chunks.names(), [1, 3, 2]);
        assert_eq!([1, 3, 2].map(|id| chunks.span(id)), [(40, 0), (41, 40), (50, 81)]);
        assert_eq!(chunks.rows().count(), 131);
    }

    #[test]
    fn a_chunk_without_rows_is_gone() {
        let mut chunks = of(60);
        for id in ids(&chunks, 1) {
            assert!(chunks.remove(&id).is_some());
        }
        assert_eq!((chunks.names(), chunks.len()), (vec![2], 10));
        assert_eq!(chunks.remove("0000"), None);
    }

    #[test]
    fn a_row_that_changes_has_one_place() {
        let mut chunks = of(60);
        chunks.insert(placed("0059", 20_000));
        assert_eq!((chunks.place("0059"), chunks.len()), (Some(0), 60));
        assert_eq!(chunks.place("0000"), Some(1));
    }

    fn of(count: usize) -> Chunks {
        let mut chunks = Chunks::new(Side::Open);
        for at in 0..count {
            chunks.insert(placed(&format!("{at:04}"), 10_000 - i32::try_from(at).unwrap()));
        }
        chunks
    }

    fn placed(id: &str, score: i32) -> Placed {
        Placed::new(row(id, score, 1))
    }

    fn ids(chunks: &Chunks, id: ChunkId) -> Vec<String> {
        chunks.rows_of(id).iter().map(|row| row.id.clone()).collect()
    }
}
