//! To whom something is given, and why not to others.

use leptos::prelude::*;
use shared::wire::console::{NotPickedView, PickView};

use crate::clock;

/// One time that it was to be given to somebody: the last one in full, earlier ones folded.
#[component]
pub fn Picked(pick: PickView, is_last: bool) -> impl IntoView {
    let sentence = match &pick.member {
        Some(member) => view! { <b><bdi>{member.name.clone()}</bdi></b> " " {pick.says.clone()} "." }.into_any(),
        None => "Nobody could take it: it waits in the queue.".into_any(),
    };
    let at = clock::in_short(&pick.at);
    let others = pick.others.into_iter().map(|it| view! { <NotPicked it /> }).collect_view();
    let list = view! { <ul class="not-picked">{others}</ul> };
    if is_last {
        view! {
            <div class="picked">
                <p>{sentence}</p>
                {list}
            </div>
        }
        .into_any()
    } else {
        view! {
            <details class="picked">
                <summary>{at} ": " {sentence}</summary>
                {list}
            </details>
        }
        .into_any()
    }
}

#[component]
fn NotPicked(it: NotPickedView) -> impl IntoView {
    let until = it.until.map(|until| format!(", until {}", clock::in_short(&until)));
    view! {
        <li data-why=it.why>
            <bdi>{it.member.name}</bdi>
            " "
            {it.says}
            {until}
        </li>
    }
}
