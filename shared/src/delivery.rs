//! What others are told of, how it is written for each of them, when it is tried again, and when it is given up.
//!
//! A [`message`] is made with the decision and kept in the outbox as it is; how a destination reads it is decided when it is
//! sent, so that what waits goes by the destination as it is by then. Not here: sending (`edge::delivery`), or keeping
//! (`edge::desk_do::outbox`).

#[cfg(feature = "compile")]
pub mod address;
#[cfg(feature = "compile")]
pub mod breaker;
#[cfg(feature = "compile")]
pub mod change;
#[cfg(feature = "compile")]
pub mod chat;
#[cfg(feature = "compile")]
pub mod crm;
pub mod fields;
#[cfg(feature = "compile")]
pub mod mail;
#[cfg(feature = "compile")]
pub mod message;
#[cfg(feature = "compile")]
pub mod schedule;

/// A request that is to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// `POST`, or `PATCH` where a record is brought up to date.
    pub method: Method,
    /// Where to.
    pub url: String,
    /// Names and values, besides those of a connection.
    pub headers: Vec<(&'static str, String)>,
    /// What.
    pub body: String,
}

/// How a request is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Something new.
    Post,
    /// Something that may be there.
    Patch,
}

/// What became of one try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tried {
    /// What it means.
    pub end: End,
    /// The HTTP status, or the reply code of a mail server, where there was one.
    pub status: Option<u16>,
    /// What happened, as a clause.
    pub says: String,
    /// How long the receiver asks to be left alone, in seconds.
    pub wait_s: Option<i64>,
}

/// What a try means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The receiver has it.
    Confirmed,
    /// It may work later.
    Failed,
    /// This message never will; another one may.
    Refused,
    /// The receiver wants nothing any more.
    Gone,
}

impl Tried {
    /// A try that reached nobody.
    pub fn failed(says: impl Into<String>) -> Self {
        Self { end: End::Failed, status: None, says: says.into(), wait_s: None }
    }

    /// A try that was none: what is configured cannot work.
    pub fn refused(says: impl Into<String>) -> Self {
        Self { end: End::Refused, status: None, says: says.into(), wait_s: None }
    }

    /// The answer of an HTTP receiver. `strict`: it says with 4xx that the message itself is wrong, as the interfaces of
    /// products do; others answer so while they are being set up, too.
    pub fn answered(status: u16, retry_after: Option<&str>, text: &str, strict: bool) -> Self {
        let end = match status {
            200..=299 => End::Confirmed,
            410 if !strict => End::Gone,
            400 | 404 | 405 | 409 | 410 | 413 | 415 | 422 if strict => End::Refused,
            _ => End::Failed,
        };
        let excerpt: String =
            text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(MAX_EXCERPT_CHARS).collect();
        let says = match (end, excerpt.is_empty()) {
            (End::Confirmed, _) => format!("answered {status}"),
            (_, true) => format!("answered {status}, without a word"),
            (_, false) => format!("answered {status}: {excerpt}"),
        };
        let wait_s = retry_after.and_then(|header| header.trim().parse().ok()).filter(|wait| *wait >= 0);
        Self { end, status: Some(status), says, wait_s }
    }
}

/// The most of an answer that is kept.
const MAX_EXCERPT_CHARS: usize = 200;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_means_what_its_receiver_says_with_it() {
        let end = |status, strict| Tried::answered(status, None, "", strict).end;
        assert_eq!(end(204, false), End::Confirmed);
        // Never followed: it could lead anywhere.
        assert_eq!(end(302, false), End::Failed);
        assert_eq!((end(400, false), end(400, true)), (End::Failed, End::Refused));
        assert_eq!((end(410, false), end(410, true)), (End::Gone, End::Refused));
        assert_eq!((end(401, true), end(429, true), end(503, true)), (End::Failed, End::Failed, End::Failed));
    }

    #[test]
    fn of_an_answer_its_start_is_kept_and_how_long_it_asks_to_wait() {
        let tried = Tried::answered(429, Some(" 120 "), &format!("too\n\n many {}", "x".repeat(500)), false);
        assert_eq!(tried.wait_s, Some(120));
        assert!(tried.says.starts_with("answered 429: too many xxx"), "{}", tried.says);
        assert_eq!(tried.says.chars().count(), "answered 429: ".len() + MAX_EXCERPT_CHARS);
        assert_eq!(Tried::answered(503, Some("Wed, 21 Oct 2026 07:28:00 GMT"), "", false).wait_s, None);
        assert_eq!(Tried::answered(503, Some("-5"), "", false).wait_s, None);
    }
}
