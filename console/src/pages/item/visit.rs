//! What the visitor did before they sent it, and since: in short, and step by step.

use leptos::prelude::*;
use shared::time::Timestamp;
use shared::wire::console::SignalView;
use shared::wire::visit::Summary;

use super::sections::Section;
use crate::{address, clock, when, words};

/// The visit that it came from.
#[derive(Clone, PartialEq)]
pub struct Visit {
    /// When the form arrived, RFC 3339.
    pub received_at: String,
    /// The page that it was sent from.
    pub page: String,
    /// All that is known of the visitor, in short.
    pub summary: Summary,
    /// What they did, oldest first, some of it since.
    pub signals: Vec<SignalView>,
}

/// What the visitor did before it, and while it waited.
#[component]
pub fn Did(of: Memo<Visit>) -> impl IntoView {
    view! {
        <Section title="What they did" id="did">
            {move || {
                let Visit { received_at, page, summary, signals } = of.get();
                let sent = when::millis(&received_at);
                let arrived = Timestamp::from_ms(sent.unwrap_or_default());
                let rows = words::visit(&summary, arrived, clock::in_short);
                if signals.is_empty() && rows.is_empty() {
                    return view! {
                        <p class="quiet">"Nothing is known of what they did: no visit was recorded."</p>
                    }
                    .into_any();
                }
                let row = |(term, detail): (&'static str, String)| {
                    view! {
                        <div>
                            <dt>{term}</dt>
                            <dd>
                                <bdi class="value">{detail}</bdi>
                            </dd>
                        </div>
                    }
                };
                view! {
                    <dl class="pairs">{rows.into_iter().map(row).collect_view()}</dl>
                    <ol class="line">{signals.into_iter().map(|it| signal(it, sent, &page)).collect_view()}</ol>
                }
                .into_any()
            }}
        </Section>
    }
}

fn signal(it: SignalView, sent: Option<i64>, page: &str) -> impl IntoView + use<> {
    let beside = match sent.zip(when::millis(&it.at)) {
        Some((sent, then)) => when::beside(sent, then),
        None => it.at.clone(),
    };
    let place = (!it.url.is_empty() || !it.title.is_empty()).then(|| {
        let address = address::seen_from(page, &it.url);
        view! {
            <p class="place">
                <bdi>{it.title}</bdi>
                " "
                <bdi class="code" title=it.url>
                    {address}
                </bdi>
            </p>
        }
    });
    view! {
        <li>
            <p>
                <bdi>{words::signal(&it.kind, &it.about)}</bdi>
                {(!it.human).then_some(" (no person was seen)")} " "
                <time class="at" datetime=it.at.clone() title=clock::in_full(&it.at)>
                    {beside}
                </time>
            </p>
            {place}
        </li>
    }
}
