//! What few rules need: limits, what is not known, customers, and the name.

use leptos::prelude::*;
use shared::wire::card::{Amount, Bounds, Customers};

use super::super::editing::Scoring;
use crate::parts::{Number, Select, Text, Wrong};

/// It is folded until somebody wants it.
#[component]
pub fn More(scoring: Scoring, at: usize) -> impl IntoView {
    let path = format!("card.rules[{at}]");
    let wrong = scoring.wrong;
    let limit = move |of: fn(&Bounds) -> Option<Amount>| {
        scoring.of_rule(at, move |rule| rule.limits.as_ref().and_then(of).map(|it| it.0))
    };
    let set = move |how: Box<dyn FnOnce(&mut Bounds)>| {
        scoring.change_rule(at, |rule| {
            let mut limits = rule.limits.unwrap_or_default();
            how(&mut limits);
            rule.limits = Some(limits).filter(|limits| limits.min.is_some() || limits.max.is_some());
        });
    };
    let customers = [
        ("", "As usual: prices are a sign that they may want more, everything else counts"),
        ("points", "It counts, as for everybody"),
        ("expansion", "No points, but a sign that they may want more"),
        ("churn", "No points, but a sign that they may leave"),
    ];
    view! {
        <details class="more-fields">
            <summary>"Limits, unknown facts, customers, name"</summary>
            <div class="more-body">
                <div class="field-row">
                    <Number
                        wrong
                        field=format!("{path}.limits.min")
                        label="At least"
                        help="Points; empty for no limit."
                        value=limit(|limits| limits.min)
                        set=move |typed| set(Box::new(move |limits| limits.min = typed.map(Amount)))
                    />
                    <Number
                        wrong
                        field=format!("{path}.limits.max")
                        label="At most"
                        help="Points; empty for no limit."
                        value=limit(|limits| limits.max)
                        set=move |typed| set(Box::new(move |limits| limits.max = typed.map(Amount)))
                    />
                </div>
                <Wrong wrong field=format!("{path}.limits") />
                <Number
                    wrong
                    field=format!("{path}.unknown")
                    label="Points where a fact is not known"
                    help="Empty: what is not known is nothing to its conditions, and 0 to its sum."
                    value=scoring.of_rule(at, |rule| rule.unknown.map(|it| it.0))
                    set=move |typed| scoring.change_rule(at, |rule| rule.unknown = typed.map(Amount))
                />
                <Select
                    wrong
                    field=format!("{path}.customers")
                    label="Where they are a customer already"
                    choices=customers.map(|(tag, says)| (tag.to_owned(), says.to_owned())).into()
                    value=scoring.of_rule(at, |rule| rule.customers.map(customers_tag).unwrap_or_default().to_owned())
                    set=move |tag| scoring.change_rule(at, |rule| rule.customers = customers_of(&tag))
                />
                <Text
                    wrong
                    field=format!("{path}.id")
                    label="Name in exports and logs"
                    help="It stays when the words change, so that the history of an item still tells what moved it."
                    value=scoring.of_rule(at, |rule| rule.id.clone())
                    set=move |text| scoring.change_rule(at, |rule| rule.id = text)
                />
            </div>
        </details>
    }
}

fn customers_tag(of: Customers) -> &'static str {
    match of {
        Customers::Points => "points",
        Customers::Expansion => "expansion",
        Customers::Churn => "churn",
    }
}

fn customers_of(tag: &str) -> Option<Customers> {
    [Customers::Points, Customers::Expansion, Customers::Churn].into_iter().find(|of| customers_tag(*of) == tag)
}
