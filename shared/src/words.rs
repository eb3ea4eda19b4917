//! The words of the widget and of the plain page, in eight languages. Only the language that is read travels.
//!
//! The words are data: one JSON file for each language, all with the same names and the same parameters (`{max}`). A
//! workspace may add a language, or change words, in its configuration. Not here: the words of forms and prompts, which
//! marketers write ([`crate::wire::Form::translations`]), and those of the console.

use std::collections::BTreeMap;

#[cfg(feature = "compile")]
mod shipped;

#[cfg(feature = "compile")]
pub use shipped::{choose, choose_of, shipped_tag, words};

/// A language that Usher speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Language {
    /// Its tag: `es`.
    pub tag: &'static str,
    /// Its name, in itself: `Español`.
    pub name: &'static str,
    /// Whether it is written from right to left.
    pub rtl: bool,
}

/// The languages that are shipped, English first.
pub const LANGUAGES: &[Language] = &[
    Language { tag: "en", name: "English", rtl: false },
    Language { tag: "es", name: "Español", rtl: false },
    Language { tag: "fr", name: "Français", rtl: false },
    Language { tag: "de", name: "Deutsch", rtl: false },
    Language { tag: "pt", name: "Português", rtl: false },
    Language { tag: "hi", name: "हिन्दी", rtl: false },
    Language { tag: "ar", name: "العربية", rtl: true },
    Language { tag: "si", name: "සිංහල", rtl: false },
];

/// Words that only the plain page says start with this: they do not travel to the widget.
pub const PAGE_PREFIX: &str = "page_";

/// Words by name, in one language.
#[derive(Debug, Clone, Copy)]
pub struct Words<'w>(&'w BTreeMap<String, String>);

impl<'w> From<&'w BTreeMap<String, String>> for Words<'w> {
    fn from(words: &'w BTreeMap<String, String>) -> Self {
        Self(words)
    }
}

impl<'w> Words<'w> {
    /// The words of this name; the name itself where there are none, which an older edge may bring about.
    pub fn get(self, name: &'w str) -> &'w str {
        self.0.get(name).map_or(name, String::as_str)
    }

    /// The same with parameters: `{max}` becomes what stands beside `max`.
    pub fn fill(self, name: &str, parameters: &[(&str, &str)]) -> String {
        let mut rest = self.0.get(name).map_or(name, String::as_str);
        let mut text = String::with_capacity(rest.len() + 16);
        while let Some((before, after)) = rest.split_once('{') {
            let Some((parameter, after)) = after.split_once('}') else { break };
            text.push_str(before);
            for (name, value) in parameters {
                if *name == parameter {
                    text.push_str(value);
                }
            }
            rest = after;
        }
        text.push_str(rest);
        text
    }
}

/// Whether a language is written from right to left, by its tag. Also those that are not shipped: a workspace may add them.
pub fn is_rtl(tag: &str) -> bool {
    matches!(tag.split('-').next(), Some("ar" | "he" | "fa" | "ur" | "ps" | "sd" | "ug" | "yi" | "dv" | "ckb"))
}
