//! What the check in a page saw, and what it means.

use std::collections::BTreeSet;

use serde::Deserialize;

/// What `check.js` reports from the page it ran in. Everything in it comes from a stranger's page.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Report {
    /// The page's address, without query and fragment.
    pub page: String,
    /// The keys of the snippets on it, in order.
    pub keys: Vec<String>,
    /// The key that the loader runs with.
    pub site: String,
    /// The form that its snippet names.
    pub form: String,
    /// Whether the site's settings came.
    pub boot: bool,
    /// Whether WebAssembly may run.
    pub wasm: bool,
    /// Whether calls to Usher are let through.
    pub connect: bool,
    /// Whether the widget may dress itself.
    pub sheets: bool,
    /// Whether a worker thread may run.
    pub worker: bool,
    /// What the policy refused of ours.
    pub refused: Vec<Refused>,
    /// Policies in the page itself.
    pub policies: Vec<String>,
}

/// One thing that the page's policy refused.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Refused {
    /// The directive that refused it: `connect-src`.
    pub directive: String,
    /// The whole policy.
    pub policy: String,
}

/// How grave a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// As it should be.
    Fine,
    /// It works, and could work better.
    Note,
    /// It does not work.
    Wrong,
}

/// One thing that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// How grave it is.
    pub level: Level,
    /// What it is, for people.
    pub says: String,
    /// The line of the policy that would mend it.
    pub line: Option<String>,
}

/// What a report means for the site of this key; `origin` is Usher's own. The gravest comes first.
pub fn findings(report: &Report, key: &str, off: bool, origin: &str) -> Vec<Finding> {
    let mut found = Vec::new();
    snippets(report, key, &mut found);
    if off {
        found.push(wrong("This site is switched off, or its time is over: visitors see nothing.", None));
    } else if !report.boot && report.connect && report.site == key {
        found.push(wrong(
            "Usher does not accept the key on this page. Check that its address is among the site's origins.",
            refused_line(report, "script-src", origin),
        ));
    } else if !report.boot && !report.connect {
        found.push(wrong("The site's settings did not come.", refused_line(report, "script-src", origin)));
    } else if report.boot {
        found.push(fine("The loader runs, and the site's settings came."));
    }
    if report.connect {
        found.push(fine("The page may call Usher."));
    } else {
        found.push(wrong(
            "The page's content security policy refuses calls to Usher: a form could not be sent.",
            Some(line(report, "connect-src", origin)),
        ));
    }
    if report.wasm {
        found.push(fine("WebAssembly may run: visitors get the whole widget."));
    } else {
        found.push(note(
            "The page's content security policy refuses WebAssembly: visitors get a simpler form, with the same fields.",
            Some(line(report, "script-src", "'wasm-unsafe-eval'")),
        ));
    }
    if !report.sheets {
        found.push(note("This browser cannot take style sheets as the widget makes them. It looks plainer.", None));
    }
    if !report.worker {
        found.push(note(
            "Worker threads are refused. A site that asks for proof of work is a little slower here.",
            Some(line(report, "worker-src", "blob:")),
        ));
    }
    found.sort_by_key(|finding| match finding.level {
        Level::Wrong => 0,
        Level::Note => 1,
        Level::Fine => 2,
    });
    found
}

fn snippets(report: &Report, key: &str, found: &mut Vec<Finding>) {
    let distinct: BTreeSet<&str> = report.keys.iter().map(String::as_str).collect();
    if report.site != key {
        found.push(wrong(
            format!(
                "The snippet on this page carries the key of another site, {}. This site\u{2019}s key is {key}.",
                report.site
            ),
            None,
        ));
    } else if report.form.is_empty() {
        found.push(fine("The snippet is there, with this site\u{2019}s key."));
    } else {
        found.push(fine(format!("The snippet is there, with this site\u{2019}s key and the form {}.", report.form)));
    }
    match (report.keys.len(), distinct.len()) {
        (0 | 1, _) => {}
        (many, 1) => found.push(note(
            format!("The snippet is on the page {many} times. Once is enough; the others do nothing."),
            None,
        )),
        (many, _) => found.push(note(
            format!("There are {many} snippets with different keys. Only the first that loads counts."),
            None,
        )),
    }
}

/// The line that lets something through which the policy has named as refused.
fn refused_line(report: &Report, directive: &str, source: &str) -> Option<String> {
    let is_refused = report.refused.iter().any(|it| is_of(&it.directive, directive));
    is_refused.then(|| line(report, directive, source))
}

/// A directive as the page has it, where it is known, with a source added.
fn line(report: &Report, directive: &str, source: &str) -> String {
    let known = report.refused.iter().filter(|it| is_of(&it.directive, directive)).map(|it| it.policy.as_str());
    let policies = known.chain(report.policies.iter().map(String::as_str));
    let present = policies.into_iter().find_map(|policy| sources(policy, directive));
    match present.as_deref().map(str::trim) {
        None | Some("" | "'none'") => format!("{directive} {source}"),
        Some(present) => format!("{directive} {present} {source}"),
    }
}

/// A browser names what refused a script `script-src-elem` where the policy says `script-src`.
fn is_of(effective: &str, directive: &str) -> bool {
    effective.strip_prefix(directive).is_some_and(|rest| rest.is_empty() || rest == "-elem" || rest == "-attr")
}

/// What a policy lists for a directive: its own, or what everything else falls back to.
fn sources(policy: &str, directive: &str) -> Option<String> {
    let of = |wanted: &str| {
        policy.split([';', ',']).find_map(|part| {
            let mut words = part.split_whitespace();
            let is_it = words.next().is_some_and(|name| name.eq_ignore_ascii_case(wanted));
            is_it.then(|| words.collect::<Vec<_>>().join(" "))
        })
    };
    // A worker is refused by what lists scripts, where nothing lists workers.
    let between = (directive == "worker-src").then(|| of("script-src")).flatten();
    of(directive).or(between).or_else(|| of("default-src"))
}

fn fine(says: impl Into<String>) -> Finding {
    Finding { level: Level::Fine, says: says.into(), line: None }
}

fn note(says: impl Into<String>, line: Option<String>) -> Finding {
    Finding { level: Level::Note, says: says.into(), line }
}

fn wrong(says: impl Into<String>, line: Option<String>) -> Finding {
    Finding { level: Level::Wrong, says: says.into(), line }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "pk_your_site";
    const USHER: &str = "https://usher.example.com";

    #[test]
    fn a_page_as_it_should_be_has_nothing_to_mend() {
        let found = of(|_| ());
        assert!(found.iter().all(|finding| finding.level == Level::Fine && finding.line.is_none()), "{found:?}");
        assert_eq!(found[0].says, "The snippet is there, with this site\u{2019}s key and the form inquiry.");
    }

    #[test]
    fn the_missing_source_is_added_to_what_the_policy_has() {
        let policy = "default-src 'self'; script-src 'self' https://usher.example.com; connect-src 'self'";
        let found = of(|report| {
            report.connect = false;
            report.boot = true;
            report.wasm = false;
            report.refused = [("connect-src", policy), ("script-src", policy)].map(refused).to_vec();
        });
        assert_eq!(
            lines(&found),
            [
                (Level::Wrong, "connect-src 'self' https://usher.example.com"),
                (Level::Note, "script-src 'self' https://usher.example.com 'wasm-unsafe-eval'"),
            ]
        );
    }

    #[test]
    fn a_policy_of_the_page_itself_is_read_where_nothing_was_refused_aloud() {
        let found = of(|report| {
            report.wasm = false;
            report.policies = vec!["SCRIPT-SRC 'nonce-abc'".to_owned()];
        });
        assert_eq!(lines(&found), [(Level::Note, "script-src 'nonce-abc' 'wasm-unsafe-eval'")]);
        let found = of(|report| report.worker = false);
        assert_eq!(lines(&found), [(Level::Note, "worker-src blob:")]);
        let found = of(|report| {
            report.connect = false;
            report.policies = vec!["default-src 'none'".to_owned()];
        });
        assert_eq!(lines(&found), [(Level::Wrong, "connect-src https://usher.example.com")]);
    }

    #[test]
    fn another_sites_key_is_named() {
        let found = of(|report| report.site = "pk_other_site".to_owned());
        assert_eq!(found[0].level, Level::Wrong);
        assert!(found[0].says.contains("pk_other_site") && found[0].says.contains(KEY));
    }

    #[test]
    fn a_key_that_is_refused_points_at_the_origins() {
        let found = of(|report| report.boot = false);
        assert_eq!(found[0].level, Level::Wrong);
        assert!(found[0].says.contains("origins"), "{}", found[0].says);
        let found = findings(&Report { boot: false, ..good() }, KEY, true, USHER);
        assert!(found[0].says.contains("switched off"), "{}", found[0].says);
    }

    #[test]
    fn two_snippets_are_told_apart_by_their_keys() {
        let keys = |keys: &[&str]| {
            let found = of(|report| report.keys = keys.iter().map(|key| (*key).to_owned()).collect());
            found.into_iter().find(|finding| finding.level == Level::Note).map(|finding| finding.says)
        };
        assert_eq!(keys(&[KEY]), None);
        assert!(keys(&[KEY, KEY]).is_some_and(|says| says.contains("2 times")));
        assert!(keys(&[KEY, "pk_other_site"]).is_some_and(|says| says.contains("different keys")));
    }

    fn of(change: impl FnOnce(&mut Report)) -> Vec<Finding> {
        let mut report = good();
        change(&mut report);
        findings(&report, KEY, false, USHER)
    }

    fn good() -> Report {
        Report {
            page: "https://learn.example.com/".to_owned(),
            keys: vec![KEY.to_owned()],
            site: KEY.to_owned(),
            form: "inquiry".to_owned(),
            boot: true,
            wasm: true,
            connect: true,
            sheets: true,
            worker: true,
            ..Report::default()
        }
    }

    fn refused((directive, policy): (&str, &str)) -> Refused {
        Refused { directive: directive.to_owned(), policy: policy.to_owned() }
    }

    fn lines(found: &[Finding]) -> Vec<(Level, &str)> {
        found.iter().filter_map(|finding| Some((finding.level, finding.line.as_deref()?))).collect()
    }
}
