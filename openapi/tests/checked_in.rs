//! What is checked in, and served, is what the code says.

use std::path::Path;

#[test]
fn the_document_that_is_checked_in_is_the_one_of_this_code() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/openapi.json");
    let checked_in = std::fs::read_to_string(&path).unwrap_or_default();
    let made = openapi::text();
    let differs = made.lines().zip(checked_in.lines()).position(|(made, checked_in)| made != checked_in);
    assert!(
        made == checked_in,
        "docs/openapi.json differs, first in line {}: run `cargo xtask openapi`, and look at what changed",
        differs.map_or(made.lines().count().min(checked_in.lines().count()), |line| line) + 1,
    );
}
