//! Whether a prompt's page rules are for a page. `widget/loader/prompts.js` has the same in JavaScript, and
//! `tests/vectors/pages.json` holds both to it.
//!
//! A part of an address is compared once its percent-encoding is undone; where that is not UTF-8, or a `%` stands alone,
//! the part is compared as it is written. The host has no port and is in lower case, the path no slash at its end, and `+`
//! stays `+`.

use crate::source;
use crate::wire::prompt::{PageMatch, PagePart, PageRule};

/// Whether they are: none of those that say "not" is broken, and where any others are, one of them holds. No rule at all
/// is for every page.
pub fn matches(rules: &[PageRule], url: &str) -> bool {
    let (nots, others): (Vec<_>, Vec<_>) = rules.iter().partition(|rule| is_negative(rule.how));
    nots.iter().all(|rule| holds(rule, url)) && (others.is_empty() || others.iter().any(|rule| holds(rule, url)))
}

fn is_negative(how: PageMatch) -> bool {
    matches!(how, PageMatch::IsNot | PageMatch::ContainsNot)
}

fn holds(rule: &PageRule, url: &str) -> bool {
    let part = match rule.part {
        PagePart::Host => host(url),
        PagePart::Path => path(url),
        PagePart::Query => query(url),
    };
    let with = rule.with.as_str();
    match rule.how {
        PageMatch::Is => part == with,
        PageMatch::IsNot => part != with,
        PageMatch::StartsWith => part.starts_with(with),
        PageMatch::EndsWith => part.ends_with(with),
        PageMatch::Contains => part.contains(with),
        PageMatch::ContainsNot => !part.contains(with),
    }
}

fn host(url: &str) -> String {
    let after_scheme = url.split_once("://").map_or("", |(_, rest)| rest);
    let authority = after_scheme.split(['/', '?', '#']).next().unwrap_or_default();
    let with_port = authority.rsplit('@').next().unwrap_or_default();
    let host = match with_port.split_once(']') {
        Some((address, _)) => format!("{address}]"),
        None => with_port.split(':').next().unwrap_or_default().to_owned(),
    };
    host.to_ascii_lowercase()
}

fn path(url: &str) -> String {
    let decoded = decoded(source::path(url));
    match decoded.trim_end_matches('/') {
        "" => "/".to_owned(),
        path => path.to_owned(),
    }
}

fn query(url: &str) -> String {
    let before_fragment = url.split('#').next().unwrap_or_default();
    decoded(before_fragment.split_once('?').map_or("", |(_, query)| query))
}

/// Undoes percent-encoding as `decodeURIComponent` does, and keeps what that would throw at.
fn decoded(text: &str) -> String {
    try_decode(text).unwrap_or_else(|| text.to_owned())
}

fn try_decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let digit = |byte: Option<u8>| char::from(byte?).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        bytes.push(match byte {
            b'%' => digit(rest.next())? * 16 + digit(rest.next())?,
            _ => byte,
        });
    }
    String::from_utf8(bytes).ok()
}
