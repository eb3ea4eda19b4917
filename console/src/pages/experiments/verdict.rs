//! The verdict: in a sentence, with what to do next; of one that has ended, what was learnt.

use leptos::prelude::*;
use shared::wire::experiment::Ended;

use super::one::One;
use super::tone::{self, Tone};

/// What is said.
#[derive(Debug, Clone, PartialEq)]
struct Said {
    tone: Tone,
    says: String,
    next: Option<String>,
}

/// The card.
#[component]
pub fn Verdict(one: One) -> impl IntoView {
    let said = one.of(|view| {
        let results = view.results.as_ref();
        match (&view.experiment.ended, results) {
            (Some(ended), _) => Said {
                tone: tone::of_ended(&ended.verdict),
                says: if ended.says.is_empty() {
                    results.map(|it| it.says.clone()).unwrap_or_default()
                } else {
                    ended.says.clone()
                },
                next: None,
            },
            (None, Some(results)) => Said {
                tone: tone::of(&results.verdict),
                says: results.says.clone(),
                next: Some(results.next.clone()).filter(|next| !next.is_empty()),
            },
            (None, None) => Said { tone: tone::of(""), says: "Nobody has been counted yet.".to_owned(), next: None },
        }
    });
    let ended = one.of(|view| view.experiment.ended.clone());
    let letters = one.of(|view| {
        view.experiment.arms.iter().map(|arm| (arm.key.clone(), arm.key.to_uppercase())).collect::<Vec<_>>()
    });
    let tag = move || said.with(|said| said.as_ref().map_or("open", |said| said.tone.tag));
    let body = move || {
        said.get().map(|said| {
            view! {
                <h2 id="verdict" class="exp-tag" data-tone=said.tone.tag>
                    <span aria-hidden="true">{said.tone.sign}</span>
                    " "
                    {said.tone.says}
                </h2>
                <p class="verdict-says" dir="auto">
                    {said.says}
                </p>
                {said
                    .next
                    .map(|next| {
                        view! {
                            <p class="verdict-next">
                                <b>"What to do next: "</b>
                                <span dir="auto">{next}</span>
                            </p>
                        }
                    })}
            }
        })
    };
    let became = move || {
        let letters = letters.get().unwrap_or_default();
        ended.get().flatten().map(|ended| learnt(&letters, ended))
    };
    view! {
        <section class="card verdict" data-tone=tag aria-labelledby="verdict">
            {body}
            {became}
        </section>
    }
}

/// How it ended, and what was learnt.
fn learnt(letters: &[(String, String)], ended: Ended) -> impl IntoView + use<> {
    let became = match &ended.winner {
        Some(winner) => {
            let letter = letters.iter().find(|(key, _)| key == winner).map_or(winner.as_str(), |(_, letter)| letter);
            format!("{letter} was declared the winner, and is the prompt now.")
        }
        None => "No winner was declared: everybody sees the prompt as it was.".to_owned(),
    };
    let learnt = match ended.learnt.is_empty() {
        true => view! { <p class="quiet">"Nobody has written down what was learnt."</p> }.into_any(),
        false => view! {
            <p class="exp-learnt">
                <b>"Learnt: "</b>
                <bdi>{ended.learnt}</bdi>
            </p>
        }
        .into_any(),
    };
    view! {
        <p>{became}</p>
        {learnt}
    }
}
