//! One line of a list.

use std::sync::Arc;

use leptos::either::Either;
use leptos::prelude::*;
use shared::wire::console::{ItemRow, ItemState};

use super::window::row_element;
use crate::app::{BASE, Desk, Shelf};
use crate::list::Side;
use crate::pages::item_path;
use crate::parts::{Due, Partner, Score, When};
use crate::picks::Picks;
use crate::words;

/// The line. `rows` are those of its chunk, `place` is its place in the list, from 0.
#[component]
pub fn Row(
    shelf: ArcRwSignal<Shelf>,
    picks: ArcRwSignal<Picks>,
    side: Side,
    rows: Memo<Vec<Arc<ItemRow>>>,
    first: Arc<ItemRow>,
    place: Memo<usize>,
) -> impl IntoView {
    let desk = Desk::here();
    let id = first.id.clone();
    let fresh = Memo::new({
        let (shelf, id) = (shelf.clone(), id.clone());
        move |_| shelf.with(|it| it.list.is_fresh(&id))
    });
    // A row that leaves keeps its last words until it is gone from the screen.
    let row = Memo::new({
        let id = id.clone();
        move |last: Option<&Arc<ItemRow>>| {
            let now = rows.with(|rows| rows.iter().find(|it| it.id == id).cloned());
            now.or_else(|| last.cloned()).unwrap_or_else(|| Arc::clone(&first))
        }
    });
    let text = move |of: fn(&ItemRow) -> String| Memo::new(move |_| row.with(|it| of(it)));
    let owner = Memo::new(move |_| {
        let me = desk.me.with(|me| me.as_ref().map(|it| it.id.clone()));
        row.with(|it| {
            let given = it.state == ItemState::Open;
            match &it.owner {
                Some(owner) if Some(&owner.id) == me.as_ref() => {
                    ("you", if given { "Given to you" } else { "You" }.to_owned())
                }
                Some(owner) if given => ("given", owner.name.clone()),
                Some(owner) => ("other", owner.name.clone()),
                None => ("none", "Nobody yet".to_owned()),
            }
        })
    });
    let end = if side == Side::Closed {
        let became = text(|it| it.outcome.map_or("Closed", words::outcome).to_owned());
        Either::Right(view! { <span class="became">{became}</span> })
    } else {
        Either::Left(view! { <Due row=Memo::new(move |_| row.with(|it| ItemRow::clone(it))) /> })
    };
    let picked = Memo::new({
        let (picks, id) = (picks.clone(), id.clone());
        move |_| picks.with(|picks| picks.has(&id))
    });
    let turn = {
        let id = id.clone();
        move |event: leptos::ev::MouseEvent| {
            let from = picks.with_untracked(|picks| picks.from().map(str::to_owned)).filter(|_| event.shift_key());
            let stretch = from.map(|from| shelf.with_untracked(|it| it.list.between(&from, &id)));
            picks.update(|picks| match stretch {
                Some(stretch) => picks.add(stretch),
                None => picks.turn(&id),
            });
            // The browser has ticked it also where there is no room for one more.
            let now = picks.with_untracked(|picks| picks.has(&id));
            event_target::<web_sys::HtmlInputElement>(&event).set_checked(now);
        }
    };
    view! {
        <tr role="row" data-row=id.clone() aria-rowindex=move || (place.get() + 2).to_string() class:fresh=fresh class:is-picked=picked>
            <td role="cell" class="c-pick">
                <label class="pick">
                    <input type="checkbox" prop:checked=picked on:click=turn />
                    <span class="hidden">"Pick " {text(|it| it.who.clone())}</span>
                </label>
            </td>
            <td role="cell" class="c-score">
                <Score tier=text(|it| it.tier.clone()) points=Memo::new(move |_| row.with(|it| it.score)) />
            </td>
            <td role="cell" class="c-what">
                <a id=row_element(&id) data-item=id.clone() href=format!("{BASE}{}", item_path(&id))>
                    <bdi class="who">{text(|it| it.who.clone())}</bdi>
                    " "
                    <span class="summary" dir="auto">
                        {text(|it| it.summary.clone())}
                    </span>
                </a>
            </td>
            <td role="cell" class="c-kind">
                {text(|it| words::what(it).to_owned())}
            </td>
            <td role="cell" class="c-site">
                <span class="place-name">
                    <bdi title=text(|it| it.site.clone())>{text(|it| it.site.clone())}</bdi>
                    " "
                    {move || row.with(|it| it.partner).then(|| view! { <Partner /> })}
                </span>
            </td>
            <td role="cell" class="c-when">
                <When at=text(|it| it.opened_at.clone()) />
            </td>
            <td role="cell" class="c-due">
                {end}
            </td>
            <td role="cell" class="c-owner" data-owner=move || owner.get().0>
                {move || (owner.get().0 == "given").then(|| view! { <span class="hidden">"Given to "</span> })}
                <bdi>{move || owner.get().1}</bdi>
            </td>
        </tr>
    }
}
