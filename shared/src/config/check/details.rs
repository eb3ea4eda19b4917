//! What a site looks and sounds like, and where its forms lead.

use super::Problems;
use crate::form::is_tag;
use crate::wire::Workspace;
use crate::wire::config::{Site, Theme};
use crate::words::LANGUAGES;

/// The roundest corner, in pixels: half of the smallest control.
const MAX_RADIUS: u32 = 24;
/// The most words of complaint of a workspace's own, and the most bytes of each.
const MAX_WORDS: usize = 500;
const MAX_WORD_BYTES: usize = 200;

/// The workspace's language and words.
pub fn workspace(source: &Workspace, problems: &mut Problems) {
    problems.unless(is_tag(&source.lang), "lang", "not_a_language", "a language is a tag such as en or pt-BR");
    for (lang, words) in &source.words {
        let path = format!("words.{lang}");
        problems.unless(is_tag(lang), path.clone(), "not_a_language", "a language is a tag such as nl or zh-Hant");
        let known = crate::words::words("en");
        for (name, text) in words {
            let path = format!("{path}.{name}");
            match known.get(name) {
                None => problems.push(path, "unknown_name", "Usher has no words of this name"),
                Some(english) if parameters(english) != parameters(text) => {
                    problems.push(path, "wrong_parameters", format!("its parameters are those of {english:?}"));
                }
                Some(_) => problems.unless(!text.trim().is_empty(), path, "required", "words say something"),
            }
        }
    }
    problems.unless(
        source.complaint_words.len() <= MAX_WORDS,
        "complaint_words",
        "too_many",
        "there are at most 500 words of complaint",
    );
    for (at, word) in source.complaint_words.iter().enumerate() {
        let is_fine = !word.trim_matches([' ', '*']).is_empty() && word.len() <= MAX_WORD_BYTES;
        problems.unless(is_fine, format!("complaint_words[{at}]"), "required", "a word, or some words in a row");
    }
}

/// What a site says of itself.
pub fn site(source: &Workspace, site: &Site, path: &str, problems: &mut Problems) {
    if let Some(lang) = &site.lang {
        let is_shipped = LANGUAGES.iter().any(|language| Some(language.tag) == lang.split('-').next());
        let is_known = is_tag(lang) && (is_shipped || source.words.contains_key(lang));
        let message = "a site speaks a language that is shipped, or one that the workspace has words for";
        problems.unless(is_known, format!("{path}.lang"), "unknown_language", message);
    }
    if let Some(look) = &site.theme {
        theme(look, &format!("{path}.theme"), problems);
    }
    let limits = [("submissions_per_day", site.limits.submissions_per_day), ("per_address", site.limits.per_address)];
    for (name, limit) in limits {
        let message = "a limit of nothing lets nothing through: switch the site off instead";
        problems.unless(limit > 0, format!("{path}.limits.{name}"), "out_of_range", message);
    }
}

/// Where the forms lead once they are sent.
pub fn results(source: &Workspace, problems: &mut Problems) {
    for (index, form) in source.forms.iter().enumerate() {
        let Some(result) = &form.result else { continue };
        let path = format!("forms[{index}].result");
        if let Some(next) = &result.follow_up {
            let known = source.forms.iter().map(|form| &form.id);
            problems.exists(known, next, format!("{path}.follow_up"), "form");
            problems.unless(*next != form.id, format!("{path}.follow_up"), "misplaced", "a form is not offered again");
        }
        if let Some(redirect) = &result.redirect {
            // On whichever site it is shown, the visitor stays with whom they trusted.
            let origins =
                source.sites.iter().filter(|site| site.forms.contains(&form.id)).flat_map(|site| &site.origins);
            let is_fine = is_path(redirect) || origins.clone().any(|origin| is_at(redirect, origin));
            let message = "it leads to a path, or to an address of one of the sites that show the form";
            problems.unless(is_fine, format!("{path}.redirect"), "not_an_address", message);
        }
    }
}

fn theme(theme: &Theme, path: &str, problems: &mut Problems) {
    if let Some(mode) = &theme.mode {
        let is_known = mode == "light" || mode == "dark";
        problems.unless(is_known, format!("{path}.mode"), "unknown_name", "a mode is light or dark");
    }
    for (name, colour) in [("accent", &theme.accent), ("accent_text", &theme.accent_text)] {
        let is_fine = colour.as_ref().is_none_or(|colour| is_colour(colour));
        problems.unless(is_fine, format!("{path}.{name}"), "not_a_colour", "a colour is #2f5bd0 or rgb(47 91 208)");
    }
    let is_fine = theme.radius.is_none_or(|radius| radius <= MAX_RADIUS);
    problems.unless(is_fine, format!("{path}.radius"), "out_of_range", "a corner is at most 24 pixels round");
}

/// `#rgb`, `#rrggbb`, or `rgb()` of three numbers up to 255: nothing that could end a rule of a style sheet.
fn is_colour(text: &str) -> bool {
    if let Some(digits) = text.strip_prefix('#') {
        return matches!(digits.len(), 3 | 6) && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    }
    let numbers = text.strip_prefix("rgb(").and_then(|rest| rest.strip_suffix(')'));
    numbers.is_some_and(|numbers| {
        let parts: Vec<&str> = numbers.split([',', ' ']).filter(|part| !part.is_empty()).collect();
        parts.len() == 3 && parts.iter().all(|part| part.parse::<u8>().is_ok())
    })
}

/// A path of the site itself; `//host` and `/\host` lead elsewhere.
fn is_path(text: &str) -> bool {
    text.starts_with('/') && !text.starts_with("//") && !text.contains('\\') && text.chars().all(|c| c > ' ')
}

fn is_at(address: &str, origin: &str) -> bool {
    let rest = address.strip_prefix(origin);
    rest.is_some_and(|rest| rest.is_empty() || is_path(rest) || rest.starts_with(['?', '#']))
}

fn parameters(text: &str) -> std::collections::BTreeSet<&str> {
    text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_is_one_of_three_spellings() {
        for good in ["#fff", "#2f5bd0", "rgb(47, 91, 208)", "rgb(47 91 208)"] {
            assert!(is_colour(good), "{good}");
        }
        for bad in
            ["", "red", "#ff", "#ggg", "rgb(1 2)", "rgb(1 2 300)", "#fff;}body{display:none", "url(//evil)", "var(--x)"]
        {
            assert!(!is_colour(bad), "{bad}");
        }
    }

    #[test]
    fn a_redirect_stays_where_the_visitor_is() {
        for good in ["/thanks", "/thanks?a=b#c", "https://learn.example.com", "https://learn.example.com/thanks"] {
            assert!(is_path(good) || is_at(good, "https://learn.example.com"), "{good}");
        }
        for bad in [
            "//evil.example",
            "/\\evil.example",
            "javascript:alert(1)",
            "https://learn.example.com.evil.example/",
            "https://learn.example.com@evil.example/",
            "https://learn.example.com:8443/",
            "thanks",
            "/a b",
        ] {
            assert!(!is_path(bad) && !is_at(bad, "https://learn.example.com"), "{bad}");
        }
    }
}
