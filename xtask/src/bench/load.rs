//! Runs `wrk` against one address and reads what it measured.

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::{paths, run};

/// One run.
pub struct Load<'a> {
    /// Where to post.
    pub address: &'a str,
    /// The `Origin` that the posts carry.
    pub origin: &'a str,
    /// How many connections are kept busy.
    pub connections: u32,
    /// For how long.
    pub seconds: u32,
}

/// What came of it.
#[derive(Clone, Copy)]
pub struct Measured {
    /// Answers a second.
    pub rps: f64,
    /// 99 of 100 answers took at most this long.
    pub p99_ms: f64,
}

impl Load<'_> {
    /// Posts for the time given. Anything but success in every answer is an error: a refusal is faster than a commit.
    pub fn run(&self) -> Result<Measured> {
        let text = run::read(
            run::program("wrk")
                .args(["--threads", "1", "--timeout", "10s"])
                .args(["--connections", &self.connections.to_string()])
                .args(["--duration", &format!("{}s", self.seconds)])
                .arg("--script")
                .arg(paths::root().join("tests/load/submit.lua"))
                .args([self.address, "--", self.origin, &unique()]),
            "wrk",
        )?;
        let line = text
            .lines()
            .find_map(|line| line.strip_prefix("load-result "))
            .with_context(|| format!("wrk said nothing that can be read:\n{text}"))?;
        let result: Value = serde_json::from_str(line).context("wrk's result cannot be read")?;
        let number = |name: &str| result.get(name).and_then(Value::as_f64);
        let failed = number("failed").context("wrk counted no failures")?;
        if failed > 0.0 {
            bail!("{failed} of the requests to {} did not succeed: {line}", self.address);
        }
        Ok(Measured {
            rps: number("rps").context("wrk counted no requests")?,
            p99_ms: number("p99_ms").context("wrk measured no time")?,
        })
    }
}

/// Eight hexadecimal digits that no earlier run had: the first part of each submission id.
fn unique() -> String {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    format!("{:08x}", now.as_micros() & 0xffff_ffff)
}
