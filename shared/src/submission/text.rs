//! Characters that cannot be seen, and what becomes of them.
//!
//! A one-line value stands among other words: in a list, in a subject line, beside a button. So what could hide in it or
//! turn what stands around it is left out, without a complaint: the visitor cannot see it, and mostly does not know that
//! it was copied along. Several-line text is kept as it was written; whoever shows it sets it apart.

/// What is kept of a one-line value: without bidirectional controls, zero-width characters, soft hyphens and tags.
/// A joiner stays between two characters beyond ASCII: Sinhala, Hindi, Persian and family emoji are spelt with it. A tag
/// stays in a flag. Controls are not looked for here ([`has_control`]).
pub fn one_line(typed: &str) -> String {
    let mut kept = String::with_capacity(typed.len());
    let mut rest = typed.chars();
    let mut flag = false;
    while let Some(c) = rest.next() {
        let joins = |side: Option<char>| side.is_some_and(|c| !c.is_ascii() && !c.is_whitespace() && !is_hidden(c));
        let stays = match c {
            '\u{200c}' | '\u{200d}' => joins(kept.chars().next_back()) && joins(rest.clone().next()),
            '\u{e0020}'..='\u{e007f}' => flag,
            c => !is_hidden(c),
        };
        if stays {
            kept.push(c);
        }
        // The black flag, and the tags after it that name a region: England, Scotland, Wales.
        flag = c == '\u{1f3f4}' || (flag && matches!(c, '\u{e0020}'..='\u{e007f}'));
    }
    kept
}

/// Whether a text holds a C0 or C1 control. Line ends and tabs belong in several lines only.
pub fn has_control(text: &str, lines: bool) -> bool {
    text.chars().any(|c| c.is_control() && !(lines && matches!(c, '\n' | '\t')))
}

/// Whether there is nothing to read in it: white space, what cannot be seen, and letters without ink.
pub fn is_blank(text: &str) -> bool {
    text.chars().all(|c| {
        c.is_whitespace()
            || is_hidden(c)
            || matches!(c, '\u{115f}' | '\u{1160}' | '\u{2800}' | '\u{3164}' | '\u{ffa0}' | '\u{fe00}'..='\u{fe0f}')
    })
}

/// Format characters: they have no width, turn the order of what follows, or both.
fn is_hidden(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_any_script_are_kept() {
        for text in [
            "Ana Ruiz",
            "محمد علي",
            "ශ්‍රී ලංකා",
            "क्‍ष",
            "می‌خواهم",
            "👩‍👩‍👧‍👦",
            "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
            "שלום",
        ] {
            assert_eq!(one_line(text), text);
        }
    }

    #[test]
    fn what_hides_or_turns_is_left_out() {
        for (typed, kept) in [
            ("ad\u{200b}min", "admin"),
            ("\u{202e}gro.live", "gro.live"),
            ("\u{2066}a\u{2069}b", "ab"),
            ("\u{feff}Ana", "Ana"),
            ("a\u{200d}b", "ab"),
            ("a\u{200d}", "a"),
            ("Ana\u{e0041}\u{e0042}", "Ana"),
            ("co\u{ad}operate", "cooperate"),
        ] {
            assert_eq!(one_line(typed), kept, "{typed:?}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_blank() {
        assert!(is_blank("") && is_blank(" \t\u{a0}\u{200b}") && is_blank("\u{3164}") && is_blank("\u{2800}\u{200d}"));
        assert!(!is_blank(" .") && !is_blank("අ"));
    }

    #[test]
    fn controls_are_found() {
        assert!(has_control("a\0b", true) && has_control("a\nb", false) && has_control("a\u{85}b", true));
        assert!(!has_control("a\n\tb", true));
    }
}
