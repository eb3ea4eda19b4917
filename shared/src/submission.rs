//! A sent form that is known to be right, or every field that is wrong.
//!
//! The widget checks one value with [`check_value`] as the visitor types and all of them with [`check`] before it sends;
//! the edge reads the body with [`Submission::parse`]. All three end in the same functions, so they never disagree.
//!
//! Not here: whether the site may show the form (`config`), or what the submission is worth (`score`).

pub mod body;
pub mod email;
pub mod errors;
pub mod phone;
pub mod value;

pub use body::{Submission, SubmissionId, Values};
pub use email::Email;
pub use errors::FieldErrors;
pub use phone::Phone;
pub use value::{ValueError, check_value};

use std::collections::BTreeMap;

use crate::wire::{FieldProblem, Form, Given};

/// Every problem in what a visitor has typed so far, in the form's order. Empty means that it may be sent.
pub fn check(form: &Form, values: &BTreeMap<String, Given>) -> Vec<FieldProblem> {
    form.fields
        .iter()
        .filter_map(|field| {
            let value = values.get(&field.name).and_then(Given::one).unwrap_or_default();
            check_value(field, value).err().map(|error| errors::problem(&field.name, &error))
        })
        .collect()
}
