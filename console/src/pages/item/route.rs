//! Where the item went and to whom, and why not elsewhere and to others.

use leptos::prelude::*;
use shared::wire::console::{NotPickedView, PassedOver, PickView, RouteView};

use super::sections::Section;
use crate::app::Desk;
use crate::{clock, words};

/// Where it went, and why; and to whom, each time.
#[component]
pub fn Route(of: Memo<(RouteView, Vec<PickView>)>, desk: Desk) -> impl IntoView {
    view! {
        <Section title="Route" id="route">
            {move || {
                let (route, picks) = of.get();
                let queue = desk.queue_name(&route.queue).unwrap_or_else(|| route.queue.clone());
                let members: Vec<String> = route.members.into_iter().map(|it| it.name).collect();
                let may_claim = picks
                    .is_empty()
                    .then(|| {
                        view! {
                            <div>
                                <dt>"May claim it"</dt>
                                <dd>{members.join(", ")}</dd>
                            </div>
                        }
                    });
                let last = picks.len().saturating_sub(1);
                let picks = picks.into_iter().enumerate().rev();
                let picks = picks.map(|(index, pick)| view! { <Picked pick is_last=index == last /> }).collect_view();
                view! {
                    <p class="rule" title=route.rule>
                        {route.says}
                    </p>
                    <dl class="pairs">
                        <div>
                            <dt>"Queue"</dt>
                            <dd>{queue}</dd>
                        </div>
                        <div>
                            <dt>"Team"</dt>
                            <dd>{route.pool}</dd>
                        </div>
                        {may_claim}
                    </dl>
                    {picks}
                    <Passed rules=route.passed_over />
                }
            }}
        </Section>
    }
}

/// One time that it was to be given to somebody: the last one in full, earlier ones folded.
#[component]
fn Picked(pick: PickView, is_last: bool) -> impl IntoView {
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

/// The rules that were tried before.
#[component]
fn Passed(rules: Vec<PassedOver>) -> impl IntoView {
    let passed = rules.len();
    (passed > 0).then(|| {
        let lines = rules.into_iter().map(|it| view! { <li title=it.rule>{it.says}</li> }).collect_view();
        let sentence = words::counted(passed, "rule did not match", "rules did not match");
        view! {
            <details>
                <summary>{sentence} " before it"</summary>
                <ol>{lines}</ol>
            </details>
        }
    })
}
