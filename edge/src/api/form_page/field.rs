//! One field of the plain page: its words, its control, its message, linked by their ids.

use maud::{Markup, html};
use serde_json::Value;
use shared::submission::day::DayLimit;
use shared::submission::value::max_chars;
use shared::submission::values::COUNTRY_SUFFIX;
use shared::wire::form::HiddenSource;
use shared::wire::{Field, FieldKind, Form};
use shared::words::Words;

use super::super::files::MAX_FILE_MB;
use super::{Filled, today};

/// What a browser offers in its dialog for files: what the edge takes.
const ACCEPT: &str = "image/png,image/jpeg,application/pdf";

/// The ids and the state that a control is told by.
struct Told {
    describes: Option<String>,
    is_wrong: bool,
}

impl Told {
    fn invalid(&self) -> Option<&'static str> {
        self.is_wrong.then_some("true")
    }
}

/// A field.
pub fn markup(form: &Form, field: &Field, filled: &Filled<'_>, words: Words<'_>) -> Markup {
    if field.kind == FieldKind::Hidden {
        return hidden(field, filled);
    }
    let name = &field.name;
    let error = filled.error(name);
    let only_if = field.when.as_ref().map(|when| only_if(form, when, words));
    let hint = (field.kind == FieldKind::File).then(|| words.fill("file_hint", &[("max", MAX_FILE_MB)]));
    let notes = [("when", only_if), ("help", field.help.clone()), ("hint", hint)];
    let notes: Vec<(String, String)> =
        notes.into_iter().filter_map(|(of, text)| Some((format!("{name}-{of}"), text?))).collect();
    let ids: Vec<String> =
        notes.iter().map(|(id, _)| id.clone()).chain(error.map(|_| format!("{name}-error"))).collect();
    let told = Told { describes: (!ids.is_empty()).then(|| ids.join(" ")), is_wrong: error.is_some() };
    let around = html! {
        @for (id, text) in &notes { p.help id=(id) { bdi { (text) } } }
        @if let Some(error) = error { p.error id={ (name) "-error" } { bdi { (error) } } }
    };
    let optional = html! { @if !field.required { span.quiet { " (" (words.get("optional")) ")" } } };
    match field.kind {
        FieldKind::Checkbox | FieldKind::Consent => html! {
            div.field.tick.wrong[told.is_wrong] {
                (tick(name, name, "yes", filled.has(name, "yes"), must(field), &told))
                " "
                label for=(name) { bdi { (field.label) } @if field.kind == FieldKind::Checkbox { (optional) } }
                (around)
            }
        },
        FieldKind::SingleChoice | FieldKind::MultipleChoice => html! {
            fieldset.field.wrong[told.is_wrong] role=[(field.kind == FieldKind::SingleChoice).then_some("radiogroup")]
                aria-describedby=[told.describes.as_deref()]
                aria-required=[(field.kind == FieldKind::SingleChoice && must(field)).then_some("true")]
                aria-invalid=[told.invalid().filter(|_| field.kind == FieldKind::SingleChoice)] {
                legend { bdi { (field.label) } (optional) }
                (around)
                (choices(field, filled, &told))
            }
        },
        _ => html! {
            div.field.wrong[told.is_wrong] {
                label for=(name) { bdi { (field.label) } (optional) }
                (around)
                (control(field, filled, &told, words))
            }
        },
    }
}

/// A value that only the link may give, and only where the form asks for it.
fn hidden(field: &Field, filled: &Filled<'_>) -> Markup {
    let is_of_link = matches!(field.from, Some(HiddenSource::Query(_)));
    let kept = filled.value(&field.name);
    let value = filled.query.get(&field.name).map_or(kept, String::as_str);
    html! { @if is_of_link && !value.is_empty() { input type="hidden" name=(field.name) value=(value); } }
}

/// Whether it must be filled in by everybody; where it is asked only sometimes, the edge says so when it was.
fn must(field: &Field) -> bool {
    field.required && field.when.is_none()
}

fn control(field: &Field, filled: &Filled<'_>, told: &Told, words: Words<'_>) -> Markup {
    let (name, value, limit) = (&field.name, filled.value(&field.name), max_chars(field));
    let (describes, invalid) = (told.describes.as_deref(), told.invalid());
    match field.kind {
        FieldKind::LongText => html! {
            // HTML drops one line end after the tag: this one.
            textarea id=(name) name=(name) rows="6" maxlength=(limit) required[must(field)] aria-invalid=[invalid]
                aria-describedby=[describes] dir="auto" { "\n" (value) }
        },
        FieldKind::DropDown => html! {
            select id=(name) name=(name) required[must(field)] aria-invalid=[invalid] aria-describedby=[describes] {
                option value="" selected[value.is_empty()] { (words.get("choose")) }
                @for option in &field.options {
                    option value=(option.value) selected[option.value == value] { (option.label) }
                }
            }
        },
        FieldKind::Phone if !field.countries.is_empty() => html! {
            div.phone {
                (country(field, filled, words))
                (input(field, "tel", value, told))
            }
        },
        FieldKind::File => html! {
            @if let Some(file) = filled.files.get(name) {
                div.kept {
                    (tick(name, &format!("{name}-kept"), &file.id, true, false, &Told { describes: None, is_wrong: false }))
                    " "
                    label for={ (name) "-kept" } { bdi { (words.fill("file_ready", &[("name", &file.name)])) } }
                }
            } @else if told.is_wrong || filled.problem.is_some() {
                p.help { (words.get("page_file_again")) }
            }
            input type="file" id=(name) name=(name) accept=(ACCEPT) aria-invalid=[invalid] aria-describedby=[describes]
                required[must(field) && !filled.files.contains_key(name)];
        },
        FieldKind::Email => input(field, "email", value, told),
        FieldKind::Phone => input(field, "tel", value, told),
        FieldKind::Date => input(field, "date", value, told),
        // A browser's own field for numbers forgets what is none.
        _ => input(field, "text", value, told),
    }
}

fn input(field: &Field, kind: &str, value: &str, told: &Told) -> Markup {
    let day = |limit: &Option<String>| {
        let limit = limit.as_deref().filter(|_| field.kind == FieldKind::Date).and_then(DayLimit::parse);
        limit.map(|limit| limit.from(today()).to_text())
    };
    let is_text = field.kind == FieldKind::ShortText;
    html! {
        input type=(kind) id=(field.name) name=(field.name) value=(value) required[must(field)]
            maxlength=[(field.kind != FieldKind::Date).then(|| max_chars(field))]
            min=[day(&field.min)] max=[day(&field.max)] inputmode=[(field.kind == FieldKind::Number).then_some("decimal")]
            autocomplete=[field.autocomplete.as_deref()] dir=(if is_text { "auto" } else { "ltr" })
            aria-invalid=[told.invalid()] aria-describedby=[told.describes.as_deref()];
    }
}

fn country(field: &Field, filled: &Filled<'_>, words: Words<'_>) -> Markup {
    let name = format!("{}{COUNTRY_SUFFIX}", field.name);
    let chosen = filled.value(&name);
    html! {
        select name=(name) aria-label=(words.get("country")) autocomplete="tel-country-code" {
            @for country in &field.countries {
                option value=(country.code) selected[country.code == chosen] { (country.code) " +" (country.calling) }
            }
        }
    }
}

/// Each choice beside its words; the first carries the field's own id, to which the summary leads.
fn choices(field: &Field, filled: &Filled<'_>, told: &Told) -> Markup {
    let name = &field.name;
    html! {
        @for (index, option) in field.options.iter().enumerate() {
            @let id = if index == 0 { name.clone() } else { format!("{name}-{index}") };
            @let is_chosen = filled.has(name, &option.value);
            div.choice {
                @if field.kind == FieldKind::SingleChoice {
                    input type="radio" id=(id) name=(name) value=(option.value) checked[is_chosen]
                        required[must(field)];
                } @else {
                    (tick(name, &id, &option.value, is_chosen, false, &Told { describes: None, is_wrong: told.is_wrong }))
                }
                " "
                label for=(id) { bdi { (option.label) } }
            }
        }
    }
}

fn tick(name: &str, id: &str, value: &str, is_ticked: bool, is_required: bool, told: &Told) -> Markup {
    html! {
        input type="checkbox" id=(id) name=(name) value=(value) checked[is_ticked] required[is_required]
            aria-invalid=[told.invalid()] aria-describedby=[told.describes.as_deref()];
    }
}

/// When a field is asked, in words: of one other field, where the condition says no more than which value it has.
fn only_if(form: &Form, when: &Value, words: Words<'_>) -> String {
    simple(form, when, words).unwrap_or_else(|| words.get("page_if").to_owned())
}

fn simple(form: &Form, when: &Value, words: Words<'_>) -> Option<String> {
    let mut tests = when.as_object()?.iter();
    let (path, test) = tests.next().filter(|_| when.as_object().is_some_and(|all| all.len() == 1))?;
    let field = form.fields.iter().find(|field| Some(field.name.as_str()) == path.strip_prefix("values."))?;
    let one_of = match test {
        Value::Object(operators) if operators.len() == 1 => match operators.iter().next()? {
            (operator, one) if operator == "$eq" => vec![one],
            (operator, Value::Array(all)) if operator == "$in" => all.iter().collect(),
            _ => return None,
        },
        Value::Object(_) | Value::Array(_) => return None,
        one => vec![one],
    };
    if let [Value::Bool(true)] = one_of.as_slice() {
        return Some(words.fill("page_if_ticked", &[("field", &field.label)]));
    }
    let label = |value: &Value| {
        let value = value.as_str()?;
        let option = field.options.iter().find(|option| option.value == value);
        Some(option.map_or(value, |option| &option.label).to_owned())
    };
    let values: Vec<String> = one_of.into_iter().map(label).collect::<Option<_>>()?;
    Some(words.fill("page_if_is", &[("field", &field.label), ("value", &values.join(" / "))]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use shared::words::words;

    #[test]
    fn only_simple_conditions_are_told_in_their_own_words() {
        let told = |when: Value| only_if(&form(), &when, words("en").into());
        assert_eq!(told(json!({ "values.topic": "other" })), "Only if “Topic” is: Something else");
        assert_eq!(
            told(json!({ "values.topic": { "$in": ["a", "other"] } })),
            "Only if “Topic” is: A / Something else"
        );
        assert_eq!(told(json!({ "values.box": true })), "Only if you ticked: The box");
        for hard in [
            json!({ "values.topic": { "$ne": "other" } }),
            json!({ "values.topic": "other", "values.box": true }),
            json!({ "$not": { "values.topic": "other" } }),
            json!({ "values.gone": "x" }),
            json!({ "values.topic": { "$exists": true } }),
        ] {
            assert_eq!(told(hard), "Only if it applies to you.");
        }
    }

    #[test]
    fn a_file_that_was_sent_before_stays_ticked() {
        let file = json!({ "id": "0".repeat(32), "kind": "png", "bytes": 10, "name": "a<b>.png" });
        let files = [("shot".to_owned(), serde_json::from_value(file).unwrap())].into();
        let form = form();
        let field = form.fields.last().unwrap();
        let text = markup(&form, field, &Filled { files, ..Filled::default() }, words("en").into()).0;
        assert!(text.contains(&format!(r#"name="shot" value="{}" checked"#, "0".repeat(32))), "{text}");
        assert!(text.contains("a&lt;b&gt;.png is attached."), "{text}");
    }

    fn form() -> Form {
        let topic = json!([{ "value": "a", "label": "A" }, { "value": "other", "label": "Something else" }]);
        let fields = json!([
            { "name": "topic", "kind": "drop_down", "label": "Topic", "options": topic },
            { "name": "box", "kind": "checkbox", "label": "The box" },
            { "name": "shot", "kind": "file", "label": "Picture", "required": true },
        ]);
        serde_json::from_value(
            json!({ "id": "f", "kind": "inquiry", "title": "T", "submit_label": "S", "fields": fields }),
        )
        .unwrap()
    }
}
