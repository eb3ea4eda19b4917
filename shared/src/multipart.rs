//! `multipart/form-data` (RFC 7578), read piece by piece as it arrives. Nothing is kept but what a piece could still
//! turn out to be: at most one head of a part.
//!
//! Not here: how much a part may hold. Whoever takes the pieces counts them.
//!
//! ```
//! use shared::multipart::{Piece, Reader};
//! let mut names = Vec::new();
//! let mut reader = Reader::new("x");
//! for bytes in ["--x\r\nContent-Disposition: form-data; na", "me=\"email\"\r\n\r\na@b.example\r\n--x--\r\n"] {
//!     reader.feed(bytes.as_bytes(), &mut |piece| if let Piece::Part { name, .. } = piece { names.push(name) }).unwrap();
//! }
//! reader.finish().unwrap();
//! assert_eq!(names, ["email"]);
//! ```

/// The most parts.
pub const MAX_PARTS: usize = 200;
/// The most bytes of a part's head.
const MAX_HEAD_BYTES: usize = 4 * 1024;
/// The most characters of a part's name.
const MAX_NAME_CHARS: usize = 100;
/// The longest boundary (RFC 2046, 5.1.1).
const MAX_BOUNDARY_CHARS: usize = 70;

/// What comes out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece<'a> {
    /// A part starts.
    Part {
        /// The field's name.
        name: String,
        /// The file's name, where it is one; empty where none was chosen.
        file: Option<String>,
    },
    /// More of the part that started last.
    Data(&'a [u8]),
}

/// Why a body cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MultipartError {
    /// Not in the form of the RFC, or broken off.
    #[error("the parts cannot be told apart")]
    Broken,
    /// More parts than a form has, or a head that is no head.
    #[error("there are too many parts, or too much is said of one")]
    TooMuch,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Before the first part.
    Before,
    /// Behind a boundary: another part, or the end.
    Behind,
    /// In a part's head.
    Head,
    /// In a part's data.
    Data,
    /// Behind the last part.
    End,
}

/// Reads one body.
#[derive(Debug)]
pub struct Reader {
    delimiter: Vec<u8>,
    kept: Vec<u8>,
    state: State,
    parts: usize,
}

impl Reader {
    /// A reader for parts with this between them.
    pub fn new(boundary: &str) -> Self {
        // The line end before a boundary is its own; the first one needs none.
        Self {
            delimiter: format!("\r\n--{boundary}").into_bytes(),
            kept: b"\r\n".to_vec(),
            state: State::Before,
            parts: 0,
        }
    }

    /// Takes more of the body.
    ///
    /// # Errors
    /// [`MultipartError`]; nothing after it makes sense.
    pub fn feed(&mut self, bytes: &[u8], take: &mut dyn FnMut(Piece<'_>)) -> Result<(), MultipartError> {
        self.kept.extend_from_slice(bytes);
        while self.step(take)? {}
        Ok(())
    }

    /// Says that there is no more.
    ///
    /// # Errors
    /// Where the last boundary is missing.
    pub fn finish(self) -> Result<(), MultipartError> {
        if self.state == State::End { Ok(()) } else { Err(MultipartError::Broken) }
    }

    /// Goes one step; false where more must come first.
    fn step(&mut self, take: &mut dyn FnMut(Piece<'_>)) -> Result<bool, MultipartError> {
        match self.state {
            State::Before | State::Data => {
                let found = find(&self.kept, &self.delimiter);
                let end = found.unwrap_or_else(|| self.kept.len().saturating_sub(self.delimiter.len() - 1));
                if self.state == State::Data && end > 0 {
                    take(Piece::Data(self.kept.get(..end).unwrap_or_default()));
                }
                let gone = if found.is_some() { end + self.delimiter.len() } else { end };
                self.kept.drain(..gone);
                if found.is_some() {
                    self.state = State::Behind;
                }
                Ok(found.is_some())
            }
            State::Behind => match self.kept.as_slice() {
                [b'-', b'-', ..] => {
                    self.state = State::End;
                    Ok(true)
                }
                [b'\r', b'\n', ..] => {
                    // The line end stays: a head without a line ends in two of them as well.
                    self.state = State::Head;
                    Ok(true)
                }
                [] | [b'-' | b'\r'] => Ok(false),
                _ => Err(MultipartError::Broken),
            },
            State::Head => {
                let Some(end) = find(&self.kept, b"\r\n\r\n") else {
                    return if self.kept.len() > MAX_HEAD_BYTES { Err(MultipartError::TooMuch) } else { Ok(false) };
                };
                self.parts += 1;
                if end > MAX_HEAD_BYTES || self.parts > MAX_PARTS {
                    return Err(MultipartError::TooMuch);
                }
                let head = String::from_utf8_lossy(self.kept.get(..end).unwrap_or_default()).into_owned();
                self.kept.drain(..end + 4);
                take(read_head(&head)?);
                self.state = State::Data;
                Ok(true)
            }
            State::End => {
                self.kept.clear();
                Ok(false)
            }
        }
    }
}

/// The boundary that a `content-type` names, if it is `multipart/form-data` and names one.
pub fn boundary(content_type: &str) -> Option<&str> {
    let (kind, parameters) = content_type.split_once(';')?;
    if !kind.trim().eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    let value = parameters.split(';').find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("boundary").then(|| value.trim().trim_matches('"'))
    })?;
    let is_boundary =
        !value.is_empty() && value.len() <= MAX_BOUNDARY_CHARS && value.bytes().all(|byte| byte.is_ascii_graphic());
    is_boundary.then_some(value)
}

fn read_head(head: &str) -> Result<Piece<'static>, MultipartError> {
    let disposition = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.trim().eq_ignore_ascii_case("content-disposition").then(|| value.trim())
    });
    let parameters = disposition.and_then(|value| value.strip_prefix("form-data")).ok_or(MultipartError::Broken)?;
    let (mut name, mut file) = (None, None);
    let mut rest = parameters;
    while let Some((_, after)) = rest.split_once(';') {
        let (key, after) = after.split_once('=').ok_or(MultipartError::Broken)?;
        let (value, after) = match after.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').ok_or(MultipartError::Broken)?,
            None => after.split_at(after.find(';').unwrap_or(after.len())),
        };
        match key.trim() {
            "name" => name = Some(unescaped(value)),
            "filename" => file = Some(unescaped(value)),
            _ => {}
        }
        rest = after;
    }
    let name = name.ok_or(MultipartError::Broken)?;
    if name.chars().nth(MAX_NAME_CHARS).is_some() {
        return Err(MultipartError::TooMuch);
    }
    Ok(Piece::Part { name, file })
}

/// Browsers write the three characters that would end a name as these (WHATWG HTML, multipart/form-data encoding).
fn unescaped(text: &str) -> String {
    text.replace("%22", "\"").replace("%0D", "\r").replace("%0A", "\n")
}

fn find(bytes: &[u8], mark: &[u8]) -> Option<usize> {
    let first = mark.first()?;
    let mut from = 0;
    while let Some(skipped) = bytes.get(from..)?.iter().position(|byte| byte == first) {
        from += skipped;
        if bytes.get(from..)?.starts_with(mark) {
            return Some(from);
        }
        from += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &str = "--x\r\nContent-Disposition: form-data; name=\"email\"\r\n\r\na@b.example\r\n\
        --x\r\ncontent-disposition: form-data; name=\"shot\"; filename=\"a %22b%22;c.png\"\r\nContent-Type: image/png\r\n\r\n\
        \r\n--x-not\r\n-\r\n--y\r\n\r\n--x\r\nContent-Disposition: form-data; name=\"none\"; filename=\"\"\r\n\r\n\r\n--x--\r\n";

    #[test]
    fn reads_the_same_wherever_the_body_is_cut() {
        let parts =
            [("email", None, "a@b.example"), ("shot", Some("a \"b\";c.png"), "\r\n--y\r\n"), ("none", Some(""), "")];
        let body = BODY.replace("\r\n--x-not\r\n-", "");
        let expected: Vec<_> = parts.map(|(name, file, data)| part(name, file, data)).to_vec();
        for size in 1..body.len() {
            assert_eq!(read(&body, size), Ok(expected.clone()), "in pieces of {size}");
        }
    }

    #[test]
    fn a_boundary_that_goes_on_is_none() {
        assert_eq!(read(BODY, 7), Err(MultipartError::Broken));
    }

    #[test]
    fn a_body_that_breaks_off_is_refused_wherever_it_does() {
        let body = BODY.replace("\r\n--x-not\r\n-", "");
        let whole = body.len() - 2;
        for end in 0..whole {
            assert_eq!(read(&body[..end], 16), Err(MultipartError::Broken), "{end} of {whole}");
        }
        assert!(read(&body[..whole], 16).is_ok());
    }

    #[test]
    fn nothing_is_read_without_end() {
        let many = "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n".repeat(MAX_PARTS + 1);
        assert_eq!(read(&many, 1000), Err(MultipartError::TooMuch));
        let head = format!("--x\r\nContent-Disposition: form-data; name=\"a\"{}", "; b=c".repeat(2_000));
        assert_eq!(read(&head, 1000), Err(MultipartError::TooMuch));
        let name = format!("--x\r\nContent-Disposition: form-data; name=\"{}\"\r\n\r\n", "a".repeat(200));
        assert_eq!(read(&name, 1000), Err(MultipartError::TooMuch));
        let mut reader = Reader::new("x");
        for _ in 0..1_000 {
            reader.feed(&[b'a'; 1_000], &mut |_| ()).unwrap();
        }
        assert!(reader.kept.len() < 100, "what stands before the first part is not kept");
    }

    #[test]
    fn heads_that_are_none_are_refused() {
        for head in [
            "",
            "Content-Type: text/plain",
            "Content-Disposition: attachment; name=\"a\"",
            "Content-Disposition: form-data",
            "Content-Disposition: form-data; name=\"a",
            "Content-Disposition: form-data; filename=\"a\"",
        ] {
            assert_eq!(read(&format!("--x\r\n{head}\r\n\r\n1\r\n--x--"), 9), Err(MultipartError::Broken), "{head}");
        }
    }

    #[test]
    fn the_boundary_is_read_from_the_type() {
        assert_eq!(boundary("multipart/form-data; boundary=----abc"), Some("----abc"));
        assert_eq!(boundary("Multipart/Form-Data; charset=utf-8; Boundary=\"a-b\""), Some("a-b"));
        for none in [
            "multipart/form-data",
            "multipart/mixed; boundary=a",
            "multipart/form-data; boundary=",
            "text/plain; boundary=a",
        ] {
            assert_eq!(boundary(none), None);
        }
        assert_eq!(boundary(&format!("multipart/form-data; boundary={}", "a".repeat(71))), None);
    }

    type Part = (String, Option<String>, String);

    fn part(name: &str, file: Option<&str>, data: &str) -> Part {
        (name.to_owned(), file.map(str::to_owned), data.to_owned())
    }

    fn read(body: &str, size: usize) -> Result<Vec<Part>, MultipartError> {
        let mut reader = Reader::new("x");
        let mut parts: Vec<Part> = Vec::new();
        for bytes in body.as_bytes().chunks(size) {
            reader.feed(bytes, &mut |piece| match piece {
                Piece::Part { name, file } => parts.push((name, file, String::new())),
                Piece::Data(data) => parts.last_mut().unwrap().2.push_str(std::str::from_utf8(data).unwrap()),
            })?;
        }
        reader.finish()?;
        Ok(parts)
    }
}
