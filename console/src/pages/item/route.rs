//! Where the item went and to whom, and why not elsewhere and to others.

use leptos::prelude::*;
use shared::wire::console::{PassedOver, PickView, RouteView};

use super::sections::Section;
use crate::app::Desk;
use crate::parts::Picked;
use crate::words;

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
