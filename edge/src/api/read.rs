//! Bodies, read with a limit.

use futures_util::StreamExt as _;
use serde_json::{Map, Value, json};
use shared::source::decode;
use worker::Request;

use crate::chance;
use crate::error::Failure;

/// What a plain HTML form adds of its own.
const ID_FIELD: &str = "usher_submission_id";
const PAGE_FIELD: &str = "usher_page";

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

/// The body of a request, if it has at most `max` bytes. What is too large is not read to its end.
pub async fn text(request: &mut Request, max: usize) -> Result<String, BodyError> {
    let announced = request.headers().get("content-length").ok().flatten().and_then(|length| length.parse().ok());
    if announced.is_some_and(|length: usize| length > max) {
        return Err(BodyError::TooLarge);
    }
    let bytes = match announced {
        // workerd holds a body to the length it announced.
        Some(_) => request.bytes().await.map_err(|_| BodyError::Broken)?,
        None => read_some(request, max).await?,
    };
    String::from_utf8(bytes).map_err(|_| BodyError::NotText)
}

async fn read_some(request: &mut Request, max: usize) -> Result<Vec<u8>, BodyError> {
    // A request without a body has no stream.
    let Ok(mut stream) = request.stream() else { return Ok(Vec::new()) };
    let mut bytes = Vec::new();
    while let Some(chunk) = stream.next().await {
        bytes.extend(chunk.map_err(|_| BodyError::Broken)?);
        if bytes.len() > max {
            return Err(BodyError::TooLarge);
        }
    }
    Ok(bytes)
}

/// The name of the content type, without its parameters, in lower case.
pub fn content_type(request: &Request) -> String {
    let header = request.headers().get("content-type").ok().flatten().unwrap_or_default();
    header.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// A plain HTML form as the JSON that the widget would have sent. A form that somebody wrote by hand carries no id, and
/// gets one: sent twice, it is two.
///
/// # Errors
/// Where there are no random bytes.
pub fn form_to_json(text: &str) -> Result<Value, Failure> {
    let mut values = Map::new();
    let (mut id, mut page) = (None, String::new());
    for pair in text.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let (name, value) = (decode(name), decode(value));
        match name.as_str() {
            ID_FIELD => id = Some(value),
            PAGE_FIELD => page = value,
            _ => {
                values.insert(name, Value::from(value));
            }
        }
    }
    let id = match id {
        Some(id) => id,
        None => chance::uuid()?,
    };
    Ok(json!({ "submission_id": id, "values": values, "page": { "url": page } }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_form_says_what_the_widget_says() {
        let text = "usher_submission_id=7d444840-9dc0-41d1-b245-5ffdce74fad2&name=Ana+Ruiz&message=a%0D%0Ab&usher_page=http%3A%2F%2Fx%2Fpricing%2F";
        assert_eq!(
            form_to_json(text).unwrap(),
            json!({
                "submission_id": "7d444840-9dc0-41d1-b245-5ffdce74fad2",
                "values": { "name": "Ana Ruiz", "message": "a\r\nb" },
                "page": { "url": "http://x/pricing/" },
            })
        );
    }

    #[test]
    fn a_form_written_by_hand_gets_an_id() {
        let json = form_to_json("email=a%40example.com").unwrap();
        assert!(json["submission_id"].as_str().is_some_and(|id| id.len() == 36));
    }
}
