//! Who is on hold, and who was erased.

use leptos::prelude::*;
use shared::wire::privacy::{Erased, HeldPerson};

use crate::app::{BASE, Desk};
use crate::pages::search_path;
use crate::parts::When;
use crate::words;

/// Those on hold.
#[component]
pub fn Holds(of: Memo<Vec<HeldPerson>>) -> impl IntoView {
    let body = move || {
        let holds = of.get();
        match holds.is_empty() {
            true => view! { <p class="quiet">"Nobody is on hold."</p> }.into_any(),
            false => view! { <ul class="privacy-people">{holds.into_iter().map(held).collect_view()}</ul> }.into_any(),
        }
    };
    view! {
        <section class="card" aria-labelledby="holds">
            <h2 id="holds">"On legal hold"</h2>
            <p class="quiet">"Nothing of them is deleted, by no rule and by nobody, until the hold is lifted on an item of theirs."</p>
            {body}
        </section>
    }
}

fn held(it: HeldPerson) -> impl IntoView {
    let reach = it.person.identifiers.iter().map(|it| it.value.clone()).collect::<Vec<_>>();
    let name = it.person.name.or_else(|| reach.first().cloned()).unwrap_or(it.person.id);
    let count = words::counted(usize::try_from(it.person.items).unwrap_or(usize::MAX), "item", "items");
    let find = format!("{BASE}{}", search_path(reach.first().unwrap_or(&name)));
    view! {
        <li>
            <p>
                <a class="name" href=find>
                    <bdi>{name}</bdi>
                </a>
                " "
                <span class="quiet">
                    <bdi class="value">{reach.join(", ")}</bdi>
                    " \u{b7} "
                    {count}
                    " \u{b7} by "
                    <bdi>{it.hold.by.name}</bdi>
                    ", "
                    <When at=Signal::stored(it.hold.at) />
                </span>
            </p>
            <p class="said" dir="auto">
                {it.hold.reason}
            </p>
        </li>
    }
}

/// Those who were erased: not who they were.
#[component]
pub fn Erasures(desk: Desk, of: Memo<Vec<Erased>>) -> impl IntoView {
    let line = move |it: Erased| {
        let by = match it.by {
            Some(by) if by.id == desk.my_id() => "you".to_owned(),
            Some(by) => by.name,
            None => "a program".to_owned(),
        };
        let done = match it.done_at {
            Some(at) => view! { " The last of it was gone " <When at=Signal::stored(at) /> "." }.into_any(),
            None => view! { <strong>" Still under way."</strong> }.into_any(),
        };
        view! {
            <li>
                <p>
                    <When at=Signal::stored(it.at) />
                    " by "
                    <bdi>{by}</bdi>
                    ": "
                    {words::erasure_reason(it.reason)}
                    ". "
                    <span class="code">{it.person}</span>
                </p>
                <p class="quiet">{words::erased_rows(it.rows)} "." {done}</p>
            </li>
        }
    };
    let body = move || {
        let erased = of.get();
        match erased.is_empty() {
            true => view! { <p class="quiet">"Nobody was erased yet."</p> }.into_any(),
            false => view! { <ul class="privacy-people">{erased.into_iter().map(line).collect_view()}</ul> }.into_any(),
        }
    };
    view! {
        <section class="card" aria-labelledby="erasures">
            <h2 id="erasures">"Erased"</h2>
            <p class="quiet">"What is left of them: that their record was, and how much went with it."</p>
            {body}
        </section>
    }
}
