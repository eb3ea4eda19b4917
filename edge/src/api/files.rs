//! `POST /v1/files/{site_key}`: a file, before the submission that names it; and how staff get it back.

use shared::file::{FileError, FileId, sniff};
use shared::wire::file::{FileKind, MAX_FILE_BYTES, Uploaded};
use shared::wire::{FieldKind, Form};
use shared::words::{Words, words};
use worker::{Env, Request, Response, ResponseBody, ResponseBuilder};

use super::boot::lists;
use super::cors::Origin;
use super::problem::{done, json, problem};
use super::read::{self, BodyError};
use crate::error::Failure;
use crate::files_do::{self, Taken};
use crate::sql::to_json;
use crate::visitor::VisitorKey;
use crate::{directory, visitor};

/// A file is looked at, never run: not as a page, not in a frame, not as anything but its own type.
const CSP: &str = "default-src 'none'; sandbox; frame-ancestors 'none'";

/// The limit in the words of a person.
pub const MAX_FILE_MB: &str = "5";

/// Why a file was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotTaken {
    /// For what it is.
    Because(FileError),
    /// Too many came at once: how many seconds to wait.
    Later(u32),
}

impl NotTaken {
    /// The stable name.
    pub fn code(self) -> &'static str {
        match self {
            Self::Because(error) => error.code(),
            Self::Later(_) => "file_later",
        }
    }

    fn status(self) -> u16 {
        match self {
            Self::Because(FileError::TooLarge) => 413,
            Self::Because(FileError::Type) => 415,
            Self::Because(FileError::Empty | FileError::Damaged | FileError::Mixed) => 422,
            Self::Later(_) => 429,
        }
    }

    /// One sentence, for the visitor.
    pub fn message(self, words: Words<'_>) -> String {
        match self {
            Self::Because(FileError::TooLarge) => words.fill("file_too_large", &[("max", MAX_FILE_MB)]),
            Self::Because(FileError::Empty) => words.get("file_empty").to_owned(),
            Self::Because(FileError::Type | FileError::Damaged | FileError::Mixed) => {
                words.get("file_wrong_type").to_owned()
            }
            Self::Later(_) => words.get("failed_busy").to_owned(),
        }
    }
}

/// Takes a file. Success means that it is on disk.
///
/// # Errors
/// Where the registry, the desk or the shard does not answer.
pub async fn upload(mut request: Request, env: &Env, key: &str) -> Result<Response, Failure> {
    let origin = Origin::of(&request);
    let Some((workspace, card)) = directory::card_of(env, key).await? else {
        return origin.allow(problem(404, "unknown_site", "No site is registered under this key.")?, false);
    };
    if !lists(&card.origins, &origin) {
        let refused = problem(403, "origin_not_allowed", "This site's key may not be used from this address.")?;
        return origin.allow(refused, false);
    }
    if !card.forms.iter().any(takes_files) {
        let refused = problem(404, "no_file_field", "No form of this site takes a file.")?;
        return origin.allow(refused, true);
    }
    let response = match read_one(&mut request).await? {
        Ok((name, bytes)) => {
            let sender = visitor::sender_of(env, &workspace, &request).await?;
            match keep(env, &workspace, &sender, &name, &bytes).await? {
                Ok(file) => json(201, &to_json("uploaded", &file)?)?,
                Err(not_taken) => refused(not_taken)?,
            }
        }
        Err(response) => response,
    };
    origin.allow(response, true)
}

/// Stores a file, if it is one that is taken.
///
/// # Errors
/// Where its shard does not answer.
pub async fn keep(
    env: &Env,
    workspace: &str,
    sender: &VisitorKey,
    name: &str,
    bytes: &[u8],
) -> Result<Result<Uploaded, NotTaken>, Failure> {
    let kind = match sniff(bytes) {
        Ok(kind) => kind,
        Err(error) => return Ok(Err(NotTaken::Because(error))),
    };
    Ok(match files_do::put(env, workspace, sender, (kind, name), bytes).await? {
        Taken::Yes(file) => Ok(file),
        Taken::Later(seconds) => Err(NotTaken::Later(seconds)),
    })
}

/// Whether a form has a field for a file.
pub fn takes_files(form: &Form) -> bool {
    form.fields.iter().any(|field| field.kind == FieldKind::File)
}

/// A file for a member of staff, who was found to be allowed to read it.
///
/// # Errors
/// Where its shard does not answer.
pub async fn download(env: &Env, workspace: &str, file: &Uploaded) -> Result<Response, Failure> {
    let stored = match FileId::parse(&file.id) {
        Some(id) => files_do::read(env, workspace, &id).await?,
        None => None,
    };
    let Some(stored) = stored else {
        return Err(Failure::BadRow { table: "file", what: "no bytes".to_owned() });
    };
    let (_, body) = stored.into_parts();
    done(as_attachment(body, file.kind, &file.name))
}

fn as_attachment(body: ResponseBody, kind: FileKind, name: &str) -> worker::Result<Response> {
    let response = ResponseBuilder::new().body(body);
    let headers = response.headers();
    headers.set("content-type", kind.media_type())?;
    headers.set("content-disposition", &disposition(name))?;
    headers.set("x-content-type-options", "nosniff")?;
    headers.set("content-security-policy", CSP)?;
    headers.set("cross-origin-resource-policy", "same-origin")?;
    headers.set("cache-control", "private, no-store")?;
    Ok(response)
}

/// The name in the characters that a header takes, and in all of its own (RFC 6266, RFC 8187).
fn disposition(name: &str) -> String {
    let plain: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || " .-_".contains(c) { c } else { '_' }).collect();
    let encoded: String = name
        .bytes()
        .map(|byte| match byte {
            b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'.' | b'-' | b'_' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect();
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}")
}

/// The name and the bytes of the one file that a body is, or has.
async fn read_one(request: &mut Request) -> Result<Result<(String, Vec<u8>), Response>, Failure> {
    let too_large = || refused(NotTaken::Because(FileError::TooLarge));
    let Some(boundary) = read::boundary(request) else {
        let name = read::query(request, "name").unwrap_or_default();
        return Ok(match read::bytes(request, MAX_FILE_BYTES).await {
            Ok(bytes) => Ok((name, bytes)),
            Err(BodyError::TooLarge) => Err(too_large()?),
            Err(_) => Err(problem(400, "broken_off", "The body broke off.")?),
        });
    };
    let mut form = match read::multipart(request, &boundary).await {
        Ok(form) => form,
        Err(BodyError::TooLarge) => return Ok(Err(too_large()?)),
        Err(_) => return Ok(Err(problem(400, "malformed_parts", "The parts of the body cannot be told apart.")?)),
    };
    Ok(match (form.files.pop(), form.files.is_empty() && form.pairs.is_empty()) {
        (Some(file), true) if file.is_too_large => Err(too_large()?),
        (Some(file), true) => Ok((file.name, file.bytes)),
        _ => Err(problem(400, "not_one_file", "The body must be one file and nothing else.")?),
    })
}

fn refused(not_taken: NotTaken) -> Result<Response, Failure> {
    let response = problem(not_taken.status(), not_taken.code(), &not_taken.message(words("en").into()))?;
    if let NotTaken::Later(seconds) = not_taken {
        done(response.headers().set("retry-after", &seconds.to_string()))?;
    }
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_leave_its_header() {
        assert_eq!(disposition("a b.png"), "attachment; filename=\"a b.png\"; filename*=UTF-8''a%20b.png");
        assert_eq!(
            disposition("ü\";x\r\n.png"),
            "attachment; filename=\"___x__.png\"; filename*=UTF-8''%C3%BC%22%3Bx%0D%0A.png"
        );
    }
}
