//! What Cloudflare would get, without sending it: every environment of `wrangler.toml` can be deployed, and has the same bindings.
//!
//! wrangler does not hand bindings down to an environment, so each one repeats them. What it lists is held against the first,
//! and not what the file says: so it is wrangler that reads it.

use std::collections::BTreeSet;

use anyhow::{Context, Result, bail};

use crate::setup::Tools;
use crate::{paths, run};

/// Tries them all.
pub fn run(tools: &Tools) -> Result<()> {
    let file = paths::root().join("wrangler.toml");
    let text = std::fs::read_to_string(&file).context("cannot read wrangler.toml")?;
    let expected = dry_run(tools, "")?;
    if expected.is_empty() {
        bail!("wrangler lists no bindings at all");
    }
    for environment in environments(&text) {
        let found = dry_run(tools, environment)?;
        let differing: Vec<&str> = expected.symmetric_difference(&found).map(String::as_str).collect();
        if !differing.is_empty() {
            bail!("the environment {environment} has other bindings: {}", differing.join(", "));
        }
    }
    Ok(())
}

/// Deploys to nowhere, and returns the bindings that wrangler lists. An empty name is the top level.
fn dry_run(tools: &Tools, environment: &str) -> Result<BTreeSet<String>> {
    let output = run::read(
        run::program("node")
            .arg(&tools.npm.wrangler)
            .args(["deploy", "--dry-run"])
            .arg(format!("--env={environment}"))
            .env("WRANGLER_SEND_METRICS", "false")
            .env("CI", "1"),
        "wrangler deploy --dry-run",
    )?;
    println!("{output}");
    Ok(bindings(&output))
}

/// The names of the environments, such as `staging` of `[env.staging]` or `[[env.staging.durable_objects.bindings]]`.
fn environments(toml: &str) -> BTreeSet<&str> {
    toml.lines()
        .filter(|line| line.starts_with('['))
        .filter_map(|line| line.trim_start_matches('[').strip_prefix("env."))
        .filter_map(|name| name.split(['.', ']']).next())
        .collect()
}

/// The lines of wrangler's table, such as `env.DESK (Desk) Durable Object`.
fn bindings(output: &str) -> BTreeSet<String> {
    let words = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    output.lines().map(words).filter(|line| line.starts_with("env.")).collect()
}

#[cfg(test)]
mod tests {
    use super::{bindings, environments};

    #[test]
    fn finds_environments_by_their_tables() {
        let toml = "name = \"usher\"\n[vars]\nA = \"[env.not]\"\n[env.staging]\n\
            [[env.staging.durable_objects.bindings]]\nname = \"DESK\"\n[env.trial.vars]\n";
        assert_eq!(environments(toml).into_iter().collect::<Vec<_>>(), ["staging", "trial"]);
    }

    #[test]
    fn reads_what_wrangler_lists() {
        let output = "Binding                      Resource            \n\
            env.DESK (Desk)              Durable Object      \n\
            env.ASSETS                   Assets              \n\n--dry-run: exiting now.";
        let expected = ["env.ASSETS Assets", "env.DESK (Desk) Durable Object"];
        assert_eq!(bindings(output).into_iter().collect::<Vec<_>>(), expected);
    }
}
