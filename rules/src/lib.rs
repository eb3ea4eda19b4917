//! The rules of forms as `shared` has them, for browsers: which fields are asked, and what is wrong with what was typed.
//!
//! A module of its own, so that a form can be seen before its rules are here, and a page's own form needs nothing else.
//! The widget (`widget`) and forms that a page drew itself (`widget/loader/enhance.js`) ask it; the edge runs the same
//! functions, so they never disagree. Not here: how anything looks.

mod read;

use std::collections::BTreeMap;

use shared::form::Form;
use shared::submission::{Day, Today, read_typed};
use wasm_bindgen::prelude::*;

/// The rules of one form.
#[wasm_bindgen]
pub struct Rules {
    form: Form,
    words: BTreeMap<String, String>,
    today: Today,
}

#[wasm_bindgen]
impl Rules {
    /// Reads a form as it was sent, with the widget's words by name and the day on the visitor's calendar. Nothing comes
    /// back where it is no form that we know.
    pub fn of(form: &JsValue, words: &JsValue, today: &str) -> Option<Rules> {
        let form = Form::read_sent(read::form(form)?)?;
        Some(Self { form, words: read::words(words), today: Today::exactly(Day::parse(today)?) })
    }

    /// Reads what was typed, as an object of texts and lists of texts. Answers, as JSON, with the names of the fields that
    /// are `asked`, and the `problems`, each with its `field`, `code`, `message`, and the names of the fields that it
    /// `reads` besides its own.
    pub fn read(&self, typed: &JsValue) -> String {
        let typed = read::given(typed);
        let reading = read_typed(&self.form, &typed, self.today);
        let mut out = String::from("{\"asked\":");
        json::strings(&mut out, reading.asked().iter().copied());
        out.push_str(",\"problems\":[");
        for (place, problem) in reading.problems((&self.words).into()).iter().enumerate() {
            out.push_str(if place == 0 { "{\"field\":" } else { "},{\"field\":" });
            json::string(&mut out, &problem.field);
            for (name, text) in [(",\"code\":", &problem.code), (",\"message\":", &problem.message)] {
                out.push_str(name);
                json::string(&mut out, text);
            }
            out.push_str(",\"reads\":");
            let broken = self.form.rules().filter(|rule| {
                problem.code == "rule_broken"
                    && rule.source.field == problem.field
                    && rule.source.message == problem.message
            });
            json::strings(&mut out, broken.flat_map(|rule| rule.reads()));
        }
        out.push_str(if out.ends_with('[') { "]}" } else { "}]}" });
        out
    }
}
