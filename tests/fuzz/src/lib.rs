//! The entry points of `shared/tests/fuzz/targets.rs`, for libFuzzer. There is nothing else here.

#[path = "../../../shared/tests/fuzz/targets.rs"]
mod targets;

/// Runs a target on an input.
pub fn run(name: &str, bytes: &[u8]) {
    let target = targets::TARGETS.iter().find(|(known, _)| *known == name).map(|(_, target)| target);
    let _ = target.expect("the target is one of the list")(bytes);
}
