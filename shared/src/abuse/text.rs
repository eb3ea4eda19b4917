//! Signs of a machine in what was written. Few rules, each of which staff can see for themselves in the text.
//!
//! ```
//! use shared::abuse::{Reason, text::signs};
//! assert_eq!(signs(&[(true, "Win at https://x.example")]), [Reason::LinkInName]);
//! assert!(signs(&[(false, "My site is https://x.example")]).is_empty());
//! ```

use super::Reason;

/// How a link begins; `http://www.` is one link.
const LINKS: &[&str] = &["https://", "http://", "www."];
/// Links as machines write them: no person types these into a text field.
const MARKUP: &[&str] = &["<a href", "[url=", "[url]", "[link="];
/// From so many links on a text is looked at, whatever else is right.
const MANY: usize = 5;
/// From so many links on it is a weak sign.
const SOME: usize = 2;

/// The signs in these texts: whether each is somebody's name, and the text.
pub fn signs(texts: &[(bool, &str)]) -> Vec<Reason> {
    let mut signs = Vec::new();
    let mut links = 0;
    let (mut in_name, mut in_markup) = (false, false);
    for (is_name, text) in texts {
        let text = text.to_ascii_lowercase();
        let found = count_links(&text);
        in_name |= *is_name && found > 0;
        in_markup |= MARKUP.iter().any(|markup| text.contains(markup));
        links += found;
    }
    signs.extend(in_name.then_some(Reason::LinkInName));
    signs.extend(in_markup.then_some(Reason::MarkupLink));
    signs.extend(match links {
        MANY.. => Some(Reason::ManyLinks),
        SOME.. => Some(Reason::SomeLinks),
        _ => None,
    });
    signs
}

/// Links in a text: words that begin, or go on after punctuation, with [`LINKS`].
fn count_links(text: &str) -> usize {
    let mut rest = text;
    let mut count = 0;
    while let Some(at) = LINKS.iter().filter_map(|link| rest.find(link)).min() {
        count += 1;
        // To the end of the word: what belongs to one address is one link.
        let word = rest.get(at..).unwrap_or_default();
        let end = word.find(|letter: char| letter.is_whitespace() || matches!(letter, ',' | '"' | '<' | ']'));
        rest = end.and_then(|end| word.get(end..)).unwrap_or_default();
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_write_is_no_sign() {
        for text in [
            "",
            "Which plan fits a team of five?",
            "My company is at https://www.ruiz.example/books?x=1#top",
            "I get <script>alert(1)</script> on page 3",
            "a <b>bold</b> [quote] and 5 < 6 > 4",
            "wwwhat? http status 404, https too",
        ] {
            assert_eq!(signs(&[(false, text)]), [], "{text}");
        }
    }

    #[test]
    fn links_are_counted_by_address() {
        assert_eq!(count_links("http://www.a.example/http://b.example"), 1);
        assert_eq!(count_links("https://a.example,https://b.example www.c.example"), 3);
        assert_eq!(count_links("(https://a.example)"), 1);
    }

    #[test]
    fn names_hold_no_addresses() {
        assert_eq!(signs(&[(true, "Cheap loans WWW.x.example")]), [Reason::LinkInName]);
        assert_eq!(signs(&[(true, "Ana Ruiz"), (false, "www.x.example")]), []);
    }

    #[test]
    fn machines_write_markup_and_many_links() {
        assert_eq!(signs(&[(false, "[URL=https://x.example]x[/URL]")]), [Reason::MarkupLink]);
        assert_eq!(signs(&[(false, "https://x.example ".repeat(2).as_str())]), [Reason::SomeLinks]);
        let four = "https://x.example ".repeat(4);
        assert_eq!(signs(&[(false, &four), (false, "www.y.example")]), [Reason::ManyLinks]);
    }
}
