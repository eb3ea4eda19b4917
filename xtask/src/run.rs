//! Runs other programs: with an environment that does not leak ours into them, and with their words kept for when they fail.

use std::ffi::OsStr;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::paths;

/// What `cargo run` sets for us and nobody else: left in place, it makes Cargo and rustc believe they work for this crate.
const OURS: [&str; 6] =
    ["CARGO", "CARGO_MANIFEST_DIR", "CARGO_MANIFEST_PATH", "OUT_DIR", "RUST_RECURSION_COUNT", "LD_LIBRARY_PATH"];

/// A program to start in the checkout.
pub fn program(name: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(name);
    command
        .current_dir(paths::root())
        .stdin(Stdio::null())
        // A tool that fails says why in words; where in its own code is no help here.
        .env("RUST_BACKTRACE", "0");
    for (key, _) in std::env::vars_os() {
        let name = key.to_string_lossy();
        if OURS.contains(&name.as_ref()) || name.starts_with("CARGO_PKG_") {
            command.env_remove(&key);
        }
    }
    command
}

/// Cargo, of the toolchain that is active in the checkout.
pub fn cargo() -> Command {
    program("cargo")
}

/// Cargo of the nightly toolchain, for what only nightly can: building `std` itself.
pub fn nightly_cargo() -> Command {
    let mut command = cargo();
    command.arg("+nightly");
    command
}

/// Runs to the end. On a terminal its progress is shown as it comes; elsewhere it is silent unless it fails.
pub fn quietly(command: &mut Command, what: &str) -> Result<()> {
    if std::io::stderr().is_terminal() {
        return aloud(command, what);
    }
    let output = command.output().with_context(|| cannot_start(command, what))?;
    if !output.status.success() {
        bail!(
            "{what} failed ({})\n{}{}",
            output.status,
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
    }
    Ok(())
}

/// Runs to the end, its words passed through.
pub fn aloud(command: &mut Command, what: &str) -> Result<()> {
    let status = command.status().with_context(|| cannot_start(command, what))?;
    if !status.success() {
        bail!("{what} failed ({status})");
    }
    Ok(())
}

/// Runs to the end and returns what it wrote to standard output, trimmed.
pub fn read(command: &mut Command, what: &str) -> Result<String> {
    let output = command.output().with_context(|| cannot_start(command, what))?;
    if !output.status.success() {
        bail!("{what} failed ({})\n{}", output.status, String::from_utf8_lossy(&output.stderr));
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Where this program is. Cargo may have replaced the file since it started, which leaves a note after the name.
pub fn this_program() -> Result<PathBuf> {
    let path = std::env::current_exe().context("cannot tell where this program is")?;
    let name = path.to_string_lossy();
    Ok(PathBuf::from(name.strip_suffix(" (deleted)").unwrap_or(&name)))
}

/// Whether a program is on the path.
pub fn exists(name: &str) -> bool {
    std::env::var_os("PATH").is_some_and(|path| std::env::split_paths(&path).any(|folder| folder.join(name).is_file()))
}

/// Says what is being done, does it, and says how long it took.
pub fn timed<T>(what: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    eprintln!("  {what} ...");
    let start = Instant::now();
    let done = work()?;
    eprintln!("  {what}: {}", seconds(start.elapsed()));
    Ok(done)
}

/// A duration as people read it.
pub fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}

fn cannot_start(command: &Command, what: &str) -> String {
    format!("{what}: cannot start `{}`", command.get_program().to_string_lossy())
}
