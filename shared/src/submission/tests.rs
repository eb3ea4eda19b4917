//! What each kind of field takes, read through a form as both sides read it.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::*;
use crate::wire;
use crate::words::words;

#[test]
fn a_required_field_wants_more_than_white_space() {
    for blank in ["", "  \t ", "\u{200b}\u{3164}"] {
        assert_eq!(code(&json!({ "kind": "short_text", "required": true }), blank), "required");
    }
    assert_eq!(code(&json!({ "kind": "consent", "required": true }), ""), "required");
    assert_eq!(code(&json!({ "kind": "short_text" }), " "), "nothing");
}

#[test]
fn several_lines_are_kept_exactly_in_any_script() {
    for text in ["שלום עולם", "مرحبا", "👩‍👩‍👧‍👦 ok", "a\u{202e}b", "  indented\n\n\ttabbed  "]
    {
        assert_eq!(read(&json!({ "kind": "long_text" }), text), Ok(Some(Given::One(text.to_owned()))));
    }
    assert_eq!(read(&json!({ "kind": "long_text" }), "a\r\nb"), one("a\nb"));
}

#[test]
fn one_line_loses_what_cannot_be_seen() {
    assert_eq!(read(&json!({ "kind": "short_text" }), " \u{feff}محمد \u{202e}علي "), one("محمد علي"));
    assert_eq!(read(&json!({ "kind": "short_text" }), "ශ්‍රී"), one("ශ්‍රී"));
}

#[test]
fn controls_are_refused() {
    assert_eq!(code(&json!({ "kind": "long_text" }), "a\0b"), "control_character");
    assert_eq!(code(&json!({ "kind": "short_text" }), "a\nb"), "control_character");
    assert_eq!(code(&json!({ "kind": "short_text" }), "a\u{85}b"), "control_character");
}

#[test]
fn length_is_counted_in_characters_and_the_limits_themselves_fit() {
    let field = json!({ "kind": "short_text", "min_chars": 2, "max_chars": 3 });
    assert_eq!(["é", "éé", "éééé", "👩🏽"].map(|text| code(&field, text)), ["too_short", "fits", "too_long", "fits"]);
    let limit = usize::try_from(value::LONG_TEXT_CHARS).unwrap();
    assert_eq!(code(&json!({ "kind": "long_text" }), &"é".repeat(limit)), "fits");
    assert_eq!(code(&json!({ "kind": "long_text" }), &"é".repeat(limit + 1)), "too_long");
}

#[test]
fn a_pattern_takes_the_whole_value() {
    let field = json!({ "kind": "short_text", "pattern": "[A-Z]{2}|\\d{3}", "pattern_message": "Two letters." });
    assert_eq!(
        ["AB", "123", "AB1", "1234"].map(|text| code(&field, text)),
        ["fits", "fits", "wrong_pattern", "wrong_pattern"]
    );
    assert_eq!(message(&field, "x"), "Two letters.");
}

#[test]
fn an_address_may_be_at_a_domain_that_is_not_taken() {
    let field = json!({ "kind": "email", "blocked_domains": ["spam.example"], "no_free_mail": true });
    assert_eq!(
        ["a@spam.example", "a@x.spam.example", "a@gmail.com", "a@work.example", "a"].map(|text| code(&field, text)),
        ["blocked_domain", "blocked_domain", "free_mail", "fits", "not_an_email"]
    );
}

#[test]
fn numbers_and_days_lie_within_their_limits() {
    let seats = json!({ "kind": "number", "min": "1", "max": "2.5" });
    assert_eq!(
        ["0.9", "1", "2.50", "2.51", "1e1"].map(|text| code(&seats, text)),
        ["too_small", "fits", "fits", "too_large", "not_a_number"]
    );
    assert_eq!(message(&seats, "0"), "This must be 1 or more.");
    let day = json!({ "kind": "date", "min": "today", "max": "today+14" });
    assert_eq!(
        ["2026-11-22", "2026-11-23", "2026-12-07", "2026-12-08", "2026-02-30"].map(|text| code(&day, text)),
        ["too_early", "fits", "fits", "too_late", "not_a_date"]
    );
    assert_eq!(message(&day, "2026-11-22"), "This must be 2026-11-23 or later.");
}

#[test]
fn choices_are_options_in_the_forms_order() {
    let options =
        json!([{ "value": "a", "label": "A" }, { "value": "b", "label": "B" }, { "value": "c", "label": "C" }]);
    let one_of = json!({ "kind": "single_choice", "options": options });
    assert_eq!(["a", "A", "a,b"].map(|text| code(&one_of, text)), ["fits", "not_an_option", "not_an_option"]);
    let field = json!({ "kind": "multiple_choice", "options": options, "min": "2", "max": "2" });
    let several = |chosen: &[&str]| {
        let chosen = Given::Many(chosen.iter().map(|choice| (*choice).to_owned()).collect());
        read_given(&field, chosen).map_err(|problem| problem.code)
    };
    assert_eq!(several(&["c", "a"]), Ok(Some(Given::Many(vec!["a".to_owned(), "c".to_owned()]))));
    assert_eq!(several(&["a"]), Err("too_few".to_owned()));
    assert_eq!(several(&["a", "b", "c"]), Err("too_many".to_owned()));
    assert_eq!(several(&["a", "a"]), Err("not_an_option".to_owned()));
    assert_eq!(several(&[]), Ok(None));
}

#[test]
fn a_box_a_file_and_a_hidden_value() {
    assert_eq!(["yes", "on"].map(|text| code(&json!({ "kind": "checkbox" }), text)), ["fits", "not_an_option"]);
    let id = "0123456789abcdef0123456789abcdef";
    assert_eq!(
        [id, "../etc", &id.to_uppercase()].map(|text| code(&json!({ "kind": "file" }), text)),
        ["fits", "not_a_file", "not_a_file"]
    );
    let hidden = json!({ "kind": "hidden", "from": { "query": "utm_campaign" } });
    assert_eq!(read(&hidden, &format!("a\0b{}", "x".repeat(300))), one(&format!("ab{}", "x".repeat(198))));
    let fixed = json!({ "kind": "hidden", "from": { "fixed": "autumn" } });
    assert_eq!(read(&fixed, "mine"), one("autumn"));
}

#[test]
fn a_field_that_is_not_asked_has_no_value_and_no_problem() {
    let fields = json!([
        email(),
        { "name": "for", "kind": "short_text", "label": "For" },
        { "name": "seats", "kind": "number", "label": "Seats", "required": true, "when": { "values.for": "team" } },
        { "name": "why", "kind": "short_text", "label": "Why", "required": true, "when": { "values.seats": { "$gt": 9 } } },
    ]);
    let form = form(fields, json!([]));
    let got = |typed: Value| {
        let typed = typed_values(&typed);
        let reading = read_typed(&form, &typed, today());
        let codes: Vec<_> = reading.wrong().iter().map(|(field, error)| format!("{field} {}", error.code())).collect();
        (reading.asked().len(), codes.join(", "), Value::Object(reading.values().to_json()))
    };
    let base = json!({ "email": "a@b.example" });
    assert_eq!(got(with(&base, json!({ "seats": "x" }))), (2, String::new(), base.clone()));
    assert_eq!(got(with(&base, json!({ "for": "team" }))).1, "seats required");
    let all = got(with(&base, json!({ "for": "team", "seats": "10", "why": "many" })));
    assert_eq!(all, (4, String::new(), json!({ "email": "a@b.example", "for": "team", "seats": 10.0, "why": "many" })));
    // What does not fit is as good as nothing.
    assert_eq!(got(with(&base, json!({ "for": "team", "seats": "many", "why": "x" }))).1, "seats not_a_number");
}

#[test]
fn a_rule_is_asked_once_what_it_reads_fits() {
    let fields = json!([
        email(),
        { "name": "phone", "kind": "phone", "label": "Telephone" },
        { "name": "call", "kind": "checkbox", "label": "Call me" },
    ]);
    let require = json!({ "$or": [{ "values.phone": { "$exists": true } }, { "values.call": { "$exists": false } }] });
    let rule = json!([{ "field": "phone", "require": require, "message": "We need a number to call." }]);
    let form = form(fields, rule);
    let wrong = |typed: Value| check(&form, &typed_values(&typed), Words::from(words("en")), today());
    let codes = |typed: Value| wrong(typed).into_iter().map(|problem| problem.code).collect::<Vec<_>>();
    let base = json!({ "email": "a@b.example" });
    assert_eq!(codes(base.clone()), [""; 0]);
    assert_eq!(codes(with(&base, json!({ "call": "yes" }))), ["rule_broken"]);
    assert_eq!(wrong(with(&base, json!({ "call": "yes" })))[0].message, "We need a number to call.");
    assert_eq!(codes(with(&base, json!({ "call": "yes", "phone": "12" }))), ["not_a_phone"]);
    assert_eq!(codes(with(&base, json!({ "call": "yes", "phone": "1234567" }))), [""; 0]);
}

#[test]
fn messages_come_in_the_language_of_the_words() {
    for language in crate::words::LANGUAGES {
        let words = Words::from(words(language.tag));
        let message = ValueError::TooLong { max: 12_345 }.message(words);
        assert!(message.contains("12345") && !message.contains('{'), "{message}");
    }
}

fn code(field: &Value, text: &str) -> String {
    match read(field, text) {
        Ok(Some(_)) => "fits".to_owned(),
        Ok(None) => "nothing".to_owned(),
        Err(problem) => problem.code,
    }
}

fn message(field: &Value, text: &str) -> String {
    read(field, text).unwrap_err().message
}

fn one(text: &str) -> Result<Option<Given>, FieldProblem> {
    Ok(Some(Given::One(text.to_owned())))
}

fn read(field: &Value, text: &str) -> Result<Option<Given>, FieldProblem> {
    read_given(field, Given::One(text.to_owned()))
}

/// Reads one value through a form that asks for it, besides an address.
fn read_given(field: &Value, given: Given) -> Result<Option<Given>, FieldProblem> {
    let field = with(&json!({ "name": "f", "label": "F" }), field.clone());
    let form = form(json!([email(), field]), json!([]));
    let mut typed = typed_values(&json!({ "email": "a@b.example" }));
    typed.insert("f".to_owned(), given);
    let reading = read_typed(&form, &typed, today());
    match reading.problems(Words::from(words("en"))).pop() {
        Some(problem) => Err(problem),
        None => Ok(reading.values().given("f").cloned()),
    }
}

fn form(fields: Value, rules: Value) -> Form {
    let form =
        json!({ "id": "f", "kind": "inquiry", "title": "T", "submit_label": "S", "fields": fields, "rules": rules });
    let form: wire::Form = serde_json::from_value(form).unwrap();
    Form::parse(&form, "en").unwrap()
}

fn email() -> Value {
    json!({ "name": "email", "kind": "email", "label": "E-mail", "required": true })
}

fn with(base: &Value, more: Value) -> Value {
    let mut whole = base.as_object().unwrap().clone();
    whole.extend(more.as_object().unwrap().clone());
    Value::Object(whole)
}

fn typed_values(typed: &Value) -> BTreeMap<String, Given> {
    serde_json::from_value(typed.clone()).unwrap()
}

fn today() -> Today {
    Today::exactly(Day::parse("2026-11-23").unwrap())
}
