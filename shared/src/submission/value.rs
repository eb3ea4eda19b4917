//! One value of one field: what each kind takes, and the sentence a visitor reads when it does not fit.

use std::borrow::Cow;

use super::{Email, Phone};
use crate::wire::{Field, FieldKind};

/// The longest one-line value, in characters, where the form names no other limit.
pub const SHORT_TEXT_CHARS: u32 = 200;
/// The longest several-line value, in characters, where the form names no other limit.
pub const LONG_TEXT_CHARS: u32 = 10_000;
/// What a ticked box sends.
pub const TICKED: &str = "yes";

/// Why a value does not fit its field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueError {
    /// A required field without a value.
    Required,
    /// A required box that is not ticked.
    NotAgreed,
    /// A choice that was not made.
    NotChosen,
    /// More characters than the field takes.
    TooLong {
        /// The most it takes.
        max: u32,
    },
    /// Not an e-mail address.
    Email,
    /// Not a telephone number.
    Phone,
    /// Not one of the options.
    Option,
    /// A character that cannot be shown, such as NUL.
    ControlCharacter,
    /// Not text.
    NotText,
}

impl ValueError {
    /// The stable name of the error.
    pub fn code(self) -> &'static str {
        match self {
            Self::Required | Self::NotAgreed | Self::NotChosen => "required",
            Self::TooLong { .. } => "too_long",
            Self::Email => "not_an_email",
            Self::Phone => "not_a_phone",
            Self::Option => "not_an_option",
            Self::ControlCharacter => "control_character",
            Self::NotText => "not_text",
        }
    }

    /// The sentence beside the field.
    pub fn message(self) -> String {
        match self {
            Self::Required => "Please fill this in.".to_owned(),
            Self::NotAgreed => "Please tick this box to go on.".to_owned(),
            Self::NotChosen => "Please choose one.".to_owned(),
            Self::TooLong { max } => {
                let mut text = "This is too long: at most ".to_owned();
                text.push_str(&max.to_string());
                text.push_str(" characters.");
                text
            }
            Self::Email => "This does not look like an e-mail address. An example: ana@example.com".to_owned(),
            Self::Phone => "This does not look like a telephone number. An example: +44 20 7946 0000".to_owned(),
            Self::Option => "Please choose one of the options.".to_owned(),
            Self::ControlCharacter => "This holds a character that cannot be shown. Please type it again.".to_owned(),
            Self::NotText => "This must be text.".to_owned(),
        }
    }
}

/// Whether what is typed fits the field.
///
/// # Errors
/// The first reason why not.
pub fn check_value(field: &Field, typed: &str) -> Result<(), ValueError> {
    read_value(field, typed).map(drop)
}

/// What is kept of a typed value: `None` where an optional field was left empty.
///
/// Lines end in `\n` however they were sent (HTML forms send `\r\n`); one-line values lose the white space around them;
/// several-line values are kept as they are.
pub(crate) fn read_value(field: &Field, typed: &str) -> Result<Option<String>, ValueError> {
    let value = normal(field.kind, typed);
    if value.trim().is_empty() {
        return if field.required { Err(missing(field.kind)) } else { Ok(None) };
    }
    let max = max_chars(field);
    if exceeds(&value, max) {
        return Err(ValueError::TooLong { max });
    }
    match field.kind {
        FieldKind::Email => Email::parse(&value).map(|email| Some(email.as_str().to_owned())),
        FieldKind::Phone => Phone::parse(&value).map(|phone| Some(phone.as_str().to_owned())),
        kind if kind.is_choice() && !field.options.iter().any(|option| option.value == *value) => {
            Err(ValueError::Option)
        }
        FieldKind::Consent | FieldKind::Checkbox if value != TICKED => Err(ValueError::Option),
        _ if value.chars().any(|c| is_unshowable(field.kind, c)) => Err(ValueError::ControlCharacter),
        _ => Ok(Some(value.into_owned())),
    }
}

/// The most characters the field takes.
pub fn max_chars(field: &Field) -> u32 {
    field.max_chars.unwrap_or(match field.kind {
        FieldKind::LongText => LONG_TEXT_CHARS,
        FieldKind::Email => super::email::MAX_BYTES,
        _ => SHORT_TEXT_CHARS,
    })
}

fn normal(kind: FieldKind, typed: &str) -> Cow<'_, str> {
    match kind {
        FieldKind::LongText if typed.contains("\r\n") => Cow::Owned(typed.replace("\r\n", "\n")),
        FieldKind::LongText => Cow::Borrowed(typed),
        _ => Cow::Borrowed(typed.trim()),
    }
}

fn missing(kind: FieldKind) -> ValueError {
    match kind {
        FieldKind::Consent => ValueError::NotAgreed,
        kind if kind.is_choice() => ValueError::NotChosen,
        _ => ValueError::Required,
    }
}

fn exceeds(value: &str, max: u32) -> bool {
    usize::try_from(max).is_ok_and(|max| value.chars().nth(max).is_some())
}

/// A C0 or C1 control. Line ends and tabs belong in several-line text only.
fn is_unshowable(kind: FieldKind, c: char) -> bool {
    c.is_control() && !(kind == FieldKind::LongText && matches!(c, '\n' | '\t'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_required_field_wants_more_than_white_space() {
        assert_eq!(read(FieldKind::ShortText, "  \t "), Err(ValueError::Required));
        assert_eq!(read(FieldKind::Consent, ""), Err(ValueError::NotAgreed));
        assert_eq!(read(FieldKind::DropDown, ""), Err(ValueError::NotChosen));
    }

    #[test]
    fn an_optional_field_may_be_left_empty() {
        let field = Field { required: false, ..field(FieldKind::Email) };
        assert_eq!(read_value(&field, " "), Ok(None));
    }

    #[test]
    fn text_is_kept_exactly_in_any_script() {
        for text in ["שלום עולם", "مرحبا", "👩‍👩‍👧‍👦 ok", "a\u{202e}b", "  indented\n\n\ttabbed  "]
        {
            assert_eq!(read(FieldKind::LongText, text), Ok(Some(text.to_owned())));
        }
    }

    #[test]
    fn line_ends_are_the_same_however_they_were_sent() {
        assert_eq!(read(FieldKind::LongText, "a\r\nb"), Ok(Some("a\nb".to_owned())));
    }

    #[test]
    fn control_characters_are_refused() {
        assert_eq!(read(FieldKind::LongText, "a\0b"), Err(ValueError::ControlCharacter));
        assert_eq!(read(FieldKind::ShortText, "a\nb"), Err(ValueError::ControlCharacter));
        assert_eq!(read(FieldKind::ShortText, "a\u{85}b"), Err(ValueError::ControlCharacter));
    }

    #[test]
    fn length_is_counted_in_characters_and_the_limit_itself_fits() {
        let limit = usize::try_from(LONG_TEXT_CHARS).unwrap();
        assert!(read(FieldKind::LongText, &"é".repeat(limit)).is_ok());
        assert_eq!(
            read(FieldKind::LongText, &"é".repeat(limit + 1)),
            Err(ValueError::TooLong { max: LONG_TEXT_CHARS })
        );
    }

    #[test]
    fn a_choice_is_one_of_its_options() {
        assert_eq!(read(FieldKind::DropDown, "team"), Ok(Some("team".to_owned())));
        assert_eq!(read(FieldKind::DropDown, "Team"), Err(ValueError::Option));
    }

    fn read(kind: FieldKind, typed: &str) -> Result<Option<String>, ValueError> {
        read_value(&field(kind), typed)
    }

    fn field(kind: FieldKind) -> Field {
        Field {
            required: true,
            options: vec![crate::wire::Choice { value: "team".to_owned(), label: "Team".to_owned() }],
            ..Field::new("f", kind, "F")
        }
    }
}
