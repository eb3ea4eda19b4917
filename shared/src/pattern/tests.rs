use super::*;

#[test]
fn a_text_that_was_not_written_by_us_never_leads_out_of_the_table() {
    let text = compiled("^[a-z]+@[a-z]+$").to_text();
    for wrong in ["", "A", "B", "BBBBBBBB", "Bgggggggggggggggg", "B_____", "é", "BCAAA", &format!("{text}A")] {
        assert_eq!(Pattern::from_text(wrong), Err(PatternError::NotAText), "{wrong}");
    }
    for end in 0..text.len() {
        assert_eq!(Pattern::from_text(&text[..end]), Err(PatternError::NotAText));
    }
    // Every text of one changed letter is refused, or runs to its end.
    for at in 0..text.len() {
        for letter in ["A", "B", "C", "f", "g", "_", "!"] {
            let changed = format!("{}{letter}{}", &text[..at], &text[at + 1..]);
            if let Ok(pattern) = Pattern::from_text(&changed) {
                pattern.matches("ada@example, \u{0} é 😀");
            }
        }
    }
}

#[test]
fn tables_are_small() {
    for (source, longest) in
        [("", 60), ("^ping", 60), (r"^\d{4}\s?[A-Z]{2}$", 120), (r"^[^\s@]+@[^\s@]+\.[^\s@]+$", 220)]
    {
        let text = compiled(source).to_text();
        assert!(text.len() <= longest, "{source}: {} {text}", text.len());
    }
    assert_eq!(compiled("a|b|c"), compiled("[a-c]"), "the smallest table is the same");
    assert_eq!(compiled("(a*)*b"), compiled("b"));
}

#[test]
fn where_a_browser_answers_otherwise() {
    assert!(!compiled(r"\s").matches("\u{a0}"), "only ASCII space is space");
    assert!(compiled("^.$").matches("\u{2028}"), "only \\n and \\r end a line");
    assert!(compiled("^.$").matches("😀"), "a character is one, however long");
}

/// Fifty thousand letters, and patterns that take a backtracking engine years.
#[test]
fn time_is_linear() {
    let text = "a".repeat(50_000) + "!";
    for source in ["^(a+)+$", "(a*)*$b", "(a|a)*$b", "^(a|aa)+$", "(x+x+)+y"] {
        assert!(!compiled(source).matches(&text), "{source}");
    }
}

#[test]
fn what_is_too_big_is_refused_in_time() {
    for source in ["[ab]*a[ab]{14}", "(a{999}){999}", "((a{9}){99}){999}", "(.{99}){9}", "a{999}b", "[^a]{500}x"] {
        let begun = std::time::Instant::now();
        let compiled = Pattern::compile(source, true, MAX_CELLS);
        assert!(compiled.is_err() || compiled.is_ok_and(|pattern| pattern.next.len() <= MAX_CELLS), "{source}");
        assert!(begun.elapsed().as_secs() < 20, "{source}");
    }
    assert_eq!(Pattern::compile("abc", false, 3), Err(PatternError::TooBig));
    assert_eq!(Pattern::compile(&"a".repeat(2_000), false, MAX_CELLS), Err(PatternError::TooBig));
    assert_eq!(Pattern::compile(&"(".repeat(500), false, MAX_CELLS), Err(PatternError::TooBig));
}

#[test]
fn refusals_say_where_and_why() {
    for (source, says) in [
        ("a(b", "the pattern is wrong at character 4: a \")\" is missing"),
        ("é**", "the pattern is wrong at character 3: there is nothing to repeat"),
        ("(?=a)", "the pattern has a look-ahead, which cannot be checked in linear time"),
        (r"(a)\1", "the pattern has a back-reference, which cannot be checked in linear time"),
        ("a{1001}", "the pattern is too big: use fewer alternatives and smaller repeat counts"),
    ] {
        assert_eq!(Pattern::compile(source, false, MAX_CELLS).unwrap_err().to_string(), says, "{source}");
    }
}

/// The same answers as `regex-automata` gives on its own, with its own parser and without our table.
#[test]
fn the_table_agrees_with_the_automaton_it_came_from() {
    use regex_automata::dfa::{Automaton, dense};
    use regex_automata::util::syntax;
    use regex_automata::{Input, nfa::thompson};

    let texts =
        ["", "a", "ab", "aab", "cat", "a cat", "concat", "é", "aéb", "日本", "x😀y", "1980-12-25", "A1", "\n", "a\nb"];
    for source in
        ["a", "^a$", "a+b", "^[^a]+$", "é", "[^é]", "^.$", "(?:日|本)+$", "^.*cat$", "a|b|é", "^(a|b)*$", "x.y", "^$"]
    {
        let hir = syntax::parse_with(source, &syntax::Config::new()).unwrap();
        let nfa = thompson::Compiler::new().build_from_hir(&hir).unwrap();
        let theirs = dense::Builder::new().build_from_nfa(&nfa).unwrap();
        let ours = compiled(source);
        for text in texts {
            let agreed = theirs.try_search_fwd(&Input::new(text)).unwrap().is_some();
            assert_eq!(ours.matches(text), agreed, "{source} on {text:?}");
        }
    }
}

fn compiled(source: &str) -> Pattern {
    Pattern::compile(source, false, MAX_CELLS).expect("the pattern is right")
}
