//! What one can do about an experiment that runs or has ended: let more take part, stop it, declare a winner, note what was
//! learnt; and what a bandit would do.

use leptos::prelude::*;
use shared::wire::experiment::ExperimentStatus;

use super::acting::{Acting, Way};
use super::audience::{Sum, of_percent};
use super::numbers::{self, percent};
use super::one::One;
use super::results::arm_words;
use crate::parts::{Area, Number};

/// An arm as it is chosen: its key, and what it is called.
type Choice = (String, String);

/// The part of the page.
#[component]
pub fn Actions(one: One) -> impl IntoView {
    let acting = Acting::of(one);
    let status = one.of(|view| view.experiment.status);
    let ways = move || -> &'static [(Way, &'static str)] {
        match status.get() {
            Some(ExperimentStatus::Running) => &[
                (Way::Declare, "Declare a winner\u{2026}"),
                (Way::Ramp, "Change who takes part\u{2026}"),
                (Way::Stop, "Stop without a winner\u{2026}"),
            ],
            Some(ExperimentStatus::Stopped) => &[(Way::Note, "Write down what was learnt\u{2026}")],
            _ => &[],
        }
    };
    // What the verdict asks for is the first thing to press.
    let advised = Memo::new(move |_| {
        advised(one.view.with(|view| view.as_ref()?.results.as_ref().map(|it| it.verdict.clone()))?.as_str())
    });
    let buttons = move || {
        let button = |(way, says): &'static (Way, &'static str)| {
            let way = *way;
            view! {
                <button
                    class="button"
                    class:main=move || advised.get() == Some(way)
                    type="button"
                    aria-expanded=move || (acting.open.get() == Some(way)).to_string()
                    on:click=move |_| acting.show(way)
                >
                    {*says}
                </button>
            }
        };
        ways().iter().map(button).collect_view()
    };
    view! {
        <section class="card" aria-labelledby="can-do">
            <h2 id="can-do" tabindex="-1">
                "What you can do"
            </h2>
            <div class="buttons">{buttons}</div>
            {move || acting.open.get().map(|way| view! { <Form acting way /> })}
            <Bandit acting />
        </section>
    }
}

/// What a verdict asks for.
fn advised(verdict: &str) -> Option<Way> {
    match verdict {
        "winner" => Some(Way::Declare),
        "loser" | "guardrail_hit" | "invalid_sample_ratio" | "invalid_crossed" => Some(Way::Stop),
        _ => None,
    }
}

#[component]
fn Form(acting: Acting, way: Way) -> impl IntoView {
    let (title, does) = match way {
        Way::Ramp => ("Who takes part", "Change it"),
        Way::Stop => ("Stop without a winner", "Stop it"),
        Way::Declare => ("Declare a winner", "Make it the prompt"),
        Way::Note => ("What was learnt", "Save"),
    };
    let body = match way {
        Way::Ramp => view! { <Ramp acting /> }.into_any(),
        Way::Stop => view! {
            <p>"Everybody sees the prompt as it is again. What was counted stays readable in the archive."</p>
            <Learnt acting />
        }
        .into_any(),
        Way::Declare => view! {
            <Winner acting />
            <Learnt acting />
        }
        .into_any(),
        Way::Note => view! { <Learnt acting /> }.into_any(),
    };
    view! {
        <form
            class="form"
            aria-labelledby="act"
            novalidate
            on:submit=move |event| {
                event.prevent_default();
                acting.send();
            }
            on:keydown=move |event| {
                if event.key() == "Escape" {
                    acting.hide();
                }
            }
        >
            <h3 id="act" tabindex="-1">
                {title}
            </h3>
            {body}
            {move || acting.refused.get().map(|why| view! { <p class="refused" role="alert">{why}</p> })}
            <div class="buttons">
                <button class="button main" type="submit" id="act-send" aria-disabled=move || acting.busy.get().to_string()>
                    {does}
                </button>
                <button class="button" type="button" on:click=move |_| acting.hide()>
                    "Cancel"
                </button>
            </div>
        </form>
    }
}

/// The share that takes part, and the shares of the arms.
#[component]
fn Ramp(acting: Acting) -> impl IntoView {
    let arm = move |(at, (_, name)): (usize, Choice)| {
        view! {
            <Number
                wrong=acting.wrong
                field=format!("arms[{at}].weight")
                label=format!("{name}, in percent")
                value=Memo::new(move |_| acting.weights.with(|weights| weights.get(at).copied().map(percent)))
                set=move |typed| {
                    acting
                        .weights
                        .update(|weights| {
                            if let Some(weight) = weights.get_mut(at) {
                                *weight = of_percent(typed);
                            }
                        });
                }
            />
        }
    };
    view! {
        <p>
            "Everybody who has an arm keeps it: raising the share lets new visitors in, and nobody sees another prompt than before. A change of the arms\u{2019} shares is noted, and reckoned with."
        </p>
        <Number
            wrong=acting.wrong
            field="coverage"
            label="Share of visitors, in percent"
            value=Memo::new(move |_| Some(percent(acting.coverage.get())))
            set=move |typed| acting.coverage.set(of_percent(typed))
        />
        <fieldset class="bare" id="edit-arms" tabindex="-1">
            <legend>"Of those, each arm gets"</legend>
            <div class="exp-shares">{choices(acting).into_iter().enumerate().map(arm).collect_view()}</div>
            <Sum weights=acting.weights />
        </fieldset>
    }
}

/// Which arm wins.
#[component]
fn Winner(acting: Acting) -> impl IntoView {
    let arm = move |(key, name): Choice| {
        let own = key.clone();
        view! {
            <label class="choice">
                <input
                    type="radio"
                    name="winner"
                    value=key.clone()
                    prop:checked=move || acting.arm.with(|arm| *arm == own)
                    on:change=move |_| acting.arm.set(key.clone())
                />
                <span dir="auto">{name}</span>
            </label>
        }
    };
    view! {
        <p>"It becomes the prompt for everybody, on every site that shows it, at once. The experiment ends, and its results stay readable."</p>
        <fieldset class="bare" id="edit-arm" tabindex="-1">
            <legend>"The winner"</legend>
            {choices(acting).into_iter().map(arm).collect_view()}
        </fieldset>
    }
}

#[component]
fn Learnt(acting: Acting) -> impl IntoView {
    view! {
        <Area
            wrong=acting.wrong
            field="learnt"
            label="What was learnt?"
            help="For the next team, who finds it in the archive and need not try the same again."
            value=acting.learnt
            set=move |text| acting.learnt.set(text)
        />
    }
}

/// The shares that a bandit would give, as an offer.
#[component]
fn Bandit(acting: Acting) -> impl IntoView {
    let offer = acting.one.of(|view| {
        let is_running = view.experiment.status == ExperimentStatus::Running;
        view.results.as_ref().and_then(|results| results.bandit.clone()).filter(|_| is_running)
    });
    let keys = acting.one.of(|view| view.experiment.arms.iter().map(|arm| arm.key.to_uppercase()).collect::<Vec<_>>());
    move || {
        let (offer, keys) = (offer.get().flatten()?, keys.get()?);
        let says = keys.iter().zip(&offer).map(|(key, share)| format!("{key} {}", numbers::share(*share)));
        let says = says.collect::<Vec<_>>().join(", ");
        let take = move |_| {
            acting.weights.set(offer.clone());
            acting.show(Way::Ramp);
        };
        Some(view! {
            <p class="quiet">
                "To lose less while it runs, a bandit would now share visitors out like this: " {says} ". "
                <button class="plain" type="button" on:click=take>
                    "Look at these shares"
                </button>
                " It then takes longer to know by how much."
            </p>
        })
    }
}

fn choices(acting: Acting) -> Vec<Choice> {
    acting.one.view.with_untracked(|view| {
        let arms = view.iter().flat_map(|view| &view.experiment.arms).enumerate();
        arms.map(|(at, arm)| (arm.key.clone(), format!("{}: {}", arm.key.to_uppercase(), arm_words(&arm.name, at))))
            .collect()
    })
}
