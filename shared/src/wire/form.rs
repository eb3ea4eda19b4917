//! A form as data. One definition renders in the widget, inline on a page and as the plain HTML page, and one validator
//! ([`crate::submission::Submission::parse`]) reads it on both sides.
//!
//! Two shapes share these structs. As a marketer writes it ([`super::Workspace`]), a form has `translations` and its
//! patterns are regular expressions. As it is sent to a browser ([`super::Boot`]), it is in one language and its patterns
//! are tables ([`crate::form::Form::to_sent`]).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What a form is for, and so what kind of item it opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum FormKind {
    /// A question before buying: opens a lead.
    Inquiry,
    /// A trial sign-up: opens a lead.
    Trial,
    /// A request for help: opens a case.
    Support,
}

impl FormKind {
    /// The stable name shared by rows, logs, conditions and the console.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Inquiry => "inquiry",
            Self::Trial => "trial",
            Self::Support => "support",
        }
    }
}

/// One form of a workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Form {
    /// Names the form in addresses: `inquiry`.
    pub id: String,
    /// What it is for.
    pub kind: FormKind,
    /// The heading the visitor reads.
    pub title: String,
    /// One or two sentences under the heading.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intro: Option<String>,
    /// The words on the button.
    pub submit_label: String,
    /// The fields, in order.
    pub fields: Vec<Field>,
    /// The steps it is filled in by; where there are none, all fields stand on one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<Step>,
    /// What must hold between fields.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<FormRule>,
    /// What the visitor gets besides the receipt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<FormResult>,
    /// Its words in other languages: by language tag, then by path (`title`, `intro`, `submit_label`, `result.message`,
    /// `steps.0.title`, `rules.0.message`, `fields.{name}.label`, `.help`, `.pattern_message`,
    /// `fields.{name}.options.{value}`). A word that is missing stays in the workspace's own language.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub translations: BTreeMap<String, BTreeMap<String, String>>,
}

/// One step of a form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Its heading.
    pub title: String,
    /// The names of its fields, in order. Each field of the form is in exactly one step.
    pub fields: Vec<String>,
}

/// What must hold between fields.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct FormRule {
    /// The field beside which the message stands.
    pub field: String,
    /// A condition over `values.{field}`; see [`crate::condition`]. It may compare with another field:
    /// `{"values.end": {"$gte": {"$field": "values.start"}}}`.
    pub require: Value,
    /// What the visitor reads where it does not hold.
    pub message: String,
}

/// What the visitor gets besides the receipt.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct FormResult {
    /// A sentence of the marketer's on the receipt.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Where the visitor is led once it is sent: a path, or an address of one of the site's origins.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redirect: Option<String>,
    /// The id of a form that is offered next.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub follow_up: Option<String>,
}

/// One field of a form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// The key of its value: `email`. Lower-case letters, digits and `_`.
    pub name: String,
    /// What it takes.
    pub kind: FieldKind,
    /// The words beside it. For `consent`, the whole sentence agreed to.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub label: String,
    /// A hint under the label.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// Whether the form may be sent without it.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub required: bool,
    /// When it is asked: a condition over `values.{field}` of fields before it. A field that is not asked has no value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<Value>,
    /// The shortest value, in characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_chars: Option<u32>,
    /// The longest value, in characters; where absent, the limit of its kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_chars: Option<u32>,
    /// The least: a number (`1`), a date (`2026-12-01`, `today`, `today+14`), or how many choices (`1`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<String>,
    /// The most, in the same words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<String>,
    /// A text must match it: a regular expression as a marketer writes it, a table ([`crate::pattern`]) as it is sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
    /// What the visitor reads where it does not match.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pattern_message: Option<String>,
    /// E-mail domains that are not taken.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub blocked_domains: Vec<String>,
    /// Whether an e-mail address must not be a free mailbox's.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub no_free_mail: bool,
    /// The choices of a `single_choice`, `multiple_choice` or `drop_down`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<Choice>,
    /// The countries a `phone` may be given for, the likeliest first; where there are none, the number is one text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub countries: Vec<Country>,
    /// The browser's autofill token: `email`, `name`, `tel`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub autocomplete: Option<String>,
    /// For `consent`: what is kept with the submission besides the sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consent: Option<Consent>,
    /// For `hidden`: where its value comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<HiddenSource>,
    /// Whether it is not asked again once it is known: it is shown, and can be corrected.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub once: bool,
    /// Whether it waits until another field is known, and then takes the place that became free.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub progressive: bool,
}

impl Field {
    /// A field that asks for nothing special.
    pub fn new(name: &str, kind: FieldKind, label: &str) -> Self {
        Self {
            name: name.to_owned(),
            kind,
            label: label.to_owned(),
            help: None,
            required: false,
            when: None,
            min_chars: None,
            max_chars: None,
            min: None,
            max: None,
            pattern: None,
            pattern_message: None,
            blocked_domains: Vec::new(),
            no_free_mail: false,
            options: Vec::new(),
            countries: Vec::new(),
            autocomplete: None,
            consent: None,
            from: None,
            once: false,
            progressive: false,
        }
    }
}

impl FieldKind {
    /// Whether its values are options.
    pub fn is_choice(self) -> bool {
        matches!(self, Self::SingleChoice | Self::MultipleChoice | Self::DropDown)
    }
}

/// What a field takes. A value travels as text (`multiple_choice`: a list of texts); a ticked box is `yes`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    /// An e-mail address; identifies the person.
    Email,
    /// A telephone number.
    Phone,
    /// One line.
    ShortText,
    /// Several lines.
    LongText,
    /// A number: digits, perhaps with a sign and a decimal point.
    Number,
    /// One of the options, all of them in sight.
    SingleChoice,
    /// Some of the options.
    MultipleChoice,
    /// One of the options, in a list that opens.
    DropDown,
    /// A box to tick: the value is `yes`, or absent.
    Checkbox,
    /// A box to tick that agrees to its label: the value is `yes`, or absent.
    Consent,
    /// A day: `2026-11-23`.
    Date,
    /// Not shown: filled from where [`Field::from`] says.
    Hidden,
    /// A PNG, JPEG or PDF of at most 5 MB: the value is the id that `POST /v1/files/{site_key}` gave.
    File,
}

/// One choice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// What travels.
    pub value: String,
    /// What the visitor reads.
    pub label: String,
}

/// A country of a telephone number. Its name is the browser's (`Intl.DisplayNames`), or its code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Country {
    /// ISO 3166-1, two letters: `GB`. Travels as the value of `{name}_country`.
    pub code: String,
    /// Its calling code, without `+`: `44`.
    pub calling: String,
}

/// What is kept of a consent besides the sentence that was agreed to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Consent {
    /// What it permits: `marketing_email`.
    pub purpose: String,
    /// Which wording it was: `2026-11`.
    pub version: String,
}

/// Where a hidden field's value comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum HiddenSource {
    /// Always this.
    Fixed(String),
    /// A parameter of the page's address.
    Query(String),
    /// What the page says: `data-usher-value-{name}` on the element that opened the form, or `usher('set', ..)`.
    Page(String),
}
