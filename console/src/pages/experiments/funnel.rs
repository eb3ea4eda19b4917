//! How far the visitors of each arm have come so far.

use leptos::prelude::*;
use shared::wire::experiments::ArmResult;

use super::one::One;
use super::results::ArmName;
use super::{measures, numbers};

/// The part of the page.
#[component]
pub fn Funnel(one: One) -> impl IntoView {
    let arms = one.arms();
    let counted = one.results(|results| results.counted.clone());
    let table = move || arms.get().map(|arms| steps(&arms, counted.get().as_deref() == Some("met")));
    view! {
        <section class="card" aria-labelledby="funnel">
            <h2 id="funnel">"How far visitors came so far"</h2>
            <div class="scroll" tabindex="0" role="group" aria-labelledby="funnel">
                {table}
            </div>
            <p class="quiet">
                "Shares are of those who were counted first. Late steps still come: the newest visitors have had little time, so read these numbers as they stand and let the verdict judge."
            </p>
        </section>
    }
}

fn steps(arms: &[ArmResult], is_met: bool) -> impl IntoView + use<> {
    let heads = arms.iter().enumerate().map(|(at, arm)| view! { <th scope="col"><ArmName arm=arm.clone() at /></th> });
    let seen = arms.iter().map(|arm| view! { <td>{numbers::count(arm.seen)}</td> });
    let rows = measures::DECIDING.map(|measure| {
        let cells = arms.iter().map(|arm| {
            let did = arm.so_far.get(&measure).copied().unwrap_or(0);
            let share =
                share_of(did, arm.seen).map(|share| view! { <span class="exp-lies">{numbers::share(share)}</span> });
            view! { <td>{numbers::count(did)} {share}</td> }
        });
        view! {
            <tr>
                <th scope="row">{measures::name(measure)}</th>
                {cells.collect_view()}
            </tr>
        }
    });
    view! {
        <table class="figures exp-figures">
            <thead>
                <tr>
                    <th scope="col">"Step"</th>
                    {heads.collect_view()}
                </tr>
            </thead>
            <tbody>
                <tr>
                    <th scope="row">{if is_met { "Came to where the arms differ" } else { "Saw the prompt" }}</th>
                    {seen.collect_view()}
                </tr>
                {rows.collect_view()}
            </tbody>
        </table>
    }
}

/// One count by another; nothing where there is nobody.
fn share_of(did: u64, of: u64) -> Option<f64> {
    // Visitors are far fewer than 2^53.
    #[expect(clippy::cast_precision_loss)]
    let share = did as f64 / of as f64;
    (of > 0).then_some(share)
}

#[cfg(test)]
mod tests {
    use super::share_of;

    #[test]
    fn a_share_of_nobody_is_none() {
        assert_eq!(share_of(0, 0), None);
        assert_eq!(share_of(1, 4), Some(0.25));
    }
}
