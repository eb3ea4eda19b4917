//! A form as the widget draws it: of the form that was sent, what can be seen. What its values must be is not here: that
//! is asked of `rules`.

use js_sys::Array;
use json::{each, get, is, list, maybe, text, texts};
use shared::wire::FieldKind;
use wasm_bindgen::JsValue;

/// A form.
#[derive(Debug, Default)]
pub struct Form {
    /// Names it in ids.
    pub id: String,
    /// One or two sentences before the fields.
    pub intro: Option<String>,
    /// The words on the button.
    pub submit_label: String,
    /// The fields, in order.
    pub fields: Vec<Field>,
    /// Where each step begins among the fields, and its heading; at least one, the first at 0.
    pub steps: Vec<(usize, String)>,
}

/// A field.
#[derive(Debug)]
pub struct Field {
    /// Names its value.
    pub name: String,
    /// What it takes.
    pub kind: FieldKind,
    /// The words beside it.
    pub label: String,
    /// A hint under the label.
    pub help: Option<String>,
    /// Whether the form may be sent without it.
    pub required: bool,
    /// Whether it is asked under a condition only.
    pub conditional: bool,
    /// Whether it waits until another field is known, and then takes the place that became free.
    pub progressive: bool,
    /// What may be chosen: the value and its words.
    pub options: Vec<(String, String)>,
    /// The countries of a telephone number: the code and the calling code.
    pub countries: Vec<(String, String)>,
    /// The browser's autofill token.
    pub autocomplete: Option<String>,
    /// The first and the last day, as the form writes them.
    pub range: [(&'static str, Option<String>); 2],
    /// For what is not shown: whether the page's address (`query`) or the page says it, and under which name.
    pub from: (&'static str, String),
}

impl Form {
    /// Reads the form that was sent; nothing where it is none.
    pub fn read(it: &JsValue) -> Option<Self> {
        let mut steps = Vec::new();
        let mut begin = 0;
        each(&list(it, "steps"), |step| {
            steps.push((begin, text(step, "title")));
            begin += each(&list(step, "fields"), |_| ()).len();
        });
        if steps.is_empty() {
            steps.push((0, String::new()));
        }
        Some(Self {
            id: maybe(it, "id")?,
            intro: maybe(it, "intro"),
            submit_label: text(it, "submit_label"),
            fields: each(&list(it, "fields"), Field::read),
            steps,
        })
    }

    /// A field.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// The fields of a step.
    pub fn step(&self, place: usize) -> &[Field] {
        let begin = self.steps.get(place).map_or(0, |step| step.0);
        let end = self.steps.get(place + 1).map_or(self.fields.len(), |step| step.0);
        self.fields.get(begin..end).unwrap_or_default()
    }
}

impl Field {
    fn read(it: &JsValue) -> Self {
        let from = get(it, "from");
        Self {
            name: text(it, "name"),
            kind: json::kind(it),
            label: text(it, "label"),
            help: maybe(it, "help"),
            required: is(it, "required"),
            conditional: is(it, "when"),
            progressive: is(it, "progressive"),
            options: pairs(&list(it, "options"), "value", "label"),
            countries: pairs(&list(it, "countries"), "code", "calling"),
            autocomplete: maybe(it, "autocomplete"),
            range: [("min", maybe(it, "min")), ("max", maybe(it, "max"))],
            from: match maybe(&from, "query") {
                Some(name) => ("query", name),
                None => ("page", text(&from, "page")),
            },
        }
    }

    /// Whether a visitor can see it.
    pub fn is_seen(&self) -> bool {
        self.kind != FieldKind::Hidden
    }

    /// The words of one of its choices.
    pub fn choice<'a>(&'a self, value: &'a str) -> &'a str {
        self.options.iter().find(|option| option.0 == value).map_or(value, |option| &option.1)
    }
}

fn pairs(items: &Array, first: &str, second: &str) -> Vec<(String, String)> {
    each(items, |it| (text(it, first), text(it, second)))
}

/// What a field holds: a text, or the choices that were made, as they travel.
pub fn read_value(value: &JsValue) -> Vec<String> {
    value.as_string().map_or_else(|| texts(&Array::from(value)), |one| vec![one])
}
