//! The control of a value, by the kind of its fact: what a condition compares with, or what is supposed of a lead.

use leptos::prelude::*;
use serde_json::Value;

use super::rows::MISSING;

/// A value that is asked for.
pub struct Asked<'a> {
    /// What it is.
    pub label: String,
    /// The kind of the fact, as [`FactView`] names it.
    pub kind: &'a str,
    /// The values that there are, where it is one of a few.
    pub options: Vec<(String, String)>,
    /// Whether it is a list.
    pub several: bool,
}

/// The control of a value: `set` takes what it becomes, and [`MISSING`] where it is none.
pub fn control_of(asked: &Asked<'_>, now: &Value, set: Callback<Value>) -> AnyView {
    let Asked { label, kind, options, several } = asked;
    let is_number = *kind == "number";
    let choices = match *kind {
        "yes_no" => vec![("true".to_owned(), "yes".to_owned()), ("false".to_owned(), "no".to_owned())],
        _ => options.clone(),
    };
    match (several, choices.is_empty()) {
        (true, false) => several_of(label.clone(), choices, now, set),
        (true, true) => list(label, is_number, now, set),
        (false, false) => one_of(label.clone(), choices, *kind == "yes_no", now, set),
        (false, true) => text(label.clone(), is_number, now, set),
    }
}

fn several_of(label: String, choices: Vec<(String, String)>, now: &Value, set: Callback<Value>) -> AnyView {
    let chosen = RwSignal::new(now.as_array().cloned().unwrap_or_default());
    let choice = |(tag, says): (String, String)| {
        let own = Value::String(tag);
        let is_chosen = chosen.with_untracked(|values| values.contains(&own));
        let choose = move |event| {
            let on = event_target_checked(&event);
            chosen.update(|values| {
                values.retain(|value| *value != own);
                if on {
                    values.push(own.clone());
                }
            });
            set.run(Value::Array(chosen.get_untracked()));
        };
        view! {
            <label class="choice">
                <input type="checkbox" prop:checked=is_chosen on:change=choose />
                <span>{says}</span>
            </label>
        }
    };
    let choices = choices.into_iter().map(choice).collect_view();
    view! {
        <div role="group" aria-label=label>
            {choices}
        </div>
    }
    .into_any()
}

fn list(label: &str, is_number: bool, now: &Value, set: Callback<Value>) -> AnyView {
    let text = now.as_array().map(|values| values.iter().map(plain).collect::<Vec<_>>().join(", "));
    let typed = move |event| {
        let text = event_target_value(&event);
        let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
        set.run(Value::Array(parts.map(|part| scalar(part, is_number)).collect()));
    };
    view! {
        <input
            type="text"
            autocomplete="off"
            aria-label=format!("{label}, separated by commas")
            placeholder="one, another"
            prop:value=text.unwrap_or_default()
            on:input=typed
        />
    }
    .into_any()
}

fn one_of(
    label: String,
    choices: Vec<(String, String)>,
    is_yes_no: bool,
    now: &Value,
    set: Callback<Value>,
) -> AnyView {
    let now = plain(now);
    let is_missing = choices.iter().all(|(tag, _)| *tag != now);
    let option = |(tag, says): (String, String)| {
        let is_chosen = tag == now;
        view! {
            <option value=tag prop:selected=is_chosen>
                {says}
            </option>
        }
    };
    let choices = choices.into_iter().map(option).collect_view();
    let choose = move |event| {
        set.run(match event_target_value(&event).as_str() {
            "" => MISSING,
            text if is_yes_no => Value::Bool(text == "true"),
            text => Value::String(text.to_owned()),
        });
    };
    let none = is_missing.then(|| {
        view! {
            <option value="" prop:selected=true>
                "Choose"
            </option>
        }
    });
    view! {
        <select aria-label=label on:change=choose>
            {none} {choices}
        </select>
    }
    .into_any()
}

fn text(label: String, is_number: bool, now: &Value, set: Callback<Value>) -> AnyView {
    let typed = move |event| {
        let text = event_target_value(&event);
        set.run(if text.trim().is_empty() { MISSING } else { scalar(text.trim(), is_number) });
    };
    view! {
        <input
            type="text"
            inputmode=is_number.then_some("decimal")
            autocomplete="off"
            aria-label=label
            prop:value=plain(now)
            on:input=typed
        />
    }
    .into_any()
}

/// A value as it is typed.
fn scalar(text: &str, is_number: bool) -> Value {
    match text.parse::<serde_json::Number>() {
        Ok(number) if is_number => Value::Number(number),
        _ if is_number => MISSING,
        _ => Value::String(text.to_owned()),
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        // A whole number is written without a fraction, however it came.
        Value::Number(number) => number.as_f64().map_or_else(|| number.to_string(), |number| number.to_string()),
        Value::Bool(is) => is.to_string(),
        _ => String::new(),
    }
}
