//! What of a long list is drawn: the chunks that are near what one sees, and the one that has the focus. And where the focus is,
//! so that it is never lost to a row that moves or leaves.

use std::collections::HashSet;

use leptos::prelude::*;
use web_sys::Element;

use crate::app::Shelved;
use crate::dom::{self, Nearness};
use crate::list::{ChunkId, List};

/// How far from what is seen rows are drawn, in pixels: two screens.
const NEAR: u32 = 1_600;
/// How many rows are drawn before it is known which are seen.
const FIRST: usize = 80;
/// How high a row is, in pixels, before any was measured.
const ROW: f64 = 38.0;
/// The attributes by which a chunk and a row are known.
const CHUNK: &str = "data-chunk";
const ROW_OF: &str = "data-row";

/// A row, and its place when it was looked at last.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Place {
    id: String,
    at: usize,
}

/// What is drawn of a list; a handle that every part may copy.
#[derive(Clone, Copy)]
pub struct Window {
    shelved: StoredValue<Shelved>,
    near: RwSignal<HashSet<ChunkId>>,
    /// The chunk of the row that the focus goes to.
    goal: RwSignal<Option<ChunkId>>,
    /// The row that has the focus.
    focus: RwSignal<Option<Place>>,
    /// The row that had it last.
    last: StoredValue<Option<Place>>,
    observer: StoredValue<Option<Nearness>, LocalStorage>,
}

impl Window {
    /// Of a list that is about to be drawn.
    pub fn new(shelved: &Shelved) -> Self {
        let this = Self {
            shelved: StoredValue::new(shelved.clone()),
            near: RwSignal::new(HashSet::new()),
            goal: RwSignal::new(None),
            focus: RwSignal::new(None),
            last: StoredValue::new(None),
            observer: StoredValue::new_local(None),
        };
        this.observer
            .set_value(Nearness::new(NEAR, move |element, is_near, height| this.heard(&element, is_near, height)));
        let focused =
            window_event_listener(leptos::ev::focusin, move |event| this.focused(dom::nearest(event.target(), ROW_OF)));
        // A press beside all rows takes the focus away, and nothing says so.
        let pressed = window_event_listener(leptos::ev::pointerdown, move |event| {
            if dom::nearest(event.target(), ROW_OF).is_none() {
                this.focused(None);
            }
        });
        on_cleanup(move || {
            focused.remove();
            pressed.remove();
        });
        this.keep_focus(shelved);
        this
    }

    /// The first chunks are drawn at once: they are what one sees first.
    pub fn begin(self, chunk: ChunkId) {
        let before = self.of_list(|list| Some(list.span(chunk).1));
        if before.is_some_and(|before| before < FIRST) {
            self.near.write_untracked().insert(chunk);
        }
    }

    /// From now on it is known whether this chunk is near.
    pub fn watch(self, chunk: &Element) {
        self.observer.with_value(|observer| match observer {
            Some(observer) => observer.watch(chunk),
            // Then all of them are drawn.
            None => self.heard(chunk, true, 0.0),
        });
    }

    /// Whether a chunk is drawn.
    pub fn is_drawn(self, chunk: ChunkId, pinned: Memo<Option<ChunkId>>) -> bool {
        self.near.with(|near| near.contains(&chunk)) || pinned.get() == Some(chunk)
    }

    /// Whether a chunk is drawn in one go: the one that has the focus, or gets it.
    pub fn is_whole(self, chunk: ChunkId, pinned: Memo<Option<ChunkId>>) -> bool {
        self.goal.get() == Some(chunk) || pinned.get() == Some(chunk)
    }

    /// The chunk of the row that has the focus: it is drawn wherever it is.
    pub fn pinned(self) -> Memo<Option<ChunkId>> {
        let shelf = self.shelved.with_value(|it| it.shelf.clone());
        Memo::new(move |_| {
            let focus = self.focus.get();
            focus.and_then(|place| shelf.with(|it| it.list.chunk_of(&place.id)))
        })
    }

    /// How much room so many rows of a chunk that is not drawn need, in pixels.
    pub fn room(self, chunk: ChunkId, rows: usize) -> f64 {
        let heights = self.shelved.with_value(|it| it.heights.clone());
        let each = heights.with_value(|heights| match heights.get(&chunk) {
            Some((height, count)) => height / per(*count),
            None => {
                let (height, count) =
                    heights.values().fold((0.0, 0), |(all, rows), (one, count)| (all + one, rows + count));
                if count == 0 { ROW } else { height / per(count) }
            }
        });
        each * per(rows)
    }

    /// The row that has the focus.
    pub fn focus(self) -> Option<String> {
        self.focus.get_untracked().map(|place| place.id)
    }

    /// Draws a row, and puts the focus on it; with `only_if_free`, where nothing else has it.
    pub fn go_to(self, id: String, only_if_free: bool) {
        let Some(chunk) = self.of_list(|list| list.chunk_of(&id)) else { return };
        if self.goal.get_untracked() != Some(chunk) {
            self.goal.set(Some(chunk));
        }
        let is_new = self.near.with_untracked(|near| !near.contains(&chunk));
        if is_new {
            self.near.update(|near| {
                near.insert(chunk);
            });
        }
        let element = row_element(&id);
        if !is_new && !only_if_free && dom::focus(&element) {
            return;
        }
        request_animation_frame(move || {
            if !only_if_free || dom::focus_is_free() {
                dom::focus(&element);
            }
        });
    }

    /// Puts the focus where it was last: on the same row, or on the one that stands there now; or on the heading. Nothing is lost
    /// where it is somewhere else than in what is about to go.
    pub fn return_from(self, leaving: &str) {
        if dom::is_within(leaving) || dom::focus_is_free() {
            self.go_back();
        }
    }

    fn go_back(self) {
        let last = self.last.try_get_value().flatten();
        let row = last.and_then(|place| {
            self.of_list(|list| {
                let there = list.len().checked_sub(1).and_then(|end| list.at(place.at.min(end)));
                list.get(&place.id).or(there).map(|row| row.id.clone())
            })
        });
        match row {
            Some(id) => self.go_to(id, false),
            None => drop(dom::focus("page")),
        }
    }

    /// Something of the list; nothing once it has left the screen, which it may have while an answer was on its way.
    fn of_list<T>(self, of: impl FnOnce(&List) -> Option<T>) -> Option<T> {
        self.shelved.try_with_value(|it| it.shelf.with_untracked(|it| of(&it.list))).flatten()
    }

    fn focused(self, id: Option<String>) {
        let place = id.and_then(|id| {
            let at = self.of_list(|list| list.place(&id))?;
            Some(Place { id, at })
        });
        if place.is_some() {
            self.last.set_value(place.clone());
        }
        if self.focus.with_untracked(|focus| *focus != place) {
            self.focus.set(place);
        }
    }

    /// When the list moves, the row that has the focus may be drawn anew elsewhere, or leave: reading goes on where it stood.
    fn keep_focus(self, shelved: &Shelved) {
        let shelf = shelved.shelf.clone();
        Effect::new(move |_| {
            shelf.track();
            if self.focus.with_untracked(Option::is_none) {
                return;
            }
            request_animation_frame(move || {
                let Some(Some(place)) = self.focus.try_get_untracked() else { return };
                if dom::focus_is_free() {
                    self.go_back();
                } else if let Some(at) = self.of_list(|list| list.place(&place.id)) {
                    self.last.set_value(Some(Place { at, ..place }));
                }
            });
        });
    }

    fn heard(self, element: &Element, is_near: bool, height: f64) {
        let chunk = element.get_attribute(CHUNK).and_then(|id| id.parse::<ChunkId>().ok());
        let Some((chunk, was_near)) = chunk.zip(self.near.try_with_untracked(HashSet::clone)) else { return };
        if was_near.contains(&chunk) == is_near {
            return;
        }
        let rows = self.of_list(|list| Some(list.span(chunk).0)).unwrap_or_default();
        // One that is gone needs no room.
        if !is_near && rows > 0 {
            let heights = self.shelved.with_value(|it| it.heights.clone());
            heights.update_value(|heights| {
                heights.insert(chunk, (height, rows));
            });
        }
        self.near.update(|near| {
            if is_near {
                near.insert(chunk);
            } else {
                near.remove(&chunk);
            }
        });
    }
}

/// The id of the element that has the focus when a row has it.
pub fn row_element(id: &str) -> String {
    format!("item-{id}")
}

/// Rows as a number to divide by; never none.
#[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
fn per(rows: usize) -> f64 {
    rows.max(1) as f64
}
