//! Finding items by what people remember of them: a name, a part of an address or a telephone number, a reference, a word of
//! what was written.
//!
//! Each item has one text of its words ([`words`]), and what is looked for are terms ([`terms`]) that must all be in it, anywhere:
//! people remember the end of a domain as well as its start. Not here: how the text is looked through.

use crate::person::Identifier;
use crate::submission::Submission;
use crate::wire::Given;

/// The most of what somebody wrote that is looked through, in characters.
const MAX_CHARS: usize = 4_000;
/// The most terms, and the most characters of them all.
const MAX_TERMS: usize = 8;
const MAX_QUERY_CHARS: usize = 100;

/// What an item can be found by: who, the reference, how they can be reached, and what they wrote.
pub fn words(who: &str, reference: &str, identifiers: &[Identifier], submission: &Submission) -> String {
    let reached = identifiers.iter().flat_map(|identifier| [identifier.typed.as_str(), identifier.key.as_str()]);
    let wrote = submission.values().iter().flat_map(|(_, given)| match given {
        Given::One(text) => std::slice::from_ref(text),
        Given::Many(texts) => texts.as_slice(),
    });
    let words: Vec<&str> = [who, reference].into_iter().chain(reached).chain(wrote.map(String::as_str)).collect();
    folded(&words.join(" ")).chars().take(MAX_CHARS).collect()
}

/// The terms that somebody looks for; nothing where there is nothing to look for, or far too much.
pub fn terms(typed: &str) -> Option<Vec<String>> {
    if typed.chars().count() > MAX_QUERY_CHARS {
        return None;
    }
    let terms: Vec<String> = folded(typed).split_whitespace().take(MAX_TERMS).map(str::to_owned).collect();
    // One letter is in everything.
    (terms.iter().map(|term| term.chars().count()).sum::<usize>() > 1).then_some(terms)
}

/// Letters without their case.
fn folded(text: &str) -> String {
    text.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_are_what_was_typed_without_case_and_space() {
        let told = |typed: &str| terms(typed).map(|terms| terms.join("|"));
        assert_eq!(told("  Ana  RUIZ "), Some("ana|ruiz".to_owned()));
        assert_eq!(told("ÅSA"), Some("åsa".to_owned()));
        assert_eq!(told("USH-FT37E"), Some("ush-ft37e".to_owned()));
        assert_eq!((told(""), told(" a "), told(&"x".repeat(101))), (None, None, None));
        assert_eq!(told("a b c d e f g h i j").map(|terms| terms.len()), Some(15), "eight terms");
    }
}
