//! One value of one field: what each kind takes, and the sentence a visitor reads when it does not fit.

use std::borrow::Cow;

use super::day::{Day, Today};
use super::number::{Number, decimal};
use super::text::{has_control, is_blank, one_line};
use super::{Email, Phone};
use crate::file::FileId;
use crate::form::{Field, Limit};
use crate::wire::{self, FieldKind, Given};
use crate::words::Words;

/// The longest one-line value, in characters, where the form names no other limit.
pub const SHORT_TEXT_CHARS: u32 = 200;
/// The longest several-line value, in characters, where the form names no other limit.
pub const LONG_TEXT_CHARS: u32 = 10_000;
/// What a ticked box sends.
pub const TICKED: &str = "yes";

/// Why a value does not fit its field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueError<'f> {
    /// A required field without a value.
    Required,
    /// A required box that is not ticked.
    NotAgreed,
    /// A choice that was not made.
    NotChosen,
    /// A required file that is not there.
    NoFile,
    /// Fewer characters than the field wants.
    TooShort {
        /// The fewest it takes.
        min: u32,
    },
    /// More characters than the field takes.
    TooLong {
        /// The most it takes.
        max: u32,
    },
    /// Not an e-mail address.
    Email,
    /// An e-mail address at a domain that the form does not take.
    BlockedDomain,
    /// An e-mail address at a domain that gives a mailbox to anybody.
    FreeMail,
    /// Not a telephone number.
    Phone,
    /// Not a number.
    Number,
    /// Below the least number.
    TooSmall {
        /// The least, as the form writes it.
        min: &'f str,
    },
    /// Above the greatest number.
    TooLarge {
        /// The greatest, as the form writes it.
        max: &'f str,
    },
    /// Not a day of the calendar.
    Date,
    /// Before the first day.
    TooEarly {
        /// The first day.
        min: Day,
    },
    /// After the last day.
    TooLate {
        /// The last day.
        max: Day,
    },
    /// Not one of the options, or one of them twice.
    Option,
    /// Fewer choices than the field wants.
    TooFew {
        /// The fewest.
        min: u32,
    },
    /// More choices than the field takes.
    TooMany {
        /// The most.
        max: u32,
    },
    /// A text that does not match the field's pattern.
    Pattern {
        /// The form's own sentence about it; may be empty.
        message: &'f str,
    },
    /// A rule between fields that does not hold.
    Rule {
        /// The form's own sentence about it.
        message: &'f str,
    },
    /// Not the id of a file.
    File,
    /// A character that cannot be shown, such as NUL.
    ControlCharacter,
    /// Not text.
    NotText,
}

impl ValueError<'_> {
    /// The stable name of the error.
    pub fn code(self) -> &'static str {
        match self {
            Self::Required | Self::NotAgreed | Self::NotChosen | Self::NoFile => "required",
            Self::TooShort { .. } => "too_short",
            Self::TooLong { .. } => "too_long",
            Self::Email => "not_an_email",
            Self::BlockedDomain => "blocked_domain",
            Self::FreeMail => "free_mail",
            Self::Phone => "not_a_phone",
            Self::Number => "not_a_number",
            Self::TooSmall { .. } => "too_small",
            Self::TooLarge { .. } => "too_large",
            Self::Date => "not_a_date",
            Self::TooEarly { .. } => "too_early",
            Self::TooLate { .. } => "too_late",
            Self::Option => "not_an_option",
            Self::TooFew { .. } => "too_few",
            Self::TooMany { .. } => "too_many",
            Self::Pattern { .. } => "wrong_pattern",
            Self::Rule { .. } => "rule_broken",
            Self::File => "not_a_file",
            Self::ControlCharacter => "control_character",
            Self::NotText => "not_text",
        }
    }

    /// The sentence beside the field, in the language of these words.
    pub fn message(self, words: Words<'_>) -> String {
        let count = |key, name, count| words.fill(key, &[(name, &decimal(count))]);
        match self {
            Self::Pattern { message } | Self::Rule { message } if !message.is_empty() => message.to_owned(),
            Self::NotAgreed => words.get("not_agreed").to_owned(),
            Self::NotChosen => words.get("not_chosen").to_owned(),
            Self::NoFile => words.get("no_file").to_owned(),
            Self::TooShort { min } => count(self.code(), "min", min),
            Self::TooLong { max } => count(self.code(), "max", max),
            Self::TooFew { min } => count(self.code(), "min", min),
            Self::TooMany { max } => count(self.code(), "max", max),
            Self::TooSmall { min } => words.fill(self.code(), &[("min", min)]),
            Self::TooLarge { max } => words.fill(self.code(), &[("max", max)]),
            Self::TooEarly { min } => words.fill(self.code(), &[("min", &min.to_text())]),
            Self::TooLate { max } => words.fill(self.code(), &[("max", &max.to_text())]),
            _ => words.get(self.code()).to_owned(),
        }
    }
}

/// What was found under a field's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found<'a> {
    /// Nothing.
    Nothing,
    /// A text.
    One(&'a str),
    /// Several texts.
    Many(Vec<&'a str>),
    /// Something that is not text.
    NotText,
}

impl<'a> From<Option<&'a Given>> for Found<'a> {
    fn from(given: Option<&'a Given>) -> Self {
        match given {
            None => Self::Nothing,
            Some(Given::One(text)) => Self::One(text),
            Some(Given::Many(texts)) => Self::Many(texts.iter().map(String::as_str).collect()),
        }
    }
}

/// What is kept of a typed value: `None` where an optional field was left empty.
///
/// Lines end in `\n` however they were sent (HTML forms send `\r\n`). One-line values lose the white space around them
/// and what cannot be seen in them ([`one_line`]); several-line values are kept as they are.
pub(crate) fn read_value<'f>(
    field: Field<'f>,
    found: Found<'_>,
    country: &str,
    today: Today,
) -> Result<Option<Given>, ValueError<'f>> {
    let kind = field.source.kind;
    if kind == FieldKind::MultipleChoice {
        return read_choices(field, found);
    }
    let typed = match found {
        Found::Nothing => "",
        Found::One(typed) => typed,
        Found::Many(_) | Found::NotText => return Err(ValueError::NotText),
    };
    let value = normal(field.source, typed);
    if is_blank(&value) {
        return if field.source.required { Err(missing(kind)) } else { Ok(None) };
    }
    if has_control(&value, kind == FieldKind::LongText) {
        return Err(ValueError::ControlCharacter);
    }
    let max = max_chars(field.source);
    if exceeds(&value, max) {
        return Err(ValueError::TooLong { max });
    }
    let kept = match kind {
        FieldKind::Email => read_email(field, &value)?,
        FieldKind::Phone => read_phone(field, &value, country)?,
        FieldKind::ShortText | FieldKind::LongText => read_text(field, value.into_owned())?,
        FieldKind::Number => read_number(field, &value)?,
        FieldKind::Date => read_date(field, &value, today)?,
        FieldKind::SingleChoice | FieldKind::DropDown => {
            known_option(field, &value)?;
            value.into_owned()
        }
        FieldKind::Checkbox | FieldKind::Consent if value == TICKED => value.into_owned(),
        FieldKind::Checkbox | FieldKind::Consent | FieldKind::MultipleChoice => return Err(ValueError::Option),
        FieldKind::File if FileId::parse(&value).is_some() => value.into_owned(),
        FieldKind::File => return Err(ValueError::File),
        FieldKind::Hidden => value.into_owned(),
    };
    Ok(Some(Given::One(kept)))
}

/// The most characters the field takes.
pub fn max_chars(field: &wire::Field) -> u32 {
    field.max_chars.unwrap_or(match field.kind {
        FieldKind::LongText => LONG_TEXT_CHARS,
        FieldKind::Email => super::email::MAX_BYTES,
        _ => SHORT_TEXT_CHARS,
    })
}

fn read_email<'f>(field: Field<'f>, value: &str) -> Result<String, ValueError<'f>> {
    let email = Email::parse(value)?;
    if email.is_at(&field.source.blocked_domains) {
        return Err(ValueError::BlockedDomain);
    }
    if field.source.no_free_mail && email.is_free_mail() {
        return Err(ValueError::FreeMail);
    }
    Ok(email.as_str().to_owned())
}

fn read_phone<'f>(field: Field<'f>, value: &str, country: &str) -> Result<String, ValueError<'f>> {
    let countries = &field.source.countries;
    let chosen = match country {
        "" => countries.first(),
        code => Some(countries.iter().find(|country| country.code == code).ok_or(ValueError::Option)?),
    };
    let phone = match chosen {
        Some(country) => Phone::parse_in(country, value)?,
        None => Phone::parse(value)?,
    };
    Ok(phone.as_str().to_owned())
}

fn read_text(field: Field<'_>, value: String) -> Result<String, ValueError<'_>> {
    if let Some(min) = field.source.min_chars.filter(|min| *min > 0 && !exceeds(&value, min - 1)) {
        return Err(ValueError::TooShort { min });
    }
    if field.pattern().is_some_and(|pattern| !pattern.matches(&value)) {
        return Err(ValueError::Pattern { message: "" });
    }
    Ok(value)
}

fn read_number<'f>(field: Field<'f>, value: &str) -> Result<String, ValueError<'f>> {
    let number = Number::parse(value).ok_or(ValueError::Number)?;
    if let (Some(Limit::Number(min)), Some(text)) = (field.min(), &field.source.min)
        && number.value() < min
    {
        return Err(ValueError::TooSmall { min: text });
    }
    if let (Some(Limit::Number(max)), Some(text)) = (field.max(), &field.source.max)
        && number.value() > max
    {
        return Err(ValueError::TooLarge { max: text });
    }
    Ok(number.as_str().to_owned())
}

fn read_date<'f>(field: Field<'f>, value: &str, today: Today) -> Result<String, ValueError<'f>> {
    let day = Day::parse(value).ok_or(ValueError::Date)?;
    if let Some(Limit::Day(limit)) = field.min()
        && day < limit.from(today.earliest)
    {
        return Err(ValueError::TooEarly { min: limit.from(today.earliest) });
    }
    if let Some(Limit::Day(limit)) = field.max()
        && day > limit.from(today.latest)
    {
        return Err(ValueError::TooLate { max: limit.from(today.latest) });
    }
    Ok(day.to_text())
}

/// The choices that were made, in the form's order.
fn read_choices<'f>(field: Field<'f>, found: Found<'_>) -> Result<Option<Given>, ValueError<'f>> {
    let chosen = match found {
        Found::Nothing => Vec::new(),
        Found::One(choice) => vec![choice],
        Found::Many(choices) => choices,
        Found::NotText => return Err(ValueError::NotText),
    };
    let chosen: Vec<&str> = chosen.into_iter().filter(|choice| !choice.is_empty()).collect();
    if chosen.is_empty() {
        return if field.source.required { Err(ValueError::NotChosen) } else { Ok(None) };
    }
    for (at, choice) in chosen.iter().enumerate() {
        known_option(field, choice)?;
        if chosen.iter().take(at).any(|before| before == choice) {
            return Err(ValueError::Option);
        }
    }
    let count = u32::try_from(chosen.len()).unwrap_or(u32::MAX);
    match (field.min(), field.max()) {
        (Some(Limit::Count(min)), _) if count < min => Err(ValueError::TooFew { min }),
        (_, Some(Limit::Count(max))) if count > max => Err(ValueError::TooMany { max }),
        _ => {
            let options = field.source.options.iter().map(|option| &option.value);
            Ok(Some(Given::Many(options.filter(|value| chosen.contains(&value.as_str())).cloned().collect())))
        }
    }
}

fn known_option<'f>(field: Field<'f>, value: &str) -> Result<(), ValueError<'f>> {
    let known = field.source.options.iter().any(|option| option.value == value);
    known.then_some(()).ok_or(ValueError::Option)
}

fn normal<'t>(field: &wire::Field, typed: &'t str) -> Cow<'t, str> {
    match field.kind {
        FieldKind::LongText if typed.contains("\r\n") => Cow::Owned(typed.replace("\r\n", "\n")),
        FieldKind::LongText => Cow::Borrowed(typed),
        FieldKind::Hidden => {
            // The visitor cannot mend it: what does not fit is left out.
            let limit = usize::try_from(max_chars(field)).unwrap_or(usize::MAX);
            Cow::Owned(one_line(typed.trim()).chars().filter(|c| !c.is_control()).take(limit).collect())
        }
        _ => Cow::Owned(one_line(typed.trim()).trim().to_owned()),
    }
}

fn missing(kind: FieldKind) -> ValueError<'static> {
    match kind {
        FieldKind::Consent | FieldKind::Checkbox => ValueError::NotAgreed,
        FieldKind::File => ValueError::NoFile,
        kind if kind.is_choice() => ValueError::NotChosen,
        _ => ValueError::Required,
    }
}

fn exceeds(value: &str, max: u32) -> bool {
    usize::try_from(max).is_ok_and(|max| value.chars().nth(max).is_some())
}
