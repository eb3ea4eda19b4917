//! When a request for help is a complaint: the visitor says so, or the text does.
//!
//! The words are data, by language, and a workspace may add its own. A text is looked through in every language, because
//! people do not always write in the language of the form. What is found is the reason that staff read. This is a list of
//! words and not an understanding: it errs towards a complaint, which is answered sooner, and a person decides.
//!
//! ```
//! use shared::complaint::in_text;
//! assert_eq!(in_text("This is UNACCEPTABLE.", &[]), ["unacceptable"]);
//! assert!(in_text("No complaints, just a question", &[]).is_empty());
//! ```

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;

use crate::form::Form;
use crate::submission::Submission;
use crate::submission::value::TICKED;
use crate::wire::{FieldKind, FormKind};

/// What a field is called, or an option's value is, by which a visitor says so.
const NAME: &str = "complaint";
/// The most words named as the reason.
const MAX_WORDS: usize = 5;
/// How many words before or after may turn a word into its contrary.
const REACH: usize = 3;

const LISTS: &str = include_str!("complaint.json");

/// Why a request is a complaint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Complaint {
    /// The visitor says so, in the field of this label.
    Said(String),
    /// The text does, with these words.
    Words(Vec<String>),
}

impl Complaint {
    /// The reason, for staff.
    pub fn reason(&self) -> String {
        match self {
            Self::Said(label) => format!("The visitor says so: {label}"),
            Self::Words(words) => format!("The text says: {}", words.join(", ")),
        }
    }
}

/// Whether a submission is a complaint; only a request for help can be one.
pub fn of(form: &Form, submission: &Submission, own_words: &[String]) -> Option<Complaint> {
    if form.source().kind != FormKind::Support {
        return None;
    }
    said(form, submission).or_else(|| {
        let texts = form.fields().filter(|field| is_message(field.source));
        let mut words = Vec::new();
        for text in texts.filter_map(|field| submission.values().get(&field.source.name)) {
            words.extend(in_text(text, own_words));
        }
        words.truncate(MAX_WORDS);
        (!words.is_empty()).then_some(Complaint::Words(words))
    })
}

/// A box or a choice that says so: a field called `complaint` that is ticked or says yes, or any chosen `complaint`.
fn said(form: &Form, submission: &Submission) -> Option<Complaint> {
    form.fields().find_map(|field| {
        let given = submission.values().given(&field.source.name)?;
        let has = |wanted: &str| match given {
            crate::wire::Given::One(text) => text == wanted,
            crate::wire::Given::Many(texts) => texts.iter().any(|text| text == wanted),
        };
        let says = (field.source.name == NAME && has(TICKED)) || (field.source.kind.is_choice() && has(NAME));
        says.then(|| Complaint::Said(field.source.label.clone()))
    })
}

/// Free text that is not a name or an address: those say so by their autofill token.
fn is_message(field: &crate::wire::Field) -> bool {
    field.kind == FieldKind::LongText || (field.kind == FieldKind::ShortText && field.autocomplete.is_none())
}

/// The words of complaint in a text, as the lists write them, each once.
pub fn in_text(text: &str, own_words: &[String]) -> Vec<String> {
    let clauses: Vec<Vec<String>> = clauses(text);
    let mut found: Vec<String> = Vec::new();
    for list in lists() {
        for phrase in &list.words {
            if !found.contains(&phrase.written) && clauses.iter().any(|clause| list.says(clause, phrase)) {
                found.push(phrase.written.clone());
            }
        }
    }
    for word in own_words {
        let phrase = Phrase::new(word);
        let says = clauses.iter().any(|clause| lists().iter().all(|list| list.says(clause, &phrase)));
        if says && !found.contains(word) {
            found.push(word.clone());
        }
    }
    found
}

#[derive(Deserialize)]
struct Written {
    words: Vec<String>,
    not: Vec<String>,
    #[serde(default)]
    not_after: Vec<String>,
}

struct List {
    words: Vec<Phrase>,
    not: Vec<Vec<String>>,
    not_after: Vec<Vec<String>>,
}

/// Words in a row; one that ends in `*` stands for all that begin so.
struct Phrase {
    written: String,
    words: Vec<(String, bool)>,
}

impl Phrase {
    fn new(written: &str) -> Self {
        let word = |part: &str| {
            let stem = part.strip_suffix('*');
            (words(stem.unwrap_or(part)).concat(), stem.is_some())
        };
        let parts = written.split_whitespace().map(word).filter(|(word, _)| !word.is_empty());
        Self { written: written.replace('*', "…"), words: parts.collect() }
    }

    fn matches(&self, clause: &[String], at: usize) -> bool {
        !self.words.is_empty()
            && self.words.iter().enumerate().all(|(index, (word, begins))| {
                clause.get(at + index).is_some_and(|said| if *begins { said.starts_with(word) } else { said == word })
            })
    }
}

impl List {
    /// Whether a clause says a phrase, and does not say the contrary.
    fn says(&self, clause: &[String], phrase: &Phrase) -> bool {
        (0..clause.len()).any(|at| {
            let end = at + phrase.words.len();
            let near = |from: usize, to: usize, nots: &[Vec<String>]| {
                let part = clause.get(from..to.min(clause.len())).unwrap_or_default();
                nots.iter().any(|not| !not.is_empty() && part.windows(not.len()).any(|said| said == not.as_slice()))
            };
            phrase.matches(clause, at)
                && !near(at.saturating_sub(REACH), at, &self.not)
                && !near(end, end + REACH, &self.not_after)
        })
    }
}

fn lists() -> &'static [List] {
    static READ: OnceLock<Vec<List>> = OnceLock::new();
    READ.get_or_init(|| {
        // A test reads the file: what cannot be read is not shipped.
        let written: BTreeMap<String, Written> = serde_json::from_str(LISTS).unwrap_or_default();
        let several = |nots: &[String]| nots.iter().map(|not| words(not)).collect();
        written
            .values()
            .map(|list| List {
                words: list.words.iter().map(|word| Phrase::new(word)).collect(),
                not: several(&list.not),
                not_after: several(&list.not_after),
            })
            .collect()
    })
}

/// The words of each clause: a `no` before a comma says nothing of what comes after it.
fn clauses(text: &str) -> Vec<Vec<String>> {
    let ends =
        |c: char| matches!(c, '.' | ',' | ';' | ':' | '!' | '?' | '\n' | '।' | '،' | '؛' | '؟' | '…' | '(' | ')');
    text.split(ends).map(words).filter(|clause| !clause.is_empty()).collect()
}

/// Words in lower case, without accents, vowel signs that are mostly left out, joiners, and the Arabic article.
fn words(text: &str) -> Vec<String> {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars().flat_map(char::to_lowercase) {
        match c {
            'à'..='å' | 'ā' | 'ă' | 'ą' => folded.push('a'),
            'ç' | 'ć' | 'č' => folded.push('c'),
            'è'..='ë' | 'ē' | 'ę' | 'ě' => folded.push('e'),
            'ì'..='ï' | 'ī' => folded.push('i'),
            'ñ' | 'ń' => folded.push('n'),
            'ò'..='ö' | 'ø' | 'ō' => folded.push('o'),
            'ù'..='ü' | 'ū' => folded.push('u'),
            'ý' | 'ÿ' => folded.push('y'),
            'œ' => folded.push_str("oe"),
            'æ' => folded.push_str("ae"),
            'ß' => folded.push_str("ss"),
            // Alef and its forms, the hamza's seats, yeh and teh marbuta as they are mostly typed.
            'آ' | 'أ' | 'إ' | 'ٱ' => folded.push('ا'),
            'ى' | 'ئ' => folded.push('ي'),
            'ؤ' => folded.push('و'),
            'ة' => folded.push('ه'),
            // Combining accents, Arabic vowel signs and tatweel, the Devanagari nukta, joiners.
            '\u{300}'..='\u{36f}'
            | '\u{640}'
            | '\u{64b}'..='\u{65f}'
            | '\u{670}'
            | '\u{93c}'
            | '\u{200c}'
            | '\u{200d}' => {}
            c if c.is_alphanumeric() || matches!(c, '\u{900}'..='\u{963}' | '\u{d80}'..='\u{dff}') => folded.push(c),
            _ => folded.push(' '),
        }
    }
    folded.split(' ').filter(|word| !word.is_empty()).map(|word| bare(word).to_owned()).collect()
}

/// An Arabic word without `and`, and without the article.
fn bare(word: &str) -> &str {
    let long_enough = |rest: &&str| rest.chars().count() >= 3;
    let without = ["وال", "بال", "ال", "لل"].iter().find_map(|prefix| word.strip_prefix(prefix).filter(long_enough));
    without.unwrap_or(word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::LANGUAGES;

    #[test]
    fn every_language_has_a_list() {
        let written: BTreeMap<String, Written> = serde_json::from_str(LISTS).unwrap();
        for language in LANGUAGES {
            let list = &written[language.tag];
            assert!(list.words.len() >= 20 && !list.not.is_empty(), "{}", language.tag);
            for word in &list.words {
                let example = word.replace('*', "");
                assert!(!in_text(&example, &[]).is_empty(), "{} {word}", language.tag);
            }
        }
        assert_eq!(written.len(), LANGUAGES.len());
    }

    #[test]
    fn a_complaint_is_found_in_any_language() {
        for text in [
            "I wish to COMPLAIN about the class.",
            "Nobody answered for three weeks!",
            "This is simply not acceptable",
            "Quiero presentar una reclamación",
            "C'est inadmissible, je veux être remboursé",
            "Ich möchte mich beschweren. Das ist eine Frechheit!",
            "Quero fazer uma reclamação do atendimento",
            "मुझे शिकायत दर्ज करनी है",
            "أريد تقديم شكوى ضد المدرّس",
            "هذه الخدمة غير مقبولة",
            "මට පැමිණිල්ලක් කරන්න ඕන",
            "මෙය පිළිගත නොහැකි දෙයක්",
        ] {
            assert!(!in_text(text, &[]).is_empty(), "{text}");
        }
    }

    #[test]
    fn the_contrary_of_a_complaint_is_none() {
        for text in [
            "I have no complaints at all, thank you",
            "This is not a complaint, only a question",
            "Without complaint she moved my class",
            "I cannot open lesson three",
            "No tengo ninguna queja",
            "Ce n'est pas une plainte",
            "Ich habe keine Beschwerde, nur eine Frage",
            "Das ist keine Reklamation",
            "Não é uma reclamação",
            "मुझे कोई शिकायत नहीं है",
            "ليس لدي أي شكوى",
            "මට කිසිම පැමිණිල්ලක් නැහැ",
            "The incomplainable word",
            "Please explain the lesson",
        ] {
            assert_eq!(in_text(text, &[]), [""; 0], "{text}");
        }
    }

    #[test]
    fn a_no_before_a_comma_says_nothing_of_what_follows() {
        assert_eq!(in_text("No, this is unacceptable", &[]), ["unacceptable"]);
    }

    #[test]
    fn a_workspace_adds_its_own_words() {
        let own = ["class was cancelled".to_owned(), "zurück*".to_owned()];
        assert_eq!(in_text("My class was CANCELLED again.", &own), ["class was cancelled"]);
        assert_eq!(in_text("Zurückgewiesen", &own), ["zurück*"]);
        assert!(in_text("My class was not cancelled", &own).is_empty());
    }
}
