//! A form as data. One definition renders in the widget and as the plain HTML page, and one validator
//! ([`crate::submission::Submission::parse`]) reads it on both sides.

use serde::{Deserialize, Serialize};

/// What a form is for, and so what kind of item it opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
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
}

/// One field of a form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// The key of its value: `email`. Lower-case letters, digits and `_`.
    pub name: String,
    /// What it takes.
    pub kind: FieldKind,
    /// The words beside it. For `consent`, the whole sentence agreed to.
    pub label: String,
    /// A hint under the label.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// Whether the form may be sent without it.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub required: bool,
    /// The longest value, in characters; where absent, the limit of its kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_chars: Option<u32>,
    /// The choices of a `choice`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<Choice>,
    /// The browser's autofill token: `email`, `name`, `tel`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub autocomplete: Option<String>,
}

/// What a field takes. Every value travels as text; a ticked consent is `yes`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
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
    /// One of the options.
    Choice,
    /// A box to tick: the value is `yes`, or absent.
    Consent,
}

/// One choice of a `choice` field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// What travels.
    pub value: String,
    /// What the visitor reads.
    pub label: String,
}
