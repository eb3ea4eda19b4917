//! Takes from addresses, titles and texts what may name a person: a page's address often carries an e-mail address, a
//! telephone number, a token, a search. What is left says where somebody was, not who.
//!
//! ```text
//! https://x.example/u/ana%40example.com/orders?utm_source=letter&token=9f..#tab
//! https://x.example/u/:email/orders?utm_source=letter
//! ```

use crate::source;

/// Query parameters that stay, besides `utm_*` and [`source::CLICK_IDS`]: words of the site's own, not of its visitors.
const KEPT: &[&str] = &["ref", "via", "lang", "plan", "period", "course", "category", "tab", "page"];
/// A run of letters and digits as long as this, and mixed, is a token.
const TOKEN_CHARS: usize = 16;
/// So many digits are a telephone number, or an account's.
const NUMBER_DIGITS: usize = 7;

/// An address without what may name a person; nothing where it is no address of the web.
pub fn url(text: &str) -> String {
    let text = text.trim();
    let Some((scheme, rest)) = text.split_once("://") else { return String::new() };
    if !scheme.eq_ignore_ascii_case("https") && !scheme.eq_ignore_ascii_case("http") {
        return String::new();
    }
    let rest = rest.split('#').next().unwrap_or_default();
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (authority, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
    let host = authority.rsplit('@').next().unwrap_or_default();
    let path: Vec<String> = path.split('/').map(segment).collect();
    let query: Vec<String> = query.split('&').filter_map(parameter).collect();
    let mark = if query.is_empty() { "" } else { "?" };
    format!("{}://{host}{}{mark}{}", scheme.to_ascii_lowercase(), path.join("/"), query.join("&"))
}

/// A text, such as a page's title, without the words that may name a person.
pub fn text(text: &str) -> String {
    if !text.contains('@') && !text.contains(|c: char| c.is_ascii_digit()) {
        return text.to_owned();
    }
    let words: Vec<&str> = text.split(' ').map(|word| named(word).unwrap_or(word)).collect();
    words.join(" ")
}

fn segment(part: &str) -> String {
    named(&source::decode(&part.replace('+', "%2B"))).map_or_else(|| part.to_owned(), str::to_owned)
}

fn parameter(pair: &str) -> Option<String> {
    let (name, value) = pair.split_once('=')?;
    let is_click = source::CLICK_IDS.contains(&name);
    if !name.starts_with("utm_") && !is_click && !KEPT.contains(&name) {
        return None;
    }
    // A click's id looks like a token, and is one that names an advertisement's click.
    match named(&source::decode(value)) {
        Some(what) if !(is_click && what == ":id") => Some(format!("{name}={what}")),
        _ => Some(pair.to_owned()),
    }
}

/// What a piece of text is, if it may name a person.
fn named(text: &str) -> Option<&'static str> {
    let text = text.trim_matches(|c: char| matches!(c, '(' | ')' | '<' | '>' | ',' | ';' | '.' | '"'));
    if is_email(text) {
        Some(":email")
    } else if is_token(text) {
        Some(":id")
    } else if is_number(text) {
        Some(":number")
    } else {
        None
    }
}

fn is_email(text: &str) -> bool {
    text.split_once('@').is_some_and(|(name, domain)| !name.is_empty() && domain.contains('.'))
}

/// Seven digits or more and nothing but what people write between them; a date is none.
fn is_number(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let is_plain = text.chars().all(|c| c.is_ascii_digit() || matches!(c, '+' | '-' | '(' | ')' | ' ' | '.'));
    let is_date = text.len() == 10 && matches!(text.as_bytes(), [b'1' | b'2', _, _, _, b'-' | b'.', ..]);
    is_plain && digits >= NUMBER_DIGITS && !is_date
}

/// A UUID, a web token, or a long run in which letters and digits are mixed.
fn is_token(text: &str) -> bool {
    let is_uuid = text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        });
    let is_mixed = |run: &str| {
        let bytes = run.as_bytes();
        let changes = bytes.windows(2).filter(|pair| match pair {
            [one, two] => one.is_ascii_digit() != two.is_ascii_digit(),
            _ => false,
        });
        run.len() >= TOKEN_CHARS && changes.count() >= 2
    };
    is_uuid || text.split(|c: char| !c.is_ascii_alphanumeric()).any(is_mixed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_keeps_where_and_loses_who() {
        for (given, left) in [
            ("https://x.example/pricing/", "https://x.example/pricing/"),
            ("https://x.example", "https://x.example"),
            (
                "https://x.example/a?utm_source=letter&email=a@b.example&plan=pro#me",
                "https://x.example/a?utm_source=letter&plan=pro",
            ),
            ("https://x.example/u/ana%40example.com/orders", "https://x.example/u/:email/orders"),
            ("https://x.example/call/+442079460018", "https://x.example/call/:number"),
            ("https://x.example/call/020%207946%200018", "https://x.example/call/:number"),
            ("https://x.example/reset/eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.x", "https://x.example/reset/:id"),
            ("https://x.example/o/7d444840-9dc0-41d1-b245-5ffdce74fad2/", "https://x.example/o/:id/"),
            ("https://x.example/?utm_content=ana@example.com", "https://x.example/?utm_content=:email"),
            ("https://x.example/?gclid=EAIaIQobChMI8qX1x2kZ9gIV", "https://x.example/?gclid=EAIaIQobChMI8qX1x2kZ9gIV"),
            ("https://x.example/?q=ana+ruiz&next=/x&token=1", "https://x.example/"),
            ("https://ana:secret@x.example/a", "https://x.example/a"),
            ("HTTPS://x.example/a", "https://x.example/a"),
        ] {
            assert_eq!(url(given), left, "{given}");
        }
    }

    #[test]
    fn what_is_no_address_of_the_web_is_nothing() {
        for given in
            ["", "javascript:alert(1)", "about:srcdoc", "data:text/html,x", "file:///home/ana", "/pricing", "blob://x"]
        {
            assert_eq!(url(given), "", "{given}");
        }
    }

    #[test]
    fn words_of_the_site_stay() {
        for plain in [
            "https://x.example/blog/2026/11/22/how-to-learn-python-3",
            "https://x.example/events/2026-11-22/",
            "https://x.example/courses/IntroductionToDataAnalysisForBeginners",
            "https://x.example/a-very-long-heading-about-nothing-in-particular-2026",
            "https://x.example/p/12345",
        ] {
            assert_eq!(url(plain), plain);
        }
    }

    #[test]
    fn a_title_loses_the_words_that_name_somebody() {
        assert_eq!(text("Order of ana@example.com, 3 items"), "Order of :email 3 items");
        assert_eq!(text("Ticket +44 2079460018"), "Ticket +44 :number");
        assert_eq!(text("Pricing · Larkfield Learning 2026"), "Pricing · Larkfield Learning 2026");
    }
}
