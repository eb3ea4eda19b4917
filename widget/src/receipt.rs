//! The receipt: a reference to quote, who answers, and by when in the visitor's own time and language.

use js_sys::{Array, Date, Intl, JSON, Object};
use leptos::prelude::*;
use shared::wire::Receipt;
use wasm_bindgen::prelude::*;

use crate::form::state::State;
use crate::view::{attr, el, live_text, text};

const DAY_MS: f64 = 86_400_000.0;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(extends = Date)]
    type LocalDate;
    #[wasm_bindgen(method, js_name = toLocaleString)]
    fn to_local_text(this: &LocalDate, locales: &JsValue, options: &JsValue) -> String;
}

/// The heading's id.
pub fn heading_id(form: &str) -> String {
    let mut id = form.to_owned();
    id.push_str("-receipt");
    id
}

/// The receipt.
pub fn view(form: &str, receipt: &Receipt, state: &ArcRwSignal<State>) -> AnyView {
    let heading = vec![attr("id", heading_id(form)), attr("tabindex", "-1")];
    let when = el("time", vec![attr("datetime", &receipt.answer_by)], text(by_when(&receipt.answer_by)));
    let copy = live_text(state, |state| if state.copied() { "Copied" } else { "Copy" }.to_owned());
    let reference = vec![el("code", Vec::new(), text(&receipt.reference)), button("copy", "link", copy)];
    el(
        "section",
        vec![attr("class", "receipt")],
        vec![
            el("h3", heading, text("Thank you. It has arrived.")),
            el(
                "dl",
                Vec::new(),
                vec![
                    row("Who answers", text(&receipt.team)),
                    row("Answer by", vec![when]),
                    row("Reference", reference),
                ],
            ),
            el(
                "div",
                vec![attr("class", "foot")],
                vec![button("done", "go", text("Done")), button("again", "link", text("Send another"))],
            ),
        ],
    )
}

fn row(term: &str, detail: Vec<AnyView>) -> AnyView {
    el("div", Vec::new(), vec![el("dt", Vec::new(), text(term)), el("dd", Vec::new(), detail)])
}

fn button(name: &str, class: &str, label: Vec<AnyView>) -> AnyView {
    el("button", vec![attr("type", "button"), attr("name", name), attr("class", class), attr("part", "button")], label)
}

/// `today, 16:40`, `tomorrow, 09:10` or `Monday 23 November, 09:10`, as the visitor's language writes it.
fn by_when(utc: &str) -> String {
    let at = Date::new(&utc.into());
    if at.get_time().is_nan() {
        return utc.to_owned();
    }
    let is = |days: f64| at.to_date_string() == Date::new(&(Date::now() + days * DAY_MS).into()).to_date_string();
    let mut text = if is(0.0) {
        relative(0.0)
    } else if is(1.0) {
        relative(1.0)
    } else {
        local(&at, r#"{"weekday":"long","day":"numeric","month":"long"}"#)
    };
    text.push_str(", ");
    text.push_str(&local(&at, r#"{"hour":"2-digit","minute":"2-digit"}"#));
    text
}

fn local(at: &Date, options: &str) -> String {
    let options = JSON::parse(options).unwrap_or(JsValue::UNDEFINED);
    at.unchecked_ref::<LocalDate>().to_local_text(&JsValue::UNDEFINED, &options)
}

fn relative(days: f64) -> String {
    let options: Object = JSON::parse(r#"{"numeric":"auto"}"#).unwrap_or(JsValue::UNDEFINED).unchecked_into();
    Intl::RelativeTimeFormat::new(&Array::new(), &options).format(days, "day").into()
}
