//! What the learner has learnt, how far it is to be trusted, and the curves that show it.

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::wire::scoring::{CurvePoint, LearnerView, Progress, RecordView};

use crate::api::{self, Failure};
use crate::app::{Desk, Leaving};
use crate::parts::{Curves, Series, Waiting, When};
use crate::{dom, words};

/// How often it is read again while one looks at it.
const AGAIN: Duration = Duration::from_secs(30);

/// `/console/scoring/learner`.
#[component]
pub fn LearnerPage() -> impl IntoView {
    let desk = Desk::here();
    dom::title("Learner");
    let view = RwSignal::new(None::<LearnerView>);
    let failure = RwSignal::new(None::<String>);
    let read = move || {
        spawn_local(async move {
            match api::learner().await {
                Ok(read) => {
                    let _ = failure.try_set(None);
                    // What is the same is not drawn anew: an open table stays open.
                    if view.try_with_untracked(|known| known.as_ref() != Some(&read)) == Some(true) {
                        view.set(Some(read));
                    }
                }
                Err(Failure::SignedOut) => desk.signed_out(Leaving::Ended),
                Err(why) => {
                    let _ = failure.try_set(Some(why.sentence()));
                }
            }
        });
    };
    Effect::new(move |_| {
        desk.opening.track();
        read();
    });
    if let Ok(again) = set_interval_with_handle(read, AGAIN) {
        on_cleanup(move || again.clear());
    }
    let refused = move || {
        failure.get().map(|why| {
            view! {
                <p class="refused" role="alert">
                    {why} " "
                    <button class="plain" on:click=move |_| read()>
                        "Try again"
                    </button>
                </p>
            }
        })
    };
    let body = move || match view.get() {
        Some(learner) => whole(learner).into_any(),
        None if failure.with(Option::is_none) => view! { <Waiting lines=6 /> }.into_any(),
        None => ().into_any(),
    };
    view! {
        {refused}
        {body}
    }
}

fn whole(of: LearnerView) -> impl IntoView {
    let outcomes = of.wins + of.losses;
    let rebuilding = of.rebuilding.map(|Progress { done, of }| {
        view! {
            <p class="pale">
                {format!("An outcome was corrected, so everything is learnt anew, in the order in which it came: {done} of {of}.")}
            </p>
        }
    });
    let warnings = of.warnings.clone().into_iter().map(|says| view! { <p class="pale">{words::sentence(&says)}</p> });
    let curves = (of.curve.len() > 1).then(|| curves(&of.curve, of.enough));
    let fields = of.fields.clone().into_iter().map(|says| view! { <li>{says}</li> }).collect_view();
    let learnt = (outcomes > 0).then(|| {
        view! {
            <section class="card" aria-labelledby="how-good">
                <h3 id="how-good">"How good it is, beside the card"</h3>
                <p class="quiet">
                    "Each chance was said before its outcome was known. The card is taken at its best: with the chance that belongs to its points learnt as well."
                </p>
                {figures(&of.learner, &of.card)}
                {curves}
            </section>
            <section class="card" aria-labelledby="calibration">
                <h3 id="calibration">"Whether its chances come true"</h3>
                {calibration(&of.learner)}
            </section>
        }
    });
    view! {
        <section class="card" aria-labelledby="learner-state">
            <h3 id="learner-state">{words::learner_name(&of.state)}</h3>
            <p>{sentence(&of)}</p>
            {rebuilding}
            {warnings.collect_view()}
            <dl class="facts">
                {tally("Won", of.wins, of.least_of_each)} {tally("Not won", of.losses, of.least_of_each)}
                <div>
                    <dt>"Evidence that it is better"</dt>
                    <dd>{format!("{} to 1, of {} to 1", odds(of.e_value), odds(of.enough))}</dd>
                </div>
            </dl>
        </section>
        {learnt}
        <section class="card" aria-labelledby="goes-by">
            <h3 id="goes-by">"What it goes by"</h3>
            <p class="quiet">
                "Only what is known when a lead is scored. What sales fill in afterwards is never among it, and spam is not learnt from."
            </p>
            <ul class="fields-of">{fields}</ul>
        </section>
    }
}

fn tally(name: &'static str, count: u64, least: u64) -> impl IntoView {
    let of = (count < least).then(|| format!(" of {least} that it needs"));
    view! {
        <div>
            <dt>{name}</dt>
            <dd>{count} {of}</dd>
        </div>
    }
}

/// Where it stands, in a sentence or two.
fn sentence(of: &LearnerView) -> String {
    let outcomes = words::counted(usize::try_from(of.wins + of.losses).unwrap_or(usize::MAX), "outcome", "outcomes");
    let back = match of.steps_back {
        0 => "",
        1 => " It was trusted once, and stepped back when it was not better any more.",
        _ => " It was trusted more than once, and stepped back each time it was not better any more.",
    };
    match of.state.as_str() {
        "predictive" => format!(
            "The points of leads are the learner\u{2019}s. On {outcomes}, each foretold before it was known, it was better than \
             the card; the tier is still the card\u{2019}s. When it is not better any more, it steps back.{back}"
        ),
        "learning" => format!(
            "The points of leads are the card\u{2019}s. The learner has learnt from {outcomes} and has not shown yet that it is \
             better.{back}"
        ),
        _ => format!(
            "The points of leads are the card\u{2019}s. The learner needs {least} leads that were won and {least} that were not; \
             it has {} and {}.",
            of.wins,
            of.losses,
            least = of.least_of_each,
        ),
    }
}

/// An e-value as odds.
fn odds(value: f64) -> String {
    match value {
        value if value >= 1e6 => "over a million".to_owned(),
        value if value >= 10.0 => format!("{value:.0}"),
        value if value >= 0.1 => format!("{value:.1}"),
        _ => "under 0.1".to_owned(),
    }
}

fn figures(learner: &RecordView, card: &RecordView) -> impl IntoView + use<> {
    let number = |value: Option<f64>| value.map_or("\u{2013}".to_owned(), |value| format!("{value:.3}"));
    let row = |name: &'static str, says: &'static str, of: fn(&RecordView) -> Option<f64>| {
        view! {
            <tr>
                <th scope="row">
                    {name} <span class="quiet">{says}</span>
                </th>
                <td>{number(of(learner))}</td>
                <td>{number(of(card))}</td>
            </tr>
        }
    };
    view! {
        <div class="scroll" tabindex="0" role="region" aria-labelledby="how-good">
            <table class="figures">
                <thead>
                    <tr>
                        <th scope="col">"Figure"</th>
                        <th scope="col">"Learner"</th>
                        <th scope="col">"Card"</th>
                    </tr>
                </thead>
                <tbody>
                    {row("Ranking (AUC)", "more is better: how often who won stands above who did not", |it| it.auc)}
                    {row("Log loss", "less is better: how far its chances are off", |it| it.log_loss)}
                    {row("Squared error (Brier)", "less is better", |it| it.brier)}
                    {row("Calibration error", "less is better: how far what it says is from what comes", |it| it.calibration_error)}
                </tbody>
            </table>
        </div>
    }
}

fn curves(curve: &[CurvePoint], enough: f64) -> impl IntoView + use<> {
    let most = curve.last().map_or(1.0, |point| point.outcomes as f64);
    let wide = (0.0, most);
    let of = |value: fn(&CurvePoint) -> Option<f64>| -> Vec<(f64, f64)> {
        curve.iter().filter_map(|point| Some((point.outcomes as f64, value(point)?))).collect()
    };
    let level = |value: f64| vec![(0.0, value), (most, value)];
    let ranking = vec![
        Series { name: "Learner", look: "one", points: of(|it| it.auc) },
        Series { name: "Card", look: "two", points: of(|it| it.card_auc) },
        Series { name: "By chance", look: "level", points: level(0.5) },
    ];
    let loss = vec![
        Series { name: "Learner", look: "one", points: of(|it| it.log_loss) },
        Series { name: "Card", look: "two", points: of(|it| it.card_log_loss) },
    ];
    let highest = loss.iter().flat_map(|one| &one.points).fold(0.7, |most: f64, (_, loss)| most.max(*loss));
    let evidence = vec![
        Series { name: "Evidence", look: "one", points: of(|it| Some(it.e_value.max(1e-9).log10())) },
        Series { name: "Enough", look: "level", points: level(enough.log10()) },
    ];
    let high = evidence.iter().flat_map(|one| &one.points).fold(2.0, |most: f64, (_, it)| most.max(it.ceil())).min(6.0);
    let rows = curve.iter().rev().map(|point| {
        let number = |value: Option<f64>| value.map_or("\u{2013}".to_owned(), |value| format!("{value:.3}"));
        view! {
            <tr>
                <th scope="row">{point.outcomes}</th>
                <td>
                    <When at=Signal::stored(point.at.clone()) />
                </td>
                <td>{words::learner_name(&point.state)}</td>
                <td>{number(point.auc)}</td>
                <td>{number(point.card_auc)}</td>
                <td>{number(point.log_loss)}</td>
                <td>{number(point.card_log_loss)}</td>
                <td>{odds(point.e_value)}</td>
            </tr>
        }
    });
    let heads = ["Outcomes", "When", "State", "AUC", "AUC of card", "Log loss", "Log loss of card", "Evidence"];
    view! {
        <div class="charts">
            <div>
                <h4>"Ranking (AUC)"</h4>
                <Curves
                    says="How well the learner and the card rank leads, after so many outcomes. The table below has the numbers."
                    along="outcomes"
                    wide
                    high=(0.4, 1.0)
                    marks=[0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0].map(|mark| (mark, format!("{mark:.1}"))).into()
                    series=ranking
                />
            </div>
            <div>
                <h4>"Log loss"</h4>
                <Curves
                    says="How far the chances of the learner and of the card are off, after so many outcomes. The table below has the numbers."
                    along="outcomes"
                    wide
                    high=(0.0, highest)
                    marks=vec![(0.0, "0".to_owned()), (highest / 2.0, format!("{:.2}", highest / 2.0)), (highest, format!("{highest:.2}"))]
                    series=loss
                />
            </div>
            <div>
                <h4>"Evidence that it is better"</h4>
                <Curves
                    says="The odds that the learner is better than the card, after so many outcomes. The table below has the numbers."
                    along="outcomes"
                    wide
                    high=(-2.0, high)
                    marks=vec![(-2.0, "1:100".to_owned()), (0.0, "1:1".to_owned()), (2.0, "100:1".to_owned())]
                    series=evidence
                />
            </div>
        </div>
        <details>
            <summary>"The numbers of these curves"</summary>
            <div class="scroll" tabindex="0" role="region" aria-label="The numbers of these curves">
                <table class="figures">
                    <thead>
                        <tr>{heads.map(|head| view! { <th scope="col">{head}</th> })}</tr>
                    </thead>
                    <tbody>{rows.collect_view()}</tbody>
                </table>
            </div>
        </details>
    }
}

fn calibration(learner: &RecordView) -> impl IntoView + use<> {
    let points: Vec<(f64, f64)> = learner.tenths.iter().map(|tenth| (tenth.said, tenth.won)).collect();
    let series = vec![
        Series { name: "What came", look: "one", points },
        Series { name: "What was said", look: "level", points: vec![(0.0, 0.0), (1.0, 1.0)] },
    ];
    let per_cent = |value: f64| format!("{:.0} %", value * 100.0);
    let rows = learner.tenths.iter().map(|tenth| {
        view! {
            <tr>
                <th scope="row">{per_cent(tenth.said)}</th>
                <td>{per_cent(tenth.won)}</td>
                <td>{tenth.count}</td>
            </tr>
        }
    });
    view! {
        <div class="charts">
            <Curves
                says="The share that was won, by the chance that was said. The table beside it has the numbers."
                along="chance that was said"
                wide=(0.0, 1.0)
                high=(0.0, 1.0)
                marks=[0.0, 0.25, 0.5, 0.75, 1.0].map(|mark| (mark, per_cent(mark))).into()
                series
                dots=true
            />
            <div class="scroll" tabindex="0" role="region" aria-labelledby="calibration">
                <table class="figures">
                    <thead>
                        <tr>
                            <th scope="col">"It said"</th>
                            <th scope="col">"Won"</th>
                            <th scope="col">"Leads"</th>
                        </tr>
                    </thead>
                    <tbody>{rows.collect_view()}</tbody>
                </table>
            </div>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn learner(state: &str, steps_back: u32) -> LearnerView {
        let record = RecordView { auc: None, log_loss: None, brier: None, calibration_error: None, tenths: Vec::new() };
        LearnerView {
            state: state.to_owned(),
            wins: 12,
            losses: 30,
            least_of_each: 20,
            e_value: 1.0,
            enough: 20.0,
            steps_back,
            learner: record.clone(),
            card: record,
            curve: Vec::new(),
            warnings: Vec::new(),
            fields: Vec::new(),
            rebuilding: None,
        }
    }

    #[test]
    fn each_state_says_who_decides_and_why() {
        assert!(
            sentence(&learner("rule_based", 0))
                .contains("needs 20 leads that were won and 20 that were not; it has 12 and 30")
        );
        assert!(sentence(&learner("learning", 0)).ends_with("has not shown yet that it is better."));
        assert!(sentence(&learner("learning", 1)).ends_with("stepped back when it was not better any more."));
        assert!(
            sentence(&learner("predictive", 0))
                .starts_with("The points of leads are the learner\u{2019}s. On 42 outcomes")
        );
    }

    #[test]
    fn odds_are_short() {
        assert_eq!(odds(0.004), "under 0.1");
        assert_eq!(odds(1.26), "1.3");
        assert_eq!(odds(20.0), "20");
        assert_eq!(odds(3e7), "over a million");
    }
}
