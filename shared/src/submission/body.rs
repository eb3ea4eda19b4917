//! The body of `POST /v1/forms/{site_key}/{form}`: any JSON becomes a [`Submission`] or the list of everything wrong in it.
//!
//! Serde's derive stops at the first wrong field, so the few objects are walked by hand.

use serde_json::{Map, Value};

use super::errors::FieldErrors;
use super::value::{ValueError, read_value};
use super::{Email, Phone};
use crate::time::Timestamp;
use crate::visit::{Seen, cut};
use crate::wire::signal::MAX_SIGNALS;
use crate::wire::{FieldKind, Form};

/// The most characters kept of an address, a title or a signal's name: the visitor cannot mend a longer one, so the rest
/// is cut rather than the submission refused.
const MAX_URL_CHARS: usize = 2_048;
const MAX_TITLE_CHARS: usize = 300;

/// Made by the sender, the same at each try: a UUID in its canonical, lower-case spelling.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SubmissionId(String);

impl SubmissionId {
    /// Reads a UUID of any version; upper case is folded.
    pub fn parse(text: &str) -> Option<Self> {
        let shape_is_right = text.len() == 36
            && text.bytes().enumerate().all(|(at, byte)| match at {
                8 | 13 | 18 | 23 => byte == b'-',
                _ => byte.is_ascii_hexdigit(),
            });
        shape_is_right.then(|| Self(text.to_ascii_lowercase()))
    }

    /// The canonical spelling.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The values that were given, in the form's order; fields left empty are absent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Values(Vec<(String, String)>);

impl Values {
    /// The value of a field.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    /// Names and values, in the form's order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The same as a JSON object.
    pub fn to_json(&self) -> Map<String, Value> {
        self.0.iter().map(|(name, value)| (name.clone(), Value::from(value.as_str()))).collect()
    }
}

/// The page it was sent from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    /// Its address.
    pub url: String,
    /// Its title.
    pub title: String,
    /// Where the visitor came from.
    pub referrer: String,
}

/// A sent form in which every value fits its field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submission {
    id: SubmissionId,
    values: Values,
    email: Option<Email>,
    phone: Option<Phone>,
    page: Page,
    signals: Vec<Seen>,
}

impl Submission {
    /// Reads a body that arrived at `at`, or reports every field that is wrong.
    ///
    /// # Errors
    /// All wrong fields: of the form by their name, of what surrounds it by their path (`page.url`).
    pub fn parse(form: &Form, body: &Value, at: Timestamp) -> Result<Self, FieldErrors> {
        let mut errors = FieldErrors::default();
        let Some(body) = body.as_object() else {
            errors.push("", "not_an_object", "The body must be a JSON object.");
            return Err(errors);
        };
        refuse_unknown(
            body,
            &[
                "submission_id",
                "values",
                "page",
                "signals",
                "lang",
                "visitor",
                "identity",
                "stamp",
                "trap",
                "proof",
                "turnstile",
                "prompt",
            ],
            "",
            &mut errors,
        );
        let id = read_id(body.get("submission_id"), &mut errors);
        let values = read_values(form, body.get("values"), &mut errors);
        let page = read_page(body.get("page"), &mut errors);
        let signals = read_signals(body.get("signals"), at, &mut errors);
        match id {
            Some(id) if errors.is_empty() => {
                let email = first_of(form, &values, FieldKind::Email).and_then(|typed| Email::parse(typed).ok());
                let phone = first_of(form, &values, FieldKind::Phone).and_then(|typed| Phone::parse(typed).ok());
                Ok(Self { id, values, email, phone, page, signals })
            }
            _ => Err(errors),
        }
    }

    /// The sender's id.
    pub fn id(&self) -> &SubmissionId {
        &self.id
    }

    /// The values.
    pub fn values(&self) -> &Values {
        &self.values
    }

    /// The first e-mail address of the form.
    pub fn email(&self) -> Option<&Email> {
        self.email.as_ref()
    }

    /// The first telephone number of the form.
    pub fn phone(&self) -> Option<&Phone> {
        self.phone.as_ref()
    }

    /// The page it was sent from.
    pub fn page(&self) -> &Page {
        &self.page
    }

    /// What the visitor did that had not been sent yet.
    pub fn signals(&self) -> &[Seen] {
        &self.signals
    }
}

/// Signals of a batch (`POST /v1/signals/{site_key}`), with the batch's own id, or every field that is wrong.
///
/// # Errors
/// All wrong fields, by their path.
pub fn parse_batch(body: &Value, at: Timestamp) -> Result<(SubmissionId, Vec<Seen>), FieldErrors> {
    let mut errors = FieldErrors::default();
    let Some(body) = body.as_object() else {
        errors.push("", "not_an_object", "The body must be a JSON object.");
        return Err(errors);
    };
    refuse_unknown(body, &["batch_id", "signals", "referrer", "human", "visitor", "forget"], "", &mut errors);
    let id = body.get("batch_id").and_then(Value::as_str).and_then(SubmissionId::parse);
    if id.is_none() {
        errors.push("batch_id", "not_a_uuid", "This must be a UUID.");
    }
    let signals = read_signals(body.get("signals"), at, &mut errors);
    match id {
        Some(id) if errors.is_empty() => Ok((id, signals)),
        _ => Err(errors),
    }
}

fn read_id(value: Option<&Value>, errors: &mut FieldErrors) -> Option<SubmissionId> {
    let id = value.and_then(Value::as_str).and_then(SubmissionId::parse);
    if id.is_none() {
        errors.push("submission_id", "not_a_uuid", "This must be a UUID, the same each time the form is sent again.");
    }
    id
}

fn read_values(form: &Form, value: Option<&Value>, errors: &mut FieldErrors) -> Values {
    let empty = Map::new();
    let given = match value {
        Some(Value::Object(given)) => given,
        None => &empty,
        Some(_) => {
            errors.push("values", "not_an_object", "This must be an object of texts.");
            return Values::default();
        }
    };
    let mut kept = Vec::with_capacity(form.fields.len());
    for field in &form.fields {
        let typed = match given.get(&field.name) {
            None => Ok(""),
            Some(Value::String(typed)) => Ok(typed.as_str()),
            Some(_) => Err(ValueError::NotText),
        };
        let value = typed.and_then(|typed| read_value(field, typed));
        if let Some(Some(value)) = errors.keep(&field.name, value) {
            kept.push((field.name.clone(), value));
        }
    }
    for name in given.keys().filter(|name| !form.fields.iter().any(|field| field.name == **name)) {
        errors.push(name, "unknown_field", "This form has no such field.");
    }
    Values(kept)
}

fn read_page(value: Option<&Value>, errors: &mut FieldErrors) -> Page {
    let page = match value {
        None => return Page::default(),
        Some(Value::Object(page)) => page,
        Some(_) => {
            errors.push("page", "not_an_object", "This must be an object.");
            return Page::default();
        }
    };
    refuse_unknown(page, &["url", "title", "referrer"], "page.", errors);
    Page {
        url: read_text(page, "url", "page.", MAX_URL_CHARS, errors),
        title: read_text(page, "title", "page.", MAX_TITLE_CHARS, errors),
        referrer: read_text(page, "referrer", "page.", MAX_URL_CHARS, errors),
    }
}

fn read_signals(value: Option<&Value>, at: Timestamp, errors: &mut FieldErrors) -> Vec<Seen> {
    let signals = match value {
        None => return Vec::new(),
        Some(Value::Array(signals)) => signals,
        Some(_) => {
            errors.push("signals", "not_a_list", "This must be a list.");
            return Vec::new();
        }
    };
    // The latest say most: of too many, the first are left out.
    let skipped = signals.len().saturating_sub(MAX_SIGNALS);
    signals
        .iter()
        .enumerate()
        .skip(skipped)
        .filter_map(|(index, signal)| read_signal(&format!("signals[{index}]"), signal, at, errors))
        .collect()
}

fn read_signal(path: &str, signal: &Value, at: Timestamp, errors: &mut FieldErrors) -> Option<Seen> {
    let Some(signal) = signal.as_object() else {
        errors.push(path, "not_an_object", "This must be an object.");
        return None;
    };
    let prefix = format!("{path}.");
    refuse_unknown(signal, &["kind", "ago_ms", "url", "title", "about", "human"], &prefix, errors);
    let ago_ms = match signal.get("ago_ms") {
        None => 0,
        Some(ago) => ago.as_u64().unwrap_or_else(|| {
            errors.push(&format!("{prefix}ago_ms"), "not_a_number", "This must be a whole number of milliseconds.");
            0
        }),
    };
    let kind = read_text(signal, "kind", &prefix, crate::visit::MAX_KIND_CHARS, errors);
    if !crate::visit::is_kind(&kind) {
        errors.push(&format!("{prefix}kind"), "not_a_name", "This must be a name in lower case: page_viewed.");
    }
    Some(Seen {
        kind,
        at: at.earlier_by_ms(ago_ms),
        url: read_text(signal, "url", &prefix, MAX_URL_CHARS, errors),
        title: read_text(signal, "title", &prefix, MAX_TITLE_CHARS, errors),
    })
}

fn read_text(object: &Map<String, Value>, key: &str, prefix: &str, max: usize, errors: &mut FieldErrors) -> String {
    match object.get(key) {
        None => String::new(),
        Some(Value::String(text)) => cut(text, max),
        Some(_) => {
            errors.push(&format!("{prefix}{key}"), ValueError::NotText.code(), ValueError::NotText.message());
            String::new()
        }
    }
}

fn refuse_unknown(object: &Map<String, Value>, known: &[&str], prefix: &str, errors: &mut FieldErrors) {
    for key in object.keys().filter(|key| !known.contains(&key.as_str())) {
        errors.push(&format!("{prefix}{key}"), "unknown_field", "Nothing is expected under this name.");
    }
}

fn first_of<'a>(form: &Form, values: &'a Values, kind: FieldKind) -> Option<&'a str> {
    form.fields.iter().find(|field| field.kind == kind).and_then(|field| values.get(&field.name))
}
