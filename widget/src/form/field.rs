//! One field: label, hint, control and message, linked by id.

use leptos::prelude::*;
use shared::submission::value::TICKED;
use shared::wire::{Field, FieldKind};

use super::state::State;
use crate::view::{attr, el, live_attr, live_text, text};

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

/// A field.
pub fn view(form: &str, field: &Field, state: &ArcRwSignal<State>) -> AnyView {
    let id = id(form, &field.name);
    let help_id = join(&id, "-", "help");
    let error_id = join(&id, "-", "error");

    let mut label = text(&field.label);
    if field.required {
        label.push(el("span", vec![attr("aria-hidden", "true")], text(" *")));
    }
    let mut parts = vec![el("label", vec![attr("for", &id), attr("part", "label")], label)];
    if let Some(help) = &field.help {
        parts.push(el("p", vec![attr("id", &help_id), attr("class", "hint")], text(help)));
    }
    parts.push(control(field, &id, help_id, error_id.clone(), state));
    let name = field.name.clone();
    parts.push(el(
        "p",
        vec![attr("id", error_id), attr("class", "error")],
        live_text(state, move |state| state.problem(&name).unwrap_or_default().to_owned()),
    ));
    let class = if field.kind == FieldKind::Consent { "field tick" } else { "field" };
    el("div", vec![attr("class", class)], parts)
}

fn control(field: &Field, id: &str, help_id: String, error_id: String, state: &ArcRwSignal<State>) -> AnyView {
    let wrong = field.name.clone();
    let described = field.name.clone();
    let help = field.help.is_some();
    let mut attributes = vec![
        attr("id", id),
        attr("name", &field.name),
        attr("part", "field"),
        live_attr("aria-invalid", state, move |state| state.problem(&wrong).map(|_| "true".to_owned())),
        live_attr("aria-describedby", state, move |state| match (help, state.problem(&described)) {
            (true, Some(_)) => Some(join(&help_id, " ", &error_id)),
            (true, None) => Some(help_id.clone()),
            (false, Some(_)) => Some(error_id.clone()),
            (false, None) => None,
        }),
    ];
    if field.required {
        attributes.push(attr("aria-required", "true"));
    }
    let (tag, kind, autofill) = match field.kind {
        FieldKind::Email => ("input", "email", Some("email")),
        FieldKind::Phone => ("input", "tel", Some("tel")),
        FieldKind::ShortText => ("input", "text", None),
        FieldKind::Consent => ("input", "checkbox", None),
        FieldKind::LongText => ("textarea", "", None),
        FieldKind::Choice => ("select", "", None),
    };
    if !kind.is_empty() {
        attributes.push(attr("type", kind));
    }
    if let Some(autofill) = field.autocomplete.as_deref().or(autofill) {
        attributes.push(attr("autocomplete", autofill));
    }
    let mut children = Vec::new();
    match field.kind {
        FieldKind::Email | FieldKind::Phone => attributes.push(attr("inputmode", kind)),
        FieldKind::Consent => attributes.push(attr("value", TICKED)),
        FieldKind::LongText => attributes.push(attr("rows", "4")),
        FieldKind::Choice => {
            children.push(el("option", vec![attr("value", "")], text("Choose…")));
            for choice in &field.options {
                children.push(el("option", vec![attr("value", &choice.value)], text(&choice.label)));
            }
        }
        FieldKind::ShortText => {}
    }
    el(tag, attributes, children)
}
