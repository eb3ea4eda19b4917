//! The list of wrong fields that a visitor, or a caller, gets back.

use serde_json::{Map, Value};

use crate::wire::FieldProblem;

/// The most characters of an unknown field's name that are repeated back.
const MAX_NAME_CHARS: usize = 64;
/// The most names that nothing is expected under that are told one by one, in each place: a body has room for six thousand, and the answer
/// would be seven times as long as what was sent.
const MAX_UNKNOWN: usize = 1_000;

/// Every wrong field of one submission; never empty once returned as an error.
#[derive(Debug, Clone, Default, PartialEq, Eq, thiserror::Error)]
#[error("{} fields are wrong", .0.len())]
pub struct FieldErrors(Vec<FieldProblem>);

impl FieldErrors {
    /// Notes one wrong field.
    pub fn push(&mut self, field: &str, code: &str, message: impl Into<String>) {
        let field = field.chars().take(MAX_NAME_CHARS).collect();
        self.0.push(FieldProblem { field, code: code.to_owned(), message: message.into() });
    }

    /// Notes each name of an object that nothing is expected under. `prefix` leads to the object, as `page.` does.
    pub fn refuse_unknown(&mut self, object: &Map<String, Value>, known: &[&str], prefix: &str) {
        let unknown = object.keys().filter(|key| !known.contains(&key.as_str())).map(|key| format!("{prefix}{key}"));
        self.push_unknown(unknown, prefix.trim_end_matches('.'), "Nothing is expected under this name.");
    }

    /// Notes names that are not expected; beyond [`MAX_UNKNOWN`] only how many more there are, of the place where they stand.
    pub fn push_unknown(&mut self, mut names: impl Iterator<Item = String>, place: &str, message: &str) {
        for name in names.by_ref().take(MAX_UNKNOWN) {
            self.push(&name, "unknown_field", message);
        }
        let more = names.count();
        if more > 0 {
            self.push(place, "unknown_fields", format!("And {more} more that nothing is expected under."));
        }
    }

    /// Notes several.
    pub fn extend(&mut self, problems: impl IntoIterator<Item = FieldProblem>) {
        self.0.extend(problems);
    }

    /// Whether nothing was wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The wrong fields, in the order they were found.
    pub fn into_problems(self) -> Vec<FieldProblem> {
        self.0
    }

    /// The wrong fields, in the order they were found.
    pub fn problems(&self) -> &[FieldProblem] {
        &self.0
    }
}
