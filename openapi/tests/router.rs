//! The table of routes is the edge's own: read from the patterns in its source, as `tests/http/roles.test.mjs` does for rights.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The files that have routes, and what stands before them.
const FILES: [(&str, &str); 11] = [
    ("api_worker.rs", ""),
    ("api/console.rs", "/v1/console"),
    ("api/platform.rs", "/v1/workspaces/{}"),
    ("api/operate.rs", "/v1/console"),
    ("api/privacy.rs", "/v1/console"),
    ("api/account.rs", "/v1/console"),
    ("api/desk.rs", "/v1/console"),
    ("api/sign_in.rs", "/v1/console/sign-in"),
    ("api/scoring.rs", "/v1/console/scoring"),
    ("api/routing.rs", "/v1/console/routing"),
    ("api/experiments.rs", "/v1/console/experiments"),
];

#[test]
fn every_route_of_the_edge_is_in_the_document_and_no_other() {
    let in_source: BTreeSet<String> =
        FILES.iter().flat_map(|(file, prefix)| routes_in(&read(&source().join(file)), prefix)).collect();
    let in_document: BTreeSet<String> = openapi::routes::all()
        .iter()
        .flat_map(|group| &group.routes)
        .map(|route| format!("{} {}", route.method.to_uppercase(), without_names(route.path)))
        .collect();
    let unknown: Vec<_> = in_source.difference(&in_document).collect();
    assert!(unknown.is_empty(), "say in openapi/src/routes what these are: {unknown:#?}");
    let gone: Vec<_> = in_document.difference(&in_source).collect();
    assert!(gone.is_empty(), "these are no routes of the edge: {gone:#?}");
    assert!(in_source.len() >= 80, "{} were found", in_source.len());
}

#[test]
fn every_file_that_has_routes_is_looked_at() {
    let mut files = vec![source().join("api_worker.rs")];
    let folder = std::fs::read_dir(source().join("api")).unwrap();
    files
        .extend(folder.map(|entry| entry.unwrap().path()).filter(|path| path.extension().is_some_and(|it| it == "rs")));
    for file in files {
        let name = file.strip_prefix(source()).unwrap().to_string_lossy().into_owned();
        let is_known = FILES.iter().any(|(known, _)| *known == name);
        assert!(
            is_known || routes_in(&read(&file), "").is_empty(),
            "say in FILES what stands before the routes of {name}"
        );
    }
}

#[test]
fn a_pattern_is_read_as_the_routes_it_matches() {
    let source = r#"
        (Method::Get, ["v1", "items", id]) => a(id),
        (&method, path) == (&Method::Post, &["session"]) => b(),
        (Method::Put | Method::Post, ["a" | "b"]) => c(),
        (Method::Get, []) => d(),
        (_, ["v1", "console", rest @ ..]) => e(rest),
    "#;
    let routes: Vec<String> = routes_in(source, "").into_iter().collect();
    assert_eq!(routes, ["GET /", "GET /v1/items/{}", "POST /a", "POST /b", "POST /session", "PUT /a", "PUT /b"]);
}

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../edge/src")
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).expect("the edge's source is there")
}

/// The routes of the patterns `(Method::Get, ["a", name])`. What goes on (`..`) is another file's, or no call of ours.
fn routes_in(source: &str, prefix: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for pattern in source.match_indices("Method::").filter_map(|(at, _)| source.get(at..)) {
        let Some((methods, rest)) = pattern.split_once(", ") else { continue };
        let Some(parts) = rest.trim_start_matches('&').strip_prefix('[') else { continue };
        let Some((parts, _)) = parts.split_once(']') else { continue };
        // What answers HEAD too is a file.
        if methods.contains(['(', ')', '\n', ';']) || methods.contains("Head") || parts.contains("..") {
            continue;
        }
        let mut paths = vec![prefix.to_owned()];
        for part in parts.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let choices: Vec<&str> = part.split('|').map(str::trim).collect();
            let plain =
                |choice: &str| choice.strip_prefix('"').and_then(|it| it.strip_suffix('"')).unwrap_or("{}").to_owned();
            paths =
                paths.iter().flat_map(|path| choices.iter().map(move |it| format!("{path}/{}", plain(it)))).collect();
        }
        for method in methods.split('|').map(|method| method.trim().trim_start_matches("Method::")) {
            for path in &paths {
                let path = if path.is_empty() { "/" } else { path };
                found.insert(format!("{} {path}", method.to_uppercase()));
            }
        }
    }
    found
}

/// `/v1/boot/{key}.js` and `/v1/boot/{key}` are one pattern of the edge's.
fn without_names(path: &str) -> String {
    path.split('/').map(|part| if part.contains('{') { "{}" } else { part }).collect::<Vec<_>>().join("/")
}
