//! Whether the numbers can be trusted: arms that got their shares, and visitors who saw one arm only. Loud where not.

use leptos::prelude::*;

use super::numbers;
use super::one::One;

/// The part of the page.
#[component]
pub fn Trust(one: One) -> impl IntoView {
    let ratio = one.results(|results| results.ratio.clone());
    let crossed = one.results(|results| results.crossed.clone());
    let shares = move || ratio.get().map(|ratio| line(ratio.is_broken, "Shares of the arms", ratio.says));
    let crossing = move || {
        let crossed = crossed.get()?;
        let says = match crossed.count {
            0 => "Every visitor saw one arm only.".to_owned(),
            count => format!(
                "{} saw more than one arm ({}), and {} not counted.",
                numbers::counted(count, "visitor", "visitors"),
                numbers::share(crossed.share),
                if count == 1 { "is" } else { "are" }
            ),
        };
        Some(line(crossed.is_broken, "One arm for each visitor", says))
    };
    view! {
        <section class="card" aria-labelledby="trust">
            <h2 id="trust">"Can the numbers be trusted?"</h2>
            <ul class="exp-trust">{shares} {crossing}</ul>
        </section>
    }
}

fn line(is_broken: bool, what: &'static str, says: String) -> impl IntoView {
    view! {
        <li data-broken=is_broken.to_string()>
            <p role=is_broken.then_some("alert")>
                <b>
                    <span aria-hidden="true">{if is_broken { "\u{d7} " } else { "\u{2713} " }}</span>
                    {what}
                    {if is_broken { ": broken. " } else { ": fine. " }}
                </b>
                {says}
            </p>
        </li>
    }
}
