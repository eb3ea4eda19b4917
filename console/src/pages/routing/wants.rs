//! What a rule asks of whoever gets its items, and what is done when a promise is in danger.

use leptos::prelude::*;
use shared::promise::USUAL;

use super::editing::Routing;
use super::typed;
use crate::parts::{Text, Wrongs};

/// Both.
#[component]
pub fn Wants(routing: Routing, at: usize, path: String) -> impl IntoView {
    let wrong = routing.wrong;
    let first = routing.table.with_untracked(|table| table.routes.get(at).cloned());
    let (needs, remedies) = first.map(|rule| (rule.needs, rule.remedies)).unwrap_or_default();
    let skills = RwSignal::new(typed::skills_to_text(&needs.skills));
    let territory = RwSignal::new(needs.territory.unwrap_or_default());
    let done = RwSignal::new(remedies.as_deref().map(typed::remedies_to_text).unwrap_or_default());
    let language =
        Memo::new(move |_| routing.table.with(|table| table.routes.get(at).is_some_and(|rule| rule.needs.language)));
    let usual = format!("What is done at which percent of its time; empty for {}", typed::remedies_to_text(&USUAL));
    view! {
        <div class="table-fields">
            <Text
                wrong
                field=format!("{path}.needs.skills")
                label="Skills they need"
                help="With the least level: billing 2, refunds"
                value=skills
                set=move |text| {
                    skills.set(text.clone());
                    routing.rule(at, |rule| rule.needs.skills = typed::skills(&text));
                }
            />
            <Text
                wrong
                field=format!("{path}.needs.territory")
                label="Their territory has"
                help="A fact: values.country. Empty for anybody"
                value=territory
                set=move |text| {
                    territory.set(text.clone());
                    let fact = text.trim().to_owned();
                    routing.rule(at, |rule| rule.needs.territory = Some(fact).filter(|fact| !fact.is_empty()));
                }
            />
        </div>
        <Below wrong path=format!("{path}.needs.skills") />
        <Text
            wrong
            field=format!("{path}.remedies")
            label="When a promise is in danger"
            help=usual
            value=done
            set=move |text| {
                done.set(text.clone());
                let remedies = Some(typed::remedies(&text)).filter(|remedies| !remedies.is_empty());
                routing.rule(at, |rule| rule.remedies = remedies);
            }
        />
        <Below wrong path=format!("{path}.remedies") />
        <label class="check">
            <input
                type="checkbox"
                prop:checked=language
                on:change=move |event| {
                    let on = event_target_checked(&event);
                    routing.rule(at, |rule| rule.needs.language = on);
                }
            />
            "They must answer in the language the form was read in"
        </label>
    }
}

/// What is wrong with the parts of something that is typed in one line.
#[component]
fn Below(wrong: Wrongs, path: String) -> impl IntoView {
    let is_below = move |field: &str| field.strip_prefix(&path).is_some_and(|rest| rest.starts_with(['.', '[']));
    let all = Memo::new(move |_| {
        wrong.with(|wrong| {
            let mine = wrong.iter().filter(|it| is_below(&it.field));
            mine.map(|it| crate::words::sentence(&it.message)).collect::<Vec<_>>()
        })
    });
    move || all.get().into_iter().map(|why| view! { <p class="field-wrong">{why}</p> }).collect_view()
}
