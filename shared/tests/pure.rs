//! Invariant 1: `shared` depends on no browser, no Worker, no clock and no random source. Its dependency tree is the proof.

#![cfg(not(target_arch = "wasm32"))]

use std::process::Command;

/// Crates that can read a clock, make randomness, or reach a browser, a Worker, a network or a disk.
const IMPURE: &[&str] = &[
    "getrandom",
    "gloo",
    "iana-time-zone",
    "js-sys",
    "leptos",
    "rand",
    "reqwest",
    "tokio",
    "uuid",
    "wasm-bindgen",
    "web-sys",
    "worker",
    "edge",
    "widget",
    "console",
];

#[test]
fn shared_has_no_dependency_that_does_input_or_output() {
    let tree = Command::new(env!("CARGO"))
        .args(["tree", "--package", "shared", "--edges", "normal,no-proc-macro", "--prefix", "none", "--offline"])
        .output()
        .unwrap();
    assert!(tree.status.success(), "{}", String::from_utf8_lossy(&tree.stderr));
    let tree = String::from_utf8(tree.stdout).unwrap();
    let names: Vec<&str> = tree.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert!(names.contains(&"serde_json"), "the tree was read: {names:?}");
    let impure: Vec<_> = names.iter().filter(|name| IMPURE.iter().any(|bad| name.starts_with(bad))).collect();
    assert!(impure.is_empty(), "{impure:?}");
}
