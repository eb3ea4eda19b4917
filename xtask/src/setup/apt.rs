//! What only the system's package manager has: a browser and a load generator, and two headers to build `worker-build` with.

use anyhow::{Context, Result, bail};

use crate::run;

/// Installs packages unless `program` is on the path.
pub fn ensure(program: &str, packages: &[&str], what_for: &str) -> Result<()> {
    if run::exists(program) {
        return Ok(());
    }
    install(packages, what_for)
}

/// Installs OpenSSL's headers unless they are there. `worker-build` links them, though it never uses them here.
pub fn ensure_headers() -> Result<()> {
    let there = run::exists("pkg-config")
        && run::program("pkg-config").args(["--exists", "openssl"]).status().is_ok_and(|status| status.success());
    if there || std::env::consts::OS != "linux" {
        return Ok(());
    }
    install(&["pkg-config", "libssl-dev"], "building worker-build")
}

/// Installs packages.
pub fn install(packages: &[&str], what_for: &str) -> Result<()> {
    let list = packages.join(" ");
    let by_hand =
        format!("{list} is needed for {what_for}: install it (`sudo apt-get install {list}`), then run this again");
    if !run::exists("apt-get") {
        bail!("{by_hand}");
    }
    run::timed(&format!("apt-get install {list} (for {what_for})"), || {
        // An outdated list names versions that are gone, so it is refreshed first; an unreachable server shows in the next step.
        let _ = apt(&["update", "-qq"]);
        let mut arguments = vec!["install", "-y", "-qq", "--no-install-recommends"];
        arguments.extend(packages);
        apt(&arguments)
    })
    .context(by_hand)
}

fn apt(arguments: &[&str]) -> Result<()> {
    let mut command = if rustix::process::geteuid().is_root() {
        run::program("apt-get")
    } else {
        let mut sudo = run::program("sudo");
        sudo.args(["-n", "apt-get"]);
        sudo
    };
    command.env("DEBIAN_FRONTEND", "noninteractive").args(arguments);
    run::quietly(&mut command, "apt-get")
}
