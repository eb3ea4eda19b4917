//! A sent form that is known to be right, or every field that is wrong.
//!
//! The widget checks what is typed with [`check`], all of it or a step; the edge reads the body with
//! [`Submission::parse`]. Both end in [`values::read`], so they never disagree.
//!
//! Not here: whether the site may show the form (`config`), or what the submission is worth (`score`).

#[cfg(feature = "compile")]
pub mod body;
pub mod day;
mod disposable;
pub mod email;
pub mod errors;
pub mod number;
pub mod phone;
pub mod text;
pub mod value;
pub mod values;

#[cfg(feature = "compile")]
pub use body::{Submission, SubmissionId};
pub use day::{Day, Today};
pub use email::Email;
pub use errors::FieldErrors;
pub use phone::Phone;
pub use value::ValueError;
pub use values::{Reading, Values, read_typed};

use std::collections::BTreeMap;

use crate::form::Form;
use crate::wire::{FieldProblem, Given};
use crate::words::Words;

/// Every problem in what a visitor has typed so far, in the form's order. Empty means that it may be sent. For one field or
/// one step, look for the problems of its names.
pub fn check(form: &Form, typed: &BTreeMap<String, Given>, words: Words<'_>, today: Today) -> Vec<FieldProblem> {
    read_typed(form, typed, today).problems(words)
}

#[cfg(test)]
#[cfg(feature = "compile")]
mod tests;
