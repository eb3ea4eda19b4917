//! A form that is known to make sense: its conditions are read, its patterns are tables, its limits are numbers and days.
//!
//! There are two ways in, and one reader for both ([`crate::submission::values::read`]):
//!
//! * [`Form::parse`] reads what a marketer wrote, and names every problem by its path;
//! * [`Form::read_sent`] reads, in a browser, what [`Form::to_sent`] wrote: one language, tables in place of patterns.
//!
//! Not here: what a visitor typed (`submission`), and how a form looks (`widget`, `edge::api::form_page`).

#[cfg(feature = "compile")]
mod parse;
#[cfg(feature = "compile")]
mod sent;

#[cfg(feature = "compile")]
pub(crate) use parse::is_tag;

use std::ops::Range;

use serde_json::Value;

use crate::condition::Condition;
use crate::pattern::Pattern;
use crate::submission::day::DayLimit;
use crate::submission::number::Number;
use crate::wire::{self, FieldKind};

/// What the paths of a form's own conditions begin with.
const VALUES: &str = "values.";

/// A form that makes sense.
#[derive(Debug, Clone, PartialEq)]
pub struct Form {
    source: wire::Form,
    /// The language of the words that are not translations.
    lang: String,
    checks: Vec<Checks>,
    rules: Vec<Require>,
    steps: Vec<Step>,
}

/// What of a field was read.
#[derive(Debug, Clone, Default, PartialEq)]
struct Checks {
    when: Option<Condition>,
    pattern: Option<Pattern>,
    min: Option<Limit>,
    max: Option<Limit>,
}

#[derive(Debug, Clone, PartialEq)]
struct Require {
    holds: Condition,
    /// The names of the fields it reads.
    reads: Vec<String>,
}

/// One end of a range.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Limit {
    /// Of a number.
    Number(f64),
    /// Of a date.
    Day(DayLimit),
    /// Of a count of choices.
    Count(u32),
}

/// One step: its heading, and its fields by their places in the form. A form has at least one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The heading; empty where the form names no steps.
    pub title: String,
    /// The places of its fields among [`Form::fields`].
    pub fields: Range<usize>,
}

/// A field of a form.
#[derive(Debug, Clone, Copy)]
pub struct Field<'f> {
    /// As it was written, or sent.
    pub source: &'f wire::Field,
    checks: &'f Checks,
}

impl<'f> Field<'f> {
    /// When it is asked; always where there is no condition.
    pub fn when(self) -> Option<&'f Condition> {
        self.checks.when.as_ref()
    }

    /// What a text must match.
    pub fn pattern(self) -> Option<&'f Pattern> {
        self.checks.pattern.as_ref()
    }

    /// The least.
    pub fn min(self) -> Option<Limit> {
        self.checks.min
    }

    /// The most.
    pub fn max(self) -> Option<Limit> {
        self.checks.max
    }
}

/// A rule between fields.
#[derive(Debug, Clone, Copy)]
pub struct Rule<'f> {
    /// As it was written, or sent.
    pub source: &'f wire::form::FormRule,
    require: &'f Require,
}

impl<'f> Rule<'f> {
    /// Whether it holds for these facts.
    pub fn holds(self, facts: &Value) -> bool {
        self.require.holds.holds(facts)
    }

    /// The names of the fields it reads.
    pub fn reads(self) -> impl Iterator<Item = &'f str> {
        self.require.reads.iter().map(String::as_str)
    }
}

impl Form {
    /// Reads a form that [`Form::to_sent`] wrote; `None` where it is no such form.
    pub fn read_sent(source: wire::Form) -> Option<Self> {
        let mut checks = Vec::with_capacity(source.fields.len());
        for field in &source.fields {
            let limit = |written: &Option<String>| match written {
                Some(text) => read_limit(field.kind, text).map(Some),
                None => Some(None),
            };
            checks.push(Checks {
                when: match &field.when {
                    Some(when) => Some(Condition::parse_sent(when).ok()?),
                    None => None,
                },
                pattern: match &field.pattern {
                    Some(table) => Some(Pattern::from_text(table).ok()?),
                    None => None,
                },
                min: limit(&field.min)?,
                max: limit(&field.max)?,
            });
        }
        let mut rules = Vec::with_capacity(source.rules.len());
        for rule in &source.rules {
            rules.push(Require { holds: Condition::parse_sent(&rule.require).ok()?, reads: reads(&rule.require) });
        }
        let steps = steps(&source)?;
        Some(Self { source, lang: String::new(), checks, rules, steps })
    }

    /// As it was written, or sent.
    pub fn source(&self) -> &wire::Form {
        &self.source
    }

    /// The language of the words that are not translations.
    pub fn lang(&self) -> &str {
        &self.lang
    }

    /// The fields, in order.
    pub fn fields(&self) -> impl Iterator<Item = Field<'_>> {
        self.source.fields.iter().zip(&self.checks).map(|(source, checks)| Field { source, checks })
    }

    /// A field.
    pub fn field(&self, name: &str) -> Option<Field<'_>> {
        self.fields().find(|field| field.source.name == name)
    }

    /// What must hold between fields.
    pub fn rules(&self) -> impl Iterator<Item = Rule<'_>> {
        self.source.rules.iter().zip(&self.rules).map(|(source, require)| Rule { source, require })
    }

    /// The steps, in order: at least one, and each field in exactly one.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// One of the form's words in a language, by its path; see [`wire::Form::translations`]. Where the very tag is not
    /// translated, its first part is looked for: `pt` for `pt-BR`.
    pub fn translated(&self, lang: &str, path: &str) -> Option<&str> {
        let first_part = lang.split('-').next().unwrap_or_default();
        let of = |lang: &str| self.source.translations.get(lang)?.get(path).map(String::as_str);
        of(lang).or_else(|| of(first_part))
    }

    /// What the visitor reads where a text does not match a field's pattern; empty for the widget's own sentence.
    pub(crate) fn pattern_message<'f>(&'f self, field: Field<'f>, lang: &str) -> &'f str {
        let path = ["fields.", &field.source.name, ".pattern_message"].concat();
        self.translated(lang, &path).or(field.source.pattern_message.as_deref()).unwrap_or_default()
    }

    /// What the visitor reads where a rule does not hold.
    pub(crate) fn rule_message(&self, index: usize, lang: &str) -> &str {
        let place = u32::try_from(index).unwrap_or(u32::MAX);
        let path = ["rules.", &crate::submission::number::decimal(place), ".message"].concat();
        let written = self.source.rules.get(index).map(|rule| rule.message.as_str());
        self.translated(lang, &path).or(written).unwrap_or_default()
    }
}

#[cfg(feature = "compile")]
impl Form {
    /// The same form for what was not asked by it: a mail, or what somebody said at the telephone. All of its fields stand open, and
    /// nothing must be there; what is there must still be what its field takes.
    pub fn relaxed(&self) -> Self {
        let is_count = |field: &wire::Field| field.kind == FieldKind::MultipleChoice;
        let mut source = self.source.clone();
        source.rules.clear();
        source.steps.clear();
        for field in &mut source.fields {
            field.required = false;
            field.when = None;
            field.min_chars = None;
            field.pattern = None;
            field.pattern_message = None;
            field.blocked_domains.clear();
            field.no_free_mail = false;
            if is_count(field) {
                field.min = None;
            }
        }
        let relaxed = |(checks, field): (&Checks, &wire::Field)| Checks {
            when: None,
            pattern: None,
            min: checks.min.filter(|_| !is_count(field)),
            max: checks.max,
        };
        let checks = self.checks.iter().zip(&source.fields).map(relaxed).collect();
        let steps = steps(&source).unwrap_or_default();
        Self { checks, rules: Vec::new(), steps, lang: self.lang.clone(), source }
    }

    /// The same for a member who writes down what somebody said: with a field for a name, an address, a number and a message, whether
    /// or not the form has one; without what only the visitor's own hand can give: files, consents, and what a page says.
    pub fn for_calls(&self) -> Self {
        const ASKED: [(&str, FieldKind, &str); 4] = [
            ("name", FieldKind::ShortText, "Name"),
            ("email", FieldKind::Email, "E-mail"),
            ("phone", FieldKind::Phone, "Phone"),
            ("message", FieldKind::LongText, "What was said"),
        ];
        let mut form = self.relaxed();
        let is_told =
            |field: &wire::Field| !matches!(field.kind, FieldKind::File | FieldKind::Consent | FieldKind::Hidden);
        let told: Vec<bool> = form.source.fields.iter().map(is_told).collect();
        let mut keep = told.iter().copied();
        form.checks.retain(|_| keep.next().unwrap_or_default());
        form.source.fields.retain(is_told);
        form.source.translations.clear();
        for (name, kind, label) in ASKED {
            let is_there = |field: &wire::Field| {
                let by_kind = matches!(kind, FieldKind::Email | FieldKind::Phone) && field.kind == kind;
                by_kind || field.name == name
            };
            if !form.source.fields.iter().any(is_there) {
                form.source.fields.push(wire::Field::new(name, kind, label));
                form.checks.push(Checks::default());
            }
        }
        form.steps = steps(&form.source).unwrap_or_default();
        form
    }
}

/// One end of a range, as it is written for fields of this kind.
fn read_limit(kind: FieldKind, text: &str) -> Option<Limit> {
    match kind {
        FieldKind::Number => Number::parse(text).map(|number| Limit::Number(number.value())),
        FieldKind::Date => DayLimit::parse(text).map(Limit::Day),
        FieldKind::MultipleChoice => text.parse().ok().map(Limit::Count),
        _ => None,
    }
}

/// The steps, if they name each field once and in the form's order.
fn steps(source: &wire::Form) -> Option<Vec<Step>> {
    let count = source.fields.len();
    if source.steps.is_empty() {
        return Some(vec![Step { title: String::new(), fields: 0..count }]);
    }
    let mut steps = Vec::with_capacity(source.steps.len());
    let mut start = 0;
    for step in &source.steps {
        let end = start + step.fields.len();
        let fields = source.fields.get(start..end)?;
        if fields.is_empty() || fields.iter().zip(&step.fields).any(|(field, name)| field.name != *name) {
            return None;
        }
        steps.push(Step { title: step.title.clone(), fields: start..end });
        start = end;
    }
    (start == count).then_some(steps)
}

/// The names of the fields that a condition reads, by its paths and by what it compares with.
fn reads(condition: &Value) -> Vec<String> {
    let mut names = Vec::new();
    collect_reads(condition, &mut names);
    names
}

fn collect_reads(condition: &Value, names: &mut Vec<String>) {
    let name = |path: &str| path.strip_prefix(VALUES).and_then(|rest| rest.split('.').next()).map(str::to_owned);
    match condition {
        Value::Object(entries) => {
            for (key, value) in entries {
                names.extend(name(key));
                match value {
                    Value::String(path) if key == "$field" => names.extend(name(path)),
                    value => collect_reads(value, names),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect_reads(item, names)),
        _ => {}
    }
}

#[cfg(test)]
#[cfg(feature = "compile")]
mod tests {
    use serde_json::json;

    use crate::submission::Submission;
    use crate::time::Timestamp;
    use crate::wire::FieldKind;

    #[test]
    fn what_was_not_asked_by_a_form_is_held_to_its_fields_and_to_nothing_else() {
        let config = crate::demo::config();
        let read = |values: serde_json::Value| {
            let body = json!({ "submission_id": "7d444840-9dc0-41d1-b245-5ffdce74fad2", "values": values });
            let sent = Submission::parse(&config.form("support").unwrap().relaxed(), &body, Timestamp::from_ms(0));
            sent.map_err(|wrong| wrong.into_problems().into_iter().map(|it| (it.field, it.code)).collect::<Vec<_>>())
        };
        assert!(read(json!({})).is_ok());
        assert!(read(json!({ "invoice": "17", "message": "x" })).is_ok(), "also what is only asked of some");
        let wrong = read(json!({ "email": "nobody", "topic": "moon" })).unwrap_err();
        assert_eq!(wrong, [("email".into(), "not_an_email".into()), ("topic".into(), "not_an_option".into())]);
    }

    #[test]
    fn a_call_can_be_written_down_whatever_the_form_asks() {
        let config = crate::demo::config();
        for form in &config.source().forms {
            let form = config.form(&form.id).unwrap().for_calls();
            assert_eq!(form.fields().count(), form.source().fields.len());
            let has = |kind| form.fields().any(|field| field.source.kind == kind);
            assert!(has(FieldKind::Email) && has(FieldKind::Phone) && has(FieldKind::LongText));
            assert!(!has(FieldKind::Consent) && !has(FieldKind::File) && !has(FieldKind::Hidden));
            assert!(form.fields().all(|field| !field.source.required && field.when().is_none()));
        }
    }
}
