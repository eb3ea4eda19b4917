//! The list of wrong fields that a visitor, or a caller, gets back.

use crate::wire::FieldProblem;

/// The most characters of an unknown field's name that are repeated back.
const MAX_NAME_CHARS: usize = 64;

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
