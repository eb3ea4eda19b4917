//! Writes the document to standard output: `cargo xtask openapi` keeps it as `docs/openapi.json`.
#![allow(clippy::print_stdout, reason = "this is all it does")]

fn main() {
    print!("{}", openapi::text());
}
