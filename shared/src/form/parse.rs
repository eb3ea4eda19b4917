//! A form as a marketer wrote it: everything that makes no sense in it, each with its path.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Checks, Form, Limit, Require, VALUES, read_limit, reads, steps};
use crate::condition::Condition;
use crate::config::{RESERVED_FIELDS, RESERVED_PREFIX, is_name};
use crate::pattern::{MAX_CELLS, Pattern};
use crate::submission::number::Number;
use crate::submission::value::max_chars;
use crate::submission::values::COUNTRY_SUFFIX;
use crate::wire::form::HiddenSource;
use crate::wire::{self, FieldKind, FieldProblem};

/// The most fields of a form, and options of a field: a bound on the work of one submission.
const MAX_FIELDS: usize = 100;
const MAX_OPTIONS: usize = 500;
/// The most characters a field may allow: what fits into a body in any script.
const MAX_CHARS: u32 = 15_000;

impl Form {
    /// Reads a form whose own words are in `lang`, or reports everything in it that makes no sense, by path
    /// (`fields[2].when`).
    ///
    /// # Errors
    /// Every problem.
    pub fn parse(source: &wire::Form, lang: &str) -> Result<Self, Vec<FieldProblem>> {
        let mut problems = Problems(Vec::new());
        problems.form(source);
        let checks: Vec<Checks> = source.fields.iter().enumerate().map(|(at, _)| problems.field(source, at)).collect();
        let rules: Vec<Require> =
            source.rules.iter().enumerate().filter_map(|(at, _)| problems.rule(source, at)).collect();
        problems.translations(source, lang);
        let steps = steps(source);
        if steps.is_none() {
            problems.push("steps", "out_of_order", "the steps name each field once, in the form's order");
        }
        match steps {
            Some(steps) if problems.0.is_empty() => {
                Ok(Self { source: source.clone(), lang: lang.to_owned(), checks, rules, steps })
            }
            _ => Err(problems.0),
        }
    }
}

struct Problems(Vec<FieldProblem>);

impl Problems {
    fn push(&mut self, path: impl Into<String>, code: &str, message: impl Into<String>) {
        self.0.push(FieldProblem { field: path.into(), code: code.to_owned(), message: message.into() });
    }

    fn unless(&mut self, fine: bool, path: impl Into<String>, code: &str, message: &str) {
        if !fine {
            self.push(path, code, message);
        }
    }

    fn form(&mut self, form: &wire::Form) {
        self.unless(!form.title.trim().is_empty(), "title", "required", "a form has a title");
        self.unless(!form.submit_label.trim().is_empty(), "submit_label", "required", "its button says something");
        self.unless(form.fields.len() <= MAX_FIELDS, "fields", "too_many", "a form has at most 100 fields");
        let asks_address =
            form.fields.iter().any(|field| field.kind == FieldKind::Email && field.required && field.when.is_none());
        let message = "a form always asks for an e-mail address, or nobody could be answered";
        self.unless(asks_address, "fields", "no_address", message);
        for (at, step) in form.steps.iter().enumerate() {
            self.unless(!step.title.trim().is_empty(), format!("steps[{at}].title"), "required", "a step has a title");
        }
    }

    fn field(&mut self, form: &wire::Form, at: usize) -> Checks {
        let Some(field) = form.fields.get(at) else { return Checks::default() };
        let path = format!("fields[{at}]");
        self.name(form, at, field, &path);
        self.options(field, &path);
        self.of_its_kind(field, &path);
        let when = field.when.as_ref().and_then(|when| {
            let before: Vec<&wire::Field> = form.fields.iter().take(at).collect();
            self.condition(when, &before, &format!("{path}.when"), "a field before it")
        });
        let pattern = field.pattern.as_ref().and_then(|pattern| {
            // As HTML's own attribute: the whole value must match.
            match Pattern::compile(&format!("^(?:{pattern})$"), false, MAX_CELLS) {
                Ok(pattern) => Some(pattern),
                Err(error) => {
                    self.push(format!("{path}.pattern"), "not_a_pattern", error.to_string());
                    None
                }
            }
        });
        let min = self.limit(field, field.min.as_deref(), &format!("{path}.min"));
        let max = self.limit(field, field.max.as_deref(), &format!("{path}.max"));
        let in_order = match (min, max) {
            (Some(Limit::Number(min)), Some(Limit::Number(max))) => min <= max,
            (Some(Limit::Count(min)), Some(Limit::Count(max))) => min <= max,
            (Some(Limit::Day(min)), Some(Limit::Day(max))) => day_order(min, max),
            _ => true,
        };
        self.unless(in_order, format!("{path}.max"), "inverted", "the least comes before the most");
        Checks { when, pattern, min, max }
    }

    fn name(&mut self, form: &wire::Form, at: usize, field: &wire::Field, path: &str) {
        let before = || form.fields.iter().take(at);
        let is_new = before().all(|other| other.name != field.name);
        self.unless(is_new, format!("{path}.name"), "used_twice", "the form has this field");
        let is_reserved = RESERVED_FIELDS.contains(&field.name.as_str()) || field.name.starts_with(RESERVED_PREFIX);
        self.unless(
            is_name(&field.name) && !is_reserved,
            format!("{path}.name"),
            "not_a_name",
            "a field's name has lower-case letters, digits, _ or -, and is not one that Usher uses itself",
        );
        let is_country = form.fields.iter().any(|other| {
            other.kind == FieldKind::Phone && field.name.strip_suffix(COUNTRY_SUFFIX) == Some(other.name.as_str())
        });
        self.unless(
            !is_country,
            format!("{path}.name"),
            "used_twice",
            "the country of a telephone number has this name",
        );
        let has_label = field.kind == FieldKind::Hidden || !field.label.trim().is_empty();
        self.unless(has_label, format!("{path}.label"), "required", "what a visitor is asked has a label");
    }

    fn options(&mut self, field: &wire::Field, path: &str) {
        let has_options = !field.options.is_empty();
        self.unless(
            has_options == field.kind.is_choice(),
            format!("{path}.options"),
            "misplaced",
            "a choice has options, and nothing else has",
        );
        self.unless(field.options.len() <= MAX_OPTIONS, format!("{path}.options"), "too_many", "at most 500 options");
        let mut seen = BTreeSet::new();
        for (index, option) in field.options.iter().enumerate() {
            let path = format!("{path}.options[{index}]");
            self.unless(
                seen.insert(&option.value),
                format!("{path}.value"),
                "used_twice",
                "another option has this value",
            );
            let is_plain = !option.value.is_empty() && option.value.trim() == option.value && option.value.len() <= 200;
            let message = "an option's value is a text without space around it";
            self.unless(is_plain, format!("{path}.value"), "not_a_value", message);
            self.unless(!option.label.trim().is_empty(), format!("{path}.label"), "required", "an option has a label");
        }
    }

    /// What only some kinds have.
    fn of_its_kind(&mut self, field: &wire::Field, path: &str) {
        let kind = field.kind;
        let is_text = matches!(kind, FieldKind::ShortText | FieldKind::LongText);
        let has_chars = is_text || matches!(kind, FieldKind::Email | FieldKind::Hidden);
        for (name, is_there, belongs) in [
            ("min_chars", field.min_chars.is_some(), is_text),
            ("max_chars", field.max_chars.is_some(), has_chars),
            ("pattern", field.pattern.is_some(), is_text),
            ("pattern_message", field.pattern_message.is_some(), field.pattern.is_some()),
            ("blocked_domains", !field.blocked_domains.is_empty(), kind == FieldKind::Email),
            ("no_free_mail", field.no_free_mail, kind == FieldKind::Email),
            ("countries", !field.countries.is_empty(), kind == FieldKind::Phone),
            ("consent", field.consent.is_some(), kind == FieldKind::Consent),
            ("from", field.from.is_some(), kind == FieldKind::Hidden),
            ("once", field.once, !matches!(kind, FieldKind::Consent | FieldKind::Hidden | FieldKind::File)),
            ("progressive", field.progressive, !matches!(kind, FieldKind::Consent | FieldKind::Hidden)),
        ] {
            self.unless(
                !is_there || belongs,
                format!("{path}.{name}"),
                "misplaced",
                "fields of this kind have no such thing",
            );
        }
        let chars_fit = (1..=MAX_CHARS).contains(&max_chars(field));
        self.unless(chars_fit, format!("{path}.max_chars"), "out_of_range", "a value has at most 15,000 characters");
        let chars_in_order = field.min_chars.is_none_or(|min| min <= max_chars(field));
        self.unless(chars_in_order, format!("{path}.max_chars"), "inverted", "the least comes before the most");
        // The edge cannot know which fields were held back.
        let may_be_required = kind != FieldKind::Hidden && !field.progressive;
        let message = "a field that is hidden or held back cannot be required";
        self.unless(!field.required || may_be_required, format!("{path}.required"), "misplaced", message);
        let has_source = kind != FieldKind::Hidden || field.from.is_some();
        self.unless(has_source, format!("{path}.from"), "required", "a hidden field says where its value comes from");
        for (index, country) in field.countries.iter().enumerate() {
            let code_is_fine = country.code.len() == 2 && country.code.bytes().all(|byte| byte.is_ascii_uppercase());
            let calling_is_fine = (1..=4).contains(&country.calling.len())
                && country.calling.bytes().all(|byte| byte.is_ascii_digit())
                && !country.calling.starts_with('0');
            self.unless(
                code_is_fine && calling_is_fine,
                format!("{path}.countries[{index}]"),
                "not_a_country",
                "a country is its two letters and its calling code: GB, 44",
            );
        }
        for (index, domain) in field.blocked_domains.iter().enumerate() {
            let is_domain = domain.contains('.') && !domain.contains(['@', ' ', '/']) && !domain.starts_with('.');
            let path = format!("{path}.blocked_domains[{index}]");
            self.unless(is_domain, path, "not_a_domain", "a domain is written as in an address: example.com");
        }
        if let Some(consent) = &field.consent {
            let is_whole = is_name(&consent.purpose) && !consent.version.trim().is_empty();
            let message = "a consent has a purpose (a name, such as marketing_email) and a version";
            self.unless(is_whole, format!("{path}.consent"), "not_a_consent", message);
        }
    }

    fn limit(&mut self, field: &wire::Field, text: Option<&str>, path: &str) -> Option<Limit> {
        let text = text?;
        let limit = read_limit(field.kind, text);
        if limit.is_none() {
            let message = match field.kind {
                FieldKind::Number => "a number has a limit such as 1 or 2.5",
                FieldKind::Date => "a date has a limit such as 2026-12-01, today or today+14",
                FieldKind::MultipleChoice => "a count of choices is a whole number",
                _ => "fields of this kind have no limits",
            };
            self.push(path, "not_a_limit", message);
        }
        match limit {
            // Written as it is shown, and compared as it is kept.
            Some(Limit::Number(_)) if Number::parse(text).is_none_or(|number| number.as_str() != text) => {
                self.push(path, "not_a_limit", "a number is written with digits and a point: 2.5");
                None
            }
            Some(Limit::Count(count)) if usize::try_from(count).is_ok_and(|count| count > field.options.len()) => {
                self.push(path, "out_of_reach", "there are fewer options");
                None
            }
            limit => limit,
        }
    }

    fn rule(&mut self, form: &wire::Form, at: usize) -> Option<Require> {
        let rule = form.rules.get(at)?;
        let path = format!("rules[{at}]");
        self.unless(!rule.message.trim().is_empty(), format!("{path}.message"), "required", "a rule has a message");
        let of_field = |name: &str| form.fields.iter().position(|field| field.name == name);
        let Some(field) = of_field(&rule.field) else {
            self.push(format!("{path}.field"), "unknown_name", format!("there is no field {:?}", rule.field));
            return None;
        };
        // A step is checked when it is left: a rule beside one of its fields reads nothing that comes later.
        let mut end = 0;
        for step in &form.steps {
            end += step.fields.len();
            if field < end {
                break;
            }
        }
        let end = if form.steps.is_empty() { form.fields.len() } else { end };
        let readable: Vec<&wire::Field> = form.fields.iter().take(end).collect();
        let what = "a field of the same step or of one before it";
        let holds = self.condition(&rule.require, &readable, &format!("{path}.require"), what)?;
        Some(Require { holds, reads: reads(&rule.require) })
    }

    /// A condition over values of these fields.
    fn condition(&mut self, json: &Value, readable: &[&wire::Field], path: &str, what: &str) -> Option<Condition> {
        let condition = match Condition::parse(json) {
            Ok(condition) => condition,
            Err(error) => {
                self.push(path, "not_a_condition", error.to_string());
                return None;
            }
        };
        let only_values = condition.roots().iter().all(|root| *root == VALUES.trim_end_matches('.'));
        self.unless(only_values, path, "unknown_fact", "within a form, conditions read values.{field} only");
        for name in reads(json) {
            let field = readable.iter().find(|field| field.name == name);
            // A browser is not told a fixed value, so it could not decide.
            let is_readable = field.is_some_and(|field| !matches!(field.from, Some(HiddenSource::Fixed(_))));
            if !is_readable {
                self.push(path, "unknown_name", format!("it reads {name:?}, which is not {what}"));
            }
        }
        Some(condition)
    }

    fn translations(&mut self, form: &wire::Form, lang: &str) {
        let known = paths(form);
        for (tag, words) in &form.translations {
            let path = format!("translations.{tag}");
            self.unless(is_tag(tag), path.clone(), "not_a_language", "a language is a tag such as es or pt-BR");
            let message = "this is the language that the form is written in";
            self.unless(tag != lang, path.clone(), "misplaced", message);
            for (word, text) in words {
                let path = format!("{path}.{word}");
                self.unless(known.contains(word.as_str()), path.clone(), "unknown_name", "this form has no such words");
                self.unless(!text.trim().is_empty(), path, "required", "a translation says something");
            }
        }
    }
}

/// Whether this may be a language tag (BCP 47, as far as it is used here): `es`, `pt-BR`, `zh-Hant-TW`.
pub(crate) fn is_tag(text: &str) -> bool {
    let mut parts = text.split('-');
    let first = parts.next().unwrap_or_default();
    (2..=3).contains(&first.len())
        && first.bytes().all(|byte| byte.is_ascii_lowercase())
        && parts.all(|part| (2..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

/// The paths of all words of a form that can be translated.
fn paths(form: &wire::Form) -> BTreeSet<String> {
    let mut paths: BTreeSet<String> = ["title", "submit_label"].map(str::to_owned).into();
    if form.intro.is_some() {
        paths.insert("intro".to_owned());
    }
    if form.result.as_ref().is_some_and(|result| result.message.is_some()) {
        paths.insert("result.message".to_owned());
    }
    paths.extend((0..form.steps.len()).map(|at| format!("steps.{at}.title")));
    paths.extend((0..form.rules.len()).map(|at| format!("rules.{at}.message")));
    for field in &form.fields {
        let name = &field.name;
        for (word, is_there) in [
            ("label", !field.label.is_empty()),
            ("help", field.help.is_some()),
            ("pattern_message", field.pattern_message.is_some()),
        ] {
            if is_there {
                paths.insert(format!("fields.{name}.{word}"));
            }
        }
        paths.extend(field.options.iter().map(|option| format!("fields.{name}.options.{}", option.value)));
    }
    paths
}

/// Whether one day may come before the other; a day and one that counts from today may.
fn day_order(min: crate::submission::day::DayLimit, max: crate::submission::day::DayLimit) -> bool {
    use crate::submission::day::DayLimit::{FromToday, On};
    match (min, max) {
        (On(min), On(max)) => min <= max,
        (FromToday(min), FromToday(max)) => min <= max,
        _ => true,
    }
}
