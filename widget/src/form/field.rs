//! One field: label, hint, control and message, linked by id; or, where it is known, a line that says so.

use leptos::prelude::AnyView;
use shared::submission::value::TICKED;
use shared::submission::values::COUNTRY_SUFFIX;
use shared::wire::FieldKind;

use super::definition::Field;
use super::{Draw, button, hidden};
use crate::view::{Attributes, attr, el, none, text};

/// What a file may be.
const ACCEPT: &str = "image/png,image/jpeg,application/pdf";

/// The control's id, of several the first one's: unique in the shadow root, where two forms may stand beside each other.
pub fn id(form: &str, name: &str) -> String {
    [form, "-", name].concat()
}

/// A field, and what is wrong with its value.
pub fn view(draw: &Draw<'_>, field: &Field) -> AnyView {
    let parts = Parts::new(draw, field);
    let known = draw.state.known(&field.name);
    let mut whole = vec![parts.body(known.is_some())];
    if let Some(known) = known {
        let said = vec![
            el("B", none(), text(&field.label)),
            el("SPAN", none(), text(&known.value)),
            el("SMALL", none(), text(&known.from)),
        ];
        let change = button("change", &field.name, "link", draw.word("change"));
        whole.push(el("DIV", attr("class", "known"), vec![el("P", none(), said), change]));
    }
    el("DIV", hidden(none(), !draw.state.is_asked(draw.form, field)), whole)
}

struct Parts<'a> {
    draw: &'a Draw<'a>,
    field: &'a Field,
    id: String,
    help_id: String,
    error_id: String,
    problem: Option<&'a str>,
}

impl<'a> Parts<'a> {
    fn new(draw: &'a Draw<'a>, field: &'a Field) -> Self {
        let id = id(&draw.form.id, &field.name);
        let (help_id, error_id) = ([&id, "-help"].concat(), [&id, "-error"].concat());
        Self { draw, field, id, help_id, error_id, problem: draw.state.problem(&field.name) }
    }

    fn body(&self, is_known: bool) -> AnyView {
        let Self { field, .. } = self;
        let is_group = matches!(field.kind, FieldKind::SingleChoice | FieldKind::MultipleChoice);
        let is_tick = matches!(field.kind, FieldKind::Checkbox | FieldKind::Consent);

        let mut label = text(&field.label);
        if !field.required && !is_tick {
            let optional = [" (", &self.draw.word("optional"), ")"].concat();
            label.push(el("SPAN", none(), text(optional)));
        }
        let head = attr("part", "label");
        let mut parts =
            vec![if is_group { el("LEGEND", head, label) } else { el("LABEL", head.with("for", &self.id), label) }];
        if let Some(help) = &field.help {
            parts.push(el("P", attr("id", &self.help_id).with("class", "hint"), text(help)));
        }
        parts.push(self.control());
        if field.kind == FieldKind::File {
            let file = self.draw.state.file(&field.name);
            let says = file.map_or("", |file| &file.says);
            let inside = vec![
                el("SPAN", none(), text(says)),
                button("remove", &field.name, "link", self.draw.word("file_remove")),
            ];
            parts.push(el("DIV", hidden(attr("class", "file"), file.is_none()), inside));
        }
        parts.push(el("P", attr("id", &self.error_id).with("class", "error"), text(self.problem.unwrap_or_default())));

        let mut attributes = attr("class", if is_tick { "field tick" } else { "field" });
        if field.kind == FieldKind::SingleChoice {
            attributes = self.judged(attributes.with("role", "radiogroup"));
        }
        el(if is_group { "FIELDSET" } else { "DIV" }, hidden(attributes, is_known), parts)
    }

    /// Says what is wrong, to those who do not see it.
    fn judged(&self, attributes: Attributes) -> Attributes {
        self.described(attributes)
            .maybe("aria-invalid", self.problem.map(|_| "true".to_owned()))
            .maybe("aria-required", self.field.required.then(|| "true".to_owned()))
    }

    fn described(&self, attributes: Attributes) -> Attributes {
        let ids: Vec<&str> = [self.field.help.as_ref().map(|_| &*self.help_id), self.problem.map(|_| &*self.error_id)]
            .into_iter()
            .flatten()
            .collect();
        attributes.maybe("aria-describedby", (!ids.is_empty()).then(|| ids.join(" ")))
    }

    fn control(&self) -> AnyView {
        let Self { field, draw, id, .. } = self;
        let named = || attr("name", &field.name).with("part", "field");
        let (tag, kind, mode) = match field.kind {
            FieldKind::Email => ("INPUT", "email", "email"),
            FieldKind::Phone => ("INPUT", "tel", "tel"),
            FieldKind::ShortText | FieldKind::Hidden => ("INPUT", "text", ""),
            FieldKind::Number => ("INPUT", "text", "decimal"),
            FieldKind::Date => ("INPUT", "date", ""),
            FieldKind::File => ("INPUT", "file", ""),
            FieldKind::Checkbox | FieldKind::Consent | FieldKind::MultipleChoice => ("INPUT", "checkbox", ""),
            FieldKind::SingleChoice => ("INPUT", "radio", ""),
            FieldKind::LongText => ("TEXTAREA", "", ""),
            FieldKind::DropDown => ("SELECT", "", ""),
        };
        let mut attributes = named();
        for (name, value) in [("type", kind), ("inputmode", mode)] {
            if !value.is_empty() {
                attributes = attributes.with(name, value);
            }
        }
        if matches!(field.kind, FieldKind::SingleChoice | FieldKind::MultipleChoice) {
            return self.choices(attributes);
        }
        let autofill = match field.kind {
            FieldKind::Email | FieldKind::Phone => Some(mode.to_owned()),
            _ => None,
        };
        attributes = attributes.with("id", id).maybe("autocomplete", field.autocomplete.clone().or(autofill));
        let mut children = Vec::new();
        match field.kind {
            FieldKind::Consent | FieldKind::Checkbox => attributes = attributes.with("value", TICKED),
            FieldKind::LongText => attributes = attributes.with("rows", "4"),
            FieldKind::Date => {
                for (name, limit) in &field.range {
                    attributes = attributes.maybe(name, limit.as_ref().map(|limit| draw.options.day(limit)));
                }
            }
            FieldKind::File => {
                let is_chosen = draw.state.file(&field.name).is_some();
                attributes = hidden(attributes.with("accept", ACCEPT), is_chosen);
            }
            FieldKind::DropDown => {
                children.push(option("", draw.word("choose")));
                children.extend(field.options.iter().map(|(value, label)| option(value, label.clone())));
            }
            _ => {}
        }
        let control = el(tag, self.judged(attributes), children);
        if field.kind == FieldKind::DropDown {
            return el("DIV", attr("class", "pick"), vec![control]);
        }
        if field.countries.is_empty() {
            return control;
        }
        let countries = field
            .countries
            .iter()
            .map(|(code, calling)| option(code, ["+", calling, " ", &draw.options.country(code)].concat()))
            .collect();
        let select = attr("name", [&field.name, COUNTRY_SUFFIX].concat())
            .with("part", "field")
            .with("autocomplete", "country")
            .with("aria-label", draw.word("country"));
        let pick = el("DIV", attr("class", "pick"), vec![el("SELECT", select, countries)]);
        el("DIV", attr("class", "phone"), vec![pick, control])
    }

    fn choices(&self, attributes: Attributes) -> AnyView {
        let mut choices = Vec::new();
        for (place, (value, label)) in self.field.options.iter().enumerate() {
            let one = attributes.clone().with("value", value);
            let one = one.maybe("id", (place == 0).then(|| self.id.clone()));
            let several = self.field.kind == FieldKind::MultipleChoice;
            let wrong = self.problem.filter(|_| several).map(|_| "true".to_owned());
            let one = self.described(one).maybe("aria-invalid", wrong);
            let inside = vec![el("INPUT", one, Vec::new()), el("SPAN", none(), text(label))];
            choices.push(el("LABEL", attr("class", "choice"), inside));
        }
        el("DIV", attr("class", "choices"), choices)
    }
}

fn option(value: &str, label: String) -> AnyView {
    el("OPTION", attr("value", value), text(label))
}
