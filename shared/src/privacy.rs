//! For how long things are kept, and what is put in the place of words that name somebody who was erased.
//!
//! Not here: where a person's rows are (`edge::desk_do::privacy`), or who may ask (`right`).
//!
//! ```
//! use shared::privacy::without;
//! let words = ["ana@example.com".to_owned()];
//! assert_eq!(without("Wrote to Ana@Example.com.", &words).as_deref(), Some("Wrote to [erased]."));
//! assert_eq!(without("Wrote to Theo.", &words), None);
//! ```

use crate::person::IdentifierKind;
use crate::submission::{Email, Phone};
use crate::wire::console::Outcome;
use crate::wire::privacy::{FindPeople, Retention};

/// The longest time that a rule may name, in days: a hundred years.
pub const MAX_DAYS: u32 = 36_500;
/// The most rules.
pub const MAX_RULES: usize = 100;
/// The longest reason of a hold, in characters.
pub const MAX_REASON_CHARS: usize = 500;
/// What stands where somebody was named.
pub const ERASED: &str = "[erased]";
/// Shorter words stand in too many others' texts: `Al`, `12345`.
const MIN_WORD_CHARS: usize = 6;

/// For how many days an item is kept after it was closed; `None` for ever. The first rule that matches wins.
pub fn days_kept(retention: &Retention, form: &str, outcome: Option<Outcome>) -> Option<u32> {
    let rule = retention.items.iter().find(|rule| {
        rule.form.as_deref().is_none_or(|of| of == form) && rule.outcome.is_none_or(|of| Some(of) == outcome)
    });
    rule.and_then(|rule| rule.days)
}

/// The shortest time that any rule keeps a closed item; `None` where none is ever deleted for its age.
pub fn fewest_days(retention: &Retention) -> Option<u32> {
    retention.items.iter().filter_map(|rule| rule.days).min()
}

/// A reason as it is kept, if it is one.
pub fn reason(text: &str) -> Option<&str> {
    let text = text.trim();
    let is_one = !text.is_empty() && text.chars().nth(MAX_REASON_CHARS).is_none();
    is_one.then_some(text)
}

/// By what a server finds somebody: the kind, and as it is compared; `None` where it says nothing, too much, or what cannot be read.
pub fn whom(find: &FindPeople) -> Option<(IdentifierKind, String)> {
    match (find.email.as_deref(), find.phone.as_deref(), find.user.as_deref()) {
        (Some(email), None, None) => Some((IdentifierKind::Email, Email::parse(email).ok()?.key())),
        (None, Some(phone), None) => Some((IdentifierKind::Phone, Phone::parse(phone).ok()?.key())),
        (None, None, Some(user)) if !user.is_empty() => Some((IdentifierKind::User, user.to_owned())),
        _ => None,
    }
}

/// Of what somebody is called, that by which they are found in others' texts: addresses and numbers, and names of at least two
/// words. In lower case, each once, the longest first: an address goes before the name in it.
pub fn words_of<'a>(identifiers: impl Iterator<Item = &'a str>, names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let names = names.filter(|name| name.trim().contains(' '));
    let mut words: Vec<String> = identifiers.chain(names).map(|word| word.trim().to_lowercase()).collect();
    words.retain(|word| word.chars().count() >= MIN_WORD_CHARS);
    words.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
    words.dedup();
    words
}

/// A text without these words, in whatever case they stand in it; `None` where none of them does. The words are in lower case.
pub fn without(text: &str, words: &[String]) -> Option<String> {
    let mut left = text.to_owned();
    for word in words.iter().filter(|word| !word.is_empty()) {
        while let Some(at) = find(&left, word) {
            left.replace_range(at, ERASED);
        }
    }
    (left != text).then_some(left)
}

/// Where a word in lower case stands in a text, whose lower case may have other lengths.
fn find(text: &str, word: &str) -> Option<core::ops::Range<usize>> {
    text.char_indices().find_map(|(from, _)| {
        let mut wanted = word.chars();
        let mut next = wanted.next();
        for (at, letter) in text.get(from..)?.char_indices() {
            for lower in letter.to_lowercase() {
                if Some(lower) != next {
                    return None;
                }
                next = wanted.next();
            }
            if next.is_none() {
                return Some(from..from + at + letter.len_utf8());
            }
        }
        None
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::privacy::RetentionRule;

    fn rule(form: Option<&str>, outcome: Option<Outcome>, days: Option<u32>) -> RetentionRule {
        RetentionRule { form: form.map(str::to_owned), outcome, days }
    }

    #[test]
    fn the_first_rule_that_matches_says_how_long() {
        let items = vec![
            rule(Some("inquiry"), Some(Outcome::Won), None),
            rule(None, Some(Outcome::Spam), Some(7)),
            rule(Some("inquiry"), None, Some(730)),
        ];
        let retention = Retention { items, ..Retention::default() };
        assert_eq!(days_kept(&retention, "inquiry", Some(Outcome::Won)), None, "for ever");
        assert_eq!(days_kept(&retention, "inquiry", Some(Outcome::Spam)), Some(7));
        assert_eq!(days_kept(&retention, "inquiry", Some(Outcome::Lost)), Some(730));
        assert_eq!(days_kept(&retention, "support", Some(Outcome::Solved)), None, "no rule, no end");
        assert_eq!(fewest_days(&retention), Some(7));
        assert_eq!(fewest_days(&Retention::default()), None);
    }

    #[test]
    fn nobody_is_found_by_what_anybody_may_be_called() {
        let words =
            words_of(["ana@example.com", "u-17", "ANA@example.com"].into_iter(), ["Ana", "Ana Ruiz"].into_iter());
        assert_eq!(words, ["ana@example.com", "ana ruiz"]);
    }

    #[test]
    fn a_word_goes_wherever_it_stands_and_however_it_is_written() {
        let words = words_of(["ana@example.com"].into_iter(), ["İpek Şahin"].into_iter());
        let text = "ANA@example.com (İPEK ŞAHIN, ipek şahin) wrote; so did İpek Şahin. Aña did not.";
        let left = without(text, &words).unwrap();
        assert!(!left.contains("example.com") && left.ends_with("so did [erased]. Aña did not."), "{left}");
        assert_eq!(without("nothing of them", &words), None);
        assert_eq!(without("", &words), None);
    }

    #[test]
    fn a_server_names_somebody_in_one_way() {
        let find = |email: Option<&str>, phone: Option<&str>, user: Option<&str>| {
            let own = |text: Option<&str>| text.map(str::to_owned);
            whom(&FindPeople { email: own(email), phone: own(phone), user: own(user) })
        };
        assert_eq!(
            find(Some("Ana@Example.com"), None, None),
            Some((IdentifierKind::Email, "ana@example.com".to_owned()))
        );
        assert_eq!(find(None, None, Some("u-17")), Some((IdentifierKind::User, "u-17".to_owned())));
        assert_eq!(find(None, Some("+351 21 000 4711"), None).map(|(kind, _)| kind), Some(IdentifierKind::Phone));
        for nobody in [
            find(None, None, None),
            find(Some("x"), None, None),
            find(None, None, Some("")),
            find(Some("a@b.com"), None, Some("u")),
        ] {
            assert_eq!(nobody, None);
        }
    }

    #[test]
    fn a_reason_says_something_and_not_too_much() {
        assert_eq!(reason("  a lawsuit "), Some("a lawsuit"));
        assert_eq!(reason(" \n"), None);
        assert_eq!(reason(&"x".repeat(MAX_REASON_CHARS)).map(str::len), Some(MAX_REASON_CHARS));
        assert_eq!(reason(&"x".repeat(MAX_REASON_CHARS + 1)), None);
    }
}
