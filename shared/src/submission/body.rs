//! The body of `POST /v1/forms/{site_key}/{form}`: any JSON becomes a [`Submission`] or the list of everything wrong in it.
//!
//! Serde's derive stops at the first wrong field, so the few objects are walked by hand.

use serde_json::{Map, Value};

use super::errors::FieldErrors;
use super::value::Found;
use super::values::{COUNTRY_SUFFIX, Values, read};
use super::{Email, Phone, Today, ValueError};
use crate::form::Form;
use crate::time::Timestamp;
use crate::visit::{Seen, cut};
use crate::wire::{Channel, FieldKind};
use crate::words::{Words, words};
use crate::{scrub, signal};

/// The most characters kept of an address, a title or a signal's name: the visitor cannot mend a longer one, so the rest
/// is cut rather than the submission refused.
const MAX_URL_CHARS: usize = 2_048;
const MAX_TITLE_CHARS: usize = 300;
/// The most characters of what else surrounds the values: a signed token is the longest.
const MAX_AROUND_CHARS: usize = 4_096;

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
    around: Around,
    channel: Channel,
}

/// What a body has.
const KNOWN: [&str; 12] = [
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
];

/// What surrounds the values, as it was sent: who checks it, knows what it means.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Around {
    lang: String,
    visitor: String,
    identity: String,
    stamp: String,
    trap: String,
    proof: String,
    turnstile: String,
    prompt: String,
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
        errors.refuse_unknown(body, &KNOWN, "");
        let id = read_id(body.get("submission_id"), &mut errors);
        let around = read_around(body, &mut errors);
        let values = read_values(form, body.get("values"), at, &around.lang, &mut errors);
        let page = read_page(body.get("page"), &mut errors);
        let signals = signal::read_all(body.get("signals"), at, &mut errors);
        match id {
            Some(id) if errors.is_empty() => {
                let email = first_of(form, &values, FieldKind::Email).and_then(|typed| Email::parse(typed).ok());
                let phone = first_of(form, &values, FieldKind::Phone).and_then(|typed| Phone::parse(typed).ok());
                Ok(Self { id, values, email, phone, page, signals, around, channel: Channel::Web })
            }
            _ => Err(errors),
        }
    }

    /// The same, as it came to us in another way than by a form of a visitor's.
    pub fn through(self, channel: Channel) -> Self {
        Self { channel, ..self }
    }

    /// How it came to us.
    pub fn channel(&self) -> Channel {
        self.channel
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

    /// The language the visitor read the form in; empty where it was not said.
    pub fn lang(&self) -> &str {
        &self.around.lang
    }

    /// The visitor's own id, once they have consented to one.
    pub fn visitor(&self) -> &str {
        &self.around.visitor
    }

    /// The token that `identify` was given.
    pub fn identity(&self) -> &str {
        &self.around.identity
    }

    /// The signed time of the configuration or page that the form came with.
    pub fn stamp(&self) -> &str {
        &self.around.stamp
    }

    /// What stands in the field that no person sees.
    pub fn trap(&self) -> &str {
        &self.around.trap
    }

    /// A solved challenge.
    pub fn proof(&self) -> &str {
        &self.around.proof
    }

    /// A Turnstile token.
    pub fn turnstile(&self) -> &str {
        &self.around.turnstile
    }

    /// The prompt that opened the form.
    pub fn prompt(&self) -> &str {
        &self.around.prompt
    }
}

fn read_id(value: Option<&Value>, errors: &mut FieldErrors) -> Option<SubmissionId> {
    let id = value.and_then(Value::as_str).and_then(SubmissionId::parse);
    if id.is_none() {
        errors.push("submission_id", "not_a_uuid", "This must be a UUID, the same each time the form is sent again.");
    }
    id
}

fn read_around(body: &Map<String, Value>, errors: &mut FieldErrors) -> Around {
    let mut text = |key| read_text(body, key, "", MAX_AROUND_CHARS, errors);
    Around {
        lang: text("lang"),
        visitor: text("visitor"),
        identity: text("identity"),
        stamp: text("stamp"),
        trap: text("trap"),
        proof: text("proof"),
        turnstile: text("turnstile"),
        prompt: text("prompt"),
    }
}

fn read_values(form: &Form, value: Option<&Value>, at: Timestamp, lang: &str, errors: &mut FieldErrors) -> Values {
    let empty = Map::new();
    let given = match value {
        Some(Value::Object(given)) => given,
        None => &empty,
        Some(_) => {
            errors.push("values", "not_an_object", "This must be an object of texts.");
            return Values::default();
        }
    };
    let found = |name: &str| match given.get(name) {
        None => Found::Nothing,
        Some(Value::String(typed)) => Found::One(typed),
        Some(Value::Array(items)) => {
            let texts = items.iter().map(Value::as_str).collect::<Option<Vec<_>>>();
            texts.map_or(Found::NotText, Found::Many)
        }
        Some(_) => Found::NotText,
    };
    let lang = if lang.is_empty() { form.lang() } else { lang };
    let reading = read(form, &found, Today::around(at), lang);
    errors.extend(reading.problems(Words::from(words(lang))));
    let unknown = given.keys().filter(|name| !is_expected(form, name)).cloned();
    errors.push_unknown(unknown, "values", "This form has no such field.");
    reading.into_values()
}

/// Whether the form has a field of this name, or the country of one.
fn is_expected(form: &Form, name: &str) -> bool {
    let phone = name.strip_suffix(COUNTRY_SUFFIX);
    form.fields().any(|field| {
        field.source.name == name || (!field.source.countries.is_empty() && phone == Some(&field.source.name))
    })
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
    errors.refuse_unknown(page, &["url", "title", "referrer"], "page.");
    Page {
        url: scrub::url(&read_text(page, "url", "page.", MAX_URL_CHARS, errors)),
        title: scrub::text(&read_text(page, "title", "page.", MAX_TITLE_CHARS, errors)),
        referrer: scrub::url(&read_text(page, "referrer", "page.", MAX_URL_CHARS, errors)),
    }
}

fn read_text(object: &Map<String, Value>, key: &str, prefix: &str, max: usize, errors: &mut FieldErrors) -> String {
    match object.get(key) {
        None => String::new(),
        Some(Value::String(text)) => cut(text, max),
        Some(_) => {
            errors.push(&format!("{prefix}{key}"), ValueError::NotText.code(), "This must be text.");
            String::new()
        }
    }
}

fn first_of<'a>(form: &Form, values: &'a Values, kind: FieldKind) -> Option<&'a str> {
    form.fields().filter(|field| field.source.kind == kind).find_map(|field| values.get(&field.source.name))
}
