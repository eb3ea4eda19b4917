//! What live rows and pages make of a list.

use shared::wire::console::{MemberRef, Rest, Resting};
use shared::wire::{Channel, FormKind};

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
    let mut mine = List::new(&Which::whole("sales", Side::Mine), "mara");
    let mut nobodys = List::new(&Which::whole("sales", Side::Unassigned), "mara");
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
    let mut list = List::new(&Which::whole("sales", Side::Open), "mara");
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
    let mut list = List::new(&Which::whole("sales", Side::Closed), "mara");
    list.replace(page(&[closed(row("b", 10, 8)), closed(row("a", 90, 2))], None));
    list.merge(&closed(row("c", 5, 9)));
    assert_eq!(ids(&list), ["c", "b", "a"]);
    assert_eq!(list.merge(&row("b", 10, 10)), Merged::Gone);
    assert_eq!(ids(&list), ["c", "a"]);
}

#[test]
fn a_narrowed_list_takes_what_its_filter_holds_and_lets_go_of_the_rest() {
    let which = Which::whole("sales", Side::Open).narrowed(Filter { tier: "A".to_owned(), ..Filter::default() });
    let mut list = List::new(&which, "mara");
    let of = |tier: &str, changed| ItemRow { tier: tier.to_owned(), ..row("a", 90, changed) };
    assert_eq!(list.merge(&of("B1", 1)), Merged::Nothing);
    assert_eq!(list.merge(&of("A2", 2)), Merged::New);
    assert_eq!(list.merge(&of("A1", 3)), Merged::Changed);
    assert_eq!(list.merge(&of("C3", 4)), Merged::Gone);
    list.fetching();
    list.merge(&of("A3", 5));
    list.replace(page(&[], None));
    assert_eq!(ids(&list), ["a"], "came while it was read");
}

#[test]
fn of_words_only_the_server_knows_which_rows_have_them() {
    let which = Which::whole("sales", Side::Open).narrowed(Filter { q: "ada".to_owned(), ..Filter::default() });
    let mut list = List::new(&which, "mara");
    list.fetching();
    list.replace(page(&[row("a", 90, 1)], None));
    list.fetching();
    assert_eq!(list.merge(&row("b", 50, 2)), Merged::Unsure);
    assert_eq!(list.merge(&closed(row("b", 50, 3))), Merged::Nothing);
    assert_eq!(list.merge(&row("c", 50, 4)), Merged::Unsure);
    list.replace(page(&[row("a", 90, 1)], None));
    assert_eq!(ids(&list), ["a"]);
    assert_eq!(list.merge(&closed(row("a", 90, 5))), Merged::Gone, "what it has is known");
}

#[test]
fn rows_are_found_by_place_and_in_stretches() {
    let list = filled(&[row("a", 90, 1), row("b", 50, 2), row("c", 40, 3), row("d", 30, 4)]);
    assert_eq!(list.between("c", "b"), ["b", "c"]);
    assert_eq!(list.between("a", "x"), Vec::<String>::new());
    assert_eq!(list.place("d"), Some(3));
    assert_eq!(list.at(0).map(|row| row.id.as_str()), Some("a"));
}

#[test]
fn ten_thousand_rows_take_a_live_one_without_being_looked_through() {
    let mut list = List::new(&Which::whole("sales", Side::Open), "mara");
    let rows: Vec<ItemRow> = (0..10_000).map(|at| row(&format!("{at:05}"), 20_000 - at, 1)).collect();
    list.fetching();
    list.replace(page(&rows, None));
    let before = list.rows_of(150);
    assert_eq!(list.merge(&row("x", 15_000, 2)), Merged::New);
    assert_eq!((list.len(), list.place("x")), (10_001, Some(5_001)));
    let after = list.rows_of(150);
    assert!(before.iter().zip(&after).all(|(one, other)| Arc::ptr_eq(one, other)), "the others are not even copied");
}

fn filled(rows: &[ItemRow]) -> List {
    let mut list = List::new(&Which::whole("sales", Side::Open), "mara");
    list.fetching();
    list.replace(page(rows, None));
    list
}

fn page(rows: &[ItemRow], next: Option<&str>) -> ItemPage {
    ItemPage { items: rows.to_vec(), next: next.map(str::to_owned) }
}

fn ids(list: &List) -> Vec<&str> {
    list.rows().map(|row| row.id.as_str()).collect()
}

fn closed(mut row: ItemRow) -> ItemRow {
    row.state = ItemState::Closed;
    row
}

fn opened(mut row: ItemRow, at: &str) -> ItemRow {
    row.opened_at = at.to_owned();
    row
}

pub fn row(id: &str, score: i32, changed: u64) -> ItemRow {
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
        channel: Channel::Web,
    }
}
