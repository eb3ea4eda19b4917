//! One field: label, hint, control and message, linked by id.

use leptos::prelude::AnyView;
use shared::submission::value::TICKED;
use shared::wire::{Field, FieldKind};

use crate::view::{attr, el, none, text};

/// The control's id: unique in the shadow root, where two forms may stand beside each other.
pub fn id(form: &str, name: &str) -> String {
    join(form, "-", name)
}

fn join(first: &str, middle: &str, last: &str) -> String {
    let mut joined = first.to_owned();
    joined.push_str(middle);
    joined.push_str(last);
    joined
}

/// A field, and what is wrong with its value.
pub fn view(form: &str, field: &Field, problem: Option<&str>) -> AnyView {
    let id = id(form, &field.name);
    let help_id = join(&id, "-", "help");
    let error_id = join(&id, "-", "error");

    let mut label = text(&field.label);
    if !field.required && field.kind != FieldKind::Consent {
        label.push(el("SPAN", none(), text(" (optional)")));
    }
    let mut parts = vec![el("LABEL", attr("for", &id).with("part", "label"), label)];
    if let Some(help) = &field.help {
        parts.push(el("P", attr("id", &help_id).with("class", "hint"), text(help)));
    }
    parts.push(control(field, &id, &help_id, problem.map(|_| &*error_id)));
    parts.push(el("P", attr("id", &error_id).with("class", "error"), text(problem.unwrap_or_default())));
    el("DIV", attr("class", if field.kind == FieldKind::Consent { "field tick" } else { "field" }), parts)
}

fn control(field: &Field, id: &str, help_id: &str, error_id: Option<&str>) -> AnyView {
    let described = match (&field.help, error_id) {
        (Some(_), Some(error_id)) => Some(join(help_id, " ", error_id)),
        (Some(_), None) => Some(help_id.to_owned()),
        (None, error_id) => error_id.map(str::to_owned),
    };
    let mut attributes = attr("id", id)
        .with("name", &field.name)
        .with("part", "field")
        .maybe("aria-invalid", error_id.map(|_| "true".to_owned()))
        .maybe("aria-describedby", described)
        .maybe("aria-required", field.required.then(|| "true".to_owned()));
    let (tag, kind, autofill) = match field.kind {
        FieldKind::Email => ("INPUT", "email", Some("email")),
        FieldKind::Phone => ("INPUT", "tel", Some("tel")),
        FieldKind::ShortText | FieldKind::Number | FieldKind::Date | FieldKind::Hidden | FieldKind::File => {
            ("INPUT", "text", None)
        }
        FieldKind::Consent | FieldKind::Checkbox => ("INPUT", "checkbox", None),
        FieldKind::LongText => ("TEXTAREA", "", None),
        FieldKind::DropDown | FieldKind::SingleChoice | FieldKind::MultipleChoice => ("SELECT", "", None),
    };
    if !kind.is_empty() {
        attributes = attributes.with("type", kind);
    }
    if let Some(autofill) = field.autocomplete.as_deref().or(autofill) {
        attributes = attributes.with("autocomplete", autofill);
    }
    let mut children = Vec::new();
    match field.kind {
        FieldKind::Email | FieldKind::Phone => attributes = attributes.with("inputmode", kind),
        FieldKind::Consent => attributes = attributes.with("value", TICKED),
        FieldKind::LongText => attributes = attributes.with("rows", "4"),
        kind if kind.is_choice() => {
            children.push(el("OPTION", attr("value", ""), text("Choose…")));
            for choice in &field.options {
                children.push(el("OPTION", attr("value", &choice.value), text(&choice.label)));
            }
        }
        _ => {}
    }
    let control = el(tag, attributes, children);
    if field.kind.is_choice() { el("DIV", attr("class", "pick"), vec![control]) } else { control }
}
