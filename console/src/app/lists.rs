//! The lists that were looked at last, each with what is picked of it; and how what changes gets into them.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use leptos::prelude::*;
use shared::wire::console::{ItemRow, MemberRef};

use super::Desk;
use crate::api::Failure;
use crate::list::{ChunkId, List, Merged, Side, Which};
use crate::picks::Picks;
use crate::words;

/// How many lists are kept: what changes is put into each of them.
const KEPT: usize = 8;
/// How long a row that came live stays marked.
const FRESH_FOR: Duration = Duration::from_secs(8);
/// Rows that come together are announced together.
const ANNOUNCE_AFTER: Duration = Duration::from_millis(700);

/// One list, with the state of its fetching.
pub struct Shelf {
    /// The rows.
    pub list: List,
    /// Whether it was ever read.
    pub read: bool,
    /// Whether it is being read, from its start or further.
    pub busy: bool,
    /// Why the last reading brought nothing.
    pub failure: Option<Failure>,
    /// Which opening of the live connection it was read under: after another, something may be missing.
    pub opening: u32,
    /// Whether something may be missing that only the server knows.
    pub behind: bool,
}

/// A list and what belongs to it; a handle that every part may copy.
#[derive(Clone)]
pub struct Shelved {
    /// Which one.
    pub which: Which,
    /// The rows.
    pub shelf: ArcRwSignal<Shelf>,
    /// What is picked of it.
    pub picks: ArcRwSignal<Picks>,
    /// How high its chunks were when they were drawn last, and with how many rows.
    pub heights: ArcStoredValue<HashMap<ChunkId, (f64, usize)>>,
}

impl Desk {
    /// A list; the same one whenever it is asked for, as long as it is one of the latest.
    pub fn shelf(self, which: &Which) -> Shelved {
        let known = self.shelves.try_update_value(|shelves| {
            let at = shelves.iter().position(|it| it.which == *which)?;
            let known = shelves.remove(at);
            shelves.push(known.clone());
            Some(known)
        });
        if let Some(known) = known.flatten() {
            return known;
        }
        let new = Shelved {
            which: which.clone(),
            shelf: ArcRwSignal::new(Shelf {
                list: List::new(which, &self.my_id()),
                read: false,
                busy: false,
                failure: None,
                opening: 0,
                behind: false,
            }),
            picks: ArcRwSignal::new(Picks::default()),
            heights: ArcStoredValue::new(HashMap::new()),
        };
        self.shelves.update_value(|shelves| {
            if shelves.len() >= KEPT {
                shelves.remove(0);
            }
            shelves.push(new.clone());
        });
        new
    }

    /// The list that is on the screen while the caller's owner lives: what is new in it is announced.
    pub fn watch(self, which: &Which) {
        let watched = which.clone();
        self.list.set_value(Some(watched.clone()));
        self.watched.set_value(Some(watched.clone()));
        on_cleanup(move || {
            let _ = self.watched.try_update_value(|now| {
                // The next page may be there already.
                if now.as_ref() == Some(&watched) {
                    *now = None;
                }
            });
        });
    }

    /// A signal of the number of the latest change of the item that is on the screen.
    pub fn watch_item(self, id: &str) -> ArcRwSignal<u64> {
        let changed = ArcRwSignal::new(0);
        self.open_item.set_value(Some((id.to_owned(), changed.clone())));
        changed
    }

    /// Lets go of all lists: what was erased is in none of them.
    pub fn forget_lists(self) {
        self.shelves.update_value(Vec::clear);
    }

    /// Takes a row that came live, or as the answer to an action.
    pub fn take(self, row: &ItemRow) {
        self.take_all(std::slice::from_ref(row));
    }

    /// Takes rows that come together.
    pub fn take_all(self, rows: &[ItemRow]) {
        for shelved in self.shelves.get_value() {
            let mut merged = Vec::new();
            shelved.shelf.maybe_update(|it| {
                merged.extend(rows.iter().map(|row| it.list.merge(row)));
                it.behind |= merged.contains(&Merged::Unsure);
                merged.iter().any(|it| *it != Merged::Nothing)
            });
            for (row, merged) in rows.iter().zip(merged) {
                match merged {
                    Merged::New => self.came(&shelved, row),
                    Merged::Gone => shelved.picks.maybe_update(|picks| {
                        let was_picked = picks.has(&row.id);
                        picks.drop(&row.id);
                        was_picked
                    }),
                    Merged::Changed | Merged::Unsure | Merged::Nothing => {}
                }
            }
        }
        self.open_item.with_value(|open| {
            let Some((id, changed)) = open else { return };
            if let Some(row) = rows.iter().find(|row| row.id == *id) {
                changed.set(row.changed);
            }
        });
    }

    /// The sites that are known, by name: of the rows that were read, and of the Sites page.
    pub fn known_sites(self) -> Vec<String> {
        let mut names: BTreeSet<String> = BTreeSet::new();
        self.sites.with_untracked(|sites| {
            let all = sites.iter().flat_map(|view| &view.sites);
            names.extend(all.map(|site| site.edit.name.clone()));
        });
        self.each_row(|row| {
            if !names.contains(&row.site) {
                names.insert(row.site.clone());
            }
        });
        names.into_iter().collect()
    }

    /// The owners of the rows that were read.
    pub fn known_owners(self) -> Vec<MemberRef> {
        let mut owners: Vec<MemberRef> = Vec::new();
        self.each_row(|row| {
            if let Some(owner) = row.owner.as_ref().filter(|owner| !owners.contains(owner)) {
                owners.push(owner.clone());
            }
        });
        owners
    }

    fn each_row(self, mut tell: impl FnMut(&ItemRow)) {
        for shelved in self.shelves.get_value() {
            shelved.shelf.with_untracked(|it| it.list.rows().for_each(|row| tell(row)));
        }
    }

    fn came(self, shelved: &Shelved, row: &ItemRow) {
        let (shelf, id) = (shelved.shelf.clone(), row.id.clone());
        set_timeout(move || shelf.update(|it| it.list.settle(&id)), FRESH_FOR);
        let is_watched = self.watched.with_value(|it| it.as_ref() == Some(&shelved.which));
        if shelved.which.side != Side::Closed && is_watched {
            self.announce(row.clone());
        }
    }

    fn announce(self, row: ItemRow) {
        let first = self.arrived.with_value(Vec::is_empty);
        self.arrived.update_value(|rows| rows.push(row));
        if !first {
            return;
        }
        let tell = move || {
            let rows = self.arrived.try_update_value(std::mem::take).unwrap_or_default();
            let Some(one) = rows.first() else { return };
            let queue = self.queue_name(&one.queue).unwrap_or_default();
            self.say(&if rows.len() == 1 {
                format!("New in {queue}: {}, {}, tier {}", one.who, one.summary, one.tier)
            } else {
                format!("{} in {queue}", words::counted(rows.len(), "new item", "new items"))
            });
        };
        set_timeout(tell, ANNOUNCE_AFTER);
    }
}
