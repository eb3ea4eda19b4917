//! Bodies, read with a limit.

use futures_util::StreamExt as _;
use serde_json::{Map, Value, json};
use shared::multipart::{self, Piece};
use shared::source::decode;
use shared::wire::file::MAX_FILE_BYTES;
use shared::wire::submit::MAX_BODY_BYTES;
use worker::{Request, Response};

use super::problem::problem;
use crate::chance;
use crate::error::Failure;

/// The language that a plain HTML form was read in.
pub const LANG_FIELD: &str = "usher_lang";
/// What a plain HTML form adds of its own, and where it belongs in a submission.
const OWN_FIELDS: [(&str, &str); 5] = [
    ("usher_submission_id", "submission_id"),
    ("usher_page", "page"),
    (LANG_FIELD, "lang"),
    ("usher_stamp", "stamp"),
    ("usher_trap", "trap"),
];
/// How much of a body is read, and thrown away, so that whoever sends too much gets an answer and not a broken connection:
/// browsers read nothing before they have sent everything.
const MAX_DRAINED_BYTES: usize = 100 * 1024 * 1024;
/// The most bytes that all files of one plain form have together.
const MAX_FILES_BYTES: usize = 3 * MAX_FILE_BYTES;

/// Why a body was not read.
#[derive(Debug, PartialEq, Eq)]
pub enum BodyError {
    /// More bytes than it may have.
    TooLarge,
    /// Not UTF-8.
    NotText,
    /// It broke off.
    Broken,
}

impl BodyError {
    /// What is told of it: what is too large, in the words of the call.
    ///
    /// # Errors
    /// Where the runtime makes no response.
    pub fn answer(&self, too_large: &str) -> Result<Response, Failure> {
        match self {
            Self::TooLarge => problem(413, "too_large", too_large),
            Self::NotText => problem(400, "not_text", "The body is not text in UTF-8."),
            Self::Broken => problem(400, "broken_off", "The body broke off."),
        }
    }
}

/// The body of a request, if it has at most `max` bytes. Of one that is too large, nothing is kept.
///
/// # Errors
/// [`BodyError`].
pub async fn text(request: &mut Request, max: usize) -> Result<String, BodyError> {
    String::from_utf8(bytes(request, max).await?).map_err(|_| BodyError::NotText)
}

/// The same, whatever it is.
///
/// # Errors
/// [`BodyError::TooLarge`], or [`BodyError::Broken`].
pub async fn bytes(request: &mut Request, max: usize) -> Result<Vec<u8>, BodyError> {
    let announced = request.headers().get("content-length").ok().flatten();
    let announced: Option<usize> = announced.and_then(|length| length.parse().ok());
    match announced {
        Some(length) if length > MAX_DRAINED_BYTES => Err(BodyError::TooLarge),
        // workerd holds a body to the length it announced.
        Some(length) if length <= max => request.bytes().await.map_err(|_| BodyError::Broken),
        _ => read_some(request, max).await,
    }
}

async fn read_some(request: &mut Request, max: usize) -> Result<Vec<u8>, BodyError> {
    // A request without a body has no stream.
    let Ok(mut stream) = request.stream() else { return Ok(Vec::new()) };
    let (mut bytes, mut read) = (Vec::new(), 0);
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(|_| BodyError::Broken)?;
        read += chunk.len();
        match read {
            _ if read <= max => bytes.extend(chunk),
            _ if read > MAX_DRAINED_BYTES => break,
            _ => bytes = Vec::new(),
        }
    }
    if read > max { Err(BodyError::TooLarge) } else { Ok(bytes) }
}

/// A plain form with files, as it was sent.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct SentForm {
    /// Names and values, in order.
    pub pairs: Vec<(String, String)>,
    /// The files that were chosen.
    pub files: Vec<SentFile>,
}

/// One file of a plain form.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct SentFile {
    /// The field.
    pub field: String,
    /// What the sender calls it.
    pub name: String,
    /// Its bytes; none where it is too large.
    pub bytes: Vec<u8>,
    /// Whether it is too large.
    pub is_too_large: bool,
}

/// Takes the pieces of a body, and counts them.
#[derive(Default)]
struct Parts {
    form: SentForm,
    is_file: bool,
    texts: Vec<Vec<u8>>,
    text_bytes: usize,
    file_bytes: usize,
}

impl Parts {
    fn feed(&mut self, reader: &mut multipart::Reader, chunk: &[u8]) -> Result<(), BodyError> {
        reader.feed(chunk, &mut |piece| self.take(piece)).map_err(|_| BodyError::Broken)?;
        if self.text_bytes > MAX_BODY_BYTES { Err(BodyError::TooLarge) } else { Ok(()) }
    }

    fn take(&mut self, piece: Piece<'_>) {
        match piece {
            Piece::Part { name, file } => {
                self.is_file = file.is_some();
                match file {
                    Some(file) => {
                        self.form.files.push(SentFile { field: name, name: file, ..SentFile::default() });
                    }
                    None => {
                        self.text_bytes += name.len();
                        self.form.pairs.push((name, String::new()));
                        self.texts.push(Vec::new());
                    }
                }
            }
            Piece::Data(data) if self.is_file => {
                let Some(file) = self.form.files.last_mut().filter(|file| !file.is_too_large) else { return };
                self.file_bytes += data.len();
                if file.bytes.len() + data.len() > MAX_FILE_BYTES || self.file_bytes > MAX_FILES_BYTES {
                    self.file_bytes -= file.bytes.len() + data.len();
                    file.is_too_large = true;
                    file.bytes = Vec::new();
                } else {
                    file.bytes.extend_from_slice(data);
                }
            }
            Piece::Data(data) => {
                self.text_bytes += data.len();
                if self.text_bytes <= MAX_BODY_BYTES
                    && let Some(text) = self.texts.last_mut()
                {
                    text.extend_from_slice(data);
                }
            }
        }
    }

    fn form(mut self) -> Result<SentForm, BodyError> {
        for ((_, value), text) in self.form.pairs.iter_mut().zip(self.texts) {
            *value = String::from_utf8(text).map_err(|_| BodyError::NotText)?;
        }
        // A field for a file in which none was chosen.
        self.form.files.retain(|file| !file.name.is_empty() || !file.bytes.is_empty() || file.is_too_large);
        Ok(self.form)
    }
}

/// The boundary between the parts of a body that is `multipart/form-data`.
pub fn boundary(request: &Request) -> Option<String> {
    let header = request.headers().get("content-type").ok().flatten()?;
    multipart::boundary(&header).map(str::to_owned)
}

/// A parameter of the address.
pub fn query(request: &Request, name: &str) -> Option<String> {
    let url = request.url().ok()?;
    url.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
}

/// A plain form with files. Of a file that is too large nothing is kept, but the rest of the form is.
///
/// # Errors
/// [`BodyError`]; [`BodyError::Broken`] where the parts cannot be told apart.
pub async fn multipart(request: &mut Request, boundary: &str) -> Result<SentForm, BodyError> {
    let Ok(mut stream) = request.stream() else { return Err(BodyError::Broken) };
    let mut reader = multipart::Reader::new(boundary);
    let (mut parts, mut read, mut so_far) = (Parts::default(), 0, Ok(()));
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(|_| BodyError::Broken)?;
        read += chunk.len();
        if read > MAX_DRAINED_BYTES {
            return Err(BodyError::TooLarge);
        }
        if so_far.is_ok() {
            so_far = parts.feed(&mut reader, &chunk);
        }
    }
    so_far?;
    reader.finish().map_err(|_| BodyError::Broken)?;
    parts.form()
}

/// The name of the content type, without its parameters, in lower case.
pub fn content_type(request: &Request) -> String {
    let header = request.headers().get("content-type").ok().flatten().unwrap_or_default();
    header.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// The names and values of an `application/x-www-form-urlencoded`.
pub fn pairs(text: &str) -> Vec<(String, String)> {
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (decode(name), decode(value)))
        .collect()
}

/// A plain HTML form as the JSON that the widget would have sent. What has one name several times is a list. A form that
/// somebody wrote by hand carries no id, and gets one: sent twice, it is two.
///
/// # Errors
/// Where there are no random bytes.
pub fn form_to_json(pairs: Vec<(String, String)>) -> Result<Value, Failure> {
    let (mut body, mut values) = (Map::new(), Map::new());
    for (name, value) in pairs {
        match OWN_FIELDS.iter().find(|(own, _)| *own == name) {
            Some((_, "page")) => {
                body.insert("page".to_owned(), json!({ "url": value }));
            }
            Some((_, "submission_id")) => {
                body.insert("submission_id".to_owned(), Value::from(value));
            }
            Some((_, key)) if !value.is_empty() => {
                body.insert((*key).to_owned(), Value::from(value));
            }
            Some(_) => {}
            None => match values.get_mut(&name) {
                None => {
                    values.insert(name, Value::from(value));
                }
                Some(Value::Array(list)) => list.push(Value::from(value)),
                Some(one) => *one = Value::Array(vec![one.take(), Value::from(value)]),
            },
        }
    }
    if !body.contains_key("submission_id") {
        body.insert("submission_id".to_owned(), Value::from(chance::uuid()?));
    }
    body.insert("values".to_owned(), Value::Object(values));
    Ok(Value::Object(body))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_form_says_what_the_widget_says() {
        let text = "usher_submission_id=7d444840-9dc0-41d1-b245-5ffdce74fad2&name=Ana+Ruiz&message=a%0D%0Ab\
            &usher_page=http%3A%2F%2Fx%2Fpricing%2F&usher_lang=de&usher_stamp=1.2&usher_trap=&times=mo&times=we&times=fr";
        assert_eq!(
            form_to_json(pairs(text)).unwrap(),
            json!({
                "submission_id": "7d444840-9dc0-41d1-b245-5ffdce74fad2",
                "values": { "name": "Ana Ruiz", "message": "a\r\nb", "times": ["mo", "we", "fr"] },
                "page": { "url": "http://x/pricing/" },
                "lang": "de",
                "stamp": "1.2",
            })
        );
    }

    #[test]
    fn a_form_written_by_hand_gets_an_id() {
        let json = form_to_json(pairs("email=a%40example.com")).unwrap();
        assert!(json["submission_id"].as_str().is_some_and(|id| id.len() == 36));
    }

    #[test]
    fn a_file_that_is_too_large_leaves_the_rest_of_the_form() {
        let mut parts = Parts::default();
        let mebibyte = vec![b'x'; 1024 * 1024];
        parts.take(Piece::Part { name: "name".to_owned(), file: None });
        parts.take(Piece::Data(b"Ana"));
        for (field, mebibytes) in [("a", 5), ("b", 6), ("c", 5), ("d", 4), ("e", 2), ("f", 1)] {
            parts.take(Piece::Part { name: field.to_owned(), file: Some("f.png".to_owned()) });
            for _ in 0..mebibytes {
                parts.take(Piece::Data(&mebibyte));
            }
        }
        parts.take(Piece::Part { name: "none".to_owned(), file: Some(String::new()) });
        let form = parts.form().unwrap();
        assert_eq!(form.pairs, [("name".to_owned(), "Ana".to_owned())]);
        let files: Vec<_> = form.files.iter().map(|file| (file.field.as_str(), file.bytes.len() >> 20)).collect();
        assert_eq!(files, [("a", 5), ("b", 0), ("c", 5), ("d", 4), ("e", 0), ("f", 1)]);
        assert!(form.files.iter().all(|file| file.is_too_large == file.bytes.is_empty()));
    }
}
