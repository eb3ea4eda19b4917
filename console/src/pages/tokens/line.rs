//! One token: what it is known by, what it is for, whether it is used, and when it ends.

use leptos::prelude::*;
use shared::token::Scope;
use shared::wire::token::TokenView;

use super::Tokens;
use crate::parts::When;
use crate::{clock, when};

/// The line.
#[component]
pub fn Line(tokens: Tokens, token: TokenView) -> impl IntoView {
    let TokenView { name, prefix, scopes, made_at, made_by, expires_at, used_at } = token;
    let desk = tokens.desk;
    let by = match made_by {
        None => "the operator".to_owned(),
        Some(by) if by == desk.my_id() => "you".to_owned(),
        Some(by) => by,
    };
    let scopes = scopes.into_iter().map(scope).collect_view();
    let used = used_at.map_or_else(|| "Not yet".into_any(), |at| view! { <When at=Signal::stored(at) /> }.into_any());
    let ends = ends(tokens, expires_at);
    let refused = {
        let name = name.clone();
        move || tokens.refused.get().filter(|(whose, _)| *whose == name).map(|(_, why)| why)
    };
    let (asked, hidden) = (name.clone(), name.clone());
    view! {
        <li class="card destination token">
            <div class="destination-head">
                <h2 dir="auto">{name}</h2>
                {(!prefix.is_empty()).then(|| view! { <span class="code">{format!("{prefix}\u{2026}")}</span> })}
            </div>
            <ul class="scopes" aria-label="What it is for">
                {scopes}
            </ul>
            <dl class="facts">
                <div>
                    <dt>"Made"</dt>
                    <dd>
                        <When at=Signal::stored(made_at) /> " by " <bdi>{by}</bdi>
                    </dd>
                </div>
                <div>
                    <dt>"Last used"</dt>
                    <dd>{used}</dd>
                </div>
                <div>
                    <dt>"Ends"</dt>
                    <dd>{ends}</dd>
                </div>
            </dl>
            {move || refused().map(|why| view! { <p class="refused" role="alert">{why}</p> })}
            <div class="buttons">
                <button
                    class="button"
                    aria-disabled=move || tokens.busy.get().to_string()
                    on:click=move |_| tokens.ask(asked.clone())
                >
                    "Revoke"
                    <span class="hidden">{format!(" {hidden}")}</span>
                </button>
            </div>
        </li>
    }
}

/// A thing that it is for; one that this version does not know, by its tag.
fn scope(tag: String) -> impl IntoView {
    let says = Scope::from_tag(&tag).map(Scope::says);
    view! {
        <li>
            <span class="code">{tag}</span>
            {says.map(|says| format!(" {says}"))}
        </li>
    }
}

fn ends(tokens: Tokens, at: Option<String>) -> AnyView {
    let Some(at) = at else { return "When it is revoked".into_any() };
    let moment = when::millis(&at);
    let is_over = move || moment.is_some_and(|moment| moment <= tokens.desk.now.get());
    let (full, over, last_day) = (clock::in_full(&at), format!("Ended {}", clock::in_short(&at)), clock::day(&at));
    view! {
        <time datetime=at title=full>
            {move || if is_over() { over.clone() } else { last_day.clone() }}
        </time>
    }
    .into_any()
}
