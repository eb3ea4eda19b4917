//! The receipt: a reference to quote, who answers, and by when in the visitor's own time and language.

use js_sys::{Array, Date, Intl, JSON, Object};
use leptos::prelude::AnyView;
use shared::wire::Receipt;
use wasm_bindgen::prelude::*;

use crate::view::{attr, el, none, text};

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
pub fn view(form: &str, receipt: &Receipt, copied: bool) -> AnyView {
    let when = el("TIME", attr("datetime", &receipt.answer_by), text(by_when(&receipt.answer_by)));
    let reference = vec![
        el("CODE", none(), text(&receipt.reference)),
        button("copy", "link", if copied { "Copied" } else { "Copy" }),
    ];
    let parts = vec![
        el("H3", attr("id", heading_id(form)).with("tabindex", "-1"), text("Thank you. It has arrived.")),
        el(
            "DL",
            none(),
            vec![row("Who answers", text(&receipt.team)), row("Answer by", vec![when]), row("Reference", reference)],
        ),
        el("DIV", attr("class", "foot"), vec![button("done", "go", "Done"), button("again", "link", "Send another")]),
    ];
    el("SECTION", attr("class", "receipt"), parts)
}

fn row(term: &str, detail: Vec<AnyView>) -> AnyView {
    el("DIV", none(), vec![el("DT", none(), text(term)), el("DD", none(), detail)])
}

fn button(name: &str, class: &str, label: &str) -> AnyView {
    let attributes = attr("type", "button").with("name", name).with("class", class).with("part", "button");
    el("BUTTON", attributes, text(label))
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
