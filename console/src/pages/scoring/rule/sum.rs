//! Points by a number.

use leptos::prelude::*;
use shared::wire::card::{Scale, Sum};
use shared::wire::sites::Named;

use super::super::editing::Scoring;
use super::amount;
use crate::parts::{Facts, Number, Select, Several};

/// The form of it.
#[component]
pub fn BySum(scoring: Scoring, at: usize, facts: Facts) -> impl IntoView {
    let change = move |how: Box<dyn FnOnce(&mut Sum)>| {
        scoring.change_rule(at, |rule| {
            if let Some(sum) = &mut rule.sum {
                how(sum);
            }
        });
    };
    let numbers = facts.with_value(|facts| {
        let numbers = facts.iter().filter(|fact| fact.kind == "number");
        numbers.map(|fact| Named { id: fact.path.clone(), name: fact.says.clone() }).collect::<Vec<_>>()
    });
    let scales = [("linear", "Each one counts the same"), ("doublings", "Each doubling counts the same: 1, 3, 7, 15")];
    view! {
        <Several
            wrong=scoring.wrong
            field=format!("card.rules[{at}].sum.facts")
            label="The numbers that are added up"
            none="There is no number."
            choices=Signal::stored(numbers)
            values=scoring.of_rule(at, |rule| rule.sum.as_ref().map(|sum| sum.facts.clone()).unwrap_or_default())
            change=move |how| change(Box::new(|sum| how(&mut sum.facts)))
        />
        <div class="field-row">
            <Number
                wrong=scoring.wrong
                field=format!("card.rules[{at}].sum.each")
                label="Points for each"
                value=scoring.of_rule(at, |rule| rule.sum.as_ref().and_then(|sum| sum.each).map(|it| it.0))
                set=move |typed| change(Box::new(move |sum| sum.each = Some(amount(typed))))
            />
            <Select
                wrong=scoring.wrong
                field=format!("card.rules[{at}].sum.scale")
                label="How points grow"
                choices=scales.map(|(tag, says)| (tag.to_owned(), says.to_owned())).into()
                value=scoring
                    .of_rule(
                        at,
                        |rule| {
                            let is_linear = rule.sum.as_ref().is_none_or(|sum| sum.scale == Scale::Linear);
                            if is_linear { "linear" } else { "doublings" }.to_owned()
                        },
                    )
                set=move |tag| {
                    let scale = if tag == "doublings" { Scale::Doublings } else { Scale::Linear };
                    change(Box::new(move |sum| sum.scale = scale));
                }
            />
        </div>
    }
}
