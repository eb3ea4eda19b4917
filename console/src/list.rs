//! One side of a queue as it is on the screen: pages fetched by cursor, and rows that the live connection brings,
//! merged so that nothing is missed, doubled, or put back to an older state.
//! Not here: fetching (`pages::queue`), or drawing.

use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};

use shared::wire::console::{ItemPage, ItemRow, ItemState};

use crate::when;

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

    /// The server's order. Equal rows keep the order of their ids, so that every screen shows the same.
    fn compare(self, a: &ItemRow, b: &ItemRow) -> Ordering {
        match self {
            Self::Open | Self::Mine | Self::Unassigned => (a.rests.is_some().cmp(&b.rests.is_some()))
                .then_with(|| b.complaint.cmp(&a.complaint))
                .then_with(|| b.urgency.cmp(&a.urgency))
                .then_with(|| b.score.cmp(&a.score))
                .then_with(|| when::millis(&a.opened_at).cmp(&when::millis(&b.opened_at))),
            Self::Closed => b.changed.cmp(&a.changed),
        }
        .then_with(|| a.id.cmp(&b.id))
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
    /// Older than what is known, elsewhere, or on a page that was not asked for yet.
    Nothing,
}

/// The rows of one side of one queue.
#[derive(Debug, Clone)]
pub struct List {
    queue: String,
    /// Whoever looks at it.
    me: String,
    side: Side,
    rows: Vec<ItemRow>,
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
    pub fn new(queue: &str, side: Side, me: &str) -> Self {
        Self {
            queue: queue.to_owned(),
            me: me.to_owned(),
            side,
            rows: Vec::new(),
            seen: HashMap::new(),
            meanwhile: Vec::new(),
            fetches: 0,
            fresh: HashSet::new(),
            next: None,
        }
    }

    /// The rows, in order.
    pub fn rows(&self) -> &[ItemRow] {
        &self.rows
    }

    /// One row.
    pub fn get(&self, id: &str) -> Option<&ItemRow> {
        self.rows.iter().find(|row| row.id == id)
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
        let known: HashMap<String, ItemRow> = self.rows.drain(..).map(|row| (row.id.clone(), row)).collect();
        self.next = page.next;
        for row in page.items {
            match known.get(&row.id) {
                Some(newer) if newer.changed > row.changed => self.take(newer.clone()),
                _ => self.take(row),
            }
        }
        self.fetched();
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
        let known = self.rows.iter().position(|it| it.id == row.id);
        let older = self.seen.get(&row.id).is_some_and(|changed| *changed >= row.changed);
        if older {
            return Merged::Nothing;
        }
        self.seen.insert(row.id.clone(), row.changed);
        if let Some(at) = known {
            self.rows.remove(at);
        }
        if !self.belongs(row) {
            self.fresh.remove(&row.id);
            return if known.is_some() { Merged::Gone } else { Merged::Nothing };
        }
        let at = self.place(row);
        if known.is_none() && self.is_beyond(at) {
            self.seen.remove(&row.id);
            return Merged::Nothing;
        }
        self.rows.insert(at, row.clone());
        if known.is_some() {
            return Merged::Changed;
        }
        self.fresh.insert(row.id.clone());
        Merged::New
    }

    fn belongs(&self, row: &ItemRow) -> bool {
        row.queue == self.queue && self.side.holds(row, &self.me)
    }

    fn place(&self, row: &ItemRow) -> usize {
        self.rows.partition_point(|it| self.side.compare(it, row) == Ordering::Less)
    }

    /// Below the last row there may be others that were not fetched: what would stand there comes with their page.
    fn is_beyond(&self, at: usize) -> bool {
        at == self.rows.len() && self.next.is_some()
    }

    /// Puts a fetched row in its place, unless something newer is known of it.
    fn take(&mut self, row: ItemRow) {
        if self.seen.get(&row.id).is_some_and(|changed| *changed > row.changed) || !self.belongs(&row) {
            return;
        }
        self.seen.insert(row.id.clone(), row.changed);
        self.rows.retain(|it| it.id != row.id);
        self.rows.insert(self.place(&row), row);
    }

    fn fetched(&mut self) {
        let meanwhile = self.meanwhile.clone();
        self.not_fetched();
        for row in meanwhile {
            // Already seen, so `merge` would call it old; but the page may have put an older state in its place.
            let newer = self.get(&row.id).is_none_or(|it| it.changed < row.changed);
            if newer && !self.is_beyond(self.place(&row)) {
                self.take(row);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use shared::wire::FormKind;
    use shared::wire::console::{MemberRef, Rest, Resting};

    use super::*;

    #[test]
    fn open_rows_stand_best_first_then_longest_waiting() {
        let mut list = filled(&[row("b", 50, 1), row("a", 90, 2)]);
        assert_eq!(list.merge(&opened(row("c", 50, 3), "2026-11-20T08:00:00Z")), Merged::New);
        assert_eq!(list.merge(&opened(row("d", 50, 4), "2026-11-20T10:30:00+01:00")), Merged::New);
        assert_eq!(ids(&list), ["a", "c", "b", "d"]);
    }

    #[test]
    fn what_presses_stands_first_and_what_rests_last() {
        let pressing = ItemRow { urgency: 75, ..row("b", 10, 2) };
        let complaint = ItemRow { complaint: true, ..row("c", 0, 3) };
        let resting = ItemRow { rests: Some(Rest { why: Resting::Waiting, until: None }), ..row("d", 99, 4) };
        let mut list = filled(&[row("a", 90, 1), pressing, complaint, resting]);
        assert_eq!(ids(&list), ["c", "b", "a", "d"]);
        list.merge(&ItemRow { urgency: 90, ..row("a", 90, 5) });
        assert_eq!(ids(&list), ["c", "a", "b", "d"]);
    }

    #[test]
    fn a_new_row_is_fresh_until_it_is_settled() {
        let mut list = filled(&[row("a", 90, 1)]);
        list.merge(&row("b", 50, 2));
        assert!(list.is_fresh("b") && !list.is_fresh("a"));
        list.settle("b");
        assert!(!list.is_fresh("b"));
    }

    #[test]
    fn an_older_state_never_comes_back() {
        let mut list = filled(&[row("a", 90, 5)]);
        assert_eq!(list.merge(&row("a", 10, 4)), Merged::Nothing);
        assert_eq!(list.merge(&closed(row("a", 90, 6))), Merged::Gone);
        assert_eq!(list.merge(&row("a", 90, 5)), Merged::Nothing);
        list.append(page(&[row("a", 90, 5)], None));
        assert!(ids(&list).is_empty(), "not even on a page");
    }

    #[test]
    fn a_changed_row_shows_its_new_state_in_its_place() {
        let mut list = filled(&[row("a", 90, 1), row("b", 50, 2)]);
        let mut claimed = row("a", 90, 3);
        claimed.state = ItemState::Claimed;
        assert_eq!(list.merge(&claimed), Merged::Changed);
        assert_eq!(ids(&list), ["a", "b"]);
        assert_eq!(list.get("a").map(|row| row.state), Some(ItemState::Claimed));
    }

    #[test]
    fn ones_own_and_nobodys_come_and_go_as_they_change_hands() {
        let owned = |owner: Option<&str>, changed| {
            let owner = owner.map(|id| MemberRef { id: id.to_owned(), name: id.to_owned() });
            ItemRow { owner, ..row("a", 90, changed) }
        };
        let mut mine = List::new("sales", Side::Mine, "mara");
        let mut nobodys = List::new("sales", Side::Unassigned, "mara");
        let mut merged = |row: ItemRow| (mine.merge(&row), nobodys.merge(&row));
        assert_eq!(merged(owned(None, 1)), (Merged::Nothing, Merged::New));
        assert_eq!(merged(owned(Some("mara"), 2)), (Merged::New, Merged::Gone));
        assert_eq!(merged(owned(Some("theo"), 3)), (Merged::Gone, Merged::Nothing));
        assert_eq!(merged(closed(owned(Some("mara"), 4))), (Merged::Nothing, Merged::Nothing));
    }

    #[test]
    fn rows_of_another_queue_leave_or_stay_away() {
        let mut list = filled(&[row("a", 90, 1)]);
        let mut elsewhere = row("a", 90, 2);
        elsewhere.queue = "success".to_owned();
        assert_eq!(list.merge(&elsewhere), Merged::Gone);
        elsewhere.id = "b".to_owned();
        assert_eq!(list.merge(&elsewhere), Merged::Nothing);
        assert!(ids(&list).is_empty());
    }

    #[test]
    fn a_row_past_the_last_page_waits_for_its_page() {
        let mut list = List::new("sales", Side::Open, "mara");
        list.fetching();
        list.replace(page(&[row("a", 90, 1), row("b", 50, 2)], Some("more")));
        assert_eq!(list.merge(&row("d", 10, 4)), Merged::Nothing);
        assert_eq!(list.merge(&row("e", 70, 5)), Merged::New);
        list.fetching();
        list.append(page(&[row("c", 20, 3), row("d", 10, 4)], None));
        assert_eq!(ids(&list), ["a", "e", "b", "c", "d"]);
        assert_eq!(list.next(), None);
    }

    #[test]
    fn what_comes_while_a_page_is_on_its_way_is_not_lost() {
        let mut list = filled(&[row("a", 90, 1)]);
        list.fetching();
        list.merge(&row("b", 50, 3));
        list.merge(&closed(row("a", 90, 4)));
        // Read by the server before either of them happened.
        list.replace(page(&[row("a", 90, 1)], None));
        assert_eq!(ids(&list), ["b"]);
    }

    #[test]
    fn reading_again_drops_what_left_while_nobody_listened() {
        let mut list = filled(&[row("a", 90, 1), row("b", 50, 2)]);
        list.fetching();
        list.replace(page(&[row("b", 50, 2), row("c", 40, 7)], None));
        assert_eq!(ids(&list), ["b", "c"]);
    }

    #[test]
    fn a_row_comes_once_however_often_it_is_sent() {
        let mut list = filled(&[row("a", 90, 1)]);
        list.append(page(&[row("a", 90, 1)], None));
        assert_eq!(list.merge(&row("a", 90, 1)), Merged::Nothing);
        assert_eq!(ids(&list), ["a"]);
    }

    #[test]
    fn closed_rows_stand_latest_first_and_leave_when_reopened() {
        let mut list = List::new("sales", Side::Closed, "mara");
        list.replace(page(&[closed(row("b", 10, 8)), closed(row("a", 90, 2))], None));
        list.merge(&closed(row("c", 5, 9)));
        assert_eq!(ids(&list), ["c", "b", "a"]);
        assert_eq!(list.merge(&row("b", 10, 10)), Merged::Gone);
        assert_eq!(ids(&list), ["c", "a"]);
    }

    fn filled(rows: &[ItemRow]) -> List {
        let mut list = List::new("sales", Side::Open, "mara");
        list.fetching();
        list.replace(page(rows, None));
        list
    }

    fn page(rows: &[ItemRow], next: Option<&str>) -> ItemPage {
        ItemPage { items: rows.to_vec(), next: next.map(str::to_owned) }
    }

    fn ids(list: &List) -> Vec<&str> {
        list.rows().iter().map(|row| row.id.as_str()).collect()
    }

    fn closed(mut row: ItemRow) -> ItemRow {
        row.state = ItemState::Closed;
        row
    }

    fn opened(mut row: ItemRow, at: &str) -> ItemRow {
        row.opened_at = at.to_owned();
        row
    }

    fn row(id: &str, score: i32, changed: u64) -> ItemRow {
        ItemRow {
            id: id.to_owned(),
            reference: format!("U-{id}"),
            queue: "sales".to_owned(),
            kind: FormKind::Inquiry,
            state: ItemState::Open,
            who: "Ada Example".to_owned(),
            summary: "Hello".to_owned(),
            tier: "B2".to_owned(),
            score,
            chance: None,
            site: "Platform".to_owned(),
            partner: false,
            opened_at: "2026-11-20T09:00:00Z".to_owned(),
            answer_by: "2026-11-20T13:00:00Z".to_owned(),
            touched: false,
            owner: None,
            outcome: None,
            changed,
            complaint: false,
            follow_up: None,
            urgency: 0,
            rests: None,
        }
    }
}
