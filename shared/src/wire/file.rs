//! A file as it travels: `POST /v1/files/{site_key}?name={its name}` with its bytes as the body, or as the one part of a
//! `multipart/form-data`. The answer is a [`Uploaded`]; its id is then the value of a `file` field.

use serde::{Deserialize, Serialize};

/// The largest file, in bytes.
pub const MAX_FILE_BYTES: usize = 5 * 1024 * 1024;

/// What a file is, by its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum FileKind {
    /// A PNG picture.
    Png,
    /// A JPEG picture.
    Jpeg,
    /// A PDF document.
    Pdf,
}

/// A file that was taken. It waits for the submission that names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Uploaded {
    /// 32 hexadecimal digits that nobody can guess.
    pub id: String,
    /// What it is.
    pub kind: FileKind,
    /// How large it is.
    pub bytes: u32,
    /// What it is called, once everything that is no name was left out.
    pub name: String,
}
