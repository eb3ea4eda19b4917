//! The words themselves, and which language a visitor reads.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use super::LANGUAGES;

/// In the order of [`LANGUAGES`].
const FILES: [&str; 8] = [
    include_str!("en.json"),
    include_str!("es.json"),
    include_str!("fr.json"),
    include_str!("de.json"),
    include_str!("pt.json"),
    include_str!("hi.json"),
    include_str!("ar.json"),
    include_str!("si.json"),
];

static READ: [OnceLock<BTreeMap<String, String>>; 8] = [const { OnceLock::new() }; 8];

/// The words of a language, by its tag or the first part of it; of English where it is not shipped.
pub fn words(lang: &str) -> &'static BTreeMap<String, String> {
    let index = shipped(lang).unwrap_or(0);
    static NONE: BTreeMap<String, String> = BTreeMap::new();
    let (Some(read), Some(file)) = (READ.get(index), FILES.get(index)) else { return &NONE };
    // A test reads each file: what cannot be read is not shipped.
    read.get_or_init(|| serde_json::from_str(file).unwrap_or_default())
}

/// The language that a visitor reads: the site's, where it has one; else the visitor's best one that is shipped, as
/// `Accept-Language` ranks them; else the workspace's own; else English.
pub fn choose(accept_language: &str, site: Option<&str>, workspace: &str) -> &'static str {
    let wanted = || choose_of(accept_language, language);
    site.and_then(language).or_else(wanted).or_else(|| language(workspace)).unwrap_or("en")
}

/// The best of what `Accept-Language` names, of which `has` has something.
pub fn choose_of<T>(accept_language: &str, has: impl Fn(&str) -> Option<T>) -> Option<T> {
    let mut wanted: Vec<(u32, &str)> = accept_language.split(',').filter_map(ranked).collect();
    // Stable: of equals, the one that is named first.
    wanted.sort_by_key(|(quality, _)| std::cmp::Reverse(*quality));
    wanted.into_iter().find_map(|(_, tag)| has(tag))
}

/// The tag of a shipped language, by any tag of it: `pt` for `pt-BR`.
pub fn shipped_tag(tag: &str) -> Option<String> {
    language(tag).map(str::to_owned)
}

fn language(tag: &str) -> Option<&'static str> {
    shipped(tag).and_then(|index| LANGUAGES.get(index)).map(|language| language.tag)
}

/// One entry of `Accept-Language` (RFC 9110, 12.5.4), with its weight in thousandths; `None` where it is not wanted.
fn ranked(entry: &str) -> Option<(u32, &str)> {
    let (tag, weight) = entry.split_once(';').unwrap_or((entry, "q=1"));
    let weight = weight.trim().strip_prefix("q=")?;
    let (whole, part) = weight.split_once('.').unwrap_or((weight, ""));
    let thousandths: String = part.chars().chain("000".chars()).take(3).collect();
    let quality = whole.parse::<u32>().ok()?.min(1) * 1_000 + thousandths.parse::<u32>().ok()?;
    (quality > 0).then(|| (quality.min(1_000), tag.trim()))
}

fn shipped(tag: &str) -> Option<usize> {
    let first = tag.split(['-', '_']).next().unwrap_or_default();
    LANGUAGES.iter().position(|language| language.tag.eq_ignore_ascii_case(first))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::{Words, is_rtl};
    use std::collections::BTreeSet;

    #[test]
    fn each_language_has_the_same_words_with_the_same_parameters() {
        let english: BTreeMap<String, String> = serde_json::from_str(FILES[0]).unwrap();
        for (language, file) in LANGUAGES.iter().zip(FILES) {
            let words: BTreeMap<String, String> = serde_json::from_str(file).unwrap();
            assert_eq!(words.keys().collect::<Vec<_>>(), english.keys().collect::<Vec<_>>(), "{}", language.tag);
            for (name, text) in &words {
                assert!(!text.trim().is_empty() && text.trim() == text, "{} {name}", language.tag);
                assert_eq!(parameters(text), parameters(&english[name]), "{} {name}", language.tag);
            }
            assert_eq!(words["page_months"].split('|').count(), 12, "{}", language.tag);
            assert_eq!(is_rtl(language.tag), language.rtl);
        }
        assert_eq!(LANGUAGES.len(), FILES.len());
    }

    #[test]
    fn parameters_are_filled_in() {
        let english = Words::from(words("en"));
        assert_eq!(english.fill("step", &[("n", "2"), ("m", "3")]), "Step 2 of 3");
        assert_eq!(english.fill("step", &[("m", "{n}")]), "Step  of {n}");
        assert_eq!(english.fill("no such word", &[]), "no such word");
        assert_eq!(english.get("next"), "Next");
    }

    #[test]
    fn the_language_is_the_sites_or_the_visitors_or_the_workspaces() {
        assert_eq!(choose("fr-CA,fr;q=0.8,en;q=0.5", None, "en"), "fr");
        assert_eq!(choose("nl,de;q=0.5,pt-BR;q=0.9", None, "en"), "pt");
        assert_eq!(choose("fr", Some("si"), "en"), "si");
        assert_eq!(choose("fr", Some("nl"), "en"), "fr");
        assert_eq!(choose("nl, de;q=0", None, "es"), "es");
        assert_eq!(choose("*;q=0.1", None, "nl"), "en");
        assert_eq!(choose("", None, "hi"), "hi");
        assert_eq!(choose("EN-GB", None, "hi"), "en");
        assert_eq!(choose("de;q=0.5,;;,=,q=x,fr;q=banana", None, "en"), "de");
    }

    fn parameters(text: &str) -> BTreeSet<&str> {
        text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name).collect()
    }
}
