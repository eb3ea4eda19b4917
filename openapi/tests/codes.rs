//! The codes of problems are the edge's own.

use std::collections::BTreeSet;
use std::path::Path;

use openapi::codes::CODES;

#[test]
fn every_problem_in_the_source_is_explained() {
    let mut found = BTreeSet::new();
    look(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../edge/src"), &mut found);
    let unknown: Vec<_> = found.iter().filter(|problem| !CODES.iter().any(|(known, _)| known == problem)).collect();
    assert!(unknown.is_empty(), "say in openapi/src/codes.rs what these mean: {unknown:#?}");
    assert!(found.len() >= 80, "{} were found", found.len());
}

#[test]
fn every_problem_of_a_route_is_explained_and_every_explanation_is_of_one() {
    let groups = openapi::routes::all();
    let used: BTreeSet<&str> =
        groups.iter().flat_map(|group| &group.routes).flat_map(openapi::route::Route::all_problems).collect();
    let explained: BTreeSet<&str> = CODES.iter().map(|(known, _)| *known).collect();
    assert_eq!(used.difference(&explained).collect::<Vec<_>>(), Vec::<&&str>::new(), "used, and not explained");
    // Answered where no route is, or by pages alone.
    let of_no_route = BTreeSet::from(["409 sign_in_spent", "429 said_before"]);
    assert_eq!(explained.difference(&used).copied().collect::<BTreeSet<_>>(), of_no_route, "explained, and not used");
}

#[test]
fn the_codes_are_in_order_and_each_stands_once() {
    let names: Vec<&str> = CODES.iter().map(|(known, _)| *known).collect();
    let mut sorted = names.clone();
    sorted.sort_unstable();
    sorted.dedup();
    assert_eq!(names, sorted);
}

/// Every `problem(404, "unknown_item", ..)`, however it is broken into lines.
fn look(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).expect("the edge's source is there") {
        let path = entry.expect("its entries can be read").path();
        if path.is_dir() {
            look(&path, found);
            continue;
        }
        let source = std::fs::read_to_string(&path).expect("its files are text");
        for start in ["problem(", "problem_of(", "Refused::new("] {
            for rest in source.split(start).skip(1) {
                let mut parts = rest.splitn(4, ',').map(str::trim);
                let status = parts.next().unwrap_or_default();
                let quoted = parts.take(2).find_map(|part| part.strip_prefix('"').and_then(|it| it.strip_suffix('"')));
                let is_code = |code: &&str| code.chars().all(|c| c.is_ascii_lowercase() || c == '_');
                if let (Ok(status), Some(code)) = (status.parse::<u16>(), quoted.filter(is_code)) {
                    found.insert(format!("{status} {code}"));
                }
            }
        }
    }
}
